"""The sheet of targets behind the dialog: what was chosen, its cells, what is typed, copied, split and summed. Nothing is drawn or written here."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import pandas as pd

from crm_data.analysis.target_bulk import kept
from crm_data.analysis.target_grid import STEPS, Grid, Rolled, changes, copied, grid, may_add, pieces, rolled
from crm_data.analysis.target_kinds import holding
from crm_data.analysis.target_periods import jalali_period
from crm_data.analysis.target_rules import members, visible
from crm_data.analysis.target_split import split_down
from crm_data.analysis.target_store import FIRM, GROUP, Change, Goal, Target
from crm_data.analysis.working_days import Places
from crm_data.cuts.periods import Period
from crm_data.errors import InputError, MabatError
from pages.parts.target_grid_cells import read_number, shown

WHO, CUSTOMER = "who", "customer"
MOST_ROWS = 300
#: Years beside the chosen one in the sheet of years.
BEFORE, AFTER = 2, 2


@dataclass(frozen=True)
class Ask:
    """Which sheet: indicator, dimension of its rows, step of its columns ("month", "quarter", "half" or "year") and year.

    ``calendar``: "" the calendar's year, "fiscal" the firm's (from month ``start``), "jalali"; ``rows``: only these members (none: all;
    customers are never all).
    """

    measure: str
    dimension: str
    step: str
    year: int
    calendar: str = ""
    start: int = 1
    rows: tuple[str, ...] = ()

    @property
    def whole(self) -> Period:
        return year_of(self.year, self.calendar, self.start)

    @property
    def steps(self) -> tuple[Period, ...]:
        """The columns but the year's own."""
        if self.step == "year":
            return tuple(year_of(year, self.calendar, self.start) for year in range(self.year - BEFORE, self.year + AFTER + 1))
        return pieces(self.whole, self.step if self.step in STEPS else "month")

    @property
    def periods(self) -> tuple[Period, ...]:
        return self.steps if self.step == "year" else (self.whole, *self.steps)


@dataclass(frozen=True)
class Sheet:
    """The firm's own row, where it may be set (its grid comes first), and the rows of the members."""

    ask: Ask
    grids: tuple[Grid, ...]
    #: Whether members are left out, so that the rows are not all there is of the firm.
    partial: bool = False

    @property
    def rows(self) -> list[tuple[int, str]]:
        """(place of the grid, member) of each row."""
        return [(place, member) for place, cells in enumerate(self.grids) for member in cells.members]

    @property
    def firm(self) -> Grid | None:
        return self.grids[0] if len(self.grids) == 2 else None

    @property
    def cells(self) -> Grid:
        return self.grids[-1]

    def goals(self) -> list[Goal]:
        return [self.grids[place].goal(member, period) for place, member in self.rows for period in self.ask.periods]

    def value(self, goal: Goal) -> float | None:
        return next((cells.values[goal] for cells in self.grids if goal in cells.values), None)

    def with_value(self, place: int, member: str, period: Period, value: float | None) -> Sheet:
        return replace(self, grids=tuple(g.with_value(member, period, value) if n == place else g for n, g in enumerate(self.grids)))


@dataclass(frozen=True)
class Draft:
    """A sheet being worked on: as it was (``base``), as last drawn (``now``) and as it stands with what was typed since (``live``).

    ``bad``: texts that are not numbers, by cell. ``turn`` grows when the sheet must be drawn anew.
    """

    base: Sheet
    now: Sheet
    live: Sheet
    drawn: Mapping[Goal, str] = field(default_factory=dict)
    bad: Mapping[Goal, str] = field(default_factory=dict)
    turn: int = 0

    def drawn_anew(self, sheet: Sheet | None = None, bad: Mapping[Goal, str] | None = None) -> Draft:
        bad = self.bad if bad is None else bad
        return replace(self, now=sheet or self.live, live=sheet or self.live, bad=bad, drawn=bad, turn=self.turn + 1)


def year_of(year: int, calendar: str = "", start: int = 1) -> Period:
    """A year of the calendar, of the firm (begun in month ``start``) or of the Jalali calendar."""
    if calendar == "jalali":
        return jalali_period(year * 12, 12)
    return holding("fiscal_year", date(year, start if calendar == "fiscal" else 1, 1), start if calendar == "fiscal" else 1)


def members_of(page, measure: str, dimension: str, firm: Places) -> list[str]:
    """Members of the dimension a target can be set for within what the user may see; the firm is one without a name."""
    if dimension == CUSTOMER:
        # Too many to list: those that are typed in. One without a number says whether there may be any.
        known = [""]
    else:
        known = members(dimension, page.catalog, page.warehouse, page.scope) if dimension else [""]
    on = page.warehouse.as_of
    return [m for m in known if visible(Goal(measure, on, on, dimension, m), page.scope, firm)]


def sheet_of(ask: Ask, page, known: Sequence[Target], firm: Places) -> Sheet:
    """The targets there are, as a sheet."""
    unit = page.catalog.measure(ask.measure).unit
    whole = [grid(known, ask.measure, FIRM, ("",), ask.periods, unit)] if ask.dimension and visible(Goal(ask.measure, date.min, date.min), page.scope, firm) else []
    there = members_of(page, ask.measure, ask.dimension, firm) if ask.dimension != CUSTOMER else []
    shown = list(ask.rows) or there[:MOST_ROWS]
    if ask.dimension == CUSTOMER:
        # Those with a target of the indicator, and those typed in.
        had = sorted({t.goal.member for t in known if t.goal.measure == ask.measure and t.goal.dimension == CUSTOMER}, key=lambda m: (len(m), m))
        shown = list(dict.fromkeys([*had[:MOST_ROWS], *ask.rows]))
    partial = ask.dimension == CUSTOMER or len(shown) < len(there)
    return Sheet(ask, (*whole, grid(known, ask.measure, ask.dimension, shown, ask.periods, unit)), partial)


def frame_of(draft: Draft, name, times: int = 1) -> pd.DataFrame:
    """The sheet as texts, a row a scope, a column a period; ``name`` says whose a row is; ``times``: see ``target_grid_cells.shown``."""
    sheet, unit = draft.now, draft.now.cells.unit
    found = []
    for place, member in sheet.rows:
        cells = sheet.grids[place]
        found.append({WHO: name(cells.dimension, member)} | {
            p.to_text(): draft.drawn.get(cells.goal(member, p), shown(cells.at(member, p), unit, times)) for p in sheet.ask.periods})
    return pd.DataFrame(found, columns=[WHO, *(p.to_text() for p in sheet.ask.periods)], dtype=object)


def typed(draft: Draft, before: pd.DataFrame, after: pd.DataFrame, times: int = 1, currency: str = "") -> Draft:
    """The draft with what was typed or pasted since it was drawn, as the data keeps it; what is no number is kept as text and changes nothing."""
    sheet, bad = draft.now, {}
    for n, (place, member) in enumerate(sheet.rows):
        for period in sheet.ask.periods:
            was, text = (str(frame.at[n, period.to_text()] or "") for frame in (before, after))
            goal = sheet.grids[place].goal(member, period)
            if text == was and goal not in draft.drawn:
                continue
            try:
                sheet = sheet.with_value(place, member, period, read_number(text, sheet.cells.unit, times, currency))
            except InputError:
                bad[goal] = text
    return replace(draft, live=sheet, bad=bad)


def from_year_before(draft: Draft, percent: float, known: Sequence[Target]) -> tuple[Draft, int]:
    """The sheet with the year before carried over, so many per cent more; and how many cells that filled."""
    ask, sheet = draft.live.ask, draft.live
    before = replace(ask, year=ask.year - 1)
    source = before.whole
    found = [copied(replace(g, like={}), source, ask.whole, percent, known=grid(known, g.measure, g.dimension, g.members, before.periods, g.unit)) for g in sheet.grids]
    filled = [goal for g in found for goal in g.like]
    grids = tuple(replace(new, like={**g.like, **new.like}) for g, new in zip(sheet.grids, found, strict=True))
    return draft.drawn_anew(replace(sheet, grids=grids), {goal: text for goal, text in draft.bad.items() if goal not in filled}), len(filled)


def year_split(draft: Draft, rows: Sequence[int], weights, page, firm: Places) -> tuple[Draft, int, list[tuple[int, MabatError]]]:
    """The years of these rows shared out over their months or quarters; how many rows that were, and those that cannot be, each with why."""
    sheet, bad, done, refused = draft.live, dict(draft.bad), 0, []
    for n in rows:
        place, member = sheet.rows[n]
        goal = sheet.grids[place].goal(member, sheet.ask.whole)
        value = sheet.value(goal)
        if value is None:
            continue
        try:
            found = split_down(goal, value, sheet.ask.step, weights, catalog=page.catalog, warehouse=page.warehouse, scope=page.scope, firm=firm)
        except MabatError as error:
            refused.append((n, error))
            continue
        done += 1
        for part, share in found.parts:
            sheet = sheet.with_value(place, member, part.period, share or None)
            bad.pop(part, None)
    return draft.drawn_anew(sheet, bad), done, refused


def wanted(draft: Draft, known: Sequence[Target]) -> list[Change]:
    """What must be written so that the targets become the sheet: only what differs."""
    like = {goal: source for g in draft.live.grids for goal, source in g.like.items()}
    return kept([pair for before, after in zip(draft.base.grids, draft.live.grids, strict=True) for pair in changes(before, after)], known, like.items())


def parts_of(sheet: Sheet, firm: Places) -> list[str]:
    """The rows that are parts of the firm: branches but those that are only a roof over others."""
    return [m for m in sheet.cells.members if not (sheet.cells.dimension == "branch" and firm.is_group(m))]


def sums(sheet: Sheet, catalog, firm: Places) -> list[tuple[Goal, str, Rolled]]:
    """Each target that has parts in the sheet against their sum: a year of its "periods", the firm of the "rows". Nothing for ratios."""
    label, found = catalog.measure(sheet.ask.measure).label, []
    for place, member in sheet.rows if sheet.ask.step != "year" else ():
        g = sheet.grids[place]
        goal, parts = g.goal(member, sheet.ask.whole), [g.goal(member, p) for p in sheet.ask.steps]
        if may_add(catalog, goal, parts):
            found.append((goal, "periods", rolled(g.values.get(goal), [g.values.get(p) for p in parts], adds_up=True, label=label)))
    if sheet.firm is not None and sheet.cells.dimension != GROUP and not sheet.partial:
        names = parts_of(sheet, firm)
        for period in sheet.ask.periods:
            goal, parts = sheet.firm.goal("", period), [sheet.cells.goal(m, period) for m in names]
            if parts and may_add(catalog, goal, parts):
                found.append((goal, "rows", rolled(sheet.firm.values.get(goal), [sheet.cells.values.get(p) for p in parts], adds_up=True, label=label)))
    return found


def total(sheet: Sheet, catalog, firm: Places, periods: Sequence[Period]) -> float | None:
    """All members of the sheet over these columns together; None where that is no sum."""
    names = parts_of(sheet, firm)
    goals = [sheet.cells.goal(m, p) for m in names for p in periods]
    whole = Goal(sheet.ask.measure, periods[0].first, periods[-1].last)
    if not goals or sheet.cells.dimension == GROUP or not may_add(catalog, whole, goals):
        return None
    return sum(sheet.cells.values.get(goal, 0.0) for goal in goals)
