"""The builder row of Explore: show what, by what, every when, in which order. Each change is one new address; no Apply button."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.cuts.catalog import Catalog
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import GRAINS, calendar_of, in_calendar, plain_name
from crm_data.errors import N_
from pages.parts import asking
from pages.parts.choices import grouped
from pages.parts.explore_state import MOST_DIMENSIONS, MOST_MEASURES, Explored, fits, put, without
from pages.parts.filter_bar import FIRST
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

NONE = "none"
EVERY = {"year": N_("Year"), "quarter": N_("Quarter"), "month": N_("Month"), "week": N_("Week"), "day": N_("Day"), NONE: N_("None")}
TOPS = (0, 5, 10, 20, 50)
#: Before the name of a dimension the measures do not know: it is offered, and says why when it is chosen.
IMPOSSIBLE = "⊘ "
_NOTE = "explore_note"


@dataclass(frozen=True)
class Offer:
    """Dimensions for these measures: those that can be chosen now, and for each of the others the measures that do not know it
    (none: it does not go together with what is chosen)."""

    possible: tuple[str, ...]
    impossible: dict[str, tuple[str, ...]]


def offer(catalog: Catalog, cut: Cut, *, personal: bool = True) -> Offer:
    """What the measures of ``cut`` can be cut by, beside what they are cut by and filtered on already."""
    names = [n for n, d in catalog.dimensions.items() if personal or not d.personal or n == "customer"]
    ordered = [*(n for n in FIRST if n in names), *(n for n in names if n not in FIRST)]
    beside = tuple(f.dimension for f in cut.filters)
    beside = beside if fits(catalog, cut.measures, beside) else ()
    possible, impossible = [], {}
    for name in ordered:
        if name in cut.by or fits(catalog, cut.measures, (name, *cut.by, *beside)):
            possible.append(name)
        else:
            impossible[name] = tuple(m for m in cut.measures if not fits(catalog, (m,), (name,)))
    return Offer(tuple(possible), impossible)


def why_not(page: Page, name: str, unknown_to: Sequence[str], cut: Cut) -> str:
    """The sentence that says why a dimension cannot be chosen, and what can be done."""
    words, catalog = page.words, page.catalog
    label = words.label(catalog.dimension(name))
    if not unknown_to:
        beside = [words.label(catalog.dimension(d)) for d in dict.fromkeys((*cut.by, *(f.dimension for f in cut.filters)))]
        return words.t(N_("“{dimension}” does not go together with {others}: no record holds all of them. Leave one out."), dimension=label, others=words.listed(beside))
    able = [words.label(m) for n, m in catalog.measures.items() if catalog.can_cut(n, name)][:5]
    return words.t(N_("{measures} says nothing about “{dimension}”. Measures that do: {able}."), measures=words.listed(words.label(catalog.measure(m)) for m in unknown_to),
                   dimension=label, able=words.listed(able) or "–")


def builder(page: Page, explored: Explored) -> None:
    """Draw the row."""
    with st.container(horizontal=True, key="explore_row", vertical_alignment="bottom"):
        _show(page, explored)
        _by(page, explored)
        _every(page, explored)
        _order(page, explored)
    note = st.session_state.pop(_NOTE, "")
    if note:
        st.caption(f":material/info: {md(note)}")


def _tell(note: str) -> None:
    st.session_state[_NOTE] = note


def _names(page: Page, names: Sequence[str]) -> dict[str, str]:
    """Labels of dimensions; a field of the firm's own may be called as one of ours."""
    labels = {n: page.words.label(page.catalog.dimension(n)) for n in names}
    found = list(labels.values())
    return {n: label if found.count(label) < 2 else f"{label} ({n})" for n, label in labels.items()}


# Show ---------------------------------------------------------------------------------------------------------------
def _show(page: Page, explored: Explored) -> None:
    words, cut = page.words, explored.cut
    options = [m for _, members in grouped(page.catalog, asking.rows_by_table(page)) for m in members]
    options += [m for m in cut.measures if m not in options]
    # The address decides what is shown, also after Back; the control only writes into it.
    st.session_state["explore_show"] = list(cut.measures)

    def changed() -> None:
        measures = tuple(st.session_state["explore_show"])
        if not measures:
            _tell(words.t(N_("At least one measure is needed: choose another first, then take this one out.")))
            return
        fitted, dropped = without(replace(cut, measures=measures, order_by=cut.order_by if cut.order_by in (*measures, *cut.by) else ""), page.catalog)
        if dropped:
            names = words.listed(words.label(page.catalog.dimension(d)) for d in dropped)
            _tell(words.t(N_("Taken out, as not every measure is known by it: {dimensions}."), dimensions=names))
        put(fitted, explored.fig)

    st.multiselect(words.t(N_("Show")), options, key="explore_show", format_func=lambda m: words.label(page.catalog.measure(m)), on_change=changed,
                   max_selections=MOST_MEASURES, select_all=False, placeholder=words.t(N_("Choose a measure")), width=300)


# By -----------------------------------------------------------------------------------------------------------------
def _by(page: Page, explored: Explored) -> None:
    words, cut = page.words, explored.cut
    found = offer(page.catalog, cut, personal=page.scope.personal)
    names = _names(page, list(page.catalog.dimensions))
    st.session_state["explore_by"] = list(cut.by)

    def changed() -> None:
        asked = tuple(st.session_state["explore_by"])
        refused = [d for d in asked if d in found.impossible]
        if refused:
            _tell(why_not(page, refused[0], found.impossible[refused[0]], cut))
        by = tuple(d for d in asked if d not in found.impossible)[:MOST_DIMENSIONS]
        if by != cut.by:
            top = cut.limit if by and by[:1] == cut.by[:1] else None
            put(replace(cut, by=by, limit=top, order_by=cut.order_by if cut.order_by in (*cut.measures, *by) else ""), explored.fig)

    st.multiselect(words.t(N_("By: rows, columns, panels")), [*found.possible, *found.impossible], key="explore_by",
                   format_func=lambda d: (IMPOSSIBLE if d in found.impossible else "") + names[d], on_change=changed, max_selections=MOST_DIMENSIONS, select_all=False,
                   placeholder=words.t(N_("The whole")), width=300,
                   help=words.t(N_("Up to three: the first makes rows, the second columns, the third groups. Those marked {sign} do not fit the measures; choose one to read why."),
                                sign=IMPOSSIBLE.strip()) if found.impossible else None)


# Every --------------------------------------------------------------------------------------------------------------
def _every(page: Page, explored: Explored) -> None:
    cut = explored.cut
    # A link may bring a grain of the other calendar: it stays what it is, and the offers are those of its calendar.
    calendar = calendar_of(cut.grain).name if cut.grain and cut.grain not in ("day", "week") else page.formats.calendar
    st.session_state["explore_every"] = cut.grain or NONE

    def changed() -> None:
        chosen = st.session_state["explore_every"]
        # A second click on the same button takes it back: no buckets.
        put(replace(cut, grain=chosen if chosen in GRAINS else None), explored.fig)

    st.segmented_control(page.words.t(N_("Every")), [in_calendar(g, calendar) for g in EVERY], key="explore_every", format_func=lambda g: page.words.t(EVERY[plain_name(g)]), on_change=changed, width="content")


# Order --------------------------------------------------------------------------------------------------------------
def order_text(page: Page, cut: Cut) -> str:
    """The order in a few words: "Top 10 by revenue", "Largest first"."""
    words = page.words
    thing = page.catalog.all_measures.get(cut.order_by) or page.catalog.dimensions.get(cut.order_by)
    name = words.label(thing).lower() if thing else ""
    if cut.limit:
        which = N_("Top {n} by {name}") if name else N_("Top {n}")
        which = which if cut.descending else N_("Last {n} by {name}") if name else N_("Last {n}")
        return words.t(which, n=page.formats.count(cut.limit), name=name)
    if name:
        return words.t(N_("By {name}") if cut.descending else N_("By {name}, rising"), name=name)
    return words.t(N_("Order")) if cut.descending else words.t(N_("Smallest first"))


def _order(page: Page, explored: Explored) -> None:
    words, cut = page.words, explored.cut
    with st.popover(order_text(page, cut), icon=":material/swap_vert:", key="explore_order", width="content", disabled=not cut.by):
        st.session_state["explore_top"] = cut.limit or 0
        st.session_state["explore_sort"] = cut.order_by
        st.session_state["explore_asc"] = "desc" if cut.descending else "asc"

        def changed() -> None:
            order, top = st.session_state["explore_sort"] or "", st.session_state["explore_top"] or 0
            put(replace(cut, order_by=order, limit=top or None, descending=st.session_state["explore_asc"] != "asc"), explored.fig, explored.at)

        tops = sorted({*TOPS, cut.limit or 0})
        st.pills(words.t(N_("How many")), tops, key="explore_top", on_change=changed, format_func=lambda n: words.t(N_("All")) if not n else page.formats.count(n),
                 help=words.t(N_("What is left out stands as “all others”.")))
        names = {"": words.t(N_("Usual order")), **{m: words.label(page.catalog.measure(m)) for m in cut.measures}, **_names(page, cut.by)}
        st.selectbox(words.t(N_("Sort by")), list(names), key="explore_sort", format_func=lambda n: names[n], on_change=changed)
        st.segmented_control(words.t(N_("Direction")), ["desc", "asc"], key="explore_asc", on_change=changed, required=True,
                             format_func=lambda n: words.t(N_("Largest first")) if n == "desc" else words.t(N_("Smallest first")))
