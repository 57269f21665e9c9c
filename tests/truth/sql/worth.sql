-- Gross profit less cost to serve; no sales is a gross profit of 0, unknown cost of goods leaves it unknown.
WITH rated AS (SELECT *, coalesce(valid_to, DATE '9999-12-31') AS until FROM cost_rate),
activity AS (
    SELECT i.customer_id, i.branch_id, i.started_on AS day, 'contact_' || i.channel AS driver, CAST(1 AS DECIMAL(18, 4)) AS n FROM interaction i
    UNION ALL SELECT i.customer_id, i.branch_id, i.started_on, 'minute_' || i.channel, i.duration_minutes FROM interaction i
    UNION ALL SELECT customer_id, branch_id, opened_on, 'complaint', 1 FROM complaint
    UNION ALL SELECT customer_id, branch_id, ordered_on, 'order', 1 FROM sales_order WHERE status <> 'cancelled'
    UNION ALL SELECT customer_id, branch_id, ordered_on, 'return', 1 FROM sales_order WHERE status = 'returned'
    UNION ALL SELECT customer_id, branch_id, delivered_on, 'delivery', 1 FROM sales_order WHERE status <> 'cancelled' AND delivered_on IS NOT NULL
    UNION ALL SELECT v.customer_id, v.branch_id, a.allocated_on, 'late_day', date_diff('day', v.due_on, a.allocated_on)
              FROM invoice v JOIN payment_allocation a ON a.invoice_id = v.id
              WHERE v.cancelled IS NOT TRUE AND a.allocated_on > v.due_on),
profit AS (
    SELECT p.first, {member} AS member, count(*) AS lines, sum(l.net_base) - sum(l.cost_base) AS value
    FROM period p
    JOIN sales_order o ON o.ordered_on BETWEEN p.first AND p.last
    JOIN order_line l ON l.order_id = o.id
    LEFT JOIN customer c ON c.id = o.customer_id
    LEFT JOIN customer_type type ON type.id = c.customer_type_id
    LEFT JOIN branch ON branch.id = o.branch_id
    WHERE o.status NOT IN ('cancelled', 'returned')
    GROUP BY ALL),
served AS (
    SELECT p.first, {member} AS member, coalesce(sum(a.n * r.rate_base), 0) AS value
    FROM period p
    JOIN activity a ON a.day BETWEEN p.first AND p.last
    LEFT JOIN rated r ON r.driver = a.driver AND a.day BETWEEN r.valid_from AND r.until
    LEFT JOIN customer c ON c.id = a.customer_id
    LEFT JOIN customer_type type ON type.id = c.customer_type_id
    LEFT JOIN branch ON branch.id = a.branch_id
    GROUP BY ALL)
SELECT coalesce(profit.first, served.first) AS first, coalesce(profit.member, served.member) AS member,
    CASE WHEN profit.lines IS NULL THEN 0 ELSE profit.value END - coalesce(served.value, 0) AS value
FROM profit FULL JOIN served ON served.first = profit.first AND served.member IS NOT DISTINCT FROM profit.member
