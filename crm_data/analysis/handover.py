"""What somebody needs to know of a customer before a visit, or to take it over: a sheet of plain data, before any words or layout.

Everything comes from what the customer's page shows (``timeline``, ``notices``, ``statement``, the measures), within the viewer's scope.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Engine, select

from crm_data.analysis.customers import Profile, unknown_fields
from crm_data.analysis.events import Event
from crm_data.analysis.findings import Said
from crm_data.analysis.keeping import Kept, open_tasks
from crm_data.analysis.notices import Notice, notices
from crm_data.analysis.tiers import SOURCE_TIER, assigned, terms_of, told
from crm_data.analysis.tiers_rules import Terms
from crm_data.analysis.tiers_store import held
from crm_data.analysis.timeline import Timeline, timeline
from crm_data.analysis.worth import Statement, statement
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.errors import N_
from crm_data.model import appdb
from crm_data.model import schema as s

MEASURES = ("revenue", "worth", "orders", "open_balance", "csat")
LAST_EVENTS, MOST_PEOPLE = 10, 6
#: What of the story can be open, by the beginning of an event's ref, in the order it is told.
OPEN = (("complaint", N_("Complaints")), ("invoice", N_("Invoices")), ("quote", N_("Quotes")), ("opportunity", N_("Opportunities")), ("activity", N_("Tasks")))


@dataclass(frozen=True)
class Figure:
    """A measure over the last 12 months (a balance: today) beside the year before; ``note`` instead of a comparison."""

    label: str
    unit: str
    now: object
    before: object = None
    better: str = "up"
    note: Said | None = None


@dataclass(frozen=True)
class Person:
    """Somebody to talk to."""

    name: str
    title: str | None
    phone: str | None
    email: str | None


@dataclass(frozen=True)
class Sheet360:
    """``worth``: the statement of the last 12 months; ``open``: (kind, its open events, oldest first); ``tasks``: what is to be
    done, written here; ``steps``: (opportunity, next step, day expected); ``events``: the last ones, newest first."""

    who: Profile
    tier: str | None
    terms: Terms | None
    people: tuple[Person, ...]
    figures: tuple[Figure, ...]
    worth: Statement
    noticed: tuple[Notice, ...]
    open: tuple[tuple[str, tuple[Event, ...]], ...]
    balance: Decimal
    overdue: Decimal
    tasks: tuple[Kept, ...]
    steps: tuple[tuple[str, str, date | None], ...]
    events: tuple[Event, ...]
    unknown: tuple[str, ...]
    as_of: date
    made_at: datetime
    made_by: str
    currency: str

    def of_interest(self, *kinds: str) -> tuple[str, ...]:
        """What is noted of its interests, preferences, needs, hobbies or concerns."""
        return tuple(name for kind in kinds for name in self.who.interests.get(kind, ()))


def sheet(warehouse, scope: Scope, engine: Engine, customer_id: int, made_by: str = "") -> Sheet360:
    """The sheet of a customer the viewer may see. Raises AccessDenied outside the scope, InputError when there is none."""
    story = timeline(warehouse, scope, customer_id, engine)
    year = Period.named("last_12_months", warehouse.as_of)
    worth = statement(warehouse, scope, year, customer_id)
    who, opened = story.who, _open(story)
    tier = assigned(held(engine, [who.key]).get(who.key), told(who.tier, who.attributes.get(SOURCE_TIER))).tier
    figures, overdue = _figures(warehouse, scope, story, year)
    return Sheet360(who, tier, terms_of(engine, tier) if tier else None, _people(warehouse, customer_id), figures, worth, tuple(notices(story, worth)), opened,
                    story.open_balance, overdue, open_tasks(engine, who.key), _steps(warehouse, opened), story.events[:LAST_EVENTS], unknown_fields(who), warehouse.as_of,
                    appdb.now(), made_by, warehouse.currency)


def _people(warehouse, customer_id: int) -> tuple[Person, ...]:
    """The contacts of a customer that is known to be within the scope."""
    p = s.contact.c
    with warehouse.engine.connect() as connection:
        rows = connection.execute(select(p.name, p.title, p.phone, p.email).where(p.customer_id == customer_id).order_by(p.id).limit(MOST_PEOPLE))
        return tuple(Person(*row) for row in rows)


def _figures(warehouse, scope: Scope, story: Timeline, year: Period) -> tuple[tuple[Figure, ...], Decimal]:
    """The key figures with their comparison, and how much of the balance is overdue."""
    catalog = catalog_for(warehouse)
    answer = ask(Cut((*MEASURES, "overdue_balance"), period=year, compare="last_year", filters=(Filter("customer", "is", (str(story.who.id),)),)), warehouse, scope=scope)
    before, overdue = answer.totals_before or {}, Decimal(str(answer.totals["overdue_balance"] or 0))
    found = []
    for name in MEASURES:
        measure = catalog.measure(name)
        note = None
        if name == "open_balance":
            note = Said(N_("{amount} overdue"), {"amount": ("money", overdue)}) if overdue else Said(N_("nothing overdue"))
        if name == "csat" and answer.totals[name] is None:
            note = Said(N_("nobody asked"))
        found.append(Figure(measure.label, measure.unit, answer.totals[name], before.get(name), measure.better, note))
    usual = Said(N_("usually every {usual}"), {"usual": ("days", story.usual_gap)}) if story.usual_gap else Said(N_("too few orders for a usual")) if story.silence is not None \
        else Said(N_("no order yet"))
    found.append(Figure(N_("Since last order"), "days", story.silence, better="down", note=usual))
    return tuple(found), overdue


def _open(story: Timeline) -> tuple[tuple[str, tuple[Event, ...]], ...]:
    """What waits for somebody: the oldest first in each kind; kinds without any are left out."""
    found = []
    for start, label in OPEN:
        own = [e for e in story.events if e.ref.startswith(f"{start}:") and e.ref.count(":") == 1 and _waits(e, story.until)]
        if own:
            found.append((label, tuple(sorted(own, key=lambda e: (e.on, e.ref)))))
    return tuple(found)


def _waits(event: Event, until: date) -> bool:
    kind, facts = event.ref.partition(":")[0], event.facts
    if kind == "invoice":
        return bool(facts.get("rest")) and facts["rest"] > 0  # type: ignore[operator]
    if kind == "quote":
        valid = facts.get("valid_to")
        return bool(facts.get("waiting")) and (not isinstance(valid, date) or valid >= until)
    if kind == "activity":
        return facts.get("task_due") is not None
    return bool(facts.get("open"))


def _steps(warehouse, opened) -> tuple[tuple[str, str, date | None], ...]:
    """The next step of each open opportunity."""
    ids = [int(e.ref.split(":")[1]) for label, events in opened for e in events if e.ref.startswith("opportunity:")]
    if not ids:
        return ()
    o = s.opportunity.c
    with warehouse.engine.connect() as connection:
        rows = connection.execute(select(o.name, o.id, o.next_step, o.expected_close_on).where(o.id.in_(ids), o.next_step.is_not(None)).order_by(o.expected_close_on, o.id))
        return tuple((str(r.name or r.id), r.next_step, r.expected_close_on) for r in rows)
