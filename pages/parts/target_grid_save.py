"""Below the sheet of targets: what does not sum, what cannot be, what would change, why, and saving all of it or nothing."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.target_bulk import problems, set_all
from crm_data.analysis.target_grid import Rolled
from crm_data.analysis.target_store import GROUP, Change, Goal, Target, all_targets
from crm_data.analysis.working_days import Places
from crm_data.errors import N_, InputError, MabatError
from crm_data.output.tables import Column, Sheet
from pages.parts.table import table
from pages.parts.target_grid_cells import read_number
from pages.parts.target_grid_sheet import Draft, sums, total, wanted
from pages.parts.target_spans import period_name
from pages.parts.target_view import whose
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

MOST_LINES, MOST_SUMS = 6, 3
PARTS = {"periods": N_("periods of the year"), "rows": N_("rows")}
SHORT = {"periods": N_("{cell}: the parts of the year sum to {total}, the whole is {whole}: {difference} missing."),
         "rows": N_("{cell}: the rows sum to {total}, the whole is {whole}: {difference} missing.")}
OVER = {"periods": N_("{cell}: the parts of the year sum to {total}, the whole is {whole}: {difference} too much."),
        "rows": N_("{cell}: the rows sum to {total}, the whole is {whole}: {difference} too much.")}


def foot(page: Page, draft: Draft, known: Sequence[Target], firm: Places) -> bool:
    """Draw it; True once the targets have been saved."""
    words = page.words
    _sums(page, sums(draft.live, page.catalog, firm))
    changes = wanted(draft, known)
    refused = refusals(page, draft, changes, known, firm)
    _lines(refused, ":material/error_outline:", words)
    elsewhere = sum(len(wanted(other, known)) for other in st.session_state.get("target_grid_drafts", {}).values() if other.base.ask != draft.base.ask)
    if elsewhere:
        st.caption(words.n("{n} change in another sheet is not saved yet.", "{n} changes in other sheets are not saved yet.", elsewhere, n=page.formats.count(elsewhere)))
    if not changes and not refused:
        st.caption(words.t(N_("Nothing is changed yet. Type into the cells, or paste from a spreadsheet; an emptied cell withdraws its target.")))
        return False
    if changes:
        st.markdown(f"**{md(change_words(page, draft, changes, firm))}**")
    why = st.text_input(words.t(N_("Why (optional)")), max_chars=500, key="target_grid_why")
    if refused:
        st.caption(words.t(N_("Put the cells named above right first: all is saved, or nothing.")))
    if st.button(words.t(N_("Save")), key="target_grid_save", type="primary", disabled=bool(refused) or not changes):
        return _saved(page, changes, known, firm, why)
    return False


def _saved(page: Page, changes: Sequence[Change], known: Sequence[Target], firm: Places, why: str) -> bool:
    words = page.words
    try:
        fresh = all_targets(page.warehouse, page.appdb)
        _unchanged(page, changes, known, fresh)
        n = set_all(page.appdb, changes, fresh, user=page.user, why=why, catalog=page.catalog, warehouse=page.warehouse, scope=page.scope, firm=firm)
    except MabatError as error:
        st.error(md(words.error(error)), icon=":material/error_outline:")
        return False
    st.session_state["targets_said"] = words.n("{n} target saved.", "{n} targets saved.", n, n=page.formats.count(n))
    return True


def _unchanged(page: Page, changes: Sequence[Change], known: Sequence[Target], fresh: Sequence[Target]) -> None:
    """Refuse to write over what somebody else set while the sheet was open."""
    before, now = {t.goal: t for t in known}, {t.goal: t for t in fresh}
    for one in changes:
        if before.get(one.goal) != now.get(one.goal):
            raise InputError(N_("Somebody else changed {cell} while you were editing. Nothing was saved; open the sheet again to see it."), cell=cell_words(page, one.goal))


def refusals(page: Page, draft: Draft, changes: Sequence[Change], known: Sequence[Target], firm: Places) -> list[str]:
    """A sentence for each cell that cannot be, with its row and column."""
    words, found = page.words, []
    for goal, text in draft.bad.items():
        try:
            read_number(text, draft.base.cells.unit, currency=page.formats.currency)
        except InputError as error:
            found.append(f"{cell_words(page, goal)}: {words.error(error)}")
    wrong = problems(changes, known, page.catalog, page.warehouse, page.scope, page.user, firm)
    return found + [f"{cell_words(page, changes[place].goal)}: {words.error(error)}" for place, error in wrong]


def cell_words(page: Page, goal: Goal) -> str:
    """Row and column of a cell."""
    who = page.words.member("branch", goal.member) if goal.dimension == GROUP else whose(page, goal)
    return page.words.listed([who, period_name(page, goal.period)])


def _sums(page: Page, found: Sequence[tuple[Goal, str, Rolled]]) -> None:
    """What does not sum to its whole, in sentences; all the sums, in a table to open."""
    words, off = page.words, [each for each in found if each[2].whole is not None and not each[2].agrees]
    for goal, kind, one in off[:MOST_SUMS]:
        st.markdown(f":material/balance: {md(sum_words(page, goal, kind, one))}")
    told = [each for each in found if each[2].whole is not None or each[2].missing < each[2].n]
    if not told:
        return
    head = words.n("{n} whole differs from its parts: all sums", "{n} wholes differ from their parts: all sums", len(off), n=page.formats.count(len(off))) if off else words.t(N_("Parts and wholes agree: all sums"))
    with st.expander(md(head)):
        columns = (Column("cell", words.t(N_("Target"))), Column("of", words.t(N_("Parts"))), Column("whole", words.t(N_("The whole"))),
                   Column("total", words.t(N_("Sum of the parts"))), Column("gap", words.t(N_("Difference"))))
        unit = page.catalog.measure(told[0][0].measure).unit
        rows = tuple({"cell": cell_words(page, goal), "of": words.t(PARTS[kind]), "whole": "–" if one.whole is None else exact(page.formats, one.whole, unit),
                      "total": exact(page.formats, one.total, unit), "gap": "–" if one.difference is None else exact(page.formats, one.difference, unit)} for goal, kind, one in told)
        table(page, "target_grid_sums", Sheet(columns, rows), alt=words.t(N_("Targets and the sums of their parts")))


def sum_words(page: Page, goal: Goal, kind: str, one: Rolled) -> str:
    """What the parts of a target sum to against it."""
    words, formats, unit = page.words, page.formats, page.catalog.measure(goal.measure).unit

    def value(number: float | None) -> str:
        return exact(formats, number, unit)
    gap = one.difference or 0.0
    told = {"cell": cell_words(page, goal), "total": value(one.total), "whole": value(one.whole), "difference": value(abs(gap))}
    said = words.t(SHORT[kind] if gap > 0 else OVER[kind], **told)
    if one.missing and gap > 0:
        said += " " + words.t(N_("{n} of {all} parts have no target."), n=formats.count(one.missing), all=formats.count(one.n))
    return said


def exact(formats, number: float | None, unit: str) -> str:
    """A sum to the cent where it has cents."""
    return formats.money(number, full=True, decimals=0 if float(formats.shown(number or 0)).is_integer() else 2) if unit == "money" else formats.value(number, unit, full=True)


def change_words(page: Page, draft: Draft, changes: Sequence[Change], firm: Places) -> str:
    """How many targets would change, and what they were and will be together where that is a sum."""
    words, formats, base = page.words, page.formats, draft.base
    there = {goal for cells in base.grids for goal in cells.values}
    new, gone = sum(c.goal not in there for c in changes), sum(c.value is None for c in changes)
    said = words.n("{n} target would change", "{n} targets would change", len(changes), n=formats.count(len(changes)))
    told = [words.t(N_("{n} new"), n=formats.count(new))] * bool(new) + [words.t(N_("{n} withdrawn"), n=formats.count(gone))] * bool(gone)
    said += f" ({', '.join(told)})" if told else ""
    # The months where months change, else the year: the two together would count everything twice.
    steps = [p for p in base.ask.steps if any(c.goal.period == p for c in changes)]
    over = base.ask.steps if steps else (base.ask.whole,)
    before, after = (total(sheet, page.catalog, firm, over) for sheet in (base, draft.live))
    if before is None or after is None:
        return said + "."
    unit = base.cells.unit
    what = formats.called(over[0].first, over[-1].last)
    return said + words.t(N_("; all rows together, {period}: {before} → {after}"), period=what, before=exact(formats, before, unit), after=exact(formats, after, unit)) + "."


def _lines(found: Sequence[str], icon: str, words) -> None:
    """Some sentences, and how many more there are."""
    for line in found[:MOST_LINES]:
        st.markdown(f"{icon} {md(line)}")
    if len(found) > MOST_LINES:
        st.caption(words.n("and {n} more", "and {n} more", len(found) - MOST_LINES))
