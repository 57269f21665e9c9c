"""What the commands about targets share: who sits at the machine, periods and scopes as written, a target as JSON and in words."""
from __future__ import annotations

import getpass
from dataclasses import dataclass

from crm_data.analysis.target_periods import period_of
from crm_data.analysis.target_store import FIRM, GROUP, Goal, Target, Version
from crm_data.commands import speaking
from crm_data.cuts.catalog import Catalog, catalog_for
from crm_data.cuts.periods import Period
from crm_data.errors import N_, InputError
from crm_data.output.formats import Formats
from crm_data.output.words import Words
from crm_data.settings import load_settings
from crm_data.text import plain


@dataclass(frozen=True)
class Operator:
    """Whoever sits at the machine: the command line has all rights, and its name stands in the versions."""

    id: int | None
    name: str
    role: str = "administrator"


def operator() -> Operator:
    """Its name is kept with what it writes; ``Words.author`` says it in a language."""
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


@dataclass(frozen=True)
class Teller:
    """Targets in the words of the run, for a terminal."""

    words: Words
    formats: Formats
    catalog: Catalog

    @staticmethod
    def of(warehouse) -> Teller:
        formats = speaking.formats(warehouse)
        return Teller(formats.words, formats, catalog_for(warehouse))

    def measure(self, name: str) -> str:
        return self.words.label(self.catalog.all_measures.get(name, name))

    def dimension(self, name: str) -> str:
        return self.words.label(self.catalog.dimensions.get(name, name))

    def whose(self, goal: Goal) -> str:
        """The firm, or a dimension's member; a customer by its id, as it is written in ``--for``."""
        if not goal.dimension:
            return self.words.t(N_("The whole firm"))
        if goal.dimension == GROUP:
            return self.words.t(N_("{branch} and those below"), branch=self.words.member("branch", goal.member))
        return self.words.t(N_("{dimension}: {member}"), dimension=self.dimension(goal.dimension), member=self.words.member(goal.dimension, goal.member))

    def days(self, goal: Goal) -> str:
        return self.formats.called(goal.first, goal.last)

    def goal(self, goal: Goal) -> str:
        """Indicator, period and scope: "Revenue, Sep 2026, Branch: Haifa"."""
        return plain(self.words.listed([self.measure(goal.measure), self.days(goal), self.whose(goal)]))

    def value(self, goal: Goal, value: float | None) -> str:
        """A target's value in full, by the unit of its indicator."""
        measure = self.catalog.all_measures.get(goal.measure)
        return self.formats.value(value, measure.unit if measure else "number", full=True)

    def error(self, error: Exception) -> str:
        return plain(self.words.error(error))
