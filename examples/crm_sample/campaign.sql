SELECT
    "CampaignSeq"   AS source_id,
    "Campaign Name" AS name,
    CASE "Type" WHEN 'Email' THEN 'email' WHEN 'Online' THEN 'web' WHEN 'Phone' THEN 'phone' WHEN 'Tradeshow' THEN 'event' END AS channel
FROM raw."Campaigns"
