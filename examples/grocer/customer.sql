-- A household is a customer. The survey asks only whether people are married: "single" here means not married.
-- Of the age only a band is known: it stands in customer_attribute, and the birth date stays unknown.
SELECT
    h.household_id                 AS source_id,
    h.household_id                 AS number,
    'Household ' || h.household_id AS name,
    'person'                       AS party,
    CASE WHEN h.since IS NULL THEN 'prospect' ELSE 'customer' END AS relation,
    CASE d.marital_status WHEN 'Married' THEN 'married' WHEN 'Unmarried' THEN 'single' END AS marital_status,
    'United States'                AS country,
    h.since                        AS customer_since
FROM (
    SELECT household_id, min(left(transaction_timestamp, 10)) AS since
    FROM (
        SELECT household_id, transaction_timestamp FROM raw.transactions
        UNION ALL SELECT household_id, NULL FROM raw.demographics
        UNION ALL SELECT household_id, NULL FROM raw.campaigns
    )
    GROUP BY household_id
) h
LEFT JOIN raw.demographics d USING (household_id)
