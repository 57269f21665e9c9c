-- Who has never ordered is a prospect.
SELECT
    c."CustomerID"   AS source_id,
    c."CustomerID"   AS number,
    c."CompanyName"  AS name,
    'company'        AS party,
    CASE WHEN o.since IS NULL THEN 'prospect' ELSE 'customer' END AS relation,
    c."City"         AS city,
    c."Region"       AS region,
    c."Country"      AS country,
    c."Phone"        AS phone,
    o.since          AS customer_since
FROM raw."Customers" c
LEFT JOIN (SELECT "CustomerID", min("OrderDate") AS since FROM raw."Orders" GROUP BY "CustomerID") o USING ("CustomerID")
