"""The table of a ranking: places, moves, values, classes, the reason of a move and twelve months, of the rows shown alone."""
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from crm_data.analysis.ranking import Ranking, names_of, trends
from crm_data.analysis.ranking_criteria import unit_of
from crm_data.analysis.ranking_link import Asked
from crm_data.analysis.ranking_reasons import Reason, movers_of, reasons
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import Period, shift_months
from crm_data.errors import N_
from crm_data.output.ranking_words import why_text
from crm_data.output.tables import Column, Sheet
from pages.parts import asking, ranking_export, state
from pages.parts.empty import Empty
from pages.parts.figure import Content
from pages.parts.ranking_asks import SUBJECT_WORDS, label

if TYPE_CHECKING:
    from pages.parts.context import Page

SHOWN, SHOWN_PHONE, STEP, MOVERS = 50, 20, 100, 6


def rows_of(asked: Asked, found: Ranking) -> pd.DataFrame:
    """The rows the chosen classes leave."""
    return found.rows[found.rows["class"].isin(asked.shown)] if asked.shown and found.classes else found.rows


def shown(page: Page) -> int:
    return (SHOWN_PHONE if page.narrow else SHOWN) + STEP * int(st.session_state.get("ranking_more", 0))


def more(page: Page, count: int) -> None:
    """The way to those further down."""
    left = count - shown(page)
    if left > 0:
        st.button(page.words.t(N_("Show {n} more"), n=page.formats.count(min(left, STEP))), key="ranking_show_more", icon=":material/expand_more:",
                  on_click=lambda: st.session_state.update(ranking_more=int(st.session_state.get("ranking_more", 0)) + 1))


def side(page: Page, asked: Asked, found: Ranking, keys: list[int], what: str) -> dict:
    """Names, reasons or monthly lines of some members; kept apart, so that more rows or another weight ask only what is new."""
    makes = {"names": lambda: names_of(page.warehouse, page.scope, asked.subject, keys), "why": lambda: reasons(found, keys, page.warehouse, page.scope),
             "trend": lambda: _trends(page, asked, keys)}
    found_now = asking.kept(f"ranking_{what}", page, makes[what], asked if what == "why" else (asked.subject, asked.criteria[0].name), tuple(keys), page.period, page.compare, page.filters)
    return {key: page.words.member("branch", name) for key, name in found_now.items()} if what == "names" and asked.subject == "branch" else found_now


def told_why(page: Page, asked: Asked, found: Ranking) -> dict[int, Reason]:
    """Reasons of the rows shown and of those who moved most, looked up together."""
    keys = [*(int(k) for k in movers_of(found, MOVERS)["key"]), *(int(k) for k in rows_of(asked, found).head(shown(page))["key"])]
    return side(page, asked, found, list(dict.fromkeys(keys)), "why")


def _trends(page: Page, asked: Asked, keys: list[int]) -> dict[int, list[float]]:
    measure = asked.criteria[0].measure
    if not measure:
        return {}
    end = asking.end_of(page)
    return trends(page.warehouse, page.scope, measure, asked.subject, keys, Period(shift_months(end.replace(day=1), -11), end), page.filters)


def table_content(page: Page, asked: Asked, found: Ranking) -> Content:
    rows = rows_of(asked, found)
    if not len(rows):
        return Content(empty=_nothing(page, asked, found))
    head = rows.head(shown(page))
    keys = [int(k) for k in head["key"]]
    names, why, trend = side(page, asked, found, keys, "names"), told_why(page, asked, found), side(page, asked, found, keys, "trend")
    measure = asked.criteria[0].measure
    if measure and page.catalog.measure(measure).unit == "money":
        # A drawn line is in no file: it is in the unit told at once, but what is kept for everybody is not.
        trend = {key: [page.formats.shown(v) for v in line] for key, line in trend.items()}
    sheet = Sheet(tuple(_columns(page, asked, found, bool(why))), tuple(_row(page, r, asked, names, why, trend) for r in head.to_dict("records")))
    places = {int(k): int(r) for k, r in zip(head["key"], head["rank"], strict=True)}
    first = asked.criteria[0]
    cut = Cut((first.name,), (asked.subject,), found.period, filters=page.filters) if first.measure == first.name else None

    def clicked(key: str, column: str) -> None:
        if column == "name":
            st.session_state["_open_ranked"] = (int(key), places[int(key)], found.count)
        else:
            st.session_state["_why_ranked"] = int(key)
    return Content(sheet=sheet, only_table=True, sentence=_sentence(page, found, rows, len(head)), cut=cut, measure=first.name if cut else "", number=None,
                   row_keys=tuple(str(k) for k in keys), on_cell=clicked, whole=ranking_export.everybody(page, asked, found, rows),
                   choose=lambda: ranking_export.chosen(page, asked, found, rows))


def _nothing(page: Page, asked: Asked, found: Ranking) -> Empty:
    words = page.words
    if found.count:
        return Empty(words.t(N_("Nobody in these classes")), words.t(N_("Choose other classes, or none.")), ":material/stacks:")
    return Empty(words.t(N_("Nobody to rank")), words.t(N_("No {subject} has any of these in the period and under these filters."), subject=words.t(SUBJECT_WORDS[asked.subject]).lower()),
                 mend=words.t(N_("Clear all filters")) if page.filters else "", act=state.clear_filters if page.filters else None)


def _sentence(page: Page, found: Ranking, rows: pd.DataFrame, count: int) -> str:
    words, formats = page.words, page.formats
    against = words.t(N_("rank against {period}"), period=formats.period(found.period_before.first, found.period_before.last)) if found.period_before else ""
    part = words.t(N_("{count} in all"), count=formats.count(found.count))
    if count < found.count:
        part = words.t(N_("{shown} of {count}"), shown=formats.count(count if len(rows) == found.count else len(rows)), count=formats.count(found.count))
        if len(found.running) and len(rows) == found.count and _first_largest(found):
            part = words.t(N_("{shown} of {count}, {share} of all"), shown=formats.count(count), count=formats.count(found.count), share=formats.part(found.running[count - 1]))
    said = asking.sentence(page, formats.period(found.period.first, found.period.last), asking.filters_text(page), against, part)
    hint = words.t(N_("click a name for the story, a place for why"))
    # The hint only where it leaves no orphan line.
    return asking.sentence(page, said, hint) if len(said) + len(hint) < 112 else said


def _first_largest(found: Ranking) -> bool:
    """Whether the rows stand by what is added up along them, the largest first: only then those shown have the first part of all."""
    return len(found.criteria) == 1 and found.criteria[0].high and found.classing.by in ("", found.criteria[0].name)


def _columns(page: Page, asked: Asked, found: Ranking, why: bool) -> list[Column]:
    """Columns as they fit: on a desktop of 1366 the reason of a move is read whole, on a phone the first value is."""
    words, several, narrow = page.words, len(asked.criteria) > 1, page.narrow
    columns = [Column("rank", "#", "rank", width=34 if narrow else 40, help=words.t(N_("Click a place to see why; a name for the whole story.")))]
    if found.period_before:
        columns.append(Column("move", words.t(N_("Move")), "move", better="up", width=(50 if narrow else 60) if found.count < 2_000 else 62 if narrow else 74))
    columns.append(Column("name", words.t({"customer": N_("Customer"), "owner": N_("Owner"), "branch": N_("Branch")}[asked.subject]), width=(112 if several else 104) if narrow else 152))
    if several:
        columns.append(Column("score", words.t(N_("Score")), "score", bar=not narrow, width=54 if narrow else 92, help=words.t(N_("Weighted mean of the percentiles; 100 is best in all."))))
    reason = [Column("why", words.t(N_("Why it moved")), width=254 if several else 238, wide_only=True, help=words.t(N_("What changed the place most: the largest record behind it. Click for all.")))] if why else []
    # Beside a score the reason says more than any single value: what does not fit stands behind it.
    columns += reason if several else []
    for i, c in enumerate(asked.criteria):
        unit = unit_of(c.name, page.catalog)
        head = label(page, c.name) + (f" {page.formats.symbol}" if unit == "money" else "")
        columns.append(Column(c.name, head, unit, bar=i == 0 and not several and not narrow and c.high and unit in ("money", "count", "number"),  # type: ignore[arg-type]
                              width=84 if i or narrow else 92, wide_only=i > 0))
    if found.period_before and not several and asked.criteria[0].measure == asked.criteria[0].name:
        better = "none" if page.catalog.measure(asked.criteria[0].name).better == "none" else "up" if asked.criteria[0].high else "down"
        columns.append(Column("change", words.t(N_("Change")), "change", better=better, width=64 if narrow else 74))
    if found.classes and len(asked.criteria) < 3:
        columns.append(Column("class", words.t(N_("Class")), "class", width=52, wide_only=True, help=_class_help(page, found)))
    columns += [] if several else reason
    if asked.criteria[0].measure:
        columns.append(Column("trend", words.t(N_("12 months")), "trend", wide_only=True, width=70))
    return columns


def _class_help(page: Page, found: Ranking) -> str:
    a, b = (page.formats.part(x) for x in (found.classing.a, found.classing.b))
    return page.words.t(N_("A: the first {a} of the positive values, B: up to {b}, C: the rest, D: brings nothing or loses."), a=a, b=b)


def _row(page: Page, r: dict, asked: Asked, names: dict[int, str], why: dict[int, Reason], trend: dict[int, list[float]]) -> dict[str, object]:
    def number(value: object) -> object:
        return None if value is None or (isinstance(value, float) and np.isnan(value)) else value
    key = int(r["key"])
    told = why_text(why[key], page.words, page.formats, page.catalog, short=True) if key in why else ""
    return {**{c.name: number(r[c.name]) for c in asked.criteria}, "rank": r["rank"], "move": number(r["move"]), "name": names.get(key, ""), "score": r["score"], "class": r["class"],
            "change": number(r["change"]), "why": told, "trend": trend.get(key)}
