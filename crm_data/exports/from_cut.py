"""A cut as a part of a document: asked under the viewer's own rights, drawn in the light theme, with every row of its answer."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from crm_data.analysis.annotations import annotations_for
from crm_data.analysis.intervals import answered
from crm_data.cuts.access import Scope
from crm_data.cuts.answer import Answer
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.errors import N_
from crm_data.exports.document import Document, Hero, Part
from crm_data.exports.passport import passport_of
from crm_data.output.charts import LIGHT, Picture
from crm_data.output.charts.flags import Note
from crm_data.output.cut_sheet import count_rows, flat_sheet, sheet_columns, sheet_rows, sheet_total
from crm_data.output.cut_words import sentence_of, title_of
from crm_data.output.figure_choice import shown
from crm_data.output.figures import draw
from crm_data.output.formats import Formats, plain
from crm_data.output.tables import Sheet
from crm_data.output.views import View
from crm_data.output.words import Words

#: Above this the rows are handed to a writer one by one.
MOST_HELD = 20_000
#: More marks than this are no picture.
MOST_DRAWN = 2_000
MOST_HEROES = 3


def cut_part(cut: Cut, warehouse, scope: Scope, words: Words, formats: Formats, *, fig: str = "", link: str = "", user=None, title: str = "",
             notes: Sequence[Note] = ()) -> Part:
    """``cut`` asked of ``warehouse`` for a viewer with ``scope``: heroes, picture, all rows, passport.

    ``fig`` is the figure wanted (as in Explore); ``title`` a name in place of what the cut shows; ``user`` signs the passport. ``link`` is the
    address that opens the same, or the dashboard's own address ("https://mabat.example"), to which that of the cut is added.
    Raises InputError with a sentence for what cannot be asked.
    """
    return answer_part(answered(cut, warehouse, scope=scope), warehouse, scope, words, formats, fig=fig, link=link, user=user, title=title, notes=notes)


def answer_part(answer: Answer, warehouse, scope: Scope, words: Words, formats: Formats, *, fig: str = "", link: str = "", user=None, title: str = "",
                notes: Sequence[Note] = ()) -> Part:
    """An answer that was asked under ``scope`` as a part."""
    view, cut = View(words, formats, catalog_for(warehouse)), answer.cut
    count = count_rows(answer, full=True)
    if link and urlsplit(link).path in ("", "/") and not urlsplit(link).query:
        link = explore_link(cut, answer.period, link, fig)
    passport = passport_of(words, formats, warehouse, scope, answer=answer, link=link, user=user)
    lines = []
    if is_empty(answer):
        lines.append(words.t(N_("Nothing in this period")))
    picture = None if is_empty(answer) or count > MOST_DRAWN else picture_of(answer, view, warehouse, scope, fig=fig, notes=notes)
    if picture is None and count > MOST_DRAWN:
        lines.append(words.t(N_("Too many rows to draw ({n}). The table holds all of them."), n=formats.count(count)))
    many = count > MOST_HELD
    sheet = Sheet(sheet_columns(view, answer, full=True), (), sheet_total(view, answer, full=True)) if many else flat_sheet(view, answer, full=True)

    def rows() -> Iterator[Mapping[str, Any]]:
        return sheet_rows(view, answer, full=True)

    return Part(title or title_of(view, cut), sentence_of(view, answer), picture, sheet, rows if many else None, count if many else len(sheet.rows),
                _heroes(view, answer), tuple(lines), passport)


def picture_of(answer: Answer, view: View, warehouse, scope: Scope, *, fig: str = "", notes: Sequence[Note] = ()) -> Picture:
    """The figure Explore would show, in the light theme; ``notes`` are flags on figures over time."""
    cut = answer.cut
    found = shown(cut, fig, answer, view.catalog)
    drawn = answer if found.cut == cut else ask(found.cut, warehouse, scope=scope)
    title = title_of(view, found.cut, cut.measures if found.several else cut.measures[:1])
    return draw(found.kind, drawn, view, LIGHT, title=title, mirrored=view.words.rtl, spread=_spread(found.kind, found.cut, warehouse, scope),
                notes=notes if found.cut.grain else ())


def chart_notes(engine, answer: Answer, warehouse, scope: Scope, formats: Formats, user=None, moment: datetime | None = None) -> tuple[Note, ...]:
    """What was noted on the days of an answer over time, as far as the viewer may see it; ``moment``: as things stood then."""
    if not answer.cut.grain:
        return ()
    found = annotations_for(engine, scope, answer.period.first, answer.period.last, answer.cut.filters, warehouse=warehouse, user=user, moment=moment)
    return tuple(Note(n.on_day, plain(n.text), formats.day_month(n.on_day)) for n in found)


def _spread(kind: str, cut: Cut, warehouse, scope: Scope) -> Any:
    if kind != "box":
        return None
    from crm_data.analysis.spread import spread

    return spread(cut, warehouse, scope=scope)


def cut_document(part: Part, words: Words, subtitle: str = "") -> Document:
    """One part as a document of its own."""
    return Document(part.title, subtitle, (part,), part.passport, words.language, words.rtl)


def is_empty(answer: Answer) -> bool:
    """Whether there is nothing now, and nothing before."""
    numbers = [*answer.totals.values(), *(answer.totals_before or {}).values()]
    return all(not n for n in numbers) and not answer.hidden


def _heroes(view: View, answer: Answer) -> tuple[Hero, ...]:
    """The first measures over everything the filters leave, with what they are compared with."""
    found = []
    for m in answer.cut.measures[:MOST_HEROES]:
        now, before = answer.totals.get(m), (answer.totals_before or {}).get(m)
        delta = view.delta(m, now, before)
        period = answer.period_before
        beside = ((view.formats.period(period.first, period.last), view.value(m, before)),) if period is not None and before is not None else ()
        found.append(Hero(view.value(m, now), view.words.label(view.catalog.measure(m)), delta.full, delta.tone, beside))
    return tuple(found)


def explore_link(cut: Cut, answer_period: Period | None, base: str, fig: str = "") -> str:
    """The address in Explore that opens the same cut of the same days; ``base`` is the dashboard's own address."""
    days = Period(answer_period.first, answer_period.last, calendar=answer_period.calendar) if answer_period is not None else cut.period
    query = {**replace(cut, period=days).to_link(), "vs": [cut.compare], **({"fig": [fig]} if fig else {})}
    return f"{base.rstrip('/')}/explore?" + urlencode(query, doseq=True)
