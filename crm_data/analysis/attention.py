"""What needs attention now: all checks of the day, worst first, a good one last."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from crm_data.analysis.attention_checks import silent_quotes, silent_regulars, slow_leads, unanswered_complaints
from crm_data.analysis.findings import ORDER, Finding, Link, Said
from crm_data.analysis.targets import Board, Progress, board, number
from crm_data.cuts.access import Scope
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.errors import N_

MOST = 5
#: Measures watched against last year: how much worse is worth a word (relative; for shares and scores the difference).
WATCHED: dict[str, float] = {
    "gross_margin": 0.02, "win_rate": 0.05, "csat": 0.15, "nps": 5.0, "new_customers": 0.15, "complaints": 0.25, "first_response_hours": 0.25,
    "resolution_days": 0.25, "average_order": 0.10, "orders_per_customer": 0.10, "lead_conversion": 0.05, "cost_to_serve": 0.20}
#: Fewer than this many cases in either period and a mean says nothing.
BASE_OF = {"win_rate": ("won", "lost"), "csat": ("_csat_n",), "nps": ("_nps_n",), "first_response_hours": ("_responded",), "resolution_days": ("_resolved",),
           "lead_conversion": ("leads",), "complaints": ("complaints",), "new_customers": ("new_customers",)}
FEW = 20


#: Checks over rows; a snapshot never changes, so each is answered once for a scope and day.
ROW_CHECKS = (unanswered_complaints, silent_quotes, silent_regulars, slow_leads)


def of_rows(check, warehouse, scope: Scope, on: date) -> list[Finding | None]:
    """What one of ``ROW_CHECKS`` found on that day, once for a scope and day however many pages ask."""
    key = ("check", check.__name__, warehouse.key, scope.key, on)
    return [ANSWERS.get(key, lambda: check(warehouse, scope, on))]


@dataclass(frozen=True)
class Attention:
    """Findings to show and how many checks ran and fired."""

    findings: tuple[Finding, ...]
    checks: int
    fired: int


def attention(warehouse, scope: Scope, appdb, period: Period, known: Board | None = None) -> Attention:
    """Run every check for ``period`` as of the day of the data. ``known``: the day's targets, if they were read already."""
    on = min(period.last, warehouse.as_of)
    seen = known or board(warehouse, appdb, scope=scope, on=on)
    found: list[Finding] = []
    checks: list[Callable[[], list[Finding | None]]] = [
        lambda: [worst_target(seen)], lambda: [best_target(seen)], lambda: [falling_branch(warehouse, scope, period)],
        lambda: [growing_overdue(warehouse, scope, period)], lambda: list(worse_than_last_year(warehouse, scope, period)),
        *(partial(of_rows, check, warehouse, scope, on) for check in ROW_CHECKS)]
    for check in checks:
        found += [one for one in check() if one]
    return Attention(chosen(found), len(checks) - 1 + len(WATCHED), len(found))


def with_alerts(found: Attention, alerts: Sequence[Finding]) -> Attention:
    """What needs attention together with the alerts people set: each that fires counts as a check that fired."""
    if not alerts:
        return found
    return Attention(chosen([*alerts, *found.findings]), found.checks + len(alerts), found.fired + len(alerts))


def chosen(found: list[Finding], most: int = MOST) -> tuple[Finding, ...]:
    """Worst first, at most ``most``; the last place is kept for something good."""
    ordered = sorted(found, key=lambda f: (ORDER[f.severity], -f.weight))
    good = [f for f in ordered if f.severity == "good"][:1]
    return tuple([f for f in ordered if f.severity != "good"][:most - len(good)] + good)


def _targets_link(one: Progress) -> Link:
    filters = (Filter(one.goal.asked, "is", one.children or (one.goal.member,)).to_text(),) if one.goal.dimension else ()
    return Link("targets", {"measure": (one.goal.measure,), **({"f": filters} if filters else {})})


def worst_target(seen: Board) -> Finding | None:
    """The target that will be missed by most at its present pace."""
    late = [p for p in seen.all if p.pace.good is False and p.pace.landing_share is not None and not p.pace.closed and p.goal.dimension
            and p.better != "down" and p.pace.days_done >= 3]
    if not late:
        return None
    # By branch first: a person's target is spoken of on the page, not on the firm's first screen.
    branches = [p for p in late if p.goal.dimension == "branch"] or late
    nearest = min(p.goal.period.days for p in branches)
    one = min((p for p in branches if p.goal.period.days <= nearest + 3), key=lambda p: p.pace.landing_share or 0)
    short = (one.pace.target - (one.pace.landing or 0))
    values = {"member": (f"member:{one.goal.dimension}", one.goal.member), "share": ("part", one.pace.landing_share), "gap": (one.unit, short), "measure": ("measure", one.label),
              "needed": (one.unit, one.pace.needed_per_day), "period": ("period", (one.goal.first, one.goal.last))}
    severity = "bad" if (one.pace.landing_share or 0) < 0.9 else "warn"
    return Finding("target", severity, Said(N_("{member} will land at {share} of target"), values),
                   Said(N_("{measure}, {period}: {gap} short at this pace; {needed} a working day needed"), values), _targets_link(one), weight=1e15)


def best_target(seen: Board) -> Finding | None:
    """The branch furthest ahead of its pace."""
    ahead = [p for p in seen.all if p.goal.dimension == "branch" and p.better == "up" and (p.pace.points_ahead or 0) >= 0.03 and not p.pace.closed]
    if not ahead:
        return None
    one = max(ahead, key=lambda p: p.pace.points_ahead or 0)
    values = {"member": (f"member:{one.goal.dimension}", one.goal.member), "points": ("points", one.pace.points_ahead), "share": ("part", one.pace.attained),
              "pace": ("part", one.pace.share), "measure": ("measure", one.label), "period": ("period", (one.goal.first, one.goal.last))}
    return Finding("ahead", "good", Said(N_("{member} is {points} ahead of its pace"), values),
                   Said(N_("{measure}, {period}: {share} reached, pace {pace}"), values), _targets_link(one))


def falling_branch(warehouse, scope: Scope, period: Period) -> Finding | None:
    """The branch that lost most revenue against the same days last year: a tenth of its own or more, and more than the odd sale."""
    answer = ask(Cut(("revenue",), by=("branch",), period=period, compare="last_year"), warehouse, scope=scope)
    if answer.before is None:
        return None
    rows = answer.matched()
    falls = [(number(r.revenue) or 0.0, number(r.revenue_before) or 0.0, r.branch) for r in rows.itertuples() if number(r.revenue_before)]
    whole = number((answer.totals_before or {}).get("revenue")) or 0.0
    falls = [(now - before, now, before, name) for now, before, name in falls if name == name and name is not None and now < before * 0.9 and before > whole * 0.01]
    if not falls:
        return None
    change, _now, before, name = min(falls)
    values = {"member": ("member:branch", name), "share": ("share", -change / before), "amount": ("money", -change), "period": ("dated", answer.period.dated)}
    query = Cut(("revenue",), by=("branch",), period=period, compare="last_year").to_link()
    return Finding("branch", "bad", Said(N_("{member} sells {share} less than a year ago"), values),
                   Said(N_("{amount} less in {period}"), values),
                   Link("segments", {k: tuple(v) for k, v in query.items()}), weight=-change)


def growing_overdue(warehouse, scope: Scope, period: Period) -> Finding | None:
    """Overdue invoices, a tenth more than a month before."""
    on = min(period.last, warehouse.as_of)
    now, before = (number(ask(Cut(("overdue_balance",), period=Period(day.replace(day=1), day)), warehouse, scope=scope).totals.get("overdue_balance")) or 0.0
                   for day in (on, on - timedelta(days=30)))
    if before <= 0 or now < before * 1.1:
        return None
    values = {"share": ("share", now / before - 1), "amount": ("money", now), "more": ("money", now - before)}
    return Finding("overdue", "bad" if now > before * 1.25 else "warn", Said(N_("Overdue invoices grew by {share} in a month"), values),
                   Said(N_("{amount} in all, {more} more than 30 days ago"), values),
                   Link("segments", {"m": ("overdue_balance",), "by": ("branch",)}), weight=now - before)


def worse_than_last_year(warehouse, scope: Scope, period: Period) -> list[Finding]:
    """Measures of the whole firm that are clearly worse than in the same days last year, in one question."""
    catalog = catalog_for(warehouse)
    wanted = tuple(m for m in WATCHED if m in catalog.all_measures)
    bases = tuple(dict.fromkeys(b for m in wanted for b in BASE_OF.get(m, ()) if b not in wanted and b in catalog.all_measures))
    answer = ask(Cut(wanted + bases, period=period, compare="last_year"), warehouse, scope=scope)
    before = answer.totals_before or {}
    found = []
    for name in wanted:
        new, old, measure = number(answer.totals.get(name)), number(before.get(name)), catalog.measure(name)
        few = any(sum(number(totals.get(b)) or 0 for b in BASE_OF[name]) < FEW for totals in (answer.totals, before)) if name in BASE_OF else False
        if new is None or old is None or few or old <= 0:
            continue
        points = measure.unit in ("share", "score")
        change = new - old if points else new / old - 1
        worse = change if measure.better == "down" else -change
        if worse < WATCHED[name]:
            continue
        unit = "points" if measure.unit == "share" else "score" if points else "share"
        values = {"measure": ("measure", measure.label), "change": (unit, abs(change)), "now": (measure.unit, new), "before": (measure.unit, old)}
        up = change > 0
        title = Said(N_("{measure} rose by {change}") if up else N_("{measure} fell by {change}"), values)
        query = Cut((name,), by=("branch",), period=period, compare="last_year").to_link()
        found.append(Finding("worse", "bad" if worse > 2 * WATCHED[name] else "warn", title, Said(N_("{now}, a year ago {before}"), values),
                             Link("segments", {k: tuple(v) for k, v in query.items()}), weight=worse / WATCHED[name]))
    return found
