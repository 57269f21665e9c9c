"""Tables on slides, native and plain: a head on every slide, numbers at the end side, from right to left with the columns turned round by us."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from lxml import etree
from pptx.util import Inches

from crm_data.exports.deck_frame import INNER, MARGIN, emu
from crm_data.exports.deck_text import clean, lines_taken
from crm_data.output.charts import LIGHT
from crm_data.output.charts.room import width_of

#: Columns beside the first on one slide; more go on the next with the first one again.
MOST_COLUMNS = 10
_SIZE, _HEAD = 11, 10
_PLAIN = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_NS = "http://schemas.openxmlformats.org/drawingml/2006/main"


@dataclass(frozen=True)
class Cell:
    """A cell's text with its colour."""

    text: str
    colour: str = LIGHT.ink


@dataclass(frozen=True)
class Grid:
    """A table ready to be drawn: heads, which columns are numbers, rows of cells, and the last row's being a total."""

    heads: tuple[str, ...]
    numbers: tuple[bool, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: bool = False


@dataclass(frozen=True)
class Leaf:
    """What stands on one slide."""

    grid: Grid
    widths: tuple[float, ...]
    heights: tuple[float, ...]


def leaves(grid: Grid, room: float, first_room: float | None = None) -> list[Leaf]:
    """The table cut into slides of ``room`` inches (the first of ``first_room``), wide ones sideways first."""
    found: list[Leaf] = []
    for part in _sideways(grid):
        widths = _widths(part)
        heights = [_row_height([c.text for c in row], widths, _SIZE, 0.28) for row in part.rows]
        head = _row_height(part.heads, widths, _HEAD, 0.3)
        at = 0
        while True:
            space, end = (first_room if first_room is not None and not found else room) - head, at
            while end < len(heights) and (space >= heights[end] or end == at):
                space -= heights[end]
                end += 1
            last = end >= len(heights)
            found.append(Leaf(Grid(part.heads, part.numbers, part.rows[at:end], part.total and last), widths, (head, *heights[at:end])))
            at = end
            if last:
                break
    return found


def _sideways(grid: Grid) -> list[Grid]:
    if len(grid.heads) <= MOST_COLUMNS + 1:
        return [grid]
    groups = [range(i, min(i + MOST_COLUMNS, len(grid.heads))) for i in range(1, len(grid.heads), MOST_COLUMNS)]
    return [Grid((grid.heads[0], *(grid.heads[k] for k in g)), (grid.numbers[0], *(grid.numbers[k] for k in g)),
                 tuple((row[0], *(row[k] for k in g)) for row in grid.rows), grid.total) for g in groups]


def _widths(grid: Grid) -> tuple[float, ...]:
    """Inches of the columns: numbers as wide as they are, texts share what is left; a narrow table does not fill the slide."""
    longest = [max([width_of(grid.heads[k], _HEAD) * 0.7, *(width_of(r[k].text, _SIZE) for r in grid.rows[:120])]) / 72 + 0.32 for k in range(len(grid.heads))]
    asked = [min(max(w, 0.75), 2.6 if number else 5.2) for w, number in zip(longest, grid.numbers, strict=True)]
    if sum(asked) <= INNER:
        spare = min(INNER - sum(asked), sum(asked) * 0.6)
        return tuple(w + spare * w / sum(asked) for w in asked)
    fixed = sum(w for w, number in zip(asked, grid.numbers, strict=True) if number)
    texts = sum(w for w, number in zip(asked, grid.numbers, strict=True) if not number)
    if texts and INNER - fixed > 1.0:
        return tuple(w if number else w * (INNER - fixed) / texts for w, number in zip(asked, grid.numbers, strict=True))
    return tuple(w * INNER / sum(asked) for w in asked)


def _row_height(texts: Sequence[str], widths: Sequence[float], size: float, least: float) -> float:
    lines = max((lines_taken(t, size, w - 0.18) for t, w in zip(texts, widths, strict=True)), default=1)
    return max(least, lines * size * 1.24 / 72 + 0.1)


def draw(slide, leaf: Leaf, top: float, rtl: bool) -> None:
    """The table at its start side, as a native table."""
    wide = sum(leaf.widths)
    frame = slide.shapes.add_table(len(leaf.heights), len(leaf.widths), Inches(MARGIN + (INNER - wide if rtl else 0)), Inches(top), Inches(wide), Inches(sum(leaf.heights)))
    frame.name = "table"
    table = frame.table._tbl
    order = range(len(leaf.widths))
    places = list(reversed(order)) if rtl else list(order)
    for column, k in zip(table.tblGrid.findall("{*}gridCol"), places, strict=True):
        column.set("w", str(emu(leaf.widths[k])))
    about = table.tblPr
    for name in ("bandRow", "firstRow"):
        about.attrib.pop(name, None)
    about.set("firstRow", "1")
    style = about.find("{*}tableStyleId")
    style.text = _PLAIN
    for old in table.findall("{*}tr"):
        table.remove(old)
    count = len(leaf.grid.rows)
    table.append(_row([_cell(leaf.grid.heads[k], LIGHT.muted, _HEAD, leaf.grid.numbers[k], rtl, bold=True, below=LIGHT.ink, strong=True) for k in places], leaf.heights[0]))
    for i, row in enumerate(leaf.grid.rows):
        last = leaf.grid.total and i == count - 1
        over = LIGHT.ink if leaf.grid.total and i == count - 2 else LIGHT.line
        table.append(_row([_cell(row[k].text, row[k].colour, _SIZE, leaf.grid.numbers[k], rtl, bold=last, below="" if last else over, strong=over == LIGHT.ink and not last)
                           for k in places], leaf.heights[i + 1]))


def _row(cells: Sequence[str], height: float):
    return etree.fromstring(f'<a:tr xmlns:a="{_NS}" h="{emu(height)}">{"".join(cells)}</a:tr>')


def _cell(text: str, colour: str, size: float, number: bool, rtl: bool, *, bold: bool = False, below: str = "", strong: bool = False) -> str:
    """A cell as XML: made so because a deck may have thousands."""
    # Numbers, kept in their order by isolates, end where their column ends.
    side = "r" if number else "l"
    side = {"r": "l", "l": "r"}[side] if rtl else side
    line = f'<a:lnB w="{9525 if strong else 6350}"><a:solidFill><a:srgbClr val="{below[1:]}"/></a:solidFill></a:lnB>' if below else '<a:lnB w="0"><a:noFill/></a:lnB>'
    none = "".join(f'<a:{edge} w="0"><a:noFill/></a:{edge}>' for edge in ("lnL", "lnR", "lnT"))
    look = f'<a:rPr lang="en-US" sz="{int(size * 100)}" b="{int(bold)}"><a:solidFill><a:srgbClr val="{colour[1:]}"/></a:solidFill></a:rPr>'
    body = escape(clean(text).replace("\n", " "))
    return (f'<a:tc><a:txBody><a:bodyPr/><a:lstStyle/><a:p><a:pPr algn="{side}" rtl="{int(rtl)}"/>' + (f"<a:r>{look}<a:t>{body}</a:t></a:r>" if body else "")
            + f'<a:endParaRPr lang="en-US" sz="{int(size * 100)}"/></a:p></a:txBody><a:tcPr marL="64008" marR="64008" marT="36576" marB="36576" anchor="ctr">{none}{line}<a:noFill/></a:tcPr></a:tc>')
