SELECT
    basket_id                  AS source_id,
    basket_id                  AS number,
    min(household_id)          AS customer_ref,
    min(store_id)              AS branch_ref,
    'shop'                     AS channel,
    'delivered'                AS status,
    min(transaction_timestamp) AS ordered_at
FROM raw.transactions
GROUP BY basket_id
