"""Textbook money: carrying, excess, reserve, break-even."""
