"""``mabat rates``: what one unit of an activity costs, from the command line: list, set with the effect shown, withdraw."""
from __future__ import annotations

import json

import click

from crm_data.analysis import rate_store
from crm_data.analysis.rate_effect import Effect, Moved, effect
from crm_data.commands.cuts import open_warehouse, to_json
from crm_data.commands.targets import operator
from crm_data.cuts.access import Scope
from crm_data.cuts.periods import Period, day_from_text
from crm_data.cuts.rates import UNITS, Rate
from crm_data.model.appdb import open_appdb
from crm_data.output.formats import Formats
from crm_data.output.words import Words
from crm_data.settings import load_settings

_json = click.option("--json", "as_json", is_flag=True, help="As JSON.")
_why = "Why, kept with the change."


@click.group()
def rates() -> None:
    """Cost-to-serve rates: what one call, visit, order or late day costs, by day."""


def _rate(rate: Rate) -> dict[str, object]:
    return {"driver": rate.driver, "rate": to_json(rate.rate), "from": rate.first.isoformat(), "to": rate.last.isoformat() if rate.last else None}


def _edit(edit: rate_store.Edit) -> dict[str, object]:
    return {"number": edit.id, **_rate(edit.rate), "why": edit.why, "who": edit.who, "when": edit.at.isoformat(timespec="seconds") + "Z",
            "withdrawn": edit.withdrawn_at.isoformat(timespec="seconds") + "Z" if edit.withdrawn_at else None, "withdrawn_by": edit.withdrawn_by or None}


def _days(rate: Rate) -> str:
    return f"{rate.first} .. {rate.last or ''}"


def _sum(rate: Rate, formats: Formats) -> str:
    return f"{formats.money(rate.rate, full=True, decimals=2 if rate.rate == round(rate.rate, 2) else 4)} {UNITS.get(rate.driver, '')}".strip()


@rates.command("list")
@click.option("--all", "everything", is_flag=True, help="With rates that no longer hold.")
@click.option("--history", "with_history", is_flag=True, help="With every change, withdrawn ones too.")
@_json
def list_(everything: bool, with_history: bool, as_json: bool) -> None:
    """List the rates that hold on the day the data reaches, and later ones."""
    engine, warehouse = open_appdb(load_settings().appdb), open_warehouse()
    found = rate_store.lines(engine, warehouse, None if everything else warehouse.as_of)
    changes = rate_store.history(engine) if with_history else []
    if as_json:
        rows = [{**_rate(line.rate), "unit": UNITS.get(line.rate.driver), "source": "edit" if line.edit else "data", **({"number": line.edit.id, "who": line.edit.who, "why": line.edit.why} if line.edit else {})}
                for line in found]
        click.echo(json.dumps({"currency": warehouse.currency, "as_of": warehouse.as_of.isoformat(), "rates": rows, **({"history": [_edit(e) for e in changes]} if with_history else {})}, ensure_ascii=False, indent=1))
        return
    formats = Formats(Words(), warehouse.currency)
    for line in found:
        origin = f"change {line.edit.id}, {line.edit.who}: {line.edit.why}" if line.edit else "from the data"
        click.echo(f"{line.rate.driver:18} {_sum(line.rate, formats):40} {_days(line.rate):26} {origin}")
    if not found:
        click.echo('No rates yet: activities are not priced. Set one with: mabat rates set order 6 --from 2026-01-01 --why "first rates"')
    for edit in changes:
        gone = f"  withdrawn {edit.withdrawn_at:%Y-%m-%d %H:%M} by {edit.withdrawn_by}" if edit.withdrawn_at else ""
        click.echo(f"    change {edit.id}  {edit.at:%Y-%m-%d %H:%M} {edit.who}: {edit.rate.driver} {_sum(edit.rate, formats)}, {_days(edit.rate)}: {edit.why}{gone}")


@rates.command("set")
@click.argument("driver", metavar="ACTIVITY")
@click.argument("rate")
@click.option("--from", "first", required=True, metavar="DAY", help="First day, as 2026-12-01.")
@click.option("--to", "last", metavar="DAY", help="Last day; left out: until another change.")
@click.option("--why", default="", help=_why)
@click.option("--dry-run", is_flag=True, help="Only show the effect.")
@_json
def set_(driver: str, rate: str, first: str, last: str | None, why: str, dry_run: bool, as_json: bool) -> None:
    """Set what one unit of ACTIVITY costs (RATE, in the reporting currency), and say what that changes in the last 12 months."""
    engine, warehouse = open_appdb(load_settings().appdb), open_warehouse()
    wanted = rate_store.check(driver, rate, day_from_text(first), day_from_text(last) if last else None)
    seen = rate_store.state(engine)
    told = _effect(warehouse, rate_store.with_change(engine, warehouse, wanted))
    made = None if dry_run else rate_store.change(engine, operator(), wanted.driver, wanted.rate, wanted.first, wanted.last, why, expected=seen)
    if as_json:
        click.echo(json.dumps({**(_edit(made) if made else _rate(wanted)), "effect": effect_json(told)}, ensure_ascii=False, indent=1))
        return
    formats = Formats(Words(), warehouse.currency)
    click.echo(f"{wanted.driver}: {_sum(wanted, formats)}, {_days(wanted)}" + (f" (change {made.id})" if made else " (not set)"))
    _say(told, formats)


@rates.command("withdraw")
@click.argument("number", type=int)
@click.option("--why", default="", help=_why)
@_json
def withdraw_(number: int, why: str, as_json: bool) -> None:
    """Take the change NUMBER back: what stood before it holds again."""
    engine, warehouse = open_appdb(load_settings().appdb), open_warehouse()
    seen = rate_store.state(engine)
    told = _effect(warehouse, rate_store.without(engine, warehouse, number))
    gone = rate_store.withdraw(engine, operator(), number, why, expected=seen)
    if as_json:
        click.echo(json.dumps({**_edit(gone), "effect": effect_json(told)}, ensure_ascii=False, indent=1))
        return
    formats = Formats(Words(), warehouse.currency)
    click.echo(f"{gone.rate.driver}: {_sum(gone.rate, formats)}, {_days(gone.rate)}: withdrawn (change {gone.id})")
    _say(told, formats)


def _effect(warehouse, proposed) -> Effect:
    return effect(warehouse, Scope.everything(), Period.named("last_12_months", warehouse.as_of), proposed)


def effect_json(told: Effect) -> dict[str, object]:
    """An effect with plain values; money rounded to 4 decimals."""
    def person(m: Moved) -> dict[str, object]:
        return {"customer_id": m.id, "name": m.name, "worth_before": to_json(m.before), "worth": to_json(m.now), "place_before": m.place_before, "place": m.place}
    return {"from": told.period.first.isoformat(), "to": told.period.last.isoformat(), "worth_before": to_json(told.worth[0]), "worth": to_json(told.worth[1]),
            "cost_before": to_json(told.cost[0]), "cost": to_json(told.cost[1]), "priced_before": told.priced[0], "priced": told.priced[1], "activities": told.activities,
            "types": [{"name": m.name or None, "worth_before": to_json(m.before), "worth": to_json(m.now)} for m in told.types],
            "customers": told.known, "touched": told.touched, "turn_loss_making": len(told.loss_making), "turn_profitable": len(told.profitable),
            **{name: [person(m) for m in getattr(told, name)] for name in ("losers", "gainers", "overtaken")}}


def _say(told: Effect, formats: Formats) -> None:
    days = f"{told.period.first} .. {told.period.last}"
    if told.nothing:
        click.echo(f"    changes nothing of {days}: no activity of these days costs anything else")
        return

    def pair(before: object, now: object) -> str:
        return f"{formats.money(before, full=True)} -> {formats.money(now, full=True)}"
    click.echo(f"    {days}: cost to serve {pair(*told.cost)}, worth {pair(*told.worth)}; {told.priced[1]:,} of {told.activities:,} activities priced")
    click.echo(f"    {told.touched:,} of {told.known:,} customers are worth something else; {len(told.loss_making):,} turn loss-making, {len(told.profitable):,} turn profitable")
    for m in (*told.losers[:3], *told.gainers[:3]):
        place = f"place {m.place:,}, was {m.place_before:,}" if m.place != m.place_before else f"stays at place {m.place:,}"
        click.echo(f"    {m.name}: {pair(m.before, m.now)}, {place}")
