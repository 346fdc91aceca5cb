"""Textbook waits and congestion."""
