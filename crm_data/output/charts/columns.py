"""Columns of numbers beside the rows of a chart, each as wide as its words need in the reader's language."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from crm_data.output.charts.common import HEAD, NUMBER, Rows, side, text
from crm_data.output.charts.room import folded, width_of
from crm_data.output.charts.theme import Theme

#: Pixels that stay free beside a head and beside a number, and the height of a head of two lines.
_HEAD_GAP, _NUMBER_GAP, _TWO = 10, 6, 29
#: A head may make its column so much wider before it takes a second line.
_STRETCH = 12


@dataclass(frozen=True)
class NumberColumn:
    """A right-aligned column of numbers: its head, the text of each row, colours, and its least width in pixels."""

    head: str
    texts: tuple[str, ...]
    colours: tuple[str, ...]
    width: int
    mirrored_width: int
    bold: tuple[bool, ...] = ()


def fitted(column: NumberColumn, mirrored: bool) -> NumberColumn:
    """The column with room for its numbers and its head; a head of several words takes two lines before it takes more room."""
    needs = int(max([*(width_of(line, HEAD) + _HEAD_GAP for line in head_lines(column, mirrored)), *(width_of(t, NUMBER) + _NUMBER_GAP for t in column.texts)], default=0) + 0.999)
    return replace(column, mirrored_width=max(column.mirrored_width, needs)) if mirrored else replace(column, width=max(column.width, needs))


def head_lines(column: NumberColumn, mirrored: bool) -> list[str]:
    """The head's words on the lines they stand on."""
    if not column.head:
        return []
    given = max([column.mirrored_width if mirrored else column.width or column.mirrored_width, *(width_of(t, NUMBER) + _NUMBER_GAP for t in column.texts)]) - _HEAD_GAP
    return [column.head] if width_of(column.head, HEAD) <= given + _STRETCH else folded(column.head, given, HEAD, 2)


def head_room(columns: Iterable[NumberColumn], pixels: int, mirrored: bool) -> int:
    """Pixels above the first row: ``pixels`` for heads of one line, more where one takes two."""
    return pixels + (9 if any(any(c.texts) and len(head_lines(c, mirrored)) > 1 for c in columns) else 0)


def number_columns(columns: Iterable[NumberColumn], rows: Rows, theme: Theme, lift: float, mirrored: bool) -> list[dict]:
    """Annotations of the columns, the last one at the end side. Edges are counted in pixels, so they hold at any width."""
    listed, drawn = [(head_lines(c, mirrored), fitted(c, mirrored)) for c in columns if any(c.texts)], []
    # Heads of one line stand beside the last line of those of two.
    alone = 21 if any(len(lines) > 1 for lines, _ in listed) else 9
    top = rows.y(0, rows.row / 2 + rows.head)
    # From right to left the numbers stand at the left end, still right-aligned: the last column's right edge comes first.
    edge = 0
    for lines, column in reversed(listed):
        edge += column.mirrored_width if mirrored else 0
        place = {"xref": "paper", "x": 0 if mirrored else 1, "xshift": edge if mirrored else -edge}
        anchor = {"anchor": "right", "align": "right"}
        if lines:
            words, two = "<br>".join(side(line, mirrored) for line in lines), len(lines) > 1
            down = _TWO / 2 if two else alone
            drawn.append(text(0, top - down / rows.row, words, theme.muted, HEAD, **anchor) | place)
        for i, words in enumerate(column.texts):
            bold = bool(column.bold and column.bold[i])
            drawn.append(text(0, rows.y(i, lift), words, column.colours[i], NUMBER, bold=bold, **anchor) | place)
        edge += 0 if mirrored else column.width
    return drawn
