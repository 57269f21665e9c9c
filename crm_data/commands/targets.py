"""``mabat targets``: list, set, import and measure targets from the command line."""
from __future__ import annotations

import json

import click

from crm_data.analysis import target_bulk
from crm_data.analysis.phasing import Phasing
from crm_data.analysis.target_bulk import problems, set_all
from crm_data.analysis.target_files import read_rows
from crm_data.analysis.target_store import (
    Change,
    Target,
    Version,
    adopt,
    all_targets,
    history,
    imported_targets,
    known_at,
)
from crm_data.analysis.targets import Progress, board, progress, usable
from crm_data.analysis.working_days import places
from crm_data.commands import speaking
from crm_data.commands.columns import columns
from crm_data.commands.cuts import open_warehouse
from crm_data.commands.speaking import lasting, say, say_n, write
from crm_data.commands.target_alerts import alerts
from crm_data.commands.target_asking import Teller, goal_of, operator, target_json, version_json
from crm_data.commands.target_asking import period as period_of
from crm_data.commands.target_forecast import forecast_
from crm_data.commands.target_plan import copy, split
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.periods import day_from_text
from crm_data.errors import N_, InputError
from crm_data.model.appdb import open_appdb
from crm_data.settings import load_settings
from crm_data.text import plain

ALL = Scope.everything()
PERIODS = "2026, 2026-H1, 2026-Q4, 2026-11, 2026-11-05, FY2026, FY2026-Q1, 1405-08 (Jalali) or 2026-11-01..2026-11-30."


@click.group()
def targets() -> None:
    """Targets: what was set, by whom, and how far it is reached."""


targets.add_command(split)
targets.add_command(copy)
targets.add_command(alerts)
targets.add_command(forecast_)


@targets.command("list")
@click.option("--measure", "-m", help="Only of this measure.")
@click.option("--as-known", "known", metavar="DAY", help="As they were known at the end of this day.")
@click.option("--history", "with_history", is_flag=True, help="With all versions of each.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_(measure: str | None, known: str | None, with_history: bool, as_json: bool) -> None:
    """List targets, those set in the application and those that came with the data."""
    warehouse, appdb = open_warehouse(), open_appdb(load_settings().appdb)
    moment = known_at(day_from_text(known)) if known else None
    found = [t for t in all_targets(warehouse, appdb, moment) if measure in (None, t.goal.measure)]
    versions = [[v for v in history(appdb, t.goal) if moment is None or v.at <= moment] if with_history else [] for t in found]
    if as_json:
        rows = [{**target_json(t), **({"versions": [version_json(v) for v in of_it]} if with_history else {})} for t, of_it in zip(found, versions, strict=True)]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    teller = Teller.of(warehouse)
    for line, target, of_it in zip(columns([_listed(teller, t) for t in found], right=(3,)), found, versions, strict=True):
        write(line)
        for version in of_it:
            write(f"    {_version(teller, target, version)}")
    if not found and known:
        say(N_("No target was known at the end of {day}."), day=teller.formats.day(day_from_text(known)))
    elif not found:
        say(N_("No targets yet. Set one with: mabat targets set --measure revenue --period 2026-11 --value 7200000"))


def _listed(teller: Teller, target: Target) -> tuple[str, ...]:
    words = teller.words
    beyond = words.t(N_("stretch {value}"), value=teller.value(target.goal, target.stretch)) if target.stretch is not None else ""
    origin = words.t(N_("from the data")) if target.source == "data" else words.t(N_("version {n}, {who}"), n=target.version, who=words.author(target.who))
    return teller.measure(target.goal.measure), teller.days(target.goal), teller.whose(target.goal), teller.value(target.goal, target.value), beyond, origin


def _version(teller: Teller, target: Target, version: Version) -> str:
    words = teller.words
    value = words.t(N_("withdrawn")) if version.value is None else teller.value(target.goal, version.value)
    return words.in_line((words.t(N_("version {n}, {who}"), n=version.version, who=words.author(version.who)), teller.formats.moment(version.at), value, version.why))


@targets.command("set")
@click.option("--measure", "-m", required=True, help="Measure, see `mabat measures`.")
@click.option("--period", "period", required=True, help=PERIODS)
@click.option("--for", "scope", metavar="DIM=MEMBER", help="Whose: branch=Haifa, owner=Anna ...; left out: the whole firm.")
@click.option("--value", type=float, help="The target; shares as 0-1.")
@click.option("--stretch", type=float, help="What would be more than enough, beyond the target; `nan` takes it away.")
@click.option("--direction", type=click.Choice(["up", "down", "own"]), help="Which way is better; own: the indicator's own way.")
@click.option("--phasing", help="working_days, last_year, or a share for each month such as 20/30/50.")
@click.option("--withdraw", is_flag=True, help="Withdraw the target instead.")
@click.option("--why", default="", help="Why, kept with the version.")
def set_(measure: str, period: str, scope: str | None, value: float | None, stretch: float | None, direction: str | None, phasing: str | None,
         withdraw: bool, why: str) -> None:
    """Set or change a target; every change is a new version. What is left out stays as it is."""
    if withdraw and (value, stretch, direction, phasing) != (None, None, None, None):
        raise InputError(N_("Give either --value or --withdraw."))
    warehouse, appdb = open_warehouse(), open_appdb(load_settings().appdb)
    catalog, goal, known = catalog_for(warehouse), goal_of(measure, period_of(period), scope), all_targets(warehouse, appdb)
    before = next((Change.of(t) for t in known if t.goal == goal), Change(goal, None))
    if value is None and not withdraw and (before.value is None or (stretch, direction, phasing) == (None, None, None)):
        raise InputError(N_("Give either --value or --withdraw."))
    change = Change(goal, None) if withdraw else Change(
        goal, before.value if value is None else value,
        before.stretch if stretch is None else None if stretch != stretch else stretch,
        before.direction if direction is None else "" if direction == "own" else direction,
        before.phasing if phasing is None else Phasing.read(phasing))
    for _, error in problems([change], known, catalog, warehouse, ALL):
        raise error
    number = target_bulk.write(appdb, [change], known, user=operator(), why=why)[0]
    teller = Teller.of(warehouse)
    say(N_("{target}: {value} (version {n})"), target=teller.goal(goal), value=teller.words.t(N_("withdrawn")) if change.value is None else teller.value(goal, change.value), n=number)


@targets.command("import")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False))
@click.option("--from-data", is_flag=True, help="Adopt the targets that came with the data.")
@click.option("--why", default="", help="Why, kept with the versions.")
@click.option("--dry-run", is_flag=True, help="Only check.")
def import_(file: str | None, from_data: bool, why: str, dry_run: bool) -> None:
    """Set targets from a CSV or XLSX FILE (measure, from, to, dimension, member, value; also stretch, direction, phasing), all of them or none."""
    if bool(file) == from_data:
        raise InputError(N_("Give a file, or --from-data for the targets that came with the data."))
    warehouse, appdb = open_warehouse(), open_appdb(load_settings().appdb)
    catalog = catalog_for(warehouse)
    if from_data:
        good, refused = usable(imported_targets(warehouse), catalog, places(warehouse))
        teller = Teller.of(warehouse)
        for target, error in refused:
            say(N_("left out: {target}: {reason}"), err=True, target=teller.goal(target.goal), reason=teller.error(error))
        done = 0 if dry_run else adopt(appdb, good, user=operator(), why=why or lasting().t(N_("adopted from the data")))
        words, count = teller.words, teller.formats.count
        write(words.listed([words.n("{n} target in the data", "{n} targets in the data", len(good), n=count(len(good))), words.n("{n} adopted", "{n} adopted", done, n=count(done)),
                                       words.n("{n} left out", "{n} left out", len(refused), n=count(len(refused)))]))
        return
    known = all_targets(warehouse, appdb)
    changes = read_rows(file, catalog, warehouse, known)
    written = 0 if dry_run else set_all(appdb, changes, known, user=operator(), why=why or plain(lasting().t(N_("file {name}"), name=click.format_filename(file, shorten=True))),
                                        catalog=catalog, warehouse=warehouse, scope=ALL)
    count, same = speaking.formats(warehouse).count, len(changes) - written
    if dry_run:
        say_n("{n} target is in order", "{n} targets are in order", len(changes), n=count(len(changes)))
    elif same:
        say_n("{n} target set, {same} as they were", "{n} targets set, {same} as they were", written, n=count(written), same=count(same))
    else:
        say_n("{n} target set", "{n} targets set", written, n=count(written))


@targets.command("progress")
@click.option("--on", "day", metavar="DAY", help="As of this day; default: the day the data reaches.")
@click.option("--period", "period", help="Only targets of this period (2026, 2026-Q4, 2026-11 ...).")
@click.option("--measure", "-m", help="Only of this measure.")
@click.option("--by", "dimension", help="Only of this dimension (branch, owner ...); `firm` for the whole.")
@click.option("--as-known", "known", metavar="DAY", help="As it was known at the end of this day: its targets, and what was reached by then.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def progress_(day: str | None, period: str | None, measure: str | None, dimension: str | None, known: str | None, as_json: bool) -> None:
    """How far each target is reached, where it should be today, and where it will land."""
    warehouse, appdb = open_warehouse(), open_appdb(load_settings().appdb)
    last = day_from_text(known) if known else None
    on = min(d for d in (warehouse.as_of, last, day_from_text(day) if day else None) if d is not None)
    there = all_targets(warehouse, appdb, known_at(last) if last else None)
    if period:
        wanted = period_of(period)
        chosen = [t for t in there if (t.goal.first, t.goal.last) == (wanted.first, wanted.last)]
        found, refused = progress(chosen, warehouse, scope=ALL, on=on)
    else:
        seen = board(warehouse, appdb, scope=ALL, on=on, targets=there)
        found, refused = list(seen.all), list(seen.refused)
    kept = [p for p in found if measure in (None, p.goal.measure) and dimension in (None, p.goal.dimension or "firm")]
    if as_json:
        click.echo(json.dumps({"on": on.isoformat(), "as_known": known, "targets": [p.as_json() for p in kept],
                               "refused": [{**target_json(t), "why_not": str(error)} for t, error in refused], "snapshot": warehouse.snapshot},
                              ensure_ascii=False, indent=1))
        return
    teller = Teller.of(warehouse)
    say(N_("As of {day}"), day=teller.formats.day(on))
    for line in columns([_stand(teller, p) for p in kept], right=(3, 4)):
        write(line)
    for target, error in refused:
        if measure in (None, target.goal.measure) and dimension in (None, target.goal.dimension or "firm"):
            say(N_("not measured: {target}: {reason}"), err=True, target=teller.goal(target.goal), reason=teller.error(error))
    if not kept:
        say(N_("No target holds on that day.") if found else N_("No target holds on that day. Set one with: mabat targets set --help"))


def _stand(teller: Teller, p: Progress) -> tuple[str, ...]:
    """What is reached of a target, where it should be, and where it will land."""
    words, formats = teller.words, teller.formats
    pace = words.t(N_("pace {pace}, landing {landing}"), pace=formats.part(p.pace.share), landing=formats.part(p.pace.landing_share)) if p.pace.share is not None else words.t(p.pace.why)
    reached = words.t(N_("{actual} of {target}"), actual=formats.value(p.pace.actual, p.unit), target=formats.value(p.pace.target, p.unit))
    return (teller.measure(p.goal.measure), teller.days(p.goal), teller.whose(p.goal), reached, formats.part(p.pace.attained),
            words.in_line((pace, words.t(p.curve.why) if p.curve and p.curve.why else "")))
