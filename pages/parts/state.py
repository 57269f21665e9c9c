"""The choices of the filter strip, kept in the address: period, comparison, filters. Codes only, so a link works anywhere.

The address is the truth. Within a page an address without choices means the defaults (Back to the first address works);
after a change of page the choices are carried over into the new address.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import urlencode

import streamlit as st

from crm_data.cuts.catalog import Catalog
from crm_data.cuts.cut import Filter
from crm_data.cuts.periods import COMPARISONS, Comparison, Period, in_calendar
from crm_data.errors import MabatError

KEYS = ("period", "vs", "f")
DEFAULT_PERIOD = "month_to_date"
DEFAULT_COMPARE: Comparison = "last_year"
_SEEN, _KEPT, _PAGES = "_address_seen", "_choices", "_pages"
MOST_FILTERS = 20


@dataclass(frozen=True)
class Choices:
    """The strip's choices; ``wrong``: sentences about what the address asked for and could not be had; ``usual``: the period an
    address without one means, the month to date of the reader's own calendar."""

    period: Period
    compare: Comparison = DEFAULT_COMPARE
    filters: tuple[Filter, ...] = ()
    wrong: tuple[MabatError, ...] = field(default=())
    usual: str = DEFAULT_PERIOD

    def to_query(self) -> dict[str, list[str]]:
        """As query parameters; defaults are left out."""
        query: dict[str, list[str]] = {}
        if self.period.to_text() != self.usual:
            query["period"] = [self.period.to_text()]
        if self.compare != DEFAULT_COMPARE:
            query["vs"] = [self.compare]
        if self.filters:
            query["f"] = [f.to_text() for f in self.filters]
        return query


def parse(query: Mapping[str, Sequence[str]], today: date, catalog: Catalog, calendar: str = "gregorian") -> Choices:
    """Read the choices of an address. What is wrong in it is left out and told, never raised."""
    wrong: list[MabatError] = []
    usual = in_calendar(DEFAULT_PERIOD, calendar)
    period = Period.named(usual, today)
    try:
        if query.get("period"):
            period = Period.from_text(query["period"][-1], today)
    except MabatError as error:
        wrong.append(error)
    asked = (query.get("vs") or [DEFAULT_COMPARE])[-1]
    filters: list[Filter] = []
    for text in list(query.get("f", ()))[:MOST_FILTERS]:
        try:
            one = Filter.from_text(text)
            catalog.dimension(one.dimension)
            filters = [f for f in filters if f.dimension != one.dimension] + [one]
        except MabatError as error:
            wrong.append(error)
    return Choices(period, asked if asked in COMPARISONS else DEFAULT_COMPARE, tuple(filters), tuple(wrong), usual)  # type: ignore[arg-type]


def query_now() -> dict[str, list[str]]:
    return {k: st.query_params.get_all(k) for k in st.query_params}


def page_now() -> str:
    """The name of the page that is shown."""
    return str(st.session_state.get(_SEEN) or "")


def link_here() -> str:
    """The address of this page with its choices, to send to somebody."""
    # A colleague's month may be of another calendar: the period is said, also where it is the usual one.
    query = urlencode(({"period": [current().period.to_text()]} if "_now" in st.session_state else {}) | query_now(), doseq=True)
    return (st.context.url or "") + (f"?{query}" if query else "")


def load(page: str, today: date, catalog: Catalog, calendar: str = "gregorian") -> Choices:
    """The choices of this run of ``page``; carried over from the page before when its address says nothing."""
    query = query_now()
    mine = {k: v for k, v in query.items() if k in KEYS}
    moved = st.session_state.get(_SEEN) not in (None, page)
    if moved and not mine and st.session_state.get(_KEPT):
        mine = st.session_state[_KEPT]
        for key, values in mine.items():
            st.query_params[key] = values
    choices = parse(mine, today, catalog, calendar)
    st.session_state[_SEEN], st.session_state[_KEPT] = page, choices.to_query()
    st.session_state["_now"] = choices
    return choices


def current() -> Choices:
    return st.session_state["_now"]


def hold(choices: Choices) -> None:
    """Let the strip start from ``choices``, without writing the address: a page with defaults of its own."""
    st.session_state["_now"] = choices


def save(choices: Choices, own: Mapping[str, Sequence[str]] | None = None) -> None:
    """Write new choices into the address (one history entry); ``own`` replaces the page's own parameters."""
    rest = query_now() if own is None else own
    st.query_params.from_dict({k: list(v) for k, v in rest.items() if k not in KEYS} | choices.to_query())
    st.session_state[_KEPT] = choices.to_query()
    hold(choices)


def add_filter(condition: Filter) -> None:
    """Choose; an earlier filter on the same dimension is replaced."""
    rest = tuple(f for f in current().filters if f.dimension != condition.dimension)
    save(replace(current(), filters=(*rest, condition)[-MOST_FILTERS:]))


def remove_filter(dimension: str) -> None:
    save(replace(current(), filters=tuple(f for f in current().filters if f.dimension != dimension)))


def clear_filters() -> None:
    save(replace(current(), filters=()))


def set_period(period: Period) -> None:
    save(replace(current(), period=period))


def set_compare(compare: Comparison) -> None:
    save(replace(current(), compare=compare))


def keep_pages(pages: Mapping[str, object]) -> None:
    st.session_state[_PAGES] = dict(pages)


def page_of(name: str):
    """The page as Streamlit knows it, for links; None where none are registered."""
    return st.session_state.get(_PAGES, {}).get(name)


def open_page(name: str, query: Mapping[str, Sequence[str]] | None = None) -> None:
    """Go to another page; the choices go along unless ``query`` has its own. Not from a callback."""
    carried = {k: v for k, v in (st.session_state.get(_KEPT) or {}).items() if k not in (query or {})}
    whole = {k: list(v) if not isinstance(v, str) else v for k, v in {**carried, **(query or {})}.items()}
    st.switch_page(st.session_state[_PAGES][name], query_params=whole)
