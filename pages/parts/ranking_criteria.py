"""The panel of criteria: which ones, in what direction and with what weight, and points for the members of a field."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.ranking_criteria import MEMBER, MOST, MOST_MEMBERS, Criterion, better_high, fields
from crm_data.analysis.ranking_link import Asked
from crm_data.cuts.values import values_of
from crm_data.errors import N_
from crm_data.output.ranking_words import criterion_help, criterion_label
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

#: Other words people search a criterion by.
ALIASES = {"won_value": N_("contract amount"), "days_late": N_("payment behaviour"), "overdue_balance": N_("payment behaviour"), "csat": N_("feedback"),
           "contacts_by_customer": N_("begun by the customer"), "recency": N_("recency"), "gross_margin": N_("margin")}

Write = Callable[[Asked], None]


def criteria_panel(page: Page, asked: Asked, usable: list[str], write: Write) -> None:
    """The inside of the popover; every change goes into the address."""
    words, now = page.words, {c.name: c for c in asked.criteria}
    plain = [n for n in now if not n.startswith(MEMBER)]
    options = [*usable, *(n for n in plain if n not in usable)]

    def named(name: str) -> str:
        alias = f" ({words.t(ALIASES[name])})" if name in ALIASES else ""
        return criterion_label(name, words, page.catalog) + alias

    def changed() -> None:
        chosen = list(st.session_state["rank_criteria"])
        pointed = [n for n in now if n.startswith(MEMBER)]
        if chosen or pointed:
            write(replace(asked, criteria=tuple(now.get(n) or Criterion(n, 1.0, better_high(n, page.catalog)) for n in [*chosen, *pointed])))
    if st.session_state.get("rank_criteria") != plain:
        st.session_state["rank_criteria"] = plain
    st.multiselect(words.t(N_("Rank by (several count together by their weights)")), options, key="rank_criteria", max_selections=MOST, format_func=named, on_change=changed,
                   placeholder=words.t(N_("Search: margin, complaints, payment ...")))
    total = sum(c.weight for c in asked.criteria)
    for at, c in enumerate(asked.criteria):
        _weighed(page, asked, at, c, total, write)
    st.caption(words.t(N_("Score: each criterion's percentile among all ranked (100 is best), averaged by weight.")))
    if asked.subject == "customer":
        _points(page, asked, write)


def _weighed(page: Page, asked: Asked, at: int, c: Criterion, total: float, write: Write) -> None:
    words = page.words
    weight, way = f"rank_weight_{c.name}", f"rank_high_{c.name}"

    def changed() -> None:
        new = replace(c, weight=float(st.session_state[weight]), high=st.session_state[way] == "high")
        write(replace(asked, criteria=tuple(new if i == at else old for i, old in enumerate(asked.criteria))))
    for key, value in ((weight, int(min(10, max(1, round(c.weight))))), (way, "high" if c.high else "low")):
        if st.session_state.get(key) != value:
            st.session_state[key] = value
    left, right = st.columns([2, 1.2], vertical_alignment="bottom")
    name = criterion_label(c.name, words, page.catalog)
    left.slider(md(words.t(N_("Weight of {name}: {share}"), name=name, share=page.formats.part(c.weight / total))), 1, 10, key=weight, on_change=changed,
                help=md(criterion_help(c.name, words, page.catalog)))
    right.selectbox(md(words.t(N_("Better: {name}"), name=name)), ["high", "low"], key=way, on_change=changed, label_visibility="collapsed",
                    format_func=lambda d: words.t(N_("more is better")) if d == "high" else words.t(N_("less is better")))


# Points -------------------------------------------------------------------------------------------------------------
def _points(page: Page, asked: Asked, write: Write) -> None:
    """Field of activity and its like: a manager gives points to its members."""
    words = page.words
    held = next((c for c in asked.criteria if c.points), None)
    options = ["", *fields(page.catalog)]
    now = held.dimension if held and held.dimension in options else st.session_state.get("rank_field_open", "")

    def field_changed() -> None:
        st.session_state["rank_field_open"] = st.session_state["rank_field"]
        if held:
            write(replace(asked, criteria=tuple(c for c in asked.criteria if c is not held) or (Criterion("revenue"),)))
    if st.session_state.get("rank_field") != now:
        st.session_state["rank_field"] = now
    chosen = st.selectbox(words.t(N_("Points for a field of the customer")), options, key="rank_field", on_change=field_changed,
                          format_func=lambda n: words.label(page.catalog.dimension(n)) if n else words.t(N_("None")))
    if chosen:
        _members(page, asked, chosen, held, write)


def _members(page: Page, asked: Asked, dimension: str, held: Criterion | None, write: Write) -> None:
    words, given = page.words, dict(held.points) if held else {}
    known = [v.value for v in values_of(dimension, page.warehouse, scope=page.scope, limit=100) if v.value is not None]
    picked, key = list(given), f"rank_members_{dimension}"

    def changed() -> None:
        members = [m for m in st.session_state[key]][:MOST_MEMBERS]
        points = tuple((m, float(st.session_state.get(f"rank_points_{dimension}_{m}", given.get(m, 100)))) for m in members)
        rest = tuple(c for c in asked.criteria if c is not held)
        made = (Criterion(f"{MEMBER}{dimension}", held.weight if held else 1.0, held.high if held else True, points),) if points else ()
        if rest or made:
            write(replace(asked, criteria=(*rest, *made)))
    if st.session_state.get(key) != picked:
        st.session_state[key] = picked
    st.multiselect(words.t(N_("Members with points")), [*known, *(m for m in picked if m not in known)], key=key, max_selections=MOST_MEMBERS, on_change=changed,
                   format_func=lambda m: words.member(dimension, m))
    for m in picked:
        own = f"rank_points_{dimension}_{m}"
        if st.session_state.get(own) != given[m]:
            st.session_state[own] = given[m]
        st.number_input(md(words.t(N_("Points of {name}"), name=words.member(dimension, m))), 0.0, 100.0, step=5.0, format="%g", key=own, on_change=changed)
    st.caption(words.t(N_("0 to 100; members without points have 0. The points stand in place of a percentile.")))
