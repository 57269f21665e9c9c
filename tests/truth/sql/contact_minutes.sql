-- Length of interactions where it was written down.
SELECT p.first, {member} AS member, coalesce(sum(i.duration_minutes), 0) AS value
FROM period p
JOIN interaction i ON i.started_on BETWEEN p.first AND p.last
LEFT JOIN customer c ON c.id = i.customer_id
LEFT JOIN customer_type type ON type.id = c.customer_type_id
LEFT JOIN branch ON branch.id = i.branch_id
GROUP BY ALL
