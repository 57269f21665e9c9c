"""What Rankings is asked: whom, by which criteria and with what weights, in which classes. Kept in the address (``by``,
``rank=name:weight:direction``, ``abc``, ``class``); the strip stays one row, what is chosen seldom stands behind buttons."""
from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.ranking_classes import CLASSES, Classing
from crm_data.analysis.ranking_criteria import MEMBER, MOST, SUBJECTS, Criterion, adds_up, better_high, needed, offered
from crm_data.analysis.ranking_link import OWN, Asked, classes_of
from crm_data.errors import N_, MabatError
from crm_data.output.ranking_words import criterion_label
from pages.parts import asking
from pages.parts.choices import first_with_data, lacking, lead_measure
from pages.parts.ranking_criteria import criteria_panel
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

SUBJECT_WORDS = {"customer": N_("Customers"), "owner": N_("Owners"), "branch": N_("Branches")}
QUICK = (("revenue", "won_value", "invoiced"), ("worth", "win_rate"), ("orders", "won"), ("contacts", "complaints"))


def label(page: Page, name: str) -> str:
    return criterion_label(name, page.words, page.catalog)


def able(page: Page, subject: str) -> list[str]:
    """Criteria this data and subject allow, under the page's filters, in the order people look for them."""
    rows = asking.rows_by_table(page)
    found = asking.usable(page, [m for m in page.catalog.measures if not lacking(page.catalog, m, rows)], [subject])
    return offered(page.catalog, found, subject)


def subjects(page: Page) -> list[str]:
    """What may be ranked: single customers only by those who see persons."""
    return [s for s in SUBJECTS if s != "customer" or page.scope.personal]


def _known(page: Page, c: Criterion, subject: str, usable: list[str]) -> bool:
    """Whether a criterion of an address can be asked here."""
    if c.points:
        return subject == "customer"
    wanted = c.measure or needed(c.name, page.catalog)
    return c.name in usable or (bool(c.measure) and bool(asking.usable(page, [wanted], [subject])))


def read(page: Page) -> Asked:
    """The choice of the address; anything it could not have written is left out."""
    subject = st.query_params.get("by", "")
    subject = subject if subject in subjects(page) else subjects(page)[0]
    usable, criteria = able(page, subject), []
    for text in st.query_params.get_all("rank")[:MOST]:
        try:
            made = Criterion.from_text(text, page.catalog)
        except MabatError:
            continue
        if made.name not in [c.name for c in criteria] and _known(page, made, subject, usable):
            criteria.append(made)
    if not criteria:
        lead = lead_measure(page.catalog, asking.rows_by_table(page))
        name = lead if lead in usable else (usable[0] if usable else "contacts")
        criteria = [Criterion(name, 1.0, better_high(name, page.catalog))]
    return Asked(subject, tuple(criteria), _classing(page, subject, usable), classes_of(st.query_params.get("class", "")))


def _classing(page: Page, subject: str, usable: list[str]) -> Classing:
    try:
        found = Classing.from_text(st.query_params.get("abc", ""))
    except MabatError:
        return Classing()
    fine = not found.by or (found.by in usable and adds_up(found.by, page.catalog, subject))
    return found if fine else replace(found, by="")


def write(asked: Asked) -> None:
    """Into the address (one history entry)."""
    rest = {k: st.query_params.get_all(k) for k in st.query_params if k not in OWN}
    st.query_params.from_dict({**rest, **asked.to_link()})


def draw(page: Page, *, saved) -> Asked:
    """Draw the row of questions and return what is chosen. ``saved`` draws the button of saved rankings, last in the row."""
    asked, words = read(page), page.words
    usable = able(page, asked.subject)
    quick = [m for m in (first_with_data(page.catalog, group, asking.rows_by_table(page)) for group in QUICK) if m and m in usable]
    one = asked.criteria[0].name if len(asked.criteria) == 1 else None
    with st.container(horizontal=True, key="asks", vertical_alignment="center"):
        _pick("rank_subject", words.t(N_("What is ranked")), subjects(page), asked.subject, lambda n: words.t(SUBJECT_WORDS[n]),
              lambda chosen: write(replace(asked, subject=chosen, shown=(), criteria=_fitting(page, asked, chosen))))
        if quick:
            _pick("rank_quick", words.t(N_("Ranked by")), quick, one if one in quick else None, lambda n: label(page, n),
                  lambda chosen: write(replace(asked, criteria=(Criterion(chosen, 1.0, better_high(chosen, page.catalog)),))))
        named = words.t(N_("Criteria")) if one in quick else " · ".join(label(page, c.name) for c in asked.criteria)
        with st.popover(md(named if len(named) <= 34 else words.n("{n} criterion", "{n} criteria", len(asked.criteria))), key="criteria", icon=":material/tune:"):
            criteria_panel(page, asked, usable, write)
        with st.popover(_classes_name(page, asked), key="classes", icon=":material/stacks:"):
            _classes(page, asked, usable)
        saved(asked)
    return asked


def _fitting(page: Page, asked: Asked, subject: str) -> tuple[Criterion, ...]:
    usable = able(page, subject)
    kept = tuple(c for c in asked.criteria if _known(page, c, subject, usable))
    return kept or tuple(Criterion(n, 1.0, better_high(n, page.catalog)) for n in usable[:1])


def hold(key: str, now: object) -> None:
    """The address is the truth: a widget that remembers an older choice is set to it."""
    if st.session_state.get(key) != now:
        st.session_state[key] = now


def _pick(key: str, title: str, options: list[str], now: str | None, shown, act) -> None:
    def changed() -> None:
        if st.session_state.get(key):
            act(st.session_state[key])
    hold(key, now)
    st.segmented_control(title, options, key=key, format_func=shown, on_change=changed, label_visibility="collapsed")


# Classes ------------------------------------------------------------------------------------------------------------
def _classes_name(page: Page, asked: Asked) -> str:
    return page.words.t(N_("Classes {names}"), names=page.words.listed(asked.shown)) if asked.shown else page.words.t(N_("Classes"))


def _classes(page: Page, asked: Asked, usable: list[str]) -> None:
    words, first = page.words, asked.criteria[0].name
    adding = [n for n in dict.fromkeys(("worth", "revenue", *(c.name for c in asked.criteria))) if n in usable and adds_up(n, page.catalog, asked.subject)]
    options = ["", *(n for n in adding if n != first)]

    def changed() -> None:
        a, b = (float(st.session_state[f"class_limit_{n}"]) / 100 for n in "ab")
        if 0 < a < b <= 1:
            write(replace(asked, classing=Classing(st.session_state["class_by"], a, b), shown=classes_of("".join(st.session_state["class_shown"] or ()))))
    hold("class_shown", list(asked.shown))
    hold("class_by", asked.classing.by if asked.classing.by in options else "")
    hold("class_limit_a", round(asked.classing.a * 100))
    hold("class_limit_b", round(asked.classing.b * 100))
    st.pills(words.t(N_("Show only")), CLASSES, selection_mode="multi", key="class_shown", on_change=changed)
    st.selectbox(words.t(N_("Classes by")), options, key="class_by", on_change=changed,
                 format_func=lambda n: label(page, n) if n else words.t(N_("{criterion} (the first criterion)"), criterion=label(page, first)))
    left, right = st.columns(2)
    left.number_input(words.t(N_("A up to %")), 1, 98, key="class_limit_a", on_change=changed)
    right.number_input(words.t(N_("B up to %")), 2, 100, key="class_limit_b", on_change=changed)
    st.caption(words.t(N_("A brings the first part of what is positive, B the next, C the rest; D brings nothing or loses. Places stay those among all.")))


def is_points(name: str) -> bool:
    return name.startswith(MEMBER)
