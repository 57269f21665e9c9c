-- Amount of the opportunities open on the last day.
SELECT p.first, {member} AS member, coalesce(sum(o.amount_base), 0) AS value
FROM period p
JOIN opportunity o ON o.opened_on <= p.last AND (o.closed_on IS NULL OR o.closed_on > p.last)
LEFT JOIN customer c ON c.id = o.customer_id
LEFT JOIN customer_type type ON type.id = c.customer_type_id
LEFT JOIN branch ON branch.id = o.branch_id
GROUP BY ALL
