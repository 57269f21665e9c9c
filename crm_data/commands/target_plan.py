"""``mabat targets split`` and ``copy``: plans made of other targets, all of them written or none."""
from __future__ import annotations

import json
from collections.abc import Sequence

import click

from crm_data.analysis.target_bulk import differing, kept, problems, set_all
from crm_data.analysis.target_grid import WEIGHTS, moved_to, raised
from crm_data.analysis.target_split import split_down
from crm_data.analysis.target_store import Change, Goal, Target, all_targets
from crm_data.analysis.targets import usable
from crm_data.analysis.working_days import places
from crm_data.commands.columns import columns
from crm_data.commands.cuts import open_warehouse
from crm_data.commands.speaking import lasting, say, write
from crm_data.commands.target_asking import Teller, goal_json, goal_of, operator, period
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import Catalog, catalog_for
from crm_data.cuts.periods import Period
from crm_data.errors import N_, InputError
from crm_data.model.appdb import open_appdb
from crm_data.settings import load_settings
from crm_data.text import Figure, plain

ALL = Scope.everything()
BY_STEP = {"month": N_("by month"), "quarter": N_("by quarter"), "half": N_("by half-year"), "year": N_("by year")}
HOW = {"equal": N_("Equal parts"), "working_days": N_("By working days"), "last_year": N_("In last year's shape")}


@click.command("split")
@click.option("--measure", "-m", required=True, help="Measure, see `mabat measures`.")
@click.option("--period", "written", required=True, help="The whole's: 2026, 2026-Q4, FY2026 ...")
@click.option("--for", "scope", metavar="DIM=MEMBER", help="Whose target is split; left out: the whole firm's.")
@click.option("--value", type=float, help="The whole; by default the target that is set.")
@click.option("--by", "by", required=True, help="month, quarter, half, year, or a dimension: branch, owner, product_category ...")
@click.option("--weights", type=click.Choice(WEIGHTS), default="equal", show_default=True, help="In what proportion.")
@click.option("--why", default="", help="Why, kept with the versions.")
@click.option("--dry-run", is_flag=True, help="Only show the parts.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def split(measure: str, written: str, scope: str | None, value: float | None, by: str, weights: str, why: str, dry_run: bool, as_json: bool) -> None:
    """Split a target into months, quarters or members; the parts sum to it exactly."""
    warehouse, appdb = open_warehouse(), open_appdb(load_settings().appdb)
    catalog, goal, known = catalog_for(warehouse), goal_of(measure, period(written), scope), all_targets(warehouse, appdb)
    catalog.measure(measure)
    if value is None:
        whole = next((t for t in known if t.goal == goal), None)
        if whole is None:
            raise InputError(N_("There is no target to split: {target}. Set it first, or give --value."), target=Teller.of(warehouse).goal(goal))
        value = whole.value
    found = split_down(goal, value, by, weights, catalog=catalog, warehouse=warehouse, scope=ALL, firm=places(warehouse))
    changes = kept(found.given, known)
    teller = Teller.of(warehouse)
    note = teller.words.n("in the shape of the same days {n} year before", "in the shape of the same days {n} years before", found.years) if found.years else ""
    _write(changes, known, catalog, warehouse, appdb, why or _split_of(teller, goal, value, by, weights), dry_run, as_json, {"whole": value, "years_back": found.years}, note)


def _split_of(teller: Teller, goal: Goal, value: float, by: str, weights: str) -> str:
    """Why the parts were set, where nothing was given."""
    words = teller.words
    parts = words.t(BY_STEP[by]) if by in BY_STEP else words.t(N_("by {dimensions}"), dimensions=teller.dimension(by))
    return plain(words.in_line((words.t(N_("split of {value}"), value=teller.value(goal, value)), parts, words.t(HOW[weights]))))


@click.command("copy")
@click.option("--from", "source", required=True, metavar="PERIOD", help="Targets within these days: 2025, 2025-Q4, 2025-11 ...")
@click.option("--to", "to", required=True, metavar="PERIOD", help="Where they go; as long as --from.")
@click.option("--percent", type=float, default=0.0, show_default=True, help="So many per cent more (less: a negative number); ratios are copied as they are.")
@click.option("--measure", "-m", help="Only of this measure.")
@click.option("--by", "dimension", help="Only of this dimension (branch, owner ...); `firm` for the whole.")
@click.option("--why", default="", help="Why, kept with the versions.")
@click.option("--dry-run", is_flag=True, help="Only show them.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def copy(source: str, to: str, percent: float, measure: str | None, dimension: str | None, why: str, dry_run: bool, as_json: bool) -> None:
    """Copy the targets of a period to another, so many per cent more; what stands there gets a new version."""
    warehouse, appdb = open_warehouse(), open_appdb(load_settings().appdb)
    catalog, known = catalog_for(warehouse), all_targets(warehouse, appdb)
    days, goal_days = period(source), period(to)
    if not -100 < percent <= 1000:
        raise InputError(N_("{percent} is not a change of a target. Give a number above −100 and up to 1000."), percent=Figure(f"{percent:g}%"))
    chosen = [t for t in known if days.first <= t.goal.first and t.goal.last <= days.last and measure in (None, t.goal.measure)
              and dimension in (None, t.goal.dimension or "firm")]
    good, refused = usable(chosen, catalog, places(warehouse))
    teller = Teller.of(warehouse)
    for target, error in refused:
        say(N_("left out: {target}: {reason}"), err=True, target=teller.goal(target.goal), reason=teller.error(error))
    changes = [_copied(target, moved_to(target.goal.period, days, goal_days), percent, catalog) for target in good]
    _write(changes, known, catalog, warehouse, appdb, why or plain(lasting().t(N_("copied from {period}, {percent}"), period=source, percent=Figure(f"{percent:+g}%"))), dry_run, as_json, {"from": source, "to": to, "percent": percent})


def _copied(target: Target, to: Period, percent: float, catalog: Catalog) -> Change:
    measure, g = catalog.measure(target.goal.measure), target.goal
    more = percent if measure.adds_up or measure.kind == "balance" else 0.0
    return Change(Goal(g.measure, to.first, to.last, g.dimension, g.member), raised(target.value, more, measure.unit),
                  None if target.stretch is None else raised(target.stretch, more, measure.unit), target.direction, target.phasing)


def _write(changes: Sequence[Change], known: Sequence[Target], catalog: Catalog, warehouse, appdb, why: str, dry_run: bool, as_json: bool,
           more: dict[str, object], note: str = "") -> None:
    """Check, write unless it is a trial, and tell."""
    for place, error in problems(changes, known, catalog, warehouse, ALL):
        raise InputError(N_("{target}: {reason} Nothing was changed."), target=Teller.of(warehouse).goal(changes[place].goal), reason=error) from error
    new = differing(changes, known)
    written = 0 if dry_run else set_all(appdb, changes, known, user=operator(), why=why, catalog=catalog, warehouse=warehouse, scope=ALL)
    if as_json:
        rows = [{**goal_json(c.goal), "target": c.value, "stretch": c.stretch, "direction": c.direction or None, "phasing": c.phasing.written()} for c in changes]
        click.echo(json.dumps({**more, "targets": rows, "changed": len(new), "written": written}, ensure_ascii=False, indent=1))
        return
    teller = Teller.of(warehouse)
    words, count = teller.words, teller.formats.count
    rows = [(teller.measure(c.goal.measure), teller.days(c.goal), teller.whose(c.goal), teller.value(c.goal, c.value)) for c in changes]
    for line in columns(rows, right=(3,)):
        write(line)
    many = words.n("{n} would change", "{n} would change", len(new), n=count(len(new))) if dry_run else words.n("{n} set", "{n} set", written, n=count(written))
    write(words.in_line((words.n("{n} target", "{n} targets", len(changes), n=count(len(changes))), note, many)))
