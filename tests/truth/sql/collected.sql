-- Money received.
SELECT p.first, {member} AS member, sum(m.amount_base) AS value
FROM period p
JOIN payment m ON m.paid_on BETWEEN p.first AND p.last
LEFT JOIN customer c ON c.id = m.customer_id
LEFT JOIN customer_type type ON type.id = c.customer_type_id
LEFT JOIN branch ON branch.id = m.branch_id
GROUP BY ALL
