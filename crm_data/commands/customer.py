"""``mabat customer``: one customer's profile, figures, worth and whole story, for people and (``--json``) for machines."""
from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import click

from crm_data.analysis.customers import profile, unknown_fields
from crm_data.analysis.notices import notices
from crm_data.analysis.story_words import say, sentence
from crm_data.analysis.timeline import timeline
from crm_data.analysis.worth import statement
from crm_data.commands.cuts import open_warehouse
from crm_data.commands.finding import one_customer
from crm_data.cuts.access import Scope
from crm_data.cuts.periods import Period
from crm_data.model.appdb import open_appdb
from crm_data.output.formats import Formats, plain
from crm_data.output.words import Words
from crm_data.settings import load_settings


@click.command()
@click.argument("key", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON (described in docs/customer-json.md).")
@click.option("--events", type=click.IntRange(1, 100_000), default=20, show_default=True, help="How many events to print, newest first; --json prints all.")
def customer(key: str, as_json: bool, events: int) -> None:
    """One customer's whole story. ID is its number, its id in the data, or a part of its name that only it has."""
    warehouse, scope = open_warehouse(), Scope.everything()
    found = one_customer(warehouse, scope, key)
    told = customer_json(warehouse, scope, found, open_appdb(load_settings().appdb))
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    click.echo("\n".join(plain(line) for line in _lines(told, events)))


def _plain(value: Any) -> Any:
    """Exact amounts as numbers, days as ISO text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value


def customer_json(warehouse, scope: Scope, customer_id: int, engine=None) -> dict[str, Any]:
    """The document ``--json`` prints. Keys are stable; new ones may be added."""
    words, formats = Words("en"), Formats(Words("en"), warehouse.currency)
    who, story = profile(warehouse, scope, customer_id), timeline(warehouse, scope, customer_id, engine)
    found = statement(warehouse, scope, Period.named("last_12_months", warehouse.as_of), customer_id)
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
        "noticed": [{"kind": n.kind, "severity": n.severity, "text": say(n.said, words, formats), "ref": n.ref or None} for n in notices(story, found)],
        "products": [{"product": p.product, "units": _plain(p.units), "net": _plain(p.net), "prices": [{"on": d.isoformat(), "price": _plain(v)} for d, v in p.points]}
                     for p in story.products],
        "events": [{"kind": e.kind, "on": e.on.isoformat(), "title": say(e.title, words, formats), "detail": sentence(e.details, words, formats), "amount": _plain(e.amount),
                    "opened_on": _plain(e.opened_on), "closed_on": _plain(e.closed_on), "ref": e.ref} for e in story.events],
        "currency": warehouse.currency, "as_of": warehouse.as_of.isoformat(), "snapshot": warehouse.snapshot}


def _lines(told: dict[str, Any], most: int) -> list[str]:
    who = told["customer"]
    head = " · ".join(str(x) for x in (who["number"], who["party"], who["relation"], who["kind"], who["branch"], who["owner"], who["city"]) if x)
    lines = [f"{who['name']}" + (f" ({who['name_local']})" if who["name_local"] else ""), head, ""]
    lines += [f"  {n['text']}" for n in told["noticed"]] + ([""] if told["noticed"] else [])
    lines.append(f"Worth, {told['worth']['from']} to {told['worth']['to']} ({told['currency']})")
    lines += [f"  {s['label']:<28}{'not known' if s['amount'] is None else format(s['amount'], ',.2f'):>16}" for s in told["worth"]["steps"]]
    lines += ["", f"{len(told['events']):,} events, newest first"]
    for e in told["events"][:most]:
        amount = "" if e["amount"] is None else f"  {e['amount']:,.2f}"
        lines.append(f"  {e['on']}  {e['kind']:<10}  {e['title']}{amount}" + (f"  ({e['detail']})" if e["detail"] else ""))
    return lines
