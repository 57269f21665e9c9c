"""A document as a workbook: a sheet a part with typed cells, a chart people can edit, and a last sheet that says where the numbers come from.

Text of the data is written as text: never a formula, never a link. Rows are written one by one; a large workbook is kept on the disk
while it is made, so that its size does not matter to the memory.
"""
from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from crm_data.errors import N_
from crm_data.exports.cells import (
    Told,
    count_of,
    exact,
    in_unit,
    jalali_texts,
    number_formats,
    rows_of,
    total_rows,
    with_jalali,
    written,
)
from crm_data.exports.document import Document, Part
from crm_data.exports.job import Tell, silent
from crm_data.exports.passport import passport_lines
from crm_data.exports.wording import formats_of, words_of
from crm_data.exports.workbook_chart import ChartData, add_charts
from crm_data.output.formats import Formats, plain
from crm_data.output.tables import Column, sheet_name
from crm_data.output.words import Words

#: Rows of a sheet below its head; what is more goes on on a further sheet.
MOST_ROWS = 1_048_575 - 1
#: From so many rows on the workbook is kept on the disk.
LARGE = 5_000
#: Rows looked at for the widths of columns.
LOOKED_AT = 200
LONGEST = 32_767
STEP = 500
_WIDEST = 46


@dataclass
class Book:
    """A workbook being written: its formats by kind, the names its sheets have, and how far it is."""

    out: Any
    words: Words
    currency: str
    total: int
    tell: Tell
    rtl: bool
    #: Amounts, in the unit they are told in, and days, in the calendar and digits of who made the document.
    formats: Formats
    done: int = 0
    names: set[str] = field(default_factory=set)
    _formats: dict[tuple, Any] = field(default_factory=dict)

    def style(self, kind: str = "text", currency: str = "", **options: object) -> Any:
        """The format of a column's cells; ``options`` are further properties."""
        key = (kind, currency, tuple(sorted(options.items())))
        if key not in self._formats:
            pattern = number_formats(currency or self.currency, self.words.language, "toman" if self.formats.toman else "rial").get(kind)
            order = {"reading_order": 2} if self.rtl and pattern is None else {}
            self._formats[key] = self.out.add_format({**({"num_format": pattern} if pattern else {}), **order, **options})
        return self._formats[key]

    def sheet(self, title: str) -> Any:
        """A new sheet under a name no other has."""
        base = name = " ".join(sheet_name(title).split())
        n = 1
        while name.casefold() in self.names:
            n += 1
            name = f"{base[:31 - len(f' ({n})')].rstrip()} ({n})"
        self.names.add(name.casefold())
        page = self.out.add_worksheet(name)
        if self.rtl:
            page.right_to_left()
        page.set_paper(9)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        # A sign that commands a footer's layout is doubled, so that it is only a sign.
        page.set_footer("&L" + plain(title).replace("&", "&&")[:90] + "&R&P / &N")
        return page

    def told(self, rows: int = 1) -> None:
        """Count rows; tell now and then."""
        self.done += rows
        if not self.done % STEP:
            self.tell(self.done, self.total)


def write_xlsx(document: Document, target: str | Path | BinaryIO, tell: Tell = silent) -> None:
    """Write ``document`` to a path or an open file. ``tell`` is called with (rows done, rows in all) and may raise ``Cancelled``:
    nothing is left on the disk beside what the target already holds."""
    total, words = total_rows(document), words_of(document)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "remove_timezone": True,
               **({"constant_memory": True} if total > LARGE else {"in_memory": True})}
    out = xlsxwriter.Workbook(str(target) if isinstance(target, str | Path) else target, options)
    # Programs that ask show who and what; no time of theirs, so that the same content is the same file.
    out.set_properties({"title": plain(document.title)[:255], "subject": plain(document.subtitle)[:255], "company": "", "comments": ""})
    book = Book(out, words, document.passport.currency, total, tell, document.rtl, formats_of(document))
    tell(0, total)
    try:
        data = ChartData(book)
        for part in document.parts:
            _part(book, part, data)
        data.finish()
        _about(book, document)
    except BaseException:
        _forget(out)
        raise
    out.close()
    tell(total, total)


def to_xlsx(document: Document, tell: Tell = silent) -> bytes:
    """``write_xlsx`` in memory."""
    out = io.BytesIO()
    write_xlsx(document, out, tell)
    return out.getvalue()


def _forget(out: Any) -> None:
    """Let go of a workbook that will not be finished, with the files it keeps its rows in."""
    for page in out.worksheets():
        handle = getattr(page, "row_data_fh", None)
        if handle is not None:
            handle.close()
            Path(getattr(page, "row_data_filename", "") or "-").unlink(missing_ok=True)
    out.fileclosed = 1  # or its end of life would complain that it was never closed


# A part -------------------------------------------------------------------------------------------------------------
def _part(book: Book, part: Part, data: ChartData) -> None:
    part = in_unit(part, book.formats)
    columns = written(part)
    if not columns:
        _texts(book, part)
        return
    rows, count, turn = rows_of(part), count_of(part), 0
    if book.formats.jalali and any(c.kind == "date" for c in columns):
        columns = with_jalali(columns, book.words)
        rows = (jalali_texts(row, columns, book.formats) for row in rows)
    while True:
        turn += 1
        left = count - (turn - 1) * MOST_ROWS
        page = book.sheet(part.title)
        head, written_rows = _table(book, page, part, columns, islice(rows, MOST_ROWS), last=left <= MOST_ROWS)
        if turn == 1:
            add_charts(book, page, part, columns, head, data)
        if left <= MOST_ROWS or not written_rows:
            return


def _table(book: Book, page: Any, part: Part, columns: tuple[Column, ...], rows: Iterator[Mapping[str, Any]], last: bool) -> tuple[list[Mapping[str, Any]], int]:
    """The head, the rows and (on the ``last`` sheet of the part) the total; returns the first rows and how many there were."""
    currency, first = part.passport.currency, list(islice(rows, LOOKED_AT))
    total = part.sheet.total if part.sheet is not None and last else None
    look = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#EDF0F4", **({"reading_order": 2} if book.rtl else {})}
    heading, over_numbers = book.style(**look), book.style(**look, align="right")
    widths = [_width(column, [*first, *([total] if total else [])]) for column in columns]
    page.set_row(0, 2 + 16 * max(-(-len(column.head) // max(width - 2, 1)) for column, width in zip(columns, widths, strict=True)))
    for at, column in enumerate(columns):
        page.write_string(0, at, plain(column.head)[:LONGEST], heading if column.kind in ("text", "class", "link") else over_numbers)
        page.set_column(at, at, widths[at])
    page.freeze_panes(1, 1)
    page.repeat_rows(0)
    plan = [(at, c.name, c.kind, book.style(c.kind, currency), book.style(c.kind, currency, font_color="#5B6675")) for at, c in enumerate(columns)]
    line = 0
    for line, row in enumerate(chain(first, rows), start=1):
        quiet = row.get("_quiet") is True
        for at, name, kind, form, grey in plan:
            value = row.get(name)
            if isinstance(value, Told):
                write_cell(page, line, at, value.number, value.kind, book.style(value.kind, currency))
            else:
                write_cell(page, line, at, value, kind, grey if quiet else form)
        book.told()
    if total is not None:
        for at, column in enumerate(columns):
            write_cell(page, line + 1, at, total.get(column.name), column.kind, book.style(column.kind, currency, bold=True, top=1))
    if line:
        page.autofilter(0, 0, line, len(columns) - 1)
    return first, line


def write_cell(page: Any, line: int, at: int, value: object, kind: str, form: Any) -> None:
    """A value in the type it has; points as they are read (1.2, not 0.012)."""
    value = exact(value)
    if value is None or value == "":
        page.write_blank(line, at, None, form)
    elif isinstance(value, bool):
        page.write_boolean(line, at, value, form)
    elif isinstance(value, int | float | Decimal):
        page.write_number(line, at, float(value) * 100 if kind == "points" else float(value), form)
    elif isinstance(value, datetime | date):
        # Spreadsheets know no day before 1900.
        page.write_datetime(line, at, value, form) if value.year >= 1900 else page.write_string(line, at, value.isoformat(), form)
    else:
        page.write_string(line, at, str(value)[:LONGEST], form)


def _width(column: Column, rows: list[Mapping[str, Any]]) -> int:
    word = max(map(len, plain(column.head).split()), default=0) + 3  # and the button of the filter
    if column.kind != "text":
        longest = {"money": 15, "date": 12}.get(column.kind, 9)
        numbers = [v for v in (exact(r.get(column.name)) for r in rows) if isinstance(v, int | float | Decimal)]
        widest = max((len(f"{v:,.2f}") + 4 for v in numbers), default=0)
        return max(longest, min(widest, _WIDEST), min(max(len(column.head) // 2 + 3, word), 22))
    # A column of several units holds numbers too.
    cells = [v.number if isinstance(v, Told) and v.number is not None else v for v in (exact(r.get(column.name)) for r in rows)]
    widest = max([len(f"{v:,.2f}") + 4 if isinstance(v, int | float | Decimal) and not isinstance(v, bool) else len(str(v or "")) for v in cells] or [8])
    return min(max(min(len(column.head), 24) + 3, word, widest + 2, 9), _WIDEST)


def _texts(book: Book, part: Part) -> None:
    """A part without a table: its numbers as they are read, then its sentences."""
    page = book.sheet(part.title)
    strong, plain_text = book.style(bold=True), book.style(text_wrap=True, valign="top")
    page.set_column(0, 0, 60)
    page.set_column(1, 6, 22)
    line = 0
    for text, form in ((part.title, strong), (part.sentence, plain_text)):
        if text:
            page.write_string(line, 0, plain(text)[:LONGEST], form)
            line += 1
    for hero in part.heroes:
        cells = [hero.label, hero.value, hero.change, *(f"{label}: {value}" for label, value in hero.beside)]
        for at, text in enumerate(cells):
            page.write_string(line, at, plain(text)[:LONGEST], strong if at == 1 else plain_text)
        line += 1
    for text in part.lines:
        page.write_string(line, 0, plain(text)[:LONGEST], plain_text)
        line += 1


# Where the numbers come from ------------------------------------------------------------------------------------------
def _about(book: Book, document: Document) -> None:
    """The passport: what all parts share once, then what each part has of its own."""
    words, page = book.words, book.sheet(book.words.t(N_("About")))
    head, text, title = book.style(bold=True, valign="top"), book.style(text_wrap=True, valign="top"), book.style(bold=True, font_size=14)
    page.set_column(0, 0, 30)
    page.set_column(1, 1, 100)
    line = 0

    def row(first: str, second: str = "", form: Any = head) -> None:
        nonlocal line
        page.write_string(line, 0, plain(first)[:LONGEST], form)
        if second:
            page.write_string(line, 1, plain(second)[:LONGEST], text)
        line += 1

    row(document.title, document.subtitle, title)
    shared = passport_lines(document.passport, words.language)
    for pair in shared:
        row(*pair)
    for part in document.parts:
        own = [pair for pair in passport_lines(part.passport, words.language) if pair not in shared]
        if own or part.lines or len(document.parts) > 1:
            line += 1
            row(part.title, part.sentence)
        for one in part.lines if part.sheet is not None else ():
            row("", one)
        for pair in own:
            row(*pair)
