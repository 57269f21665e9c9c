"""Branches side by side, fairly: per working day of each one's own calendar, per head, and like for like.

* per working day: the total over the days the branch worked in the period (its weekend and holidays);
* per head: the total over the staff employed there on average: days employed in the period over all its days, by the first and
  last day of each and by where they were assigned; without an assignment, their branch of today;
* like for like: what the customers with a sale in both periods brought in each, so that new and lost ones do not count.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from sqlalchemy import Double, cast, select

from crm_data.analysis.ranking_values import fetched
from crm_data.analysis.working_days import places, together
from crm_data.cuts.access import Scope
from crm_data.cuts.answer import Answer, change
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.compile import View, compile_views
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Comparison, Period
from crm_data.cuts.query import Desk, ask
from crm_data.cuts.rows import used_dimensions
from crm_data.cuts.segments import definitions
from crm_data.model import schema as s

DAY = timedelta(days=1)
#: Filters that choose branches.
PLACES = frozenset({"branch", "branch_region"})


@dataclass(frozen=True)
class Post:
    """Somebody's time at a branch; None: since ever, or still."""

    branch: int | None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Like:
    """The customers with a sale in both periods: how many, and what they brought now and before."""

    customers: int
    now: float
    before: float

    @property
    def change(self) -> float | None:
        return change(self.now, self.before)


@dataclass(frozen=True)
class Fair:
    """One branch. ``total`` and ``before`` in the measure's unit (None: not known to this viewer); ``heads`` on average."""

    key: int | None
    name: str
    total: float | None
    before: float | None
    days: float
    heads: float
    like: Like | None = None

    @property
    def change(self) -> float | None:
        return change(self.total, self.before)

    @property
    def per_day(self) -> float | None:
        return self.total / self.days if self.total is not None and self.days else None

    @property
    def per_head(self) -> float | None:
        return self.total / self.heads if self.total is not None and self.heads else None


@dataclass(frozen=True)
class Branches:
    """All branches of a viewer, the largest first, what stands at no branch last; and the whole."""

    rows: tuple[Fair, ...]
    whole: Fair
    answer: Answer


def branches(warehouse, scope: Scope, measure: str, period: Period, filters: Sequence[Filter] = (), compare: Comparison = "none") -> Branches:
    """The branches a viewer sees by ``measure`` (one that adds up). Like for like only for who sees single customers: the number of
    those left out would tell of them."""
    answer = ask(Cut((measure,), ("branch",), period, filters=tuple(filters), compare=compare), warehouse, scope=scope)
    days, firm, heads = answer.period, places(warehouse), average_heads(_people(warehouse), answer.period)
    like = like_for_like(warehouse, scope, measure, days, answer.period_before, filters) if answer.period_before and scope.personal else {}
    rows = []
    for r in answer.matched().to_dict("records"):
        key = None if r["branch_id"] is None or r["branch_id"] != r["branch_id"] else int(r["branch_id"])
        name = str(r["branch"]) if key is not None else ""
        own = firm.calendars[key].worked(days.first, days.last) if key is not None else 0.0
        rows.append(Fair(key, name, _number(r[measure]), _number(r[f"{measure}_before"]), own, heads.get(key, 0.0) if key is not None else 0.0, like.get(key) if key is not None else None))
    rows.sort(key=lambda f: (f.key is None, -(f.total or 0.0), f.name))
    # Of a choice of branches the whole is theirs alone; of all, staff of branches without a sale counts too.
    shown = [f.key for f in rows if f.key is not None]
    chosen = scope.branches is not None or any(f.dimension in PLACES for f in filters)
    seen = [n for b, n in heads.items() if b is not None and (not chosen or b in shown)]
    worked = (together(firm.calendars[b] for b in shown) if chosen else firm.working("", None)).worked(days.first, days.last)
    whole = Fair(None, "", _number(answer.totals[measure]), _number((answer.totals_before or {}).get(measure)), worked, sum(seen), like.get(None))
    return Branches(tuple(rows), whole, answer)


def _number(value: object) -> float | None:
    return None if value is None or value != value else float(value)  # type: ignore[arg-type]


# Heads ----------------------------------------------------------------------------------------------------------------
def average_heads(people: Iterable[Sequence[Post]], period: Period) -> dict[int | None, float]:
    """Staff on average by branch: days employed there within the period over its days. Of a person's posts a later one in the
    list wins on days they share; each is cut to the first, which is the employment itself."""
    days: dict[int | None, int] = {}
    for employment, *posts in people:
        first, last = max(employment.first or period.first, period.first), min(employment.last or period.last, period.last)
        if first > last:
            continue
        edges = sorted({first, last + DAY, *(p.first for p in posts if p.first and first < p.first <= last), *(p.last + DAY for p in posts if p.last and first <= p.last < last)})
        for begin, end in zip(edges, edges[1:], strict=False):
            where = next((p.branch for p in reversed(posts) if (p.first or begin) <= begin <= (p.last or begin)), employment.branch)
            days[where] = days.get(where, 0) + (end - begin).days
    return {branch: n / period.days for branch, n in days.items()}


def _people(warehouse) -> list[list[Post]]:
    """Everybody's employment, then their assignments from the oldest on."""
    def read() -> list[list[Post]]:
        p, a = s.staff.c, s.staff_assignment.c
        with warehouse.engine.connect() as connection:
            found = {row.id: [Post(row.branch_id, row.hired_on, row.left_on)] for row in connection.execute(select(p.id, p.branch_id, p.hired_on, p.left_on))}
            for row in connection.execute(select(a.staff_id, a.branch_id, a.valid_from, a.valid_to).where(a.branch_id.is_not(None)).order_by(a.staff_id, a.valid_from, a.id)):
                if row.staff_id in found:
                    found[row.staff_id].append(Post(row.branch_id, row.valid_from, row.valid_to))
        return list(found.values())
    return ANSWERS.get(("staff_posts", warehouse.key), read)


# Like for like --------------------------------------------------------------------------------------------------------
def like_for_like(warehouse, scope: Scope, measure: str, period: Period, before: Period, filters: Sequence[Filter] = ()) -> Mapping[int | None, Like]:
    """By branch, what its customers with a sale there in both periods brought; under None the same of the whole, wherever they bought."""
    key = ("like_for_like", warehouse.key, scope.key, measure, period, before, tuple(filters), definitions(tuple(f.dimension for f in filters), warehouse))

    def make() -> Mapping[int | None, Like]:
        now, then = (_by_customer(warehouse, scope, measure, p, filters) for p in (period, before))
        both = now.merge(then, on=["branch", "customer"], suffixes=("", "_before"))
        found: dict[int | None, Like] = {int(b): _like(part) for b, part in both.dropna(subset=["branch"]).groupby("branch")}
        found[None] = _like(now.groupby("customer", as_index=False)["value"].sum().merge(then.groupby("customer", as_index=False)["value"].sum(), on="customer", suffixes=("", "_before")))
        return found
    return ANSWERS.get(key, make)


def _like(both: pd.DataFrame) -> Like:
    return Like(len(both), float(both["value"].sum()), float(both["value_before"].sum()))


def _by_customer(warehouse, scope: Scope, measure: str, period: Period, filters: Sequence[Filter]) -> pd.DataFrame:
    """One row a branch and customer, without names; NaN for no branch."""
    catalog = catalog_for(warehouse)
    cut = Cut((measure,), ("branch", "customer"), period, filters=tuple(filters))
    reach = used_dimensions(cut)
    catalog.check(measure, reach)
    with warehouse.engine.connect() as connection:
        rate_days = Desk(connection, scope, catalog, reach, warehouse).rate_days()
        rows = compile_views(cut, [View(cut.by)], scope=scope, catalog=catalog, reach=reach, rate_days=rate_days).order_by(None).subquery("sold")
        found = fetched(connection, select(rows.c.branch_id, rows.c.customer_id, cast(rows.c[measure], Double)).where(rows.c.customer_id.is_not(None)))
    return pd.DataFrame(dict(zip(("branch", "customer", "value"), (np.asarray(c, dtype=float) for c in found), strict=True)))
