"""Facts: what can be counted and added, each with its day, its keys and its own dimensions.

Joins go from a fact to what it refers to, many-to-one, so a row is never doubled. Two exceptions are named and handled
where they stand: credit for sales split between people (``split``), and dimensions with several members a customer.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Numeric,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)

from crm_data.model import dialects
from crm_data.model import schema as s


@dataclass(frozen=True)
class Fact:
    """Rows with a day.

    ``keys``: entity -> column holding its id; ``own``: dimension -> column of the fact itself; ``joins``: further tables
    its columns stand in, with the condition; ``where``: rows that count at all; ``credit``: column of the order whose
    credit may be split; ``shows``: columns a person wants to see of a row behind a number; ``firsts``: of rows that are parts of
    something counted, which of them is the first of it within a member of a dimension ("": at all); ``currency``: of the amounts
    among ``shows``, which are those of the document.
    """

    name: str
    label: str
    table: FromClause
    id: ColumnElement
    date: ColumnElement
    keys: Mapping[str, ColumnElement]
    own: Mapping[str, ColumnElement] = field(default_factory=dict)
    joins: tuple[tuple[FromClause, ColumnElement], ...] = ()
    where: tuple[ColumnElement, ...] = ()
    credit: ColumnElement | None = None
    hour: ColumnElement | None = None
    shows: tuple[str, ...] = ()
    reference: ColumnElement | None = None
    firsts: Mapping[str, ColumnElement] = field(default_factory=dict)
    currency: ColumnElement | None = None


def _standing(table: FromClause, *names: str) -> dict[str, ColumnElement]:
    return {name: table.c[f"{name}_id"] for name in names}


_COUNTED = ("cancelled", "returned")


def _sales() -> list[Fact]:
    line, order = s.order_line, s.sales_order
    header = ((order, line.c.order_id == order.c.id),)
    firsts = {"": line.c.first_of_order, "product_category": line.c.first_of_category, "product": line.c.first_of_product}
    return [
        # A line has a copy of what its order is told apart by: only the order's number is looked up.
        Fact("sales", "sale lines", line, line.c.id, line.c.ordered_on, _standing(line, "customer", "branch", "owner", "campaign", "product"),
             {"order_channel": line.c.channel}, header, (line.c.counted,), line.c.order_id, line.c.ordered_hour,
             ("quantity", "unit_price:× ", "discount:− "), order.c.number, firsts, order.c.currency),
        Fact("orders", "orders", order, order.c.id, order.c.ordered_on, _standing(order, "customer", "branch", "owner", "campaign"),
             {"order_channel": order.c.channel}, (), (order.c.status.not_in(_COUNTED),), order.c.id, order.c.ordered_hour,
             ("channel", "status", "delivered_on"), order.c.number),
    ]


def _service() -> list[Fact]:
    i, c, f, w = s.interaction, s.complaint, s.feedback, s.web_lead
    places = ("customer", "branch", "owner")
    handled = {"complaint_topic": c.c.topic, "severity": c.c.severity}
    return [
        Fact("contacts", "contacts", i, i.c.id, i.c.started_on, _standing(i, *places, "campaign", "product"),
             {"contact_channel": i.c.channel, "initiated_by": i.c.initiated_by, "topic": i.c.topic, "outcome": i.c.outcome},
             hour=i.c.started_hour, shows=("channel", "initiated_by", "topic", "outcome", "duration_minutes")),
        Fact("complaints", "complaints", c, c.c.id, c.c.opened_on, _standing(c, *places, "product"), handled,
             shows=("topic", "severity", "subject", "resolved_on")),
        Fact("resolved", "complaints resolved", c, c.c.id, c.c.resolved_on, _standing(c, *places, "product"), handled,
             shows=("topic", "severity", "subject", "opened_on")),
        Fact("feedback", "answers", f, f.c.id, f.c.given_on, _standing(f, *places, "product"), shows=("kind", "score", "comment")),
        Fact("leads", "leads", w, w.c.id, w.c.received_on, _standing(w, *places, "campaign"),
             {"lead_source": w.c.source_channel}, shows=("source_channel", "topic", "converted_on")),
    ]


def _selling() -> list[Fact]:
    o, q, i, p, c = s.opportunity, s.quote, s.invoice, s.payment, s.customer
    places = ("customer", "branch", "owner")
    own = {"stage": o.c.stage, "lost_reason": o.c.lost_reason, "lead_source": o.c.lead_source}
    keys = _standing(o, *places, "product", "campaign")
    shows = ("name", "stage", "outcome", "opened_on", "closed_on", "probability")
    home = {"customer": c.c.id, "branch": c.c.branch_id, "owner": c.c.owner_id, "campaign": c.c.acquisition_campaign_id}
    people = (c.c.relation.in_(("customer", "former")),)
    return [
        Fact("opened", "opportunities opened", o, o.c.id, o.c.opened_on, keys, own, shows=shows),
        Fact("closed", "opportunities closed", o, o.c.id, o.c.closed_on, keys, own, where=(o.c.outcome.in_(("won", "lost")),), shows=shows),
        Fact("quotes", "quotes", q, q.c.id, q.c.sent_on, _standing(q, *places), shows=("valid_to", "answer"), reference=q.c.number),
        Fact("invoices", "invoices", i, i.c.id, i.c.issued_on, _standing(i, *places),
             where=(func.coalesce(i.c.cancelled, literal_column("false")).is_(literal_column("false")),), shows=("due_on",), reference=i.c.number),
        Fact("payments", "payments", p, p.c.id, p.c.paid_on, _standing(p, *places), shows=("method",)),
        Fact("joined", "new customers", c, c.c.id, c.c.customer_since, home, where=people, shows=("acquisition_channel",), reference=c.c.number),
        Fact("parties", "parties known", c, c.c.id, func.coalesce(c.c.customer_since, literal_column("DATE '1900-01-01'")), home, shows=("acquisition_channel",), reference=c.c.number),
    ]


def _movement(table, ref, day, value, *, where=()) -> Select:
    """One kind of movement of a balance: what it belongs to, its day and its signed value."""
    def column(name: str) -> ColumnElement:
        return table.c[name] if name in table.c else null()
    return select(
        ref.label("ref"), (table.c.id if table is s.customer else table.c.customer_id).label("customer_id"),
        table.c.branch_id.label("branch_id"), table.c.owner_id.label("owner_id"), cast(column("product_id"), Integer).label("product_id")
        if "product_id" not in table.c else table.c.product_id.label("product_id"),
        (table.c.acquisition_campaign_id if table is s.customer else column("campaign_id") if "campaign_id" in table.c
         else cast(null(), Integer)).label("campaign_id"),
        *[(table.c[n] if n in table.c and table in (s.opportunity, s.complaint) else cast(null(), String)).label(n)
          for n in ("stage", "lost_reason", "lead_source", "topic", "severity")],
        type_coerce(day, Date).label("moved_on"), value.label("moved")).where(*where)


def _balance_fact(name: str, label: str, movements: list[Select], own: tuple[str, ...] = (), products: bool = False,
                  campaigns: bool = False) -> Fact:
    t = union_all(*movements).subquery(name)
    keys = {"customer": t.c.customer_id, "branch": t.c.branch_id, "owner": t.c.owner_id}
    keys |= {"product": t.c.product_id} if products else {}
    keys |= {"campaign": t.c.campaign_id} if campaigns else {}
    columns = {"complaint_topic": "topic"}
    return Fact(name, label, t, t.c.ref, t.c.moved_on, keys, {d: t.c[columns.get(d, d)] for d in own})


def _balances() -> list[Fact]:
    """Balances as movements: what stands on a day is the sum of all movements up to it, exact and additive."""
    i, a, o, c, p = s.invoice, s.payment_allocation, s.opportunity, s.complaint, s.customer
    alive = (func.coalesce(i.c.cancelled, literal_column("false")).is_(literal_column("false")),)
    due = i.c.due_on.is_not(None)
    open_now, ended = o.c.closed_on.is_not(None), case((o.c.closed_on < o.c.opened_on, o.c.opened_on), else_=o.c.closed_on)
    pipeline_own = ("stage", "lost_reason", "lead_source")
    one, minus = literal_column("1"), literal_column("-1")
    healed = case((c.c.resolved_on < c.c.opened_on, c.c.opened_on), else_=c.c.resolved_on)
    people = or_(p.c.relation == "customer", and_(p.c.relation == "former", p.c.lost_on.is_not(None)))
    since = func.coalesce(p.c.customer_since, case((p.c.lost_on < literal_column("DATE '1900-01-01'"), p.c.lost_on), else_=literal_column("DATE '1900-01-01'")))
    weighted = o.c.amount_base * o.c.probability

    def later(day: ColumnElement, other: ColumnElement) -> ColumnElement:
        return case((day < other, other), else_=day)

    def overdue(table) -> ColumnElement:
        return later(dialects.add_days(table.c.due_on, 1), table.c.issued_on)

    def pipeline(name: str, value: ColumnElement) -> Fact:
        return _balance_fact(name, "open opportunities", [
            _movement(o, o.c.id, o.c.opened_on, value), _movement(o, o.c.id, ended, -value, where=(open_now,))],
            pipeline_own, products=True, campaigns=True)
    return [
        _balance_fact("receivable", "open invoices", [
            _movement(i, i.c.id, i.c.issued_on, i.c.amount_base, where=alive),
            _movement(a, a.c.invoice_id, later(a.c.allocated_on, a.c.issued_on), -a.c.amount_base, where=(a.c.counted,))]),
        _balance_fact("overdue", "overdue invoices", [
            _movement(i, i.c.id, overdue(i), i.c.amount_base, where=(*alive, due)),
            _movement(a, a.c.invoice_id, later(a.c.allocated_on, overdue(a)), -a.c.amount_base, where=(a.c.counted, a.c.due_on.is_not(None)))]),
        pipeline("pipeline", o.c.amount_base), pipeline("weighted", weighted),
        _balance_fact("waiting", "open complaints", [
            _movement(c, c.c.id, c.c.opened_on, one), _movement(c, c.c.id, healed, minus, where=(c.c.resolved_on.is_not(None),))],
            ("complaint_topic", "severity"), products=True),
        _balance_fact("standing", "customers", [
            _movement(p, p.c.id, since, one, where=(people,)),
            _movement(p, p.c.id, later(p.c.lost_on, since), minus, where=(people, p.c.lost_on.is_not(None)))], campaigns=True),
    ]


@dataclass(frozen=True)
class Activity:
    """One kind of activity that costs: ``units`` of ``driver`` on ``day``, besides ``minutes`` of ``minute_driver``, of the rows of
    ``table`` that pass ``where``. ``channel``: what its drivers are told by; ``ref``: what it belongs to (by itself its row)."""

    table: FromClause
    driver: ColumnElement
    day: ColumnElement
    units: ColumnElement
    where: tuple[ColumnElement, ...] = ()
    minute_driver: ColumnElement | None = None
    minutes: ColumnElement | None = None
    channel: ColumnElement | None = None
    ref: ColumnElement | None = None

    @property
    def record(self) -> ColumnElement:
        """The id of what it belongs to."""
        return self.table.c.id if self.ref is None else self.ref


def rate_on(driver: ColumnElement, day: ColumnElement, rates: FromClause):
    """The rates of a driver as a table of its own, and the condition that one is that of the day."""
    rate = rates.alias()
    return rate, and_(rate.c.driver == driver, rate.c.valid_from <= day, or_(rate.c.valid_to.is_(None), rate.c.valid_to >= day))


def _priced(a: Activity, rates: FromClause) -> Select:
    """Activities of one kind with their cost: units x the rate of the day (NULL: no rate, not priced)."""
    rate, valid = rate_on(a.driver, a.day, rates)
    joined = a.table.outerjoin(rate, valid)
    cost: ColumnElement = a.units * rate.c.rate_base
    if a.minute_driver is not None and a.minutes is not None:
        by_minute, valid = rate_on(a.minute_driver, a.day, rates)
        joined = joined.outerjoin(by_minute, valid)
        zero = literal_column("0")
        # A rate by the minute prices a contact only when its length is known.
        priced = or_(rate.c.rate_base.is_not(None), and_(by_minute.c.rate_base.is_not(None), a.minutes.is_not(None)))
        cost = case((priced, func.coalesce(cost, zero) + func.coalesce(a.minutes * by_minute.c.rate_base, zero)))
    return select(a.record.label("ref"), a.driver.label("driver"), a.table.c.customer_id.label("customer_id"),
                  a.table.c.branch_id.label("branch_id"), a.table.c.owner_id.label("owner_id"), type_coerce(a.day, Date).label("done_on"),
                  cast(a.units, Numeric(18, 4)).label("units"), cast(cost, Numeric(24, 8)).label("cost")).select_from(joined).where(*a.where)


def _activities() -> tuple[Activity, ...]:
    i, c, o, a = s.interaction, s.complaint, s.sales_order, s.payment_allocation
    one = literal_column("1")
    late = dialects.days_between(a.c.due_on, a.c.allocated_on)
    not_cancelled = o.c.status != "cancelled"
    return (
        Activity(i, literal_column("'contact_'") + i.c.channel, i.c.started_on, one,
                 minute_driver=literal_column("'minute_'") + i.c.channel, minutes=i.c.duration_minutes, channel=i.c.channel),
        Activity(c, literal("complaint"), c.c.opened_on, one),
        Activity(o, literal("order"), o.c.ordered_on, one, where=(not_cancelled,)),
        Activity(o, literal("return"), o.c.ordered_on, one, where=(o.c.status == "returned",)),
        Activity(o, literal("delivery"), o.c.delivered_on, one, where=(not_cancelled, o.c.delivered_on.is_not(None))),
        Activity(a, literal("late_day"), a.c.allocated_on, late, where=(a.c.counted, a.c.allocated_on > a.c.due_on), ref=a.c.invoice_id),
    )


ACTIVITIES = _activities()


def costs_fact(rates: FromClause = s.cost_rate) -> Fact:
    """Cost to serve: every activity that has a driver in ``rates`` (columns as of ``cost_rate``), priced at the rate of its day."""
    t = union_all(*(_priced(a, rates) for a in ACTIVITIES)).subquery("cost")
    return Fact("costs", "activities", t, t.c.ref, t.c.done_on, _standing(t, "customer", "branch", "owner"), {"cost_driver": t.c.driver},
                shows=("driver", "units"))


FACTS: Mapping[str, Fact] = MappingProxyType({f.name: f for f in (*_sales(), *_service(), *_selling(), *_balances(), costs_fact())})

#: Facts that make someone a customer "with business in the period".
BUSINESS = ("orders", "sales", "contacts", "opened", "closed", "quotes", "invoices", "payments", "complaints")

Where = Callable[[Fact], ColumnElement]
