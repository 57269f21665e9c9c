"""Attainment month by month: the heat map of the Targets page."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from crm_data.analysis.target_course import Month, monthly
from crm_data.analysis.target_rules import visible
from crm_data.analysis.target_store import Goal, Target
from crm_data.analysis.targets import usable
from crm_data.calendars import CalendarName, calendar_of
from crm_data.cuts.periods import Period, in_calendar
from crm_data.errors import N_
from crm_data.output.charts import theme
from crm_data.output.charts.heatmap import heatmap
from crm_data.output.tables import Column, Sheet
from pages.parts.empty import Empty
from pages.parts.figure import Content
from pages.parts.target_view import View, key_of

if TYPE_CHECKING:
    from pages.parts.context import Page


def months_content(page: Page, view: View, known: Sequence[Target], opener: Callable[[str], None]) -> Content:
    """The last months of each branch, or why there are none; a cell opens that month's target."""
    words = page.words
    good, _ = usable([t for t in known if t.goal.measure == view.measure.name and visible(t.goal, page.scope, view.board.places)], page.catalog)
    members = [p.goal.member for p in view.branches]
    calendar = calendar_of_months(good, view.measure.name, page.formats.calendar)
    months = monthly(good, view.measure.name, "branch", page.warehouse, scope=page.scope, on=view.board.on, firm=view.board.places, members=members, calendar=calendar)
    # Months before the first target of any branch say nothing.
    known_from = next((i for i in range(12) if any(line[i].attained is not None for line in months.values())), 12)
    if known_from > 10:
        return Content(empty=Empty(words.t(N_("No months to compare")), words.t(N_("{measure} has monthly targets in fewer than two of the last twelve months."),
                                                                           measure=words.label(view.measure)), ":material/calendar_month:"))
    months = {member: line[known_from:] for member, line in months.items()}

    def opened(key: str) -> None:
        member, _, first = key.rpartition("|")
        start = Period.from_text(f"{first}..{first}", view.board.on).first
        opener(key_of(Goal(view.measure.name, start, calendar_of(calendar).month_end(start), "branch", member)))
    return heat_content(page, view, months, opened, calendar)


def calendar_of_months(known: Sequence[Target], measure: str, own: CalendarName) -> CalendarName:
    """The calendar the months of branches are drawn in: the reader's own (``own``), where targets are set for its months, else the other one
    where they are set for those. Nobody's months are called by another calendar's names."""
    goals = [t.goal.period for t in known if t.goal.measure == measure and t.goal.dimension == "branch"]
    other: CalendarName = "gregorian" if own == "jalali" else "jalali"
    return next((name for name in (own, other) if any(p.first == calendar_of(name).month_start(p.first) and p.last == calendar_of(name).month_end(p.first) for p in goals)), own)


def heat_content(page: Page, view: View, months: Mapping[str, Sequence[Month]], on_click: Callable[[str], None], calendar: CalendarName = "gregorian") -> Content:
    words, formats, grain = page.words, page.formats, in_calendar("month", calendar)
    members = [p.goal.member for p in view.branches if p.goal.member in months]
    cells = [list(months[m])[-6:] if page.narrow else list(months[m]) for m in members]
    heads = [formats.bucket_short(c.first, grain)[0] for c in cells[0]] if cells else []
    downs = {p.goal.member: p.better == "down" for p in view.branches}
    down = all(downs[m] for m in members)
    shown = [[None if c.attained is None else c.attained * 100 for c in line] for line in cells]
    values = [[None if v is None else (200 - v if downs[m] else v) for v in line] for m, line in zip(members, shown, strict=True)]
    texts = [["–" if v is None else formats.figures(f"{v:.0f}") for v in line] for line in shown]
    keys = [["|".join((m, c.first.isoformat())) for c in line] for m, line in zip(members, cells, strict=True)]
    running = any(c.estimate for line in cells for c in line[-1:])
    picture = heatmap(values, [words.member("branch", m) for m in members], heads, theme(page.theme), title=words.t(N_("Attainment by branch and month")),
                      estimate=len(heads) - 1 if running and heads else None, texts=texts, keys=keys, mirrored=words.rtl,
                      row=max(44, round(56 + 20 / max(len(members), 1))))
    parts = [words.t(N_("{measure}, % of target"), measure=words.label(view.measure)), *([words.t(N_("outlined: landing estimate"))] if running else []),
             words.t(N_("bold: over 110")) if down else words.t(N_("bold: under 90")), words.t(N_("dash: no target"))]
    sheet = Sheet((Column("branch", words.t(N_("Branch"))), *(Column(c.first.isoformat(), formats.bucket(c.first, grain), "part") for c in (cells[0] if cells else []))),
                  tuple({"branch": words.member("branch", m)} | {c.first.isoformat(): c.attained for c in line} for m, line in zip(members, cells, strict=True)))
    return Content(picture=picture, sheet=sheet, sentence=" · ".join(parts), on_click=on_click)
