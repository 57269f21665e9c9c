"""Segments of one's own as people keep them: named conditions on customers, private or shared, with an audit of every change."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from crm_data.analysis.owned import (
    Changed,
    NameTaken,
    check_edit,
    check_share,
    clean,
    committed,
    is_own,
    live_name,
    may_edit,
    own,
    seen,
    signed,
)
from crm_data.analysis.saved_cuts_read import using
from crm_data.cuts.catalog import Catalog
from crm_data.cuts.cut import EACH, Filter
from crm_data.cuts.segments import PREFIX, Segment
from crm_data.errors import N_, InputError, MabatError
from crm_data.model import appdb
from crm_data.model.folding import fold


@dataclass(frozen=True)
class KeptSegment:
    """A segment as a user sees it; ``at``: its last change (UTC)."""

    segment: Segment
    shared: bool
    author: str
    own: bool
    editable: bool
    version: int
    at: datetime

    @property
    def id(self) -> int:
        return self.segment.id

    @property
    def name(self) -> str:
        return self.segment.name


# Reading ------------------------------------------------------------------------------------------------------------
def list_segments(engine: Engine, user) -> list[KeptSegment]:
    """Segments ``user`` may see, by name. One whose conditions cannot be read is left out."""
    t = appdb.segment
    with engine.connect() as connection:
        rows = connection.execute(select(t).where(seen(t, user))).all()
    return sorted((k for k in (_kept(r, user) for r in rows) if k), key=lambda k: (fold(k.name), k.id))


def all_shared(engine: Engine) -> list[Segment]:
    """What everybody sees."""
    t = appdb.segment
    with engine.connect() as connection:
        rows = connection.execute(select(t).where(t.c.deleted_at.is_(None), t.c.shared.is_(True))).all()
    return [s for s in map(_segment, rows) if s]


def visible_segments(engine: Engine, user, catalog: Catalog | None = None) -> tuple[Segment, ...]:
    """Segments that become dimensions for ``user``; with ``catalog`` only those whose every condition it still knows."""
    found = tuple(k.segment for k in list_segments(engine, user))
    return found if catalog is None else tuple(s for s in found if not broken(s, catalog))


def names_of(engine: Engine, user) -> dict[str, str]:
    """``segment_12`` -> its name, of those ``user`` may see or once made, deleted ones too: for saying what is gone."""
    t = appdb.segment
    with engine.connect() as connection:
        rows = connection.execute(select(t.c.id, t.c.name).where(seen(t, user) | t.c.shared.is_(True) | own(t, user))).all()
    return {f"{PREFIX}{r.id}": r.name for r in rows}


def broken(segment: Segment, catalog: Catalog) -> MabatError | None:
    """Why a kept segment cannot be asked on this data (a field that came with the data and is gone), or None."""
    try:
        check_conditions(segment.filters, catalog)
    except MabatError as error:
        return error
    return None


def _segment(row) -> Segment | None:
    try:
        filters, every = Segment.conditions_from_text(row.condition)
        return Segment(row.id, row.name, filters, every)
    except MabatError:
        return None


def _kept(row, user) -> KeptSegment | None:
    segment = _segment(row)
    if segment is None:
        return None
    return KeptSegment(segment, row.shared, row.user_name or "", is_own(row, user), may_edit(row, user), row.version, row.changed_at or row.created_at)


def get_segment(engine: Engine, user, segment_id: int) -> KeptSegment:
    with engine.connect() as connection:
        kept = _kept(_row(connection, user, segment_id), user)
    if kept is None:
        raise InputError(N_("The conditions of a segment cannot be read. Make it anew."))
    return kept


def _row(connection: Connection, user, segment_id: int):
    t = appdb.segment
    row = connection.execute(select(t).where(t.c.id == segment_id, seen(t, user))).first()
    if row is None:
        raise InputError(N_("There is no such segment any more, or it is not shared with you."))
    return row


# What may be a condition --------------------------------------------------------------------------------------------
def check_conditions(filters: Sequence[Filter], catalog: Catalog, *, personal: bool = True) -> None:
    """Refuse conditions that cannot make a segment, each with a sentence that says what to do instead."""
    Segment(0, "", tuple(filters))
    seen_: set[Filter] = set()
    for f in filters:
        if f in seen_:
            raise InputError(N_("The same condition stands there twice: {condition}. Take one away."), condition=f.to_text()[:80])
        seen_.add(f)
        dimension = catalog.dimension(f.dimension)
        if f.dimension.startswith(EACH):
            continue
        if not catalog.can_cut("_parties", f.dimension):
            able = [m for m in ("contacts", "orders", "revenue", "complaints", "opportunities", "leads") if catalog.can_cut(m, f.dimension)]
            raise InputError(N_("{dimension} belongs to single records, not to a customer. Use a measure of each customer instead, such as “{measure}”."),
                             dimension=dimension.label, measure=f"each.{(able or ['orders'])[0]}")
        if dimension.personal and not personal:
            raise InputError(N_("“{dimension}” is personal data, which your role does not see."), dimension=f.dimension)
        if dimension.kind == "number" and f.op in ("is", "at_least", "below", "between") and not all(v.lstrip("-").isdigit() for v in f.values):
            raise InputError(N_("“{value}” is not a whole number; {dimension} is filtered by numbers."), value=f.values[0][:40], dimension=f.dimension)


# Writing ------------------------------------------------------------------------------------------------------------
_TAKEN = N_("There is already a segment “{name}”{whose}. Give another name, or change that one.")


def save_segment(engine: Engine, user, *, name: str, filters: Sequence[Filter], every: bool = True, shared: bool = False, catalog: Catalog,
                 segment_id: int | None = None, expected: int | None = None, personal: bool = True) -> KeptSegment:
    """Keep a segment, a new one or (``segment_id``) a changed one; ``expected`` is the version that was changed.

    Raises NameTaken, Changed, AccessDenied or InputError, each with its sentence; then nothing is written.
    """
    name = clean(name)
    check_conditions(filters, catalog, personal=personal)
    if shared:
        check_share(user)
    segment = Segment(segment_id or 0, name, tuple(filters), every)
    values = {"name": name, "condition": segment.to_text(), "shared": shared, "changed_at": appdb.now()}

    def write(connection: Connection) -> int:
        _refuse_twice(connection, user, name, segment_id)
        t = appdb.segment
        if segment_id is None:
            made = connection.execute(insert(t).values(**values, version=1, user_id=user.id, user_name=signed(user), created_at=appdb.now(),
                                                       live_name=live_name(user, name))).inserted_primary_key[0]
            appdb.write_audit(connection, user, "segment.save", {"id": made, "name": name, "shared": shared, "conditions": segment.to_text()})
            return made
        row = _row(connection, user, segment_id)
        check_edit(row, user)
        if row.shared and not shared:
            _refuse_used(connection.engine, user, row, taking_back=True)
        same = t.c.version == (row.version if expected is None else expected)
        if not connection.execute(update(t).where(t.c.id == segment_id, same).values(**values, version=t.c.version + 1, live_name=live_name(row, name))).rowcount:
            raise Changed(N_("“{name}” was changed meanwhile. Look at it as it is now, or save yours under another name."), name=row.name)
        appdb.write_audit(connection, user, "segment.change", {"id": segment_id, "name": name, "shared": shared, "was": row.condition, "conditions": segment.to_text()})
        return segment_id
    try:
        return get_segment(engine, user, committed(engine, write))
    except IntegrityError:
        raise NameTaken(_TAKEN, name=name, whose="") from None


def _refuse_twice(connection: Connection, user, name: str, but: int | None) -> None:
    """A name stands once among what a user sees, so that no two dimensions read alike."""
    t = appdb.segment
    for row in connection.execute(select(t).where(seen(t, user))):
        if row.id != but and fold(row.name) == fold(name):
            raise NameTaken(_TAKEN, name=row.name, whose="" if is_own(row, user) else f" ({row.user_name})", found=row.id, version=row.version)


def rename_segment(engine: Engine, user, segment_id: int, name: str, *, catalog: Catalog) -> KeptSegment:
    kept = get_segment(engine, user, segment_id)
    return save_segment(engine, user, name=name, filters=kept.segment.filters, every=kept.segment.every, shared=kept.shared, catalog=catalog,
                        segment_id=segment_id, expected=kept.version)


def share_segment(engine: Engine, user, segment_id: int, shared: bool, *, catalog: Catalog) -> KeptSegment:
    """Let everybody see it, or only its author again (refused while others' saved cuts use it)."""
    kept = get_segment(engine, user, segment_id)
    return save_segment(engine, user, name=kept.name, filters=kept.segment.filters, every=kept.segment.every, shared=shared, catalog=catalog,
                        segment_id=segment_id, expected=kept.version)


def delete_segment(engine: Engine, user, segment_id: int) -> str:
    """Take a segment away; refused, naming them, while saved cuts use it. Returns its name."""
    def write(connection: Connection) -> str:
        row = _row(connection, user, segment_id)
        check_edit(row, user)
        _refuse_used(engine, user, row)
        connection.execute(update(appdb.segment).where(appdb.segment.c.id == segment_id).values(deleted_at=appdb.now(), live_name=None))
        appdb.write_audit(connection, user, "segment.delete", {"id": segment_id, "name": row.name, "conditions": row.condition})
        return row.name
    return committed(engine, write)


def _refuse_used(engine: Engine, user, row, taking_back: bool = False) -> None:
    named, others = using(engine, f"{PREFIX}{row.id}", user)
    if taking_back and not others:
        return
    shown = ", ".join(f"“{n}”" for n in named[:5]) + (" ..." if len(named) > 5 else "")
    if named and others:
        raise InputError(N_("“{name}” is used in the saved cuts {cuts} and in {n} of colleagues. Change or delete those first."), name=row.name, cuts=shown, n=others)
    if named:
        raise InputError(N_("“{name}” is used in the saved cuts {cuts}. Change or delete those first."), name=row.name, cuts=shown)
    if others:
        raise InputError(N_("“{name}” is used in {n} saved cuts of colleagues. Ask them first."), name=row.name, n=others)


def undelete_segment(engine: Engine, user, segment_id: int) -> KeptSegment:
    """Bring back what was deleted; refused when its name was given anew."""
    t = appdb.segment

    def write(connection: Connection) -> None:
        row = connection.execute(select(t).where(t.c.id == segment_id, t.c.deleted_at.is_not(None))).first()
        if row is None or not may_edit(row, user):
            raise InputError(N_("There is no such segment any more, or it is not shared with you."))
        _refuse_twice(connection, user, row.name, segment_id)
        connection.execute(update(t).where(t.c.id == segment_id).values(deleted_at=None, live_name=live_name(row, row.name)))
        appdb.write_audit(connection, user, "segment.undelete", {"id": segment_id, "name": row.name})
    committed(engine, write)
    return get_segment(engine, user, segment_id)
