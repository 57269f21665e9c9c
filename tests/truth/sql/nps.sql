-- Net promoters: percent of 9-10 less percent of 0-6.
SELECT p.first, {member} AS member, 100.0 * (count(*) FILTER (f.score >= 9) - count(*) FILTER (f.score <= 6)) / count(*) AS value
FROM period p
JOIN feedback f ON f.given_on BETWEEN p.first AND p.last
LEFT JOIN customer c ON c.id = f.customer_id
LEFT JOIN customer_type type ON type.id = c.customer_type_id
LEFT JOIN branch ON branch.id = f.branch_id
WHERE f.kind = 'nps'
GROUP BY ALL
