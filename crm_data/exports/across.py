"""A long table of two dimensions and one measure laid out across, as people read it on a page or slide: the same numbers, fewer rows."""
from __future__ import annotations

from dataclasses import replace

from crm_data.exports.document import Part
from crm_data.exports.wording import cell_of, columns_of
from crm_data.output.formats import Formats
from crm_data.output.tables import Column, Sheet

#: Columns that still can be read, and rows under which a table stays as it is.
MOST_COLUMNS, FEW_ROWS = 10, 14


def across(part: Part, formats: Formats) -> Part:
    """The part with its table laid out across where that can be done without loss; else the part itself.

    The total of the whole, which has no place there, joins the sentence.
    """
    sheet = part.sheet
    if sheet is None or part.rows is not None or len(sheet.rows) <= FEW_ROWS:
        return part
    columns = columns_of(sheet)
    if len(columns) != 3 or [c.kind == "text" for c in columns] != [True, True, False]:
        return part
    one, other, number = columns
    heads, rows = (dict.fromkeys(str(r.get(c.name) or "") for r in sheet.rows) for c in (one, other))
    if len(heads) > len(rows) and len(rows) <= MOST_COLUMNS and other.name != "period":
        one, other, heads, rows = other, one, rows, heads
    cells = {(str(r.get(one.name) or ""), str(r.get(other.name) or "")): r.get(number.name) for r in sheet.rows}
    if not 1 < len(heads) <= MOST_COLUMNS or len(cells) != len(sheet.rows):
        return part
    laid = tuple({"row": name, **{f"c{i}": cells.get((head, name)) for i, head in enumerate(heads)}} for name in rows)
    drawn = Sheet((Column("row", other.head), *(Column(f"c{i}", head, number.kind, number.better) for i, head in enumerate(heads))), laid)
    total = sheet.total.get(number.name) if sheet.total is not None else None
    whole = str((sheet.total or {}).get(columns[0].name) or number.head)
    sentence = part.sentence if total is None else " · ".join(t for t in (part.sentence, f"{whole}: {cell_of(number, total, formats)}") if t)
    return replace(part, sheet=drawn, sentence=sentence, row_count=len(laid))
