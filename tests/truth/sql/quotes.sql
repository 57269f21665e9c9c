-- Price offers sent.
SELECT p.first, {member} AS member, count(*) AS value
FROM period p
JOIN quote q ON q.sent_on BETWEEN p.first AND p.last
LEFT JOIN customer c ON c.id = q.customer_id
LEFT JOIN customer_type type ON type.id = c.customer_type_id
LEFT JOIN branch ON branch.id = q.branch_id
GROUP BY ALL
