"""How much of the whole the largest customers bring."""
from __future__ import annotations

from collections.abc import Sequence

from crm_data.output.charts.common import HEAD, Picture, bare, escape, listing, text
from crm_data.output.charts.theme import Theme

HEIGHT = 230


def concentration(shares: Sequence[float], theme: Theme, *, title: str, points: Sequence[tuple[float, float, str]], axis: Sequence[tuple[float, str]] = (),
                  height: int = HEIGHT) -> Picture:
    """``shares``: running share of the whole, largest first (may pass 1 where some customers cost). ``points`` are (share of
    the customers, share of the whole, label) to mark; ``axis`` are (share of the customers, label)."""
    count = len(shares)
    step = max(1, count // 400)
    kept = sorted({*range(0, count, step), count - 1} - {-1}) if count else []
    xs, ys = [0.0, *((i + 1) / count for i in kept)], [0.0, *(shares[i] for i in kept)]
    high = max([1.0, *ys]) * 1.05
    figure = bare(height, theme, margin={"l": 0, "r": 0, "t": 4, "b": 22, "pad": 0, "autoexpand": False},
                  xaxis={"range": [0, 1.004]}, yaxis={"range": [min([0.0, *ys]), high]}, hovermode=False)
    figure.line(x=xs, y=ys, mode="lines", line={"color": theme.accent, "width": 2.25}, fill="tozeroy", fillcolor=theme.band)
    figure.line(x=[p[0] for p in points], y=[p[1] for p in points], mode="markers", cliponaxis=False,
                       marker={"color": theme.accent, "size": 8, "line": {"color": theme.surface, "width": 1.5}})
    lines = [{"type": "line", "x0": 0, "x1": 1, "y0": 0, "y1": 1, "line": {"color": theme.comparison_soft, "width": 1.25}},
             *({"type": "line", "x0": 0, "x1": 1, "y0": y, "y1": y, "line": {"color": theme.grid, "width": 1}, "layer": "below"} for y in (0.5, 1.0))]
    notes = [text(x, y, escape(label), theme.ink, 12, anchor="left" if x < 0.6 else "right", xshift=9 if x < 0.6 else -2, yshift=-13) for x, y, label in points]
    notes += [text(x, 0, escape(label), theme.muted, HEAD, yref="paper", middle="top", anchor="left" if x < 0.9 else "right", yshift=-5) for x, label in axis]
    figure.set(shapes=lines, annotations=notes)
    return figure.picture(f"{title}. " + listing(label for _, _, label in points))
