"""What a change of rates would do, on the screen: worth and cost before and after, who turns loss-making, who moves most."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.rate_effect import Effect, Moved
from crm_data.errors import N_
from crm_data.output.tables import Column, Sheet
from pages.parts.asking import sentence
from pages.parts.customer_back import coming
from pages.parts.table import table
from pages.parts.text import link, md

if TYPE_CHECKING:
    from pages.parts.context import Page

#: Customers named who cross the line.
NAMED = 8


def effect_view(page: Page, told: Effect) -> None:
    """Draw an effect; what it does not change is said too."""
    words, formats = page.words, page.formats
    days = formats.period(told.period.first, told.period.last)
    if told.nothing:
        st.info(md(words.t(N_("No activity of {period} would cost anything else: the rate is of other days, or is the same as before."), period=days)), icon=":material/info:")
        return
    _numbers(page, told)
    st.caption(md(sentence(
        page, days, words.n("{n} customer is worth something else", "{n} customers are worth something else", told.touched, n=formats.count(told.touched)) if told.personal else "",
        words.t(N_("of {n} whose worth is known"), n=formats.count(told.known)) if told.personal else "", _priced(page, told))))
    if told.worth[1] is None:
        st.caption(words.t(N_("No sale line has a known cost, so worth is not known; the change of it is.")))
    _turning(page, told)
    people = [*told.losers, *told.gainers]
    shown = [(N_("Whose worth changes most"), "rates_people", _people(page, people))] if people else []
    if told.types:
        shown.append((N_("By customer type"), "rates_types", _types(page, told.types)))
    for column, (head, key, sheet) in zip(st.columns([1.15, 1][:len(shown)], gap="small") if shown else (), shown, strict=True):
        with column:
            st.markdown(f"**{md(words.t(head))}**")
            table(page, key, sheet, alt=words.t(head))


def _numbers(page: Page, told: Effect) -> None:
    words, formats = page.words, page.formats
    with st.grid(4 if told.personal else 2, min_column_width=140, gap="small", key="rates_numbers"):
        _metric(page, words.t(N_("Worth")), formats.money(told.worth[1]), told.change, "up")
        _metric(page, words.t(N_("Cost to serve")), formats.money(told.cost[1]), -told.change, "down")
        if told.personal:
            st.metric(words.t(N_("Turn loss-making")), formats.count(len(told.loss_making)))
            st.metric(words.t(N_("Turn profitable")), formats.count(len(told.profitable)))


def _metric(page: Page, label: str, value: str, change, better: str) -> None:
    if not change:
        st.metric(label, value, delta=page.words.t(N_("unchanged")), delta_color="gray", delta_arrow="off")
        return
    arrow = "up" if change > 0 else "down"
    st.metric(label, value, delta=page.formats.money(abs(change)), delta_arrow=arrow, delta_color="green" if arrow == better else "red")


def _priced(page: Page, told: Effect) -> str:
    before, now = told.priced
    if before == now:
        return ""
    words, many = page.words, abs(now - before)
    return words.n("{n} activity gets a price", "{n} activities get a price", many, n=page.formats.count(many)) if now > before else words.n(
        "{n} activity loses its price", "{n} activities lose their price", many, n=page.formats.count(many))


def _turning(page: Page, told: Effect) -> None:
    words = page.words
    for head, who in ((N_("Turn loss-making: {names}"), told.loss_making), (N_("Turn profitable: {names}"), told.profitable)):
        if who:
            names = page.words.listed(f"[{md(m.name)}]({link('customer', {'id': str(m.id)})})" for m in who[:NAMED])
            more = words.t(N_("and {n} more"), n=page.formats.count(len(who) - NAMED)) if len(who) > NAMED else ""
            st.markdown(words.t(head, names=f"{names} {more}".strip()))


def _columns(page: Page, first: Column) -> tuple[Column, ...]:
    """A name, its worth before and after, and the change; on a phone the last two."""
    words, sign, width = page.words, page.formats.symbol, 84 if page.narrow else None
    return (first, Column("before", f"{words.t(N_('Worth before'))} {sign}", "money", wide_only=True),
            Column("now", f"{words.t(N_('After') if page.narrow else N_('Worth after'))} {sign}", "money", width=width), Column("change", f"{words.t(N_('Change'))} {sign}", "money", width=width))


def _people(page: Page, people: Sequence[Moved]) -> Sheet:
    words = page.words
    columns = (*_columns(page, Column("name", words.t(N_("Customer")), "link", width=120 if page.narrow else None)), Column("place", words.t(N_("Place")), width=100, wide_only=True))
    return Sheet(columns, tuple({"name": link("customer", {"id": str(m.id), **coming()}, m.name), "before": m.before, "now": m.now, "change": m.change, "place": _place(page, m)} for m in people))


def _types(page: Page, types: Sequence[Moved]) -> Sheet:
    words = page.words
    columns = _columns(page, Column("name", words.t(N_("Customer type")), width=120 if page.narrow else None))
    return Sheet(columns, tuple({"name": m.name or words.t(N_("Not known")), "before": m.before, "now": m.now, "change": m.change} for m in types))


def _place(page: Page, m: Moved) -> str:
    count = page.formats.count
    return count(m.place, full=True) if m.place == m.place_before else page.words.t(N_("{before} → {now}"), before=count(m.place_before, full=True), now=count(m.place, full=True))
