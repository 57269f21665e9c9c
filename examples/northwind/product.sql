SELECT
    "ProductID"             AS source_id,
    "ProductName"           AS name,
    "ProductID"             AS code,
    "CategoryID"            AS product_category_ref,
    left("QuantityPerUnit", 20) AS unit,
    "UnitPrice"             AS list_price
FROM raw."Products"
