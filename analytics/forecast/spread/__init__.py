"""Demand as a distribution: quantiles of the interval, of single periods and of totals, and paths drawn from them."""
