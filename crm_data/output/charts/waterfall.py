"""A statement as bars: from a total through what is added and taken to what is left, read from top to bottom."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crm_data.output.charts.columns import NumberColumn, fitted, head_room, number_columns
from crm_data.output.charts.common import (
    Chart,
    Picture,
    Rows,
    bare,
    click_layer,
    listing,
    row_label,
    thin_bars,
    wrapped,
)
from crm_data.output.charts.theme import Theme


@dataclass(frozen=True)
class Step:
    """``total`` rows start from zero; the others from where the row before ended. ``tone`` good or bad (none: muted). ``change``
    against the comparison, in a column of its own, in the colour of ``change_tone``."""

    key: str
    label: str
    amount: float
    text: str
    part: str = ""
    total: bool = False
    tone: str = "bad"
    note: str = ""
    change: str = ""
    change_tone: str = "none"


def waterfall(steps: Sequence[Step], theme: Theme, *, title: str, mirrored: bool = False, narrow: bool = False, heads: tuple[str, ...] = ("", "", "")) -> Picture:
    """Horizontal, in the order given: label and numbers above the bar, so nothing is cut on a phone. ``heads``: of the amounts, the
    parts and the changes."""
    inks = tuple(theme.ink for _ in steps)
    amount, part, change = (*heads, "", "", "")[:3]
    # On a phone there is room for the amount and one more column.
    compared = any(s.change for s in steps)
    columns = (NumberColumn(amount, tuple(s.text for s in steps), inks, 74, 76, tuple(s.total for s in steps)),
               NumberColumn(part, tuple("" if compared and narrow else s.part for s in steps), (theme.muted,) * len(steps), 66 if compared else 48, 46),
               NumberColumn(change, tuple(s.change for s in steps), tuple(theme.tone(s.change_tone) for s in steps), 64, 62))
    places = Rows(len(steps), 36, head_room(columns, 24, mirrored) if any(heads) else 0)
    figure = bare(max(places.height, 36), theme)
    alt = f"{title}. " + listing((f"{s.label}: {s.text} {s.part} {s.change}" for s in steps), 20)
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
    labels = [wrapped(s.label, 30 if narrow else 60) for s in steps]
    notes = number_columns(columns, places, theme, 5, mirrored)
    notes += [row_label(labels[i], places.y(i, 5), theme.ink, mirrored, bold=s.total) for i, s in enumerate(steps)]
    joints = [{"type": "line", "x0": ends[i], "x1": ends[i], "y0": places.y(i, -down), "y1": places.y(i + 1, -down), "line": {"color": theme.line, "width": 1}, "layer": "below"}
              for i in range(len(steps) - 1)]
    # The labels stand over the bars: the line of zero stays beside the bars, so that it strikes no word through.
    zero = [{"type": "line", "x0": 0, "x1": 0, "y0": places.y(i, -down - 6), "y1": places.y(i, -down + 6), "line": {"color": theme.comparison, "width": 1}}
            for i in range(len(steps))] if low < 0 else []
    spare = (high - low) * 0.004
    figure.set(xaxis={"range": [high + spare, low] if mirrored else [low, high + spare]}, yaxis={"range": places.range},
                         annotations=notes, shapes=[*joints, *zero])
    colours = [theme.accent if s.total else theme.tone(s.tone) for s in steps]
    thin_bars(figure, places, [s.amount for s in steps], colours, down, 8, base=bases)
    hovers = [" · ".join(p for p in (labels[i].replace("<br>", " "), s.text, s.part, s.change, s.note) if p) for i, s in enumerate(steps)]
    click_layer(figure, places, [s.key for s in steps], hovers, low, high)
    return figure.picture(alt, _chart(steps, title))


def _chart(steps: Sequence[Step], title: str) -> Chart:
    """The amounts of the statement, each from nothing."""
    return Chart("bar", tuple(s.label for s in steps), ((title, tuple(s.amount for s in steps)),), sample=next((s.text for s in steps if s.amount), ""))


#: Pixels of the labels and of the columns of numbers beside the bars, the height of a row, and what stays free beside a bar.
_LABELS, _AMOUNTS, _COUNTS, _ROW, _GAP = 168, 104, 58, 38, 14


def bridge_bars(steps: Sequence[Step], theme: Theme, *, title: str, floor: float = 0.0, mirrored: bool = False, narrow: bool = False,
                heads: tuple[str, str] = ("", ""), row: int = _ROW, quiet: bool = False) -> Picture:
    """From one total to another by parts: label, bar and numbers in one line; on a phone the label stands above its bar.

    ``floor``: where the axis starts when the parts would be too small to see beside the totals; the totals then show a break.
    A total of tone "before" has the colour of what is compared with. ``row``: pixels of a line; ``quiet``: numbers without the colour
    of their tone.
    """
    alt = f"{title}. " + listing((f"{s.label}: {s.text} {s.part}" for s in steps), 20)
    places = Rows(len(steps), 44 if narrow else row, 20 if any(heads) else 0)
    figure = bare(max(places.height, row), theme)
    if not steps:
        return figure.picture(alt)
    bases, ends = _levels(steps, floor)
    low, high = min(floor, *bases, *ends), max(floor, *bases, *ends)
    high += (high - low or 1.0) * 0.004
    down, thick = (11, 10) if narrow else (0, min(20, row - 11))
    colours = [(theme.comparison if s.tone == "before" else theme.accent) if s.total else theme.tone(s.tone) for s in steps]
    figure.set(xaxis={"range": [high, low] if mirrored else [low, high]}, yaxis={"range": places.range}, shapes=_joints(ends, places, theme, down, thick))
    thin_bars(figure, places, [e - b for b, e in zip(bases, ends, strict=True)], colours, down, thick, base=bases)
    if floor:
        figure.shapes(*(mark for i, s in enumerate(steps) if s.total for mark in _break(places, i, low, high, down, thick, theme)))
    if low < 0 < high:
        # On a phone the labels stand over the bars: there the line stays beside the bars, so that it strikes no word through.
        spans = [(places.y(i, -down - 8), places.y(i, -down + 8)) for i in range(len(steps))] if narrow else [(places.range[0], places.y(0, thick))]
        figure.shapes(*({"type": "line", "x0": 0, "x1": 0, "y0": y0, "y1": y1, "line": {"color": theme.comparison, "width": 1}, "layer": "below"} for y0, y1 in spans))
    labels = [wrapped(s.label, 26 if narrow or row < 30 else 22) for s in steps]
    columns = _columns(steps, theme, narrow, heads, quiet)
    notes = number_columns(columns, places, theme, 10 if narrow else 0, mirrored) + _labels(steps, labels, places, theme, mirrored, narrow)
    if not narrow:
        # Low rows have no room for a second line of a label.
        room = _LABELS + (12 if row < 30 else 0)
        numbers = _AMOUNTS + max(_COUNTS, (fitted(columns[1], mirrored).mirrored_width if mirrored else fitted(columns[1], mirrored).width) if any(columns[1].texts) else 0)
        first, last = (numbers, room) if mirrored else (room, numbers)
        figure.set(margin={"l": first, "r": last})
        # Texts stand in the margins, so that bars and words never share a place.
        notes = [{**n, "xshift": n["xshift"] + (last if n["x"] == 1 else -first)} for n in notes]
    figure.set(annotations=notes)
    hovers = [" · ".join(p for p in (labels[i].replace("<br>", " "), s.text, s.part, s.note) if p) for i, s in enumerate(steps)]
    click_layer(figure, places, [s.key for s in steps], hovers, low, high)
    return figure.picture(alt, _chart(steps, title))


def _levels(steps: Sequence[Step], floor: float) -> tuple[list[float], list[float]]:
    bases, ends, level = [], [], 0.0
    for step in steps:
        bases.append(floor if step.total else level)
        level = step.amount if step.total else level + step.amount
        ends.append(level)
    return bases, ends


def _joints(ends: Sequence[float], places: Rows, theme: Theme, down: int, thick: int) -> list[dict]:
    """Hairlines from where a bar ends to where the next begins."""
    return [{"type": "line", "x0": ends[i], "x1": ends[i], "y0": places.y(i, -down - thick / 2), "y1": places.y(i + 1, -down + thick / 2),
             "line": {"color": theme.comparison, "width": 1}, "layer": "below"} for i in range(len(ends) - 1)]


def _break(places: Rows, row: int, low: float, high: float, down: int, thick: int, theme: Theme) -> list[dict]:
    """Two slanted gaps near the start of a bar: something is left out here."""
    span = high - low
    return [{"type": "line", "x0": low + span * (at - 0.006), "x1": low + span * (at + 0.006), "y0": places.y(row, -down - thick / 2 - 2), "y1": places.y(row, -down + thick / 2 + 2),
             "line": {"color": theme.surface, "width": 3}, "layer": "above"} for at in (0.035, 0.052)]


def _columns(steps: Sequence[Step], theme: Theme, narrow: bool, heads: tuple[str, str], quiet: bool) -> tuple[NumberColumn, NumberColumn]:
    bold = tuple(s.total for s in steps)
    inks = tuple(theme.ink if quiet or s.total or s.tone not in ("good", "bad") else theme.tone(s.tone) for s in steps)
    room = 48 if narrow else _COUNTS
    return (NumberColumn(heads[0], tuple(s.text for s in steps), inks, 0, _AMOUNTS - _GAP, bold),
            NumberColumn(heads[1], tuple(s.part for s in steps), (theme.muted,) * len(steps), room, room))


def _labels(steps: Sequence[Step], labels: Sequence[str], places: Rows, theme: Theme, mirrored: bool, narrow: bool) -> list[dict]:
    return [row_label(labels[i], places.y(i, 10 if narrow else 0), theme.ink, mirrored, bold=s.total) for i, s in enumerate(steps)]
