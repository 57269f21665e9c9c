"""A company with those below it: whose records one story holds, and the people one may ask for by name. Within the viewer's scope."""
from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from crm_data.analysis.customers import visible
from crm_data.cuts.access import Scope
from crm_data.model import dialects
from crm_data.model import schema as s

#: Levels below a company that are followed; deeper ones are taken for a mistake of the data.
DEEPEST, MOST = 12, 2000


@dataclass(frozen=True)
class Member:
    """A company below another; ``key`` as ``Profile.key``, ``level`` 1 for those right below."""

    id: int
    name: str
    key: str
    level: int


@dataclass(frozen=True)
class Person:
    """Somebody inside a company (``contact``); ``of``: the company, "" for the one the story is about."""

    id: int
    name: str
    title: str | None
    of: str = ""


def members(connection, scope: Scope, customer_id: int) -> tuple[Member, ...]:
    """Everybody below the customer whom the viewer may see, nearest first; below one that may not be seen nobody is looked for.

    Two companies that stand above each other are told once.
    """
    c = s.customer.c
    found: list[Member] = []
    seen, level = {customer_id}, [customer_id]
    for depth in range(1, DEEPEST + 1):
        rows = connection.execute(select(c.id, c.name, c.source, c.source_id).where(c.parent_id.in_(level), *visible(scope)).order_by(
            dialects.in_code_order(c.name), c.id)).all()
        new = [r for r in rows if r.id not in seen][:MOST - len(found)]
        found += [Member(r.id, r.name, f"{r.source}:{r.source_id}", depth) for r in new]
        level = [r.id for r in new]
        seen.update(level)
        if not level:
            break
    return tuple(found)


def people(connection, ids: dict[int, str]) -> tuple[Person, ...]:
    """The contacts of these customers (id -> what to call it), already known to be within the scope; by name."""
    t = s.contact.c
    rows = connection.execute(select(t.id, t.name, t.title, t.customer_id).where(t.customer_id.in_(list(ids))).order_by(func.lower(t.name), t.id).limit(500))
    return tuple(Person(r.id, r.name, r.title, ids[r.customer_id]) for r in rows)


def keys_of(warehouse, scope: Scope, customer_id: int) -> tuple[str, ...]:
    """Keys of those below the customer (``Member.key``): what notes, tasks and decisions of the whole are written under."""
    with warehouse.engine.connect() as connection:
        return tuple(m.key for m in members(connection, scope, customer_id))
