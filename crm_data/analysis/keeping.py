"""What people write about customers: notes, and which customers they opened last. In the application database."""
from __future__ import annotations

from datetime import date

from sqlalchemy import Engine, delete, func, insert, select, update

from crm_data.errors import N_, InputError
from crm_data.model import appdb

MOST_NOTE, KEPT = 4000, 12


def add_note(engine: Engine, user, key: str, text: str, on_day: date | None = None) -> None:
    """Add a note to the customer ``key`` (``Profile.key``). Raises InputError for an empty or too long one."""
    text = text.strip().replace("\x00", "")
    if not text:
        raise InputError(N_("The note is empty. Write what should be remembered."))
    if len(text) > MOST_NOTE:
        raise InputError(N_("The note has {n} letters; at most {most} are kept."), n=len(text), most=MOST_NOTE)
    with engine.begin() as connection:
        connection.execute(insert(appdb.note).values(customer_key=key, text=text, on_day=on_day, user_id=user.id, user_name=getattr(user, "full_name", user.name)))
        appdb.write_audit(connection, user, "note.add", {"customer": key, "letters": len(text)})


def notes_state(engine: Engine, key: str) -> tuple[int, int]:
    """Changes when the notes of a customer do."""
    n = appdb.note.c
    with engine.connect() as connection:
        return tuple(connection.execute(select(func.count(), func.coalesce(func.max(n.id), 0)).where(n.customer_key == key)).one())  # type: ignore[return-value]


def opened(engine: Engine, user, customer_id: int) -> None:
    """Remember that ``user`` opened a customer."""
    if user.id is None:
        return
    table, when = appdb.recent_customer, appdb.now()
    mine = (table.c.user_id == user.id) & (table.c.customer_id == customer_id)
    with engine.begin() as connection:
        if not connection.execute(update(table).where(mine).values(opened_at=when)).rowcount:
            connection.execute(insert(table).values(user_id=user.id, customer_id=customer_id, opened_at=when))
            kept = select(table.c.id).where(table.c.user_id == user.id).order_by(table.c.opened_at.desc()).limit(KEPT)
            ids = list(connection.execute(kept).scalars())
            connection.execute(delete(table).where(table.c.user_id == user.id, table.c.id.not_in(ids)))


def recently_opened(engine: Engine, user) -> list[int]:
    """Ids of the customers ``user`` opened last, newest first."""
    if user.id is None:
        return []
    table = appdb.recent_customer
    with engine.connect() as connection:
        return list(connection.execute(select(table.c.customer_id).where(table.c.user_id == user.id).order_by(table.c.opened_at.desc()).limit(KEPT)).scalars())
