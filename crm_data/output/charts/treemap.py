"""Parts of a whole as areas (squarified), in groups where there are two dimensions.

Laid out here and drawn as bars, because a click on Plotly's own treemap does not reach Streamlit.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crm_data.output.charts.common import Chart, Draft, Picture, bare, escape, listing, side, text
from crm_data.output.charts.room import NARROW, WIDE, faded, folded, notes_below, width_of
from crm_data.output.charts.theme import Theme, blend, ink_on

HEIGHT, HEAD_ROOM, NAME, NUMBER = 320, 20, 12, 11.5
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Tile:
    """One area; ``value`` above 0. ``text`` is its number, ``part`` its share."""

    label: str
    value: float
    text: str
    part: str
    key: str | None
    hover: str
    quiet: bool = False
    lit: bool = True


@dataclass(frozen=True)
class Group:
    """Areas that stand together under one head; with one group and no head, the whole."""

    head: str
    colour: str
    tiles: tuple[Tile, ...]

    @property
    def value(self) -> float:
        return sum(t.value for t in self.tiles)


def treemap(groups: Sequence[Group], theme: Theme, *, title: str, notes: Sequence[str] = (), mirrored: bool = False, narrow: bool = False) -> Picture:
    """Largest first, from the start side's upper corner."""
    width = float(NARROW if narrow else WIDE)
    below, foot = notes_below(notes, theme, narrow, mirrored, 6)
    foot += 6 if foot else 0
    figure = bare(HEIGHT + foot, theme, margin={"l": 0, "r": 0, "t": 0, "b": foot, "pad": 0, "autoexpand": False},
                  xaxis={"range": [width, 0] if mirrored else [0, width]}, yaxis={"range": [HEIGHT, 0]}, annotations=list(below))
    kept = sorted((g for g in groups if g.value > 0), key=lambda g: -g.value)
    boxes = squarified([g.value for g in kept], (0.0, 0.0, width, float(HEIGHT)))
    drawn: list[tuple[Tile, Box, str]] = []
    for group, box in zip(kept, boxes, strict=True):
        headed = bool(group.head) and box[3] - box[1] > 46 and width_of(group.head, NAME) < box[2] - box[0] - 8
        if headed:
            figure.layout["annotations"].append(_note(group.head, box, 10, theme.ink, NAME, mirrored, bold=True))
        inner = (box[0], box[1] + (HEAD_ROOM if headed else 0), box[2], box[3])
        tiles = sorted((t for t in group.tiles if t.value > 0), key=lambda t: (t.quiet, -t.value))
        largest = max((t.value for t in tiles), default=1.0)
        for tile, place in zip(tiles, squarified([t.value for t in tiles], inner), strict=True):
            strength = 0.86 if len(kept) > 1 else 0.3 + 0.6 * (tile.value / largest) ** 0.5
            drawn.append((tile, place, blend(theme.surface, theme.comparison if tile.quiet else group.colour, strength)))
    for tile, box, colour in drawn:
        _label(figure, tile, box, colour if tile.lit else faded(colour, theme), theme, mirrored)
    _areas(figure, drawn, theme)
    tiles = [(f"{g.head} · {t.label}" if g.head else t.label, t) for g in kept for t in sorted(g.tiles, key=lambda t: (t.quiet, -t.value))]
    return figure.picture(f"{title}. " + listing(_said(kept), 30), Chart("bar", tuple(name for name, _ in tiles), ((title, tuple(t.value for _, t in tiles)),),
                                                                         sample=next((t.text for _, t in tiles), "")))


def _said(groups: Sequence[Group]) -> list[str]:
    """All areas of one group; the largest three of each of several."""
    if len(groups) == 1:
        return [f"{t.label}: {t.text} {t.part}" for t in groups[0].tiles]
    return [f"{g.head + ': ' if g.head else ''}" + ", ".join(f"{t.label} {t.text} {t.part}" for t in sorted(g.tiles, key=lambda t: -t.value)[:3]) for g in groups]


def _label(figure: Draft, tile: Tile, box: Box, colour: str, theme: Theme, mirrored: bool) -> None:
    """Name and number in the area where both fit; hovering tells the others."""
    # The true width is not known: a tenth is kept in reserve.
    wide, tall = (box[2] - box[0]) * 0.92 - 10, box[3] - box[1] - 8
    lines = folded(tile.label, wide, NAME, 2)
    if max(width_of(line, NAME) for line in lines) > wide or tall < 15 * len(lines):
        return
    ink = ink_on(colour) if tile.lit else theme.muted
    words = "<br>".join(side(escape(line), mirrored) for line in lines)
    number = f"{tile.text} {tile.part}".strip()
    number = number if width_of(number, NUMBER) <= wide else tile.text
    if tall >= 15 * (len(lines) + 1) and width_of(number, NUMBER) <= wide:
        words += f'<br><span style="font-size:{NUMBER}px">{side(escape(number), mirrored)}</span>'
    figure.layout["annotations"].append({**_note("", box, 5, ink, NAME, mirrored), "text": words, "yanchor": "top"})


def _note(words: str, box: Box, down: float, ink: str, size: float, mirrored: bool, bold: bool = False) -> dict:
    anchor = "right" if mirrored else "left"
    return {**text(box[0], box[1] + down, side(escape(words), mirrored), ink, size, anchor=anchor, bold=bold, xshift=-6 if mirrored else 6), "align": anchor}


def _areas(figure: Draft, drawn: Sequence[tuple[Tile, Box, str]], theme: Theme) -> None:
    for able in (True, False):
        listed = [d for d in drawn if (d[0].key is not None) == able]
        if listed:
            figure.bars(x=[(b[0] + b[2]) / 2 for _, b, _ in listed], width=[b[2] - b[0] for _, b, _ in listed], base=[b[1] for _, b, _ in listed], y=[b[3] - b[1] for _, b, _ in listed],
                        marker={"color": [c if t.lit else faded(c, theme) for t, _, c in listed], "line": {"width": 1.5, "color": theme.surface}}, name="areas",
                        hovertext=[escape(t.hover) for t, _, _ in listed], hovertemplate="%{hovertext}<extra></extra>",
                        selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}}, **({"customdata": [[t.key] for t, _, _ in listed]} if able else {}))


def squarified(values: Sequence[float], box: Box) -> list[Box]:
    """Areas in proportion to ``values`` (largest first reads best), as near to squares as rows allow (Bruls, Huizing, van Wijk)."""
    total = sum(values)
    left, top, right, bottom = box
    if not values or total <= 0 or right <= left or bottom <= top:
        return [(left, top, left, top)] * len(values)
    areas = [v * (right - left) * (bottom - top) / total for v in values]
    found: list[Box] = []
    at = 0
    while at < len(areas):
        short = min(right - left, bottom - top)
        take = 1
        while at + take < len(areas) and _worst(areas[at:at + take + 1], short) <= _worst(areas[at:at + take], short):
            take += 1
        row = areas[at:at + take]
        deep = sum(row) / short if short else 0.0
        along = left if right - left < bottom - top else top
        for area in row:
            length = area / deep if deep else 0.0
            found.append((along, top, along + length, top + deep) if right - left < bottom - top else (left, along, left + deep, along + length))
            along += length
        if right - left < bottom - top:
            top = min(top + deep, bottom)
        else:
            left = min(left + deep, right)
        at += take
    return found


def _worst(row: Sequence[float], short: float) -> float:
    whole = sum(row)
    if not whole or not short or not min(row):
        return float("inf")
    return max(short * short * max(row) / whole ** 2, whole ** 2 / (short * short * min(row)))
