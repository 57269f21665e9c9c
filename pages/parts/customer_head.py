"""Who the customer is, in one line, and what can be done: note, task, decision, hand-over."""
from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.customers import Profile
from crm_data.analysis.tiers import SOURCE_TIER, Assigned, assigned, told
from crm_data.analysis.tiers_store import held
from crm_data.countries import country_code
from crm_data.errors import N_
from crm_data.model.identity import shown
from crm_data.output.formats import plain
from crm_data.output.words import ISOLATE, POP
from crm_data.text import Figure
from pages.parts.customer_dialogs import decision_dialog, note_dialog, task_dialog
from pages.parts.handover_sheet import handover_button
from pages.parts.page_head import export_page_button
from pages.parts.page_help import page_help
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page


def tier_of(page: Page, who: Profile) -> Assigned:
    """The customer's tier: what was assigned here before what the data says."""
    return assigned(held(page.appdb, [who.key]).get(who.key), told(who.tier, who.attributes.get(SOURCE_TIER)))


def may_write(page: Page) -> bool:
    return bool(getattr(page.user, "may_write", True))


def head(page: Page, who: Profile, tier: str | None) -> None:
    """Name, identity line, how to reach it; the actions at the end side."""
    with st.container(horizontal=True, key="customer_head", horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(key="who", width="stretch"):
            local = f" · {md(who.name_local)}" if who.name_local and who.name_local != who.name else ""
            st.markdown(f"# {md(who.name)}{local}\n{md(identity(page, who, tier))}")
            reach = [f"{ISOLATE}{plain(x)}{POP}" if page.words.rtl else plain(x) for x in (who.phone, who.email) if x]
            if known := [*reach, *identity_number(page, who)]:
                # Not Markdown, which would make links of them.
                st.text(" · ".join(known))
        with st.container(horizontal=True, key="customer_actions", width="content", gap="small"):
            _actions(page, who)


def identity_number(page: Page, who: Profile) -> list[str]:
    """The number of the person or the company, for those who may see single customers; none where none is known."""
    if not who.identity_number or not page.scope.personal:
        return []
    number = shown(who.identity_number, country_code(who.country) if who.country else page.warehouse.country, who.party)
    named = N_("identity number {number}") if who.party == "person" else N_("company number {number}")
    return [page.words.t(named, number=Figure(plain(number)))]


def _actions(page: Page, who: Profile) -> None:
    words = page.words
    if may_write(page):
        if st.button(words.t(N_("Add note")), icon=":material/edit_note:", key="add_note"):
            note_dialog(page, who)
        if st.button(words.t(N_("Task")), icon=":material/add_task:", key="add_task", help=words.t(N_("Add something to do for this customer"))):
            task_dialog(page, who)
        if st.button(words.t(N_("Decision")), icon=":material/gavel:", key="add_decision", help=words.t(N_("Write down what was decided about this customer"))):
            decision_dialog(page, who)
    handover_button(page, who)
    export_page_button(page, who.name)
    page_help(page.words, "customer")


def identity(page: Page, who: Profile, tier: str | None) -> str:
    """Number, kind, branch, owner, tier and since when, in one line."""
    words, formats = page.words, page.formats
    kind = words.member("party", who.party) if who.relation == "customer" else words.member("relation", who.relation)
    people = words.n("{n} contact person", "{n} contact persons", len(who.contacts)) if who.contacts else ""
    below = words.n("{n} subsidiary", "{n} subsidiaries", who.subsidiaries) if who.subsidiaries else ""

    def told(dimension: str, value: str | None) -> str:
        return plain(words.member(dimension, value)) if value else ""
    parts = [plain(who.number), kind, told("customer_type", who.kind), people, below, words.t(N_("part of {name}"), name=plain(who.parent[1])) if who.parent else "",
             words.t(N_("{name} branch"), name=told("branch", who.branch)) if who.branch else "", words.t(N_("looked after by {name}"), name=plain(who.owner)) if who.owner else words.t(N_("nobody looks after it")),
             words.t(N_("tier {name}"), name=told("tier", tier)) if tier else "", told("city", who.city), words.t(N_("customer since {month}"), month=formats.month(who.since)) if who.since else "",
             words.t(N_("left {day}"), day=formats.day(who.lost_on)) if who.lost_on else ""]
    return words.in_line(parts)
