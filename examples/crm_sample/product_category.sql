SELECT DISTINCT "Product category" AS source_id, "Product category" AS name FROM raw."Products"
