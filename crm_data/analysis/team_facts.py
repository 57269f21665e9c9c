"""What the scorecard of people rests on: their numbers through the one door to numbers, their targets, within the viewer's rights."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from crm_data.analysis.same_names import told_apart
from crm_data.analysis.scorecard import PARTS, TARGET, VISITS, VOLUME, Part, Person
from crm_data.analysis.targets import Progress
from crm_data.analysis.team_targets import Aim
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
    ``aim``: the targets compared, all of one indicator and the same days."""

    people: tuple[Person, ...]
    parts: tuple[str, ...]
    volume: str
    period: Period
    elsewhere: int = 0
    aim: Aim | None = None


def measure_of(part: Part, volume: str) -> str:
    return volume if part.name == VOLUME else part.measure


def team(warehouse, scope: Scope, period: Period, filters: Sequence[Filter], able: Sequence[str], volume: str, aimed: Aim | None = None) -> Team:
    """Everybody with business or a target in the period. ``able``: measures the data has; ``aimed``: the targets that fit the period.

    People of other branches stay out for whoever sees only some branches. Targets count only where the filters leave a person's
    business whole.
    """
    catalog = catalog_for(warehouse)
    parts = [part for part in PARTS if part.name != TARGET and _can(part, volume, catalog, filters, able)]
    asked = {name: found for channels in dict.fromkeys(part.channels for part in parts)
             for name, found in _answered([part for part in parts if part.channels == channels], volume, warehouse, scope, period, filters).items()}
    aimed = aimed if all(f.dimension in OF_PEOPLE for f in filters) else None
    goals = aimed.by_person if aimed else {}
    staff = _staff(warehouse)
    keys = {key for rows, _ in asked.values() for key in rows} | {key for key, (name, _, _) in staff.items() if name in goals and not filters}
    seen = {key for key in keys if key in staff and (scope.branches is None or staff[key][1] in scope.branches)}
    people = tuple(_person(key, staff[key], parts, asked, goals.get(staff[key][0])) for key in sorted(seen))
    names = (*((TARGET,) if goals else ()), *(part.name for part in parts))
    return Team(people, names, volume, period.clipped(warehouse.as_of), len(keys) - len(seen), aimed)


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


def _answered(parts: Sequence[Part], volume: str, warehouse, scope: Scope, period: Period, filters: Sequence[Filter]) -> dict[str, tuple[dict[int, float | None], dict[int, int]]]:
    """Values and cases by person of several parts of the same channels, in one question."""
    if not parts:
        return {}
    more = (Filter("contact_channel", "is", parts[0].channels),) if parts[0].channels else ()
    measures = tuple(dict.fromkeys(name for part in parts for name in (measure_of(part, volume), *part.cases)))
    rows = ask(Cut(measures, ("owner",), period, filters=(*filters, *more)), warehouse, scope=scope).rows
    known = {int(r["owner_id"]): r for r in rows.to_dict("records") if r["owner_id"] is not None and r["owner_id"] == r["owner_id"]}
    return {part.name: ({key: None if r[measure_of(part, volume)] is None else float(r[measure_of(part, volume)]) for key, r in known.items()},
                        {key: sum(int(r[c] or 0) for c in part.cases) for key, r in known.items()}) for part in parts}


def _staff(warehouse) -> dict[int, tuple[str, int | None, str]]:
    """Everybody of the firm: name (told apart from others of it), home branch and its name."""
    apart = told_apart(warehouse, "owner")
    with warehouse.engine.connect() as connection:
        rows = connection.execute(select(s.staff.c.id, s.staff.c.name, s.staff.c.branch_id, s.branch.c.name.label("place"))
                                  .select_from(s.staff.outerjoin(s.branch, s.branch.c.id == s.staff.c.branch_id))).all()
    return {row.id: (apart.get(row.id, row.name), row.branch_id, row.place or "") for row in rows}


def _person(key: int, about: tuple[str, int | None, str], parts: Sequence[Part], asked: Mapping, goal: Progress | None) -> Person:
    """Who has no row of what adds up has none of it; a ratio nobody can form is not known."""
    values = {part.name: asked[part.name][0].get(key, None if part.cases else 0.0) for part in parts}
    cases = {part.name: asked[part.name][1].get(key, 0) for part in parts if part.cases}
    return Person(key, about[0], about[2], values, cases, goal.pace.attained if goal else None, goal.pace.landing_share if goal else None, goal is not None)


__all__ = ["VISITS", "Team", "measure_of", "team"]
