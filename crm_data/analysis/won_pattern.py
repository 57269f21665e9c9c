"""How opportunities that were won went: days in each stage, length, size, contacts; and how likely winning is from each stage.

Chances are counted over *mature* entries: all that entered a stage long enough ago that nine in ten of those which closed had
closed after so many days. Those still open count as not won; counting closed ones alone flatters, since the slow losses are missing.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, func, literal_column, select

from crm_data.analysis.bounds import wilson
from crm_data.cuts.access import Scope
from crm_data.cuts.cache import ANSWERS
from crm_data.model import dialects
from crm_data.model import schema as s

#: "Usual" is said from so many won ones on; what closed in the last ``RECENT`` days counts, older ones only where that is too few.
FEW, RECENT = 10, 730


@dataclass(frozen=True)
class Usual:
    """Of ``n`` won opportunities: the median, and the values two and eight in ten stay below."""

    n: int
    low: float
    median: float
    high: float

    @property
    def enough(self) -> bool:
        return self.n >= FEW


@dataclass(frozen=True)
class Chance:
    """``won`` of ``n`` mature entries into a stage were won; ``low`` and ``high`` bound the share (Wilson, 95 of 100)."""

    won: int
    n: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.won / self.n


@dataclass(frozen=True)
class WonPattern:
    """``stages``: days in each stage; ``length``: days from opening to winning; ``amount`` in the reporting currency;
    ``chances`` by stage. ``since``: what closed from this day on was looked at (None: all)."""

    stages: Mapping[str, Usual]
    length: Usual | None
    amount: Usual | None
    chances: Mapping[str, Chance]
    since: date | None


def won_pattern(warehouse, scope: Scope) -> WonPattern:
    """The pattern of what was won within the viewer's scope; kept for the snapshot."""
    return ANSWERS.get(("won_pattern", warehouse.key, scope.key), lambda: _pattern(warehouse, scope))


def stage_lengths(warehouse, scope: Scope) -> Mapping[str, Usual]:
    """Only the days in each stage (``WonPattern.stages``), which cost a third of the whole; kept for the snapshot."""
    def asked() -> Mapping[str, Usual]:
        with warehouse.engine.connect() as connection:
            return _lengths(connection, _won(connection, warehouse, scope)[0])
    return ANSWERS.get(("won_stages", warehouse.key, scope.key), asked)


def _won(connection, warehouse, scope: Scope) -> tuple[ColumnElement[bool], date | None]:
    """What was won lately, and since when that is (None: ever)."""
    o = s.opportunity.c
    mine = scope.conditions(o.branch_id, o.owner_id)
    recent = warehouse.as_of - timedelta(days=RECENT)
    count = select(func.count()).where(o.outcome == "won", *mine)
    many = connection.execute(count.where(o.closed_on > recent, o.closed_on <= warehouse.as_of)).scalar_one()
    since = recent if many >= 3 * FEW else None
    return and_(o.outcome == "won", o.closed_on <= warehouse.as_of, *mine, *((o.closed_on > since,) if since else ())), since


def _lengths(connection, won: ColumnElement[bool]) -> Mapping[str, Usual]:
    stages = {r["stage"]: _usual(r, "days") for r in connection.execute(_stays(won)).mappings()}
    return {k: v for k, v in stages.items() if v}


def _pattern(warehouse, scope: Scope) -> WonPattern:
    o = s.opportunity.c
    stages = stage_lengths(warehouse, scope)
    with warehouse.engine.connect() as connection:
        won, since = _won(connection, warehouse, scope)
        whole = connection.execute(select(*_spread(dialects.days_between(o.opened_on, o.closed_on), "days"), *_spread(o.amount_base, "amount")).where(
            won, o.closed_on >= o.opened_on)).mappings().one()
        chances = _chances(connection, scope.conditions(o.branch_id, o.owner_id), warehouse.as_of)
    return WonPattern(stages, _usual(whole, "days"), _usual(whole, "amount"), chances, since)


def _spread(value: ColumnElement, name: str) -> list[ColumnElement]:
    """Count, and the values two, five and eight in ten stay below."""
    parts = ((20, "0.2"), (50, "0.5"), (80, "0.8"))
    return [func.count(value).label(f"{name}_n"), *(func.percentile_cont(literal_column(p)).within_group(value.asc()).label(f"{name}_{n}") for n, p in parts)]


def _usual(row: Mapping, name: str) -> Usual | None:
    n = int(row[f"{name}_n"] or 0)
    return Usual(n, *(float(row[f"{name}_{p}"]) for p in (20, 50, 80))) if n else None


def _stays(won: ColumnElement[bool]) -> Select:
    """Days the won ones spent in each stage, up to where the next one begins; a stage entered twice counts with all its days."""
    h, o = s.stage_history.c, s.opportunity.c
    following = func.lead(h.entered_on).over(partition_by=h.opportunity_id, order_by=(h.entered_on, h.stage_order, h.id))
    stay = select(h.opportunity_id, h.stage, h.entered_on, func.coalesce(following, h.left_on).label("left_on")).select_from(
        s.stage_history.join(s.opportunity, o.id == h.opportunity_id)).where(won).subquery()
    each = select(stay.c.opportunity_id, stay.c.stage, func.sum(dialects.days_between(stay.c.entered_on, stay.c.left_on)).label("days")).where(
        stay.c.left_on >= stay.c.entered_on).group_by(stay.c.opportunity_id, stay.c.stage).subquery()
    return select(each.c.stage, *_spread(each.c.days, "days")).group_by(each.c.stage)


def _chances(connection, mine: list[ColumnElement[bool]], until: date) -> dict[str, Chance]:
    h, o = s.stage_history.c, s.opportunity.c
    closed = case((o.closed_on <= until, o.closed_on))
    entered = select(h.opportunity_id, h.stage, func.min(h.entered_on).label("day"), func.max(closed).label("closed"),
                     func.max(case((and_(o.outcome == "won", o.closed_on <= until), literal_column("1")), else_=literal_column("0"))).label("won")).select_from(
        s.stage_history.join(s.opportunity, o.id == h.opportunity_id)).where(h.entered_on <= until, *mine).group_by(h.opportunity_id, h.stage).subquery()
    took = dialects.days_between(entered.c.day, entered.c.closed)
    ripe = select(entered.c.stage, func.percentile_cont(literal_column("0.9")).within_group(took.asc()).label("days")).where(
        entered.c.closed > entered.c.day).group_by(entered.c.stage).subquery()
    age = dialects.days_between(entered.c.day, literal_column(f"DATE '{until.isoformat()}'"))
    query = select(entered.c.stage, func.count(), func.sum(entered.c.won)).select_from(entered.join(ripe, ripe.c.stage == entered.c.stage)).where(
        age >= ripe.c.days).group_by(entered.c.stage)
    found = {}
    for stage, n, won in connection.execute(query):
        bounds = wilson(int(won), int(n))
        if bounds:
            found[stage] = Chance(int(won), int(n), *bounds)
    return found
