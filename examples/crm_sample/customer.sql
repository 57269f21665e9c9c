-- An account is a customer from its first won opportunity on; before that it is a prospect.
SELECT
    a."AccountSeq"                        AS source_id,
    a."Account Number"                    AS number,
    a."Account Name"                      AS name,
    'company'                             AS party,
    CASE WHEN won.since IS NULL THEN 'prospect' ELSE 'customer' END AS relation,
    nullif(a."Industry", 'n/a')           AS industry,
    a."City"                              AS city,
    a."Territory"                         AS region,
    a."Country"                           AS country,
    a."Phone"                             AS phone,
    a."AccountOwnerSeq"                   AS owner_ref,
    won.since                             AS customer_since
FROM raw."Accounts" a
LEFT JOIN (
    SELECT "AccountSeq", min("CloseDate") AS since FROM raw."Opportunities" WHERE "Status" = 'Won' GROUP BY "AccountSeq"
) won USING ("AccountSeq")
