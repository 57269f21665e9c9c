"""A field for a day. The picker's calendar is the browser's and its text Gregorian, so whoever reads Jalali dates has a field to write
the day in: either calendar is understood, with any digits."""
from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.cuts.periods import day_from_text
from crm_data.errors import N_, InputError, MabatError
from crm_data.text import latin_digits

if TYPE_CHECKING:
    from pages.parts.context import Page

#: How the picker writes a day, by language; DD/MM/YYYY elsewhere.
FORMATS = {"he": "DD.MM.YYYY", "fa": "YYYY/MM/DD"}
LOWEST, HIGHEST = date(1900, 1, 1), date(9999, 12, 31)
#: What a field holds: a day, nothing, or why what was written is no day.
Entered = date | MabatError | None


def day_input(page: Page, label: str, value: date | None, key: str, *, lowest: date | None = None, highest: date | None = None, needed: bool = False,
              width: str | int = "stretch", on_change: Callable[..., None] | None = None, args: tuple = ()) -> Entered:
    """Draw the field. :func:`given` makes a day of what comes back, inside the try of whoever writes it.

    ``on_change`` is called with ``args`` when it was changed; it reads the field by :func:`entered`. A field that is ``needed`` is not empty.
    """
    formats, watched = page.formats, {"on_change": on_change, "args": args} if on_change else {}
    if not formats.jalali:
        found = st.date_input(label, value=value, key=key, min_value=lowest, max_value=highest, format=FORMATS.get(formats.language, "DD/MM/YYYY"), width=width, **watched)
        return found if isinstance(found, date) else None
    text = st.text_input(label, value=formats.day_figures(value), key=key, max_chars=20, width=width, placeholder=page.words.t(N_("such as {day}"), day=formats.day_figures(page.today)),
                         help=page.words.t(N_("Year, month and day, in either calendar.")), **watched)
    return _read(text or "", lowest or LOWEST, highest or HIGHEST, needed)


def entered(key: str) -> Entered:
    """What the field ``key`` holds, for its ``on_change``."""
    held = st.session_state.get(key)
    return _read(held, LOWEST, HIGHEST, False) if isinstance(held, str) else held if isinstance(held, date) else None


def given(day: Entered) -> date | None:
    """The day of a field; raises what is wrong with it."""
    if isinstance(day, MabatError):
        raise day
    return day


def _read(text: str, lowest: date, highest: date, needed: bool) -> Entered:
    if not text.strip():
        return InputError(N_("A day is missing.")) if needed else None
    try:
        day = day_from_text(latin_digits(text))
    except MabatError as wrong:
        return wrong
    return day if lowest <= day <= highest else InputError(N_("{day} is out of reach: choose a day from {first} to {last}."), day=day, first=lowest, last=highest)
