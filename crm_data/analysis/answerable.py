"""What a measure rests on: the tables that must have rows before it can be computed.

Pure functions over the catalog and the number of rows of each table (from the snapshot's manifest).
"""
from __future__ import annotations

from collections.abc import Mapping

from crm_data.cuts.catalog import Catalog
from crm_data.cuts.facts import BUSINESS
from crm_data.cuts.measures import Distinct

#: Tables behind facts that are made of movements or activities; any of them with rows is enough.
_MADE_OF: dict[str, tuple[str, ...]] = {
    "receivable": ("invoice",), "overdue": ("invoice",), "pipeline": ("opportunity",), "weighted": ("opportunity",), "waiting": ("complaint",),
    "standing": ("customer",), "costs": ("cost_rate",)}


def needs(catalog: Catalog, measure: str) -> list[tuple[str, ...]]:
    """Groups of tables the measure stands on; of each group one must have rows."""
    found: list[tuple[str, ...]] = []
    for part in catalog.parts(measure):
        base = catalog.measure(part)
        if isinstance(base, Distinct):
            names = ("contacts",) if base.of == "contacts" else BUSINESS
            found.append(tuple(dict.fromkeys(t for f in names for t in _tables(f, catalog))))
        else:
            found.append(tuple(t for f in catalog.fact_of(part, ())[:1] for t in _tables(f, catalog)))
    return list(dict.fromkeys(found))


def _tables(fact: str, catalog: Catalog) -> tuple[str, ...]:
    return _MADE_OF.get(fact) or (catalog.fact(fact).table.name,)


def lacking(catalog: Catalog, measure: str, rows: Mapping[str, int]) -> tuple[str, ...]:
    """Tables without a row that the measure cannot do without; empty when it can be computed."""
    rows = {**rows, "cost_rate": len(catalog.rates)} if catalog.rates else rows
    return tuple(group[0] for group in needs(catalog, measure) if not any(rows.get(table, 0) for table in group))
