-- Customers and former customers who became one in the period.
SELECT p.first, {member} AS member, count(*) AS value
FROM period p
JOIN customer c ON c.customer_since BETWEEN p.first AND p.last
LEFT JOIN customer_type type ON type.id = c.customer_type_id
LEFT JOIN branch ON branch.id = c.branch_id
WHERE c.relation IN ('customer', 'former')
GROUP BY ALL
