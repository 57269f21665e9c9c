-- Those who are customers on the last day: since then or before, not yet lost; a former one without a day of leaving never.
SELECT p.first, {member} AS member, count(*) AS value
FROM period p
JOIN customer c ON coalesce(c.customer_since, DATE '0001-01-01') <= p.last AND (c.lost_on IS NULL OR c.lost_on > p.last)
LEFT JOIN customer_type type ON type.id = c.customer_type_id
LEFT JOIN branch ON branch.id = c.branch_id
WHERE c.relation = 'customer' OR (c.relation = 'former' AND c.lost_on IS NOT NULL)
GROUP BY ALL
