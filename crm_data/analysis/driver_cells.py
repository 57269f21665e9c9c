"""The cells drivers are looked for in: every member of every dimension with its units, tested; those that say the same told once."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from crm_data.analysis import bridge_rows, driver_rows, driver_test
from crm_data.analysis.bridge import plain
from crm_data.analysis.driver_rows import Units
from crm_data.cuts.access import Scope
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.catalog import Catalog, catalog_for
from crm_data.cuts.cut import Cut
from crm_data.cuts.measures import Distinct
from crm_data.cuts.periods import Period
from crm_data.cuts.rows import used_dimensions
from crm_data.errors import MabatError

#: Two findings whose customers' excesses run together this closely are one.
ALIKE = 0.6
#: With more customers than this, an even part of them is looked at: enough to see what matters, in a part of the time.
SAMPLE = 25_000
#: Of findings as strong as each other, the one people would say first.
_SAID_FIRST = ("branch", "customer_type", "region", "product_category", "product", "owner", "order_channel", "city")


@dataclass(frozen=True)
class Field:
    """All units: of the customers, with their labels, and of each dimension of records."""

    base: list[Units]
    labels: pd.DataFrame
    record: Mapping[str, list[Units]] = field(default_factory=dict)
    level: bool = False

    def excess(self, dimension: str = "") -> np.ndarray:
        """The excess of the units of a dimension of records (of the customers, without one)."""
        return excesses(self.record[dimension] if dimension else self.base, self.base, self.level)


@dataclass(frozen=True)
class Cell:
    """A tested cell: which units of which dimension."""

    dimension: str
    code: int
    member: object
    count: int
    excess: float
    p: float


def dimensions_of(measure: str, cut: Cut, catalog: Catalog) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(of customers, of records): dimensions that are looked through."""
    single = {f.dimension for f in cut.filters if f.op in ("is", "is_empty") and len(f.values) < 2}
    used, people, record = used_dimensions(plain(measure, cut)), [], []
    ratio = bridge_rows.ratio_of(measure, catalog)
    parts = [p for p, _ in (*ratio.over, *ratio.under)] if ratio else [p for p, _ in bridge_rows.terms(measure, catalog)]
    distinct = any(isinstance(catalog.measure(p), Distinct) for p in parts)
    for name in catalog.dimensions:
        d = catalog.dimension(name)
        if name in single or d.personal or d.multi or bridge_rows.told_afterwards(name):
            continue
        if d.root == "customer":
            people.append(name)
        elif not distinct and _able(parts, (name, "customer", *used), catalog):
            record.append(name)
    return tuple(people), tuple(record)


def _able(parts: Sequence[str], wanted: tuple[str, ...], catalog: Catalog) -> bool:
    try:
        for part in parts:
            catalog.check(part, tuple(dict.fromkeys(wanted)))
    except MabatError:
        return False
    return True


def sampled(warehouse) -> int:
    """Of how many customers one is looked at."""
    return max(1, int(warehouse.manifest.tables.get("customer", {}).get("rows", 0)) // SAMPLE)


def load(measure: str, cut: Cut, now: Period, before: Period, warehouse, scope: Scope) -> Field:
    """Everything that is tested, read from the database."""
    catalog = catalog_for(warehouse)
    people, record = dimensions_of(measure, cut, catalog)
    ratio = bridge_rows.ratio_of(measure, catalog)
    one_of = sampled(warehouse)
    sides = [ratio.over, ratio.under] if ratio else [bridge_rows.terms(measure, catalog)]

    def labelled() -> pd.DataFrame:
        with warehouse.engine.connect() as connection:
            return driver_rows.labels(connection, people, now, scope, catalog, one_of).set_index("id")
    with warehouse.engine.connect() as connection:
        base = driver_rows.units(connection, sides, cut, now, before, scope, catalog, one_of=one_of)
        table = ANSWERS.get(("labels", warehouse.key, scope.key, people, now.last, one_of), labelled)
        parts = {d: driver_rows.units(connection, sides, cut, now, before, scope, catalog, d, one_of) for d in record}
    return Field(base, table.reindex(base[0].ids), parts, catalog.measure(measure).unit in ("share", "score"))


def excesses(units: list[Units], whole: list[Units], level: bool = False) -> np.ndarray:
    """Each unit's excess beyond what it would have moved at the whole's rate of change, in the measure's own unit. Of a ratio:
    what the unit moved it by; ``level`` (shares and scores): all are expected to move by as many points, not by the same rate."""
    if len(whole) == 1:
        rate = whole[0].now.sum() / whole[0].before.sum() if whole[0].before.sum() else 0.0
        return units[0].now - rate * units[0].before
    over, under = whole
    if not under.now.sum() or not under.before.sum():
        return np.zeros(len(units[0].ids))
    end, start = over.now.sum() / under.now.sum(), over.before.sum() / under.before.sum()
    rate = 1.0 if level or start <= 0 or end <= 0 else end / start
    return (units[0].now - end * units[1].now) / under.now.sum() - rate * (units[0].before - start * units[1].before) / under.before.sum()


def coded(labels: pd.DataFrame, dimension: str) -> tuple[np.ndarray, tuple[object, ...]]:
    codes, found = pd.factorize(labels[dimension], use_na_sentinel=False)
    return np.asarray(codes), tuple(None if m is None or m != m else m for m in found)


def test_all(found: Field) -> list[Cell]:
    """Every cell that can be tested, in every dimension."""
    cells, values = [], found.excess()
    for name in found.labels.columns:
        cells += _cells(name, found.base, values, *coded(found.labels, name))
    for name, units in found.record.items():
        cells += _cells(name, units, found.excess(name), units[0].codes, tuple(m for m, _ in units[0].members))
    return cells


def sides(units: list[Units], codes: np.ndarray, members: int) -> tuple[np.ndarray, np.ndarray]:
    """What each cell had (of a ratio: under its line) before and now."""
    last = units[-1]
    return np.bincount(codes, weights=last.before, minlength=members), np.bincount(codes, weights=last.now, minlength=members)


def _cells(dimension: str, units: list[Units], values: np.ndarray, codes: np.ndarray, members: tuple[object, ...]) -> list[Cell]:
    """A member that was there in one period only did not move: it came or went, see ``one_sided``. The unknown is no reason."""
    if len(members) < 2:
        return []
    before, now = sides(units, codes, len(members))
    known = np.array([m is not None for m in members])
    tested = driver_test.cells(values, codes, len(members), (before != 0) & (now != 0) & known)
    return [Cell(dimension, int(c), members[int(c)], int(n), float(e), float(p))
            for c, n, e, p in zip(tested.codes, tested.counts, tested.excess, tested.p, strict=True)]


def order(cell: Cell) -> tuple:
    first = _SAID_FIRST.index(cell.dimension) if cell.dimension in _SAID_FIRST else len(_SAID_FIRST)
    return round(float(np.log10(max(cell.p, 1e-300))), 0), first, cell.p, cell.dimension


def one_sided(found: Field) -> list[Cell]:
    """Cells of ten customers or more that have something in one period only, the largest first; those alike once."""
    if len(found.base) > 1:
        return []
    cells: dict[tuple[int, float], Cell] = {}
    named = [(d, found.base, *coded(found.labels, d)) for d in found.labels.columns]
    named += [(d, units, units[0].codes, tuple(m for m, _ in units[0].members)) for d, units in found.record.items()]
    for name, units, codes, members in named:
        before, now = sides(units, codes, len(members))
        counts = np.bincount(codes, minlength=len(members))
        for c in np.flatnonzero((counts >= driver_test.LEAST) & ((before == 0) != (now == 0))):
            moved = float(now[c] - before[c])
            if members[c] is not None:
                cells.setdefault((int(counts[c]), round(moved, 6)), Cell(name, int(c), members[c], int(counts[c]), moved, 1.0))
    return sorted(cells.values(), key=lambda c: (-abs(c.excess), c.dimension, str(c.member)))


def once(strong: list[tuple[Cell, float]], found: Field) -> list[tuple[Cell, float, list[Cell]]]:
    """Findings in order, each with the later ones that say the same."""
    place = pd.Index(found.base[0].ids)
    told: list[tuple[Cell, float, list[Cell]]] = []
    kept: list[tuple[Cell, np.ndarray, float]] = []
    for cell, q in strong:
        vector, share = _vector(cell, found, place)
        twin = next((i for i, one in enumerate(kept) if _same(one, (cell, vector, share))), None)
        if twin is None:
            kept.append((cell, vector, share))
            told.append((cell, q, []))
        else:
            told[twin][2].append(cell)
    return told


def findings(cells: list[Cell], found: Field) -> tuple[int, list[tuple[Cell, float, list[Cell]]]]:
    """How many cells are out of line, and the findings told with their q and what says the same.

    A strong finding under five names would carry weak ones over the line with it, so q is counted again without the names.
    """
    q = driver_test.adjusted(np.array([c.p for c in cells]))
    strong = sorted(((c, float(x)) for c, x in zip(cells, q, strict=True) if x < driver_test.LEVEL), key=lambda pair: order(pair[0]))
    told = once(strong, found)
    names = {id(c) for _, _, also in told for c in also}
    single = [c for c in cells if id(c) not in names]
    again = {id(c): float(x) for c, x in zip(single, driver_test.adjusted(np.array([c.p for c in single])), strict=True)}
    kept = [(c, again[id(c)], [a for a in also if a.dimension != c.dimension]) for c, _, also in told if again[id(c)] < driver_test.LEVEL]
    return len(strong), kept


def _same(one: tuple[Cell, np.ndarray, float], other: tuple[Cell, np.ndarray, float]) -> bool:
    """Whether ``other`` says what ``one`` said: the same customers' excess, a part of a smaller group's, or its mirror image."""
    (a, v, part), (b, w, _) = one, other
    size = float(w @ w)
    inside = float(w[v != 0] @ w[v != 0])
    nested = part <= 0.5 and inside >= 0.9 * size and np.sign(a.excess) == np.sign(b.excess)
    return nested or abs(float(v @ w)) >= ALIKE * np.sqrt(size * float(v @ v)) or _mirror(a, part, b, other[2])


def _mirror(one: Cell, one_share: float, other: Cell, other_share: float) -> bool:
    """Two members that together are nearly everybody: that one rose is that the other fell."""
    return one.dimension == other.dimension and np.sign(one.excess) != np.sign(other.excess) and one_share + other_share >= 0.9


def _vector(cell: Cell, found: Field, place: pd.Index) -> tuple[np.ndarray, float]:
    """The cell's excess by customer, and its part of all units."""
    if cell.dimension in found.record:
        units = found.record[cell.dimension]
        inside = units[0].codes == cell.code
        values = found.excess(cell.dimension)
        at = place.get_indexer(units[0].ids[inside])
        return np.bincount(at[at >= 0], weights=values[inside][at >= 0], minlength=len(place)), float(inside.mean())
    inside = coded(found.labels, cell.dimension)[0] == cell.code
    return np.where(inside, found.excess(), 0.0), float(inside.mean())
