-- Revenue / orders, the orders counted once each, also one without lines.
SELECT p.first, {member} AS member, CAST(coalesce(sum(l.net_base), 0) AS DOUBLE) / count(DISTINCT o.id) AS value
FROM period p
JOIN sales_order o ON o.ordered_on BETWEEN p.first AND p.last
LEFT JOIN order_line l ON l.order_id = o.id
LEFT JOIN customer c ON c.id = o.customer_id
LEFT JOIN customer_type type ON type.id = c.customer_type_id
LEFT JOIN branch ON branch.id = o.branch_id
WHERE o.status NOT IN ('cancelled', 'returned')
GROUP BY ALL
