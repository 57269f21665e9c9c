-- Mean hours to the first answer, of complaints opened in the period and answered.
SELECT p.first, {member} AS member, avg((epoch(k.first_response_at) - epoch(k.opened_at)) / 3600.0) AS value
FROM period p
JOIN complaint k ON k.opened_on BETWEEN p.first AND p.last
LEFT JOIN customer c ON c.id = k.customer_id
LEFT JOIN customer_type type ON type.id = c.customer_type_id
LEFT JOIN branch ON branch.id = k.branch_id
WHERE k.first_response_at IS NOT NULL
GROUP BY ALL
