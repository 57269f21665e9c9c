"""Pipeline: what is open and what of it needs somebody; ``?id=`` opens one opportunity with everything about it."""
from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.opportunities import MOST_OPEN, Deal, open_deals
from crm_data.analysis.opportunity_story import Alert, alerts
from crm_data.analysis.story_words import say
from crm_data.analysis.won_pattern import won_pattern
from crm_data.errors import N_, MabatError
from crm_data.output.charts import breakdown, theme
from crm_data.output.charts.breakdown import Heads, Row
from crm_data.output.formats import plain
from crm_data.output.tables import Column, Sheet
from pages.parts import asking, state
from pages.parts.choices import lacking
from pages.parts.empty import Empty, show_empty
from pages.parts.figure import Content, frame
from pages.parts.filter_bar import filter_bar
from pages.parts.frames import Taken
from pages.parts.opportunity_view import opportunity_page
from pages.parts.page_head import page_head
from pages.parts.tiles import Tile, tiles

if TYPE_CHECKING:
    from pages.parts.context import Page

TILES = ("open_value", "weighted_pipeline", "won_value", "win_rate", "sales_cycle_days")
SHOWN, STEP = 25, 100


def render(page: Page) -> None:
    """Draw one opportunity when the address names one, else what is open."""
    # A link to a customer leaves its own choices on the page it was followed from, in the history of the browser: Back means the list.
    asked = "" if "from" in st.query_params else st.query_params.get("id", "")
    if asked:
        opportunity_page(page, asked)
        return
    page_head(page, N_("Pipeline"), "pipeline")
    filter_bar(page)
    if lacking(page.catalog, "open_value", asking.rows_by_table(page)):
        show_empty("pipeline", Empty(page.words.t(N_("No opportunities are in the data")),
                                     page.words.t(N_("The pipeline needs the table “{name}”. Your administrator can map it; it takes one SELECT."), name="opportunity"), ":material/database_off:"))
        return
    _tiles(page)
    frame(page, "stages", page.words.t(N_("Where open opportunities stand")), content=lambda: _stages(page))
    if page.scope.personal:
        frame(page, "deals", page.words.t(N_("Open opportunities")), content=lambda: _deals(page), height="content")
        _more(page)
    else:
        st.caption(page.words.t(N_("Your role sees numbers, not single opportunities, which name customers.")))
    if wanted := st.session_state.pop("_open_deal", None):
        state.open_page("pipeline", {"id": [str(wanted)]})


def _tiles(page: Page) -> None:
    """The pipeline on the last day, and what was closed in the period."""
    able = asking.usable(page, TILES)
    answer = asking.asked(page, able) if able else None
    shown = []
    for name in TILES:
        about = page.catalog.measure(name)
        if answer is None or name not in able:
            shown.append(Tile(name, page.words.label(about), "–", versus=page.words.t(N_("not known by these filters")), help=page.words.help(about)))
            continue
        now, before = answer.totals[name], (answer.totals_before or {}).get(name)
        delta = page.formats.delta(now, before, about.unit, about.better)
        shown.append(Tile(name, page.words.label(about), page.formats.value(now, about.unit), delta, asking.versus(page, answer) if delta.text else "", help=page.words.help(about)))
    tiles(page, shown)


# By stage -----------------------------------------------------------------------------------------------------------------
def _stages(page: Page) -> Content:
    """Open amount by stage, in the order of the stages, with how often entries into each were won."""
    words, formats = page.words, page.formats
    able = asking.usable(page, ("open_value", "weighted_pipeline"), ("stage",))
    if "open_value" not in able:
        return Content(empty=Empty(words.t(N_("Not known by these filters")), words.t(N_("No opportunity holds all of: {filters}."), filters=asking.filters_text(page)),
                                   mend=words.t(N_("Clear all filters")), act=state.clear_filters))
    answer = asking.asked(page, able, ("stage",), compare="none")
    pattern = won_pattern(page.warehouse, page.scope)
    usual = {name: i for i, name in enumerate(sorted(pattern.chances, key=lambda n: pattern.chances[n].share))}
    rows = [r for r in answer.rows.to_dict("records") if r["open_value"]]
    rows.sort(key=lambda r: (usual.get(r["stage"], len(usual)), str(r["stage"] or "")))
    if not rows:
        return Content(empty=Empty(words.t(N_("Nothing is open")), words.t(N_("No opportunity is open on the last day of the period.")), ":material/task_alt:"))
    total = float(answer.totals["open_value"] or 0) or 1.0
    bars, listed = [], []
    for r in rows:
        name, chance = words.member("stage", r["stage"]), pattern.chances.get(r["stage"])
        seen = chance is not None and page.scope.personal and chance.n >= 10
        note = words.t(N_("{won} of {n} that came here were won"), won=formats.count(chance.won), n=formats.count(chance.n)) if seen and chance else ""
        bars.append(Row(f"={r['stage']}" if r["stage"] else "?", plain(name), float(r["open_value"]), formats.money(r["open_value"]), None, formats.part(float(r["open_value"]) / total),
                        formats.part(chance.share) if seen and chance else "", note=note))
        listed.append({"stage": plain(name), "open_value": r["open_value"], "weighted_pipeline": r.get("weighted_pipeline"), "won": chance.share if seen and chance else None,
                       "n": chance.n if seen and chance else None, "low": chance.low if seen and chance else None, "high": chance.high if seen and chance else None})
    columns = [Column("stage", words.t(N_("Stage"))), *(Column(m, asking.view(page).head(m), "money") for m in able), Column("won", words.t(N_("Won later")), "share"),
               Column("low", words.t(N_("From")), "share", wide_only=True), Column("high", words.t(N_("To")), "share", wide_only=True), Column("n", "n", "count", wide_only=True)]
    sentence = asking.sentence(page, words.t(N_("open on {day}"), day=formats.day(answer.period.last)), asking.filters_text(page),
                               words.t(N_("won: of all that ever came into the stage, long enough ago to be decided")))
    return Content(breakdown(bars, theme(page.theme), title=words.t(N_("Where open opportunities stand")), heads=Heads(share=words.t(N_("Share")), change=words.t(N_("Won later"))),
                             mirrored=words.rtl, narrow=page.narrow),
                   Sheet(tuple(columns), tuple(listed), {"stage": words.t(N_("All")), **answer.totals}), sentence=sentence, cut=answer.cut, answer=answer, measure="open_value")


# The list -----------------------------------------------------------------------------------------------------------------
def _deals(page: Page) -> Content:
    """All open ones; those that need somebody first, then the largest."""
    words = page.words
    try:
        pattern = won_pattern(page.warehouse, page.scope)
        found = asking.kept("open_deals", page, lambda: open_deals(page.warehouse, page.scope, page.filters), page.filters)
    except MabatError as error:
        return Content(empty=Empty(words.t(N_("Not known by these filters")), words.error(error), mend=words.t(N_("Clear all filters")), act=state.clear_filters))
    if not found:
        return Content(empty=Empty(words.t(N_("Nothing is open")), words.t(N_("No opportunity is open under these filters.")), ":material/task_alt:"))
    told = [(deal, alerts(deal, pattern)) for deal in found]
    told.sort(key=lambda pair: (_urgency(pair[1]), -(pair[0].amount or 0), pair[0].id))
    st.session_state["deals_count"] = len(told)
    late = sum(1 for _, said in told if said and said[0].severity == "bad")
    rows = [_row(page, deal, said) for deal, said in told[:_shown()]]
    sentence = asking.sentence(page, words.n("{n} open", "{n} open", len(found), n=page.formats.count(len(found), full=True)) if len(found) < MOST_OPEN
                               else words.t(N_("the {n} largest"), n=page.formats.count(MOST_OPEN, full=True)),
                               words.n("{n} late", "{n} late", late, n=page.formats.count(late, full=True)) if late else "",
                               asking.filters_text(page), words.t(N_("on {day}"), day=page.formats.day(page.today)), words.t(N_("late ones first; click one for all about it")))
    whole = Taken(lambda: Sheet(_columns(page), tuple(_row(page, deal, said) for deal, said in told)), len(told))
    return Content(sheet=Sheet(_columns(page), tuple(rows)), whole=whole, only_table=True, sentence=sentence, row_keys=tuple(str(deal.id) for deal, _ in told),
                   on_click=lambda key: st.session_state.__setitem__("_open_deal", int(key)))


def _shown() -> int:
    return SHOWN + STEP * int(st.session_state.get("deals_more", 0))


def _more(page: Page) -> None:
    """The way to those further down."""
    left = int(st.session_state.get("deals_count", 0)) - _shown()
    if left > 0:
        st.button(page.words.t(N_("Show {n} more"), n=page.formats.count(min(left, STEP))), key="deals_show_more", icon=":material/expand_more:",
                  on_click=lambda: st.session_state.update(deals_more=int(st.session_state.get("deals_more", 0)) + 1))


def _urgency(said: list[Alert]) -> int:
    return 2 if not said else 0 if said[0].severity == "bad" else 1


def _columns(page: Page) -> tuple[Column, ...]:
    words = page.words
    columns = [Column("name", words.t(N_("Opportunity")), width=156), Column("customer", words.t(N_("Customer")), width=124, wide_only=True),
               Column("stage", words.t(N_("Stage")), width=86, wide_only=True),
               Column("amount", f"{words.t(N_('Amount'))} {page.formats.symbol}", "money", width=80), Column("probability", words.t(N_("Chance")), "part", width=56, wide_only=True),
               Column("said", words.t(N_("What to look at")), width=266), Column("next", words.t(N_("Next step")), width=118, wide_only=True),
               Column("close", words.t(N_("Expected")), "date", width=86, wide_only=True), Column("owner", words.t(N_("Owner")), width=90, wide_only=True)]
    return tuple(columns)


def _said(page: Page, said: list[Alert]) -> str:
    """The gravest alert, and how many more there are."""
    first = say(said[0].short, page.words, page.formats) if said else ""
    return first if len(said) < 2 else f"{first} (+{page.formats.count(len(said) - 1)})"


def _row(page: Page, deal: Deal, said: list[Alert]) -> dict[str, object]:
    return {"name": deal.name or page.words.t(N_("Opportunity {n}"), n=deal.id), "customer": deal.customer, "stage": page.words.member("stage", deal.stage), "amount": deal.amount,
            "probability": deal.probability, "said": _said(page, said), "next": page.words.member("next_step", deal.next_step) if deal.next_step else "",
            "close": deal.expected_close_on, "owner": deal.owner or ""}
