"""Working days: which days a branch works, from its country's weekend (the firm's, where it names none) and the exceptions of ``work_calendar``.

A calendar gives each day a weight between 0 and 1. A branch works a day (1) or not (0); of several branches together
(a region, the firm) it is the share of them that works, so that a firm in Tel Aviv and Berlin has a pace of its own.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select

from crm_data.analysis.same_names import KEYED, told_apart
from crm_data.countries import MON_FRI, country_code, weekend_of
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.cut import Filter
from crm_data.errors import N_, InputError, UnknownName
from crm_data.model.schema import branch, customer, opportunity, sales_order, staff, work_calendar

SEVERAL = N_("Several are called “{name}”, so it is not clear whose target this is. Name one of them: {known}.")


def weekend_at(country: str | None, timezone: str | None, firm_country: str, firm_weekend: frozenset[int]) -> frozenset[int]:
    """Days of rest of a place: its country's, or the firm's own where it is in the firm's country or nobody knows where it is."""
    code = country_code(country, timezone)
    return firm_weekend if code in (None, firm_country) else weekend_of(code)


def days_of(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@dataclass(frozen=True)
class WorkCalendar:
    """The working days of one place. ``exceptions``: day -> worked or not, stronger than the weekend."""

    weekend: frozenset[int] = MON_FRI
    exceptions: Mapping[date, bool] = field(default_factory=dict)

    def weight(self, day: date) -> float:
        """1.0 on a working day, 0.0 on another."""
        return float(self.exceptions.get(day, day.weekday() not in self.weekend))

    def worked(self, first: date, last: date) -> float:
        """Working days from ``first`` to ``last``, both included; 0 where ``last`` is before ``first``."""
        return sum(map(self.weight, days_of(first, last))) if last >= first else 0.0


@dataclass(frozen=True)
class SharedCalendar:
    """Several places together: a day counts as the share of them that works. ``shares``: how much each counts, 1 in all."""

    parts: tuple[AnyCalendar, ...]
    shares: tuple[float, ...]

    def weight(self, day: date) -> float:
        return sum(part.weight(day) * share for part, share in zip(self.parts, self.shares, strict=True))

    def worked(self, first: date, last: date) -> float:
        return sum(part.worked(first, last) * share for part, share in zip(self.parts, self.shares, strict=True))


AnyCalendar = WorkCalendar | SharedCalendar


def together(parts: Iterable[AnyCalendar], weights: Iterable[float] = (), over: tuple[date, date] | None = None) -> AnyCalendar:
    """One calendar of several; a plain one where they are alike.

    ``weights`` (e.g. their targets): equal by default. ``over``: a period in which every part passes from nothing to all of its
    own working days, so that what is expected of the whole is the sum of what is expected of the parts.
    """
    found = tuple(parts)
    if not found:
        return WorkCalendar()
    if all(part == found[0] for part in found):
        return found[0]
    given = tuple(weights) or (1.0,) * len(found)
    shares = [w / sum(given) for w in given]
    if over is not None:
        days = [part.worked(*over) for part in found]
        mean = sum(share * n for share, n in zip(shares, days, strict=True))
        shares = [share * mean / n if n else 0.0 for share, n in zip(shares, days, strict=True)]
    return SharedCalendar(found, tuple(shares))


@dataclass(frozen=True)
class Places:
    """Branches, their tree and their calendars, and who works where: what targets need to know of the firm's shape.

    Branches and people of one name are called "Anna (#1)", see :mod:`crm_data.analysis.same_names`.
    """

    names: Mapping[int, str]
    parents: Mapping[int, int | None]
    regions: Mapping[int, str | None]
    calendars: Mapping[int, WorkCalendar]
    staff_branch: Mapping[str, int | None]
    team_branches: Mapping[str, frozenset[int]]
    staff_ids: Mapping[str, int]
    #: Branches with customers, orders or opportunities of their own.
    own: frozenset[int] = frozenset()
    #: By dimension, those that share a name: what each is called -> its id.
    apart: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    #: What holds where there is no branch at all.
    firm: WorkCalendar = WorkCalendar()

    def check_name(self, dimension: str, member: str) -> None:
        """Raise InputError where several members bear the name, so that nobody knows which of them is meant; UnknownName where it is
        nobody's of the firm, whose business would be 0 for ever."""
        several = [name for name, i in self.apart.get(dimension, {}).items() if name == f"{member} (#{i})"]
        if several:
            raise InputError(SEVERAL, name=member[:80], known=", ".join(sorted(several)[:8]))
        known = {"branch": self.names.values(), "owner": self.staff_ids}.get(dimension)
        if known is not None and member not in known:
            raise UnknownName(dimension, member[:80], sorted(known))

    def filter_of(self, dimension: str, members: Sequence[str]) -> Filter:
        """The filter that holds these members and nobody else of their names."""
        shared = self.apart.get(dimension, {})
        if not any(name in shared for name in members):
            return Filter(dimension, "is", tuple(members))
        ids = {**{name: i for i, name in self.names.items()}, **shared} if dimension == "branch" else {**self.staff_ids, **shared} if dimension == "owner" else shared
        return Filter(dimension, "is", tuple(f"#{ids[name]}" for name in members))

    def under(self, name: str) -> frozenset[int]:
        """Ids of the branches called ``name`` and of all below them."""
        found = {i for i, n in self.names.items() if n == name}
        while more := {i for i, parent in self.parents.items() if parent in found} - found:
            found |= more
        return frozenset(found)

    def has_below(self, name: str) -> bool:
        """Whether other branches stand below this one."""
        return len(self.under(name)) > sum(n == name for n in self.names.values())

    def is_group(self, name: str) -> bool:
        """Whether this is only a roof over other branches: it has none of the firm's business of its own."""
        return self.has_below(name) and not any(i in self.own for i, n in self.names.items() if n == name)

    def branches_behind(self, dimension: str, member: str | None) -> list[str]:
        """Names of the branches a scope adds up: of a group, those below it with itself; empty where it is no group."""
        if dimension == "branch_group" or (dimension == "branch" and self.is_group(member or "")):
            return self.members_under(member or "")
        return []

    def members_under(self, name: str) -> list[str]:
        return sorted({self.names[i] for i in self.under(name)})

    def branches_of(self, dimension: str, member: str | None) -> frozenset[int]:
        """Ids of the branches a scope works in; all of them where the scope is not a place or a person."""
        if dimension == "branch_group" or (dimension == "branch" and self.is_group(member or "")):
            found = self.under(member or "")
        elif dimension == "branch":
            found = frozenset(i for i, name in self.names.items() if name == member)
        elif dimension == "branch_region":
            found = frozenset(i for i, region in self.regions.items() if region == member)
        elif dimension == "owner":
            home = self.staff_branch.get(member or "")
            found = frozenset(() if home is None else (home,))
        elif dimension == "team":
            found = self.team_branches.get(member or "", frozenset())
        else:
            found = frozenset()
        return found or frozenset(self.names)

    def working(self, dimension: str, member: str | None) -> AnyCalendar:
        """Calendar of a scope: the branch's own, of an owner's branch, or of all places together."""
        ids = self.branches_of(dimension, member)
        leaves = [i for i in sorted(ids) if i in self.own] or [i for i in sorted(ids) if i not in self.parents.values()] or sorted(ids)
        return together(self.calendars[i] for i in leaves) if leaves else self.firm


def places(warehouse) -> Places:
    """The firm's shape, read once a snapshot: a few hundred short rows, no customer among them."""
    return ANSWERS.get(("places", warehouse.key), lambda: _places(warehouse))


def _places(warehouse) -> Places:
    with warehouse.engine.connect() as connection:
        rows = connection.execute(select(branch.c.id, branch.c.name, branch.c.parent_id, branch.c.region, branch.c.country, branch.c.timezone)).all()
        exceptions = connection.execute(select(work_calendar.c.branch_id, work_calendar.c.day, work_calendar.c.working)).all()
        people = connection.execute(select(staff.c.id, staff.c.name, staff.c.branch_id, staff.c.team).order_by(staff.c.id)).all()
        own = {i for table in (customer, sales_order, opportunity) for i in connection.execute(select(table.c.branch_id).distinct()).scalars()}
    common = {day: bool(working) for branch_id, day, working in exceptions if branch_id is None}
    country, weekend = warehouse.country, warehouse.weekend
    calendars = {row.id: WorkCalendar(weekend_at(row.country, row.timezone, country, weekend),
                                      common | {day: bool(working) for branch_id, day, working in exceptions if branch_id == row.id})
                 for row in rows}
    teams: dict[str, set[int]] = {}
    for person in people:
        if person.team and person.branch_id is not None:
            teams.setdefault(person.team, set()).add(person.branch_id)
    apart = {dimension: told_apart(warehouse, dimension) for dimension in KEYED}
    called = {p.id: apart["owner"].get(p.id, p.name) for p in people}
    return Places({r.id: apart["branch"].get(r.id, r.name) for r in rows}, {r.id: r.parent_id for r in rows}, {r.id: r.region for r in rows}, calendars,
                  {called[p.id]: p.branch_id for p in people}, {team: frozenset(ids) for team, ids in teams.items()},
                  {called[p.id]: p.id for p in people}, frozenset(i for i in own if i is not None),
                  {dimension: {name: i for i, name in found.items()} for dimension, found in apart.items()}, WorkCalendar(weekend, common))
