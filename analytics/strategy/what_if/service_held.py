"""Service held: settings and strategies as chosen before, at other prices. What a price does then is money alone: no unit, wait or level moves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.naming.labels import Verdict, doing_text, money_text, strategy_text
from analytics.strategy.compare import Comparison
from analytics.strategy.decision_rule import lead_noise
from analytics.strategy.doubt.gain_doubt import in_order
from analytics.strategy.gains import gain_by_planning, gain_per_year, lead_over_runner_up
from analytics.strategy.present.present_policy import profit_today
from analytics.strategy.recommend import Recommendation, probability_best_of

__all__ = ["held_recommendation"]


def held_recommendation(
    before: Recommendation, comparison: Comparison, items: Items, currency: str = "", pending: bool = False
) -> Recommendation:
    """The recommendation of before at the prices of the comparison: the same strategies, gains and leads counted anew, nothing decided.

    Where `pending` the simulated years are not priced yet. The shared line is the caller's to find.
    """
    rows = np.arange(len(items))
    profit, base = comparison.profit, profit_today(comparison, before.baseline)
    stays = before.as_today
    mine = np.where(stays, base, profit[rows, before.recommended])
    gain = gain_per_year(mine, base, stays)
    planning = gain_by_planning(profit[rows, before.baseline], base, stays)
    second = np.maximum(before.runner_up, 0)
    lead = np.where(before.runner_up >= 0, lead_over_runner_up(mine, profit[rows, second]), np.nan)
    undecided = before.verdict == Verdict.NOT_DECIDABLE
    verdict: NDArray[Any] = np.where(
        undecided, before.verdict, Verdict.RECOMPUTING if pending else Verdict.HELD
    ).astype(object)
    reason, why_not = before.reason.copy(), before.why_not.copy()
    for i in np.flatnonzero(~undecided):
        make = bool(np.nan_to_num(items["make"][i], nan=1.0) > 0.0)
        words = strategy_text(before.strategies[before.recommended[i]], make).capitalize()
        told = (
            f" {doing_text(before.strategies[second[i]], make).capitalize()} would earn {money_text(-lead[i], currency)} a year more at these prices."
            if lead[i] < 0.0
            else ""
        )
        reason[i], why_not[i] = f"{words}: held as chosen before.{told}", ""
    if pending:
        chance = np.full(len(items), np.nan)
    else:
        best = probability_best_of(comparison, before.recommended, stays)
        chance = np.where(np.isfinite(before.probability_best), best, np.nan)
    held = replace(
        before, verdict=verdict, gain=gain, lead=lead, probability_best=chance, break_even=np.full(len(items), np.nan), reason=reason, why_not=why_not,
        planning=planning, flips=None,
        decided=replace(before.decided, base=base, noise=before.decided.noise if pending else lead_noise(comparison, before.baseline)),
    )  # fmt: skip
    return in_order(held, comparison, items)
