"""A chart made of a table's own rows, where its picture has no counterpart in office programs (small multiples, heat maps)."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crm_data.exports.cells import JALALI, exact, number_formats
from crm_data.exports.native import Native
from crm_data.output.formats import plain
from crm_data.output.tables import Column

MOST_LINES, MOST_PLACES = 12, 62
_MEASURES = frozenset({"money", "count", "number", "share", "days", "hours", "minutes", "years", "score"})


def native_of_rows(columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], currency: str, language: str, money: str = "rial") -> Native | None:
    """``columns`` and ``rows`` as they stand in the file (``cells.in_unit``). The first measure of a table of two keys: a line (over time) or stacked bars for each member of the first; None for other tables, and
    where there are too many members to tell apart."""
    keys = [c for c in columns if c.kind == "text" and not c.name.endswith(JALALI)]
    lead = next((c for c in columns if c.kind in _MEASURES), None)
    if len(keys) != 2 or lead is None:
        return None
    over_time = any(c.name == "first_day" for c in columns)
    first, second = keys
    cells: dict[str, dict[str, float | None]] = {}
    places: dict[str, None] = {}
    for row in rows:
        if row.get("_quiet"):
            continue
        value, name, place = exact(row.get(lead.name)), plain(row.get(first.name)), plain(row.get(second.name))
        cells.setdefault(name, {})[place] = None if value is None else float(value)  # type: ignore[arg-type]
        places.setdefault(place)
        if len(cells) > MOST_LINES or len(places) > MOST_PLACES:
            return None
    if not cells or not any(v is not None for line in cells.values() for v in line.values()):
        return None
    form = number_formats(currency, language, money)[lead.kind]
    summed = lead.kind in ("money", "count") and not any((v or 0) < 0 for line in cells.values() for v in line.values())
    kind = "line" if over_time else "column"
    return Native(kind, kind == "column" and summed, tuple(places), tuple((name, tuple(line.get(p) for p in places)) for name, line in cells.items()), form, form, plain(lead.head))
