"""The events of one customer's story, a query a table, each through the viewer's scope: what an event is, and the contacts.

A record counts as the viewer's by its own branch and owner, as in every cut; records without such columns follow the
customer. An event before its day is known, or after the day the data reaches, is not told.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Select, select

from crm_data.analysis.findings import Said
from crm_data.cuts.access import Scope
from crm_data.errors import N_
from crm_data.model import schema as s

KINDS = ("contacts", "orders", "money", "complaints", "offers", "notes")
#: A story has thousands of events: those without facts share this one. Nobody writes to it.
_NOTHING: dict[str, object] = {}


class Step(NamedTuple):
    """One step of what goes on for some time: a stage of an opportunity, the handling of a complaint. ``on`` is None where the
    data knows that it happened and not when; ``days`` it lasted or took; ``done`` False while it still lasts."""

    on: date | None
    what: Said
    days: int | None = None
    done: bool = True


class Sold(NamedTuple):
    """A line of an order. ``price`` is what a unit came to after discounts, None for no units."""

    product: str
    quantity: Decimal
    price: Decimal | None
    net: Decimal


@dataclass(frozen=True)
class Event:
    """One thing that happened on a day. ``opened_on``/``closed_on``: the span of what stays open (``closed_on`` None: still
    open); ``ref`` names the record; ``hour`` orders a day; ``body`` is longer text of the data; ``facts`` what checks read;
    ``whose``: the company below it happened to ("" for the customer itself); ``person``: who inside the company."""

    kind: str
    on: date
    title: Said
    details: tuple[Said, ...] = ()
    amount: Decimal | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    ref: str = ""
    hour: int = 0
    body: str = ""
    facts: Mapping[str, object] = field(default_factory=lambda: _NOTHING)
    whose: str = ""
    person: str = ""
    steps: tuple[Step, ...] = ()
    lines: tuple[Sold, ...] = ()


def text(value: object) -> tuple[str, object]:
    return ("text", value)


def just(value: object) -> Said:
    """A text of the data, said as it is."""
    return Said("{text}", {"text": ("text", value)})


@lru_cache(4096)
def one(message: str, name: str, unit: str, value: object) -> Said:
    """A sentence of one value. Stories say the same ones thousands of times."""
    return Said(message, {name: (unit, value)})


@lru_cache(4096)
def member(dimension: str, code: object) -> Said:
    """A code of the data, translated when it is said."""
    return Said("{member}", {"member": (f"member:{dimension}", code)})


def exact(value: object) -> Decimal:
    """An amount of the data; nothing is nought."""
    return value if isinstance(value, Decimal) else Decimal(0) if value is None else Decimal(str(value))


def maybe(value: object) -> Decimal | None:
    return None if value is None else exact(value)


class Span(NamedTuple):
    """A complaint while it was open; instants where they are known."""

    id: int
    customer: int
    opened_on: date
    opened_at: datetime | None
    last: date
    topic: str | None
    product: int | None


class Reader:
    """Reads the events of one customer (or of several that belong together: ``whose`` names each) up to ``until``."""

    def __init__(self, connection, scope: Scope, whose: Mapping[int, str], until: date, contact: int | None = None) -> None:
        self.connection, self.scope, self.whose, self.until, self.contact = connection, scope, whose, until, contact
        self.ids = tuple(whose)
        #: Complaints read before the contacts, and the contacts told while each was open: complaint -> [(day, by whom)].
        self.spans: Sequence[Span] = ()
        self.during: dict[int, list[tuple[date, str | None]]] = {}

    def mine(self, table) -> list:
        """Conditions: of these customers, and within the scope by the columns the table has."""
        column = table.c.customer_id
        where = [column == self.ids[0] if len(self.ids) == 1 else column.in_(self.ids)]
        if "branch_id" in table.c and self.scope.branches is not None:
            where += Scope(self.scope.branches, None, True).conditions(table.c.branch_id, table.c.branch_id)
        if "owner_id" in table.c and self.scope.owners is not None:
            where += Scope(None, self.scope.owners, True).conditions(table.c.owner_id, table.c.owner_id)
        return where

    def rows(self, query: Select, table, day, *more) -> Sequence:
        """Rows of ``table`` of these customers up to the last day, within the scope; each has ``cid``, its customer."""
        return self.connection.execute(query.add_columns(table.c.customer_id.label("cid")).where(*self.mine(table), day <= self.until, *more)).all()

    def while_open(self, r) -> Span | None:
        """The complaint that was open when this contact began: one about the same topic or product before others, then the latest."""
        open_then = [c for c in self.spans if c.customer == r.cid and c.opened_on <= r.started_on <= c.last
                     and (c.opened_at is None or r.started_at is None or r.started_at >= c.opened_at)]
        return max(open_then, key=lambda c: ((c.topic is not None and c.topic == r.topic) or (c.product is not None and c.product == r.product_id), c.opened_on, c.id), default=None)


_BEGAN = {"customer": Said(N_("They began")), "company": Said(N_("We began"))}
_TOUCH = {"sent": N_("Sent “{name}”"), "open": N_("Opened “{name}”"), "click": N_("Clicked in “{name}”"), "reply": N_("Replied to “{name}”"),
          "lead": N_("Became a lead by “{name}”"), "opt_out": N_("Opted out at “{name}”"), "visit": N_("Visited “{name}”")}
_CAMPAIGN = Said(N_("Campaign"))
#: What a customer did with a campaign, weakest first: the strongest is its answer.
_ANSWERS = ("open", "click", "visit", "reply", "lead", "opt_out")
_ANSWERED = {"open": N_("opened"), "click": N_("clicked"), "visit": N_("visited"), "reply": N_("replied"), "lead": N_("became a lead"), "opt_out": N_("opted out")}


def contacts(read: Reader) -> Iterator[Event]:
    """Calls, mails, visits ...: who began, topic, length, outcome, with whom, and the complaint it fell into."""
    i, staff, person = s.interaction.c, s.staff, s.contact
    query = select(i.id, i.started_on, i.started_hour, i.started_at, i.channel, i.initiated_by, i.topic, i.subject, i.duration_minutes, i.outcome, i.satisfaction, i.product_id,
                   i.opportunity_id, staff.c.name.label("owner"), person.c.name.label("person")).select_from(
        s.interaction.outerjoin(staff, staff.c.id == i.owner_id).outerjoin(person, person.c.id == i.contact_id))
    for r in read.rows(query, s.interaction, i.started_on, *([i.contact_id == read.contact] if read.contact is not None else [])):
        subject, topic = r.subject, r.topic
        title = member("subject", subject) if subject else Said("{channel}: {topic}", {"channel": ("member:contact_channel", r.channel), "topic": ("member:topic", topic)}) if topic else \
            member("contact_channel", r.channel)
        bits = []
        if r.initiated_by in _BEGAN:
            bits.append(_BEGAN[r.initiated_by])
        if subject or not topic:
            bits.append(member("contact_channel", r.channel))
        if subject and topic:
            bits.append(member("topic", topic))
        if r.duration_minutes:
            bits.append(one("{length}", "length", "minutes", r.duration_minutes))
        if r.outcome:
            bits.append(member("outcome", r.outcome))
        if r.person:
            bits.append(just(r.person))
        if r.owner:
            bits.append(one(N_("with {owner}"), "owner", "text", r.owner))
        if r.satisfaction:
            bits.append(one(N_("rated {score} of 5"), "score", "number0", r.satisfaction))
        facts: dict[str, object] = {"by": r.initiated_by, "channel": r.channel}
        span = read.while_open(r) if read.spans else None
        if span is not None:
            bits.append(one(N_("while complaint {n} was open"), "n", "text", span.id))
            facts["after"] = f"complaint:{span.id}"
            read.during.setdefault(span.id, []).append((r.started_on, r.initiated_by))
        if r.opportunity_id is not None:
            facts["opportunity"] = r.opportunity_id
        yield Event("contacts", r.started_on, title, tuple(bits), None, None, None, f"interaction:{r.id}", r.started_hour or 0, "", facts, read.whose[r.cid], r.person or "")


def touches(read: Reader) -> Iterator[Event]:
    """Enquiries, and what campaigns sent with what the customer did with each."""
    w = s.web_lead.c
    for r in read.rows(select(w.id, w.received_on, w.source_channel, w.topic, w.converted_on, w.first_response_at), s.web_lead, w.received_on):
        answered = r.first_response_at.date() if r.first_response_at and r.first_response_at.date() <= read.until else None
        converted = r.converted_on if r.converted_on and r.converted_on <= read.until else None
        bits = (member("lead_source", r.source_channel) if r.source_channel else None, member("lead_topic", r.topic) if r.topic else None,
                Said(N_("first answer {day}"), {"day": ("day", answered)}) if answered else None,
                Said(N_("became a customer or an opportunity {day}"), {"day": ("day", converted)}) if converted else None)
        yield Event("contacts", r.received_on, Said(N_("Enquiry received")), tuple(b for b in bits if b), ref=f"web_lead:{r.id}", whose=read.whose[r.cid])
    t = s.campaign_touch.c
    rows = read.rows(select(t.id, t.touched_on, t.kind, t.campaign_id, s.campaign.c.name).select_from(
        s.campaign_touch.join(s.campaign, s.campaign.c.id == t.campaign_id)), s.campaign_touch, t.touched_on)
    answers: dict[tuple[int, int], set[str]] = {}
    for r in rows:
        answers.setdefault((r.cid, r.campaign_id), set()).add(r.kind)
    for r in rows:
        bits = [_CAMPAIGN]
        if r.kind == "sent":
            did = [k for k in _ANSWERS if k in answers[r.cid, r.campaign_id]]
            bits.append(Said(_ANSWERED[did[-1]]) if did else Said(N_("no answer")))
        yield Event("contacts", r.touched_on, Said(_TOUCH.get(r.kind, N_("Campaign “{name}”")), {"name": ("member:campaign", r.name)}), tuple(bits),
                    ref=f"campaign_touch:{r.id}", facts={"campaign": r.campaign_id, "name": r.name}, whose=read.whose[r.cid])
