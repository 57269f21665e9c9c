"""Figures of the Targets page: bullets by branch, the course day by day, and targets as rows of a table."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from crm_data.analysis import target_course
from crm_data.analysis.target_course import cut_of
from crm_data.analysis.target_periods import months_of
from crm_data.analysis.targets import Progress, together_as_one
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.errors import N_
from crm_data.output.charts import theme
from crm_data.output.charts.bullets import Bullet, bullets
from crm_data.output.charts.cumulative import Landing, cumulative
from crm_data.output.tables import Column, Sheet
from pages.parts.figure import Content
from pages.parts.review_notes import with_flags
from pages.parts.target_view import View, arrowed, key_of, spread_words, stand, tone_of, whose

if TYPE_CHECKING:
    from pages.parts.context import Page


def bullet_content(page: Page, view: View, on_click: Callable[[str], None]) -> Content:
    words, formats = page.words, page.formats
    rows, banded = [], 0
    for one in view.branches:
        where = one.pace
        likely, _ = target_course.likely_end(one, view.days_of(one)) if view.flows else (None, 0)
        banded += likely is not None
        ends = None
        if where.landing is not None and not where.closed and where.target:
            low, high = likely or (where.landing, where.landing)
            ends = (low / where.target, where.landing / where.target, high / where.target)
        text = arrowed(page, where.landing_share) if view.flows and not where.closed else ""
        meets = None if where.landing_share is None else (where.landing_share <= 1 if one.better == "down" else where.landing_share >= 1)
        rows.append(Bullet(key_of(one.goal), whose(page, one.goal), where.attained or 0.0, formats.value(where.actual, one.unit), formats.part(where.attained),
                           pace=None if where.closed else where.share, landing=ends, landing_text=text, tone=tone_of(meets),
                           stretch=one.target.stretch / where.target if one.target.stretch is not None and where.target else None))
    name, shares = words.label(view.measure), {round(p.pace.share, 3) for p in view.branches if p.pace.share is not None}
    pace = words.t(N_("Pace {share}"), share=formats.part(next(iter(shares)))) if len(shares) == 1 else ""
    picture = bullets(rows, theme(page.theme), title=words.t(N_("Targets reached by branch")), attained=words.t(N_("Attained")),
                      landing=words.t(N_("Landing")) if view.flows else "", target=words.t(N_("Limit")) if all(p.better == "down" for p in view.branches) else words.t(N_("Target")),
                      pace=pace, stretch=words.t(N_("Stretch")), mirrored=words.rtl, narrow=page.narrow)
    parts = [words.t(N_("{measure} to {day}, % of target"), measure=name, day=formats.day_month(min(view.board.on, view.period.last)))]
    if banded:
        parts.append(words.t(N_("pale: likely end (80 in 100)")))
    elif view.flows and any(r.landing for r in rows):
        parts.append(words.t(N_("thin mark: landing")))
    if len(shares) > 1:
        parts.append(words.t(N_("dashed: its own pace")))
    if any(r.stretch is not None for r in rows):
        parts.append(words.t(N_("short mark: stretch")))
    if len({p.better for p in view.branches}) > 1:
        parts.append(words.t(N_("of some, less is better")))
    spreads = list(dict.fromkeys(spread_words(page, p) for p in view.branches if p.curve))
    if spreads:
        some = len([p for p in view.branches if p.curve]) < len(view.branches)
        parts.append(words.t(N_("some {how}"), how=" / ".join(spreads)) if some else " / ".join(spreads))
    if not view.flows:
        parts.append(words.t(view.branches[0].pace.why))
    return Content(picture=picture, sheet=_branch_sheet(page, view), sentence=words.in_line(parts), on_click=on_click, row_keys=tuple(key_of(p.goal) for p in view.branches),
                   cut=Cut((view.measure.name,), ("branch",), Period(view.period.first, max(view.period.first, min(view.board.on, view.period.last)),
                                                         calendar=months_of(view.period.first, view.period.last).name)),
                   notes=tuple(notes_of(page, view)))


def notes_of(page: Page, view: View) -> list[str]:
    """How the numbers are made, for "Explain" and files."""
    words, formats = page.words, page.formats
    found = [words.t(N_("Attained is what is reached so far over the target of the whole period."))]
    if view.flows:
        found += [words.t(N_("Pace is the share of the working days that have passed: the branch's own week and holidays.")),
                  words.t(N_("Landing is what the period ends with at the rate of the working days so far."))]
    one = view.whole
    if one is not None and one.parts:
        found.append(words.n("The whole is the sum of {n} branch target; nobody has set one for the firm.",
                             "The whole is the sum of {n} branch targets; nobody has set one for the firm.", len(one.parts)))
    elif one is not None and view.branches and view.measure.adds_up:
        parts = sum(p.pace.target for p in view.branches)
        if abs(parts - one.pace.target) > 0.005 * abs(one.pace.target):
            found.append(words.t(N_("The branches' targets add up to {parts}, the firm's is {whole}."), parts=formats.value(parts, one.unit), whole=formats.value(one.pace.target, one.unit)))
    if any(p.target.source == "data" for p in (*view.branches, *([one] if one else []))):
        found.append(words.t(N_("Targets marked “from the data” came with the import; nobody has set them here.")))
    return found


def scope_filters(one: Progress) -> tuple[Filter, ...]:
    """What a chart of this target is narrowed to, for its notes."""
    return (Filter(one.goal.asked, "is", (one.goal.member,)),) if one.goal.dimension else ()


def _branch_sheet(page: Page, view: View) -> Sheet:
    return progress_sheet(page, view.branches, view.measure, page.words.t(N_("Branch")), view.flows)


# Day by day -----------------------------------------------------------------------------------------------------
def course_content(page: Page, view: View, one: Progress) -> Content:
    """The running total of a target that has no branches beside it: against its pace, last year, and where it will land."""
    words, formats = page.words, page.formats
    found = target_course.course(one.goal, one.target.value, view.days_of(one), one.calendar, view.measure, view.board.on, one.curve, one.better)
    landing = None
    if found.landing is not None and not one.pace.closed:
        low, high = found.band or (found.landing, found.landing)
        landing = Landing(low, found.landing, high)
    own = formats.in_months_of(one.goal.first, one.goal.last)
    ticks = [(i, own.month(day, short=True) if len(found.days) > 31 else own.day_month(day) if n == 1 and own is not formats else own.figures(n)) for i, (day, (_, _, n)) in enumerate((day, own.parts(day)) for day in found.days)
             if n == 1 or (len(found.days) <= 31 and n % 5 == 0)]
    named = {"now": words.t(N_("Now")), "before": words.t(N_("Last year")), "target": words.t(N_("Target")), "landing": words.t(N_("Landing")), "pace": words.t(N_("Pace")),
             "stretch": words.t(N_("Stretch"))}
    title = words.t(N_("{measure} toward the target"), measure=words.label(view.measure))
    picture = cumulative(found.actual, found.last_year if any(found.last_year) else (), [own.day_month(day) for day in found.days], theme(page.theme), title=title,
                         value=lambda v: formats.value(v, one.unit), words=named, target=one.target.value, landing=landing,
                         pace=() if landing is None else (found.pace_line or ())[:len(found.actual)], ticks=ticks, narrow=page.narrow, stretch=one.target.stretch)
    picture = with_flags(page, picture, found.days, one.goal.last, scope_filters(one))
    columns = (Column("day", words.t(N_("Date")), "date"), Column("actual", words.t(N_("Reached")), one.unit), Column("pace", words.t(N_("Pace")), one.unit),
               Column("before", words.t(N_("Last year")), one.unit))
    rows = tuple({"day": day, "actual": found.actual[i] if i < len(found.actual) else None, "pace": (found.pace_line or ())[i], "before": found.last_year[i]}
                 for i, day in enumerate(found.days))
    sentence = f"{whose(page, one.goal)} · {formats.called(one.goal.first, one.goal.last)} · {stand(page, one)} · {spread_words(page, one) or words.t(N_('dotted: pace by working days'))}"
    return Content(picture=picture, sheet=Sheet(columns, rows), title=title, sentence=sentence, cut=cut_of(one, view.board.on, view.board.places), measure=one.goal.measure,
                   number=one.pace.actual, notes=tuple(notes_of(page, view)))


# Tables ---------------------------------------------------------------------------------------------------------
def progress_sheet(page: Page, found: Sequence[Progress], measure: Any, head: str, flows: bool, beside: Mapping[str, str] | None = None,
                   second: Mapping[str, Progress] | None = None, second_head: str = "", compact: bool = False) -> Sheet:
    """Targets of one indicator as rows; ``beside`` is a further text of a member (its branch), ``second`` another indicator;
    ``compact``: for half a page."""
    words, formats, unit = page.words, page.formats, measure.unit
    sign = f" {formats.symbol}" if unit == "money" else ""
    narrow = page.narrow
    stretched = any(p.target.stretch is not None for p in found)
    columns = [Column("name", head, width=112 if narrow else None), *([Column("place", words.t(N_("Branch")), quiet=True, wide_only=True)] if beside is not None else []),
               Column("target", words.t(N_("Target")) + sign, unit, wide_only=True),
               *([Column("stretch", words.t(N_("Stretch")) + sign, unit, quiet=True, wide_only=True)] if stretched else []), Column("actual", words.t(N_("Reached")) + sign, unit, wide_only=True),
               Column("attained", words.t(N_("Attained")), "part", bar=True, width=118 if narrow else None)]
    if flows:
        landing = words.t(N_("Landing")) if narrow else words.t(N_("Landing against target"))
        columns += [Column("landing", landing, "change", width=76 if narrow else None, better=_direction(found)),
                    Column("short", words.t(N_("Gap at landing")) + sign, unit, wide_only=True), Column("needed", words.t(N_("Needed a day")) + sign, "number" if unit == "count" else unit, wide_only=True)]
    if compact:
        columns = [c for c in columns if c.name in ("name", "target", "attained", "landing")]
    if second:
        columns.append(Column("second", second_head, "part", bar=True, quiet=True, wide_only=True))
    rows = [{"name": whose(page, p.goal), "place": page.words.member("branch", beside[p.goal.member]) if beside and beside.get(p.goal.member) else "", "target": p.pace.target, "stretch": p.target.stretch, "actual": p.pace.actual,
             "attained": p.pace.attained, "landing": None if p.pace.landing_share is None else p.pace.landing_share - 1,
             "short": None if p.pace.landing is None else p.pace.landing - p.pace.target, "needed": p.pace.needed_per_day,
             "second": second[p.goal.member].pace.attained if second and p.goal.member in second else None} for p in found]
    return Sheet(tuple(columns), tuple(rows))


def _direction(found: Sequence[Progress]) -> str:
    """Which way is better for all of them; where they differ, neither."""
    ways = {p.better for p in found}
    return "none" if len(ways) > 1 else "down" if ways == {"down"} else "up"


def other_sheet(page: Page, groups: Sequence[Sequence[Progress]]) -> Sheet:
    """Targets of any indicator, each in its own unit, so numbers stand as text; several of one dimension as one row."""
    words, formats = page.words, page.formats
    narrow = page.narrow
    columns = (Column("measure", words.t(N_("Indicator")), width=124 if narrow else None), Column("whose", words.t(N_("Whose")), width=86 if narrow else None),
               Column("period", words.t(N_("Period")), wide_only=True), Column("target", words.t(N_("Target")), wide_only=True),
               Column("actual", words.t(N_("Reached")), wide_only=True), Column("attained", words.t(N_("Attained")), "part", bar=True, width=96 if narrow else None),
               Column("stand", words.t(N_("Where it stands")), wide_only=True))
    rows = []
    for group in groups:
        p = group[0]
        period = formats.called(p.goal.first, p.goal.last)
        shared = {"measure": f"{words.t(p.label)} · {period}" if narrow else words.t(p.label), "period": period}
        if len(group) == 1:
            data = f" · {words.t(N_('from the data'))}" if p.target.source == "data" else ""
            rows.append({**shared, "whose": whose(page, p.goal), "target": formats.value(p.pace.target, p.unit) + data, "actual": formats.value(p.pace.actual, p.unit),
                         "attained": p.pace.attained, "stand": stand(page, p)})
            continue
        dimension = words.label(page.catalog.dimension(p.goal.asked))
        whole = together_as_one(group, min(page.period.last, page.warehouse.as_of))
        rows.append({**shared, "whose": words.n("{dimension}: {n} target", "{dimension}: {n} targets", len(group), n=formats.count(len(group)), dimension=dimension),
                     "target": formats.value(whole.pace.target, p.unit) if whole else "", "actual": formats.value(whole.pace.actual, p.unit) if whole else "",
                     "attained": whole.pace.attained if whole else None,
                     "stand": words.t(N_("{n} of {all} on track"), n=formats.count(sum(bool(x.pace.good) for x in group)), all=formats.count(len(group)))})
    return Sheet(columns, tuple(rows))
