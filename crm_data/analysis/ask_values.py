"""Values of a dimension for the vocabulary of questions: without counting them, so that many millions of rows do not delay a question."""
from __future__ import annotations

from sqlalchemy import select

from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.conditions import CLASSES
from crm_data.cuts.facts import FACTS
from crm_data.cuts.values import values_of
from crm_data.errors import MabatError
from crm_data.model import schema as s

MOST = 2000
_NAMED = {"product": s.product.c.name, "product_category": s.product_category.c.name}
_DAYS = tuple(str(n) for n in range(1, 8))


def values(dimension: str, warehouse, scope: Scope) -> list[str]:
    """Known members a viewer may see, as they stand in a Filter; empty for what the viewer may not divide by.

    Names of products are not restricted; fields of records are read as they stand when the viewer sees all records.
    """
    if dimension in CLASSES:
        return list(CLASSES[dimension])
    if dimension == "weekday":
        return list(_DAYS)
    columns = [_NAMED[dimension]] if dimension in _NAMED else []
    if scope.branches is None and scope.owners is None:
        own = (f.own[dimension] for f in FACTS.values() if dimension in f.own and f.table.name in s.metadata.tables)
        columns += list({id(c): c for c in own}.values())
    if columns:
        with warehouse.engine.connect() as connection:
            return sorted({str(v) for c in columns for (v,) in connection.execute(select(c).where(c.is_not(None)).distinct().limit(MOST))})
    try:
        catalog_for(warehouse).dimension(dimension)
        return [v.value for v in values_of(dimension, warehouse, scope=scope, limit=MOST) if v.value is not None]
    except MabatError:
        return []
