"""A study as people take it away in one file: its figures gathered for the writers of `writeup`."""
