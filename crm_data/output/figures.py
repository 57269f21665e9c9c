"""From an Answer to the figure that shows it: which kinds are honest for its shape, and each of them drawn."""
from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any

from crm_data.cuts.answer import Answer
from crm_data.errors import N_
from crm_data.output.charts import Picture, Theme
from crm_data.output.charts.common import bare, escape, side, text
from crm_data.output.charts.flags import Note, flagged, flags_of
from crm_data.output.figure_flat import (
    draw_bars,
    draw_box,
    draw_heatmap,
    draw_number,
    draw_scatter,
    draw_stacked,
    draw_treemap,
)
from crm_data.output.figure_kinds import KIND_LABELS, KINDS, kinds_for
from crm_data.output.figure_marks import Chosen, mark_filters, mark_key
from crm_data.output.figure_shape import Shape, shape_of
from crm_data.output.figure_time import Look, draw_columns, draw_lines, draw_panels
from crm_data.output.views import View

#: Figures whose axis is time when the cut has buckets.
OVER_TIME = frozenset({"lines", "bars", "stacked", "panels"})

__all__ = ["KINDS", "KIND_LABELS", "draw", "kinds_for", "mark_filters", "mark_key"]


def draw(kind: str, answer: Answer, view: View, theme: Theme, *, title: str, chosen: Collection[str] = (), mirrored: bool = False,
         narrow: bool = False, spread: Any = None, notes: Sequence[Note] = (), room: float = 0) -> Picture:
    """``kind`` (one of ``KINDS``) of ``answer``; where that cannot show it, the best figure that can.

    Every mark that can be chosen carries ``customdata[0] = mark_key({dimension: member key, "period": ISO day})``. ``chosen``: mark
    keys; what agrees with none of them fades. ``narrow`` hints at a phone. ``spread``: the frame of ``analysis.spread``, for "box". ``notes`` are
    drawn as flags on figures over time; ``room``: pixels of the figure's width, where it is known to be wider than usual.
    """
    shape = shape_of(answer, view)
    look = Look(theme, title, Chosen(chosen), mirrored, narrow)
    if answer.cut.by and not shape.cells and not shape.earlier:
        return _nothing(shape, look)
    possible = kinds_for(answer.cut, view.catalog, len(answer.rows), answer)
    if kind not in possible or (kind == "box" and spread is None):
        kind = next(k for k in possible if k != "box")
    picture = _draw(kind, shape, look, spread)
    if not notes or not answer.cut.grain or kind not in OVER_TIME:
        return picture
    starts = [date.fromisoformat(b.key) for b in shape.buckets]
    return flagged(picture, flags_of(notes, starts, answer.period.last), theme, narrow=narrow, mirrored=mirrored, room=room)


def _draw(kind: str, shape: Shape, look: Look, spread: Any) -> Picture:
    grain = bool(shape.answer.cut.grain)
    if kind == "box":
        return draw_box(shape, look, spread)
    if kind == "bars" and grain or kind == "stacked" and grain:
        return draw_columns(shape, look)
    if kind == "panels" and not grain:
        return draw_heatmap(shape, look)
    known: dict[str, Callable[[Shape, Look], Picture]] = {
        "number": draw_number, "bars": draw_bars, "lines": draw_lines, "stacked": draw_stacked, "heatmap": draw_heatmap, "panels": draw_panels,
        "scatter": draw_scatter, "treemap": draw_treemap}
    return known[kind](shape, look)


def _nothing(shape: Shape, look: Look) -> Picture:
    words = shape.view.words.t(N_("Nothing of this happened in the period."))
    figure = bare(64, look.theme)
    figure.set(annotations=[text(1 if look.mirrored else 0, 0.5, side(escape(words), look.mirrored), look.theme.muted, 13, xref="paper", yref="paper",
                                 anchor="right" if look.mirrored else "left")])
    return figure.picture(f"{look.title}. {words}")
