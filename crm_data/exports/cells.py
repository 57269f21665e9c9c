"""What tables in files share: which columns are written, their rows one by one, and how a value is written exactly."""
from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from crm_data.errors import N_
from crm_data.exports.document import Document, Part
from crm_data.output.dates import DateFormats
from crm_data.output.formats import Formats, plain
from crm_data.output.tables import DRAWN, Column, head_of
from crm_data.output.words import Words

#: Days as a spreadsheet writes them: in English with the month's English name, whatever the program's own language.
DAYS = {"en": "[$-809]d mmm yyyy", "he": "dd.mm.yyyy", "fa": "yyyy/mm/dd"}
#: What the column of a day's Jalali text is called inside: the day's own name and this.
JALALI = " (jalali)"
#: Decimals of amounts in files, as in ``mabat cut --format json``.
PLACES = 4


class Told(str):
    """A number as people read it, in a column whose rows have several units: shown as its text, in a spreadsheet a number of its own kind."""

    number: float | None
    kind: str
    #: The text with the isolates that keep its signs in place.
    shown: str

    def __new__(cls, text: str, number: object, kind: str) -> Told:
        made = super().__new__(cls, plain(text))
        made.number = None if number is None else float(number)  # type: ignore[arg-type]
        made.kind, made.shown = kind, text
        return made


def written(part: Part) -> tuple[Column, ...]:
    """The columns of a part's table that go into files: a line drawn in a cell is no number."""
    return tuple(c for c in part.sheet.columns if c.kind not in DRAWN) if part.sheet is not None else ()


def with_jalali(columns: tuple[Column, ...], words: Words) -> tuple[Column, ...]:
    """The columns of a file for who reads Jalali dates: before each day, which a spreadsheet knows as a Gregorian one only, its text."""
    found: list[Column] = []
    for column in columns:
        if column.kind == "date":
            found.append(Column(column.name + JALALI, column.head))
            column = replace(column, head=words.t(N_("{head} (Gregorian)"), head=column.head))
        found.append(column)
    return tuple(found)


def jalali_texts(row: Mapping[str, Any], columns: tuple[Column, ...], dates: DateFormats) -> Mapping[str, Any]:
    """A row with the texts of :func:`with_jalali`."""
    days = [c.name.removesuffix(JALALI) for c in columns if c.name.endswith(JALALI)]
    return {**row, **{name + JALALI: dates.day_figures(row[name]) for name in days if isinstance(row.get(name), date) and row[name] == row[name]}}


def in_unit(part: Part, formats: Formats) -> Part:
    """The part for a file of bare numbers: its amounts, which are as the data keeps them, in the unit ``formats`` tells; heads of columns of amounts say it."""
    if part.sheet is None or not formats.toman:
        return part
    sheet, amounts = part.sheet, [c.name for c in part.sheet.columns if c.kind == "money"]

    def turned(row: Mapping[str, Any]) -> dict[str, Any]:
        told = {name: Told(v, formats.shown(v.number), v.kind) for name, v in row.items() if isinstance(v, Told) and v.kind == "money"}
        return {**row, **{name: formats.shown(row[name]) for name in amounts if name in row}, **told}
    columns = tuple(replace(c, head=head_of(c, formats)) for c in sheet.columns)
    rows, source = tuple(map(turned, sheet.rows)), part.rows
    later = (lambda: map(turned, source())) if source is not None else None
    return replace(part, sheet=replace(sheet, columns=columns, rows=rows, total=turned(sheet.total) if sheet.total is not None else None), rows=later)


def rows_of(part: Part) -> Iterator[Mapping[str, Any]]:
    """Every row of a part's table, without its total."""
    if part.rows is not None:
        yield from part.rows()
    elif part.sheet is not None:
        yield from part.sheet.rows


def count_of(part: Part) -> int:
    """How many rows ``rows_of`` gives."""
    if part.rows is not None:
        return part.row_count or 0
    return len(part.sheet.rows) if part.sheet is not None else 0


def total_rows(document: Document) -> int:
    """Rows of all tables."""
    return sum(map(count_of, document.parts))


def exact(value: object) -> object:
    """A cell's value as files hold it: amounts to four decimals, None for what is not known, text without marks of direction."""
    if value is None or value is True or value is False or isinstance(value, int):
        return value
    if isinstance(value, Decimal):
        return round(value, PLACES) if value.is_finite() else None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime | date):
        return value if value == value else None
    return value if isinstance(value, Told) else plain(value)


def number_formats(currency: str, language: str, money: str = "rial") -> dict[str, str]:
    """Number formats of a spreadsheet by kind of column; money with its sign and the decimals of the currency (``money`` "toman": of tomans)."""
    found = {"count": "#,##0", "rank": "0", "move": "+0;-0;0", "number": "#,##0.00", "share": "0.0%", "part": "0.0%", "change": "+0.0%;-0.0%;0.0%",
             "points": '+0.0" pts";-0.0" pts";0.0" pts"', "difference": "+0.00;-0.00;0.00", "days": "#,##0.0", "hours": "#,##0.0", "minutes": "#,##0.0", "years": "0.0",
             "score": "0.00", "date": DAYS.get(language, DAYS["en"])}
    return {**found, "money": money_format(currency, language, money)}


def money_format(currency: str, language: str, money: str = "rial") -> str:
    """``"₪"#,##0.00``, ``#,##0" تومان"``; without a currency the plain number."""
    if not currency:
        return "#,##0.00"
    places = get_currency_precision(currency)
    body = "#,##0" + ("." + "0" * places if places else "")
    sample = plain(Formats(Words(language), currency, money=money).money(0, full=True)).replace("\xa0", " ")
    before, _, after = sample.partition("0")
    return (f'"{before}"' if before else "") + body + (f'"{after}"' if after else "")
