"""How a measure is spread over customers: the middle half as a box, nine tenths as a line, the median and the mean."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crm_data.output.charts.common import HEAD, LABEL, NUMBER, Picture, Rows, bare, escape, listing, side, text
from crm_data.output.charts.room import NARROW, WIDE, faded, folded, notes_below, round_ticks, width_of
from crm_data.output.charts.theme import Theme


@dataclass(frozen=True)
class Spread:
    """One row: (p05, p25, median, p75, p95), or None where it is not shown (too few customers). Texts are formatted."""

    label: str
    key: str | None
    values: tuple[float, float, float, float, float] | None
    mean: float | None
    median_text: str
    count_text: str
    hover: str
    quiet: bool = False
    lit: bool = True


def box(rows: Sequence[Spread], theme: Theme, *, title: str, heads: tuple[str, str], axis: Callable[[float], str], notes: Sequence[str] = (),
        mirrored: bool = False, narrow: bool = False) -> Picture:
    """Rows in the order given. ``heads`` name the number columns: the median, and how many customers."""
    folds = [folded(r.label, 150, LABEL, 2) for r in rows]
    wide = not narrow and max((width_of(line, LABEL) for lines in folds for line in lines), default=0) <= 150
    labels = folds if wide else [folded(r.label, (NARROW if narrow else WIDE) - 8, LABEL) for r in rows]
    tops = max((len(lines) for lines in labels), default=1)
    start = max((width_of(line, LABEL) for lines in labels for line in lines), default=0) + 12 if wide else 0
    columns = [max([width_of(head, HEAD), *(width_of(words, NUMBER) for words in texts)]) + 14
               for head, texts in zip(heads, ([r.median_text for r in rows], [r.count_text for r in rows]), strict=True)]
    end = sum(columns)
    below, foot = notes_below(notes, theme, narrow, mirrored, 24, start)
    foot += 26
    places = Rows(len(rows), max(34, 16 * tops + 6) if wide else 17 * tops + 32, 22)
    figure = bare(int(places.height + foot), theme, margin={"l": end if mirrored else start, "r": start if mirrored else end, "t": 0, "b": foot, "pad": 0, "autoexpand": False})
    low, high, grid = _reach(rows)
    figure.set(xaxis={"range": [high, low] if mirrored else [low, high]}, yaxis={"range": places.range}, annotations=list(below))
    for v in grid:
        figure.shapes({"type": "line", "yref": "paper", "x0": v, "x1": v, "y0": 0, "y1": 1 - 18 / max(places.height, 1), "layer": "below", "line": {"color": theme.comparison if v == 0 else theme.grid, "width": 1}})
        figure.layout["annotations"].append(text(v, 0, escape(axis(v)), theme.muted, HEAD, yref="paper", middle="top", yshift=-5,
                                                 anchor="center" if v > low else "right" if mirrored else "left"))
    down = 0 if wide else -places.row / 2 + 17 * tops + 16
    edges = [-6, -6 - columns[0]] if mirrored else [columns[0], end]
    for i, row in enumerate(rows):
        y, colour = places.y(i, -down), theme.comparison if row.quiet else theme.accent
        colour = colour if row.lit else faded(colour, theme)
        ink = theme.ink if row.lit and not row.quiet else theme.muted
        if row.values:
            figure.shapes(*_shapes(row, places, y, colour, theme))
        words = "<br>".join(side(escape(line), mirrored) for line in labels[i])
        anchor = ("left" if mirrored else "right") if wide else ("right" if mirrored else "left")
        figure.layout["annotations"].append(text(1 if mirrored else 0, places.y(i) if wide else places.y(i, places.row / 2 - 17 * tops - 2), words, ink, LABEL, anchor=anchor, align=anchor,
                                                 middle="middle" if wide else "bottom", xref="paper", xshift=(8 if mirrored else -8) if wide else 0))
        for edge, number, shade in zip(edges, (row.median_text, row.count_text), (ink, theme.muted), strict=True):
            figure.layout["annotations"].append(text(0 if mirrored else 1, y, number, shade, NUMBER, anchor="right", xref="paper", xshift=edge, align="right"))
    head_y = places.y(0, places.row / 2 + 11)
    figure.layout["annotations"] += [text(0 if mirrored else 1, head_y, side(escape(h), mirrored), theme.muted, HEAD, anchor="right", xref="paper", xshift=e) for h, e in zip(heads, edges, strict=True)]
    for able in (True, False):
        listed = [(i, r) for i, r in enumerate(rows) if (r.key is not None) == able]
        if listed:
            figure.bars(x=[high - low] * len(listed), base=[low] * len(listed), y=[places.y(i) for i, _ in listed], orientation="h", width=0.96, name="rows",
                        marker={"color": "rgba(0,0,0,0)", "line": {"width": 0}}, hovertext=[escape(r.hover) for _, r in listed], hovertemplate="%{hovertext}<extra></extra>",
                        selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}}, **({"customdata": [[r.key] for _, r in listed]} if able else {}))
    return figure.picture(f"{title}. " + listing(r.hover for r in rows))


def _shapes(row: Spread, places: Rows, y: float, colour: str, theme: Theme) -> list[dict]:
    assert row.values is not None
    p05, p25, median, p75, p95 = row.values
    half = places.width(9)
    found: list[dict] = [
        {"type": "line", "x0": p05, "x1": p95, "y0": y, "y1": y, "line": {"color": colour, "width": 1.5}},
        {"type": "rect", "x0": p25, "x1": p75, "y0": y - half, "y1": y + half, "fillcolor": faded(colour, theme, 0.4), "line": {"color": colour, "width": 1}},
        {"type": "line", "x0": median, "x1": median, "y0": y - half, "y1": y + half, "line": {"color": theme.ink if row.lit else theme.muted, "width": 2.25}}]
    found += [{"type": "line", "x0": x, "x1": x, "y0": y - half / 2, "y1": y + half / 2, "line": {"color": colour, "width": 1.5}} for x in (p05, p95)]
    if row.mean is not None:
        found.append({"type": "line", "x0": row.mean, "x1": row.mean, "y0": y - half * 1.3, "y1": y + half * 1.3, "line": {"color": theme.ink if row.lit else theme.muted, "width": 1.25, "dash": "2px,2px"}})
    return found


def _reach(rows: Sequence[Spread]) -> tuple[float, float, list[float]]:
    known = [v for r in rows if r.values for v in (*r.values, *([r.mean] if r.mean is not None else []))] or [0.0, 1.0]
    low, high = min(0.0, *known), max(0.0, *known)
    if low == high:
        high = 1.0
    spare = (high - low) * 0.02
    return low - (spare if low < 0 else 0.0), high + spare, round_ticks(low, high, 4)
