"""Targets as a sheet: scopes down, periods across; copied from the year before, split down, summed up, saved all or none."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st
from streamlit.errors import StreamlitAPIException

from crm_data.analysis.target_customers import customer_names, customers_typed
from crm_data.analysis.target_grid import WEIGHTS, may_add
from crm_data.analysis.target_kinds import holding
from crm_data.analysis.target_rules import SETTERS
from crm_data.analysis.target_store import FIRM, GROUP, Goal, Target
from crm_data.analysis.working_days import Places, places
from crm_data.calendars import to_jalali
from crm_data.cuts.periods import Period
from crm_data.errors import N_, MabatError
from pages.parts.target_dialog import SCOPES
from pages.parts.target_grid_cells import PERCENT
from pages.parts.target_grid_save import foot
from pages.parts.target_grid_sheet import (
    CUSTOMER,
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
from pages.parts.target_spans import fiscal_start, jalali_name, period_name, year_name
from pages.parts.target_view import whose
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

#: From so many members on, the rows can be chosen.
MANY_ROWS = 8
ASKED, DRAFTS, DRAWN, SAID = "targets_grid", "target_grid_drafts", "target_grid_drawn", "target_grid_said"
STEPS = {"month": N_("Year by months"), "quarter": N_("Year by quarters"), "half": N_("Year by halves"), "year": N_("Years")}
CALENDARS = {"": N_("Calendar year"), "fiscal": N_("The firm’s year"), "jalali": N_("Jalali year")}
HOW = {"equal": N_("Equal parts"), "working_days": N_("By working days"), "last_year": N_("In last year's shape")}


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
        st.caption(words.t(N_("Type the customers’ numbers above, parted by commas.") if ask.dimension == CUSTOMER else N_("There is nobody here a target can be set for.")))
        return
    tools = st.container()
    customers = customer_names(draft.base.cells.members, page.warehouse, page.scope) if ask.dimension == CUSTOMER else {}
    shown = frame_of(draft, lambda dimension, member: customers.get(member) or name_of(page, dimension, member), page.formats.times)
    unit = draft.base.cells.unit
    if unit in (PERCENT, "money"):
        st.caption(words.t(N_("In %.")) if unit == PERCENT else words.t(N_("In {currency}."), currency=page.formats.symbol))
    draft = typed(draft, shown, editor(page, ask, shown, f"target_grid_{ask}_{draft.turn}"), page.formats.times, page.formats.currency)
    _keep(draft)
    if draft.base.partial and not ask.rows and ask.dimension != CUSTOMER:
        st.caption(words.t(N_("The first {n} are shown; choose others above."), n=page.formats.count(MOST_ROWS)))
    with tools:
        _tools(page, draft, known, firm)
    if foot(page, draft, known, firm):
        # What was typed into other sheets stays.
        st.session_state[DRAFTS].pop(ask, None)
        st.rerun()


def name_of(page: Page, dimension: str, member: str) -> str:
    """Whose a row is."""
    if dimension == CUSTOMER:
        return whose(page, Goal("", date.min, date.min, dimension, member))
    return page.words.t(N_("The whole firm")) if dimension == FIRM else page.words.member("branch" if dimension == GROUP else dimension, member)


def head_of(page: Page, ask: Ask, period: Period) -> str:
    """What stands over a column."""
    if period == ask.whole and ask.step != "year":
        return page.words.t(N_("Year {year}"), year=year_name(page, ask.year, ask.calendar))
    if ask.step != "month":
        return period_name(page, period)
    return jalali_name(page, period, "month", short=True) if ask.calendar == "jalali" else page.formats.bucket_short(period.first, "month")[0]


def editor(page: Page, ask: Ask, shown: pd.DataFrame, key: str) -> pd.DataFrame:
    """The sheet itself. Cells are texts, so that a pasted 1.200,50 arrives as it was written."""
    words = page.words
    heads = {p.to_text(): head_of(page, ask, p) for p in ask.periods}
    config = {name: st.column_config.TextColumn(head, alignment="right", max_chars=40, width=None if len(heads) < 8 else 104 if name == ask.whole.to_text() else 96 if ask.calendar else 84) for name, head in heads.items()}
    return st.data_editor(shown, key=key, hide_index=True, num_rows="fixed", disabled=[WHO], row_height=32, height=min(38 + 32 * len(shown), 420),
                          column_config={WHO: st.column_config.TextColumn(words.t(N_("Whose")), pinned=True, width=120 if page.narrow else 250 if ask.dimension == CUSTOMER else 170), **config},
                          alt=words.t(N_("Targets by scope and period, to be edited")))


def _choices(page: Page, measure: str, firm: Places) -> Ask | None:
    """Indicator, whose, span and year. None: nothing this user may set for the indicator."""
    words, catalog = page.words, page.catalog
    names = list(catalog.measures)
    with st.grid(2 if page.narrow else 6, min_column_width=140, gap="small"):
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
        calendar, year, start = _year(page)
        only = () if dimension == CUSTOMER else _only(page, chosen, dimension or FIRM, firm)
    if dimension == CUSTOMER:
        only = _customers(page)
    return Ask(chosen, dimension or FIRM, step or "month", year, calendar, start if calendar == "fiscal" else 1, only)


def _year(page: Page) -> tuple[str, int, int]:
    """The kind of year, the year, and the month the firm's begins in."""
    words, on, start = page.words, page.warehouse.as_of, fiscal_start()
    able = [name for name in CALENDARS if name != "fiscal" or start != 1]
    calendar = st.selectbox(words.t(N_("Kind of year")), able, key="target_grid_calendar", format_func=lambda c: words.t(CALENDARS[c])) or ""
    now = to_jalali(on)[0] if calendar == "jalali" else holding("fiscal_year", on, start if calendar else 1).first.year
    year = st.selectbox(words.t(N_("Year")), list(range(now - 3, now + 4)), index=3, key="target_grid_year" + (f"_{calendar}" if calendar else ""),
                        format_func=lambda y: year_name(page, y, calendar))
    return calendar, year, start


def _customers(page: Page) -> tuple[str, ...]:
    """Customers typed in by number; one nobody knows is said under the field."""
    words = page.words
    typed_in = st.text_input(words.t(N_("Customers, by number")), key="target_grid_customers", placeholder="C-100001, C-100002")
    try:
        return tuple(customers_typed(typed_in, page.warehouse, page.scope))
    except MabatError as error:
        st.error(md(words.error(error)), icon=":material/error_outline:")
        return ()


def _only(page: Page, measure: str, dimension: str, firm: Places) -> tuple[str, ...]:
    """The rows asked for, none for all of them."""
    words = page.words
    offered = members_of(page, measure, dimension, firm)
    if len(offered) < MANY_ROWS:
        return ()
    return tuple(st.multiselect(words.t(N_("Only these rows")), offered, key=f"target_grid_only_{dimension}", format_func=lambda m: name_of(page, dimension, m), placeholder=words.t(N_("All of them"))))


def _draft(page: Page, ask: Ask, known: Sequence[Target], firm: Places) -> Draft:
    """The draft of this sheet: the one being worked on, unless the targets under it have changed since."""
    base = sheet_of(ask, page, known, firm)
    found = st.session_state.setdefault(DRAFTS, {}).get(ask)
    if found is None or found.base != base:
        found = Draft(base, base, base, turn=0 if found is None else found.turn + 1)
    elif st.session_state.get(DRAWN) != (ask, page.formats.times):
        # What was typed into a sheet that went off the screen, or in another unit of money, is in the draft, and no longer in the control.
        found = found.drawn_anew()
    st.session_state[DRAWN] = (ask, page.formats.times)
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
        if st.button(words.t(N_("Copy {year}"), year=year_name(page, ask.year - 1, ask.calendar)), key="target_grid_copy", icon=":material/content_copy:"):
            draft, n = from_year_before(draft, float(percent or 0) if adds_up else 0.0, known)
            said = [words.n("{n} cell filled from {year}.", "{n} cells filled from {year}.", n, n=page.formats.count(n), year=year_name(page, ask.year - 1, ask.calendar)) if n
                    else words.t(N_("Nobody here has a target in {year}."), year=year_name(page, ask.year - 1, ask.calendar))]
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
