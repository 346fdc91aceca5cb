"""How an assumption is said: one scale for each, in every sentence, on every button, in the table and on every page.

Patience is said as how many of ten customers still order when told two weeks, how long models last in years, rates and shares in percent,
durations in days; everything else in its own unit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from analytics.assumptions import FIELDS, of_ten_at_two_weeks, staying_at_two_weeks
from analytics.naming.labels import days_text, number_text

__all__ = [
    "Scale", "ended_within_a_year", "field_words", "in_thousands", "of_percent", "of_ten_text", "on_step",
    "percent", "range_text", "reaching", "scale_of", "value_text",
]  # fmt: skip

_LONGEST_LIFE_YEARS = 10_000.0


@dataclass(frozen=True)
class Scale:
    """How the numbers of a field are shown and read.

    How the numbers of a field are shown and read: `unit` beside them, `shown` from the field's value, `read` back; `falls` where a larger value shows a
    smaller number.
    """

    unit: str
    shown: Callable[[float], float]
    read: Callable[[float], float]
    falls: bool = False


def _years(value: float) -> float:
    return float(f"{1.0 / max(value, 1.0 / _LONGEST_LIFE_YEARS):.12g}")


def percent(share: float) -> float:
    """A share as a number of percent.

    >>> percent(0.25)
    25.0
    """
    return 100.0 * share


def of_percent(number: float) -> float:
    """A number of percent as a share.

    >>> of_percent(12.6)
    0.126
    """
    return number / 100.0


def in_thousands(amount: Any) -> Any:
    """Amounts in thousands of their unit, for a column that says so: numbers or arrays of any shape.

    >>> in_thousands(2500.0)
    2.5
    """
    return amount / 1000.0


def on_step(place: float, low: float, high: float, step: float) -> float:
    """The place on a slider from `low` to `high` that is nearest, in its steps; free of units.

    >>> on_step(7.61, 1.0, 10.0, 0.5), on_step(12.0, 1.0, 10.0, 0.5)
    (7.5, 10.0)
    """
    return min(max(round(place / step) * step, low), high)


def reaching(place: float, low: float, high: float, step: float) -> tuple[float, float]:
    """The ends of a slider from `low` to `high` that reaches a place outside too, in its steps, but no farther than four times an end; free of units.

    reaching = low and high, moved out to the step beyond the place. Source: definition.

    >>> reaching(120.0, 0.0, 90.0, 1.0), reaching(8.7, 0.0, 30.0, 0.5), reaching(10_000.0, 0.5, 50.0, 0.5), reaching(-30.5, -20.0, 60.0, 1.0)
    ((0.0, 120.0), (0.0, 30.0), (0.5, 200.0), (-31.0, 60.0))
    """
    least = max(math.floor(place / step) * step, 4.0 * min(low, 0.0))
    most = min(math.ceil(place / step) * step, 4.0 * high)
    return min(low, least), max(high, most)


def ended_within_a_year(hazard_per_year: float) -> float:
    """The chance that a model has ended a year from now. Share.

    ended_within_a_year = 1 - exp(-hazard_per_year). Source: constant hazard (exponential life).

    >>> round(ended_within_a_year(0.5), 4)
    0.3935
    """
    return 1.0 - math.exp(-hazard_per_year)


def scale_of(name: str) -> Scale:
    """The scale of an assumption.

    >>> scale = scale_of("patience_per_day")
    >>> round(scale.shown(scale.read(7.5)), 9), scale.unit
    (7.5, 'of 10 customers')
    >>> scale_of("capital_rate").shown(0.1), scale_of("hazard_per_year").shown(0.05)
    (10.0, 20.0)
    """
    if name == "patience_per_day":
        return Scale(
            "of 10 customers", staying_at_two_weeks, lambda n: of_ten_at_two_weeks(max(n, 1e-9)), True
        )
    if name == "hazard_per_year":
        return Scale(
            "years",
            _years,
            lambda years: 0.0 if years >= _LONGEST_LIFE_YEARS else 1.0 / max(years, 1e-9),
            True,
        )
    unit = FIELDS[name].unit
    if unit.startswith("share") or unit == "1/year":
        of = "a year" if unit == "1/year" else unit.removeprefix("share").strip()
        return Scale(f"% {of}".strip(), lambda v: round(100.0 * v, 9), lambda percent: percent / 100.0)
    return Scale(unit, lambda v: v, lambda v: v)


def value_text(name: str, value: float, currency: str = "") -> str:
    """A value of an assumption as a person would say it; amounts in the `currency` of the file where it is told.

    >>> value_text("patience_per_day", of_ten_at_two_weeks(7.5)), value_text("patience_per_day", 0.016)
    ('7.5 of 10 at two weeks', '8 of 10 at two weeks')
    >>> value_text("capital_rate", 0.09), value_text("hazard_per_year", 0.5), value_text("assembly_days", 3.0)
    ('9 %', '2 years', '3 days')
    >>> value_text("waiting_cost_per_unit_day", 74.5), value_text("waiting_cost_per_unit_day", 74.5, "USD")
    ('74.5 money/unit-day', '74.5 USD')
    """
    if not math.isfinite(value):
        return "unknown"
    if name == "patience_per_day":
        share = staying_at_two_weeks(value)
        return (
            f"{of_ten_text(value)} of 10 at two weeks"
            if share >= 0.95 or share == 0
            else "fewer than 1 of 10 at two weeks"
        )
    if name == "hazard_per_year":
        years = 1.0 / max(value, 1e-9)
        return (
            "for ever"
            if years > 100
            else f"{number_text(years, 2)} year{'' if f'{years:.2g}' == '1' else 's'}"
        )
    if FIELDS[name].choices:
        return FIELDS[name].said(value)
    unit = FIELDS[name].unit
    if unit == "days":
        return days_text(value)
    if unit.startswith("share") or unit == "1/year":
        return f"{100.0 * value:.3g} %"
    return f"{number_text(value)} {currency if currency and unit.startswith('money') else unit}"


def of_ten_text(patience_per_day: float) -> str:
    """How many of ten customers still order when told two weeks, to the tenth; nearly all is not rounded to all, nearly none not to none.

    >>> [of_ten_text(v) for v in (0.0, 0.0001, 0.02, 0.9)]
    ['10', '9.9', '7.6', '0.1']
    """
    staying = staying_at_two_weeks(patience_per_day)
    rounded = round(staying, 1)
    return f"{9.9 if rounded == 10.0 and staying < 9.9999 else max(rounded, 0.1) if staying > 0.0 else rounded:g}"


#: An assumption in two or three words.
_FIELD_WORDS = {
    "patience_per_day": "customers' patience",
    "hazard_per_year": "how long models last",
    "component_lead_days": "the lead time of parts",
    "production_days": "production time",
    "assembly_days": "assembly time",
    "queue_days": "queue and buffer in the quote",
    "capital_rate": "the cost of capital",
    "gain_error": "how far gains may be wrong",
    "storage_rate": "the cost of storage",
    "insurance_rate": "insurance and shrinkage",
    "salvage_share": "what leftovers fetch",
    "clearing_share": "what cleared stock fetches",
    "setup_cost": "set-up cost",
    "order_setup_cost": "set-up cost per order",
    "cost_premium": "the premium of single units",
    "fixed_cost_share": "the fixed share of unit cost",
    "cancellable_share": "what can be cancelled at suppliers",
    "units_per_order": "units per order",
    "gross_margin": "gross margin",
    "unit_value": "the average value of a unit",
    "todays_service": "today's service where the file gives no levels",
    "component_share": "common parts",
    "cancellation_share": "how many orders are cancelled",
    "waiting_cost_per_unit_day": "what a day of waiting costs",
    "excess_cover_weeks": "the cover beyond which stock is excess",
    "years_unsold": "how long a product may go unsold",
    "longest_run_off_years": "how long leftovers wait to be sold",
}


def field_words(name: str) -> str:
    """An assumption in two or three words.

    >>> field_words("patience_per_day")
    "customers' patience"
    """
    return _FIELD_WORDS.get(name) or FIELDS[name].label[:1].lower() + FIELDS[name].label[1:]


def range_text(name: str, low: float, high: float, currency: str = "") -> str:
    """Both ends of a range in words, the smaller number first, the unit said once.

    >>> range_text("patience_per_day", of_ten_at_two_weeks(9.5), of_ten_at_two_weeks(5.0)), range_text("capital_rate", 0.08, 0.12)
    ('5 to 9.5 of 10 at two weeks', '8 to 12 %')
    >>> range_text("hazard_per_year", 0.02, 0.5), range_text("hazard_per_year", 0.001, 0.1)
    ('2 to 50 years', '10 years or more')
    """
    first, last = (
        value_text(name, v, currency) for v in ((high, low) if scale_of(name).falls else (low, high))
    )
    if last == "for ever":
        return f"{first} or more"
    for tail in (" of 10 at two weeks", " years", " weeks", " %", " days"):
        if first.endswith(tail) and last.endswith(tail):
            return f"{first.removesuffix(tail)} to {last}"
    return f"{first} to {last}"
