"""Tiers: who is in which and what that gives, trying other limits, applying them, and undoing."""
from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.owned import SHARERS
from crm_data.analysis.tiers_list import listed
from crm_data.analysis.tiers_plan import Board, board, counts
from crm_data.analysis.tiers_rules import Tier
from crm_data.analysis.tiers_start import PARTS, REST, basis, from_amounts, from_data
from crm_data.analysis.tiers_store import MANUAL, Run, runs, save_tiers
from crm_data.analysis.tiers_trial import Trial
from crm_data.cuts.small_cells import K
from crm_data.errors import N_
from crm_data.output.tables import Column, Sheet
from pages.parts import tier_dialogs, tier_editor, tier_try
from pages.parts.figure import Content, frame
from pages.parts.page_head import page_head
from pages.parts.text import md
from pages.parts.tier_view import WAY_WORDS, named, others_text, overview, rule_text
from pages.parts.tiles import tiles

if TYPE_CHECKING:
    from pages.parts.context import Page

_OPEN, _RUN = "_tier_open", "_tier_run"


def render(page: Page) -> None:
    """Draw the page."""
    page_head(page, N_("Tiers"), "tiers")
    if said := st.session_state.pop(tier_dialogs.SAID, None):
        st.toast(md(said), icon=":material/check:")
    # Shown only when it takes longer than half a second: the first time on a snapshot.
    with st.spinner(page.words.t(N_("Adding up")), show_time=True):
        found = board(page.appdb, page.warehouse, page.scope)
    if not page.scope.personal:
        frame(page, "tiers", page.words.t(N_("Customers in each tier")), content=lambda: _counted(page, found), height="content")
        return
    may = page.user.role in SHARERS and page.scope.branches is None and page.scope.owners is None
    if not found.told:
        _start(page, found, may)
    _asks(page, found, may)
    frame(page, "tiers", page.words.t(N_("Tiers as they are now")), content=lambda: _overview(page, found), height="content")
    _behind(page, found, may)
    if found.told:
        _try(page, found, may)
    _history(page)
    _opened(page, found, may)


def _counted(page: Page, found: Board) -> Content:
    """What a role without personal data sees: how many are in each tier, and none of few."""
    words = page.words
    sizes = [(label, n) for label, n in counts(found, personal=False) if n != 0]
    columns = (Column("tier", words.t(N_("Tier")), width=200), Column("customers", words.t(N_("Customers")), "count", width=120))
    hidden = sum(n is None for _, n in sizes)
    sentence = words.n("{n} number is hidden: it rests on fewer than {k} customers, or would tell one that does", "{n} numbers are hidden: they rest on fewer than {k} customers, or would tell one that does",
                       hidden, n=hidden, k=K) if hidden else page.formats.day(page.warehouse.as_of)
    return Content(sheet=Sheet(columns, tuple({"tier": named(page, label), "customers": n} for label, n in sizes)), only_table=True, sentence=sentence)


# Where nobody has defined tiers --------------------------------------------------------------------------------------------
def _start(page: Page, found: Board, may: bool) -> None:
    words = page.words
    with st.container(border=True, key="frame_start"):
        st.markdown(f"## {words.t(N_('No tiers are defined yet'))}\n{md(words.t(N_('Begin with a proposal; every limit and term can be changed afterwards.')))}")
        if not may:
            st.caption(words.t(N_("A manager or administrator who sees the whole firm defines them.")))
            return
        own, measure = basis(page.warehouse, page.scope)
        label = words.label(page.catalog.measure(measure)).lower()
        proposals = {"data": (words.t(N_("The tiers of the data")), from_data(own, measure), words.t(N_("The data has no tiers."))),
                     "amounts": (words.t(N_("By the {measure} of 12 months"), measure=label), from_amounts(own, tuple(words.t(n) for n in (*(name for name, _ in PARTS), REST)), measure),
                                 words.t(N_("Nobody brought anything in 12 months: add tiers that are given by hand.")))}
        for column, (key, (title, tiers, none)) in zip(st.columns(2, gap="small"), proposals.items(), strict=True):
            with column:
                if tiers:
                    _proposal(page, found, key, title, tiers)
                else:
                    st.caption(none)


def _proposal(page: Page, found: Board, key: str, title: str, tiers: tuple[Tier, ...]) -> None:
    st.markdown("\n".join([f"**{md(title)}**", "", *(f"- {md(page.words.member('tier', t.name))}: {md(rule_text(page, t))}" for t in tiers)]))
    if st.button(page.words.t(N_("Begin with these")), key=f"tier_start_{key}", type="primary" if key == "data" else "secondary"):
        def do() -> str:
            save_tiers(page.appdb, page.user, page.scope, tiers, expected=str(found.seen[0]), catalog=page.catalog)
            return page.words.t(N_("The tiers are defined. Give them their terms, and try the limits."))
        tier_dialogs.done(page, do)


# What is ---------------------------------------------------------------------------------------------------------------------
def _asks(page: Page, found: Board, may: bool) -> None:
    words = page.words
    if page.user.role not in SHARERS:
        return
    with st.container(horizontal=True, key="asks"):
        if may and st.button(words.t(N_("Add a tier")), key="tier_add", icon=":material/add:"):
            tier_editor.open_new(page, found)
        if found.told and st.button(words.t(N_("Put one customer into a tier")), key="tier_assign", icon=":material/person_add:"):
            tier_dialogs.open_assign(page)


def _overview(page: Page, found: Board) -> Content:
    words = page.words
    sheet, labels = overview(page, found)
    span = page.formats.period(found.book.period.first, found.book.period.last)
    day = page.formats.day(found.book.as_of)
    sentence = words.t(N_("Customers on {day}, with revenue and worth of {period} · click a tier for its customers and terms"), day=day, period=span) if page.catalog.has_orders else \
        words.t(N_("Customers on {day} · click a tier for its customers and terms"), day=day)
    return Content(sheet=sheet, only_table=True, sentence=sentence, row_keys=labels, on_click=lambda label: st.session_state.__setitem__(_OPEN, label))


def _behind(page: Page, found: Board, may: bool) -> None:
    words, lines = page.words, []
    if rest := others_text(page, found):
        lines.append(rest)
    if behind := found.behind:
        lines.append(words.n("{n} customer has another tier here than in the data: cuts by tier follow with the next import.",
                             "{n} customers have another tier here than in the data: cuts by tier follow with the next import.", behind, n=page.formats.count(behind, full=True)))
    for line in lines:
        st.caption(md(line))
    if behind and may and page.user.administers and st.button(words.t(N_("Bring them into the data now")), key="tier_publish", icon=":material/database_upload:"):
        tier_dialogs.open_publish(page)


# What if -----------------------------------------------------------------------------------------------------------------------
def _try(page: Page, found: Board, may: bool) -> None:
    words = page.words
    left, right = st.columns([1, 1.45], gap="small")
    with left:
        asked = tier_try.limits(page, found)
    tried = board(page.appdb, page.warehouse, page.scope, asked.tiers)
    outcome = tried.trial(hand_too=asked.hand_too, against_rules=asked.against_rules)
    with right:
        frame(page, "matrix", words.t(N_("From each tier into each")), content=lambda: tier_try.matrix_content(page, outcome), height="content")
        shown = tier_try.tiles_of(page, outcome)
        tiles(page, shown, columns=len(shown))
        _do(page, found, tried, outcome, asked, may)
    chosen = _who_changes(page, tried, outcome)
    frame(page, "movers", words.t(N_("Who changes tier")), content=lambda: tier_try.movers_content(page, tried, outcome, chosen), height="content", menu=False)
    tier_try.go_to_customer()


def _who_changes(page: Page, tried: Board, outcome: Trial) -> str:
    """Which of those who change are listed; their list as a file."""
    words, ways = page.words, ["", *(way for way, one in outcome.ways.items() if one.customers)]
    chosen = ""
    with st.container(horizontal=True, key="tier_who_changes", vertical_alignment="center", gap="small"):
        if len(ways) > 2:
            picked = st.segmented_control(words.t(N_("Who")), ways, default="", required=True, format_func=lambda w: words.t(WAY_WORDS[w]), key="tier_ways", label_visibility="collapsed")
            chosen = picked if picked in ways else ""
        if outcome.whole.customers and st.button(words.t(N_("List for a campaign")), key="tier_export", icon=":material/download:"):
            tier_dialogs.open_export(page, f"movers_{chosen}", words.t(N_("Who changes tier")),
                                     lambda consent: listed(page.warehouse, page.scope, tried, outcome, way=chosen, consent=consent))
    return chosen


def _do(page: Page, found: Board, tried: Board, outcome: Trial, asked: tier_try.Asked, may: bool) -> None:
    """Applying what is tried; keeping the limits without moving anybody; or why not."""
    words, moved = page.words, asked.tiers != found.told
    if not may:
        st.caption(words.t(N_("Tiers are the whole firm’s: applying needs a manager or administrator who sees all of it. What you see here is of your own part.")))
        return
    with st.container(horizontal=True, key="tier_do"):
        n = outcome.whole.customers
        if st.button(words.n("Apply: {n} customer changes", "Apply: {n} customers change", n, n=page.formats.count(n, full=True)), type="primary", key="tier_apply",
                     disabled=not n or asked.against_rules, help=words.t(N_("Compare with the tiers as they are now to apply.")) if asked.against_rules else None):
            tier_dialogs.open_apply(page, tried, outcome, asked.hand_too)
        if moved:
            if st.button(words.t(N_("Keep the limits only")), key="tier_keep", icon=":material/save:"):
                tier_dialogs.keep_rules(page, tried)
            st.button(words.t(N_("Back to the rules that stand")), key="tier_back", icon=":material/undo:", on_click=_back, args=(str(found.seen[0]),))


def _back(state: str) -> None:
    for key in [k for k in st.session_state if str(k).startswith(f"tier_limit_{state}")]:
        del st.session_state[key]


# What was ----------------------------------------------------------------------------------------------------------------------
def _history(page: Page) -> None:
    known = runs(page.appdb)
    if known:
        frame(page, "runs", page.words.t(N_("What was applied")), content=lambda: _runs(page, known), height="content")


def _runs(page: Page, known: list[Run]) -> Content:
    words, formats = page.words, page.formats
    columns = (Column("when", words.t(N_("When")), width=150), Column("what", words.t(N_("What")), width=96, wide_only=True), Column("changed", words.t(N_("Customers")), "count", width=86),
               Column("moves", words.t(N_("Moves")), width=330, wide_only=True), Column("who", words.t(N_("Who")), width=150, wide_only=True), Column("why", words.t(N_("Why")), wide_only=True),
               Column("state", words.t(N_("State")), width=76))
    rows = tuple({"when": formats.moment(r.at), "what": words.t(N_("by hand") if r.what == MANUAL else N_("by the rules")), "changed": r.changed,
                  "moves": page.words.listed(f"{named(page, a)} {page.words.arrow} {named(page, b)} {formats.count(n)}" for a, b, n in sorted(r.moves, key=lambda m: -m[2])[:3]),
                  "who": words.author(r.who), "why": r.why, "state": words.t(N_("undone")) if r.undone else words.t(N_("holds"))} for r in known)
    return Content(sheet=Sheet(columns, rows), only_table=True, sentence=words.t(N_("newest first · click one to look at it or undo it")),
                   row_keys=tuple(str(r.id) for r in known), on_click=lambda key: st.session_state.__setitem__(_RUN, int(key)))


def _opened(page: Page, found: Board, may: bool) -> None:
    """Open what was clicked; a key is taken once, so that closing a dialog leaves it closed."""
    label, run = st.session_state.pop(_OPEN, None), st.session_state.pop(_RUN, None)
    if label is not None:
        tier_editor.open_tier(page, found, label, may)
    elif run is not None and (chosen := next((r for r in runs(page.appdb) if r.id == run), None)) is not None:
        tier_dialogs.open_run(page, chosen)
