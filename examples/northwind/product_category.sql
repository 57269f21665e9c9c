SELECT "CategoryID" AS source_id, "CategoryName" AS name FROM raw."Categories"
