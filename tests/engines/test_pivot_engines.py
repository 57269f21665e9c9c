"""The same pivot on DuckDB and PostgreSQL, with members folded into the others on every axis."""
from __future__ import annotations

import math
from datetime import date

import pytest

from crm_data.analysis import pivot as module
from crm_data.analysis.pivot import pivot
from crm_data.analysis.pivot_shape import Part
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import Period
from tests.truth import tiny

YEAR = Period(date(2026, 1, 1), date(2026, 11, 20))
CUTS = [Cut(("revenue", "customers"), ("owner",), YEAR, "quarter", limit=1, compare="last_year"),
        Cut(("orders", "average_order"), ("product_category", "branch", "party"), YEAR, limit=1),
        Cut(("customers", "mean_age"), ("topic", "branch"), YEAR, "quarter"), Cut(("revenue", "customers"), ("interest", "product"), YEAR, limit=1),
        Cut(("open_balance",), ("branch",), YEAR, "quarter", limit=1), Cut(("contacts",), ("hour", "weekday"), YEAR, limit=2),
        Cut(("cost_to_serve",), ("customer", "cost_driver"), YEAR, limit=2)]


@pytest.fixture(scope="module")
def both(truth, postgres_database, tmp_path_factory):
    return truth, tiny.publish(postgres_database(), tmp_path_factory.mktemp("pivot_pg"))


@pytest.mark.parametrize("cut", CUTS, ids=lambda c: "-".join((*c.by, c.grain or "")))
def test_engines_agree(both, everything, cut, monkeypatch):
    monkeypatch.setattr(module, "MOST_INSIDE", 1)
    monkeypatch.setattr(module, "MOST_ORDERED", 2)
    one, other = (pivot(cut, warehouse, scope=everything) for warehouse in both)
    assert (one.lines, one.columns) == (other.lines, other.columns) and Part.OTHERS in {k for line in one.lines for k in line} | set(one.columns)
    assert one.cells.keys() == other.cells.keys()
    for place, cell in one.cells.items():
        for side in ("now", "before"):
            for m, value in getattr(cell, side).items():
                same = getattr(other.cells[place], side)[m]
                assert value is same is None or math.isclose(float(value), float(same), abs_tol=1e-6), (cut, place, m)
