"""Rows of a segment being made: each a subject, a span of time, a condition and its values, all by choosing."""
from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.cuts.cut import EACH, WINDOWS, Filter, each_parts
from crm_data.cuts.segments import PREFIX
from crm_data.cuts.values import values_of
from crm_data.errors import N_, MabatError
from pages.parts.filter_bar import OPS, offered

if TYPE_CHECKING:
    from pages.parts.context import Page

MOST_VALUES = 200
EACH_WORDS = {"at_least": N_("at least"), "below": N_("below"), "between": N_("between"), "top": N_("among the top"), "bottom": N_("among the last")}
NUMBER_OPS = ("at_least", "below", "between", "is_empty")
#: Offered first: what people make segments of.
FIRST = ("customer_type", "each.orders", "each.revenue", "each.complaints", "each.contacts", "life_stage", "buying_habit", "age_band", "gender", "city", "branch")


def subjects(page: Page) -> list[str]:
    """What a condition can be about: fields of the customer, and measures known of each customer."""
    catalog = page.catalog
    fields = [d for d in offered(catalog, page.scope.personal) if not d.startswith(PREFIX) and catalog.can_cut("_parties", d)]
    each = [f"{EACH}{m}" for m in catalog.measures if catalog.can_cut(m, "customer") and m not in ("customers", "customers_total", "new_customers", "mean_age")]
    names = [*fields, *each]
    return [*(n for n in FIRST if n in names), *(n for n in names if n not in FIRST)]


def subject_text(page: Page, name: str) -> str:
    if name.startswith(EACH):
        return page.words.t(N_("{measure} of each customer"), measure=page.words.label(page.catalog.measure(each_parts(name)[0])))
    return page.words.label(page.catalog.dimension(name))


def money_of(page: Page, name: str) -> bool:
    """Whether a condition's numbers are amounts, which are shown and typed in the unit told."""
    return name.startswith(EACH) and page.catalog.measure(each_parts(name)[0]).unit == "money"


def fill(page: Page, row: int, condition: Filter) -> None:
    """Put a condition into the widgets of a row, before they are drawn."""
    state, key = st.session_state, _keys(row)

    def told(value: str) -> float:
        return float(page.formats.shown(Decimal(value))) if money_of(page, condition.dimension) else float(value)
    subject, _, window = condition.dimension.partition("@")
    state[key("subject")], state[key("window")] = subject, window
    state[f"{key('op')}_{subject}"] = condition.op
    values = f"{key('value')}_{subject}_{condition.op}"
    if condition.op in ("top", "bottom"):
        text = condition.values[0]
        state[values], state[f"{values}_of"] = float(text.rstrip("%")), "%" if text.endswith("%") else "n"
    elif condition.op in ("is", "is_not"):
        state[values] = list(condition.values)
    elif condition.op == "between":
        state[f"{values}_0"], state[f"{values}_1"] = (told(v) for v in condition.values)
    elif condition.op in ("at_least", "below"):
        state[values] = told(condition.values[0])
    elif condition.op == "contains":
        state[values] = condition.values[0]


def _keys(row: int):
    return lambda field: f"seg_{row}_{field}"


def condition_row(page: Page, row: int, names: list[str], only: tuple[str, ...] = ()) -> Filter | None:
    """Draw one row; the condition it stands for, or None while it is not complete. ``only``: the conditions offered, where not all are."""
    words, key = page.words, _keys(row)
    # The number of columns follows the subject chosen: on a phone an empty one would be a gap.
    each = str(st.session_state.get(key("subject")) or "").startswith(EACH)
    head = st.columns([2.1, 1.2, 1.35, 2.1] if each else [2.1, 1.2, 3.45], gap="small", vertical_alignment="bottom")
    with head[0]:
        subject = st.selectbox(words.t(N_("What")), names, key=key("subject"), format_func=lambda n: subject_text(page, n), index=None,
                               placeholder=words.t(N_("A field, or a measure of each customer")), label_visibility="collapsed")
    if subject is None:
        return None
    ops = [o for o in _ops(page, subject) if not only or o in only]
    with head[1]:
        op = st.selectbox(words.t(N_("Condition")), ops, key=f"{key('op')}_{subject}", format_func=lambda o: words.t((EACH_WORDS if each else OPS | {"between": EACH_WORDS["between"]})[o]),
                          label_visibility="collapsed")
    window = ""
    if each:
        with head[2]:
            # Set in the state, not as the widget's default: a loaded condition may have put its own there.
            st.session_state.setdefault(key("window"), "12m")
            window = st.selectbox(words.t(N_("When")), [*(w for w in WINDOWS if w), *([] if only else [""])], key=key("window"), label_visibility="collapsed",
                                  format_func=lambda w: words.t(WINDOWS[w]) if w else words.t(N_("in the period shown")))
    dimension = f"{subject}@{window}" if window else subject
    with head[-1]:
        try:
            return _each_value(page, key("value"), subject, dimension, op) if each else _field_value(page, key("value"), subject, op)
        except MabatError as error:
            st.caption(words.error(error))
            return None


def _ops(page: Page, subject: str) -> list[str]:
    if subject.startswith(EACH):
        return list(EACH_WORDS)
    kind = page.catalog.dimension(subject).kind
    return list(NUMBER_OPS) if kind == "number" else ["is", "is_not", *(["contains"] if kind == "text" else []), "is_empty"]


def _plain(page: Page, subject: str, number: float) -> str:
    """A number typed as a condition keeps it."""
    exact = page.formats.kept(Decimal(repr(float(number)))) if money_of(page, subject) else Decimal(repr(float(number)))
    text = f"{exact:.2f}"
    return text.rstrip("0").rstrip(".")


def _two(page: Page, key: str, form: str, unit: str = "") -> tuple[float | None, float | None]:
    """From and to, side by side; the ``unit`` of amounts stands over them."""
    labels = [page.words.t(label) + unit for label in (N_("From"), N_("To"))]
    with st.container(horizontal=True, gap="small"):
        low, high = (st.number_input(label, value=None, step=None, format=form, key=f"{key}_{n}", placeholder=label, label_visibility="visible" if unit else "collapsed") for n, label in enumerate(labels))
    return low, high


def _each_value(page: Page, key: str, subject: str, dimension: str, op: str) -> Filter | None:
    words, key = page.words, f"{key}_{subject}_{op}"
    unit = page.catalog.measure(each_parts(subject)[0]).unit
    toman = unit == "money" and page.formats.toman
    form = "%.15g" if unit == "money" else "%.6g"
    label = words.t(N_("Number")) + (f" {page.formats.symbol}" if unit == "money" else "")
    if op in ("top", "bottom"):
        st.session_state.setdefault(key, 10.0)
        st.session_state.setdefault(f"{key}_of", "%")
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            number = st.number_input(label, step=None, min_value=1.0, max_value=100_000.0, format="%.0f", key=key, label_visibility="collapsed", width=110)
            of = st.segmented_control(words.t(N_("Of")), ["%", "n"], required=True, key=f"{key}_of", label_visibility="collapsed",
                                      format_func=lambda o: words.t(N_("per cent")) if o == "%" else words.t(N_("customers")))
        return None if number is None else Filter(dimension, op, (f"{min(int(number), 100)}%" if of == "%" else str(int(number)),))  # type: ignore[arg-type]
    if op == "between":
        low, high = _two(page, key, form, f" {page.formats.symbol}" if toman else "")
        return None if low is None or high is None else Filter(dimension, op, (_plain(page, subject, low), _plain(page, subject, high)))  # type: ignore[arg-type]
    # A field of tomans says so also when a number stands in it: it is not the unit the firm reckons in.
    number = st.number_input(label, value=None, step=None, format=form, key=key, placeholder=label, label_visibility="visible" if toman else "collapsed")
    return None if number is None else Filter(dimension, op, (_plain(page, subject, number),))  # type: ignore[arg-type]


def _field_value(page: Page, key: str, subject: str, op: str) -> Filter | None:
    words, key = page.words, f"{key}_{subject}_{op}"
    if op == "is_empty":
        return Filter(subject, "is_empty")
    if op == "contains":
        text = st.text_input(words.t(N_("Text")), key=key, max_chars=100, label_visibility="collapsed")
        return Filter(subject, "contains", (text,)) if text else None
    if op == "between":
        low, high = _two(page, key, "%.0f")
        return None if low is None or high is None else Filter(subject, "between", (str(int(low)), str(int(high))))
    if op in ("at_least", "below"):
        number = st.number_input(words.t(N_("Number")), value=None, step=None, format="%.0f", key=key, placeholder=words.t(N_("Number")), label_visibility="collapsed")
        return None if number is None else Filter(subject, op, (str(int(number)),))  # type: ignore[arg-type]
    found = {v.value: v for v in values_of(subject, page.warehouse, scope=page.scope, limit=MOST_VALUES) if v.value is not None}
    # What was chosen before stays choosable, also where it is not among the most frequent.
    names = [*found, *(v for v in st.session_state.get(key) or [] if v not in found)]

    def text(value: str) -> str:
        known = found.get(value)
        return f"{words.member(subject, known.label if known else value)}" + (f" · {page.formats.count(known.count)}" if known else "")
    chosen = st.multiselect(words.t(N_("Values")), names, key=key, format_func=text, placeholder=words.t(N_("Search or choose")), label_visibility="collapsed")
    return Filter(subject, op, tuple(chosen)) if chosen else None  # type: ignore[arg-type]
