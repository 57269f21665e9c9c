"""A small staging database to publish: 4 customers, 6 orders, 12 lines and a few of everything that is checked."""
from __future__ import annotations

import threading
from pathlib import Path

import duckdb

from crm_data.model.snapshots import create_tables

_ROWS = """
INSERT INTO branch BY NAME SELECT range AS id, 'Branch ' || range AS name, 'branch' AS kind FROM range(1, 3);
INSERT INTO staff BY NAME SELECT range AS id, 'Person ' || range AS name, 1 AS branch_id FROM range(1, 4);
INSERT INTO customer BY NAME SELECT * FROM (VALUES
  (1, 'C-1', 'David Cohen', 'דוד כהן', 'person', 'customer', 1, 1, 'Israel', '054-123 4567', 'David@Example.com'),
  (2, 'C-2', 'Álvaro Müller', NULL, 'person', 'customer', 2, 2, 'Germany', NULL, NULL),
  (3, 'C-3', 'Zahra Karimi', 'زهرا کریمی', 'person', 'lead', 1, 3, 'Iran', '0912 345 6789', NULL),
  (4, 'C-4', 'Acme, "Ltd"', '', 'company', 'customer', 2, 1, NULL, NULL, NULL))
  AS v(id, number, name, name_local, party, relation, branch_id, owner_id, country, phone, email);
INSERT INTO customer_attribute BY NAME SELECT * FROM (VALUES (1, 1, 'club', 'gold'), (2, 2, 'club', 'silver'), (3, 1, 'size', 'XL'))
  AS v(id, customer_id, key, value);
INSERT INTO product BY NAME SELECT range AS id, 'Product ' || range AS name FROM range(1, 4);
INSERT INTO sales_order BY NAME SELECT range AS id, 1 + range % 2 AS customer_id, CASE WHEN range = 6 THEN 'cancelled' ELSE 'delivered' END
  AS status, DATE '2026-06-30' - CAST(range AS INTEGER) AS ordered_on, 'ILS' AS currency FROM range(1, 7);
INSERT INTO order_line BY NAME SELECT range AS id, 1 + range % 6 AS order_id, 1 + range % 3 AS product_id, 2 AS quantity,
  10.25 AS net, 10.25 AS net_base, 4.1 AS cost_base FROM range(1, 13);
INSERT INTO order_credit BY NAME SELECT range AS id, 1 AS order_id, range AS staff_id, 0.333333 AS share FROM range(1, 4);
INSERT INTO interaction BY NAME SELECT range AS id, 1 + range % 4 AS customer_id, 'phone' AS channel, DATE '2026-07-01' AS started_on,
  TIMESTAMP '2026-07-01 08:30:00.125' AS started_at, 'two' || chr(10) || 'lines; "quoted", and ''' AS subject,
  CASE WHEN range = 1 THEN 2 END AS branch_id FROM range(1, 6);
INSERT INTO cost_rate BY NAME SELECT * FROM (VALUES (1, 'order', 5, DATE '2025-01-01', DATE '2025-12-31'), (2, 'order', 6, DATE '2026-01-01', NULL))
  AS v(id, driver, rate_base, valid_from, valid_to);
"""


def build(path: Path, *changes: str) -> Path:
    """Write the staging file; ``changes`` are statements run at the end, e.g. to break something."""
    con = duckdb.connect(str(path))
    create_tables(con)
    con.execute(_ROWS)
    for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall():
        con.execute(f"""UPDATE "{name}" SET source = 'test', source_id = '{name}-' || id, batch_id = 1""")
    for change in changes:
        con.execute(change)
    con.close()
    return path


def change(path: Path, *statements: str) -> Path:
    """Run statements on a staging file."""
    con = duckdb.connect(str(path))
    for statement in statements:
        con.execute(statement)
    con.close()
    return path


def in_threads(count: int, work) -> list[BaseException]:
    """Run ``work(number)`` in threads; returns what was raised."""
    failed: list[BaseException] = []

    def run(number: int) -> None:
        try:
            work(number)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed
