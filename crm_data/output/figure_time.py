"""Figures over time: lines, columns, stacks of columns, and small multiples of lines."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial as bound

from crm_data.cuts.periods import calendar_of, plain_name
from crm_data.errors import N_
from crm_data.output.charts import Line, LinePanel, Picture, Piece, Stack, Theme, Track, lines, panels, stacked_columns
from crm_data.output.charts.room import NARROW, WIDE, member_colour, width_of
from crm_data.output.figure_kinds import MOST_LINES
from crm_data.output.figure_marks import Chosen, choosable, mark_key
from crm_data.output.figure_shape import Place, Shape, number, partial_note

MOST_PLAIN, MOST_PANELS = 30, 12


@dataclass(frozen=True)
class Look:
    """How a figure is asked for."""

    theme: Theme
    title: str
    chosen: Chosen
    mirrored: bool = False
    narrow: bool = False


def comparison_name(shape: Shape) -> str:
    """"last year" or "the period before"."""
    names = {"previous": N_("the period before"), "last_year": N_("last year")}
    return shape.view.words.t(names.get(shape.answer.cut.compare, ""))


def axis_of(shape: Shape, measure: str) -> Callable[[float], str]:
    return bound(shape.view.formats.axis, unit=shape.view.catalog.measure(measure).unit)


def key_of(mark: dict[str, str]) -> str | None:
    """The key a click brings; None for what cannot be chosen."""
    return mark_key(mark) if choosable(mark) else None


def time_ticks(shape: Shape, room: float) -> list[tuple[int, str]]:
    """(bucket, label) for as many buckets as ``room`` pixels take; the year stands under the first tick of each year."""
    grain, formats = shape.answer.cut.grain, shape.view.formats
    days = [date.fromisoformat(b.key) for b in shape.buckets]
    told = [formats.bucket_short(d, grain or "day") for d in days]
    names, kind, calendar = [name for name, _ in told], plain_name(grain or "day"), calendar_of(grain or "day")
    widest = max((width_of(n, 11) for n in names), default=0) + 10
    fits = max(1, int(room // widest))
    step = next((s for s in (1, 2, 3, 4, 6, 12, 24, 52, 100, 365, 1000, 4000) if len(days) <= s * fits), 1)
    # Steps of months and quarters that divide the year stand on its first month.
    month = calendar.parts(days[0])[1] - 1 if days else 0
    offset = month if kind == "month" and 12 % step == 0 else month // 3 if kind == "quarter" and 4 % step == 0 else 0
    found, year = [], 0
    for i in range(len(days)):
        if (i + offset) % step:
            continue
        found.append((i, f"{names[i]}<br>{formats.figures(told[i][1])}" if told[i][1] != year and kind != "year" else names[i]))
        year = told[i][1]
    return found


def _hover(shape: Shape, measure: str, labels: Sequence[str], keys: tuple[str, ...]) -> str:
    before = shape.before(measure, *keys)
    change, _ = shape.change(measure, *keys)
    than = f"{comparison_name(shape)} {shape.view.value(measure, before)}" if shape.compared and before is not None else ""
    return " · ".join(p for p in (*labels, shape.text(measure, *keys), than, change) if p)


def _line(shape: Shape, measure: str, members: tuple[Place, ...], colour: str, look: Look, *, label: str = "", before: bool = True, plain: bool = False) -> Line:
    heads = tuple(m.key for m in members)
    cells = [(*heads, b.key) for b in shape.buckets]
    marks = [shape.mark(*c) for c in cells]
    values = tuple(shape.value(measure, *c) for c in cells)
    last = next((c for c, v in zip(reversed(cells), reversed(values), strict=True) if v is not None), None)
    return Line(label, values, colour, tuple(_hover(shape, measure, [*(m.label for m in members), b.label], c) for b, c in zip(shape.buckets, cells, strict=True)),
                tuple(key_of(m) for m in marks), shape.text(measure, *last) if last else "",
                tuple(shape.before(measure, *c) for c in cells) if before and shape.compared else (),
                lit=look.chosen.lit(shape.mark(*heads)) if heads and look.chosen else True,
                picked=frozenset(i for i, m in enumerate(marks) if look.chosen.picked(m)) if any("period" in m for m in look.chosen.marks) else frozenset(), plain=plain)


def draw_lines(shape: Shape, look: Look) -> Picture:
    """A line a member (the first ones named, the others thin), a track a measure."""
    view, theme = shape.view, look.theme
    members = shape.dims[0] if shape.dims else ()
    tracks = []
    for measure in shape.answer.cut.measures:
        about = view.catalog.measure(measure)
        if not members:
            drawn = [_line(shape, measure, (), theme.accent, look)]
        else:
            few = len(members) <= 3
            drawn = [_line(shape, measure, (m,), member_colour(i, theme, m.quiet), look, label=m.label, before=few,
                           plain=i >= MOST_LINES + (m.quiet and len(members) <= MOST_LINES + 1)) for i, m in enumerate(members[:MOST_PLAIN])]
        tracks.append(Track(view.head(measure), tuple(drawn), axis_of(shape, measure), about.adds_up))
    room = (NARROW if look.narrow else WIDE) * 0.7
    return lines(tracks, theme, title=look.title, ticks=time_ticks(shape, room), count=len(shape.buckets), partial=shape.partial,
                 notes=_line_notes(shape, len(members)), narrow=look.narrow, mirrored=look.mirrored, names=[b.label for b in shape.buckets])


def _line_notes(shape: Shape, members: int) -> list[str]:
    words, said = shape.view.words, []
    if shape.compared and members <= 3:
        said.append(words.t(N_("Thin line: {period}") if members else N_("Grey line: {period}"), period=comparison_name(shape)))
    elif shape.compared:
        said.append(words.t(N_("The comparison is drawn in small multiples")))
    if shape.partial:
        said.append(words.t(N_("Dashed: {sentence}"), sentence=partial_note(shape)))
    if members > MOST_LINES + 1:
        said.append(words.n("{n} more is drawn thin", "{n} more are drawn thin", min(members, MOST_PLAIN) - MOST_LINES))
    if members > MOST_PLAIN:
        said.append(words.n("{n} is only in the table", "{n} are only in the table", members - MOST_PLAIN))
    return [*said, others_note(shape)]


def others_note(shape: Shape) -> str:
    """What a top N left out, said where it is not drawn."""
    if shape.answer.others is None:
        return ""
    return shape.view.words.t(N_("Not drawn: all others, {value}"), value=shape.view.value(shape.lead, shape.answer.others.get(shape.lead)))


def draw_columns(shape: Shape, look: Look) -> Picture:
    """Columns by bucket: of one measure, or stacked by the members of a dimension."""
    view, theme, lead = shape.view, look.theme, shape.lead
    parts = stack_parts(shape, shape.dims[0], theme) if shape.dims else [(theme.accent, view.head(lead), ())]
    stacks = []
    for i, bucket in enumerate(shape.buckets):
        pieces = tuple(_piece(shape, lead, members, (bucket,), name, look, first=True) for _, name, members in parts)
        before = _sum(shape.before(lead, *(m.key for m in one), bucket.key) for one in ([(m,) for m in shape.dims[0]] if shape.dims else [()])) if shape.compared else None
        whole = _sum(p.value for p in pieces)
        stacks.append(Stack(bucket.label, pieces, view.value(lead, whole), before, partial=i in shape.partial))
    words = view.words
    said = [words.t(N_("Mark: {period}"), period=comparison_name(shape)) if shape.compared else "",
            words.t(N_("Pale: {sentence}"), sentence=partial_note(shape)) if shape.partial else "", others_note(shape)]
    return stacked_columns(stacks, [(c, n) for c, n, _ in parts], theme, title=look.title, ticks=time_ticks(shape, (NARROW if look.narrow else WIDE) * 0.88),
                           axis=axis_of(shape, lead), notes=said, mirrored=look.mirrored, narrow=look.narrow)


def stack_parts(shape: Shape, members: Sequence[Place], theme: Theme) -> list[tuple[str, str, tuple[Place, ...]]]:
    """(colour, name, members) of the parts of a stack: the first by their own colour, the unknown, and the rest as one."""
    known = [m for m in members if not m.quiet]
    most = MOST_LINES if len(known) <= MOST_LINES else MOST_LINES - 1
    found = [(member_colour(i, theme), m.label, (m,)) for i, m in enumerate(known[:most])]
    if known[most:]:
        found.append((theme.comparison, shape.view.words.n("{n} more", "{n} more", len(known) - most), tuple(known[most:])))
    return found + [(theme.comparison_soft, m.label, (m,)) for m in members if m.quiet]


def _piece(shape: Shape, measure: str, members: tuple[Place, ...], along: tuple[Place, ...], name: str, look: Look, *, first: bool) -> Piece:
    """The part of ``members`` in the bar ``along``; ``first``: members stand before it in the keys."""
    options = members or (None,)
    keys = [tuple(p.key for p in ((*([m] if m else []), *along) if first else (*along, *([m] if m else [])))) for m in options]
    value = _sum(shape.value(measure, *k) for k in keys)
    mark = shape.mark(*keys[0]) if len(keys) == 1 else {}
    labels = [along[0].label, name] if members else [along[0].label]
    hover = _hover(shape, measure, labels, keys[0]) if len(keys) == 1 else " · ".join([*labels, shape.view.value(measure, value)])
    lit = look.chosen.lit(mark) if mark else not look.chosen
    return Piece(value, hover, key_of(mark) if mark else None, lit)


def piece_in_row(shape: Shape, members: tuple[Place, ...], row: Place, name: str, look: Look) -> Piece:
    """A part of a lying bar: rows are the first dimension, parts the second."""
    return _piece(shape, shape.lead, members, (row,), name, look, first=False)


def _sum(values) -> float | None:
    known = [v for v in values if v is not None]
    return sum(known) if known else None


def draw_panels(shape: Shape, look: Look) -> Picture:
    """One panel a member of the last dimension(s); in it a line, or a line a member of the first dimension."""
    theme, lead = look.theme, shape.lead
    heads = shape.dims[1:] if len(shape.dims) > 1 else shape.dims
    inner = shape.dims[0] if len(shape.dims) > 1 else ()
    combos = _existing(shape, heads, bool(inner))
    about = shape.view.catalog.measure(lead)
    found = []
    for combo in combos[:MOST_PANELS]:
        if inner:
            drawn = tuple(replace(line, label=m.label) for i, m in enumerate(inner[:MOST_LINES])
                          for line in [_line(shape, lead, (m, *combo), member_colour(i, theme, m.quiet), look, before=False)] if any(v is not None for v in line.values))
        else:
            drawn = (_line(shape, lead, combo, theme.accent, look),)
        change, tone = _whole_change(shape, drawn[0]) if not inner and drawn else ("", "none")
        lit = look.chosen.lit(dict(zip(shape.answer.cut.by[1:] if inner else shape.answer.cut.by, (m.key for m in combo), strict=False)))
        found.append(LinePanel(" · ".join(m.label for m in combo), drawn, axis_of(shape, lead), change, tone, lit, about.adds_up))
    words = shape.view.words
    said = [words.t(N_("Each on its own scale")), words.t(N_("Grey line: {period}"), period=comparison_name(shape)) if shape.compared and not inner else "",
            words.t(N_("Dashed: {sentence}"), sentence=partial_note(shape)) if shape.partial else "",
            words.n("{n} is only in the table", "{n} are only in the table", len(combos) - MOST_PANELS) if len(combos) > MOST_PANELS else "",
            words.n("{n} line is only in the table", "{n} lines are only in the table", len(inner) - MOST_LINES) if len(inner) > MOST_LINES else "", others_note(shape)]
    parts = [(member_colour(i, theme, m.quiet), m.label) for i, m in enumerate(inner[:MOST_LINES])]
    ends = [shape.buckets[0].label, shape.buckets[-1].label] if shape.buckets else ["", ""]
    return panels(found, theme, title=look.title, first=ends[0], last=ends[1], parts=parts, partial=shape.partial, notes=said, mirrored=look.mirrored, narrow=look.narrow)


def _existing(shape: Shape, dims: tuple[tuple[Place, ...], ...], inner: bool) -> list[tuple[Place, ...]]:
    """Combinations of members that have a cell, in the members' order."""
    start = 1 if inner else 0
    places = [{m.key: i for i, m in enumerate(d)} for d in dims]
    there = {tuple(key[start + n] for n in range(len(dims))) for key in shape.cells}
    ordered = sorted(there, key=lambda key: tuple(places[n][k] for n, k in enumerate(key)))
    return [tuple(dims[n][places[n][k]] for n, k in enumerate(key)) for key in ordered]


def _whole_change(shape: Shape, line: Line) -> tuple[str, str]:
    """The change of a line over all its buckets: of the sums where they add up over time, else of the last values."""
    if not shape.compared:
        return "", "none"
    about = shape.view.catalog.measure(shape.lead)
    adds = about.adds_up and about.kind != "balance"
    ends = [_sum(v) if adds else next((x for x in reversed(v) if x is not None), None) for v in (line.values, line.before)]
    delta = shape.view.delta(shape.lead, number(ends[0]), number(ends[1]))
    return delta.full, delta.tone
