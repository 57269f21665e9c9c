"""A statement as bars: from a total through what is added and taken to what is left, read from top to bottom."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crm_data.output.charts.common import (
    NumberColumn,
    Picture,
    Rows,
    bare,
    click_layer,
    listing,
    number_columns,
    row_label,
    thin_bars,
    wrapped,
)
from crm_data.output.charts.theme import Theme


@dataclass(frozen=True)
class Step:
    """``total`` rows start from zero; the others from where the row before ended. ``tone`` good or bad (none: muted)."""

    key: str
    label: str
    amount: float
    text: str
    part: str = ""
    total: bool = False
    tone: str = "bad"
    note: str = ""


def waterfall(steps: Sequence[Step], theme: Theme, *, title: str, mirrored: bool = False, narrow: bool = False, heads: tuple[str, str] = ("", "")) -> Picture:
    """Horizontal, in the order given: label and numbers above the bar, so nothing is cut on a phone."""
    places = Rows(len(steps), 36, 24 if any(heads) else 0)
    figure = bare(max(places.height, 36), theme)
    alt = f"{title}. " + listing((f"{s.label}: {s.text} {s.part}" for s in steps), 20)
    if not steps:
        return figure.picture(alt)
    bases, level = [], 0.0
    for step in steps:
        bases.append(0.0 if step.total else level)
        level = step.amount if step.total else level + step.amount
    ends = [b + s.amount for b, s in zip(bases, steps, strict=True)]
    low, high = min(0.0, *bases, *ends), max(0.0, *bases, *ends)
    if low == high:
        high = 1.0
    down = 11
    inks = tuple(theme.ink for _ in steps)
    columns = (NumberColumn(heads[0], tuple(s.text for s in steps), inks, 74, 76, tuple(s.total for s in steps)),
               NumberColumn(heads[1], tuple(s.part for s in steps), (theme.muted,) * len(steps), 48, 46))
    labels = [wrapped(s.label, 30 if narrow else 60) for s in steps]
    notes = number_columns(columns, places, theme, 5, mirrored)
    notes += [row_label(labels[i], places.y(i, 5), theme.ink, mirrored, bold=s.total) for i, s in enumerate(steps)]
    joints = [{"type": "line", "x0": ends[i], "x1": ends[i], "y0": places.y(i, -down), "y1": places.y(i + 1, -down), "line": {"color": theme.line, "width": 1}, "layer": "below"}
              for i in range(len(steps) - 1)]
    zero = [{"type": "line", "x0": 0, "x1": 0, "y0": places.range[0], "y1": places.y(0, -down + 6), "line": {"color": theme.comparison, "width": 1}}] if low < 0 else []
    spare = (high - low) * 0.004
    figure.set(xaxis={"range": [high + spare, low] if mirrored else [low, high + spare]}, yaxis={"range": places.range},
                         annotations=notes, shapes=[*joints, *zero])
    colours = [theme.accent if s.total else theme.tone(s.tone) for s in steps]
    thin_bars(figure, places, [s.amount for s in steps], colours, down, 8, base=bases)
    hovers = [" · ".join(p for p in (labels[i].replace("<br>", " "), s.text, s.part, s.note) if p) for i, s in enumerate(steps)]
    click_layer(figure, places, [s.key for s in steps], hovers, low, high)
    return figure.picture(alt)
