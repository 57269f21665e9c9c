"""docs/warehouse.md is what the schema says."""
from __future__ import annotations

from pathlib import Path

from crm_data.model.docs import render
from crm_data.model.schema import TABLES

ROOT = Path(__file__).parent.parent


def test_the_page_is_current():
    page = (ROOT / "docs" / "warehouse.md").read_text(encoding="utf-8")
    assert page == render(), "run: python -m crm_data.model.docs > docs/warehouse.md"


def test_every_table_and_column_has_a_meaning():
    for table in TABLES.values():
        assert table.info["doc"].endswith("."), table.name
        assert all(column.doc for column in table.columns), table.name
