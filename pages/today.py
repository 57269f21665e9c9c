"""Today: the three questions every firm should answer, what it earns and is owed, and what needs attention now."""
from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.attention import attention, with_alerts
from crm_data.analysis.target_alert_store import due_alerts
from crm_data.analysis.target_course import Course
from crm_data.analysis.targets import Board, board
from crm_data.calendars import calendar_of
from crm_data.cuts.query import ask
from crm_data.errors import N_, MabatError
from crm_data.output.charts import Landing, breakdown, cumulative, movers, theme
from crm_data.output.tables import Column, Sheet
from crm_data.output.views import breakdown_rows, breakdown_sheet, chosen_keys, moves
from pages.parts import asking
from pages.parts.attention_list import attention_list
from pages.parts.empty import Empty
from pages.parts.figure import Content, frame
from pages.parts.frames import Taken
from pages.parts.narrow import clear_filters, toggle_member
from pages.parts.review_notes import with_flags
from pages.parts.tiles import questions, tiles
from pages.parts.today_course import course_of, near_period, near_target
from pages.parts.today_pinned import today_pinned
from pages.parts.today_tiles import ask_for, measure_tile, questions_and_figures, target_tile

if TYPE_CHECKING:
    from pages.parts.context import Page

PLACES = ("branch", "branch_region", "owner", "team", "region", "city")
KINDS = ("customer_type", "industry", "acquisition_channel", "relation", "product_category", "lead_source", "gender")
BARS, PLACES_SHOWN = 8, 10


def render(page: Page) -> None:
    """Draw the page."""
    first, figures = questions_and_figures(page)
    lead = figures[0]
    known = _board(page)
    try:
        with st.spinner(page.words.t(N_("Adding up the period, last year and twelve months")), show_time=True):
            found = ask_for(page, [*first, *figures])
    except MabatError as error:
        st.warning(page.words.error(error), icon=":material/error_outline:")
        return
    questions(page, [measure_tile(page, m, found, known, wide=True) for m in first])
    shown = [measure_tile(page, m, found, known) for m in figures]
    shown.insert(2, target_tile(page, lead, known))
    tiles(page, shown, columns=len(shown))
    left, right = st.columns([1.75, 1], gap="small")
    with left:
        frame(page, "lead", _lead_title(page, lead), content=lambda: lead_content(page, lead, known))
    with right:
        frame(page, "attention", page.words.t(N_("What needs attention")), content=lambda: _attention(page, known))
    left, right = st.columns([1.75, 1], gap="small")
    with left:
        frame(page, "places", page.words.t(N_("{measure} by branch"), measure=_label(page, lead)), content=lambda: places_content(page, lead))
    with right:
        frame(page, "movers", page.words.t(N_("Biggest movers")), content=lambda: movers_content(page, lead))
    today_pinned(page)


def _label(page: Page, measure: str) -> str:
    return page.words.label(page.catalog.measure(measure))


def _board(page: Page) -> Board | None:
    """The targets of the day shown; None when they cannot be read (the page says so by "no target set")."""
    on = asking.end_of(page)
    try:
        return asking.kept("board", page, lambda: board(page.warehouse, page.appdb, scope=page.scope, on=on), on)
    except MabatError:
        return None


def _attention(page: Page, known: Board | None) -> Content:
    period, words = page.period, page.words
    found = asking.kept("attention", page, lambda: attention(page.warehouse, page.scope, page.appdb, period, known), period, asking.end_of(page))
    if known is not None:
        found = with_alerts(found, due_alerts(page.warehouse, page.appdb, page.user, page.scope, known=known))
    sentence = words.n("{fired} of {n} check fired", "{fired} of {n} checks fired", found.checks, fired=page.formats.count(found.fired), n=page.formats.count(found.checks))
    if page.filters:
        sentence = asking.sentence(page, sentence, words.t(N_("whole firm, filters aside")))
    if not found.findings:
        return Content(sentence=sentence, empty=Empty(words.t(N_("Nothing stands out")), words.t(N_("Every check is within its usual range.")), ":material/task_alt:"))
    lines = tuple(f"{one.title.text(words, page.formats)} · {one.detail.text(words, page.formats)}" for one in found.findings)
    return Content(sentence=sentence, draw=lambda: attention_list(page, found.findings), lines=lines)


# The lead chart -----------------------------------------------------------------------------------------------------
def _span(page: Page) -> str:
    """What the calendar period shown is called."""
    whole, words = asking.whole_period(page.period), page.words
    days = whole.days
    if whole.whole_months():
        if days <= 31:
            return words.t(N_("month"))
        return words.t(N_("quarter")) if days <= 94 and calendar_of(whole.calendar).parts(whole.first)[1] % 3 == 1 else words.t(N_("year")) if days in (365, 366) else words.t(N_("period"))
    return words.t(N_("period"))


def _lead_title(page: Page, lead: str) -> str:
    return page.words.t(N_("{measure} toward the {span}’s target"), measure=_label(page, lead), span=_span(page))


def lead_content(page: Page, lead: str, known: Board | None) -> Content:
    """The running sum against last year, the target where one is set, and where it is likely to end."""
    words, formats = page.words, page.formats
    if not page.catalog.measure(lead).adds_up or page.catalog.measure(lead).kind == "balance" or known is None:
        return Content(title=_label(page, lead), empty=Empty(words.t(N_("No running sum")), words.t(N_("{measure} does not add up over days."), measure=_label(page, lead)), ":material/show_chart:"))
    if not asking.usable(page, [lead]):
        return Content(title=_label(page, lead), empty=_not_by_these(page))
    whole, course = asking.whole_period(page.period), course_of(page, known, lead)
    title = _lead_title(page, lead) if course.target is not None else words.t(N_("{measure} day by day against last year"), measure=_label(page, lead))
    if not any(course.actual) and not any(course.last_year):
        return Content(title=title, sentence=formats.period(whole.first, whole.last), empty=_nothing_fits(page, _label(page, lead)))
    value = lambda v: formats.value(v, course.unit)  # noqa: E731 - a name for a short function given on
    named = {"now": words.t(N_("Now")), "before": words.t(N_("Last year")), "target": words.t(N_("Target")), "landing": words.t(N_("Landing")), "pace": words.t(N_("Pace"))}
    landing = None
    if course.landing is not None and len(course.actual) < len(course.days):
        low, high = course.band or (course.landing, course.landing)
        landing = Landing(low, course.landing, high)
    picture = cumulative(course.actual, course.last_year, [formats.day_month(d) for d in course.days], theme(page.theme), title=title, value=value,
                         axis=lambda v: formats.axis(v, course.unit), words=named, target=course.target, landing=landing, ticks=_ticks(page, course), narrow=page.narrow)
    picture = with_flags(page, picture, course.days, whole.last)
    return Content(picture=picture, title=title, sentence=_lead_sentence(page, known, lead, course, value), sheet=_course_sheet(page, course), cut=_lead_cut(page, lead),
                   measure=lead, answer=asking.asked(page, (lead,)), notes=_lead_notes(page, course))


def _lead_cut(page: Page, lead: str):
    return asking.asked(page, (lead,)).cut


def _ticks(page: Page, course: Course) -> list[tuple[int, str]]:
    days, formats = course.days, page.formats
    parts = [formats.parts(d) for d in days]
    if len(days) <= 31 and (parts[0][2] != 1 or parts[0][1] != parts[-1][1]):
        return [(i, formats.day_month(d)) for i, d in enumerate(days) if i % 7 == 0]
    if len(days) <= 31:
        return [(i, formats.figures(n)) for i, (_, _, n) in enumerate(parts) if n in (1, 5, 10, 15, 20, 25) or i == len(days) - 1 and n >= 28]
    firsts = [(i, d) for i, d in enumerate(days) if parts[i][2] == 1]
    step = 3 if page.narrow and len(firsts) > 6 else max(1, len(firsts) // 13 + 1)
    return [(i, formats.month(d, short=True)) for i, d in firsts[::step]]


def _lead_sentence(page: Page, known: Board, lead: str, course: Course, value) -> str:
    words, formats, pace = page.words, page.formats, course.pace
    done = len(course.actual)
    so_far = words.n("{actual} in {n} day", "{actual} in {n} days", done, actual=value(course.actual[-1] if course.actual else 0.0))
    if pace is None or pace.points_ahead is None or course.target is None:
        then = course.last_year[done - 1] if course.actual and len(course.last_year) >= done else None
        change = formats.delta(course.actual[-1] if course.actual else None, then, course.unit, course.better).full
        so_far += words.t(N_(", {change} on the same days last year"), change=change) if change else ""
        near = near_target(page, known, lead)
        if near is not None:
            return words.listed([so_far, words.t(N_("no target set for this period; that of {period} is {share} reached"), period=near_period(page, near), share=formats.part(near.pace.attained))], ";")
        return words.listed([so_far, words.t(N_("no target set for this period"))], ";")
    points = formats.points(abs(pace.points_ahead))
    ahead = words.t(N_(", {points} ahead of pace"), points=points) if pace.points_ahead >= 0 else words.t(N_(", {points} behind pace"), points=points)
    if course.landing is None or pace.closed:
        return so_far + ahead + words.t(N_("; target {target}"), target=value(course.target))
    return so_far + ahead + words.t(N_("; on course for {landing} against {target}"), landing=value(course.landing), target=value(course.target))


def _lead_notes(page: Page, course: Course) -> tuple[str, ...]:
    words = page.words
    found = [words.t(N_("Pace counts working days: branch calendars and holidays, not days of the month."))]
    if course.landing is not None:
        found.append(words.t(N_("Landing: what is reached so far, carried on at the same rate per working day.")))
    if course.band:
        found.append(words.n("The band holds 80 of 100 outcomes, from the errors of this method in {n} past period.",
                             "The band holds 80 of 100 outcomes, from the errors of this method in {n} past periods.", course.past))
    elif course.target is not None:
        found.append(words.t(N_("No band: too few past periods to say how far the estimate misses.")))
    return tuple(found)


def _course_sheet(page: Page, course: Course) -> Sheet:
    words, kind = page.words, course.unit
    sign = f" {page.formats.symbol}" if kind == "money" else ""
    columns = [Column("day", words.t(N_("Day")), "date"), Column("now", words.t(N_("Running sum")) + sign, kind), Column("before", words.t(N_("Last year")) + sign, kind)]
    if course.pace_line:
        columns.append(Column("pace", words.t(N_("Pace")) + sign, kind))
    rows = [{"day": d, "now": course.actual[i] if i < len(course.actual) else None, "before": course.last_year[i] if i < len(course.last_year) else None,
             "pace": course.pace_line[i] if course.pace_line else None} for i, d in enumerate(course.days)]
    return Sheet(tuple(columns), tuple(rows))


# Breakdown and movers -----------------------------------------------------------------------------------------------
def places_content(page: Page, lead: str) -> Content:
    """The lead measure by branch, or by the next dimension that tells parts of the firm apart."""
    words, view = page.words, asking.view(page)
    found = asking.split_by(page, lead, PLACES, limit=PLACES_SHOWN, order_by=lead)
    if found is None:
        return Content(empty=_nothing_fits(page, _label(page, lead)))
    dimension, answer = found
    title = words.t(N_("{measure} by {dimension}"), measure=_label(page, lead), dimension=words.label(page.catalog.dimension(dimension)).lower())
    rows = breakdown_rows(answer, dimension, lead, view)
    chosen = chosen_keys(dimension, page.filters)
    sheet, keys = breakdown_sheet(answer, dimension, view)
    return Content(breakdown(rows, theme(page.theme), title=title, heads=asking.heads(page), chosen=chosen, mirrored=words.rtl, narrow=page.narrow), sheet, title=title,
                   sentence=asking.sentence(page, asking.period_text(page, answer), _mark(page, answer), asking.filters_text(page, dimension)),
                   cut=answer.cut, answer=answer, measure=lead, row_keys=keys, on_click=lambda key: toggle_member(page, dimension, key), whole=_every_member(page, answer, dimension))


def _every_member(page: Page, answer, dimension: str) -> Taken:
    """All members for a file, where the card has the first of them."""
    every = replace(answer.cut, limit=None)
    return Taken(lambda: breakdown_sheet(ask(every, page.warehouse, scope=page.scope), dimension, asking.view(page))[0])


def _mark(page: Page, answer) -> str:
    before = answer.period_before
    return page.words.t(N_("mark: {period}"), period=page.formats.period(before.first, before.last)) if before else ""


def movers_content(page: Page, lead: str) -> Content:
    """What changed most in amount, by kind of customer."""
    words, view = page.words, asking.view(page)
    compare = "last_year" if page.compare == "none" else page.compare
    found = asking.split_by(page, lead, KINDS, compare=compare, limit=60, order_by=lead)
    if found is None:
        return Content(empty=_nothing_fits(page, _label(page, lead)))
    dimension, answer = found
    listed = moves(answer, dimension, lead, view, BARS + 1)
    before = answer.period_before
    sentence = words.t(N_("{measure} against {period}, by {dimension}"), measure=_label(page, lead),
                       period=page.formats.period(before.first, before.last) if before else "", dimension=words.label(page.catalog.dimension(dimension)).lower())
    if not listed:
        return Content(sentence=sentence, empty=Empty(words.t(N_("Nothing moved")), words.t(N_("No group changed against the period compared with.")), ":material/trending_flat:"))
    sheet, keys = breakdown_sheet(answer, dimension, view)
    return Content(movers(listed, theme(page.theme), title=words.t(N_("Biggest movers")), mirrored=words.rtl, narrow=page.narrow), sheet, sentence=sentence,
                   cut=answer.cut, answer=answer, measure=lead, row_keys=keys, on_click=lambda key: toggle_member(page, dimension, key), whole=_every_member(page, answer, dimension))


# Nothing to show ----------------------------------------------------------------------------------------------------
def _nothing_fits(page: Page, label: str) -> Empty:
    words = page.words
    if page.filters:
        return Empty(words.t(N_("Nothing fits these filters")), words.t(N_("{measure} has no rows for {filters} in this period."), measure=label, filters=asking.filters_text(page)),
                     mend=words.t(N_("Clear all filters")), act=clear_filters)
    return Empty(words.t(N_("Nothing in this period")), words.t(N_("{measure} has no rows in {period}. The data reaches {day}."), measure=label,
                 period=page.formats.period(page.period.first, page.period.last), day=page.formats.day(page.warehouse.as_of)), ":material/event_busy:")


def _not_by_these(page: Page) -> Empty:
    words = page.words
    return Empty(words.t(N_("Not known by these filters")), words.t(N_("No record holds all of: {filters}."), filters=asking.filters_text(page)),
                 mend=words.t(N_("Clear all filters")), act=clear_filters)
