"""A document for paper: A4, page numbers, heads repeated over every page of a table, no figure or row cut, readable in grey.

The page is self-contained and carries a policy under which no script runs.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from pathlib import Path

from crm_data.exports import page_parts
from crm_data.exports.across import across
from crm_data.exports.document import Document, Part
from crm_data.exports.fonts import font_faces
from crm_data.exports.job import Tell, silent
from crm_data.exports.page_parts import said, sound
from crm_data.exports.paper import for_paper
from crm_data.exports.pictures import svg_of
from crm_data.exports.wording import columns_of, formats_of, merged, origin, words_of
from crm_data.output.formats import plain
from crm_data.output.pdf import NoBrowser, find_browser, to_pdf

#: Rows of one table on paper; the whole is in the workbook. A contents list is for documents of more parts than these.
MOST_ROWS, FEW = 1_500, 3
SECONDS = 120
#: Pixels of a drawing: about what a page is wide, so that letters keep their size.
_WIDTH = 700
#: A table of no more rows is not parted over pages.
_WHOLE = 14
_STYLE = Path(__file__).with_suffix(".css")
_FACES = re.compile(r"<style>@font-face.*?</style>", re.S)


def to_html_report(document: Document, svgs: Sequence[str] = ()) -> str:
    """The page. ``svgs``: a drawing for each part, "" for a part without one; none at all leaves the tables."""
    words, formats = words_of(document), formats_of(document)
    drawings = [*svgs, *[""] * (len(document.parts) - len(svgs))]
    head = f'<header><h1>{said(document.title)}</h1>{f"<p class=sub>{said(document.subtitle)}</p>" if document.subtitle else ""}</header>'
    several = len(document.parts) > FEW
    contents = f'<ol class="contents">{"".join(f"<li>{said(part.title)}</li>" for part in document.parts)}</ol>' if several else ""
    body = "".join(_part(part, document, drawing) for part, drawing in zip(document.parts, drawings, strict=True))
    inside = head + page_parts.passport(_without_meaning(document), document) + contents + body + page_parts.meaning(document, words)
    foot = " · ".join(p for p in (plain(document.title), origin(document.passport, words, formats)) if p)
    return sound("<!doctype html>\n"
            f'<html lang="{escape(document.language)}" dir="{"rtl" if document.rtl else "ltr"}"><head><meta charset="utf-8">'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; base-uri 'none'; form-action 'none'\">"
            '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">'
            f"<title>{escape(plain(document.title))}</title><style>{font_faces(inside + foot)}{_page_rules(foot, document.rtl, document.digits)}{_STYLE.read_text(encoding='utf-8')}</style></head>"
            f"<body>{inside}</body></html>\n")


def to_pdf_report(document: Document, tell: Tell = silent) -> bytes:
    """The page with its figures drawn, printed. Raises NoBrowser where no browser is on this machine."""
    if find_browser() is None:
        raise NoBrowser()
    drawn = [i for i, part in enumerate(document.parts) if part.picture is not None]
    tell(0, 3)
    made = dict(zip(drawn, svg_of([for_paper(document.parts[i].picture, _WIDTH) for i in drawn], _WIDTH), strict=True))  # type: ignore[arg-type]
    tell(1, 3)
    page = to_html_report(document, [made.get(i, "") for i in range(len(document.parts))])
    tell(2, 3)
    pdf = to_pdf(page, SECONDS)
    tell(3, 3)
    return pdf


def _without_meaning(document: Document):
    """The passport of the first page; definitions stand together at the end."""
    return replace(document.passport, definitions=())


def _part(part: Part, document: Document, drawing: str) -> str:
    words, formats = words_of(document), formats_of(document)
    part = across(part, formats)
    sentence = f'<p class="sentence">{said(part.sentence)}</p>' if part.sentence else ""
    drawn = f'<figure dir="ltr" role="img" aria-label="{escape(plain(part.picture.alt if part.picture else part.title), quote=True)}">{_FACES.sub("", drawing)}</figure>' if drawing else ""
    alone = len(document.parts) == 1 and part.title == document.title
    title = "" if alone else f"<h2>{said(part.title)}</h2>"
    top = f'<div class="keep">{title}{sentence}{page_parts.heroes(part.heroes)}{drawn}{_own_words(part, document)}</div>'
    table = page_parts.table(part, words, formats, MOST_ROWS) if part.sheet is not None and columns_of(part.sheet) else ""
    if part.sheet is not None and part.rows is None and len(part.sheet.rows) <= _WHOLE:
        table = f'<div class="keep">{table}</div>'
    lying = part.sheet is not None and len(columns_of(part.sheet)) > 9
    if lying and drawing:
        # A page on its side is too low for the figure: it stands before the table, upright.
        return f"<section>{top}{page_parts.lines(part.lines)}</section><section class=landscape>{table}</section>"
    return f'<section{" class=landscape" if lying else ""}>{top}{page_parts.lines(part.lines)}{table}</section>'


def _own_words(part: Part, document: Document) -> str:
    """Filters, comparison and notes of the part where the first page does not say the same."""
    own, shared = merged(part, document), document.passport
    told = [text for text, other in ((own.filters, shared.filters), (own.comparison, shared.comparison)) if text and text != other and text not in part.sentence]
    told += [note for note in own.notes if note not in shared.notes]
    return f'<p class="note">{" · ".join(said(t) for t in told)}</p>' if told else ""


def _page_rules(foot: str, rtl: bool, digits: str = "latin") -> str:
    """Paper size, page numbers and the foot of every page."""
    start, end = ("right", "left") if rtl else ("left", "right")
    small = "font:7.5pt Inter,Heebo,Vazirmatn,Arial,sans-serif;color:#444C58"
    count = ",persian" if digits == "persian" else ""
    boxes = f'@bottom-{start}{{content:"{_css(foot)}";{small};text-align:{start};direction:{"rtl" if rtl else "ltr"};width:85%}}@bottom-{end}{{content:counter(page{count}) " / " counter(pages{count});{small};direction:ltr;white-space:nowrap}}'
    return f"@page{{size:A4;margin:15mm 14mm 17mm;{boxes}}}@page lying{{size:A4 landscape;margin:14mm;{boxes}}}"


def _css(text: str) -> str:
    """A text inside a CSS string: all but letters and digits by their numbers."""
    return "".join(c if c.isalnum() or c == " " else f"\\{ord(c):x} " for c in text)


__all__ = ["MOST_ROWS", "to_html_report", "to_pdf_report"]
