"""Textbook levels and lots."""
