"""Lines of a terminal: cells beside each other, each column as wide as what is seen of its widest cell."""
from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence

from crm_data.text import plain

GAP = "  "


def width(text: str) -> int:
    """The places a text takes up: none for marks that sit on a letter or are not drawn, two for wide letters."""
    return sum(0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def columns(rows: Sequence[Sequence[str | None]], right: Collection[int] = ()) -> list[str]:
    """A line for each row; ``right``: the columns that stand to the right, numbers. Columns that are empty everywhere are left out."""
    told = [[plain(cell) for cell in row] for row in rows]
    used = [i for i in range(max(map(len, told), default=0)) if any(row[i] for row in told)]
    wide = {i: max(width(row[i]) for row in told) for i in used}
    return [GAP.join(" " * (wide[i] - width(row[i])) + row[i] if i in right else row[i] + " " * (wide[i] - width(row[i])) for i in used).rstrip() for row in told]
