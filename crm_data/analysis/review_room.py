"""Opening and closing a meeting: which snapshot it is looked at on, with the rates, segments and targets that held then.

An open meeting shows the newest snapshot that does not reach beyond its day; a closed one the snapshot it was closed on, priced by the rates
of that moment and with the segments as they were defined. What is gone is said, and what was stored is shown.
"""
from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Engine

from crm_data.analysis.meetings import before_of, fix, get_review, keep_snapshot, may_write, snapshot_of_day
from crm_data.analysis.rate_store import effective, history, laid_over
from crm_data.analysis.review import Block, Looked, Opened, Review, Stored
from crm_data.analysis.review_look import look
from crm_data.analysis.saved_cuts_read import get_cut
from crm_data.analysis.segment_store import visible_segments
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.segments import PREFIX, Segment, with_segments
from crm_data.errors import N_, InputError, MabatError, SnapshotDamaged
from crm_data.model.manifest import Manifest
from crm_data.model.snapshots import Store, Warehouse


def open_review(engine: Engine, user, review_id: int, store: Store) -> Opened:
    """A meeting with its data and that of the meeting before it. Raises InputError for a meeting that is gone; a snapshot that is gone is told
    in :class:`Opened`."""
    review = get_review(engine, user, review_id)
    review = review if review.closed else _up_to_date(engine, user, review, store)
    warehouse, gone = _laid(engine, user, review, store, review)
    before = before_of(engine, user, review)
    # Segments are those of this meeting on both sides: a change of their definition is none of the data.
    then, gone_before = _laid(engine, user, before, store, review) if before else (None, "")
    between = _between(store, then.manifest, warehouse.manifest) if then and warehouse and then.snapshot != warehouse.snapshot else ()
    return Opened(review, warehouse, before, then, review.closed and warehouse is not None, gone, gone_before, between)


def _up_to_date(engine: Engine, user, review: Review, store: Store) -> Review:
    """An open meeting on the newest snapshot of its day; kept with it, so that the snapshot is not pruned."""
    try:
        name = snapshot_of_day(store, review.held_on)
    except InputError:
        return review
    if name != review.snapshot:
        if getattr(user, "may_write", True):
            keep_snapshot(engine, review.id, name)
        review = replace(review, snapshot=name)
    return review


def _laid(engine: Engine, user, review: Review, store: Store, segments_of: Review) -> tuple[Warehouse | None, str]:
    """(the meeting's warehouse, "") or (None, name of the snapshot that is gone)."""
    try:
        plain = store.warehouse(review.snapshot or None)
    except (InputError, SnapshotDamaged):
        return None, review.snapshot
    priced = _rates_of(engine, plain, review.closed_at) if review.closed_at else effective(engine, plain)
    return with_segments(priced, _segments(engine, user, priced, segments_of)), ""


def _rates_of(engine: Engine, warehouse: Warehouse, moment: datetime) -> Warehouse:
    """The warehouse with the rates that held at a moment."""
    held = [e for e in reversed(history(engine)) if e.at <= moment and (e.withdrawn_at is None or e.withdrawn_at > moment)]
    return laid_over(warehouse, held)


def _segments(engine: Engine, user, warehouse: Warehouse, review: Review) -> tuple[Segment, ...]:
    """The segments the user may see now, those the meeting was closed with as they were defined then."""
    then: dict[int, Segment] = {}
    for number, name, text in review.segments:
        try:
            filters, every = Segment.conditions_from_text(text)
            then[number] = Segment(number, name, filters, every)
        except MabatError:
            continue
    return tuple(then.get(one.id, one) for one in visible_segments(engine, user, catalog_for(warehouse)))


def _between(store: Store, then: Manifest, now: Manifest) -> tuple[Manifest, ...]:
    """Kept snapshots after ``then`` up to ``now``, oldest first."""
    return tuple(sorted((m for m in store.list() if then.created_at < m.created_at <= now.created_at and m.name != then.name), key=lambda m: (m.created_at, m.name)))


# Closing --------------------------------------------------------------------------------------------------------------
def close_review(engine: Engine, user, review_id: int, store: Store, *, scope: Scope) -> Review:
    """Close a meeting: its snapshot, cuts, segments and numbers are fixed. The numbers stored are those its closer sees."""
    may_write(user)
    opened = open_review(engine, user, review_id, store)
    if opened.review.closed:
        raise InputError(N_("This meeting is closed already."))
    if opened.warehouse is None:
        raise InputError(N_("The snapshot {name} of this meeting is gone: it cannot be closed on it."), name=opened.gone)
    written = tuple(_written_out(engine, user, block) for block in opened.review.agenda)
    figures = tuple(one for n, block in enumerate(written) for one in stored_of(n, look(block, opened, scope=scope, engine=engine, user=user), scope))
    named = {number for block in written for number in _segments_named(block)}
    segments = tuple((one.id, one.name, one.to_text()) for one in opened.warehouse.segments if one.id in named)
    return fix(engine, user, replace(opened.review, agenda=written, figures=figures, segments=segments), opened.warehouse.snapshot)


def _written_out(engine: Engine, user, block: Block) -> Block:
    """A block of a saved cut with the question as it stands now: what is saved over it later does not change the meeting."""
    if block.kind != "cut" or not block.value("saved").isdigit():
        return block
    try:
        saved = get_cut(engine, user, int(block.value("saved")))
    except MabatError:
        return block
    return replace(block.with_value("link", saved.text), title=block.title or saved.name[:120])


def _segments_named(block: Block) -> set[int]:
    try:
        kept = json.loads(block.value("link") or "{}")
        names = [*kept.get("by", ()), *(str(f).partition(":")[0] for f in kept.get("f", ()))]
    except (ValueError, AttributeError, TypeError):
        return set()
    return {int(n.removeprefix(PREFIX)) for n in names if str(n).startswith(PREFIX) and str(n).removeprefix(PREFIX).isdigit()}


def stored_of(number: int, looked: Looked, scope: Scope) -> tuple[Stored, ...]:
    """The numbers of a block as they are stored with the meeting."""
    return tuple(Stored(number, f.measure, None if f.now is None else Decimal(str(f.now)), f.period.first if f.period else None, f.period.last if f.period else None,
                        scope.key, f.member) for shown in looked.shown for f in shown.hero)
