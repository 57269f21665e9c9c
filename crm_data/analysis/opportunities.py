"""Opportunities: those that are open, and one with its way through the stages, everything done on it and what it is compared with.

Always within the viewer's scope, by the opportunity's own branch and owner; opportunities name customers, so only for those who
may see persons.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, case, func, literal_column, or_, select

from crm_data.analysis.customers import check_personal
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.facts import FACTS
from crm_data.cuts.rows import FactRows
from crm_data.errors import N_, AccessDenied, InputError
from crm_data.model import schema as s

#: Open opportunities listed at most, the largest first.
MOST_OPEN = 2000


@dataclass(frozen=True)
class Deal:
    """An opportunity as it stands on the day the data reaches. ``entered_on``: when it came into its stage; ``touched_on``: the last
    day anything was done on it or with the customer since it was opened. ``amount`` in the reporting currency."""

    id: int
    name: str | None
    customer_id: int
    customer: str
    owner: str | None
    branch: str | None
    stage: str | None
    amount: Decimal | None
    probability: Decimal | None
    opened_on: date
    expected_close_on: date | None
    closed_on: date | None
    outcome: str
    entered_on: date
    touched_on: date | None
    next_step: str | None
    until: date
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        return self.outcome == "open" or self.closed_on is None

    @property
    def end(self) -> date:
        """The day it closed, or the day the data reaches."""
        return self.until if self.open or self.closed_on is None else self.closed_on

    @property
    def age(self) -> int:
        """Days from opening to the end."""
        return max(0, (self.end - self.opened_on).days)

    @property
    def in_stage(self) -> int:
        return max(0, (self.end - self.entered_on).days)

    @property
    def silent(self) -> int:
        """Days since anything was done."""
        return max(0, (self.end - (self.touched_on or self.opened_on)).days)


def open_deals(warehouse, scope: Scope, filters: tuple[Filter, ...] = (), limit: int = MOST_OPEN) -> list[Deal]:
    """The open opportunities under ``filters``, the largest first. Raises InputError for a filter that opportunities do not know."""
    check_personal(scope)
    catalog, until = catalog_for(warehouse), warehouse.as_of
    catalog.check("opportunities", tuple(f.dimension for f in filters))
    o = s.opportunity.c
    rows = FactRows(FACTS["opened"], Cut(("opportunities",), filters=filters), scope, catalog)
    chosen = select(o.id).select_from(rows.source).where(*rows.where, o.opened_on <= until, _open(until))
    with warehouse.engine.connect() as connection:
        return _deals(connection, chosen.order_by(o.amount_base.desc().nulls_last(), o.id).limit(limit), until, scope)


def deal(warehouse, scope: Scope, opportunity_id: int) -> Deal:
    """One opportunity. Raises InputError when there is none, AccessDenied when it is not the viewer's to see."""
    check_personal(scope)
    o, until = s.opportunity.c, warehouse.as_of
    with warehouse.engine.connect() as connection:
        if connection.execute(select(o.id).where(o.id == opportunity_id, o.opened_on <= until)).first() is None:
            raise InputError(N_("There is no opportunity “{key}”. Choose one in the list."), key=opportunity_id)
        chosen = select(o.id).where(o.id == opportunity_id, *scope.conditions(o.branch_id, o.owner_id))
        found = _deals(connection, chosen, until, scope)
    if not found:
        raise AccessDenied(N_("This opportunity belongs to another branch or colleague. Ask your administrator if you need to see it."))
    return found[0]


def _open(until: date) -> ColumnElement[bool]:
    """Open on the day the data reaches, whatever was written for later."""
    o = s.opportunity.c
    return or_(o.outcome == "open", o.closed_on > until)


def _deals(connection, chosen, until: date, scope: Scope) -> list[Deal]:
    o, h, ids = s.opportunity.c, s.stage_history.c, chosen.subquery("chosen")
    entered = select(h.opportunity_id, func.max(h.entered_on).label("day")).where(
        h.opportunity_id.in_(select(ids.c.id)), h.entered_on <= until).group_by(h.opportunity_id).subquery("entered")
    touched = _touched(ids, until, scope)
    more = {"lead_source": o.lead_source, "competitor": o.competitor, "lost_reason": o.lost_reason, "product": s.product.c.name, "campaign": s.campaign.c.name}
    source = (s.opportunity.join(ids, ids.c.id == o.id).join(s.customer, s.customer.c.id == o.customer_id).outerjoin(s.staff, s.staff.c.id == o.owner_id)
              .outerjoin(s.branch, s.branch.c.id == o.branch_id).outerjoin(s.product, s.product.c.id == o.product_id)
              .outerjoin(s.campaign, s.campaign.c.id == o.campaign_id).outerjoin(entered, entered.c.opportunity_id == o.id).outerjoin(touched, touched.c.id == o.id))
    # What was closed after the last day of the data is open on it.
    closed, outcome = case((o.closed_on <= until, o.closed_on)), case((o.closed_on <= until, o.outcome), else_=literal_column("'open'"))
    query = select(o.id, o.name, o.customer_id, s.customer.c.name.label("customer"), s.staff.c.name.label("owner"), s.branch.c.name.label("branch"), o.stage, o.amount_base,
                   o.probability, o.opened_on, o.expected_close_on, closed.label("closed_on"), outcome.label("outcome"),
                   func.coalesce(entered.c.day, o.opened_on).label("entered_on"), touched.c.day.label("touched_on"), o.next_step,
                   *(column.label(f"more_{name}") for name, column in more.items())).select_from(source).order_by(o.amount_base.desc().nulls_last(), o.id)
    return [_deal(r, tuple(more), until) for r in connection.execute(query).mappings()]


def _touched(ids, until: date, scope: Scope):
    """The last contact, task done or quote of each that the viewer may see: of the opportunity itself, or of its customer since then."""
    o, i, a, q = s.opportunity.c, s.interaction.c, s.activity.c, s.quote.c
    days = []
    for table, of, whose, column in ((s.interaction, i.opportunity_id, i.customer_id, i.started_on), (s.activity, a.opportunity_id, a.customer_id, a.done_on),
                                     (s.quote, q.opportunity_id, q.customer_id, q.sent_on)):
        # Each join by one equality: engines are quick at nothing else.
        for on in (of == o.id, and_(whose == o.customer_id, of.is_(None))):
            days.append(select(o.id, func.max(column).label("day")).select_from(s.opportunity.join(ids, ids.c.id == o.id).join(table, on)).where(
                *_own(table, scope), column >= o.opened_on, column <= until, or_(o.closed_on.is_(None), column <= o.closed_on)).group_by(o.id))
    together = days[0].union_all(*days[1:]).subquery("days")
    return select(together.c.id, func.max(together.c.day).label("day")).group_by(together.c.id).subquery("touched")


def _own(table, scope: Scope) -> list[ColumnElement[bool]]:
    """The viewer's records, by the columns the table has."""
    branch, owner = table.c.get("branch_id"), table.c.owner_id
    return scope.conditions(branch, owner) if branch is not None else Scope(None, scope.owners, True).conditions(owner, owner)


def _deal(r: Mapping, more: tuple[str, ...], until: date) -> Deal:
    def exact(value: object) -> Decimal | None:
        return None if value is None else Decimal(str(value))
    kept = {name: r[f"more_{name}"] for name in more if r[f"more_{name}"]}
    return Deal(r["id"], r["name"], r["customer_id"], r["customer"], r["owner"], r["branch"], r["stage"], exact(r["amount_base"]), exact(r["probability"]), r["opened_on"],
                r["expected_close_on"], r["closed_on"], r["outcome"], r["entered_on"], r["touched_on"], r["next_step"], until, kept)


# Its way through the stages ---------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Stay:
    """A stay in a stage: from the day it was entered to the day it was left (None: still there). ``days`` of it so far."""

    stage: str
    entered_on: date
    left_on: date | None
    days: int
    amount: Decimal | None


def stays(warehouse, found: Deal) -> tuple[Stay, ...]:
    """The stays of an opportunity the viewer may see (from :func:`deal`), the first first; without Won and Lost, which are its end.

    Empty where the data keeps no stage history.
    """
    h = s.stage_history.c
    query = select(h.stage, h.entered_on, h.left_on, h.amount_base).where(h.opportunity_id == found.id, h.entered_on <= found.end).order_by(h.entered_on, h.stage_order, h.id)
    with warehouse.engine.connect() as connection:
        rows = connection.execute(query).all()
    made = []
    for n, (stage, entered, left, amount) in enumerate(rows):
        if not found.open and n == len(rows) - 1 and left is None and entered == found.closed_on:
            continue
        # Where one stage ends the next begins, whether the day left was written as that day or the one before.
        following = rows[n + 1][1] if n + 1 < len(rows) else None
        gone = following or (left if left is not None and left <= found.end else None)
        end = gone or found.end
        made.append(Stay(stage, entered, gone if found.open else end, max(0, (end - entered).days), None if amount is None else Decimal(str(amount))))
    return tuple(made)


def days_by_stage(found: tuple[Stay, ...]) -> dict[str, int]:
    """All days in each stage, in the order first entered."""
    days: dict[str, int] = {}
    for stay in found:
        days[stay.stage] = days.get(stay.stage, 0) + stay.days
    return days
