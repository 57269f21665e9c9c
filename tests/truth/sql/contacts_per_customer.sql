-- Contacts of customers and former customers / customers with business.
WITH business AS (
    SELECT customer_id, branch_id, ordered_on AS day FROM sales_order WHERE status NOT IN ('cancelled', 'returned')
    UNION ALL SELECT customer_id, branch_id, started_on FROM interaction
    UNION ALL SELECT customer_id, branch_id, opened_on FROM opportunity
    UNION ALL SELECT customer_id, branch_id, closed_on FROM opportunity WHERE outcome IN ('won', 'lost')
    UNION ALL SELECT customer_id, branch_id, sent_on FROM quote
    UNION ALL SELECT customer_id, branch_id, issued_on FROM invoice WHERE cancelled IS NOT TRUE
    UNION ALL SELECT customer_id, branch_id, paid_on FROM payment
    UNION ALL SELECT customer_id, branch_id, opened_on FROM complaint),
n AS (
    SELECT p.first, {member} AS member, count(DISTINCT b.customer_id) AS value
    FROM period p
    JOIN business b ON b.day BETWEEN p.first AND p.last
    JOIN customer c ON c.id = b.customer_id AND c.relation IN ('customer', 'former')
    LEFT JOIN customer_type type ON type.id = c.customer_type_id
    LEFT JOIN branch ON branch.id = b.branch_id
    GROUP BY ALL),
t AS (
    SELECT p.first, {member} AS member, count(*) AS value
    FROM period p
    JOIN interaction i ON i.started_on BETWEEN p.first AND p.last
    LEFT JOIN customer c ON c.id = i.customer_id
    LEFT JOIN customer_type type ON type.id = c.customer_type_id
    LEFT JOIN branch ON branch.id = i.branch_id
    WHERE c.relation IN ('customer', 'former')
    GROUP BY ALL)
SELECT n.first, n.member, CAST(coalesce(t.value, 0) AS DOUBLE) / n.value AS value
FROM n LEFT JOIN t ON t.first = n.first AND t.member IS NOT DISTINCT FROM n.member
