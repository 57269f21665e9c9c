"""One tier opened: who is in it, changing it, its versions; and a new one."""
from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.tiers_plan import Board
from crm_data.analysis.tiers_rules import (
    LONGEST_NAME,
    LONGEST_PRICE_LIST,
    MOST_CONDITIONS,
    MOST_DAYS,
    OPS,
    Terms,
    Tier,
    condition,
)
from crm_data.analysis.tiers_store import save_tiers, versions
from crm_data.cuts.cut import EACH, Filter
from crm_data.errors import N_
from crm_data.output.tables import Column, Sheet
from pages.parts.segment_rows import condition_row, fill, subjects
from pages.parts.table import table
from pages.parts.text import md
from pages.parts.tier_dialogs import done, members_body
from pages.parts.tier_view import named, percent_text, rule_text, terms_text

if TYPE_CHECKING:
    from pages.parts.context import Page

_DRAFT = "tier_draft"
#: Rows of conditions count from here, apart from those of segments.
_ROWS = 500_000
WAYS = {"limits": N_("by limits"), "rest": N_("everybody else"), "hand": N_("by hand only")}


def open_tier(page: Page, found: Board, label: str, may: bool) -> None:
    """A tier, or the customers of none (""), or of one only the data knows."""
    begin(page, next((t for t in found.tiers if t.name == label), None))
    st.dialog(named(page, label), width="large")(tier_body)(page, found, label, may)


def tier_body(page: Page, found: Board, label: str, may: bool) -> None:
    words = page.words
    tier = next((t for t in found.tiers if t.name == label), None)
    if tier is None:
        members_body(page, found, label)
        return
    views = {"who": words.t(N_("Customers")), **({"change": words.t(N_("Change"))} if may else {}), "versions": words.t(N_("Versions"))}
    st.caption(md(" · ".join(x for x in (rule_text(page, tier), terms_text(page, tier.terms)) if x)))
    view = st.segmented_control(words.t(N_("View")), list(views), format_func=views.__getitem__, default="who", required=True, label_visibility="collapsed",
                                key=f"tier_view_{st.session_state.get('tier_turn', 0)}")
    if view == "change":
        form(page, found, tier)
    elif view == "versions":
        _versions(page, tier)
    else:
        members_body(page, found, label)


def open_new(page: Page, found: Board) -> None:
    begin(page, None)
    st.dialog(page.words.t(N_("A new tier")), width="large")(new_body)(page, found)


def new_body(page: Page, found: Board) -> None:
    form(page, found, None)


def begin(page: Page, tier: Tier | None) -> None:
    """Put a tier into the fields of the form, before they are drawn."""
    turn = st.session_state.get("tier_turn", 0) + 1
    conditions = (tier.conditions if tier else None) or (condition("revenue", "12m", "at_least", 10000),)
    rows = [_ROWS + turn * 100 + n for n in range(len(conditions))]
    for row, f in zip(rows, conditions, strict=True):
        fill(page, row, f)
    st.session_state.update({"tier_turn": turn, _DRAFT: {"rows": rows, "next": rows[-1] + 1}})


def form(page: Page, found: Board, tier: Tier | None) -> None:
    """The fields of a tier. Saved, it holds for the next time rules are applied; nobody moves by saving."""
    words, turn, terms = page.words, st.session_state.get("tier_turn", 0), tier.terms if tier else Terms()
    first, second = st.columns([2, 1], gap="small")
    name = first.text_input(words.t(N_("Name")), value=tier.name if tier else "", max_chars=LONGEST_NAME, key=f"tier_name_{turn}")
    places = list(range(1, len(found.tiers) + (tier is None) + 1))
    place = second.selectbox(words.t(N_("Place")), places, index=found.tiers.index(tier) if tier else len(places) - 1, key=f"tier_place_{turn}",
                             format_func=lambda p: words.t(N_("1, the best")) if p == 1 else page.formats.count(p))
    way = st.segmented_control(words.t(N_("Customers come into it")), list(WAYS), required=True, key=f"tier_way_{turn}", format_func=lambda w: words.t(WAYS[w]),
                               default="hand" if tier and tier.manual else "rest" if tier and tier.conditions == () else "limits")
    limits = _limits(page) if way == "limits" else []
    given = _terms(page, terms, turn)
    with st.container(horizontal=True):
        save = st.button(words.t(N_("Save")), type="primary", key=f"tier_save_{turn}", disabled=way == "limits" and not limits)
        gone = tier is not None and st.button(words.t(N_("Delete the tier")), key=f"tier_delete_{turn}", icon=":material/delete:")
    st.caption(words.t(N_("Saving moves nobody: try the rules below and apply them.")))
    others = [t for t in found.told if tier is None or t.name != tier.name]
    if save:
        made = Tier(name, None if way == "hand" else tuple(limits), given)
        _save(page, found, [*others[:place - 1], made, *others[place - 1:]], words.t(N_("“{name}” is kept."), name=name.strip()))
    elif gone and tier is not None:
        _save(page, found, others, words.t(N_("“{name}” is no tier any more; its customers keep the name until rules are applied."), name=tier.name))


def _save(page: Page, found: Board, tiers: Sequence[Tier], said: str) -> None:
    def do() -> str:
        save_tiers(page.appdb, page.user, page.scope, tiers, expected=str(found.seen[0]), catalog=page.catalog)
        return said
    done(page, do)


def _limits(page: Page) -> list[Filter]:
    """Rows of conditions, all of which must hold; those that are complete."""
    words, draft = page.words, st.session_state[_DRAFT]
    names = [n for n in subjects(page) if n.startswith(EACH)]
    found = [condition_row(page, row, names, OPS) for row in draft["rows"]]
    with st.container(horizontal=True, gap="small"):
        if len(draft["rows"]) < MOST_CONDITIONS and st.button(words.t(N_("And another limit")), icon=":material/add:", type="tertiary", key=f"tier_more_{draft['next']}"):
            fill(page, draft["next"], condition("orders", "12m", "at_least", 3))
            draft["rows"].append(draft["next"])
            draft["next"] += 1
            st.rerun(scope="fragment")
        if len(draft["rows"]) > 1 and st.button(words.t(N_("Remove the last")), icon=":material/remove:", type="tertiary", key=f"tier_less_{draft['next']}"):
            draft["rows"].pop()
            st.rerun(scope="fragment")
    return [f for f in found if f is not None]


def _terms(page: Page, terms: Terms, turn: int) -> Terms:
    words = page.words
    one, two, three = st.columns(3, gap="small")
    price = one.text_input(words.t(N_("Price list")), value=terms.price_list, max_chars=LONGEST_PRICE_LIST, key=f"tier_price_{turn}")
    discount = two.number_input(words.t(N_("Discount %")), min_value=0.0, max_value=100.0, step=None, format="%.6g", value=None if terms.discount is None else float(terms.discount), key=f"tier_discount_{turn}")
    days = three.number_input(words.t(N_("Payment days")), min_value=0, max_value=MOST_DAYS, value=terms.payment_days, key=f"tier_days_{turn}", help=words.t(N_("Empty: what was agreed with each customer stays.")))
    offers = st.text_area(words.t(N_("Offers, one a line")), value="\n".join(terms.offers), height=80, key=f"tier_offers_{turn}")
    return Terms(price, None if discount is None else Decimal(f"{discount:.2f}"), None if days is None else int(days), tuple(offers.splitlines()))


def _versions(page: Page, tier: Tier) -> None:
    words = page.words
    columns = (Column("when", words.t(N_("When")), width=130), Column("who", words.t(N_("Who")), width=130), Column("place", words.t(N_("Place")), "rank", width=56),
               Column("discount", words.t(N_("Discount")), width=80), Column("rule", words.t(N_("Who comes into it"))), Column("terms", words.t(N_("Terms"))))
    rows = tuple({"when": page.formats.moment(at), "who": who, "place": place, "discount": percent_text(page, one.terms.discount), "rule": rule_text(page, one), "terms": terms_text(page, one.terms)}
                 for one, place, who, at, _ in versions(page.appdb, tier.name))
    table(page, "tier_versions", Sheet(columns, rows), alt=words.t(N_("Versions of the tier, newest first")))
