"""``mabat targets alerts``: the alerts people set on targets, and which fire now."""
from __future__ import annotations

import json
import math
from datetime import date

import click

from crm_data.analysis.target_alert_store import every_alert
from crm_data.analysis.target_alerts import ANY, Alert, Fired, Judged, judge, one_said
from crm_data.analysis.targets import Board, board
from crm_data.commands.cuts import open_warehouse
from crm_data.commands.target_asking import goal_json, operator
from crm_data.cuts.access import Scope
from crm_data.cuts.periods import day_from_text
from crm_data.model.appdb import open_appdb
from crm_data.output.formats import Formats
from crm_data.output.words import Words
from crm_data.settings import load_settings

ALL = Scope.everything()
TOLD = {"pace": "below {} of pace", "landing": "landing below {} of target", "chance": "chance below {}", "attained": "reached below {} of target"}


@click.command("alerts")
@click.option("--on", "day", metavar="DAY", help="As of this day; default: the day the data reaches.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def alerts(day: str | None, as_json: bool) -> None:
    """All alerts on targets, everybody's, and the targets each fires for."""
    warehouse, appdb = open_warehouse(), open_appdb(load_settings().appdb)
    found = every_alert(appdb, operator())
    on: date | None = day_from_text(day) if day else None
    seen = board(warehouse, appdb, scope=ALL, on=on)
    judged = [(alert, judge(alert, seen, warehouse, ALL)) for alert in found]
    if as_json:
        click.echo(json.dumps({"on": seen.on.isoformat(), "alerts": [_json(a, j, seen) for a, j in judged], "snapshot": warehouse.snapshot}, ensure_ascii=False, indent=1))
        return
    words = Words()
    formats = Formats(words, warehouse.currency)
    click.echo(f"As of {seen.on}")
    for alert, result in judged:
        after = f" after day {alert.rule.after_day}" if alert.rule.after_day else ""
        click.echo(f"{alert.id:4} {alert.measure or 'any indicator'}, {_whose(alert)}: {TOLD[alert.rule.kind].format(formats.part(alert.rule.below))}{after}"
                   f"  ({alert.author}{', shared' if alert.shared else ''})")
        for one in result.fired:
            goal = one.one.goal
            click.echo(f"       fires: {goal.measure}, {formats.period(goal.first, goal.last)}: {one_said(alert.rule, one).text(words, formats)}")
        if not result.fired:
            click.echo("       fires for nothing now" if result.spoken_of else "       no target of this day is about that")
        if result.unjudged:
            click.echo(f"       cannot be judged: {len(result.unjudged)}")
    if not judged:
        click.echo("No alerts yet. They are set on the Targets page, under Alerts.")


def _whose(alert: Alert) -> str:
    if alert.dimension == ANY:
        return "any scope"
    return "the firm" if not alert.dimension else f"{alert.dimension}={alert.member}" if alert.member else f"each {alert.dimension}"


def _json(alert: Alert, found: Judged, seen: Board) -> dict[str, object]:
    def fired(one: Fired) -> dict[str, object]:
        return {**goal_json(one.one.goal), "score": one.score if math.isfinite(one.score) else None, "share": one.shown, "target": one.one.pace.target, "actual": one.one.pace.actual}
    words = Words()
    return {"id": alert.id, "measure": alert.measure or None, "dimension": alert.dimension or None, "member": alert.member or None, "kind": alert.rule.kind,
            "below": alert.rule.below, "after_day": alert.rule.after_day, "shared": alert.shared, "who": alert.author,
            "when": alert.at.isoformat(timespec="seconds") + "Z" if alert.at else None, "fires": [fired(f) for f in found.fired], "fine": found.fine, "not_yet": found.early,
            "not_judged": [{**goal_json(one.goal), "why": words.t(why, **values)} for one, why, values in found.unjudged]}
