"""What is reached day by day, by member: the ground of paces, landings and curves."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from crm_data.analysis.same_names import members_in
from crm_data.analysis.target_store import Goal
from crm_data.analysis.working_days import Places
from crm_data.cuts.access import Scope
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask

Daily = dict[date, float]


def daily(measure: str, dimension: str, period: Period, warehouse, *, scope: Scope, filters: tuple[Filter, ...] = ()) -> dict[str, Daily]:
    """Value of each day by member of a dimension ("" of the firm), in one question. Empty days are left out."""
    by = (dimension,) if dimension else ()
    answer = ask(Cut((measure,), by=by, period=period, grain="day", filters=filters), warehouse, scope=scope)
    rows, found = answer.rows, {}
    for member, day, value in zip(members_in(rows, dimension, warehouse), rows["period"], rows[measure], strict=True):
        amount = number(value)
        if amount:
            found.setdefault(member, {})[day.date() if hasattr(day, "date") else day] = amount
    return found


def merged(parts: Sequence[Daily]) -> Daily:
    """Several members' days added up."""
    found: Daily = {}
    for part in parts:
        for day, value in part.items():
            found[day] = found.get(day, 0.0) + value
    return found


def of_member(by_member: Mapping[str, Daily], goal: Goal, firm: Places) -> Daily:
    """The days of a goal's scope; of a group of branches, its children's added up."""
    behind = firm.branches_behind(goal.dimension, goal.member)
    if behind:
        return merged([by_member[m] for m in behind if m in by_member])
    return by_member.get(goal.member, {})


def number(value: object) -> float | None:
    """A database number as float; None for NULL and NaN."""
    if value is None or value != value:
        return None
    return float(value)  # type: ignore[arg-type]
