"""One row a customer: what each brought in two periods, before them and between them, as one SELECT.

A measure that adds up is a signed sum of plain ones (worth = revenue - cost - cost to serve), so it can be added for each
customer without a customer's own value ever being "not known".
"""
from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, and_, case, cast, func, literal_column, select, union_all

from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import Catalog
from crm_data.cuts.compile import aggregate, compile_cut
from crm_data.cuts.cut import Cut
from crm_data.cuts.measures import Balance, Distinct, Exact, Formula, Measure
from crm_data.cuts.periods import Period
from crm_data.cuts.query import EARLIEST
from crm_data.cuts.rows import FactRows, used_dimensions
from crm_data.errors import N_, InputError

Terms = tuple[tuple[str, int], ...]
#: What stands above and under the line of ratios that are not simply their first part over their second, and the factor.
_RATIOS: dict[str, tuple[Terms, Terms, int]] = {
    "win_rate": ((("won", 1),), (("won", 1), ("lost", 1)), 1),
    "nps": ((("_promoters", 1), ("_detractors", -1)), (("_nps_n", 1),), 100)}
#: Conditions on what customers did in a period say nothing about who they were before it.
_OF_A_PERIOD = ("each.", "segment_", "life_stage", "buying_habit", "purchase_volume")
#: Dimensions whose members are made of what came out: that the lost bought less explains nothing.
_OUTCOMES = frozenset({"customer", "relation", "stage", "lost_reason", "outcome"})
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Ratio:
    """A measure as ``over`` / ``under`` x ``times``."""

    over: Terms
    under: Terms
    times: int = 1


def terms(measure: str, catalog: Catalog) -> Terms:
    """The plain measures, with their signs, that ``measure`` is the sum of. InputError for ratios and means."""
    found = catalog.measure(measure)
    if isinstance(found, Distinct) and found.of in ("age_sum", "age_known") or not (found.adds_up or isinstance(found, Distinct)):
        raise InputError(N_("“{measure}” is a ratio: it changes by mix and rate, not by parts that add up."), measure=measure)
    return found.rows if isinstance(found, Formula) else ((measure, 1),)


def ratio_of(measure: str, catalog: Catalog) -> Ratio | None:
    """``measure`` as one sum over another; None for what adds up."""
    found = catalog.measure(measure)
    if not isinstance(found, Formula) or found.adds_up:
        return None
    if measure in _RATIOS:
        return Ratio(*_RATIOS[measure])
    over, under = (_plain(p, catalog) for p in found.parts)
    return Ratio(over, under)


def _plain(part: str, catalog: Catalog) -> Terms:
    found = catalog.measure(part)
    return found.rows if isinstance(found, Formula) else ((part, 1),)


def told_afterwards(dimension: str) -> bool:
    """Whether a dimension says how things went rather than who or what it was, so that it cannot be a reason."""
    return dimension in _OUTCOMES or dimension.startswith(_OF_A_PERIOD)


def drawn_anew(cut: Cut) -> bool:
    """Whether the cut is of a group that is drawn by what customers did: then others are in it in each period."""
    return any(f.dimension.startswith(_OF_A_PERIOD) for f in cut.filters)


def earlier_than(period: Period) -> Period | None:
    """Everything before a period; None where nothing can be."""
    return Period(EARLIEST, period.first - _DAY) if period.first > EARLIEST else None


def between(before: Period, now: Period) -> Period | None:
    """The days between two periods, if there are any."""
    first, last = before.last + _DAY, now.first - _DAY
    return Period(first, last) if first <= last else None


def sums(part: str, cut: Cut, period: Period, scope: Scope, catalog: Catalog, by: tuple[str, ...] = (), one_of: int = 1) -> Select:
    """``part`` for each customer (and member of the dimensions ``by``) in ``period``: columns ``id``, one for each of ``by``
    (keyed ones also ``<name>_id``), and ``value``. Records without a customer stand under id NULL. ``one_of``: of so many customers
    one is taken, by the number of its record."""
    plain = Cut((part,), ("customer", *by), period, filters=cut.filters)
    measure, reach = catalog.measure(part), used_dimensions(plain)
    catalog.check(part, reach)
    if not isinstance(measure, Measure | Balance):
        found = compile_cut(plain, scope=scope, catalog=catalog).order_by(None).subquery()
        names = [n for d in by for n in ((d, f"{d}_id") if catalog.dimension(d).keyed else (d,))]
        query = select(found.c.customer_id.label("id"), *(found.c[n] for n in names), found.c[part].label("value"))
        return query.where(found.c.customer_id % literal_column(str(one_of)) == literal_column("0")) if one_of > 1 else query
    rows = FactRows(catalog.fact(catalog.fact_of(part, reach)[0]), plain, scope, catalog)
    # By the key alone: the customer's name is not needed here, and grouping by it costs more than the sum.
    group = [rows.key(catalog.dimension("customer")).label("id")]
    for name in by:
        d = catalog.dimension(name)
        group += [rows.column(d).label(name), *([rows.key(d).label(f"{name}_id")] if d.keyed else [])]
    day = rows.fact.date
    inside = [day <= min(period.last, catalog.as_of)]
    if one_of > 1:
        inside.append(group[0].element % literal_column(str(one_of)) == literal_column("0"))
    if isinstance(measure, Balance):
        value: ColumnElement = func.sum(rows.fact.table.c.moved)
    else:
        value, inside = aggregate(measure, rows), [*inside, day >= period.first]
    return select(*group, value.label("value")).select_from(rows.source).where(*inside, *rows.where).group_by(*(g.element for g in group))


def customers(measure: str, cut: Cut, now: Period, before: Period, scope: Scope, catalog: Catalog) -> Select:
    """``id``, ``now``, ``before``, ``part``: one row a customer who had something in either period, with the part of the
    change it belongs to (see :mod:`crm_data.analysis.bridge`)."""
    signed = terms(measure, catalog)
    windows = [("now", now, signed, cut), ("before", before, signed, cut)]
    flow = not isinstance(catalog.measure(measure), Balance)
    if flow:
        # What was before is told by the leading sum alone (of worth: revenue).
        past = replace(cut, filters=tuple(f for f in cut.filters if not f.dimension.startswith(_OF_A_PERIOD)))
        windows += [(name, period, signed[:1], past) for name, period in (("earlier", earlier_than(before)), ("gap", between(before, now))) if period]
    one = _together(windows, scope, catalog).subquery("one")
    both = [one.c.now != 0, one.c.before != 0]
    return select(one.c.id, one.c.now, one.c.before, _part(one, flow).label("part")).where(both[0] | both[1])


def _together(windows, scope: Scope, catalog: Catalog) -> Select:
    """The windows side by side: one row a customer."""
    names = ("now", "before", "earlier", "gap")
    nothing = cast(literal_column("0"), Exact)
    stacked = []
    for name, period, signed, cut in windows:
        for part, sign in signed:
            q = sums(part, cut, period, scope, catalog).subquery()
            value = cast(func.coalesce(q.c.value, literal_column("0")), Exact) * literal_column(str(sign))
            stacked.append(select(q.c.id, *((cast(value, Exact) if n == name else nothing).label(n) for n in names)))
    rows = union_all(*stacked).subquery("rows")
    return select(rows.c.id, *(func.sum(rows.c[n]).label(n) for n in names)).group_by(rows.c.id)


def _part(one, flow: bool) -> ColumnElement:
    zero = literal_column("0")

    def named(name: str) -> ColumnElement:
        return literal_column(f"'{name}'")
    came = [(and_(one.c.before == zero, one.c.earlier != zero), named("won_back")), (and_(one.c.before == zero, one.c.gap != zero), named("between"))]
    return case((one.c.id.is_(None), named("without")), *(came if flow else []), (one.c.before == zero, named("new")), (one.c.now == zero, named("lost")),
                (one.c.now > one.c.before, named("more")), (one.c.now < one.c.before, named("less")), else_=named("same"))


def exact(value: object, whole: bool = False) -> Decimal | int:
    """A sum without the zeros at its end; an int where things are counted."""
    number = value if isinstance(value, Decimal) else Decimal(str(value if value is not None else 0))
    if whole and number == number.to_integral_value():
        return int(number)
    return Decimal(f"{number.normalize():f}")

