"""What "Export page" takes along of a customer beside the cards: what was noticed, and the whole story as a table."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crm_data.analysis.notices import Notice
from crm_data.analysis.story_words import say, sentence
from crm_data.analysis.timeline import Timeline
from crm_data.errors import N_
from crm_data.output.formats import plain
from crm_data.output.tables import Column, Sheet
from pages.parts import frames
from pages.parts.figure import Content
from pages.parts.timeline.view import NAMES

if TYPE_CHECKING:
    from pages.parts.context import Page


def take_noticed(page: Page, found: Sequence[Notice]) -> None:
    """Every notice as a sentence, the worst first: the card shows the first of them."""
    if not found:
        frames.leave("noticed")
        return
    lines = tuple(say(n.said, page.words, page.formats) for n in found)
    frames.enter(frames.Framed(page, "noticed", page.words.t(N_("Noticed")), "", Content(lines=lines)))


def take_story(page: Page, story: Timeline, span: str) -> None:
    """All events of the story; the rows are written when the file is made."""
    if not story.events:
        frames.leave("story")
        return
    sheet = Sheet(_columns(page, story), ())
    whole = frames.Taken(lambda: story_sheet(page, story), rows=len(story.events), detail={"customer": story.who.id})
    frames.enter(frames.Framed(page, "story", page.words.t(N_("The whole story")), span, Content(sheet=sheet, whole=whole)))


def story_sheet(page: Page, story: Timeline) -> Sheet:
    """A row an event, newest first, in the words of the list on the screen."""
    words, formats = page.words, page.formats
    rows = tuple({"on": e.on, "kind": words.t(NAMES[e.kind]), "title": say(e.title, words, formats), "said": words.in_line((plain(e.whose), plain(e.person), sentence(e.details, words, formats))),
                  "body": e.body, "amount": e.amount} for e in story.events)
    return Sheet(_columns(page, story), rows)


def _columns(page: Page, story: Timeline) -> tuple[Column, ...]:
    words = page.words
    found = [Column("on", words.t(N_("Day")), "date"), Column("kind", words.t(N_("Kind"))), Column("title", words.t(N_("What happened"))), Column("said", words.t(N_("Note")))]
    if any(e.body for e in story.events):
        found.append(Column("body", words.t(N_("Text"))))
    if any(e.amount is not None for e in story.events):
        found.append(Column("amount", words.t(N_("Amount")), "money"))
    return tuple(found)
