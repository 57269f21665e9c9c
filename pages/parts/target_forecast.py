"""The forecast on the Targets page: the months so far, those to come with their band, and one click away how the method did before."""
from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.backtest import Backtest
from crm_data.analysis.forecast import NO_FLOW, Ahead, Choice, Forecast, forecast, read_days, theta
from crm_data.analysis.target_course import cut_of
from crm_data.analysis.targets import Progress
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import Period, month_end
from crm_data.errors import N_, MabatError
from crm_data.output.charts import theme
from crm_data.output.charts.lines import Line, Track, lines
from crm_data.output.tables import Column, Sheet
from pages.parts.empty import Empty
from pages.parts.figure import Content, frame
from pages.parts.review_notes import with_flags
from pages.parts.table import table
from pages.parts.target_figures import scope_filters
from pages.parts.target_view import View, whose
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

#: Months drawn before those to come: two years, one on a phone.
DRAWN, DRAWN_NARROW = 24, 12
ASKED = "forecast_asked"
NAMES = {"naive": N_("The same month a year before"), "theta": N_("AutoTheta on logarithms")}


def forecast_frame(page: Page, view: View) -> None:
    """The frame of the whole's forecast, and the button that opens its backtest. Nothing where there is no whole."""
    one = view.whole
    if one is None:
        return
    words = page.words
    title = words.t(N_("Forecast by month"))
    if not view.flows:
        frame(page, "forecast", title, "", Content(empty=Empty(words.t(N_("No forecast of {measure}"), measure=words.label(view.measure)), words.t(NO_FLOW), ":material/trending_flat:")),
              height="content", menu=False)
        return
    frame(page, "forecast", title, "", lambda: forecast_content(page, view, one), height="content")
    try:
        choice = found_for(page, view, one).choice
    except MabatError:
        # The frame has said why.
        return
    if choice is not None:
        pressed = st.button(words.t(N_("How such forecasts did before")), key="open_backtest", icon=":material/query_stats:", type="tertiary")
        if st.session_state.pop(ASKED, False) or pressed:
            st.dialog(title, width="large")(backtest_body)(page, one, choice)


def found_for(page: Page, view: View, one: Progress) -> Forecast:
    """The forecast of a target's indicator and scope, from the days up to the board's."""
    days = read_days(one.goal.measure, _behind(view, one).filters, page.warehouse, scope=page.scope, on=view.board.on)
    return forecast(days, view.board.on, view.period, theta())


def _behind(view: View, one: Progress) -> Cut:
    return cut_of(one, view.board.on, view.board.places)


def reason(page: Page, why: str, values) -> str:
    """A sentence of the forecast in the reader's language, its numbers in the reader's digits."""
    formats = page.formats
    return page.words.t(why, **{name: formats.count(value) if name in ("least", "n") else formats.number(value, 1 if name == "held" else 2) for name, value in values.items()})


def forecast_content(page: Page, view: View, one: Progress) -> Content:
    """Months so far and to come; a click on one opens the backtest."""
    words, found = page.words, found_for(page, view, one)
    if found.choice is None:
        return Content(empty=Empty(words.t(N_("No forecast yet")), reason(page, found.why_not, found.values), ":material/calendar_month:"))

    def opened(_: str) -> None:
        st.session_state[ASKED] = True
    return Content(picture=_picture(page, found, one), sheet=_sheet(page, found, one.unit), sentence=_sentence(page, found, one), on_click=opened, cut=_behind(view, one),
                   measure=one.goal.measure, number=one.pace.actual, notes=_notes(page, found.choice))


def _sentence(page: Page, found: Forecast, one: Progress) -> str:
    words, formats = page.words, page.formats
    parts = [whose(page, one.goal)]
    end = found.end
    if end is not None:
        value = formats.value(end.step.point, one.unit)
        period = formats.called(end.first, end.last)
        if end.step.low is None or end.step.high is None:
            parts.append(words.t(N_("{period}: about {value} by its end; too few past periods for a band"), period=period, value=value))
        else:
            parts.append(words.t(N_("{period}: about {value} by its end, 80 times in 100 between {low} and {high}"), period=period, value=value,
                                 low=formats.value(end.step.low, one.unit), high=formats.value(end.step.high, one.unit)))
    elif not Period(one.goal.first, one.goal.last).whole_months():
        parts.append(words.t(N_("the period is not whole months, so only months are forecast")))
    if found.choice is not None:
        parts.append(words.t(NAMES[found.choice.name]))
    return " · ".join(parts)


def _between(page: Page, one: Ahead, unit: str) -> str:
    if one.step.low is None or one.step.high is None:
        return ""
    return " " + page.words.t(N_("({low} to {high})"), low=page.formats.value(one.step.low, unit), high=page.formats.value(one.step.high, unit))


def _picture(page: Page, found: Forecast, one: Progress):
    """The months as a line, those to come dashed; the band as two thin lines that open from the last month known."""
    words, formats, look, unit = page.words, page.formats, theme(page.theme), one.unit
    known = found.known[-(DRAWN_NARROW if page.narrow else DRAWN):]
    months = [*(month for month, _ in known), *(ahead.first for ahead in found.ahead)]
    values = [*(value for _, value in known), *(ahead.step.point for ahead in found.ahead)]
    said = [*(formats.value(value, unit) for _, value in known), *(f"{words.t(N_('forecast'))} {formats.value(a.step.point, unit)}{_between(page, a, unit)}" for a in found.ahead)]
    hovers = tuple(f"{formats.bucket(month, 'month')}: {text}" for month, text in zip(months, said, strict=True))
    keys = tuple(month.isoformat() for month in months)
    main = Line(words.label(page.catalog.measure(one.goal.measure)), tuple(values), look.accent, hovers, keys, formats.value(values[-1], unit))

    def edge(name: str) -> Line:
        line = tuple([*[None] * (len(known) - 1), known[-1][1], *(getattr(ahead.step, name) for ahead in found.ahead)])
        return Line("", line, look.accent, hovers, (None,) * len(months), plain=True)
    every = 3 if len(months) > 14 or page.narrow else 1
    ticks = [(i, formats.bucket_short(month, "month")[0]) for i, month in enumerate(months) if (len(months) - 1 - i) % every == 0]
    drawn = lines([Track("", (edge("low"), edge("high"), main), lambda v: formats.axis(v, unit))], look, title=words.t(N_("Forecast by month")), ticks=ticks, count=len(months),
                 partial=range(len(known), len(months)), notes=[words.t(N_("dashed: forecast; thin lines: 80 times in 100 between them"))], narrow=page.narrow, mirrored=words.rtl)
    return with_flags(page, drawn, months, month_end(months[-1]), scope_filters(one)) if months else drawn


def _sheet(page: Page, found: Forecast, unit: str) -> Sheet:
    words = page.words
    columns = (Column("month", words.t(N_("Month"))), Column("reached", words.t(N_("Reached")), unit), Column("point", words.t(N_("Forecast")), unit),
               Column("low", words.t(N_("At least, 9 times in 10")), unit, quiet=True), Column("high", words.t(N_("At most, 9 times in 10")), unit, quiet=True))
    rows = [{"month": page.formats.bucket(month, "month"), "reached": value} for month, value in found.known]
    rows += [{"month": page.formats.bucket(a.first, "month"), "reached": a.reached or None, "point": a.step.point, "low": a.step.low, "high": a.step.high} for a in found.ahead]
    return Sheet(columns, tuple(rows))


def _notes(page: Page, choice: Choice) -> tuple[str, ...]:
    words = page.words
    return (reason(page, choice.why, choice.values), words.t(N_("Whole months alone are learned from; a running month is never forecast below what it has brought.")),
            words.t(N_("The forecast takes no account of working days, holidays, the target, or anything that is only planned.")))


# How it did before ----------------------------------------------------------------------------------------------
def backtest_body(page: Page, one: Progress, choice: Choice) -> None:
    """Why this method, its two numbers beside the other's, and each origin."""
    words, formats = page.words, page.formats
    st.caption(md(f"{whose(page, one.goal)} · {words.label(page.catalog.measure(one.goal.measure))}"))
    st.markdown(md(reason(page, choice.why, choice.values)))
    if not choice.judged.n:
        st.markdown(md(words.t(N_("How good it was cannot be said: nothing has come yet after the two years it learns from."))))
        return
    st.markdown(md(words.n("The method was run over the past itself from {n} month, each time on what was known then, for the three months after it.",
                           "The method was run over the past itself from {n} months, each time on what was known then, for the three months after it.",
                           len(choice.judged.origins), n=formats.count(len(choice.judged.origins)))))
    other = "naive" if choice.name == "theta" else "theta"
    tried = [(choice.name, choice.judged), *([(other, choice.rival)] if choice.rival is not None else [])]
    table(page, "backtest_methods", _methods(page, tried), alt=words.t(N_("Methods and how they did")))
    table(page, "backtest_origins", _origins(page, choice.judged), alt=words.t(N_("Each month forecasts were made from")))
    st.caption(md(words.t(N_("Error (MASE): the mean distance over how far months were from the same month a year before; under 1 is better than that was. In the band: meant to be 80 in 100."))))


def _methods(page: Page, tried: list[tuple[str, Backtest]]) -> Sheet:
    words = page.words
    columns = (Column("name", words.t(N_("Method")), width=140 if page.narrow else 230), Column("mase", words.t(N_("Error (MASE)")), "number", width=92 if page.narrow else None), Column("held", words.t(N_("In the band")), "part", width=86 if page.narrow else None),
               Column("n", words.t(N_("Months judged")), "count", wide_only=True))
    return Sheet(columns, tuple({"name": words.t(NAMES[name]), "mase": found.mase, "held": found.coverage, "n": found.n} for name, found in tried))


def _origins(page: Page, found: Backtest) -> Sheet:
    words = page.words
    columns = (Column("origin", words.t(N_("First month forecast")), width=140 if page.narrow else None), Column("n", words.t(N_("Months")), "count", wide_only=True), Column("mase", words.t(N_("Error (MASE)")), "number", width=92 if page.narrow else None),
               Column("held", words.t(N_("In the band")), "part", width=86 if page.narrow else None))
    rows = tuple({"origin": page.formats.bucket(start, "month"), "n": each.n, "mase": each.mase, "held": each.coverage} for start, each in reversed(found.origins))
    return Sheet(columns, rows)
