-- Further fields of an account: each key becomes a dimension.
SELECT "AccountSeq" || ':' || key AS source_id, "AccountSeq" AS customer_ref, key, value
FROM (
    SELECT "AccountSeq", 'sales_region' AS key, "Region" AS value FROM raw."Accounts"
    UNION ALL
    SELECT "AccountSeq", 'state', "State or Province" FROM raw."Accounts"
    UNION ALL
    SELECT "AccountSeq", 'size', CASE
        WHEN try_cast("Number of Employees" AS INTEGER) < 1000 THEN 'under 1,000 employees'
        WHEN try_cast("Number of Employees" AS INTEGER) < 5000 THEN '1,000 to 4,999 employees'
        ELSE '5,000 employees and more' END FROM raw."Accounts"
)
WHERE value IS NOT NULL
