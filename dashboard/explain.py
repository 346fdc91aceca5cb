"""How is this computed: a number of one product as formula, with its own numbers in it, its inputs and its source.

Formulas are those of `analytics.strategy.price.component_money`, in the names of the code.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.items import ORIGINS
from analytics.labels import COMPONENTS, number_text, value_text
from dashboard.facts import Facts

__all__ = ["Explanation", "explanations"]


@dataclass(frozen=True)
class Explanation:
    """One number: what it is, the formula with this product's numbers and result, where the inputs come from, the code."""

    title: str
    meaning: str
    formula: str
    origins: str
    source: str


_MEANING = {
    "capital": "What the money in stock and in work costs in a year; it is charged, but not booked.",
    "storage": "Storage, handling, insurance and shrinkage of the stock held.",
    "setup": "Set-ups of lots made for stock, and of orders worked on singly.",
    "lost_margin": "Margin of the orders that customers did not place because they would have had to wait.",
    "goodwill": "Goodwill lost with a lost order, beyond its margin.",
    "waiting": "Cost of orders delivered later than promised.",
    "obsolescence": "Units stranded when the product ends, at cost less what leftovers fetch, averaged over 400 simulated years.",
    "markdown": "Excess of a living product cleared below cost, and what stock loses in value while prices fall.",
    "premium": "Extra cost of making single units, less the extra price.",
}


def _amount(value: float) -> str:
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:,.2f}" if abs(value) >= 10 or value == 0 else f"{value:.4g}"


def _origin(facts: Facts, i: int, *names: str) -> str:
    parts = []
    for name in names:
        value = float(facts.items[name][i])
        word = ORIGINS[int(facts.items.origin(name)[i])]
        parts.append(f"{name} {value_text(value)}: {word}{' by you' if word == 'confirmed' else ''}")
    return " · ".join(parts)


def explanations(facts: Facts, i: int, most: int = 4) -> list[Explanation]:
    """The largest components of the recommended strategy of a product, the contribution first."""
    k = int(facts.choice[i])
    strategy = facts.strategies[k]
    if not np.isfinite(facts.profit[i, k]):
        return []
    names = list(COMPONENTS)
    parts = {name: float(facts.components[i, k, c]) for c, name in enumerate(names)}
    benchmark = float(facts.benchmark[i, k])
    cost = float(facts.items["unit_cost"][i]) * (1.0 - float(facts.items["fixed_cost_share"][i]))
    price = float(facts.items.price_of_demand[i])
    share = {"MTS": 1.0, "ATO": float(np.nan_to_num(facts.items["component_share"][i]))}.get(strategy, 1.0)
    demanded, sold, lost = (
        float(facts.units[m][i, k]) for m in ("units_demanded", "units_sold", "units_lost")
    )
    on_hand, scrapped, cleared = (
        float(facts.units[m][i, k]) for m in ("units_on_hand", "units_scrapped", "units_cleared")
    )
    cash = float(facts.cash[i, k])
    currency = facts.currency
    minus = "".join(f"\n  - {name} {_amount(v)}" for name, v in parts.items() if abs(v) >= 0.005)
    out = [
        Explanation(
            f"the contribution of {number_text(float(facts.profit[i, k]), 3)}",
            "What the product earns in a year: the margin of a perfect year less everything lost against it."
            + (
                " These are the figures at the settings found here; it stays as it is run today, and their difference is not counted."
                if facts.products.at[i, "as_today"]
                else ""
            ),
            f"profit\n  = benchmark{minus}\n  = {_amount(benchmark)}"
            + "".join(f" - {_amount(v)}" for v in parts.values() if abs(v) >= 0.005)
            + f"\n  = {_amount(float(facts.profit[i, k]))} {currency}\n\nbenchmark\n  = demanded x (price - cost)\n  = {_amount(demanded)} x ({_amount(price)} - {_amount(cost)})",
            _origin(facts, i, "price", "unit_cost", "fixed_cost_share"),
            "analytics.strategy.price.profit_money",
        )
    ]
    rates = float(facts.items["storage_rate"][i]) + float(facts.items["insurance_rate"][i])
    value = cost * share
    formulas = {
        "capital": (
            f"capital\n  = capital_rate x cash_tied_up\n  = {float(facts.items['capital_rate'][i]):g} x {_amount(cash)}",
            ("capital_rate", "unit_cost"),
        ),
        "storage": (
            f"storage\n  = (storage_rate + insurance_rate) x on_hand x stock_value\n  = {rates:g} x {_amount(on_hand)} x {_amount(value)}",
            ("storage_rate", "insurance_rate", "unit_cost"),
        ),
        "obsolescence": (
            f"obsolescence\n  = units_scrapped x stock_value x (1 - salvage_share)\n  = {_amount(scrapped)} x {_amount(value)} x (1 - {float(facts.items['salvage_share'][i]):g})",
            ("unit_cost", "salvage_share", "hazard_per_year"),
        ),
        "markdown": (
            f"markdown\n  = units_cleared x stock_value x (1 - clearing_share) + price_erosion_per_year x on_hand x stock_value\n"
            f"  = {_amount(cleared)} x {_amount(value)} x (1 - {float(facts.items['clearing_share'][i]):g})"
            f" + {float(np.nan_to_num(facts.items['price_erosion_per_year'][i])):g} x {_amount(on_hand)} x {_amount(value)}",
            ("unit_cost", "clearing_share", "price_erosion_per_year", "excess_cover_weeks"),
        ),
        "lost_margin": (
            f"lost_margin\n  = units_lost x (price - cost)\n  = {_amount(lost)} x ({_amount(price)} - {_amount(cost)})",
            ("price", "unit_cost", "patience_per_day"),
        ),
        "setup": (
            "setup\n  = setup_cost x lots + order_setup_cost x customer_orders (each for its share of the work)",
            ("setup_cost", "order_setup_cost"),
        ),
        "premium": (
            "premium\n  = units_sold x (cost_premium x cost - price_premium x price)\n"
            f"  = {_amount(sold)} x ({float(facts.items['cost_premium'][i]):g} x {_amount(cost)} - {float(facts.items['price_premium'][i]):g} x {_amount(price)})",
            ("cost_premium", "price_premium"),
        ),
    }
    for name, amount in sorted(parts.items(), key=lambda pair: -abs(pair[1]))[: most - 1]:
        if name in formulas and abs(amount) >= 0.5:
            formula, fields = formulas[name]
            out.append(
                Explanation(
                    f"{COMPONENTS[name].label.lower()} of {number_text(amount, 3)}",
                    _MEANING[name],
                    f"{formula}\n  = {_amount(amount)} {currency}",
                    _origin(facts, i, *fields),
                    "analytics.strategy.price.component_money",
                )
            )
    return out
