"""What each column holds, and what a list of items says that the reading of sales needs."""
