"""Kept work: what a person said and saved, in a database of the user's own data folder, and how it is checked, copied, restored and forgotten."""
