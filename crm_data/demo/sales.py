"""Orders with their lines, credits, bills and payments: generated set-wise for a range of customers at a time.

Keys are made from the parent's: order = customer x 1000 + k, line = order x 10 + place, so nothing has to be numbered.
Money is DECIMAL throughout; rates have two decimals, so amounts in the reporting currency are exact.
"""
from __future__ import annotations

from datetime import date

import duckdb

from crm_data.demo.dice import put_query
from crm_data.demo.places import MOST_WEIGHT

#: Candidates are thinned by a day's weight; on average this share stays.
_KEPT = 0.82 / MOST_WEIGHT


def make_sales(con: duckdb.DuckDBPyConnection, low: int, high: int, last: date) -> None:
    """Sales of the customers from ``low`` to ``high`` (both included). Leaves ``sold``: one row an order with its total."""
    _draw(con, low, high)
    _lines(con)
    con.execute(f"""CREATE OR REPLACE TEMP TABLE sold AS
        SELECT o.*, t.total, t.total * o.rate AS total_base, drawn = 'delivered' AND t.total * o.rate > 900 AND u(o.id, 'deal') < CASE WHEN is_company THEN 0.16 ELSE 0.05 END AS deal FROM fresh AS o JOIN
            (SELECT order_id, sum(net)::DECIMAL(18, 2) AS total FROM order_line WHERE order_id BETWEEN {low * 1000} AND {high * 1000 + 999} GROUP BY order_id) AS t ON t.order_id = o.id""")
    _orders(con, last)
    _credits(con)
    _bills(con, last)


def _draw(con, low: int, high: int) -> None:
    con.execute(f"""CREATE OR REPLACE TEMP TABLE fresh AS
        WITH tried AS (SELECT cid * 1000 + k AS id, l.*, day_in(cid * 1000 + k, 'order day', start_on, end_on) AS day
            FROM life AS l, LATERAL (SELECT unnest(range(least(999, CAST(floor(orders_a_day * (date_diff('day', start_on, end_on) + 1) / {_KEPT:.5f} + u(cid, 'rest')) AS BIGINT)))) AS k) AS r
            WHERE cid BETWEEN {low} AND {high}),
        kept AS (SELECT t.*, c.utc_offset, c.currency, c.rate, c.month, c.owners FROM tried AS t JOIN cal AS c ON c.branch_id = t.branch_id AND c.day = t.day
            WHERE u(t.id, 'kept') < c.weight / {MOST_WEIGHT})
        SELECT *, CASE WHEN branch_id = 6 THEN 'web' WHEN branch_id = 9 THEN 'partner' WHEN is_company THEN pick(id, 'channel', ['field', 'phone', 'web', 'shop'])
                ELSE pick(id, 'channel', ['shop', 'shop', 'shop', 'web', 'web', 'phone']) END AS channel,
            9 + CAST(floor(11 * (u(id, 'hour') + u(id, 'hour 2')) / 2) AS INTEGER) AS hour, 1 + CAST(floor(u(id, 'delivery') * u(id, 'slow') * 9) AS INTEGER) AS delivery_days,
            CASE WHEN u(id, 'status') < 0.022 THEN 'cancelled' WHEN u(id, 'status') < 0.037 THEN 'returned' ELSE 'delivered' END AS drawn FROM kept""")


def _orders(con, last: date) -> None:
    put_query(con, "sales_order", f"""
        SELECT id, cid AS customer_id, owners[1 + CASE WHEN u(id, 'other seller') < 0.12 THEN CAST(floor(u(id, 'which seller') * 5) AS INTEGER) ELSE seat END] AS owner_id, branch_id,
            (SELECT min(c.id) FROM campaign AS c WHERE day BETWEEN c.starts_on AND c.ends_on AND u(sold.id, 'campaign') < 0.09) AS campaign_id,
            'SO-' || id AS number, channel, CASE WHEN drawn = 'delivered' AND day + delivery_days > DATE '{last}' THEN 'open' ELSE drawn END AS status, currency,
            day + to_hours(hour) + to_minutes(CAST(floor(u(id, 'minute') * 60) AS INTEGER)) - to_minutes(utc_offset) AS ordered_at, day AS ordered_on, hour AS ordered_hour,
            CASE WHEN drawn IN ('delivered', 'returned') AND day + delivery_days <= DATE '{last}' THEN day + delivery_days END AS delivered_on, day + 4 AS promised_on, CASE WHEN deal THEN id END AS opportunity_id
        FROM sold""")


def _lines(con) -> None:
    put_query(con, "order_line", """
        WITH placed AS (SELECT o.*, o.id * 10 + k AS line_id, CAST(floor(u(o.id * 10 + k, 'product') * 2000) AS INTEGER) AS slot
            FROM fresh AS o, LATERAL (SELECT unnest(range(least(8, 1 + CAST(floor(-ln(1 - u(o.id, 'lines')) * (lines - 0.62)) AS BIGINT)))) AS k) AS r),
        chosen AS (SELECT p.*, w.product_id, CASE WHEN w.base_price > 600 THEN greatest(1, floor(sqrt(units) * (0.6 + 0.8 * u(line_id, 'quantity'))))
                ELSE greatest(1, floor(units * (0.4 + 1.5 * u(line_id, 'quantity')))) END::DECIMAL(9, 0) AS quantity
            FROM placed AS p JOIN wheel AS w ON w.slot = p.slot AND w.party = CASE WHEN p.is_company THEN 'company' ELSE 'person' END),
        priced AS (SELECT c.*, p.list_price, p.unit_cost, CASE WHEN type_id = 6 THEN cents(p.list_price * 0.93) ELSE p.list_price::DECIMAL(18, 2) END AS unit_price
            FROM chosen AS c JOIN price AS p ON p.product_id = c.product_id AND p.currency = c.currency AND p.month = c.month),
        reduced AS (SELECT *, CASE WHEN u(line_id, 'discount') < 0.16 THEN cents(quantity * unit_price * pick(line_id, 'off', [0.05, 0.1, 0.1, 0.15, 0.2])) ELSE 0 END AS discount FROM priced),
        returned AS (SELECT * FROM reduced UNION ALL
            SELECT * REPLACE (id * 10 + 9 AS line_id, (-1)::DECIMAL(9, 0) AS quantity, 0::DECIMAL(18, 2) AS discount)
            FROM reduced WHERE line_id = id * 10 AND quantity >= 2 AND drawn = 'delivered' AND u(id, 'gives back') < 0.06)
        SELECT line_id AS id, id AS order_id, product_id, cid AS customer_id, day AS ordered_on, drawn NOT IN ('cancelled', 'returned') AS counted, quantity, unit_price, list_price, discount,
            (quantity * unit_price - discount)::DECIMAL(18, 2) AS net, CASE WHEN u(line_id, 'cost known') < 0.98 THEN unit_cost END AS unit_cost_base,
            (quantity * unit_price - discount)::DECIMAL(18, 2) * rate AS net_base, discount * rate AS discount_base,
            CASE WHEN u(line_id, 'cost known') < 0.98 THEN quantity * unit_cost END AS cost_base FROM returned""")


def _credits(con) -> None:
    """Big orders of firms are credited to two, some to three people; the shares of an order are one."""
    put_query(con, "order_credit", """
        WITH shared AS (SELECT *, CAST(floor(u(id, 'credit seat') * 5) AS INTEGER) AS first_seat FROM sold WHERE is_company AND u(id, 'credit') < 0.07)
        SELECT id * 10 + k AS id, id AS order_id, owners[1 + (first_seat + k) % 5] AS staff_id,
            CASE WHEN u(id, 'three') < 0.2 THEN [0.333334, 0.333333, 0.333333][k + 1] WHEN u(id, 'half') < 0.4 THEN [0.5, 0.5, 0][k + 1] ELSE [0.7, 0.3, 0][k + 1] END::DECIMAL(9, 6) AS share
        FROM shared, range(3) AS r(k) WHERE k < 2 OR u(id, 'three') < 0.2""")


def _bills(con, last: date) -> None:
    con.execute(f"""CREATE OR REPLACE TEMP TABLE bill AS
        SELECT s.*, CASE WHEN is_company AND drawn <> 'cancelled' THEN least(day + delivery_days, DATE '{last}') ELSE day END AS issued_on, drawn IN ('cancelled', 'returned') AS void,
            owners[1 + seat] AS owner_id FROM sold AS s WHERE drawn <> 'cancelled' OR u(id, 'billed anyway') < 0.3""")
    put_query(con, "invoice", """
        SELECT id, cid AS customer_id, id AS order_id, branch_id, owner_id, 'INV-' || id AS number, total AS amount, currency, total_base AS amount_base, issued_on,
            issued_on + payment_days AS due_on, void AS cancelled FROM bill""")
    con.execute(f"""CREATE OR REPLACE TEMP TABLE settled AS
        WITH habit AS (SELECT *, CASE WHEN payment_days = 0 OR (NOT is_company AND u(id, 'at once') < 0.6) THEN issued_on
                ELSE issued_on + greatest(0, CAST(floor(payment_days - 6 + (3 + 22 * reliable * reliable) * -ln(1 - u(id, 'late'))) AS INTEGER)) END AS paid_on,
                u(id, 'in parts') < CASE WHEN is_company THEN 0.1 ELSE 0.02 END AS in_parts FROM bill WHERE NOT void AND u(id, 'never') > CASE WHEN reliable > 0.93 THEN 0.05 ELSE 0.006 END),
        parts AS (SELECT *, CASE WHEN in_parts THEN cents(total * 0.6) ELSE total END AS first_part FROM habit)
        SELECT id * 10 + 1 AS id, id AS invoice_id, first_part AS amount, paid_on, COLUMNS(['cid', 'branch_id', 'owner_id', 'currency', 'rate', 'is_company']) FROM parts WHERE paid_on <= DATE '{last}'
        UNION ALL SELECT id * 10 + 2, id, total - first_part, paid_on + 26, COLUMNS(['cid', 'branch_id', 'owner_id', 'currency', 'rate', 'is_company'])
            FROM parts WHERE in_parts AND paid_on + 26 <= DATE '{last}' AND u(id, 'second part') < 0.85""")
    put_query(con, "payment", """SELECT id, cid AS customer_id, branch_id, owner_id, amount, currency, amount * rate AS amount_base, paid_on,
        CASE WHEN is_company THEN pick(id, 'method', ['transfer', 'transfer', 'transfer', 'check']) ELSE pick(id, 'method', ['card', 'card', 'card', 'cash', 'transfer']) END AS method FROM settled""")
    put_query(con, "payment_allocation", "SELECT id, id AS payment_id, invoice_id, amount * rate AS amount_base, paid_on AS allocated_on FROM settled")
