"""Cells of rows by columns, shaded on one hue from little to much (two around nought), each with its number where it fits."""
from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from crm_data.output.charts.common import HEAD, Draft, Picture, bare, escape, listing, side, text
from crm_data.output.charts.room import NARROW, WIDE, faded, folded, notes_below, width_of
from crm_data.output.charts.theme import Theme, blend, ink_on

CELL, ROW, GAP = 11.5, 34, 26
CLEAR = "rgba(0,0,0,0)"


@dataclass(frozen=True)
class MatrixCell:
    """``value`` None: nothing known, drawn empty; ``key`` None cannot be chosen."""

    value: float | None
    text: str
    key: str | None = None
    hover: str = ""
    lit: bool = True


@dataclass(frozen=True)
class Block:
    """One matrix with its head; several stand under each other on the same shades."""

    head: str
    rows: tuple[str, ...]
    cells: tuple[tuple[MatrixCell, ...], ...]


def matrix(blocks: Sequence[Block], columns: Sequence[str], theme: Theme, *, title: str, ticks: Sequence[tuple[int, str]] | None = None, partial: Collection[int] = (),
           notes: Sequence[str] = (), scale: str = "", mirrored: bool = False, narrow: bool = False) -> Picture:
    """``columns`` are the same for all blocks. ``ticks``, (column, label), are given for buckets: they run left to right in every language.

    ``scale`` says in words from what to what the shades go; it is drawn where the cells are too small for their numbers.
    """
    room = NARROW if narrow else WIDE
    labels = [[folded(r, 92 if narrow else 140, 12.5, 2) for r in b.rows] for b in blocks]
    start = max((width_of(line, 12.5) for rows in labels for lines in rows for line in lines), default=0) + 10
    # Names that would leave too little for the cells stand above them.
    lead = 0
    if start > room * 0.45:
        labels = [[folded(r, room - 8, 12.5, 2) for r in b.rows] for b in blocks]
        start, lead = 0, 16 * max((len(lines) for rows in labels for lines in rows), default=1) + 4
    each = (room - start) / max(len(columns), 1)
    heads, top, slanted = _column_heads(columns, each, ticks)
    numbers = max((width_of(c.text, CELL) for b in blocks for row in b.cells for c in row), default=0) * 0.9 <= each - 4
    tall = lead + (ROW if lead else max([ROW, *(15 * len(lines) + 6 for rows in labels for lines in rows)]))
    below, foot = notes_below(notes if numbers else [scale, *notes], theme, narrow, mirrored, 6, start)
    foot += 6 if foot else 0
    headed = any(b.head for b in blocks)
    spans = [(GAP if headed else 0) + tall * len(b.rows) for b in blocks]
    height = max(top + sum(spans) + foot, 40)
    reverse = mirrored and ticks is None
    figure = bare(int(height), theme, margin={"l": 0 if mirrored else start, "r": start if mirrored else 0, "t": top, "b": foot, "pad": 0, "autoexpand": False})
    width = max(len(columns), 1)
    figure.set(xaxis={"range": [width - 0.5, -0.5] if reverse else [-0.5, width - 0.5]}, yaxis={"range": [-sum(spans) or -1, 0]}, annotations=list(below))
    _head_notes(figure, heads, slanted, partial, theme, mirrored)
    shade = _Shade([c.value for b in blocks for row in b.cells for c in row if c.value is not None], theme)
    y = 0.0
    for block, rows, span in zip(blocks, labels, spans, strict=True):
        if block.head:
            figure.layout["annotations"].append(text(1 if mirrored else 0, y - GAP / 2 - 2, side(escape(block.head), mirrored), theme.ink, 12.5, xref="paper", bold=True,
                                                     anchor="right" if mirrored else "left", xshift=start if mirrored else -start))
        _block(figure, block, rows, y - (GAP if headed else 0), (tall, lead), shade, theme, numbers, mirrored)
        y -= span
    said = (f"{b.head + ' ' if b.head else ''}{name}: " + ", ".join(f"{c} {cell.text}" for c, cell in zip(columns, cells, strict=True))
            for b in blocks for name, cells in zip(b.rows, b.cells, strict=True))
    return figure.picture(f"{title}. " + listing(said))


class _Shade:
    """Colours of values: surface to accent; with values under nought, two hues around it."""

    def __init__(self, values: Sequence[float], theme: Theme) -> None:
        self.low, self.high, self.theme = min(values, default=0.0), max(values, default=0.0), theme

    def __call__(self, value: float) -> str:
        most = max(abs(self.low), abs(self.high)) or 1.0
        if self.low < 0:
            steps = self.theme.diverging
            scale = (value / most / 2 + 0.5) * (len(steps) - 1)
            at = min(int(scale), len(steps) - 2)
            return blend(steps[at], steps[at + 1], scale - at)
        # From the smallest value, where values lie close together; from nought otherwise.
        low = self.low if self.low > 0.5 * self.high else 0.0
        share = (value - low) / ((self.high - low) or 1.0)
        return blend(blend(self.theme.surface, self.theme.accent, 0.06), self.theme.accent, share * 0.8)


def _column_heads(columns: Sequence[str], each: float, ticks: Sequence[tuple[int, str]] | None) -> tuple[dict[int, str], int, bool]:
    """Heads by column, the pixels they take, and whether they are slanted: names that are wider than their column, even folded, are."""
    if ticks is not None:
        return {i: escape(label).replace("&lt;br&gt;", "<br>") for i, label in ticks}, 14 * max((label.count("<br>") + 1 for _, label in ticks), default=1) + 8, False
    lines = [folded(c, each - 4, HEAD, 3) for c in columns]
    if max((width_of(line, HEAD) for rows in lines for line in rows), default=0) <= each - 2:
        return {i: "<br>".join(escape(line) for line in rows) for i, rows in enumerate(lines)}, 14 * max((len(rows) for rows in lines), default=1) + 8, False
    longest = max(width_of(c, HEAD) for c in columns)
    return {i: escape(c) for i, c in enumerate(columns)}, int(longest * 0.66) + 16, True


def _head_notes(figure: Draft, heads: Mapping[int, str], slanted: bool, partial: Collection[int], theme: Theme, mirrored: bool) -> None:
    for c, words in heads.items():
        note = text(c, 1, f"<i>{words}</i>" if c in partial else words, theme.muted, HEAD, yref="paper", anchor="center", middle="bottom", yshift=4)
        if slanted:
            # They lean over the labels of the rows, where there is room.
            note |= {"textangle": -40 if mirrored else 40, "xanchor": "left" if mirrored else "right", "xshift": -6 if mirrored else 6}
        figure.layout["annotations"].append({**note, "align": "center"})


def _block(figure: Draft, block: Block, labels: list[list[str]], top: float, sizes: tuple[int, int], shade: _Shade, theme: Theme, numbers: bool,
           mirrored: bool) -> None:
    whole, lead = sizes
    tall = whole - lead
    hit: list[tuple[int, float, MatrixCell, str]] = []
    for r, cells in enumerate(block.cells):
        y = top - whole * r - lead - tall / 2
        words = "<br>".join(side(escape(line), mirrored) for line in labels[r])
        side_of = "right" if mirrored == bool(lead) else "left"
        note = text(1 if mirrored else 0, y, words, theme.ink, 12.5, xref="paper", anchor=side_of, align=side_of, xshift=0 if lead else 8 if mirrored else -8)
        figure.layout["annotations"].append({**note, "y": y + tall / 2 + 2, "yanchor": "bottom"} if lead else note)
        for c, cell in enumerate(cells):
            shown = cell.value is not None
            colour = CLEAR if cell.value is None else shade(cell.value) if cell.lit else faded(shade(cell.value), theme)
            hit.append((c, y, cell, colour))
            if shown and numbers:
                figure.layout["annotations"].append(text(c, y, cell.text, ink_on(colour) if cell.lit else theme.muted, CELL, anchor="center"))
    for able in (True, False):
        listed = [h for h in hit if (h[2].key is not None) == able]
        if listed:
            figure.bars(x=[h[0] for h in listed], y=[tall] * len(listed), base=[h[1] - tall / 2 for h in listed], width=1, name="cells",
                        marker={"color": [h[3] for h in listed], "line": {"width": 2, "color": theme.surface}},
                        hovertext=[escape(h[2].hover) for h in listed], hovertemplate="%{hovertext}<extra></extra>",
                        selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}}, **({"customdata": [[h[2].key] for h in listed]} if able else {}))
