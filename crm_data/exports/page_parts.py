"""Pieces of a page as HTML that the printed and the interactive report share. Every text is escaped and, where it is data, isolated."""
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from crm_data.errors import N_
from crm_data.exports.document import Document, Hero, Part, Passport
from crm_data.exports.passport import passport_lines
from crm_data.exports.wording import cell_of, columns_of, is_number, left_out, rows_of
from crm_data.output.formats import Formats, plain
from crm_data.output.tables import Column, tone
from crm_data.output.words import FIRST_STRONG, FROM_RIGHT, ISOLATE, POP, Words
from crm_data.text import in_order

#: Letters after which a word without a gap may be broken.
_LONG = 28
_ISOLATES, _AMOUNT = re.compile(f"([{ISOLATE}{FIRST_STRONG}{POP}])"), re.compile(f"{FROM_RIGHT}{ISOLATE}[^{POP}]*{POP}[^{POP}]*{POP}")
_ISOLATE_TAGS = {ISOLATE: '<bdi dir="ltr">', FIRST_STRONG: "<bdi>", POP: "</bdi>"}


def said(text: object) -> str:
    """A text in an isolate of its own: its signs turn nothing beside it, and what stands in isolates in it (a number, a name) keeps them. Words too long
    for a line may be broken."""
    raw = "" if text is None else str(text)
    # An amount whose sign comes after its number runs as the page does.
    turned = ' dir="rtl"' if _AMOUNT.fullmatch(raw) else ""
    words = "".join(_ISOLATE_TAGS.get(part) or _broken(part) for part in _ISOLATES.split(in_order(raw)))
    return f"<bdi{turned}>{words}</bdi>" if words else ""


def _broken(text: str) -> str:
    return " ".join("<wbr>".join(escape(word[i:i + _LONG]) for i in range(0, len(word), _LONG)) for word in text.split(" "))


def sound(page: str) -> str:
    """A page that can be written: halves of letters, which no file takes, become a question mark."""
    return page.encode("utf-8", "replace").decode("utf-8")


def heroes(listed: Sequence[Hero]) -> str:
    """The large numbers with what stands beside them."""
    cells = []
    for hero in listed:
        change = f'<dd class="change {escape(hero.tone)}">{said(hero.change)}</dd>' if hero.change else ""
        cells.append(f'<div class="hero"><dt>{said(hero.label)}</dt><dd class="value">{said(hero.value)}</dd>{change}</div>')
        cells += [f'<div><dt>{said(name)}</dt><dd class="beside">{said(value)}</dd></div>' for name, value in hero.beside]
    return f'<dl class="heroes">{"".join(cells)}</dl>' if cells else ""


def lines(listed: Iterable[str]) -> str:
    rows = "".join(f"<li>{said(line)}</li>" for line in listed if line)
    return f'<ul class="lines">{rows}</ul>' if rows else ""


def passport(about: Passport, document: Document) -> str:
    """The passport as a list of names and texts; an address can be followed."""
    rows = "".join(f"<div><dt>{said(name)}</dt><dd>{_linked(text, about.link)}</dd></div>" for name, text in passport_lines(about, document.language))
    return f'<dl class="passport">{rows}</dl>' if rows else ""


def _linked(text: str, link: str) -> str:
    safe = link and plain(link) == plain(text) and link.startswith(("https://", "http://"))
    shown = f'<bdi dir="ltr">{escape(plain(text))}</bdi>' if safe else said(text)
    return f'<a href="{escape(link, quote=True)}" rel="noreferrer">{shown}</a>' if safe else shown


def table(part: Part, words: Words, formats: Formats, most: int) -> str:
    """The part's rows, the first ``most`` of them, and the sentence that says so when there are more."""
    assert part.sheet is not None
    columns = columns_of(part.sheet)
    rows, there = rows_of(part, most)
    head = "".join(f'<th scope="col"{_side(c)}>{said(c.head)}</th>' for c in columns)
    body = "".join(f"<tr>{_cells(columns, row, formats)}</tr>" for row in rows)
    foot = f'<tr class="total">{_cells(columns, part.sheet.total, formats)}</tr>' if part.sheet.total is not None else ""
    more = left_out(len(rows), there, words, formats)
    size = "wide" if len(columns) > 9 else "many" if len(columns) > 6 else ""
    note = f'<p class="note">{said(more)}</p>' if more else ""
    return f'<table class="{size}"><thead><tr>{head}</tr></thead><tbody>{body}{foot}</tbody></table>{note}'


def _cells(columns: Sequence[Column], row: Any, formats: Formats) -> str:
    found = []
    for column in columns:
        value = row.get(column.name)
        way = tone(column, value)
        kind = " ".join(k for k in ("n" if is_number(column) else "", way if way != "none" else "") if k)
        found.append(f'<td{f" class={chr(34)}{kind}{chr(34)}" if kind else ""}>{said(cell_of(column, value, formats))}</td>')
    return "".join(found)


def _side(column: Column) -> str:
    return ' class="n"' if is_number(column) else ""


def meaning(document: Document, words: Words) -> str:
    """What the figures mean: every definition of the document once."""
    known = dict(d for about in (document.passport, *(p.passport for p in document.parts)) for d in about.definitions)
    rows = "".join(f"<div><dt>{said(name)}</dt><dd>{said(text)}</dd></div>" for name, text in known.items())
    return f'<section class="meaning"><h2>{escape(words.t(N_("What the figures mean")))}</h2><dl class="passport">{rows}</dl></section>' if rows else ""
