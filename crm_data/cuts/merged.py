"""The end of a statement: results of several facts stacked and widened to the same columns, formulas over them, and the order of rows."""
from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Integer, Select, cast, literal_column, null, select

from crm_data.cuts.catalog import Catalog
from crm_data.cuts.cut import Cut
from crm_data.cuts.measures import Base, Exact, Formula, Measure
from crm_data.cuts.views import View
from crm_data.model import dialects


def labels_of(cut: Cut | View, catalog: Catalog) -> list[str]:
    """The columns that tell rows apart: each dimension, the ids of keyed ones, the bucket."""
    labels = []
    for name in cut.by:
        labels += [name, f"{name}_id"] if catalog.dimension(name).keyed else [name]
    return labels + (["period"] if cut.grain else [])


def stacked(query: Select, n: int | None, own: tuple[str, ...], parts: tuple[str, ...], cut: Cut, catalog: Catalog) -> Select:
    """``query`` widened to all labels and parts, those of other views and facts empty, so that results can be stacked."""
    q = query.subquery()
    empty = {p: cast(null(), Exact if catalog.measure(p).unit == "money" or _summed(catalog.measure(p)) else Integer) for p in parts}
    labels = [q.c[n] if n in q.c else null().label(n) for n in labels_of(cut, catalog)]
    front = [literal_column(str(n)).label("view"), q.c.held] if n is not None else []
    front = front[:1] + labels + front[1:]
    return select(*front, *((q.c[p] if p in own else empty[p]).label(p) for p in parts))


def _summed(m: Base) -> bool:
    return isinstance(m, Measure) and m.agg == "sum"


def evaluate(name: str, found: Mapping[str, ColumnElement], catalog: Catalog) -> ColumnElement:
    """The SQL of a measure over the merged sums ``found``."""
    measure = catalog.measure(name)
    if not isinstance(measure, Formula):
        return found[name]
    assert measure.value is not None
    return measure.value({p: evaluate(p, found, catalog) for p in measure.parts})


def ordered(final: Select, cut: Cut, catalog: Catalog, found, values, single_rows: int | None = None) -> Select:
    """Rows in the order asked, ties broken by the members, so that the same cut has the same order on every engine.

    ``single_rows``: how many views of one row stand before them; None where there is one view.
    """
    def member(name: str) -> list[ColumnElement]:
        d, column = catalog.dimension(name), values.c[name]
        text = column if d.kind == "number" else dialects.in_code_order(column)
        return [text.asc().nulls_last(), *([values.c[f"{name}_id"].asc()] if d.keyed else [])]
    order: list[ColumnElement] = [] if single_rows is None else [values.c.view.asc()]
    asked = cut.order_by or ("" if not cut.by or catalog.dimension(cut.by[0]).ordered else cut.measures[0])
    if asked in cut.measures and cut.by:
        value = evaluate(asked, found, catalog)
        order.append((value.desc() if cut.descending else value.asc()).nulls_last())
    elif asked in cut.by:
        first, *rest = member(asked)
        column = first.element.element if hasattr(first.element, "element") else values.c[asked]
        order += [(column.asc() if not cut.descending else column.desc()).nulls_last(), *rest]
    for name in cut.by:
        order += member(name)
    if cut.grain:
        order.append(values.c.period)
    sorted_ = final.order_by(*order) if order else final
    return sorted_.limit(cut.limit + (single_rows or 0)) if cut.limit is not None and len(cut.by) == 1 and not cut.grain else sorted_
