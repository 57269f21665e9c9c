-- Mean days from opening to resolution, of complaints resolved in the period.
SELECT p.first, {member} AS member, avg(date_diff('day', k.opened_on, k.resolved_on)) AS value
FROM period p
JOIN complaint k ON k.resolved_on BETWEEN p.first AND p.last
LEFT JOIN customer c ON c.id = k.customer_id
LEFT JOIN customer_type type ON type.id = c.customer_type_id
LEFT JOIN branch ON branch.id = k.branch_id
GROUP BY ALL
