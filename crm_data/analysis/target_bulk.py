"""Many targets at once: all are checked first, then all are written in one transaction, or none is.

What a grid, a file, a split or a copy wants to become of targets is a list of :class:`Change`; :func:`problems` says of each what
is wrong with it, :func:`set_all` writes them with one reason.
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from crm_data.analysis.target_rules import check_change, check_goal, clash, members, refuse_unless_allowed
from crm_data.analysis.target_store import Change, Goal, Target, set_many
from crm_data.analysis.working_days import Places
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import Catalog
from crm_data.errors import N_, InputError, MabatError

MOST = 20_000


def problems(changes: Sequence[Change], known: Iterable[Target], catalog: Catalog, warehouse, scope: Scope, user=None,
             firm: Places | None = None) -> Iterator[tuple[int, MabatError]]:
    """(place, sentence) of each change that cannot be, one sentence each. ``known``: the targets there are.

    With ``user`` and ``firm`` also what the user may not set. A change is judged by what the others leave: one that is
    withdrawn stands in nobody's way.
    """
    changed = {one.goal for one in changes}
    there: dict[tuple[str, str, str], dict[Goal, None]] = defaultdict(dict)
    for target in known:
        there[_scope_of(target.goal)][target.goal] = None
    standing = {key: {goal: None for goal in goals if goal not in changed} for key, goals in there.items()}
    met: set[Goal] = set()
    listing = _listed_once()
    for place, change in enumerate(changes):
        goal, others = change.goal, standing.setdefault(_scope_of(change.goal), {})
        try:
            if goal in met:
                raise InputError(N_("The same target stands twice."))
            met.add(goal)
            if firm is not None:
                refuse_unless_allowed(user, goal, scope, firm)
            if change.value is None:
                if goal not in there.get(_scope_of(goal), {}):
                    raise InputError(N_("There is no such target to withdraw."))
                continue
            check_goal(goal, catalog, warehouse, scope, (), listing)
            check_change(change, catalog.measure(goal.measure))
            for other in others:
                clash(goal, other)
            others[goal] = None
        except MabatError as error:
            yield place, error


def set_all(engine, changes: Sequence[Change], known: Sequence[Target], *, user, why: str = "", catalog: Catalog, warehouse, scope: Scope,
            firm: Places | None = None) -> int:
    """Check all and write those that change something, in one transaction; returns how many were written.

    Raises the first problem's sentence (as it is) and writes nothing.
    """
    if len(changes) > MOST:
        raise InputError(N_("{n} targets at once are too many; {most} is the most."), n=len(changes), most=MOST)
    for _, error in problems(changes, known, catalog, warehouse, scope, user, firm):
        raise error
    wanted = differing(changes, known)
    if wanted:
        write(engine, wanted, known, user=user, why=why)
    return len(wanted)


def write(engine, changes: Sequence[Change], known: Iterable[Target], *, user, why: str = "") -> list[int]:
    """Write checked changes in one transaction; returns the versions' numbers. A target of the data that is withdrawn keeps what
    it was as its first version."""
    of_data = {t.goal: t for t in known if t.source == "data"}
    first = [Change.of(of_data[one.goal]) for one in changes if one.value is None and one.goal in of_data]
    return set_many(engine, [*first, *changes], user=user, why=why)[len(first):]


def differing(changes: Iterable[Change], known: Iterable[Target]) -> list[Change]:
    """The changes that change something: those of the data become somebody's own even with the same value."""
    now = {t.goal: Change.of(t) for t in known if t.source != "data"}
    return [one for one in changes if now.get(one.goal) != one]


def kept(pairs: Iterable[tuple[Goal, float | None]], known: Iterable[Target], like: Iterable[tuple[Goal, Goal]] = ()) -> list[Change]:
    """New values for targets, the rest of each as it is; the stretch value moves along in proportion.

    ``like``: (new goal, the goal it was copied from), whose stretch, direction and phasing a new target takes over.
    """
    now = {t.goal: Change.of(t) for t in known}
    source = dict(like)
    found = []
    for goal, value in pairs:
        before = now.get(goal) or now.get(source.get(goal, goal))
        found.append(Change(goal, value) if before is None or value is None else replace(before, goal=goal, value=value, stretch=moved(before, value)))
    return found


def moved(before: Change, value: float) -> float | None:
    """The stretch value of a target whose value becomes ``value``: in proportion, or as far from it where the sign differs."""
    if before.stretch is None or before.value is None or value == before.value:
        return before.stretch
    if before.value * value > 0:
        return round(before.stretch * value / before.value, 4)
    return round(value + before.stretch - before.value, 4)


def _scope_of(goal: Goal) -> tuple[str, str, str]:
    return goal.measure, goal.dimension, goal.member


def _listed_once():
    """:func:`members`, each dimension asked once."""
    found: dict[tuple[str, str], Collection[str]] = {}

    def listed(dimension: str, catalog: Catalog, warehouse, scope: Scope, search: str = "") -> Collection[str]:
        key = dimension, search if dimension == "customer" else ""
        if key not in found:
            found[key] = frozenset(members(dimension, catalog, warehouse, scope, search))
        return found[key]
    return listed
