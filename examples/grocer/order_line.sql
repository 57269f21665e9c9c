-- "sales_value" is what the shop receives. The card's discount and the coupon matched by the shop are its own
-- discounts; a maker's coupon is paid back by the maker and is none.
SELECT
    basket_id || '-' || product_id AS source_id,
    basket_id                      AS order_ref,
    product_id                     AS product_ref,
    quantity                       AS quantity,
    CASE WHEN quantity <> '0' THEN
        (try_cast(sales_value AS DOUBLE) + try_cast(retail_disc AS DOUBLE) + try_cast(coupon_match_disc AS DOUBLE))
        / try_cast(quantity AS DOUBLE) END AS unit_price,
    try_cast(retail_disc AS DECIMAL(18, 4)) + try_cast(coupon_match_disc AS DECIMAL(18, 4)) AS discount,
    sales_value                    AS net
FROM raw.transactions
