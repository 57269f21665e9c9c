"""Targets: how far each is reached, where it should be today, where it will land; and setting one."""
from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.same_names import names_meant
from crm_data.analysis.target_course import looked_at
from crm_data.analysis.target_days import daily
from crm_data.analysis.target_rules import SETTERS
from crm_data.analysis.target_store import FIRM, Target
from crm_data.analysis.targets import Board, Progress, board, together_as_one
from crm_data.cuts.periods import Period
from crm_data.errors import N_
from pages.parts import target_dialog
from pages.parts.empty import Empty
from pages.parts.figure import Content, frame
from pages.parts.target_chance import chance_line
from pages.parts.target_figures import bullet_content, course_content
from pages.parts.target_forecast import forecast_frame
from pages.parts.target_gap import gap_content, parts_of
from pages.parts.target_grid import open_if_asked
from pages.parts.target_head import ADOPT, NEW, Choice, asks, flag, offered, view_chosen
from pages.parts.target_heat import months_content
from pages.parts.target_known import known_page
from pages.parts.target_tables import dimension_tables, grouped, others_content, owners_content, second_of
from pages.parts.target_tiles import tiles_of
from pages.parts.target_view import View, goal_of
from pages.parts.target_week import week_content, week_words
from pages.parts.text import md
from pages.parts.tiles import tiles

if TYPE_CHECKING:
    from crm_data.analysis.target_gap import Gap
    from crm_data.analysis.target_week import WeekBoard
    from pages.parts.context import Page

OPENED, SAID = "targets_open", "targets_said"


def render(page: Page) -> None:
    """Draw the page for the day the chosen period ends on (the day of the data, if it runs on)."""
    page, known = known_page(page)
    found = board(page.warehouse, page.appdb, scope=page.scope, on=min(page.period.last, page.warehouse.as_of), targets=known)
    shown = narrowed(found, page)
    may = page.user.role in SETTERS
    if not shown:
        _bare(page, found, known, may)
    else:
        choice = chosen(shown, page)
        asks(page, choice, known, may)
        _notes(page, found)
        _figures(page, found, shown, choice, known)
    _dialogs(page, found, known)


def narrowed(found: Board, page: Page) -> list[Progress]:
    """Targets left by the filters on what targets stand on (branch, owner ...); the firm's own stay out of a part."""
    kept = list(found.all)
    for condition in page.filters:
        if condition.op == "is" and any(p.goal.dimension == condition.dimension for p in kept):
            meant = names_meant(page.warehouse, condition.dimension, condition.values)
            people = _people_of(found, meant) if condition.dimension == "branch" else frozenset()
            kept = [p for p in kept if (p.goal.dimension == condition.dimension and p.goal.member in meant)
                    or (p.goal.dimension == "owner" and p.goal.member in people)]
    return kept


def _people_of(found: Board, branches: Collection[str]) -> frozenset[str]:
    """Owners whose branch is one of these: their targets stay when a branch is chosen."""
    firm = found.places
    return frozenset(name for name, home in firm.staff_branch.items() if home is not None and firm.names.get(home) in branches)


def ignored_filters(found: Board, page: Page) -> list[str]:
    """Dimensions filtered on that no target stands on: said, since the numbers do not follow them."""
    return [c.dimension for c in page.filters if c.op != "is" or not any(p.goal.dimension == c.dimension for p in found.all)]


def chosen(shown: Sequence[Progress], page: Page) -> Choice:
    """Indicator and period from the address, else revenue (or the first) and the shortest period with a target of the whole firm (or the shortest)."""
    order = {name: place for place, name in enumerate(page.catalog.measures)}
    weight: dict[str, tuple[bool, int]] = {}
    for one in shown:
        weight[one.goal.measure] = (one.goal.dimension not in ("branch", FIRM) and weight.get(one.goal.measure, (True,))[0], order.get(one.goal.measure, 999))
    measures = tuple(sorted(weight, key=weight.__getitem__))
    asked = st.query_params.get("measure", "")
    measure = asked if asked in measures else "revenue" if "revenue" in measures else measures[0]
    pairs = {(p.goal.first, p.goal.last) for p in shown if p.goal.measure == measure}
    periods = tuple(sorted((Period(*pair) for pair in pairs), key=lambda p: (p.days, p.first)))
    text = st.query_params.get("of", "")
    # The shortest that has a whole: one branch's target for a week is not what the page is about.
    whole = {(p.goal.first, p.goal.last) for p in shown if p.goal.measure == measure and p.goal.dimension == FIRM}
    usual = min(periods, key=lambda p: (p.first, p.last) not in whole)
    return Choice(measures, periods, measure, next((p for p in periods if p.to_text() == text), usual))


def _open(key: str) -> None:
    # A fresh control: each target opens with where it stands, whatever was looked at in the one before.
    st.session_state["targets_turn"] = st.session_state.get("targets_turn", 0) + 1
    st.session_state[OPENED] = key


def _notes(page: Page, found: Board) -> None:
    words = page.words
    if said := st.session_state.pop(SAID, None):
        st.toast(md(said), icon=":material/check:")
    lines = []
    if found.hidden:
        lines.append(words.n("{n} target reaches beyond your branches and is not shown.", "{n} targets reach beyond your branches and are not shown.",
                             found.hidden, n=page.formats.count(found.hidden)))
    for name in ignored_filters(found, page):
        lines.append(words.t(N_("No target stands on {dimension}: that filter does not change this page."), dimension=words.label(page.catalog.dimension(name))))
    for target, error in found.refused[:3]:
        lines.append(words.t(N_("A target on “{measure}” cannot be measured: {reason}"), measure=target.goal.measure, reason=words.error(error)))
    for line in lines:
        st.caption(md(line))


def _view(page: Page, found: Board, shown: Sequence[Progress], choice: Choice) -> View:
    measure, period = page.catalog.measure(choice.measure), choice.period
    of_period = [p for p in shown if p.goal.measure == choice.measure and (p.goal.first, p.goal.last) == (period.first, period.last)]
    branches = sorted((p for p in of_period if p.goal.dimension == "branch"), key=lambda p: -p.pace.target)
    whole = next((p for p in of_period if p.goal.dimension == FIRM), None)
    scoped = [p for p in of_period if p.goal.dimension != FIRM]
    parts = branches or [p for p in scoped if p.goal.dimension == scoped[0].goal.dimension]
    if whole is None and parts:
        # The branches together, or whoever has targets: one of them as it is, several as one where they add up.
        whole = parts[0] if len(parts) == 1 else together_as_one(parts, found.on)
    days = {}
    if whole is not None and measure.kind != "balance" and measure.adds_up:
        own = whole.parts[0].asked if whole.parts else whole.goal.asked
        dimension = "branch" if branches or (own == FIRM and page.catalog.can_cut(choice.measure, "branch")) else own
        days = daily(choice.measure, dimension, looked_at(period.first, period.last, found.on), page.warehouse, scope=page.scope)
    return View(found, measure, period, whole, tuple(branches), tuple(parts), days)


def _figures(page: Page, found: Board, shown: Sequence[Progress], choice: Choice, known: Sequence[Target]) -> None:
    view = _view(page, found, shown, choice)
    strip = tiles_of(page, view)
    if strip:
        tiles(page, strip, columns=len(strip))
    words = page.words
    carried, week = parts_of(page, view)
    if view.whole is not None and view.flows:
        chance_line(page, view.whole, view.days_of(view.whole), known, week_words(page, view.whole.unit, week) if carried is None else "")
    if view.branches:
        left, right = st.columns([1, 1])
        with left:
            frame(page, "bullets", words.t(N_("Targets reached by branch")), "", lambda: bullet_content(page, view, _open))
        with right:
            frame(page, "heat", words.t(N_("Attainment by branch and month")), "", lambda: months_content(page, view, known, _open))
    elif view.whole is not None and view.flows:
        _course(page, view, view.whole)
    owners = [p for p in shown if p.goal.dimension == "owner" and p.goal.measure == choice.measure and (p.goal.first, p.goal.last) == (view.period.first, view.period.last)]
    drawn: dict[str, Callable[[], None]] = {}
    if carried is not None:
        drawn["gap"] = lambda: _gap_and_week(page, view, carried, week)
    if view.branches and view.whole is not None and view.flows:
        drawn["course"] = lambda: _course(page, view, view.whole)
    if any(not p.parts and p is not view.whole and p not in view.branches for p in shown):
        drawn["people"] = lambda: _tables(page, view, shown, owners)
    if view.whole is not None:
        drawn["forecast"] = lambda: forecast_frame(page, view)
    chosen = view_chosen(page, list(drawn))
    if chosen:
        drawn[chosen]()


def _course(page: Page, view: View, one: Progress) -> None:
    frame(page, "course", page.words.t(N_("Toward the target")), "", lambda: course_content(page, view, one), height="content")


def _gap_and_week(page: Page, view: View, carried: Gap, week: WeekBoard | None) -> None:
    """Who moves the whole off its pace, and what a week made of what was expected."""
    words = page.words
    left, right = st.columns([4, 5])
    with left:
        frame(page, "gap", words.t(N_("Who carries and who drags")), "", lambda: gap_content(page, view, carried, _open))
    with right:
        frame(page, "week", words.t(N_("Expected a week ago, and what happened")), "", lambda: week_content(page, view, week, _open))


def _tables(page: Page, view: View, shown: Sequence[Progress], owners: list[Progress]) -> None:
    """People, other dimensions of the indicator, and whatever else has a target."""
    words = page.words
    if owners:
        frame(page, "owners", words.t(N_("Targets by owner")), "", lambda: owners_content(page, view, shown, owners, _open), height="content")
    tables = dimension_tables(page, view, shown, _open)
    taken = {p.goal for p in (*view.branches, *owners, *(p for found in tables.values() for p in found), *(second_of(view, shown).values() if owners else ()), *([view.whole] if view.whole else []))}
    groups = grouped([p for p in shown if p.goal not in taken and not p.parts], view)
    if groups:
        frame(page, "others", words.t(N_("Other targets")), "", lambda: others_content(page, groups, _open), height="content")


def _bare(page: Page, found: Board, known: Sequence[Target], may: bool) -> None:
    """No target at all, or none left by the filters: what can be done is offered all the same."""
    words = page.words
    asks(page, None, known, may)
    day = page.formats.day(found.on)
    if found.all:
        empty = Empty(words.t(N_("No target with these filters")), words.t(N_("{n} targets hold on {day}; none of them is about what is chosen above."),
                                                                         n=page.formats.count(len(found.all)), day=day))
    elif may:
        empty = Empty(words.t(N_("No target holds on {day}"), day=day), words.t(N_("Set one here, or bring them with the data (sheet target_import) or with mabat targets import.")),
                      ":material/flag:", words.t(N_("Set a target")), lambda: flag(NEW, "revenue"))
    else:
        empty = Empty(words.t(N_("No target holds on {day}"), day=day), words.t(N_("A manager or administrator can set one.")), ":material/flag:")
    frame(page, "none", words.t(N_("Targets")), "", Content(empty=empty), height="content", menu=False)
    _notes(page, found)


def _dialogs(page: Page, found: Board, known: Sequence[Target]) -> None:
    """Open what was clicked; a key is taken once, so that closing a dialog leaves it closed."""
    opened, new, take = (st.session_state.pop(name, None) for name in (OPENED, NEW, ADOPT))
    if opened:
        goal = goal_of(opened)
        if goal.covers(found.on):
            target_dialog.open_target(page, found, goal, known)
        else:
            past = board(page.warehouse, page.appdb, scope=page.scope, on=goal.last, targets=known)
            target_dialog.open_target(page, past, goal, known)
    elif new:
        target_dialog.open_new(page, found, new)
    elif take:
        target_dialog.open_adopt(page, offered(page, known))
    open_if_asked(page, known)
