"""What the commands about targets share: who sits at the machine, periods and scopes as written, and a target as JSON."""
from __future__ import annotations

import getpass
from dataclasses import dataclass

from crm_data.analysis.target_periods import period_of
from crm_data.analysis.target_store import FIRM, Goal, Target, Version
from crm_data.cuts.periods import Period
from crm_data.errors import N_, InputError
from crm_data.settings import load_settings


@dataclass(frozen=True)
class Operator:
    """Whoever sits at the machine: the command line has all rights, and its name stands in the versions."""

    id: int | None
    name: str
    role: str = "administrator"


def operator() -> Operator:
    return Operator(None, f"{getpass.getuser()} (command line)")


def period(text: str) -> Period:
    """A period as written; ``FY`` by the firm's own year."""
    return period_of(text, load_settings().fiscal_year_start)


def goal_of(measure: str, days: Period, scope: str | None) -> Goal:
    """``scope``: DIMENSION=MEMBER, or nothing for the firm."""
    dimension, found, member = (scope or "").partition("=")
    if scope and not (found and dimension and member):
        raise InputError(N_("“{text}” is not a scope. Write DIMENSION=MEMBER, for example --for branch=Haifa, or leave it out for the firm."), text=scope[:80])
    return Goal(measure, days.first, days.last, dimension or FIRM, member)


def goal_json(goal: Goal) -> dict[str, object]:
    return {"measure": goal.measure, "from": goal.first.isoformat(), "to": goal.last.isoformat(), "dimension": goal.dimension or None, "member": goal.member or None}


def target_json(target: Target) -> dict[str, object]:
    return {**goal_json(target.goal), "target": target.value, "stretch": target.stretch, "direction": target.direction or None, "phasing": target.phasing.written(),
            "source": target.source, "version": target.version, "who": target.who or None,
            "when": target.at.isoformat(timespec="seconds") + "Z" if target.at else None, "why": target.why or None}


def version_json(version: Version) -> dict[str, object]:
    return {"version": version.version, "target": version.value, "stretch": version.stretch, "direction": version.direction or None, "phasing": version.phasing.written(),
            "who": version.who, "when": version.at.isoformat(timespec="seconds") + "Z", "why": version.why}


def where(goal: Goal) -> str:
    return f"{goal.dimension}={goal.member}" if goal.dimension else "the firm"


def days_text(goal: Goal) -> str:
    return f"{goal.first} to {goal.last}"

