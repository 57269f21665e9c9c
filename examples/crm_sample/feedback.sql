SELECT
    "CaseSeq"         AS source_id,
    "AccountSeq"      AS customer_ref,
    "SystemUserSeq"   AS owner_ref,
    "ProductSeq"      AS product_ref,
    "CaseSeq"         AS complaint_ref,
    'csat'            AS kind,
    "CSAT"            AS score,
    "Case Created On" AS given_on
FROM raw."Cases"
WHERE "CSAT" IS NOT NULL
