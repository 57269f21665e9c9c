-- Won / (won + lost) of those closed in the period.
SELECT p.first, {member} AS member, CAST(count(*) FILTER (o.outcome = 'won') AS DOUBLE) / count(*) AS value
FROM period p
JOIN opportunity o ON o.closed_on BETWEEN p.first AND p.last
LEFT JOIN customer c ON c.id = o.customer_id
LEFT JOIN customer_type type ON type.id = c.customer_type_id
LEFT JOIN branch ON branch.id = o.branch_id
WHERE o.outcome IN ('won', 'lost')
GROUP BY ALL
