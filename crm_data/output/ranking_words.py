"""What a ranking says in words: names of criteria, values, and the reason of a changed place in one line."""
from __future__ import annotations

from datetime import date
from typing import Any, Protocol

from crm_data.cuts.catalog import Catalog
from crm_data.errors import N_
from crm_data.output.formats import Formats
from crm_data.output.words import Words

#: Criteria beside the measures: name and meaning.
OWN: dict[str, tuple[str, str]] = {
    "growth": (N_("Growth"), N_("Revenue of the period less that of the comparison period.")),
    "growth_rate": (N_("Growth in percent"), N_("Revenue of the period against that of the comparison period.")),
    "recency": (N_("Days since last order"), N_("Fewer is better.")),
    "last_contact": (N_("Days since last contact"), N_("Contacts of every kind, whoever began them.")),
    "days_late": (N_("Days late in paying"), N_("Mean by amount, of what was paid in the period and of what is overdue at its end; in time is 0."))}
#: What a record is called with its day.
_EVENTS: dict[str, str] = {
    "orders": N_("order of {day}"), "contacts": N_("contact of {day}"), "complaints": N_("complaint of {day}"), "invoices": N_("invoice of {day}"),
    "payments": N_("payment of {day}"), "closed": N_("deal of {day}"), "opened": N_("opportunity of {day}"), "quotes": N_("quote of {day}"),
    "feedback": N_("answer of {day}"), "leads": N_("enquiry of {day}"), "costs": N_("service of {day}")}
_STOPPED: dict[str, str] = {"orders": N_("no order since {day}"), "contacts": N_("no contact since {day}"), "closed": N_("no deal since {day}"), "payments": N_("no payment since {day}"), "invoices": N_("no invoice since {day}")}


class Told(Protocol):
    """The reason of a changed place, see ``analysis.ranking_reasons.Reason``."""

    @property
    def before(self) -> int | None: ...
    @property
    def now(self) -> int | None: ...
    @property
    def criterion(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def value_before(self) -> float | None: ...
    @property
    def value(self) -> float | None: ...
    @property
    def event(self) -> Any: ...
    @property
    def up(self) -> bool: ...


def criterion_label(name: str, words: Words, catalog: Catalog) -> str:
    """What a criterion is called."""
    if name in OWN:
        return words.t(OWN[name][0])
    head, _, rest = name.partition(".")
    if head in ("growth", "growth_rate") and rest:
        return words.t(N_("{measure}: growth in percent") if head == "growth_rate" else N_("{measure}: growth"), measure=words.label(catalog.measure(rest)))
    if name.startswith("member:"):
        return words.t(N_("Points: {dimension}"), dimension=words.label(catalog.dimension(name.removeprefix("member:"))).lower())
    return words.label(catalog.measure(name))


def criterion_help(name: str, words: Words, catalog: Catalog) -> str:
    """What a criterion means, in a sentence."""
    if name in OWN:
        return words.t(OWN[name][1])
    if name.partition(".")[0] in ("growth", "growth_rate"):
        return words.t(N_("Of the period against the comparison period."))
    if name.startswith("member:"):
        return words.t(N_("Points you give to the members; others have 0."))
    if name == "won_value":
        return words.t(N_("Contract amount: opportunities won in the period."))
    return words.t(catalog.measure(name).help)


def place_text(n: int, words: Words, formats: Formats) -> str:
    """A place: 7th in English, the number elsewhere."""
    if words.language != "en":
        return formats.count(n, full=True)
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{formats.count(n, full=True)}{ending}"


def move_text(reason: Told, words: Words, formats: Formats) -> str:
    """The change of place: "7th → 3rd", "new at 3rd", "7th → not ranked"."""
    def told(n: int) -> str:
        return place_text(n, words, formats)
    if reason.before is None:
        return words.t(N_("new at {place}"), place=told(reason.now or 0))
    if reason.now is None:
        return words.t(N_("{place} → not ranked"), place=told(reason.before))
    return words.t(N_("{before} → {now}"), before=told(reason.before), now=told(reason.now))


def why_text(reason: Told, words: Words, formats: Formats, catalog: Catalog, *, short: bool = False) -> str:
    """The reason alone: "order of 12 Mar 2026 (SO-123, ₪18,000)"; ``short``, for a column of a table: "order of 12 Mar (₪18,000)",
    and of what did not come again its day alone."""
    e = reason.event
    if reason.kind == "others":
        return words.t(N_("others fell")) if reason.up else words.t(N_("others rose"))
    if reason.kind == "stopped":
        return words.t(_STOPPED.get(e.what, N_("nothing since {day}")), day=_day(e.day, formats))
    if reason.kind in ("event", "missing") and e is not None:
        day = formats.day_month(e.day) if short and e.day and reason.kind == "event" else _day(e.day, formats)
        text = words.t(_EVENTS.get(e.what, N_("{what} of {day}")), day=day, what=e.what)
        details = (_reference(e), formats.value(e.amount, reason.unit, True) if e.amount and reason.unit == "money" else "")
        told = [x for x in details if x]
        inside = words.listed(told) if not short else "" if reason.kind == "missing" else told[-1] if told else ""
        text = words.t(N_("{event} ({details})"), event=text, details=inside) if inside else text
        return text if reason.kind == "event" else words.t(N_("nothing like the {event}"), event=text)
    name = criterion_label(reason.criterion, words, catalog).lower()
    before, now = (formats.value(v, reason.unit, True) for v in (reason.value_before, reason.value))
    if reason.value_before is None or reason.value is None:
        return words.t(N_("{measure}: {value}") if reason.value_before is None else N_("{measure} before: {value}"), measure=name, value=now if reason.value_before is None else before)
    return words.t(N_("{measure}: {before} → {now}"), measure=name, before=before, now=now)


def reason_text(reason: Told, words: Words, formats: Formats, catalog: Catalog) -> str:
    """The whole: "7th → 3rd: order of 12 March (SO-123, ₪18,000)"."""
    return words.t(N_("{move}: {why}"), move=move_text(reason, words, formats), why=why_text(reason, words, formats, catalog))


def _reference(e: Any) -> str:
    """The number people call a record by; ids of the data say nothing."""
    return "" if e.reference.isdigit() or e.what == "costs" else e.reference


def _day(day: date | None, formats: Formats) -> str:
    return formats.day(day) if day is not None else formats.count(None)
