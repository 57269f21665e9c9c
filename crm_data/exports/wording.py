"""What the writers of documents share: the passport of a part, where its numbers come from in one line, how many rows a page leaves out."""
from __future__ import annotations

from dataclasses import fields, replace
from itertools import islice
from typing import Any

from crm_data.errors import N_
from crm_data.exports.cells import Told
from crm_data.exports.document import Document, Part, Passport
from crm_data.output.charts.room import FSI
from crm_data.output.formats import ISOLATE, POP, Formats, plain
from crm_data.output.tables import DRAWN, Column, Sheet, cell_text
from crm_data.output.words import Words


def words_of(document: Document) -> Words:
    return Words(document.language, document.digits, calendar=document.calendar)


def formats_of(document: Document) -> Formats:
    """Formats in the document's language and currency, in the calendar, digits and unit of money of who made it."""
    return Formats(words_of(document), document.currency or "ILS", calendar=document.calendar, money=document.money)


def merged(part: Part, document: Document) -> Passport:
    """The part's passport; what it does not say is the document's."""
    own = {f.name: getattr(part.passport, f.name) for f in fields(Passport) if getattr(part.passport, f.name)}
    return replace(document.passport, **{**own, "calendar": document.calendar, "digits": document.digits})


def origin(passport: Passport, words: Words, formats: Formats, *, scope: bool = True) -> str:
    """One line under a picture or page: the day of the data, the snapshot, under whose rights."""
    parts = [words.t(N_("Data to {day}"), day=formats.day(passport.as_of)) if passport.as_of else "",
             words.t(N_("snapshot {name}"), name=_ltr(plain(passport.snapshot)) if formats.isolates else plain(passport.snapshot)) if passport.snapshot else "",
             plain(passport.scope) if scope else ""]
    return " · ".join(p for p in parts if p)


def _ltr(text: str) -> str:
    return f"{ISOLATE}{text}{POP}" if text else ""


# Tables -------------------------------------------------------------------------------------------------------------
def columns_of(sheet: Sheet) -> tuple[Column, ...]:
    """The columns for readers: numbers and texts, not drawn lines, and no day beside the period that says it."""
    named = any(c.name == "period" for c in sheet.columns)
    return tuple(c for c in sheet.columns if c.kind not in DRAWN and not (named and c.name == "first_day"))


def rows_of(part: Part, most: int | None = None) -> tuple[list[Any], int]:
    """Up to ``most`` rows of the part, and how many there are."""
    assert part.sheet is not None
    if part.rows is None:
        return list(part.sheet.rows[:most]), len(part.sheet.rows)
    source = part.rows()
    kept = list(islice(source, most))
    if part.row_count is not None:
        return kept, part.row_count
    return kept, len(kept) + sum(1 for _ in source)


def left_out(kept: int, there: int, words: Words, formats: Formats) -> str:
    """The sentence for a table that holds the first rows only; empty when it holds all."""
    if kept >= there:
        return ""
    return words.t(N_("The first {kept} of {all} rows. All of them are in the XLSX and CSV files of the same table."), kept=formats.count(kept, full=True), all=formats.count(there, full=True))


def is_number(column: Column) -> bool:
    """Whether its cells end at the column's end: numbers and days."""
    return column.kind not in ("text", "link", "class")


def cell_of(column: Column, value: object, formats: Formats) -> str:
    """A cell in full; from right to left each stands in an isolate, so that signs stay before numbers and names keep their own order."""
    text = cell_text(column, value, formats)
    if not formats.isolates or not text:
        return text
    if isinstance(value, Told):
        return value.shown
    if not is_number(column) or column.kind == "date":
        return own_way(text, True)
    return text if ISOLATE in text else f"{ISOLATE}{text}{POP}"


def own_way(text: str, rtl: bool) -> str:
    """A text of the data in its own direction, so that it turns nothing beside it."""
    return f"{FSI}{text}{POP}" if rtl and text else text
