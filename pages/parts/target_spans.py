"""Periods of targets on the screen: named as people call them, and chosen by kind: calendar, the firm's own year, Jalali, any days."""
from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.target_kinds import (
    FISCAL,
    JALALI,
    MONTHS,
    around,
    holding,
    is_fiscal_year,
    jalali_kind,
    kinds_for,
)
from crm_data.calendars import to_jalali
from crm_data.cuts.periods import Period, month_end
from crm_data.errors import N_, MabatError
from crm_data.settings import load_settings
from pages.parts.days import FORMATS, day_input, given

if TYPE_CHECKING:
    from pages.parts.context import Page

JALALI_MONTHS = (N_("Farvardin"), N_("Ordibehesht"), N_("Khordad"), N_("Tir"), N_("Mordad"), N_("Shahrivar"), N_("Mehr"), N_("Aban"), N_("Azar"), N_("Dey"), N_("Bahman"), N_("Esfand"))
DAYS = "days"
KIND_NAMES = {"day": N_("Day"), "week": N_("Week"), "month": N_("Month"), "quarter": N_("Quarter"), "half": N_("Half-year"), "year": N_("Year"),
              "fiscal_quarter": N_("Quarter of the firm’s year"), "fiscal_half": N_("Half of the firm’s year"), "fiscal_year": N_("The firm’s year"),
              "jalali_month": N_("Jalali month"), "jalali_quarter": N_("Jalali quarter"), "jalali_half": N_("Jalali half-year"), "jalali_year": N_("Jalali year"), DAYS: N_("Any days")}
#: How many of a kind are offered before and after the one of today.
OFFERED = {"day": (31, 62), "week": (8, 26), "month": (12, 24), "quarter": (4, 12), "half": (2, 6), "year": (3, 3)}


def fiscal_start() -> int:
    """The first month of the firm's year."""
    return load_settings().fiscal_year_start


def period_name(page: Page, period: Period) -> str:
    """A period as it is called: Nov 2026, FY2026, Aban 1405; else its days."""
    kind = jalali_kind(period)
    if kind:
        return jalali_name(page, period, kind)
    start = fiscal_start()
    return year_name(page, period.first.year, "fiscal") if is_fiscal_year(period, start) else page.formats.called(period.first, period.last)


def year_name(page: Page, year: int, calendar: str) -> str:
    return page.formats.figures(f"FY{year}" if calendar == "fiscal" else year)


def jalali_name(page: Page, period: Period, kind: str, short: bool = False) -> str:
    """Aban 1405 (short: Aban), Mehr–Azar 1405, 1405."""
    year, month, _ = to_jalali(period.first)
    if kind == "year":
        return page.formats.figures(year)
    first = page.words.t(JALALI_MONTHS[month - 1])
    name = first if kind == "month" else f"{first}–{page.words.t(JALALI_MONTHS[month + MONTHS[kind] - 2])}"
    return name if short else page.formats.figures(f"{name} {year}")


def with_days(page: Page, period: Period) -> str:
    """The name, and the days where the name does not say them by itself."""
    name, days = period_name(page, period), page.formats.period(period.first, period.last)
    return name if name == days else f"{name} ({days})"


def _any_days(page: Page, on: date) -> Period | None:
    words, months = page.words, page.formats.months
    if page.formats.jalali:
        ends = [day_input(page, words.t(N_("First day")), months.month_start(on), "target_first", needed=True), day_input(page, words.t(N_("Last day")), months.month_end(on), "target_last", needed=True)]
        try:
            return Period(*(given(day) for day in ends))  # type: ignore[arg-type]
        except MabatError as error:
            st.caption(words.error(error))
            return None
    chosen = st.date_input(words.t(N_("Days")), value=(on.replace(day=1), month_end(on)), key="target_days", format=FORMATS.get(page.formats.language, "DD/MM/YYYY"))
    if not isinstance(chosen, tuple) or len(chosen) != 2:
        st.caption(words.t(N_("Choose the last day.")))
        return None
    return Period(*chosen)


def choose_period(page: Page, on: date) -> Period | None:
    """A period by its kind, the one of ``on`` first; None while its last day is not chosen."""
    words, start = page.words, fiscal_start()
    left, right = st.columns(2)
    with left:
        kind = st.selectbox(words.t(N_("Period")), [*kinds_for(start), DAYS], index=2, format_func=lambda k: words.t(KIND_NAMES[k]), key="target_kind")
    with right:
        if kind == DAYS:
            return _any_days(page, on)
        before, after = OFFERED[kind.removeprefix(FISCAL).removeprefix(JALALI)]
        offered = around(kind, on, before, after, start, page.catalog.week_start)
        return st.selectbox(words.t(KIND_NAMES[kind]), offered, index=offered.index(holding(kind, on, start, page.catalog.week_start)), key=f"target_period_{kind}",
                            format_func=lambda p: with_days(page, p))
