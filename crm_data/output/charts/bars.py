"""Bars of one or more measures by the members of a dimension: label, bar with a mark for the comparison, numbers in columns.

Labels stand beside the bars where they fit, above them on a phone or where one is long. Each measure has its own scale.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crm_data.output.charts.common import (
    HEAD,
    LABEL,
    NUMBER,
    Chart,
    Draft,
    Picture,
    Rows,
    bare,
    escape,
    listing,
    side,
    text,
    tick,
)
from crm_data.output.charts.room import NARROW, WIDE, faded, folded, notes_below, width_of
from crm_data.output.charts.theme import Theme

MOST_LABEL = 168


@dataclass(frozen=True)
class Bar:
    """One measure of one row; texts are formatted. ``value`` None is said, not drawn."""

    value: float | None
    text: str
    before: float | None = None
    change: str = ""
    tone: str = "none"


@dataclass(frozen=True)
class BarRow:
    """``key`` comes back from a click (None: cannot be chosen); one ``Bar`` a measure. ``quiet``: unknown and others; ``lit`` False fades."""

    key: str | None
    label: str
    bars: tuple[Bar, ...]
    quiet: bool = False
    lit: bool = True


def bars(rows: Sequence[BarRow], heads: Sequence[str], theme: Theme, *, title: str, notes: Sequence[str] = (), order_note: str = "",
         mirrored: bool = False, narrow: bool = False) -> Picture:
    """Rows in the order given; ``heads`` name the measures (drawn where there are several). ``notes`` stand under the figure.

    ``order_note`` tells the bars of a row apart where they stand under each other.
    """
    return _Drawing(rows, heads, theme, title, (notes, order_note), mirrored, narrow).picture()


class _Drawing:
    def __init__(self, rows: Sequence[BarRow], heads: Sequence[str], theme: Theme, title: str, notes: tuple[Sequence[str], str], mirrored: bool, narrow: bool) -> None:
        self.rows, self.heads, self.theme, self.title, self.mirrored, self.narrow = rows, heads, theme, title, mirrored, narrow
        self.count = len(heads)
        self.beside = [folded(r.label, MOST_LABEL, LABEL, 2) for r in rows]
        self.wide = not narrow and max((width_of(line, LABEL) for lines in self.beside for line in lines), default=0) <= MOST_LABEL
        self.labels = self.beside if self.wide else [folded(r.label, (NARROW if narrow else WIDE) - 8, LABEL) for r in rows]
        self.tops = max((len(lines) for lines in self.labels), default=1)
        self.scales = [max([abs(v) for r in rows for v in (r.bars[j].value, r.bars[j].before) if v is not None] or [1.0]) or 1.0 for j in range(self.count)]
        shares = [v / self.scales[j] for r in rows for j in range(self.count) for v in (r.bars[j].value, r.bars[j].before) if v is not None]
        self.low, self.high = min(0.0, *shares, 0.0), max(0.0, *shares, 0.0)
        if self.low == self.high:
            self.high = 1.0
        self.texts = max((width_of(b.text, NUMBER) for r in rows for b in r.bars), default=0) + 4
        self.changes = max((width_of(b.change, NUMBER) for r in rows for b in r.bars), default=0) if self.count == 1 or not self.wide else 0
        self.changes += 12 if self.changes else 0
        row = (max(34, 16 * self.tops + 6)) if self.wide else 17 * self.tops + 22 * self.count + 6
        said = [notes[1] if self.count > 1 and not self.wide else "", *notes[0]]
        below, foot = notes_below(said, theme, narrow, mirrored, 6, self._label_room() if self.wide else 0)
        self.below, self.foot = below, foot + 6 if foot else 0
        self.places = Rows(len(rows), row, 22 if self.count > 1 and self.wide else 0)
        self.span = self._span()

    def _span(self) -> float:
        """Units of the axis from one measure's zero to the next one's: its bars and the room of its numbers."""
        if self.count == 1 or not self.wide:
            return self.high - self.low
        room = (WIDE - self._label_room()) / self.count
        return (self.high - self.low) / max(1 - (self.texts + 16) / room, 0.25)

    def _label_room(self) -> float:
        return max((width_of(line, LABEL) for lines in self.labels for line in lines), default=0) + 12

    def picture(self) -> Picture:
        numbers = self.texts + self.changes + 10
        start = self._label_room() if self.wide else 0
        end = numbers if self.count == 1 or not self.wide else 2
        margin = {"l": end if self.mirrored else start, "r": start if self.mirrored else end, "t": 0, "b": self.foot, "pad": 0, "autoexpand": False}
        figure = bare(int(max(self.places.height, 40) + self.foot), self.theme, margin=margin)
        alt = f"{self.title}. " + listing(self._said(r) for r in self.rows)
        if not self.rows:
            return figure.picture(alt)
        last = self.low + self.span * (self.count if self.wide else 1)
        spare = (self.high - self.low) * 0.004
        reach = [self.low - (spare if self.low < 0 else 0), max(last, self.high) + spare]
        figure.set(xaxis={"range": reach[::-1] if self.mirrored else reach}, yaxis={"range": self.places.range})
        figure.set(annotations=[*self._label_notes(), *self._number_notes(end), *self._head_notes(), *self.below])
        for j in range(self.count):
            self._bars(figure, j)
        self._clicks(figure, reach)
        return figure.picture(alt, *(self._chart(j) for j in range(self.count)))

    def _chart(self, j: int) -> Chart:
        """The numbers of measure ``j``: not those drawn, which are parts of the longest bar."""
        listed = [r.bars[j] for r in self.rows]
        before = (tuple(b.before for b in listed),) if any(b.before is not None for b in listed) else ()
        return Chart("bar", tuple(r.label for r in self.rows), ((self.heads[j], tuple(b.value for b in listed)),), before,
                     sample=next((b.text for b in listed if b.value), ""), title=self.heads[j] if self.count > 1 else "")

    def _said(self, row: BarRow) -> str:
        return f"{row.label}: " + ", ".join(" ".join(p for p in (b.text, b.change) if p) for b in row.bars)

    def _base(self, j: int) -> float:
        return self.span * j if self.wide else 0.0

    def _down(self, j: int) -> float:
        """Pixels from a row's middle down to the bar of measure ``j``."""
        return 0 if self.wide else -self.places.row / 2 + 17 * self.tops + 22 * j + 11

    def _label_notes(self) -> list[dict]:
        found = []
        for i, row in enumerate(self.rows):
            words = "<br>".join(side(escape(line), self.mirrored) for line in self.labels[i])
            colour = self.theme.muted if row.quiet or not row.lit else self.theme.ink
            # Beside: right up to the bars; above: from the very start of the figure.
            anchor = ("left" if self.mirrored else "right") if self.wide else ("right" if self.mirrored else "left")
            shift = (8 if self.mirrored else -8) if self.wide else 0
            y = self.places.y(i) if self.wide else self.places.y(i, self.places.row / 2 - 17 * self.tops - 2)
            found.append(text(1 if self.mirrored else 0, y, words, colour, LABEL, anchor=anchor, middle="middle" if self.wide else "bottom", xref="paper",
                              xshift=shift, align=anchor))
        return found

    def _number_notes(self, end: float) -> list[dict]:
        found = []
        for i, row in enumerate(self.rows):
            ink = self.theme.muted if row.quiet or not row.lit else self.theme.ink
            for j, bar in enumerate(row.bars):
                y = self.places.y(i, -self._down(j))
                if self.count == 1 or not self.wide:
                    # Right-aligned on both sides; the change stands outermost.
                    value_edge, change_edge = (-6.0, self.changes - end - 4) if self.mirrored else (end - self.changes, end)
                    x = 0 if self.mirrored else 1
                    found.append(text(x, y, bar.text, ink, NUMBER, anchor="right", xref="paper", xshift=value_edge, align="right"))
                    if bar.change:
                        tone = self.theme.tone(bar.tone if row.lit else "none")
                        found.append(text(x, y, bar.change, tone, NUMBER, anchor="right", xref="paper", xshift=change_edge, align="right"))
                else:
                    x = self._base(j) + (self.high if self.mirrored else self.low + self.span)
                    found.append(text(x, y, bar.text, ink, NUMBER, anchor="right", xshift=-8 if self.mirrored else -10, align="right"))
        return found

    def _head_notes(self) -> list[dict]:
        if self.count == 1 or not self.wide:
            return []
        y = self.places.y(0, self.places.row / 2 + 11)
        return [text(self._base(j) + max(self.low, 0), y, side(escape(head), self.mirrored), self.theme.muted, HEAD, anchor="right" if self.mirrored else "left")
                for j, head in enumerate(self.heads)]

    def _bars(self, figure: Draft, j: int) -> None:
        base, thick = self._base(j), 18 if self.wide else 12
        colours = [faded(c, self.theme) if not r.lit else c for r in self.rows for c in [self.theme.comparison if r.quiet else self.theme.accent]]
        figure.bars(x=[(r.bars[j].value or 0) / self.scales[j] for r in self.rows], base=[base] * len(self.rows), orientation="h", hoverinfo="skip",
                    y=[self.places.y(i, -self._down(j)) for i in range(len(self.rows))], width=self.places.width(thick),
                    marker={"color": colours, "cornerradius": 2, "line": {"width": 0}},
                    selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}})
        for i, row in enumerate(self.rows):
            before, low, high = row.bars[j].before, self.places.y(i, -self._down(j) - thick / 2 - 3), self.places.y(i, -self._down(j) + thick / 2 + 3)
            if before is not None:
                halo, mark = tick(base + before / self.scales[j], low, high, self.theme)
                figure.shapes(*([halo, mark] if row.lit else [{**mark, "line": {**mark["line"], "color": faded(self.theme.ink, self.theme)}}]))
            if self.low < 0:
                figure.shapes({"type": "line", "x0": base, "x1": base, "y0": low, "y1": high, "line": {"color": self.theme.comparison, "width": 1}})

    def _clicks(self, figure: Draft, reach: list[float]) -> None:
        """Transparent bars over whole rows, one a measure for hovering; rows that cannot be chosen only show their numbers."""
        for able in (True, False):
            listed = [(i, r) for i, r in enumerate(self.rows) if (r.key is not None) == able]
            for j in range(self.count if listed else 0):
                above = not self.wide
                height = 22 / self.places.row if above else 0.96
                figure.bars(x=[reach[1] - reach[0] if above or self.count == 1 else self.span] * len(listed), base=[self._base(j) + self.low] * len(listed), orientation="h", name="rows",
                            y=[self.places.y(i, -self._down(j)) if above else self.places.y(i) for i, _ in listed], width=height,
                            marker={"color": "rgba(0,0,0,0)", "line": {"width": 0}}, hovertemplate="%{hovertext}<extra></extra>",
                            hovertext=[self._hover(r, j) for _, r in listed], **({"customdata": [[r.key] for _, r in listed]} if able else {}),
                            selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}})

    def _hover(self, row: BarRow, j: int) -> str:
        bar = row.bars[j]
        return " · ".join(p for p in (escape(row.label), escape(self.heads[j]) if self.count > 1 else "", bar.text, bar.change) if p)
