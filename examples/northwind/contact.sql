SELECT
    "CustomerID"   AS source_id,
    "CustomerID"   AS customer_ref,
    "ContactName"  AS name,
    "ContactTitle" AS title,
    "Phone"        AS phone
FROM raw."Customers"
WHERE "ContactName" IS NOT NULL
