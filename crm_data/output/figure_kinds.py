"""Which figures can honestly show an answer of a given shape, best first."""
from __future__ import annotations

from collections.abc import Iterable

from crm_data.cuts.answer import Answer
from crm_data.cuts.catalog import Catalog
from crm_data.cuts.cut import Cut
from crm_data.cuts.measures import Measure
from crm_data.cuts.periods import buckets
from crm_data.cuts.rows import used_dimensions
from crm_data.errors import N_

#: kind -> its name for people.
KIND_LABELS = {
    "number": N_("Number"), "bars": N_("Bars"), "lines": N_("Lines"), "stacked": N_("Stacked bars"), "heatmap": N_("Heat map"),
    "panels": N_("Small multiples"), "scatter": N_("Scatter"), "treemap": N_("Treemap"), "box": N_("Spread over customers")}
KINDS = tuple(KIND_LABELS)
#: More lines than this cannot be told apart by colour.
MOST_LINES = 6
MOST_SLICES = 200


def kinds_for(cut: Cut, catalog: Catalog, rows: int, answer: Answer | None = None) -> tuple[str, ...]:
    """Figures for ``cut`` whose answer has ``rows`` rows, best first; never empty.

    With ``answer``, figures that cannot show negative values (stacks, treemap) are left out where there are some. Stacks and
    treemaps are only offered where the parts add up to the total.
    """
    dims, lead = len(cut.by), cut.measures[0]
    adds = catalog.adds_up(lead, cut.by) and not (answer is not None and negative(answer, lead))
    if dims >= 3:
        return ("panels",)
    if cut.grain:
        return _over_time(cut, catalog, rows, adds)
    spread = ("box",) if spreadable(cut, catalog) else ()
    tiles = ("treemap",) if adds and dims and 3 <= rows <= MOST_SLICES else ()
    if dims == 0:
        return ("number", *spread)
    if dims == 2:
        return ("stacked", "heatmap", *tiles) if adds and rows <= 60 else ("heatmap", *(("stacked",) if adds else ()), *tiles)
    points = ("scatter",) if len(cut.measures) > 1 and rows >= 3 else ()
    return (*points, "bars", *tiles, *spread) if points and rows > 12 else ("bars", *points, *tiles, *spread)


def _over_time(cut: Cut, catalog: Catalog, rows: int, adds: bool) -> tuple[str, ...]:
    if len(cut.by) == 2:
        return ("panels",)
    points = len(buckets(cut.period, cut.grain, catalog.week_start)) if cut.period and cut.grain else max(rows, 1)
    if not cut.by:
        columns = ("bars",) if points <= 60 else ()
        return (*columns, "lines") if points <= 4 else ("lines", *columns)
    stacks = ("stacked",) if adds and points <= 60 else ()
    heat = ("heatmap",) if points <= 60 else ()
    if points <= 2:
        return (*stacks, *heat, "lines", "panels")
    many = heat and rows > MOST_LINES * points
    return (*heat, "panels", "lines", *stacks) if many else ("lines", *stacks, "panels", *heat)


def negative(answer: Answer, measure: str) -> bool:
    """Whether some part is under zero: then parts of a whole cannot be drawn as areas."""
    return any(v is not None and v < 0 for v in answer.rows[measure])


def spreadable(cut: Cut, catalog: Catalog) -> bool:
    """Whether the first measure is a sum over each customer's own rows, so that it has a spread over customers."""
    lead = catalog.measure(cut.measures[0])
    if cut.grain or len(cut.by) > 1 or "customer" in cut.by or not isinstance(lead, Measure) or not lead.adds_up:
        return False
    wanted = _unique((*used_dimensions(cut), "customer"))
    return bool(catalog.fact_of(lead.name, wanted)) and not any(catalog.dimension(d).multi for d in cut.by)


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
