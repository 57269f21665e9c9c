"""What was restated, and why, is told alike on DuckDB and PostgreSQL."""
# ruff: noqa: F811 (a fixture's name is also the argument's)
from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from crm_data.analysis.restated import restated
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import Period
from crm_data.model.snapshots import open_store
from tests.review_firm import publish_two, two, two_url  # noqa: F401

pytestmark = pytest.mark.engines

CUTS = (Cut(("revenue", "orders", "worth", "gross_margin", "open_balance", "customers"), period=Period(date(2026, 1, 1), date(2026, 12, 31), "year_to_date"), grain="month", by=("branch",)),
        Cut(("revenue", "open_complaints", "contacts"), period=Period(date(2026, 1, 1), date(2026, 10, 31))))


def test_restatements_are_the_same(two, postgres_database, tmp_path, everything):
    url = postgres_database()
    first, second = publish_two(url, tmp_path)
    store = open_store(url)
    for cut in CUTS:
        told = [[replace(one, changes=tuple(replace(c, arrived=()) for c in one.changes)) for one in restated(cut, now, then, scope=everything)]
                for then, now in (two, (store.warehouse(first), store.warehouse(second)))]
        assert told[0] and [(o.measure, o.first, o.changes, o.unexplained, o.difference if o.measure != "gross_margin" else None) for o in told[0]] == [
            (o.measure, o.first, o.changes, o.unexplained, o.difference if o.measure != "gross_margin" else None) for o in told[1]]
