"""Rankings kept under a name, one's own or shared. A ranking is kept as its address (stable codes), so a period that has a name
("last_12_months") moves with time; what is deleted can be brought back."""
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from crm_data.analysis.owned import (
    NameTaken,
    check_edit,
    check_share,
    clean,
    committed,
    is_own,
    live_name,
    may_edit,
    seen,
    signed,
)
from crm_data.analysis.ranking_link import OF, OWN
from crm_data.errors import N_, InputError
from crm_data.model import appdb
from crm_data.model.folding import fold

LONGEST = 20_000
_TAKEN = N_("You already have a ranking “{name}”. Save over it, or give another name.")
_NONE = N_("There is no such saved ranking any more, or it is not shared with you.")


@dataclass(frozen=True)
class KeptRanking:
    """A saved ranking as a user sees it; ``link`` are the parameters that open it, ``at`` its last change (UTC)."""

    id: int
    name: str
    link: Mapping[str, list[str]]
    shared: bool
    author: str
    own: bool
    editable: bool
    at: datetime


def text_of(link: Mapping[str, Sequence[str]]) -> str:
    """An address as it is kept: only what says the ranking."""
    text = json.dumps({k: list(link[k]) for k in (*OWN, *OF) if link.get(k)}, ensure_ascii=False)
    if len(text) > LONGEST:
        raise InputError(N_("This ranking is too long to be saved. Leave out some of its filters' values."))
    return text


def list_rankings(engine: Engine, user) -> list[KeptRanking]:
    """One's own and shared ones, by name."""
    t = appdb.ranking
    with engine.connect() as connection:
        found = [_kept(r, user) for r in connection.execute(select(t).where(seen(t, user)))]
    return sorted(found, key=lambda k: (fold(k.name), k.id))


def get_ranking(engine: Engine, user, ranking_id: int) -> KeptRanking:
    """Raises InputError for one that is gone or not shared."""
    with engine.connect() as connection:
        return _kept(_row(connection, user, ranking_id), user)


def save_ranking(engine: Engine, user, *, name: str, link: Mapping[str, Sequence[str]], shared: bool = False, over: int | None = None) -> KeptRanking:
    """Keep an address under a name, or ``over`` an own one. Raises NameTaken when another of one's own has the name."""
    name, text, t = clean(name), text_of(link), appdb.ranking
    if shared:
        check_share(user)

    def write(connection: Connection) -> int:
        when = appdb.now()
        if over is not None:
            row = _row(connection, user, over)
            check_edit(row, user)
            connection.execute(update(t).where(t.c.id == over).values(name=name, criteria=text, shared=shared, changed_at=when, live_name=live_name(row, name)))
            appdb.write_audit(connection, user, "ranking.change", {"id": over, "was": {"name": row.name, "criteria": row.criteria, "shared": row.shared}, "name": name, "shared": shared})
            return over
        row = connection.execute(select(t.c.id).where(t.c.live_name == live_name(user, name))).first()
        if row:
            raise NameTaken(_TAKEN, name=name, found=row.id)
        made = connection.execute(insert(t).values(name=name, criteria=text, shared=shared, user_id=user.id, user_name=signed(user), created_at=when, changed_at=when,
                                                   live_name=live_name(user, name))).inserted_primary_key[0]
        appdb.write_audit(connection, user, "ranking.save", {"id": made, "name": name, "shared": shared, "criteria": text})
        return made
    try:
        return get_ranking(engine, user, committed(engine, write))
    except IntegrityError:
        raise NameTaken(_TAKEN, name=name) from None


def change_ranking(engine: Engine, user, ranking_id: int, *, name: str | None = None, shared: bool | None = None) -> KeptRanking:
    """Rename, share or take back; what it asks stays."""
    kept = get_ranking(engine, user, ranking_id)
    return save_ranking(engine, user, name=kept.name if name is None else name, link=kept.link, shared=kept.shared if shared is None else shared, over=ranking_id)


def delete_ranking(engine: Engine, user, ranking_id: int) -> str:
    """Take it away (:func:`undelete_ranking` brings it back); returns its name."""
    t = appdb.ranking

    def write(connection: Connection) -> str:
        row = _row(connection, user, ranking_id)
        check_edit(row, user)
        connection.execute(update(t).where(t.c.id == ranking_id).values(deleted_at=appdb.now(), live_name=None))
        appdb.write_audit(connection, user, "ranking.delete", {"id": ranking_id, "name": row.name, "by_author": is_own(row, user)})
        return row.name
    return committed(engine, write)


def undelete_ranking(engine: Engine, user, ranking_id: int) -> KeptRanking:
    """Bring back what was deleted, under its name, or with a number where the name was given anew meanwhile."""
    t = appdb.ranking

    def write(connection: Connection) -> None:
        row = connection.execute(select(t).where(t.c.id == ranking_id, t.c.deleted_at.is_not(None))).first()
        if row is None or not may_edit(row, user):
            raise InputError(_NONE)
        name, n = row.name, 1
        while connection.execute(select(func.count()).select_from(t).where(t.c.live_name == live_name(row, name))).scalar():
            n += 1
            name = f"{row.name} ({n})"
        connection.execute(update(t).where(t.c.id == ranking_id).values(deleted_at=None, name=name, live_name=live_name(row, name), changed_at=appdb.now()))
        appdb.write_audit(connection, user, "ranking.undelete", {"id": ranking_id, "name": name})
    committed(engine, write)
    return get_ranking(engine, user, ranking_id)


def _row(connection: Connection, user, ranking_id: int):
    t = appdb.ranking
    row = connection.execute(select(t).where(t.c.id == ranking_id, seen(t, user))).first()
    if row is None:
        raise InputError(_NONE)
    return row


def _kept(row, user) -> KeptRanking:
    try:
        link = {str(k): [str(v) for v in values] for k, values in json.loads(row.criteria).items() if k in (*OWN, *OF)}
    except (ValueError, TypeError, AttributeError):
        link = {}
    return KeptRanking(row.id, row.name, link, row.shared, row.user_name or "", is_own(row, user), may_edit(row, user), row.changed_at or row.created_at)
