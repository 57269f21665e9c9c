"""Dialogs of targets: one target with its rows and versions, setting or changing one, adopting those of the data."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.customers import resolve
from crm_data.analysis.target_course import cut_of
from crm_data.analysis.target_rules import check_goal, may_set, members, visible
from crm_data.analysis.target_store import FIRM, GROUP, Goal, Target, adopt, all_targets, history
from crm_data.analysis.targets import Board, Progress
from crm_data.cuts.cut import Cut
from crm_data.errors import N_, MabatError
from crm_data.output.tables import Column, Sheet
from pages.parts import rows_dialog
from pages.parts.narrow import open_page
from pages.parts.table import table
from pages.parts.target_chance import chance_of
from pages.parts.target_form import change_form, new_form, terms_of
from pages.parts.target_spans import choose_period, with_days
from pages.parts.target_view import rate, spread_words, stand, whose
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

#: Dimensions offered for a scope; any other is set by file or from the command line.
CUSTOMER = "customer"
SCOPES = ("branch", GROUP, "owner", "team", "branch_region", "product_category", "customer_type", "campaign", "region", CUSTOMER)


def open_target(page: Page, board: Board, goal: Goal, known: Sequence[Target] = ()) -> None:
    """One target: where it stands, the rows behind it, its versions, and changing it."""
    found = next((p for p in board.all if p.goal == goal), None)
    title = f"{page.words.label(page.catalog.measure(goal.measure))} · {whose(page, goal)}"
    st.dialog(title, width="large")(_target)(page, board, goal, found, known)


def _target(page: Page, board: Board, goal: Goal, one: Progress | None, known: Sequence[Target]) -> None:
    words = page.words
    st.caption(md(with_days(page, goal.period)))
    views = {"stand": words.t(N_("Where it stands")), "chance": words.t(N_("Chance")), "rows": words.t(N_("Rows behind")), "versions": words.t(N_("Versions"))}
    if one is None:
        views = {"versions": views["versions"]}
    elif one.pace.closed:
        del views["chance"]
    if may_set(page.user, goal, page.scope, board.places) and not (one and one.parts):
        views["change"] = words.t(N_("Change"))
    chosen = st.segmented_control(words.t(N_("View")), list(views), format_func=views.__getitem__, default=next(iter(views)), key=f"target_view_{st.session_state.get('targets_turn', 0)}",
                                  label_visibility="collapsed", required=True)
    if chosen == "stand" and one is not None:
        _stand(page, one)
    elif chosen == "chance" and one is not None:
        chance_of(page, board, one, known)
    elif chosen == "rows" and one is not None:
        if st.button(words.t(N_("Open in Segments")), key="target_segments", icon=":material/donut_small:", type="tertiary"):
            open_page("segments", segments_query(page, cut_of(one, board.on, board.places)))
        rows_dialog._inside(page, "target", stand(page, one), cut_of(one, board.on, board.places), goal.measure, one.pace.actual)
    elif chosen == "change":
        change_form(page, board, goal, one)
    else:
        _versions(page, goal, one)


def segments_query(page: Page, cut: Cut) -> dict[str, list[str]]:
    """The address of Segments that asks the same, by customer type where that can be."""
    by = next((d for d in ("customer_type", "product_category", "owner", "branch") if page.catalog.can_cut(cut.measures[0], d)), "")
    return {name: list(values) for name, values in replace(cut, by=(by,) if by else ()).to_link().items()}


def _stand(page: Page, one: Progress) -> None:
    words, formats, where = page.words, page.formats, one.pace

    def value(number: float | None) -> str:
        return formats.value(number, one.unit)
    facts = [(words.t(N_("Target")), value(where.target)), (words.t(N_("Reached")), value(where.actual)), (words.t(N_("Attained")), formats.part(where.attained))]
    if where.share is not None and not where.closed:
        facts += [(words.t(N_("Should be today")), value(where.expected)), (words.t(N_("Pace")), formats.part(where.share)),
                  (words.t(N_("Landing estimate")), value(where.landing)), (words.t(N_("Gap to target")), value(where.gap)),
                  (words.t(N_("Working days left")), formats.number(round(where.days_left), 0)), (words.t(N_("Needed a working day")), rate(page, where.needed_per_day, one.unit))]
    stretch = one.target.stretch
    if stretch is not None:
        facts.insert(3, (words.t(N_("Stretch")), value(stretch)))
        if where.actual is not None and stretch:
            facts.insert(4, (words.t(N_("Attained of the stretch")), formats.part(where.actual / stretch)))
    with st.grid(3, min_column_width=140, gap="small"):
        for label, text in facts:
            st.metric(label, text)
    st.markdown(f"**{md(stand(page, one))}**")
    if where.why:
        st.caption(md(words.t(where.why)))
    spread = spread_words(page, one)
    if spread:
        st.caption(md(words.t(N_("Pace: {how}."), how=spread) if one.parts or not (one.curve and one.curve.why) else spread))
    if one.target.direction:
        st.caption(words.t(N_("Less is better for this target.") if one.better == "down" else N_("More is better for this target.")))
    if one.parts:
        st.caption(md(words.t(N_("The sum of: {names}"), names=words.listed(words.member(part.dimension, part.member) for part in one.parts))))
    if one.children:
        st.caption(md(words.t(N_("Reached by all branches under it: {names}"), names=words.listed(words.member("branch", name) for name in one.children))))
    if one.target.source == "data":
        st.caption(words.t(N_("From the data: nobody has set it here yet.")))


def _versions(page: Page, goal: Goal, one: Progress | None) -> None:
    words, formats, unit = page.words, page.formats, page.catalog.measure(goal.measure).unit
    found = history(page.appdb, goal)
    if not found:
        st.caption(words.t(N_("Nobody has set this target in the dashboard.") if one is None or one.target.source == "data"
                           else N_("This target is a sum; look at its parts.")))
        return
    columns = (Column("version", words.t(N_("Version")), "count", width=70), Column("value", words.t(N_("Target"))), Column("who", words.t(N_("Who"))),
               Column("when", words.t(N_("When"))), Column("why", words.t(N_("Why"))))
    terms = [terms_of(page, v, unit) for v in found]
    if any(terms):
        columns = (*columns[:2], Column("terms", words.t(N_("Stretch, direction, spread"))), *columns[2:])
    rows = tuple({"terms": term, "version": v.version, "value": words.t(N_("withdrawn")) if v.value is None else formats.value(v.value, unit, full=True),
                  "who": words.author(v.who), "when": formats.moment(v.at), "why": v.why} for v, term in zip(found, terms, strict=True))
    table(page, "target_versions", Sheet(columns, rows), alt=words.t(N_("Versions of the target, newest first")))


def open_new(page: Page, board: Board, measure: str) -> None:
    st.dialog(page.words.t(N_("Set a target")), width="medium")(_new)(page, board, measure)


def _new(page: Page, board: Board, measure: str) -> None:
    """Choose what, whose and when; then the number."""
    words, catalog = page.words, page.catalog
    names = list(catalog.measures)
    chosen = st.selectbox(words.t(N_("Indicator")), names, index=names.index(measure) if measure in names else 0, format_func=lambda m: words.label(catalog.measure(m)))
    scopes = [d for d in SCOPES if (asked := Goal(chosen, board.on, board.on, d).asked) in catalog.dimensions and catalog.can_cut(chosen, asked)]
    able = [d for d in (FIRM, *scopes) if _offered(page, board, chosen, d)]
    if not able:
        st.caption(words.t(N_("There is nothing within your branches this indicator can have a target for.")))
        return

    def named(dimension: str) -> str:
        if dimension == GROUP:
            return words.t(N_("Branch and those below"))
        return words.label(catalog.dimension(dimension)) if dimension else words.t(N_("The whole firm"))
    dimension = st.segmented_control(words.t(N_("Whose")), able, default="branch" if "branch" in able else able[0], required=True, key="target_scope",
                                     format_func=named)
    member = ""
    if dimension == CUSTOMER:
        member = _customer(page)
        if not member:
            return
    elif dimension:
        offered = _offered(page, board, chosen, dimension)
        member = st.selectbox(named(dimension), offered, format_func=lambda m: words.member("branch" if dimension == GROUP else dimension, m), key=f"target_member_{dimension}") or ""
    period = choose_period(page, board.on)
    if period is None:
        return
    goal = Goal(chosen, period.first, period.last, dimension or FIRM, member)
    try:
        check_goal(goal, catalog, page.warehouse, page.scope, all_targets(page.warehouse, page.appdb))
    except MabatError as error:
        # Said here, before a number is typed; another period or scope brings the fields back.
        st.error(md(words.error(error)), icon=":material/error_outline:")
        return
    latest = history(page.appdb, goal)
    if latest and latest[0].value is not None:
        st.caption(md(words.t(N_("Set now: {value} by {who}. Saving makes a new version."), value=page.formats.value(latest[0].value, catalog.measure(chosen).unit), who=words.author(latest[0].who))))
    new_form(page, board, goal, latest[0] if latest else None)


def _customer(page: Page) -> str:
    """The id of one customer typed by number; what is wrong is said under the field. Empty: none yet."""
    words = page.words
    typed = st.text_input(words.t(N_("Customer number")), key="target_customer", max_chars=60, placeholder="C-100001")
    if not typed.strip():
        st.caption(words.t(N_("Type the customer’s number; Find (Ctrl K) has it by name.")))
        return ""
    try:
        found = str(resolve(page.warehouse, page.scope, typed))
    except MabatError as error:
        st.error(md(words.error(error)), icon=":material/error_outline:")
        return ""
    st.caption(md(whose(page, Goal("", date.min, date.min, CUSTOMER, found))))
    return found


def _offered(page: Page, board: Board, measure: str, dimension: str) -> list[str]:
    """Members a target can be set for within what the user may see; the firm itself is one without a name."""
    if dimension == CUSTOMER:
        # Too many to offer: one is typed in.
        return [""] if visible(Goal(measure, board.on, board.on, dimension, ""), page.scope, board.places) else []
    known = members(dimension, page.catalog, page.warehouse, page.scope) if dimension else [""]
    return [m for m in known if visible(Goal(measure, board.on, board.on, dimension, m), page.scope, board.places)]


def open_adopt(page: Page, offered: Sequence[Target]) -> None:
    st.dialog(page.words.t(N_("Adopt the targets of the data")), width="small")(_adopt)(page, offered)


def _adopt(page: Page, offered: Sequence[Target]) -> None:
    words = page.words
    st.markdown(md(words.n("{n} target came with the data. Adopted, it can be changed here, with versions; a later import no longer changes it.",
                           "{n} targets came with the data. Adopted, they can be changed here, with versions; a later import no longer changes them.",
                           len(offered), n=page.formats.count(len(offered)))))
    if st.button(words.t(N_("Adopt")), type="primary", key="adopt_now"):
        done = adopt(page.appdb, offered, user=page.user, why=words.t(N_("adopted from the data")))
        st.session_state["targets_said"] = words.n("{n} target adopted.", "{n} targets adopted.", done, n=page.formats.count(done))
        st.rerun()
