"""``mabat targets forecast``: what an indicator will bring in the months to come, and how such forecasts did before."""
from __future__ import annotations

import json

import click

from crm_data.analysis.backtest import Backtest, Step
from crm_data.analysis.forecast import NO_FLOW, Forecast, forecast, read_days, theta
from crm_data.analysis.target_rules import check_goal
from crm_data.analysis.working_days import places
from crm_data.commands.columns import columns
from crm_data.commands.cuts import open_warehouse
from crm_data.commands.speaking import say, say_n, write
from crm_data.commands.target_asking import Teller, goal_of
from crm_data.commands.target_asking import period as period_of
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Filter
from crm_data.cuts.periods import Period, month_end
from crm_data.errors import N_, InputError
from crm_data.output.formats import Formats
from crm_data.output.words import Words

#: Decimals of the numbers in a reason; counts have none.
DECIMALS = {"theta": 2, "naive": 2, "held": 1}


@click.command("forecast")
@click.option("--measure", "-m", required=True, help="Measure, see `mabat measures`; one that adds up over days.")
@click.option("--scope", "--for", "scope", metavar="DIM=MEMBER", help="Whose: branch=Haifa, owner=Anna ...; left out: the whole firm.")
@click.option("--period", "period", help="To the end of this period (2026, 2026-Q4 ...) and three months more; left out: the running month.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def forecast_(measure: str, scope: str | None, period: str | None, as_json: bool) -> None:
    """Forecast an indicator by month, with the backtest of the method."""
    warehouse = open_warehouse()
    on, catalog = warehouse.as_of, catalog_for(warehouse)
    item = catalog.measure(measure)
    if item.kind == "balance" or not item.adds_up:
        raise InputError(NO_FLOW)
    wanted = period_of(period) if period else Period(on.replace(day=1), month_end(on))
    goal = goal_of(measure, wanted, scope)
    check_goal(goal, catalog, warehouse, Scope.everything())
    filters: tuple[Filter, ...] = ()
    if goal.dimension:
        firm = places(warehouse)
        filters = (firm.filter_of(goal.asked, firm.branches_behind(goal.dimension, goal.member) or [goal.member]),)
    found = forecast(read_days(measure, filters, warehouse, scope=Scope.everything(), on=on), on, wanted, theta())
    if as_json:
        click.echo(json.dumps({"measure": measure, "dimension": goal.dimension or None, "member": goal.member or None, "on": on.isoformat(), **forecast_json(found),
                               "snapshot": warehouse.snapshot}, ensure_ascii=False, indent=1))
        return
    teller = Teller.of(warehouse)
    words, formats = teller.words, teller.formats
    say(N_("{measure}, {whose}, known to {day}"), measure=teller.measure(measure), whose=teller.whose(goal), day=formats.day(on))
    if found.choice is None:
        write(_reason(found.why_not, found.values, words, formats))
        return
    rows = [(formats.bucket(one.first, "month"), formats.value(one.step.point, item.unit), _band(one.step, item.unit, formats)) for one in found.ahead]
    if found.end is not None:
        rows.append((formats.called(found.end.first, found.end.last), formats.value(found.end.step.point, item.unit), _band(found.end.step, item.unit, formats)))
    for line in columns(rows, right=(1,)):
        write(line)
    write(_reason(found.choice.why, found.choice.values, words, formats))
    judged = found.choice.judged
    if judged.n:
        say_n("Backtest: {n} month, error (MASE) {error}, in the band {share}", "Backtest: {n} months, error (MASE) {error}, in the band {share}", judged.n,
              n=formats.count(judged.n), error=formats.number(judged.mase, 2), share=formats.part(judged.coverage))
    else:
        say(N_("Backtest: the past is too short."))


def _reason(why: str, values, words: Words, formats: Formats) -> str:
    return words.t(why, **{name: formats.number(value, DECIMALS.get(name, 0)) for name, value in values.items()})


def _said(why: str, values) -> str:
    """The reason as it stands in JSON, English always."""
    return Words().t(why, **{name: f"{value:.{DECIMALS.get(name, 0)}f}" for name, value in values.items()})


def _band(step: Step, unit: str, formats: Formats) -> str:
    if step.low is None or step.high is None:
        return formats.words.t(N_("no band"))
    return formats.words.t(N_("{low} to {high}"), low=formats.value(step.low, unit), high=formats.value(step.high, unit))


def forecast_json(found: Forecast) -> dict[str, object]:
    """The documented JSON of a forecast."""
    def step(one: Step) -> dict[str, object]:
        return {"value": one.point, "low": one.low, "high": one.high}
    choice, end = found.choice, found.end
    return {"months_known": len(found.known), "why_not": _said(found.why_not, found.values) if found.why_not else None,
            "months": [{"month": one.first.isoformat(), **step(one.step), "reached": one.reached} for one in found.ahead],
            "period": None if end is None else {"from": end.first.isoformat(), "to": end.last.isoformat(), "known": end.known, **step(end.step)},
            "method": choice.name if choice else None, "why": _said(choice.why, choice.values) if choice else None,
            "backtest": backtest_json(choice.judged) if choice else None, "other": backtest_json(choice.rival) if choice and choice.rival else None}


def backtest_json(found: Backtest) -> dict[str, object]:
    return {"months": found.n, "mase": found.mase, "coverage": found.coverage,
            "origins": [{"month": start.isoformat(), "months": each.n, "mase": each.mase, "coverage": each.coverage} for start, each in found.origins]}
