"""The warehouse's tables as a page of documentation: ``python -m crm_data.model.docs > docs/warehouse.md``."""
from __future__ import annotations

from sqlalchemy import Column, Numeric, Table

from crm_data.model.finish import FILLED_COLUMNS
from crm_data.model.manifest import SCHEMA_VERSION
from crm_data.model.schema import CODES, DERIVED_COLUMNS, TABLES
from crm_data.model.tables import FACT_DAYS, column_type

_HEAD = """# The warehouse

Generated from `crm_data/model/schema.py` by `python -m crm_data.model.docs > docs/warehouse.md`; a test keeps it current.

{tables} tables, version {version}. Rules for all of them:

- `id` is an integer key; `(source, source_id)` is unique, so importing the same record again changes nothing.
- Money stands in the document's currency and, with the suffix `_base`, in the reporting currency at the document's date.
  Measures read the `_base` columns only.
- `..._at` is an instant in UTC, `..._on` a calendar day at the branch, `..._hour` the hour there (0-23). Periods filter the day.
- Empty means unknown.
- A column marked *derived* follows from others (mostly a copy of its parent's), written when a snapshot is published. One marked *filled* takes the
  customer's value where the source gave none. `customer.search_text` and, where empty, `customer.phone_digits` are made then, too.
- Texts have the length given here at most by convention; no engine refuses a longer one.

Every table also has `id`, `source` (system the row came from), `source_id` (its key there) and `batch_id` (the import that
brought or last changed it). They are left out below. A *fact* has a day by which periods cut it.
"""
_COMMON = ("id", "source", "source_id", "batch_id")


def render() -> str:
    """The page as Markdown."""
    parts = [_HEAD.format(tables=len(TABLES), version=SCHEMA_VERSION),
             "Tables: " + ", ".join(f"[{name}](#{name})" for name in sorted(TABLES)) + ".\n"]
    return "\n".join(parts + [_table(table) for table in TABLES.values()])


def _table(table: Table) -> str:
    day = FACT_DAYS.get(table.name)
    lines = [f"## {table.name}\n", str(table.info["doc"]) + (f" Fact, cut by `{day}`." if day else "") + "\n",
             "| Column | Type | Refers to | Meaning |", "|---|---|---|---|"]
    lines += [_row(table, column) for column in table.columns if column.name not in _COMMON]
    return "\n".join(lines) + "\n"


def _row(table: Table, column: Column) -> str:
    key, parent = (table.name, column.name), column.info.get("to")
    marks = ["required"] if not column.nullable else []
    marks += ["derived"] if key in DERIVED_COLUMNS else ["filled"] if key in FILLED_COLUMNS else []
    meaning = (column.doc or "").strip()
    if key in CODES:
        meaning += " Allowed: " + ", ".join(f"`{code}`" for code in CODES[key]) + "."
    if marks:
        meaning += f" *{', '.join(marks)}*"
    refers = f"[{parent}](#{parent})" if parent else ""
    return f"| `{column.name}` | {_type(column)} | {refers} | {meaning.replace('|', '/')} |"


def _type(column: Column) -> str:
    if isinstance(column.type, Numeric):
        return f"decimal({column.type.precision}, {column.type.scale})"
    return column_type(column).lower().replace("varchar", "text").replace(" without time zone", "")


if __name__ == "__main__":
    print(render(), end="")
