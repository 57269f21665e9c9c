"""Sentences and marks that keep numbers from being trusted more than they bear: few cases, unknown fields, hidden cells.

Pure: everything is given. ``n`` is what an average or share rests on (answers, orders, customers).
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol

from crm_data.cuts.answer import Answer
from crm_data.errors import N_
from crm_data.output.formats import plain
from crm_data.output.tables import Column, Sheet

if TYPE_CHECKING:
    from crm_data.output.views import View

Level = Literal["few", "some", ""]
#: Fewer cases than this are greyed; fewer than that are marked.
FEW, SOME = 30, 300
#: Written after a number that rests on some cases only.
MARK = "†"


class Bounds(Protocol):
    """An interval: what ``analysis.intervals`` gives."""

    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...
    @property
    def n(self) -> int | None: ...


class Misled(Protocol):
    """A flag: what ``analysis.simpson`` gives."""

    @property
    def measure(self) -> str: ...
    @property
    def dimension(self) -> str: ...
    @property
    def way(self) -> str: ...


def level(n: int | None) -> Level:
    """How much care a number that rests on ``n`` cases needs; none where it is not a matter of cases (None) or there are none."""
    if not n:
        return ""
    return "few" if n < FEW else "some" if n < SOME else ""


def levels(rests: Sequence[Mapping[str, int | None]], measure: str) -> tuple[Level, ...]:
    """The level of ``measure`` in each row."""
    return tuple(level(row.get(measure)) for row in rests)


def note(n: int | None, view: View) -> str:
    """What is said beside one number: "n = 12: too few to compare"; empty where it does not rest on cases."""
    if n is None:
        return ""
    count = view.formats.count(n, full=True)
    text = {"few": N_("n = {n}: too few to compare"), "some": N_("n = {n}: compare with care"), "": N_("n = {n}")}[level(n)]
    return view.words.t(text, n=count)


def marked(text: str, n: int | None) -> str:
    """A number's text with the mark of some cases only."""
    return text + MARK if level(n) == "some" else text


# Sentences under a figure or table -----------------------------------------------------------------------------------------
def sentences(answer: Answer, view: View, *, rows: Sequence[Mapping[str, int | None]] = (), total: Mapping[str, int | None] | None = None,
              dropped: Mapping[str, int] | None = None, flags: Iterable[Misled] = ()) -> list[str]:
    """Everything that applies, the gravest first; nothing where nothing does."""
    return [*misleading(flags, view), *hidden(answer, view), *few(answer, rows, total or {}, view), *left_out(dropped or {}, view), *coverage(answer, view)]


def misleading(flags: Iterable[Misled], view: View) -> list[str]:
    said = {"up": N_("{measure} rose in every known part by {dimension} and fell in all: the mix of the parts changed."),
            "down": N_("{measure} fell in every known part by {dimension} and rose in all: the mix of the parts changed.")}
    return [view.words.t(said[f.way], measure=view.words.label(view.catalog.measure(f.measure)), dimension=_name(f.dimension, view)) for f in flags]


def hidden(answer: Answer, view: View, least: int = 5) -> list[str]:
    """How many numbers are not shown for the sake of the few behind them."""
    n = answer.hidden_count
    if not n:
        return []
    return [view.words.n("{n} number is hidden: it rests on fewer than {least} customers, or would tell one that does.",
                         "{n} numbers are hidden: they rest on fewer than {least} customers, or would tell one that does.", n,
                         least=view.formats.count(least))]


def few(answer: Answer, rows: Sequence[Mapping[str, int | None]], total: Mapping[str, int | None], view: View) -> list[str]:
    """What each average rests on as a whole, and how many rows rest on too little."""
    found = []
    for m in answer.cut.measures:
        n = total.get(m)
        if n is None:
            continue
        parts = [f"{view.words.label(view.catalog.measure(m))}: {note(n, view)}"]
        if answer.cut.by or answer.cut.grain:
            found_levels = levels(rows, m)
            thin, some = found_levels.count("few"), found_levels.count("some")
            if thin:
                parts.append(view.words.n("{n} row below {few} (grey)", "{n} rows below {few} (grey)", thin, few=view.formats.count(FEW)))
            if some:
                parts.append(view.words.n("{n} row below {some} (marked {mark})", "{n} rows below {some} (marked {mark})", some,
                                          some=view.formats.count(SOME), mark=MARK))
        found.append(view.words.listed(parts) + ".")
    return found


def left_out(dropped: Mapping[str, int], view: View) -> list[str]:
    return [view.words.n("{n} customer without “{dimension}” is left out by the filter on it.",
                         "{count} customers without “{dimension}” are left out by the filter on it.", n,
                         count=view.formats.count(n, full=True), dimension=_name(dimension, view)) for dimension, n in dropped.items()]


def coverage(answer: Answer, view: View) -> list[str]:
    """How much is known of what people may refuse to tell, and how much of the data a measure rests on; full coverage is not said."""
    found = []
    for name, known in answer.coverage.items():
        if not known["total"] or known["known"] >= known["total"]:
            continue
        share = view.formats.part(known["known"] / known["total"])
        if name in view.catalog.all_measures:
            found.append(view.words.t(N_("{measure} rests on {share} of its records ({known} of {total})."), measure=_name(name, view), share=share,
                                      known=view.formats.count(known["known"], full=True), total=view.formats.count(known["total"], full=True)))
        else:
            found.append(view.words.t(N_("{dimension} is known for {share} of these customers."), dimension=_name(name, view), share=share))
    return found


def _name(name: str, view: View) -> str:
    thing = view.catalog.all_measures.get(name) or view.catalog.dimensions.get(name)
    return plain(view.words.label(thing or name))


# Intervals ----------------------------------------------------------------------------------------------------------------
def between(interval: Bounds | None, unit: str, view: View) -> str:
    """An interval in words: "3,258 – 7,870"; empty where there is none."""
    if interval is None or interval.low is None or interval.high is None:
        return ""
    return f"{view.formats.average(interval.low, unit)} – {view.formats.average(interval.high, unit)}"


def interval_sheet(answer: Answer, keys: Sequence[Any], cells: Mapping[str, Mapping[Any, Bounds]], total: Any, view: View) -> Sheet:
    """Rows of the answer with n and bounds of each measure in ``cells``; ``keys`` are its rows' keys, ``total`` the whole's."""
    columns = [Column("member", " · ".join(view.words.label(view.catalog.dimension(d)) for d in answer.cut.by) or view.words.t(N_("Period")))]
    for m in cells:
        unit = view.catalog.measure(m).unit
        columns += [Column(m, view.head(m), unit), Column(f"{m}_low", view.words.t(N_("From")), unit), Column(f"{m}_high", view.words.t(N_("To")), unit),
                    Column(f"{m}_n", "n", "count", wide_only=True)]
    records = answer.rows.to_dict("records") if answer.cut.by or answer.cut.grain else []
    rows = [_interval_row(_label(answer, record, view), record, key, cells) for record, key in zip(records, keys, strict=False)]
    return Sheet(tuple(columns), tuple(rows), _interval_row(view.words.t(N_("All")), answer.totals, total, cells))


def _interval_row(label: str, values: Mapping[str, Any], key: Any, cells: Mapping[str, Mapping[Any, Bounds]]) -> dict[str, Any]:
    row: dict[str, Any] = {"member": label}
    for m, found in cells.items():
        inside = found.get(key)
        row |= {m: None if values.get(m) is None else float(values[m]), f"{m}_low": inside and inside.low, f"{m}_high": inside and inside.high,
                f"{m}_n": inside and inside.n}
    return row


def _label(answer: Answer, row: Mapping[str, Any], view: View) -> str:
    names = [plain(view.words.member(d, row[d])) for d in answer.cut.by]
    if answer.cut.grain:
        names.append(view.formats.bucket(row["period"], answer.cut.grain))
    return " · ".join(names)
