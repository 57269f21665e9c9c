"""How far each target is reached: actual, pace and likely landing on one axis of 0-128 % of the target."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crm_data.output.charts.columns import NumberColumn, head_room, number_columns
from crm_data.output.charts.common import (
    HEAD,
    Picture,
    Rows,
    bare,
    click_layer,
    listing,
    row_label,
    text,
    tick,
    wrapped,
)
from crm_data.output.charts.theme import Theme

MOST = 1.28
#: Where a mark beyond the axis stands: at its end.
EDGE = MOST - 0.004


@dataclass(frozen=True)
class Bullet:
    """One target. ``reached``, ``pace``, ``stretch`` and the landing are parts of the target (1 = all of it); texts are formatted."""

    key: str
    label: str
    reached: float
    text: str
    attained: str
    pace: float | None = None
    landing: tuple[float, float, float] | None = None
    landing_text: str = ""
    tone: str = "none"
    stretch: float | None = None


def bullets(rows: Sequence[Bullet], theme: Theme, *, title: str, attained: str, landing: str, target: str, pace: str = "",
            stretch: str = "", mirrored: bool = False, narrow: bool = False) -> Picture:
    """Rows in the order given. ``attained`` and ``landing`` head the columns; ``target``, ``pace`` and ``stretch`` name the marks under
    the last row (pace and stretch only when all rows have the same, and where they do not cover each other)."""
    labels = [wrapped(r.label, 26 if narrow else 46) for r in rows]
    tall = any("<br>" in label for label in labels)
    count = len(rows)
    columns = (NumberColumn("", tuple(r.text for r in rows), (theme.muted,) * count, 74, 76),
               NumberColumn(attained, tuple(r.attained for r in rows), (theme.ink,) * count, 54, 52, (True,) * count),
               NumberColumn(landing, tuple(r.landing_text for r in rows), tuple(theme.tone(r.tone) for r in rows), 72, 52))
    places = Rows(count, 70 if tall else 56, head_room(columns, 26, mirrored), 22)
    figure = bare(max(places.height, 40), theme)
    alt = f"{title}. " + listing(f"{r.label}: {r.text}, {r.attained} {r.landing_text}" for r in rows)
    if not rows:
        return figure.picture(alt)
    figure.set(xaxis={"range": [MOST, 0] if mirrored else [0, MOST]}, yaxis={"range": places.range})
    lift, down = (16, 16) if tall else (10, 11)
    notes = number_columns(columns, places, theme, lift, mirrored)
    notes += [row_label(labels[i], places.y(i, lift), theme.ink, mirrored) for i in range(count)]
    shapes = [shape for i, row in enumerate(rows) for shape in _row(row, places, i, theme, down)]
    foot = places.y(count - 1, -places.row / 2 - 11)
    notes.append(text(1, foot, target, theme.ink, HEAD, anchor="center"))
    paces = {round(r.pace, 3) for r in rows if r.pace is not None}
    if pace and len(paces) == 1 and abs(paces.copy().pop() - 1) > 0.16:
        notes.append(text(paces.pop(), foot, pace, theme.muted, HEAD, anchor="center"))
    further = {round(min(r.stretch, EDGE), 3) for r in rows if r.stretch is not None}
    if stretch and len(further) == 1 and abs(further.copy().pop() - 1) > 0.14:
        notes.append(text(further.pop(), foot, stretch, theme.muted, HEAD, anchor="center"))
    figure.set(annotations=notes, shapes=shapes)
    hovers = [" · ".join(p for p in (labels[i].replace("<br>", " "), r.text, r.attained, r.landing_text) if p) for i, r in enumerate(rows)]
    click_layer(figure, places, [r.key for r in rows], hovers, 0, MOST)
    return figure.picture(alt)


def _row(row: Bullet, places: Rows, i: int, theme: Theme, down: int) -> list[dict]:
    low, high = places.y(i, -down - 5.5), places.y(i, -down + 5.5)

    def box(x0: float, x1: float, colour: str) -> dict:
        return {"type": "rect", "x0": min(max(x0, 0), MOST), "x1": min(max(x1, 0), MOST), "y0": low, "y1": high, "fillcolor": colour, "line": {"width": 0}}

    found = [box(0, MOST, theme.track)]
    if row.landing:
        found.append(box(row.landing[0], row.landing[2], theme.accent_soft))
    found.append(box(0, row.reached, theme.accent))
    if row.landing:
        middle = min(max(row.landing[1], 0), MOST)
        found.append({"type": "line", "x0": middle, "x1": middle, "y0": low, "y1": high, "line": {"color": theme.accent, "width": 2}})
    if row.pace is not None and 0 < row.pace < 1:
        found += tick(row.pace, places.y(i, -down - 8.5), places.y(i, -down + 8.5), theme, 1.5, "3px,2px")
    if row.stretch is not None and row.stretch > 0:
        found += tick(min(row.stretch, EDGE), places.y(i, -down - 5.5), places.y(i, -down + 5.5), theme, 1.5)[1:]
    return found + tick(1, places.y(i, -down - 8.5), places.y(i, -down + 8.5), theme, 2.5)[1:]
