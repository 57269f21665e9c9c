"""The way to a customer and back: the address of a customer carries the list one came from, and the place in it."""
from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode

import streamlit as st

from crm_data.analysis.ranking_link import OWN
from crm_data.errors import N_
from pages.parts import state

if TYPE_CHECKING:
    from pages.parts.context import Page

#: The pages with lists of customers, and what the way back is called.
LISTS = {"today": N_("Today"), "segments": N_("Segments"), "explore": N_("Explore"), "targets": N_("Targets"), "rankings": N_("Rankings"), "worth": N_("Worth"),
         "customer": N_("Customers"), "tiers": N_("Tiers"), "pipeline": N_("Pipeline")}
#: A longer list of choices is not carried: addresses have their limits.
MOST = 1500


def coming(place: int = 0, of: int = 0) -> dict[str, str]:
    """What a link to a customer carries, made on the page that is shown: the page with its choices, and the place in its list."""
    name = state.page_now()
    if name not in LISTS or name == "customer":
        return {}
    choices = urlencode(state.query_now(), doseq=True)
    return {"from": f"{name}:{place}:{of}" if place else name} | ({"back": choices} if 0 < len(choices) <= MOST else {})


def way_back() -> tuple[str, dict[str, list[str]], tuple[int, int] | None]:
    """Page, its choices, and (place, of) from the address; the search for customers where it says nothing."""
    came, _, places = st.query_params.get("from", "").partition(":")
    place, _, of = places.partition(":")
    known = all(n.isascii() and n.isdigit() and len(n) < 9 for n in (place, of))
    name = came if came in LISTS else "customer"
    kept = parse_qs(st.query_params.get("back", "")[:MOST], max_num_fields=60) if came in LISTS else {}
    kept = kept or ({k: st.query_params.get_all(k) for k in (*OWN, "ranking", "rank") if k in st.query_params} if name == "rankings" else {})
    return name, {k: v for k, v in kept.items() if k not in ("from", "back") and (k != "id" or name == "pipeline")}, (int(place), int(of)) if known and int(place) else None


def back(page: Page) -> None:
    """The button to the list one came from, with the place in it."""
    words = page.words
    name, kept, place = way_back()
    told = words.t(LISTS[name])
    if place and name == "rankings":
        told = words.t(N_("Rankings, {place} of {of}"), place=ordinal(page, place[0]), of=page.formats.count(place[1], full=True))
    elif place:
        told = words.t(N_("{list}, {place} of {of}"), list=told, place=ordinal(page, place[0]), of=page.formats.count(place[1], full=True))
    with st.container(key="back"):
        if st.button(told, icon=":material/arrow_forward:" if words.rtl else ":material/arrow_back:", type="tertiary", key="go_back"):
            state.open_page(name, kept)


def ordinal(page: Page, n: int) -> str:
    """7th, in English; the plain number elsewhere."""
    if page.words.language != "en":
        return page.formats.count(n, full=True)
    ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n:,}{ending}"
