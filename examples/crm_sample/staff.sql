-- The owners; their managers are owners too, written the other way round ("Low, Spencer").
SELECT
    o."SystemUserSeq" AS source_id,
    o."Sales owner"   AS name,
    o."Manager"       AS team,
    nullif(m."SystemUserSeq", o."SystemUserSeq") AS reports_to_ref   -- the two managers name themselves: nobody above them
FROM raw."Owners" o
LEFT JOIN raw."Owners" m
    ON m."Sales owner" = split_part(o."Manager", ', ', 2) || ' ' || split_part(o."Manager", ', ', 1)
