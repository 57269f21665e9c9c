"""Simpson's paradox: every part moves one way and the whole the other, because the weights of the parts changed.

The win rate of each customer type rises, and the win rate of the firm falls: more of the hard type were tried. Who reads
only the total would act against what happened.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from crm_data.analysis.intervals import counted, keys_of
from crm_data.cuts.access import Scope
from crm_data.cuts.answer import Answer
from crm_data.cuts.catalog import Catalog, catalog_for
from crm_data.cuts.cut import EACH, Cut
from crm_data.cuts.query import ask
from crm_data.errors import MabatError

Way = Literal["up", "down"]
#: Fewest cases a part must rest on in both periods to be looked at, and the part of all cases those must hold.
LEAST, MOST_OF = 30, 0.5
#: Where to look beside the dimensions shown.
USUAL = ("customer_type", "branch")


@dataclass(frozen=True)
class Part:
    """One member in two periods: the value and what it rests on."""

    now: float
    before: float
    n: int
    n_before: int


@dataclass(frozen=True)
class Flag:
    """All ``parts`` of ``measure`` by ``dimension`` move ``way`` and the total moves against them."""

    measure: str
    dimension: str
    way: Way
    parts: int


def against(parts: Iterable[Part], total: float | None, total_before: float | None, n: int, n_before: int) -> Way | None:
    """The way all parts move when the total moves against it; None otherwise.

    Parts of fewer than ``LEAST`` cases in either period are left out; what is left must be two parts or more and hold at
    least half of all cases (``n``, ``n_before``) in both.
    """
    known = [p for p in parts if min(p.n, p.n_before) >= LEAST]
    if total is None or total_before is None or len(known) < 2:
        return None
    if sum(p.n for p in known) < MOST_OF * n or sum(p.n_before for p in known) < MOST_OF * n_before:
        return None
    if all(p.now > p.before for p in known) and total < total_before:
        return "up"
    return "down" if all(p.now < p.before for p in known) and total > total_before else None


def flags(cut: Cut, warehouse, *, scope: Scope, look: Iterable[str] = ()) -> tuple[Flag, ...]:
    """Where the averages and shares of a compared ``cut`` mislead: by each of its dimensions and of ``look`` (``USUAL``, say).

    A dimension on which the cut is filtered, which cannot be asked, or of which a customer has several members is not looked at.
    """
    catalog = catalog_for(warehouse)
    ratios = tuple(m for m in cut.measures if catalog.measure(m).n)
    if not ratios or cut.compare == "none" or cut.period is None:
        return ()
    chosen = {f.dimension for f in cut.filters if f.op == "is" and len(f.values) == 1 and not f.dimension.startswith(EACH)}
    found: list[Flag] = []
    for dimension in dict.fromkeys((*cut.by, *look)):
        if dimension in chosen or dimension not in catalog.dimensions or dimension == "customer" or catalog.dimension(dimension).multi:
            continue
        able = tuple(m for m in ratios if catalog.can_cut(m, dimension))
        if not able:
            continue
        plain = replace(cut, measures=able, by=(dimension,), grain=None, limit=None, order_by="")
        try:
            found += in_answer(ask(counted(plain, catalog), warehouse, scope=scope), able, catalog)
        except MabatError:
            continue  # not together with the other filters
    return tuple(found)


def in_answer(answer: Answer, measures: Iterable[str], catalog: Catalog) -> list[Flag]:
    """Flags in a compared answer by one dimension that holds the counts its ``measures`` rest on."""
    if answer.before is None or answer.totals_before is None or len(answer.cut.by) != 1:
        return []
    dimension, found = answer.cut.by[0], []
    now = dict(zip(keys_of(answer), answer.rows.to_dict("records"), strict=True))
    early = dict(zip(keys_of(answer, answer.before), answer.before.to_dict("records"), strict=True))
    for m in measures:
        n = catalog.measure(m).n
        parts = [Part(float(row[m]), float(early[key][m]), int(row[n]), int(early[key][n])) for key, row in now.items()
                 if key in early and row[dimension] is not None and None not in (row[m], row[n], early[key][m], early[key][n])]
        way = against(parts, answer.totals.get(m), answer.totals_before.get(m), int(answer.totals.get(n) or 0), int(answer.totals_before.get(n) or 0))  # type: ignore[arg-type]
        if way is not None:
            found.append(Flag(m, dimension, way, sum(min(p.n, p.n_before) >= LEAST for p in parts)))
    return found
