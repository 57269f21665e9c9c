"""Decisions of meetings: who does what until when, and the number it is to move with its value then; the next meeting opens with them.

A decision's number is kept with the question it answers and the rights it was asked under: who sees other rows is not shown that value, since
it could not be set against one's own.
"""
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Connection, Engine, insert, select, update

from crm_data.analysis.meetings import get_review, may_write
from crm_data.analysis.owned import committed, signed
from crm_data.analysis.restated import at_day
from crm_data.cuts.access import Scope
from crm_data.cuts.answer import Number
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import NAMED, Period, plain_name
from crm_data.cuts.query import ask
from crm_data.errors import N_, InputError, MabatError
from crm_data.model import appdb

MOST, LONGEST_OWNER = 1000, 200
_T = appdb.decision
#: Beside the cut's own parameters: the rights its number was asked under, the day of its data and the snapshot.
_SCOPE, _DAY, _SNAPSHOT = "_scope", "_as_of", "_snapshot"
_GONE = N_("There is no such decision any more.")


@dataclass(frozen=True)
class Decision:
    """``value_then``: what ``measure`` read on ``then_on`` when it was decided, asked under the rights ``scope``; ``link``: the cut it is of.
    ``done_at`` (UTC) is None while it is open."""

    id: int
    meeting_id: int | None
    text: str
    owner: str
    due_on: date | None
    measure: str
    link: Mapping[str, Sequence[str]]
    value_then: Decimal | None
    then_on: date | None
    scope: str
    done_at: datetime | None
    by: str
    created_at: datetime
    held_on: date | None = None

    @property
    def done(self) -> bool:
        return self.done_at is not None

    def overdue(self, on: date) -> bool:
        return not self.done and self.due_on is not None and self.due_on < on


@dataclass(frozen=True)
class Moved:
    """A decision's number then and now. ``better``: which way is better (up, down, none); ``then`` None: not comparable for this reader."""

    measure: str
    label: str
    unit: str
    better: str
    then: Number
    now: Number
    then_on: date | None
    now_on: date

    @property
    def improved(self) -> bool | None:
        """Whether it moved for the better; None where it did not move, or cannot be told."""
        if self.then is None or self.now is None or self.better not in ("up", "down") or self.now == self.then:
            return None
        return (self.now > self.then) == (self.better == "up")


# Writing --------------------------------------------------------------------------------------------------------------
def add_decision(engine: Engine, user, meeting_id: int, text: str, *, owner_name: str = "", due_on: date | None = None, cut: Cut | None = None, measure: str = "",
                 warehouse=None, scope: Scope | None = None) -> Decision:
    """Keep a decision of a meeting. With ``cut`` (its first measure, or ``measure`` of it; of days that run or are fixed: its last 30) or ``measure`` alone (its last 30 days, or what stands
    now) its value is asked now of ``warehouse`` under ``scope``. Raises InputError or AccessDenied with a sentence."""
    may_write(user)
    said = text.strip().replace("\x00", "")
    if not said:
        raise InputError(N_("The decision is empty. Write what was decided."))
    if len(said) > MOST:
        raise InputError(N_("The decision has {n} letters; at most {most} are kept."), n=len(said), most=MOST)
    get_review(engine, user, meeting_id)
    name, link, value = _linked(cut, measure, warehouse, scope)
    owner = (" ".join(owner_name.split()) or signed(user))[:LONGEST_OWNER]

    def write(connection: Connection) -> int:
        made = connection.execute(insert(_T).values(
            meeting_id=meeting_id, text=said, owner_name=owner, due_on=due_on, measure=name or None, cut=json.dumps(link, ensure_ascii=False) if link else None,
            value_then=value, user_id=user.id, user_name=signed(user), created_at=appdb.now())).inserted_primary_key[0]
        appdb.write_audit(connection, user, "decision.add", {"id": made, "meeting": meeting_id, "owner": owner, "due": due_on, "measure": name, "value": value, "letters": len(said)})
        return made
    return get_decision(engine, committed(engine, write))


def _linked(cut: Cut | None, measure: str, warehouse, scope: Scope | None) -> tuple[str, dict | None, Decimal | None]:
    if cut is None and not measure:
        return "", None, None
    if warehouse is None or scope is None:
        raise InputError(N_("A decision's number needs the data it is asked of."))
    catalog = catalog_for(warehouse)
    name = measure or cut.measures[0]  # type: ignore[union-attr]
    catalog.measure(name)
    days = Period.named("last_30_days", warehouse.as_of)
    asked = Cut((name,), period=_comparable(cut.period, days, catalog.measure(name).kind), filters=cut.filters, over=cut.over) if cut else Cut((name,), period=days)
    value = ask(at_day(asked, warehouse.as_of), warehouse, scope=scope).totals.get(name)
    link = {**asked.to_link(), _SCOPE: [scope.key], _DAY: [warehouse.as_of.isoformat()], _SNAPSHOT: [warehouse.snapshot]}
    return name, link, None if value is None else Decimal(str(value))


def _comparable(period: Period | None, days: Period, kind: str) -> Period | None:
    """Days that mean as much at the next meeting as now: ``days`` in place of fixed ones, which no longer move, and of a running month or
    year, whose sum only grows. A balance stands on the last day of either."""
    if period is None or plain_name(period.name).startswith("last_") or (kind == "balance" and period.name in NAMED):
        return period
    return days


def finish(engine: Engine, user, decision_id: int, done: bool = True) -> None:
    """Mark a decision as carried out, or (``done=False``) as open again."""
    _write(engine, user, decision_id, {"done_at": appdb.now() if done else None}, f"decision.{'done' if done else 'reopen'}", lambda row: (row.done_at is not None) == done)


def undo(engine: Engine, user, decision_id: int) -> None:
    """Open again what was marked as done."""
    finish(engine, user, decision_id, done=False)


def remove(engine: Engine, user, decision_id: int) -> None:
    """Take a decision back; :func:`bring_back` undoes it."""
    _write(engine, user, decision_id, {"deleted_at": appdb.now()}, "decision.remove")


def bring_back(engine: Engine, user, decision_id: int) -> None:
    _write(engine, user, decision_id, {"deleted_at": None}, "decision.restore", gone=True)


def _write(engine: Engine, user, decision_id: int, values: dict, action: str, already=lambda row: False, *, gone: bool = False) -> None:
    may_write(user)

    def write(connection: Connection) -> None:
        row = connection.execute(select(_T).where(_T.c.id == decision_id, _T.c.deleted_at.is_not(None) if gone else _T.c.deleted_at.is_(None))).first()
        if row is None:
            raise InputError(_GONE)
        if already(row):
            return  # somebody was faster: the first day stays
        connection.execute(update(_T).where(_T.c.id == decision_id).values(**values))
        appdb.write_audit(connection, user, action, {"id": decision_id, "meeting": row.meeting_id})
    committed(engine, write)


# Reading --------------------------------------------------------------------------------------------------------------
def get_decision(engine: Engine, decision_id: int) -> Decision:
    found = _read(engine, _T.c.id == decision_id)
    if not found:
        raise InputError(_GONE)
    return found[0]


def decisions_of(engine: Engine, meeting_id: int, moment: datetime | None = None) -> tuple[Decision, ...]:
    """The decisions of a meeting in the order they were made; as they stood at ``moment`` (UTC) where it is given."""
    return _as_of(_read(engine, _T.c.meeting_id == meeting_id), moment)


def open_decisions(engine: Engine, before: date | None = None, moment: datetime | None = None) -> tuple[Decision, ...]:
    """Decisions of meetings that are not done, those due first before others. ``before``: only of meetings held before that day; ``moment``: as
    things stood then (UTC)."""
    found = _as_of(_read(engine, _T.c.meeting_id.is_not(None)), moment)
    kept = [d for d in found if not d.done and (before is None or (d.held_on or date.min) < before)]
    return tuple(sorted(kept, key=lambda d: (d.due_on or date.max, d.created_at, d.id)))


def _as_of(found: Sequence[Decision], moment: datetime | None) -> tuple[Decision, ...]:
    if moment is None:
        return tuple(found)
    return tuple(replace(d, done_at=d.done_at if d.done_at and d.done_at <= moment else None) for d in found if d.created_at <= moment)


def _read(engine: Engine, where) -> list[Decision]:
    m = appdb.meeting
    query = select(_T, m.c.held_on).select_from(_T.outerjoin(m, m.c.id == _T.c.meeting_id)).where(where, _T.c.deleted_at.is_(None)).order_by(_T.c.created_at, _T.c.id)
    with engine.connect() as connection:
        return [_decision(r) for r in connection.execute(query)]


def _decision(r) -> Decision:
    try:
        link = {str(k): [str(v) for v in values] for k, values in json.loads(r.cut or "{}").items()}
    except (ValueError, TypeError, AttributeError):
        link = {}

    def one(name: str) -> str:
        return (link.get(name) or [""])[-1]
    try:
        then_on = date.fromisoformat(one(_DAY)) if one(_DAY) else None
    except ValueError:
        then_on = None
    value = None if r.value_then is None else Decimal(str(r.value_then)).normalize()
    return Decision(r.id, r.meeting_id, r.text, r.owner_name or "", r.due_on, r.measure or "", {k: v for k, v in link.items() if not k.startswith("_")}, value, then_on,
                    one(_SCOPE), r.done_at, r.user_name or "", r.created_at, r.held_on)


def moved(decision: Decision, warehouse, scope: Scope) -> Moved | None:
    """Where a decision's number stands on ``warehouse``; None where it has none, or it can no longer be asked."""
    if not decision.measure or not decision.link:
        return None
    try:
        catalog = catalog_for(warehouse)
        measure = catalog.measure(decision.measure)
        value = ask(Cut.from_link(decision.link, warehouse.as_of), warehouse, scope=scope).totals.get(decision.measure)
    except MabatError:
        return None
    then: Number = decision.value_then if _same_rows(decision.scope, scope) else None
    if isinstance(value, float) and then is not None:
        then = float(then)
    return Moved(decision.measure, measure.label, measure.unit, measure.better, then, value, decision.then_on, warehouse.as_of)


def _same_rows(kept: str, scope: Scope) -> bool:
    """Whether the reader sees the rows the value was asked of, and may see a number of so few customers."""
    rows, _, personal = kept.rpartition(";p=")
    own, _, mine = scope.key.rpartition(";p=")
    return bool(kept) and rows == own and (mine == "1" or personal == "0")
