"""Pictures for paper: what colour tells on the screen is told by hatching and marks as well, so that a grey print can be read.

Hatching is drawn as lines: a browser prints patterns as large images.
"""
from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import plotly.graph_objects as go

from crm_data.exports.pictures import EDGE, WIDTH
from crm_data.output.charts import Picture
from crm_data.output.charts.theme import luminance

#: The first colour stays plain. Hatching of bars with the sign that stands for it in a legend; marks of lines likewise.
_HATCH = (("", "■"), ("/", "▨"), ("-", "▤"), ("\\", "▧"), ("|", "▥"), ("+", "▦"), ("x", "▩"))
_MARKS = (("circle", "●"), ("square", "■"), ("diamond", "◆"), ("triangle-up", "▲"), ("x", "✖"), ("star", "★"))
_STEP = 6.0
_HEX = re.compile(r"^#[0-9A-Fa-f]{6}$")
_SQUARE = re.compile(r'(<span style="color:(#[0-9A-Fa-f]{6})">)■(</span>)')
Rect = tuple[float, float, float, float]


def for_paper(picture: Picture, width: int = WIDTH) -> Picture:
    """The picture with hatching and marks by colour, for a drawing ``width`` pixels wide. Pictures of one colour stay as they are."""
    figure = copy.deepcopy(picture.figure.to_plotly_json())
    bars = [t for t in figure["data"] if t.get("type") == "bar"]
    marks = [t for t in figure["data"] if t.get("type", "scatter") == "scatter" and "markers" in str(t.get("mode", ""))]
    named = [found[2] for note in figure["layout"].get("annotations", ()) for found in _SQUARE.finditer(str(note.get("text", "")))]
    of_bars, of_marks = _ordered(bars, named), _ordered(marks, named)
    if of_bars:
        signs = {colour: _HATCH[i % len(_HATCH)][1] for i, colour in enumerate(of_bars)}
        figure["layout"]["shapes"] = [*figure["layout"].get("shapes", ()), *_hatching(figure, bars, of_bars, width)]
    elif of_marks:
        signs = {colour: _MARKS[i % len(_MARKS)][1] for i, colour in enumerate(of_marks)}
        for trace in marks:
            _mark(trace, of_marks)
    else:
        return picture
    for note in figure["layout"].get("annotations", ()):
        note["text"] = _SQUARE.sub(lambda found: f"{found[1]}{signs.get(found[2], '■')}{found[3]}", str(note.get("text", "")))
    return replace(picture, figure=go.Figure(figure, _validate=False))


def _ordered(traces: list[dict[str, Any]], named: list[str]) -> list[str]:
    """The colours of a legend in its order, where it tells several drawn ones apart."""
    drawn = {c for t in traces for c in (*_hexes(t["marker"].get("color")), *_hexes((t["marker"].get("line") or {}).get("color")))}
    listed = [c for c in dict.fromkeys(named) if c in drawn]
    return listed if len(listed) > 1 else []


def _hexes(value: Any) -> list[str]:
    return [v for v in _listed(value) if isinstance(v, str) and _HEX.match(v)]


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _mark(trace: dict[str, Any], order: list[str]) -> None:
    """Each line's points with a mark of their own."""
    marker = trace["marker"]
    colours = _hexes((marker.get("line") or {}).get("color")) or _hexes(marker.get("color"))
    of_line = next((c for c in colours if c in order), None)
    if of_line is not None:
        marker["symbol"] = _MARKS[order.index(of_line) % len(_MARKS)][0]
        marker["size"] = [max(float(s), 7.0) for s in _listed(marker.get("size")) if s is not None] or 7


# Hatching -----------------------------------------------------------------------------------------------------------
def _hatching(figure: dict[str, Any], bars: list[dict[str, Any]], order: list[str], width: int) -> list[dict[str, Any]]:
    """A path of lines over each bar whose colour is not the first."""
    layout = figure["layout"]
    margin, x_range, y_range = layout.get("margin") or {}, (layout.get("xaxis") or {}).get("range"), (layout.get("yaxis") or {}).get("range")
    across = width - margin.get("l", 0) - margin.get("r", 0) - 2 * EDGE
    up = layout["height"] - margin.get("t", 0) - margin.get("b", 0)
    if x_range is None or y_range is None or across <= 0 or up <= 0:
        return []
    unit = ((x_range[1] - x_range[0]) / across, (y_range[1] - y_range[0]) / up)
    found = []
    for colour, of_trace, rect in _rects(bars, layout.get("barmode") in ("stack", "relative")):
        kind = _HATCH[order.index(of_trace) % len(_HATCH)][0] if of_trace in order else ""
        if path := _path(kind, rect, unit):
            ink = "#FFFFFF" if luminance(colour) < 0.5 else "#333333"
            found.append({"type": "path", "path": path, "layer": "above", "line": {"color": ink, "width": 1.4}})
    return found


def _rects(bars: list[dict[str, Any]], stacked: bool) -> Iterator[tuple[str, str, Rect]]:
    """Colour, first colour of its trace (some bars are faded) and corners (from, to across; from, to up) of every bar, as they are piled."""
    piled: dict[tuple[Any, bool], float] = {}
    for trace in bars:
        lying = trace.get("orientation") == "h"
        places, values = _listed(trace["y" if lying else "x"]), _listed(trace["x" if lying else "y"])
        colours, bases, widths = (_spread(v, len(values)) for v in (trace["marker"].get("color"), trace.get("base", 0), trace.get("width", 0.8)))
        for place, value, colour, base, wide in zip(places, values, colours, bases, widths, strict=True):
            if not value or not isinstance(colour, str) or not _HEX.match(colour):
                continue
            start = piled.get((place, value > 0), 0.0) if stacked else base or 0.0
            piled[place, value > 0] = start + value
            along, beside = (start, start + value), (place - wide / 2, place + wide / 2)
            yield colour, next(iter(_hexes(trace["marker"].get("color"))), colour), (*along, *beside) if lying else (*beside, *along)


def _spread(value: Any, count: int) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value] * count


def _path(kind: str, rect: Rect, unit: tuple[float, float]) -> str:
    """The lines inside ``rect`` as an SVG path in the axes' own measure; ``unit``: of a pixel."""
    wide, high = (rect[1] - rect[0]) / unit[0], (rect[3] - rect[2]) / unit[1]
    lines = list(_lines(kind, abs(wide), abs(high)))
    sign = (1 if wide >= 0 else -1, 1 if high >= 0 else -1)

    def at(x: float, y: float) -> str:
        return f"{rect[0] + sign[0] * x * unit[0]:.10g},{rect[2] + sign[1] * y * unit[1]:.10g}"
    return "".join(f"M{at(x0, y0)}L{at(x1, y1)}" for x0, y0, x1, y1 in lines)


def _lines(kind: str, wide: float, high: float) -> Iterator[Rect]:
    """Lines (x0, y0, x1, y1) in pixels from a bar's corner."""
    if kind in ("-", "+"):
        yield from ((0.0, y, wide, y) for y in _steps(high))
    if kind in ("|", "+"):
        yield from ((x, 0.0, x, high) for x in _steps(wide))
    if kind in ("/", "\\", "x"):
        for c in _steps(wide + high):
            # The line x + y = c, cut at the edges; mirrored for the other slant.
            x0, x1 = max(0.0, c - high), min(c, wide)
            if x1 > x0 and kind in ("\\", "x"):
                yield (x0, c - x0, x1, c - x1)
            if x1 > x0 and kind in ("/", "x"):
                yield (wide - x0, c - x0, wide - x1, c - x1)


def _steps(room: float) -> list[float]:
    return [k * _STEP + _STEP / 2 for k in range(int(max(room - _STEP / 4, 0) / _STEP))]
