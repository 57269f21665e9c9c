"""Members of a dimension with live counts: what a filter offers to choose from."""
from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from crm_data.cuts.access import Scope
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.privacy import small
from crm_data.cuts.query import EARLIEST, Desk
from crm_data.cuts.rows import used_dimensions
from crm_data.cuts.segments import definitions
from crm_data.errors import N_, InputError

#: What members are counted in: the first of these the dimension can cut and that counts anything.
COUNTED = ("_parties", "orders", "contacts", "opportunities", "won", "complaints", "leads", "_activities")


@dataclass(frozen=True)
class Value:
    """A member to choose: ``value`` goes into a Filter (None: unknown, filter ``is_empty``), ``label`` is shown; ``count`` is
    None where it is too small for a role without personal data."""

    value: str | None
    label: str | None
    count: int | None


def values_of(dimension: str, warehouse, *, scope: Scope, search: str = "", limit: int = 200, filters: tuple[Filter, ...] = ()) -> list[Value]:
    """Members of ``dimension``, most frequent first, those containing ``search``; counted under ``filters`` and scope."""
    key = ("values", warehouse.key, scope.key, dimension, search, limit, filters, definitions((dimension, *(f.dimension for f in filters)), warehouse))
    return ANSWERS.get(key, lambda: _values(dimension, warehouse, scope, search, limit, filters))


def _values(dimension: str, warehouse, scope: Scope, search: str, limit: int, filters: tuple[Filter, ...]) -> list[Value]:
    catalog = catalog_for(warehouse)
    d = catalog.dimension(dimension)
    if d.personal and not scope.personal and d.name != "customer":
        raise InputError(N_("“{dimension}” is personal data, which your role does not see."), dimension=dimension)
    narrowed = tuple(f for f in filters if f.dimension != dimension)
    if search and d.kind == "text":
        narrowed = (*narrowed, Filter(dimension, "contains", (search[:100],)))
    with warehouse.engine.connect() as connection:
        desk = Desk(connection, scope, catalog)
        everything = Period(EARLIEST, date.max)
        for measure in COUNTED:
            cut = Cut((measure,), (dimension,), filters=narrowed, limit=limit)
            if not all(catalog.fact_of(p, used_dimensions(cut)) for p in catalog.parts(measure)):
                continue
            found = [r for r in desk.run(replace(cut, period=everything)) if r[measure]]
            if found:
                keyed = f"{dimension}_id" if d.keyed else None
                return [Value(_text(r, dimension, keyed), None if r[dimension] is None else str(r[dimension]), _count(int(r[measure]), scope)) for r in found]
    return []


def _count(number: int, scope: Scope) -> int | None:
    """Fewer records than customers a number must rest on are of fewer customers still."""
    return None if not scope.personal and small(number) else number


def _text(row: dict[str, object], dimension: str, keyed: str | None) -> str | None:
    if row[dimension] is None:
        return None
    return str(row[keyed]) if keyed and dimension == "customer" else str(row[dimension])
