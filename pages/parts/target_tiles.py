"""Tiles of the Targets page: reached, landing, branches on pace, gap; where there is no pace, where it stands."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from crm_data.analysis import target_course
from crm_data.analysis.target_course import Step, cut_of, steps
from crm_data.analysis.targets import Progress, number
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.errors import N_
from crm_data.output.charts import theme
from crm_data.output.charts.tile import tile_figure
from crm_data.output.formats import Delta
from pages.parts import asking
from pages.parts.target_view import View, rate, tone_of, whose
from pages.parts.text import md
from pages.parts.tiles import Tile

if TYPE_CHECKING:
    from pages.parts.context import Page


def tiles_of(page: Page, view: View) -> list[Tile]:
    """Four tiles of the whole: reached, landing, branches on pace, gap; what has no pace shows where it stands."""
    one = view.whole
    beside = [_on_pace(page, view)] if len(view.parts) > 1 or one is None and view.parts else []
    if one is None:
        return beside
    if not view.flows:
        return [_standing(page, view, one), _aim(page, view, one), *beside]
    course = steps(one, view.days_of(one), view.board.on)
    return [_attained(page, view, one, course), _landing(page, view, one, course), *beside, _gap(page, one, course)]


def _names(page: Page, course: Sequence[Step], text: Callable[[Step], str]) -> list[str]:
    return [f"{page.formats.day_month(step.day)}: {text(step)}" for step in course]


def _attained(page: Page, view: View, one: Progress, course: Sequence[Step]) -> Tile:
    words, formats, where = page.words, page.formats, one.pace
    points = where.points_ahead
    delta = Delta("", "", "none", None)
    if points is not None and not where.closed:
        delta = Delta(formats.points(abs(points)), "up" if points >= 0 else "down", tone_of(where.good), points)
    elif where.closed and where.attained is not None:
        short = where.attained - 1
        delta = Delta(formats.points(abs(short)), "up" if short >= 0 else "down", tone_of(where.good), short)
    if where.closed:
        versus = words.t(N_("over target")) if (where.attained or 0) >= 1 else words.t(N_("under target"))
    elif page.narrow:
        versus = words.t(N_("vs pace"))
    else:
        versus = words.t(N_("ahead of pace")) if (points or 0) >= 0 else words.t(N_("behind pace"))
    picture = tile_figure([s.actual for s in course], theme(page.theme), before=[s.expected for s in course], reached=where.attained, pace=where.share,
                          alt=words.t(N_("Reached day by day, against where it should be.")), mirrored=words.rtl,
                          names=_names(page, course, lambda s: formats.value(s.actual, one.unit)))
    caption = words.t(N_("{actual} of {target}"), actual=formats.value(where.actual, one.unit), target=formats.value(where.target, one.unit))
    return Tile("attained", words.t(N_("{measure} attainment"), measure=words.label(view.measure)), formats.part(where.attained), delta, versus, picture,
                md(caption), words.t(N_("What is reached so far, as a part of the target of the whole period.")))


def _landing(page: Page, view: View, one: Progress, course: Sequence[Step]) -> Tile:
    words, formats, where = page.words, page.formats, one.pace
    if where.landing is None:
        return Tile("landing", words.t(N_("Landing estimate")), "–", caption=words.t(where.why))
    over = (where.landing_share or 1) - 1
    meets = over <= 0 if one.better == "down" else over >= 0
    delta = Delta(formats.change(abs(over)), "up" if over >= 0 else "down", tone_of(meets), over)
    likely, past = target_course.likely_end(one, view.days_of(one))
    if where.closed:
        caption = words.t(N_("the period has ended"))
    elif likely:
        caption = words.t(N_("80 in 100: {low} – {high}"), low=formats.value(likely[0], one.unit), high=formats.value(likely[1], one.unit))
    else:
        caption = words.t(N_("at the rate of {days} days"), days=formats.number(where.days_done, 0))
    picture = tile_figure([s.landing for s in course], theme(page.theme), before=[where.target] * len(course),
                          alt=words.t(N_("The landing as estimated each day, against the target.")), mirrored=words.rtl,
                          names=_names(page, course, lambda s: formats.value(s.landing, one.unit)))
    hint = words.t(N_("What the period ends with if each working day left brings what the days so far brought."))
    label = words.t(N_("Ended at")) if where.closed else words.t(N_("Landing estimate"))
    return Tile("landing", label, formats.value(where.landing, one.unit), delta,
                words.t(N_("over target")) if over >= 0 else words.t(N_("under target")), picture, md(caption), "" if where.closed else hint + " " + _band_words(page, likely, past))


def _band_words(page: Page, likely: object, past: int) -> str:
    if likely:
        return page.words.n("The range holds 80 times in 100, by the method's own errors in {n} past period.",
                            "The range holds 80 times in 100, by the method's own errors in {n} past periods.", past)
    return page.words.t(N_("No range: nine past periods are needed to know how far such an estimate is usually off; there are {n}."), n=past)


def _on_pace(page: Page, view: View) -> Tile:
    words, formats = page.words, page.formats
    judged = [p for p in view.parts if p.pace.good is not None]
    good = [p for p in judged if p.pace.good]
    behind = [whose(page, p.goal) for p in judged if not p.pace.good]
    delta, picture, versus = Delta("", "", "none", None), None, ""
    if view.flows and judged:
        courses = [(p, steps(p, view.days_of(p), view.board.on)) for p in judged]
        length = min(len(c) for _, c in courses)
        counts = [sum(c[i].on_pace(p.better) for p, c in courses) for i in range(length)]
        week_ago = (view.board.on - timedelta(days=7) - view.period.first).days
        if 0 <= week_ago < length and not judged[0].pace.closed:
            change = len(good) - counts[week_ago]
            delta = Delta(formats.count(abs(change)), "up" if change > 0 else "down" if change < 0 else "", "good" if change > 0 else "bad" if change < 0 else "none", change)
            versus = words.t(N_("since last week"))
        picture = tile_figure(counts, theme(page.theme), reached=len(good) / len(judged), mirrored=words.rtl,
                              alt=words.t(N_("How many are on pace, day by day.")), names=[formats.count(c) for c in counts])
    if judged and (not view.flows or judged[0].pace.closed):
        delta = Delta(formats.called(view.period.first, view.period.last), "", "none", None)
        picture = picture or tile_figure([], theme(page.theme), reached=len(good) / len(judged), alt=words.t(N_("How many are at target.")), mirrored=words.rtl)
    running = view.flows and not (judged and judged[0].pace.closed)
    if view.branches:
        label = words.t(N_("Branches on pace")) if running else words.t(N_("Branches at target"))
    else:
        label = words.t(N_("On pace")) if running else words.t(N_("At target"))
    caption = words.t(N_("Behind: {names}"), names=_few(page, behind)) if behind else words.t(N_("all of them")) if judged else words.t(N_("no target set"))
    return Tile("branches", label, words.t(N_("{n} of {all}"), n=formats.count(len(good)), all=formats.count(len(judged))), delta, versus, picture, md(caption))


def _few(page: Page, names: Sequence[str], most: int = 2) -> str:
    shown = page.words.listed(names[:most])
    return shown if len(names) <= most else page.words.t(N_("{names} +{n}"), names=shown, n=page.formats.count(len(names) - most))


def _gap(page: Page, one: Progress, course: Sequence[Step]) -> Tile:
    words, formats, where = page.words, page.formats, one.pace
    gap = where.gap or 0.0
    left = words.n("{n} working day left", "{n} working days left", round(where.days_left), n=formats.number(round(where.days_left), 0))
    delta = Delta(left if not where.closed else words.t(N_("the period has ended")), "", "none", None)
    if where.needed_per_day is not None and where.per_day is not None:
        caption = words.t(N_("{needed} a working day · so far {rate}"), needed=rate(page, where.needed_per_day, one.unit), rate=rate(page, where.per_day, one.unit))
    elif where.closed:
        caption = words.t(N_("at {rate} a working day"), rate=rate(page, where.per_day, one.unit))
    else:
        caption = words.t(N_("target reached")) if where.good and gap <= 0 else words.t(N_("{rate} a working day so far"), rate=rate(page, where.per_day, one.unit))
    picture = tile_figure([s.target - s.actual for s in course], theme(page.theme), before=[s.target - s.expected for s in course],
                          alt=words.t(N_("What is missing, day by day, against what should be missing.")), mirrored=words.rtl,
                          names=_names(page, course, lambda s: formats.value(s.target - s.actual, one.unit)))
    label = words.t(N_("Left of the limit")) if one.better == "down" else words.t(N_("Gap to target")) if gap > 0 else words.t(N_("Over target"))
    return Tile("gap", label, formats.value(abs(gap), one.unit), delta, "", picture, md(caption))


def _standing(page: Page, view: View, one: Progress) -> Tile:
    words, formats, where = page.words, page.formats, one.pace
    missing = None if where.gap is None else -where.gap
    delta = Delta("", "", "none", None)
    if missing is not None:
        text = formats.points(abs(missing)) if one.unit == "share" else formats.value(abs(missing), one.unit)
        delta = Delta(text, "up" if missing >= 0 else "down", tone_of(where.good), missing)
    months, grain = months_of(page, view, one), asking.monthly(page)
    picture = tile_figure([value for _, value in months], theme(page.theme), reached=where.attained, alt=words.t(N_("The last twelve months; the strip is what is reached of the target.")),
                          mirrored=words.rtl, names=[f"{formats.bucket(first, grain)}: {formats.value(value, one.unit)}" for first, value in months])
    return Tile("standing", words.label(view.measure), formats.value(where.actual, one.unit), delta, words.t(N_("against target")), picture,
                md(words.t(N_("{share} of target"), share=formats.part(where.attained))), words.t(where.why))


def months_of(page: Page, view: View, one: Progress) -> list[tuple[date, float | None]]:
    """An indicator's last twelve months, in the reader's calendar, at the scope of a target."""
    months, on = page.formats.months, view.board.on
    period = Period(months.shift(months.month_start(on), -11), on, calendar=months.name)
    rows = ask(replace(cut_of(one, on, view.board.places), period=period, grain=asking.monthly(page)), page.warehouse, scope=page.scope).rows
    return [(first, number(value)) for first, value in zip(rows["period"], rows[one.goal.measure], strict=True)]


def _aim(page: Page, view: View, one: Progress) -> Tile:
    words, formats = page.words, page.formats
    return Tile("aim", words.t(N_("Target")), formats.value(one.pace.target, one.unit),
                Delta(formats.called(view.period.first, view.period.last), "", "none", None), picture=tile_figure([], theme(page.theme), alt=words.t(N_("Target"))), caption=md(words.t(N_("no pace: it does not add up"))),
                help=words.t(one.pace.why))
