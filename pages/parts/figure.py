"""The frame every chart and table stands in: a title that says what is shown, a sentence under it, one menu, the figure.

What goes wrong inside a frame is said inside it; the rest of the page works.
"""
from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.cuts.answer import Answer
from crm_data.cuts.cut import Cut
from crm_data.errors import N_, MabatError
from crm_data.output.charts import Picture
from crm_data.output.formats import plain
from crm_data.output.tables import Sheet
from pages.parts import figure_menu
from pages.parts.chart import plot, under
from pages.parts.empty import Empty, show_empty
from pages.parts.frames import Taken
from pages.parts.table import table
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

log = logging.getLogger("mabat.pages")


@dataclass(frozen=True)
class Content:
    """What a frame shows. ``sheet`` is the same content as a table; ``cut`` is the question behind it (for rows, explaining,
    links); ``measure`` the measure the rows behind add up to, ``number`` its value shown; ``on_click`` gets the key of a
    clicked bar, and the keys of the sheet's rows (``row_keys``) make the table click the same way; ``on_cell`` gets the key and the
    column's name instead. ``export`` draws the inside of the export dialog where the sheet is not the whole table."""

    picture: Picture | None = None
    sheet: Sheet | None = None
    empty: Empty | None = None
    draw: Callable[[], None] | None = None
    title: str = ""
    sentence: str = ""
    cut: Cut | None = None
    answer: Answer | None = None
    measure: str = ""
    number: object = None
    on_click: Callable[[str], None] | None = None
    row_keys: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    only_table: bool = False
    on_cell: Callable[[str, str], None] | None = None
    pictures: Callable[[], tuple[Picture, ...]] | None = None
    lines: tuple[str, ...] = ()
    whole: Taken | None = None
    choose: Callable[[], Taken] | None = None


def frame(page: Page, key: str, title: str, sentence: str = "", content: Content | Picture | Callable[[], Content | Picture | None] | None = None, *,
          answer: Answer | None = None, sheet: Sheet | None = None, on_click: Callable[[str], None] | None = None, measure: str = "",
          height: str = "stretch", menu: bool = True) -> None:
    """Draw a card. ``content`` is a picture, a ``Content``, or a function that makes one (its errors are shown in the card) or
    draws by itself and returns None. Title and sentence of a ``Content`` win over those given."""
    with st.container(border=True, key=f"frame_{key}", height=height):
        head = st.container(horizontal=True, key=f"head_{key}", vertical_alignment="top", horizontal_alignment="distribute")
        body = st.container(key=f"body_{key}", height="stretch")
        with body:
            made, error = _made(page, content)
        made = _completed(made, answer, sheet, on_click, measure)
        with head:
            _head(page, key, made.title or title, made.sentence or sentence)
            if menu and error is None:
                figure_menu.actions(page, key, made.title or title, made.sentence or sentence, made,
                                    lambda: _completed(_again(content), answer, sheet, on_click, measure))
        with body:
            if error is not None:
                show_empty(key, Empty(page.words.t(N_("This cannot be shown")), error, ":material/error_outline:"))
            else:
                with under(made.title or title, made.sentence or sentence):
                    _body(page, key, made, made.title or title)


def _made(page: Page, content: object) -> tuple[Content, str | None]:
    """The content, or the sentence that says why there is none."""
    try:
        # Shown only when it takes longer than half a second.
        with st.spinner(page.words.t(N_("Adding up")), show_time=True):
            found = content() if callable(content) else content
    except MabatError as error:
        return Content(), page.words.error(error)
    except Exception as error:  # noqa: BLE001 - a frame's fault must not take the page with it
        if type(error).__module__.startswith("streamlit"):
            raise  # reruns and stops travel as exceptions
        log.exception("a frame failed")
        return Content(), page.words.error(error)
    if isinstance(found, Picture):
        return Content(picture=found), None
    return (found if isinstance(found, Content) else Content()), None


def _again(content: object) -> Content:
    """The content made once more, for a file."""
    found = content() if callable(content) else content
    return Content(picture=found) if isinstance(found, Picture) else found if isinstance(found, Content) else Content()


def _completed(made: Content, answer: Answer | None, sheet: Sheet | None, on_click: Callable[[str], None] | None, measure: str) -> Content:
    answer = made.answer or answer
    cut = made.cut or (answer.cut if answer is not None else None)
    measure = made.measure or measure or (cut.measures[0] if cut is not None else "")
    number = made.number if made.number is not None or answer is None else answer.totals.get(measure)
    return replace(made, answer=answer, cut=cut, sheet=made.sheet or sheet, on_click=made.on_click or on_click, measure=measure, number=number)


def _head(page: Page, key: str, title: str, sentence: str) -> None:
    # One element: two would overlap, since a Markdown block carries a negative margin below.
    st.markdown(f"## {md(title)}" + (f"\n{md(sentence)}" if sentence else ""))


def _body(page: Page, key: str, made: Content, title: str) -> None:
    if made.empty is not None:
        show_empty(key, made.empty)
        return
    if made.sheet is not None and (made.only_table or (made.picture is None and made.draw is None) or figure_menu.shows_table(key)):
        rows = made.row_keys
        pick = (lambda i: made.on_click(rows[i]) if i < len(rows) else None) if made.on_click and rows else None  # type: ignore[misc]
        cell = (lambda i, name: made.on_cell(rows[i], name) if i < len(rows) else None) if made.on_cell and rows else None  # type: ignore[misc]
        table(page, f"grid_{key}", made.sheet, on_row=pick, on_cell=cell, alt=plain(title))
        return
    if made.draw is not None:
        made.draw()
    if made.picture is not None:
        plot(f"plot_{key}", made.picture, made.on_click)
