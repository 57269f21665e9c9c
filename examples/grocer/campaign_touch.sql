-- Coupons of a campaign are sent on its first day; a coupon used is a reply.
SELECT
    'sent:' || c.campaign_id || ':' || c.household_id AS source_id,
    c.campaign_id  AS campaign_ref,
    c.household_id AS customer_ref,
    'sent'         AS kind,
    'treated'      AS arm,
    d.start_date   AS touched_on
FROM raw.campaigns c
JOIN raw.campaign_descriptions d USING (campaign_id)
UNION ALL
SELECT
    'used:' || campaign_id || ':' || household_id || ':' || coupon_upc || ':' || left(redemption_date, 10)
        || ':' || row_number() OVER (PARTITION BY campaign_id, household_id, coupon_upc, redemption_date),
    campaign_id, household_id, 'reply', 'treated', redemption_date
FROM raw.coupon_redemptions
