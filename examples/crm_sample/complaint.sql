-- A case is also something opened, answered and resolved, with a severity and a promise. The warehouse keeps that in
-- complaint, so every case stands here as well: read "complaints" as "service cases" in this sample.
-- To count only real complaints add: WHERE "Is Escalated" = 'True' OR CAST("CSAT" AS INTEGER) <= 2
-- The sample knows the day only. The instants are counted from its midnight, so that the times between them are true.
SELECT
    "CaseSeq"          AS source_id,
    "AccountSeq"       AS customer_ref,
    "SystemUserSeq"    AS owner_ref,
    "ProductSeq"       AS product_ref,
    "Subject"          AS topic,
    "Severity"         AS severity,              -- Low, Normal, High
    "Title"            AS subject,
    try_cast("Case Created On" AS TIMESTAMP) AS opened_at,
    "Case Created On"  AS opened_on,
    try_cast("Case Created On" AS TIMESTAMP) + to_minutes(try_cast("Minutes to First Contact" AS INTEGER)) AS first_response_at,
    CASE WHEN "Status" = 'Closed' THEN
        try_cast("Case Created On" AS TIMESTAMP) + to_minutes(try_cast("Resolution Minutes" AS INTEGER)) END AS resolved_at,
    "Is Escalated"     AS escalated,
    CASE "Is SLA Violation" WHEN 'True' THEN false WHEN 'False' THEN true END AS within_promise
FROM raw."Cases"
