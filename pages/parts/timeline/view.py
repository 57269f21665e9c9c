"""A story as the columns the component draws: every word, day and amount written out here, nothing left to the browser."""
from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

from crm_data.analysis.events import KINDS, Event
from crm_data.analysis.notices import Notice
from crm_data.analysis.story_words import say, sentence
from crm_data.analysis.timeline import FEW_PRICES, Timeline
from crm_data.errors import N_
from crm_data.output.formats import Formats, plain
from crm_data.output.words import Words
from crm_data.text import in_order, persian_digits

NAMES = {"contacts": N_("Contacts"), "orders": N_("Orders"), "money": N_("Money"), "complaints": N_("Complaints"), "offers": N_("Offers"), "notes": N_("Notes")}
COLUMNS = ("d", "k", "m", "w", "t", "s", "a", "f", "fs", "o", "c", "b", "bw", "g", "r", "h", "y")
_FLAG = {"bad": 1, "warn": 2, "good": 3}
#: Longer stories send shorter titles; the whole text comes when an event is opened.
MANY, SHORT, LONG = 2000, 120, 400
#: Products whose price may be chosen.
MOST_PRICES = 40
EPOCH = date(1970, 1, 1)


def number(day: date) -> int:
    """A day as the component counts: days since 1970."""
    return (day - EPOCH).days


def story_data(story: Timeline, noticed: list[Notice], words: Words, formats: Formats) -> dict[str, Any]:
    """What the component is given. The same story gives the same bytes."""
    events = story.events
    oldest = min(events[-1].on, story.until) if events else story.until
    # What is written today may be later than the data.
    newest = max(events[0].on, story.until) if events else story.until
    flags = {n.ref: n for n in reversed(noticed) if n.ref and n.severity != "good"}
    months = _months(story, words, formats)
    whose = _whose(story)
    counts = Counter(e.kind for e in events)
    data = {
        "story": str(story.who.id), "dir": "rtl" if words.rtl else "ltr", "first": number(oldest), "last": number(newest),
        "ev": _columns(story, flags, {m["day"]: i for i, m in enumerate(months)}, whose, words, formats),
        "kinds": [{"w": words.t(NAMES[k]), "n": formats.count(counts[k], full=True)} for k in KINDS],
        "months": [{"w": m["w"], "n": m["n"], "s": m["s"]} for m in months],
        "spans": [[number(d), formats.month(d)] for d in _every_month(oldest, newest, formats)],
        "years": _years(oldest, newest, formats),
        "whose": [{"w": name, "n": formats.count(n, full=True)} for name, n in whose.items()],
        "balance": _balance(story, number(oldest)), "prices": _prices(story, words, formats),
        "owed": words.t(N_("Open balance {amount}"), amount=formats.money(story.open_balance, full=True)) if story.balance else "",
        "noticed": [i for i, e in enumerate(events) if e.ref in flags], "labels": _labels(words)}
    data["version"] = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]
    return data


def _columns(story: Timeline, flags: dict[str, Notice], place: dict[date, int], whose: dict[str, int], words: Words, formats: Formats) -> dict[str, list]:
    columns: dict[str, list] = {name: [] for name in COLUMNS}
    owed_on, most = [d for d, _ in story.balance], _most(story)
    gaps, cut, days = _gaps(story, words), SHORT if len(story.events) > MANY else LONG, dict[date, tuple[str, int]]()
    nth = {name: i for i, name in enumerate(whose)}
    for e in story.events:
        flag = flags.get(e.ref)
        if e.on not in days:
            days[e.on] = formats.day_month(e.on), place[formats.months.month_start(e.on)]
        when, month = days[e.on]
        at = bisect_right(owed_on, e.on)
        owed = story.balance[at - 1][1] if at else Decimal(0)
        row = (number(e.on), KINDS.index(e.kind), month, when, in_order(say(e.title, words, formats))[:cut],
               "" if flag else in_order(_second(e, words, formats))[:cut], formats.money(e.amount, full=True) if e.amount is not None else "",
               _FLAG[flag.severity] if flag else 0, say(flag.said, words, formats) if flag else "",
               number(e.opened_on) if e.opened_on else 0, number(e.closed_on) if e.closed_on else 0,
               formats.money(owed, full=True) if owed > 0 else "", int(100 * owed / most) if owed > 0 else 0,
               gaps.pop(e.on, "") if e.kind == "orders" and e.facts.get("counted") else "", e.ref,
               nth.get(_company(story, e), -1), nth.get(plain(e.person), -1) if e.person else -1)
        for name, value in zip(COLUMNS, row, strict=True):
            columns[name].append(value)
    return columns


def _second(e: Event, words: Words, formats: Formats) -> str:
    """The second line: whose it is where several are told together, then the details."""
    told = sentence(e.details, words, formats)
    return words.in_line((plain(e.whose), told))


def _company(story: Timeline, e: Event) -> str:
    return plain(e.whose or story.who.name) if story.family else ""


def _whose(story: Timeline) -> dict[str, int]:
    """Whose events can be asked for, with how many there are: the companies told together, then the people inside."""
    companies = Counter(_company(story, e) for e in story.events) if story.family else Counter()
    people = Counter(plain(e.person) for e in story.events if e.person)
    if len(companies) + len(people) < 2 and not people:
        return {}
    return {**dict(companies.most_common(60)), **{name: n for name, n in people.most_common(60) if name not in companies}}


def _months(story: Timeline, words: Words, formats: Formats) -> list[dict[str, Any]]:
    """Month heads in the reader's calendar, newest first: first day, name, events, and what was ordered."""
    found: dict[date, dict[str, Any]] = {}
    starts: dict[date, date] = {}
    for e in story.events:
        start = starts.get(e.on)
        if start is None:
            start = starts[e.on] = formats.months.month_start(e.on)
        month = found.setdefault(start, {"day": start, "n": 0, "orders": Decimal(0)})
        month["n"] += 1
        if e.kind == "orders" and e.facts.get("counted"):
            month["orders"] += e.amount or Decimal(0)
    for month in found.values():
        said = words.n("{n} event", "{n} events", month["n"], n=formats.count(month["n"], full=True))
        if month["orders"]:
            said += " · " + words.t(N_("orders {amount}"), amount=formats.money(month["orders"], full=True))
        month |= {"w": formats.month(month["day"]), "s": said}
    return list(found.values())


def _every_month(first: date, last: date, formats: Formats) -> list[date]:
    day, found = formats.months.month_start(first), []
    while day <= last:
        found.append(day)
        day = formats.months.shift(day, 1)
    return found


def _years(first: date, last: date, formats: Formats) -> list[dict[str, Any]]:
    """The years of the reader's calendar, newest first: name, first and last day."""
    day, found = formats.months.year_start(last), []
    while True:
        found.append({"w": formats.year(day), "first": number(day), "last": number(formats.months.year_end(day))})
        if day <= first:
            return found
        day = formats.months.shift(day, -12)


def _gaps(story: Timeline, words: Words) -> dict[date, str]:
    """Silence after the order of a day, as a row of its own."""
    usual = story.usual_gap or 0
    return {day: words.t(N_("{days} without an order (usual {usual})"), days=words.n("{n} day", "{n} days", long), usual=usual) for day, long in story.gaps}


def _most(story: Timeline) -> Decimal:
    return max([abs(v) for _, v in story.balance] or [Decimal(1)]) or Decimal(1)


def _balance(story: Timeline, first: int) -> list[list[float]]:
    most = float(_most(story))
    return [[max(number(d), first), round(max(float(v), 0.0) / most, 4)] for d, v in story.balance]


def _prices(story: Timeline, words: Words, formats: Formats) -> list[dict[str, Any]]:
    """The price of each product bought on enough days, most bought first; scaled to its own highest and lowest."""
    found = []
    for line in [p for p in story.products if len(p.points) >= FEW_PRICES][:MOST_PRICES]:
        values = [float(v) for _, v in line.points]
        high = max(values)
        # A price that hardly moved must not look as if it had halved.
        low = min(*values, high * 0.7)
        said = f"{formats.money(line.first, full=True, decimals=2)} {'←' if words.rtl else '→'} {formats.money(line.last, full=True, decimals=2)}"
        found.append({"w": plain(words.member("product", line.product)), "s": said, "v": [[number(d), round((v - low) / (high - low) if high > low else 0.5, 4)] for (d, _), v in zip(line.points, values, strict=True)]})
    return found


def _labels(words: Words) -> dict[str, str]:
    return {"list": words.t(N_("Events, newest first")), "kinds": words.t(N_("Kinds of event")), "only": words.t(N_("Double click: only this kind")),
            "search": words.t(N_("Search in this story")), "whole": words.t(N_("Whole story")), "count": words.t(N_("{n} of {m} events")),
            "of": words.t(N_("{n} of {m} events")), "none": words.t(N_("No event fits. Press Esc to see the whole story.")), "balance": words.t(N_("Open balance")),
            "from": words.t(N_("From")), "to": words.t(N_("To")), "whose": words.t(N_("Whose events")), "everyone": words.t(N_("Everyone")),
            "product": words.t(N_("Product whose price is drawn")), "price": words.t(N_("Price")), "digits": persian_digits("0123456789") if words.digits == "persian" else "0123456789",
            "keys": words.t(N_("Keys: ↑ ↓ event · PgUp PgDn month · N next noticed · / search · 1-6 kinds · Enter more"))}
