SELECT DISTINCT store_id AS source_id, 'Store ' || store_id AS name, 'branch' AS kind, 'United States' AS country FROM raw.transactions
