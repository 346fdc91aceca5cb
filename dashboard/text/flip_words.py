"""Flip points, their ranges and the axes of the map in words."""

from __future__ import annotations

from analytics.assumptions import FIELDS
from analytics.naming.labels import days_text, number_text, percent_text
from analytics.naming.scales import ended_within_a_year, percent, scale_of, value_text

__all__ = ["flip_range", "map_axis", "map_number", "map_words", "no_answer", "now_text", "turning_title"]

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
    "component_lead_days": "days until parts arrive",
}


def turning_title(turning: int, unsearched: int) -> str:
    """How many products turn within the usual range of an assumption, and how many were not searched.

    >>> turning_title(0, 0), turning_title(1, 150)
    ('No product turns within the range of an assumption', '1 product turns within the range of an assumption; 150 were not searched')
    >>> turning_title(0, 1)
    'No product that was searched turns within the range of an assumption; 1 was not searched'
    """
    which = (
        f"{turning:,} product{'s turn' if turning != 1 else ' turns'}"
        if turning
        else "No product that was searched turns"
        if unsearched
        else "No product turns"
    )
    left = f"; {unsearched:,} {'was' if unsearched == 1 else 'were'} not searched" if unsearched else ""
    return f"{which} within the range of an assumption{left}"


def no_answer(unsearched: int) -> tuple[str, str, str]:
    """What is said where no question is asked (title and sentence), and of the questions that are not: with products that were not searched, of the others.

    >>> no_answer(0)[0], no_answer(150)[0]
    ('No answer would change this', 'No answer is known to change this')
    >>> no_answer(150)[2]
    'No answer turns a product that was searched or moves the gain by 2 %; 150 were not searched.'
    """
    that, left = (
        (" that was searched", f"; {unsearched:,} {'was' if unsearched == 1 else 'were'} not searched")
        if unsearched
        else ("", "")
    )
    title = "No answer is known to change this" if unsearched else "No answer would change this"
    whatever = f"Whatever is still assumed, no product{that} turns and the gain moves by less than 2 % within its range{left}."
    return title, whatever, f"No answer turns a product{that} or moves the gain by 2 %{left}."


def map_words() -> str:
    """What the colours of the map stand for."""
    return (
        "Each colour is what is done at that pair, by the rule that decides above: grey stays as it is run today. "
        "Paler: a smaller lead over the best of all else."
    )


def map_axis(lever: str) -> str:
    """What an axis of the map shows."""
    return _AXES[lever]


def map_number(lever: str, value: float) -> float:
    """A value of a lever as its axis shows it.

    >>> round(map_number("patience_per_day", 0.02), 1), map_number("margin", 0.25), map_number("component_lead_days", 21.0)
    (7.6, 25.0, 21.0)
    """
    if lever in ("quote_days", "demand", "component_lead_days"):
        return value
    if lever == "patience_per_day":
        return scale_of(lever).shown(value)
    return percent(ended_within_a_year(value) if lever == "hazard_per_year" else value)


def flip_range(lever: str, least: float, most: float) -> str:
    """What was searched without a flip point.

    >>> flip_range("holding_rate", 0.0, 1.0)
    'the cost of holding from 0 % to 100 %'
    """
    low, high = (now_text(lever, v) for v in (least, most))
    if lever in FIELDS and scale_of(lever).falls:
        low, high = high, low
    return f"{_LEVERS[lever]} from {low} to {high}"
