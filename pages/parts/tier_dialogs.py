"""Dialogs of tiers: applying what was tried, a run and its undoing, one customer by hand, the list as a file, bringing into the data."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from crm_data.analysis.customers import find, profile
from crm_data.analysis.rate_store import effective
from crm_data.analysis.tiers import assign_one, current, undo
from crm_data.analysis.tiers_list import members
from crm_data.analysis.tiers_overlay import publish
from crm_data.analysis.tiers_plan import Board, apply
from crm_data.analysis.tiers_store import Run, list_tiers, save_tiers
from crm_data.analysis.tiers_trial import Trial
from crm_data.errors import N_, MabatError
from crm_data.model.snapshots import open_store
from crm_data.settings import load_settings
from crm_data.text import plain
from pages.parts.export_dialog import list_buttons
from pages.parts.frames import Taken
from pages.parts.table import table
from pages.parts.text import md
from pages.parts.tier_view import list_sheet, named

if TYPE_CHECKING:
    from pages.parts.context import Page

SAID = "tiers_said"
SHOWN = 25


def done(page: Page, do: Callable[[], str]) -> None:
    """Do it, say what was done and draw the page anew; what is wrong is said where one stands, and nothing was changed."""
    try:
        st.session_state[SAID] = do()
    except MabatError as error:
        st.error(md(page.words.error(error)), icon=":material/error_outline:")
        return
    st.rerun()


def fresh(page: Page):
    """The data as it is published now: while a dialog was open an import may have come."""
    settings = load_settings()
    return effective(page.appdb, open_store(settings.warehouse, **settings.place).warehouse())


# Applying ----------------------------------------------------------------------------------------------------------------
def open_apply(page: Page, tried: Board, outcome: Trial, hand_too: bool) -> None:
    st.dialog(page.words.t(N_("Apply the rules")), width="medium")(apply_body)(page, tried, outcome, hand_too)


def apply_body(page: Page, tried: Board, outcome: Trial, hand_too: bool) -> None:
    """What will be written, named in numbers, before the button that writes it."""
    words, formats = page.words, page.formats
    n = outcome.whole.customers
    st.markdown(md(words.n("{n} customer changes tier:", "{n} customers change tier:", n, n=formats.count(n, full=True))))
    lines = [(named(page, outcome.labels[a]), named(page, outcome.labels[b]), count) for a, line in enumerate(outcome.matrix) for b, count in enumerate(line) if a != b and count]
    st.markdown("\n".join(f"- {md(a)} {words.arrow} {md(b)}: **{formats.count(c, full=True)}**" for a, b, c in sorted(lines, key=lambda x: -x[2])))
    st.caption(md(words.t(N_("Discounts {discount} a year, open balance {balance}, if they buy as in the last 12 months."),
                          discount=formats.money(outcome.whole.discount, signed=True), balance=formats.money(outcome.whole.shifted, signed=True))))
    if tried.tiers != tried.told:
        st.caption(words.t(N_("The limits tried become the rules.")))
    why = st.text_input(words.t(N_("Why (kept with the run)")), max_chars=400, key="tier_apply_why")
    st.caption(words.t(N_("It can be undone as a whole. Nobody is told; cuts by tier follow with the next import.")))
    if st.button(words.n("Apply to {n} customer", "Apply to {n} customers", n, n=formats.count(n, full=True)), type="primary", key="tier_apply_now"):
        def do() -> str:
            made = apply(page.appdb, page.user, fresh(page), page.scope, tried, why=why, hand_too=hand_too)
            return words.n("{n} customer has another tier now.", "{n} customers have another tier now.", made.changed, n=formats.count(made.changed, full=True))
        done(page, do)


def keep_rules(page: Page, tried: Board) -> None:
    """Keep the limits tried as the rules, without moving anybody."""
    def do() -> str:
        save_tiers(page.appdb, page.user, page.scope, tried.tiers, expected=str(tried.seen[0]), catalog=page.catalog)
        return page.words.t(N_("The limits are kept. Nobody was moved."))
    done(page, do)


# Runs --------------------------------------------------------------------------------------------------------------------
def open_run(page: Page, run: Run) -> None:
    st.dialog(page.words.t(N_("Run {n}"), n=run.id), width="medium")(run_body)(page, run)


def run_body(page: Page, run: Run) -> None:
    """What a run did, by whom and why; undoing it."""
    words, formats = page.words, page.formats
    st.markdown(md(words.t(N_("{who}, {when}"), who=words.author(run.who), when=formats.moment(run.at))) + (f": {md(run.why)}" if run.why else ""))
    st.markdown("\n".join(f"- {md(named(page, a))} {words.arrow} {md(named(page, b))}: **{formats.count(n, full=True)}**" for a, b, n in sorted(run.moves, key=lambda m: -m[2])[:20]))
    if run.undone_at:
        st.caption(md(words.t(N_("Undone by {who}, {when}."), who=words.author(run.undone_by), when=formats.moment(run.undone_at))))
        return
    if not page.user.may_write:
        return
    st.caption(words.t(N_("Undone, its customers go back to the tier they had before, unless a later run moved them.")))
    if st.button(words.n("Undo for {n} customer", "Undo for {n} customers", run.changed, n=formats.count(run.changed, full=True)), key="tier_undo_now", icon=":material/undo:"):
        def do() -> str:
            undo(page.appdb, page.user, page.warehouse, page.scope, run.id)
            return words.t(N_("Run {n} is undone."), n=run.id)
        done(page, do)


# One customer --------------------------------------------------------------------------------------------------------------
def open_assign(page: Page) -> None:
    st.dialog(page.words.t(N_("Put one customer into a tier")), width="medium")(assign_body)(page)


def assign_body(page: Page) -> None:
    """Find the customer, choose the tier, say why."""
    words = page.words
    typed = st.text_input(words.t(N_("Customer: name, number, mail or phone")), key="tier_who", max_chars=100)
    if not typed.strip():
        return
    hits = {f.id: f for f in find(page.warehouse, page.scope, typed, 10)}
    if not hits:
        st.caption(words.t(N_("Nobody found.")))
        return
    chosen = st.selectbox(words.t(N_("Customer")), list(hits), key="tier_one", format_func=lambda i: words.in_line((plain(hits[i].name), plain(hits[i].number), plain(words.member("city", hits[i].city)) if hits[i].city else "")))
    key = key_of(page, chosen)
    now = current(page.appdb, page.warehouse, page.scope, [key])[key]
    st.caption(md(words.t(N_("Now: {tier}"), tier=named(page, now.tier or ""))))
    assign_form(page, key, now.tier)


def key_of(page: Page, customer_id: int) -> str:
    return profile(page.warehouse, page.scope, customer_id).key


def assign_form(page: Page, key: str, now: str | None) -> None:
    """Tier and why for one customer (``Profile.key``); also for the customer's own page."""
    words = page.words
    names: list[str | None] = [*(t.name for t in list_tiers(page.appdb)), None]
    tier = st.selectbox(words.t(N_("Tier")), names, index=names.index(now) if now in names else 0, format_func=lambda n: named(page, n or ""), key=f"tier_to_{key}")
    why = st.text_input(words.t(N_("Why (kept with the customer)")), max_chars=400, key=f"tier_why_{key}")
    st.caption(words.t(N_("Rules leave it where you put it.")))
    if st.button(words.t(N_("Put into the tier")), type="primary", key=f"tier_put_{key}"):
        def do() -> str:
            assign_one(page.appdb, page.user, page.warehouse, page.scope, key, tier, why)
            return words.t(N_("Kept: {tier}."), tier=named(page, tier or ""))
        done(page, do)


# Lists and files -----------------------------------------------------------------------------------------------------------
def members_body(page: Page, found: Board, label: str) -> None:
    """Who is in a tier now, and the list as a file."""
    frame = members(page.warehouse, page.scope, found, label, most=SHOWN)
    count = int((found.now.code == found.now.labels.index(label)).sum())
    if count > len(frame):
        st.caption(md(page.words.t(N_("The first {shown} of {n} by revenue; a file has them all."), shown=page.formats.count(len(frame)), n=page.formats.count(count, full=True))))
    export_list(page, f"members_{found.now.labels.index(label)}", named(page, label), lambda consent: members(page.warehouse, page.scope, found, label, consent=consent))
    table(page, f"tier_members_{found.now.labels.index(label)}", list_sheet(page, frame))


def open_export(page: Page, key: str, title: str, make: Callable[[bool], pd.DataFrame]) -> None:
    st.dialog(page.words.t(N_("List for a campaign")), width="small")(export_list)(page, key, title, make)


def export_list(page: Page, key: str, title: str, make: Callable[[bool], pd.DataFrame]) -> None:
    """The list as a file with all its rows; each download is written into the audit."""
    words = page.words
    consent = st.toggle(words.t(N_("Only who agreed to be contacted")), value=True, key=f"tier_consent_{key}",
                        help=words.t(N_("Customers who were never asked are left out too.")))
    notes = [title, words.t(N_("Only who agreed to be contacted")) if consent else words.t(N_("Also who did not agree to be contacted"))]
    list_buttons(page, f"tiers_{key}_{int(consent)}", title, Taken(lambda: list_sheet(page, make(consent), full=True), notes=tuple(notes[1:]), detail={"consent": consent}))


# Into the data -------------------------------------------------------------------------------------------------------------
def open_publish(page: Page) -> None:
    st.dialog(page.words.t(N_("Bring the tiers into the data")), width="small")(publish_body)(page)


def publish_body(page: Page) -> None:
    words = page.words
    st.markdown(words.t(N_("Makes a new snapshot of the same data with the tiers assigned here. It takes about as long as an import; everybody can go on meanwhile.")))
    if st.button(words.t(N_("Make the snapshot")), type="primary", key="tier_publish_now"):
        def do() -> str:
            settings = load_settings()
            with st.spinner(words.t(N_("Making the snapshot")), show_time=True):
                _, changed = publish(page.appdb, open_store(settings.warehouse, **settings.place))
            return words.n("{n} customer has its new tier in the data.", "{n} customers have their new tier in the data.", changed, n=page.formats.count(changed, full=True))
        done(page, do)

