"""What moved most: signed amounts from one zero, good and bad by the measure's direction."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crm_data.output.charts.columns import NumberColumn, number_columns
from crm_data.output.charts.common import (
    FONT,
    HEAD,
    Chart,
    Picture,
    Rows,
    bare,
    click_layer,
    escape,
    listing,
    row_label,
    thin_bars,
    wrapped,
)
from crm_data.output.charts.theme import Theme


@dataclass(frozen=True)
class Move:
    """A change in amount: ``text`` is signed and formatted, ``tone`` good, bad or none."""

    key: str
    label: str
    amount: float
    text: str
    tone: str
    note: str = ""


def shortened(text: str, letters: int) -> str:
    """At most so many letters, cut at a word."""
    return text if len(text) <= letters else text[:letters].rsplit(" ", 1)[0].rstrip(" ,(:") + "…"


def movers(moves: Sequence[Move], theme: Theme, *, title: str, mirrored: bool = False, narrow: bool = False,
           letters: int = 0, noted: bool = False) -> Picture:
    """Bars from one zero, in the order given (largest rise first reads best). ``letters``: how many fit on a line of the card;
    ``noted``: notes stand under the bars, not only where the mouse is."""
    labels = [wrapped(m.label, letters or (38 if narrow else 44)) for m in moves]
    tall = any("<br>" in label for label in labels)
    places = Rows(len(moves), (54 if tall else 40) + (19 if noted else 0), 0)
    figure = bare(max(places.height, 40), theme)
    alt = f"{title}. " + listing(f"{m.label}: {m.text}" for m in moves)
    if not moves:
        return figure.picture(alt)
    low, high = min(0.0, *(m.amount for m in moves), 0.0), max(0.0, *(m.amount for m in moves), 0.0)
    if low == high:
        low, high = -1.0, 1.0
    spare = (high - low) * 0.006
    low, high = low - spare, high + spare
    lift, down = (9, 19) if tall else (5, 12)
    lift, down = (lift + 9, down - 9) if noted else (lift, down)
    colours = tuple(theme.tone(m.tone) for m in moves)
    annotations = number_columns((NumberColumn("", tuple(m.text for m in moves), colours, 74, 76),), places, theme, lift, mirrored)
    annotations += [row_label(label, places.y(i, lift), theme.ink, mirrored) for i, label in enumerate(labels)]
    if noted:
        fit = int((letters or (38 if narrow else 44)) * 1.6)
        annotations += [row_label(escape(shortened(m.note, fit)), places.y(i, -down - 15), theme.muted, mirrored) | {"font": {"size": HEAD, "color": theme.muted, "family": FONT}}
                        for i, m in enumerate(moves) if m.note]
    zero = [{"type": "line", "x0": 0, "x1": 0, "y0": places.y(i, -down - 6), "y1": places.y(i, -down + 6), "layer": "above",
             "line": {"color": theme.ink, "width": 1.25}} for i in range(len(moves))]
    figure.set(xaxis={"range": [high, low] if mirrored else [low, high]}, yaxis={"range": places.range},
                         annotations=annotations, shapes=zero)
    thin_bars(figure, places, [m.amount for m in moves], list(colours), down, 6.5)
    hovers = [" · ".join(p for p in (labels[i].replace("<br>", " "), m.text, m.note) if p) for i, m in enumerate(moves)]
    click_layer(figure, places, [m.key for m in moves], hovers, low, high)
    return figure.picture(alt, Chart("bar", tuple(m.label for m in moves), ((title, tuple(m.amount for m in moves)),), sample=next((m.text for m in moves if m.amount), ""),
                                     colours=(theme.accent,)))
