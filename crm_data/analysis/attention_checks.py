"""The checks over rows: complaints without an answer, silent quotes, silent customers. Portable SQL, within the scope.

Each gives a :class:`Finding` or None. "Beyond usual" is always the firm's own usual, never a constant of ours.
"""
from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, func, literal_column, or_, select

from crm_data.analysis.findings import Finding, Link, Said
from crm_data.cuts.access import Scope
from crm_data.errors import N_
from crm_data.model import dialects
from crm_data.model.schema import complaint, customer, order_line, quote, sales_order, web_lead

QUIET_DAYS = 14
REGULAR_ORDERS = 5
FEW = 20


def quantile(connection, value: ColumnElement, where: list[ColumnElement], tenths: int) -> tuple[float | None, int]:
    """The value that ``tenths`` in 10 rows do not exceed, and how many rows there are: the same on every engine."""
    ranked = select(value.label("value"), func.row_number().over(order_by=value).label("place"),
                    func.count().over().label("rows")).where(*where).subquery()
    found = connection.execute(select(ranked.c.value, ranked.c.rows).where(ranked.c.place * 10 >= ranked.c.rows * tenths)
                               .order_by(ranked.c.place).limit(1)).first()
    return (None, 0) if found is None else (float(found.value), int(found.rows))


def unanswered_complaints(warehouse, scope: Scope, on: date) -> Finding | None:
    """Complaints open without a first answer for longer than 8 in 10 took in the last year."""
    c, end = complaint.c, datetime.combine(on + timedelta(days=1), time())
    mine = scope.conditions(c.branch_id, c.owner_id)
    hours = dialects.hours_between(c.opened_at, c.first_response_at)
    with warehouse.engine.connect() as connection:
        usual, rows = quantile(connection, hours, [*mine, c.first_response_at.is_not(None), c.opened_at.is_not(None),
                                                   c.opened_on.between(on - timedelta(days=365), on)], 8)
        if usual is None or rows < FEW:
            return None
        before = end - timedelta(hours=max(usual, 1.0))
        late = connection.execute(select(c.opened_on, c.customer_id, c.severity).where(
            *mine, c.first_response_at.is_(None), or_(c.resolved_on.is_(None), c.resolved_on > on), c.opened_on <= on,
            func.coalesce(c.opened_at, c.opened_on) < before).order_by(c.opened_on).limit(1000)).all()
    if not late:
        return None
    oldest = (on - late[0].opened_on).days
    grave = sum(row.severity in ("high", "critical") for row in late)
    link = Link("customer", {"id": (str(late[0].customer_id),)}) if len(late) == 1 else Link(
        "segments", {"m": ("open_complaints",), "by": ("branch",)})
    values = {"days": ("days", oldest), "hours": ("hours", usual), "grave": ("count", grave)}
    detail = Said(N_("The oldest for {days}, {grave} of them grave; usually within {hours}"), values) if grave else Said(
        N_("The oldest for {days}; usually answered within {hours}"), values)
    return Finding("complaints", "bad" if grave else "warn", Said.n("{n} complaint waits for an answer", "{n} complaints wait for an answer",
                                                                              len(late), {"n": ("count", len(late))}), detail, link, weight=len(late) * 1000.0)


def silent_quotes(warehouse, scope: Scope, on: date) -> Finding | None:
    """Large quotes (the upper fifth of the last year) without an answer for two weeks that have not run out."""
    q = quote.c
    mine = scope.conditions(q.branch_id, q.owner_id)
    with warehouse.engine.connect() as connection:
        large, rows = quantile(connection, q.amount_base, [*mine, q.amount_base.is_not(None), q.sent_on.between(on - timedelta(days=365), on)], 8)
        if large is None or rows < FEW:
            return None
        open_ones = and_(*mine, q.amount_base >= large, q.answered_on.is_(None), q.answer.is_(None),
                         q.sent_on.between(on - timedelta(days=180), on - timedelta(days=QUIET_DAYS)), or_(q.valid_to.is_(None), q.valid_to >= on))
        n, amount, oldest = connection.execute(select(func.count(), func.sum(q.amount_base), func.min(q.sent_on)).where(open_ones)).one()
    if not n:
        return None
    values = {"n": ("count", n), "large": ("money", float(large)), "days": ("days", QUIET_DAYS), "amount": ("money", float(amount)),
              "oldest": ("days", (on - oldest).days)}
    return Finding("quotes", "warn", Said.n("{n} quote over {large} is silent for {days}", "{n} quotes over {large} are silent for {days}", n, values), Said(N_("{amount} in all; the oldest for {oldest}"), values),
                   Link("segments", {"m": ("quotes",), "by": ("owner",)}), weight=float(amount))


def silent_regulars(warehouse, scope: Scope, on: date) -> Finding | None:
    """Regular customers (five orders or more in two years) silent for half as long again as their own longest pause.

    Three times their mean pause at least, and an order within the last year: who left long ago is not news. (Of customers who
    buy wholly at random about one in twenty-five is that silent on a given day.)
    """
    o, since = sales_order.c, on - timedelta(days=730)
    mine = scope.conditions(o.branch_id, o.owner_id)
    days = select(o.customer_id, o.ordered_on).where(*mine, o.status.not_in(("cancelled", "returned")), o.ordered_on.between(since, on)).distinct().subquery()
    before = func.lag(days.c.ordered_on).over(partition_by=days.c.customer_id, order_by=days.c.ordered_on)
    steps = select(days.c.customer_id, days.c.ordered_on, before.label("before")).subquery()
    gap = dialects.days_between(steps.c.before, steps.c.ordered_on)
    rhythm = (select(steps.c.customer_id, func.count().label("orders"), func.max(gap).label("longest"), func.min(steps.c.ordered_on).label("first"),
                     func.max(steps.c.ordered_on).label("last")).group_by(steps.c.customer_id).having(func.count() >= REGULAR_ORDERS)).subquery()
    silent = _silence(rhythm.c.last, on)
    mean = dialects.days_between(rhythm.c.first, rhythm.c.last)
    quiet = (select(rhythm.c.customer_id, rhythm.c.last).join(customer, customer.c.id == rhythm.c.customer_id)
             .where(silent * 2 > rhythm.c.longest * 3, silent * (rhythm.c.orders - 1) > mean * 3, rhythm.c.last > on - timedelta(days=365),
                    customer.c.lost_on.is_(None))).subquery()
    year = order_line.c.ordered_on.between(on - timedelta(days=365), on)
    worth: Select = select(func.count(func.distinct(quiet.c.customer_id)), func.sum(case((and_(order_line.c.counted, year), order_line.c.net_base)))).select_from(
        quiet.outerjoin(order_line, order_line.c.customer_id == quiet.c.customer_id))
    with warehouse.engine.connect() as connection:
        n, amount = connection.execute(worth).one()
    if not n:
        return None
    values = {"n": ("count", n), "amount": ("money", float(amount or 0))}
    return Finding("silent", "warn", Said.n("{n} regular customer has gone silent", "{n} regular customers have gone silent", n, values),
                   Said(N_("Half as long again as their longest pause; {amount} from them in a year"), values),
                   Link("rankings", {"period": ("last_12_months",)}), weight=float(amount or 0))


def _silence(last: ColumnElement, on: date) -> ColumnElement:
    return dialects.days_between(last, literal_column(f"DATE '{on.isoformat()}'", type_=last.type))


def slow_leads(warehouse, scope: Scope, on: date) -> Finding | None:
    """Enquiries of the last month nobody has answered for three days."""
    w = web_lead.c
    mine = scope.conditions(w.branch_id, w.owner_id)
    recent = w.received_on.between(on - timedelta(days=30), on - timedelta(days=3))
    with warehouse.engine.connect() as connection:
        n, everyone, oldest = connection.execute(select(
            func.sum(case((w.first_response_at.is_(None), 1), else_=0)), func.count(),
            func.min(case((w.first_response_at.is_(None), w.received_on)))).where(*mine, recent, w.converted_on.is_(None))).one()
    if not n or everyone == n:
        # Where nobody's first answer is recorded, its absence says nothing.
        return None
    values = {"n": ("count", n), "oldest": ("days", (on - oldest).days), "all": ("count", everyone)}
    return Finding("leads", "warn", Said.n("{n} enquiry has no answer", "{n} enquiries have no answer", int(n), values),
                   Said(N_("Of {all} in the last month; the oldest for {oldest}"), values), Link("segments", {"m": ("leads",), "by": ("lead_source",)}),
                   weight=float(n))
