"""How the firm is set: its country, week, year and money, for everybody to read; only who runs the server changes them."""
from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.countries import country_name
from crm_data.errors import N_
from crm_data.settings import Settings, load_settings
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

#: Any Monday: days of the week are named by a day that falls on them.
_MONDAY = date(2024, 1, 1)


def firm_settings(page: Page) -> None:
    """A frame with what holds for the whole firm."""
    words = page.words
    with st.container(border=True, key="frame_firm"):
        st.markdown(f"## {words.t(N_('How the firm is set'))}")
        st.caption(words.t(N_("The same for everybody, so that two readers never see different weeks. Branches in other countries rest on the days of their own. "
                              "Whoever runs the server sets this in {file}; see the page on languages."), file="mabat.toml"))
        st.markdown("\n".join(f"- {md(head)}: **{md(value)}**" for head, value in facts(page, load_settings())))


def facts(page: Page, settings: Settings) -> list[tuple[str, str]]:
    """What is set and its value, in the reader's language."""
    words, formats = page.words, page.formats

    def weekday(n: int) -> str:
        return formats.weekday(_MONDAY + timedelta(days=n))
    # In the order of the firm's week.
    rest = sorted(settings.weekend, key=lambda n: (n - settings.week_start) % 7)
    return [
        (words.t(N_("Country")), country_name(settings.country, formats.language) or words.t(N_("not said"))),
        (words.t(N_("The week begins on")), weekday(settings.week_start)),
        (words.t(N_("Days of rest")), words.listed(map(weekday, rest)) if rest else words.t(N_("none"))),
        (words.t(N_("The firm’s year begins in")), formats.gregorian_month(settings.fiscal_year_start)),
        (words.t(N_("Time zone")), settings.timezone),
        (words.t(N_("Currency")), page.warehouse.currency),
    ]
