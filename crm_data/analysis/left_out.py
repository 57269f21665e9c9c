"""Customers a filter leaves out because its field is empty: nobody decided it, so it is said."""
from __future__ import annotations

from dataclasses import replace

from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import EACH, Cut, Filter
from crm_data.cuts.query import ask
from crm_data.errors import MabatError

#: Tests that an empty field never passes.
_NEVER = ("is", "at_least", "below", "between", "contains")


def dropped(cut: Cut, warehouse, *, scope: Scope) -> dict[str, int]:
    """dimension -> customers with business in the cut's period who pass all its other filters and whose field is empty.

    Filters that keep empty fields (``is_not``, ``is_empty``), conditions on measures and dimensions that are known of
    everybody are not in it, nor is what customers cannot be counted by.
    """
    catalog, found = catalog_for(warehouse), {}
    for one in cut.filters:
        if one.op not in _NEVER or one.dimension.startswith(EACH) or one.dimension not in catalog.dimensions:
            continue
        about = catalog.dimension(one.dimension)
        if one.dimension == "customer" or about.derived or about.conditions:
            continue
        others = tuple(f for f in cut.filters if f is not one)
        empty = replace(cut, measures=("customers",), by=(), grain=None, compare="none", order_by="", limit=None, filters=(*others, Filter(one.dimension, "is_empty")))
        try:
            count = ask(empty, warehouse, scope=scope).totals["customers"]
        except MabatError:
            continue
        if count:
            found[one.dimension] = int(count)
    return found
