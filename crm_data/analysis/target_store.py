"""Targets as people set them: every change is a new version with who, when and why; nothing is updated in place.

Targets live in the application database. Those that came with the data (``target_import`` of the warehouse) hold where
nobody has set one, and are marked ``source="data"``; adopting them makes them ordinary targets with a version 1.
"""
from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import Connection, Engine, func, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from crm_data.analysis.phasing import PLAIN, Phasing
from crm_data.cuts.periods import Period
from crm_data.errors import N_, InputError
from crm_data.model import appdb
from crm_data.model.schema import target_import

FIRM = ""
#: A branch together with all below it; ``branch`` alone is the branch itself (of a group without business of its own: those below).
GROUP = "branch_group"
TRIES = 20
Written = TypeVar("Written")


@dataclass(frozen=True)
class Goal:
    """What a target is about: a measure, in a period, of a scope (dimension and member; both empty: the whole firm)."""

    measure: str
    first: date
    last: date
    dimension: str = FIRM
    member: str = ""

    @property
    def asked(self) -> str:
        """The catalog's dimension this scope is asked by."""
        return "branch" if self.dimension == GROUP else self.dimension

    @property
    def period(self) -> Period:
        return Period(self.first, self.last)

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Target:
    """A goal with its value in the measure's unit (shares as 0-1, money in the reporting currency) and its origin.

    ``stretch``: what would be more than enough, beyond the value; ``direction``: "up" or "down" where it is not the measure's own;
    ``phasing``: how the value is spread over the period.
    """

    goal: Goal
    value: float
    id: int | None = None
    version: int = 0
    who: str = ""
    at: datetime | None = None
    why: str = ""
    source: str = "app"
    stretch: float | None = None
    direction: str = ""
    phasing: Phasing = PLAIN

    def better(self, measure) -> str:
        """Which way is better for this target: its own direction, else the measure's."""
        return self.direction or measure.better


@dataclass(frozen=True)
class Change:
    """What somebody wants a target to become; ``value`` None withdraws it. The rest as in :class:`Target`."""

    goal: Goal
    value: float | None
    stretch: float | None = None
    direction: str = ""
    phasing: Phasing = PLAIN

    @staticmethod
    def of(target: Target) -> Change:
        """As the target is."""
        return Change(target.goal, target.value, target.stretch, target.direction, target.phasing)


@dataclass(frozen=True)
class Version:
    """One state a target has had. ``value`` is None where it was withdrawn."""

    version: int
    value: float | None
    who: str
    at: datetime
    why: str
    stretch: float | None = None
    direction: str = ""
    phasing: Phasing = PLAIN


def known_at(day: date) -> datetime:
    """The moment up to which versions count as known on a day: its end (UTC)."""
    return datetime.combine(day, datetime.max.time())


def _latest(as_known: datetime | None):
    """The newest version of each target, or the newest known at ``as_known``."""
    v = appdb.target_version
    newest = select(v.c.target_id, func.max(v.c.version).label("version")).group_by(v.c.target_id)
    if as_known is not None:
        newest = newest.where(v.c.created_at <= as_known)
    return newest.subquery()


def list_targets(engine: Engine, as_known: datetime | None = None) -> list[Target]:
    """All targets set in the application that hold now, or that were known at ``as_known`` (UTC, without zone)."""
    t, v, newest = appdb.target, appdb.target_version, _latest(as_known)
    query = (select(t, v.c.version, v.c.value, v.c.user_name, v.c.created_at.label("at"), v.c.why, v.c.stretch, v.c.direction, v.c.phasing)
             .join(newest, newest.c.target_id == t.c.id)
             .join(v, (v.c.target_id == t.c.id) & (v.c.version == newest.c.version))
             .where(v.c.value.is_not(None)).order_by(t.c.measure, t.c.period_from, t.c.dimension, t.c.member))
    with engine.connect() as connection:
        return [Target(Goal(r.measure, r.period_from, r.period_to, r.dimension, r.member), float(r.value), r.id, r.version,
                       r.user_name, r.at, r.why, **_further(r)) for r in connection.execute(query)]


def imported_targets(warehouse) -> list[Target]:
    """Targets that came with the data."""
    i = target_import
    with warehouse.engine.connect() as connection:
        rows = connection.execute(select(i).order_by(i.c.measure, i.c.period_from, i.c.dimension, i.c.member)).all()
    return [Target(Goal(r.measure, r.period_from, r.period_to, r.dimension or FIRM, r.member or ""), float(r.value), source="data")
            for r in rows]


def all_targets(warehouse, engine: Engine, as_known: datetime | None = None) -> list[Target]:
    """Targets set in the application, and those of the data where nobody set one (or withdrew it); as known now or at ``as_known``."""
    decided = {goal for goal, _ in _goals(engine, as_known)}
    return list_targets(engine, as_known) + [t for t in imported_targets(warehouse) if t.goal not in decided]


def _goals(engine: Engine, as_known: datetime | None = None) -> list[tuple[Goal, int]]:
    """Goals somebody has set or withdrawn (by ``as_known``) and their ids."""
    t = appdb.target
    query = select(t) if as_known is None else select(t).where(t.c.id.in_(select(_latest(as_known).c.target_id)))
    with engine.connect() as connection:
        return [(Goal(r.measure, r.period_from, r.period_to, r.dimension, r.member), r.id) for r in connection.execute(query)]


def history(engine: Engine, goal: Goal) -> list[Version]:
    """All versions of a target, newest first; empty where nobody has set it."""
    v = appdb.target_version
    found = dict(_goals(engine)).get(goal)
    if found is None:
        return []
    with engine.connect() as connection:
        rows = connection.execute(select(v).where(v.c.target_id == found).order_by(v.c.version.desc())).all()
    return [Version(r.version, None if r.value is None else float(r.value), r.user_name, r.created_at, r.why, **_further(r)) for r in rows]


def _further(row) -> dict:
    """Stretch value, direction and phasing of a version."""
    return {"stretch": None if row.stretch is None else float(row.stretch), "direction": row.direction or "", "phasing": Phasing.from_text(row.phasing)}


def set_target(engine: Engine, goal: Goal, value: float | None, *, user, why: str = "", stretch: float | None = None, direction: str = "",
               phasing: Phasing = PLAIN) -> int:
    """Write a new version of a target (``value=None`` withdraws it) and the audit entry; returns the version's number.

    ``user`` has ``id`` and ``name`` (and ``full_name``, which stands in the version). What may be set is checked before, by :mod:`crm_data.analysis.target_rules`.
    """
    return set_many(engine, [Change(goal, value, stretch, direction, phasing)], user=user, why=why)[0]


def set_many(engine: Engine, changes: Sequence[Change], *, user, why: str = "") -> list[int]:
    """Write a version of each in one transaction, all of them or none; returns the versions' numbers. Nothing is checked here."""
    return _committed(engine, lambda connection: [_write(connection, one, user, why) for one in changes])


def _committed(engine: Engine, write: Callable[[Connection], Written]) -> Written:
    """Run ``write`` in one transaction, again where somebody else wrote the same version first: ours becomes the next one."""
    for _ in range(TRIES):
        try:
            with engine.begin() as connection:
                return write(connection)
        except (IntegrityError, OperationalError):
            time.sleep(random.uniform(0.005, 0.05))
    with engine.begin() as connection:
        return write(connection)


def adopt(engine: Engine, targets: Iterable[Target], *, user, why: str = "") -> int:
    """Make targets of the data ordinary ones, leaving those somebody set as they are; returns how many were new."""
    known = {goal for goal, _ in _goals(engine)}
    new = [t for t in targets if t.goal not in known]

    def write(connection: Connection) -> int:
        for one in new:
            _write(connection, Change.of(one), user, why)
        return len(new)
    return _committed(engine, write)


def _write(connection: Connection, change: Change, user, why: str) -> int:
    t, v, goal = appdb.target, appdb.target_version, change.goal
    same = ((t.c.measure == goal.measure) & (t.c.period_from == goal.first) & (t.c.period_to == goal.last)
            & (t.c.dimension == goal.dimension) & (t.c.member == goal.member))
    now = datetime.now(UTC).replace(tzinfo=None)
    found = connection.execute(select(t.c.id).where(same)).scalar()
    if found is None:
        if change.value is None:
            raise InputError(N_("There is no such target to withdraw."))
        found = connection.execute(insert(t).values(measure=goal.measure, period_from=goal.first, period_to=goal.last, dimension=goal.dimension,
                                                    member=goal.member, created_at=now)).inserted_primary_key[0]
    number = 1 + (connection.execute(select(func.max(v.c.version)).where(v.c.target_id == found)).scalar() or 0)
    phasing = change.phasing.to_text()
    connection.execute(insert(v).values(target_id=found, version=number, value=_exact(change.value), stretch=_exact(change.stretch), direction=change.direction or None,
                                        phasing=phasing, user_id=user.id,
                                        user_name=getattr(user, "full_name", "") or user.name, created_at=now, why=why.strip()[:500]))
    detail = {"measure": goal.measure, "from": goal.first.isoformat(), "to": goal.last.isoformat(), "dimension": goal.dimension,
              "member": goal.member, "value": change.value, "version": number,
              **{name: told for name, told in (("stretch", change.stretch), ("direction", change.direction), ("phasing", phasing)) if told not in (None, "")}}
    appdb.write_audit(connection, user, "target.set" if change.value is not None else "target.withdrawn", detail)
    return number


def _exact(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(float(value)))
