"""The truth database with changes of a test's own: a company tree over three branches, or one customer with thousands of events."""
from __future__ import annotations

from pathlib import Path

import duckdb

from crm_data.model.snapshots import open_store
from tests.truth import tiny

#: Carmel Ltd (3, Eilat) > Carmel North (4, Eilat) > Émile (6, Paris) > Dov (5, nowhere); Carmel Ltd > Zebra (12, Paris);
#: Jaffa Foods (11, Eilat) and Farid (7, Eilat) stand above each other. Payment 5 of Carmel North was taken in Haifa.
TREE = ("UPDATE customer SET parent_id = 4 WHERE id = 6", "UPDATE customer SET parent_id = 6, branch_id = 3 WHERE id = 5", "UPDATE customer SET parent_id = 3 WHERE id = 12",
        "UPDATE customer SET parent_id = 7 WHERE id = 11", "UPDATE customer SET parent_id = 11 WHERE id = 7",
        "UPDATE payment SET branch_id = 2 WHERE id = 5")


def publish_changed(folder: Path, statements: tuple[str, ...], url: str = ""):
    """The truth database after ``statements``; returns its Warehouse."""
    staging = tiny.build(folder / "staging.duckdb")
    with duckdb.connect(str(staging)) as con:
        for statement in statements:
            con.execute(statement)
    store = open_store(url or f"duckdb:///{folder / 'warehouse'}")
    store.publish(staging, currency="ILS", sources=["truth"], as_of=tiny.TODAY)
    return store.warehouse()


def busy(orders: int, contacts: int) -> tuple[str, ...]:
    """Statements that give Jaffa Foods (11) so many more orders of two lines, each billed and paid, and so many contacts more."""
    row = "'truth', 'busy-' || i, 1"
    return (
        f"""INSERT INTO sales_order (id, customer_id, owner_id, branch_id, number, channel, status, currency, ordered_on, ordered_hour, delivered_on, promised_on, source, source_id, batch_id)
            SELECT 100000 + i, 11, 2, 3, 'B-' || i, 'web', 'delivered', 'ILS', DATE '2026-11-19' - CAST(i // 2 AS INTEGER), 10, DATE '2026-11-20' - CAST(i // 2 AS INTEGER), NULL, {row}
            FROM range({orders}) AS r(i)""",
        *(f"""INSERT INTO order_line (id, order_id, product_id, quantity, unit_price, list_price, discount, net, unit_cost_base, net_base, discount_base, cost_base, source, source_id, batch_id)
            SELECT 1000000 + i * 2 + {k}, 100000 + i, {1 + k}, 2, 100, 100, 0, 200, 30, 200, 0, 60, 'truth', 'busy-{k}-' || i, 1 FROM range({orders}) AS r(i)""" for k in (0, 1)),
        f"""INSERT INTO invoice (id, customer_id, order_id, branch_id, owner_id, number, amount, currency, amount_base, issued_on, due_on, cancelled, source, source_id, batch_id)
            SELECT 100000 + i, 11, 100000 + i, 3, 2, 'BI-' || i, 400, 'ILS', 400, DATE '2026-11-19' - CAST(i // 2 AS INTEGER), DATE '2026-11-20', false, {row} FROM range({orders}) AS r(i)""",
        f"""INSERT INTO payment (id, customer_id, branch_id, owner_id, amount, currency, amount_base, paid_on, method, source, source_id, batch_id)
            SELECT 100000 + i, 11, 3, 2, 400, 'ILS', 400, DATE '2026-11-20' - CAST(i // 2 AS INTEGER), 'card', {row} FROM range({orders}) AS r(i)""",
        f"""INSERT INTO payment_allocation (id, payment_id, invoice_id, amount_base, allocated_on, source, source_id, batch_id)
            SELECT 100000 + i, 100000 + i, 100000 + i, 400, DATE '2026-11-20' - CAST(i // 2 AS INTEGER), {row} FROM range({orders}) AS r(i)""",
        f"""INSERT INTO interaction (id, customer_id, owner_id, branch_id, channel, direction, initiated_by, topic, subject, started_on, started_hour, duration_minutes, outcome,
                source, source_id, batch_id)
            SELECT 100000 + i, 11, 2, 3, 'phone', 'in', 'customer', 'Product', 'Question ' || i, DATE '2026-11-20' - CAST(i // 2 AS INTEGER), 9, 5, 'answered', {row}
            FROM range({contacts}) AS r(i)""")
