-- Coupons sent to households.
SELECT
    campaign_id                                            AS source_id,
    'Campaign ' || campaign_id || ' (' || campaign_type || ')' AS name,
    'print'                                                AS channel,
    start_date                                             AS starts_on,
    end_date                                               AS ends_on
FROM raw.campaign_descriptions
