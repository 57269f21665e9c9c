-- A case is one contact, begun by the customer. How long it lasted is not told: "Resolution Minutes" runs until it was
-- solved and belongs to the case (complaint.sql), so duration_minutes stays unknown.
SELECT
    "CaseSeq"                  AS source_id,
    "AccountSeq"               AS customer_ref,
    "SystemUserSeq"            AS owner_ref,
    "ProductSeq"               AS product_ref,
    lower("Origin")            AS channel,       -- Phone, Email, Chat, SMS
    'in'                       AS direction,
    'customer'                 AS initiated_by,
    "Subject"                  AS topic,
    "Title"                    AS subject,
    "Case Created On"          AS started_on,
    "Minutes to First Contact" AS waited_minutes,
    CASE "Status" WHEN 'Closed' THEN 'resolved' ELSE 'open' END AS outcome,
    "CSAT"                     AS satisfaction
FROM raw."Cases"
