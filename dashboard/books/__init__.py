"""Stock in the books: the sections of the page Stock and risk, what is set beside them, and the ledger by class."""
