"""What people keep under a name of their own (saved cuts, segments): who it is of, who may see and who may change it."""
from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, Engine, Table, and_, or_
from sqlalchemy.exc import OperationalError

from crm_data.errors import N_, AccessDenied, InputError
from crm_data.model.folding import fold

T = TypeVar("T")
LONGEST_NAME, LONGEST_FOLDER = 120, 80
SHARERS = frozenset({"manager", "administrator"})
TRIES = 20


class NameTaken(InputError):
    """There is already something of one's own under this name; ``id`` and ``version`` are those of it."""

    def __init__(self, message: str, *, found: int | None = None, version: int = 0, **values: object) -> None:
        super().__init__(message, **values)
        self.found, self.version = found, version


class Changed(InputError):
    """Somebody wrote a newer version since this one was opened. Nothing was written."""


def signed(user) -> str:
    """The name that stands beside what ``user`` writes."""
    return getattr(user, "full_name", "") or user.name


def administers(user) -> bool:
    return getattr(user, "role", "") == "administrator"


def is_own(row, user) -> bool:
    """Whether ``row`` (with ``user_id`` and ``user_name``) was made by ``user``; who has no id is known by name."""
    return row.user_id == user.id if user.id is not None else row.user_id is None and row.user_name == signed(user)


def own(table: Table, user) -> ColumnElement[bool]:
    c = table.c
    return c.user_id == user.id if user.id is not None else and_(c.user_id.is_(None), c.user_name == signed(user))


def seen(table: Table, user) -> ColumnElement[bool]:
    """Rows that ``user`` may see: one's own and shared ones that are not deleted."""
    return and_(table.c.deleted_at.is_(None), or_(table.c.shared.is_(True), own(table, user)))


def may_edit(row, user) -> bool:
    """The author, and of what is shared an administrator."""
    return is_own(row, user) or bool(row.shared and administers(user))


def check_edit(row, user) -> None:
    if not may_edit(row, user):
        raise AccessDenied(N_("“{name}” is {author}’s. Save it under a name of your own instead."), name=row.name, author=row.user_name or "?")


def check_share(user) -> None:
    if getattr(user, "role", "") not in SHARERS:
        raise AccessDenied(N_("Only managers and administrators share with others. Keep it as your own."))


def clean(text: str, most: int = LONGEST_NAME) -> str:
    """A name as it is kept: one line of printable signs. Raises InputError for an empty or too long one."""
    kept = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not kept:
        raise InputError(N_("Give it a name."))
    if len(kept) > most:
        raise InputError(N_("The name has {n} letters; at most {most} are kept."), n=len(kept), most=most)
    return kept


def live_name(row_or_user, name: str) -> str:
    """The key under which a name exists once for an author. Takes the author (a user) or a row the author wrote."""
    who = getattr(row_or_user, "user_id", None) if hasattr(row_or_user, "user_id") else row_or_user.id
    by = getattr(row_or_user, "user_name", None) if hasattr(row_or_user, "user_id") else signed(row_or_user)
    return f"{who if who is not None else by}/{fold(name) or name}"[:240]


def committed(engine: Engine, write: Callable[[Connection], T]) -> T:
    """Run ``write`` in one transaction, again where the database was busy."""
    for _ in range(TRIES):
        try:
            with engine.begin() as connection:
                return write(connection)
        except OperationalError:
            time.sleep(random.uniform(0.005, 0.05))
    with engine.begin() as connection:
        return write(connection)
