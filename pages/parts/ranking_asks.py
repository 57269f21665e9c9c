"""What Rankings is asked: whom, by which criteria and with what weights. Kept in the address: ``by`` and ``rank=name:weight:direction``."""
from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.ranking import GROWTH, RECENCY, SUBJECTS, Criterion
from crm_data.errors import N_, InputError
from pages.parts import asking
from pages.parts.choices import first_with_data, lacking, lead_measure

if TYPE_CHECKING:
    from pages.parts.context import Page

SUBJECT_WORDS = {"customer": N_("Customers"), "owner": N_("Owners"), "branch": N_("Branches")}
OWN = {GROWTH: (N_("Growth"), N_("Revenue of the period less that of the comparison period.")),
       RECENCY: (N_("Days since last order"), N_("Fewer is better."))}
OFFERED = ("revenue", "worth", "gross_profit", "gross_margin", "orders", "average_order", "units", "contacts", "complaints", "cost_to_serve", "won_value", "won", "open_value",
           "invoiced", "collected", "open_balance", "overdue_balance", "csat", "discount", "quotes")
QUICK = (("revenue", "won_value", "invoiced"), ("worth", "win_rate"), ("orders", "won"), ("contacts", "complaints"))
MOST = 5


@dataclass(frozen=True)
class Asks:
    subject: str
    criteria: tuple[Criterion, ...]


def label(page: Page, name: str) -> str:
    return page.words.t(OWN[name][0]) if name in OWN else page.words.label(page.catalog.measure(name))


def high(page: Page, name: str) -> bool:
    """Whether more of it is better, as the catalog says."""
    return name != RECENCY and (name == GROWTH or page.catalog.measure(name).better != "down")


def able(page: Page, subject: str) -> list[str]:
    """Criteria this data and subject allow, under the page's filters."""
    rows = asking.rows_by_table(page)
    found = [m for m in OFFERED if m in page.catalog.measures and not lacking(page.catalog, m, rows)]
    found = asking.usable(page, found, [subject])
    return [*found, *((GROWTH, RECENCY) if "revenue" in found else ())]


def subjects(page: Page) -> list[str]:
    """What may be ranked: single customers only by those who see persons."""
    return [s for s in SUBJECTS if s != "customer" or page.scope.personal]


def read(page: Page) -> Asks:
    """The choice of the address; anything it could not have written is left out."""
    subject = st.query_params.get("by", "")
    subject = subject if subject in subjects(page) else subjects(page)[0]
    known, criteria = able(page, subject), []
    for text in st.query_params.get_all("rank")[:MOST]:
        name, _, rest = text.partition(":")
        weight, _, direction = rest.partition(":")
        if name in known and name not in [c.name for c in criteria]:
            try:
                criteria.append(Criterion(name, float(weight or 1), direction != "low" if direction else high(page, name)))
            except (ValueError, InputError):
                continue
    if not criteria:
        lead = lead_measure(page.catalog, asking.rows_by_table(page))
        name = lead if lead in known else (known[0] if known else "contacts")
        criteria = [Criterion(name, 1.0, high(page, name))]
    return Asks(subject, tuple(criteria))


def write(asks: Asks) -> None:
    st.query_params["by"] = asks.subject
    st.query_params["rank"] = [f"{c.name}:{c.weight:g}:{'high' if c.high else 'low'}" for c in asks.criteria]


def draw(page: Page) -> Asks:
    """Draw the row of questions and return what is chosen."""
    asks, words = read(page), page.words
    quick = [m for m in (first_with_data(page.catalog, group, asking.rows_by_table(page)) for group in QUICK) if m and m in able(page, asks.subject)]
    one = asks.criteria[0].name if len(asks.criteria) == 1 else None
    with st.container(horizontal=True, key="asks", vertical_alignment="center"):
        _pick("rank_subject", words.t(N_("What is ranked")), subjects(page), asks.subject, lambda n: words.t(SUBJECT_WORDS[n]), lambda chosen: write(replace(asks, subject=chosen)))
        if quick:
            _pick("rank_quick", words.t(N_("Ranked by")), quick, one if one in quick else None, lambda n: label(page, n),
                  lambda chosen: write(replace(asks, criteria=(Criterion(chosen, 1.0, high(page, chosen)),))))
        with st.popover(words.t(N_("Criteria and weights")) if one in quick else ", ".join(label(page, c.name) for c in asks.criteria), key="criteria", icon=":material/tune:"):
            _criteria(page, asks)
    return asks


def _pick(key: str, title: str, options: list[str], now: str | None, shown, act) -> None:
    def changed() -> None:
        if st.session_state.get(key):
            act(st.session_state[key])
    # The address is the truth: a widget that remembers an older choice is set to it.
    if key in st.session_state and st.session_state[key] != now:
        st.session_state[key] = now
    options_now = {} if key in st.session_state else {"default": now}
    st.segmented_control(title, options, key=key, format_func=shown, on_change=changed, label_visibility="collapsed", **options_now)


def _criteria(page: Page, asks: Asks) -> None:
    words, known = page.words, able(page, asks.subject)
    now = {c.name: c for c in asks.criteria}

    def changed() -> None:
        chosen = st.session_state["rank_criteria"] or list(now)[:1]
        write(replace(asks, criteria=tuple(now.get(n) or Criterion(n, 1.0, high(page, n)) for n in chosen)))
    st.multiselect(words.t(N_("Rank by (several count together by their weights)")), known, default=[n for n in now if n in known], key="rank_criteria", max_selections=MOST,
                   format_func=lambda n: label(page, n), on_change=changed)
    for place, c in enumerate(asks.criteria):
        left, right = st.columns([2, 1.2], vertical_alignment="bottom")

        def weighed(at: int = place, name: str = c.name) -> None:
            direction = st.session_state[f"rank_high_{name}"] == "high"
            changed_one = Criterion(name, float(st.session_state[f"rank_weight_{name}"]), direction)
            write(replace(asks, criteria=tuple(changed_one if i == at else old for i, old in enumerate(asks.criteria))))
        left.slider(words.t(N_("Weight of {name}"), name=label(page, c.name)), 1, 10, int(min(10, max(1, c.weight))), key=f"rank_weight_{c.name}", on_change=weighed)
        right.selectbox(words.t(N_("Better")), ["high", "low"], index=0 if c.high else 1, key=f"rank_high_{c.name}", on_change=weighed,
                        format_func=lambda d: words.t(N_("more is better")) if d == "high" else words.t(N_("less is better")))
    st.caption(words.t(N_("Score: each criterion's percentile among all ranked (100 is best), averaged by weight.")))
