"""Cost to serve, priced by the group: activities are added up by key and rate first, and each group takes its rate once."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Numeric,
    Select,
    and_,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
    union_all,
)

from crm_data.cuts.facts import ACTIVITIES, Activity, Fact, rate_on
from crm_data.cuts.measures import Base
from crm_data.cuts.stages import Question, in_period, keys_of, named, rows_of

#: Measures of activities and the column of the priced groups they are the sum of.
COLUMNS = {"cost_to_serve": "cost", "_activities": "counted", "_activities_priced": "priced"}
#: More first days of rates than these within a period are not worth naming in a statement.
MOST_DAYS = 60

_UNITS, _MINUTES, _COST, _ROW_COST = Numeric(18, 4), Numeric(18, 2), Numeric(38, 10), Numeric(24, 8)


def folded_costs(measures: Sequence[Base], q: Question) -> Select | None:
    """Groups of activities with what ``measures`` add up; None where a measure is not one of theirs."""
    if any(m.name not in COLUMNS for m in measures):
        return None
    if any(d.root == "customer" for d in q.dimensions()) and not named(q):
        return _by_row(measures, q)
    groups = union_all(*(_priced(a, q) for a in ACTIVITIES)).subquery()
    values = [groups.c[COLUMNS[m.name]].label(m.name) for m in measures]
    return select(*(c for c in groups.c if c.name not in COLUMNS.values()), *values)


def _by_row(measures: Sequence[Base], q: Question) -> Select:
    """The same where customers tell the groups apart: nearly as many as there are activities of a kind, so each activity is priced, and all
    kinds are added up at once."""
    rows = union_all(*(_priced_rows(a, q) for a in ACTIVITIES)).subquery()
    values = {"cost": cast(func.sum(rows.c.cost), _COST), "counted": func.count(), "priced": func.count(rows.c.cost)}
    keys = [c for c in rows.c if c.name != "cost"]
    return select(*keys, *(values[COLUMNS[m.name]].label(m.name) for m in measures)).group_by(*keys)


def _priced_rows(a: Activity, q: Question) -> Select:
    rows, day = rows_of(_fact(a), q), _rate_day(a.day, q)
    keys = sorted(keys_of(rows, q, names=named(q)), key=lambda k: k.name)  # columns of a union stand in one order
    rate, valid = _rates(a.driver, day, q)
    source, cost = rows.source.outerjoin(rate, valid), cast(a.units, _UNITS) * rate.c.rate_base
    if a.minute_driver is not None and a.minutes is not None:
        by_minute, valid = _rates(a.minute_driver, day, q)
        source = source.outerjoin(by_minute, valid)
        timed = a.minutes * by_minute.c.rate_base
        cost = case((rate.c.rate_base.is_not(None), cost + func.coalesce(timed, literal_column("0"))), else_=timed)
    return select(*keys, cast(cost, _ROW_COST).label("cost")).select_from(source).where(*in_period(rows, q.cut), *rows.where, *a.where)


def _fact(a: Activity) -> Fact:
    keys = {root: a.table.c[f"{root}_id"] for root in ("customer", "branch", "owner")}
    return Fact("costs", "activities", a.table, a.record, type_coerce(a.day, Date), keys, {"cost_driver": a.driver})


def _priced(a: Activity, q: Question) -> Select:
    rows = rows_of(_fact(a), q)
    group = [*(k for k in keys_of(rows, q, names=named(q)) if k.name != "own_cost_driver"), _rate_day(a.day, q).label("rated_on")]
    if a.channel is not None:
        group.append(a.channel.label("channel"))
    counted = [func.count().label("n"), cast(func.sum(a.units), _UNITS).label("units")]
    if a.minutes is not None:
        counted += [cast(func.sum(a.minutes), _MINUTES).label("minutes"), func.count(a.minutes).label("timed")]
    g = select(*group, *counted).select_from(rows.source).where(*in_period(rows, q.cut), *rows.where, *a.where).group_by(*(c.element for c in group)).subquery()
    driver = a.driver if a.channel is None else literal_column("'contact_'") + g.c.channel
    rate, valid = _rates(driver, g.c.rated_on, q)
    source = g.outerjoin(rate, valid)
    cost, priced = g.c.units * rate.c.rate_base, case((rate.c.rate_base.is_not(None), g.c.n), else_=literal_column("0"))
    if a.channel is not None:
        by_minute, valid = _rates(literal_column("'minute_'") + g.c.channel, g.c.rated_on, q)
        source = source.outerjoin(by_minute, valid)
        timed = g.c.minutes * by_minute.c.rate_base
        # Without a rate of its own an activity is priced only where its length is known.
        cost = case((rate.c.rate_base.is_not(None), cost + func.coalesce(timed, literal_column("0"))),
                    (and_(by_minute.c.rate_base.is_not(None), g.c.timed > literal_column("0")), timed))
        priced = case((rate.c.rate_base.is_not(None), g.c.n), (by_minute.c.rate_base.is_not(None), g.c.timed), else_=literal_column("0"))
    kept = [g.c[k.name] for k in group if k.name not in ("rated_on", "channel")]
    if any(d.name == "cost_driver" for d in q.dimensions()):
        kept.append(driver.label("own_cost_driver"))
    # Columns of a union stand in one order.
    kept.sort(key=lambda c: c.name)
    return select(*kept, cast(cost, _COST).label("cost"), g.c.n.label("counted"), priced.label("priced")).select_from(source)


def _starts(q: Question) -> list[date] | None:
    """Days of the period on which rates begin or end, its first day before them; None when not known, or too many."""
    assert q.cut.period is not None
    first, last = q.cut.period.first, q.cut.period.last
    changes = None if q.rate_days is None else sorted({d for d in q.rate_days if first < d <= last})
    return None if changes is None or len(changes) > MOST_DAYS else [first, *changes]


def _rates(driver: ColumnElement, day: ColumnElement, q: Question) -> tuple[FromClause, ColumnElement]:
    """The rates and the condition that one is that of ``driver`` on ``day``: by equality alone where the days are known."""
    starts = _starts(q)
    if starts is None:
        return rate_on(driver, day, q.catalog.rate_table)
    days = [select(_literal(d).label("rated_on")) for d in starts]
    day_table = (union_all(*days) if len(days) > 1 else days[0]).subquery()
    rate = q.catalog.rate_table.alias()
    holds = and_(rate.c.valid_from <= day_table.c.rated_on, or_(rate.c.valid_to.is_(None), rate.c.valid_to >= day_table.c.rated_on))
    table = select(rate.c.driver, day_table.c.rated_on, rate.c.rate_base).select_from(day_table.join(rate, holds)).subquery()
    return table, and_(table.c.driver == driver, table.c.rated_on == day)


def _rate_day(day: ColumnElement, q: Question) -> ColumnElement:
    """A day on which the rates are those of ``day``: the last one up to it on which a rate begins or ends."""
    starts = _starts(q)
    if starts is None:
        return type_coerce(day, Date)
    if len(starts) == 1:
        # Of the row, so that it is no constant, by which some engines do not group.
        return case((day.is_not(None), _literal(starts[0])))
    return case(*((day < _literal(following), _literal(start)) for start, following in zip(starts, starts[1:], strict=False)), else_=_literal(starts[-1]))


def _literal(day: date) -> ColumnElement:
    return literal_column(f"DATE '{day.isoformat()}'", Date)
