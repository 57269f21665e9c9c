"""Targets as a sheet: scopes down, periods across; copied from the year before, split down, summed up, saved all or none."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st
from streamlit.errors import StreamlitAPIException

from crm_data.analysis.target_grid import WEIGHTS, may_add
from crm_data.analysis.target_rules import SETTERS
from crm_data.analysis.target_store import FIRM, GROUP, Goal, Target
from crm_data.analysis.working_days import Places, places
from crm_data.errors import N_
from pages.parts.target_dialog import SCOPES
from pages.parts.target_grid_cells import PERCENT
from pages.parts.target_grid_save import foot
from pages.parts.target_grid_sheet import (
    MOST_ROWS,
    WHO,
    Ask,
    Draft,
    frame_of,
    from_year_before,
    members_of,
    sheet_of,
    typed,
    year_split,
)
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

ASKED, DRAFTS, DRAWN, SAID = "targets_grid", "target_grid_drafts", "target_grid_drawn", "target_grid_said"
STEPS = {"month": N_("Year by months"), "quarter": N_("Year by quarters"), "year": N_("Years")}
HOW = {"equal": N_("Equal parts"), "working_days": N_("By working days"), "last_year": N_("In last year's shape")}


def grid_button(page: Page, measure: str) -> None:
    """The way into the sheet, for who may set targets."""
    if page.user.role in SETTERS:
        st.button(page.words.t(N_("Edit as a grid")), key="edit_grid", icon=":material/grid_on:", on_click=_flag, args=(measure,))


def _flag(measure: str) -> None:
    st.session_state[ASKED] = measure
    # A sheet closed with changes not saved comes back with them; it is drawn anew.
    st.session_state.pop(DRAWN, None)


def open_if_asked(page: Page, known: Sequence[Target]) -> None:
    """The sheet, if its button was pressed: taken once, so that closing the dialog leaves it closed."""
    measure = st.session_state.pop(ASKED, None)
    if measure and page.user.role in SETTERS:
        st.dialog(page.words.t(N_("Targets as a grid")), width="large")(grid_body)(page, known, measure)


def grid_body(page: Page, known: Sequence[Target], measure: str) -> None:
    """The inside of the dialog. ``known``: the targets there are."""
    words, firm = page.words, places(page.warehouse)
    ask = _choices(page, measure, firm)
    if ask is None:
        st.caption(words.t(N_("There is nothing within your branches this indicator can have a target for.")))
        return
    draft = _draft(page, ask, known, firm)
    if not draft.base.cells.members:
        st.caption(words.t(N_("There is nobody here a target can be set for.")))
        return
    tools = st.container()
    shown = frame_of(draft, lambda dimension, member: name_of(page, dimension, member))
    unit = draft.base.cells.unit
    if unit in (PERCENT, "money"):
        st.caption(words.t(N_("In %.")) if unit == PERCENT else words.t(N_("In {currency}."), currency=page.formats.symbol))
    draft = typed(draft, shown, editor(page, ask, shown, f"target_grid_{ask}_{draft.turn}"))
    _keep(draft)
    if len(members_of(page, ask.measure, ask.dimension, firm)) > MOST_ROWS:
        st.caption(words.t(N_("The first {n} are shown; set the others by file."), n=page.formats.count(MOST_ROWS)))
    with tools:
        _tools(page, draft, known, firm)
    if foot(page, draft, known, firm):
        st.session_state.pop(DRAFTS, None)
        st.rerun()


def name_of(page: Page, dimension: str, member: str) -> str:
    """Whose a row is."""
    return page.words.t(N_("The whole firm")) if dimension == FIRM else page.words.member("branch" if dimension == GROUP else dimension, member)


def editor(page: Page, ask: Ask, shown: pd.DataFrame, key: str) -> pd.DataFrame:
    """The sheet itself. Cells are texts, so that a pasted 1.200,50 arrives as it was written."""
    words, formats = page.words, page.formats
    heads = {p.to_text(): words.t(N_("Year {year}"), year=p.first.year) if p == ask.whole and ask.step != "year" else formats.month(p.first, short=True)
             if ask.step == "month" else formats.period(p.first, p.last) for p in ask.periods}
    config = {name: st.column_config.TextColumn(head, alignment="right", max_chars=40, width=None if len(heads) < 8 else 104 if name == ask.whole.to_text() else 84) for name, head in heads.items()}
    return st.data_editor(shown, key=key, hide_index=True, num_rows="fixed", disabled=[WHO], row_height=32, height=min(38 + 32 * len(shown), 420),
                          column_config={WHO: st.column_config.TextColumn(words.t(N_("Whose")), pinned=True, width=120 if page.narrow else 170), **config},
                          alt=words.t(N_("Targets by scope and period, to be edited")))


def _choices(page: Page, measure: str, firm: Places) -> Ask | None:
    """Indicator, whose, span and year. None: nothing this user may set for the indicator."""
    words, catalog = page.words, page.catalog
    names = list(catalog.measures)
    with st.grid(2 if page.narrow else 4, min_column_width=150, gap="small"):
        chosen = st.selectbox(words.t(N_("Indicator")), names, index=names.index(measure) if measure in names else 0, key="target_grid_measure",
                              format_func=lambda m: words.label(catalog.measure(m)))
        on = page.warehouse.as_of
        able = [d for d in (*SCOPES, FIRM) if not d or ((asked := Goal(chosen, on, on, d).asked) in catalog.dimensions and catalog.can_cut(chosen, asked))]
        able = [d for d in able if members_of(page, chosen, d, firm)]
        if not able:
            return None
        dimension = st.selectbox(words.t(N_("Whose")), able, key=f"target_grid_dimension_{chosen}", format_func=lambda d: words.t(
            N_("Branch and those below")) if d == GROUP else words.label(catalog.dimension(d)) if d else words.t(N_("The whole firm")))
        step = st.selectbox(words.t(N_("Span")), list(STEPS), key="target_grid_step", format_func=lambda s: words.t(STEPS[s]))
        year = st.selectbox(words.t(N_("Year")), list(range(on.year - 3, on.year + 4)), index=3, key="target_grid_year", format_func=str)
    return Ask(chosen, dimension or FIRM, step or "month", year)


def _draft(page: Page, ask: Ask, known: Sequence[Target], firm: Places) -> Draft:
    """The draft of this sheet: the one being worked on, unless the targets under it have changed since."""
    base = sheet_of(ask, page, known, firm)
    found = st.session_state.setdefault(DRAFTS, {}).get(ask)
    if found is None or found.base != base:
        found = Draft(base, base, base, turn=0 if found is None else found.turn + 1)
    elif st.session_state.get(DRAWN) != ask:
        # What was typed into a sheet that went off the screen is in the draft, and no longer in the control.
        found = found.drawn_anew()
    st.session_state[DRAWN] = ask
    st.session_state[DRAFTS][ask] = found
    return found


def _keep(draft: Draft) -> None:
    st.session_state[DRAFTS][draft.base.ask] = draft


def _tools(page: Page, draft: Draft, known: Sequence[Target], firm: Places) -> None:
    """Copy, split, undo. Each draws the sheet anew with what it made of it."""
    words, ask = page.words, draft.base.ask
    adds_up = page.catalog.measure(ask.measure).adds_up
    said: list[str] | None = None
    with st.container(horizontal=True, vertical_alignment="bottom", key="target_grid_tools"):
        percent = st.number_input(words.t(N_("More by, %")), value=0.0, step=None, format="%.4g", min_value=-99.0, max_value=1000.0, width=110, key="target_grid_percent",
                                  disabled=not adds_up, help=words.t(N_("Ratios are copied as they are.")) if not adds_up else None)
        if st.button(words.t(N_("Copy {year}"), year=ask.year - 1), key="target_grid_copy", icon=":material/content_copy:"):
            draft, n = from_year_before(draft, float(percent or 0) if adds_up else 0.0, known)
            said = [words.n("{n} cell filled from {year}.", "{n} cells filled from {year}.", n, n=page.formats.count(n), year=ask.year - 1) if n
                    else words.t(N_("Nobody here has a target in {year}."), year=ask.year - 1)]
        if _splits(page, draft):
            weights = st.selectbox(words.t(N_("Split the year")), list(WEIGHTS), key="target_grid_how", format_func=lambda w: words.t(HOW[w]), width=190)
            rows = _rows_with_year(draft)
            names = {n: name_of(page, draft.live.grids[draft.live.rows[n][0]].dimension, draft.live.rows[n][1]) for n in rows}
            chosen = st.multiselect(words.t(N_("Rows")), rows, key=f"target_grid_rows_{ask}", format_func=lambda n: names.get(n, ""), placeholder=words.t(N_("All with a year")), width=220)
            if st.button(words.t(N_("Split")), key="target_grid_split", icon=":material/call_split:", disabled=not rows):
                draft, n, refused = year_split(draft, chosen or rows, weights, page, firm)
                said = [words.n("{n} row split.", "{n} rows split.", n, n=page.formats.count(n)), *(f"{names[place]}: {words.error(error)}" for place, error in refused)]
        if st.button(words.t(N_("Undo all")), key="target_grid_undo", icon=":material/undo:", disabled=draft.live == draft.base and not draft.bad):
            draft, said = draft.drawn_anew(draft.base, {}), [words.t(N_("As it was."))]
    if not adds_up:
        st.caption(words.t(N_("A ratio is neither split nor summed: each cell stands by itself.")))
    if said is not None:
        _keep(draft)
        st.session_state[SAID] = said
        _again()
    for line in st.session_state.pop(SAID, ()):
        st.caption(md(line))


def _splits(page: Page, draft: Draft) -> bool:
    """Whether years of this sheet may be shared out over its columns."""
    sheet = draft.live
    whole = sheet.cells.goal("", sheet.ask.whole)
    return sheet.ask.step != "year" and may_add(page.catalog, whole, [sheet.cells.goal("", p) for p in sheet.ask.steps])


def _rows_with_year(draft: Draft) -> list[int]:
    sheet = draft.live
    return [n for n, (place, member) in enumerate(sheet.rows) if sheet.grids[place].at(member, sheet.ask.whole) is not None]


def _again() -> None:
    """Draw the dialog anew, and not the page under it."""
    try:
        st.rerun(scope="fragment")
    except StreamlitAPIException:
        st.rerun()
