-- Invoices issued, less credit notes; cancelled ones left out.
SELECT p.first, {member} AS member, sum(v.amount_base) AS value
FROM period p
JOIN invoice v ON v.issued_on BETWEEN p.first AND p.last
LEFT JOIN customer c ON c.id = v.customer_id
LEFT JOIN customer_type type ON type.id = c.customer_type_id
LEFT JOIN branch ON branch.id = v.branch_id
WHERE v.cancelled IS NOT TRUE
GROUP BY ALL
