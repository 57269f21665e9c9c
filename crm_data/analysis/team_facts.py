"""What the scorecard of people rests on: their numbers through the one door to numbers, their targets, within the viewer's rights."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from crm_data.analysis.scorecard import PARTS, TARGET, VISITS, VOLUME, Part, Person
from crm_data.analysis.targets import Progress
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import Catalog, catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.errors import MabatError
from crm_data.model import schema as s

#: Filters under which a person's target and what they reached are still of the same business.
OF_PEOPLE = frozenset({"owner", "team"})


@dataclass(frozen=True)
class Team:
    """People compared, and the parts that can be said of them. ``elsewhere``: with business here, but of other branches;
    ``target``: one of the targets compared (all have its indicator and period)."""

    people: tuple[Person, ...]
    parts: tuple[str, ...]
    volume: str
    period: Period
    elsewhere: int = 0
    target: Progress | None = None


def measure_of(part: Part, volume: str) -> str:
    return volume if part.name == VOLUME else part.measure


def team(warehouse, scope: Scope, period: Period, filters: Sequence[Filter], able: Sequence[str], volume: str, targets: Sequence[Progress] = ()) -> Team:
    """Everybody with business or a target in the period. ``able``: measures the data has; ``targets``: what the viewer may see.

    People of other branches stay out for whoever sees only some branches. Targets count only where the filters leave a person's
    business whole.
    """
    catalog = catalog_for(warehouse)
    parts = [part for part in PARTS if part.name != TARGET and _can(part, volume, catalog, filters, able)]
    asked = {part.name: _answered(part, volume, warehouse, scope, period, filters) for part in parts}
    goals = chosen_targets(targets, volume, period) if all(f.dimension in OF_PEOPLE for f in filters) else {}
    staff = _staff(warehouse)
    keys = {key for rows, _ in asked.values() for key in rows} | {key for key, (name, _, _) in staff.items() if name in goals and not filters}
    seen = {key for key in keys if key in staff and (scope.branches is None or staff[key][1] in scope.branches)}
    people = tuple(_person(key, staff[key], parts, asked, goals.get(staff[key][0])) for key in sorted(seen))
    names = (*((TARGET,) if goals else ()), *(part.name for part in parts))
    return Team(people, names, volume, period.clipped(warehouse.as_of), len(keys) - len(seen), next(iter(goals.values()), None))


def chosen_targets(targets: Sequence[Progress], volume: str, period: Period) -> dict[str, Progress]:
    """The targets of people that are compared: one indicator and one period, those of the page's own first. Limits (less is
    better) and targets of nothing are no part of a score."""
    groups: dict[tuple, dict[str, Progress]] = {}
    for p in targets:
        if p.goal.dimension == "owner" and p.better == "up" and p.pace.target > 0:
            groups.setdefault((p.goal.measure, p.goal.first, p.goal.last), {})[p.goal.member] = p
    if not groups:
        return {}

    def near(key: tuple) -> tuple:
        measure, first, last = key
        return (first == period.first and last >= period.last), measure == volume, len(groups[key]), -(last - first).days, measure
    return groups[max(groups, key=near)]


def _can(part: Part, volume: str, catalog: Catalog, filters: Sequence[Filter], able: Sequence[str]) -> bool:
    measure = measure_of(part, volume)
    used = tuple(dict.fromkeys(("owner", *(("contact_channel",) if part.channels else ()), *(f.dimension for f in filters))))
    if measure not in able or (part.channels and any(f.dimension == "contact_channel" for f in filters)):
        return False
    try:
        for name in (measure, *part.cases):
            catalog.check(name, used)
    except MabatError:
        return False
    return True


def _answered(part: Part, volume: str, warehouse, scope: Scope, period: Period, filters: Sequence[Filter]) -> tuple[dict[int, float | None], dict[int, int]]:
    """A part's values and cases by person."""
    measure = measure_of(part, volume)
    more = (Filter("contact_channel", "is", part.channels),) if part.channels else ()
    rows = ask(Cut((measure, *part.cases), ("owner",), period, filters=(*filters, *more)), warehouse, scope=scope).rows
    known = [r for r in rows.to_dict("records") if r["owner_id"] is not None and r["owner_id"] == r["owner_id"]]
    values = {int(r["owner_id"]): None if r[measure] is None else float(r[measure]) for r in known}
    return values, {int(r["owner_id"]): sum(int(r[c] or 0) for c in part.cases) for r in known}


def _staff(warehouse) -> dict[int, tuple[str, int | None, str]]:
    """Everybody of the firm: name, home branch and its name."""
    with warehouse.engine.connect() as connection:
        rows = connection.execute(select(s.staff.c.id, s.staff.c.name, s.staff.c.branch_id, s.branch.c.name.label("place"))
                                  .select_from(s.staff.outerjoin(s.branch, s.branch.c.id == s.staff.c.branch_id))).all()
    return {row.id: (row.name, row.branch_id, row.place or "") for row in rows}


def _person(key: int, about: tuple[str, int | None, str], parts: Sequence[Part], asked: Mapping, goal: Progress | None) -> Person:
    """Who has no row of what adds up has none of it; a ratio nobody can form is not known."""
    values = {part.name: asked[part.name][0].get(key, None if part.cases else 0.0) for part in parts}
    cases = {part.name: asked[part.name][1].get(key, 0) for part in parts if part.cases}
    return Person(key, about[0], about[2], values, cases, goal.pace.attained if goal else None, goal.pace.landing_share if goal else None)


__all__ = ["VISITS", "Team", "chosen_targets", "measure_of", "team"]
