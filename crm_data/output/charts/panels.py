"""Small multiples with lines: one panel a member, the same buckets in all, each on its own scale; panels and points can be clicked."""
from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from crm_data.output.charts.common import HEAD, Draft, Picture, bare, escape, listing, side, text
from crm_data.output.charts.lines import Line, value_scale
from crm_data.output.charts.room import NARROW, WIDE, faded, folded, legend_above, notes_below, width_of
from crm_data.output.charts.theme import Theme

PLOT, FOOT, NAME = 84, 4, 12.5


@dataclass(frozen=True)
class LinePanel:
    """One member's lines; ``change`` is formatted; ``axis`` formats a round value."""

    label: str
    lines: tuple[Line, ...]
    axis: Callable[[float], str]
    change: str = ""
    tone: str = "none"
    lit: bool = True
    zero: bool = True


def panels(listed: Sequence[LinePanel], theme: Theme, *, title: str, first: str, last: str, parts: Sequence[tuple[str, str]] = (), partial: Collection[int] = (),
           notes: Sequence[str] = (), mirrored: bool = False, narrow: bool = False) -> Picture:
    """In reading order. ``first`` and ``last`` name the ends of time; ``parts`` (colour, name) are the lines' legend where there are several."""
    across = 1 if len(listed) == 1 else 2 if narrow or len(listed) <= 6 else 3
    widest = max((width_of(word, NAME) for p in listed for word in p.label.split(" ")), default=0)
    while across > 1 and (NARROW if narrow else WIDE) / across - 16 < widest:
        across -= 1
    room = (NARROW if narrow else WIDE) / across - 16
    changes = max((width_of(p.change, NAME) for p in listed), default=0) + 10
    # The change stands beside the name where the longest word leaves it room, under it otherwise.
    beside = widest + changes <= room
    heads = [folded(p.label, room - (changes if beside else 0), NAME, 3) for p in listed]
    head = 16 * (max((len(h) for h in heads), default=1) + (0 if beside else 1)) + 6
    rows = max(1, math.ceil(len(listed) / across))
    each = head + PLOT + 16
    legend, top = legend_above(parts, theme, narrow, mirrored)
    below, foot = notes_below(notes, theme, narrow, mirrored, FOOT + 6)
    bottom = FOOT + foot
    figure = bare(rows * each + top + bottom, theme, margin={"l": 0, "r": 0, "t": top, "b": bottom, "pad": 0, "autoexpand": False}, annotations=[*legend, *below])
    tall, gap = rows * each, 0.05
    width = (1 - gap * (across - 1)) / across
    for i, panel in enumerate(listed):
        row, column = divmod(i, across)
        place = across - 1 - column if mirrored else column
        left, upper = place * (width + gap), 1 - row * each / tall
        x_domain = [max(0.0, left), min(1.0, left + width)]
        y_domain = [max(0.0, upper - (head + PLOT) / tall), min(1.0, upper - head / tall)]
        _panel(figure, panel, i, x_domain, y_domain, sorted(partial), theme)
        _head(figure, panel, heads[i], x_domain, upper, theme, mirrored, beside)
        if i >= len(listed) - across:
            at = {"xref": "paper", "yref": "paper", "middle": "top", "yshift": -4}
            figure.layout["annotations"] += [text(x_domain[0], y_domain[0], escape(first), theme.muted, HEAD, anchor="left", **at),
                                             text(x_domain[1], y_domain[0], escape(last), theme.muted, HEAD, anchor="right", **at)]
    return figure.picture(f"{title}. " + listing(f"{p.label}: " + ", ".join(f"{line.label} {line.end}".strip() for line in p.lines) + f" {p.change}" for p in listed))


def _head(figure: Draft, panel: LinePanel, lines: list[str], x_domain: list[float], upper: float, theme: Theme, mirrored: bool, beside: bool) -> None:
    start, end = ("right", "left") if mirrored else ("left", "right")
    at = {"xref": "paper", "yref": "paper", "middle": "top"}
    ink = theme.ink if panel.lit else theme.muted
    words = "<br>".join(side(escape(line), mirrored) for line in lines)
    figure.layout["annotations"].append(text(x_domain[1 if mirrored else 0], upper, words, ink, NAME, anchor=start, align=start, **at))
    if panel.change:
        place = {"anchor": end} if beside else {"anchor": start, "yshift": -16 * len(lines)}
        figure.layout["annotations"].append(text(x_domain[0 if mirrored == beside else 1], upper, escape(panel.change), theme.tone(panel.tone if panel.lit else "none"),
                                                 NAME, **place, **at))


def _panel(figure: Draft, panel: LinePanel, i: int, x_domain: list[float], y_domain: list[float], partial: list[int], theme: Theme) -> None:
    number = "" if i == 0 else str(i + 1)
    axes = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
    (low, high), grid = value_scale(panel.lines, panel.zero)
    points = max((len(line.values) for line in panel.lines), default=2)
    figure.set(**{f"xaxis{number}": {"visible": False, "fixedrange": True, "domain": x_domain, "anchor": f"y{number}", "range": [-0.3, max(points, 2) - 0.7]},
                  f"yaxis{number}": {"visible": False, "fixedrange": True, "domain": y_domain, "anchor": f"x{number}", "range": [low, high]}})
    for value in dict.fromkeys([0.0] if low <= 0 <= high else []) | dict.fromkeys(grid[-1:]):
        figure.shapes({"type": "line", "xref": "paper", "yref": f"y{number}", "x0": x_domain[0], "x1": x_domain[1], "y0": value, "y1": value, "layer": "below",
                       "line": {"color": theme.comparison_soft if value == 0 else theme.grid, "width": 1}})
        if value:
            label = text(x_domain[0], value, escape(panel.axis(value)), theme.muted, 10.5, xref="paper", yref=f"y{number}")
            figure.layout["annotations"].append({**label, "bgcolor": theme.surface, "borderpad": 1})
    for line in panel.lines:
        _line(figure, line, partial, theme, axes, panel.lit)
    clicks = [(line, k) for line in panel.lines for k in range(len(line.values)) if line.keys[k] is not None and (len(panel.lines) == 1 or line.values[k] is not None)]
    shown = {"hovertext": [escape(line.hovers[k]) for line, k in clicks], "hovertemplate": "%{hovertext}<extra></extra>", "customdata": [[line.keys[k]] for line, k in clicks],
             "selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}}, "name": "points", **axes}
    if len(panel.lines) == 1:
        figure.bars(x=[k for _, k in clicks], y=[high - low] * len(clicks), base=[low] * len(clicks), width=1, marker={"color": "rgba(0,0,0,0)", "line": {"width": 0}}, **shown)
    else:
        figure.line(x=[k for _, k in clicks], y=[line.values[k] for line, k in clicks], mode="markers", marker={"size": 14, "color": "rgba(0,0,0,0)", "line": {"width": 0}}, **shown)


def _line(figure: Draft, line: Line, partial: list[int], theme: Theme, axes: dict, lit: bool) -> None:
    lit = lit and line.lit
    colour = line.colour if lit else faded(line.colour, theme)
    common = {"mode": "lines", "hoverinfo": "skip", **axes}
    if any(v is not None for v in line.before):
        figure.line(x=list(range(len(line.before))), y=list(line.before), line={"color": theme.comparison if lit else faded(theme.comparison, theme), "width": 1.25}, **common)
    figure.line(x=list(range(len(line.values))), y=[None if k in partial else v for k, v in enumerate(line.values)], line={"color": colour, "width": 2}, **common)
    for k in partial:
        for other in (k - 1, k + 1):
            if 0 <= other < len(line.values) and (other not in partial or other > k):
                figure.line(x=[k, other], y=[line.values[k], line.values[other]], line={"color": colour, "width": 2, "dash": "2px,2px"}, **common)
    dots = [k for k in sorted(line.picked) if line.values[k] is not None] or [k for k in range(len(line.values) - 1, -1, -1) if line.values[k] is not None][:1]
    figure.line(x=dots, y=[line.values[k] for k in dots], mode="markers", hoverinfo="skip", cliponaxis=False, **axes,
                marker={"size": 8 if line.picked else 6, "color": [theme.surface if k in partial and k not in line.picked else colour for k in dots], "line": {"color": colour, "width": 1.5}})
