"""The figure of Explore: the kind that suits the answer, or the one chosen; the same numbers as a table in its menu."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from crm_data.analysis.intervals import answered
from crm_data.cuts.answer import Answer
from crm_data.cuts.cut import Cut, describe_filter
from crm_data.cuts.query import ask
from crm_data.errors import N_, MabatError
from crm_data.output import cut_sheet, cut_words
from crm_data.output.charts import theme
from crm_data.output.figure_choice import Shown, shown
from crm_data.output.figure_marks import mark_key, mark_of
from crm_data.output.figures import KIND_LABELS, draw
from crm_data.output.formats import plain
from crm_data.output.tables import Sheet
from crm_data.output.views import member_key
from pages.parts import asking
from pages.parts.chart import plot
from pages.parts.choices import TABLE_NAMES, lacking, lead_measure
from pages.parts.empty import Empty
from pages.parts.explore_paths import clicked, marks, one_number, toggled
from pages.parts.explore_state import BUCKET, Explored, fits, put
from pages.parts.figure import Content
from pages.parts.frames import Taken
from pages.parts.review_notes import chart_notes

if TYPE_CHECKING:
    from pages.parts.context import Page

#: Marks offered in the list under the figure.
MOST_MARKS = 400


def title_of(page: Page, cut: Cut, measures: tuple[str, ...] | None = None) -> str:
    """What is shown, in one line: "Revenue by branch and quarter, against last year"."""
    return cut_words.title_of(asking.view(page), cut, measures)


def sentence_of(page: Page, answer: Answer) -> str:
    """The plain sentence of a cut: period, filters, how many customers, how much is known."""
    return cut_words.sentence_of(asking.view(page), answer)


# Nothing to show ----------------------------------------------------------------------------------------------------
def problem(page: Page, cut: Cut) -> Empty | None:
    """Why the cut cannot be asked, with the button that mends it."""
    words, rows = page.words, asking.rows_by_table(page)
    for measure in cut.measures:
        missing = lacking(page.catalog, measure, rows)
        if missing:
            lead, label = lead_measure(page.catalog, rows), words.label(page.catalog.measure(measure))
            return Empty(words.t(N_("No {table} are in the data"), table=words.t(TABLE_NAMES.get(missing[0], missing[0].replace("_", " ")))),
                         words.t(N_("{measure} needs the table “{name}”. Your administrator can map it; it takes one SELECT."), measure=label, name=missing[0]),
                         ":material/database_off:", words.t(N_("Show {measure}"), measure=words.label(page.catalog.measure(lead))), lambda lead=lead: put(Cut((lead,), period=cut.period, compare=cut.compare)))
    if not fits(page.catalog, cut.measures, (*cut.by, *(f.dimension for f in cut.filters))):
        texts = words.in_line(describe_filter(f, words, page.catalog) for f in cut.filters)
        return Empty(words.t(N_("Not known by these filters")), words.t(N_("No record holds all of: {filters}."), filters=texts), mend=words.t(N_("Clear all filters")),
                     act=lambda: put(replace(cut, filters=())))
    return None


def nothing(page: Page, cut: Cut) -> Empty:
    """The cut was asked and holds nothing; the last filter is the one that emptied it."""
    words, measure = page.words, page.words.label(page.catalog.measure(cut.measures[0]))
    period = page.formats.period(page.period.first, page.period.last)
    if cut.filters:
        texts = words.in_line(describe_filter(f, words, page.catalog) for f in cut.filters)
        return Empty(words.t(N_("Nothing fits these filters")), words.t(N_("{measure} has no rows for {filters} in {period}."), measure=measure, filters=texts, period=period),
                     mend=words.t(N_("Remove “{filter}”"), filter=describe_filter(cut.filters[-1], words, page.catalog)), act=lambda: put(replace(cut, filters=cut.filters[:-1])))
    return Empty(words.t(N_("Nothing in this period")), words.t(N_("{measure} has no rows in {period}. The data reaches {day}."), measure=measure, period=period,
                                                                day=page.formats.day(page.warehouse.as_of)), ":material/event_busy:")


def is_empty(answer: Answer) -> bool:
    """Whether there is nothing now, and nothing before."""
    numbers = [*answer.totals.values(), *(answer.totals_before or {}).values()]
    return all(not n for n in numbers)


# The figure ---------------------------------------------------------------------------------------------------------
def figure_content(page: Page, explored: Explored) -> Content:
    """The figure with its control of kinds; a click on a mark chooses it."""
    cut = explored.cut
    wrong = problem(page, cut)
    if wrong:
        return Content(empty=wrong, title=title_of(page, cut))
    full = answered(cut, page.warehouse, scope=page.scope)
    if is_empty(full):
        return Content(empty=nothing(page, cut), title=title_of(page, cut), cut=cut, answer=full, sentence=sentence_of(page, full))
    found = shown(cut, explored.fig, full, page.catalog)
    answer = full if found.cut == cut else ask(found.cut, page.warehouse, scope=page.scope)
    title = title_of(page, found.cut, cut.measures if found.several else cut.measures[:1])
    picture = draw(found.kind, answer, asking.view(page), theme(page.theme), title=title, chosen=marks(explored.at), mirrored=page.words.rtl, narrow=page.narrow,
                   spread=_spread(page, found), notes=chart_notes(page, answer.period.first, answer.period.last, cut.filters) if found.cut.grain else ())
    look_into = chooser(explored)

    def body() -> None:
        _controls(page, explored, found)
        plot("plot_figure", picture, look_into)
        _marks(page, explored, answer, look_into)
    whole = Taken(lambda: cut_sheet.flat_sheet(asking.view(page), full, full=True), len(full.rows))
    return Content(sheet=flat_sheet(page, full), draw=body, pictures=lambda: (picture,), whole=whole, title=title, sentence=sentence_of(page, answer), cut=cut, answer=full,
                   measure=cut.measures[0], number=full.totals.get(cut.measures[0]))


def _marks(page: Page, explored: Explored, answer: Answer, choose: Callable[[str], None]) -> None:
    """The marks of the figure as a list to search in: the way for a keyboard, a reader and a small screen."""
    cut, names = answer.cut, {}
    for row in answer.rows.head(MOST_MARKS).to_dict("records"):
        parts = [page.words.member(d, row[d]) for d in cut.by] + ([page.formats.bucket(row["period"], cut.grain)] if cut.grain else [])
        mark = {d: member_key(d, row) for d in cut.by} | ({BUCKET: row["period"].isoformat()} if cut.grain else {})
        names[mark_key(mark)] = plain(" · ".join(parts))
    if len(names) < 2:
        return
    now = next(iter(marks(explored.at)), None)
    st.session_state["explore_into"] = now if now in names else None

    def chosen() -> None:
        wanted = st.session_state["explore_into"] or now
        if wanted:
            choose(wanted)

    st.selectbox(page.words.t(N_("Look into")), list(names), index=None, key="explore_into", format_func=lambda k: names[k], on_change=chosen, label_visibility="collapsed",
                 placeholder=page.words.t(N_("Click a mark, or look for one here")))


def chooser(explored: Explored) -> Callable[[str], None]:
    """What a click on a mark or cell does: choose it, or let it go when it was chosen."""
    return lambda mark: put(explored.cut, explored.fig, toggled(explored.at, clicked(mark)))


def _spread(page: Page, found: Shown) -> Any:
    if found.kind != "box":
        return None
    from crm_data.analysis.spread import spread

    return spread(found.cut, page.warehouse, scope=page.scope)


def _controls(page: Page, explored: Explored, found: Shown) -> None:
    """Other figures of the same answer; with several measures, the one drawn."""
    words, cut = page.words, explored.cut
    with st.container(horizontal=True, key="explore_kinds", gap="small", vertical_alignment="center"):
        if len(found.kinds) > 1:
            st.session_state["explore_fig"] = found.kind

            def kind() -> None:
                # A second click on the kind in use means the usual figure again.
                put(cut, st.session_state["explore_fig"] or "", explored.at)

            st.segmented_control(words.t(N_("Figure")), list(found.kinds), key="explore_fig", format_func=lambda k: words.t(KIND_LABELS[k]), on_change=kind, label_visibility="collapsed")
        if len(cut.measures) > 1 and not found.several:
            st.session_state["explore_lead"] = cut.measures[0]

            def lead() -> None:
                first = st.session_state["explore_lead"] or cut.measures[0]
                put(replace(cut, measures=(first, *(m for m in cut.measures if m != first))), explored.fig, explored.at)

            st.selectbox(words.t(N_("Measure drawn")), list(cut.measures), key="explore_lead", format_func=lambda m: words.label(page.catalog.measure(m)), on_change=lead,
                         label_visibility="collapsed", width=190)


def flat_sheet(page: Page, answer: Answer) -> Sheet:
    """Every row of the answer with its change, and the totals the database gave: the table of the menu."""
    return cut_sheet.flat_sheet(asking.view(page), answer)


def chosen_number(page: Page, explored: Explored, measure: str) -> tuple[Any, Any]:
    """The number chosen, now and before: of an answer on screen where it has that mark, else asked."""
    cut, mine = explored.cut, mark_of((marks(explored.at) or ("",))[0]) or {}
    for one in (cut, replace(cut, grain=None)):
        if mine.keys() != {*one.by, *((BUCKET,) if one.grain else ())}:
            continue
        for row in ask(one, page.warehouse, scope=page.scope).matched().to_dict("records"):
            if all((row["period"].isoformat() if d == BUCKET else member_key(d, row)) == key for d, key in mine.items()):
                return row[measure], row[f"{measure}_before"]
    answer = ask(one_number(cut, explored.at, measure), page.warehouse, scope=page.scope)
    return answer.totals.get(measure), (answer.totals_before or {}).get(measure)


def safely(content: Callable[[], Content], cut: Cut, page: Page) -> Content:
    """A refusal of the question becomes its sentence with a way out."""
    try:
        return content()
    except MabatError as error:
        mend = page.words.t(N_("Clear all filters")) if cut.filters else page.words.t(N_("Show the whole"))
        simpler = replace(cut, filters=()) if cut.filters else replace(cut, by=(), grain=None, order_by="", limit=None)
        return Content(empty=Empty(page.words.t(N_("This cannot be asked")), page.words.error(error), ":material/block:", mend, lambda: put(simpler)))
