"""What is assumed until somebody knows better: one table of fields, and the values in force.

Each field has a default, a range (low, high), a unit, a kind and a source. `Assumptions` holds what
the user said instead: in general, for a family or for a single SKU. The nearest statement wins.

One concept: a value in force is the field's row unless somebody stated another, so the table, the statements and
the bounds they are held to are one thing; two thirds of the lines are the rows of that table.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from analytics.errors import DataError, Problem
from analytics.limits import Limits

__all__ = [
    "FIELDS",
    "Assumption",
    "AssumptionField",
    "Assumptions",
    "of_ten_at_two_weeks",
    "problems_of",
    "staying_at_two_weeks",
]


@dataclass(frozen=True)
class AssumptionField:
    """One row of the table: what a value is worth before anybody is asked.

    A default of NaN means unknown until stated. `physics` is True where changing the value changes counts of units or time (a new simulation),
    False where it only changes prices (an instant re-pricing). `question` is how a person is asked. `choices` are the names behind the
    numbers 0, 1, 2 ... of a field that is a choice; a file may say either.
    """

    name: str
    default: float
    low: float
    high: float
    unit: str
    minimum: float
    maximum: float
    physics: bool
    label: str
    source: str
    question: str = ""
    choices: tuple[str, ...] = ()

    def said(self, value: float) -> str:
        """A value in words where the field is a choice by number; else the number as Python writes it."""
        return self.choices[int(value)] if value in range(len(self.choices)) else repr(value)


def _f(
    name: str,
    default: float,
    low: float,
    high: float,
    unit: str,
    bounds: tuple[float, float],
    physics: bool,
    label: str,
    source: str,
    question: str = "",
    choices: tuple[str, ...] = (),
) -> AssumptionField:
    return AssumptionField(
        name, default, low, high, unit, bounds[0], bounds[1], physics, label, source, question, choices
    )


_INF = float("inf")
_UNKNOWN = float("nan")


def of_ten_at_two_weeks(staying: float) -> float:
    """Share of buyers lost per day of wait if so many of ten still order when told two weeks: -ln(share) / 14 days (exponential patience).

    >>> round(of_ten_at_two_weeks(7.5), 6)
    0.020549
    """
    return -math.log(staying / 10.0) / 14.0


def staying_at_two_weeks(patience_per_day: float) -> float:
    """Of ten customers, how many still order when told two weeks: the inverse of `of_ten_at_two_weeks`.

    staying_at_two_weeks = 10 x exp(-14 days x patience_per_day). Source: exponential patience.

    >>> round(staying_at_two_weeks(of_ten_at_two_weeks(7.5)), 9), staying_at_two_weeks(0.0)
    (7.5, 10.0)
    """
    return 10.0 * math.exp(-14.0 * patience_per_day)


#: Curves of patience; their positions stand in columns.
PATIENCE_CURVES = ("exponential", "weibull", "logistic", "window")

#: The one table. Order is the order of the screen.
FIELDS: Mapping[str, AssumptionField] = {
    f.name: f
    for f in (
        _f(
            "patience_per_day",
            of_ten_at_two_weeks(7.5),
            of_ten_at_two_weeks(9.5),
            of_ten_at_two_weeks(5.0),
            "1/day",
            (0.0, 10.0),
            True,
            "Share of buyers lost per day of wait beyond today's",
            "7.5 of 10 still order when told two weeks (5 to 9.5); stocked sales cannot identify it",
            "Of 10 customers, how many still order if told two weeks?",
        ),
        _f(
            "patience_curve",
            0.0,
            0.0,
            0.0,
            "0 exponential, 1 weibull, 2 logistic, 3 window",
            (0.0, 3.0),
            True,
            "Curve by which buyers leave as the wait grows",
            "exponential; every curve keeps the same share at two weeks",
            "",
            PATIENCE_CURVES,
        ),
        _f(
            "patience_shape",
            2.0,
            2.0,
            2.0,
            "exponent",
            (0.1, 50.0),
            True,
            "Steepness of a Weibull or logistic curve of patience",
            "2: few leave at first, many later; no effect on the other curves",
            "",
        ),
        _f(
            "hazard_per_year",
            1.0 / 20.0,
            1.0 / 50.0,
            1.0 / 7.0,
            "1/year",
            (0.0, 50.0),
            True,
            "Chance rate that a product ends unannounced",
            "derived from ends seen in the file where there are any",
            "How long does a model stay in the range?",
        ),
        _f(
            "component_lead_days",
            28.0,
            14.0,
            56.0,
            "days",
            (0.0, 3650.0),
            True,
            "Lead time of bought parts (or of a bought-in product)",
            "planning practice; no vendor data given",
            "How long do your parts take to arrive?",
        ),
        _f(
            "production_days",
            7.0,
            3.0,
            14.0,
            "days",
            (0.0, 3650.0),
            True,
            "Time to make a lot",
            "planning practice; no routing given",
            "How long does production take?",
        ),
        _f(
            "assembly_days",
            3.0,
            1.0,
            7.0,
            "days",
            (0.0, 3650.0),
            True,
            "Time to finish a product from stocked components",
            "planning practice",
            "How long does final assembly take?",
        ),
        _f(
            "queue_days",
            3.0,
            0.0,
            7.0,
            "days",
            (0.0, 3650.0),
            True,
            "Queue and reliability buffer in a quote to order",
            "planning practice",
            "",
        ),
        _f(
            "review_days",
            7.0,
            7.0,
            7.0,
            "days",
            (1.0, 365.0),
            True,
            "Time between two looks at the stock",
            "weekly planning",
            "",
        ),
        _f(
            "setup_cost",
            0.0,
            0.0,
            0.0,
            "money/lot",
            (0.0, _INF),
            False,
            "Set-up or ordering cost per lot",
            "none known; the usual lot implies one",
            "What does a changeover cost: minutes and people?",
        ),
        _f(
            "order_setup_cost",
            0.0,
            0.0,
            0.0,
            "money/order",
            (0.0, _INF),
            False,
            "Set-up or handling cost per customer order made to order",
            "set-up cost where given, else none known",
            "What does one order cost to set up?",
        ),
        _f(
            "capital_rate",
            0.10,
            0.08,
            0.12,
            "1/year",
            (0.0, 5.0),
            False,
            "Cost of capital",
            "typical weighted cost of capital",
            "Your bank or WACC %?",
        ),
        _f(
            "storage_rate",
            0.05,
            0.03,
            0.08,
            "1/year",
            (0.0, 5.0),
            False,
            "Storage and handling, share of unit cost a year",
            "usual 4 to 10 % with insurance; planning practice",
            "Would you really give up the space?",
        ),
        _f(
            "insurance_rate",
            0.02,
            0.01,
            0.03,
            "1/year",
            (0.0, 5.0),
            False,
            "Insurance and shrinkage, share of unit cost a year",
            "usual 1 to 3 %; planning practice",
            "",
        ),
        _f(
            "salvage_share",
            0.20,
            0.10,
            0.30,
            "share of unit cost",
            (0.0, 1.0),
            False,
            "What leftovers of an ended product fetch",
            "usual 10 to 30 % of cost; planning practice",
            "What share of cost do leftovers fetch?",
        ),
        _f(
            "clearing_share",
            0.70,
            0.50,
            0.90,
            "share of unit cost",
            (0.0, 1.0),
            False,
            "What excess of a living product fetches when cleared",
            "clearance practice",
            "What share of cost does excess fetch when you clear it?",
        ),
        _f(
            "cost_premium",
            0.0,
            0.0,
            0.10,
            "share of unit cost",
            (-1.0, 10.0),
            False,
            "Extra cost of making or buying one at a time, beyond set-up",
            "none assumed; usual up to 10 %",
            "How much more does one cost than one out of a lot, set-up aside?",
        ),
        _f(
            "price_premium",
            0.0,
            0.0,
            0.0,
            "share of price",
            (-1.0, 10.0),
            False,
            "Extra price buyers pay for a product made to order",
            "none assumed",
            "",
        ),
        _f(
            "price_elasticity",
            2.0,
            1.0,
            4.0,
            "% volume per % price",
            (0.0, 50.0),
            False,
            "Volume lost per percent of price premium",
            "typical of branded durables; no effect without a price premium",
            "How many percent of buyers leave if the price rises by 1 %?",
        ),
        _f(
            "scale_elasticity",
            0.0,
            0.0,
            0.0,
            "exponent",
            (0.0, 2.0),
            False,
            "Scale curve: how unit cost falls with the lot",
            "none assumed; from quotes at two volumes",
            "What does one unit cost if you order ten times as many?",
        ),
        _f(
            "cancellation_share",
            0.0,
            0.0,
            0.05,
            "share of orders",
            (0.0, 1.0),
            False,
            "Orders made to order that are cancelled after work began",
            "none assumed",
            "How many of 100 orders are cancelled?",
        ),
        _f(
            "sunk_share",
            0.5,
            0.25,
            0.75,
            "share of unit cost",
            (0.0, 1.0),
            False,
            "Cost already spent on an order when it is cancelled",
            "half way through; no effect without cancellations",
            "",
        ),
        _f(
            "cancellable_share",
            0.0,
            0.0,
            0.5,
            "share of units under way",
            (0.0, 1.0),
            False,
            "Share of what is on order, or in production, that can still be cancelled when a product ends",
            "none: what is ordered is taken and paid",
            "Can you cancel an order at your supplier once placed?",
        ),
        _f(
            "units_per_order",
            _UNKNOWN,
            _UNKNOWN,
            _UNKNOWN,
            "units/order",
            (1e-9, _INF),
            True,
            "Units that a customer orders at once",
            "the orders of the file; of totals, between their common measure and a usual one",
            "How many units does a customer usually order?",
        ),
        _f(
            "late_days",
            0.0,
            0.0,
            0.0,
            "days/order",
            (0.0, 3650.0),
            False,
            "Mean days late against the promise, per order made to order",
            "from shipped and promised dates, or from capacity",
            "",
        ),
        _f(
            "price_erosion_per_year",
            0.0,
            0.0,
            0.0,
            "1/year",
            (-5.0, 50.0),
            False,
            "Fall of the price level: what a held unit loses in value",
            "none assumed",
            "",
        ),
        _f(
            "deposit_share",
            0.0,
            0.0,
            0.0,
            "share of price",
            (0.0, 1.0),
            False,
            "Deposit paid with an order",
            "none assumed",
            "",
        ),
        _f(
            "goodwill_per_unit",
            0.0,
            0.0,
            0.0,
            "money/unit",
            (0.0, _INF),
            False,
            "Goodwill lost with a lost unit, beyond its margin",
            "0; the implied shortage cost is shown instead",
            "",
        ),
        _f(
            "waiting_cost_per_unit_day",
            0.0,
            0.0,
            0.0,
            "money/unit-day",
            (0.0, _INF),
            False,
            "Cost of a unit-day of waiting beyond the promise",
            "0; the implied shortage cost is shown instead",
            "",
        ),
        _f(
            "fixed_cost_share",
            0.0,
            0.0,
            0.50,
            "share of unit cost",
            (0.0, 1.0),
            False,
            "Share of unit cost that is fixed: spent whether a unit is made or not",
            "the unit cost is taken as wholly variable; full costs hold up to half overhead",
            "Is your unit cost full or variable: what share is spent whether a unit is made or not?",
        ),
        _f(
            "unit_value",
            _UNKNOWN,
            _UNKNOWN,
            _UNKNOWN,
            "money/unit",
            (0.0, _INF),
            False,
            "Average revenue of a unit, used only where no price is known",
            "unknown until you state it; without price or value there is no money",
            "What is one unit sold for on average?",
        ),
        _f(
            "gross_margin",
            _UNKNOWN,
            _UNKNOWN,
            _UNKNOWN,
            "share of price",
            (-10.0, 1.0),
            False,
            "Gross margin, used only where no unit cost is known",
            "unknown until you state it; without it there is no money",
            "One figure from your accounts: gross margin %?",
        ),
        _f(
            "component_share",
            _UNKNOWN,
            _UNKNOWN,
            _UNKNOWN,
            "share of unit cost",
            (0.0, 1.0),
            False,
            "Share of unit cost in components shared with the family",
            "unknown until you state it; without it nothing is assembled to order",
            "What share of the material is shared with sister models?",
        ),
        _f(
            "todays_service",
            0.95,
            0.90,
            0.98,
            "share of cycles",
            (0.5, 0.9999),
            True,
            "Service today where the file gives no levels: cycles without a stock-out",
            "planning practice; moves with no price",
            "Of 100 deliveries to your stock, before how many does nothing run out?",
        ),
        _f(
            "excess_cover_weeks",
            52.0,
            26.0,
            104.0,
            "weeks",
            (1.0, 1040.0),
            True,
            "Cover beyond which stock counts as excess",
            "twelve months of cover",
            "",
        ),
    )
}


@dataclass(frozen=True)
class Assumption:
    """A value in force: `low` and `high` are its range, `origin` is assumed or confirmed."""

    value: float
    low: float
    high: float
    origin: str


@dataclass(frozen=True)
class Assumptions:
    """What the user stated: in general, per family and per SKU; everything else is the table's default. `limits` bind all products together.

    `as_assumed` names the fields that are confirmed just as they stand: every product keeps its own value, whether from the table or derived from
    its sales, and only the ranges go.
    """

    general: Mapping[str, Assumption] = field(default_factory=dict)
    family: Mapping[str, Mapping[str, Assumption]] = field(default_factory=dict)
    product: Mapping[str, Mapping[str, Assumption]] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    as_assumed: tuple[str, ...] = ()

    def of(self, name: str, sku: str = "", family: str = "") -> Assumption:
        """The value in force for a product: its own, else its family's, else the general one.

        >>> Assumptions().of("capital_rate").value
        0.1
        """
        row = FIELDS[name]
        found = Assumption(row.default, row.low, row.high, "assumed")
        for statement in (self.product.get(sku, {}), self.family.get(family, {}), self.general):
            if name in statement:
                found = statement[name]
                break
        return (
            Assumption(found.value, found.value, found.value, "confirmed")
            if name in self.as_assumed
            else found
        )

    def with_general(self, **values: float) -> Assumptions:
        """A copy with general values confirmed (range of width zero).

        Raises DataError with every name that is no assumption and every value out of range.

        >>> Assumptions().with_general(capital_rate=0.09).of("capital_rate").value
        0.09
        """
        problems = [
            problem for name, value in values.items() for problem in problems_of("", name, {"value": value})
        ]
        if problems:
            raise DataError(problems)
        confirmed = {name: Assumption(value, value, value, "confirmed") for name, value in values.items()}
        left = tuple(name for name in self.as_assumed if name not in values)
        return replace(self, general={**self.general, **confirmed}, as_assumed=left)

    def confirmed_as_assumed(self, name: str) -> Assumptions:
        """A copy in which a field is confirmed just as it stands: nothing but its ranges changes.

        Raises ValueError for a name that is no assumption.

        >>> one = Assumptions().confirmed_as_assumed("capital_rate").of("capital_rate")
        >>> one.value, one.low, one.high, one.origin
        (0.1, 0.1, 0.1, 'confirmed')
        """
        if name not in FIELDS:
            raise ValueError(f"confirmed_as_assumed: {name!r} is not an assumption")
        return replace(self, as_assumed=tuple(n for n in FIELDS if n in {*self.as_assumed, name}))


def problems_of(where: str, name: str, entry: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with one entry of the table: unknown name or key, no number, out of bounds, ends the wrong way round."""
    found: list[Problem] = []
    if name not in FIELDS:
        remedy = "see 'stock-or-order assumptions' for the names that exist"
        return [
            Problem(
                "unknown_assumption",
                f"{where}{name} is not an assumption",
                remedy,
                column=name,
                found=name,
                expected="a name of the table",
            )
        ]
    row = FIELDS[name]
    for key, number in entry.items():
        label = f"{where}{name}.{key}"
        if key not in ("value", "low", "high"):
            found.append(
                Problem(
                    "unknown_key",
                    f"{label} is not understood",
                    "use value, low, high",
                    column=name,
                    found=key,
                    expected="value, low or high",
                )
            )
        elif row.choices and number not in range(len(row.choices)):
            names = ", ".join(row.choices)
            found.append(
                Problem(
                    "not_a_choice",
                    f"{label} is not one of its choices",
                    f"use one of {names}",
                    column=name,
                    found=str(number),
                    expected=names,
                )
            )
        elif isinstance(number, bool) or not isinstance(number, (int, float)) or number != number:
            found.append(
                Problem(
                    "not_a_number",
                    f"{label} is not a number",
                    "write a plain number",
                    column=name,
                    found=str(number),
                    expected=f"a number in {row.unit}",
                )
            )
        elif not row.minimum <= number <= row.maximum:
            expected = f"between {row.minimum:g} and {row.maximum:g} ({row.unit})"
            found.append(
                Problem(
                    "out_of_range",
                    f"{label} is out of range",
                    "correct the value",
                    column=name,
                    found=f"{number:g}",
                    expected=expected,
                )
            )
    if not found:
        value, low, high = (
            entry.get(key, entry.get("value", row.default)) for key in ("value", "low", "high")
        )
        if not low <= value <= high:
            found.append(
                Problem(
                    "range_order",
                    f"{where}{name}: low, value and high are not in order",
                    "give low <= value <= high",
                    column=name,
                    found=f"{low:g}, {value:g}, {high:g}",
                    expected="low <= value <= high",
                )
            )
    return found
