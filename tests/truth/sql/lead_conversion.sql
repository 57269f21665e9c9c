-- Share of the leads received in the period that were converted by now.
SELECT p.first, {member} AS member, CAST(count(w.converted_on) AS DOUBLE) / count(*) AS value
FROM period p
JOIN web_lead w ON w.received_on BETWEEN p.first AND p.last
LEFT JOIN customer c ON c.id = w.customer_id
LEFT JOIN customer_type type ON type.id = c.customer_type_id
LEFT JOIN branch ON branch.id = w.branch_id
GROUP BY ALL
