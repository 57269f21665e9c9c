"""The worth statement: from revenue down through discounts, goods and each cost to what is left. Every bar opens its rows."""
from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.worth import Line, Statement, answer_of, folded, rows_question, statement, statement_cut
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.errors import N_
from crm_data.output.charts import Step, theme, waterfall
from crm_data.output.charts.waterfall import bridge_bars
from crm_data.output.tables import Column, Sheet
from pages.parts import asking, rows_dialog
from pages.parts.chart import plot
from pages.parts.empty import Empty
from pages.parts.figure import Content
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

#: Lines drawn at most; the table names every one.
MOST_LINES, MOST_OF_ALL = 9, 13
_OPEN = "_worth_rows"


def worth_content(page: Page, customer_id: int, ids: tuple[int, ...] = ()) -> Content:
    """What one customer, or a company with those below it (``ids``), is worth over the last twelve months: as a waterfall, and as a table."""
    words, formats = page.words, page.formats
    among = (Filter("customer", "is", tuple(str(i) for i in ids)),) if len(ids) > 1 else ()
    only = None if among else customer_id
    cut = statement_cut(Period.named("last_12_months", page.today), only, among)
    told = statement(page.warehouse, page.scope, cut.period, only, among)  # type: ignore[arg-type]
    missing = unpriced_text(page, told)
    sentence = asking.sentence(page, formats.period(told.period.first, told.period.last), words.t(N_("revenue less goods less every activity at its rate")),
                               words.t(N_("not priced: {what}"), what=missing) if missing else "", _coverage(page, told))
    if not any(line.amount for line in told.lines):
        return Content(sentence=sentence, empty=Empty(words.t(N_("Nothing sold in twelve months")), words.t(N_("And no activity with a rate. The story below may tell why.")), ":material/payments:"))
    _opened(page, str(customer_id), told, cut, MOST_LINES)
    drawn = folded(told.lines, MOST_LINES)
    title = words.t(N_("What this customer is worth"))
    steps, look = _steps(page, told, drawn, full=True), theme(page.theme)
    # On a desktop a line each, so that the story below is seen without scrolling.
    picture = waterfall(steps, look, title=title, mirrored=words.rtl, narrow=True) if page.narrow else bridge_bars(steps, look, title=title, mirrored=words.rtl, row=27, quiet=True)
    return Content(picture, _sheet(page, told), sentence=sentence, row_keys=tuple(line.step for line in told.lines), on_click=_clicked(str(customer_id)))


def statement_content(page: Page) -> Content:
    """What all customers, or those the strip leaves, are worth in its period, beside the comparison."""
    words = page.words
    cut = statement_cut(page.period, None, page.filters, page.compare)
    told = statement(page.warehouse, page.scope, page.period, None, page.filters, page.compare)
    title = words.t(N_("From revenue to worth"))
    against = words.t(N_("change: against {period}"), period=page.formats.period(told.before.period.first, told.before.period.last)) if told.before else ""
    sentence = asking.sentence(page, page.formats.period(told.period.first, told.period.last), asking.filters_text(page), against)
    if told.hidden:
        return Content(title=title, sentence=sentence, empty=few(page))
    _opened(page, "all", told, cut, MOST_OF_ALL)
    drawn = folded(told.lines, MOST_OF_ALL)
    heads = (words.t(N_("Amount")), words.t(N_("of revenue")), words.t(N_("Change")) if told.before else "")
    picture = waterfall(_steps(page, told, drawn), theme(page.theme), title=title, mirrored=words.rtl, narrow=page.narrow, heads=heads)
    click = _clicked("all")

    def draw() -> None:
        plot("plot_statement", picture, click)
        _below(page, told)
    return Content(sheet=_sheet(page, told), draw=draw, pictures=lambda: (picture,), title=title, sentence=sentence, cut=cut, answer=answer_of(page.warehouse, page.scope, cut), measure="worth", number=told.worth,
                   row_keys=tuple(line.step for line in told.lines), on_click=click, notes=_notes(page, told))


def few(page: Page) -> Empty:
    return Empty(page.words.t(N_("Too few customers")), page.words.t(N_("This rests on fewer than five customers, whom your role does not see one by one. Widen the filters.")), ":material/lock:")


# What is said under the bars ------------------------------------------------------------------------------------------
def identity_text(page: Page, told: Statement) -> str:
    """Revenue less goods less cost to serve is worth, in one line and to the cent."""
    words = page.words

    def money(amount: Decimal | None) -> str:
        return page.formats.money(amount, full=True, decimals=_decimals(page, told))
    if told.goods is None:
        return words.t(N_("No sale line has a known cost of goods, so what is left is not known. Revenue less cost to serve: {left}."), left=money(told.revenue - (told.served or 0)))
    line = words.t(N_("{revenue} revenue − {goods} goods − {served} cost to serve = {worth}"), revenue=money(told.revenue), goods=money(told.goods), served=money(told.served), worth=money(told.worth))
    return words.t(N_("{line}, exactly"), line=line) if told.exact else line


def _decimals(page: Page, told: Statement) -> int:
    """Cents, or as many digits as it takes for what is written to add up too."""
    def written(amount: Decimal | None, digits: int) -> Decimal:
        return Decimal(page.formats.shown(amount or Decimal(0))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)

    def adds_up(digits: int) -> bool:
        return written(told.revenue, digits) - written(told.goods, digits) - written(told.served, digits) == written(told.worth, digits)
    return next((n for n in range(2, 5) if adds_up(n)), 4) if told.exact else 2


def unpriced_text(page: Page, told: Statement) -> str:
    """Activities without a rate, each with how many."""
    return page.words.listed(f"{page.words.t(label).lower()} ({page.formats.count(n)})" for label, n in told.unpriced)


def _below(page: Page, told: Statement) -> None:
    lines = [f"**{md(identity_text(page, told))}**"]
    missing = unpriced_text(page, told)
    if missing:
        lines.append(md(page.words.t(N_("Left out, for they have no rate: {what}."), what=missing)))
    if told.sold and told.costed < told.sold and told.goods is not None:
        lines.append(md(page.words.t(N_("Cost of goods is known for {part} of the lines; the others count with none."), part=page.formats.part(told.costed / told.sold))))
    st.caption("  \n".join(lines))


def _notes(page: Page, told: Statement) -> tuple[str, ...]:
    missing = unpriced_text(page, told)
    return tuple(n for n in (identity_text(page, told), page.words.t(N_("Left out, for they have no rate: {what}."), what=missing) if missing else "", _coverage(page, told)) if n)


def _coverage(page: Page, told: Statement) -> str:
    return page.words.t(N_("cost known for {part} of the lines"), part=page.formats.part(told.costed / told.sold)) if told.sold and told.costed < told.sold else ""


# Bars and table -------------------------------------------------------------------------------------------------------
def _steps(page: Page, told: Statement, drawn: list[Line], full: bool = False) -> list[Step]:
    words, formats = page.words, page.formats
    gross, steps = float(told.lines[0].amount or 0), []
    for line in drawn:
        if line.amount is None:
            if line.step != "goods":
                steps.append(Step(line.step, words.t(line.label), 0.0, words.t(N_("not known")), total=True, note=words.t(N_("no line has a known cost"))))
            continue
        # Costs are parts of the revenue; what is left says its sign.
        part = float(line.amount) if line.total else abs(float(line.amount))
        share = formats.part(part / gross) if gross > 0 else ""
        note = words.n("{n} time", "{n} times", line.count, n=formats.count(line.count, full=True)) if line.count else ""
        delta = formats.delta(abs(line.amount) if not line.total else line.amount, _earlier(told, line), "money", "up" if line.total else "down")
        steps.append(Step(line.step, words.t(line.label), float(line.amount), formats.money(line.amount, full=full), share, line.total, "bad", note, delta.full, delta.tone))
    return steps


def _earlier(told: Statement, line: Line) -> Decimal | None:
    """The same line of the comparison, costs as positive numbers; None without one."""
    if told.before is None:
        return None
    if line.drivers:
        return -sum((one.amount or Decimal(0) for one in told.before.lines if one.step in line.drivers), Decimal(0))
    found = told.before.amount(line.step)
    return found if line.total or found is None else -found


def _sheet(page: Page, told: Statement) -> Sheet:
    words, rows = page.words, []
    for line in told.lines:
        before = _earlier(told, line)
        signed = before if before is None or line.total else -before
        change = float(abs(line.amount) / abs(before) - 1) if line.amount is not None and before and before > 0 and (not line.total or line.amount > 0) else None
        rows.append({"step": words.t(line.label), "amount": line.amount, "count": line.count, "before": signed, "change": change})
    columns = [Column("step", words.t(N_("Step")), width=170), Column("amount", words.t(N_("Amount")), "money"), Column("count", words.t(N_("Times")), "count")]
    if told.before is not None:
        columns += [Column("before", words.t(N_("Before")), "money", wide_only=True), Column("change", words.t(N_("Change")), "change")]
    return Sheet(tuple(columns), tuple(rows))


# Opening --------------------------------------------------------------------------------------------------------------
def _clicked(whose: str):
    """What a click on a bar does: the next run opens its rows."""
    return lambda step: st.session_state.__setitem__(_OPEN, (whose, step))


def _opened(page: Page, whose: str, told: Statement, cut: Cut, most: int) -> None:
    """Open the rows of the bar that was clicked before this run."""
    if st.session_state.get(_OPEN, ("",))[0] != whose:
        return
    _, step = st.session_state.pop(_OPEN)
    line = next((one for one in (*folded(told.lines, most), *told.lines) if one.step == step), None)
    found = rows_question(line, cut) if line is not None else None
    if line is not None and found is not None:
        question, measure, number = found
        rows_dialog.open_rows(page, f"worth_{whose}", page.words.t(line.label), question, measure, number)
