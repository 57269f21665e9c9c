-- Mean age on the last day of the customers with business, where birth date or year is known and the age is 0-120.
WITH business AS (
    SELECT customer_id, branch_id, ordered_on AS day FROM sales_order WHERE status NOT IN ('cancelled', 'returned')
    UNION ALL SELECT customer_id, branch_id, started_on FROM interaction
    UNION ALL SELECT customer_id, branch_id, opened_on FROM opportunity
    UNION ALL SELECT customer_id, branch_id, closed_on FROM opportunity WHERE outcome IN ('won', 'lost')
    UNION ALL SELECT customer_id, branch_id, sent_on FROM quote
    UNION ALL SELECT customer_id, branch_id, issued_on FROM invoice WHERE cancelled IS NOT TRUE
    UNION ALL SELECT customer_id, branch_id, paid_on FROM payment
    UNION ALL SELECT customer_id, branch_id, opened_on FROM complaint),
aged AS (
    SELECT DISTINCT p.first, {member} AS member, c.id,
        CASE WHEN c.birth_date IS NULL THEN year(p.last) - c.birth_year
             ELSE year(p.last) - year(c.birth_date)
                  - CASE WHEN strftime(p.last, '%m-%d') < strftime(c.birth_date, '%m-%d') THEN 1 ELSE 0 END END AS age
    FROM period p
    JOIN business b ON b.day BETWEEN p.first AND p.last
    JOIN customer c ON c.id = b.customer_id AND c.relation IN ('customer', 'former')
    LEFT JOIN customer_type type ON type.id = c.customer_type_id
    LEFT JOIN branch ON branch.id = b.branch_id)
SELECT first, member, avg(age) AS value FROM aged WHERE age BETWEEN 0 AND 120 GROUP BY ALL
