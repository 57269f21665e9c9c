"""The search for customers, on their page and, by Ctrl+K, from any other: what fits stands there as one types."""
from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import streamlit as st

from crm_data.analysis.customers import named
from crm_data.analysis.found import Found, Hits, check_personal
from crm_data.analysis.keeping import recently_opened
from crm_data.analysis.search import prepare, search
from crm_data.errors import N_
from crm_data.output.formats import plain
from crm_data.output.words import ISOLATE, POP, Words
from pages.parts import state
from pages.parts.customer_back import coming
from pages.parts.empty import Empty, show_empty
from pages.parts.finder.component import keys
from pages.parts.page_help import plain_head
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

MOST_HITS, RECENT_BELOW, MOST_TYPED, LIVE = 20, 4, 200, "200ms"
#: What is searched for, in the address of the page of customers; and where the session keeps what was typed there last: an
#: address of its own for every pause in typing would fill the browser's history, and Back shall lead to the same list.
TYPED, _LAST = "q", "_customer_typed"
SHORTCUT = "Mod+K"
_BY = {"phone": ":material/call:", "mail": ":material/mail:", "contact": ":material/person:", "identity": ":material/badge:", "number": "", "city": ""}
STYLE = """<style>
.st-key-frame_found{margin-top:.5rem}[class*="st-key-hits_"]{gap:0}
[class*="st-key-hits_"] > [data-testid="stElementContainer"]{margin:-.125rem 0}
[class*="st-key-hits_"] [data-testid="stPageLink"] a{width:100%;padding:.42rem .6rem;border-radius:.45rem;background:transparent}
[class*="st-key-hits_"] [data-testid="stPageLink"] a:is(:hover,:focus-visible){background:light-dark(#EDF2FB,#1C2635)}
[class*="st-key-hits_"] [data-testid="stPageLink"] a *{white-space:normal;overflow:visible;text-align:start;font-weight:400}
[class*="st-key-hits_"] [data-testid="stPageLink"] a :is(span,div):has(p){width:100%;max-width:none;flex:1 1 auto}
[class*="st-key-hits_"] [data-testid="stPageLink"] p{display:flex;flex-wrap:wrap;gap:0 .8rem;width:100%;line-height:1.4}
[class*="st-key-hits_"] [data-testid="stPageLink"] p > strong{font-weight:600;flex:0 0 min(22rem,100%)}
[class*="st-key-hits_"] button{justify-content:flex-start;text-align:start}
[class*="st-key-find_"] h2{font-size:1.02rem;padding:0}
[data-testid="stLayoutWrapper"]:has(> [class*="st-key-css_keys_"]),[data-testid="stLayoutWrapper"]:has(> .st-key-css_find){position:absolute;width:0;height:0;overflow:hidden}
</style>"""


def find_box(page: Page) -> None:
    """Title, the field and what fits: the page of customers while none is open."""
    check_personal(page.scope)
    plain_head(page.words, N_("Customers"), "customer")
    _style()
    with st.container(border=True, key="frame_found"):
        st.fragment(_found)(page, "customers")


def quick_find(page: Page) -> None:
    """The button in the sidebar, with its shortcut, that opens the search on any page; not for those who may see numbers only."""
    if not page.scope.personal:
        return
    words = page.words
    if st.sidebar.button(words.t(N_("Find")), help=words.t(N_("Find a customer")), icon=":material/search:", key="quick_find", shortcut=SHORTCUT, width="stretch"):
        st.dialog(words.t(N_("Find a customer")), width="medium")(_quick)(page)


def _quick(page: Page) -> None:
    _style()
    _found(page, "quick")


def _style() -> None:
    with st.container(key="css_find"):
        st.html(STYLE)


def _found(page: Page, where: str) -> None:
    words, quick = page.words, where == "quick"
    prepare(page.warehouse)
    with st.container(key=f"find_{where}"):
        key = "quick_typed" if quick else "customer_find"
        if not quick and key not in st.session_state:
            st.session_state[key] = st.query_params.get(TYPED, "")[:MOST_TYPED] or st.session_state.get(_LAST, "")
        typed = (st.text_input(words.t(N_("Find a customer")), key=key, type="search", live=LIVE, label_visibility="collapsed", icon=":material/search:",
                               placeholder=words.t(N_("Name, phone, mail or number, in any script"))) or "").strip()
        if not quick:
            st.session_state[_LAST] = typed
        back = {} if quick else {"from": "customer", **({"back": urlencode({TYPED: typed})} if typed else {})}
        hits = search(page.warehouse, page.scope, typed, MOST_HITS) if typed else Hits()
        if typed:
            _hits(page, hits, typed, back or coming())
        recent = named(page.warehouse, page.scope, recently_opened(page.appdb, page.user))
        shown = {hit.id for hit in hits.found}
        below = [one for one in recent if one.id not in shown][:RECENT_BELOW if typed else None]
        if below:
            st.markdown(f"## {md(words.t(N_('Recently opened')))}")
            _rows(page, "recent", below, back or coming())
        elif not typed and not recent:
            show_empty("found", Empty(words.t(N_("Nobody opened yet")), words.t(N_("Type above, or choose a customer in Rankings.")), ":material/history:"))
        keys(f"find_{where}", typed, opens_first=quick, focus=quick)


def _hits(page: Page, hits: Hits, typed: str, back: dict[str, str]) -> None:
    words = page.words
    if not hits.found:
        show_empty("found", Empty(words.t(N_("Nobody fits “{text}”"), text=plain(typed)[:60]),
                                  words.t(N_("Try a part of the name, the last digits of the phone, or the number. You find the customers of your own branches only.")) if page.scope.branches is not None
                                  or page.scope.owners is not None else words.t(N_("Try a part of the name, the last digits of the phone, or the number.")), ":material/person_search:"))
    else:
        st.markdown(f"## {md(_title(page, hits))}")
        _rows(page, "hits", list(hits.found), back)
    if hits.partly:
        st.caption(words.t(N_("The search is being prepared: misspelt names are found in a few seconds.")))


def _title(page: Page, hits: Hits) -> str:
    words, many = page.words, len(hits.found)
    if hits.found[0].alike:
        return words.t(N_("No exact match; these are alike"))
    if hits.total is None or hits.total > many:
        total = page.formats.count(hits.total, full=True) if hits.total else ""
        return words.t(N_("The first {n} of {total}; type more to narrow"), n=many, total=total) if total else words.t(N_("The first {n} found; type more to narrow"), n=many)
    return words.n("{n} customer found", "{n} customers found", hits.total, n=page.formats.count(hits.total, full=True))


def _rows(page: Page, kind: str, found: list[Found], back: dict[str, str]) -> None:
    """One link a customer; a button where no pages are registered to link to."""
    target = state.page_of("customer")
    alike = False
    with st.container(key=f"{'recent' if kind == 'recent' else 'found'}_{kind}"), st.container(key=f"hits_{kind}"):
        for hit in found:
            if hit.alike and not alike and not found[0].alike:
                alike = True
                st.caption(page.words.t(N_("Alike")))
            query = {"id": str(hit.id), **back}
            if target is not None:
                st.page_link(target, label=row_text(page.words, hit), icon="", query_params=query, width="stretch")
            elif st.button(row_text(page.words, hit), key=f"hit_{kind}_{hit.id}", width="stretch"):
                state.open_page("customer", query)


def row_text(words: Words, hit: Found) -> str:
    """Name, the name in its own script, number, city, branch and what was found, in Markdown."""
    names = md(words.in_line(plain(x) for x in (hit.name, hit.name_local if hit.name_local != hit.name else None)))
    places = [plain(words.member(dimension, value)) for dimension, value in (("city", hit.city), ("branch", hit.branch)) if value]
    more = md(words.in_line(dict.fromkeys([plain(hit.number), *places])))
    # A phone, a mail and a number read from left to right whatever stands around them.
    told = f"{ISOLATE}{md(hit.what)}{POP}" if words.rtl and hit.by != "contact" else md(hit.what)
    what = f" :blue[{_BY[hit.by]} {told}]" if _BY.get(hit.by) and hit.what else ""
    return f"**{names}** :gray[{more}]{what}"
