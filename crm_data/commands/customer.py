"""``mabat customer``: one customer's profile, figures, worth and whole story, for people and (``--json``) for machines."""
from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import click

from crm_data.analysis.customers import Profile, profile, unknown_fields
from crm_data.analysis.events import Event
from crm_data.analysis.notices import Notice, notices
from crm_data.analysis.story_words import say, sentence
from crm_data.analysis.timeline import Timeline, timeline
from crm_data.analysis.worth import Statement, statement
from crm_data.commands import speaking
from crm_data.commands.columns import columns
from crm_data.commands.cuts import open_warehouse
from crm_data.commands.finding import one_customer
from crm_data.cuts.access import Scope
from crm_data.cuts.periods import Period
from crm_data.errors import N_
from crm_data.model.appdb import open_appdb
from crm_data.output.formats import Formats
from crm_data.output.words import Words
from crm_data.settings import load_settings


@click.command()
@click.argument("key", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON (described in docs/customer-json.md).")
@click.option("--events", type=click.IntRange(1, 100_000), default=20, show_default=True, help="How many events to print, newest first; --json prints all.")
def customer(key: str, as_json: bool, events: int) -> None:
    """One customer's whole story. ID is its number, its id in the data, or a part of its name that only it has."""
    warehouse, scope = open_warehouse(), Scope.everything()
    found = _looked_up(warehouse, scope, one_customer(warehouse, scope, key), open_appdb(load_settings().appdb))
    if as_json:
        click.echo(json.dumps(_as_json(found, warehouse), ensure_ascii=False, indent=2))
        return
    speaking.write("\n".join(_lines(found, speaking.formats(warehouse), events)))


@dataclass(frozen=True)
class Told:
    """What is told of a customer."""

    who: Profile
    story: Timeline
    worth: Statement
    noticed: list[Notice]


def _looked_up(warehouse, scope: Scope, customer_id: int, engine) -> Told:
    who, story = profile(warehouse, scope, customer_id), timeline(warehouse, scope, customer_id, engine)
    found = statement(warehouse, scope, Period.named("last_12_months", warehouse.as_of), customer_id)
    return Told(who, story, found, notices(story, found))


def _plain(value: Any) -> Any:
    """Exact amounts as numbers, days as ISO text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value


def customer_json(warehouse, scope: Scope, customer_id: int, engine=None) -> dict[str, Any]:
    """The document ``--json`` prints. Keys are stable; new ones may be added."""
    return _as_json(_looked_up(warehouse, scope, customer_id, engine), warehouse)


def _as_json(told: Told, warehouse) -> dict[str, Any]:
    """In every language the same: its sentences are English."""
    words, formats = Words("en"), Formats(Words("en"), warehouse.currency)
    who, story, found = told.who, told.story, told.worth
    fields = ("id", "number", "name", "name_local", "party", "relation", "kind", "branch", "owner", "tier", "since", "lost_on", "birth_date", "birth_year", "industry", "city",
              "country", "language", "email", "phone", "consent", "payment_days")
    return {
        "customer": {**{f: _plain(getattr(who, f)) for f in fields}, "contacts": [{"name": n, "title": t} for n, t in who.contacts], "subsidiaries": who.subsidiaries,
                     "parent": {"id": who.parent[0], "name": who.parent[1]} if who.parent else None,
                     "interests": {k: list(v) for k, v in who.interests.items()}, "attributes": dict(who.attributes), "not_known": list(unknown_fields(who))},
        "worth": {"from": found.period.first.isoformat(), "to": found.period.last.isoformat(),
                  "steps": [{"step": line.step, "label": line.label, "amount": _plain(line.amount), "count": line.count} for line in found.lines],
                  "not_priced": [{"label": label, "count": n} for label, n in found.unpriced]},
        "rhythm": {"usual_gap_days": story.usual_gap, "days_since_last_order": story.silence}, "open_balance": _plain(story.open_balance),
        "noticed": [{"kind": n.kind, "severity": n.severity, "text": say(n.said, words, formats), "ref": n.ref or None} for n in told.noticed],
        "products": [{"product": p.product, "units": _plain(p.units), "net": _plain(p.net), "prices": [{"on": d.isoformat(), "price": _plain(v)} for d, v in p.points]}
                     for p in story.products],
        "events": [{"kind": e.kind, "on": e.on.isoformat(), "title": say(e.title, words, formats), "detail": sentence(e.details, words, formats), "amount": _plain(e.amount),
                    "opened_on": _plain(e.opened_on), "closed_on": _plain(e.closed_on), "ref": e.ref} for e in story.events],
        "currency": warehouse.currency, "as_of": warehouse.as_of.isoformat(), "snapshot": warehouse.snapshot}


#: The kinds of events, as they head the customer's timeline.
_KINDS = {"contacts": N_("Contacts"), "orders": N_("Orders"), "money": N_("Money"), "complaints": N_("Complaints"), "offers": N_("Offers"), "notes": N_("Notes")}


def _lines(told: Told, formats: Formats, most: int) -> list[str]:
    who, words = told.who, formats.words
    lines = [f"{who.name}" + (f" ({who.name_local})" if who.name_local else ""), _identity(who, words), ""]
    lines += [f"  {say(n.said, words, formats)}" for n in told.noticed] + ([""] if told.noticed else [])
    period = told.worth.period
    lines.append(words.t(N_("Worth, {period}, in {currency}"), period=formats.period(period.first, period.last), currency=formats.symbol))
    lines += _inset(columns([[words.t(line.label), words.t(N_("not known")) if line.amount is None else formats.number(line.amount, 2)] for line in told.worth.lines], {1}))
    many = len(told.story.events)
    lines += ["", words.n("{n} event, the newest first", "{n} events, the newest first", many, n=formats.count(many, full=True))]
    return lines + _inset(columns([[formats.day_figures(e.on), words.t(_KINDS[e.kind]), "" if e.amount is None else formats.number(e.amount, 2), _event(e, formats)]
                                   for e in told.story.events[:most]], {2}))


def _inset(lines: list[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def _identity(who: Profile, words: Words) -> str:
    """Number, what it is, branch, owner and city, in one line; what is not known is left out."""
    parts = [("party", who.party), ("relation", who.relation), ("customer_type", who.kind), ("branch", who.branch), ("owner", who.owner), ("city", who.city)]
    return words.in_line([who.number, *(words.member(dimension, value) for dimension, value in parts if value)])


def _event(event: Event, formats: Formats) -> str:
    title, details = say(event.title, formats.words, formats), sentence(event.details, formats.words, formats)
    return f"{title} ({details})" if details else title
