"""The paper firm in rials twice: as it is, and with every amount ten times as large. The second told in tomans must read as the first told in rials."""
from __future__ import annotations

from pathlib import Path

import duckdb

from crm_data.cuts.measures import MEASURES
from crm_data.model.schema import TABLES, Money
from crm_data.model.snapshots import open_store
from tests.truth import tiny

TIMES = 10
#: Numbers of four decimals that are no amounts.
_COUNTED = {("order_line", "quantity"), ("target_import", "value")}


def publish(folder: Path, times: int) -> str:
    """URL of a store with the firm, its amounts ``times`` as large, in rials."""
    path, url = tiny.build(folder / f"staging_{times}.duckdb"), f"duckdb:///{folder / f'warehouse_{times}'}"
    grow(path, times)
    open_store(url).publish(path, currency="IRR", sources=["truth"], as_of=tiny.TODAY)
    return url


def grow(path: Path, times: int) -> None:
    """Multiply every amount of a staging file; documents in the firm's own currency are in rials, those in others keep their own amounts."""
    money = [m.name for m in MEASURES.values() if m.unit == "money"]
    with duckdb.connect(str(path)) as con:
        for name, table in TABLES.items():
            if "currency" in table.c and name != "currency_rate":
                con.execute(f"UPDATE {name} SET currency = 'IRR' WHERE currency = 'ILS'")
        for name, table in TABLES.items():
            amounts = [c.name for c in table.c if c.type is Money and (name, c.name) not in _COUNTED]
            # What a document says in another currency stays: it is told as it stands.
            own = [c for c in amounts if not c.endswith("_base") and name != "product"]
            here = {"order_line": "(SELECT currency FROM sales_order o WHERE o.id = order_id)"}.get(name, "currency")
            if amounts:
                con.execute(f"UPDATE {name} SET " + ", ".join(f"{c} = {c} * " + (f"CASE WHEN {here} = 'IRR' THEN {times} ELSE 1 END" if c in own else str(times)) for c in amounts))
        con.execute(f"UPDATE target_import SET value = value * {times} WHERE measure IN ({', '.join('?' * len(money))})", money)
