"""The whale curve of the Worth page: who makes the money, who loses it, and the customers behind each stretch of it."""
from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.whale import LEAST, Whale, spans, whale
from crm_data.analysis.worth_people import People, people, tellable
from crm_data.cuts.periods import Period
from crm_data.errors import N_
from crm_data.output.charts import Mark, Span, theme, whale_curve
from crm_data.output.tables import Column, Sheet
from pages.parts import asking
from pages.parts.empty import Empty
from pages.parts.figure import Content
from pages.parts.worth_statement import few

if TYPE_CHECKING:
    from pages.parts.context import Page

CLASS_HELP = {"A": N_("the first 80 % of what the profitable ones bring"), "B": N_("up to 95 %"), "C": N_("the rest"), "D": N_("bring nothing, or lose")}
OPEN = "_worth_list"


def everybody(page: Page, period: Period | None = None) -> People:
    """Everybody under the page's filters."""
    return asking.kept("people", page, lambda: people(page.warehouse, page.scope, period or page.period, page.filters), period or page.period, page.filters)


def curve_of(page: Page, period: Period | None = None) -> Whale:
    return asking.kept("whale", page, lambda: whale(everybody(page, period)), period or page.period, page.filters)


def before_of(page: Page) -> Period | None:
    return page.period.compared(page.compare, page.warehouse.as_of) if page.compare != "none" else None


def whale_content(page: Page, hidden: bool) -> Content:
    """The curve, with the comparison's behind it; ``hidden``: the whole rests on too few customers for the viewer's role."""
    words, formats = page.words, page.formats
    title = words.t(N_("Who makes the money, who loses it"))
    if hidden:
        return Content(title=title, empty=few(page))
    curve = curve_of(page)
    if not curve.count:
        return Content(title=title, empty=Empty(words.t(N_("Nobody to add up")), words.t(N_("No customer has a sale or an activity in this period and under these filters.")), ":material/show_chart:"))
    before_period = before_of(page)
    before = curve_of(page, before_period) if before_period else None
    told = _told(page, curve)
    shares = curve.peak_share is not None
    picture = whale_curve(_points(page, curve, shares, told), _peak(page, curve, shares, told), _end(page, curve, shares), theme(page.theme), title=title, spans=_spans(page, curve, told),
                          before=_points(page, before, shares) if before and before.count and (before.peak_share is not None) == shares else (),
                          axis=((0.0, words.t(N_("best first"))), (1.0, words.n("{n} customer", "{n} customers", curve.count, n=formats.count(curve.count, full=True)))),
                          said=(_finding(page, curve, told),), narrow=page.narrow)
    grey = before is not None and before.count > 0
    able = page.scope.personal
    return Content(picture, _sheet(page, curve, before, told), title=title, sentence=_finding(page, curve, told, grey), notes=_notes(page, curve, before, before_period),
                   row_keys=tuple(p.name for p in curve.classes) if able else (), on_click=(lambda name: st.session_state.__setitem__(OPEN, ("class", name))) if able else None)


def _told(page: Page, curve: Whale) -> set[str]:
    """Classes the viewer may be told: all of them or none, for the curve adds them up. Of D those count who really lose."""
    counts = {p.name: p.count for p in curve.classes}
    if curve.losers:
        counts["D"] = curve.losers
    told = tellable(counts, page.scope.personal)
    return told if len(told) == len(counts) else set()


def _points(page: Page, curve: Whale, shares: bool, told: Collection[str] = ()) -> list[tuple[float, float]]:
    """The curve as it is drawn; for those who do not see single customers, at the ends of the classes they are told and in wide steps."""
    under, ends = curve.total if shares else 1.0, [end for name, start, end in spans(curve) for end in (start, end) if name in told]
    return [(n / curve.count, y / under) for n, y in curve.points(page.scope.personal, ends)]


def _peak(page: Page, curve: Whale, shares: bool, told: set[str]) -> Mark | None:
    if not curve.losers or not curve.peak_at or "D" not in told:
        return None
    words, formats = page.words, page.formats
    height = curve.peak / curve.total if shares else curve.peak
    many = words.n("{n} customer", "{n} customers", curve.peak_at, n=formats.count(curve.peak_at, full=True))
    label = words.t(N_("{share} · {amount} from {many}"), share=formats.part(height), amount=formats.money(curve.peak), many=many) if shares else words.t(
        N_("{amount} from {many}"), amount=formats.money(curve.peak), many=many)
    return Mark(curve.peak_at / curve.count, height, label)


def _end(page: Page, curve: Whale, shares: bool) -> Mark:
    words, formats = page.words, page.formats
    label = words.t(N_("{share} = {amount} left"), share=formats.part(1.0), amount=formats.money(curve.total)) if shares else words.t(N_("{amount} left"), amount=formats.money(curve.total))
    return Mark(1.0, 1.0 if shares else curve.total, label)


def _spans(page: Page, curve: Whale, told: set[str]) -> list[Span]:
    words, formats, found = page.words, page.formats, []
    amounts = {p.name: p.amount for p in curve.classes}
    for name, first, last in spans(curve):
        if name not in told:
            continue
        many = words.n("{n} customer", "{n} customers", last - first, n=formats.count(last - first, full=True))
        hover = words.t(N_("{name}: {many} bring {amount} · {what}"), name=name, many=many, amount=formats.money(amounts[name]), what=words.t(CLASS_HELP[name]))
        found.append(Span(name if page.scope.personal else None, name, first / curve.count, last / curve.count, hover))
    return found


def _finding(page: Page, curve: Whale, told: set[str], grey: bool = False) -> str:
    words, formats = page.words, page.formats
    period = formats.period(page.period.first, min(page.period.last, page.warehouse.as_of))
    mark = (words.t(N_("grey: last year")) if page.compare == "last_year" else words.t(N_("grey: the period before"))) if grey else ""
    if not curve.losers:
        return asking.sentence(page, period, words.t(N_("nobody costs more than they bring")), mark)
    if "D" not in told:
        return asking.sentence(page, period, mark)
    many = words.n("{n} customer loses {amount}", "{n} customers lose {amount}", curve.losers, n=formats.count(curve.losers, full=True), amount=formats.money(-curve.lost))
    idle = words.n("{n} bought nothing", "{n} bought nothing", curve.idle, n=formats.count(curve.idle, full=True)) if curve.idle and page.scope.personal else ""
    told_all = asking.sentence(page, period, many, idle, mark)
    # Longer it would leave an orphan line; the list behind D tells who bought nothing.
    return told_all if len(told_all) < 84 else asking.sentence(page, period, many, mark)


def _notes(page: Page, curve: Whale, before: Whale | None, period: Period | None) -> tuple[str, ...]:
    words, formats = page.words, page.formats
    them = everybody(page)
    found = [words.t(N_("Worth of each customer (revenue less goods less cost to serve), the best first, added up. Everybody with a sale or an activity in the period counts, also those who never bought.")),
             words.t(N_("The denominator is what is left of all together: the curve ends at 100 % of it, and never peaks under it.")) if curve.total > 0 else
             words.t(N_("Nothing is left of all together, so the curve is in money, not in shares.")),
             words.t(N_("Classes are made of those who bring something: A up to 80 % of it, B up to 95 %, C the rest. D brings nothing, or loses."))]
    if them.unknown and (page.scope.personal or them.unknown >= LEAST):
        found.append(words.n("Of {n} customer no cost of goods is known: it counts as nothing.", "Of {n} customers no cost of goods is known: it counts as nothing.", them.unknown,
                             n=formats.count(them.unknown, full=True)))
    if before is not None and period is not None:
        found.append(words.t(N_("Grey: {period}, in shares of its own customers and of what was left then."), period=formats.period(period.first, period.last)))
    return tuple(found)


def _sheet(page: Page, curve: Whale, before: Whale | None, told: set[str]) -> Sheet:
    words = page.words
    earlier = {p.name: p for p in before.classes} if before is not None and page.scope.personal else {}
    columns = [Column("class", words.t(N_("Class")), "class", width=60), Column("count", words.t(N_("Customers")), "count"), Column("worth", words.t(N_("Worth")) + f" {page.formats.symbol}", "money"),
               Column("share", words.t(N_("of what is left")), "part")]
    if earlier:
        columns += [Column("count_before", words.t(N_("Customers before")), "count", wide_only=True), Column("worth_before", words.t(N_("Worth before")), "money", wide_only=True)]
    rows = []
    for part in curve.classes:
        known = part.name in told
        old = earlier.get(part.name)
        rows.append({"class": part.name, "count": part.count if known else None, "worth": round(part.amount, 2) if known else None, "share": part.share if known else None,
                     "count_before": old.count if old else None, "worth_before": round(old.amount, 2) if old else None})
    return Sheet(tuple(columns), tuple(rows))
