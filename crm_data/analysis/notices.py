"""What one customer's story shows that somebody should look at: the worst first, each with the event it is about.

Here what waits and what is near: complaints, invoices, quotes, opportunities, tasks, ends of contracts, birthdays. What shows in
the way somebody buys is in :mod:`crm_data.analysis.notices_buying`. The rules in words: docs/customer.md.
"""
from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from crm_data.analysis.events import Event
from crm_data.analysis.findings import Said
from crm_data.analysis.notice import Notice
from crm_data.analysis.notices_buying import buying
from crm_data.analysis.timeline import Timeline
from crm_data.analysis.worth import Statement
from crm_data.errors import N_

__all__ = ["Notice", "notices"]

#: Days a complaint may wait for its first answer before it is told, however fast the firm is: a weekend is no neglect.
WAITING_COMPLAINT = 2
#: Days a complaint may stay open, and a quote unanswered, before it is told, where the firm has no usual of its own or a shorter one.
OPEN_COMPLAINT, WAITING_QUOTE = 14, 14
#: A quote that ran out longer ago is history.
RAN_OUT = 30
#: Days an invoice may be late: a bank takes up to three. Beyond the second it is grave, if it is a tenth of what is bought in a year:
#: one small bill that was forgotten is no reason to shout.
LATE, VERY_LATE, MUCH = 3, 60, Decimal("0.1")
#: Days before its end at which a contract is told, and before a birthday.
ENDS, BIRTHDAY = 60, 14
#: An opportunity is told when it has been in its stage for this many times what eight of ten won ones took, and a week beyond it.
STAGE_TIMES, STAGE_DAYS = 2.0, 7
#: Days past the expected close that are forgiven.
EXPECTED = 7


def notices(story: Timeline, worth: Statement | None = None) -> list[Notice]:
    """Everything noticed, late before look, then by how long. ``worth``: the statement of the last 12 months, for "costs more than it
    brings". A story narrowed to one person (``story.contact``) has none: what is missing in it means nothing."""
    if story.contact is not None:
        return []
    found = [*_complaints(story), *buying(story, worth), *_invoices(story), *_quotes(story), *_opportunities(story), *_tasks(story), *_soon(story)]
    return sorted(found, key=lambda n: (("bad", "warn", "good").index(n.severity), -n.weight, n.ref))


def _complaints(story: Timeline) -> Iterable[Notice]:
    """Without an answer for two days and twice the firm's usual; answered, and open longer than nine of ten were and two weeks."""
    hours, long = story.usual.answer_hours, max(story.usual.resolve_days or 0.0, float(OPEN_COMPLAINT))
    for e in story.events:
        if not e.ref.startswith("complaint:") or not e.facts.get("open"):
            continue
        days = (story.until - e.on).days
        values: dict[str, tuple[str, object]] = {"n": ("text", e.ref.split(":")[1]), "days": ("days", days)}
        if not e.facts["answered"]:
            if days >= WAITING_COMPLAINT and days * 24 >= 2 * (hours or 0.0):
                said = Said(N_("Complaint {n} has had no answer for {days}"), values) if hours is None else \
                    Said(N_("Complaint {n} has had no answer for {days} (usual: {usual})"), values | {"usual": ("hours", max(1, round(hours))) if hours < 48 else ("days", hours / 24)})
                since = int(e.facts.get("contacts") or 0)  # type: ignore[call-overload]
                if since:
                    again = Said.n("{n} contact since", "{n} contacts since", since, {})
                    said = Said(N_("{what}; {since}"), {"what": ("said", said), "since": ("said", again)})
                yield Notice("complaint", "bad", said, e.ref, 1000 + days, e.whose)
        elif days > long:
            said = Said(N_("Complaint {n} is open for {days}"), values) if story.usual.resolve_days is None else \
                Said(N_("Complaint {n} is open for {days} (nine of ten: {usual})"), values | {"usual": ("days", story.usual.resolve_days)})
            yield Notice("complaint", "warn", said, e.ref, 400 + days, e.whose)


def _together(found: list[Event], day: str) -> tuple[Event, int]:
    """The one that has waited longest, and how many there are."""
    return min(found, key=lambda e: (e.facts[day], e.ref)), len(found)  # type: ignore[arg-type,return-value]


def _invoices(story: Timeline) -> Iterable[Notice]:
    """All overdue invoices in one sentence, about the one that is longest overdue; credit notes still open are taken off them."""
    billed = [e for e in story.events if e.ref.startswith("invoice:") and e.facts.get("rest")]
    late = [e for e in billed if e.facts["rest"] > 0 and isinstance(e.facts.get("due"), date) and (story.until - e.facts["due"]).days > LATE]  # type: ignore[operator]
    rest = sum((e.facts["rest"] for e in (*late, *(x for x in billed if x.facts["rest"] < 0))), Decimal(0))  # type: ignore[misc,operator]
    if not late or rest <= 0:
        return
    oldest, n = _together(late, "due")
    due: date = oldest.facts["due"]  # type: ignore[assignment]
    days = (story.until - due).days
    values: dict[str, tuple[str, object]] = {"number": ("text", oldest.facts["number"]), "day": ("day", due), "rest": ("money", rest), "days": ("days", days)}
    said = Said(N_("Invoice {number} overdue since {day}, {days}: {rest}"), values) if n == 1 else \
        Said.n("{n} invoice overdue, the oldest ({number}) since {day}: {rest}", "{n} invoices overdue, the oldest ({number}) since {day}: {rest}", n, values)
    year = sum((e.amount or Decimal(0) for e in story.events if e.kind == "orders" and e.facts.get("counted") and (story.until - e.on).days < 365), Decimal(0))
    yield Notice("invoice", "bad" if days > VERY_LATE and rest > MUCH * year else "warn", said, oldest.ref, 300 + days, oldest.whose)


def _quotes(story: Timeline) -> Iterable[Notice]:
    """Without an answer for two weeks and longer than is usual; not those of a deal that was decided, or that ran out a month ago."""
    usual = story.usual.quote_days
    for e in story.events:
        days, valid = (story.until - e.on).days, e.facts.get("valid_to")
        if not e.ref.startswith("quote:") or not e.facts.get("waiting") or days < max(WAITING_QUOTE, usual or 0):
            continue
        if isinstance(valid, date) and (story.until - valid).days > RAN_OUT:
            continue
        values: dict[str, tuple[str, object]] = {"number": ("text", e.facts["number"]), "amount": ("money", e.amount), "days": ("days", days), "usual": ("days", usual)}
        said = Said(N_("Quote {number} ({amount}) has had no answer for {days}"), values) if usual is None else \
            Said(N_("Quote {number} ({amount}) has had no answer for {days} (usual: {usual})"), values)
        yield Notice("quote", "warn", said, e.ref, 200 + days, e.whose)


def _opportunities(story: Timeline) -> Iterable[Notice]:
    """A week past the expected close, or more than twice as long in its stage as eight of ten won ones took: the worse is told."""
    for e in story.events:
        if not e.facts.get("open") or not e.ref.startswith("opportunity:"):
            continue
        expected, entered, stage = e.facts["expected"], e.facts["entered"], e.facts["stage"]
        long = story.usual.stage_days.get(str(stage))
        stayed = (story.until - entered).days if isinstance(entered, date) else 0
        past = (story.until - expected).days if isinstance(expected, date) else 0
        values: dict[str, tuple[str, object]] = {"name": ("text", e.facts["name"]), "days": ("days", stayed), "stage": ("member:stage", stage), "usual": ("days", long), "day": ("day", expected)}
        slow = long is not None and stayed > max(STAGE_TIMES * long, long + STAGE_DAYS)
        if past > EXPECTED and slow:
            said = Said(N_("{name}: expected {day}, and in {stage} for {days} (eight of ten won ones: {usual})"), values)
        elif past > EXPECTED:
            said = Said(N_("{name}: was expected {day} and is still open"), values)
        elif slow:
            said = Said(N_("{name}: in {stage} for {days} (eight of ten won ones: {usual})"), values)
        else:
            continue
        yield Notice("opportunity", "warn", said, e.ref, 100 + max(past, stayed if slow else 0), e.whose)


def _tasks(story: Timeline) -> Iterable[Notice]:
    """Tasks and decisions past their day, in one sentence about the oldest."""
    late = [e for e in story.events if isinstance(e.facts.get("task_due"), date) and e.facts["task_due"] < story.until]  # type: ignore[operator]
    if not late:
        return
    oldest, n = _together(late, "task_due")
    due: date = oldest.facts["task_due"]  # type: ignore[assignment]
    values: dict[str, tuple[str, object]] = {"what": ("member:activity_kind", oldest.facts["what"]), "day": ("day", due), "days": ("days", (story.until - due).days)}
    said = Said(N_("“{what}” was due {day}, {days} ago"), values) if n == 1 else \
        Said.n("{n} task overdue, the oldest (“{what}”) since {day}", "{n} tasks overdue, the oldest (“{what}”) since {day}", n, values)
    yield Notice("task", "warn", said, oldest.ref, min(99, (story.until - due).days), oldest.whose)


def _soon(story: Timeline) -> Iterable[Notice]:
    """A birthday within two weeks; a document that ends within two months and was not followed by one that holds longer."""
    born = story.who.birth_date
    if story.who.lost_on:
        return
    if born and story.who.relation in ("customer", "prospect", "lead", "partner"):
        day = birthday(born, story.until)
        days = (day - story.until).days
        if days <= BIRTHDAY:
            said = Said(N_("Birthday today")) if days == 0 else Said(N_("Birthday in {days}, on {day}"), {"days": ("days", days), "day": ("day", day)})
            yield Notice("birthday", "good", said, weight=BIRTHDAY - days)
    papers = [e for e in story.events if isinstance(e.facts.get("ends"), date)]
    for e in papers:
        ends: date = e.facts["ends"]  # type: ignore[assignment]
        days = (ends - story.until).days
        followed = any(x.facts["document"] == e.facts["document"] and x.whose == e.whose and x.on > e.on and x.facts["ends"] > ends for x in papers)  # type: ignore[operator]
        if 0 <= days <= ENDS and not followed:
            values: dict[str, tuple[str, object]] = {"title": ("member:document_kind", e.facts["title"]), "day": ("day", ends), "days": ("days", days)}
            yield Notice("ends", "warn", Said(N_("{title} ends on {day}, in {days}"), values), e.ref, 160 - days, e.whose)


def birthday(born: date, today: date) -> date:
    """The next birthday from ``today`` on; of 29 February the 28th where the year has none."""
    for year in (today.year, today.year + 1):
        leap = born.month == 2 and born.day == 29 and not (year % 4 == 0 and (year % 100 or year % 400 == 0))
        day = date(year, 2, 28) if leap else born.replace(year=year)
        if day >= today:
            return day
    return today
