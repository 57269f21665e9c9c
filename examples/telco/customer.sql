-- Who left is a former customer. The file says for how many months people stayed, and not from when: the days they
-- came and left are unknown.
SELECT
    "customerID"                                                    AS source_id,
    "customerID"                                                    AS number,
    'Subscriber ' || "customerID"                                   AS name,
    'person'                                                        AS party,
    CASE "Churn" WHEN 'Yes' THEN 'former' WHEN 'No' THEN 'customer' ELSE "Churn" END AS relation,
    "gender"                                                        AS gender
FROM raw."Telco-Customer-Churn"
