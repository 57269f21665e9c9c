SELECT
    "ProductSeq"       AS source_id,
    "Product"          AS name,
    "ProductSeq"       AS code,
    "Product category" AS product_category_ref
FROM raw."Products"
