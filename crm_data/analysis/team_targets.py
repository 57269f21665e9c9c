"""Which targets of people fit a period, so that everybody's are of the same days as the numbers they stand beside.

A target of the period's own days fits. Where there is none, targets that follow one another over the same days do, summed
up (months of a year) if the indicator adds up over days; ratios and balances are never summed. In a period that still
runs, a target fits whose days so far are those of the period: November's on the 21st, or the year's for the year to date.
Of targets that fit none is mixed with another: all compared are of one indicator and the same days.
"""
from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from crm_data.analysis.pace import pace
from crm_data.analysis.target_rules import visible
from crm_data.analysis.target_store import Goal, Target
from crm_data.analysis.targets import Progress, progress, usable
from crm_data.analysis.working_days import places
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import Catalog, catalog_for
from crm_data.cuts.periods import Period

DAY = timedelta(days=1)
Chain = tuple[Target, ...]


@dataclass(frozen=True)
class Aim:
    """The targets compared, by person. ``summed``: how many each of them is the sum of (1: none is); ``partly``: how many people
    have targets of the indicator within these days, but not for all of them."""

    measure: str
    first: date
    last: date
    by_person: Mapping[str, Progress]
    summed: int = 1
    partly: int = 0


def aim(known: Iterable[Target], warehouse, scope: Scope, period: Period, volume: str) -> Aim | None:
    """The targets of people that fit ``period``, those of ``volume`` first, then those of most people; None where none fits or the period has not begun."""
    if period.first > warehouse.as_of:
        return None
    catalog, firm = catalog_for(warehouse), places(warehouse)
    own = [t for t in known if t.goal.dimension == "owner" and t.goal.first <= period.last and t.goal.last >= period.first and visible(t.goal, scope, firm)]
    chosen = fitting(usable(own, catalog, firm)[0], period, volume, catalog, warehouse.as_of)
    if not chosen:
        return None
    on = min(period.last, warehouse.as_of)
    found, _ = progress([_whole(chain) for chain in chosen.values()], warehouse, scope=scope, on=on, firm=firm)
    running, _ = progress([t for chain in chosen.values() if len(chain) > 1 for t in chain if t.goal.covers(on)], warehouse, scope=scope, on=on, firm=firm)
    shares = {p.goal: p.pace.share or 0.0 for p in running}
    by_person = {p.goal.member: p if len(chosen[p.goal.member]) == 1 else _summed(p, chosen[p.goal.member], shares, on) for p in found}
    one = next(iter(by_person.values())).goal
    others = {t.goal.member for t in own if t.goal.measure == one.measure and (t.goal.first, t.goal.last) != (one.first, one.last)
              and one.first <= t.goal.first and t.goal.last <= one.last} - set(by_person)
    return Aim(one.measure, one.first, one.last, by_person, max(len(chain) for chain in chosen.values()), len(others))


def fitting(targets: Sequence[Target], period: Period, volume: str, catalog: Catalog, as_of: date) -> dict[str, Chain]:
    """By person the targets that make up the period, all of one indicator and the same days. Limits (less is better) and targets of
    nothing are no part of a score."""
    starts: dict[tuple[str, str], dict[date, list[Target]]] = {}
    for t in targets:
        if t.value > 0 and t.better(catalog.measure(t.goal.measure)) == "up":
            starts.setdefault((t.goal.measure, t.goal.member), {}).setdefault(t.goal.first, []).append(t)
    groups: dict[tuple[str, date, bool], dict[str, Chain]] = {}
    for (measure, member), at in starts.items():
        item = catalog.measure(measure)
        for one in at.get(period.first, []):
            if _fits(one.goal.last, period, as_of):
                groups.setdefault((measure, one.goal.last, True), {})[member] = (one,)
        chain = _chain(at, period, as_of) if item.adds_up and item.kind != "balance" else None
        if chain:
            groups.setdefault((measure, chain[-1].goal.last, False), {})[member] = chain
    if not groups:
        return {}

    def best(key: tuple[str, date, bool]) -> tuple:
        measure, last, whole = key
        return measure == volume, len(groups[key]), last == period.last, whole, -last.toordinal(), measure
    return groups[max(groups, key=best)]


def _fits(last: date, period: Period, as_of: date) -> bool:
    """Whether a target that begins with the period, or continues it, ends with it; both may run on beyond the day of the data."""
    return last == period.last or (period.first <= as_of <= min(last, period.last))


def _chain(at: Mapping[date, Sequence[Target]], period: Period, as_of: date) -> Chain | None:
    """Several targets, each beginning the day after the one before, from the period's first day to its end; the shortest first."""
    onward: dict[date, Chain] = {}
    for day in sorted(at, reverse=True):
        for one in sorted(at[day], key=lambda t: t.goal.last):
            rest = onward.get(one.goal.last + DAY) if one.goal.last < period.last else None
            if rest or _fits(one.goal.last, period, as_of):
                onward[day] = (one, *(rest or ()))
                break
    found = onward.get(period.first, ())
    return found if len(found) > 1 else None


def _whole(chain: Chain) -> Target:
    """Targets that follow one another as one of all their days."""
    first, last = chain[0], chain[-1]
    return first if len(chain) == 1 else Target(replace(first.goal, last=last.goal.last), math.fsum(t.value for t in chain), source=first.source)


def _summed(one: Progress, chain: Chain, shares: Mapping[Goal, float], on: date) -> Progress:
    """A sum stands where its parts do: what is expected of it is what is expected of those over, and of the running one by now."""
    expected = math.fsum(t.value * (1.0 if t.goal.last <= on else shares.get(t.goal, 0.0)) for t in chain)
    goal, value = one.goal, one.target.value
    return replace(one, pace=pace(one.pace.actual, value, goal.first, goal.last, on, one.calendar, kind=one.kind, adds_up=one.adds_up, better=one.better,
                                  phased=expected / value))
