"""Every row of an answer as a table: the one of the frames' menus, and, in full, the one of files."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from crm_data.cuts.answer import Answer, Number
from crm_data.errors import N_
from crm_data.output.tables import Column, Sheet
from crm_data.output.views import View, change_kind

#: Values of this kind of row are drawn grey and stay out of a chart made of the sheet.
OTHERS_NAME = N_("All others")


def flat_sheet(view: View, answer: Answer, full: bool = False) -> Sheet:
    """Every row of the answer with its change, and the totals the database gave.

    ``full`` is the form of files: amounts exact as the database gave them, the numbers of the comparison beside their change, the
    first day of each bucket as a date, and what a top N left out as a row of its own.
    """
    return Sheet(sheet_columns(view, answer, full), tuple(sheet_rows(view, answer, full)), sheet_total(view, answer, full))


def sheet_columns(view: View, answer: Answer, full: bool = False) -> tuple[Column, ...]:
    """The columns of :func:`flat_sheet`: what the rows are of, then each measure with what it is compared with."""
    words, cut, compared = view.words, answer.cut, answer.before is not None
    columns = [Column(d, words.label(view.catalog.dimension(d))) for d in cut.by]
    if cut.grain:
        columns.append(Column("period", words.t(N_("Period"))))
    if cut.grain and full:
        columns.append(Column("first_day", words.t(N_("First day")), "date", wide_only=True))
    for m in cut.measures:
        about = view.catalog.measure(m)
        columns.append(Column(m, view.head(m), about.unit))
        if compared and full and answer.period_before is not None:
            earlier = view.formats.period(answer.period_before.first, answer.period_before.last)
            columns.append(Column(f"{m}_before", words.t(N_("{measure}, {period}"), measure=view.head(m), period=earlier), about.unit, quiet=True))
        if compared:
            columns.append(Column(f"{m}_change", words.t(N_("Change")), change_kind(about.unit), about.better))
    return tuple(columns)


def sheet_rows(view: View, answer: Answer, full: bool = False) -> Iterator[dict[str, Any]]:
    """The rows of :func:`flat_sheet`, made one by one."""
    made = _maker(view, answer, full)
    for row in _beside_earlier(answer):
        yield made(row)
    if full and answer.others is not None and answer.cut.by:
        yield {**made(_beside(answer.others, answer.others_before)), **_named(answer, view.words.t(OTHERS_NAME)), "_quiet": True}


def count_rows(answer: Answer, full: bool = False) -> int:
    """How many rows :func:`sheet_rows` gives."""
    return sum(1 for _ in _beside_earlier(answer)) + (full and answer.others is not None and bool(answer.cut.by))


def _records(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    names = list(frame.columns)
    for values in zip(*(frame[name] for name in names), strict=True) if names else ():
        yield dict(zip(names, values, strict=True))


def _beside_earlier(answer: Answer) -> Iterator[dict[str, Any]]:
    """``Answer.matched()`` row by row, without its frame: the rows with the values of the comparison, then the members only that has."""
    keys, measures = answer.keys(), answer.cut.measures
    if answer.before is None:
        yield from _records(answer.rows)
        return
    if not keys:
        yield from ({**row, **_early(measures, answer.totals_before or {})} for row in _records(answer.rows))
        return
    earlier = {tuple(_key(row[k]) for k in keys): row for row in _records(answer.before)}
    for row in _records(answer.rows):
        yield {**row, **_early(measures, earlier.pop(tuple(_key(row[k]) for k in keys), {}))}
    for row in earlier.values() if not answer.cut.grain else ():
        yield {**row, **dict.fromkeys(measures), **_early(measures, row)}


def _early(measures: Sequence[str], row: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{m}_before": row.get(m) for m in measures}


def _key(value: object) -> object:
    return None if value is None or value != value else value


def sheet_total(view: View, answer: Answer, full: bool = False) -> dict[str, Any] | None:
    """The row of the whole; None where the answer is one row."""
    if not (answer.cut.by or answer.cut.grain):
        return None
    return {**_maker(view, answer, full)(_beside(answer.totals, answer.totals_before)), **_named(answer, view.words.t(N_("All")))}


def _named(answer: Answer, name: str) -> dict[str, Any]:
    keys = [*answer.cut.by, *(("period",) if answer.cut.grain else ())]
    return {key: name if place == 0 else "" for place, key in enumerate(keys)} | {"first_day": None}


def _beside(now: Mapping[str, Number], before: Mapping[str, Number] | None) -> dict[str, Any]:
    return {**now, **{f"{m}_before": value for m, value in (before or {}).items()}}


def _maker(view: View, answer: Answer, full: bool) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """What makes a row of the answer a row of the sheet; names of members and buckets are looked up once each."""
    cut, formats, words = answer.cut, view.formats, view.words
    measures = [(m, f"{m}_before", f"{m}_change", view.catalog.measure(m).unit) for m in cut.measures]
    buckets: dict[Any, str] = {}

    def made(row: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {d: words.member(d, row.get(d)) for d in cut.by}
        if cut.grain:
            start = row.get("period")
            if start and start not in buckets:
                buckets[start] = formats.bucket(start, cut.grain)
            found["period"], found["first_day"] = buckets.get(start, ""), start
        for m, early, changed, unit in measures:
            now, before = row.get(m), row.get(early)
            found[m] = now if full or now is None else float(now)
            if full:
                found[early] = before
            found[changed] = amount(now, before, unit)
        return found
    return made


def amount(now: Number, before: Number, unit: str) -> float | None:
    """A change as a number: the difference of shares and scores, else relative; None where there is nothing to compare with."""
    if now is None or before is None or (unit not in ("share", "score") and before <= 0):
        return None
    difference = float(now) - float(before)
    return difference if unit in ("share", "score") else difference / float(before)
