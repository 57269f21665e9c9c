"""One or a few numbers, large, each with what it was before."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crm_data.output.charts.common import Picture, bare, escape, listing, side, text
from crm_data.output.charts.theme import Theme

EACH = 92
UNDER = 18


@dataclass(frozen=True)
class Figure:
    """One measure: ``change`` is drawn in its tone, ``than`` says against what ("₪4.1M in Nov ’25")."""

    label: str
    text: str
    change: str = ""
    tone: str = "none"
    than: str = ""


def numbers(figures: Sequence[Figure], theme: Theme, *, title: str, key: str = "", mirrored: bool = False, narrow: bool = False) -> Picture:
    """Up to three beside each other (two on a phone). A click anywhere brings ``key``."""
    across = min(len(figures), 2 if narrow else 3) or 1
    rows = -(-len(figures) // across) or 1
    # Where several stand beside each other, what it was before takes a line of its own.
    own_line = across > 1 and any(f.than for f in figures)
    each = EACH + (UNDER if own_line else 0)
    figure = bare(each * rows, theme, xaxis={"range": [0, across]}, yaxis={"range": [-rows, 0]})
    notes = []
    for i, one in enumerate(figures):
        row, column = divmod(i, across)
        x = across - column if mirrored else column
        at = {"anchor": "right" if mirrored else "left", "middle": "top", "align": "right" if mirrored else "left"}
        notes.append(text(x, -row, side(escape(one.label), mirrored), theme.muted, 12.5, yshift=-4, **at))
        notes.append(text(x, -row, one.text, theme.ink, 32 if across == 1 else 26, yshift=-22, bold=True, **at))
        change = f'<span style="color:{theme.tone(one.tone)}">{escape(one.change)}</span>' if one.change else ""
        under = ("<br>" if own_line else " ").join(side(p, mirrored) for p in (change, escape(one.than)) if p)
        notes.append(text(x, -row, under, theme.muted, 12.5, yshift=-64, **at))
    figure.set(annotations=notes)
    if figures:
        figure.bars(x=[across / 2], y=[rows], base=[-rows], width=[across], marker={"color": "rgba(0,0,0,0)", "line": {"width": 0}}, customdata=[[key]], hoverinfo="none",
                    selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}}, name="number")
    return figure.picture(f"{title}. " + listing(" ".join(p for p in (f.label + ":", f.text, f.change, f.than) if p) for f in figures))
