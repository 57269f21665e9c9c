"""Cost rates on the screen: what holds and since when, a change whose effect is shown before it is applied, and who changed what.

Administrators change; everybody else reads.
"""
from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis import rate_store
from crm_data.analysis.owned import administers
from crm_data.analysis.rate_effect import effect, held_all
from crm_data.analysis.rate_store import Edit
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.cuts.rates import UNITS, Rate, rate_of_day, rates_of
from crm_data.errors import N_, MabatError
from crm_data.output.tables import Column, Sheet
from pages.parts.days import HIGHEST, Entered, day_input, given
from pages.parts.rate_effect_view import effect_view
from pages.parts.table import table
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

_VIEW, _NEXT, _DRIVER, _ASKED, _TURN = "rates_view", "rates_next", "rates_driver", "rates_asked", "rates_turn"
VIEWS = {"rates": N_("Rates"), "change": N_("Change a rate"), "history": N_("History")}


@dataclass(frozen=True)
class Asked:
    """What the effect on the screen is of: a rate to be set, or (``edit``) a change to be withdrawn; ``state`` of the rates then."""

    rate: Rate
    why: str
    state: tuple[int, int]
    edit: int | None = None


@dataclass(frozen=True)
class Kind:
    """What a kind of activity cost, and how many of it have no rate."""

    cost: Decimal | None
    unpriced: int


def open_rate_editor(page: Page) -> None:
    """The editor in a dialog."""
    for key in (_ASKED, _VIEW, _NEXT):
        st.session_state.pop(key, None)
    st.dialog(page.words.t(N_("Cost rates")), width="large")(rate_editor)(page)


def rate_editor(page: Page) -> None:
    """Draw the editor where it stands: on a page or in a dialog."""
    words = page.words
    views = [v for v in VIEWS if v != "change" or may_change(page)]
    wanted = st.session_state.pop(_NEXT, None) or st.session_state.get(_VIEW)
    st.session_state[_VIEW] = wanted if wanted in views else views[0]
    chosen = st.segmented_control(words.t(N_("View")), views, format_func=lambda v: words.t(VIEWS[v]), key=_VIEW, label_visibility="collapsed", required=True)
    {"change": _change, "history": _history}.get(chosen or "", _rates)(page)


def may_change(page: Page) -> bool:
    return administers(page.user)


def amount(page: Page, rate: Decimal) -> str:
    """A rate in the reporting currency, with as many digits as it has (two at least): ₪7.50."""
    told = page.formats.shown(rate)
    return page.formats.told(told, full=True, decimals=max(2, -int(told.normalize().as_tuple().exponent)))


def unit(page: Page, driver: str) -> str:
    return page.words.t(UNITS[driver]) if driver in UNITS else driver


def _days(page: Page, rate: Rate) -> str:
    day = page.formats.day
    if rate.last is None:
        return page.words.t(N_("from {day}, until changed"), day=day(rate.first))
    return page.words.t(N_("{first} to {last}"), first=day(rate.first), last=day(rate.last))


def _last_year(page: Page) -> Period:
    return Period.named("last_12_months", page.warehouse.as_of)


# What holds -----------------------------------------------------------------------------------------------------------
def _rates(page: Page) -> None:
    words, formats = page.words, page.formats
    earlier = st.session_state.get("rates_earlier", False)
    found = rate_store.lines(page.appdb, page.warehouse, None if earlier else page.warehouse.as_of)
    st.caption(md(words.t(N_("What one of each activity costs, in {currency}. Each activity is priced at the rate of its own day."), currency=page.formats.unit)))
    kinds = _last_year_by_kind(page)
    columns = (Column("rate", words.t(N_("Cost rate")), width=78 if page.narrow else 96), Column("unit", words.t(N_("Activity"))),
               Column("cost", f"{words.t(N_('In 12 months'))} {formats.symbol}", "money", width=118, wide_only=True, help=words.t(N_("What these activities cost in the last 12 months; minutes stand with their contacts."))),
               Column("first", words.t(N_("From")), width=88 if page.narrow else 108), Column("last", words.t(N_("Until")), width=108, wide_only=True),
               Column("by", words.t(N_("Set by")), wide_only=True), Column("why", words.t(N_("Why")), wide_only=True))
    rows = tuple({"rate": amount(page, one.rate.rate), "unit": unit(page, one.rate.driver), "first": formats.day(one.rate.first),
                  "cost": kinds[one.rate.driver].cost if one.rate.driver in kinds and one.rate.holds(page.warehouse.as_of) else None,
                  "last": formats.day(one.rate.last) if one.rate.last else words.t(N_("until changed")), "by": words.author(one.edit.who) if one.edit else words.t(N_("the data")),
                  "why": one.edit.why if one.edit else ""} for one in found)
    if rows:
        table(page, "rates_table", Sheet(columns, rows), on_row=(lambda i: _begin(found[i].rate.driver)) if may_change(page) else None, alt=words.t(N_("Rates that hold, by activity")))
    else:
        st.info(words.t(N_("No activity has a rate yet, so nothing is priced.")), icon=":material/payments:")
    missing = page.words.listed(f"{unit(page, driver)} ({formats.count(kind.unpriced)})" for driver, kind in kinds.items() if kind.unpriced)
    if missing:
        st.caption(md(words.t(N_("In the last 12 months without a rate, so in no cost: {names}"), names=missing)))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.toggle(words.t(N_("Earlier rates too")), key="rates_earlier")
        if may_change(page):
            st.space("stretch")
            st.button(words.t(N_("Change a rate")), key="rates_begin", icon=":material/edit:", on_click=_begin, args=(None,))
    if not may_change(page):
        st.caption(words.t(N_("Administrators change rates.")))


def _begin(driver: str | None) -> None:
    st.session_state[_NEXT] = "change"
    st.session_state.pop(_ASKED, None)
    if driver in UNITS:
        st.session_state[_DRIVER] = driver


def _last_year_by_kind(page: Page) -> dict[str, Kind]:
    """What each kind of activity cost in the last 12 months, and how many of it no rate priced."""
    cut = Cut(("cost_to_serve", "_activities", "_activities_priced"), ("cost_driver",), _last_year(page))
    rows = ask(cut, page.warehouse, scope=page.scope).rows.to_dict("records")
    # Where a group is too small to be told, it is not.
    return {str(r["cost_driver"]): Kind(r["cost_to_serve"], int(r["_activities"]) - int(r["_activities_priced"] or 0)) for r in rows if r["cost_driver"] and r["_activities"] is not None}


# Changing -------------------------------------------------------------------------------------------------------------
def _change(page: Page) -> None:
    words, rates = page.words, rates_of(page.warehouse)
    if st.session_state.get(_DRIVER) not in UNITS:
        st.session_state[_DRIVER] = next((d for d in UNITS if any(r.driver == d for r in rates)), next(iter(UNITS)))

    def named(driver: str) -> str:
        now = rate_of_day(rates, driver, page.warehouse.as_of)
        return f"{unit(page, driver)} · {amount(page, now) if now is not None else words.t(N_('no rate'))}"
    driver = st.selectbox(words.t(N_("Activity and its rate now")), list(UNITS), format_func=named, key=_DRIVER)
    now = rate_of_day(rates, driver, page.warehouse.as_of)
    turn = f"{driver}_{st.session_state.get(_TURN, 0)}"
    with st.grid(3, min_column_width=150, gap="small", key="rates_fields"):
        typed = st.number_input(words.t(N_("New rate, {currency} {unit}"), currency=page.formats.unit, unit=unit(page, driver)), value=None if now is None else float(page.formats.shown(now)), min_value=0.0,
                                max_value=float(page.formats.shown(rate_store.MOST_RATE)), step=None, format="%.10g", key=f"rates_value_{turn}" + ("_toman" if page.formats.toman else ""))
        value = None if typed is None else page.formats.kept(Decimal(str(typed)))
        first = day_input(page, words.t(N_("First day")), page.formats.months.month_start(page.warehouse.as_of), f"rates_first_{turn}", lowest=rate_store.EARLIEST, highest=HIGHEST, needed=True)
        last = day_input(page, words.t(N_("Last day (empty: until changed)")), None, f"rates_last_{turn}", lowest=rate_store.EARLIEST, highest=HIGHEST)
    why = st.text_input(words.t(N_("Why (kept with the change)")), max_chars=rate_store.LONGEST_WHY, key=f"rates_why_{turn}")
    if st.button(words.t(N_("Show the effect")), key="rates_show", type="primary", icon=":material/visibility:"):
        _ask_for(page, driver, value, first, last, why)
    asked = st.session_state.get(_ASKED)
    if asked is None or asked.edit is not None:
        return
    try:
        same = asked.rate == rate_store.check(driver, "" if value is None else value, given(first), given(last)) and asked.why == why
    except MabatError:
        same = False
    if not same:
        st.caption(words.t(N_("What is asked above has changed since: show its effect anew.")))
        return
    with st.container(border=True, key="frame_rates_effect"):
        _proposal(page, asked)


def _ask_for(page: Page, driver: str, value: Decimal | None, first: Entered, last: Entered, why: str) -> None:
    st.session_state.pop(_ASKED, None)
    try:
        rate = rate_store.check(driver, "" if value is None else value, given(first), given(last))
        rate_store.check_why(why)
    except MabatError as error:
        st.error(md(page.words.error(error)), icon=":material/error_outline:")
        return
    st.session_state[_ASKED] = Asked(rate, why, rate_store.state(page.appdb))


def _proposal(page: Page, asked: Asked) -> None:
    """The effect of a rate to be set, then the question whether to apply it."""
    words, rate = page.words, asked.rate
    label = words.t(N_("{amount} {unit}, {days}"), amount=amount(page, rate.rate), unit=unit(page, rate.driver), days=_days(page, rate))
    st.markdown(f"**{md(label)}**")
    spans = {"dated": words.t(N_("On its own days")), "whole": words.t(N_("All 12 months"))}
    later = rate.first > page.warehouse.as_of
    span = st.segmented_control(words.t(N_("Effect")), list(spans), default="whole" if later else "dated", format_func=spans.__getitem__, required=True, label_visibility="collapsed",
                                key=f"rates_span_{later}")
    year = _last_year(page)
    proposed = held_all(page.warehouse, rate, year) if span == "whole" else rate_store.with_change(page.appdb, page.warehouse, rate)
    with st.spinner(words.t(N_("Adding up what it changes …"))):
        told = effect(page.warehouse, page.scope, year, proposed)
    if span == "whole":
        st.caption(words.t(N_("As if it had held on all of these days.")))
    effect_view(page, told)
    _covered(page, rate)
    with st.container(horizontal=True):
        apply = st.button(words.t(N_("Apply this rate")), key="rates_apply", type="primary", icon=":material/check:")
        st.button(words.t(N_("Do not apply")), key="rates_drop", on_click=_dropped)
    if apply:
        _write(page, lambda: rate_store.change(page.appdb, page.user, rate.driver, rate.rate, rate.first, rate.last, asked.why, expected=asked.state), words.t(N_("Set: {rate}."), rate=label))


def _covered(page: Page, rate: Rate) -> None:
    """Rates of later days that would no longer hold: an open end reaches over them."""
    gone = [r for r in rates_of(page.warehouse) if r.driver == rate.driver and r.first > rate.first and r.end <= rate.end]
    if gone:
        text = page.words.listed(f"{amount(page, r.rate)} ({_days(page, r)})" for r in gone)
        st.caption(md(page.words.t(N_("Takes the place of: {rates}"), rates=text)))


def _dropped() -> None:
    st.session_state.pop(_ASKED, None)


def _write(page: Page, write, said: str) -> None:
    """Write, and draw everything anew; what is wrong is said and the effect is asked for again."""
    try:
        write()
    except MabatError as error:
        st.error(md(page.words.error(error)), icon=":material/error_outline:")
        _dropped()
        return
    _dropped()
    # Fresh fields: what was just set is not offered to be set again.
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    st.session_state[_NEXT] = "rates"
    # A toast outlives the run that follows, in which a dialog is closed.
    st.toast(md(said), icon=":material/check:")
    st.rerun()


# Who changed what -----------------------------------------------------------------------------------------------------
def _history(page: Page) -> None:
    words, formats, found = page.words, page.formats, rate_store.history(page.appdb)
    if not found:
        st.caption(words.t(N_("Nobody has changed a rate: all are those of the data.")))
        return
    columns = (Column("number", words.t(N_("No.")), "rank", width=44), Column("when", words.t(N_("When")), width=90 if page.narrow else 140), Column("rate", words.t(N_("Cost rate"))), Column("days", words.t(N_("Days")), wide_only=True), Column("who", words.t(N_("Who")), wide_only=True),
               Column("why", words.t(N_("Why")), wide_only=True), Column("state", words.t(N_("State"))))
    rows = tuple({"number": e.id, "when": formats.day(e.at.date()) if page.narrow else formats.moment(e.at), "rate": f"{amount(page, e.rate.rate)} {unit(page, e.rate.driver)}", "days": _days(page, e.rate), "who": words.author(e.who), "why": e.why,
                  "state": words.t(N_("holds")) if e.withdrawn_at is None else words.t(N_("withdrawn {day} by {who}"), day=formats.day(e.withdrawn_at.date()), who=words.author(e.withdrawn_by))} for e in found)
    table(page, "rates_history", Sheet(columns, rows), alt=words.t(N_("Changes of rates, newest first")))
    live = {e.id: e for e in found if e.holds}
    if not may_change(page) or not live:
        return

    def chosen() -> None:
        edit = live[int(st.session_state["rates_withdraw"])]
        st.session_state[_ASKED] = Asked(edit.rate, "", rate_store.state(page.appdb), edit.id)
    st.menu_button(words.t(N_("Withdraw a change")), list(live), key="rates_withdraw", on_click=chosen, icon=":material/undo:", format_func=lambda i: f"{formats.count(i, full=True)} · {_line(page, live[i])}")
    asked = st.session_state.get(_ASKED)
    if asked is not None and asked.edit in live:
        with st.container(border=True, key="frame_rates_effect"):
            _withdrawal(page, asked, live[asked.edit])


def _line(page: Page, edit: Edit) -> str:
    return page.words.listed([f"{amount(page, edit.rate.rate)} {unit(page, edit.rate.driver)}", _days(page, edit.rate)])


def _withdrawal(page: Page, asked: Asked, edit: Edit) -> None:
    words = page.words
    st.markdown(f"**{md(words.t(N_('Withdraw: {rate}'), rate=_line(page, edit)))}**")
    with st.spinner(words.t(N_("Adding up what it changes …"))):
        told = effect(page.warehouse, page.scope, _last_year(page), rate_store.without(page.appdb, page.warehouse, edit.id))
    effect_view(page, told)
    with st.container(horizontal=True):
        gone = st.button(words.t(N_("Withdraw this change")), key="rates_gone", type="primary", icon=":material/undo:")
        st.button(words.t(N_("Keep it")), key="rates_keep", on_click=_dropped)
    if gone:
        _write(page, lambda: rate_store.withdraw(page.appdb, page.user, edit.id, expected=asked.state), words.t(N_("Withdrawn: {rate}."), rate=_line(page, edit)))
