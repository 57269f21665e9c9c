"""What a customer (or any group) is worth: from gross revenue down through every cost to what is left.

All numbers are answers of the same measures every page uses, so the last line equals ``worth`` to the cent.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from crm_data.cuts.access import Scope
from crm_data.cuts.answer import Answer
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Comparison, Period
from crm_data.cuts.query import ask
from crm_data.errors import N_

DRIVER_LABELS = {
    "contact_phone": N_("Phone calls"), "contact_email": N_("Mails"), "contact_chat": N_("Chats"), "contact_sms": N_("Text messages"),
    "contact_meeting": N_("Meetings"), "contact_visit": N_("Visits"), "contact_web": N_("Web contacts"), "contact_social": N_("Social network contacts"),
    "contact_letter": N_("Letters"), "complaint": N_("Complaints"), "order": N_("Order handling"), "return": N_("Returns"),
    "delivery": N_("Deliveries"), "late_day": N_("Late payment"), "": N_("Other activities")}
#: The line of activities that are not told one by one: each of so few customers that the viewer's role does not see them.
FEW = "few"
_TOTALS, _KINDS = ("revenue", "discount", "cost_of_goods", "cost_to_serve", "worth"), ("cost_to_serve", "_activities", "_activities_priced")
_ZERO = Decimal(0)


@dataclass(frozen=True)
class Line:
    """``step``: gross, discount, goods, a cost driver, or worth; ``amount`` signed, None when not known; ``count`` of what it
    stands for (activities, for a driver) and how many of them are ``priced``; ``drivers``: several costs told as one."""

    step: str
    label: str
    amount: Decimal | None
    count: int | None = None
    priced: int | None = None
    drivers: tuple[str, ...] = ()

    @property
    def total(self) -> bool:
        return self.step in ("gross", "worth")


@dataclass(frozen=True)
class Statement:
    """``lines`` sum to the last one, ``worth``; ``unpriced`` are activities without a rate, (label, count), left out of it;
    ``costed`` and ``sold`` say how many sale lines have a known cost. ``worth`` is None when no line has one, and where it rests
    on too few customers for the viewer's role (``hidden``). ``served``: the whole cost to serve. ``before``: the same of the comparison."""

    lines: tuple[Line, ...]
    unpriced: tuple[tuple[str, int], ...]
    period: Period
    costed: int
    sold: int
    served: Decimal | None = None
    hidden: bool = False
    before: Statement | None = None

    @property
    def worth(self) -> Decimal | None:
        return self.lines[-1].amount

    @property
    def revenue(self) -> Decimal:
        return sum((line.amount or _ZERO for line in self.lines if line.step in ("gross", "discount")), _ZERO)

    @property
    def goods(self) -> Decimal | None:
        """Cost of goods as a positive number, None when not known."""
        found = self.amount("goods")
        return None if found is None else -found

    def amount(self, step: str) -> Decimal | None:
        """The amount of a line; None where there is no such line, or its amount is not known."""
        return next((line.amount for line in self.lines if line.step == step), None)

    @property
    def exact(self) -> bool:
        """Whether revenue less goods less cost to serve is worth, and every line adds to it, to the last digit."""
        if self.worth is None or self.goods is None or self.served is None:
            return False
        return self.revenue - self.goods - self.served == self.worth == sum((line.amount or _ZERO for line in self.lines[:-1]), _ZERO)


def statement(warehouse, scope: Scope, period: Period, customer_id: int | None = None, filters: Sequence[Filter] = (),
              compare: Comparison = "none") -> Statement:
    """The statement of one customer, or of what ``filters`` leave, in ``period`` (cut to the data), beside that of the comparison."""
    cut = statement_cut(period, customer_id, filters, compare)
    whole = ask(cut, warehouse, scope=scope)
    kinds = ask(replace(cut, measures=_KINDS, by=("cost_driver",)), warehouse, scope=scope)
    hidden = {(part, m) for part, _, m in whole.hidden}
    now = _statement(whole.totals, kinds.rows.to_dict("records"), whole.period, whole.coverage.get("cost_of_goods", {}), ("totals", "worth") in hidden)
    if whole.totals_before is None or whole.period_before is None or kinds.before is None:
        return now
    before = _statement(whole.totals_before, kinds.before.to_dict("records"), whole.period_before, {}, ("totals_before", "worth") in hidden)
    return replace(now, before=before)


def statement_cut(period: Period, customer_id: int | None = None, filters: Sequence[Filter] = (), compare: Comparison = "none") -> Cut:
    """The question a statement answers."""
    where = (*filters, *((Filter("customer", "is", (str(customer_id),)),) if customer_id is not None else ()))
    return Cut(_TOTALS, period=period, filters=where, compare=compare)


def answer_of(warehouse, scope: Scope, cut: Cut) -> Answer:
    """The answer a statement was made of (from the cache): for explaining it."""
    return ask(cut, warehouse, scope=scope)


def _statement(totals: Mapping[str, object], kinds: Iterable[Mapping[str, object]], period: Period, known: Mapping[str, int], hidden: bool) -> Statement:
    revenue, discount, goods, served = (_exact(totals[m]) for m in ("revenue", "discount", "cost_of_goods", "cost_to_serve"))
    gross = (revenue or _ZERO) + (discount or _ZERO)
    lines = [Line("gross", N_("Revenue before discounts") if discount else N_("Revenue"), gross)]
    if discount:
        lines.append(Line("discount", N_("Discounts"), -discount))
    lines.append(Line("goods", N_("Goods"), None if goods is None else -goods))
    drivers = _drivers(kinds)
    lines += sorted((d for d in drivers if d.amount), key=lambda d: (d.amount or 0, d.step))
    rest = (served or _ZERO) + sum((d.amount or _ZERO for d in drivers), _ZERO)
    if rest and served is not None:
        lines.append(Line(FEW, N_("Activities of few customers"), -rest))
    lines.append(Line("worth", N_("Worth"), _exact(totals["worth"])))
    unpriced = tuple((d.label, (d.count or 0) - (d.priced or 0)) for d in sorted(drivers, key=lambda d: d.step) if (d.count or 0) > (d.priced or 0))
    return Statement(tuple(lines), unpriced, period, known.get("known", 0), known.get("total", 0), served, hidden)


def _drivers(kinds: Iterable[Mapping[str, object]]) -> list[Line]:
    """One line a cost driver; those hidden from the viewer left out."""
    found = []
    for row in kinds:
        name, cost = str(row["cost_driver"] or ""), _exact(row["cost_to_serve"])
        if cost is None and row["_activities"] is None:
            continue
        found.append(Line(name, DRIVER_LABELS.get(name, name.replace("_", " ").capitalize()), -(cost or _ZERO),
                          int(row["_activities"] or 0), int(row["_activities_priced"] or 0), (name,)))  # type: ignore[call-overload]
    return found


def folded(lines: Sequence[Line], most: int) -> list[Line]:
    """At most ``most`` lines: the smallest costs become one, before the last."""
    costs = [line for line in lines if line.drivers]
    many = len(lines) - most
    if many <= 0 or not costs:
        return list(lines)
    small = sorted(costs, key=lambda line: (abs(line.amount or 0), line.step))[:many + 1]
    rest = Line("other", DRIVER_LABELS[""], sum((line.amount or _ZERO for line in small), _ZERO), sum(line.count or 0 for line in small),
                sum(line.priced or 0 for line in small), tuple(d for line in small for d in line.drivers))
    kept = [line for line in lines if line not in small]
    return [*kept[:-1], rest, kept[-1]]


def rows_question(line: Line, cut: Cut) -> tuple[Cut, str, Decimal] | None:
    """What opens the rows behind a line: the question, the measure, and the number its rows add up to. None where there are none to open."""
    if line.amount is None or line.step == FEW:
        return None
    plain = replace(cut, compare="none")
    measure = {"gross": "_gross", "discount": "discount", "goods": "cost_of_goods", "worth": "worth"}.get(line.step, "cost_to_serve")
    if line.drivers:
        plain = replace(plain, filters=(*plain.filters, Filter("cost_driver", "is", line.drivers)))
    return replace(plain, measures=(measure,)), measure, line.amount if line.total else -line.amount


def _exact(value: object) -> Decimal | None:
    return None if value is None else value if isinstance(value, Decimal) else Decimal(str(value))
