"""The tiles of Today: the three questions every firm should answer, then what it earns, keeps, expects and is owed."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_data.analysis.targets import Board, Progress
from crm_data.cuts.answer import Answer
from crm_data.errors import N_
from crm_data.output.charts import theme, tile_figure
from crm_data.output.formats import Delta
from crm_data.output.views import View
from pages.parts import asking
from pages.parts.choices import tile_measures
from pages.parts.text import md
from pages.parts.tiles import Tile
from pages.parts.today_course import course_of, near_period, near_target, target_of

if TYPE_CHECKING:
    from pages.parts.context import Page

#: What is asked beside a tile's own measure, for its caption.
BESIDE = {"customers": "customers_total", "revenue_per_customer": "customers", "contacts_per_customer": "customers", "orders_per_customer": "customers",
          "worth": "revenue", "gross_profit": "revenue", "open_value": "weighted_pipeline", "open_balance": "overdue_balance", "open_complaints": "complaints",
          "win_rate": "won"}
_RATIO_LABELS = {"won_value/customers": N_("Won value per customer"), "invoiced/customers": N_("Invoiced per customer"),
                 "collected/customers": N_("Collected per customer")}


@dataclass(frozen=True)
class Asked:
    """The two answers behind all tiles: totals of the period, and twelve whole months; and the measures that could be asked."""

    now: Answer | None
    months: Answer | None
    able: frozenset[str]

    def total(self, measure: str, earlier: bool = False) -> float | None:
        """A total as a number; ``a/b`` is one over the other."""
        totals = None if self.now is None else self.now.totals_before if earlier else self.now.totals
        values = [None if totals is None or totals.get(m) is None else float(totals[m]) for m in measure.split("/")]  # type: ignore[arg-type]
        if len(values) == 1 or None in values:
            return values[0] if len(values) == 1 else None
        return values[0] / values[1] if values[1] else None  # type: ignore[operator]

    def months_of(self, measure: str, earlier: bool = False) -> list[float | None]:
        """A measure's value in each month (of the year before with ``earlier``)."""
        frame = None if self.months is None else self.months.before if earlier else self.months.rows
        if frame is None:
            return []
        lines = [[None if v is None else float(v) for v in frame[m]] for m in measure.split("/")]
        return lines[0] if len(lines) == 1 else [a / b if a is not None and b else None for a, b in zip(*lines, strict=True)]


def questions_and_figures(page: Page) -> tuple[list[str], list[str]]:
    """What the tiles show on this data."""
    return tile_measures(page.catalog, asking.rows_by_table(page))


def ask_for(page: Page, shown: Sequence[str]) -> Asked:
    """Two questions to the database for all tiles together."""
    plain = [m for name in shown for m in name.split("/")]
    beside = [BESIDE[m] for m in shown if m in BESIDE]
    able = asking.usable(page, dict.fromkeys([*plain, *beside]))
    if not able:
        return Asked(None, None, frozenset())
    lines = [m for m in dict.fromkeys(plain) if m in able]
    months = asking.asked(page, lines, period=asking.last_months(page), grain=asking.monthly(page), compare="last_year") if lines else None
    return Asked(asking.asked(page, able), months, frozenset(able))


def measure_tile(page: Page, measure: str, found: Asked, board: Board | None, wide: bool = False) -> Tile:
    """One tile: number, change, twelve months, target where there is one for this period."""
    view, words = asking.view(page), page.words
    first = measure.split("/")[0]
    about = page.catalog.measure(first)
    label = words.t(_RATIO_LABELS[measure]) if measure in _RATIO_LABELS else words.label(about)
    if any(m not in found.able for m in measure.split("/")):
        names = words.listed(words.label(page.catalog.dimension(f.dimension)) for f in page.filters)
        return Tile(measure.replace("/", "_"), label, "–", caption=words.t(N_("not known by {filters}"), filters=md(names)), help=words.help(about))
    now, before = found.total(measure), found.total(measure, earlier=True)
    delta = page.formats.delta(now, before, about.unit, about.better)
    target = target_of(page, board, measure)
    alt = f"{label}: {page.formats.value(now, about.unit)} {delta.full}"
    months = found.months
    names = [f"{page.formats.month(d)} · {page.formats.average(v, about.unit)}" for d, v in zip(months.rows["period"], found.months_of(measure), strict=True)] if months else []
    picture = tile_figure(found.months_of(measure), theme(page.theme), alt=alt, before=found.months_of(measure, earlier=True), names=names,
                          reached=target.pace.attained if target else None, pace=target.pace.share if target else None, mirrored=words.rtl, wide=wide)
    versus = asking.versus(page, found.now) if found.now is not None and delta.text else ""
    return Tile(measure.replace("/", "_"), label, page.formats.average(now, about.unit), delta, versus, picture,
                _target_caption(page, target) if target else _near_caption(page, board, measure) or _caption(page, view, measure, found), words.help(about))


def target_tile(page: Page, lead: str, board: Board | None) -> Tile:
    """How far the firm's target is reached, and whether that is ahead of the clock."""
    words, formats = page.words, page.formats
    label = words.t(N_("Target reached"))
    near = near_target(page, board, lead)
    found = target_of(page, board, lead) or near or (board.one(lead) if board is not None and not page.filters else None)
    if found is None:
        return Tile("target", label, "–", versus=words.t(N_("none set")), caption=words.t(N_("set one under Targets")), picture=tile_figure([], theme(page.theme), alt=label),
                    help=words.t(N_("How much of the target for {measure} is reached."), measure=words.label(page.catalog.measure(lead))))
    pace = found.pace
    ahead = pace.points_ahead
    delta = Delta(formats.points(abs(ahead)), "" if round(ahead, 3) == 0 else "up" if ahead > 0 else "down",
                  "none" if round(ahead, 3) == 0 else "good" if ahead > 0 else "bad", ahead) if ahead is not None else Delta("", "", "none", None)
    versus = words.t(N_("vs pace")) if ahead is not None else ""
    caption = words.t(N_("{actual} of {target}"), actual=formats.value(pace.actual, found.unit), target=formats.value(pace.target, found.unit))
    if near is not None:
        caption = words.t(N_("{actual} of {target}, {period}"), actual=formats.value(pace.actual, found.unit), target=formats.value(pace.target, found.unit), period=near_period(page, near))
    run, way = _way(page, board, lead, found)
    picture = tile_figure(run, theme(page.theme), alt=f"{label}: {formats.part(pace.attained)}", before=way, reached=pace.attained, pace=pace.share, mirrored=words.rtl)
    return Tile("target", label, formats.part(pace.attained), delta, versus, picture, md(caption),
                words.t(N_("How much of the target for {measure} is reached; the mark is where it should be today by working days."),
                        measure=words.label(page.catalog.measure(lead))))


def _way(page: Page, board: Board | None, lead: str, found: Progress) -> tuple[list[float], list[float]]:
    """The share reached day by day, and where it should have been; empty for what does not run through time."""
    if board is None or found is not target_of(page, board, lead) or found.pace.share is None:
        return [], []
    course = course_of(page, board, lead)
    return [v / found.pace.target for v in course.actual], [v / found.pace.target for v in course.pace_line or ()]


def _target_caption(page: Page, found: Progress) -> str:
    """Short: the mark on the strip shows the pace."""
    formats = page.formats
    return page.words.t(N_("**{share}** of {target}"), share=formats.part(found.pace.attained), target=md(formats.value(found.pace.target, found.unit)))


def _near_caption(page: Page, board: Board | None, measure: str) -> str:
    """The target of the other calendar's period, named by it; empty where there is none."""
    near = near_target(page, board, measure)
    if near is None:
        return ""
    target = md(page.formats.value(near.pace.target, near.unit))
    return page.words.t(N_("**{share}** of {target}, {period}"), share=page.formats.part(near.pace.attained), target=target, period=near_period(page, near))


def _caption(page: Page, view: View, measure: str, found: Asked) -> str:
    """What the number stands on: its denominator, or the part of it one should know."""
    words, formats = page.words, page.formats
    over = "customers" if "/" in measure else BESIDE.get(measure, "")
    beside = found.total(over) if over in found.able else None
    if beside is None:
        return words.t(N_("no target set"))
    number = formats.count(beside)
    if measure == "customers":
        return words.t(N_("of {n} customers in all"), n=number)
    if over == "customers":
        return words.n("from {n} customer", "from {n} customers", int(beside), n=number)
    if over == "revenue":
        total = found.total(measure)
        return words.t(N_("{share} of revenue"), share=formats.share((total or 0) / beside)) if beside else words.t(N_("no target set"))
    if measure == "open_value":
        return words.t(N_("weighted {amount}"), amount=md(formats.money(beside)))
    if measure == "open_balance":
        return words.t(N_("overdue {amount}"), amount=md(formats.money(beside)))
    if measure == "open_complaints":
        return words.t(N_("{n} new in the period"), n=number)
    return words.n("{n} won", "{n} won", int(beside), n=number)
