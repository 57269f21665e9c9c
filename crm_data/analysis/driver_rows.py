"""The units drivers are looked for in: what each customer brought before and now, and to which members it belongs.

Numbers come as arrays, not as Python objects: 200,000 customers are read in a fraction of a second.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from sqlalchemy import Double, Select, cast, func, literal_column, select, union_all

from crm_data.analysis import bridge_rows
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import Catalog
from crm_data.cuts.cut import Cut
from crm_data.cuts.facts import FACTS
from crm_data.cuts.periods import Period
from crm_data.cuts.query import EARLIEST
from crm_data.cuts.rows import FactRows

Terms = bridge_rows.Terms


@dataclass(frozen=True)
class Units:
    """One entry a unit: the customer's id, its cell, and the value before and now. ``members``: (label, key) of each cell."""

    ids: np.ndarray
    codes: np.ndarray
    now: np.ndarray
    before: np.ndarray
    members: tuple[tuple[object, object], ...] = ()


def read(connection, query: Select) -> pd.DataFrame:
    """The rows of a query, by columns where the database can give them so."""
    result = connection.execute(query)
    cursor = getattr(result, "cursor", None)
    if connection.dialect.name == "duckdb" and hasattr(cursor, "fetch_arrow_table"):
        return cursor.fetch_arrow_table().to_pandas()
    return pd.DataFrame(result.all(), columns=list(result.keys()))


def units(connection, sides: Sequence[Terms], cut: Cut, now: Period, before: Period, scope: Scope, catalog: Catalog,
          dimension: str = "", one_of: int = 1) -> list[Units]:
    """For each of ``sides`` (one signed sum, or those over and under a line) the same units: by customer, or by customer and
    member of ``dimension``. Records of no customer are left out."""
    by = (dimension,) if dimension else ()
    key = f"{dimension}_id" if dimension and catalog.dimension(dimension).keyed else dimension
    names = [f"{when}_{i}" for i in range(len(sides)) for when in ("now", "before")]
    zero, stacked = cast(literal_column("0"), Double), []
    for i, side in enumerate(sides):
        for when, period in (("now", now), ("before", before)):
            for part, sign in side:
                q = bridge_rows.sums(part, cut, period, scope, catalog, by, one_of).subquery()
                value = cast(func.coalesce(q.c.value, literal_column("0")), Double) * literal_column(f"{sign}.0")
                member = [q.c[key].label("member")] if by else []
                stacked.append(select(q.c.id, *member, *((value if n == f"{when}_{i}" else zero).label(n) for n in names)).where(q.c.id.is_not(None)))
    rows = union_all(*stacked).subquery("rows")
    group = [rows.c.id, *([rows.c.member] if by else [])]
    frame = read(connection, select(*group, *(func.sum(rows.c[n]).label(n) for n in names)).group_by(*group))
    values = {n: frame[n].to_numpy(float) for n in names}
    active = np.any([v != 0 for v in values.values()], axis=0)
    codes, found = pd.factorize(frame["member"][active], use_na_sentinel=False) if by else (np.zeros(int(active.sum()), int), [])
    members = tuple((None, None) if m is None or m != m else (m, m) for m in found)
    ids = frame["id"].to_numpy(dtype=np.int64)[active]
    return [Units(ids, np.asarray(codes), values[f"now_{i}"][active], values[f"before_{i}"][active], members) for i in range(len(sides))]


def labels(connection, dimensions: Sequence[str], day: Period, scope: Scope, catalog: Catalog, one_of: int = 1) -> pd.DataFrame:
    """One row a customer: ``id`` and its member of each dimension that says who a customer is. Rights are not asked here: only
    customers the viewer sees in the numbers are ever looked up."""
    cut = Cut(("_parties",), tuple(dimensions), Period(EARLIEST, day.last))
    rows = FactRows(FACTS["parties"], cut, replace(scope, branches=None, owners=None), catalog)
    columns = [rows.column(catalog.dimension(d)).label(d) for d in dimensions]
    key = FACTS["parties"].id
    some = [key % literal_column(str(one_of)) == literal_column("0")] if one_of > 1 else []
    return read(connection, select(key.label("id"), *columns).select_from(rows.source).where(*some, *rows.where))
