SELECT
    product_id AS source_id,
    coalesce(product_type, product_category, department) || coalesce(' ' || package_size, '') AS name,
    product_id AS code,
    CASE WHEN product_category IS NULL THEN department ELSE department || '/' || product_category END AS product_category_ref
FROM raw.products
UNION ALL
-- Sold, but not in the list of products.
SELECT product_id, 'Product ' || product_id, product_id, NULL
FROM (SELECT DISTINCT product_id FROM raw.transactions)
WHERE product_id NOT IN (SELECT product_id FROM raw.products)
