"""Rankings: customers (or owners, branches) by one or several weighted criteria, with rank change, classes and concentration.

With several criteria the score is the weighted mean of each one's percentile rank among all who are ranked (100 best, ties share
the mean place; points given to the members of a field count as they are); with one, the order is that of its value. Ties are
broken by the first criterion's value, then by id, so that the same data always gives the same order.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from sqlalchemy import select

from crm_data.analysis.ranking_classes import Classing, ClassPart, classes, parts, running
from crm_data.analysis.ranking_criteria import (
    DAYS_LATE,
    GROWTH,
    GROWTH_RATE,
    LAST_CONTACT,
    MOST,
    RECENCY,
    SUBJECTS,
    Criterion,
    adds_up,
    check,
)
from crm_data.analysis.ranking_values import Column, Desktop, columns
from crm_data.cuts.access import Scope
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Comparison, Period
from crm_data.cuts.query import ask
from crm_data.cuts.segments import definitions
from crm_data.errors import N_, InputError
from crm_data.model import schema as s

__all__ = ["DAYS_LATE", "GROWTH", "GROWTH_RATE", "LAST_CONTACT", "RECENCY", "SUBJECTS", "Classing", "Criterion", "Ranking", "kept_rank", "names_of", "place", "rank", "rank_of", "trends"]


@dataclass(frozen=True)
class Ranking:
    """``rows`` (best first): ``rank``, ``key``, ``move`` (places won since the comparison; NaN: new), ``score`` (0-100), ``class``
    (A-D), ``value`` and ``change`` of the first criterion (``value_before`` exact), one column a criterion and
    ``<criterion>_place`` (its percentile). ``earlier``: the same of the comparison (None without one), ``gone``: its members that
    are not ranked any more. ``running``: running share of what classes are made by, best first (empty where it does not add up)."""

    subject: str
    criteria: tuple[Criterion, ...]
    period: Period
    period_before: Period | None
    rows: pd.DataFrame
    running: np.ndarray
    gone: pd.DataFrame
    earlier: pd.DataFrame | None = None
    classing: Classing = field(default_factory=Classing)
    classes: tuple[ClassPart, ...] = ()
    filters: tuple[Filter, ...] = ()

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def total(self) -> float:
        return float(np.nansum(self.rows["value"].to_numpy(float))) if len(self.rows) else 0.0

    @property
    def nbytes(self) -> int:
        """Memory it takes, for caches."""
        return sum(int(f.memory_usage(index=False).sum()) for f in (self.rows, self.gone, self.earlier) if f is not None) + int(self.running.nbytes)

    @property
    def shares(self) -> np.ndarray:
        """Each criterion's part of all weights."""
        weights = np.array([c.weight for c in self.criteria], dtype=float)
        return weights / weights.sum()


def rank(warehouse, scope: Scope, period: Period, criteria: tuple[Criterion, ...], *, subject: str = "customer", compare: Comparison = "last_year",
         filters: tuple[Filter, ...] = (), classing: Classing | None = None) -> Ranking:
    """Rank all ``subject`` members with any business in the criteria. Raises InputError for what cannot be asked."""
    catalog = catalog_for(warehouse)
    _check(criteria, subject, scope, catalog)
    period = period.clipped(catalog.as_of)
    # What has grown is told against last year where nothing is compared.
    grows = any(c.grows for c in criteria)
    desk = Desktop(warehouse, scope, subject, filters, "last_year" if compare == "none" and grows else compare)
    earlier_period = desk.earlier(period) if compare != "none" else None
    classing = classing or Classing()
    by = classing.by or criteria[0].name
    counted = adds_up(by, catalog, subject)
    extra = (Criterion(by),) if counted and by not in [c.name for c in criteria] else ()
    placed, found = _placed_of(desk, criteria, extra, period)
    earlier = _placed_of(desk, criteria, (), earlier_period)[0] if earlier_period else None
    _compared(placed, earlier, criteria[0].name)
    values = found[by].of(placed["key"].to_numpy()) if counted else np.array([])
    named = classes(values, classing) if counted else None
    placed["class"] = named
    return Ranking(subject, criteria, period, earlier_period, placed, running(values), _gone(placed, earlier), earlier, classing,
                   parts(values, named) if named is not None else (), filters)


def kept_rank(warehouse, scope: Scope, period: Period, criteria: tuple[Criterion, ...], *, subject: str, compare: Comparison, filters: tuple[Filter, ...], classing: Classing) -> Ranking:
    """As :func:`rank`, remembered among the answers: the memory all of them take together has a bound."""
    key = ("ranking", warehouse.key, scope.key, (period.first, period.last, period.name), criteria, subject, compare, filters, classing,
           definitions((*(f.dimension for f in filters), *(c.dimension for c in criteria if c.points)), warehouse))
    return ANSWERS.get(key, lambda: rank(warehouse, scope, period, criteria, subject=subject, compare=compare, filters=filters, classing=classing))


def _check(criteria: tuple[Criterion, ...], subject: str, scope: Scope, catalog) -> None:
    if not criteria:
        raise InputError(N_("Choose at least one criterion."))
    if len(criteria) > MOST or len({c.name for c in criteria}) < len(criteria):
        raise InputError(N_("A ranking has up to {most} criteria, each named once."), most=MOST)
    if subject not in SUBJECTS:
        raise InputError(N_("There is no ranking of “{subject}”. Use one of: {known}."), subject=subject[:40], known=", ".join(SUBJECTS))
    if subject == "customer" and not scope.personal:
        raise InputError(N_("Single customers are not ranked for your role, which does not see persons. Rank owners or branches."))
    for c in criteria:
        check(c, catalog)
        if c.points and subject != "customer":
            raise InputError(N_("Points for a field of the customer rank customers, not owners or branches."))


def _placed_of(desk: Desktop, criteria: tuple[Criterion, ...], extra: tuple[Criterion, ...], period: Period) -> tuple[pd.DataFrame, dict[str, Column]]:
    """Everybody ranked in a period, in order, and the columns they were ranked by."""
    found = columns(desk, (*criteria, *extra), period)
    keys = _active(criteria, found)
    return place(pd.DataFrame({"key": keys, **{c.name: found[c.name].of(keys) for c in criteria}}), criteria), found


def _active(criteria: Sequence[Criterion], found: dict[str, Column]) -> np.ndarray:
    """Members something is known of: an amount that is not nothing, or a share or mean that is defined."""
    telling = [c for c in criteria if not c.standing] or list(criteria)
    keys = [np.array([], dtype="int64")]
    for c in telling:
        column = found[c.name]
        defined = ~np.isnan(column.values)
        keys.append(column.keys[defined if np.isnan(column.absent) else defined & (column.values != 0)])
    return np.unique(np.concatenate(keys))


def place(frame: pd.DataFrame, criteria: Sequence[Criterion]) -> pd.DataFrame:
    """The frame in order with ``rank``, ``score``, ``value`` and each criterion's percentile place."""
    placed, count = frame.copy(), max(len(frame) - 1, 1)
    weights = sum(c.weight for c in criteria)
    score = np.zeros(len(frame))
    for c in criteria:
        if c.points:
            points = placed[c.name].fillna(0.0)
            placed[f"{c.name}_place"] = points if c.high else 100 - points
        else:
            # Not defined stands last whichever way the criterion looks.
            signed = (placed[c.name] if c.high else -placed[c.name]).fillna(-np.inf)
            placed[f"{c.name}_place"] = (signed.rank(method="average") - 1) / count * 100 if len(frame) > 1 else 100.0
        # Each adds its part: what a member is told its parts are, sums to its score to the last bit.
        score = score + c.weight / weights * placed[f"{c.name}_place"].to_numpy(float)
    placed["score"] = np.minimum(score, 100.0)
    placed["value"] = placed[criteria[0].name]
    main, tie = order_values(placed, criteria)
    placed = placed.iloc[np.lexsort((placed["key"].to_numpy(), -tie, -main))].reset_index(drop=True)
    placed.insert(0, "rank", np.arange(1, len(placed) + 1))
    return placed


def order_values(placed: pd.DataFrame, criteria: Sequence[Criterion]) -> tuple[np.ndarray, np.ndarray]:
    """What puts members in order: first the first array, then the second, larger first, then the smaller key."""
    first = placed[criteria[0].name].to_numpy(float)
    tie = np.where(np.isnan(first), -np.inf, first if criteria[0].high else -first)
    return (placed["score"].to_numpy(float).round(9) if len(criteria) > 1 else tie), tie


def _compared(placed: pd.DataFrame, earlier: pd.DataFrame | None, first: str) -> None:
    """Adds ``move``, ``value_before`` and ``change``."""
    keys = placed["key"].to_numpy()
    if earlier is None or not len(earlier):
        placed["move"], placed["value_before"], placed["change"] = np.nan, np.nan, np.nan
        return
    order = np.argsort(earlier["key"].to_numpy(), kind="stable")
    known = earlier["key"].to_numpy()[order]
    was = Column(known, earlier["rank"].to_numpy(float)[order], np.nan).of(keys)
    old = Column(known, earlier[first].to_numpy(float)[order], np.nan).of(keys)
    placed["move"], placed["value_before"] = was - placed["rank"].to_numpy(), old
    placed["change"] = np.where(old > 0, placed["value"].to_numpy(float) / np.where(old > 0, old, 1) - 1, np.nan)


def _gone(placed: pd.DataFrame, earlier: pd.DataFrame | None) -> pd.DataFrame:
    """Members of the comparison that are not ranked any more, with their place and value then."""
    if earlier is None:
        return pd.DataFrame({"key": np.array([], dtype="int64"), "rank_before": np.array([], dtype="int64"), "value_before": np.array([])})
    left = earlier[~np.isin(earlier["key"].to_numpy(), placed["key"].to_numpy())]
    return left.rename(columns={"value": "value_before", "rank": "rank_before"})[["key", "rank_before", "value_before"]].reset_index(drop=True)


def names_of(warehouse, scope: Scope, subject: str, keys: Sequence[int]) -> dict[int, str]:
    """Names of members; customers of one name have their number beside it. Only for those a ranking has told."""
    table = {"customer": s.customer, "owner": s.staff, "branch": s.branch}[subject]
    if subject == "customer" and not scope.personal:
        return {}
    number = table.c.number if subject == "customer" else table.c.id
    found: list = []
    wanted = select(table.c.id, table.c.name, number)
    with warehouse.engine.connect() as connection:
        many = len(keys) > 20_000
        for at in range(0, 1 if many else len(keys), 5_000):
            query = wanted if many else wanted.where(table.c.id.in_([int(k) for k in keys[at:at + 5_000]]))
            found += connection.execute(query).fetchall()
    if many:
        mine = set(map(int, keys))
        found = [r for r in found if r[0] in mine]
    once: dict[str, int] = {}
    for _, name, _ in found:
        once[name] = once.get(name, 0) + 1
    return {key: name if once[name] == 1 else f"{name} ({number})" for key, name, number in found}


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
