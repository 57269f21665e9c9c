"""Cuts kept under a name: in folders, one's own or shared, pinned to Today or the weekly review. Every save is a version.

A cut is kept as its link (stable codes), so a period that has a name ("last_12_months") moves with time. Nothing is lost:
versions stay, what is deleted can be brought back, and two people saving over each other get a sentence.
"""
from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import Connection, Engine, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from crm_data.analysis.owned import (
    LONGEST_FOLDER,
    Changed,
    NameTaken,
    check_edit,
    check_share,
    clean,
    committed,
    is_own,
    live_name,
    may_edit,
    signed,
)
from crm_data.analysis.saved_cuts_read import (
    PINS,
    PLACES,
    CutVersion,
    SavedCut,
    folders,
    get_cut,
    history,
    list_cuts,
    others_pins,
    pinned_cuts,
    row_of,
    seen_by,
    using,
)
from crm_data.cuts.cut import Cut
from crm_data.errors import N_, InputError
from crm_data.model import appdb

__all__ = ["PLACES", "Changed", "CutVersion", "NameTaken", "SavedCut", "change_cut", "delete_cut", "folders", "get_cut", "history", "list_cuts", "pin", "pinned_cuts",
           "restore", "save_cut", "save_version", "text_of", "undelete_cut", "using"]

LONGEST_CUT = 60_000
_TAKEN = N_("You already have a saved cut “{name}”. Save over it as a new version, or give another name.")


def text_of(cut: Cut, fig: str = "") -> str:
    """A cut and its figure as they are kept."""
    text = json.dumps({**cut.to_link(), **({"fig": [fig]} if fig else {})}, ensure_ascii=False)
    if len(text) > LONGEST_CUT:
        raise InputError(N_("This cut is too long to be saved. Leave out some of its filters' values."))
    return text


def save_cut(engine: Engine, user, *, name: str, cut: Cut, fig: str = "", folder: str = "", shared: bool = False, pinned: Iterable[str] = ()) -> SavedCut:
    """Keep a cut under a new name. Raises NameTaken when one of one's own already has it."""
    name, folder, text, places = clean(name), _folder(folder), text_of(cut, fig), _places(pinned)
    if shared:
        check_share(user)

    def write(connection: Connection) -> int:
        t, when = appdb.saved_cut, appdb.now()
        row = connection.execute(select(t.c.id, t.c.version).where(t.c.live_name == live_name(user, name))).first()
        if row:
            raise NameTaken(_TAKEN, name=name, found=row.id, version=row.version)
        made = connection.execute(insert(t).values(
            name=name, folder=folder, cut=text, shared=shared, pinned=" ".join(places), version=1, user_id=user.id, user_name=signed(user),
            created_at=when, changed_at=when, live_name=live_name(user, name))).inserted_primary_key[0]
        _version(connection, user, made, 1, name, text, "saved")
        appdb.write_audit(connection, user, "cut.save", {"id": made, "name": name, "folder": folder, "shared": shared, "pinned": places, "version": 1})
        return made
    try:
        return get_cut(engine, user, committed(engine, write))
    except IntegrityError:
        raise NameTaken(_TAKEN, name=name) from None


def save_version(engine: Engine, user, cut_id: int, cut: Cut, fig: str = "", *, expected: int, what: str = "saved") -> SavedCut:
    """Save over a cut as its next version. Raises Changed when it is no longer at version ``expected``: nothing is written."""
    text = text_of(cut, fig)

    def write(connection: Connection) -> int:
        row = row_of(connection, user, cut_id)
        check_edit(row, user)
        return _next(connection, user, row, text, expected, what)
    committed(engine, write)
    return get_cut(engine, user, cut_id)


def restore(engine: Engine, user, cut_id: int, version: int, *, expected: int) -> SavedCut:
    """Make an older version the newest one."""
    v = appdb.saved_cut_version

    def write(connection: Connection) -> int:
        row = row_of(connection, user, cut_id)
        check_edit(row, user)
        text = connection.execute(select(v.c.cut).where(v.c.saved_cut_id == cut_id, v.c.version == version)).scalar()
        if text is None:
            raise InputError(N_("“{name}” has no version {version}."), name=row.name, version=version)
        return _next(connection, user, row, text, expected, f"restored {version}")
    committed(engine, write)
    return get_cut(engine, user, cut_id)


def _next(connection: Connection, user, row, text: str, expected: int, what: str) -> int:
    t = appdb.saved_cut
    done = connection.execute(update(t).where(t.c.id == row.id, t.c.version == expected, t.c.deleted_at.is_(None)).values(
        cut=text, version=expected + 1, changed_at=appdb.now()))
    if not done.rowcount:
        v = appdb.saved_cut_version
        last = connection.execute(select(v).where(v.c.saved_cut_id == row.id).order_by(v.c.version.desc())).first()
        raise Changed(N_("“{name}” was saved by {who} meanwhile and is now version {version}. Yours is still on the screen: look at the newer one, or save yours under another name."),
                      name=row.name, who=(last.user_name if last else "") or "?", version=last.version if last else row.version)
    _version(connection, user, row.id, expected + 1, row.name, text, what)
    appdb.write_audit(connection, user, "cut.version", {"id": row.id, "name": row.name, "version": expected + 1, "what": what})
    return expected + 1


def _version(connection: Connection, user, cut_id: int, number: int, name: str, text: str, what: str) -> None:
    connection.execute(insert(appdb.saved_cut_version).values(
        saved_cut_id=cut_id, version=number, name=name, cut=text, what=what, user_id=user.id, user_name=signed(user), created_at=appdb.now()))


def change_cut(engine: Engine, user, cut_id: int, *, name: str | None = None, folder: str | None = None, shared: bool | None = None) -> SavedCut:
    """Rename, move to another folder, share or take back. Raises NameTaken, AccessDenied or InputError with a sentence."""
    values: dict[str, object] = {}
    if name is not None:
        values["name"] = clean(name)
    if folder is not None:
        values["folder"] = _folder(folder)
    if shared is not None:
        values["shared"] = shared
        if shared:
            check_share(user)

    def write(connection: Connection) -> None:
        t, row = appdb.saved_cut, row_of(connection, user, cut_id)
        check_edit(row, user)
        live = {"live_name": live_name(row, str(values["name"]))} if "name" in values else {}
        connection.execute(update(t).where(t.c.id == cut_id).values(**values, **live, changed_at=appdb.now()))
        appdb.write_audit(connection, user, "cut.change", {"id": cut_id, "was": {k: getattr(row, k) for k in values}, **values})
    try:
        committed(engine, write)
    except IntegrityError:
        raise NameTaken(_TAKEN, name=values.get("name", "")) from None
    with engine.connect() as connection:
        t = appdb.saved_cut
        row = connection.execute(select(t).where(t.c.id == cut_id)).one()
        return seen_by(row, user, others_pins(connection, user))


def pin(engine: Engine, user, cut_id: int, places: Iterable[str]) -> SavedCut:
    """Choose where a cut stands. Another's shared cut can stand on one's own Today; the review is its author's to choose."""
    wanted = _places(places)

    def write(connection: Connection) -> None:
        row = row_of(connection, user, cut_id)
        if is_own(row, user):
            connection.execute(update(appdb.saved_cut).where(appdb.saved_cut.c.id == cut_id).values(pinned=" ".join(wanted)))
        else:
            if ("review" in wanted) != ("review" in (row.pinned or "").split()):
                check_edit(row, user)
                both = {*(row.pinned or "").split()} ^ {"review"}
                connection.execute(update(appdb.saved_cut).where(appdb.saved_cut.c.id == cut_id).values(pinned=" ".join(_places(both))))
            _keep_pins(connection, user, cut_id, "today" in wanted)
        appdb.write_audit(connection, user, "cut.pin", {"id": cut_id, "name": row.name, "pinned": wanted})
    committed(engine, write)
    return get_cut(engine, user, cut_id)


def delete_cut(engine: Engine, user, cut_id: int) -> str:
    """Take a cut away (its history stays, and :func:`undelete_cut` brings it back); returns its name."""
    def write(connection: Connection) -> str:
        row = row_of(connection, user, cut_id)
        check_edit(row, user)
        connection.execute(update(appdb.saved_cut).where(appdb.saved_cut.c.id == cut_id).values(deleted_at=appdb.now(), live_name=None))
        appdb.write_audit(connection, user, "cut.delete", {"id": cut_id, "name": row.name, "version": row.version, "by_author": is_own(row, user)})
        return row.name
    return committed(engine, write)


def undelete_cut(engine: Engine, user, cut_id: int) -> SavedCut:
    """Bring back what was deleted, under its name, or with a number where the name was given anew meanwhile."""
    t = appdb.saved_cut

    def write(connection: Connection) -> None:
        row = connection.execute(select(t).where(t.c.id == cut_id, t.c.deleted_at.is_not(None))).first()
        if row is None or not may_edit(row, user):
            raise InputError(N_("There is no such saved cut any more, or it is not shared with you."))
        name, n = row.name, 1
        while connection.execute(select(func.count()).select_from(t).where(t.c.live_name == live_name(row, name))).scalar():
            n += 1
            name = f"{row.name} ({n})"
        connection.execute(update(t).where(t.c.id == cut_id).values(deleted_at=None, name=name, live_name=live_name(row, name), changed_at=appdb.now()))
        appdb.write_audit(connection, user, "cut.undelete", {"id": cut_id, "name": name})
    committed(engine, write)
    return get_cut(engine, user, cut_id)


def _folder(folder: str) -> str:
    return clean(folder, LONGEST_FOLDER) if folder.strip() else ""


def _places(places: Iterable[str]) -> list[str]:
    wanted = set(places)
    if not wanted <= set(PLACES):
        raise InputError(N_("A cut can be pinned to: {known}."), known=", ".join(PLACES))
    return [p for p in PLACES if p in wanted]


def _keep_pins(connection: Connection, user, cut_id: int, wanted: bool) -> None:
    if user.id is None:
        return
    p = appdb.preference
    ids = {int(i) for i in others_pins(connection, user)} - {cut_id} | ({cut_id} if wanted else set())
    mine = (p.c.user_id == user.id) & (p.c.key == PINS)
    if not connection.execute(update(p).where(mine).values(value=json.dumps(sorted(ids)))).rowcount:
        connection.execute(insert(p).values(user_id=user.id, key=PINS, value=json.dumps(sorted(ids))))
