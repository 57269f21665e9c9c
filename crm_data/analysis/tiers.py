"""In which tier a customer is, since when and why; how that came; what the tier gives; and giving one by hand.

The tier a customer has is the latest assignment made here that was not undone, else the tier of the source.
"""
from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import Engine, and_, or_, select

from crm_data.analysis.customers import check_personal, named, visible
from crm_data.analysis.owned import clean
from crm_data.analysis.tiers_rules import Terms, Tier
from crm_data.analysis.tiers_store import (
    MANUAL,
    Held,
    Move,
    Run,
    check_firm_wide,
    check_writer,
    get_run,
    held,
    keys_of,
    list_tiers,
    mark_undone,
    state,
    write_run,
)
from crm_data.cuts.access import Scope
from crm_data.errors import N_, AccessDenied, InputError
from crm_data.model import appdb
from crm_data.model import schema as s
from crm_data.model.folding import fold

#: The further field that keeps the source's tier where a snapshot carries an assignment made here.
SOURCE_TIER, SOURCE_NONE = "source_tier", "none"
#: What stands as the source of such rows, so that a field of the same name from elsewhere is none of them.
OWN = "mabat"
_MANY = 400


@dataclass(frozen=True)
class Assigned:
    """``how``: "source" (as the data says), "rules" or "manual"; ``since``: None where only the data says it. ``why``: in the
    words of who applied or assigned it; ``reason``: the values the rules looked at (``revenue@12m=1200.00 orders@12m=3``)."""

    tier: str | None
    since: date | None
    why: str = ""
    how: str = "source"
    reason: str = ""


class TierEvent(NamedTuple):
    """A change of tier made here that was not undone."""

    day: date
    tier: str | None
    before: str | None
    why: str
    who: str


def current(engine: Engine, warehouse, scope: Scope, keys: Iterable[str] | None = None) -> dict[str, Assigned]:
    """``Profile.key`` -> its tier, of all customers of the scope or of those of ``keys`` in it. Raises AccessDenied for who sees numbers only."""
    check_personal(scope)
    wanted = None if keys is None else list(dict.fromkeys(keys))
    by_source = source_tiers(warehouse, scope, wanted)
    latest = held(engine, wanted)
    return {key: assigned(latest.get(key), tier) for key, tier in by_source.items()}


def assigned(latest: Held | None, by_source: str | None) -> Assigned:
    """The tier of one customer, from its latest assignment and the source's tier."""
    return Assigned(by_source, None) if latest is None else Assigned(latest.tier, latest.on, latest.why, latest.what, latest.reason)


def source_tiers(warehouse, scope: Scope, keys: list[str] | None = None) -> dict[str, str | None]:
    """``Profile.key`` -> the tier its source gives, of the customers in the scope."""
    c, a = s.customer.c, s.customer_attribute.c
    kept = select(a.customer_id, a.value).where(a.key == SOURCE_TIER, a.source == OWN).subquery()
    wanted = select(c.source, c.source_id, c.tier, kept.c.value).select_from(s.customer.outerjoin(kept, kept.c.customer_id == c.id)).where(*visible(scope))
    found: dict[str, str | None] = {}
    with warehouse.engine.connect() as connection:
        for part in [None] if keys is None else [keys[i:i + _MANY] for i in range(0, len(keys), _MANY)]:
            pairs = [tuple(key.split(":", 1)) for key in part or () if ":" in key]
            if part is not None and not pairs:
                continue
            only = [] if part is None else [or_(*(and_(c.source == source, c.source_id == own) for source, own in pairs))]
            for source, own, tier, before in connection.execute(wanted.where(*only)):
                found[f"{source}:{own}"] = told(tier, before)
    return found


def told(tier: str | None, kept: str | None) -> str | None:
    """The source's tier: what was kept of it where an assignment stands in its place."""
    return (tier if kept is None else None if kept == SOURCE_NONE else kept) or None


def tier_events(engine: Engine, key: str) -> list[TierEvent]:
    """Changes of one customer's tier made here, oldest first; the caller has made sure that the customer may be seen."""
    a, r = appdb.tier_assignment, appdb.tier_run
    with engine.connect() as connection:
        rows = connection.execute(select(r, a.c.tier, a.c.tier_before).join(r, r.c.id == a.c.run_id).where(
            a.c.customer_key == key, r.c.undone_at.is_(None)).order_by(a.c.id)).all()
    return [TierEvent(row.on_day, row.tier, row.tier_before, _why(row.detail), row.user_name or "") for row in rows]


def _why(detail: str | None) -> str:
    return (json.loads(detail).get("why") or "") if detail else ""


def tier_named(engine: Engine, name: str | None) -> Tier | None:
    """The tier of this name as it is defined now."""
    return next((t for t in list_tiers(engine) if fold(t.name) == fold(name)), None) if name else None


def terms_of(engine: Engine, tier: str | None) -> Terms | None:
    """What a tier gives; None when nobody defined a tier of this name."""
    found = tier_named(engine, tier)
    return found.terms if found else None


def may_assign(user, scope: Scope) -> bool:
    """Whether to offer :func:`assign_one`."""
    return bool(getattr(user, "may_write", getattr(user, "role", "") != "viewer")) and scope.personal


def assign_one(engine: Engine, user, warehouse, scope: Scope, key: str, tier: str | None, why: str) -> Assigned:
    """Put one customer (``Profile.key``) into a tier by hand, None for out of all; ``why`` is kept and must be given.

    It stays until somebody changes it by hand or lets the rules move it. Raises AccessDenied or InputError with a sentence.
    """
    check_writer(user)
    said, expected = clean(why, 400) if why.strip() else "", state(engine)
    if not said:
        raise InputError(N_("Say why: it is kept with the customer."))
    found = current(engine, warehouse, scope, [key]).get(key)
    if found is None:
        raise AccessDenied(N_("This customer belongs to another branch or colleague. Ask your administrator if you need to see it."))
    known = list_tiers(engine)
    if tier is not None and tier not in [t.name for t in known]:
        raise InputError(N_("There is no tier “{name}”. There are: {known}."), name=tier[:40], known=", ".join(t.name for t in known) or "–")
    if found.how == MANUAL and found.tier == tier:
        raise InputError(N_("It is in this tier already, by hand."))
    write_run(engine, user, on=warehouse.as_of, what=MANUAL, why=said, moves=[Move(key, found.tier, tier)], expected=expected)
    return Assigned(tier, warehouse.as_of, said, MANUAL)


def undo(engine: Engine, user, warehouse, scope: Scope, run_id: int) -> Run:
    """Undo a run. One customer's by whoever may see the customer; a run over the firm only by who sees all of it."""
    check_writer(user)
    if get_run(engine, run_id).what != MANUAL:
        check_firm_wide(user, scope)
    elif (scope.branches is not None or scope.owners is not None or not scope.personal) and not all(named(warehouse, scope, [key]) for key in keys_of(engine, run_id)):
        raise AccessDenied(N_("This customer belongs to another branch or colleague. Ask your administrator if you need to see it."))
    return mark_undone(engine, user, run_id)
