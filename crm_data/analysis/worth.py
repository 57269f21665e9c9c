"""What a customer (or any group) is worth: from gross revenue down through every cost to what is left.

All numbers are answers of the same measures every page uses, so the last line equals ``worth`` to the cent.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from crm_data.cuts.access import Scope
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.errors import N_

DRIVER_LABELS = {
    "contact_phone": N_("Phone calls"), "contact_email": N_("Mails"), "contact_chat": N_("Chats"), "contact_sms": N_("Text messages"),
    "contact_meeting": N_("Meetings"), "contact_visit": N_("Visits"), "contact_web": N_("Web contacts"), "contact_social": N_("Social network contacts"),
    "contact_letter": N_("Letters"), "complaint": N_("Complaints"), "order": N_("Order handling"), "return": N_("Returns"),
    "delivery": N_("Deliveries"), "late_day": N_("Late payment"), "": N_("Other activities")}


@dataclass(frozen=True)
class Line:
    """``step``: gross, discount, goods, a cost driver, or worth; ``amount`` signed, None when not known; ``count`` of what it
    stands for (activities, for a driver) and how many of them are ``priced``."""

    step: str
    label: str
    amount: Decimal | None
    count: int | None = None
    priced: int | None = None

    @property
    def total(self) -> bool:
        return self.step in ("gross", "worth")


@dataclass(frozen=True)
class Statement:
    """``lines`` sum to the last one, ``worth``; ``unpriced`` are activities without a rate, (label, count), left out of it;
    ``costed`` and ``sold`` say how many sale lines have a known cost. ``worth`` is None when no line has one."""

    lines: tuple[Line, ...]
    unpriced: tuple[tuple[str, int], ...]
    period: Period
    costed: int
    sold: int

    @property
    def worth(self) -> Decimal | None:
        return self.lines[-1].amount

    @property
    def revenue(self) -> Decimal:
        return sum((line.amount or Decimal(0) for line in self.lines if line.step in ("gross", "discount")), Decimal(0))


def statement(warehouse, scope: Scope, period: Period, customer_id: int | None = None, filters: Sequence[Filter] = ()) -> Statement:
    """The statement of one customer, or of what ``filters`` leave, in ``period`` (cut to the data)."""
    where = (*filters, *((Filter("customer", "is", (str(customer_id),)),) if customer_id is not None else ()))
    cut = Cut(("revenue", "discount", "cost_of_goods", "cost_to_serve", "worth"), period=period, filters=where)
    whole = ask(cut, warehouse, scope=scope)
    kinds = ask(replace(cut, measures=("cost_to_serve", "_activities", "_activities_priced"), by=("cost_driver",)), warehouse, scope=scope)
    revenue, discount, goods = (_exact(whole.totals[m]) for m in ("revenue", "discount", "cost_of_goods"))
    gross = (revenue or Decimal(0)) + (discount or Decimal(0))
    lines = [Line("gross", N_("Revenue before discounts") if discount else N_("Revenue"), gross)]
    if discount:
        lines.append(Line("discount", N_("Discounts"), -discount))
    lines.append(Line("goods", N_("Goods"), None if goods is None else -goods))
    drivers = []
    for row in kinds.rows.to_dict("records"):
        name = str(row["cost_driver"] or "")
        drivers.append(Line(name, DRIVER_LABELS.get(name, name.replace("_", " ").capitalize()), -(_exact(row["cost_to_serve"]) or Decimal(0)),
                            int(row["_activities"] or 0), int(row["_activities_priced"] or 0)))
    lines += sorted((d for d in drivers if d.amount), key=lambda d: (d.amount or 0, d.step))
    lines.append(Line("worth", N_("Worth"), _exact(whole.totals["worth"])))
    unpriced = tuple((d.label, (d.count or 0) - (d.priced or 0)) for d in sorted(drivers, key=lambda d: d.step) if (d.count or 0) > (d.priced or 0))
    known = whole.coverage.get("cost_of_goods", {})
    return Statement(tuple(lines), unpriced, whole.period, known.get("known", 0), known.get("total", 0))


def _exact(value: object) -> Decimal | None:
    return None if value is None else value if isinstance(value, Decimal) else Decimal(str(value))
