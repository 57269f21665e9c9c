"""Branches of the Team page: the plain totals, and beside them what makes branches comparable."""
from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.branches_fair import Fair, branches
from crm_data.errors import N_
from crm_data.output.tables import Column, Sheet
from pages.parts import asking, state
from pages.parts.empty import Empty
from pages.parts.figure import Content
from pages.parts.team_people import OPEN

if TYPE_CHECKING:
    from pages.parts.context import Page


def per_head_fits(page: Page) -> bool:
    """Whether the total is of all the staff: not where only some people's business is seen."""
    return page.scope.owners is None and not any(f.dimension in ("owner", "team") for f in page.filters)


def branches_content(page: Page, volume: str) -> Content:
    """One row a branch, the largest first, the whole at the end."""
    found = branches(page.warehouse, page.scope, volume, page.period, page.filters, page.compare)
    words = page.words
    if not found.rows:
        return Content(empty=Empty(words.t(N_("No branch has anything in the period")), words.t(N_("Choose another period or other filters.")), ":material/store:",
                                   words.t(N_("Clear all filters")) if page.filters else "", state.clear_filters if page.filters else None))
    heads, like = per_head_fits(page), bool(found.answer.period_before) and page.scope.personal
    sheet = Sheet(tuple(_columns(page, volume, heads, like, asking.versus(page, found.answer))), tuple(_row(page, f) for f in found.rows),
                  {**_row(page, found.whole), "name": words.t(N_("All"))})
    keys = tuple("" if f.key is None else str(f.key) for f in found.rows)

    def clicked(key: str) -> None:
        if key:
            st.session_state[OPEN] = ("branch", int(key))
    return Content(sheet=sheet, only_table=True, sentence=_sentence(page, found.answer.period, heads, like), cut=found.answer.cut, answer=found.answer, measure=volume,
                   number=found.answer.totals.get(volume), row_keys=keys, on_click=clicked)


def _sentence(page: Page, period, heads: bool, like: bool) -> str:
    words = page.words
    lacking = ""
    if not page.scope.personal:
        lacking = words.t(N_("like for like is for those who may see persons"))
    elif not like:
        lacking = words.t(N_("choose a comparison for like for like"))
    return asking.sentence(page, page.formats.period(period.first, period.last), asking.filters_text(page),
                           "" if heads else words.t(N_("per head is left out: only some people's business is shown")), lacking)


def _columns(page: Page, volume: str, heads: bool, like: bool, versus: str) -> list[Column]:
    words = page.words
    measure, money = page.catalog.measure(volume), f" {page.formats.symbol}"
    columns = [Column("name", words.t(N_("Branch")), width=140), Column("total", words.label(measure) + money, "money")]
    if versus:
        columns.append(Column("change", versus, "change", better=measure.better, wide_only=True))
    columns += [Column("days", words.t(N_("Working days")), "count", width=104, wide_only=True, help=words.t(N_("Of the branch's own calendar: its weekend and holidays."))),
                Column("per_day", words.t(N_("Per working day")) + money, "money")]
    if heads:
        columns += [Column("heads", words.t(N_("Staff on average")), "tenth", width=116, wide_only=True, help=words.t(N_("Days employed there in the period over all its days, by first and last day."))),
                    Column("per_head", words.t(N_("Per head")) + money, "money")]
    if like:
        columns += [Column("same", words.t(N_("Same customers")), "count", width=116, wide_only=True, help=words.t(N_("Customers with a sale there in both periods."))),
                    Column("like", words.t(N_("Like for like")), "change", better=measure.better, help=words.t(N_("Change of what the same customers brought.")))]
    return columns


def _row(page: Page, f: Fair) -> dict[str, object]:
    return {"name": page.words.member("branch", f.name) if f.name else page.words.t(N_("No branch")), "total": f.total, "change": f.change, "days": f.days or None, "per_day": f.per_day,
            "heads": f.heads or None, "per_head": f.per_head, "same": f.like.customers if f.like else None, "like": f.like.change if f.like else None}
