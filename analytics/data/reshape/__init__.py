"""Tables of any shape as one line a row."""
