"""What is known of a customer only by adding up: conditions on a measure of each customer, segments, and the ready-made
classes of customers. All of it as subqueries of one row a customer, so that no row of a fact is ever doubled.

Everything is taken up to the end of the cut's period (the day the data reaches, at most), so that last year's answer tells
last year's regular customers; a bucket looked into keeps the days of the whole (``Cut.over``). The cut's other filters do not
change who satisfies a condition: so the rows of one member are those of the cut narrowed to it, and narrowing never adds
anybody. What a viewer may not see is not counted.
"""
from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import (
    ColumnElement,
    Date,
    Numeric,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import Catalog, reaches
from crm_data.cuts.cut import EACH, Cut, Filter, each_parts, each_within
from crm_data.cuts.dimensions import Dimension
from crm_data.cuts.facts import FACTS
from crm_data.cuts.periods import Period, shift_months
from crm_data.cuts.segments import INSIDE, OUTSIDE
from crm_data.errors import N_, InputError
from crm_data.model import schema as s

EARLIEST = date(1900, 1, 1)
#: Purchases in 12 months that make a customer regular.
REGULAR = 3
#: Months since the first purchase (new), and since the last one (active, cooling).
NEW, ACTIVE, COOLING = 3, 6, 12
#: Parts of the whole that the large, and the large and medium customers together, bring.
LARGE, MEDIUM = "0.5", "0.8"


def end_of(cut: Cut, catalog: Catalog) -> date:
    """The last day that counts."""
    days = cut.over or cut.period
    return min(days.last, catalog.as_of) if days else catalog.as_of


def window(name: str, cut: Cut, catalog: Catalog) -> Period:
    """The days over which a measure of each customer is taken."""
    end, days = end_of(cut, catalog), cut.over or cut.period
    if name == "ever" or (not name and days is None):
        return Period(EARLIEST, end)
    if name == "year":
        return Period(date(end.year, 1, 1), end)
    if name:
        return Period(months_before(end, int(name.removesuffix("m"))) + timedelta(days=1), end)
    assert days is not None
    return Period(min(days.first, end), end)


def months_before(day: date, months: int) -> date:
    """The same day so many months before (the month's last day where it has none)."""
    return shift_months(day, -months) if day.year > EARLIEST.year else day


# A measure of each customer ----------------------------------------------------------------------------------------
def each_condition(f: Filter, customer: ColumnElement, cut: Cut, scope: Scope, catalog: Catalog) -> ColumnElement:
    """Whether ``customer`` (the column of a customer's id) satisfies a condition on a measure of each customer.

    A customer without a row counts as nothing for what adds up, and satisfies no condition on a ratio.
    """
    name, _ = each_parts(f.dimension)
    catalog.dimension(f.dimension)
    if not scope.personal and name == "mean_age":
        raise InputError(N_("The age of one customer is personal data. Leave out the condition on it."))
    each = _each(f, cut, scope, catalog)
    value = each.c[name]
    known = (each.c.customer_id.is_not(None), value.is_not(None))
    if f.op in ("top", "bottom"):
        return customer.in_(_ranked(f, each, name, known, _within(f, cut, scope, catalog)))
    low, high = _bounds(f)
    passes = and_(*(test for test in (value >= low if low is not None else None, _under(f, value, high)) if test is not None))
    if catalog.measure(name).adds_up and _holds_nothing(f, low, high):
        return and_(customer.is_not(None), customer.not_in(select(each.c.customer_id).where(*known, ~passes)))
    return customer.in_(select(each.c.customer_id).where(*known, passes))


def _each(f: Filter, cut: Cut, scope: Scope, catalog: Catalog) -> Subquery:
    """One row a customer: its id and the measure."""
    from crm_data.cuts.compile import compile_cut

    name, span = each_parts(f.dimension)
    plain = Cut((name,), by=("customer",), period=window(span, cut, catalog))
    return compile_cut(plain, scope=scope, catalog=catalog).order_by(None).subquery(f"each_{name}")


def _bounds(f: Filter) -> tuple[ColumnElement | None, ColumnElement | None]:
    values = [cast(literal(Decimal(v)), Numeric(24, 6)) for v in f.values]
    if f.op == "between":
        return values[0], values[1]
    return (values[0], None) if f.op == "at_least" else (None, values[0])


def _under(f: Filter, value: ColumnElement, high: ColumnElement | None) -> ColumnElement | None:
    if high is None:
        return None
    return value <= high if f.op == "between" else value < high


def _holds_nothing(f: Filter, low: ColumnElement | None, high: ColumnElement | None) -> bool:
    """Whether a customer with nothing satisfies it."""
    numbers = [Decimal(v) for v in f.values]
    if f.op == "between":
        return numbers[0] <= 0 <= numbers[1]
    return numbers[0] <= 0 if f.op == "at_least" else numbers[0] > 0


def _within(f: Filter, cut: Cut, scope: Scope, catalog: Catalog) -> Subquery | None:
    """``id`` and ``member`` of every customer, where places are counted within the members of a dimension."""
    from crm_data.cuts.rows import FactRows

    name = each_within(f.dimension)
    if not name:
        return None
    rows = FactRows(FACTS["parties"], Cut(("customers",), period=cut.period, over=cut.over), Scope(None, None, scope.personal), catalog)
    member = rows.column(catalog.dimension(name))
    return select(rows.fact.id.label("id"), member.label("member")).select_from(rows.source).where(*rows.where).subquery("within")


def _ranked(f: Filter, each: Subquery, name: str, known: tuple[ColumnElement, ...], within: Subquery | None) -> Select:
    """The first customers by the measure, ties by id; a part of them is rounded up to whole customers."""
    customer, value = each.c.customer_id, each.c[name]
    order = (value.desc() if f.op == "top" else value.asc(), customer.asc())
    source = each if within is None else each.outerjoin(within, within.c.id == customer)
    over = {"partition_by": within.c.member} if within is not None else {}
    ranked = select(customer.label("customer_id"), func.row_number().over(order_by=order, **over).label("place"),
                    func.count().over(**over).label("among")).select_from(source).where(*known).subquery()
    text = f.values[0]
    if text.endswith("%"):
        part = literal_column(str(Decimal(text[:-1])))
        return select(ranked.c.customer_id).where((ranked.c.place - literal_column("1")) * literal_column("100") < part * ranked.c.among)
    return select(ranked.c.customer_id).where(ranked.c.place <= literal_column(str(int(text))))


# Segments -----------------------------------------------------------------------------------------------------------
def inside(d: Dimension, cut: Cut, scope: Scope, catalog: Catalog) -> Select:
    """Ids of the customers in a segment."""
    from crm_data.cuts.rows import FactRows

    plain = Cut(("customers",), period=cut.period, over=cut.over)
    # A customer's own fields decide, whoever's rows are looked at; the measures are of what the viewer may see.
    rows = FactRows(FACTS["parties"], plain, Scope(None, None, scope.personal), catalog)
    tests = []
    for f in d.conditions:
        about = catalog.dimension(f.dimension)
        if not reaches(rows.fact, about) or about.conditions:
            raise InputError(N_("“{dimension}” is not a field of the customer, so it cannot make a segment. Use a measure of each customer instead."),
                             dimension=f.dimension)
        if f.dimension.startswith(EACH):
            tests.append(each_condition(f, rows.fact.id, plain, scope, catalog))
        elif about.derived:
            side = classes(about, plain, scope, catalog).subquery()
            tests.append(_in_class(f, rows.fact.id, side, about))
        else:
            tests.append(rows.condition(f))
    return select(rows.fact.id.label("customer_id")).select_from(rows.source).where(and_(*tests) if d.every else or_(*tests)).distinct()


def _in_class(f: Filter, customer: ColumnElement, side, d: Dimension) -> ColumnElement:
    """A filter on a ready-made class without joining it: customers that are not there are of its last class."""
    from crm_data.cuts.rows import member_test

    missing = literal_column(f"'{ABSENT[d.name]}'")
    there = select(side.c.customer_id).where(member_test(f, d, side.c.value))
    holds_missing = (ABSENT[d.name] in f.values) == (f.op == "is") if f.op in ("is", "is_not") else f.op == "contains" and f.values[0].lower() in str(missing)
    if not holds_missing:
        return customer.in_(there)
    return or_(customer.in_(there), customer.not_in(select(side.c.customer_id)))


# Ready-made classes --------------------------------------------------------------------------------------------------
#: The class of a customer of whom nothing was found.
ABSENT = {"life_stage": "none", "buying_habit": "none", "purchase_volume": "none"}
CLASSES = {"life_stage": ("new", "active", "cooling", "lost", "none"), "buying_habit": ("regular", "occasional", "none"),
           "purchase_volume": ("large", "medium", "small", "none")}


def absent(d: Dimension) -> str:
    """The member of a customer that is not in :func:`side_of`."""
    return OUTSIDE if d.conditions else ABSENT[d.name]


def side_of(d: Dimension, cut: Cut, scope: Scope, catalog: Catalog) -> Select:
    """``customer_id`` and ``value`` of a derived dimension, one row a customer; who is missing is of :func:`absent`."""
    if d.conditions:
        members = inside(d, cut, scope, catalog).subquery()
        return select(members.c.customer_id, literal_column(f"'{INSIDE}'").label("value"))
    return classes(d, cut, scope, catalog)


def classes(d: Dimension, cut: Cut, scope: Scope, catalog: Catalog) -> Select:
    return {"life_stage": _life_stage, "buying_habit": _habit, "purchase_volume": _volume}[d.name](cut, scope, catalog)


def _measured(measure: str, cut: Cut, scope: Scope, catalog: Catalog, span: str):
    return _each(Filter(f"{EACH}{measure}@{span}", "at_least", ("0",)), cut, scope, catalog)


def _habit(cut: Cut, scope: Scope, catalog: Catalog) -> Select:
    name = "orders" if catalog.has_orders else "won"
    found = _measured(name, cut, scope, catalog, "12m")
    many = literal_column(str(REGULAR))
    value = case((found.c[name] >= many, literal_column("'regular'")), else_=literal_column("'occasional'"))
    return select(found.c.customer_id, value.label("value")).where(found.c.customer_id.is_not(None), found.c[name] > literal_column("0"))


def _volume(cut: Cut, scope: Scope, catalog: Catalog) -> Select:
    name = "revenue" if catalog.has_orders else "won_value"
    found = _measured(name, cut, scope, catalog, "12m")
    value = found.c[name]
    order = (value.desc(), found.c.customer_id.asc())
    # What those before a customer bring: the first is large however much it brings.
    ranked = select(found.c.customer_id, (func.sum(value).over(order_by=order, rows=(None, 0)) - value).label("before"),
                    func.sum(value).over().label("whole")).where(found.c.customer_id.is_not(None), value > literal_column("0")).subquery()
    size = case((ranked.c.before < ranked.c.whole * literal_column(LARGE), literal_column("'large'")),
                (ranked.c.before < ranked.c.whole * literal_column(MEDIUM), literal_column("'medium'")), else_=literal_column("'small'"))
    return select(ranked.c.customer_id, size.label("value"))


def _life_stage(cut: Cut, scope: Scope, catalog: Catalog) -> Select:
    from crm_data.cuts.rows import FactRows

    end = end_of(cut, catalog)
    fact = FACTS["orders" if catalog.has_orders else "closed"]
    rows = FactRows(fact, Cut(("customers",), period=cut.period, over=cut.over), scope, catalog)
    won = [] if catalog.has_orders else [s.opportunity.c.outcome == literal_column("'won'")]
    customer = rows.need(fact.keys["customer"])
    bought = select(customer.label("customer_id"), func.min(fact.date).label("first"), func.max(fact.date).label("last")).select_from(rows.source).where(
        fact.date <= end, customer.is_not(None), *rows.where, *won).group_by(customer)
    left = select(s.customer.c.id.label("customer_id"), cast(null(), Date).label("first"), cast(null(), Date).label("last")).where(s.customer.c.lost_on <= end)
    days = union_all(bought, left).subquery("purchases")
    one = select(days.c.customer_id, func.min(days.c.first).label("first"), func.max(days.c.last).label("last")).group_by(days.c.customer_id).subquery("bought")
    gone = select(s.customer.c.id).where(s.customer.c.lost_on <= end)

    def since(months: int) -> ColumnElement:
        return literal_column(f"DATE '{months_before(end, months).isoformat()}'", Date)
    value = case((one.c.customer_id.in_(gone), literal_column("'lost'")), (one.c.first > since(NEW), literal_column("'new'")),
                 (one.c.last > since(ACTIVE), literal_column("'active'")), (one.c.last > since(COOLING), literal_column("'cooling'")), else_=literal_column("'lost'"))
    return select(one.c.customer_id, value.label("value"))
