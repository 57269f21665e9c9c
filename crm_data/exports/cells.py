"""What tables in files share: which columns are written, their rows one by one, and how a value is written exactly."""
from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from crm_data.exports.document import Document, Part
from crm_data.output.formats import Formats, plain
from crm_data.output.tables import DRAWN, Column
from crm_data.output.words import Words

#: Decimals of amounts in files, as in ``mabat cut --format json``.
PLACES = 4


class Told(str):
    """A number as people read it, in a column whose rows have several units: shown as its text, in a spreadsheet a number of its own kind."""

    number: float | None
    kind: str

    def __new__(cls, text: str, number: object, kind: str) -> Told:
        made = super().__new__(cls, plain(text))
        made.number = None if number is None else float(number)  # type: ignore[arg-type]
        made.kind = kind
        return made


def written(part: Part) -> tuple[Column, ...]:
    """The columns of a part's table that go into files: a line drawn in a cell is no number."""
    return tuple(c for c in part.sheet.columns if c.kind not in DRAWN) if part.sheet is not None else ()


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


def number_formats(currency: str, language: str) -> dict[str, str]:
    """Number formats of a spreadsheet by kind of column; money with its sign and the decimals of the currency."""
    found = {"count": "#,##0", "rank": "0", "move": "+0;-0;0", "number": "#,##0.00", "share": "0.0%", "part": "0.0%", "change": "+0.0%;-0.0%;0.0%",
             "points": '+0.0" pts";-0.0" pts";0.0" pts"', "difference": "+0.00;-0.00;0.00", "days": "#,##0.0", "hours": "#,##0.0", "minutes": "#,##0.0", "years": "0.0",
             "score": "0.00", "date": "yyyy-mm-dd"}
    return {**found, "money": money_format(currency, language)}


def money_format(currency: str, language: str) -> str:
    """``"₪"#,##0.00``; without a currency the plain number."""
    if not currency:
        return "#,##0.00"
    places = get_currency_precision(currency)
    body = "#,##0" + ("." + "0" * places if places else "")
    sample = plain(Formats(Words(language), currency).money(0, full=True)).replace("\xa0", " ")
    before, _, after = sample.partition("0")
    return (f'"{before}"' if before else "") + body + (f'"{after}"' if after else "")
