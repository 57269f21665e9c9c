"""A picture drawn larger for a screen on the wall: every length that is in pixels grows by the same factor, so it looks the same from afar."""
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import plotly.graph_objects as go

from crm_data.output.charts.common import Picture

#: Keys whose numbers are pixels, wherever they stand.
_PIXELS = {"xshift", "yshift", "size", "borderpad", "cornerradius", "standoff", "ticklen", "xgap", "ygap", "arrowwidth", "ax", "ay"}
_PX = re.compile(r"(-?\d+(?:\.\d+)?)px")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def enlarged(picture: Picture, factor: float, height: int | None = None) -> Picture:
    """``factor`` times the size in every pixel; ``height`` (pixels) instead of the grown height, for charts whose plot may stretch.

    The width is the browser's: a figure looks as it would on a card ``factor`` times narrower.
    """
    figure = picture.figure.to_plotly_json()
    layout = _grown(figure["layout"], factor)
    layout["height"] = round(height if height is not None else figure["layout"]["height"] * factor)
    layout["margin"] = {k: v * factor if isinstance(v, int | float) and not isinstance(v, bool) else v for k, v in figure["layout"].get("margin", {}).items()}
    layout["shapes"] = [_shape(before, after, factor) for before, after in zip(figure["layout"].get("shapes", ()), layout.get("shapes", ()), strict=True)]
    return replace(picture, figure=go.Figure({"data": [_grown(t, factor) for t in figure["data"]], "layout": layout}, _validate=False))


def _grown(value: object, factor: float, key: str = "", parent: str = "") -> object:
    if isinstance(value, Mapping):
        return {k: _grown(v, factor, k, key) for k, v in value.items()}
    pixels = key in _PIXELS or (key == "width" and parent in ("line", "marker_line"))
    if pixels and isinstance(value, int | float) and not isinstance(value, bool):
        return value * factor
    if pixels and isinstance(value, list | tuple) and all(isinstance(v, int | float) for v in value):
        return [v * factor for v in value]
    if key == "dash" and isinstance(value, str) and "px" in value:
        return _PX.sub(lambda m: f"{float(m.group(1)) * factor:.1f}px", value)
    if isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
        return [_grown(v, factor, "", key) for v in value]
    return value


def _shape(before: Mapping, after: Mapping, factor: float) -> dict:
    """A shape in pixels (a flag) grows as a whole."""
    if before.get("type") == "path" and before.get("xsizemode") == "pixel":
        return {**after, "path": _NUMBER.sub(lambda m: f"{float(m.group()) * factor:.2f}", before["path"])}
    return dict(after)
