"""A story as the columns the component draws: every word, day and amount written out here, nothing left to the browser."""
from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from crm_data.analysis.events import KINDS
from crm_data.analysis.notices import Notice
from crm_data.analysis.story_words import say, sentence
from crm_data.analysis.timeline import Timeline
from crm_data.errors import N_
from crm_data.output.formats import Formats, plain
from crm_data.output.words import Words

NAMES = {"contacts": N_("Contacts"), "orders": N_("Orders"), "money": N_("Money"), "complaints": N_("Complaints"), "offers": N_("Offers"), "notes": N_("Notes")}
_FLAG = {"bad": 1, "warn": 2, "good": 3}
#: Longer stories send shorter titles; the whole text comes when an event is opened.
MANY, SHORT = 2000, 120
EPOCH = date(1970, 1, 1)


def number(day: date) -> int:
    """A day as the component counts: days since 1970."""
    return (day - EPOCH).days


def story_data(story: Timeline, noticed: list[Notice], words: Words, formats: Formats) -> dict[str, Any]:
    """What the component is given, without jumps. The same story gives the same bytes."""
    events = story.events
    oldest = events[-1].on if events else story.until
    first, last = number(min(oldest, story.until)), number(story.until)
    flags = {n.ref: n for n in reversed(noticed) if n.ref and n.severity != "good"}
    months = _months(story, words, formats)
    place = {m["key"]: i for i, m in enumerate(months)}
    columns: dict[str, list] = {name: [] for name in ("d", "k", "m", "w", "t", "s", "a", "f", "fs", "o", "c", "b", "bw", "g", "r")}
    balance_days, most = [d for d, _ in story.balance], max([abs(v) for _, v in story.balance] or [Decimal(1)]) or Decimal(1)
    gaps = _gaps(story, words)
    cut = SHORT if len(events) > MANY else 400
    days: dict[date, str] = {}
    for e in events:
        flag, when = flags.get(e.ref), days.get(e.on)
        if when is None:
            when = days[e.on] = formats.day_month(e.on)
        at = bisect_right(balance_days, e.on)
        owed = story.balance[at - 1][1] if at else Decimal(0)
        row = (number(e.on), KINDS.index(e.kind), place[(e.on.year, e.on.month)], when, plain(say(e.title, words, formats))[:cut],
               "" if flag else plain(sentence(e.details, words, formats))[:cut], formats.money(e.amount, full=True) if e.amount is not None else "",
               _FLAG[flag.severity] if flag else 0, say(flag.said, words, formats) if flag else "",
               number(e.opened_on) if e.opened_on else 0, number(e.closed_on) if e.closed_on else 0,
               formats.money(owed, full=True) if owed > 0 else "", int(100 * owed / most) if owed > 0 else 0,
               gaps.pop(e.on, "") if e.kind == "orders" and e.facts.get("counted") else "", e.ref)
        for name, value in zip(columns, row, strict=True):
            columns[name].append(value)
    counts = {k: sum(1 for e in events if e.kind == k) for k in KINDS}
    data = {
        "dir": "rtl" if words.rtl else "ltr", "first": first, "last": last, "ev": columns,
        "kinds": [{"w": words.t(NAMES[k]), "n": formats.count(counts[k], full=True)} for k in KINDS],
        "months": [{"w": m["w"], "n": m["n"], "s": m["s"]} for m in months],
        "spans": [[number(d), formats.month(d)] for d in _every_month(min(oldest, story.until), story.until)],
        "years": [{"w": str(y), "first": number(date(y, 1, 1)), "last": number(date(y, 12, 31))} for y in range(story.until.year, min(oldest, story.until).year - 1, -1)],
        "balance": [[max(number(d), first), round(max(float(v), 0.0) / float(most), 4)] for d, v in story.balance],
        "price": _scaled(story), "legend": _legend(story, words, formats), "noticed": [i for i, e in enumerate(events) if e.ref in flags],
        "labels": _labels(words)}
    data["version"] = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]
    return data


def _months(story: Timeline, words: Words, formats: Formats) -> list[dict[str, Any]]:
    """Month heads, newest first: name, events, and what was ordered."""
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for e in story.events:
        month = found.setdefault((e.on.year, e.on.month), {"key": (e.on.year, e.on.month), "day": e.on.replace(day=1), "n": 0, "orders": Decimal(0)})
        month["n"] += 1
        if e.kind == "orders" and e.facts.get("counted"):
            month["orders"] += e.amount or Decimal(0)
    for month in found.values():
        said = words.n("{n} event", "{n} events", month["n"], n=formats.count(month["n"], full=True))
        if month["orders"]:
            said += " · " + words.t(N_("orders {amount}"), amount=formats.money(month["orders"], full=True))
        month |= {"w": formats.month(month["day"]), "s": said}
    return list(found.values())


def _every_month(first: date, last: date) -> list[date]:
    day, found = first.replace(day=1), []
    while day <= last:
        found.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    return found


def _gaps(story: Timeline, words: Words) -> dict[date, str]:
    """Silence after the order of a day, as a row of its own."""
    usual = story.usual_gap or 0
    return {day: words.t(N_("{days} without an order (usual {usual})"), days=words.n("{n} day", "{n} days", long), usual=usual) for day, long in story.gaps}


def _scaled(story: Timeline) -> list[list[float]]:
    values = [float(v) for _, v in story.prices]
    if not values:
        return []
    low, high = min(values), max(values)
    # A price that hardly moved must not look as if it had halved.
    low = min(low, high * 0.7)
    return [[number(d), round((float(v) - low) / (high - low) if high > low else 0.5, 4)] for d, v in story.prices]


def _legend(story: Timeline, words: Words, formats: Formats) -> list[dict[str, str]]:
    shown = []
    if story.prices:
        before, now = (formats.money(p[1], full=True, decimals=2) for p in (story.prices[0], story.prices[-1]))
        shown.append({"c": "l-price", "w": words.t(N_("Price, {product}: first {before}, last {now}"), product=plain(story.price_of), before=before, now=now)})
    if story.balance:
        shown.append({"c": "l-area", "w": words.t(N_("Open balance {amount}"), amount=formats.money(story.open_balance, full=True))})
    return shown


def _labels(words: Words) -> dict[str, str]:
    return {"list": words.t(N_("Events, newest first")), "kinds": words.t(N_("Kinds of event")), "only": words.t(N_("Double click: only this kind")),
            "search": words.t(N_("Search in this story")), "whole": words.t(N_("Whole story")), "count": words.t(N_("{n} of {m} events")),
            "of": words.t(N_("{n} of {m} events")), "none": words.t(N_("No event fits. Press Esc to see the whole story.")), "balance": words.t(N_("Open balance")),
            "from": words.t(N_("From")), "to": words.t(N_("To")), "digits": "0123456789",
            "keys": words.t(N_("Keys: ↑ ↓ event · PgUp PgDn month · N next noticed · / search · 1-6 kinds · Enter more"))}
