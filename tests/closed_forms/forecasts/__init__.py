"""Textbook forecasts and chances of life."""
