"""What a target may be, and who may set it: each refusal is one sentence that says what to do instead."""
from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable

from sqlalchemy import select

from crm_data.analysis.same_names import told_apart
from crm_data.analysis.target_store import FIRM, GROUP, Change, Goal, Target
from crm_data.analysis.working_days import Places, places
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import Catalog
from crm_data.cuts.rows import ENTITIES
from crm_data.cuts.values import values_of
from crm_data.errors import N_, AccessDenied, InputError, UnknownName
from crm_data.model.schema import customer
from crm_data.text import Amount, Figure

LARGEST = {"money": 1e14, "count": 1e10}
LONGEST_DAYS = 1100
#: Measures that can end below zero.
SIGNED = frozenset({"gross_profit", "worth", "worth_per_customer", "nps", "gross_margin"})
DIRECTIONS = ("", "up", "down")
SETTERS = frozenset({"manager", "administrator"})
#: Lists the members a dimension has, as :func:`members`.
Lister = Callable[..., Collection[str]]


def check_change(change: Change, measure) -> None:
    """Refuse a value, stretch value, direction or phasing the goal cannot have. ``measure`` is the catalog's."""
    if change.value is None:
        return
    if change.direction not in DIRECTIONS:
        raise InputError(N_("There is no direction “{direction}”. Write up or down, or leave it out for the indicator's own."), direction=str(change.direction)[:40])
    better = change.direction or measure.better
    check_value(measure, change.value, better)
    if change.stretch is not None:
        check_stretch(measure, change.value, change.stretch, better)
    if change.phasing.kind != "working_days":
        if measure.kind == "balance" or not measure.adds_up:
            raise InputError(N_("{measure} does not add up over days, so its target cannot be spread over them."), measure=measure.label)
        change.phasing.check(change.goal.period)


def check_stretch(measure, value: float, stretch: float, better: str) -> None:
    """Refuse a stretch value that is not beyond the target."""
    check_value(measure, stretch, better)
    if better == "down" and stretch >= value:
        raise InputError(N_("Less is better here: a stretch value lies below the target of {value}, and {stretch} does not."), value=_told(measure, value), stretch=_told(measure, stretch))
    if better != "down" and stretch <= value:
        raise InputError(N_("A stretch value lies above the target of {value}, and {stretch} does not."), value=_told(measure, value), stretch=_told(measure, stretch))


def _told(measure, value: float) -> Figure:
    """A value in a refusal, in the reader's digits and unit of money."""
    text = f"{value:,.6g}"
    return Amount(text, value) if measure.unit == "money" and math.isfinite(value) else Figure(text)


def check_value(measure, value: float, better: str = "") -> None:
    """Refuse a value the measure cannot have. ``value`` is in its unit (shares 0-1); ``better``: where it is not the measure's own."""
    name, unit, shown = measure.name, measure.unit, _told(measure, value)
    if not math.isfinite(value):
        raise InputError(N_("The target must be a number."))
    if abs(value) >= LARGEST.get(unit, 1e9):
        raise InputError(N_("{value} is too large to be meant as a target. Check the number of digits."), value=shown)
    if value < 0 and name not in SIGNED:
        raise InputError(N_("{measure} cannot be negative: {value} is not a target."), measure=measure.label, value=shown)
    if value == 0 and (better or measure.better) != "down" and name not in SIGNED:
        raise InputError(N_("A target of 0 would be reached before anything happens. Give a number above 0."))
    if unit == "share" and abs(value) > 1:
        raise InputError(N_("A share lies between 0 and 100 %: {value} is not a target."), value=Figure(f"{value * 100:,.6g}%"))
    if name == "nps" and abs(value) > 100:
        raise InputError(N_("The score lies between −100 and 100: {value} is not a target."), value=shown)
    if name == "csat" and not 1 <= value <= 5:
        raise InputError(N_("The score lies between 1 and 5: {value} is not a target."), value=shown)


def check_goal(goal: Goal, catalog: Catalog, warehouse, scope: Scope, existing: Iterable[Target] = (), listing: Lister | None = None) -> None:
    """Refuse a goal that cannot be measured, does not exist or overlaps another of the same indicator and scope.

    ``listing`` stands in for :func:`members` where many goals are checked at once.
    """
    measure = catalog.measure(goal.measure)
    days = goal.period.days
    if days > LONGEST_DAYS:
        raise InputError(N_("A target runs for three years at most; this one has {days} days."), days=days)
    if goal.dimension == FIRM:
        if goal.member:
            raise InputError(N_("“{member}” needs a dimension: say whether it is a branch, an owner or something else."), member=goal.member[:80])
    else:
        dimension = catalog.dimension(goal.asked)
        if not catalog.can_cut(goal.measure, goal.asked):
            raise InputError(N_("{measure} cannot be split by {dimension}, so it cannot have a target there."),
                             measure=measure.label, dimension=dimension.label)
        check_member(goal, catalog, warehouse, scope, listing or members)
    for other in existing:
        clash(goal, other.goal)


def check_member(goal: Goal, catalog: Catalog, warehouse, scope: Scope, listing: Lister) -> None:
    """Refuse a member nobody knows, with the nearest one that exists."""
    if not goal.member:
        raise InputError(N_("Choose whose target it is."))
    known = listing(goal.dimension, catalog, warehouse, scope, goal.member)
    if goal.member not in known:
        places(warehouse).check_name(goal.asked, goal.member)
        raise UnknownName(goal.dimension, goal.member[:80], known)


def members(dimension: str, catalog: Catalog, warehouse, scope: Scope, search: str = "") -> list[str]:
    """Members a target can be set for: those of the firm's own lists even before anything is sold there."""
    if dimension == GROUP:
        shape = places(warehouse)
        return sorted({name for name in shape.names.values() if shape.has_below(name)})
    d = catalog.dimension(dimension)
    if d.name == "customer":
        c = customer.c
        if not search.isascii() or not search.isdigit() or len(search) > 18 or not scope.personal:
            return []
        with warehouse.engine.connect() as connection:
            found = connection.execute(select(c.id).where(c.id == int(search), *scope.conditions(c.branch_id, c.owner_id))).scalars()
            return [str(i) for i in found]
    if d.entity and d.entity != "customer" and not d.attribute:
        column = ENTITIES[d.entity][0].c[d.column]
        with warehouse.engine.connect() as connection:
            if d.keyed:
                apart, rows = told_apart(warehouse, d.name), connection.execute(select(column.table.c.id, column)).all()
                return sorted({apart.get(i, str(name)) for i, name in rows if name is not None})
            return sorted({str(name) for name in connection.execute(select(column).distinct()).scalars() if name is not None})
    return [v.value for v in values_of(dimension, warehouse, scope=scope, limit=5000) if v.value is not None]


def clash(goal: Goal, other: Goal) -> None:
    """Refuse two targets of one indicator and scope over nearly the same days; a month within a quarter is fine."""
    if (goal.measure, goal.dimension, goal.member) != (other.measure, other.dimension, other.member) or goal == other:
        return
    first, last = max(goal.first, other.first), min(goal.last, other.last)
    if last < first:
        return
    shorter, longer = sorted((goal.period.days, other.period.days))
    if (last - first).days + 1 < shorter or shorter * 2 > longer:
        raise InputError(N_("There is already a target from {first} to {last} that overlaps these days. Change that one, or choose days that lie within it."),
                         first=other.first, last=other.last)


def visible(goal: Goal, scope: Scope, firm: Places) -> bool:
    """Whether the scope holds all that the target is about. A part set against the whole's target would lie; one of a single
    customer is not for who sees numbers only."""
    if goal.dimension == "customer" and not scope.personal:
        return False
    if scope.branches is None and scope.owners is None:
        return True
    if scope.owners is not None:
        return goal.dimension == "owner" and firm.staff_ids.get(goal.member) in scope.owners
    if goal.dimension in ("branch", GROUP, "branch_region", "team"):
        ids = firm.branches_of(goal.dimension, goal.member)
        return bool(ids) and ids <= scope.branches
    return goal.dimension == "owner" and firm.staff_branch.get(goal.member) in scope.branches


def may_set(user, goal: Goal, scope: Scope, firm: Places) -> bool:
    """Managers and administrators set targets, within what they may see."""
    return getattr(user, "role", "") in SETTERS and visible(goal, scope, firm)


def refuse_unless_allowed(user, goal: Goal, scope: Scope, firm: Places) -> None:
    if getattr(user, "role", "") not in SETTERS:
        raise AccessDenied(N_("Only managers and administrators set targets. Ask one of them."))
    if not visible(goal, scope, firm):
        raise AccessDenied(N_("This target reaches beyond what you may see, so you cannot set it. Ask an administrator."))
