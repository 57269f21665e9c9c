"""``mabat tiers``: tiers of customers, trying their rules out, applying and undoing, from the command line."""
from __future__ import annotations

import csv
import json
import sys
from dataclasses import replace
from decimal import Decimal

import click

from crm_data.accounts.users import find_user
from crm_data.analysis.customers import profile, resolve
from crm_data.analysis.tiers import assign_one, undo
from crm_data.analysis.tiers_list import listed
from crm_data.analysis.tiers_overlay import publish as bring_in
from crm_data.analysis.tiers_plan import Board, apply, board
from crm_data.analysis.tiers_rules import Terms, Tier, percent
from crm_data.analysis.tiers_start import PARTS, REST, basis, from_amounts, from_data
from crm_data.analysis.tiers_store import list_tiers, runs, save_tiers, state
from crm_data.analysis.tiers_trial import everybody_else, groups
from crm_data.commands import speaking
from crm_data.commands.columns import columns
from crm_data.commands.cuts import open_warehouse
from crm_data.commands.segments import condition_of
from crm_data.commands.speaking import say, say_n, write
from crm_data.commands.target_asking import operator
from crm_data.commands.tiers_told import (
    exact,
    name_of,
    rule_of,
    run_cells,
    size_cells,
    tell,
    tell_trial,
    terms_of,
    trial_json,
)
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import Catalog, catalog_for
from crm_data.errors import N_, InputError, UnknownName
from crm_data.model.appdb import open_appdb
from crm_data.model.folding import fold
from crm_data.model.snapshots import open_store
from crm_data.settings import load_settings
from crm_data.text import plain

_user = click.option("--user", metavar="NAME", help="As this user: its name stands in the records.")
_json = click.option("--json", "as_json", is_flag=True, help="As JSON.")
_tried = click.option("--where", multiple=True, metavar="TIER:CONDITION", help="Try this rule instead: “Gold:each.revenue@12m>=50000”; repeat for several.")
_hand = click.option("--hand-too", is_flag=True, help="Also move customers who were put into a tier by hand.")
ALL = Scope.everything()


@click.group()
def tiers() -> None:
    """Tiers of customers: rules, terms, and who is in which."""


def _appdb():
    return open_appdb(load_settings().appdb)


def _who(engine, name: str | None):
    return find_user(engine, name) if name else operator()


def _tier(known: tuple[Tier, ...], name: str) -> Tier:
    found = next((t for t in known if fold(t.name) == fold(name)), None)
    if found is None:
        raise UnknownName("tier", name[:80], [t.name for t in known])
    return found


def _with(known: tuple[Tier, ...], where: tuple[str, ...], catalog: Catalog) -> tuple[Tier, ...] | None:
    """The tiers with other rules, or None when none are given."""
    rules: dict[str, list] = {}
    for text in where:
        name, found, rule = text.partition(":")
        if not found or not rule:
            raise InputError(N_("“{text}” is not a rule. Write TIER:CONDITION, for example “Gold:each.revenue@12m>=50000”."), text=text[:80])
        rules.setdefault(_tier(known, name.strip()).name, []).append(condition_of(rule.strip(), catalog))
    return tuple(replace(t, conditions=tuple(rules[t.name])) if t.name in rules else t for t in known) if rules else None


@tiers.command("list")
@_json
def list_(as_json: bool) -> None:
    """Tiers with their rules and terms, and what their customers brought in 12 months."""
    warehouse, engine = open_warehouse(), _appdb()
    found = board(engine, warehouse, ALL)
    groups_now, rest = groups(found.book, found.now.labels, found.now.code), everybody_else(found.book)
    kept, catalog = {t.name: t for t in found.tiers}, catalog_for(warehouse)

    def sold(amount: Decimal | None) -> str | None:
        """Where nothing is sold by orders, revenue is not 0 but not known."""
        return exact(amount) if catalog.has_orders else None
    records = [{"tier": g.label or None, **(kept[g.label].to_json() if g.label in kept else {"defined": False}), "customers": g.customers, "revenue": sold(g.revenue),
                "worth": sold(g.worth), "mean_discount": None if g.given is None else float(round(g.given, 6))} for g in groups_now if g.customers or g.label in kept]
    if as_json:
        click.echo(json.dumps({"from": found.book.period.first.isoformat(), "to": found.book.period.last.isoformat(), "tiers": records, "not_in_the_data_yet": found.behind,
                               "others": {"revenue": sold(rest.revenue), "worth": sold(rest.worth)}}, ensure_ascii=False, indent=1))
        return
    formats = speaking.formats(warehouse)
    words = formats.words
    for r, line in zip(records, columns([size_cells(r, formats) for r in records], right=(1, 2, 3)), strict=True):
        write(line)
        if r["tier"] in kept:
            write(f"    {rule_of(kept[r['tier']], catalog, words)}  ({terms_of(kept[r['tier']].terms, formats)})")
    if found.behind:
        say_n("{n} customer has another tier here than in the data: cuts by tier follow with the next import, or now with mabat tiers publish.",
              "{n} customers have another tier here than in the data: cuts by tier follow with the next import, or now with mabat tiers publish.", found.behind, n=formats.count(found.behind, full=True))
    if not kept:
        say(N_("No tiers are defined yet. Begin with: mabat tiers start --from data, or --from revenue"))


@tiers.command("start")
@click.option("--from", "source", type=click.Choice(["data", "revenue"]), required=True, help="The tiers found in the data, or three by the revenue of 12 months (won value where there are no orders).")
@_user
def start(source: str, user: str | None) -> None:
    """Define the first tiers; they can be changed afterwards."""
    warehouse, engine = open_warehouse(), _appdb()
    if list_tiers(engine):
        raise InputError(N_("There are tiers already. Change one with “mabat tiers set”."))
    found, measure = basis(warehouse, ALL)
    names = speaking.lasting()
    first = from_data(found, measure) if source == "data" else from_amounts(found, tuple(names.t(name) for name in (*(name for name, _ in PARTS), REST)), measure)
    if not first:
        raise InputError(N_("The data has no tiers. Begin with --from revenue.") if source == "data" else N_("Nobody brought anything in 12 months. Define tiers with “mabat tiers set NAME --by-hand”."))
    catalog = catalog_for(warehouse)
    words = speaking.words(warehouse.manifest.sources)
    for tier in save_tiers(engine, _who(engine, user), ALL, first, expected=state(engine), catalog=catalog):
        say(N_("{tier}: {rule}"), tier=name_of(tier.name, words), rule=rule_of(tier, catalog, words))


@tiers.command("set")
@click.argument("name")
@click.option("--where", multiple=True, metavar="CONDITION", help="each.revenue@12m>=50000 ...; repeat for several, all must hold.")
@click.option("--rest", is_flag=True, help="Everybody no better tier takes.")
@click.option("--by-hand", is_flag=True, help="Given by hand only.")
@click.option("--place", type=click.IntRange(min=1), help="1 is the best.")
@click.option("--price-list", help="Name of the price list.")
@click.option("--discount", help="Per cent off it.")
@click.option("--payment-days", type=click.IntRange(0, 365), help="Days to pay.")
@click.option("--offer", multiple=True, help="An offer that goes with it; repeat for several.")
@click.option("--delete", is_flag=True, help="Take the tier away instead; who is in it stays until rules are applied.")
@_user
def set_(name: str, where: tuple[str, ...], rest: bool, by_hand: bool, place: int | None, price_list: str | None, discount: str | None, payment_days: int | None,
         offer: tuple[str, ...], delete: bool, user: str | None) -> None:
    """Define the tier NAME, or change what is given of it; the rest of it stays."""
    warehouse, engine = open_warehouse(), _appdb()
    catalog, expected, known = catalog_for(warehouse), state(engine), list(list_tiers(engine))
    old = next((t for t in known if fold(t.name) == fold(name)), None)
    if delete:
        known.remove(_tier(tuple(known), name))
    else:
        tier = old or Tier(name, ())
        conditions = None if by_hand else () if rest else tuple(condition_of(text, catalog) for text in where) if where else tier.conditions
        terms = Terms(tier.terms.price_list if price_list is None else price_list, tier.terms.discount if discount is None else percent(discount),
                      tier.terms.payment_days if payment_days is None else payment_days, offer or tier.terms.offers)
        at = known.index(old) if old else len(known)
        if old:
            known.remove(old)
        known.insert(at if place is None else place - 1, Tier(tier.name, conditions, terms))
    saved, formats = save_tiers(engine, _who(engine, user), ALL, known, expected=expected, catalog=catalog), speaking.formats(warehouse)
    for one in saved:
        tell(one, catalog, formats)
    if not saved:
        say(N_("No tiers are left."))


def _board(engine, warehouse, where: tuple[str, ...]) -> Board:
    known = list_tiers(engine)
    if not known:
        raise InputError(N_("No tiers are defined yet. Begin with “mabat tiers start --from data”, or --from revenue."))
    return board(engine, warehouse, ALL, _with(known, where, catalog_for(warehouse)))


@tiers.command("simulate")
@_tried
@_hand
@click.option("--to", metavar="FILE", help="Write everybody who changes into a CSV file, “-” for the screen.")
@click.option("--consent", is_flag=True, help="In the file: only who may be contacted.")
@_json
def simulate(where: tuple[str, ...], hand_too: bool, to: str | None, consent: bool, as_json: bool) -> None:
    """Who would change tier, what that costs, and what worth is at stake. Nothing is written."""
    warehouse, engine = open_warehouse(), _appdb()
    found = _board(engine, warehouse, where)
    outcome = found.trial(hand_too=hand_too)
    if to:
        from crm_data.output.tables import guarded
        rows = listed(warehouse, ALL, found, outcome, consent=consent)
        with sys.stdout if to == "-" else open(to, "w", encoding="utf-8-sig", newline="") as file:
            out = csv.writer(file)
            out.writerow(rows.columns)
            out.writerows([guarded(v) if isinstance(v, str) else v for v in row] for row in rows.itertuples(index=False))
        if to == "-":
            return
    if as_json:
        click.echo(json.dumps(trial_json(outcome), ensure_ascii=False, indent=1))
    else:
        tell_trial(outcome, speaking.formats(warehouse))


@tiers.command("apply")
@_tried
@_hand
@click.option("--why", default="", help="Kept with the run.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_user
@_json
def apply_(where: tuple[str, ...], hand_too: bool, why: str, yes: bool, user: str | None, as_json: bool) -> None:
    """Put every customer where the rules put it; can be undone."""
    warehouse, engine = open_warehouse(), _appdb()
    found = _board(engine, warehouse, where)
    outcome = found.trial(hand_too=hand_too)
    if not as_json:
        tell_trial(outcome, speaking.formats(warehouse))
    if outcome.whole.customers and not yes:
        many, words = outcome.whole.customers, speaking.words()
        click.confirm(plain(words.n("Change the tier of {n} customer?", "Change the tier of {n} customers?", many, n=speaking.formats(warehouse).count(many, full=True))), abort=True, err=as_json)
    made = apply(engine, _who(engine, user), warehouse, ALL, found, why=why, hand_too=hand_too)
    if as_json:
        click.echo(json.dumps({"run": made.id, **trial_json(outcome)}, ensure_ascii=False, indent=1))
    else:
        say_n("Run {run}: {n} customer. Undo it with: mabat tiers undo {run}", "Run {run}: {n} customers. Undo it with: mabat tiers undo {run}", made.changed, run=made.id,
              n=speaking.formats(warehouse).count(made.changed, full=True))


@tiers.command("runs")
@_json
def runs_(as_json: bool) -> None:
    """What was applied and assigned, newest first."""
    found = runs(_appdb())
    if as_json:
        click.echo(json.dumps([{"run": r.id, "on": r.on.isoformat(), "what": r.what, "changed": r.changed, "who": r.who, "when": r.at.isoformat(timespec="seconds") + "Z", "why": r.why,
                                "undone": r.undone_at.isoformat(timespec="seconds") + "Z" if r.undone_at else None, "undone_by": r.undone_by or None} for r in found], ensure_ascii=False, indent=1))
        return
    formats = speaking.formats_in(speaking.words(), load_settings().currency)
    for line in columns([run_cells(r, formats) for r in found], right=(0, 3)):
        write(line)


@tiers.command("undo")
@click.argument("run", type=int)
@_user
@_json
def undo_(run: int, user: str | None, as_json: bool) -> None:
    """Undo RUN: its customers go back to the tier they had."""
    warehouse, engine = open_warehouse(), _appdb()
    done = undo(engine, _who(engine, user), warehouse, ALL, run)
    if as_json:
        click.echo(json.dumps({"run": done.id, "changed": done.changed, "undone_by": done.undone_by}, ensure_ascii=False))
    else:
        say_n("Run {run} is undone: {n} customer.", "Run {run} is undone: {n} customers.", done.changed, run=done.id, n=speaking.formats(warehouse).count(done.changed, full=True))


@tiers.command("assign")
@click.argument("customer")
@click.argument("tier")
@click.option("--why", required=True, help="Kept with the customer.")
@_user
@_json
def assign(customer: str, tier: str, why: str, user: str | None, as_json: bool) -> None:
    """Put CUSTOMER (its number or id) into TIER by hand, “-” for out of all; rules leave it there."""
    warehouse, engine = open_warehouse(), _appdb()
    who = profile(warehouse, ALL, resolve(warehouse, ALL, customer))
    name = None if tier == "-" else _tier(list_tiers(engine), tier).name
    assign_one(engine, _who(engine, user), warehouse, ALL, who.key, name, why)
    if as_json:
        click.echo(json.dumps({"customer": who.id, "number": who.number, "tier": name}, ensure_ascii=False))
    else:
        say(N_("{number} {name}: {tier}"), number=who.number, name=who.name, tier=name_of(name, speaking.words(warehouse.manifest.sources)))


@tiers.command("publish")
@_json
def publish_(as_json: bool) -> None:
    """Bring the assignments into the data now, as a new snapshot, so that cuts by tier follow; the next import does it by itself."""
    settings = load_settings()
    made, changed = bring_in(open_appdb(settings.appdb), open_store(settings.warehouse, **settings.place))
    if as_json:
        click.echo(json.dumps({"snapshot": made.name, "changed": changed}))
    else:
        say_n("Snapshot {name}: {n} customer has its new tier in the data.", "Snapshot {name}: {n} customers have their new tier in the data.", changed, name=made.name,
              n=speaking.formats_in(speaking.words(), settings.currency).count(changed, full=True))
