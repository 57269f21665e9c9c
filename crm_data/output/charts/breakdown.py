"""A measure by the members of a dimension: label and numbers above a thin bar, a mark for the comparison."""
from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from crm_data.output.charts.columns import NumberColumn, head_room, number_columns
from crm_data.output.charts.common import (
    Chart,
    Picture,
    Rows,
    bare,
    click_layer,
    listing,
    row_label,
    thin_bars,
    tick,
    wrapped,
)
from crm_data.output.charts.theme import Theme

ROW, TALL = 44, 58


@dataclass(frozen=True)
class Row:
    """One bar. ``key`` comes back from a click; texts are formatted; ``tone`` colours the change; ``quiet`` draws it muted
    (others, unknown); ``note`` is added to what hovering shows."""

    key: str
    label: str
    value: float | None
    text: str
    before: float | None = None
    share: str = ""
    change: str = ""
    tone: str = "none"
    quiet: bool = False
    note: str = ""


@dataclass(frozen=True)
class Heads:
    """Heads of the number columns; an empty one is not drawn."""

    value: str = ""
    share: str = "Share"
    change: str = "Change"


def breakdown(rows: Sequence[Row], theme: Theme, *, title: str, heads: Heads | None = None, chosen: Collection[str] = (),
              mirrored: bool = False, narrow: bool = False) -> Picture:
    """Horizontal bars, in the order given. ``chosen`` keys keep the full accent, the others are dimmed.

    ``narrow`` is a hint that the figure is drawn on a phone: long labels then take two lines. Empty rows: an empty figure.
    """
    heads = heads or Heads()
    labels = [wrapped(r.label, 24 if narrow else 46) for r in rows]
    tall = any("<br>" in label for label in labels)
    places = Rows(len(rows), TALL if tall else ROW, head_room(_columns(rows, heads, theme, ()), 26, mirrored) if any(r.share or r.change for r in rows) else 6)
    figure = bare(max(places.height, 40), theme)
    alt = f"{title}. " + listing(" ".join(p for p in (r.label + ":", r.text, r.share, r.change) if p) for r in rows)
    if not rows:
        return figure.picture(alt)
    low, high = _extent(rows)
    figure.set(xaxis={"range": [high, low] if mirrored else [low, high]}, yaxis={"range": places.range})
    lift, down = (9, 19) if tall else (4, 11)
    figure.set(annotations=_texts(rows, labels, places, theme, heads, chosen, mirrored, lift),
                         shapes=_marks(rows, places, theme, down, low))
    colours = [_bar_colour(r, theme, chosen) for r in rows]
    thin_bars(figure, places, [r.value or 0 for r in rows], colours, down, 6)
    hovers = [" · ".join(p for p in (labels[i].replace("<br>", " "), r.text, r.share, r.change, r.note) if p) for i, r in enumerate(rows)]
    click_layer(figure, places, [r.key for r in rows], hovers, low, high)
    before = (tuple(r.before for r in rows),) if any(r.before is not None for r in rows) else ()
    return figure.picture(alt, Chart("bar", tuple(r.label for r in rows), ((heads.value or title, tuple(r.value for r in rows)),), before,
                                     sample=next((r.text for r in rows if r.value), "")))


def _extent(rows: Sequence[Row]) -> tuple[float, float]:
    values = [v for r in rows for v in (r.value, r.before) if v is not None] or [0.0]
    low, high = min(0.0, *values, 0.0), max(0.0, *values, 0.0)
    if low == high:
        high = 1.0
    spare = (high - low) * 0.004
    return (low - spare if low < 0 else 0.0), high + spare


def _bar_colour(row: Row, theme: Theme, chosen: Collection[str]) -> str:
    if chosen:
        return theme.accent if row.key in chosen else theme.accent_soft
    return theme.comparison if row.quiet else theme.accent


def _texts(rows: Sequence[Row], labels: list[str], places: Rows, theme: Theme, heads: Heads, chosen: Collection[str],
           mirrored: bool, lift: float) -> list[dict]:
    dimmed = [bool(chosen) and r.key not in chosen for r in rows]
    ink = tuple(theme.muted if dim or r.quiet else theme.ink for dim, r in zip(dimmed, rows, strict=True))
    columns = _columns(rows, heads, theme, ink)
    found = number_columns(columns, places, theme, lift, mirrored)
    for i, row in enumerate(rows):
        found.append(row_label(labels[i], places.y(i, lift), ink[i], mirrored, bold=row.key in chosen))
    return found


def _columns(rows: Sequence[Row], heads: Heads, theme: Theme, ink: tuple[str, ...]) -> tuple[NumberColumn, ...]:
    return (NumberColumn(heads.value, tuple(r.text for r in rows), ink, 74, 70),
            NumberColumn(heads.share, tuple(r.share for r in rows), (theme.muted,) * len(rows), 48, 46),
            NumberColumn(heads.change, tuple(r.change for r in rows), tuple(theme.tone(r.tone) for r in rows), 74, 56))


def _marks(rows: Sequence[Row], places: Rows, theme: Theme, down: float, low: float) -> list[dict]:
    found: list[dict] = []
    for i, row in enumerate(rows):
        if row.before is not None:
            found += tick(row.before, places.y(i, -down - 6), places.y(i, -down + 6), theme)
        if low < 0:
            found.append({"type": "line", "x0": 0, "x1": 0, "y0": places.y(i, -down - 5), "y1": places.y(i, -down + 5),
                          "line": {"color": theme.comparison, "width": 1}})
    return found
