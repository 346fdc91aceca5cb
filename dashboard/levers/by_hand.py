"""How an assumption is moved by hand: a slider in percent, days or years, a number where it is an amount, or a list; wherever a page offers it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analytics.naming.scales import on_step, reaching, scale_of

__all__ = ["CURVES", "SLIDERS", "Slider", "label_of", "slider_at"]


@dataclass(frozen=True)
class Slider:
    """A slider: what it is called, its lowest and highest place and its step, in the numbers of `scale_of`."""

    label: str
    low: float
    high: float
    step: float


SLIDERS: dict[str, Slider] = {
    "patience_per_day": Slider("Of 10 customers told two weeks, still order", 1.0, 10.0, 0.5),
    "price_premium": Slider("Extra price to order, % of price", -20.0, 50.0, 1.0),
    "price_elasticity": Slider("Buyers lost per 1 % of extra price, %", 0.0, 10.0, 0.5),
    "cancellation_share": Slider("Orders cancelled after work began, %", 0.0, 30.0, 1.0),
    "deposit_share": Slider("Deposit paid with an order, % of price", 0.0, 100.0, 5.0),
    "component_lead_days": Slider("Parts, or bought products, take to arrive, days", 0.0, 180.0, 1.0),
    "production_days": Slider("Making a lot takes, days", 0.0, 90.0, 1.0),
    "assembly_days": Slider("Finishing from parts in stock takes, days", 0.0, 30.0, 1.0),
    "queue_days": Slider("Queue and buffer in every quote to order, days", 0.0, 28.0, 1.0),
    "late_days": Slider("Orders are late against the promise, days on average", 0.0, 30.0, 0.5),
    "review_days": Slider("Stock is looked at every, days", 1.0, 31.0, 1.0),
    "cost_premium": Slider("Premium for making single units, % of cost", 0.0, 30.0, 0.5),
    "component_share": Slider("Material shared with sister models, % of cost", 0.0, 100.0, 5.0),
    "cancellable_share": Slider("Can still be cancelled at suppliers, % of units under way", 0.0, 100.0, 5.0),
    "sunk_share": Slider("Spent on an order when it is cancelled, % of cost", 0.0, 100.0, 5.0),
    "hazard_per_year": Slider("A model stays in the range, years", 0.5, 50.0, 0.5),
    "storage_rate": Slider("Storage and handling, % of cost a year", 0.0, 20.0, 0.5),
    "insurance_rate": Slider("Insurance and shrinkage, % of cost a year", 0.0, 10.0, 0.5),
    "salvage_share": Slider("Leftovers fetch, % of cost", 0.0, 100.0, 5.0),
    "clearing_share": Slider("Excess that is cleared fetches, % of cost", 0.0, 100.0, 5.0),
    "price_erosion_per_year": Slider("Held goods lose in value, % a year", -20.0, 60.0, 1.0),
    "todays_service": Slider("Today's service where the file gives no levels, % of cycles", 50.0, 99.5, 0.5),
    "excess_cover_weeks": Slider("Stock counts as excess beyond a cover of, weeks", 4.0, 208.0, 2.0),
    "years_unsold": Slider("Not worth listing after years without a sale", 0.5, 10.0, 0.5),
    "longest_run_off_years": Slider("Leftovers are held until they sell at most, years", 0.0, 10.0, 0.5),
    "capital_rate": Slider("Cost of capital, % a year", 0.0, 30.0, 0.5),
    "fixed_cost_share": Slider("Unit cost that is spent whether a unit is made or not, %", 0.0, 100.0, 5.0),
    "gross_margin": Slider("Gross margin where no unit cost is known, % of sales", -20.0, 95.0, 0.5),
    "gain_error": Slider("A product's stated gain may be wrong by, %", 0.0, 200.0, 5.0),
}

#: What is an amount is typed; "money" stands for the currency.
_TYPED = {
    "patience_shape": "How sharply they leave (curves of Weibull and logistic)",
    "units_per_order": "Units that a customer orders at once",
    "waiting_cost_per_unit_day": "A day of waiting beyond the promise costs, money a unit",
    "goodwill_per_unit": "Goodwill lost with a lost unit, money",
    "setup_cost": "Set-up or ordering cost of a lot, money",
    "order_setup_cost": "Set-up or handling of one order, money",
    "scale_elasticity": "Scale curve: exponent by which unit cost falls with the lot",
    "unit_value": "Average revenue of a unit where no price is known, money",
    "patience_curve": "How customers leave as the wait grows",
}

#: The curves of patience in words, in the order of their numbers.
CURVES = (
    "a like share every day (exponential)",
    "few at first, most later (Weibull)",
    "most around one day (logistic)",
    "all on one day (window)",
)


def label_of(name: str, currency: str = "") -> str:
    """What an assumption is called where it is moved; amounts in the `currency`.

    >>> label_of("capital_rate"), label_of("setup_cost", "EUR")
    ('Cost of capital, % a year', 'Set-up or ordering cost of a lot, EUR')
    """
    if name in SLIDERS:
        return SLIDERS[name].label
    return _TYPED[name].replace("money", currency or "money")


def slider_at(name: str, value: float) -> tuple[float, float, float, float]:
    """The slider of an assumption at a value of its field: lowest place, highest place, step, and the place nearest to the value.

    The slider reaches as far as the value lies, to four times its usual end at most: what lies farther (a model that stays for ever) stands at its end.
    Raises ValueError for a value that is not known.

    >>> slider_at("capital_rate", 0.087), slider_at("production_days", 120.0), slider_at("hazard_per_year", 0.0)
    ((0.0, 30.0, 0.5, 8.5), (0.0, 120.0, 1.0, 120.0), (0.5, 200.0, 0.5, 200.0))
    """
    one, shown = SLIDERS[name], scale_of(name).shown(value)
    if not math.isfinite(shown):
        raise ValueError(f"slider_at: {name} is not known")
    low, high = reaching(shown, one.low, one.high, one.step)
    return low, high, one.step, on_step(shown, low, high, one.step)
