"""Everything done on one opportunity, how it stands against those that were won, and what somebody should look at."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import and_, case, func, literal_column, or_, select

from crm_data.analysis.events import just, member, text
from crm_data.analysis.findings import Said, Severity
from crm_data.analysis.opportunities import Deal, Stay
from crm_data.analysis.won_pattern import FEW, Usual, WonPattern
from crm_data.cuts.access import Scope
from crm_data.errors import N_
from crm_data.model import dialects
from crm_data.model import schema as s

#: Days without any activity, and without an answer to a quote, from which it is said.
SILENT, WAITING = 14, 14


@dataclass(frozen=True)
class Step:
    """Something done: ``kind`` is stage, contact, task or quote; ``own`` False where it was with the customer at the time, but is
    not recorded as about this opportunity."""

    on: date
    kind: str
    title: Said
    details: tuple[Said, ...] = ()
    who: str = ""
    amount: Decimal | None = None
    own: bool = True
    waiting: bool = False


def steps(warehouse, scope: Scope, found: Deal, stays: tuple[Stay, ...]) -> list[Step]:
    """All of it, the latest first. ``found`` comes from :func:`opportunities.deal`, which checks who may see it."""
    with warehouse.engine.connect() as connection:
        made = [*_contacts(connection, scope, found), *_tasks(connection, scope, found), *_quotes(connection, found)]
    made += [Step(x.entered_on, "stage", Said(N_("Came into {stage}"), {"stage": ("member:stage", x.stage)}), amount=x.amount) for x in stays]
    made.append(Step(found.opened_on, "stage", Said(N_("Opened"))))
    if not found.open and found.closed_on is not None:
        reason = found.more.get("lost_reason")
        made.append(Step(found.closed_on, "stage", member("outcome", found.outcome), (member("lost_reason", reason),) if reason and found.outcome == "lost" else (), amount=found.amount))
    rank = {"stage": 1, "quote": 2, "contact": 3, "task": 4}
    return sorted(made, key=lambda step: (step.on, -rank[step.kind]), reverse=True)


def _span(found: Deal, day, of, whose):
    """Records of the opportunity whenever they were made, and those of its customer without an opportunity while it ran."""
    return or_(of == found.id, and_(of.is_(None), whose == found.customer_id, day >= found.opened_on)), day <= found.end


def _contacts(connection, scope: Scope, found: Deal) -> Iterator[Step]:
    i, staff, person = s.interaction.c, s.staff.c, s.contact.c
    query = select(i.started_on, i.channel, i.topic, i.subject, i.initiated_by, i.duration_minutes, i.outcome, staff.name.label("owner"), person.name.label("person"),
                   (i.opportunity_id == found.id).label("own")).select_from(
        s.interaction.outerjoin(s.staff, staff.id == i.owner_id).outerjoin(s.contact, person.id == i.contact_id)).where(
            *_span(found, i.started_on, i.opportunity_id, i.customer_id), *scope.conditions(i.branch_id, i.owner_id))
    began = {"customer": Said(N_("They began")), "company": Said(N_("We began"))}
    for r in connection.execute(query).mappings():
        title = member("subject", r["subject"]) if r["subject"] else Said("{channel}: {topic}", {"channel": ("member:contact_channel", r["channel"]), "topic": ("member:topic", r["topic"])}) \
            if r["topic"] else member("contact_channel", r["channel"])
        bits = (began.get(r["initiated_by"]), Said("{length}", {"length": ("minutes", r["duration_minutes"])}) if r["duration_minutes"] else None,
                member("outcome", r["outcome"]) if r["outcome"] else None, just(r["person"]) if r["person"] else None)
        yield Step(r["started_on"], "contact", title, tuple(b for b in bits if b), r["owner"] or "", own=bool(r["own"]))


def _tasks(connection, scope: Scope, found: Deal) -> Iterator[Step]:
    a, staff = s.activity.c, s.staff.c
    owners = [] if scope.owners is None else [a.owner_id.in_(sorted(scope.owners))]
    # What is still to be done stands on the day it was noted: its due day may lie ahead.
    day = case((a.done_on <= found.until, a.done_on), else_=func.coalesce(a.created_on, a.due_on))
    query = select(day.label("day"), a.subject, a.kind, a.due_on, a.done_on, staff.name.label("owner"), (a.opportunity_id == found.id).label("own")).select_from(
        s.activity.outerjoin(s.staff, staff.id == a.owner_id)).where(
            or_(a.opportunity_id == found.id, and_(a.opportunity_id.is_(None), a.customer_id == found.customer_id, a.created_on >= found.opened_on)), a.created_on <= found.end, *owners)
    for r in connection.execute(query).mappings():
        done = r["done_on"] is not None and r["done_on"] <= found.until
        state = Said(N_("done")) if done else Said(N_("due {day}"), {"day": ("day", r["due_on"])}) if r["due_on"] else Said(N_("open"))
        yield Step(r["day"], "task", member("activity_kind", r["subject"] or r["kind"] or "–"), (state,), r["owner"] or "", own=bool(r["own"]), waiting=not done)


def _quotes(connection, found: Deal) -> Iterator[Step]:
    q = s.quote.c
    query = select(q.number, q.sent_on, q.amount_base, q.valid_to, q.answered_on, q.answer).where(q.opportunity_id == found.id, q.sent_on <= found.until)
    for r in connection.execute(query).mappings():
        answered = r["answer"] and r["answered_on"] is not None and r["answered_on"] <= found.until
        told = Said(N_("{answer} {day}"), {"answer": ("member:quote_answer", r["answer"]), "day": ("day", r["answered_on"])}) if answered else Said(N_("no answer yet"))
        valid = Said(N_("valid to {day}"), {"day": ("day", r["valid_to"])}) if r["valid_to"] and not answered else None
        yield Step(r["sent_on"], "quote", Said(N_("Quote {number} sent"), {"number": text(r["number"] or "")}), tuple(x for x in (told, valid) if x),
                   amount=None if r["amount_base"] is None else Decimal(str(r["amount_base"])), waiting=not answered)


# Against those that were won ----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Compared:
    """One figure of the opportunity beside the won ones': ``usual`` None where too little is known. ``beyond``: 1 above what eight in
    ten stay below, -1 below what two in ten do, 0 between. ``unit`` as in the catalog."""

    name: str
    label: str
    unit: str
    own: float | Decimal | None
    usual: Usual | None

    @property
    def beyond(self) -> int:
        if self.own is None or self.usual is None:
            return 0
        return 1 if float(self.own) > self.usual.high else -1 if float(self.own) < self.usual.low else 0


def compared(warehouse, scope: Scope, found: Deal, made: list[Step], pattern: WonPattern) -> list[Compared]:
    """Length, size, contacts and quotes beside those of the won ones; contacts and quotes are counted up to the same age."""
    contacts, quotes = _by_age(warehouse, scope, found, pattern)

    def enough(usual: Usual | None) -> Usual | None:
        return usual if usual is not None and usual.enough else None
    own_contacts = sum(x.kind == "contact" and x.own for x in made)
    rows = [Compared("length", N_("Days since opening") if found.open else N_("Days from opening to closing"), "days", found.age, enough(pattern.length)),
            Compared("amount", N_("Amount"), "money", found.amount, enough(pattern.amount)),
            Compared("contacts", N_("Contacts about it by this age"), "count", own_contacts, enough(contacts)),
            Compared("quotes", N_("Quotes sent by this age"), "count", sum(x.kind == "quote" for x in made), enough(quotes))]
    return [r for r in rows if r.own is not None]


def _by_age(warehouse, scope: Scope, found: Deal, pattern: WonPattern) -> tuple[Usual | None, Usual | None]:
    """Contacts and quotes of the won ones in their first days, as many as this one has had; None where none is recorded of any."""
    o = s.opportunity.c
    won = [o.outcome == "won", o.closed_on <= found.until, *scope.conditions(o.branch_id, o.owner_id), *((o.closed_on > pattern.since,) if pattern.since else ())]
    age = literal_column(str(found.age))
    made = []
    with warehouse.engine.connect() as connection:
        for table, of, day in ((s.interaction, s.interaction.c.opportunity_id, s.interaction.c.started_on), (s.quote, s.quote.c.opportunity_id, s.quote.c.sent_on)):
            each = select(o.id, func.count(day).label("n")).select_from(s.opportunity.outerjoin(
                table, and_(of == o.id, dialects.days_between(o.opened_on, day) <= age))).where(*won).group_by(o.id).subquery()
            row = connection.execute(select(func.count(), func.sum(each.c.n), *(func.percentile_cont(literal_column(p)).within_group(each.c.n.asc())
                                                                             for p in ("0.2", "0.5", "0.8")))).one()
            made.append(Usual(int(row[0]), *(float(x) for x in row[2:])) if row[0] and row[1] else None)
    return made[0], made[1]


# What to look at ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Alert:
    """``kind``: close, slow, silent, next or quote; ``short`` is said in lists; ``weight`` orders alerts of one severity."""

    kind: str
    severity: Severity
    said: Said
    short: Said
    weight: float = 0.0


def alerts(found: Deal, pattern: WonPattern, spent: dict[str, int] | None = None, waiting: list[Step] | None = None) -> list[Alert]:
    """What is late or missing on an open opportunity, the worst first. ``spent``: days by stage; ``waiting``: its quotes without answer."""
    if not found.open:
        return []
    made = []

    def add(kind: str, severity: Severity, message: str, short: str, weight: float, **values) -> None:
        made.append(Alert(kind, severity, Said(message, values), Said(short, values), weight))
    if found.expected_close_on and found.expected_close_on < found.until:
        late = (found.until - found.expected_close_on).days
        add("close", "bad", N_("Expected to close {days} ago"), N_("expected {days} ago"), late, days=("days", late))
    usual = pattern.stages.get(found.stage or "")
    here = (spent or {}).get(found.stage or "", found.in_stage)
    if usual is not None and usual.n >= FEW and here > max(usual.high, 1):
        add("slow", "bad" if here > 2 * usual.high else "warn", N_("{days} in {stage}; eight in ten won ones stayed at most {usual}"), N_("{days} in {stage}, usual {median}"), here,
            days=("days", here), stage=("member:stage", found.stage), usual=("days", usual.high), median=("days", usual.median))
    for quote in waiting or ():
        if (days := (found.until - quote.on).days) >= WAITING:
            add("quote", "warn", N_("The quote has had no answer for {days}"), N_("quote unanswered {days}"), days, days=("days", days))
    if found.silent >= SILENT:
        add("silent", "warn", N_("Nothing done for {days}"), N_("nothing done for {days}"), found.silent, days=("days", found.silent))
    if not found.next_step:
        add("next", "warn", N_("No next step is noted"), N_("no next step"), 0)
    return sorted(made, key=lambda a: (a.severity != "bad", -a.weight))
