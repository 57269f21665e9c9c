"""Customers: find one by whatever is known of it; then who it is, what it is worth, what to look at, and its whole story."""
from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.customers import profile, resolve
from crm_data.analysis.keeping import opened
from crm_data.analysis.notices import notices
from crm_data.analysis.worth import Statement, statement
from crm_data.cuts.cut import Filter
from crm_data.cuts.periods import Period
from crm_data.errors import N_, AccessDenied, MabatError
from pages.parts import state
from pages.parts.customer_back import back
from pages.parts.customer_figures import STYLE as FIGURES_STYLE
from pages.parts.customer_figures import figures_card
from pages.parts.customer_head import head, tier_of
from pages.parts.customer_noticed import STYLE as NOTICED_STYLE
from pages.parts.customer_noticed import noticed
from pages.parts.customer_segments import customer_segments
from pages.parts.customer_story import family_keys, span, story_card, story_of, together
from pages.parts.customer_taken import take_noticed, take_story
from pages.parts.empty import Empty, show_empty
from pages.parts.figure import frame
from pages.parts.find_box import find_box
from pages.parts.worth_statement import worth_content

if TYPE_CHECKING:
    from pages.parts.context import Page

STYLE = """
.st-key-who h1{line-height:1.25}.st-key-who p{font-size:.93rem;line-height:1.45;color:light-dark(#5B6675,#A3AEBC)}
.st-key-who [data-testid="stText"]{font-size:.93rem;color:light-dark(#5B6675,#A3AEBC)}.st-key-frame_story{gap:.3rem}
.st-key-back{margin-bottom:-.6rem}.st-key-who{gap:.1rem}.st-key-customer_actions{gap:.4rem}
[data-testid="stLayoutWrapper"]:has(> .st-key-css_jump),[data-testid="stLayoutWrapper"]:has(> .st-key-css_moment),[data-testid="stLayoutWrapper"]:has(> .st-key-css_customer){position:absolute;width:0;height:0;overflow:hidden}
@media (max-width:640px){.st-key-customer_head,.st-key-customer_actions,.st-key-head_story{flex-wrap:wrap!important}.st-key-head_story > *{flex:1 1 auto}.st-key-head_story > :first-child{flex-basis:100%!important}.st-key-customer_actions{width:100%!important}}
"""
#: Rough heights of the cards in pixels: the story stands where it will stay while what is above it is still added up.
FIGURES, CARDS = 95, 300


def render(page: Page) -> None:
    """Draw the page: one customer when the address names one, else the search."""
    with st.container(key="css_customer"):
        st.html(f"<style>{STYLE}{FIGURES_STYLE}{NOTICED_STYLE}</style>")
    # The way to an opportunity leaves its address on this page, in the history of the browser: Back means the customer. The address is
    # left as it is: written anew it would be one more entry, and Back would never get past it.
    asked = st.query_params.get("of") or st.query_params.get("id", "")
    try:
        if asked:
            # A link to another customer within the page leaves the browser's address as it was: told again, it is set.
            st.query_params.from_dict(state.query_now())
            _customer(page, resolve(page.warehouse, page.scope, asked))
        else:
            find_box(page)
    except MabatError as error:
        back(page)
        what = N_("This customer is not yours to see") if isinstance(error, AccessDenied) else N_("No such customer")
        show_empty("customer", Empty(page.words.t(what), page.words.error(error), ":material/lock:" if isinstance(error, AccessDenied) else ":material/person_search:"))


def _customer(page: Page, customer_id: int) -> None:
    """The story is painted first; what is above it is added up while it can be read already."""
    who = profile(page.warehouse, page.scope, customer_id)
    family = together(page, who)
    keys, tier = family_keys(page, who, family), tier_of(page, who)
    back(page)
    head(page, who, tier.tier)
    figures_place = st.empty()
    figures_place.skeleton(FIGURES)
    left, right = st.columns([1, 1.4], gap="small")
    left_place, right_place = left.empty(), right.empty()
    left_place.skeleton(CARDS)
    right_place.skeleton(CARDS)
    story, data, _ = story_of(page, who, family, keys)
    story_card(page, story, data)
    segments_place = st.container(key="segments_place")
    ids = (who.id, *(i for i, _ in story.members)) if family else (who.id,)
    with left_place.container(height="stretch"):
        places = {ref: i for i, ref in reversed(list(enumerate(data["ev"]["r"])))}
        found = notices(story, _year(page, ids))
        noticed(page, who, tier, found, places, keys)
        take_noticed(page, found)
    with right_place.container(height="stretch"):
        frame(page, "worth", page.words.t(N_("What this customer is worth")), content=lambda: worth_content(page, who.id, ids))
    with figures_place.container():
        figures_card(page, story, ids)
    with segments_place:
        customer_segments(page, who.id)
    take_story(page, story, span(page, story))
    opened(page.appdb, page.user, who.key)


def _year(page: Page, ids: tuple[int, ...]) -> Statement:
    """What these customers were worth in twelve months, for what is noticed; the card beside asks the same and has it at once."""
    period = Period.named("last_12_months", page.today)
    return statement(page.warehouse, page.scope, period, ids[0]) if len(ids) == 1 else statement(
        page.warehouse, page.scope, period, filters=(Filter("customer", "is", tuple(str(i) for i in ids)),))
