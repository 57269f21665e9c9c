"""Figures without time: numbers, bars, stacks, heat maps, points, areas and spreads."""
from __future__ import annotations

from typing import Any

from crm_data.errors import N_
from crm_data.output.charts import (
    Bar,
    BarRow,
    Block,
    Dot,
    Figure,
    Group,
    MatrixCell,
    Picture,
    Scale,
    Spread,
    Stack,
    Tile,
    bars,
    box,
    matrix,
    numbers,
    scatter,
    stacked_bars,
    treemap,
)
from crm_data.output.charts.room import NARROW, WIDE, member_colour
from crm_data.output.figure_marks import mark_key
from crm_data.output.figure_shape import Place, Shape, number, partial_note
from crm_data.output.figure_time import (
    Look,
    axis_of,
    comparison_name,
    key_of,
    others_note,
    piece_in_row,
    stack_parts,
    time_ticks,
)
from crm_data.output.views import OTHERS, UNKNOWN, member_key, members

MOST_ROWS, MOST_CELL_ROWS, MOST_COLUMNS, MOST_BLOCKS, MOST_DOTS = 24, 30, 60, 8, 1000
#: Customers under which a spread says little.
FEW = 30


def draw_number(shape: Shape, look: Look) -> Picture:
    """Each measure's total, with its change."""
    answer, view = shape.answer, shape.view
    found = []
    for measure in answer.cut.measures:
        before = (answer.totals_before or {}).get(measure)
        delta = view.delta(measure, answer.totals.get(measure), before)
        than = {"previous": N_("{value} the period before"), "last_year": N_("{value} last year")}.get(answer.cut.compare, "")
        said = view.words.t(than, value=view.value(measure, before)) if shape.compared and number(before) is not None else ""
        found.append(Figure(view.words.label(view.catalog.measure(measure)), view.value(measure, answer.totals.get(measure)), delta.full if shape.compared else "", delta.tone, said))
    return numbers(found, look.theme, title=look.title, key=mark_key({}), mirrored=look.mirrored, narrow=look.narrow)


def _more(shape: Shape, count: int, most: int) -> str:
    return shape.view.words.n("{n} more is only in the table", "{n} more are only in the table", count - most) if count > most else ""


def draw_bars(shape: Shape, look: Look) -> Picture:
    """The measures by the members; what a top N left out is said in a row without a bar."""
    answer, view, dimension = shape.answer, shape.view, shape.answer.cut.by[0]
    listed = members(answer, dimension, view)
    # The unknown and the others always stay in sight.
    last = [m for m in listed if m.key in (UNKNOWN, OTHERS)]
    known = [m for m in listed if m.key not in (UNKNOWN, OTHERS)]
    rows = []
    for member in known[:MOST_ROWS] + last:
        found = []
        for measure in answer.cut.measures:
            now, before = number(member.now.get(measure)), number(member.before.get(measure))
            delta = view.delta(measure, now, before)
            fresh = view.words.t(N_("new")) if shape.compared and now and not before else ""
            drawn = not member.other
            found.append(Bar(now if drawn else None, view.value(measure, member.now.get(measure)), before if drawn and shape.compared else None,
                             (delta.full or fresh) if shape.compared else "", delta.tone))
        mark = {dimension: member.key}
        rows.append(BarRow(key_of(mark), member.label, tuple(found), member.key in (UNKNOWN, OTHERS), look.chosen.lit(mark)))
    said = [view.words.t(N_("Bar: now · mark: {period}"), period=comparison_name(shape)) if shape.compared else "", _more(shape, len(known), MOST_ROWS)]
    heads = [view.head(m) for m in answer.cut.measures]
    order = view.words.t(N_("Bars from the top: {measures}"), measures=view.words.listed(heads))
    return bars(rows, heads, look.theme, title=look.title, notes=said, order_note=order, mirrored=look.mirrored, narrow=look.narrow)


def draw_stacked(shape: Shape, look: Look) -> Picture:
    """Bars of the first dimension, parted by the second."""
    view, lead = shape.view, shape.lead
    parts = stack_parts(shape, shape.dims[1], look.theme)
    stacks = []
    for row in shape.dims[0][:MOST_ROWS]:
        pieces = tuple(piece_in_row(shape, found, row, name, look) for _, name, found in parts)
        before = None
        if shape.compared:
            old = [number(cell.get(lead)) for keys, cell in shape.earlier.items() if keys[0] == row.key]
            before = sum(v for v in old if v is not None) if old else None
        whole = sum(p.value or 0.0 for p in pieces)
        delta = view.delta(lead, whole, before)
        stacks.append(Stack(row.label, pieces, view.value(lead, whole), before, delta.full if shape.compared else "", delta.tone, row.quiet))
    said = [view.words.t(N_("Mark: {period}"), period=comparison_name(shape)) if shape.compared else "", _more(shape, len(shape.dims[0]), MOST_ROWS), others_note(shape)]
    return stacked_bars(stacks, [(c, n) for c, n, _ in parts], look.theme, title=look.title, notes=said, mirrored=look.mirrored, narrow=look.narrow)


def draw_heatmap(shape: Shape, look: Look) -> Picture:
    """Rows of the first dimension by columns of the second, or by buckets; with three dimensions a block for each of the last."""
    columns = (shape.buckets if shape.answer.cut.grain else shape.dims[1])[:MOST_COLUMNS]
    rows, heads = shape.dims[0], shape.dims[2] if len(shape.dims) > 2 else ()
    blocks = []
    for head in heads[:MOST_BLOCKS] or (None,):
        further = (head.key,) if head else ()
        kept = [r for r in rows if not head or any((r.key, c.key, *further) in shape.cells for c in columns)][:MOST_CELL_ROWS if not head else 12]
        blocks.append(Block(head.label if head else "", tuple(r.label for r in kept),
                            tuple(tuple(_cell(shape, look, (r, c, *([head] if head else []))) for c in columns) for r in kept)))
    words, timely = shape.view.words, bool(shape.answer.cut.grain)
    said = [partial_note(shape), _more(shape, len(rows), MOST_CELL_ROWS),
            words.t(N_("The comparison is in the table")) if shape.compared else "", _more(shape, len(heads), MOST_BLOCKS), others_note(shape)]
    return matrix(blocks, [c.label for c in columns], look.theme, title=look.title, ticks=time_ticks(shape, (NARROW if look.narrow else WIDE) * 0.72) if timely else None, partial=shape.partial, notes=said, scale=_scale_said(shape), mirrored=look.mirrored, narrow=look.narrow)


def _scale_said(shape: Shape) -> str:
    known = [v for v in (number(cell.get(shape.lead)) for cell in shape.cells.values()) if v is not None]
    if not known:
        return ""
    words = N_("From {low} (orange) to {high} (green)") if min(known) < 0 else N_("Pale {low}, dark {high}")
    return shape.view.words.t(words, low=shape.view.value(shape.lead, min(known)), high=shape.view.value(shape.lead, max(known)))


def _cell(shape: Shape, look: Look, places: tuple[Place, ...]) -> MatrixCell:
    keys = tuple(p.key for p in places)
    mark = shape.mark(*keys)
    value = shape.value(shape.lead, *keys)
    change, _ = shape.change(shape.lead, *keys)
    words = shape.text(shape.lead, *keys) if keys in shape.cells else ""
    return MatrixCell(value, words, key_of(mark) if keys in shape.cells else None, " · ".join(p for p in (*(p.label for p in places), words, change) if p), look.chosen.lit(mark))


def draw_scatter(shape: Shape, look: Look) -> Picture:
    """The first measure across, the second up, a third as the points' size."""
    view, measures, dimension = shape.view, shape.answer.cut.measures, shape.answer.cut.by[0]
    largest = max((abs(shape.value(measures[2], m.key) or 0.0) for m in shape.dims[0]), default=0.0) if len(measures) > 2 else 0.0
    dots, left = [], 0
    for member in shape.dims[0][:MOST_DOTS]:
        x, y = shape.value(measures[0], member.key), shape.value(measures[1], member.key)
        if x is None or y is None:
            left += 1
            continue
        mark = {dimension: member.key}
        said = [f"{view.words.label(view.catalog.measure(m))} {shape.text(m, member.key)}" for m in measures[:3]]
        size = abs(shape.value(measures[2], member.key) or 0.0) / largest if largest else None
        dots.append(Dot(member.label, x, y, key_of(mark), " · ".join([member.label, *said]), size, member.quiet, look.chosen.lit(mark), look.chosen.picked(mark)))
    words = view.words
    notes = [words.t(N_("Size: {measure}"), measure=view.head(measures[2])) if largest else "", words.n("{n} has no value and is not drawn", "{n} have no value and are not drawn", left) if left else "",
             _more(shape, len(shape.dims[0]), MOST_DOTS),
             words.t(N_("The comparison is in the table")) if shape.compared else "", others_note(shape)]
    return scatter(dots, Scale(view.head(measures[0]), axis_of(shape, measures[0])), Scale(view.head(measures[1]), axis_of(shape, measures[1])), look.theme,
                   title=look.title, notes=notes, mirrored=look.mirrored, narrow=look.narrow)


def draw_treemap(shape: Shape, look: Look) -> Picture:
    """Areas of the members, in groups of the first dimension where there are two; the others are an area of their own."""
    view, lead, theme = shape.view, shape.lead, look.theme
    total = number(shape.answer.totals.get(lead)) or 0.0

    def tile(places: tuple[Place, ...]) -> Tile:
        keys = tuple(p.key for p in places)
        value, mark = shape.value(lead, *keys) or 0.0, shape.mark(*keys)
        part = view.formats.part(value / total) if total > 0 else ""
        return Tile(places[-1].label, value, shape.text(lead, *keys), part, key_of(mark), " · ".join([*(p.label for p in places), shape.text(lead, *keys), part]),
                    places[-1].quiet, look.chosen.lit(mark))

    if len(shape.dims) == 1:
        groups = [Group("", theme.accent, tuple(tile((m,)) for m in shape.dims[0]))]
    else:
        groups = [Group(a.label, member_colour(i, theme, a.quiet), tuple(tile((a, b)) for b in shape.dims[1] if (a.key, b.key) in shape.cells)) for i, a in enumerate(shape.dims[0])]
    others = number((shape.answer.others or {}).get(lead))
    if others and others > 0:
        name, part = view.words.t(N_("All others")), view.formats.part(others / total) if total > 0 else ""
        rest = Tile(name, others, view.value(lead, others), part, None, f"{name} · {view.value(lead, others)} · {part}", True, not look.chosen)
        groups = [Group("", theme.accent, (*groups[0].tiles, rest))] if len(shape.dims) == 1 else [*groups, Group("", theme.comparison, (rest,))]
    said = [view.words.t(N_("The comparison is in the table")) if shape.compared else ""]
    return treemap(groups, theme, title=look.title, notes=said, mirrored=look.mirrored, narrow=look.narrow)


def draw_box(shape: Shape, look: Look, spread: Any) -> Picture:
    """``spread``: the frame of ``analysis.spread``: how the first measure lies over customers."""
    view, lead, by = shape.view, shape.lead, shape.answer.cut.by
    found = {member_key(by[0], r) if by else "": r for r in spread.to_dict("records")}
    places = [p for p in shape.dims[0] if p.key in found][:MOST_ROWS] if by else [Place("", view.words.t(N_("All")))]
    rows = []
    for place in places:
        row = found.get(place.key, {})
        values = [number(row.get(c)) for c in ("p05", "p25", "median", "p75", "p95")]
        known = None if any(v is None for v in values) else tuple(values)
        n, mean = int(row.get("n") or 0), number(row.get("mean"))
        mark = {by[0]: place.key} if by else {}
        rows.append(Spread(place.label, key_of(mark), known, mean, view.value(lead, row.get("median")), view.formats.count(n), _spread_said(shape, place, row, n),  # type: ignore[arg-type]
                           place.quiet or n < FEW, look.chosen.lit(mark) if mark else True))
    words = view.words
    few = sum(1 for p in places if int(found.get(p.key, {}).get("n") or 0) < FEW)
    said = [words.t(N_("{measure} of each customer: box the middle half, line nine in ten, dashed the mean"), measure=words.label(view.catalog.measure(lead))),
            words.t(N_("Grey: fewer than {n} customers"), n=FEW) if few else "", _more(shape, len(shape.dims[0]), MOST_ROWS) if by else "", others_note(shape)]
    return box(rows, look.theme, title=look.title, heads=(words.t(N_("Median")), words.t(N_("Customers"))), axis=axis_of(shape, lead), notes=said, mirrored=look.mirrored, narrow=look.narrow)


def _spread_said(shape: Shape, place: Place, row: dict, n: int) -> str:
    view, lead = shape.view, shape.lead
    if number(row.get("median")) is None:
        return f"{place.label} · " + view.words.n("{n} customer, too few to show", "{n} customers, too few to show", n)
    value = {c: view.value(lead, row.get(c)) for c in ("p05", "p25", "median", "p75", "p95", "mean")}
    return f"{place.label} · " + view.words.t(N_("median {median}, middle half {p25} to {p75}, nine in ten {p05} to {p95}, mean {mean}, {n} customers"), n=view.formats.count(n), **value)
