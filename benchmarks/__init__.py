"""Speed, memory and accuracy: one command each, a table out."""
