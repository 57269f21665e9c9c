"""``mabat targets alerts``: the alerts people set on targets, and which fire now."""
from __future__ import annotations

import json
import math
from collections.abc import Iterator
from datetime import date

import click

from crm_data.analysis.target_alert_store import every_alert
from crm_data.analysis.target_alerts import ANY, Alert, Fired, Judged, judge, one_said
from crm_data.analysis.target_store import FIRM, GROUP, Goal
from crm_data.analysis.targets import Board, board
from crm_data.commands.cuts import open_warehouse
from crm_data.commands.speaking import say, write
from crm_data.commands.target_asking import Teller, goal_json, operator
from crm_data.cuts.access import Scope
from crm_data.cuts.periods import day_from_text
from crm_data.errors import N_
from crm_data.model.appdb import open_appdb
from crm_data.output.words import Words
from crm_data.settings import load_settings

ALL = Scope.everything()
BELOW = {"pace": N_("below {share} of pace"), "landing": N_("landing below {share} of target"), "chance": N_("chance below {share}"),
         "attained": N_("reached below {share} of target")}


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
    teller = Teller.of(warehouse)
    say(N_("As of {day}"), day=teller.formats.day(seen.on))
    for alert, result in judged:
        write(f"{alert.id:4} {_about(teller, alert)}")
        for line in _said(teller, alert, result):
            write(f"       {line}")
    if not judged:
        say(N_("No alerts yet. They are set on the Targets page, under Alerts."))


def _about(teller: Teller, alert: Alert) -> str:
    """Indicator, scope, rule and who set it, in one line."""
    words = teller.words
    rule = words.t(BELOW[alert.rule.kind], share=teller.formats.part(alert.rule.below))
    if alert.rule.after_day:
        rule = words.t(N_("{rule}, after day {n} of the period"), rule=rule, n=alert.rule.after_day)
    return words.in_line((teller.measure(alert.measure) if alert.measure else words.t(N_("Any indicator")), _whose(teller, alert), rule, words.author(alert.author),
                                words.t(N_("shared")) if alert.shared else ""))


def _whose(teller: Teller, alert: Alert) -> str:
    words = teller.words
    if alert.dimension == ANY:
        return words.t(N_("Any scope"))
    if alert.dimension != FIRM and not alert.member:
        return words.t(N_("each: {dimension}"), dimension=words.t(N_("Branch and those below")) if alert.dimension == GROUP else teller.dimension(alert.dimension))
    return teller.whose(Goal(alert.measure, date.min, date.min, alert.dimension, alert.member))


def _said(teller: Teller, alert: Alert, found: Judged) -> Iterator[str]:
    """Whom an alert fires for, and how many it cannot judge."""
    words, formats = teller.words, teller.formats
    if not found.spoken_of:
        yield words.t(N_("No target of this day is about that."))
        return
    for one in found.fired:
        what = one_said(alert.rule, one).text(words, formats)
        yield words.t(N_("fires: {target}: {what}"), target=words.listed([teller.measure(one.one.goal.measure), teller.days(one.one.goal)]), what=what)
    if not found.fired:
        yield words.t(N_("Fires for nothing now."))
    if many := len(found.unjudged):
        _, why, values = found.unjudged[0]
        reason = words.t(why, **{name: formats.count(v) for name, v in values.items()})
        yield words.n("{n} target cannot be judged: {reason}", "{n} targets cannot be judged, such as: {reason}", many, n=formats.count(many), reason=reason)


def _json(alert: Alert, found: Judged, seen: Board) -> dict[str, object]:
    def fired(one: Fired) -> dict[str, object]:
        return {**goal_json(one.one.goal), "score": one.score if math.isfinite(one.score) else None, "share": one.shown, "target": one.one.pace.target, "actual": one.one.pace.actual}
    words = Words()
    return {"id": alert.id, "measure": alert.measure or None, "dimension": alert.dimension or None, "member": alert.member or None, "kind": alert.rule.kind,
            "below": alert.rule.below, "after_day": alert.rule.after_day, "shared": alert.shared, "who": alert.author,
            "when": alert.at.isoformat(timespec="seconds") + "Z" if alert.at else None, "fires": [fired(f) for f in found.fired], "fine": found.fine, "not_yet": found.early,
            "not_judged": [{**goal_json(one.goal), "why": words.t(why, **values)} for one, why, values in found.unjudged]}
