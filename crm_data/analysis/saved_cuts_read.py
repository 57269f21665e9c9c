"""Saved cuts as a user sees them: own and shared ones, by folder, with versions and pins. Writing: :mod:`saved_cuts`."""
from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, select

from crm_data.analysis.owned import is_own, may_edit, seen
from crm_data.errors import N_, InputError
from crm_data.model import appdb
from crm_data.model.folding import fold

PLACES = ("today", "review")
#: Where a user keeps what is pinned of the cuts of others.
PINS = "pinned_cuts"


@dataclass(frozen=True)
class SavedCut:
    """A saved cut as ``user`` sees it. ``text`` is its link as JSON, with the figure as ``fig``; ``at`` its last change (UTC)."""

    id: int
    name: str
    folder: str
    text: str
    shared: bool
    pinned: tuple[str, ...]
    version: int
    author: str
    own: bool
    editable: bool
    at: datetime

    @property
    def link(self) -> dict[str, list[str]]:
        """The query that opens it; empty when the text is damaged."""
        try:
            kept = json.loads(self.text)
            return {str(k): [str(v) for v in values] for k, values in kept.items()}
        except (ValueError, TypeError, AttributeError):
            return {}

    @property
    def fig(self) -> str:
        return (self.link.get("fig") or [""])[-1]


@dataclass(frozen=True)
class CutVersion:
    """One state a saved cut has had. ``what``: saved, restored, mended."""

    version: int
    name: str
    text: str
    what: str
    who: str
    at: datetime


def list_cuts(engine: Engine, user, search: str = "") -> list[SavedCut]:
    """Cuts ``user`` may see, by folder and name; those whose name, folder or author hold all words of ``search``."""
    t, wanted = appdb.saved_cut, fold(search).split()
    with engine.connect() as connection:
        pins = others_pins(connection, user)
        found = [seen_by(r, user, pins) for r in connection.execute(select(t).where(seen(t, user)))]
    kept = [s for s in found if all(w in fold(f"{s.name} {s.folder} {s.author}") for w in wanted)]
    return sorted(kept, key=lambda s: (s.folder != "", fold(s.folder), fold(s.name), s.id))


def get_cut(engine: Engine, user, cut_id: int) -> SavedCut:
    with engine.connect() as connection:
        return seen_by(row_of(connection, user, cut_id), user, others_pins(connection, user))


def folders(engine: Engine, user) -> list[str]:
    """Folders in use among what ``user`` may see."""
    return sorted({s.folder for s in list_cuts(engine, user) if s.folder}, key=fold)


def pinned_cuts(engine: Engine, user, place: str) -> list[SavedCut]:
    """What stands on Today of ``user`` (own choice), or in the weekly review (what an author put there is seen by all)."""
    return [s for s in list_cuts(engine, user) if place in s.pinned]


def history(engine: Engine, user, cut_id: int) -> list[CutVersion]:
    """All versions, newest first."""
    v = appdb.saved_cut_version
    with engine.connect() as connection:
        row_of(connection, user, cut_id)
        rows = connection.execute(select(v).where(v.c.saved_cut_id == cut_id).order_by(v.c.version.desc())).all()
    return [CutVersion(r.version, r.name, r.cut, r.what, r.user_name or "", r.created_at) for r in rows]


def using(engine: Engine, dimension: str, user) -> tuple[list[str], int]:
    """Saved cuts that name ``dimension``: names of those ``user`` may see, and how many others there are."""
    t = appdb.saved_cut
    with engine.connect() as connection:
        rows = connection.execute(select(t).where(t.c.deleted_at.is_(None), t.c.cut.contains(dimension, autoescape=True)).order_by(t.c.name)).all()
    hits = [r for r in rows if dimension in _dimensions(r.cut)]
    named = [r.name for r in hits if r.shared or is_own(r, user)]
    return named, len(hits) - len(named)


def _dimensions(text: str) -> set[str]:
    try:
        kept = json.loads(text)
        return {*kept.get("by", ()), *(str(f).partition(":")[0] for f in kept.get("f", ()))}
    except (ValueError, AttributeError, TypeError):
        return set()


def row_of(connection: Connection, user, cut_id: int):
    """The row of a cut that ``user`` may see. Raises InputError when there is none."""
    t = appdb.saved_cut
    row = connection.execute(select(t).where(t.c.id == cut_id, seen(t, user))).first()
    if row is None:
        raise InputError(N_("There is no such saved cut any more, or it is not shared with you."))
    return row


def seen_by(row, user, pins: Mapping[str, list[str]]) -> SavedCut:
    placed = set((row.pinned or "").split())
    shown = placed if is_own(row, user) else (placed & {"review"}) | set(pins.get(str(row.id), ()))
    return SavedCut(row.id, row.name, row.folder or "", row.cut, row.shared, tuple(p for p in PLACES if p in shown), row.version,
                    row.user_name or "", is_own(row, user), may_edit(row, user), row.changed_at or row.created_at)


def others_pins(connection: Connection, user) -> dict[str, list[str]]:
    """What ``user`` pinned of others' shared cuts: id -> places."""
    if user.id is None:
        return {}
    p = appdb.preference
    kept = connection.execute(select(p.c.value).where(p.c.user_id == user.id, p.c.key == PINS)).scalar()
    try:
        ids = json.loads(kept or "[]")
    except ValueError:
        ids = []
    return {str(i): ["today"] for i in ids}
