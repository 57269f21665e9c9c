"""A demonstration firm with people, sales, service and planted stories; the same seed and day give the same data."""
