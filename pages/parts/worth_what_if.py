"""A rate tried out on the Worth page: sliders, what all would be worth, and who changes place. Nothing here is written anywhere."""
from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from crm_data.analysis.ranking import names_of
from crm_data.analysis.what_if import Tried, Units, tried, units
from crm_data.analysis.worth import Statement
from crm_data.analysis.worth_people import People
from crm_data.cuts.rates import UNITS, rates_of
from crm_data.errors import N_
from crm_data.output.tables import Column, Sheet
from pages.parts import asking
from pages.parts.customer_back import coming
from pages.parts.empty import Empty
from pages.parts.figure import Content
from pages.parts.frames import Taken
from pages.parts.table import table
from pages.parts.text import link, md
from pages.parts.worth_statement import few
from pages.parts.worth_whale import everybody

if TYPE_CHECKING:
    from pages.parts.context import Page

FIRST, SHOWN, SEEN, DRAWN, MOST_RATES = 20, 50, 9, 5, 4
VIEWS = {"top": N_("The best"), "moved": N_("Move most"), "loss": N_("Turn to loss"), "profit": N_("Turn to profit")}
_LEAST = 5


def what_if_content(page: Page, told: Statement) -> Content:
    """Sliders first, then the table of who changes place."""
    words = page.words
    title = words.t(N_("What if a rate changes"))
    if told.hidden:
        return Content(title=title, empty=few(page))
    drivers = offered(page, told)
    them = everybody(page)
    if not drivers or not len(them):
        return Content(title=title, empty=Empty(words.t(N_("No rate to try")), words.t(N_("No activity has a rate in this period, so nothing is priced.")), ":material/tune:"))
    chosen = st.multiselect(words.t(N_("Rates to try")), drivers, default=drivers[:1], key="what_if_drivers", max_selections=MOST_RATES, format_func=lambda d: words.t(UNITS.get(d, d)).capitalize(),
                            label_visibility="collapsed", placeholder=words.t(N_("Choose a rate")))
    changes = [c for c in (_slider(page, d) for d in chosen) if c is not None]
    found = tried(them, changes)
    _numbers(page, told, them, found)
    sentence = _sentence(page, changes)
    if not page.scope.personal:
        return Content(title=title, sentence=sentence, draw=lambda: None, notes=_notes(page))
    view = st.segmented_control(words.t(N_("Whom to show")), list(VIEWS), default="top", key="what_if_view", format_func=lambda v: words.t(VIEWS[v]), label_visibility="collapsed", required=True)
    positions = _whom(found, view or "top")
    if not len(positions):
        st.caption(words.t(N_("Nobody, at these rates.")) if changes else words.t(N_("Move a slider to see who changes.")))
        return Content(title=title, sentence=sentence, draw=lambda: None, notes=_notes(page))
    sheet = _sheet(page, them, found, positions)
    # So many rows and columns fit beside the groups; the other rows by scrolling, the last column in the table and in files.
    everybody_there = _whom(found, view or "top", None)
    whole = Taken(lambda: _sheet(page, them, found, everybody_there, kept=False), len(everybody_there))
    return Content(sheet=sheet, whole=whole, title=title, sentence=sentence, notes=_notes(page),
                   draw=lambda: table(page, "what_if_table", Sheet(sheet.columns[:DRAWN], sheet.rows), height=36 * (min(len(sheet.rows), SEEN) + 1) + 3, alt=title))


def offered(page: Page, told: Statement) -> list[str]:
    """Rates to try: the costliest activity first, then those without a rate."""
    rated = {r.driver for r in rates_of(page.warehouse) if r.first <= told.period.last and r.end >= told.period.first}
    found: list[str] = []
    for line in sorted((one for one in told.lines if one.drivers), key=lambda one: one.amount or 0):
        name = line.drivers[0]
        # A call costs by the call, by the minute, or both: what weighs more is not told apart here, so the minute stands first.
        found += [d for d in (name.replace("contact_", "minute_", 1), name) if d in rated and d not in found]
    return found


def _slider(page: Page, driver: str) -> tuple[Units, Decimal] | None:
    """The slider of a rate; its change, None while it stands where the rate stands."""
    words, formats = page.words, page.formats
    found = units(page.warehouse, page.scope, page.period, driver, page.filters)
    if not page.scope.personal and _of_few(page, driver, found):
        st.caption(words.t(N_("{rate}: of fewer than five customers, so it is not shown."), rate=words.t(UNITS.get(driver, driver)).capitalize()))
        return None
    # The slider stands in the unit told; rates are reckoned as the data keeps them.
    now = float(formats.shown(found.rate or 0))
    most, step = _scale(now)
    value = st.slider(words.t(N_("Rate {unit}, now {rate}"), unit=words.t(UNITS.get(driver, driver)), rate=formats.told(now, full=True, decimals=2)), 0.0, most, now, step, key=f"what_if_{driver}" + ("_toman" if formats.toman else ""), help=_days(page, driver, found),
                      format=f"%.{0 if step >= 1 else 1 if step >= 0.1 else 2}f")
    rate = Decimal(str(round(value, 4)))
    return None if abs(float(rate) - now) < step / 2 else (found, formats.kept(rate))


def _of_few(page: Page, driver: str, found: Units) -> bool:
    """Whether a rate is of fewer than five customers, or the other one of the same contacts is, which subtraction from their line would tell."""
    kind, _, channel = driver.partition("_")
    pair = {"contact": f"minute_{channel}", "minute": f"contact_{channel}"}.get(kind)
    other = units(page.warehouse, page.scope, page.period, pair, page.filters) if pair else None
    return 0 < len(found.keys) < _LEAST or (other is not None and other.cost_total != 0 and 0 < len(other.keys) < _LEAST)


def _days(page: Page, driver: str, found: Units) -> str | None:
    """Which rates held in the period, where there was more than the one of its last day."""
    if found.steady:
        return None
    day, money = page.formats.day, page.formats.money
    period = page.period.clipped(page.warehouse.as_of)
    mine = [r for r in rates_of(page.warehouse) if r.driver == driver and r.first <= period.last and r.end >= period.first]
    held = [page.words.t(N_("{rate} from {day}"), rate=money(r.rate, full=True, decimals=2), day=day(max(r.first, period.first))) for r in mine]
    return md(page.words.t(N_("In this period: {rates}."), rates=page.words.listed(held) or page.words.t(N_("no rate"))))


def _scale(now: float) -> tuple[float, float]:
    """The end of a slider and its step: up to three times the rate, in steps people would say."""
    if now <= 0:
        return 50.0, 0.5
    step = next(s for s in (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 50.0, 1e3, 1e5, 1e6, 1e7, 1e8) if now * 3 / s <= 400 or s == 1e8)
    return round(max(now * 3, step * 10) / step) * step, step


def _whom(found: Tried, view: str, most: int | None = SHOWN) -> np.ndarray:
    """Positions to list, in order; a file lists all (``most`` None)."""
    if view == "top":
        return np.argsort(found.place_then, kind="stable")[:most]
    if view == "moved":
        order = np.argsort(-np.abs(found.moved), kind="stable")[:most]
        return order[found.moved[order] != 0]
    crossing = found.to_loss if view == "loss" else found.to_profit
    change = np.abs(found.then[crossing] - found.now[crossing])
    return crossing[np.argsort(-change, kind="stable")][:most]


# What is told ---------------------------------------------------------------------------------------------------------
def _numbers(page: Page, told: Statement, them: People, found: Tried) -> None:
    words, formats = page.words, page.formats
    now = told.worth if told.worth is not None else told.revenue - (told.served or 0)
    then = now + found.effect
    with st.grid(2, min_column_width=120, gap="small", key="what_if_numbers"):
        _metric(page, words.t(N_("Worth of all")), formats.money(then), formats.money(abs(found.effect)), found.effect, True)
        lose_now, lose_then = int((found.now < 0).sum()), int((found.then < 0).sum())
        if page.scope.personal or not any(0 < n < _LEAST for n in (lose_now, lose_then, abs(lose_then - lose_now))):
            _metric(page, words.t(N_("Customers who lose")), formats.count(lose_then, full=True), formats.count(abs(lose_then - lose_now), full=True), lose_then - lose_now, False)
        if page.scope.personal:
            first = np.argsort(found.place_now, kind="stable")[:FIRST]
            moved = int((found.moved[first] != 0).sum())
            st.metric(words.t(N_("Moves in the first {n}"), n=min(FIRST, len(them))), formats.count(moved, full=True))
            st.metric(words.t(N_("Moves in all")), formats.count(int((found.moved != 0).sum()), full=True))


def _metric(page: Page, label: str, value: str, change: str, amount: object, up: bool) -> None:
    size = float(amount)  # type: ignore[arg-type]
    good = (size > 0) == up
    st.metric(md(label), value, delta=(f"\u2067{change}\u2069" if page.words.rtl else change) if size else page.words.t(N_("unchanged")), delta_color="gray" if not size else "green" if good else "red",
              delta_arrow="off" if not size else "up" if size > 0 else "down")


def _sentence(page: Page, changes: list[tuple[Units, Decimal]]) -> str:
    words, formats = page.words, page.formats
    if not changes:
        return words.t(N_("Move a slider: nothing is written, only shown"))
    parts = [words.t(N_("{unit} {rate}"), unit=words.t(UNITS.get(u.driver, u.driver)), rate=formats.money(r, full=True, decimals=2)) for u, r in changes]
    return asking.sentence(page, formats.period(page.period.first, min(page.period.last, page.warehouse.as_of)), words.t(N_("as if all through: {rates}"), rates=words.listed(parts)))


def _notes(page: Page) -> tuple[str, ...]:
    words = page.words
    return (words.t(N_("Every unit of the activity in the period is priced at the rate tried, on all days, also where it had none. All else stays as it is.")),
            words.t(N_("Places are by worth among everybody with a sale or an activity in the period; equal worth keeps the order of the customers.")))


def _sheet(page: Page, them: People, found: Tried, positions: np.ndarray, kept: bool = True) -> Sheet:
    words, money = page.words, f" {page.formats.symbol}"
    keys = [int(k) for k in them.keys[positions]]
    names = asking.kept("worth_names", page, lambda: names_of(page.warehouse, page.scope, "customer", keys), tuple(keys)) if kept else names_of(page.warehouse, page.scope, "customer", keys)
    columns = (Column("place", "#", "rank", width=48), Column("move", words.t(N_("Move")), "move", better="up", width=60), Column("customer", words.t(N_("Customer")), "link", width=124 if page.narrow else 172),
               Column("then", words.t(N_("Worth then")) + money, "money", width=96), Column("change", words.t(N_("Change")) + money, "money", width=84, wide_only=True),
               Column("now", words.t(N_("Worth now")) + money, "money", width=96, wide_only=True))
    rows = tuple({"place": int(found.place_then[i]), "move": int(found.moved[i]), "customer": link("customer", {"id": str(key), **coming()}, names.get(key, str(key))), "then": round(float(found.then[i]), 2),
                  "now": round(float(found.now[i]), 2), "change": round(float(found.then[i] - found.now[i]), 2)} for key, i in zip(keys, positions, strict=True))
    return Sheet(columns, rows)
