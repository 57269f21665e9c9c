-- Complaints waiting on the last day.
SELECT p.first, {member} AS member, count(*) AS value
FROM period p
JOIN complaint k ON k.opened_on <= p.last AND (k.resolved_on IS NULL OR k.resolved_on > p.last)
LEFT JOIN customer c ON c.id = k.customer_id
LEFT JOIN customer_type type ON type.id = c.customer_type_id
LEFT JOIN branch ON branch.id = k.branch_id
GROUP BY ALL
