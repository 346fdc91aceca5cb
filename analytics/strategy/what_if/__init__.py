"""Products and portfolios at other values."""
