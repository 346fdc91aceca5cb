"""Flip points, their ranges and the axes of the map in words."""

from __future__ import annotations

import math

from analytics.assumptions import FIELDS
from analytics.labels import days_text, number_text, percent_text
from analytics.scales import scale_of, value_text

__all__ = ["flip_range", "map_axis", "map_number", "now_text"]

#: What is moved, in words.
_LEVERS = {
    "quote_days": "the quote", "patience_per_day": "patience", "demand": "demand", "cost_premium": "the premium of single units", "holding_rate": "the cost of holding",
    "hazard_per_year": "how long models last", "margin": "the margin", "component_lead_days": "the time parts take",
}  # fmt: skip


def now_text(lever: str, value: float) -> str:
    """A value of a lever as a person would say it.

    >>> now_text("patience_per_day", 0.02), now_text("holding_rate", 0.174), now_text("demand", 12.0)
    ('7.6 of 10 at two weeks', '17 %', '12 units')
    """
    if lever in ("patience_per_day", "hazard_per_year"):
        return value_text(lever, value)
    if lever in ("quote_days", "component_lead_days"):
        return days_text(value)
    return f"{number_text(value, 2)} units" if lever == "demand" else percent_text(value)


_AXES = {
    "quote_days": "days quoted to the customer",
    "patience_per_day": "customers of 10 who still order when told two weeks",
    "demand": "units demanded a year",
    "cost_premium": "premium of single units, % of cost",
    "holding_rate": "cost of holding, % of value a year",
    "hazard_per_year": "chance that the model ends within a year, %",
    "margin": "margin, % of price",
    "lead_days": "days to replenish stock",
}


def map_axis(lever: str) -> str:
    """What an axis of the map shows."""
    return _AXES[lever]


def map_number(lever: str, value: float) -> float:
    """A value of a lever as its axis shows it.

    >>> round(map_number("patience_per_day", 0.02), 1), map_number("margin", 0.25), map_number("lead_days", 21.0)
    (7.6, 25.0, 21.0)
    """
    if lever in ("quote_days", "demand", "lead_days"):
        return value
    if lever == "patience_per_day":
        return scale_of(lever).shown(value)
    return 100.0 * (1.0 - math.exp(-value) if lever == "hazard_per_year" else value)


def flip_range(lever: str, least: float, most: float) -> str:
    """What was searched without a flip point.

    >>> flip_range("holding_rate", 0.0, 1.0)
    'the cost of holding from 0 % to 100 %'
    """
    low, high = (now_text(lever, v) for v in (least, most))
    if lever in FIELDS and scale_of(lever).falls:
        low, high = high, low
    return f"{_LEVERS[lever]} from {low} to {high}"
