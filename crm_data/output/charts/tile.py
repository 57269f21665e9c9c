"""The small figure of a tile: a sparkline over a bullet strip, 52 pixels high."""
from __future__ import annotations

import math
from collections.abc import Sequence

from crm_data.output.alt import spread
from crm_data.output.charts.common import Picture, bare, listing
from crm_data.output.charts.theme import Theme

HEIGHT = 52


def tile_figure(values: Sequence[float | None], theme: Theme, *, alt: str, before: Sequence[float | None] = (),
                reached: float | None = None, pace: float | None = None, mirrored: bool = False, names: Sequence[str] = (), wide: bool = False) -> Picture:
    """``values`` and ``before`` over the same buckets; ``reached`` and ``pace`` are parts of the target (1 = all of it).

    ``names`` (one a bucket, "Nov 2026: ₪4.82M") are shown when hovering. The line stays left to right in every language;
    the strip mirrors. ``wide`` gives the line the strip's room when there is no target.
    """
    low = 0.06 if wide and reached is None else 0.34
    figure = bare(HEIGHT, theme, xaxis={"range": _x_range(values, before)}, yaxis={"domain": [low, 1.0], "range": _y_range(values, before)},
                  xaxis2={"visible": False, "fixedrange": True, "range": [1.0, 0.0] if mirrored else [0.0, 1.0], "anchor": "y2"},
                  yaxis2={"visible": False, "fixedrange": True, "range": [0, 1], "domain": [0.0, 0.13], "anchor": "x2"}, hovermode="x")
    for line, colour, width in ((before, theme.comparison_soft, 1.5), (values, theme.accent, 1.75)):
        if any(_known(v) for v in line):
            own = line is values
            figure.line(x=list(range(len(line))), y=list(line), mode="lines", line={"color": colour, "width": width},
                               hovertext=list(names) if own and names else None,
                               hovertemplate="%{hovertext}<extra></extra>" if own and names else None, hoverinfo=None if own and names else "skip")
    last = next((i for i in reversed(range(len(values))) if _known(values[i])), None)
    if last is not None:
        figure.line(x=[last], y=[values[last]], mode="markers", marker={"color": theme.accent, "size": 5.5}, hoverinfo="skip", cliponaxis=False)
    if reached is not None:
        figure.set(shapes=_strip(reached, pace, theme))
    # A sparkline has no labels: whoever does not see it is told its values.
    return figure.picture(f"{alt}. {listing(spread([n for n, v in zip(names, values, strict=False) if _known(v)]))}" if names else alt)


def _strip(reached: float, pace: float | None, theme: Theme) -> list[dict]:
    at = {"type": "rect", "xref": "x2", "yref": "y2", "y0": 0, "y1": 1, "line": {"width": 0}}
    shapes = [{**at, "x0": 0, "x1": 1, "fillcolor": theme.track}, {**at, "x0": 0, "x1": min(max(reached, 0.0), 1.0), "fillcolor": theme.accent}]
    if pace is not None and 0 < pace < 1:
        mark = {"type": "line", "xref": "x2", "yref": "y2", "x0": pace, "x1": pace, "y0": -0.3, "y1": 1.45}
        shapes += [{**mark, "line": {"color": theme.surface, "width": 4}}, {**mark, "line": {"color": theme.ink, "width": 1.75}}]
    return shapes


def _known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _x_range(values: Sequence, before: Sequence) -> list[float]:
    most = max(len(values), len(before), 2) - 1
    # Room for the end dot in the narrowest tile.
    return [-most * 0.01, most * 1.035]


def _y_range(values: Sequence[float | None], before: Sequence[float | None]) -> list[float]:
    known = [v for v in (*values, *before) if _known(v)] or [0.0]
    low, high = min(known), max(known)
    spare = (high - low) * 0.09 or abs(high) * 0.1 or 1.0
    return [low - spare, high + spare]
