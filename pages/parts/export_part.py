"""Frames as parts of a document: drawn for paper, with every row, and with the passport of their numbers."""
from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from crm_data.cuts.cut import describe_filter
from crm_data.errors import N_
from crm_data.exports.document import Document, Hero, Part, Passport
from crm_data.exports.passport import passport_of
from crm_data.output.charts import Picture
from crm_data.output.formats import plain
from crm_data.output.tables import Column, Sheet
from pages.parts.frames import Framed, Taken, Tiled
from pages.parts.paper import for_paper

if TYPE_CHECKING:
    from pages.parts.context import Page
    from pages.parts.figure import Content

log = logging.getLogger("mabat.exports")

#: Sentences on the screen that end with what a click does; on paper nothing is clicked.
HINTS = ("click a bar to narrow the page", "click {member} again to widen", "click a cell for its rows", "click a name for the story, a place for why", "late ones first; click one for all about it",
         "{what} · click a name for the whole story", "newest first · click one to look at it or undo it", "Customers on {day} · click a tier for its customers and terms")
#: Numbers drawn large beside each other.
MOST_LARGE = 6


@dataclass(frozen=True)
class Half:
    """A part whose table, where it is long, is made only when the file is: in a thread, without Streamlit."""

    part: Part
    taken: Taken | None = None
    cut: dict[str, Any] | None = None

    def whole(self) -> Part:
        if self.taken is None:
            return self.part
        sheet = without_links(self.taken.sheet())
        return replace(self.part, sheet=sheet, row_count=len(sheet.rows))

    @property
    def rows(self) -> int | None:
        """How many rows its table has; None where that is known only when it is made."""
        if self.taken is not None:
            return self.taken.rows
        return len(self.part.sheet.rows) if self.part.sheet is not None else 0


def exportable(made: Content) -> bool:
    """Whether there is anything to take along."""
    return made.empty is None and (made.sheet is not None or made.picture is not None or made.pictures is not None or bool(made.lines))


def halves(one: Framed | Tiled, link: str, taken: Taken | None = None) -> tuple[Half, ...]:
    """A frame as parts: one, or one for each picture where it draws several. ``taken`` is what was chosen in place of its table."""
    if isinstance(one, Tiled):
        return (_tiles(one, link),)
    page, made = one.page, one.made
    taken = taken or made.whole
    pictures = _pictures(one)
    title = (taken.title if taken is not None else "") or one.title
    sentence = (taken.sentence if taken is not None else "") or one.sentence
    part = Part(_bare(title), _said(page, sentence), pictures[0] if pictures else None, without_links(made.sheet) if made.sheet is not None else None, heroes=_heroes(page, made), lines=tuple(map(_bare, made.lines)),
                passport=_passport(page, made, link, taken), row_count=len(made.sheet.rows) if made.sheet is not None else None)
    cut = made.cut.to_link() if made.cut is not None else None
    further = tuple(Half(Part(part.title, part.sentence, picture, passport=part.passport), cut=cut) for picture in pictures[1:])
    return (Half(part, taken, cut), *further)


def without_links(sheet: Sheet) -> Sheet:
    """A file carries names, not addresses inside this dashboard."""
    linked = {c.name for c in sheet.columns if c.kind == "link"}
    if not linked:
        return sheet
    columns = tuple(replace(c, kind="text", link_to="") if c.name in linked else c for c in sheet.columns)
    rows = tuple({k: unquote(str(v).rpartition("#")[2]) if k in linked and v else v for k, v in row.items()} for row in sheet.rows)
    return replace(sheet, columns=columns, rows=rows)


def document_of(page: Page, title: str, found: Sequence[Half], link: str) -> Callable[[], Document]:
    """The document of these parts; the long tables are made when it is called."""
    passport = found[0].part.passport if len(found) == 1 else passport_of(
        page.words, page.formats, page.warehouse, page.scope, link=link, user=page.user, filters=_question(page), comparison=_compared(page))
    subtitle = "" if len(found) == 1 else _question(page)
    language, rtl = page.words.language, page.words.rtl
    return lambda: Document(_bare(title), subtitle, tuple(half.whole() for half in found), passport, language, rtl)


# Pictures -------------------------------------------------------------------------------------------------------------
def _pictures(one: Framed) -> tuple[Picture, ...]:
    """What the frame draws, light and wide. Drawn anew only where the screen is neither."""
    made = one.made
    if made.picture is None and made.pictures is None:
        return ()
    with for_paper():
        if one.again is not None and (getattr(one.page, "screen_theme", "light") != "light" or getattr(one.page, "screen_narrow", False)):
            try:
                made = one.again()
            except Exception:  # noqa: BLE001 - a picture as on the screen is better than none
                log.exception("a frame could not be drawn again")
        drawn = made.pictures() if made.pictures is not None else ()
    return ((made.picture,) if made.picture is not None else ()) + tuple(drawn)


# Numbers and passports ------------------------------------------------------------------------------------------------
def _heroes(page: Page, made: Content) -> tuple[Hero, ...]:
    """The number the frame is about, with what it is compared with."""
    if made.answer is None or not made.measure or made.number is None or made.measure not in page.catalog.measures:
        return ()
    about, before = page.catalog.measure(made.measure), (made.answer.totals_before or {}).get(made.measure)
    same = made.answer.totals.get(made.measure) == made.number
    delta = page.formats.delta(made.number, before if same else None, about.unit, about.better)
    period = made.answer.period_before
    beside = ((page.formats.period(period.first, period.last), page.formats.value(before, about.unit)),) if same and period is not None and before is not None else ()
    return (Hero(page.formats.value(made.number, about.unit), page.words.label(about), delta.full, delta.tone, beside),)


def _tiles(one: Tiled, link: str) -> Half:
    """Tiles as one part: few are drawn large, many are a table."""
    page, words = one.page, one.page.words
    told = [(_bare(t.label), _bare(t.value), _bare(f"{t.delta.full} {t.versus}".strip() if t.delta.text else t.versus), t.delta.tone) for t in one.tiles]
    columns = (Column("figure", words.t(N_("Figure"))), Column("value", words.t(N_("Value"))), Column("change", words.t(N_("Change"))))
    sheet = Sheet(columns, tuple({"figure": label, "value": value, "change": change} for label, value, change, _ in told)) if len(told) > MOST_LARGE else None
    heroes = tuple(Hero(value, label, change, tone) for label, value, change, tone in told) if sheet is None else ()
    passport = passport_of(page.words, page.formats, page.warehouse, page.scope, link=link, user=page.user, filters=_question(page), comparison=_compared(page))
    return Half(Part(words.t(N_("Key figures")), _question(page), sheet=sheet, heroes=heroes, passport=passport, row_count=len(told) if sheet is not None else None))


def _passport(page: Page, made: Content, link: str, taken: Taken | None) -> Passport:
    notes = (*made.notes, *(taken.notes if taken is not None else ()))
    if made.cut is not None:
        return passport_of(page.words, page.formats, page.warehouse, page.scope, cut=made.cut, answer=made.answer, link=link, user=page.user, notes=notes)
    return passport_of(page.words, page.formats, page.warehouse, page.scope, link=link, user=page.user, notes=notes, filters=_question(page), comparison=_compared(page))


def _question(page: Page) -> str:
    """The period and filters of the page."""
    return page.words.in_line([page.formats.period(page.period.first, page.period.last), *(describe_filter(f, page.words, page.catalog) for f in page.filters)])


def _compared(page: Page) -> str:
    before = page.period.compared(page.compare, page.warehouse.as_of) if page.compare != "none" else None
    return page.words.t(N_("against {period}"), period=page.formats.period(before.first, before.last)) if before is not None else ""


def _said(page: Page, sentence: str) -> str:
    """The sentence without its hints for the hand."""
    hints = [re.escape(page.words.t(hint).rpartition(" · ")[2]).replace(r"\{member\}", ".+") for hint in HINTS]
    return " · ".join(part for part in sentence.split(" · ") if not any(re.fullmatch(hint, plain(part)) for hint in hints))


def _bare(text: str) -> str:
    return plain(text)
