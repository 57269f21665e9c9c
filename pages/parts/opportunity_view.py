"""One opportunity on the screen: its stages with the days in each, everything done on it, and how it stands against won ones."""
from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.opportunities import Deal, Stay, days_by_stage, deal, stays
from crm_data.analysis.opportunity_story import Alert, Compared, Step, alerts, compared, steps
from crm_data.analysis.story_words import say, sentence
from crm_data.analysis.won_pattern import WonPattern, won_pattern
from crm_data.errors import N_, AccessDenied, InputError, MabatError
from crm_data.output.charts import breakdown, theme
from crm_data.output.charts.breakdown import Heads, Row
from crm_data.output.formats import NO_DELTA, Delta, plain
from crm_data.output.tables import Column, Sheet
from pages.parts import asking, state
from pages.parts.customer_back import coming
from pages.parts.empty import Empty, show_empty
from pages.parts.figure import Content, frame
from pages.parts.text import md
from pages.parts.tiles import Tile, tiles

if TYPE_CHECKING:
    from pages.parts.context import Page

KINDS = {"stage": N_("Stage"), "contact": N_("Contact"), "task": N_("Task"), "quote": N_("Quote")}
TONES = {"bad": "red", "warn": "orange", "good": "green"}


def opportunity_page(page: Page, asked: str) -> None:
    """Draw it, or say why it cannot be."""
    try:
        if not asked.isascii() or not asked.isdigit() or len(asked) > 18:
            raise InputError(N_("There is no opportunity “{key}”. Choose one in the list."), key=asked[:40])
        found = deal(page.warehouse, page.scope, int(asked))
    except MabatError as error:
        _back(page)
        what = N_("This opportunity is not yours to see") if isinstance(error, AccessDenied) else N_("No such opportunity")
        show_empty("opportunity", Empty(page.words.t(what), page.words.error(error), ":material/lock:" if isinstance(error, AccessDenied) else ":material/search_off:"))
        return
    _draw(page, found)


def _draw(page: Page, found: Deal) -> None:
    words = page.words

    def make() -> tuple:
        stayed, pattern = stays(page.warehouse, found), won_pattern(page.warehouse, page.scope)
        done = steps(page.warehouse, page.scope, found, stayed)
        return stayed, pattern, done, compared(page.warehouse, page.scope, found, done, pattern)
    stayed, pattern, done, beside = asking.kept("opportunity", page, make, found.id)  # type: ignore[misc]
    spent = days_by_stage(stayed)
    said = alerts(found, pattern, spent, [x for x in done if x.kind == "quote" and x.waiting])
    _back(page)
    _head(page, found)
    tiles(page, _figures(page, found, pattern, spent))
    left, right = st.columns([1.3, 1], gap="small")
    with left:
        frame(page, "way", words.t(N_("Its way through the stages")), content=lambda: _way(page, found, stayed, spent, pattern))
    with right:
        frame(page, "look", words.t(N_("What to look at")), content=lambda: _look(page, found, said), menu=False)
    left, right = st.columns([1.55, 1], gap="small")
    with left:
        frame(page, "done", words.t(N_("Everything done on it")), content=lambda: _done(page, done), height="content")
    with right:
        frame(page, "beside", words.t(N_("Beside those that were won")), content=lambda: _beside(page, beside, pattern), height="content")


def _back(page: Page) -> None:
    """To the customer whose story one came from, else to the list."""
    icon = ":material/arrow_forward:" if page.words.rtl else ":material/arrow_back:"
    of = st.query_params.get("of", "")
    if st.button(page.words.t(N_("The customer’s whole story") if of else N_("Pipeline")), icon=icon, type="tertiary", key="go_back"):
        state.open_page("customer" if of else "pipeline", {"id": of} if of else {})


def _head(page: Page, found: Deal) -> None:
    words, formats = page.words, page.formats
    name = found.name or words.t(N_("Opportunity {n}"), n=found.id)
    more = found.more
    parts = [words.member("outcome", found.outcome), words.t(N_("{name} branch"), name=plain(words.member("branch", found.branch))) if found.branch else "",
             words.t(N_("looked after by {name}"), name=plain(found.owner)) if found.owner else words.t(N_("nobody looks after it")), plain(words.member("product", more["product"])) if "product" in more else "",
             words.t(N_("came by {source}"), source=words.member("lead_source", more["lead_source"])) if "lead_source" in more else "",
             words.t(N_("campaign “{name}”"), name=plain(words.member("campaign", more["campaign"]))) if "campaign" in more else "",
             words.t(N_("against {competitor}"), competitor=plain(words.member("competitor", more["competitor"]))) if "competitor" in more else "",
             words.t(N_("lost: {reason}"), reason=plain(words.member("lost_reason", more["lost_reason"]))) if "lost_reason" in more else "",
             words.t(N_("opened {day}"), day=formats.day(found.opened_on)), words.t(N_("closed {day}"), day=formats.day(found.closed_on)) if found.closed_on and not found.open else ""]
    with st.container(horizontal=True, key="customer_head", horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(key="who", width="stretch"):
            st.markdown(f"# {md(name)}\n{md(words.in_line(parts))}")
        if st.button(plain(found.customer)[:40], icon=":material/person:", key="open_customer", help=words.t(N_("The customer’s whole story"))):
            state.open_page("customer", {"id": str(found.customer_id), **coming()})


def _figures(page: Page, found: Deal, pattern: WonPattern, spent: dict[str, int]) -> list[Tile]:
    """Amount, chance, age, days in the stage, days since anything was done; each beside what is usual."""
    words, formats = page.words, page.formats

    def days(key: str, label: str, n: int, usual, help: str) -> Tile:
        shown = words.n("{n} day", "{n} days", n)
        if usual is None or not usual.enough:
            return Tile(key, label, shown, NO_DELTA, words.t(N_("too few won to compare")), help=help)
        over = n - round(usual.median)
        delta = Delta(formats.count(over, signed=True), "up", "bad" if n > usual.high else "none", float(over)) if over > 0 else NO_DELTA
        return Tile(key, label, shown, delta, words.t(N_("over the usual {n}"), n=round(usual.median)) if over > 0 else words.t(N_("usual {n}"), n=round(usual.median)), help=help)
    chance = pattern.chances.get(found.stage or "") if found.open else None
    tolds = words.t(N_("{share} of such won"), share=formats.part(chance.share)) if chance else words.t(N_("too few won to compare"))
    close = words.t(N_("expected {day}"), day=formats.day(found.expected_close_on)) if found.expected_close_on else words.t(N_("no day expected"))
    made = [Tile("amount", words.t(N_("Amount")), formats.money(found.amount, full=True) if found.amount is not None else "–", NO_DELTA, close if found.open else words.member("outcome", found.outcome))]
    if found.open:
        made.append(Tile("chance", words.t(N_("Chance")), formats.part(found.probability) if found.probability is not None else "–", NO_DELTA, tolds,
                         help=words.t(N_("As noted by its owner; under it the share of opportunities that ever came into this stage, long enough ago to be decided, and were won (between {low} and {high})."),
                                      low=formats.part(chance.low), high=formats.part(chance.high)) if chance else words.t(N_("As noted by its owner."))))
    made.append(days("age", words.t(N_("Since opening")) if found.open else words.t(N_("From opening to closing")), found.age, pattern.length, words.t(N_("Beside the days from opening to winning of those that were won."))))
    if found.open:
        here = spent.get(found.stage or "", found.in_stage)
        made.append(days("in_stage", words.t(N_("In {stage}"), stage=words.member("stage", found.stage)) if found.stage else words.t(N_("In this stage")), here, pattern.stages.get(found.stage or ""),
                         words.t(N_("Beside the days the won ones spent in this stage."))))
        made.append(Tile("silent", words.t(N_("Since last activity")), words.n("{n} day", "{n} days", found.silent), NO_DELTA,
                         formats.day(found.touched_on) if found.touched_on else words.t(N_("none since it was opened"))))
    return made


def _way(page: Page, found: Deal, stayed: tuple[Stay, ...], spent: dict[str, int], pattern: WonPattern) -> Content:
    """Days in each stage as bars, with a mark where the won ones usually are."""
    words, formats = page.words, page.formats
    if not stayed:
        return Content(empty=Empty(words.t(N_("No history of stages")), words.t(N_("The data holds only the stage of today ({stage}). Days in each stage need the table “stage_history”."),
                                                                                stage=words.member("stage", found.stage)), ":material/linear_scale:"))
    rows, listed = [], []
    for stage, days in spent.items():
        usual = pattern.stages.get(stage)
        usual = usual if usual is not None and usual.enough else None
        name = plain(words.member("stage", stage))
        times = [x for x in stayed if x.stage == stage]
        here = found.open and stage == found.stage
        note = " · ".join([f"{formats.day(x.entered_on)} – {formats.day(x.left_on) if x.left_on else words.t(N_('today'))}" for x in times])
        told = words.n("{n} day", "{n} days", round(usual.median)) if usual else ""
        rows.append(Row(stage, name + (f" ({words.t(N_('now'))})" if here else ""), float(days), words.n("{n} day", "{n} days", days), usual.median if usual else None, "", told,
                        "bad" if usual and days > max(usual.high, 1) else "none", note=note))
        listed.append({"stage": name, "entered": times[0].entered_on, "left": times[-1].left_on, "days": days, "usual": usual.median if usual else None,
                       "high": usual.high if usual else None, "times": len(times), "amount": times[-1].amount})
    sheet = Sheet((Column("stage", words.t(N_("Stage"))), Column("entered", words.t(N_("Entered")), "date"), Column("left", words.t(N_("Left")), "date"), Column("days", words.t(N_("Days")), "count"),
                   Column("usual", words.t(N_("Usual")), "count", help=words.t(N_("Median of those that were won."))), Column("high", words.t(N_("Eight in ten below")), "count", wide_only=True),
                   Column("times", words.t(N_("Times")), "count", wide_only=True), Column("amount", words.t(N_("Amount then")), "money", wide_only=True)), tuple(listed))
    won = pattern.length.n if pattern.length else 0
    told = asking.sentence(page, words.t(N_("days in each stage")), words.t(N_("mark: median of {n} won ones"), n=formats.count(won, full=True)) if won >= 10 else words.t(N_("too few won to compare")),
                           words.t(N_("closed since {month}"), month=formats.month(pattern.since)) if pattern.since and won >= 10 else "")
    return Content(breakdown(rows, theme(page.theme), title=words.t(N_("Its way through the stages")), heads=Heads(share="", change=words.t(N_("Usual"))),
                             mirrored=words.rtl, narrow=page.narrow), sheet, sentence=told)


def _look(page: Page, found: Deal, said: list[Alert]) -> None:
    words = page.words
    for alert in said:
        st.markdown(f":{TONES[alert.severity]}[:material/flag:] {md(say(alert.said, words, page.formats))}")
    if not said:
        st.caption(words.t(N_("Nothing late, nothing missing.")) if found.open else words.t(N_("It is closed.")))
    if found.next_step:
        st.markdown(f"**{md(words.t(N_('Next step')))}** {md(words.member('next_step', found.next_step))}")


def _beside(page: Page, beside: list[Compared], pattern: WonPattern) -> Content:
    words, formats = page.words, page.formats
    def said(value: object, unit: str) -> str:
        return words.n("{n} day", "{n} days", round(float(value))) if unit == "days" else formats.value(value, unit)  # type: ignore[arg-type]
    rows = []
    for one in beside:
        usual = one.usual
        told = "" if usual is None else words.t({1: N_("high"), -1: N_("low"), 0: N_("as usual")}[one.beyond])
        rows.append({"what": words.t(one.label), "own": said(one.own, one.unit), "usual": said(usual.median, one.unit) if usual else "–", "told": told,
                     "range": f"{said(usual.low, one.unit)} – {said(usual.high, one.unit)}" if usual else "–"})
    columns = (Column("what", words.t(N_("What")), width=174), Column("own", words.t(N_("This one")), width=72), Column("told", words.t(N_("That is")), width=70),
               Column("usual", words.t(N_("Usual")), width=68, wide_only=page.narrow), Column("range", words.t(N_("Six in ten between")), width=130, wide_only=True))
    won = pattern.length.n if pattern.length else 0
    return Content(sheet=Sheet(columns, tuple(rows)), only_table=True, sentence=words.n("{n} won one you may see", "{n} won ones you may see", won, n=formats.count(won, full=True)))


def _done(page: Page, done: list[Step]) -> Content:
    words, formats = page.words, page.formats
    rows = [{"on": x.on, "kind": words.t(KINDS[x.kind]), "title": say(x.title, words, formats), "details": sentence(x.details, words, formats), "who": x.who, "amount": x.amount,
             "own": "" if x.own else words.t(N_("with the customer meanwhile"))} for x in done]
    columns = [Column("on", words.t(N_("Day")), "date", width=92), Column("kind", words.t(N_("Kind")), width=66, wide_only=True), Column("title", words.t(N_("What")), width=146),
               Column("details", words.t(N_("More")), width=222, wide_only=True), Column("who", words.t(N_("Who")), width=102, wide_only=True),
               Column("amount", f"{words.t(N_('Amount'))} {formats.symbol}", "money", width=100, wide_only=True)]
    if any(not x.own for x in done):
        columns.append(Column("own", words.t(N_("Belongs")), width=180, wide_only=True))
    own = sum(1 for x in done if x.own)
    others = len(done) - own
    told = asking.sentence(page, words.n("{n} entry", "{n} entries", own, n=formats.count(own)), words.n("and {n} with the customer meanwhile", "and {n} with the customer meanwhile", others, n=formats.count(others)) if others else "",
                           words.t(N_("latest first")))
    return Content(sheet=Sheet(tuple(columns), tuple(rows)), only_table=True, sentence=told)
