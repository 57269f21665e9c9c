"""The five figures of a customer's page, each with its comparison and its run over time."""
from __future__ import annotations

from typing import TYPE_CHECKING

from crm_data.analysis.timeline import Timeline
from crm_data.cuts.cut import Filter
from crm_data.cuts.periods import Period
from crm_data.errors import N_
from crm_data.output.charts import theme, tile_figure
from crm_data.output.formats import NO_DELTA, Delta
from pages.parts import asking
from pages.parts.tiles import Tile

if TYPE_CHECKING:
    from pages.parts.context import Page

MEASURES = ("revenue", "worth", "open_balance", "csat")


def figures(page: Page, story: Timeline) -> list[Tile]:
    """Revenue, worth, open balance, days since the last order, satisfaction."""
    only = (Filter("customer", "is", (str(story.who.id),)),)
    year = Period.named("last_12_months", page.today)
    answer = asking.asked(page, (*MEASURES, "overdue_balance", "_csat_n"), period=year, compare="last_year", filters=only)
    months = asking.asked(page, MEASURES, period=asking.last_months(page), grain="month", compare="last_year", filters=only)
    return [_measure(page, m, answer, months) for m in ("revenue", "worth", "open_balance")] + [_silence(page, story), _satisfaction(page, answer, months, story)]


def _measure(page: Page, name: str, answer, months) -> Tile:
    words, formats, measure = page.words, page.formats, page.catalog.measure(name)
    now, before = answer.totals[name], (answer.totals_before or {}).get(name)
    delta = formats.delta(now, before, measure.unit, measure.better)
    label = words.label(measure) if measure.kind == "balance" else words.t(N_("{measure}, 12 months"), measure=words.label(measure))
    caption = ""
    if name == "open_balance":
        overdue = answer.totals["overdue_balance"]
        caption = words.t(N_("**{amount}** overdue"), amount=formats.money(overdue)) if overdue else words.t(N_("nothing overdue"))
    versus = words.t(N_("on last year")) if delta.text else words.t(N_("nothing a year ago")) if not before else words.t(N_("no comparison"))
    return Tile(name, label, formats.value(now, measure.unit), delta, versus, _line(page, name, label, months), caption, words.help(measure))


def _line(page: Page, name: str, label: str, months):
    unit = page.catalog.measure(name).unit
    values, before = months.as_float(name), months.as_float(name, months.before) if months.before is not None else []
    if not any(v == v and v for v in [*values, *before]):
        return None
    names = [f"{page.formats.month(d)}: {page.formats.value(v, unit)}" for d, v in zip(months.rows["period"], values, strict=True)]
    alt = page.words.t(N_("{measure} by month, {first} to {last}"), measure=label, first=names[0], last=names[-1])
    return tile_figure(values, theme(page.theme), alt=alt, before=before, mirrored=page.words.rtl, names=names, wide=True)


def _silence(page: Page, story: Timeline) -> Tile:
    """Days since the last order, against this customer's own usual gap; the run is the gaps between its orders."""
    words, formats = page.words, page.formats
    label = words.t(N_("Since last order"))
    if story.silence is None:
        return Tile("silence", label, "–", NO_DELTA, words.t(N_("no order yet")))
    days = sorted({e.on for e in story.events if e.kind == "orders" and e.facts.get("counted")})
    gaps = [float((b - a).days) for a, b in zip(days, days[1:], strict=False)][-24:]
    value = words.n("{n} day", "{n} days", story.silence)
    picture = None
    if len(gaps) > 2:
        picture = tile_figure([*gaps, float(story.silence)], theme(page.theme), alt=words.t(N_("Days between orders, the last {n}"), n=len(gaps)), wide=True,
                              names=[words.n("{n} day", "{n} days", int(g)) for g in [*gaps, story.silence]])
    if story.usual_gap is None:
        return Tile("silence", label, value, NO_DELTA, words.t(N_("too few orders for a usual")), picture)
    more = story.silence - story.usual_gap
    if more <= 0:
        return Tile("silence", label, value, NO_DELTA, words.t(N_("usual {n}"), n=story.usual_gap), picture)
    late = any(g == story.silence for _, g in story.gaps)
    delta = Delta(formats.count(more, signed=True), "up", "bad" if late else "none", float(more))
    return Tile("silence", label, value, delta, words.t(N_("over usual {n}"), n=story.usual_gap), picture)


def _satisfaction(page: Page, answer, months, story: Timeline) -> Tile:
    words, formats = page.words, page.formats
    label, many = words.t(N_("Satisfaction, 12 months")), int(answer.totals["_csat_n"] or 0)
    now, before = answer.totals["csat"], (answer.totals_before or {}).get("csat")
    given = [e for e in reversed(story.events) if e.facts.get("feedback") == "csat"][-24:]
    picture = None
    if len(given) > 2:
        scores = [float(e.facts["score"]) for e in given]  # type: ignore[arg-type]
        picture = tile_figure(scores, theme(page.theme), alt=words.t(N_("Satisfaction, the last {n} answers"), n=len(scores)), wide=True,
                              names=[f"{formats.day(e.on)}: {formats.number(s, 0)}" for e, s in zip(given, scores, strict=True)])
    if not many:
        return Tile("csat", label, "–", NO_DELTA, words.t(N_("nobody asked")), picture)
    value = words.t(N_("{score} / 5"), score=formats.number(now, 1))
    delta = formats.delta(now, before, "score", "up")
    return Tile("csat", label, f"\u2066{value}\u2069" if words.rtl else value, delta, words.t(N_("on last year")) if delta.text else "", picture,
                words.n("{n} answer", "{n} answers", many))
