-- "Discount" is a share of the line. With quantity, price and discount given, the line's value is worked out.
SELECT
    "OrderID" || '-' || "ProductID" AS source_id,
    "OrderID"                       AS order_ref,
    "ProductID"                     AS product_ref,
    "Quantity"                      AS quantity,
    "UnitPrice"                     AS unit_price,
    try_cast("UnitPrice" AS DECIMAL(18, 4)) * try_cast("Quantity" AS DECIMAL(9, 0)) * try_cast("Discount" AS DECIMAL(9, 4)) AS discount
FROM raw."Order_Details"
