"""What stands out in a change: every member of every dimension, tested against chance, the same finding told once.

The question is not "where did the number move" (everywhere) but "where did it move out of line with the rest, by more than the
differences between customers explain". Method in ``driver_test``; docs/why.md has the measured rates of false findings.

Dimensions that say who a customer is are tested over customers; those a record has (branch, product, channel ...) over
customers in each member. What says how things went (lost, stage, ready-made and own segments) is no reason and is left out.
"""
from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from crm_data.analysis import bridge_rows
from crm_data.analysis.bridge import ends, plain
from crm_data.analysis.driver_cells import Cell, Field, findings, load, one_sided, sampled, test_all
from crm_data.cuts.access import Scope
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.catalog import Catalog, catalog_for
from crm_data.cuts.compile import compile_cut
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.cuts.segments import definitions
from crm_data.cuts.small_cells import K

#: Findings told, and members that came or went.
MOST, MOST_CAME = 8, 4


@dataclass(frozen=True)
class Driver:
    """A member that moved out of line. ``before`` and ``now``: its number (of a ratio, its own ratio); ``excess``: how far it moved
    the whole beyond its part, in the measure's unit; ``customers`` in it; ``also``: (dimension, member) that say the same."""

    dimension: str
    member: str | None
    condition: Filter
    before: float | None
    now: float | None
    excess: float
    customers: int
    p: float
    q: float
    also: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True)
class Drivers:
    """``found``: strongest first; ``looked``: cells tested, in ``dimensions``; ``significant``: cells below the level, of which
    ``found`` are the told ones. ``came``: members that have something in one of the periods only (a campaign, someone who left), the
    largest first; they are not tested. ``customers`` looked at, one of ``one_of``. ``enough``: whether
    anything could be tested at all."""

    measure: str
    cut: Cut
    period: Period
    period_before: Period
    found: tuple[Driver, ...]
    looked: int
    significant: int
    dimensions: tuple[str, ...]
    customers: int
    came: tuple[Driver, ...] = ()
    one_of: int = 1

    @property
    def enough(self) -> bool:
        return self.looked > 0


def drivers(measure: str, cut: Cut, warehouse, *, scope: Scope) -> Drivers:
    """What stands out in the change of ``measure`` from the cut's comparison to its period. Raises InputError without a comparison."""
    key = ("drivers", warehouse.key, scope.key, measure, plain(measure, cut), definitions((f.dimension for f in cut.filters), warehouse))
    return ANSWERS.get(key, lambda: _drivers(measure, cut, warehouse, scope))


def _drivers(measure: str, cut: Cut, warehouse, scope: Scope) -> Drivers:
    catalog = catalog_for(warehouse)
    if bridge_rows.ratio_of(measure, catalog) is None:
        bridge_rows.terms(measure, catalog)
    answer = ends(measure, cut, warehouse, scope)
    found = load(measure, cut, answer.period, answer.period_before, warehouse, scope)
    cells = test_all(found)
    significant, told = findings(cells, found)
    numbers = _Numbers(answer, scope, warehouse)
    told = [(cell, x, [c for c in also if _told_of(c, numbers, scope)]) for cell, x, also in told if _told_of(cell, numbers, scope)]
    made = tuple(_told(cell, x, also, numbers, found) for cell, x, also in told[:MOST])
    came = [c for c in one_sided(found) if _told_of(c, numbers, scope)]
    return Drivers(measure, plain(measure, cut), answer.period, answer.period_before, made, len(cells), significant,
                   tuple(dict.fromkeys(c.dimension for c in cells)), len(found.base[0].ids),
                   tuple(_told(c, 1.0, [], numbers, found) for c in came[:MOST_CAME]),
                   sampled(warehouse))


def _told_of(cell: Cell, numbers: _Numbers, scope: Scope) -> bool:
    """Whether the viewer may be told of a member: for those who may not see persons, not where few customers stand behind it."""
    return scope.personal or (cell.count >= K and not numbers.hides(cell.dimension))


class _Numbers:
    """What people know of members: their numbers in both periods, asked once a dimension."""

    def __init__(self, answer, scope: Scope, warehouse) -> None:
        self.answer, self.scope, self.warehouse, self.catalog = answer, scope, warehouse, catalog_for(warehouse)
        self._kept: dict[str, dict[object, list]] = {}
        self._hides: dict[str, bool] = {}

    def of(self, dimension: str, member: object) -> tuple[str | None, float | None, float | None]:
        """(name, before, now)."""
        if dimension not in self._kept:
            self._kept[dimension] = self._asked(dimension)
        return tuple(self._kept[dimension].get(_key(member), [None if member is None else str(member), None, None]))  # type: ignore[return-value]

    def hides(self, dimension: str) -> bool:
        """Whether some member of the dimension rests on too few customers in either period, so that others could tell of it."""
        if dimension not in self._hides:
            cut = replace(self.answer.cut, by=(dimension,))
            self._hides[dimension] = bool(ask(cut, self.warehouse, scope=self.scope).hidden)
        return self._hides[dimension]

    def _asked(self, dimension: str) -> dict[object, list]:
        keyed = self.catalog.dimension(dimension).keyed
        measure, found = self.answer.cut.measures[0], {}
        with self.warehouse.engine.connect() as connection:
            for place, period in ((1, self.answer.period_before), (2, self.answer.period)):
                by = replace(self.answer.cut, by=(dimension,), period=period, compare="none")
                for row in connection.execute(compile_cut(by, scope=self.scope, catalog=self.catalog)).mappings():
                    name = row[dimension]
                    one = found.setdefault(_key(row[f"{dimension}_id" if keyed else dimension]), [None if name is None else str(name), None, None])
                    one[place] = None if row[measure] is None else float(row[measure])
        if self.catalog.measure(measure).kind != "formula" or self.catalog.measure(measure).adds_up:
            for one in found.values():
                one[1:] = [v or 0.0 for v in one[1:]]
        return found


def _key(member: object) -> object:
    return None if member is None or member != member else int(member) if isinstance(member, float | np.integer) else member


def _told(cell: Cell, q: float, also: list[Cell], numbers: _Numbers, found: Field) -> Driver:
    """The finding in numbers people know: those of the member itself."""
    name, before, now = numbers.of(cell.dimension, cell.member)
    totals, totals_before, measure = numbers.answer.totals, numbers.answer.totals_before, numbers.answer.cut.measures[0]
    excess = cell.excess
    if len(found.base) == 1 and cell.p < 1 and before is not None and now is not None and totals_before[measure]:
        # Of all customers, where only a part of them was looked at.
        excess = now - before * float(totals[measure]) / float(totals_before[measure])
    elif cell.p == 1:
        excess = (now or 0.0) - (before or 0.0)
    others = tuple((c.dimension, numbers.of(c.dimension, c.member)[0]) for c in also[:3])
    return Driver(cell.dimension, name, condition_of(cell.dimension, cell.member, numbers.catalog), before, now, excess, cell.count, cell.p, q, others)


def condition_of(dimension: str, member: object, catalog: Catalog) -> Filter:
    if member is None:
        return Filter(dimension, "is_empty")
    if catalog.dimension(dimension).keyed:
        return Filter(dimension, "is", (f"#{int(member)}",))  # type: ignore[call-overload]
    return Filter(dimension, "is", (str(member if not isinstance(member, float) else int(member)),))
