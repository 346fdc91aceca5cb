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
from datetime import date
from typing import Any, NamedTuple

from analytics.errors import DataError, Problem
from analytics.limits import Limits
from analytics.naming.what_ifs import WhatIf, sorted_what_ifs

__all__ = [
    "FIELDS",
    "Assumption",
    "AssumptionField",
    "Assumptions",
    "Signed",
    "of_ten_at_two_weeks",
    "problems_of",
    "signed_problems",
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
        AssumptionField(
            name="patience_per_day",
            default=of_ten_at_two_weeks(7.5),
            low=of_ten_at_two_weeks(9.5),
            high=of_ten_at_two_weeks(5.0),
            unit="1/day",
            minimum=0.0,
            maximum=10.0,
            physics=True,
            label="Share of buyers lost per day of wait beyond today's",
            source="7.5 of 10 still order when told two weeks (5 to 9.5); stocked sales cannot identify it",
            question="Of 10 customers, how many still order if told two weeks?",
        ),
        AssumptionField(
            name="patience_curve",
            default=0.0,
            low=0.0,
            high=0.0,
            unit="0 exponential, 1 weibull, 2 logistic, 3 window",
            minimum=0.0,
            maximum=3.0,
            physics=True,
            label="Curve by which buyers leave as the wait grows",
            source="exponential; every curve keeps the same share at two weeks",
            question="",
            choices=PATIENCE_CURVES,
        ),
        AssumptionField(
            name="patience_shape",
            default=2.0,
            low=2.0,
            high=2.0,
            unit="exponent",
            minimum=0.1,
            maximum=50.0,
            physics=True,
            label="Steepness of a Weibull or logistic curve of patience",
            source="2: few leave at first, many later; no effect on the other curves",
            question="",
        ),
        AssumptionField(
            name="hazard_per_year",
            default=1.0 / 20.0,
            low=1.0 / 50.0,
            high=1.0 / 7.0,
            unit="1/year",
            minimum=0.0,
            maximum=50.0,
            physics=True,
            label="Chance rate that a product ends unannounced",
            source="derived from ends seen in the file where there are any",
            question="How long does a model stay in the range?",
        ),
        AssumptionField(
            name="component_lead_days",
            default=28.0,
            low=14.0,
            high=56.0,
            unit="days",
            minimum=0.0,
            maximum=3650.0,
            physics=True,
            label="Lead time of bought parts (or of a bought-in product)",
            source="planning practice; no vendor data given",
            question="How long do your parts take to arrive?",
        ),
        AssumptionField(
            name="production_days",
            default=7.0,
            low=3.0,
            high=14.0,
            unit="days",
            minimum=0.0,
            maximum=3650.0,
            physics=True,
            label="Time to make a lot",
            source="planning practice; no routing given",
            question="How long does production take?",
        ),
        AssumptionField(
            name="assembly_days",
            default=3.0,
            low=1.0,
            high=7.0,
            unit="days",
            minimum=0.0,
            maximum=3650.0,
            physics=True,
            label="Time to finish a product from stocked components",
            source="planning practice",
            question="How long does final assembly take?",
        ),
        AssumptionField(
            name="queue_days",
            default=3.0,
            low=0.0,
            high=7.0,
            unit="days",
            minimum=0.0,
            maximum=3650.0,
            physics=True,
            label="Queue and reliability buffer in a quote to order",
            source="planning practice",
            question="",
        ),
        AssumptionField(
            name="review_days",
            default=7.0,
            low=7.0,
            high=7.0,
            unit="days",
            minimum=1.0,
            maximum=365.0,
            physics=True,
            label="Time between two looks at the stock",
            source="weekly planning",
            question="",
        ),
        AssumptionField(
            name="setup_cost",
            default=0.0,
            low=0.0,
            high=0.0,
            unit="money/lot",
            minimum=0.0,
            maximum=_INF,
            physics=False,
            label="Set-up or ordering cost per lot",
            source="none known; the usual lot implies one",
            question="What does a changeover cost: minutes and people?",
        ),
        AssumptionField(
            name="order_setup_cost",
            default=0.0,
            low=0.0,
            high=0.0,
            unit="money/order",
            minimum=0.0,
            maximum=_INF,
            physics=False,
            label="Set-up or handling cost per customer order made to order",
            source="set-up cost where given, else none known",
            question="What does one order cost to set up?",
        ),
        AssumptionField(
            name="capital_rate",
            default=0.10,
            low=0.08,
            high=0.12,
            unit="1/year",
            minimum=0.0,
            maximum=5.0,
            physics=False,
            label="Cost of capital",
            source="typical weighted cost of capital",
            question="Your bank or WACC %?",
        ),
        AssumptionField(
            name="storage_rate",
            default=0.05,
            low=0.03,
            high=0.08,
            unit="1/year",
            minimum=0.0,
            maximum=5.0,
            physics=False,
            label="Storage and handling, share of unit cost a year",
            source="usual 4 to 10 % with insurance; planning practice",
            question="Would you really give up the space?",
        ),
        AssumptionField(
            name="insurance_rate",
            default=0.02,
            low=0.01,
            high=0.03,
            unit="1/year",
            minimum=0.0,
            maximum=5.0,
            physics=False,
            label="Insurance and shrinkage, share of unit cost a year",
            source="usual 1 to 3 %; planning practice",
            question="",
        ),
        AssumptionField(
            name="salvage_share",
            default=0.20,
            low=0.10,
            high=0.30,
            unit="share of unit cost",
            minimum=0.0,
            maximum=1.0,
            physics=False,
            label="What leftovers of an ended product fetch",
            source="usual 10 to 30 % of cost; planning practice",
            question="What share of cost do leftovers fetch?",
        ),
        AssumptionField(
            name="clearing_share",
            default=0.70,
            low=0.50,
            high=0.90,
            unit="share of unit cost",
            minimum=0.0,
            maximum=1.0,
            physics=False,
            label="What excess of a living product fetches when cleared",
            source="clearance practice",
            question="What share of cost does excess fetch when you clear it?",
        ),
        AssumptionField(
            name="cost_premium",
            default=0.0,
            low=0.0,
            high=0.10,
            unit="share of unit cost",
            minimum=-1.0,
            maximum=10.0,
            physics=False,
            label="Extra cost of making or buying one at a time, beyond set-up",
            source="none assumed; usual up to 10 %",
            question="How much more does one cost than one out of a lot, set-up aside?",
        ),
        AssumptionField(
            name="price_premium",
            default=0.0,
            low=0.0,
            high=0.0,
            unit="share of price",
            minimum=-1.0,
            maximum=10.0,
            physics=False,
            label="Extra price buyers pay for a product made to order",
            source="none assumed",
            question="",
        ),
        AssumptionField(
            name="price_elasticity",
            default=2.0,
            low=1.0,
            high=4.0,
            unit="percent of volume per percent of price",
            minimum=0.0,
            maximum=50.0,
            physics=False,
            label="Volume lost per percent of price premium",
            source="typical of branded durables; no effect without a price premium",
            question="How many percent of buyers leave if the price rises by 1 %?",
        ),
        AssumptionField(
            name="scale_elasticity",
            default=0.0,
            low=0.0,
            high=0.0,
            unit="exponent",
            minimum=0.0,
            maximum=2.0,
            physics=False,
            label="Scale curve: how unit cost falls with the lot",
            source="none assumed; from quotes at two volumes",
            question="What does one unit cost if you order ten times as many?",
        ),
        AssumptionField(
            name="cancellation_share",
            default=0.0,
            low=0.0,
            high=0.05,
            unit="share of orders",
            minimum=0.0,
            maximum=1.0,
            physics=False,
            label="Orders made to order that are cancelled after work began",
            source="none assumed",
            question="How many of 100 orders are cancelled?",
        ),
        AssumptionField(
            name="sunk_share",
            default=0.5,
            low=0.25,
            high=0.75,
            unit="share of unit cost",
            minimum=0.0,
            maximum=1.0,
            physics=False,
            label="Cost already spent on an order when it is cancelled",
            source="half way through; no effect without cancellations",
            question="",
        ),
        AssumptionField(
            name="cancellable_share",
            default=0.0,
            low=0.0,
            high=0.5,
            unit="share of units under way",
            minimum=0.0,
            maximum=1.0,
            physics=False,
            label="Share of what is on order, or in production, that can still be cancelled when a product ends",
            source="none: what is ordered is taken and paid",
            question="Can you cancel an order at your supplier once placed?",
        ),
        AssumptionField(
            name="units_per_order",
            default=_UNKNOWN,
            low=_UNKNOWN,
            high=_UNKNOWN,
            unit="units/order",
            minimum=1e-9,
            maximum=_INF,
            physics=True,
            label="Units that a customer orders at once",
            source="the orders of the file; of totals, between their common measure and a usual one",
            question="How many units does a customer usually order?",
        ),
        AssumptionField(
            name="late_days",
            default=0.0,
            low=0.0,
            high=0.0,
            unit="days/order",
            minimum=0.0,
            maximum=3650.0,
            physics=False,
            label="Mean days late against the promise, per order made to order",
            source="from shipped and promised dates, or from capacity",
            question="",
        ),
        AssumptionField(
            name="price_erosion_per_year",
            default=0.0,
            low=0.0,
            high=0.0,
            unit="1/year",
            minimum=-5.0,
            maximum=50.0,
            physics=False,
            label="Fall of the price level: what a held unit loses in value",
            source="none assumed",
            question="",
        ),
        AssumptionField(
            name="deposit_share",
            default=0.0,
            low=0.0,
            high=0.0,
            unit="share of price",
            minimum=0.0,
            maximum=1.0,
            physics=False,
            label="Deposit paid with an order",
            source="none assumed",
            question="",
        ),
        AssumptionField(
            name="goodwill_per_unit",
            default=0.0,
            low=0.0,
            high=0.0,
            unit="money/unit",
            minimum=0.0,
            maximum=_INF,
            physics=False,
            label="Goodwill lost with a lost unit, beyond its margin",
            source="0; the implied shortage cost is shown instead",
            question="",
        ),
        AssumptionField(
            name="waiting_cost_per_unit_day",
            default=0.0,
            low=0.0,
            high=0.0,
            unit="money/unit-day",
            minimum=0.0,
            maximum=_INF,
            physics=False,
            label="Cost of a unit-day of waiting beyond the promise",
            source="0; the implied shortage cost is shown instead",
            question="",
        ),
        AssumptionField(
            name="fixed_cost_share",
            default=0.0,
            low=0.0,
            high=0.50,
            unit="share of unit cost",
            minimum=0.0,
            maximum=1.0,
            physics=False,
            label="Share of unit cost that is fixed: spent whether a unit is made or not",
            source="the unit cost is taken as wholly variable; full costs hold up to half overhead",
            question="Is your unit cost full or variable: what share is spent whether a unit is made or not?",
        ),
        AssumptionField(
            name="unit_value",
            default=_UNKNOWN,
            low=_UNKNOWN,
            high=_UNKNOWN,
            unit="money/unit",
            minimum=0.0,
            maximum=_INF,
            physics=False,
            label="Average revenue of a unit, used only where no price is known",
            source="unknown until you state it; without price or value there is no money",
            question="What is one unit sold for on average?",
        ),
        AssumptionField(
            name="gross_margin",
            default=_UNKNOWN,
            low=_UNKNOWN,
            high=_UNKNOWN,
            unit="share of price",
            minimum=-10.0,
            maximum=1.0,
            physics=False,
            label="Gross margin, used only where no unit cost is known",
            source="unknown until you state it; without it there is no money",
            question="One figure from your accounts: gross margin %?",
        ),
        AssumptionField(
            name="component_share",
            default=_UNKNOWN,
            low=_UNKNOWN,
            high=_UNKNOWN,
            unit="share of unit cost",
            minimum=0.0,
            maximum=1.0,
            physics=False,
            label="Share of unit cost in components shared with the family",
            source="unknown until you state it; without it nothing is assembled to order",
            question="What share of the material is shared with sister models?",
        ),
        AssumptionField(
            name="todays_service",
            default=0.95,
            low=0.90,
            high=0.98,
            unit="share of cycles",
            minimum=0.5,
            maximum=0.9999,
            physics=True,
            label="Service today where the file gives no levels: cycles without a stock-out",
            source="planning practice; moves with no price",
            question="Of 100 deliveries to your stock, before how many does nothing run out?",
        ),
        AssumptionField(
            name="excess_cover_weeks",
            default=52.0,
            low=26.0,
            high=104.0,
            unit="weeks",
            minimum=1.0,
            maximum=1040.0,
            physics=True,
            label="Cover beyond which stock counts as excess",
            source="twelve months of cover",
            question="",
        ),
        AssumptionField(
            name="gain_error",
            default=0.45,
            low=0.30,
            high=0.70,
            unit="share of the gain",
            minimum=0.0,
            maximum=10.0,
            physics=False,
            label="How far the stated gain of a product may be wrong, beyond what chance explains",
            source="portfolios of known truth; a replay of your own past measures it (analyze --replay)",
            question="",
        ),
        AssumptionField(
            name="years_unsold",
            default=3.0,
            low=2.0,
            high=5.0,
            unit="years",
            minimum=0.5,
            maximum=100.0,
            physics=False,
            label="Years without a sale after which a product is not worth listing",
            source="planning practice: reviews of slow parts ask after two to five years",
            question="",
        ),
        AssumptionField(
            name="longest_run_off_years",
            default=4.0,
            low=2.0,
            high=6.0,
            unit="years",
            minimum=0.0,
            maximum=100.0,
            physics=False,
            label="How long leftovers are held until they sell, at most",
            source="planning practice: what sells later than that counts as scrap today",
            question="",
        ),
    )
}


class Signed(NamedTuple):
    """Who confirmed a value, as typed and not verified, and the date of the data (YYYY-MM-DD) it was confirmed on; "" not said."""

    by: str = ""
    data_date: str = ""


@dataclass(frozen=True)
class Assumption:
    """A value in force: `low` and `high` are its range, `origin` is assumed or confirmed; `by` and `data_date` as in `Signed`."""

    value: float
    low: float
    high: float
    origin: str
    by: str = ""
    data_date: str = ""


@dataclass(frozen=True)
class Assumptions:
    """What the user stated: in general, per family and per SKU; everything else is the table's default. `limits` bind all products together.

    `as_assumed` names the fields that are confirmed just as they stand: every product keeps its own value, whether from the table or derived from
    its sales, and only the ranges go; `signed` says by whom, and on data of which date. `what_if` moves what the files give.
    """

    general: Mapping[str, Assumption] = field(default_factory=dict)
    family: Mapping[str, Mapping[str, Assumption]] = field(default_factory=dict)
    product: Mapping[str, Mapping[str, Assumption]] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    as_assumed: tuple[str, ...] = ()
    signed: Mapping[str, Signed] = field(default_factory=dict)
    what_if: tuple[WhatIf, ...] = ()

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
            Assumption(found.value, found.value, found.value, "confirmed", *self.signed.get(name, Signed()))
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
        signed = {name: one for name, one in self.signed.items() if name in left}
        return replace(self, general={**self.general, **confirmed}, as_assumed=left, signed=signed)

    def with_what_if(self, *moved: WhatIf) -> Assumptions:
        """A copy with further what-ifs on top of what the files say; one of a name that is moved already takes its place.

        >>> Assumptions().with_what_if(WhatIf("price", 0.05)).what_if[0].words
        'Price +5 % on top of what the file says'
        """
        return replace(self, what_if=sorted_what_ifs((*self.what_if, *moved)))

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

    def signed_by(self, by: str, data_date: str, *names: str) -> Assumptions:
        """A copy in which general confirmations of these fields carry the name typed and the date of the data (see `Signed`).

        Fields that nobody confirmed in general stay as they are.

        >>> one = Assumptions().with_general(capital_rate=0.09).signed_by("M. Weber", "2013-11-29", "capital_rate")
        >>> one.of("capital_rate").by, one.of("capital_rate").data_date
        ('M. Weber', '2013-11-29')
        """
        general = {
            name: replace(one, by=by, data_date=data_date) if name in names else one
            for name, one in self.general.items()
        }
        here = {name: Signed(by, data_date) for name in self.as_assumed if name in names}
        return replace(self, general=general, signed={**self.signed, **here})


def _day_said(text: Any) -> bool:
    """Whether a text is a day of the calendar, YYYY-MM-DD, or nothing."""
    if not isinstance(text, str) or (text and len(text) != 10):
        return False
    try:
        return not text or bool(date.fromisoformat(text))
    except ValueError:
        return False


def signed_problems(label: str, entry: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with who confirmed a value and the date of the data, keys `by` and `data_date` of an entry."""
    found = []
    if not isinstance(entry.get("by", ""), str):
        found.append(
            Problem(
                "not_a_name",
                f"{label}.by is not a name",
                "write a name as text",
                found=str(entry["by"]),
                expected="a text",
            )
        )
    if not _day_said(entry.get("data_date", "")):
        found.append(
            Problem(
                "not_a_day",
                f"{label}.data_date is no day of the calendar",
                "write it as YYYY-MM-DD, as text",
                found=str(entry["data_date"]),
                expected="a day such as 2013-11-29",
            )
        )
    return found


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
    found += signed_problems(f"{where}{name}", entry)
    for key, number in entry.items():
        label = f"{where}{name}.{key}"
        if key in Signed._fields:
            continue
        if key not in ("value", "low", "high"):
            found.append(
                Problem(
                    "unknown_key",
                    f"{label} is not understood",
                    "use value, low, high, by, data_date",
                    column=name,
                    found=key,
                    expected="value, low, high, by or data_date",
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
