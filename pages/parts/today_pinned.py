"""Saved cuts one pinned to Today: each a small frame, asked now and under one's own rights, with the way into Explore."""
from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.saved_cuts import SavedCut, pinned_cuts
from crm_data.analysis.segment_store import names_of
from crm_data.cuts.cut import Cut
from crm_data.cuts.query import ask
from crm_data.errors import N_
from crm_data.output import cut_sheet
from crm_data.output.charts import Picture, theme
from crm_data.output.figures import draw
from pages.parts import asking, state
from pages.parts.chart import plot
from pages.parts.empty import Empty
from pages.parts.explore_figure import flat_sheet, is_empty, sentence_of, shown
from pages.parts.explore_state import open_link
from pages.parts.figure import Content, frame
from pages.parts.frames import Taken
from pages.parts.review_notes import chart_notes
from pages.parts.saved_words import gone_text, opened

if TYPE_CHECKING:
    from pages.parts.context import Page

MOST = 6


def today_pinned(page: Page) -> None:
    """Two frames a row, after everything else on Today; nothing when nothing is pinned."""
    pinned = pinned_cuts(page.appdb, page.user, "today")[:MOST]
    called = names_of(page.appdb, page.user) if pinned else {}
    for start in range(0, len(pinned), 2):
        for column, saved in zip(st.columns(2, gap="small"), pinned[start:start + 2], strict=False):
            with column:
                frame(page, f"pinned_{saved.id}", saved.name, content=lambda saved=saved: pinned_content(page, saved, called))


def pinned_content(page: Page, saved: SavedCut, called: dict[str, str]) -> Content:
    """One pinned cut as it stands now."""
    words, found = page.words, opened(page, saved, called)
    if found.cut is None:
        why = gone_text(page, found.gone) if found.gone else words.t(N_("It cannot be read any more."))
        return Content(title=saved.name, empty=Empty(words.t(N_("Needs mending")), why + " " + words.t(N_("Open it in Explore under “Open”.")), ":material/build:"))
    answer = ask(found.cut, page.warehouse, scope=page.scope)
    if is_empty(answer):
        return Content(title=saved.name, sentence=sentence_of(page, answer), cut=found.cut, answer=answer,
                       empty=Empty(words.t(N_("Nothing in this period")), words.t(N_("The saved cut has no rows now.")), ":material/event_busy:"))
    return Content(sheet=flat_sheet(page, answer), draw=lambda: _drawn(page, saved, found.cut, answer), title=saved.name, sentence=sentence_of(page, answer),  # type: ignore[arg-type]
                   pictures=lambda: (_picture(page, saved, found.cut, answer, narrow=False),), whole=Taken(lambda: cut_sheet.flat_sheet(asking.view(page), answer, full=True), len(answer.rows)),
                   cut=found.cut, answer=answer, measure=found.cut.measures[0])


def _drawn(page: Page, saved: SavedCut, cut: Cut, answer) -> None:
    """The figure, and the button under it."""
    plot(f"plot_pinned_{saved.id}", _picture(page, saved, cut, answer, narrow=True))
    if st.button(page.words.t(N_("Open in Explore")), icon=":material/explore:", type="tertiary", key=f"explore_pinned_{saved.id}"):
        state.open_page("explore", open_link(cut, saved.fig))


def _picture(page: Page, saved: SavedCut, cut: Cut, answer, narrow: bool) -> Picture:
    """The figure that was saved; one of single points is drawn in another kind."""
    fits = shown(cut, "" if saved.fig == "box" else saved.fig, answer, page.catalog)
    drawn = answer if fits.cut == cut else ask(fits.cut, page.warehouse, scope=page.scope)
    kind = next(k for k in fits.kinds if k != "box") if fits.kind == "box" else fits.kind
    return draw(kind, drawn, asking.view(page), theme(page.theme), title=saved.name, mirrored=page.words.rtl, narrow=narrow,
                notes=chart_notes(page, drawn.period.first, drawn.period.last, drawn.cut.filters) if drawn.cut.grain else ())
