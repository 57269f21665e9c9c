"""A small warehouse with one customer of very many events, and one with few to open before it."""
from __future__ import annotations

from pathlib import Path

import duckdb

FEW, MANY = 1, 2
#: Of seven events: three contacts, an order, its invoice and payment, and every other time a complaint; over twelve years.
_ROWS = """
INSERT INTO branch BY NAME SELECT 1 AS id, 'Haifa' AS name, 'branch' AS kind;
INSERT INTO staff BY NAME SELECT range AS id, 'Person ' || range AS name, 1 AS branch_id FROM range(1, 4);
INSERT INTO customer BY NAME SELECT * FROM (VALUES (1, 'C-1', 'Few Ltd', 'company', 'customer', 1, 1, DATE '2014-01-01'),
  (2, 'C-2', 'Many Ltd', 'company', 'customer', 1, 2, DATE '2014-01-01')) AS v(id, number, name, party, relation, branch_id, owner_id, customer_since);
INSERT INTO product BY NAME SELECT range AS id, 'Product ' || range AS name FROM range(1, 9);
CREATE TEMP TABLE turn AS SELECT range AS n, CASE WHEN range <= 3 THEN 1 ELSE 2 END AS customer, DATE '2026-06-30' - CAST(range * 4380 // ({turns} + 3) AS INTEGER) AS on_day FROM range(1, {turns} + 4);
INSERT INTO interaction BY NAME SELECT 3 * n + k AS id, customer AS customer_id, (['phone', 'email', 'visit'])[k + 1] AS channel, on_day - CAST(k AS INTEGER) AS started_on,
  'About order ' || n || ', question ' || k AS subject, 5 + n % 30 AS duration_minutes, 'resolved' AS outcome, 1 AS branch_id, 1 + n % 3 AS owner_id FROM turn, range(0, 3) AS r(k);
INSERT INTO sales_order BY NAME SELECT n AS id, 'O-' || n AS number, customer AS customer_id, 'delivered' AS status, on_day AS ordered_on, 'ILS' AS currency, 1 AS branch_id FROM turn;
INSERT INTO order_line BY NAME SELECT 2 * n + k AS id, n AS order_id, 1 + (n + k) % 8 AS product_id, 2 AS quantity, 100 + n % 40 AS net, 100 + n % 40 AS net_base, 60 AS cost_base FROM turn, range(0, 2) AS r(k);
INSERT INTO invoice BY NAME SELECT n AS id, 'I-' || n AS number, customer AS customer_id, n AS order_id, 2 * (100 + n % 40) AS amount, 'ILS' AS currency, 2 * (100 + n % 40) AS amount_base, on_day AS issued_on,
  on_day + 30 AS due_on, 1 AS branch_id FROM turn;
INSERT INTO payment BY NAME SELECT n AS id, customer AS customer_id, 2 * (100 + n % 40) AS amount, 'ILS' AS currency, 2 * (100 + n % 40) AS amount_base, on_day + CAST(20 + n % 20 AS INTEGER) AS paid_on,
  'transfer' AS method FROM turn WHERE on_day < DATE '2026-05-15';
INSERT INTO payment_allocation BY NAME SELECT id, id AS payment_id, id AS invoice_id, amount_base, paid_on AS allocated_on FROM payment;
INSERT INTO complaint BY NAME SELECT n AS id, customer AS customer_id, on_day AS opened_on, on_day + INTERVAL 9 HOUR AS opened_at, on_day + INTERVAL 15 HOUR AS first_response_at, on_day + 3 AS resolved_on,
  'delivery' AS topic, 'low' AS severity, 1 AS branch_id FROM turn WHERE n % 6 = 0;
"""
#: Events of six turns: 36, and the complaint's three.
_OF_SIX = 39


def made(folder: Path, events: int) -> str:
    """Publish the warehouse in ``folder``; the second customer has about ``events`` events. Its URL."""
    from datetime import date

    from crm_data.model.snapshots import create_tables, open_store

    path = folder / "staging.duckdb"
    con = duckdb.connect(str(path))
    create_tables(con)
    con.execute(_ROWS.replace("{turns}", str(6 * events // _OF_SIX)))
    for (name,) in con.execute("SELECT table_name FROM duckdb_tables() WHERE NOT temporary").fetchall():
        con.execute(f"""UPDATE "{name}" SET source = 'bench', source_id = '{name}-' || id, batch_id = 1""")
    con.close()
    url = f"duckdb:///{folder / 'warehouse'}"
    store = open_store(url)
    store.publish(path, currency="ILS", sources=("bench",), note="one long story", as_of=date(2026, 6, 30))
    return url
