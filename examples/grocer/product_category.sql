-- Departments, and the groups within them.
SELECT department AS source_id, department AS name, NULL AS parent_ref FROM raw.products GROUP BY department
UNION ALL
SELECT department || '/' || product_category, product_category, department FROM raw.products
WHERE product_category IS NOT NULL GROUP BY department, product_category
