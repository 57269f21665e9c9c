"""What one customer's story shows that somebody should look at: the worst first, each with the event it is about."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from crm_data.analysis.events import text
from crm_data.analysis.findings import Said, Severity
from crm_data.analysis.timeline import Timeline
from crm_data.errors import N_

WAITING_COMPLAINT, WAITING_QUOTE, SOON = 2, 14, 30
#: A price that moved by this share within a year is told.
PRICE_MOVE = Decimal("0.05")


@dataclass(frozen=True)
class Notice:
    """``ref`` is the event it is about ("" for none: ``silence`` and days to come)."""

    kind: str
    severity: Severity
    said: Said
    ref: str = ""
    weight: float = 0.0


def notices(story: Timeline) -> list[Notice]:
    """Everything noticed, late before look, then by how long."""
    found = [*_complaints(story), *_silence(story), *_invoices(story), *_quotes(story), *_price(story), *_soon(story)]
    return sorted(found, key=lambda n: (n.severity != "bad", -n.weight, n.ref))


def _complaints(story: Timeline) -> list[Notice]:
    found = []
    for e in story.events:
        days = (story.until - e.on).days
        if not e.ref.startswith("complaint:") or not e.facts.get("open"):
            continue
        values = {"n": text(e.ref.split(":")[1]), "days": ("days", days)}
        if not e.facts["answered"] and days >= WAITING_COMPLAINT:
            found.append(Notice("complaint", "bad", Said(N_("Complaint {n} has had no answer for {days}"), values), e.ref, 1000 + days))
        elif days >= SOON:
            found.append(Notice("complaint", "warn", Said(N_("Complaint {n} is open for {days}"), values), e.ref, days))
    return found


def _silence(story: Timeline) -> list[Notice]:
    last = next((e for e in story.events if e.kind == "orders" and e.facts.get("counted")), None)
    if last is None or story.silence is None or story.usual_gap is None or not any(g == story.silence and d == last.on for d, g in story.gaps):
        return []
    return [Notice("silence", "bad", Said(N_("No order for {days}; usually every {usual}"), {"days": ("days", story.silence), "usual": ("days", story.usual_gap)}),
                   last.ref, 500 + story.silence)]


def _invoices(story: Timeline) -> list[Notice]:
    found = []
    for e in story.events:
        due, rest = e.facts.get("due"), e.facts.get("rest")
        if e.ref.startswith("invoice:") and isinstance(due, date) and rest and due < story.until:
            values = {"number": text(e.facts["number"]), "day": ("day", due), "rest": ("money", rest)}
            late = (story.until - due).days
            found.append(Notice("invoice", "bad" if late > 60 else "warn", Said(N_("Invoice {number} overdue since {day}: {rest}"), values), e.ref, late))
    return found


def _quotes(story: Timeline) -> list[Notice]:
    found = []
    for e in story.events:
        days = (story.until - e.on).days
        valid = e.facts.get("valid_to")
        if e.ref.startswith("quote:") and e.facts.get("waiting") and days >= WAITING_QUOTE and (valid is None or valid >= story.until - timedelta(days=SOON)):
            values = {"number": text(e.facts["number"]), "amount": ("money", e.amount), "days": ("days", days)}
            found.append(Notice("quote", "warn", Said(N_("Quote {number} ({amount}) has had no answer for {days}"), values), e.ref, days))
    return found


def _price(story: Timeline) -> list[Notice]:
    if len(story.prices) < 3:
        return []
    (_, now), (_, year_ago) = story.prices[-1], next((p for p in reversed(story.prices) if (story.prices[-1][0] - p[0]).days >= 300), story.prices[0])
    if year_ago <= 0 or abs(now / year_ago - 1) < PRICE_MOVE or (story.until - story.prices[-1][0]).days > 365:
        return []
    values = {"product": text(story.price_of), "before": ("price", year_ago), "now": ("price", now)}
    return [Notice("price", "warn", Said(N_("Price of {product} went from {before} to {now}"), values))]


def _soon(story: Timeline) -> list[Notice]:
    found = []
    born = story.who.birth_date
    if born and not story.who.lost_on:
        days = (_birthday(born, story.until) - story.until).days
        if days <= SOON:
            said = Said(N_("Birthday today")) if days == 0 else Said(N_("Birthday in {days}"), {"days": ("days", days)})
            found.append(Notice("birthday", "good", said, weight=SOON - days))
    for e in story.events:
        ends = e.facts.get("ends")
        if isinstance(ends, date) and 0 <= (ends - story.until).days <= 2 * SOON:
            found.append(Notice("ends", "warn", Said(N_("{title} ends on {day}"), {"title": text(e.facts["title"]), "day": ("day", ends)}), e.ref, 60 - (ends - story.until).days))
        due = e.facts.get("task_due")
        if isinstance(due, date) and due < story.until:
            found.append(Notice("task", "warn", Said(N_("A task is due since {day}"), {"day": ("day", due)}), e.ref, (story.until - due).days))
    return found


def _birthday(born: date, today: date) -> date:
    for year in (today.year, today.year + 1):
        leap = born.month == 2 and born.day == 29 and not (year % 4 == 0 and (year % 100 or year % 400 == 0))
        day = date(year, 2, 28) if leap else born.replace(year=year)
        if day >= today:
            return day
    return today
