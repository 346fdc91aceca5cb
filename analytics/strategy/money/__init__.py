"""Amounts of money: a function per measure, and prices applied to counts."""
