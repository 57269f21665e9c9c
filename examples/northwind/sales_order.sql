SELECT
    "OrderID"      AS source_id,
    "OrderID"      AS number,
    "CustomerID"   AS customer_ref,
    "EmployeeID"   AS owner_ref,
    CASE WHEN "ShippedDate" IS NULL THEN 'open' ELSE 'delivered' END AS status,
    "OrderDate"    AS ordered_on,
    "RequiredDate" AS promised_on,
    "ShippedDate"  AS delivered_on
FROM raw."Orders"
