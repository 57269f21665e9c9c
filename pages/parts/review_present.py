"""The review on the wall: one block a screen, the keys of a remote, a bar at the foot with where one is and what comes next."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.review import Opened, Review
from crm_data.errors import N_
from pages.parts import review_state
from pages.parts.review_figures import Size
from pages.parts.review_style import WALL, letter
from pages.parts.review_words import kind_title
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

#: In letters' heights: what stands above and under the room of a block, its title with the sentence, and the gaps.
OUTSIDE, TITLE = 6.2, 5.9
#: The same across: margins, and the decisions at the end side.
BESIDE = 24
#: A figure on the wall is so many times the size of the desk's at 25 pixels a letter.
GROWN = 1.75
ROWS = 11


def room(screen: tuple[int, int]) -> Size:
    """What a block may take on this screen under its title."""
    em = letter(screen)
    factor = GROWN * em / WALL
    return Size(factor, max(int(screen[1] - (OUTSIDE + TITLE) * em), 240), ROWS, int((screen[0] - BESIDE * em) / factor))


def wall(page: Page, opened: Opened, at: int, main: Callable[[Size], None], side: Callable[[], None]) -> None:
    """The screen: the block, what was decided at the end side, and the bar."""
    with st.container(key="wall_title"):
        # For readers of the screen, who go by headings: on the wall only the block's own title is seen.
        st.markdown(f"# {md(opened.review.title or page.words.t(N_('Weekly review')))}")
    with st.container(key="wall"):
        with st.container(key="review_main"):
            main(room(review_state.screen()))
        with st.container(key="review_side"):
            side()
    _bar(page, opened, at)


def _bar(page: Page, opened: Opened, at: int) -> None:
    words, review = page.words, opened.review
    count = len(review.agenda)
    before, after = (":material/arrow_forward:", ":material/arrow_back:") if words.rtl else (":material/arrow_back:", ":material/arrow_forward:")
    with st.container(horizontal=True, key="wall_bar", vertical_alignment="center"):
        st.button(words.t(N_("Previous block")), key="wall_back", icon=before, disabled=at <= 1, on_click=lambda: review_state.go(block=at - 1), width="content")
        st.markdown(f"**\u2066{page.formats.figures(f'{at} / {count}')}\u2069**", width="content")
        st.button(words.t(N_("Next block")), key="wall_next", icon=after, disabled=at >= count, on_click=lambda: review_state.go(block=at + 1), width="content")
        st.markdown(md(_next(page, review, at)), width="stretch")
        day = words.t(N_("as of {day}"), day=page.formats.day(page.today))
        keys = words.t(N_("arrow keys turn pages · F full screen · Esc ends"))
        with st.container(key="wall_hint", width="content"):
            st.markdown(f"{md(day)} · {md(keys)}")
        st.button(words.t(N_("End")), key="wall_end", type="tertiary", width="content", on_click=lambda: review_state.go(presenting=False))


def _next(page: Page, review: Review, at: int) -> str:
    if at >= len(review.agenda):
        return page.words.t(N_("Last block"))
    one = review.agenda[at]
    return page.words.t(N_("Next: {title}"), title=kind_title(page, one.kind, one.title))
