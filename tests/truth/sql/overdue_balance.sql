-- The same of invoices whose due day is before the last day; without a due day never overdue.
SELECT p.first, {member} AS member, sum(v.amount_base - coalesce((
    SELECT sum(a.amount_base) FROM payment_allocation a WHERE a.invoice_id = v.id AND a.allocated_on <= p.last), 0)) AS value
FROM period p
JOIN invoice v ON v.cancelled IS NOT TRUE AND v.issued_on <= p.last AND v.due_on < p.last
LEFT JOIN customer c ON c.id = v.customer_id
LEFT JOIN customer_type type ON type.id = c.customer_type_id
LEFT JOIN branch ON branch.id = v.branch_id
GROUP BY ALL
