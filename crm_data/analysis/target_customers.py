"""Single customers as scopes of targets: kept by id, since a row keeps its id for ever; typed and shown by number and name."""
from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import select

from crm_data.analysis.customers import resolve, visible
from crm_data.cuts.access import Scope
from crm_data.model.schema import customer

_PARTED = re.compile(r"[\s,;]+")
MOST_NAMED = 300


def customers_typed(text: str, warehouse, scope: Scope) -> list[str]:
    """The ids of customers typed by number (C-100001, C-100002) or id. Raises InputError or AccessDenied for one nobody knows."""
    return list(dict.fromkeys(str(resolve(warehouse, scope, part)) for part in _PARTED.split(text.strip())[:MOST_NAMED] if part))


def customer_names(ids: Iterable[str], warehouse, scope: Scope) -> dict[str, str]:
    """id -> "name (number)" of the customers the reader may see; nothing for who sees numbers only."""
    wanted = [int(i) for i in ids if i.isascii() and i.isdigit() and len(i) < 19]
    if not wanted or not scope.personal:
        return {}
    c = customer.c
    with warehouse.engine.connect() as connection:
        rows = connection.execute(select(c.id, c.name, c.number).where(c.id.in_(wanted[:MOST_NAMED]), *visible(scope))).all()
    return {str(row.id): f"{row.name} ({row.number})" if row.number else row.name for row in rows}
