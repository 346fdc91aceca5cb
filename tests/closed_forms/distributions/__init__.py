"""Textbook distributions and their losses."""
