"""A filled workbook template needs no mapping: its sheets and columns already have the warehouse's names."""
from __future__ import annotations

from crm_data.errors import N_, ImportRefused
from crm_data.model.schema import TABLES
from crm_data.settings import Settings
from crm_data.sources.mapping import Mapping
from crm_data.sources.raw import RawTable, quoted

#: Rows whose key begins so are examples; they are not imported.
EXAMPLE = "EXAMPLE"
SOURCE = "template"


def mapping_of_template(found: list[RawTable], settings: Settings) -> Mapping:
    """The mapping of a workbook (or folder) whose sheets are named like the warehouse's tables.

    Raises ImportRefused when no sheet is.
    """
    sheets = {table.name.strip().casefold(): table.name for table in found}
    tables = [name for name in TABLES if name in sheets]
    if not tables:
        raise ImportRefused(N_("No mapping was named, and the source is not a filled template: no sheet is called {names} ... "
                               "Name one with --mapping, or make a template with “mabat template FILE.xlsx”."),
                            names=", ".join(list(TABLES)[:3]))
    selects = {name: f"SELECT * FROM raw.{quoted(sheets[name])} WHERE source_id IS NULL OR source_id NOT LIKE '{EXAMPLE}%'"
               for name in tables}
    return Mapping(name="template", source=SOURCE, selects=selects, files={name: f"the sheet {sheets[name]}" for name in tables},
                   timezone=settings.timezone, days_in=settings.timezone)
