"""A person's own choice of strategy for a product: counted in the mix instead of the recommended one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from analytics.items import Items
from analytics.naming.labels import Verdict, money_text, strategy_text
from analytics.strategy.compare import Comparison
from analytics.strategy.doubt.gain_doubt import in_order
from analytics.strategy.gains import gain_by_planning, gain_per_year, lead_over_runner_up
from analytics.strategy.present.present_policy import profit_today
from analytics.strategy.recommend import Recommendation

__all__ = ["with_own_choices"]


def with_own_choices(
    recommendation: Recommendation,
    comparison: Comparison,
    items: Items,
    chosen: Mapping[str, tuple[str, str]],
    currency: str = "",
) -> Recommendation:
    """The recommendation with own choices: `chosen` is SKU -> (strategy, why). Unknown products and strategies not offered are left as they are.

    A product's gain changes by exactly the difference of its expected profits; the shared line is the caller's to find again.
    """
    strategies = recommendation.strategies
    base = profit_today(comparison, recommendation.baseline)
    position = {str(sku): i for i, sku in enumerate(recommendation.skus)}
    columns = {
        name: getattr(recommendation, name).copy()
        for name in (
            "recommended",
            "runner_up",
            "verdict",
            "gain",
            "planning",
            "as_today",
            "lead",
            "probability_best",
            "break_even",
            "reason",
            "why_not",
            "notes",
        )
    }
    for sku, (strategy, why) in chosen.items():
        i = position.get(sku, -1)
        if i < 0 or strategy not in strategies or not comparison.chosen[strategy].offered[i]:
            continue
        old, new = int(columns["recommended"][i]), strategies.index(strategy)
        if old == new:
            continue
        profit = np.where(np.isfinite(comparison.profit[i]), comparison.profit[i], -np.inf)
        others = np.where(np.arange(len(strategies)) == new, -np.inf, profit)
        known = bool(np.isfinite(profit[new]))
        columns["recommended"][i] = new
        columns["runner_up"][i] = int(np.argmax(others)) if np.isfinite(others.max()) else -1
        columns["verdict"][i] = Verdict.CHOSEN_BY_YOU
        columns["gain"][i] = gain_per_year(profit[new], base[i], not known)
        columns["planning"][i] = gain_by_planning(profit[recommendation.baseline[i]], base[i], not known)
        columns["as_today"][i] = False
        leads = known and np.isfinite(others.max())
        columns["lead"][i] = lead_over_runner_up(profit[new], others.max()) if leads else np.nan
        columns["probability_best"][i] = comparison.probability_best[i, new]
        columns["break_even"][i] = np.nan
        make = bool(np.nan_to_num(items["make"][i], nan=1.0) > 0.0)
        columns["reason"][i] = f"Chosen by you, instead of {strategy_text(strategies[old], make)}." + (
            f" {why.strip()}" if why.strip() else ""
        )
        apart = float(profit[old] - profit[new]) if known else 0.0
        columns["why_not"][i] = (
            f"Recommended was to {strategy_text(strategies[old], make)}: earns {money_text(apart, currency)} more a year."
            if apart > 0
            else ""
        )
    return in_order(replace(recommendation, **columns), comparison, items)
