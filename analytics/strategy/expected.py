"""Expected money at other prices, at once: what can be said from the ledgers before any year is simulated again.

Everything that needs simulated years (ranges, probabilities, verdicts, waits of a newly chosen setting) is NaN or
`recomputing`, never a figure of the old prices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.simulation.ledger import Ledger
from analytics.strategy.compare import Comparison, choose
from analytics.strategy.ledgers import Setup
from analytics.strategy.portfolio import Portfolio, portfolio_totals
from analytics.strategy.reasons import reasons
from analytics.strategy.recommend import Recommendation, strategy_money
from analytics.strategy.today import add_todays_notes, as_good_today, baseline_profit, today_repriced
from analytics.strategy.waves import waves

__all__ = ["RECOMPUTING", "expected_comparison", "expected_portfolio", "expected_recommendation"]

Array = NDArray[np.float64]

#: The verdict of a product until the simulated years are priced again.
RECOMPUTING = "recomputing"


def expected_comparison(before: Comparison, setup: Setup, ledgers: Mapping[str, Ledger], items: Items, moved: Sequence[str] = ()) -> Comparison:
    """Every strategy at its best setting at the prices of `items`; the same physics, but for the strategies `moved`, which were simulated again.

    Expected counts and money are exactly those of a full comparison. Waits and service of a product hold where
    its setting stays, and are NaN where another setting is chosen now.
    """
    n = len(items)
    position = {sku: i for i, sku in enumerate(items.skus)}
    chosen = {name: choose(ledger, items, np.array([position[s] for s in ledger.skus], np.intp), setup.families if name == "ATO" else ()) for name, ledger in ledgers.items()}
    stays = np.stack([(chosen[name].by_half == before.chosen[name].by_half).all(axis=1) & (name not in moved) for name in before.strategies], axis=1)
    unknown = np.full((n, len(before.strategies)), np.nan)
    nothing = np.full((n, len(before.strategies), 1), np.nan)
    return replace(
        before,
        chosen=chosen,
        profit=np.stack([chosen[name].profit for name in before.strategies], axis=1),
        by_path=nothing.astype(np.float32),
        by_draw=nothing,
        low=dict.fromkeys(before.low, unknown),
        high=dict.fromkeys(before.high, unknown),
        wait_days={m: np.where(stays, days, np.nan) for m, days in before.wait_days.items()},
        served_within=np.where(stays[:, :, None], before.served_within, np.nan),
        probability_best=unknown,
        probability_best_year=unknown,
        regret=unknown,
        perfect_by_path=None,
        today=today_repriced(before.today, items),
    )


def expected_recommendation(before: Recommendation, comparison: Comparison, items: Items, currency: str = "") -> Recommendation:
    """The best strategy of every product that was decided before; the others stay until it is known how sure they are."""
    rows = np.arange(len(items))
    profit = comparison.profit
    score = np.where(np.isfinite(profit), profit, -np.inf)
    known = np.isfinite(profit[:, comparison.strategies.index("MTS")])
    below_cost = known & (strategy_money(comparison, items, "MTS")["benchmark"] < 0.0)
    if before.ruled_out is not None:
        score[before.ruled_out] = -np.inf
    undecided = ~known | before.ended | below_cost
    stays = undecided | (before.verdict == "too_close") | (before.verdict == "not_decidable")
    kept = as_good_today(comparison, score.max(axis=1)) & ~stays
    as_today = stays | kept
    wanted = np.argmax(score, axis=1) if before.held is None else np.where(before.held, before.recommended, np.argmax(score, axis=1))
    recommended = np.where(as_today, before.baseline, wanted)
    verdict: NDArray[Any] = np.full(len(items), RECOMPUTING, object)
    verdict[undecided] = "not_decidable"
    base = baseline_profit(comparison, before.baseline)
    gain = np.where(as_today, 0.0, profit[rows, recommended] - base)
    planning = np.where(as_today, 0.0, profit[rows, before.baseline] - base)
    score[rows, recommended] = -np.inf
    runner_up = np.where(np.isfinite(score.max(axis=1)) & ~before.ended, np.argmax(score, axis=1), -1)
    lead = np.where(runner_up >= 0, profit[rows, recommended] - profit[rows, np.maximum(runner_up, 0)], np.nan)
    unknown = np.full(len(items), np.nan)
    words = reasons(comparison, items, recommended, runner_up, before.baseline, verdict, unknown, before.ended, known, below_cost, currency, before.ruled_out)
    add_todays_notes(words[2], comparison, items, before.baseline, as_today, kept, verdict, currency)
    return Recommendation(
        before.skus, before.strategies, recommended, runner_up, before.baseline, before.baseline_name, verdict, gain, lead, unknown, unknown, before.ended, *words,
        waves(np.nan_to_num(gain)), planning, as_today, before.shared, before.ruled_out, before.held,
    )


def expected_portfolio(comparison: Comparison, recommendation: Recommendation, items: Items) -> Portfolio:
    """Totals of expected money; ranges are NaN, and so are the waits of a plan in which a product waits another time than before."""
    totals = portfolio_totals(comparison, recommendation, items)
    service = {plan: dict(values) for plan, values in totals.service.items()}
    for plan, served in totals.served_within.items():
        if not np.isfinite(served).all():
            service[plan] |= {"wait_days_median": float("nan"), "wait_days_p90": float("nan")}
    nan = float("nan")
    return replace(totals, service=service, low=dict.fromkeys(totals.low, nan), high=dict.fromkeys(totals.high, nan), gain_low=nan, gain_high=nan)
