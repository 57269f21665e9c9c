-- "CloseDate" is the day won or lost when closed, and the expected day while open.
SELECT
    "OpportunitySeq"                                       AS source_id,
    "AccountSeq"                                           AS customer_ref,
    "SystemUserSeq"                                        AS owner_ref,
    "ProductSeq"                                           AS product_ref,
    CAST(try_cast("CampaignSeq" AS INTEGER) AS VARCHAR)    AS campaign_ref,
    "Topic"                                                AS name,
    "PipelineStep"                                         AS stage,          -- '1-Qualify' ... '4-Close'
    left("PipelineStep", 1)                                AS stage_order,
    "Value"                                                AS amount,
    "Probability"                                          AS probability,
    "Opportunity Created On"                               AS opened_on,
    "CloseDate"                                            AS expected_close_on,
    CASE WHEN "Status" <> 'Open' THEN "CloseDate" END      AS closed_on,
    lower("Status")                                        AS outcome
FROM raw."Opportunities"
