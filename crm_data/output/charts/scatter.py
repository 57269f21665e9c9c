"""Two measures of each member of a dimension as points; names stand beside those with room, the largest first."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crm_data.output.charts.common import HEAD, Chart, Draft, Picture, bare, escape, listing, side, text
from crm_data.output.charts.direction import pointed
from crm_data.output.charts.room import NARROW, WIDE, faded, notes_below, round_ticks, width_of
from crm_data.output.charts.theme import Theme

HEIGHT, NAME = 320, 11.5
#: So many names at most, given to the first points that have room; hovering names the others.
MOST_NAMES, TRIED = 14, 40


@dataclass(frozen=True)
class Dot:
    """``size``: of a third measure, 0-1 (area); None: all alike."""

    label: str
    x: float
    y: float
    key: str | None
    hover: str
    size: float | None = None
    quiet: bool = False
    lit: bool = True
    picked: bool = False


@dataclass(frozen=True)
class Scale:
    """One axis: its name with the unit, and how a round value on it is written."""

    name: str
    axis: Callable[[float], str]


def scatter(dots: Sequence[Dot], across: Scale, up: Scale, theme: Theme, *, title: str, notes: Sequence[str] = (), mirrored: bool = False, narrow: bool = False) -> Picture:
    """``dots`` in the order of importance: names are given to the first that have room. Numbers grow to the right in every language."""
    y_range, y_grid = _reach([d.y for d in dots])
    x_range, x_grid = _reach([d.x for d in dots])
    start = max((width_of(up.axis(v), HEAD) for v in y_grid), default=0) + 8
    below, foot = notes_below(notes, theme, narrow, mirrored, 42, 10 if mirrored else start)
    bottom = 40 + foot
    figure = bare(HEIGHT + 22 + bottom, theme, margin={"l": start, "r": 10, "t": 22, "b": bottom, "pad": 0, "autoexpand": False},
                  xaxis={"range": x_range}, yaxis={"range": y_range}, hovermode="closest")
    figure.set(annotations=[*below, *_axis_notes(across, up, x_grid, y_grid, theme, start)])
    figure.shapes(*({"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": v, "y1": v, "layer": "below", "line": {"color": theme.comparison if v == 0 else theme.grid, "width": 1}} for v in y_grid),
                  *({"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": v, "x1": v, "layer": "below", "line": {"color": theme.comparison if v == 0 else theme.grid, "width": 1}} for v in x_grid))
    ordered = sorted(dots, key=lambda d: (d.lit, not d.quiet))
    sizes = [9 if d.size is None else 6 + 26 * d.size ** 0.5 for d in ordered]
    colours = [theme.comparison if d.quiet else theme.accent for d in ordered]
    many = len(dots) > 60
    for able in (True, False):
        at = [i for i, d in enumerate(ordered) if (d.key is not None) == able]
        if at:
            figure.line(x=[ordered[i].x for i in at], y=[ordered[i].y for i in at], mode="markers", name="points", cliponaxis=False,
                        marker={"size": [sizes[i] for i in at], "color": [_see_through(colours[i], 0.55 if many else 0.8) if ordered[i].lit else faded(colours[i], theme) for i in at],
                                "line": {"color": [theme.ink if ordered[i].picked else theme.surface for i in at], "width": [2 if ordered[i].picked else 1 for i in at]}},
                        customdata=[[ordered[i].key] for i in at] if able else None, hovertext=[escape(ordered[i].hover) for i in at], hovertemplate="%{hovertext}<extra></extra>",
                        selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}})
    _names(figure, dots, dict(zip(map(id, ordered), sizes, strict=True)), (x_range, y_range), (NARROW if narrow else WIDE) - start - 10, theme, mirrored)
    return figure.picture(f"{title}. {across.name}, {up.name}. " + listing(d.hover for d in dots),
                          Chart("scatter", tuple(d.label for d in dots), ((across.name, tuple(d.x for d in dots)), (up.name, tuple(d.y for d in dots))), sample=up.axis(max((d.y for d in dots), default=0.0)),
                                across=across.axis(max((d.x for d in dots), default=0.0))))


def _reach(values: Sequence[float]) -> tuple[list[float], list[float]]:
    low, high = min(values, default=0.0), max(values, default=1.0)
    if 0 < low < 0.5 * high:
        low = 0.0
    if low == high:
        low, high = low - (abs(low) * 0.1 or 1.0), high + (abs(high) * 0.1 or 1.0)
    spare = (high - low) * 0.08
    reach = [low - spare, high + spare]
    return reach, [v for v in round_ticks(*reach, 5) if v > reach[0] + spare * 0.2 and v < reach[1]]


def _see_through(colour: str, share: float) -> str:
    return f"rgba({int(colour[1:3], 16)},{int(colour[3:5], 16)},{int(colour[5:7], 16)},{share})"


def _axis_notes(across: Scale, up: Scale, x_grid: Sequence[float], y_grid: Sequence[float], theme: Theme, start: float) -> list[dict]:
    found = [text(0, v, escape(up.axis(v)), theme.muted, HEAD, xref="paper", anchor="right", xshift=-6) for v in y_grid]
    found += [text(v, 0, escape(across.axis(v)), theme.muted, HEAD, yref="paper", anchor="center", middle="top", yshift=-5) for v in x_grid]
    found.append(text(0, 1, pointed(escape(up.name), before="↑ "), theme.ink, 12, xref="paper", yref="paper", middle="bottom", yshift=5, xshift=-start))
    found.append(text(1, 0, pointed(escape(across.name), after=" →"), theme.ink, 12, xref="paper", yref="paper", anchor="right", middle="top", yshift=-21))
    return found


def _names(figure: Draft, dots: Sequence[Dot], sizes: dict[int, float], reach: tuple[list[float], list[float]], width: float, theme: Theme, mirrored: bool) -> None:
    """Greedy: right of the point, left, above, under; a name that would cover a point or another name is left to hovering."""
    (x0, x1), (y0, y1) = reach
    def place(d: Dot) -> tuple[float, float]:
        return (d.x - x0) / (x1 - x0) * width, (d.y - y0) / (y1 - y0) * HEIGHT
    taken = [(x - r, y - r, x + r, y + r) for d in dots for (x, y), r in [(place(d), sizes[id(d)] / 2)]]
    given = 0
    for i, dot in sorted(enumerate(dots), key=lambda d: not d[1].picked)[:TRIED]:
        if given >= MOST_NAMES or (not dot.lit and not dot.picked):
            continue
        (x, y), r, w = place(dot), sizes[id(dot)] / 2 + 3, width_of(dot.label, NAME)
        options = (("left", "middle", r, 0, (x + r, y - 7, x + r + w, y + 7)), ("right", "middle", -r, 0, (x - r - w, y - 7, x - r, y + 7)),
                   ("center", "bottom", 0, r, (x - w / 2, y + r, x + w / 2, y + r + 14)), ("center", "top", 0, -r, (x - w / 2, y - r - 14, x + w / 2, y - r)))
        others = taken[:i] + taken[i + 1:]
        for anchor, middle, dx, dy, box in options:
            if box[0] >= 0 and box[2] <= width and box[1] >= 0 and box[3] <= HEIGHT and not any(_meet(box, b) for b in others):
                figure.layout["annotations"].append(text(dot.x, dot.y, side(escape(dot.label), mirrored), theme.ink, NAME, anchor=anchor, middle=middle, xshift=dx, yshift=dy, bold=dot.picked))
                taken.append(box)
                given += 1
                break


def _meet(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
