"""How a measure is spread over customers: percentiles of each customer's own value, computed by the database."""
from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
from sqlalchemy import Double, cast, func, select

from crm_data.cuts.access import Scope
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.catalog import Catalog, catalog_for
from crm_data.cuts.compile import compile_cut
from crm_data.cuts.cut import Cut
from crm_data.cuts.dimensions import Dimension
from crm_data.cuts.measures import Measure
from crm_data.cuts.query import Desk
from crm_data.cuts.rows import used_dimensions
from crm_data.cuts.segments import definitions
from crm_data.errors import N_, InputError

#: Column -> part of the customers below it.
PERCENTILES = {"p05": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}
VALUES = ("mean", "min", *PERCENTILES, "max")
#: The customer by number alone: names need not be read to tell customers apart, which halves the time.
PERSON = Dimension("_person", "", "", "customer", "id", kind="number")
#: Groups smaller than this are not described to those who may not see persons.
SMALLEST = 5


def spread(cut: Cut, warehouse, *, scope: Scope) -> pd.DataFrame:
    """The first measure of ``cut`` over customers, for each member of its first dimension (one row without one).

    Columns: the dimension (with ``_id`` where keyed), ``n`` (customers with at least one row behind the measure), then ``mean,
    min, p05, p25, median, p75, p95, max`` as floats in the measure's unit; largest groups first. Grain, comparison and limit of the
    cut are left aside. For a viewer without personal rights, groups under 5 customers have only their ``n``. Raises InputError
    where the measure is not a sum over each customer's own rows.
    """
    key = (warehouse.key, scope.key, cut, "spread", definitions((*cut.by, *(f.dimension for f in cut.filters)), warehouse))
    return ANSWERS.get(key, lambda: _spread(cut, warehouse, scope))


def _spread(cut: Cut, warehouse, scope: Scope) -> pd.DataFrame:
    catalog = catalog_for(warehouse)
    _check(cut, catalog)
    with warehouse.engine.connect() as connection:
        period = Desk(connection, scope, catalog).resolved(cut)
        found = [dict(r) for r in connection.execute(_statement(cut, period, catalog, scope)).mappings()]
    for row in found:
        hidden = not scope.personal and row["n"] < SMALLEST
        row.update({c: None if hidden or row[c] is None else float(row[c]) for c in VALUES})
    columns = [*_labels(cut, catalog), "n", *VALUES]
    return pd.DataFrame({c: pd.Series([r[c] for r in found], dtype=object) for c in columns})


def _check(cut: Cut, catalog: Catalog) -> None:
    lead = catalog.measure(cut.measures[0])
    if not isinstance(lead, Measure) or not lead.adds_up:
        raise InputError(N_("“{measure}” is not a sum over each customer's own rows: it has no spread over customers."), measure=lead.name)
    catalog.check(lead.name, tuple(dict.fromkeys((*used_dimensions(cut), "customer"))))


def _labels(cut: Cut, catalog: Catalog) -> list[str]:
    return [c for d in cut.by[:1] if d != "customer" for c in ((d, f"{d}_id") if catalog.dimension(d).keyed else (d,))]


def _statement(cut: Cut, period, catalog: Catalog, scope: Scope):
    """Each customer's value as a subquery, described by group."""
    by = tuple(d for d in cut.by[:1] if d != "customer")
    each = replace(cut, measures=cut.measures[:1], by=(*by, PERSON.name), period=period, grain=None, compare="none", order_by="", limit=None)
    known = replace(catalog, dimensions={**catalog.dimensions, PERSON.name: PERSON})
    one = compile_cut(each, scope=scope, catalog=known, reach=used_dimensions(cut)).order_by(None).subquery("one")
    value, person = cast(one.c[cut.measures[0]], Double), one.c[PERSON.name]
    columns: list[Any] = [one.c[name] for name in _labels(replace(cut, by=by), catalog)]
    parts = [func.percentile_cont(share).within_group(value.asc()).label(name) for name, share in PERCENTILES.items()]
    query = select(*columns, func.count(person).label("n"), func.avg(value).label("mean"), func.min(value).label("min"), *parts, func.max(value).label("max")).where(person.is_not(None))
    order = (func.count(person).desc(), *(c.asc().nulls_last() for c in columns))
    return query.group_by(*columns).order_by(*order) if columns else query
