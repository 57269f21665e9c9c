"""Questions pages share: the page's own period, comparison and filters put into a Cut, and what can be asked at all."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.calendars import calendar_of
from crm_data.cuts.answer import Answer
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Grain, Period, in_calendar
from crm_data.cuts.query import ask
from crm_data.errors import N_
from crm_data.output.charts.breakdown import Heads
from crm_data.output.views import View
from pages.parts.choices import refusal, table_rows

if TYPE_CHECKING:
    from pages.parts.context import Page


def view(page: Page) -> View:
    """What is needed to say values on this page."""
    return View(page.words, page.formats, page.catalog)


def heads(page: Page) -> Heads:
    """Heads of the number columns beside bars."""
    return Heads(share=page.words.t(N_("Share")), change=page.words.t(N_("Change")))


def rows_by_table(page: Page) -> dict[str, int]:
    """How many rows each table of the snapshot has."""
    return table_rows(page.warehouse.manifest.tables)


def asked(page: Page, measures: Sequence[str], by: Sequence[str] = (), *, period: Period | None = None, grain=None, compare=None,
          filters: Iterable[Filter] | None = None, limit: int | None = None, order_by: str = "") -> Answer:
    """Ask within the page's scope; period, comparison and filters are the page's unless given."""
    cut = Cut(tuple(measures), by=tuple(by), period=period or page.period, grain=grain, compare=page.compare if compare is None else compare,
              filters=tuple(page.filters if filters is None else filters), limit=limit, order_by=order_by)
    return ask(cut, page.warehouse, scope=page.scope)


def usable(page: Page, measures: Iterable[str], dimensions: Iterable[str] = ()) -> list[str]:
    """The measures that can be asked under the page's filters (and by ``dimensions``)."""
    used = [*dimensions, *(f.dimension for f in page.filters)]
    return [m for m in measures if refusal(page.catalog, m, used) is None]


def end_of(page: Page) -> date:
    """The last day shown: the period's end, or the data's where the period runs on."""
    return min(page.period.last, page.warehouse.as_of) if page.period.first <= page.warehouse.as_of else page.warehouse.as_of


def last_months(page: Page, months: int = 12) -> Period:
    """The last whole months up to the period's end: a running month would fall at the end of every line."""
    end, calendar = end_of(page), page.formats.calendar
    months_of = calendar_of(calendar)
    if end != months_of.month_end(end):
        end = months_of.month_start(end) - timedelta(days=1)
    return Period(months_of.shift(months_of.month_start(end), 1 - months), end, calendar=calendar)  # type: ignore[arg-type]


def monthly(page: Page) -> Grain:
    """The grain of months in the calendar of who looks."""
    return in_calendar("month", page.formats.calendar)  # type: ignore[return-value]


def whole_period(period: Period) -> Period:
    """The calendar period a running one belongs to: 1–20 November -> November; otherwise itself."""
    first, last, months_of = period.first, period.last, calendar_of(period.calendar)
    (year, month, day), (end_year, end_month, _) = months_of.parts(first), months_of.parts(last)
    if year != end_year or day != 1:
        return period
    if month == end_month:
        return Period(first, months_of.month_end(last), calendar=period.calendar)
    if month % 3 == 1 and last < months_of.shift(first, 3):
        return Period(first, months_of.shift(first, 3) - timedelta(days=1), calendar=period.calendar)
    return Period(first, months_of.shift(first, 12) - timedelta(days=1), calendar=period.calendar) if month == 1 else period


def period_text(page: Page, answer: Answer) -> str:
    """The period of an answer in words."""
    return page.formats.period(answer.period.first, answer.period.last)


def versus(page: Page, answer: Answer) -> str:
    """What an answer is compared with, in few letters: "vs Nov ’25", "vs 2025"; empty without a comparison."""
    before, words = answer.period_before, page.words
    if before is None:
        return ""
    one_month = page.formats.parts(before.first)[:2] == page.formats.parts(before.last)[:2]
    if one_month or before.whole_months():
        named = page.formats.versus(before.first, before.last)
        if len(named) <= 8:
            return words.t(N_("vs {period}"), period=named)
    if answer.cut.compare == "last_year":
        return words.t(N_("vs {period}"), period=page.formats.year(before.last))
    return words.t(N_("vs before"))


def sentence(page: Page, *parts: str) -> str:
    """Parts of a frame's sentence, each in its place in the reader's language, empty ones left out."""
    return page.words.in_line(parts)


def filters_text(page: Page, without: str = "") -> str:
    """The page's filters in words (without those on one dimension)."""
    from crm_data.cuts.cut import describe_filter

    return page.words.in_line(describe_filter(f, page.words, page.catalog) for f in page.filters if f.dimension != without)


def split_by(page: Page, measure: str, dimensions: Iterable[str], **options) -> tuple[str, Answer] | None:
    """The first dimension the measure really falls apart by (two known members or more), with its answer."""
    filtered = {f.dimension for f in page.filters}
    for place, dimension in enumerate(dimensions):
        if dimension not in page.catalog.dimensions or not usable(page, [measure], [dimension]) or (place and dimension in filtered):
            continue
        answer = asked(page, (measure,), (dimension,), filters=[f for f in page.filters if f.dimension != dimension], **options)
        if answer.rows[dimension].notna().sum() >= 2:
            return dimension, answer
    return None


def splits(page: Page, dimension: str) -> bool:
    """Whether the data tells at least two members of a dimension apart."""
    from crm_data.cuts.values import values_of

    known = [v for v in values_of(dimension, page.warehouse, scope=page.scope, limit=3) if v.value is not None]
    return len(known) >= 2


@st.cache_resource(ttl=120, max_entries=64, show_spinner=False)
def _kept(key: tuple, _make) -> object:
    return _make()


def kept(name: str, page: Page, make, *further: object):
    """Keep something that is costly to find, for this snapshot, scope and state of the targets, two minutes at most."""
    key = (name, page.warehouse.key, str(page.appdb.url), page.scope.key, _targets_state(page), getattr(page.warehouse, "segments", ()), *further)
    return _kept(key, make)


def _targets_state(page: Page) -> tuple:
    from sqlalchemy import func, select

    from crm_data.model import appdb

    with page.appdb.connect() as connection:
        return tuple(connection.execute(select(func.count(), func.max(appdb.target_version.c.id))).one())
