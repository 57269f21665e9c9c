"""Everything known of one event of a story: the lines of an order, the steps of a complaint, the stages of an opportunity."""
from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.events import Event
from crm_data.analysis.story_words import say
from crm_data.analysis.timeline import Timeline
from crm_data.errors import N_
from crm_data.output.formats import plain
from pages.parts import state
from pages.parts.customer_dialogs import done
from pages.parts.customer_head import may_write
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page


def event_dialog(page: Page, story: Timeline, i: int) -> None:
    """Open the ``i``-th event of the story."""
    event = story.events[i]
    wide = bool(event.lines or steps_of(story, event).steps)
    st.dialog(md(say(event.title, page.words, page.formats))[:240], width="medium" if wide else "small")(event_body)(page, story, i)


def event_body(page: Page, story: Timeline, i: int) -> None:
    event, words, formats = story.events[i], page.words, page.formats
    st.caption(md(words.in_line((words.listed((formats.weekday(event.on), formats.day(event.on))), plain(event.whose), plain(event.person)))))
    if event.amount is not None:
        st.metric(words.t(N_("Amount")), formats.money(event.amount, full=True, decimals=2))
    if event.lines:
        _lines(page, event)
    about = steps_of(story, event)
    if about.steps:
        _steps(page, about)
    details = [say(detail, words, formats) for detail in event.details]
    if details:
        st.markdown(md(words.in_line(details)))
    if event.body and (told := plain(words.member("comment", event.body))) not in details:
        st.text(told)
    deal = event.facts.get("deal")
    if isinstance(deal, int) and st.button(words.t(N_("All of this opportunity")), icon=":material/filter_alt:", key="open_opportunity"):
        state.open_page("pipeline", {"id": str(deal), "of": str(story.who.id)})
    for what in ("task", "decision"):
        number = event.facts.get(what)
        # Those of a company below are marked where they were written.
        if isinstance(number, int) and not event.facts.get("done") and not event.whose and may_write(page):
            if st.button(words.t(N_("Mark as done")), icon=":material/check:", key="finish_event", type="primary"):
                done(page, story.who.key, what, number)


def steps_of(story: Timeline, event: Event) -> Event:
    """The event that carries the steps: an answer or an end belongs to what was opened before."""
    if event.steps or event.ref.count(":") < 2:
        return event
    opened = event.ref.rsplit(":", 1)[0]
    return next((e for e in story.events if e.ref == opened), event)


def _lines(page: Page, event: Event) -> None:
    """What was ordered, at which price; the sum is the order's."""
    words, formats = page.words, page.formats
    heads = (words.t(N_("Product")), words.t(N_("Quantity")), words.t(N_("Each")), words.t(N_("Amount")))
    rows = [(words.member("product", line.product), formats.number(line.quantity, 0 if line.quantity == int(line.quantity) else 2), _exact(page, line.price), _exact(page, line.net)) for line in event.lines]
    st.markdown("\n".join(["| " + " | ".join(md(h) for h in heads) + " |", "|:--|--:|--:|--:|", *("| " + " | ".join(md(cell) for cell in row) + " |" for row in rows)]))


def _exact(page: Page, amount: Decimal | None) -> str:
    return page.formats.money(amount, full=True, decimals=2) if amount is not None else "–"


def _steps(page: Page, event: Event) -> None:
    """One step under the other, with the day and how long it took; what is not over yet is marked."""
    words, formats = page.words, page.formats
    lines = []
    for step in event.steps:
        mark = ":material/radio_button_checked:" if step.done else ":orange[:material/pending:]"
        day = formats.day(step.on) if step.on else ""
        took = words.n("{n} day", "{n} days", step.days) if step.days else ""
        lines.append(f"{mark} " + " · ".join(p for p in (md(day), f"**{md(say(step.what, words, formats))}**", md(took)) if p))
    st.markdown("  \n".join(lines))
