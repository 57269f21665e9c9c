"""Segments: any measure by any dimension: share, change, monthly lines and a table; a click on a bar narrows everything."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.intervals import counts, resting
from crm_data.cuts.answer import Answer
from crm_data.cuts.cut import Filter
from crm_data.errors import N_
from crm_data.output.caution import note
from crm_data.output.charts import breakdown, small_multiples, theme
from crm_data.output.views import (
    KNOWN,
    OTHERS,
    breakdown_rows,
    breakdown_sheet,
    chosen_keys,
    member_key,
    panels,
    series,
)
from pages.parts import asking
from pages.parts.choices import first_with_data, lacking
from pages.parts.empty import Empty
from pages.parts.figure import Content, frame
from pages.parts.frames import Taken
from pages.parts.narrow import clear_filters, drop_filters, toggle_member
from pages.parts.review_notes import with_flags
from pages.parts.segment_asks import Asks, choose, choose_measure

if TYPE_CHECKING:
    from pages.parts.context import Page

BARS, ROWS = 10, 20
#: Columns beside the measure, as far as the data and the dimension allow: how many, what each brings, what is kept of it.
COMPANIONS = (("customers",), ("revenue_per_customer", "average_order", "won"), ("gross_margin", "win_rate"), ("contacts_per_customer",), ("worth_per_customer",))


def render(page: Page) -> None:
    """Draw the page."""
    asks = choose(page)
    names = {"measure": _label(page, asks.measure), "dimension": _name(page, asks.dimension)}
    left, right = st.columns([1.3, 1], gap="small")
    with left:
        frame(page, "bars", page.words.t(N_("{measure} by {dimension}"), **names), content=lambda: bars_content(page, asks))
    with right:
        frame(page, "lines", page.words.t(N_("{measure} by month"), **names), content=lambda: lines_content(page, asks))
    frame(page, "table", page.words.t(N_("{dimension} table"), dimension=page.words.label(page.catalog.dimension(asks.dimension))), height="content",
          content=lambda: table_content(page, asks))


def _label(page: Page, measure: str) -> str:
    return page.words.label(page.catalog.measure(measure))


def _name(page: Page, dimension: str) -> str:
    """A dimension inside a sentence."""
    return page.words.label(page.catalog.dimension(dimension)).lower()


def _others(page: Page, dimension: str) -> list[Filter]:
    """The page's filters without what is chosen on this dimension: all its members stay in sight."""
    return [f for f in page.filters if not (f.dimension == dimension and f.op in ("is", "is_empty"))]


def _problem(page: Page, asks: Asks) -> Empty | None:
    """Why nothing can be shown, with the button that mends it; None when it can."""
    words = page.words
    missing = lacking(page.catalog, asks.measure, asking.rows_by_table(page))
    if missing:
        from pages.parts.choices import TABLE_NAMES

        table = words.t(TABLE_NAMES.get(missing[0], missing[0].replace("_", " ")))
        return Empty(words.t(N_("No {table} are in the data"), table=table),
                     words.t(N_("{measure} needs the table “{name}”. Your administrator can map it; it takes one SELECT."), measure=_label(page, asks.measure), name=missing[0]),
                     ":material/database_off:", words.t(N_("Show {measure}"), measure=_label(page, asks.lead)), lambda: choose_measure(asks.lead))
    if asks.refused is not None:
        return Empty(words.t(N_("Not by {dimension}"), dimension=_name(page, asks.dimension)), words.error(asks.refused), ":material/block:",
                     words.t(N_("Show it by {dimension}"), dimension=_name(page, asks.instead)) if asks.instead else "", asks.mend)
    if not asking.usable(page, [asks.measure], [asks.dimension]):
        return Empty(words.t(N_("Not known by these filters")), words.t(N_("No record holds all of: {filters}."), filters=asking.filters_text(page)),
                     mend=words.t(N_("Clear all filters")), act=clear_filters)
    return None


def _nothing(page: Page, asks: Asks) -> Empty:
    words = page.words
    period = page.formats.period(page.period.first, page.period.last)
    # The last filter is removed first: it is the one that emptied the page.
    others = _others(page, asks.dimension) or list(page.filters)
    if others:
        last = others[-1]
        from crm_data.cuts.cut import describe_filter

        text = describe_filter(last, words, page.catalog)
        return Empty(words.t(N_("Nothing fits these filters")),
                     words.t(N_("{measure} has no rows for {filters} in {period}."), measure=_label(page, asks.measure), filters=asking.filters_text(page), period=period),
                     mend=words.t(N_("Remove “{filter}”"), filter=text), act=lambda: drop_filters(last.dimension))
    return Empty(words.t(N_("Nothing in this period")), words.t(N_("{measure} has no rows in {period}. The data reaches {day}."), measure=_label(page, asks.measure), period=period,
                 day=page.formats.day(page.warehouse.as_of)), ":material/event_busy:")


# Bars ---------------------------------------------------------------------------------------------------------------
def bars_content(page: Page, asks: Asks) -> Content:
    """The measure by the members of the dimension, with share and change; the chosen ones stand out."""
    problem = _problem(page, asks)
    if problem:
        return Content(empty=problem, sentence=page.formats.period(page.period.first, page.period.last))
    words, view, dimension = page.words, asking.view(page), asks.dimension
    ordered = page.catalog.dimension(dimension).ordered
    answer = asking.asked(page, (asks.measure,), (dimension,), filters=_others(page, dimension), limit=None if ordered else BARS, order_by="" if ordered else asks.measure)
    rests = resting_of(page, answer, dimension, asks.measure)
    rows = breakdown_rows(answer, dimension, asks.measure, view, rests)
    sentence = asking.sentence(page, asking.period_text(page, answer), asking.filters_text(page, dimension), note(rests.get(""), view), _mark(page, answer), _known(page, answer, dimension))
    if not rows:
        return Content(empty=_nothing(page, asks), sentence=sentence, cut=answer.cut, answer=answer)
    chosen = chosen_keys(dimension, page.filters)
    if chosen:
        names = [r.label for r in rows if r.key in chosen]
        sentence = asking.sentence(page, sentence, words.t(N_("click {member} again to widen"), member=names[0]) if len(names) == 1 else "")
    else:
        hint = words.t(N_("click a bar to narrow the page"))
        # Longer than this it would leave an orphan line.
        sentence = asking.sentence(page, sentence, hint) if len(sentence) + len(hint) < 92 else sentence
    picture = breakdown(rows, theme(page.theme), title=words.t(N_("{measure} by {dimension}"), measure=_label(page, asks.measure), dimension=_name(page, dimension)),
                        heads=asking.heads(page), chosen=chosen, mirrored=words.rtl, narrow=page.narrow)
    sheet, keys = breakdown_sheet(answer, dimension, view, rests=rests)
    return Content(picture, sheet, sentence=sentence, cut=_narrowed(page, answer), answer=answer, measure=asks.measure, number=_number(page, answer, asks),
                   row_keys=keys, on_click=lambda key: toggle_member(page, dimension, key), notes=_notes(page, asks), whole=_every_member(page, asks, (asks.measure,)))


def _every_member(page: Page, asks: Asks, measures: Sequence[str]) -> Taken:
    """All members for a file, where the page has the first of them."""
    def sheet():
        answer = asking.asked(page, measures, (asks.dimension,), filters=_others(page, asks.dimension))
        return breakdown_sheet(answer, asks.dimension, asking.view(page), lead=asks.measure, rests=resting_of(page, answer, asks.dimension, asks.measure))[0]
    return Taken(sheet)


def resting_of(page: Page, answer: Answer, dimension: str, measure: str) -> dict[str, int | None]:
    """What an average or share rests on, by row key (the whole under ""); empty for what adds up."""
    if measure not in resting(answer.cut, page.catalog):
        return {}
    found = counts(answer.cut, page.warehouse, scope=page.scope)
    rows = answer.rows.to_dict("records")
    return {"": found.total.get(measure), OTHERS: found.others.get(measure), **{member_key(dimension, r): n.get(measure) for r, n in zip(rows, found.rows, strict=True)}}


def _narrowed(page: Page, answer: Answer):
    """The question as the whole page asks it, with what is chosen: what "rows behind" opens."""
    from dataclasses import replace

    return replace(answer.cut, filters=tuple(page.filters))


def _number(page: Page, answer: Answer, asks: Asks):
    """The number "rows behind" must add up to: the chosen member's, or the whole."""
    chosen = chosen_keys(asks.dimension, page.filters)
    if not chosen:
        return answer.totals.get(asks.measure)
    found = [row[asks.measure] for row in answer.rows.to_dict("records") if member_key(asks.dimension, row) in chosen]
    return found[0] if len(found) == 1 and len(chosen) == 1 else asking.asked(page, (asks.measure,)).totals.get(asks.measure)


def _mark(page: Page, answer: Answer) -> str:
    before = answer.period_before
    return page.words.t(N_("mark: {period}"), period=page.formats.period(before.first, before.last)) if before else ""


def _known(page: Page, answer: Answer, dimension: str) -> str:
    """For a dimension people refuse to tell: of how many it is known."""
    known = answer.coverage.get(dimension)
    if not known or not known["total"] or known["known"] >= known["total"]:
        return ""
    return page.words.t(N_("known for {share}"), share=page.formats.part(known["known"] / known["total"]))


def _notes(page: Page, asks: Asks) -> tuple[str, ...]:
    cannot = [_label(page, m) for m in page.catalog.measures if not page.catalog.can_cut(m, asks.dimension)]
    if not cannot:
        return ()
    return (page.words.t(N_("Not known by {dimension}: {measures}."), dimension=_name(page, asks.dimension), measures=page.words.listed(cannot)),)


# Lines --------------------------------------------------------------------------------------------------------------
def _months(page: Page, measure: str, dimension: str, filters: list[Filter]) -> Answer:
    """Twelve whole months of each member, against the year before."""
    return asking.asked(page, (measure,), (dimension,), period=asking.last_months(page), grain=asking.monthly(page), compare="last_year", filters=filters, limit=3 * ROWS, order_by=measure)


def lines_content(page: Page, asks: Asks) -> Content:
    """Monthly lines of the largest members; of the chosen member, by another dimension."""
    words, view = page.words, asking.view(page)
    if _problem(page, asks):
        return Content(empty=Empty(words.t(N_("Nothing to draw")), words.t(N_("See what is said beside this.")), ":material/show_chart:"))
    chosen = chosen_keys(asks.dimension, page.filters)
    dimension, filters = asks.dimension, _others(page, asks.dimension)
    title = words.t(N_("{measure} by month, each {dimension}"), measure=_label(page, asks.measure), dimension=_name(page, dimension))
    if chosen:
        further = _second(page, asks)
        if further:
            dimension, filters = further, list(page.filters)
            title = words.t(N_("{member}: {measure} by month and {dimension}"), member=_chosen_name(page, asks, chosen), measure=_label(page, asks.measure).lower(), dimension=_name(page, dimension))
    answer = _months(page, asks.measure, dimension, filters)
    months = [page.formats.month(d) for d in dict.fromkeys(answer.rows["period"])] if len(answer.rows) else []
    beside = [r.key for r in breakdown_rows(_bars_answer(page, asks), asks.dimension, asks.measure, view)]
    order = [k for k in beside if k.startswith(KNOWN)] if dimension == asks.dimension else None
    # As many as fill the height of the bars beside them.
    found = panels(answer, dimension, asks.measure, view, months, order, 8 if len(beside) > 8 else 6)
    if not found:
        return Content(title=title, empty=Empty(words.t(N_("Nothing to draw")), words.t(N_("Twelve months with nothing for this choice.")), ":material/show_chart:"))
    picture = small_multiples(found, theme(page.theme), title=title, first=page.formats.month(answer.period.first, short=True), last=page.formats.month(answer.period.last, short=True),
                              mirrored=words.rtl, narrow=page.narrow)
    picture = with_flags(page, picture, sorted(set(answer.rows["period"])), answer.period.last)
    sentence = asking.sentence(page, page.formats.period(answer.period.first, answer.period.last), words.t(N_("grey: the year before")) if any(any(p.before) for p in found) else "", words.t(N_("each on its own scale")))
    return Content(picture, _months_sheet(page, answer, dimension, asks.measure, months), title=title, sentence=sentence, cut=answer.cut, answer=answer, measure=asks.measure)


def _bars_answer(page: Page, asks: Asks) -> Answer:
    """The answer of the bars again (from the cache)."""
    ordered = page.catalog.dimension(asks.dimension).ordered
    return asking.asked(page, (asks.measure,), (asks.dimension,), filters=_others(page, asks.dimension), limit=None if ordered else BARS, order_by="" if ordered else asks.measure)


def _second(page: Page, asks: Asks) -> str | None:
    """The dimension the chosen member is looked into by."""
    for name in ("branch", "customer_type", "owner", "product_category", "industry", "city"):
        if name != asks.dimension and name in page.catalog.dimensions and asking.usable(page, [asks.measure], [name]) and asking.splits(page, name):
            return name
    return None


def _chosen_name(page: Page, asks: Asks, chosen: set[str]) -> str:
    answer = _bars_answer(page, asks)
    names = [page.words.member(asks.dimension, row[asks.dimension]) for row in answer.rows.to_dict("records") if member_key(asks.dimension, row) in chosen]
    return page.words.listed(names) or page.words.listed(page.words.member(asks.dimension, key[1:] or None) for key in sorted(chosen))


def _months_sheet(page: Page, answer: Answer, dimension: str, measure: str, months: list[str]):
    """Members by month, as numbers."""
    from crm_data.output.tables import Column, Sheet

    unit = page.catalog.measure(measure).unit
    columns = [Column("member", page.words.label(page.catalog.dimension(dimension)), width=150), *(Column(f"m{i}", m, unit) for i, m in enumerate(months))]
    names = {member_key(dimension, r): page.words.member(dimension, r[dimension]) for r in answer.rows.to_dict("records")}
    rows = [{"member": names[key], **{f"m{i}": v for i, v in enumerate(values)}} for key, values in series(answer, dimension, measure).items()]
    return Sheet(tuple(columns), tuple(rows))


# Table --------------------------------------------------------------------------------------------------------------
def table_content(page: Page, asks: Asks) -> Content:
    """Every member with what it brings, what each customer brings, and its year; the last row is the whole."""
    words, view, dimension = page.words, asking.view(page), asks.dimension
    if _problem(page, asks):
        return Content(empty=Empty(words.t(N_("Nothing to list")), words.t(N_("See what is said above.")), ":material/table_rows:"))
    measures = [asks.measure, *_companions(page, asks)]
    answer = asking.asked(page, measures, (dimension,), filters=_others(page, dimension), limit=ROWS, order_by="" if page.catalog.dimension(dimension).ordered else asks.measure)
    months = _months(page, asks.measure, dimension, _others(page, dimension))
    everyone = asking.asked(page, (asks.measure,), period=asking.last_months(page), grain=asking.monthly(page), compare="last_year", filters=_others(page, dimension))
    sheet, keys = breakdown_sheet(answer, dimension, view, lead=asks.measure, trend=series(months, dimension, asks.measure), total_trend=series(everyone, "", asks.measure).get("", ()),
                                  rests=resting_of(page, answer, dimension, asks.measure))
    if not sheet.rows:
        return Content(empty=Empty(words.t(N_("Nothing to list")), words.t(N_("No member has anything in this period.")), ":material/table_rows:"))
    many = answer.totals.get("customers")
    sentence = asking.sentence(page, asking.period_text(page, answer), asking.filters_text(page, dimension), asking.versus(page, answer),
                               words.n("{n} customer", "{n} customers", int(many), n=page.formats.count(many)) if many is not None else "")
    return Content(sheet=sheet, only_table=True, sentence=sentence, cut=_narrowed(page, answer), answer=answer, measure=asks.measure, number=_number(page, answer, asks),
                   row_keys=keys, on_click=lambda key: toggle_member(page, dimension, key), notes=_notes(page, asks), whole=_every_member(page, asks, measures))


def _companions(page: Page, asks: Asks) -> list[str]:
    rows, found = asking.rows_by_table(page), []
    for group in COMPANIONS:
        able = asking.usable(page, [m for m in group if m != asks.measure and m not in found], [asks.dimension])
        one = first_with_data(page.catalog, able, rows)
        if one:
            found.append(one)
    return found[:4]
