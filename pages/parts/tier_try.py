"""The simulator: move a limit and see who changes tier, what that costs and what worth is at stake."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from crm_data.analysis.tiers_book import Book, Exact
from crm_data.analysis.tiers_list import listed
from crm_data.analysis.tiers_plan import Board
from crm_data.analysis.tiers_rules import Tier
from crm_data.analysis.tiers_trial import WAYS, Trial
from crm_data.cuts.cut import Filter, each_parts
from crm_data.errors import N_
from crm_data.output.tables import Column, Sheet
from pages.parts.customer_back import coming
from pages.parts.empty import Empty
from pages.parts.figure import Content
from pages.parts.frames import Taken
from pages.parts.state import open_page
from pages.parts.text import md
from pages.parts.tier_dialogs import SHOWN
from pages.parts.tier_view import WAY_WORDS, list_sheet, measure_head, named
from pages.parts.tiles import Tile

if TYPE_CHECKING:
    from pages.parts.context import Page

_STEPS = 60
OPENED = "_tier_customer"


@dataclass(frozen=True)
class Asked:
    """What is being tried: the tiers with the limits on the screen, and how they are compared."""

    tiers: tuple[Tier, ...]
    hand_too: bool
    against_rules: bool


# Asking ------------------------------------------------------------------------------------------------------------------
def limits(page: Page, found: Board) -> Asked:
    """The limits of every tier, each as a number and a slider; what is compared with what."""
    words, tried = page.words, []
    with st.container(border=True, key="frame_limits"):
        with st.container(horizontal=True, key="head_limits"):
            st.markdown(f"## {words.t(N_('Try other limits'))}\n{md(words.t(N_('Nothing changes until you apply it.')))}")
        for tier in found.told:
            tried.append(_tier(page, found, tier))
        compare = {"now": words.t(N_("Tiers as they are now")), "rules": words.t(N_("The rules as they stand"))}
        against = st.segmented_control(words.t(N_("Compared with")), list(compare), default="now", required=True, format_func=compare.__getitem__, key="tier_against")
        hand = st.toggle(words.t(N_("Also move those put somewhere by hand")), key="tier_hand_too")
    return Asked(tuple(tried), hand, against == "rules")


def _tier(page: Page, found: Board, tier: Tier) -> Tier:
    if not tier.conditions:
        return tier
    kept = []
    for n, f in enumerate(tier.conditions):
        kept.append(_limit(page, found, tier, n, f))
    return replace(tier, conditions=tuple(kept))


def _limit(page: Page, found: Board, tier: Tier, n: int, f: Filter) -> Filter:
    """One limit: a number to type, and a slider over what customers have. "between" has its lower end on the slider."""
    key, state = f"tier_limit_{found.seen[0]}_{found.told.index(tier)}_{n}", st.session_state
    now = float(state.setdefault(key, float(f.values[0])))
    measure, span = each_parts(f.dimension)
    about = page.catalog.measure(measure)
    words_of = {"at_least": N_("{tier}: {measure}, from"), "below": N_("{tier}: {measure}, below"), "between": N_("{tier}: {measure}, from (to {to})")}
    head = md(page.words.t(words_of[f.op], tier=page.words.member("tier", tier.name), measure=measure_head(page, f"{measure}@{span}"), to=page.formats.value(Decimal(f.values[-1]), about.unit, full=True) if page.formats.toman else f.values[-1]))
    marks = steps(found.book, f, now)
    # Each writes the limit and lets the other be made anew with it: two widgets cannot share a key.
    field, slider = f"{key}_n{state.get(f'{key}_n', 0)}", f"{key}_s{state.get(f'{key}_s', 0)}"
    # Only what is typed is in the unit told; the slider's marks are as the data keeps them.
    toman = about.unit == "money" and page.formats.toman
    field += "_toman" if toman else ""

    def chosen(own: str, other: str) -> None:
        if state.get(own) is not None:
            value = float(state[own])
            state[key], state[f"{key}_{other}"] = page.formats.kept(value) if toman and own == field else value, state.get(f"{key}_{other}", 0) + 1
    st.caption(head)
    left, right = st.columns([1, 1.6], gap="small", vertical_alignment="center")
    left.number_input(head, value=page.formats.shown(now) if toman else now, step=None, format="%.15g" if toman else "%.6g" if about.unit not in ("money", "count") else "%.0f", key=field, on_change=chosen, args=(field, "s"), label_visibility="collapsed")
    right.select_slider(head, marks, value=min(marks, key=lambda m: abs(m - now)), key=slider, on_change=chosen, args=(slider, "n"), label_visibility="collapsed",
                        format_func=lambda v: page.formats.value(v, about.unit))
    typed = float(state[key])
    number = f"{typed:.6f}".rstrip("0").rstrip(".")
    if f.op == "between" and Decimal(number) > Decimal(f.values[1]):
        return f
    return Filter(f.dimension, f.op, (number, *f.values[1:]))


def steps(book: Book, f: Filter, now: float) -> list[float]:
    """Round marks of a slider, closer where more customers are; what is chosen now is one of them."""
    column = book.values[each_parts(f.dimension)]
    values = column.floats() if isinstance(column, Exact) else column[~np.isnan(column)]
    values = values[values != 0]
    found = np.quantile(values, np.linspace(0, 1, _STEPS)) if len(values) else np.array([])
    return sorted({0.0, now, *(_rounded(float(v)) for v in found)})


def _rounded(value: float) -> float:
    return float(f"{value:.2g}")


# Answering ---------------------------------------------------------------------------------------------------------------
def tiles_of(page: Page, outcome: Trial) -> list[Tile]:
    """Who goes up and down with what is at stake, and what the terms cost."""
    words, formats = page.words, page.formats
    found = []
    for way in WAYS:
        one = outcome.ways[way]
        if one.customers or way in ("up", "down"):
            found.append(Tile(f"way_{way}", words.t(WAY_WORDS[way]), formats.count(one.customers), versus=words.t(N_("worth {amount}"), amount=formats.money(one.worth)),
                              caption=md(words.t(N_("revenue {amount}"), amount=formats.money(one.revenue))),
                              help=words.t(N_("Customers; below, what they brought in 12 months: what is at stake if they take the change well or ill."))))
    if not page.catalog.has_orders:
        # No revenue is known, so neither are discounts and balances: they are not told as nothing.
        return [replace(tile, versus=tile.versus if outcome.whole.worth is not None else words.t(N_("customers")), caption="", help="") for tile in found]
    found.append(Tile("cost", words.t(N_("Discounts a year")), formats.money(outcome.whole.discount, signed=True), versus=words.t(N_("of all who change")),
                      caption=md(words.t(N_("at 12 months’ revenue"))), help=words.t(N_("(New discount − old discount) × revenue of the last 12 months, summed over all who change: if they buy the same again."))))
    found.append(Tile("days", words.t(N_("Open balance")), formats.money(outcome.whole.shifted, signed=True), versus=words.t(N_("by payment days")),
                      caption=md(words.t(N_("revenue ÷ 365 × days"))), help=words.t(N_("Revenue of 12 months ÷ 365 × (new payment days − old): by how much more is outstanding on a usual day. Where a tier says no days, those agreed with the customer count; where none are known, nothing does."))))
    return found


def matrix_content(page: Page, outcome: Trial) -> Content:
    """From each tier into each: a row is where they are, a column where they would be."""
    words, formats = page.words, page.formats
    used = [i for i, label in enumerate(outcome.labels) if i < outcome.defined or any(outcome.matrix[i]) or any(line[i] for line in outcome.matrix)]
    to = [i for i in used if i < outcome.defined or any(line[i] for line in outcome.matrix)]
    columns = (Column("from", words.t(N_("From tier")), width=84 if page.narrow else None), *(Column(f"to_{i}", f"{words.arrow} {named(page, outcome.labels[i])}", "count", width=80 if page.narrow else 104) for i in to),
               Column("all", words.t(N_("All")), "count", width=84, quiet=True, wide_only=True))
    rows = tuple({"from": named(page, outcome.labels[a]), **{f"to_{b}": outcome.matrix[a][b] for b in to}, "all": sum(outcome.matrix[a])} for a in used)
    total = {"from": words.t(N_("All")), **{f"to_{b}": sum(line[b] for line in outcome.matrix) for b in to}, "all": sum(map(sum, outcome.matrix))}
    n = outcome.whole.customers
    sentence = words.n("{n} customer changes", "{n} customers change", n, n=formats.count(n, full=True))
    if outcome.held:
        sentence = words.listed([sentence, words.n("{n} stays, put there by hand", "{n} stay, put there by hand", outcome.held, n=formats.count(outcome.held, full=True))], ";")
    return Content(sheet=Sheet(columns, rows, total), only_table=True, sentence=sentence)


def movers_content(page: Page, tried: Board, outcome: Trial, way: str) -> Content:
    """Those who change, the most revenue first; a click opens the customer."""
    words, formats = page.words, page.formats
    count = outcome.whole.customers if not way else outcome.ways[way].customers
    if not count:
        return Content(empty=Empty(words.t(N_("Nobody changes tier")), words.t(N_("With these limits everybody stays where they are.")), ":material/done_all:"))
    frame = listed(page.warehouse, page.scope, tried, outcome, most=SHOWN, way=way)
    sentence = words.t(N_("the first {shown} of {n}, most revenue first"), shown=formats.count(len(frame)), n=formats.count(count, full=True)) if count > len(frame) else \
        words.n("{n} customer", "{n} customers, most revenue first", count, n=formats.count(count, full=True))
    ids: Sequence[int] = list(frame["id"])
    whole = Taken(lambda: list_sheet(page, listed(page.warehouse, page.scope, tried, outcome, way=way)), count,
                  sentence=words.n("{n} customer", "{n} customers, most revenue first", count, n=formats.count(count, full=True)))
    return Content(sheet=list_sheet(page, frame), whole=whole, only_table=True, sentence=words.t(N_("{what} · click a name for the whole story"), what=sentence),
                   row_keys=tuple(str(i) for i in ids), on_click=lambda key: st.session_state.__setitem__(OPENED, int(key)))


def go_to_customer() -> None:
    """To the customer that was clicked, if one was; not from a callback."""
    if (chosen := st.session_state.pop(OPENED, None)) is not None:
        open_page("customer", {"id": [str(chosen)], **coming()})
