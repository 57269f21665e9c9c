"""The same line for several members, each on its own scale: what moved when."""
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from crm_data.output.charts.common import HEAD, Draft, Picture, bare, escape, listing, text, wrapped
from crm_data.output.charts.theme import Theme

PANEL, FOOT, TOP = 106, 20, 24


@dataclass(frozen=True)
class Panel:
    """One member's line: values and those of the year before over the same buckets; the change is formatted."""

    label: str
    values: tuple[float | None, ...]
    before: tuple[float | None, ...] = ()
    change: str = ""
    tone: str = "none"
    shown: tuple[str, ...] = ()


def small_multiples(panels: Sequence[Panel], theme: Theme, *, title: str, first: str, last: str, columns: int = 2, mirrored: bool = False,
                    narrow: bool = False) -> Picture:
    """Panels in reading order. ``first`` and ``last`` name the ends of the time axis; ``shown`` holds a hover text a bucket."""
    if narrow and any(len(p.label) > 26 for p in panels):
        columns = 1
    rows = max(1, math.ceil(len(panels) / columns))
    labels = [wrapped(p.label, 36 if columns == 1 else 14 if narrow else 22) for p in panels]
    # A second line of label makes every panel taller, so that lines stay comparable.
    extra = 14 if any("<br>" in label for label in labels) else 0
    each = PANEL + extra
    height = rows * each + FOOT
    figure = bare(height, theme)
    gap = 0.055
    width = (1 - gap * (columns - 1)) / columns
    notes: list[dict] = []
    for i, panel in enumerate(panels):
        row, column = divmod(i, columns)
        place = columns - 1 - column if mirrored else column
        left, right = place * (width + gap), place * (width + gap) + width
        top = 1 - row * each / height
        # Clamped: -8e-17 is refused as a domain.
        domain = [max(0.0, top - (each - 18) / height), min(1.0, top - (TOP + extra) / height)]
        _panel(figure, panel, i, [max(0.0, left), min(1.0, right)], domain, theme)
        start, end = (right, left) if mirrored else (left, right)
        at = {"xref": "paper", "yref": "paper", "middle": "top"}
        notes.append(text(start, top, labels[i], theme.ink, 12.5, align="right" if mirrored else "left", anchor="right" if mirrored else "left", **at))
        if panel.change:
            notes.append(text(end, top, panel.change, theme.tone(panel.tone), 12.5, anchor="left" if mirrored else "right", **at))
        if i >= len(panels) - columns:
            notes.append(text(left, domain[0], first, theme.muted, HEAD, anchor="left", yshift=-3, **at))
            notes.append(text(right, domain[0], last, theme.muted, HEAD, anchor="right", yshift=-3, **at))
    figure.set(annotations=notes)
    return figure.picture(f"{title}. " + listing(f"{p.label} {p.change}" for p in panels))


def _panel(figure: Draft, panel: Panel, i: int, x_domain: list[float], y_domain: list[float], theme: Theme) -> None:
    number = "" if i == 0 else str(i + 1)
    known = [v for v in (*panel.values, *panel.before) if v is not None and math.isfinite(v)] or [0.0]
    low, high = min(known), max(known)
    spare = (high - low) * 0.1 or abs(high) * 0.1 or 1.0
    points = max(len(panel.values), len(panel.before), 2)
    figure.set(**{
        f"xaxis{number}": {"visible": False, "fixedrange": True, "domain": x_domain, "anchor": f"y{number}", "range": [-0.15, points - 0.85]},
        f"yaxis{number}": {"visible": False, "fixedrange": True, "domain": y_domain, "anchor": f"x{number}", "range": [low - spare * 1.4, high + spare]}})
    axes = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
    if panel.before:
        figure.line(x=list(range(len(panel.before))), y=list(panel.before), mode="lines", hoverinfo="skip",
                           line={"color": theme.comparison_soft, "width": 1.5}, **axes)
    figure.line(x=list(range(len(panel.values))), y=list(panel.values), mode="lines", line={"color": theme.accent, "width": 2},
                       hovertext=[escape(s) for s in panel.shown] or None, hovertemplate="%{hovertext}<extra></extra>" if panel.shown else None,
                       hoverinfo=None if panel.shown else "skip", **axes)
    end = next((k for k in reversed(range(len(panel.values))) if panel.values[k] is not None and math.isfinite(panel.values[k])), None)
    if end is not None:
        figure.line(x=[end], y=[panel.values[end]], mode="markers", marker={"color": theme.accent, "size": 6}, hoverinfo="skip", cliponaxis=False, **axes)
    figure.shapes({"type": "line", "xref": "paper", "yref": "paper", "x0": x_domain[0], "x1": x_domain[1], "y0": y_domain[0], "y1": y_domain[0],
                   "line": {"color": theme.line, "width": 1}})
