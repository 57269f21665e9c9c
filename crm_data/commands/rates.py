"""``mabat rates``: what one unit of an activity costs, from the command line: list, set with the effect shown, withdraw."""
from __future__ import annotations

import json

import click

from crm_data.analysis import rate_store
from crm_data.analysis.rate_effect import Effect, Moved, effect
from crm_data.commands import speaking
from crm_data.commands.columns import columns
from crm_data.commands.cuts import open_warehouse, to_json
from crm_data.commands.speaking import say, write
from crm_data.commands.target_asking import operator
from crm_data.cuts.access import Scope
from crm_data.cuts.periods import Period, day_from_text
from crm_data.cuts.rates import UNITS, Rate
from crm_data.errors import N_
from crm_data.model.appdb import open_appdb
from crm_data.output.formats import Formats
from crm_data.settings import load_settings
from crm_data.text import plain

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


def _days(rate: Rate, formats: Formats) -> str:
    if rate.last is None:
        return formats.words.t(N_("from {day}, until changed"), day=formats.day(rate.first))
    return formats.words.t(N_("{first} to {last}"), first=formats.day(rate.first), last=formats.day(rate.last))


def _sum(rate: Rate, formats: Formats) -> str:
    """What one of an activity costs: "₪200.00 per complaint"."""
    amount = formats.money(rate.rate, full=True, decimals=2 if rate.rate == round(rate.rate, 2) else 4)
    return plain(f"{amount} {formats.words.t(UNITS[rate.driver]) if rate.driver in UNITS else rate.driver}")


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
    formats = speaking.formats(warehouse)
    for told in columns([(line.rate.driver, _sum(line.rate, formats), _days(line.rate, formats), _origin(line.edit, formats)) for line in found]):
        write(told)
    if not found:
        say(N_('No rates yet: activities are not priced. Set one with: mabat rates set order 6 --from 2026-01-01 --why "first rates"'))
    for edit in changes:
        write(f"    {_changed(edit, formats)}")


def _origin(edit: rate_store.Edit | None, formats: Formats) -> str:
    words = formats.words
    return words.t(N_("change {n}, {who}: {why}"), n=edit.id, who=words.author(edit.who), why=edit.why) if edit else words.t(N_("from the data"))


def _changed(edit: rate_store.Edit, formats: Formats) -> str:
    """One change of the history: when and by whom, what holds from when, why, and whether it was taken back."""
    words = formats.words
    gone = words.t(N_("withdrawn {when} by {who}"), when=formats.moment(edit.withdrawn_at), who=words.author(edit.withdrawn_by)) if edit.withdrawn_at else ""
    return words.in_line((words.t(N_("change {n}"), n=edit.id), formats.moment(edit.at), words.author(edit.who), _sum(edit.rate, formats), _days(edit.rate, formats), edit.why, gone))


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
    formats = speaking.formats(warehouse)
    rate = formats.words.listed([_sum(wanted, formats), _days(wanted, formats)])
    if made:
        say(N_("{rate} (change {n})"), rate=rate, n=made.id)
    else:
        say(N_("{rate} (not set)"), rate=rate)
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
    formats = speaking.formats(warehouse)
    say(N_("{rate}: withdrawn (change {n})"), rate=formats.words.listed([_sum(gone.rate, formats), _days(gone.rate, formats)]), n=gone.id)
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
    words, count, days = formats.words, formats.count, formats.period(told.period.first, told.period.last)

    def line(text: str) -> None:
        write(f"    {text}")

    def pair(before: object, now: object) -> str:
        return words.t(N_("{before} → {now}"), before=formats.money(before, full=True), now=formats.money(now, full=True))
    if told.nothing:
        line(words.t(N_("No activity of {period} would cost anything else: the rate is of other days, or is the same as before."), period=days))
        return
    line(words.t(N_("{period}: cost to serve {cost}, worth {worth}"), period=days, cost=pair(*told.cost), worth=pair(*told.worth)))
    line(words.n("{priced} of {n} activity priced", "{priced} of {n} activities priced", told.activities, n=count(told.activities, full=True), priced=count(told.priced[1], full=True)))
    worse, better = len(told.loss_making), len(told.profitable)
    line(words.listed([
        words.n("{n} of {all} customers is worth something else", "{n} of {all} customers are worth something else", told.touched, n=count(told.touched, full=True), all=count(told.known, full=True)),
        words.n("{n} turns loss-making", "{n} turn loss-making", worse, n=count(worse)), words.n("{n} turns profitable", "{n} turn profitable", better, n=count(better))], ";"))
    for m in (*told.losers[:3], *told.gainers[:3]):
        place = words.t(N_("place {place}, was {before}"), place=count(m.place, full=True), before=count(m.place_before, full=True)) if m.place != m.place_before \
            else words.t(N_("stays at place {place}"), place=count(m.place, full=True))
        line(words.t(N_("{name}: {worth}, {place}"), name=m.name, worth=pair(m.before, m.now), place=place))
