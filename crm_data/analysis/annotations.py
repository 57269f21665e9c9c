"""Annotations: a few words on a day, of the whole firm or of one member (a branch, an owner ...), drawn on every time chart of that scope."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine, insert, select, update

from crm_data.analysis.meetings import may_write
from crm_data.analysis.owned import administers, committed, is_own, signed
from crm_data.analysis.target_rules import check_member, members, visible
from crm_data.analysis.target_store import GROUP, Goal
from crm_data.analysis.working_days import Places, places
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Filter
from crm_data.errors import N_, AccessDenied, InputError
from crm_data.model import appdb

LONGEST = 300
_T = appdb.annotation
_GONE = N_("There is no such annotation any more.")


@dataclass(frozen=True)
class Note:
    """``text`` on a day; ``dimension`` and ``member`` empty: of the whole firm. ``editable``: by the user it was read for."""

    id: int
    on_day: date
    text: str
    dimension: str = ""
    member: str = ""
    by: str = ""
    editable: bool = False


def add_annotation(engine: Engine, user, on_day: date, text: str, dimension: str | None = None, member: str | None = None, *, warehouse=None, scope: Scope | None = None) -> int:
    """Keep an annotation; returns its id. One of a member needs ``warehouse`` and ``scope`` to know that it exists and may be seen."""
    may_write(user)
    said = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not said:
        raise InputError(N_("The annotation is empty. Write what happened on that day."))
    if len(said) > LONGEST:
        raise InputError(N_("The annotation has {n} letters; at most {most} are kept."), n=len(said), most=LONGEST)
    if bool(dimension) != bool(member):
        raise InputError(N_("Name both the dimension and its member, or neither for the whole firm."))
    if dimension and member:
        _check_scope(dimension, member, warehouse, scope)

    def write(connection: Connection) -> int:
        made = connection.execute(insert(_T).values(on_day=on_day, text=said, dimension=dimension or None, member=member or None, user_id=user.id,
                                                    user_name=signed(user), created_at=appdb.now())).inserted_primary_key[0]
        appdb.write_audit(connection, user, "annotation.add", {"id": made, "on": on_day, "dimension": dimension, "member": member, "text": said})
        return made
    return committed(engine, write)


def _check_scope(dimension: str, member: str, warehouse, scope: Scope | None) -> None:
    if warehouse is None or scope is None:
        raise InputError(N_("An annotation of one member needs the data it is of."))
    if dimension == "customer":
        raise InputError(N_("What happened to one customer is written in its notes, not on charts."))
    catalog, goal = catalog_for(warehouse), Goal("revenue", date.min, date.min, dimension, member)
    catalog.dimension(goal.asked)
    if not visible(goal, scope, places(warehouse)):
        raise AccessDenied(N_("This annotation reaches beyond what you may see. Choose one of your own branches."))
    check_member(goal, catalog, warehouse, scope, members)


def annotations_for(engine: Engine, scope: Scope, first: date, last: date, filters: Sequence[Filter] = (), *, warehouse=None, user=None,
                    moment: datetime | None = None) -> tuple[Note, ...]:
    """Annotations of the days for a chart narrowed by ``filters``, by day: those of the whole firm, and those of a member the chart is narrowed to.

    A reader who sees some branches only needs ``warehouse`` to be told those of members; without it only the firm's are. ``moment``: as
    things stood then (UTC).
    """
    query = select(_T).where(_T.c.on_day >= first, _T.c.on_day <= last).order_by(_T.c.on_day, _T.c.id)
    query = query.where(_T.c.deleted_at.is_(None)) if moment is None else query.where(_T.c.created_at <= moment, _T.c.deleted_at.is_(None) | (_T.c.deleted_at > moment))
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    firm: Places | None = None
    found = []
    for row in rows:
        if row.dimension:
            if not _narrowed_to(row.dimension, row.member, filters):
                continue
            if scope.branches is not None or scope.owners is not None:
                firm = firm or (places(warehouse) if warehouse is not None else None)
                if firm is None or not visible(Goal("", date.min, date.min, row.dimension, row.member), scope, firm):
                    continue
        found.append(_note(row, user))
    return tuple(found)


def list_annotations(engine: Engine, user, scope: Scope, *, warehouse=None) -> tuple[Note, ...]:
    """All annotations that the reader may see, the newest day first: to be looked through and taken back."""
    with engine.connect() as connection:
        rows = connection.execute(select(_T).where(_T.c.deleted_at.is_(None)).order_by(_T.c.on_day.desc(), _T.c.id.desc())).all()
    limited = scope.branches is not None or scope.owners is not None
    firm = places(warehouse) if limited and warehouse is not None and any(r.dimension for r in rows) else None
    return tuple(_note(r, user) for r in rows if not (r.dimension and limited) or (
        firm is not None and visible(Goal("", date.min, date.min, r.dimension, r.member), scope, firm)))


def _narrowed_to(dimension: str, member: str, filters: Sequence[Filter]) -> bool:
    """Whether a chart of these filters is of the member; of a group of branches: of the branch it is named after."""
    asked = "branch" if dimension == GROUP else dimension
    return any(f.dimension == asked and f.op == "is" and member in f.values for f in filters)


def _note(row, user) -> Note:
    return Note(row.id, row.on_day, row.text, row.dimension or "", row.member or "", row.user_name or "",
                user is not None and bool(getattr(user, "may_write", True)) and (is_own(row, user) or administers(user)))


def remove(engine: Engine, user, note_id: int) -> None:
    """Take an annotation off the charts: one's own, or as an administrator any; :func:`bring_back` undoes it."""
    _delete(engine, user, note_id, "annotation.remove", gone=False)


def bring_back(engine: Engine, user, note_id: int) -> None:
    _delete(engine, user, note_id, "annotation.restore", gone=True)


def _delete(engine: Engine, user, note_id: int, action: str, *, gone: bool) -> None:
    may_write(user)

    def write(connection: Connection) -> None:
        row = connection.execute(select(_T).where(_T.c.id == note_id, _T.c.deleted_at.is_not(None) if gone else _T.c.deleted_at.is_(None))).first()
        if row is None:
            raise InputError(_GONE)
        if not (is_own(row, user) or administers(user)):
            raise AccessDenied(N_("This annotation is {author}’s; they or an administrator can take it back."), author=row.user_name or "?")
        connection.execute(update(_T).where(_T.c.id == note_id).values(deleted_at=None if gone else appdb.now()))
        appdb.write_audit(connection, user, action, {"id": note_id, "on": row.on_day, "text": row.text})
    committed(engine, write)
