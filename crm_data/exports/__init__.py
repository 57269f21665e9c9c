"""Files to carry away: one chart or table, a page, a list or a whole review as a document, and the writers of each format."""
