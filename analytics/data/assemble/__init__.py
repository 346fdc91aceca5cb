"""From a table whose columns are known to a history of sales: rows rejected, understood, kept apart, and put together."""
