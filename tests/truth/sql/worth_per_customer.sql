-- Worth / customers with business.
WITH business AS (
    SELECT customer_id, branch_id, ordered_on AS day FROM sales_order WHERE status NOT IN ('cancelled', 'returned')
    UNION ALL SELECT customer_id, branch_id, started_on FROM interaction
    UNION ALL SELECT customer_id, branch_id, opened_on FROM opportunity
    UNION ALL SELECT customer_id, branch_id, closed_on FROM opportunity WHERE outcome IN ('won', 'lost')
    UNION ALL SELECT customer_id, branch_id, sent_on FROM quote
    UNION ALL SELECT customer_id, branch_id, issued_on FROM invoice WHERE cancelled IS NOT TRUE
    UNION ALL SELECT customer_id, branch_id, paid_on FROM payment
    UNION ALL SELECT customer_id, branch_id, opened_on FROM complaint),
rated AS (SELECT *, coalesce(valid_to, DATE '9999-12-31') AS until FROM cost_rate),
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
n AS (
    SELECT p.first, {member} AS member, count(DISTINCT b.customer_id) AS value
    FROM period p
    JOIN business b ON b.day BETWEEN p.first AND p.last
    JOIN customer c ON c.id = b.customer_id AND c.relation IN ('customer', 'former')
    LEFT JOIN customer_type type ON type.id = c.customer_type_id
    LEFT JOIN branch ON branch.id = b.branch_id
    GROUP BY ALL),
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
SELECT n.first, n.member,
    CAST(CASE WHEN profit.lines IS NULL THEN 0 ELSE profit.value END - coalesce(served.value, 0) AS DOUBLE) / n.value AS value
FROM n LEFT JOIN profit ON profit.first = n.first AND profit.member IS NOT DISTINCT FROM n.member
LEFT JOIN served ON served.first = n.first AND served.member IS NOT DISTINCT FROM n.member
