"""How strongly the cells of a pivot are tinted: by value within the measure, totals left out.

Sequential where values say how much (0 to 1); diverging where they have a sign: changes, and measures that fall below zero
(-1 to 1). A diverging tint of a measure with a direction is a judgement: above 0 is good.
"""
from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from crm_data.cuts.catalog import Catalog

#: A relative change from which on a cell is fully tinted: one wild cell must not make the others pale.
FULL_CHANGE = 0.5


def shades(rows: Sequence[tuple[Hashable, Mapping[str, Any]]], columns: Mapping[str, str], mode: str,
           catalog: Catalog) -> tuple[dict[Any, dict[str, float]], set[str]]:
    """(row -> column -> strength, measures that diverge). ``columns``: name -> measure of those that may be tinted."""
    found: dict[Any, dict[str, float]] = {line: {} for line, _ in rows}
    diverging = set()
    for measure in dict.fromkeys(columns.values()):
        names = [n for n, m in columns.items() if m == measure]
        values = {(line, n): float(row[n]) for line, row in rows for n in names if row[n] is not None}
        if len(values) < 2:
            continue
        about = catalog.measure(measure)
        change = mode in ("change", "change_percent")
        low, high = min(values.values()), max(values.values())
        if change or low < 0:
            diverging.add(measure)
            reach = max(abs(low), abs(high))
            reach = min(reach, FULL_CHANGE) if mode == "change_percent" and about.unit != "share" else reach
            sign = -1.0 if about.better == "down" else 1.0
            scaled = {place: sign * max(-1.0, min(1.0, v / reach)) if reach else 0.0 for place, v in values.items()}
        else:
            start = 0.0 if mode != "value" or about.adds_up else low
            scaled = {place: (v - start) / (high - start) if high > start else 0.0 for place, v in values.items()}
        for (line, name), strength in scaled.items():
            found[line][name] = round(strength, 4)
    return found, diverging
