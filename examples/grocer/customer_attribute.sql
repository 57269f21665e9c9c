SELECT household_id || ':' || key AS source_id, household_id AS customer_ref, key, value
FROM (
    UNPIVOT (
        SELECT household_id, age, income, home_ownership, household_size, household_comp AS household_type, kids_count AS children
        FROM raw.demographics
    ) ON age, income, home_ownership, household_size, household_type, children INTO NAME key VALUE value
)
