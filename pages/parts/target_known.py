"""The Targets page as it was known at the end of a day: the address says the day, a banner says so, and nothing can be changed."""
from __future__ import annotations

from dataclasses import is_dataclass, replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.target_store import Target, all_targets, known_at
from crm_data.cuts.periods import Period, day_from_text
from crm_data.errors import N_, InputError, MabatError
from pages.parts.days import day_input, entered
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

KNOWN, PICKED = "known", "targets_known"


def known_page(page: Page) -> tuple[Page, list[Target]]:
    """The page and the targets to draw: of now, or as known at the end of the address's day, for a reader who may change nothing."""
    try:
        day = known_day()
    except MabatError as error:
        st.warning(md(page.words.error(error)), icon=":material/event_busy:")
        day = None
    if day is None:
        return page, all_targets(page.warehouse, page.appdb)
    words = page.words
    with st.container(horizontal=True, vertical_alignment="center", key="targets_known_banner"):
        st.info(md(words.t(N_("Targets as they were known at the end of {day}; what was reached is counted up to that day, from the data there is now. Nothing can be changed here."), day=page.formats.day(day))),
                icon=":material/history:")
        st.button(words.t(N_("Back to now")), key="targets_known_back", icon=":material/update:", on_click=_back)
    return _as_reader(page, day), all_targets(page.warehouse, page.appdb, known_at(day))


def known_day() -> date | None:
    """The day of the address; None: now. Raises InputError for what is no day, or one that is not over or has not come."""
    text = st.query_params.get(KNOWN, "")
    if not text:
        return None
    try:
        day = day_from_text(text)
    except MabatError:
        raise InputError(N_("“{text}” is not a day. Write known=2026-11-05. The targets of now are shown."), text=text[:40]) from None
    if day > _today():
        raise InputError(N_("{day} has not come yet. The targets of now are shown."), day=day)
    return day


def known_picker(page: Page, popover: bool = True) -> None:
    """The choice of the day; ``popover``: behind a button of its own."""
    words = page.words
    try:
        day = known_day()
    except MabatError:
        day = None
    if not popover:
        _picker(page, day)
        return
    with st.popover(words.t(N_("As known on")) if day is None else words.t(N_("As known on {day}"), day=page.formats.day(day)), icon=":material/history:"):
        _picker(page, day)


def _picker(page: Page, day: date | None) -> None:
    # A key of its own for each day: the control follows the address.
    key = f"{PICKED}_{day}"
    found = day_input(page, page.words.t(N_("Show the targets as they were known at the end of")), day, key, highest=_today(), on_change=_picked, args=(key,))
    if isinstance(found, MabatError):
        st.caption(md(page.words.error(found)))


def _picked(key: str) -> None:
    day = entered(key)
    if day is None:
        _back()
    elif isinstance(day, date) and day <= _today():
        st.query_params[KNOWN] = day.isoformat()


def _back() -> None:
    st.query_params.pop(KNOWN, None)


def _today() -> date:
    return datetime.now(UTC).date()


def _as_reader(page: Page, day: date) -> Page:
    """The page for somebody who may only look, its period cut at the day."""
    period = Period(min(page.period.first, day), min(page.period.last, day), calendar=page.period.calendar)
    return _with(page, user=_with(page.user, role="viewer"), period=period)


def _with(of, **changes):
    return replace(of, **changes) if is_dataclass(of) else SimpleNamespace(**{**vars(of), **changes})
