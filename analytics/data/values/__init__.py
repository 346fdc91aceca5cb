"""One text, or a column of texts, as values: numbers, dates, names of columns, units of measure."""
