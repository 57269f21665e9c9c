"""One line to ask in plain words: completions as one types, and under it what was understood, to be corrected, and what was not."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING
from zlib import crc32

import streamlit as st

from crm_data.analysis.ask_complete import beginnings, complete
from crm_data.analysis.ask_members import full_vocabulary
from crm_data.analysis.ask_tokens import MOST_LETTERS
from crm_data.analysis.ask_values import values
from crm_data.analysis.ask_words import Token, Understood, corrected, from_first_day, understand
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import Period
from crm_data.errors import N_
from pages.parts import asking, explore_state
from pages.parts.choices import grouped, lead_measure
from pages.parts.ready_questions import questions_of
from pages.parts.text import md

if TYPE_CHECKING:
    from crm_data.analysis.ask_match import Vocabulary
    from pages.parts.context import Page

#: The line's widget; what was asked last (text, link of its cut); what was asked before.
_LINE, _ASKED, _RECENT = "ask_line_text", "_ask_line_asked", "_ask_line_recent"
MOST_RECENT = 8


def ask_line(page: Page, cut: Cut) -> None:
    """Draw the line above ``cut``, the question on screen."""
    words = page.words
    asked = st.session_state.get(_ASKED)
    if asked and asked[1] and asked[1] != cut.to_link():
        # Another cut was chosen by other means: the line no longer says what is on screen.
        asked = st.session_state[_ASKED] = st.session_state[_LINE] = None
    with st.container(key="askline", gap="small"):
        st.selectbox(words.t(N_("Ask in words")), _options(page, asked[0] if asked else ""), index=None, key=_LINE, accept_new_options=True,
                     on_change=_typed, args=(page,), label_visibility="collapsed", placeholder=words.t(N_("Ask, for example: how many customers called last year by topic")))
        if asked:
            _under(page, asked[0])


def _options(page: Page, text: str) -> list[str]:
    """What can be chosen while typing: how the question on screen may go on, earlier and ready questions, measures by dimensions."""
    words, catalog = page.words, page.catalog

    def begin() -> list[str]:
        able = [m for _, members in grouped(catalog, asking.rows_by_table(page)) for m in members]
        return [*(words.t(q.text) for q in questions_of(page)), *beginnings(catalog, words, able)]
    further = complete(text + " ", catalog, words, lambda d: _members(page, d), vocabulary=_vocabulary(page)) if text else []
    begun = asking.kept("ask_beginnings", page, begin, words.language)
    return list(dict.fromkeys([*([text] if text else []), *further, *st.session_state.get(_RECENT, []), *begun]))  # type: ignore[misc]


def _members(page: Page, dimension: str) -> Iterable[tuple[str, str]]:
    """(value, name shown) of the members this viewer may see."""
    return [(v, page.words.member(dimension, v)) for v in values(dimension, page.warehouse, page.scope)]


@st.cache_resource(ttl=3600, max_entries=32, show_spinner=False)
def _kept(key: tuple, _make: Callable[[], Vocabulary]) -> Vocabulary:
    return _make()


def _vocabulary(page: Page) -> Vocabulary:
    """All words of the viewer's language and data; made once a snapshot, as members of millions of rows are behind it."""
    names = tuple((n, d.label) for n, d in page.catalog.dimensions.items())
    key = (page.warehouse.key, page.scope.key, page.words.language, page.formats.calendar, names)
    return _kept(key, lambda: full_vocabulary(page.catalog, page.words, lambda d: _members(page, d), page.formats.calendar))


def read(page: Page, text: str) -> Understood:
    """What is understood of a question on this page."""
    lead = lead_measure(page.catalog, asking.rows_by_table(page))
    return understand(text, page.catalog, page.words, today=page.today, members=lambda d: _members(page, d), lead=lead, vocabulary=_vocabulary(page), calendar=page.formats.calendar,
                      times=page.formats.times, currency=page.formats.currency)


def _typed(page: Page) -> None:
    text = st.session_state.get(_LINE)
    if not text:
        st.session_state[_ASKED] = None
        return
    ready = next((q for q in questions_of(page) if page.words.t(q.text) == text), None)
    if ready:
        cut = ready.cut(page.catalog)
        explore_state.put(cut, ready.figure)
        st.session_state[_ASKED] = None
        st.session_state[_LINE] = None
        return
    _ask(page, text)


def _ask(page: Page, text: str) -> None:
    """Show the cut of a question; one that gives none leaves the screen as it is and is told about under the line."""
    text = " ".join(text.split())[:MOST_LETTERS + 1]
    st.session_state[_LINE] = text
    understood = read(page, text)
    link = None
    if understood.cut:
        period = understood.cut.period or page.period
        cut = explore_state.bounded(from_first_day(replace(understood.cut, period=period), page.warehouse, scope=page.scope))
        explore_state.put(cut)
        link = cut.to_link()
        kept = [t for t in st.session_state.get(_RECENT, []) if t != text]
        st.session_state[_RECENT] = [text, *kept][:MOST_RECENT]
    st.session_state[_ASKED] = (text, link)


def _under(page: Page, text: str) -> None:
    """What the question was taken for, each part to be changed, and what was not understood."""
    words, understood = page.words, read(page, text)
    if understood.problem:
        st.warning(md(words.error(understood.problem)), icon=":material/block:")
    elif understood.cut is None:
        st.caption(words.t(N_("Nothing of this was understood. Name a measure and what to cut it by, for example: revenue by branch last year.")))
        return
    with st.container(horizontal=True, key="asktokens", gap="small", vertical_alignment="center"):
        for place, token in enumerate(understood.tokens):
            _chip(page, text, token, place)
    if understood.not_understood:
        st.caption(words.t(N_("Not understood: {texts}"), texts=words.listed(f"“{md(t)}”" for t in understood.not_understood)))


def _meaning(page: Page, token: Token) -> str:
    if token.kind == "period":
        period = Period.from_text(token.code, page.today).clipped(page.today)
        return page.formats.period(max(period.first, page.today.replace(year=page.today.year - 100, day=1)), period.last)
    return token.meaning


def _chip(page: Page, text: str, token: Token, place: int) -> None:
    """A small menu: what was typed, what else it may have been, and to leave it out."""
    words = page.words
    with st.popover(md(_meaning(page, token)), icon=None if token.sure else ":material/help:", key=f"asktoken_{'is' if token.sure else 'may'}_{place}_{crc32(token.code.encode())}"):
        if token.text:
            st.caption(words.t(N_("“{text}” was read as: {meaning}"), text=md(token.text), meaning=md(_meaning(page, token))))
        else:
            st.caption(words.t(N_("Nothing was said, so this was assumed: {meaning}"), meaning=md(_meaning(page, token))))
        for n, other in enumerate(token.others):
            st.button(md(other), key=f"askother_{place}_{n}", on_click=_correct, args=(page, text, token, other), width="stretch")
        if token.text:
            st.button(words.t(N_("Leave this out")), key=f"askwithout_{place}", icon=":material/backspace:", on_click=_correct, args=(page, text, token, ""), type="tertiary")


def _correct(page: Page, text: str, token: Token, instead: str) -> None:
    _ask(page, corrected(text, token, instead))
