"""The five figures of a customer's page in one card, each with its comparison."""
from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.timeline import Timeline
from crm_data.cuts.cut import Filter
from crm_data.cuts.periods import Period
from crm_data.errors import N_
from crm_data.output.formats import NO_DELTA, Delta
from pages.parts import asking
from pages.parts.tiles import Tile, number

if TYPE_CHECKING:
    from pages.parts.context import Page

MEASURES = ("revenue", "worth", "open_balance", "csat")
STYLE = """
.st-key-frame_figures{padding:.8rem 1.1rem .75rem!important}.st-key-figures{gap:.6rem 1rem}
.st-key-frame_figures [data-testid="stMetricLabel"] p{font-size:.89rem;color:light-dark(#5B6675,#A3AEBC)}
.st-key-frame_figures [data-testid="stMetricLabel"] :is(div,p){white-space:normal;overflow:visible}
.st-key-frame_figures [data-testid="stMetricValue"]{letter-spacing:-.02em;line-height:1.15;font-size:1.5rem}
.st-key-frame_figures [data-testid="stTooltipIcon"]{opacity:0;transition:opacity .15s}.st-key-frame_figures :is(:hover,:focus-within) > * [data-testid="stTooltipIcon"]{opacity:1}
@media (max-width:640px){.st-key-figures > :first-child:nth-last-child(odd){grid-column:1/-1}}
"""


def figures_card(page: Page, story: Timeline, ids: tuple[int, ...]) -> None:
    """The card; ``ids``: the customers whose figures they are together."""
    with st.container(border=True, key="frame_figures"), st.grid(5, min_column_width=130, gap="small", key="figures"):
        for tile in figures(page, story, ids):
            number(page, tile)


def figures(page: Page, story: Timeline, ids: tuple[int, ...]) -> list[Tile]:
    """Revenue, worth, open balance, days since the last order, satisfaction."""
    only = (Filter("customer", "is", tuple(str(i) for i in ids)),)
    answer = asking.asked(page, (*MEASURES, "overdue_balance", "_csat_n"), period=Period.named("last_12_months", page.today), compare="last_year", filters=only)
    return [_measure(page, m, answer) for m in ("revenue", "worth", "open_balance")] + [_silence(page, story), _satisfaction(page, answer)]


def _measure(page: Page, name: str, answer) -> Tile:
    words, formats, measure = page.words, page.formats, page.catalog.measure(name)
    now, before = answer.totals[name], (answer.totals_before or {}).get(name)
    delta = formats.delta(now, before, measure.unit, measure.better)
    label = words.label(measure) if measure.kind == "balance" else words.t(N_("{measure}, 12 months"), measure=words.label(measure))
    versus = words.t(N_("on last year")) if delta.text else words.t(N_("nothing a year ago")) if not before else words.t(N_("no comparison"))
    overdue = answer.totals["overdue_balance"] if name == "open_balance" else None
    if overdue:
        # What is late says more than the change.
        delta, versus = Delta(words.t(N_("{amount} overdue"), amount=formats.money(overdue)), "", "bad", float(overdue)), ""
    elif name == "open_balance" and now:
        delta, versus = NO_DELTA, words.t(N_("nothing overdue"))
    return Tile(name, label, formats.value(now, measure.unit), delta, versus, help=words.help(measure))


def _silence(page: Page, story: Timeline) -> Tile:
    """Days since the last order, against this customer's own usual gap."""
    words, formats = page.words, page.formats
    label = words.t(N_("Since last order"))
    if story.silence is None:
        return Tile("silence", label, "–", NO_DELTA, words.t(N_("no order yet")))
    value = words.n("{n} day", "{n} days", story.silence)
    if story.usual_gap is None:
        return Tile("silence", label, value, NO_DELTA, words.t(N_("too few orders for a usual")))
    more = story.silence - story.usual_gap
    if more <= 0:
        return Tile("silence", label, value, NO_DELTA, words.t(N_("usual {n}"), n=story.usual_gap))
    late = any(g == story.silence for _, g in story.gaps)
    return Tile("silence", label, value, Delta(formats.count(more, signed=True), "up", "bad" if late else "none", float(more)), words.t(N_("over usual {n}"), n=story.usual_gap))


def _satisfaction(page: Page, answer) -> Tile:
    words, formats = page.words, page.formats
    label, many = words.t(N_("Satisfaction, 12 months")), int(answer.totals["_csat_n"] or 0)
    now, before = answer.totals["csat"], (answer.totals_before or {}).get("csat")
    if not many:
        return Tile("csat", label, "–", NO_DELTA, words.t(N_("nobody asked")))
    value = words.t(N_("{score} / 5"), score=formats.number(now, 1))
    delta, answers = formats.delta(now, before, "score", "up"), words.n("{n} answer", "{n} answers", many)
    return Tile("csat", label, f"\u2068{value}\u2069" if words.rtl else value, delta, answers)
