SELECT
    "ContactSeq" AS source_id,
    "AccountSeq" AS customer_ref,
    "Contact"    AS name,
    "Job Title"  AS title,
    "Phone"      AS phone
FROM raw."Contacts"
