"""``mabat targets``: list, set, import and measure targets from the command line."""
from __future__ import annotations

import getpass
import json
from dataclasses import dataclass

import click

from crm_data.analysis.target_files import read_rows
from crm_data.analysis.target_rules import check_goal, check_value
from crm_data.analysis.target_store import (
    FIRM,
    Goal,
    Target,
    adopt,
    all_targets,
    history,
    imported_targets,
    list_targets,
    set_target,
)
from crm_data.analysis.targets import board, progress, usable
from crm_data.commands.cuts import open_warehouse
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.periods import Period, day_from_text
from crm_data.errors import N_, InputError, MabatError
from crm_data.model.appdb import open_appdb
from crm_data.output.formats import Formats
from crm_data.output.words import Words
from crm_data.settings import load_settings


@dataclass(frozen=True)
class Operator:
    """Whoever sits at the machine: the command line has all rights, and its name stands in the versions."""

    id: int | None
    name: str
    role: str = "administrator"


def operator() -> Operator:
    return Operator(None, f"{getpass.getuser()} (command line)")


@click.group()
def targets() -> None:
    """Targets: what was set, by whom, and how far it is reached."""


def _period(text: str) -> Period:
    """``2026`` · ``2026-Q4`` · ``2026-11`` · ``2026-11-01..2026-11-30``."""
    try:
        if ".." in text:
            return Period.from_text(text, day_from_text(text.partition("..")[0]))
        if len(text) == 4:
            return Period.named("this_year", day_from_text(f"{text}-01-01"))
        if text[5:6].upper() == "Q" and text[6:] in ("1", "2", "3", "4"):
            return Period.named("this_quarter", day_from_text(f"{text[:4]}-{int(text[6]) * 3 - 2:02d}-01"))
        return Period.named("this_month", day_from_text(f"{text}-01"))
    except MabatError as error:
        if ".." in text and "before it starts" in str(error):
            raise
        raise InputError(N_("“{text}” is not a period. Write 2026, 2026-Q4, 2026-11 or 2026-11-01..2026-11-30."), text=text[:60]) from None


def _goal(measure: str, period: Period, scope: str | None) -> Goal:
    dimension, found, member = (scope or "").partition("=")
    if scope and not (found and dimension and member):
        raise InputError(N_("“{text}” is not a scope. Write DIMENSION=MEMBER, for example --for branch=Haifa, or leave it out for the firm."), text=scope[:80])
    return Goal(measure, period.first, period.last, dimension or FIRM, member)


def _row(target: Target) -> dict[str, object]:
    g = target.goal
    return {"measure": g.measure, "from": g.first.isoformat(), "to": g.last.isoformat(), "dimension": g.dimension or None, "member": g.member or None,
            "target": target.value, "source": target.source, "version": target.version, "who": target.who or None,
            "when": target.at.isoformat(timespec="seconds") + "Z" if target.at else None, "why": target.why or None}


def _where(goal: Goal) -> str:
    return f"{goal.dimension}={goal.member}" if goal.dimension else "the firm"


@targets.command("list")
@click.option("--measure", "-m", help="Only of this measure.")
@click.option("--history", "with_history", is_flag=True, help="With all versions of each.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_(measure: str | None, with_history: bool, as_json: bool) -> None:
    """List targets, those set in the application and those that came with the data."""
    warehouse, appdb = open_warehouse(), open_appdb(load_settings().appdb)
    found = [t for t in all_targets(warehouse, appdb) if measure in (None, t.goal.measure)]
    rows = [_row(t) for t in found]
    if with_history:
        for row, target in zip(rows, found, strict=True):
            row["versions"] = [{"version": v.version, "target": v.value, "who": v.who, "when": v.at.isoformat(timespec="seconds") + "Z", "why": v.why}
                               for v in history(appdb, target.goal)]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    formats, catalog = Formats(Words(), warehouse.currency), catalog_for(warehouse)
    for row, target in zip(rows, found, strict=True):
        unit = catalog.all_measures[target.goal.measure].unit if target.goal.measure in catalog.all_measures else "number"
        click.echo(f"{target.goal.measure:22} {formats.period(target.goal.first, target.goal.last):22} {_where(target.goal):34} "
                   f"{formats.value(target.value, unit, full=True):>14}  {'from the data' if target.source == 'data' else f'v{target.version} {target.who}'}")
        for version in row.get("versions", []):
            click.echo(f"    v{version['version']} {version['when']} {version['who']}: {version['target']} {version['why']}")
    if not rows:
        click.echo("No targets yet. Set one with: mabat targets set --measure revenue --period 2026-11 --value 7200000")


@targets.command("set")
@click.option("--measure", "-m", required=True, help="Measure, see `mabat measures`.")
@click.option("--period", "period", required=True, help="2026, 2026-Q4, 2026-11 or 2026-11-01..2026-11-30.")
@click.option("--for", "scope", metavar="DIM=MEMBER", help="Whose: branch=Haifa, owner=Anna ...; left out: the whole firm.")
@click.option("--value", type=float, help="The target; shares as 0-1.")
@click.option("--withdraw", is_flag=True, help="Withdraw the target instead.")
@click.option("--why", default="", help="Why, kept with the version.")
def set_(measure: str, period: str, scope: str | None, value: float | None, withdraw: bool, why: str) -> None:
    """Set or change a target; every change is a new version."""
    if (value is None) == (not withdraw):
        raise InputError(N_("Give either --value or --withdraw."))
    warehouse, appdb = open_warehouse(), open_appdb(load_settings().appdb)
    catalog, goal = catalog_for(warehouse), _goal(measure, _period(period), scope)
    if value is not None:
        check_goal(goal, catalog, warehouse, Scope.everything(), list_targets(appdb))
        check_value(catalog.measure(measure), value)
    number = set_target(appdb, goal, value, user=operator(), why=why)
    click.echo(f"{measure}, {goal.first} to {goal.last}, {_where(goal)}: {'withdrawn' if value is None else value:} (version {number})")


@targets.command("import")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False))
@click.option("--from-data", is_flag=True, help="Adopt the targets that came with the data.")
@click.option("--why", default="", help="Why, kept with the versions.")
@click.option("--dry-run", is_flag=True, help="Only check.")
def import_(file: str | None, from_data: bool, why: str, dry_run: bool) -> None:
    """Set targets from a CSV or XLSX FILE (measure, from, to, dimension, member, value), all of them or none."""
    if bool(file) == from_data:
        raise InputError(N_("Give a file, or --from-data for the targets that came with the data."))
    warehouse, appdb = open_warehouse(), open_appdb(load_settings().appdb)
    catalog = catalog_for(warehouse)
    if from_data:
        good, refused = usable(imported_targets(warehouse), catalog)
        for target, error in refused:
            click.echo(f"left out: {target.goal.measure} {_where(target.goal)}: {error}", err=True)
        done = 0 if dry_run else adopt(appdb, good, user=operator(), why=why or "adopted from the data")
        click.echo(f"{len(good)} targets in the data, {done} adopted, {len(refused)} left out")
        return
    rows = read_rows(file, catalog, warehouse, list_targets(appdb))
    if not dry_run:
        for goal, value in rows:
            set_target(appdb, goal, value, user=operator(), why=why or f"file {click.format_filename(file, shorten=True)}")
    click.echo(f"{len(rows)} targets {'are in order' if dry_run else 'set'}")


@targets.command("progress")
@click.option("--on", "day", metavar="DAY", help="As of this day; default: the day the data reaches.")
@click.option("--period", "period", help="Only targets of this period (2026, 2026-Q4, 2026-11 ...).")
@click.option("--measure", "-m", help="Only of this measure.")
@click.option("--by", "dimension", help="Only of this dimension (branch, owner ...); `firm` for the whole.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def progress_(day: str | None, period: str | None, measure: str | None, dimension: str | None, as_json: bool) -> None:
    """How far each target is reached, where it should be today, and where it will land."""
    warehouse, appdb = open_warehouse(), open_appdb(load_settings().appdb)
    on = min(day_from_text(day), warehouse.as_of) if day else warehouse.as_of
    if period:
        wanted = _period(period)
        chosen = [t for t in all_targets(warehouse, appdb) if (t.goal.first, t.goal.last) == (wanted.first, wanted.last)]
        found, refused = progress(chosen, warehouse, scope=Scope.everything(), on=on)
    else:
        seen = board(warehouse, appdb, scope=Scope.everything(), on=on)
        found, refused = list(seen.all), list(seen.refused)
    kept = [p for p in found if measure in (None, p.goal.measure) and dimension in (None, p.goal.dimension or "firm")]
    if as_json:
        click.echo(json.dumps({"on": on.isoformat(), "targets": [p.as_json() for p in kept],
                               "refused": [{**_row(t), "why_not": str(error)} for t, error in refused], "snapshot": warehouse.snapshot},
                              ensure_ascii=False, indent=1))
        return
    formats = Formats(Words(), warehouse.currency)
    click.echo(f"As of {on}")
    for p in kept:
        pace = f"pace {formats.part(p.pace.share)}, landing {formats.part(p.pace.landing_share)}" if p.pace.share is not None else p.pace.why
        click.echo(f"{p.goal.measure:22} {formats.period(p.goal.first, p.goal.last):18} {_where(p.goal):32} {formats.value(p.pace.actual, p.unit):>10} of "
                   f"{formats.value(p.pace.target, p.unit):>10} {formats.part(p.pace.attained):>6}  {pace}")
    if not kept:
        click.echo("No target holds on that day." + ("" if found else " Set one with: mabat targets set --help"))


