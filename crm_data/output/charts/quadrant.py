"""Brings much, costs much: everybody as a point between four corners; where they are many, shades for how many stand in a place.

Both axes have one scale that is even around nothing and shrinks large amounts, so that the line where profit pays for its cost
runs straight across. Numbers grow to the right and up in every language.
"""
from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crm_data.output.charts.common import HEAD, Draft, Picture, bare, escape, listing, side, text
from crm_data.output.charts.direction import pointed
from crm_data.output.charts.room import NARROW, WIDE, width_of
from crm_data.output.charts.theme import Theme

HEIGHT, LOW = 590, 420


@dataclass(frozen=True)
class Customer:
    """One point: what it costs, what it brings, and its words."""

    key: str
    served: float
    profit: float
    hover: str


@dataclass(frozen=True)
class Corner:
    """One of the four: brings much, costs much; its lines, the first the name; ``key`` None: not to be opened."""

    key: str | None
    much: bool
    dear: bool
    lines: tuple[str, ...]
    hover: str


@dataclass(frozen=True)
class Crowd:
    """Rows (by profit, upward) of counts in columns (by cost): ``x`` and ``y`` are middles on the drawn scale, ``hover`` says a count."""

    counts: Sequence[Sequence[int]]
    x: Sequence[float]
    y: Sequence[float]
    hover: Callable[[int], str]


def quadrants(dots: Sequence[Customer], corners: Sequence[Corner], borders: tuple[float, float], unit: float, theme: Theme, *, title: str, names: tuple[str, str],
              axis: Callable[[float], str], even: str, crowd: Crowd | None = None, reach: tuple[float, float, float, float] | None = None,
              mirrored: bool = False, narrow: bool = False) -> Picture:
    """``borders`` = (cost, profit); ``unit``: amounts of this size stand in the even part of the scale; ``names`` of the axes (cost,
    profit); ``even``: what the line says where both are alike; ``reach``: (least and most cost, least and most profit) to be shown."""
    def at(amount: float) -> float:
        return math.asinh(amount / unit)
    x_low, x_high, y_low, y_high = reach or _reach(dots, borders)
    grid_x, grid_y = _ticks(x_low, x_high), _ticks(y_low, y_high)
    start = max((width_of(axis(v), HEAD) for v in grid_y), default=0) + 8
    x_range, y_range = _spread(at(x_low), at(x_high), 0.03), _spread(at(y_low), at(y_high), 0.12)
    tall = LOW if narrow else HEIGHT
    figure = bare(tall + 22 + 42, theme, margin={"l": start, "r": 8, "t": 22, "b": 42, "pad": 0, "autoexpand": False},
                  xaxis={"range": x_range}, yaxis={"range": y_range}, hovermode="closest", annotations=[])
    room = (NARROW if narrow else WIDE) - start
    _ground(figure, [at(v) for v in grid_x], [at(v) for v in grid_y], (at(borders[0]), at(borders[1])), x_range, y_range, theme)
    _corner_clicks(figure, corners, (at(borders[0]), at(borders[1])), x_range, y_range)
    if crowd is not None:
        _crowd(figure, crowd, theme)
    _points(figure, dots, at, theme)
    notes = figure.layout["annotations"]
    notes += [text(0, at(v), escape(axis(v)), theme.muted, HEAD, xref="paper", anchor="right", xshift=-6) for v in _apart(grid_y, at, y_range, tall, 15)]
    notes += [text(at(v), 0, escape(axis(v)), theme.muted, HEAD, yref="paper", anchor="center", middle="top", yshift=-5) for v in _apart(grid_x, at, x_range, room, 44)]
    notes.append(text(0, 1, pointed(escape(names[1]), before="↑ "), theme.ink, 12, xref="paper", yref="paper", middle="bottom", yshift=5, xshift=-start))
    notes.append(text(1, 0, pointed(escape(names[0]), after=" →"), theme.ink, 12, xref="paper", yref="paper", anchor="right", middle="top", yshift=-22))
    top = min(x_range[1], y_range[1])
    notes.append(text(top, top, escape(even), theme.muted, HEAD, anchor="right", middle="top" if y_range[1] > x_range[1] else "bottom", xshift=-6, yshift=-14 if y_range[1] <= x_range[1] else -2))
    notes += _corner_names(corners, theme, mirrored, narrow)
    return figure.picture(f"{title}. {names[0]}, {names[1]}. " + listing(c.hover for c in corners))


def _reach(dots: Sequence[Customer], borders: tuple[float, float]) -> tuple[float, float, float, float]:
    served, profit = [d.served for d in dots] + [0.0, borders[0] * 2], [d.profit for d in dots] + [0.0, borders[1] * 2]
    return min(served), max(served), min(profit), max(profit)


def _spread(low: float, high: float, share: float) -> list[float]:
    spare = (high - low or 1.0) * share
    return [low - spare, high + spare]


def _ticks(low: float, high: float) -> list[float]:
    """Powers of ten on both sides of nothing, and nothing itself."""
    top = max(abs(low), abs(high), 1.0)
    powers = [10.0 ** e for e in range(0, int(math.log10(top)) + 1)]
    return [v for v in (*(-p for p in reversed(powers)), 0.0, *powers) if low <= v <= high]


def _apart(values: Sequence[float], at: Callable[[float], float], reach: list[float], pixels: float, least: float) -> list[float]:
    """Those whose labels have room: nothing first, then the largest."""
    kept: list[float] = []
    for v in sorted(values, key=lambda v: (v != 0, -abs(v))):
        if all(abs(at(v) - at(k)) / (reach[1] - reach[0]) * pixels >= least for k in kept):
            kept.append(v)
    return kept


def _ground(figure: Draft, xs: Sequence[float], ys: Sequence[float], borders: tuple[float, float], x_range: list[float], y_range: list[float], theme: Theme) -> None:
    line = {"type": "line", "layer": "below"}
    figure.shapes(*({**line, "yref": "paper", "y0": 0, "y1": 1, "x0": v, "x1": v, "line": {"color": theme.grid, "width": 1}} for v in xs),
                  *({**line, "xref": "paper", "x0": 0, "x1": 1, "y0": v, "y1": v, "line": {"color": theme.comparison_soft if v == 0 else theme.grid, "width": 1}} for v in ys),
                  {**line, "yref": "paper", "y0": 0, "y1": 1, "x0": borders[0], "x1": borders[0], "line": {"color": theme.ink, "width": 1}},
                  {**line, "xref": "paper", "x0": 0, "x1": 1, "y0": borders[1], "y1": borders[1], "line": {"color": theme.ink, "width": 1}})
    low, high = max(x_range[0], y_range[0]), min(x_range[1], y_range[1])
    figure.shapes({**line, "x0": low, "x1": high, "y0": low, "y1": high, "line": {"color": theme.comparison, "width": 1.25, "dash": "4px,3px"}})


def _corner_clicks(figure: Draft, corners: Sequence[Corner], borders: tuple[float, float], x_range: list[float], y_range: list[float]) -> None:
    """Transparent ground of each group: takes hover and click where no point does."""
    for able in (True, False):
        mine = [c for c in corners if (c.key is not None) == able]
        if not mine:
            continue
        spans = [(borders[0], x_range[1]) if c.dear else (x_range[0], borders[0]) for c in mine]
        heights = [(borders[1], y_range[1]) if c.much else (y_range[0], borders[1]) for c in mine]
        figure.bars(x=[(a + b) / 2 for a, b in spans], width=[max(b - a, 1e-9) for a, b in spans], base=[a for a, _ in heights], y=[b - a for a, b in heights], name="groups",
                    marker={"color": "rgba(0,0,0,0)", "line": {"width": 0}}, customdata=[[c.key] for c in mine] if able else None,
                    hovertext=[escape(c.hover) for c in mine], hovertemplate="%{hovertext}<extra></extra>",
                    selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}})


def _crowd(figure: Draft, crowd: Crowd, theme: Theme) -> None:
    """How many stand in each place: darker is more, by powers."""
    shades = [[math.log1p(n) if n else None for n in row] for row in crowd.counts]
    figure.data.append({"type": "heatmap", "x": list(crowd.x), "y": list(crowd.y), "z": shades, "showscale": False, "hoverongaps": False, "xgap": 0.5, "ygap": 0.5,
                        "colorscale": [[0, _see(theme.accent, 0.1)], [1, _see(theme.accent, 0.75)]], "zmin": 0,
                        "text": [[escape(crowd.hover(n)) if n else "" for n in row] for row in crowd.counts], "hovertemplate": "%{text}<extra></extra>"})


def _points(figure: Draft, dots: Sequence[Customer], at: Callable[[float], float], theme: Theme) -> None:
    if not dots:
        return
    many = len(dots) > 150
    colours = [_see(theme.accent if d.profit >= d.served else theme.bad, 0.55 if many else 0.75) for d in dots]
    figure.line(x=[at(d.served) for d in dots], y=[at(d.profit) for d in dots], mode="markers", name="customers", cliponaxis=False,
                marker={"size": 7 if many else 10, "color": colours, "line": {"color": theme.surface, "width": 0.75}}, customdata=[[d.key] for d in dots],
                hovertext=[escape(d.hover) for d in dots], hovertemplate="%{hovertext}<extra></extra>",
                selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}})


def _see(colour: str, share: float) -> str:
    return f"rgba({int(colour[1:3], 16)},{int(colour[3:5], 16)},{int(colour[5:7], 16)},{share})"


def _corner_names(corners: Sequence[Corner], theme: Theme, mirrored: bool, narrow: bool) -> list[dict]:
    """Names in the four corners, on a ground that keeps them readable over the points."""
    found = []
    for c in corners:
        body = "<br>".join(f"<b>{side(escape(line), mirrored)}</b>" if i == 0 else side(escape(line), mirrored) for i, line in enumerate(c.lines))
        note = text(1 if c.dear else 0, 1 if c.much else 0, body, theme.ink, 11 if narrow else 12, xref="paper", yref="paper", anchor="right" if c.dear else "left",
                    middle="top" if c.much else "bottom", xshift=-6 if c.dear else 6, yshift=-6 if c.much else 6, align="right" if c.dear else "left")
        found.append({**note, "bgcolor": _see(theme.surface, 0.82), "borderpad": 3})
    return found
