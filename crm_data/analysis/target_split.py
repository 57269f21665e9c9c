"""What a target is split into and by what: months or members of a dimension; equally, by last year's shape or by working days."""
from __future__ import annotations

from dataclasses import dataclass, replace

from crm_data.analysis.target_grid import (
    STEPS,
    WEIGHTS,
    Weights,
    a_year_before,
    may_add,
    months_within,
    split,
    years_before,
)
from crm_data.analysis.target_rules import members
from crm_data.analysis.target_store import FIRM, GROUP, Goal
from crm_data.analysis.targets import Actuals
from crm_data.analysis.working_days import Places
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import Catalog
from crm_data.errors import N_, InputError

MOST_PARTS = 500


@dataclass(frozen=True)
class Split:
    """The parts and their shares of the target; parts whose share is 0 get no target. ``years``: how far back their shape was
    taken from (0: from nothing)."""

    parts: tuple[tuple[Goal, float], ...]
    years: int = 0

    @property
    def given(self) -> list[tuple[Goal, float]]:
        return [(goal, value) for goal, value in self.parts if value]


def split_down(goal: Goal, value: float, by: str, weights: Weights, *, catalog: Catalog, warehouse, scope: Scope, firm: Places) -> Split:
    """``value`` over the months, quarters or halves of the goal, or over the members of a dimension. Raises InputError where it cannot be."""
    if weights not in WEIGHTS:
        raise InputError(N_("Targets are not split by “{weights}”. Use one of: {known}."), weights=str(weights)[:40], known=", ".join(WEIGHTS))
    measure = catalog.measure(goal.measure)
    parts = months_within(goal, by) if by in STEPS else members_within(goal, by, catalog, warehouse, scope, firm)
    told = {"adds_up": may_add(catalog, goal, parts), "label": measure.label, "unit": measure.unit}
    if weights == "equal":
        return Split(tuple(split(value, parts, [1.0] * len(parts), **told)))
    if weights == "working_days":
        return Split(tuple(split(value, parts, [firm.working(p.dimension, p.member).worked(p.first, p.last) for p in parts], **told)))
    years = years_before(parts, warehouse.as_of)
    before = [a_year_before(part, years) for part in parts]
    asked = Actuals(warehouse, scope, warehouse.as_of, firm, catalog)
    asked.expect(before)
    reached = [max(0.0, asked.value(part) or 0.0) for part in before]
    if parts and not sum(reached):
        raise InputError(N_("Nothing was reached in these parts from {first} to {last}, so they have no shape to follow. Split equally or by working days."),
                         first=min(p.first for p in before), last=max(p.last for p in before))
    return Split(tuple(split(value, parts, reached, **told)), years)


def members_within(goal: Goal, dimension: str, catalog: Catalog, warehouse, scope: Scope, firm: Places) -> list[Goal]:
    """The members of a dimension a goal is made of: all of them for the firm; of a group or region its branches, of a branch its people."""
    if dimension == GROUP:
        raise InputError(N_("Groups of branches hold one another, so a target is not split by them. Split it by branch."))
    catalog.dimension(dimension)
    if not catalog.can_cut(goal.measure, dimension):
        raise InputError(N_("{measure} cannot be split by {dimension}, so it cannot have a target there."),
                         measure=catalog.measure(goal.measure).label, dimension=catalog.dimension(dimension).label)
    if goal.dimension == FIRM:
        found = members(dimension, catalog, warehouse, scope)
        if dimension == "branch":
            found = [name for name in found if not firm.is_group(name)]
    else:
        found = _inside(goal, dimension, firm)
    if not found:
        raise InputError(N_("A target of this scope is not split by {dimension}."), dimension=catalog.dimension(dimension).label)
    if len(found) > MOST_PARTS:
        raise InputError(N_("{n} parts are too many; {most} is the most."), n=len(found), most=MOST_PARTS)
    return [replace(goal, dimension=dimension, member=name) for name in found]


def _inside(goal: Goal, dimension: str, firm: Places) -> list[str]:
    """Branches of a group or region, people of any place; none where the scope is not a place."""
    if goal.dimension not in ("branch", GROUP, "branch_region"):
        return []
    ids = firm.branches_of(goal.dimension, goal.member)
    if dimension == "branch":
        names = sorted({firm.names[i] for i in ids} - ({goal.member} if goal.dimension == "branch" else set()))
        return [name for name in names if not firm.is_group(name)]
    if dimension == "owner":
        return sorted(name for name, home in firm.staff_branch.items() if home in ids)
    return []
