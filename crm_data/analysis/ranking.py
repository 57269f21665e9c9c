"""Rankings: customers (or owners, branches) by one or several weighted criteria, with rank change, classes and concentration.

A criterion is a measure of the catalog, ``growth`` (revenue now less revenue before) or ``recency`` (days since the last
order; fewer is better). With several criteria the score is the weighted mean of each one's percentile rank among all who
are ranked (100 best, ties share the mean place); with one, the order is that of its value. Ties are broken by the first
criterion's value, then by id, so that the same data always gives the same order.
"""
from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy import func, select

from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.facts import FACTS
from crm_data.cuts.periods import Comparison, Period
from crm_data.cuts.query import ask
from crm_data.cuts.rows import FactRows
from crm_data.errors import N_, InputError

GROWTH, RECENCY = "growth", "recency"
#: Class limits by the running share of the positive values: A up to 80 %, B up to 95 %, C the rest; D loses or brings nothing.
A_SHARE, B_SHARE = 0.80, 0.95
SUBJECTS = ("customer", "owner", "branch")


@dataclass(frozen=True)
class Criterion:
    """``high``: more is better. ``weight`` is relative; only its proportion to the others counts."""

    name: str
    weight: float = 1.0
    high: bool = True

    def __post_init__(self) -> None:
        if not 0 < self.weight <= 1000:
            raise InputError(N_("The weight of {name} must be above 0 and at most 1000, not {weight}."), name=self.name, weight=self.weight)


@dataclass(frozen=True)
class Ranking:
    """``rows`` (best first): ``rank``, ``move`` (places won since the comparison; None: new), ``key``, ``name``, ``score``
    (0-100), ``class`` (A-D by ``value``), ``value`` and ``change`` of the first criterion (``value_before`` exact), one column
    a criterion and ``<criterion>_place`` (its percentile). ``count``: all who are ranked, ``total``: sum of the first
    criterion over them, ``running``: running share of it, best first (empty where it does not add up)."""

    subject: str
    criteria: tuple[Criterion, ...]
    period: Period
    period_before: Period | None
    rows: pd.DataFrame
    running: tuple[float, ...]
    gone: pd.DataFrame

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def total(self) -> float:
        return float(np.nansum(self.rows["value"].to_numpy(float))) if len(self.rows) else 0.0


def rank(warehouse, scope: Scope, period: Period, criteria: tuple[Criterion, ...], *, subject: str = "customer",
         compare: Comparison = "last_year", filters: tuple[Filter, ...] = ()) -> Ranking:
    """Rank all ``subject`` members with any business in the criteria. Raises InputError for what cannot be asked."""
    if not criteria:
        raise InputError(N_("Choose at least one criterion."))
    if subject not in SUBJECTS:
        raise InputError(N_("There is no ranking of “{subject}”. Use one of: {known}."), subject=subject[:40], known=", ".join(SUBJECTS))
    if subject == "customer" and not scope.personal:
        raise InputError(N_("Single customers are not ranked for your role, which does not see persons. Rank owners or branches."))
    names = [c.name for c in criteria]
    catalog = catalog_for(warehouse)
    measures = tuple(dict.fromkeys("revenue" if n == GROWTH else n for n in names if n != RECENCY))
    for name in measures:
        catalog.measure(name)
    wanted = Cut(measures or ("orders",), (subject,), period, filters=filters, compare=compare if compare != "none" or GROWTH not in names else "last_year")
    answer = ask(wanted, warehouse, scope=scope)
    now = _values(answer.rows, subject, wanted.measures)
    before = _values(answer.before, subject, wanted.measures) if answer.before is not None else None
    now, before = _derived(now, before, names, wanted, warehouse, scope, answer.period, answer.period_before)
    placed = _placed(now, criteria)
    if before is not None and compare != "none":
        earlier = _placed(before, criteria).set_index("key")["rank"]
        placed["move"] = [None if k not in earlier.index else int(earlier[k]) - r for k, r in zip(placed["key"], placed["rank"], strict=True)]
        was = before.set_index("key")[names[0]]
        placed["value_before"] = [was.get(k, np.nan) for k in placed["key"]]
        gone = before[~before["key"].isin(placed["key"])].rename(columns={names[0]: "value_before"})[["key", "name", "value_before"]]
    else:
        gone = pd.DataFrame({"key": [], "name": [], "value_before": []})
        placed["move"], placed["value_before"] = None, np.nan
    old = placed["value_before"].to_numpy(float)
    placed["change"] = np.where(old > 0, placed["value"].to_numpy(float) / np.where(old > 0, old, 1) - 1, np.nan)
    adds = names[0] == GROWTH or (names[0] != RECENCY and catalog.adds_up(names[0], (subject,)))
    running = _running(placed["value"].to_numpy(float)) if adds else np.array([])
    placed["class"] = _classes(placed["value"].to_numpy(float)) if adds else None
    return Ranking(subject, criteria, answer.period, answer.period_before if compare != "none" else None, placed, tuple(running.tolist()),
                   gone.reset_index(drop=True))


def _values(frame: pd.DataFrame, subject: str, measures: tuple[str, ...]) -> pd.DataFrame:
    """Known members with their measures as floats; not defined is NaN."""
    known = frame[frame[f"{subject}_id"].notna()]
    out = pd.DataFrame({"key": known[f"{subject}_id"].astype("int64"), "name": known[subject].astype(object)})
    for m in measures:
        out[m] = pd.to_numeric(known[m], errors="coerce").astype(float)
    return out.reset_index(drop=True)


def _derived(now, before, names, cut: Cut, warehouse, scope, period: Period, earlier: Period | None):
    """Adds growth and recency; members nothing is known of in any criterion are left out."""
    if GROWTH in names:
        was = before.set_index("key")["revenue"] if before is not None else pd.Series(dtype=float)
        now[GROWTH] = now["revenue"] - now["key"].map(was).fillna(0.0)
        if before is not None:
            before[GROWTH] = 0.0
    if RECENCY in names:
        now[RECENCY] = now["key"].map(_days_since(cut, warehouse, scope, period.last))
        if before is not None and earlier is not None:
            before[RECENCY] = before["key"].map(_days_since(cut, warehouse, scope, earlier.last))

    def active(frame):
        values = frame[[n for n in names if n != RECENCY] or names]
        return frame[(values.notna() & (values != 0)).any(axis=1)].reset_index(drop=True)
    return active(now), (active(before) if before is not None else None)


def _days_since(cut: Cut, warehouse, scope: Scope, last: date) -> dict[int, float]:
    """Days from each member's last counted order to ``last``."""
    plain = replace(cut, period=Period(date(1900, 1, 1), last))
    with warehouse.engine.connect() as connection:
        rows = FactRows(FACTS["orders"], plain, scope, catalog_for(warehouse))
        key = rows.need(rows.key_column(cut.by[0]))
        found = connection.execute(select(key, func.max(rows.fact.date)).select_from(rows.source).where(
            rows.fact.date <= last, *rows.where).group_by(key)).all()
    return {k: float((last - day).days) for k, day in found if k is not None}


def _placed(frame: pd.DataFrame, criteria: tuple[Criterion, ...]) -> pd.DataFrame:
    """The frame in order with ``rank``, ``score``, ``value`` and each criterion's percentile place."""
    placed, count = frame.copy(), max(len(frame) - 1, 1)
    score = np.zeros(len(frame))
    for c in criteria:
        # Not defined stands last whichever way the criterion looks.
        signed = (placed[c.name] if c.high else -placed[c.name]).fillna(-np.inf)
        place = (signed.rank(method="average") - 1) / count * 100
        placed[f"{c.name}_place"] = place if len(frame) > 1 else 100.0
        score += c.weight * placed[f"{c.name}_place"].to_numpy(float)
    placed["score"] = score / sum(c.weight for c in criteria)
    first = criteria[0]
    placed["value"] = placed[first.name]
    tie = (placed["value"] if first.high else -placed["value"]).fillna(-np.inf)
    main = placed["score"].round(9) if len(criteria) > 1 else tie
    order = np.lexsort((placed["key"].to_numpy(), -tie.to_numpy(float), -main.to_numpy(float)))
    placed = placed.iloc[order].reset_index(drop=True)
    placed.insert(0, "rank", np.arange(1, len(placed) + 1))
    return placed


def _running(values: np.ndarray) -> np.ndarray:
    """Running share of the total, largest value first; may pass 1 where some values are negative."""
    ordered = np.sort(np.nan_to_num(values))[::-1]
    total = ordered.sum()
    return np.cumsum(ordered) / total if total > 0 else np.array([])


def _classes(values: np.ndarray) -> list[str]:
    """A, B, C by the share that stands *before* a member among the positive values (so the largest is always A); D otherwise."""
    clean = np.nan_to_num(values)
    order = np.argsort(-clean, kind="stable")
    positive = np.where(clean > 0, clean, 0.0)[order]
    total = positive.sum()
    shares_before = (np.cumsum(positive) - positive) / total if total > 0 else np.ones(len(clean))
    named = np.where(positive <= 0, "D", np.where(shares_before < A_SHARE, "A", np.where(shares_before < B_SHARE, "B", "C")))
    out = np.empty(len(clean), dtype=object)
    out[order] = named
    return list(out)


def trends(warehouse, scope: Scope, measure: str, subject: str, keys: list[int], period: Period, filters: tuple[Filter, ...] = ()) -> dict[int, list[float]]:
    """Monthly values of a measure for some members, oldest first."""
    if not keys:
        return {}
    mine = tuple(f for f in filters if f.dimension != subject)
    chosen = Filter(subject, "is", tuple(f"#{k}" for k in keys[:200]))
    answer = ask(Cut((measure,), (subject,), period, "month", (*mine, chosen)), warehouse, scope=scope)
    out: dict[int, list[float]] = {}
    for key, value in zip(answer.rows[f"{subject}_id"], answer.rows[measure], strict=True):
        out.setdefault(int(key), []).append(0.0 if value is None else float(value))
    return out


def rank_of(ranking: Ranking, key: int) -> tuple[int, int] | None:
    """(rank, count) of a member: "7th of 2,140"."""
    found = ranking.rows.index[ranking.rows["key"] == key]
    return (int(found[0]) + 1, ranking.count) if len(found) else None
