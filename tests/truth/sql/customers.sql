-- Customers and former customers with any business in the period, each once.
WITH business AS (
    SELECT customer_id, branch_id, ordered_on AS day FROM sales_order WHERE status NOT IN ('cancelled', 'returned')
    UNION ALL SELECT customer_id, branch_id, started_on FROM interaction
    UNION ALL SELECT customer_id, branch_id, opened_on FROM opportunity
    UNION ALL SELECT customer_id, branch_id, closed_on FROM opportunity WHERE outcome IN ('won', 'lost')
    UNION ALL SELECT customer_id, branch_id, sent_on FROM quote
    UNION ALL SELECT customer_id, branch_id, issued_on FROM invoice WHERE cancelled IS NOT TRUE
    UNION ALL SELECT customer_id, branch_id, paid_on FROM payment
    UNION ALL SELECT customer_id, branch_id, opened_on FROM complaint)
SELECT p.first, {member} AS member, count(DISTINCT b.customer_id) AS value
FROM period p
JOIN business b ON b.day BETWEEN p.first AND p.last
JOIN customer c ON c.id = b.customer_id AND c.relation IN ('customer', 'former')
LEFT JOIN customer_type type ON type.id = c.customer_type_id
LEFT JOIN branch ON branch.id = b.branch_id
GROUP BY ALL
