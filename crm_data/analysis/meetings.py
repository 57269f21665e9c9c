"""Meetings as people keep them: made, arranged, closed, listed. Every change is in the audit log; nothing is erased.

An agenda is kept as JSON in ``meeting.agenda``, with the calendar of its months (none: Gregorian) and what was fixed when the meeting was
closed: its numbers and the segments it named.
"""
from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from sqlalchemy import Connection, Engine, insert, select, update

from crm_data.analysis.owned import Changed, clean, committed, signed
from crm_data.analysis.review import LONGEST_NOTE, LONGEST_TITLE, MOST_BLOCKS, Block, Review, Stored
from crm_data.analysis.saved_cuts_read import pinned_cuts
from crm_data.calendars import CALENDARS, CalendarName
from crm_data.errors import N_, AccessDenied, InputError, MabatError
from crm_data.model import appdb
from crm_data.model.snapshots import NoSnapshot, Store

MOST_PEOPLE, LONGEST_PERSON, LONGEST_TEXT = 40, 80, 200_000
_T = appdb.meeting
_GONE = N_("There is no such meeting any more.")
#: The agenda of a new meeting, before the cuts pinned to it.
USUAL = ("changes", "targets", "segments", "ranking", "pipeline", "complaints", "decisions")


def may_write(user) -> None:
    if not getattr(user, "may_write", True):
        raise AccessDenied(N_("Your role reads and does not write. Ask your administrator if you need to."))


def default_agenda(engine: Engine, user, warehouse) -> tuple[Block, ...]:
    """The usual blocks that the data can fill, and the user's saved cuts pinned to the review before the decisions."""
    rows = {name: int(table.get("rows", 0)) for name, table in warehouse.manifest.tables.items()}
    empty = {"pipeline": not rows.get("opportunity"), "complaints": not rows.get("complaint")}
    usual = [Block(kind) for kind in USUAL if not empty.get(kind)]
    pinned = [Block("cut", one.name[:LONGEST_TITLE], (("saved", str(one.id)),)) for one in pinned_cuts(engine, user, "review")]
    return (*usual[:-1], *pinned, usual[-1])[:MOST_BLOCKS]


def create_review(engine: Engine, user, store: Store, *, held_on: date | None = None, title: str = "", participants: Iterable[str] = (),
                  agenda: Sequence[Block] | None = None, calendar: str = "gregorian") -> Review:
    """A new meeting on a day (the day of the data by default), on the newest snapshot that does not reach beyond it. ``calendar``: whose months
    its blocks are of, for every reader and for good.

    Raises InputError where no kept snapshot is that old or for a calendar that there is none of, AccessDenied for who may not write.
    """
    may_write(user)
    if calendar not in CALENDARS:
        raise InputError(N_("“{value}” cannot be chosen for {name}."), value=calendar[:40], name="calendar")
    published = store.published()
    if published is None:
        raise NoSnapshot
    day = held_on or published.as_of
    snapshot = snapshot_of_day(store, day)
    blocks = tuple(agenda) if agenda is not None else default_agenda(engine, user, store.warehouse(snapshot))
    text, people, name = text_of(blocks, calendar=_calendar(calendar)), _people(participants), clean(title, LONGEST_TITLE) if title.strip() else ""

    def write(connection: Connection) -> int:
        when = appdb.now()
        made = connection.execute(insert(_T).values(held_on=day, title=name, agenda=text, participants=json.dumps(people, ensure_ascii=False), snapshot=snapshot,
                                                    user_id=user.id, user_name=signed(user), created_at=when, changed_at=when)).inserted_primary_key[0]
        appdb.write_audit(connection, user, "review.create", {"id": made, "held_on": day, "title": name, "participants": people, "snapshot": snapshot, "calendar": calendar, "blocks": [b.kind for b in blocks]})
        return made
    return get_review(engine, user, committed(engine, write))


def snapshot_of_day(store: Store, day: date) -> str:
    """The published snapshot where it does not reach beyond ``day``, else the newest kept one that does not."""
    published = store.published()
    if published is None:
        raise NoSnapshot
    if published.as_of <= day:
        return published.name
    found = next((m.name for m in store.list() if m.as_of <= day), None)
    if found is None:
        raise InputError(N_("No kept snapshot ends on {day} or before: the data as it was then is gone. The oldest reaches {oldest}."), day=day,
                         oldest=min((m.as_of for m in store.list()), default=published.as_of))
    return found


def list_reviews(engine: Engine, user) -> list[Review]:
    """All meetings, the newest first."""
    with engine.connect() as connection:
        rows = connection.execute(select(_T).where(_T.c.deleted_at.is_(None)).order_by(_T.c.held_on.desc(), _T.c.id.desc())).all()
    return [review_of(row, user) for row in rows]


def get_review(engine: Engine, user, review_id: int) -> Review:
    """Raises InputError for one that is gone."""
    with engine.connect() as connection:
        return review_of(_row(connection, review_id), user)


def before_of(engine: Engine, user, review: Review) -> Review | None:
    """The meeting before this one: held on an earlier day, or made before it on the same day."""
    earlier = [r for r in list_reviews(engine, user) if (r.held_on, r.id) < (review.held_on, review.id)]
    return earlier[0] if earlier else None


# Changing -------------------------------------------------------------------------------------------------------------
def change_agenda(engine: Engine, user, review_id: int, blocks: Sequence[Block], *, expected: datetime | None = None) -> Review:
    """Arrange the agenda anew. Raises Changed, and writes nothing, when somebody changed the meeting since ``expected`` (``changed_at``)."""
    return _change(engine, user, review_id, "review.agenda", lambda row: {"agenda": text_of(tuple(blocks), calendar=review_of(row, user).calendar)}, expected, {"blocks": [b.kind for b in blocks]})


def change_review(engine: Engine, user, review_id: int, *, title: str | None = None, participants: Iterable[str] | None = None) -> Review:
    """Another title or other participants."""
    values: dict[str, object] = {}
    if title is not None:
        values["title"] = clean(title, LONGEST_TITLE) if title.strip() else ""
    if participants is not None:
        values["participants"] = json.dumps(_people(participants), ensure_ascii=False)
    return _change(engine, user, review_id, "review.change", lambda _: values, None, values)


def keep_snapshot(engine: Engine, review_id: int, snapshot: str) -> None:
    """Keep which snapshot an open meeting shows now, so that it is not pruned. Not a change of the meeting: nobody's arranging is disturbed."""
    with engine.begin() as connection:
        connection.execute(update(_T).where(_T.c.id == review_id, _T.c.closed_at.is_(None)).values(snapshot=snapshot))


def fix(engine: Engine, user, review: Review, snapshot: str) -> Review:
    """Close a meeting on ``snapshot`` with what ``review`` holds: its agenda with the cuts written out, its numbers and segments."""
    text = text_of(review.agenda, review.figures, review.segments, review.calendar)
    return _change(engine, user, review.id, "review.close", lambda _: {"agenda": text, "snapshot": snapshot, "closed_at": appdb.now()}, review.changed_at,
                   {"snapshot": snapshot, "numbers": len(review.figures)})


def delete_review(engine: Engine, user, review_id: int) -> None:
    """Take a meeting off the list; :func:`undelete_review` brings it back. Its decisions stay."""
    _delete(engine, user, review_id, appdb.now(), "review.delete")


def undelete_review(engine: Engine, user, review_id: int) -> Review:
    _delete(engine, user, review_id, None, "review.undelete")
    return get_review(engine, user, review_id)


def _delete(engine: Engine, user, review_id: int, when: datetime | None, action: str) -> None:
    may_write(user)

    def write(connection: Connection) -> None:
        there = _T.c.deleted_at.is_(None) if when else _T.c.deleted_at.is_not(None)
        if not connection.execute(update(_T).where(_T.c.id == review_id, there).values(deleted_at=when)).rowcount:
            raise InputError(_GONE)
        appdb.write_audit(connection, user, action, {"id": review_id})
    committed(engine, write)


def _change(engine: Engine, user, review_id: int, action: str, values: Callable[[object], dict], expected: datetime | None, detail: dict) -> Review:
    may_write(user)

    def write(connection: Connection) -> None:
        row = _row(connection, review_id)
        if row.closed_at is not None:
            raise InputError(N_("This meeting is closed: it stays as it was. Make a new one."))
        same = _T.c.closed_at.is_(None) & (_T.c.changed_at == (expected or row.changed_at) if expected or row.changed_at else _T.c.changed_at.is_(None))
        if not connection.execute(update(_T).where(_T.c.id == review_id, same).values(**values(row), changed_at=appdb.now())).rowcount:
            raise Changed(N_("Somebody changed this meeting meanwhile. Nothing was written: look at it again."))
        appdb.write_audit(connection, user, action, {"id": review_id, **detail})
    committed(engine, write)
    return get_review(engine, user, review_id)


def _row(connection: Connection, review_id: int):
    row = connection.execute(select(_T).where(_T.c.id == review_id, _T.c.deleted_at.is_(None))).first()
    if row is None:
        raise InputError(_GONE)
    return row


# As it is kept --------------------------------------------------------------------------------------------------------
def text_of(blocks: Sequence[Block], figures: Sequence[Stored] = (), segments: Sequence[tuple[int, str, str]] = (), calendar: CalendarName = "gregorian") -> str:
    """An agenda as it is kept. Raises InputError for too much."""
    if len(blocks) > MOST_BLOCKS:
        raise InputError(N_("An agenda has at most {most} blocks."), most=MOST_BLOCKS)
    if any(len(b.title) > LONGEST_TITLE or len(b.value("text")) > LONGEST_NOTE for b in blocks):
        raise InputError(N_("A title has at most {title} letters and a note {note}."), title=LONGEST_TITLE, note=LONGEST_NOTE)
    kept = {"blocks": [{"kind": b.kind, "title": b.title, "params": [list(p) for p in b.params]} for b in blocks],
            "figures": [[f.block, f.measure, None if f.value is None else str(f.value), f.first and f.first.isoformat(), f.last and f.last.isoformat(), f.scope, f.title] for f in figures],
            "segments": [list(one) for one in segments], "calendar": "" if calendar == "gregorian" else calendar}
    text = json.dumps({k: v for k, v in kept.items() if v or k == "blocks"}, ensure_ascii=False).replace("\\u0000", "")
    if len(text) > LONGEST_TEXT:
        raise InputError(N_("This agenda is too long to be kept. Leave out some blocks."))
    return text


def review_of(row, user) -> Review:
    """A meeting from its row; blocks that a later version wrote are left out."""
    try:
        kept = json.loads(row.agenda or "{}")
    except ValueError:
        kept = {}
    blocks = tuple(b for b in map(_block, kept.get("blocks", ())) if b is not None)
    try:
        people = tuple(str(p) for p in json.loads(row.participants or "[]"))
    except (ValueError, TypeError):
        people = ()
    found = Review(row.id, row.held_on, row.title, people, blocks, row.snapshot or "", row.closed_at, row.user_name or "", row.created_at, row.changed_at,
                   row.closed_at is None and bool(getattr(user, "may_write", True)))
    calendar = _calendar(kept.get("calendar"))
    stored = tuple(replace(s, calendar=calendar) for s in map(_stored, kept.get("figures", ())) if s is not None)
    return replace(found, figures=stored, calendar=calendar, segments=tuple((int(i), str(n), str(c)) for i, n, c in kept.get("segments", ())))


def _calendar(kept: object) -> CalendarName:
    return "jalali" if kept == "jalali" else "gregorian"


def _block(kept) -> Block | None:
    try:
        return Block(str(kept["kind"]), str(kept.get("title") or ""), tuple((str(k), str(v)) for k, v in kept.get("params", ())))
    except (MabatError, KeyError, TypeError, ValueError, AttributeError):
        return None


def _stored(kept) -> Stored | None:
    try:
        block, measure, value, first, last, scope, title = kept
        return Stored(int(block), measure, None if value is None else Decimal(value), first and date.fromisoformat(first), last and date.fromisoformat(last), scope, title)
    except (ValueError, TypeError, InvalidOperation):
        return None


def _people(names: Iterable[str]) -> list[str]:
    people = list(dict.fromkeys(clean(name, LONGEST_PERSON) for name in names if name.strip()))
    if len(people) > MOST_PEOPLE:
        raise InputError(N_("A meeting has at most {most} participants."), most=MOST_PEOPLE)
    return people
