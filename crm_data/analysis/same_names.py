"""Members of one name: which they are, and how each is called so that none is taken for another.

Where two people are called Anna, targets call them "Anna (#1)" and "Anna (#7)", as answers do; a name only one bears stays
as it is. An answer tells apart only those in it: a period in which one of them alone sold says "Anna". So members are called
by their ids here, whichever of them an answer holds.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd
from sqlalchemy import func, select

from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.dimensions import DIMENSIONS
from crm_data.cuts.rows import ENTITIES

#: Dimensions whose members are told apart by id though targets call them by name.
KEYED = tuple(name for name, d in DIMENSIONS.items() if d.keyed and name != "customer")


def told_apart(warehouse, dimension: str) -> Mapping[int, str]:
    """What each member is called whose name others bear too, by id; empty where all names differ."""
    if dimension not in KEYED:
        return {}
    return ANSWERS.get(("told_apart", warehouse.key, dimension), lambda: _told_apart(warehouse, dimension))


def _told_apart(warehouse, dimension: str) -> dict[int, str]:
    d = DIMENSIONS[dimension]
    table = ENTITIES[d.entity][0]
    column = table.c[d.column]
    several = select(column).group_by(column).having(func.count() > 1)
    with warehouse.engine.connect() as connection:
        return {i: f"{name} (#{i})" for i, name in connection.execute(select(table.c.id, column).where(column.in_(several)))}


def names_meant(warehouse, dimension: str, values: Iterable[str]) -> frozenset[str]:
    """What targets call the members that filter values mean: "#7" is the member of that id, everything else stands for itself."""
    found, ids = set(values), [int(v[1:]) for v in values if v[:1] == "#" and v[1:].isdecimal()]
    if ids and dimension in KEYED:
        table, column = ENTITIES[DIMENSIONS[dimension].entity][0], DIMENSIONS[dimension].column
        apart = told_apart(warehouse, dimension)
        with warehouse.engine.connect() as connection:
            found |= {apart.get(i, name) for i, name in connection.execute(select(table.c.id, table.c[column]).where(table.c.id.in_(ids)))}
    return frozenset(found)


def members_in(rows: pd.DataFrame, dimension: str, warehouse) -> list[str]:
    """What the member of each row of an answer is called: customers by id, "" where none is named and for the firm (``dimension`` "")."""
    if not dimension:
        return [""] * len(rows)
    names = ["" if pd.isna(value) else str(value) for value in rows["customer_id" if dimension == "customer" else dimension]]
    apart = told_apart(warehouse, dimension)
    if not apart:
        return names
    return [name if pd.isna(i) else apart.get(int(i), name) for name, i in zip(names, rows[f"{dimension}_id"], strict=True)]
