"""What people write about customers: notes, tasks and decisions, and which customers they opened last. In the application database.

Who calls has made sure that the user may see the customer whose ``key`` (``Profile.key``) is given; viewers do not write.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Engine, Table, delete, func, insert, select, update

from crm_data.errors import N_, AccessDenied, InputError
from crm_data.model import appdb

MOST_NOTE, MOST_TASK, KEPT = 4000, 1000, 12
What = Literal["task", "decision"]
_TABLES: dict[str, Table] = {"task": appdb.task, "decision": appdb.decision}


@dataclass(frozen=True)
class Kept:
    """A task or a decision about a customer; ``done_at`` (UTC) is None while it is open."""

    id: int
    what: What
    key: str
    text: str
    owner: str | None
    due_on: date | None
    done_at: datetime | None
    by: str | None
    created_at: datetime


def _may(user) -> None:
    if not getattr(user, "may_write", True):
        raise AccessDenied(N_("Your role reads and does not write. Ask your administrator if you need to."))


def _said(text: str, most: int, empty: str, long: str) -> str:
    text = text.strip().replace("\x00", "")
    if not text:
        raise InputError(empty)
    if len(text) > most:
        raise InputError(long, n=len(text), most=most)
    return text


def _name(user) -> str:
    return getattr(user, "full_name", None) or user.name


def add_note(engine: Engine, user, key: str, text: str, on_day: date | None = None) -> None:
    """Add a note to the customer ``key``. Raises InputError for an empty or too long one, AccessDenied for who may not write."""
    _may(user)
    text = _said(text, MOST_NOTE, N_("The note is empty. Write what should be remembered."), N_("The note has {n} letters; at most {most} are kept."))
    with engine.begin() as connection:
        connection.execute(insert(appdb.note).values(customer_key=key, text=text, on_day=on_day, user_id=user.id, user_name=_name(user)))
        appdb.write_audit(connection, user, "note.add", {"customer": key, "letters": len(text)})


def add_task(engine: Engine, user, key: str, text: str, due_on: date | None = None, owner_name: str = "") -> int:
    """Something to do for the customer; ``owner_name``: who does it (the writer where nobody is named). Returns its id."""
    text = _said(text, MOST_TASK, N_("The task is empty. Write what is to be done."), N_("The task has {n} letters; at most {most} are kept."))
    return _add(engine, user, "task", key, text, due_on, owner_name.strip() or _name(user))


def add_decision(engine: Engine, user, key: str, text: str, due_on: date | None = None, owner_name: str = "") -> int:
    """What was decided about the customer, with who carries it out until when. Returns its id."""
    text = _said(text, MOST_NOTE, N_("The decision is empty. Write what was decided."), N_("The decision has {n} letters; at most {most} are kept."))
    return _add(engine, user, "decision", key, text, due_on, owner_name.strip())


def _add(engine: Engine, user, what: What, key: str, text: str, due_on: date | None, owner: str) -> int:
    _may(user)
    with engine.begin() as connection:
        made = connection.execute(insert(_TABLES[what]).values(
            customer_key=key, text=text, due_on=due_on, owner_name=owner[:200] or None, user_id=user.id, user_name=_name(user))).inserted_primary_key[0]
        appdb.write_audit(connection, user, f"{what}.add", {"customer": key, "id": made, "due": due_on, "owner": owner[:200], "letters": len(text)})
    return int(made)


def finish_task(engine: Engine, user, key: str, task_id: int, done: bool = True) -> None:
    """Mark a task of the customer ``key`` as done, or as open again. Raises InputError when it has no such task."""
    _finish(engine, user, "task", key, task_id, done)


def finish_decision(engine: Engine, user, key: str, decision_id: int, done: bool = True) -> None:
    """Mark a decision about the customer ``key`` as carried out, or as open again."""
    _finish(engine, user, "decision", key, decision_id, done)


def _finish(engine: Engine, user, what: What, key: str, number: int, done: bool) -> None:
    _may(user)
    t = _TABLES[what]
    with engine.begin() as connection:
        there = connection.execute(select(t.c.done_at).where(t.c.id == number, t.c.customer_key == key)).first()
        if there is None:
            raise InputError(N_("This customer has no such task or decision any more. Open the page again."))
        if (there.done_at is not None) == done:
            return  # somebody was faster: the first day it was done stays
        connection.execute(update(t).where(t.c.id == number).values(done_at=appdb.now() if done else None))
        appdb.write_audit(connection, user, f"{what}.{'done' if done else 'reopen'}", {"customer": key, "id": number})


def open_tasks(engine: Engine, keys: str | Sequence[str]) -> tuple[Kept, ...]:
    """Tasks and decisions of these customers that are not done: those due first before others, then by age."""
    wanted, found = [keys] if isinstance(keys, str) else list(keys), []
    with engine.connect() as connection:
        for what, t in _TABLES.items():
            rows = connection.execute(select(t.c.id, t.c.customer_key, t.c.text, t.c.owner_name, t.c.due_on, t.c.done_at, t.c.user_name, t.c.created_at).where(
                t.c.customer_key.in_(wanted), t.c.done_at.is_(None)))
            found += [Kept(r.id, what, *r[1:]) for r in rows]  # type: ignore[arg-type]
    return tuple(sorted(found, key=lambda k: (k.due_on or date.max, k.created_at, k.what, k.id)))


def notes_state(engine: Engine, *keys: str) -> tuple[int, ...]:
    """Changes when notes, tasks, decisions or tiers of these customers do."""
    found: list[int] = []
    with engine.connect() as connection:
        for table, more in ((appdb.note, None), (appdb.task, appdb.task.c.done_at), (appdb.decision, appdb.decision.c.done_at)):
            counted = [func.count(), func.coalesce(func.max(table.c.id), 0)] + ([func.count(more)] if more is not None else [])
            found += connection.execute(select(*counted).where(table.c.customer_key.in_(keys))).one()
        a, run = appdb.tier_assignment, appdb.tier_run
        found += connection.execute(select(func.count(), func.count(run.c.undone_at)).select_from(a.join(run, run.c.id == a.c.run_id)).where(a.c.customer_key.in_(keys))).one()
    return tuple(int(n) for n in found)


def opened(engine: Engine, user, key: str) -> None:
    """Remember that ``user`` opened the customer ``key``."""
    if user.id is None:
        return
    table, when = appdb.recent_customer, appdb.now()
    mine = (table.c.user_id == user.id) & (table.c.customer_key == key)
    with engine.begin() as connection:
        if not connection.execute(update(table).where(mine).values(opened_at=when)).rowcount:
            connection.execute(insert(table).values(user_id=user.id, customer_key=key, opened_at=when))
            kept = select(table.c.id).where(table.c.user_id == user.id).order_by(table.c.opened_at.desc()).limit(KEPT)
            ids = list(connection.execute(kept).scalars())
            connection.execute(delete(table).where(table.c.user_id == user.id, table.c.id.not_in(ids)))


def recently_opened(engine: Engine, user) -> list[str]:
    """Keys of the customers ``user`` opened last, newest first."""
    if user.id is None:
        return []
    table = appdb.recent_customer
    with engine.connect() as connection:
        return list(connection.execute(select(table.c.customer_key).where(table.c.user_id == user.id).order_by(table.c.opened_at.desc()).limit(KEPT)).scalars())
