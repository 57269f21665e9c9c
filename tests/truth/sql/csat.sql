-- Mean satisfaction score of the csat answers given in the period.
SELECT p.first, {member} AS member, avg(CAST(f.score AS DOUBLE)) AS value
FROM period p
JOIN feedback f ON f.given_on BETWEEN p.first AND p.last
LEFT JOIN customer c ON c.id = f.customer_id
LEFT JOIN customer_type type ON type.id = c.customer_type_id
LEFT JOIN branch ON branch.id = f.branch_id
WHERE f.kind = 'csat'
GROUP BY ALL
