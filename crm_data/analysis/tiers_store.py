"""Tiers as they are kept: definitions with their versions, runs that assigned customers, and undoing a run.

A changed definition leaves its old row as a version. A run writes one assignment for each customer that changed; undone, it
counts as if it had never been, and what it assigned falls back to the assignment before it or to the source's tier.
"""
from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine, func, insert, select, text, update

from crm_data.analysis.owned import SHARERS, Changed, committed, signed
from crm_data.analysis.tiers_rules import Tier, checked
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import Catalog
from crm_data.errors import N_, AccessDenied, InputError, MabatError
from crm_data.model import appdb

RULES, MANUAL = "rules", "manual"
_MANY = 500


@dataclass(frozen=True)
class Run:
    """One time customers were assigned: by the rules or one by hand. ``why`` in the words of who did it; ``moves``: (from, to,
    customers), "" for no tier; ``at`` and ``undone_at`` are UTC."""

    id: int
    on: date
    what: str
    changed: int
    who: str
    at: datetime
    why: str = ""
    moves: tuple[tuple[str, str, int], ...] = ()
    undone_at: datetime | None = None
    undone_by: str = ""

    @property
    def undone(self) -> bool:
        return self.undone_at is not None


@dataclass(frozen=True)
class Held:
    """The latest assignment of a customer that was not undone. ``reason``: ``revenue@12m=1200.00`` for each condition's value."""

    tier: str | None
    before: str | None
    on: date
    what: str
    why: str
    reason: str


@dataclass(frozen=True)
class Move:
    """One customer's change of tier, as it will be written."""

    key: str
    before: str | None
    after: str | None
    reason: str = ""


# Who may ---------------------------------------------------------------------------------------------------------------
def check_writer(user) -> None:
    """Raise AccessDenied unless ``user`` may change tiers at all."""
    if getattr(user, "role", "") not in SHARERS:
        raise AccessDenied(N_("Only managers and administrators change tiers."))


def check_firm_wide(user, scope: Scope) -> None:
    """Raise AccessDenied unless ``user`` may change tiers of the whole firm."""
    check_writer(user)
    if scope.branches is not None or scope.owners is not None or not scope.personal:
        raise AccessDenied(N_("Tiers are the whole firm’s. You see a part of it, so you can look and try, and change single customers, but not apply."))


# Definitions -----------------------------------------------------------------------------------------------------------
def list_tiers(engine: Engine) -> tuple[Tier, ...]:
    """The tiers that hold, best first."""
    with engine.connect() as connection:
        return _tiers(connection)


def _tiers(connection: Connection) -> tuple[Tier, ...]:
    t = appdb.tier
    rows = connection.execute(select(t).where(t.c.deleted_at.is_(None)).order_by(t.c.place, t.c.id)).all()
    found = []
    for row in rows:
        try:
            found.append(Tier.from_texts(row.name, row.rule, row.terms))
        except (MabatError, ValueError, TypeError, AttributeError):
            found.append(Tier(row.name))  # a rule nobody can read gives nobody the tier; its name stays
    return tuple(found)


def state(engine: Engine) -> str:
    """A short text that changes whenever a definition or an assignment does."""
    with engine.connect() as connection:
        return _state(connection)


def _state(connection: Connection) -> str:
    r, t = appdb.tier_run, appdb.tier
    runs = connection.execute(select(func.count(), func.max(r.c.id), func.count(r.c.undone_at))).one()
    kept = connection.execute(select(t.c.id).where(t.c.deleted_at.is_(None)).order_by(t.c.id)).scalars().all()
    return hashlib.sha256(json.dumps([*runs, *kept]).encode()).hexdigest()[:16]


def hold(connection: Connection) -> None:
    """Let nobody else change tiers until this transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE tier, tier_run IN SHARE ROW EXCLUSIVE MODE"))
    else:
        connection.execute(update(appdb.tier_run).where(appdb.tier_run.c.id == -1).values(changed=0))  # SQLite: the first write takes the lock


def _unchanged(connection: Connection, expected: str) -> None:
    if _state(connection) != expected:
        raise Changed(N_("Somebody changed tiers meanwhile. Nothing was written: look at it as it is now, and do it again."))


def save_tiers(engine: Engine, user, scope: Scope, tiers: Sequence[Tier], *, expected: str, catalog: Catalog) -> tuple[Tier, ...]:
    """Keep the tiers, best first, in place of those that hold; ``expected`` is the :func:`state` they were made from.

    Raises AccessDenied, InputError, or Changed when somebody was faster; then nothing is written.
    """
    check_firm_wide(user, scope)
    good = checked(tiers, catalog)

    def write(connection: Connection) -> None:
        hold(connection)
        _unchanged(connection, expected)
        put_tiers(connection, user, good)
    committed(engine, write)
    return list_tiers(engine)


def put_tiers(connection: Connection, user, tiers: Sequence[Tier]) -> bool:
    """Write definitions in an open transaction: what is as it was stays, the rest gets new rows. False: nothing differed."""
    t, when = appdb.tier, appdb.now()
    old = _tiers(connection)
    if old == tuple(tiers):
        return False
    rows = connection.execute(select(t).where(t.c.deleted_at.is_(None))).all()
    wanted = {(tier.name, place, tier.rule_text(), tier.terms.to_text()): tier for place, tier in enumerate(tiers, start=1)}
    for row in rows:
        if wanted.pop((row.name, row.place, row.rule, row.terms), None) is None:
            connection.execute(update(t).where(t.c.id == row.id).values(deleted_at=when, changed_at=when))
    for name, place, rule, terms in wanted:
        connection.execute(insert(t).values(name=name, place=place, rule=rule, terms=terms, user_id=user.id, user_name=signed(user), created_at=when))
    appdb.write_audit(connection, user, "tiers.change", {"was": json.dumps([x.to_json() for x in old], ensure_ascii=False),
                                                         "now": json.dumps([x.to_json() for x in tiers], ensure_ascii=False)})
    return True


def versions(engine: Engine, name: str) -> list[tuple[Tier, int, str, datetime, datetime | None]]:
    """All versions of a tier, newest first: the tier, its place, who made it, when, and until when it held (UTC)."""
    t = appdb.tier
    with engine.connect() as connection:
        rows = connection.execute(select(t).where(t.c.name == name).order_by(t.c.id.desc())).all()
    return [(Tier.from_texts(r.name, r.rule, r.terms), r.place, r.user_name or "", r.created_at, r.deleted_at) for r in rows]


# Runs and assignments --------------------------------------------------------------------------------------------------
def runs(engine: Engine, most: int = 50) -> list[Run]:
    """The latest runs, newest first."""
    r = appdb.tier_run
    with engine.connect() as connection:
        return [_run(row) for row in connection.execute(select(r).order_by(r.c.id.desc()).limit(most))]


def _run(row) -> Run:
    detail = json.loads(row.detail) if row.detail else {}
    return Run(row.id, row.on_day, row.what, row.changed, row.user_name or "", row.created_at, detail.get("why") or "",
               tuple((a, b, int(n)) for a, b, n in detail.get("moves", ())), row.undone_at, row.undone_by or "")


def held(engine: Engine, keys: Iterable[str] | None = None) -> dict[str, Held]:
    """Customer keys -> the latest assignment that holds; of ``keys`` only, where they are given."""
    wanted = None if keys is None else list(dict.fromkeys(keys))
    found: dict[str, Held] = {}
    with engine.connect() as connection:
        for part in [None] if wanted is None else [wanted[i:i + _MANY] for i in range(0, len(wanted), _MANY)]:
            found |= _held(connection, part)
    return found


def _held(connection: Connection, keys: Sequence[str] | None) -> dict[str, Held]:
    a, r = appdb.tier_assignment, appdb.tier_run
    latest = select(func.max(a.c.id)).join(r, r.c.id == a.c.run_id).where(r.c.undone_at.is_(None)).group_by(a.c.customer_key)
    if keys is not None:
        latest = latest.where(a.c.customer_key.in_(keys))
    rows = connection.execute(select(a.c.customer_key, a.c.tier, a.c.tier_before, a.c.why, r.c.on_day, r.c.what, r.c.detail).join(r, r.c.id == a.c.run_id).where(a.c.id.in_(latest)))
    whys: dict[str | None, str] = {None: ""}  # a run's words are read once, not for each of its customers
    found = {}
    for key, tier, before, why, on, what, detail in rows:
        if detail not in whys:
            whys[detail] = json.loads(detail).get("why") or ""
        found[key] = Held(tier, before, on, what, whys[detail], why or "")
    return found


def write_run(engine: Engine, user, *, on: date, what: str, why: str, moves: Sequence[Move], expected: str, tiers: Sequence[Tier] | None = None,
              detail: Mapping[str, object] | None = None) -> int:
    """Write a run with its assignments, and the definitions it was made by where they are given; all or nothing.

    Returns the run's id. Raises Changed when tiers are no longer in the state ``expected``.
    """
    counted: dict[tuple[str, str], int] = {}
    for move in moves:
        pair = (move.before or "", move.after or "")
        counted[pair] = counted.get(pair, 0) + 1
    told = {**(detail or {}), "why": why, "moves": [[a, b, n] for (a, b), n in sorted(counted.items())]}

    def write(connection: Connection) -> int:
        hold(connection)
        _unchanged(connection, expected)
        if tiers is not None:
            put_tiers(connection, user, tiers)
        made = connection.execute(insert(appdb.tier_run).values(
            on_day=on, what=what, detail=json.dumps(told, ensure_ascii=False), changed=len(moves), user_id=user.id, user_name=signed(user),
            created_at=appdb.now())).inserted_primary_key[0]
        connection.execute(insert(appdb.tier_assignment), [
            {"run_id": made, "customer_key": m.key, "tier": m.after, "tier_before": m.before, "why": m.reason[:500] or None} for m in moves])
        appdb.write_audit(connection, user, f"tiers.{what}", {"run": made, "on": on, "changed": len(moves), "why": why, "moves": json.dumps(told["moves"], ensure_ascii=False),
                                                             **({"customer": moves[0].key} if what == MANUAL else {})})
        return made
    return committed(engine, write)


def keys_of(engine: Engine, run_id: int) -> list[str]:
    """Customers a run assigned."""
    a = appdb.tier_assignment
    with engine.connect() as connection:
        return list(connection.execute(select(a.c.customer_key).where(a.c.run_id == run_id).order_by(a.c.id)).scalars())


def get_run(engine: Engine, run_id: int) -> Run:
    r = appdb.tier_run
    with engine.connect() as connection:
        row = connection.execute(select(r).where(r.c.id == run_id)).first()
    if row is None:
        raise InputError(N_("There is no run {n} of tiers."), n=run_id)
    return _run(row)


def mark_undone(engine: Engine, user, run_id: int) -> Run:
    """Undo a run: what it assigned falls back. Raises InputError when it was undone already."""
    r = appdb.tier_run

    def write(connection: Connection) -> None:
        hold(connection)
        done = connection.execute(update(r).where(r.c.id == run_id, r.c.undone_at.is_(None)).values(undone_at=appdb.now(), undone_by=signed(user))).rowcount
        if not done:
            raise InputError(N_("This run was undone already."))
        appdb.write_audit(connection, user, "tiers.undo", {"run": run_id})
    committed(engine, write)
    return get_run(engine, run_id)
