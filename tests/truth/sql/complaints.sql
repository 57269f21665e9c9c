-- Complaints opened.
SELECT p.first, {member} AS member, count(*) AS value
FROM period p
JOIN complaint k ON k.opened_on BETWEEN p.first AND p.last
LEFT JOIN customer c ON c.id = k.customer_id
LEFT JOIN customer_type type ON type.id = c.customer_type_id
LEFT JOIN branch ON branch.id = k.branch_id
GROUP BY ALL
