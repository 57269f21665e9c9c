"""The whale curve: worth added up over customers, the best first; up to a peak, then down with those who lose."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crm_data.output.charts.common import HEAD, Draft, Picture, bare, escape, listing, reach, text
from crm_data.output.charts.theme import Theme, blend

HEIGHT, ABOVE, BELOW = 476, 26, 40
#: How wide the figure is at least, in pixels.
PHONE = 330


@dataclass(frozen=True)
class Span:
    """A class along the curve: from and to as shares of the customers, its letter, and its words on hovering. ``key`` None: not to be opened."""

    key: str | None
    name: str
    start: float
    end: float
    hover: str


@dataclass(frozen=True)
class Mark:
    """A point to name: share of the customers, height, and one or two lines."""

    x: float
    y: float
    label: str


def whale_curve(points: Sequence[tuple[float, float]], peak: Mark | None, end: Mark, theme: Theme, *, title: str, spans: Sequence[Span] = (),
                before: Sequence[tuple[float, float]] = (), before_name: str = "", axis: Sequence[tuple[float, str]] = (), said: Sequence[str] = (), narrow: bool = False) -> Picture:
    """``points``: (share of the customers, worth added up), from (0, 0); ``before`` the same of the comparison. The curve always runs
    from left to right. ``axis``: (share of the customers, label); ``said``: what the alt text adds."""
    heights = [y for _, y in (*points, *before)] + [end.y]
    low, high = min(0.0, *heights), max(0.0, *heights) or 1.0
    spare = (high - low) * 0.13
    figure = bare((300 if narrow else HEIGHT) + ABOVE + BELOW, theme, margin={"l": 0, "r": 0, "t": ABOVE, "b": BELOW, "pad": 0, "autoexpand": False},
                  xaxis={"range": [0, 1.004]}, yaxis={"range": [low - (spare * 0.2 if low < 0 else 0), high + spare]}, hovermode="closest", annotations=[])
    figure.shapes({"type": "line", "x0": 0, "x1": 1, "y0": end.y, "y1": end.y, "line": {"color": theme.comparison, "width": 1, "dash": "4px,3px"}, "layer": "below"},
                  {"type": "line", "x0": 0, "x1": 1, "y0": 0, "y1": 0, "line": {"color": theme.comparison if low < 0 else theme.grid, "width": 1}, "layer": "below"})
    _spans(figure, spans, low, high + spare, theme)
    if before:
        figure.line(x=[x for x, _ in before], y=[y for _, y in before], mode="lines", line={"color": theme.comparison, "width": 1.5}, hoverinfo="skip", name=before_name)
    rising = [p for p in points if peak is None or p[0] <= peak.x + 1e-12]
    falling = [p for p in points if peak is not None and p[0] >= peak.x - 1e-12]
    figure.line(x=[x for x, _ in rising], y=[y for _, y in rising], mode="lines", line={"color": theme.accent, "width": 2.5}, fill="tozeroy", fillcolor=theme.band, hoverinfo="skip")
    if len(falling) > 1:
        figure.line(x=[x for x, _ in falling], y=[y for _, y in falling], mode="lines", line={"color": theme.bad, "width": 2.5}, fill="tozeroy",
                    fillcolor=_thin(theme.bad), hoverinfo="skip")
    marks = [m for m in (peak, end) if m is not None]
    figure.line(x=[m.x for m in marks], y=[m.y for m in marks], mode="markers", cliponaxis=False, hoverinfo="skip",
                marker={"color": [theme.accent if m is peak else theme.ink for m in marks], "size": 9, "line": {"color": theme.surface, "width": 2}})
    _click(figure, spans, low, high + spare)
    notes = figure.layout["annotations"]
    if peak is not None:
        anchor = _anchor(peak, narrow)
        notes.append(text(peak.x, peak.y, escape(peak.label), theme.ink, 12.5, anchor=anchor, middle="bottom", xshift=2 if anchor == "left" else 0, yshift=9, bold=True))
    notes.append(text(1, end.y, escape(end.label), theme.ink, 12.5, anchor="right", middle="top", xshift=-2, yshift=-9, bold=True))
    notes += [text(x, 0, escape(label), theme.muted, HEAD, yref="paper", middle="top", anchor="left" if x < 0.1 else "right" if x > 0.9 else "center", yshift=-22) for x, label in axis]
    return figure.picture(f"{title}. " + listing([*(m.label for m in marks), *said, *(s.hover for s in spans)], 20))


def _anchor(peak: Mark, narrow: bool) -> str:
    """On which side of its point a label stands. It must fit a phone's figure, for a narrow window is not always known to be one."""
    part = reach(peak.label, 12.5) * 1.06 / PHONE
    if peak.x > (0.68 if narrow else 0.55) and peak.x >= part:
        return "right"
    if not (narrow and peak.x > 0.3) and peak.x + part <= 1:
        return "left"
    # About half as wide as the figure, it fits over its point in the middle; else towards the wider side.
    return "center" if part / 2 <= min(peak.x, 1 - peak.x) else "right" if peak.x > 0.5 else "left"


def _thin(colour: str) -> str:
    return f"rgba({int(colour[1:3], 16)},{int(colour[3:5], 16)},{int(colour[5:7], 16)},.14)"


def _spans(figure: Draft, spans: Sequence[Span], low: float, high: float, theme: Theme) -> None:
    """Under the axis a strip of classes with their letters, told apart by shade; hairlines up where one ends."""
    shades = {"A": theme.accent, "B": blend(theme.surface, theme.accent, 0.6), "C": blend(theme.surface, theme.accent, 0.3), "D": theme.bad}
    for span in spans:
        figure.shapes({"type": "rect", "x0": span.start, "x1": span.end, "yref": "paper", "y0": -0.012, "y1": -0.03, "line": {"width": 0}, "fillcolor": shades.get(span.name, theme.comparison), "layer": "above"})
        if span.end < 1:
            figure.shapes({"type": "line", "x0": span.end, "x1": span.end, "y0": low, "y1": high, "layer": "below", "line": {"color": theme.grid, "width": 1}})
        if span.end - span.start > 0.025:
            figure.layout["annotations"].append(text((span.start + span.end) / 2, 1, escape(span.name), theme.muted, 12, yref="paper", anchor="center", middle="bottom", yshift=4, bold=True))


def _click(figure: Draft, spans: Sequence[Span], low: float, high: float) -> None:
    """Transparent columns over the classes: they take hover and click."""
    for able in (True, False):
        mine = [s for s in spans if (s.key is not None) == able]
        if mine:
            figure.bars(x=[(s.start + s.end) / 2 for s in mine], width=[s.end - s.start for s in mine], y=[high - low] * len(mine), base=low, name="classes",
                        marker={"color": "rgba(0,0,0,0)", "line": {"width": 0}}, customdata=[[s.key] for s in mine] if able else None,
                        hovertext=[escape(s.hover) for s in mine], hovertemplate="%{hovertext}<extra></extra>",
                        selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}})

