"""A whole review as a document: every block with its numbers, figures and tables, what was restated, and the decisions."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from crm_data.analysis.decisions import decisions_of
from crm_data.analysis.review import Block, Looked, Opened, Shown
from crm_data.analysis.review_look import decided, look
from crm_data.analysis.review_room import open_review
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.errors import N_
from crm_data.exports.document import Document, Hero, Part, Passport
from crm_data.exports.from_cut import answer_part, chart_notes
from crm_data.exports.passport import passport_of
from crm_data.exports.review_tables import (
    decisions_sheet,
    figures_sheet,
    lines_sheet,
    stored_sheet,
    targets_picture,
    targets_sentence,
    targets_sheet,
)
from crm_data.exports.review_words import block_title, hero_of, restated_text
from crm_data.output.cut_words import title_of
from crm_data.output.formats import Formats
from crm_data.output.review_words import months_text
from crm_data.output.views import View
from crm_data.output.words import Words

#: Numbers drawn large over a figure; more stand in the table of numbers.
MOST_HEROES = 3
#: Sentences of what reads differently beside the numbers; further ones follow the block's figures.
FIRST_RESTATED = 2
_NOTHING = {"complaints": N_("No complaint is waiting"), "targets": N_("No target is set for this period"), "changes": N_("Nothing changed"), "ranking": N_("Nobody moved"),
            "decisions": N_("No decision is open")}


def opened_document(engine, user, review_id: int, store, scope: Scope, words: Words, *, link: str = "", title: str = "", formats: Formats | None = None) -> Document:
    """The review of this number as a document for ``user``; raises InputError where there is none. ``link`` is the dashboard's own address;
    ``formats`` those of who reads it (default: as ``words`` have them)."""
    opened = open_review(engine, user, review_id, store)
    formats = formats or Formats(words, (opened.warehouse or store.warehouse()).currency, calendar=words.calendar)
    return review_document(opened, scope=scope, engine=engine, user=user, words=words, formats=formats, link=f"{link.rstrip('/')}/review?review={review_id}" if link else "", title=title)


def review_document(opened: Opened, *, scope: Scope, engine, user, words: Words, formats: Formats, link: str = "", title: str = "") -> Document:
    """Every block of the agenda as ``scope`` may see it, and the meeting's decisions last. ``link`` opens the review."""
    return Pack(opened, scope, engine, user, words, formats, link).document(title)


class Pack:
    """What every block of a review is made into parts with."""

    def __init__(self, opened: Opened, scope: Scope, engine, user, words: Words, formats: Formats, link: str) -> None:
        self.opened, self.scope, self.engine, self.user, self.words, self.formats, self.link = opened, scope, engine, user, words, formats, link
        self.passport = self._passport()

    def document(self, title: str = "") -> Document:
        review, words = self.opened.review, self.words
        parts = [part for block in review.agenda for part in self.parts(block)]
        parts += self._decided()
        subtitle = " · ".join(p for p in (self.formats.day(review.held_on), ", ".join(review.participants)) if p)
        return Document(title or review.title or words.t(N_("Weekly review")), subtitle, tuple(parts), self.passport, words.language, words.rtl)

    def _passport(self) -> Passport:
        words, opened = self.words, self.opened
        notes = []
        if opened.as_it_was:
            notes.append(words.t(N_("As it was on {day}, snapshot {name}."), day=self.formats.day(opened.review.held_on), name=opened.review.snapshot))
        if said := months_text(words, self.formats, opened.review.calendar):
            notes.append(said)
        if opened.before is not None:
            notes.append(words.t(N_("Last meeting: {day}."), day=self.formats.day(opened.before.held_on)))
        if opened.gone_before:
            notes.append(words.t(N_("The snapshot {name} of the last meeting is gone: its numbers are not known."), name=opened.gone_before))
        if opened.warehouse is None:
            signed = getattr(self.user, "full_name", "") or getattr(self.user, "name", "")
            return Passport(notes=tuple(notes), snapshot=opened.gone, link=self.link, made_by=signed, currency=self.formats.currency,
                            calendar=self.formats.calendar, digits=self.formats.digits, money="toman" if self.formats.toman else "rial")
        return passport_of(words, self.formats, opened.warehouse, self.scope, link=self.link, user=self.user, notes=notes)

    # Blocks -----------------------------------------------------------------------------------------------------------
    def parts(self, block: Block) -> list[Part]:
        """One block: a part, or several where it has several figures."""
        looked = look(block, self.opened, scope=self.scope, engine=self.engine, user=self.user)
        title, words, formats = block_title(looked, self.words), self.words, self.formats
        said = (words.error(looked.problem),) if looked.problem is not None else ()
        if looked.stored:
            catalog = catalog_for(self.opened.warehouse) if self.opened.warehouse is not None else None
            return [Part(title, sheet=stored_sheet(looked.stored, catalog, words, formats), lines=said, passport=self.passport)]
        if block.kind == "note":
            return [Part(title, lines=tuple(looked.text.splitlines()), passport=self.passport)]
        restated = [restated_text(one, words, formats) for one in looked.restated]
        found = [*self._figures(looked, title), *self._lists(looked, title, restated[FIRST_RESTATED:])]
        if looked.decisions:
            found.append(Part(title, sheet=decisions_sheet(looked.decisions, words, formats), passport=self.passport))
        if looked.text:
            found.append(Part(title, lines=tuple(looked.text.splitlines()), passport=self.passport))
        if not found:
            return [Part(title, lines=said or (words.t(_NOTHING.get(block.kind, N_("Nothing to show"))),), passport=self.passport)]
        if (more := len(restated) - FIRST_RESTATED) > 0:
            restated[FIRST_RESTATED:] = [words.n("{n} more figure reads differently.", "{n} more figures read differently.", more, n=formats.count(more))]
        first = replace(found[0], title=title, lines=(*said, *found[0].lines, *restated))
        return [first, *found[1:]]

    def _figures(self, looked: Looked, title: str) -> list[Part]:
        """The numbers of the block as a table where there are several, then each figure with its rows."""
        words, formats = self.words, self.formats
        figures = list({(f.measure, f.member, f.period, f.now, f.then): f for one in looked.shown for f in one.hero}.values())
        heroes, parts = tuple(hero_of(f, words, formats) for f in figures[:MOST_HEROES]), []
        drawn = [one for one in looked.shown if one.answer is not None and (one.cut.by or one.cut.grain) and len(one.answer.rows)]
        if figures and (len(figures) > MOST_HEROES or not drawn):
            parts.append(Part(title, heroes=heroes, sheet=figures_sheet(figures, words, formats), passport=self.passport))
        return parts + [self._figure(one, title, heroes if not parts and n == 0 else ()) for n, one in enumerate(drawn)]

    def _figure(self, one: Shown, title: str, heroes: tuple[Hero, ...]) -> Part:
        assert one.answer is not None
        words, opened = self.words, self.opened
        view = View(words, self.formats, catalog_for(opened.warehouse))
        named = f"{title}: {words.t(one.title) if one.title and words.t(one.title) != title else title_of(view, one.cut)}"
        notes = chart_notes(self.engine, one.answer, opened.warehouse, self.scope, self.formats, self.user, opened.moment)
        part = answer_part(one.answer, opened.warehouse, self.scope, words, self.formats, fig=one.fig, user=self.user, title=named, link=self.link, notes=notes)
        return replace(part, heroes=heroes)

    def _lists(self, looked: Looked, title: str, further: Sequence[str] = ()) -> list[Part]:
        """The targets, the rows of a list, and what is worth a look; ``further``: what reads differently beyond the first sentences."""
        words, formats, data, parts = self.words, self.formats, self.opened.warehouse, []
        if looked.targets:
            # The lines of this block are its first targets again, with what was reached at the last meeting.
            then = [line.figures[0] if line.figures else None for line in looked.lines]
            parts.append(Part(f"{title}: {words.t(N_('all'))}", targets_sentence(looked.targets, words, formats), targets_picture(looked.targets, data, self.scope, words, formats),
                              targets_sheet(looked.targets, then, data, self.scope, words, formats), passport=self.passport))
        elif looked.lines:
            parts.append(Part(f"{title}: {words.t(N_('list'))}", sheet=lines_sheet(looked.lines, words, formats), passport=self.passport))
        if looked.findings or further:
            said = tuple(" · ".join(t for t in (f.title.text(words, formats), f.detail.text(words, formats)) if t) for f in looked.findings)
            parts.append(Part(f"{title}: {words.t(N_('worth a look'))}", lines=(*said, *further), passport=self.passport))
        return parts

    def _decided(self) -> list[Part]:
        """The meeting's own decisions."""
        found: Any = decided(self.opened, scope=self.scope, engine=self.engine, user=self.user) if self.opened.warehouse is not None else tuple(
            (d, None) for d in decisions_of(self.engine, self.opened.review.id))
        return [Part(self.words.t(N_("Decisions of this meeting")), sheet=decisions_sheet(found, self.words, self.formats), passport=self.passport)] if found else []
