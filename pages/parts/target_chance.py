"""The chance of reaching a target on the screen, or why none is said; and, one click away, how such chances did before."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.landing import Calibration
from crm_data.analysis.target_chance import Outlook, judged, outlook
from crm_data.analysis.target_course import days_behind
from crm_data.analysis.target_days import Daily
from crm_data.analysis.target_store import Target
from crm_data.analysis.targets import Board, Progress
from crm_data.errors import N_
from crm_data.output.tables import Column, Sheet
from pages.parts.table import table
from pages.parts.target_view import whose
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page


def why_not(page: Page, found: Outlook) -> str:
    """Why no chance is said, in the reader's language."""
    values = {name: page.formats.count(n) for name, n in (found.values or {}).items()}
    return page.words.t(found.why, **values)


def chance_line(page: Page, one: Progress, days: Daily, known: Sequence[Target], week: str = "") -> None:
    """A line under the tiles: the chance as a button that opens its calibration, or why there is none; and last week's words."""
    words, found = page.words, outlook(one, days)
    if found.chance is None and one.pace.closed and not week:
        return
    with st.container(horizontal=True, key="chance", vertical_alignment="center", gap="medium"):
        if found.chance is not None:
            label = words.n("Chance of reaching the target: {share}, from {n} past period", "Chance of reaching the target: {share}, from {n} past periods", found.chance.n,
                            share=f"**{page.formats.part(found.chance.share)}**", n=page.formats.count(found.chance.n))
            if one.better == "down":
                label = words.n("Chance of staying within the limit: {share}, from {n} past period", "Chance of staying within the limit: {share}, from {n} past periods",
                                found.chance.n, share=f"**{page.formats.part(found.chance.share)}**", n=page.formats.count(found.chance.n))
            if st.button(label, key="open_chance", icon=":material/query_stats:", type="tertiary", help=words.t(N_("How good such chances were before"))):
                st.dialog(words.t(N_("Chance of reaching the target")), width="medium")(_alone)(page, one, days, known)
        elif not one.pace.closed:
            st.caption(md(why_not(page, found)))
        if week:
            st.caption(md(week))


def _alone(page: Page, one: Progress, days: Daily, known: Sequence[Target]) -> None:
    st.caption(md(f"{whose(page, one.goal)} · {page.formats.called(one.goal.first, one.goal.last)}"))
    chance_body(page, one, days, known)


def chance_of(page: Page, board: Board, one: Progress, known: Sequence[Target]) -> None:
    """The same for one target of the board, its days read here."""
    if one.kind == "balance" or not one.adds_up:
        st.markdown(md(why_not(page, outlook(one, {}))))
        return
    chance_body(page, one, days_behind(one, page.warehouse, scope=page.scope, firm=board.places, on=board.on), known)


def chance_body(page: Page, one: Progress, days: Daily, known: Sequence[Target]) -> None:
    """The chance, how it is made, and how the method did over the past itself."""
    words, formats, found = page.words, page.formats, outlook(one, days)
    if found.chance is None:
        st.markdown(f"**{md(words.t(N_('No chance is said')))}**")
        st.markdown(md(why_not(page, found)))
        return
    st.metric(words.t(N_("Chance of staying within the limit")) if one.better == "down" else words.t(N_("Chance of reaching the target")), formats.part(found.chance.share))
    st.markdown(md(words.n("The landing estimate at this point of the period was off by a certain factor in {n} past period. The chance is the share of those factors that would bring today’s landing to the target.",
                           "The landing estimate at this point of the period was off by a certain factor in each of {n} past periods. The chance is the share of those factors that would bring today’s landing to the target.",
                           found.chance.n, n=formats.count(found.chance.n))))
    _calibration(page, judged(one, days, known))


def _calibration(page: Page, found: Calibration) -> None:
    words, formats = page.words, page.formats
    st.markdown(f"##### {md(words.t(N_('How good such chances were')))}")
    if not found.n:
        st.markdown(md(words.t(N_("The past is too short to judge them: each past period needs five before it."))))
        return
    st.markdown(md(words.n("The method was run over the past itself, {n} time: each period judged by those before it alone, a quarter, half and three quarters through.",
                           "The method was run over the past itself, {n} times: each period judged by those before it alone, a quarter, half and three quarters through.",
                           found.n, n=formats.count(found.n))))
    verdict = words.t(N_("Its error (Brier score, 0 is best) was {brier}; always saying how often targets were reached would have had {base}."), brier=formats.number(found.brier, 3), base=formats.number(found.base, 3))
    better = words.t(N_("So the chance says more than that.")) if found.useful else words.t(N_("So here the chance says no more than that: take it with care."))
    st.markdown(md(f"{verdict} {better}"))
    st.markdown("\n".join("- " + md(words.n("When it said about {said}, {reached} of {n} came true", "When it said about {said}, {reached} of {n} came true", n, said=formats.part(said),
                                            reached=formats.count(round(reached * n)), n=formats.count(n))) for said, reached, n in found.bins))
    table(page, "calibration", _sheet(page, found), alt=words.t(N_("Chances said and what came of them")))
    st.caption(words.t(N_("Where a past period had no target, it is judged against what the period before it brought.")))


def _sheet(page: Page, found: Calibration) -> Sheet:
    words = page.words
    columns = (Column("said", words.t(N_("Chance said")), "part"), Column("reached", words.t(N_("Came true")), "part"), Column("n", words.t(N_("Cases")), "count"))
    return Sheet(columns, tuple({"said": said, "reached": reached, "n": n} for said, reached, n in found.bins))
