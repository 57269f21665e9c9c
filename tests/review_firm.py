"""The paper firm at two meetings: as of 31 October 2026, and as of 20 November after what came late. The arithmetic stands in test_restated.py."""
from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from crm_data.model.appdb import open_appdb
from crm_data.model.schema import TABLES
from crm_data.model.snapshots import open_store
from tests.truth import tiny

FIRST, SECOND = date(2026, 10, 31), date(2026, 11, 20)
FARID, HIS_ORDERS = 7, (11, 14)
_LATE = (
    # Two late returns: an order undone, and one piece given back.
    "UPDATE sales_order SET status = 'returned' WHERE id = 9",
    "INSERT INTO order_line BY NAME SELECT * REPLACE (23 AS id, '23' AS source_id, -1 AS quantity, -110 AS net, -110 AS net_base, -30 AS cost_base) FROM order_line WHERE id = 11",
    # An order changed: 400 became 450.
    "UPDATE order_line SET net = 450, net_base = 450 WHERE id = 17",
    # An order that was entered late: 75 of Dov on 10 February.
    "INSERT INTO sales_order BY NAME SELECT * REPLACE (21 AS id, '21' AS source_id, 'O-21' AS number, DATE '2026-02-10' AS ordered_on, "
    "TIMESTAMP '2026-02-10 08:00:00' AS ordered_at, DATE '2026-02-10' AS delivered_on) FROM sales_order WHERE id = 8",
    "INSERT INTO order_line BY NAME SELECT * REPLACE (24 AS id, '24' AS source_id, 21 AS order_id, 75 AS net, 75 AS net_base, 0 AS discount, 0 AS discount_base, 20 AS cost_base) FROM order_line WHERE id = 9",
)


def forget_farid(con: duckdb.DuckDBPyConnection) -> None:
    """Delete the customer with all that refers to it."""
    gone: dict[str, set[int]] = {"customer": {FARID}}
    while True:
        before = sum(map(len, gone.values()))
        for table in TABLES.values():
            for column in table.columns:
                ids = gone.get(column.info.get("to", ""), set())
                if ids:
                    found = con.execute(f'SELECT id FROM "{table.name}" WHERE "{column.name}" IN ({", ".join(map(str, ids))})').fetchall()
                    gone.setdefault(table.name, set()).update(i for (i,) in found)
        if sum(map(len, gone.values())) == before:
            break
    for table, ids in gone.items():
        if ids:
            con.execute(f'DELETE FROM "{table}" WHERE id IN ({", ".join(map(str, ids))})')


@pytest.fixture(scope="session")
def two_url(tmp_path_factory) -> str:
    """A store with both snapshots; the second is published."""
    folder = tmp_path_factory.mktemp("meetings")
    url = f"duckdb:///{folder / 'warehouse'}"
    publish_two(url, folder)
    return url


def publish_two(url: str, folder: Path) -> tuple[str, str]:
    """Publish both snapshots; returns their names."""
    store = open_store(url)
    first = store.publish(tiny.build(folder / "first.duckdb"), currency="ILS", sources=["truth"], as_of=FIRST)
    second = store.checkout(folder / "second.duckdb")
    assert second is not None
    with duckdb.connect(str(folder / "second.duckdb")) as con:
        for statement in _LATE:
            con.execute(statement)
        forget_farid(con)
    return first.name, store.publish(folder / "second.duckdb", currency="ILS", sources=["truth"], as_of=SECOND).name


@pytest.fixture(scope="session")
def two(two_url):
    """(warehouse of the first meeting, warehouse of the second)."""
    store = open_store(two_url)
    newest, oldest = store.names()
    return store.warehouse(oldest), store.warehouse(newest)


@pytest.fixture
def engine(tmp_path):
    return open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


@pytest.fixture
def store(two_url):
    return open_store(two_url)
