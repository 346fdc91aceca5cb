"""Valuation: excess, reserve by age, net realisable value, carrying cost and the statistical exposure of stock."""
