"""Columns of periods: weeks, months and fiscal years, told by their owner where the file does not say."""
