"""Names on the screen: one label, unit and format per measure; the one list of components and strategies.

One concept: what a measure is called and how a number is written, on the screen and in sentences alike.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "COMPONENTS", "COMPONENT_BLOCKS", "COUNTED", "MEASURES", "ON_HAND_RULE", "PLANS", "STRATEGIES", "Label", "Strategy", "Verdict", "days_text", "doing_text",
    "money_text", "number_text", "percent_text", "plan_text", "strategy_text", "total_text", "unit_text", "units_text", "value_text",
]  # fmt: skip


#: Whether the units of an order on hand are in demand too.
COUNTED = ("kept apart", "in demand")
#: The rule by which orders on hand are listed, said wherever they are.
ON_HAND_RULE = (
    "An order on hand is an open line due after the last sale: dated by the day it is due it is kept apart from demand, dated by the day of the order it is"
    " demand on that day; what you call an order on hand is kept apart, and every unit counts once."
)


@dataclass(frozen=True)
class Label:
    """How a name is shown: its label, its unit and a format ('money', 'units', 'share', 'days', 'number')."""

    label: str
    unit: str
    format: str


class Strategy(StrEnum):
    """How a product can be made available, in the order of every page; written as its own short name at every edge.

    >>> Strategy.MTS, f"{Strategy.HYBRID}", [one for one in Strategy] == ["MTS", "ATO", "MTO", "HYBRID"]
    ('MTS', 'HYBRID', True)
    """

    MTS = "MTS"
    ATO = "ATO"
    MTO = "MTO"
    HYBRID = "HYBRID"

    __repr__ = str.__repr__


class Verdict(StrEnum):
    """How sure the choice for a product is, or who made it; `depends_on` names the assumption that turns it.

    >>> Verdict.CLEAR, Verdict.of_field("patience_per_day"), Verdict.field("depends_on_patience_per_day"), Verdict.field("clear")
    ('clear', 'depends_on_patience_per_day', 'patience_per_day', '')
    """

    CLEAR = "clear"
    TOO_CLOSE = "too_close"
    #: no price or no cost
    NOT_DECIDABLE = "not_decidable"
    #: no price turns it, and it was tried at nothing else: of a large portfolio those with least money
    NOT_SEARCHED = "not_searched"
    CHOSEN_BY_YOU = "chosen_by_you"
    #: what all products share left no other choice
    LIMITED = "limited"
    #: within the range of every assumption, but in the replay of the past its class of demand lost by the change
    LOST_IN_REPLAY = "lost_in_replay"
    #: strategy and settings are held as chosen before: nothing was decided anew
    HELD = "held"
    #: until the simulated years are priced again
    RECOMPUTING = "recomputing"

    __repr__ = str.__repr__

    @staticmethod
    def of_field(field: str) -> str:
        """The verdict of a choice that turns within the usual range of the assumption `field`."""
        return f"{_DEPENDS_ON}{field}"

    @staticmethod
    def field(verdict: str) -> str:
        """The assumption a verdict depends on, '' where none."""
        return verdict.removeprefix(_DEPENDS_ON) if verdict.startswith(_DEPENDS_ON) else ""


_DEPENDS_ON = "depends_on_"

#: The strategies in the order of every page.
STRATEGIES: Mapping[str, str] = {
    Strategy.MTS: "make to stock",
    Strategy.ATO: "assemble to order",
    Strategy.MTO: "make to order",
    Strategy.HYBRID: "stock part of the orders, make the rest to order",
}

#: The plans in the order of every page: how it is run today, one strategy for all, a rule of one's own, and what is recommended.
PLANS: Mapping[str, str] = {
    "baseline": "Today's way",
    Strategy.MTS: "Everything to stock",
    Strategy.ATO: "Assembled where offered",
    Strategy.MTO: "Everything to order",
    Strategy.HYBRID: "Part of the orders to order",
    "mine": "Mine",
    "mix": "The mix",
}

#: What is lost against the frictionless benchmark demand x (price - unit cost), money over 12 months.
#: Components add up to benchmark minus profit. `premium` may be negative.
COMPONENTS: Mapping[str, Label] = {
    "capital": Label("Cost of capital", "money/year", "money"),
    "storage": Label("Storage and insurance", "money/year", "money"),
    "setup": Label("Set-up", "money/year", "money"),
    "lost_margin": Label("Margin of lost orders", "money/year", "money"),
    "goodwill": Label("Goodwill", "money/year", "money"),
    "waiting": Label("Waiting and lateness", "money/year", "money"),
    "obsolescence": Label("Obsolescence", "money/year", "money"),
    "run_off": Label("Run-off of leftovers", "money/year", "money"),
    "perhaps_ended": Label("Perhaps ended already", "money/year", "money"),
    "markdown": Label("Markdown", "money/year", "money"),
    "cancellation": Label("Cancellation", "money/year", "money"),
    "premium": Label("Premium of single units", "money/year", "money"),
}

#: The three blocks of what is lost, by the name of their figure.
COMPONENT_BLOCKS: Mapping[str, tuple[str, ...]] = {
    "booked_cost": (
        "storage",
        "setup",
        "obsolescence",
        "run_off",
        "perhaps_ended",
        "markdown",
        "cancellation",
        "premium",
    ),
    "cost_of_capital": ("capital",),
    "margin_not_earned": ("lost_margin", "goodwill", "waiting"),
}

#: Physical and service measures of `strategies.csv`, beside the components and `profit`.
MEASURES: Mapping[str, Label] = {
    "profit": Label("Contribution after stock costs", "money/year", "money"),
    "profit_against_best": Label("Profit less the best strategy's", "money/year", "money"),
    "benchmark": Label("Perfect year", "money/year", "money"),
    "revenue": Label("Revenue", "money/year", "money"),
    "cash_tied_up": Label("Cash in stock", "money", "money"),
    "lost_if_ended": Label("Lost once on what has perhaps ended", "money", "money"),
    "units_demanded": Label("Units demanded", "units/year", "units"),
    "units_sold": Label("Units sold", "units/year", "units"),
    "units_lost": Label("Units lost", "units/year", "units"),
    "units_scrapped": Label("Units stranded at the end of life", "units/year", "units"),
    "units_left": Label("Units left beyond what is ordered again", "units/year", "units"),
    "units_cleared": Label("Units cleared", "units/year", "units"),
    "units_on_hand": Label("Average stock on hand", "units", "units"),
    "units_in_process": Label("Average units in process", "units", "units"),
    "units_backordered": Label("Average units backordered", "units", "units"),
    "orders": Label("Set-ups", "lots/year", "number"),
    "fill_rate": Label("Share of demand served at once", "share", "share"),
    "share_waiting": Label("Share of served demand that waits", "share", "share"),
    "share_quoted_a_wait": Label("Share of served demand that is quoted a wait", "share", "share"),
    "share_shelf_empty": Label(
        "Share of served demand that finds the shelf empty and waits", "share", "share"
    ),
    "share_lost": Label("Share of demand lost", "share", "share"),
    "wait_days_median": Label("Median wait of those who wait", "days", "days"),
    "wait_days_p90": Label("Wait exceeded by 1 in 10 of those who wait", "days", "days"),
    "wait_days_mean": Label("Mean wait of those who wait", "days", "days"),
}


def unit_text(measure: str, currency: str = "") -> str:
    """The unit of a column, from its measure alone: money in the currency (or "money" where none is named), units, days.

    >>> unit_text("revenue", "EUR"), unit_text("revenue"), unit_text("units_demanded", "EUR")
    ('EUR', 'money', 'units')
    """
    label = MEASURES.get(measure) or COMPONENTS[measure]
    return (
        (currency or "money")
        if label.format == "money"
        else "units"
        if label.format == "units"
        else label.unit
    )


def number_text(value: float, digits: int = 3) -> str:
    """A number with two or three significant digits and k or M, the one formatter of the program.

    >>> [number_text(v) for v in (0.0, 0.456, 12.34, 1234.0, 98765.0, 1_420_000.0, -310_000.0)]
    ['0', '0.456', '12.3', '1.23 k', '98.8 k', '1.42 M', '-310 k']
    """
    if not math.isfinite(value):
        return "unknown"
    if value == 0.0:
        return "0"
    rounded = float(f"{value:.{digits}g}")
    size = abs(rounded)  # of a thousand products twenty thousand amounts are said at every lever
    if size < 1e3:
        scaled, suffix = rounded, ""
    elif size < 1e6:
        scaled, suffix = rounded / 1e3, " k"
    elif size < 1e9:
        scaled, suffix = rounded / 1e6, " M"
    else:
        scaled, suffix = rounded / 1e9, " bn"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(scaled))))
    text = f"{scaled:.{decimals}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + suffix


def total_text(value: float, decimals: int = 6) -> str:
    """A total in full, to be held against somebody's own: every digit, never a power of ten; decimals where there are any.

    >>> [total_text(v) for v in (1_431_255.0, 12.5, 0.1 + 0.2, float("nan"))]
    ['1,431,255', '12.5', '0.3', 'unknown']
    """
    if not math.isfinite(value):
        return "unknown"
    text = f"{value:,.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def value_text(value: float) -> str:
    """A value as somebody gave it: six figures where they are enough, every digit where they are not.

    >>> [value_text(v) for v in (1 / 12, 12.5, 1_431_255.0, 12_345_678.25)]
    ['0.0833333', '12.5', '1,431,255', '12,345,678.25']
    """
    return f"{value:,.6g}" if abs(value) < 100_000.0 else total_text(value, 2)


def units_text(value: float) -> str:
    """Units of a level or a lot.

    >>> units_text(1234.0), units_text(2.345)
    ('1,234', '2.3')
    """
    return f"{value:,.0f}" if value >= 10.0 or value == round(value) else number_text(value, 2)


def money_text(value: float, currency: str = "", digits: int = 2) -> str:
    """An amount of money in words.

    >>> money_text(1_420_000, "USD")
    '1.4 M USD'
    """
    return f"{number_text(value, digits)} {currency}".strip()


def percent_text(share: float) -> str:
    """A share as percent; nearly nothing and nearly all are not rounded to nothing and all.

    >>> percent_text(0.314), percent_text(0.004), percent_text(0.9978), percent_text(1.0)
    ('31 %', '0.4 %', '99.8 %', '100 %')
    """
    if not math.isfinite(share):
        return "unknown"
    if abs(share) < 1e-6:  # numerical noise
        return "0 %"
    if 0.995 <= share < 1.0:
        return f"{min(100.0 * share, 99.9):.1f} %"
    return f"{100.0 * share:.0f} %" if abs(share) >= 0.0095 or share == 0.0 else f"{100.0 * share:.1g} %"


def days_text(days: float) -> str:
    """A duration in whole days.

    >>> days_text(1.0), days_text(12.4)
    ('1 day', '12 days')
    """
    whole = round(days)
    return "1 day" if whole == 1 else f"{whole} days"


def plan_text(plan: str) -> str:
    """A plan inside a sentence.

    >>> plan_text("mix"), plan_text("baseline"), plan_text("MTS")
    ('the mix', "today's way", 'everything to stock')
    """
    name = PLANS[plan]
    return name[0].lower() + name[1:]


def strategy_text(strategy: str, make: bool = True) -> str:
    """A strategy in words; bought-in products are bought, not made.

    >>> strategy_text("MTO"), strategy_text("MTO", make=False)
    ('make to order', 'buy to order')
    """
    words = STRATEGIES[strategy]
    return words if make else words.replace("make", "buy").replace("assemble", "buy")


def doing_text(strategy: str, make: bool = True) -> str:
    """A strategy as what is done, for the subject of a sentence.

    >>> doing_text("MTO"), doing_text("HYBRID"), doing_text("MTS", make=False)
    ('making to order', 'stocking part and making the rest of the orders to order', 'buying to stock')
    """
    words = {
        Strategy.MTS: "making to stock",
        Strategy.ATO: "assembling to order",
        Strategy.MTO: "making to order",
        Strategy.HYBRID: "stocking part and making the rest of the orders to order",
    }[Strategy(strategy)]
    return words if make else words.replace("making", "buying").replace("assembling", "buying")
