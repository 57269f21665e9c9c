"""Parts of a whole: lying bars by the members of a dimension, or columns over time; the parts keep their order and colours.

Only for parts that add up and are not negative. Time runs left to right in every language.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crm_data.output.charts.common import (
    HEAD,
    LABEL,
    NUMBER,
    Chart,
    Draft,
    Picture,
    Rows,
    bare,
    escape,
    listing,
    side,
    text,
    tick,
)
from crm_data.output.charts.room import NARROW, WIDE, faded, folded, legend_above, notes_below, round_ticks, width_of
from crm_data.output.charts.theme import Theme

COLUMNS = 250


@dataclass(frozen=True)
class Piece:
    """One part: nothing is drawn for None or 0."""

    value: float | None
    hover: str
    key: str | None = None
    lit: bool = True


@dataclass(frozen=True)
class Stack:
    """One bar or column; a piece a part. ``text`` is its whole, ``before`` the comparison's whole."""

    label: str
    pieces: tuple[Piece, ...]
    text: str = ""
    before: float | None = None
    change: str = ""
    tone: str = "none"
    quiet: bool = False
    #: A column whose bucket is not whole.
    partial: bool = False

    @property
    def whole(self) -> float:
        return sum(p.value or 0.0 for p in self.pieces)


def stacked_bars(stacks: Sequence[Stack], parts: Sequence[tuple[str, str]], theme: Theme, *, title: str, notes: Sequence[str] = (), mirrored: bool = False,
                 narrow: bool = False) -> Picture:
    """Lying bars in the order given. ``parts`` are (colour, name), one for each piece of a stack."""
    folds = [folded(s.label, 168, LABEL, 2) for s in stacks]
    wide = not narrow and max((width_of(line, LABEL) for lines in folds for line in lines), default=0) <= 168
    labels = folds if wide else [folded(s.label, (NARROW if narrow else WIDE) - 8, LABEL) for s in stacks]
    tops = max((len(lines) for lines in labels), default=1)
    start = max((width_of(line, LABEL) for lines in labels for line in lines), default=0) + 12 if wide else 0
    changes = max((width_of(s.change, NUMBER) for s in stacks), default=0)
    changes += 12 if changes else 0
    end = max((width_of(s.text, NUMBER) for s in stacks), default=0) + changes + 14
    legend, top = legend_above(parts, theme, narrow, mirrored, start)
    below, foot = notes_below(notes, theme, narrow, mirrored, 6, start)
    places = Rows(len(stacks), max(34, 16 * tops + 6) if wide else 17 * tops + 26)
    foot += 6 if foot else 0
    figure = bare(int(places.height + top + foot), theme, barmode="stack",
                  margin={"l": end if mirrored else start, "r": start if mirrored else end, "t": top, "b": foot, "pad": 0, "autoexpand": False})
    high = max([0.0, *(s.whole for s in stacks), *(s.before or 0.0 for s in stacks)]) * 1.005 or 1.0
    figure.set(xaxis={"range": [high, 0] if mirrored else [0, high]}, yaxis={"range": places.range}, annotations=[*legend, *below])
    down = 0 if wide else -places.row / 2 + 17 * tops + 12
    thick = 18 if wide else 13
    for j, (colour, _) in enumerate(parts):
        _pieces(figure, [s.pieces[j] for s in stacks], [colour] * len(stacks), theme, [places.y(i, -down) for i in range(len(stacks))], places.width(thick), lying=True)
    for i, stack in enumerate(stacks):
        words = "<br>".join(side(escape(line), mirrored) for line in labels[i])
        ink = theme.muted if stack.quiet else theme.ink
        anchor = ("left" if mirrored else "right") if wide else ("right" if mirrored else "left")
        y, middle = (places.y(i), "middle") if wide else (places.y(i, places.row / 2 - 17 * tops - 2), "bottom")
        notes_of = [text(1 if mirrored else 0, y, words, ink, LABEL, anchor=anchor, middle=middle, xref="paper", xshift=(8 if mirrored else -8) if wide else 0, align=anchor)]
        at = {"xref": "paper", "anchor": "right", "align": "right"}
        edge = 0 if mirrored else 1
        notes_of.append(text(edge, places.y(i, -down), stack.text, ink, NUMBER, xshift=-6 if mirrored else end - changes, **at))
        if stack.change:
            notes_of.append(text(edge, places.y(i, -down), stack.change, theme.tone(stack.tone), NUMBER, xshift=changes - end - 4 if mirrored else end, **at))
        figure.layout["annotations"] += notes_of
        if stack.before is not None:
            figure.shapes(*tick(stack.before, places.y(i, -down - thick / 2 - 3), places.y(i, -down + thick / 2 + 3), theme))
    return figure.picture(_said(title, stacks, parts), _chart("bar", stacks, parts))


def stacked_columns(stacks: Sequence[Stack], parts: Sequence[tuple[str, str]], theme: Theme, *, title: str, ticks: Sequence[tuple[int, str]],
                    axis: Callable[[float], str], notes: Sequence[str] = (), mirrored: bool = False, narrow: bool = False) -> Picture:
    """Columns over time; with one part, the bars of a measure by bucket (there values may be negative). ``ticks``: (bucket, label)."""
    named = parts if len(parts) > 1 else ()
    ends = [(s.whole, s.before or 0.0) for s in stacks] or [(0.0, 0.0)]
    low, high = min(0.0, *(v for e in ends for v in e), 0.0), max(0.0, *(v for e in ends for v in e), 0.0)
    spare = (high - low or 1.0) * 0.06
    reach = [low - spare if low < 0 else 0.0, high + spare if high > 0 or low == 0 else 0.0]
    grid = [v for v in round_ticks(*reach) if v < reach[1]]
    start, end = max((width_of(axis(v), HEAD) for v in grid), default=0) + 8, 4
    # Time runs to the right in every language: words are put from the page's start side.
    legend, top = legend_above(named, theme, narrow, mirrored, end if mirrored else start)
    deep = max((label.count("<br>") for _, label in ticks), default=0)
    below, foot = notes_below(notes, theme, narrow, mirrored, 24 + 14 * deep, end if mirrored else start)
    bottom = 22 + 14 * deep + foot
    figure = bare(COLUMNS + top + bottom, theme, barmode="relative", margin={"l": start, "r": end, "t": top, "b": bottom, "pad": 0, "autoexpand": False})
    figure.set(xaxis={"visible": True, "range": [-0.6, len(stacks) - 0.4], "tickvals": [t for t, _ in ticks], "ticktext": [label for _, label in ticks], "showgrid": False,
                      "zeroline": False, "tickfont": {"size": HEAD, "color": theme.muted}, "tickangle": 0, "ticklabeloverflow": "allow"},
               yaxis={"range": reach}, annotations=[*legend, *below])
    for value in grid:
        figure.shapes({"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": value, "y1": value, "layer": "below", "line": {"color": theme.comparison if value == 0 else theme.grid, "width": 1}})
        figure.layout["annotations"].append(text(0, value, escape(axis(value)), theme.muted, HEAD, xref="paper", anchor="right", xshift=-6))
    for j, (colour, _) in enumerate(parts):
        colours = [faded(colour, theme, 0.5) if s.partial else colour for s in stacks]
        _pieces(figure, [s.pieces[j] for s in stacks], colours, theme, list(range(len(stacks))), 0.72, lying=False)
    for i, stack in enumerate(stacks):
        if stack.before is not None:
            line = {"type": "line", "x0": i - 0.42, "x1": i + 0.42, "y0": stack.before, "y1": stack.before, "layer": "above"}
            figure.shapes({**line, "line": {"color": theme.surface, "width": 4}}, {**line, "line": {"color": theme.ink, "width": 1.75}})
    return figure.picture(_said(title, stacks, parts), _chart("column", stacks, parts))


def _chart(kind: str, stacks: Sequence[Stack], parts: Sequence[tuple[str, str]]) -> Chart:
    """The numbers; the comparison only where there is one part, since it is known of wholes."""
    alone = len(parts) == 1 and any(s.before is not None for s in stacks)
    return Chart(kind, tuple(s.label for s in stacks), tuple((name, tuple(s.pieces[j].value for s in stacks)) for j, (_, name) in enumerate(parts)),
                 (tuple(s.before for s in stacks),) if alone else (), stacked=len(parts) > 1, sample=next((s.text for s in stacks if s.whole), ""),
                 colours=tuple(colour for colour, _ in parts))


def _pieces(figure: Draft, pieces: Sequence[Piece], colours: Sequence[str], theme: Theme, places: Sequence[float], width: float, *, lying: bool) -> None:
    """One trace a part: the pieces that can be chosen carry their keys; those that cannot stand in a trace of their own."""
    for able in (True, False):
        at = [i for i, p in enumerate(pieces) if p.value and (p.key is not None) == able]
        if not at:
            continue
        values, along = [pieces[i].value for i in at], [places[i] for i in at]
        figure.bars(x=values if lying else along, y=along if lying else values, orientation="h" if lying else "v", width=width, name="pieces",
                    marker={"color": [colours[i] if pieces[i].lit else faded(colours[i], theme) for i in at], "line": {"width": 1, "color": theme.surface}},
                    hovertext=[escape(pieces[i].hover) for i in at], hovertemplate="%{hovertext}<extra></extra>",
                    selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}}, **({"customdata": [[pieces[i].key] for i in at]} if able else {}))


def _said(title: str, stacks: Sequence[Stack], parts: Sequence[tuple[str, str]]) -> str:
    def one(stack: Stack) -> str:
        pieces = ", ".join(p.hover.split(" · ", 1)[-1] for p in stack.pieces if p.value) if len(parts) > 1 else ""
        return f"{stack.label}: {stack.text} {stack.change}".strip() + (f" ({pieces})" if pieces else "")
    return f"{title}. " + listing(one(s) for s in stacks)
