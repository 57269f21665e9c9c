"""Why a number changed: from one period to another by parts that sum to the change to the last cent.

By customers, for what adds up (a customer *has* something in a time when its sum there is not zero):

- ``new``: nothing in the earlier period nor ever before the present one, something now;
- ``between``: the same, but the first came in the days between the two periods;
- ``won_back``: nothing in the earlier period, something now, and something before the earlier period;
- ``lost``: something in the earlier period, nothing now; ``more``, ``less``: something in both; ``same``: the same in both;
- ``without``: records of no customer.

For what stands on a day (balances) only new, lost, more, less. Everything is asked under the cut's filters and the viewer's
scope: someone new *here* may have bought elsewhere. By products see ``bridge_products``, for ratios ``bridge_rates``.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

import pandas as pd
from sqlalchemy import func, select

from crm_data.analysis import bridge_rows
from crm_data.analysis.bridge_rows import exact
from crm_data.cuts.access import Scope
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut
from crm_data.cuts.measures import Measure
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.cuts.segments import definitions
from crm_data.errors import N_, InputError
from crm_data.model import schema as s

Kind = Literal["customers", "products", "rates"]
ORDER = ("new", "between", "won_back", "lost", "more", "less", "without")
#: Below this many customers a part is not opened for those who may not see persons.
FEW = 5


@dataclass(frozen=True)
class Part:
    """``amount`` of the change; ``count`` of the customers (products, members) it comes from; what they had ``before`` and ``now``."""

    name: str
    amount: Decimal | int | float
    count: int
    before: Decimal | int | float
    now: Decimal | int | float


@dataclass(frozen=True)
class Bridge:
    """``start`` + all ``parts`` = ``end``, exactly. ``same``: how many had the same in both periods."""

    measure: str
    cut: Cut
    kind: Kind
    period: Period
    period_before: Period
    start: Decimal | int | float
    end: Decimal | int | float
    parts: tuple[Part, ...]
    same: int = 0

    @property
    def change(self) -> Decimal | int | float:
        return self.end - self.start  # type: ignore[operator]

    def part(self, name: str) -> Part:
        found = next((p for p in self.parts if p.name == name), None)
        if found is None:
            raise InputError(N_("There is no part “{name}”. Use one of: {known}."), name=name[:40], known=", ".join(p.name for p in self.parts))
        return found


def bridge(measure: str, cut: Cut, warehouse, *, scope: Scope) -> Bridge:
    """The change of ``measure`` from the cut's comparison to its period, by customers.

    Its dimensions, grain and limit play no part. Raises InputError without a comparison, for ratios, and for what has no
    history of customers.
    """
    key = ("bridge", warehouse.key, scope.key, measure, plain(measure, cut),
           definitions((f.dimension for f in cut.filters), warehouse))
    return ANSWERS.get(key, lambda: _bridge(measure, cut, warehouse, scope))


def plain(measure: str, cut: Cut) -> Cut:
    """The question of the change alone: one measure, uncut."""
    return replace(cut, measures=(measure,), by=(), grain=None, limit=None, order_by="")


def ends(measure: str, cut: Cut, warehouse, scope: Scope):
    """The answer whose change is explained; InputError where there is nothing to compare or a side is not known."""
    answer = ask(plain(measure, cut), warehouse, scope=scope)
    if answer.period_before is None or answer.totals_before is None:
        raise InputError(N_("There is nothing to compare with: choose a comparison (the period before, or last year)."))
    if answer.totals[measure] is None or answer.totals_before[measure] is None:
        raise InputError(N_("“{measure}” is not known in one of the two periods, so there is no change to explain."), measure=measure)
    return answer


def _bridge(measure: str, cut: Cut, warehouse, scope: Scope) -> Bridge:
    catalog = catalog_for(warehouse)
    refuse(measure, catalog)
    bridge_rows.terms(measure, catalog)
    answer = ends(measure, cut, warehouse, scope)
    one = bridge_rows.customers(measure, cut, answer.period, answer.period_before, scope, catalog).subquery("one")
    query = select(one.c.part, func.count(), func.sum(one.c.before), func.sum(one.c.now)).group_by(one.c.part)
    with warehouse.engine.connect() as connection:
        found = {part: (int(n), before, now) for part, n, before, now in connection.execute(query)}
    whole = catalog.measure(measure).unit == "count"
    parts = []
    for name in ORDER:
        if name in found:
            n, before, now = found[name][0], exact(found[name][1], whole), exact(found[name][2], whole)
            # Records of nobody are not customers.
            parts.append(Part(name, now - before, 0 if name == "without" else n, before, now))  # type: ignore[operator]
    if not scope.personal:
        parts = folded(parts)
    start, end = exact(answer.totals_before[measure], whole), exact(answer.totals[measure], whole)
    if sum((p.amount for p in parts), Decimal(0)) != end - start:  # type: ignore[operator, misc]
        raise InputError(N_("The change of “{measure}” cannot be told by customers here: a record counts for several of them."), measure=measure)
    return Bridge(measure, plain(measure, cut), "customers", answer.period, answer.period_before, start, end, tuple(parts),
                  found.get("same", (0,))[0])


def folded(parts: list[Part]) -> list[Part]:
    """Parts of fewer than :data:`FEW` customers put together, with the next smallest until nobody can be told from them."""
    small = [p for p in parts if 0 < p.count < FEW]
    rest = sorted((p for p in parts if p not in small and p.name != "without"), key=lambda p: p.count)
    while small and sum(p.count for p in small) < FEW and rest:
        small.append(rest.pop(0))
    if not small:
        return parts
    one = Part("several", sum((p.amount for p in small), Decimal(0)), sum(p.count for p in small),  # type: ignore[misc]
               sum((p.before for p in small), Decimal(0)), sum((p.now for p in small), Decimal(0)))  # type: ignore[misc]
    return [*(p for p in parts if p not in small), one]


def refuse(measure: str, catalog) -> None:
    """InputError for what each customer has once."""
    found = catalog.measure(measure)
    if isinstance(found, Measure) and found.fact in ("joined", "parties"):
        raise InputError(N_("Each customer joins once, so “{measure}” has no customers who came, went or changed; see below what stands out."), measure=measure)


def can_bridge(measure: str, catalog) -> bool:
    """Whether :func:`bridge` knows what to do with a measure."""
    try:
        refuse(measure, catalog)
        bridge_rows.terms(measure, catalog)
    except InputError:
        return False
    return True


@dataclass(frozen=True)
class Behind:
    """``rows``: ``customer_id``, ``customer`` (the number for those who may not see names), ``before``, ``now``, ``change``,
    the largest difference first; ``count`` of all, also when ``rows`` was limited."""

    rows: pd.DataFrame
    count: int


def customers_behind(found: Bridge, part: str, warehouse, *, scope: Scope, limit: int | None = 500) -> Behind:
    """The customers of a part. For a viewer who may not see persons, InputError when they are fewer than five."""
    about = found.part(part)
    if found.kind != "customers" or part in ("without", "several"):
        raise InputError(N_("This part has no customers to show."))
    if not scope.personal and about.count < FEW:
        raise InputError(N_("Fewer than {few} customers: they are not shown one by one to those who may not see persons."), few=FEW)
    catalog = catalog_for(warehouse)
    one = bridge_rows.customers(found.measure, found.cut, found.period, found.period_before, scope, catalog).subquery("one")
    person, difference = s.customer, one.c.now - one.c.before
    name = person.c.name if scope.personal else person.c.number
    query = select(one.c.id, name.label("customer"), one.c.before, one.c.now).select_from(one.outerjoin(person, person.c.id == one.c.id)).where(
        one.c.part == part).order_by(func.abs(difference).desc(), one.c.id).limit(limit)
    with warehouse.engine.connect() as connection:
        rows = connection.execute(query).all()
    whole = catalog.measure(found.measure).unit == "count"
    return Behind(_frame([(r[0], r[1], exact(r[2], whole), exact(r[3], whole)) for r in rows]), about.count)


def _frame(rows: Sequence[tuple]) -> pd.DataFrame:
    columns = {"customer_id": [r[0] for r in rows], "customer": [r[1] for r in rows], "before": [r[2] for r in rows], "now": [r[3] for r in rows],
               "change": [r[3] - r[2] for r in rows]}
    return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})
