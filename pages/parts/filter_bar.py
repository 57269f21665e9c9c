"""The filter strip: a sentence of small buttons under the title, the same on every page."""
from __future__ import annotations

import re
from dataclasses import dataclass

import streamlit as st

from crm_data.cuts.catalog import Catalog
from crm_data.cuts.cut import Filter, describe_filter
from crm_data.cuts.periods import Period, day_from_text, fiscal, fiscal_month, in_calendar, plain_name
from crm_data.cuts.values import values_of
from crm_data.errors import N_, MabatError
from crm_data.output.dates import PERIOD_NAMES
from crm_data.settings import load_settings
from crm_data.text import latin_digits
from pages.parts import state
from pages.parts.context import Page
from pages.parts.days import FORMATS

PERIODS = {"month_to_date": N_("Month to date"), "last_month": N_("Last month"), "quarter_to_date": N_("Quarter to date"),
           "year_to_date": N_("Year to date"), "last_12_months": N_("Last 12 months"), "last_year": N_("Last year")}
#: The same of the firm's own year, where it begins in another month than January.
OF_THE_FIRM = {"year_to_date": N_("The firm’s year to date"), "this_year": N_("The firm’s year"), "last_year": N_("The firm’s last year")}
COMPARE = {"last_year": N_("Compare: last year"), "previous": N_("Compare: period before"), "none": N_("No comparison")}
#: Offered first when a filter is added.
FIRST = ("branch", "customer_type", "product_category", "owner", "age_band", "gender", "city", "region")
MOST_VALUES = 200
#: What stands between two days as people write them.
_BETWEEN = re.compile(r"\s+[-–—]\s+|\s*(?:–|—|\.\.|\bto\b|تا|עד)\s*")
OPS = {"is": N_("is"), "is_not": N_("is not"), "contains": N_("contains"), "is_empty": N_("is not known"), "at_least": N_("at least"), "below": N_("below")}


def offered_periods(calendar: str, fiscal_start: int) -> dict[str, str]:
    """The named periods a strip offers in a calendar -> their English names; the firm's own year where it is not the calendar's."""
    own = {fiscal(name, fiscal_start): text for name, text in OF_THE_FIRM.items() if name in PERIODS} if fiscal_start != 1 else {}
    return {in_calendar(name, calendar): text for name, text in PERIODS.items()} | own


def name_of(name: str) -> str:
    """A named period in English, marked for translation, in whichever calendar; "" where it has none."""
    if fiscal_month(name):
        return OF_THE_FIRM.get(name.rpartition("_from_")[0], "")
    return PERIODS.get(plain_name(name)) or PERIOD_NAMES.get(plain_name(name), "")


@dataclass(frozen=True)
class _Bar:
    page: Page

    def t(self, message: str) -> str:
        return self.page.words.t(message)


def filter_bar(page: Page) -> None:
    """Draw the strip; every change is written into the address and the page runs again."""
    bar = _Bar(page)
    with st.container(horizontal=True, key="filterbar", gap="small", vertical_alignment="center"):
        _period(bar)
        _compare(bar)
        for condition in page.filters:
            label = describe_filter(condition, page.words, page.catalog)
            if condition.dimension == "customer":
                label = f"{page.words.label(page.catalog.dimension('customer'))}: #{', '.join(condition.values)}"
            st.button(_escaped(label), key=f"chip_{condition.dimension}", icon=":material/close:", icon_position="right",
                      on_click=state.remove_filter, args=(condition.dimension,), help=bar.t(N_("Remove this filter")))
        _add(bar)
        if page.filters:
            st.button(bar.t(N_("Clear all")), key="clear_filters", type="tertiary", on_click=state.clear_filters)


def _escaped(text: str) -> str:
    """Text of the data inside a label: no markdown, no links, no images."""
    short = text if len(text) <= 60 else text[:59] + "…"
    return "".join("\\" + c if c in "\\`*_{}[]()#+-!|<>~$:&" else c for c in short)


def _period(bar: _Bar) -> None:
    page = bar.page
    shown = page.period.clipped(page.today)
    with st.popover(page.formats.period(shown.first, shown.last), icon=":material/calendar_month:", key="pick_period"):
        # The address decides what is marked, also after Back; the buttons only write into it.
        names = offered_periods(page.formats.calendar, load_settings().fiscal_year_start)
        st.session_state["period_name"] = page.period.name if page.period.name in names else None
        st.pills(bar.t(N_("Period")), list(names), key="period_name", format_func=lambda n: bar.t(names[n]), on_change=_named_period, args=(page,))
        # A key of its own for each period: half a choice of days stays on screen, another period replaces it.
        key = f"period_days_{shown.first}_{shown.last}"
        st.date_input(bar.t(N_("From – to")), value=(shown.first, shown.last), key=key, format=FORMATS.get(page.formats.language, "DD/MM/YYYY"), on_change=_picked_days, args=(key, page.formats.calendar),
                      min_value=min(shown.first, page.today.replace(year=page.today.year - 60, day=1)), max_value=max(shown.last, page.today))
        if page.formats.jalali:
            _typed_days(bar, shown)


def _typed_days(bar: _Bar, shown: Period) -> None:
    """The days as text, for who thinks in another calendar than the picker's: both are read, with any digits."""
    page = bar.page
    key = f"period_typed_{shown.first}_{shown.last}"
    written = " – ".join(map(page.formats.day_figures, (shown.first, shown.last)))
    text = st.text_input(bar.t(N_("Or write the days, in either calendar")), value=written, key=key, max_chars=60)
    if text == written:
        return
    try:
        first, last = (day_from_text(part) for part in _BETWEEN.split(latin_digits(text).strip(), maxsplit=1))
        state.set_period(Period(min(first, last), max(first, last), calendar=page.formats.calendar))
    except ValueError:
        st.caption(bar.t(N_("Two days are needed, for example 1405/08/01 – 1405/08/30.")))
    except MabatError as error:
        st.caption(page.words.error(error))
    else:
        st.rerun()


def _named_period(page: Page) -> None:
    if name := st.session_state.get("period_name"):
        state.set_period(Period.named(name, page.today))


def _picked_days(key: str, calendar: str) -> None:
    days = st.session_state.get(key)
    if isinstance(days, tuple) and len(days) == 2:
        state.set_period(Period(min(days), max(days), calendar=calendar))  # type: ignore[arg-type]


def _compare(bar: _Bar) -> None:
    page = bar.page
    with st.popover(bar.t(COMPARE[page.compare]), icon=":material/compare_arrows:", key="pick_compare"):
        st.session_state["compare_name"] = page.compare
        st.radio(bar.t(N_("Compare with")), list(COMPARE), key="compare_name", format_func=lambda n: bar.t(COMPARE[n]),
                 on_change=lambda: state.set_compare(st.session_state["compare_name"]))


def offered(catalog: Catalog, personal: bool) -> list[str]:
    """Dimensions one may filter by: the usual ones first, none that is personal without the right to it."""
    names = [n for n, d in catalog.dimensions.items() if n != "customer" and (personal or not d.personal)]
    return [*(n for n in FIRST if n in names), *(n for n in names if n not in FIRST)]


def _add(bar: _Bar) -> None:
    page, words = bar.page, bar.page.words
    with st.popover(bar.t(N_("Add filter")), icon=":material/add:", key="add_filter"):
        names = offered(page.catalog, page.scope.personal)
        name = st.selectbox(bar.t(N_("Filter by")), names, key="new_dimension", format_func=lambda n: words.label(page.catalog.dimension(n)))
        dimension = page.catalog.dimension(name)
        ops = ["is", "at_least", "below", "is_empty"] if dimension.kind == "number" else ["is", "is_not", *(["contains"] if dimension.kind == "text" else []), "is_empty"]
        op = st.segmented_control(bar.t(N_("Condition")), ops, default="is", key=f"new_op_{name}", format_func=lambda o: bar.t(OPS[o]), label_visibility="collapsed") or "is"
        ready = _condition(bar, name, op)
        st.button(bar.t(N_("Add this filter")), key="add_this_filter", type="primary", disabled=ready is None, on_click=_added, args=(ready,))


def _added(condition: Filter | None) -> None:
    if condition is not None:
        state.add_filter(condition)
        for key in [k for k in st.session_state if str(k).startswith("new_")]:
            del st.session_state[key]


def _condition(bar: _Bar, name: str, op: str) -> Filter | None:
    page = bar.page
    if op == "is_empty":
        return Filter(name, "is_empty")
    if op == "contains":
        text = st.text_input(bar.t(N_("Text")), key=f"new_text_{name}", max_chars=100)
        return Filter(name, "contains", (text,)) if text else None
    if op in ("at_least", "below"):
        number = st.number_input(bar.t(N_("Number")), value=None, step=1, min_value=0, max_value=200, key=f"new_number_{name}_{op}")
        return None if number is None else Filter(name, op, (str(int(number)),))  # type: ignore[arg-type]
    try:
        found = [v for v in values_of(name, page.warehouse, scope=page.scope, filters=page.filters, limit=MOST_VALUES) if v.value is not None]
        if len(found) >= MOST_VALUES - 1 and page.catalog.dimension(name).kind == "text":
            # Too many to list: the search is asked of the warehouse, not of the part that was sent.
            wanted = st.text_input(bar.t(N_("Search among all")), key=f"new_search_{name}", max_chars=100)
            kept = st.session_state.get(f"new_values_{name}_{op}") or []
            more = values_of(name, page.warehouse, scope=page.scope, filters=page.filters, search=wanted, limit=MOST_VALUES) if wanted else found
            found = [*(v for v in found if v.value in kept and v not in more), *(v for v in more if v.value is not None)]
    except MabatError as error:
        st.caption(page.words.error(error))
        return None
    if not found:
        st.caption(bar.t(N_("No values under the present filters.")))
        return None
    counts = {v.value: v for v in found}
    chosen = st.multiselect(bar.t(N_("Values")), list(counts), key=f"new_values_{name}_{op}", placeholder=bar.t(N_("Search or choose")),
                            format_func=lambda v: f"{page.words.member(name, counts[v].label)} · {page.formats.count(counts[v].count)}")
    return Filter(name, op, tuple(chosen)) if chosen else None  # type: ignore[arg-type]
