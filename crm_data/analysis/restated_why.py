"""What happened to documents that count differently: added, removed, changed (and in what), returned, cancelled. Read from both snapshots."""
from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from crm_data.analysis.restated_rows import Document, Key
from crm_data.analysis.review import DataChange, What
from crm_data.cuts.access import Scope
from crm_data.cuts.small_cells import small
from crm_data.model import schema as s

_AT_ONCE, _MOST_COLUMNS = 500, 4
#: What a record has anew in each snapshot, or what only repeats another record.
_NOT_OF_IT = {"id", "source", "source_id", "batch_id", "search_text", "phone_digits", "identity_number", "first_of_order", "first_of_category", "first_of_product", "counted"}
#: Copies of the order that stand in its lines.
_OF_THE_ORDER = {"customer_id", "branch_id", "owner_id", "campaign_id", "channel", "ordered_on", "ordered_hour", "order_id"}

Row = Mapping[str, Any]


def changes_of(documents: Mapping[Key, Document], sides: Mapping[str, Any], *, sums: bool, scope: Scope) -> tuple[DataChange, ...]:
    """The documents in groups of one table and one kind of change, those of the largest effect first. ``sums``: whether effects add up."""
    rows = {name: _rows(warehouse, _wanted(documents)) for name, warehouse in sides.items()}
    groups: dict[tuple[str, What], list[tuple[Document, tuple[str, ...]]]] = defaultdict(list)
    for key, document in documents.items():
        table, what, columns = _told(key, document, rows["then"], rows["now"])
        groups[table, what].append((document, columns))
    found = [_change(table, what, group, sums, scope) for (table, what), group in groups.items()]
    if any(one.hidden for one in found):
        # What the others leave of the difference would tell the hidden one.
        found = [replace(one, amount=None) for one in found]
    return tuple(sorted(found, key=lambda c: (-abs(c.amount or 0), -c.count, c.table, c.what)))


def _wanted(documents: Mapping[Key, Document]) -> set[Key]:
    return {*documents, *(key for one in documents.values() for key in (*one.records, *one.customers))}


def _change(table: str, what: What, group: Sequence[tuple[Document, tuple[str, ...]]], sums: bool, scope: Scope) -> DataChange:
    people = {c for one, _ in group for c in one.customers}
    if not scope.personal and small(len(people)):
        return DataChange(table, what, 0, hidden=True)
    days = sorted(day for one, _ in group for day in one.days)
    columns = Counter(name for _, names in group for name in names)
    return DataChange(table, what, len(group), sum((one.now - one.then for one, _ in group), Decimal(0)) if sums else None, days[0] if days else None,
                      days[-1] if days else None, columns=tuple(name for name, _ in columns.most_common(_MOST_COLUMNS)), customers=len(people))


def _told(key: Key, document: Document, then: Mapping[Key, Row], now: Mapping[Key, Row]) -> tuple[str, What, tuple[str, ...]]:
    """(table, what happened, columns that changed) of one document."""
    old, new = then.get(key), now.get(key)
    if old is None or new is None:
        return key[0], "added" if old is None else "removed", ()
    if key[0] == "sales_order" and old["status"] != new["status"] and new["status"] in ("returned", "cancelled"):
        return key[0], new["status"], ("status",)
    columns = _columns(old, new)
    for line in sorted(document.records - {key}):
        before, after = then.get(line), now.get(line)
        if before is None and after is not None and (after["net_base"] or 0) < 0:
            return key[0], "returned", ()
        columns += [c for c in _columns(before, after) if c not in _OF_THE_ORDER] if before and after else ["lines"]
    if columns:
        return key[0], "changed", tuple(dict.fromkeys(columns))
    # Nothing in the record itself: its customer is another one than it was, or its price is.
    whose = [name for c in sorted(document.customers) if c in then and c in now for name in _columns(then[c], now[c])]
    if whose:
        return "customer", "changed", tuple(dict.fromkeys(whose))
    return "cost_rate" if document.priced else key[0], "changed", ()


def _columns(old: Row, new: Row) -> list[str]:
    """Columns that differ. References are compared only where ids mean the same on both sides."""
    same_ids = old["id"] == new["id"]
    return [name for name in old if name not in _NOT_OF_IT and old[name] != new[name] and (same_ids or not name.endswith("_id"))]


def _rows(warehouse, keys: Iterable[Key]) -> dict[Key, Row]:
    """The records of these keys as they stand in a snapshot."""
    wanted: dict[tuple[str, str], list[str]] = defaultdict(list)
    for table, source, source_id in keys:
        wanted[table, source].append(source_id)
    found: dict[Key, Row] = {}
    with warehouse.engine.connect() as connection:
        for (table, source), ids in wanted.items():
            t = s.TABLES[table]
            for at in range(0, len(ids), _AT_ONCE):
                query = select(t).where(t.c.source == source, t.c.source_id.in_(ids[at:at + _AT_ONCE]))
                found.update({(table, source, r["source_id"]): r for r in connection.execute(query).mappings()})
    return found
