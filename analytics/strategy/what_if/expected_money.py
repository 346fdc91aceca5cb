"""Expected money at other prices, at once: what can be said from the ledgers before any year is simulated again.

Everything that needs simulated years (ranges, probabilities, verdicts, waits of a newly chosen setting) is NaN or
`recomputing`, never a figure of the old prices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.naming.labels import Strategy
from analytics.simulation.ledger import Ledger
from analytics.strategy.compare import Comparison
from analytics.strategy.compared.setting import choose
from analytics.strategy.own_decision import decide_each
from analytics.strategy.plans.ledgers import Setup
from analytics.strategy.portfolio.sums import Portfolio, portfolio_totals
from analytics.strategy.present.present_policy import today_repriced
from analytics.strategy.recommend import Recommendation, recommend

__all__ = ["expected_comparison", "expected_portfolio", "expected_recommendation"]

Array = NDArray[np.float64]


def expected_comparison(
    before: Comparison,
    setup: Setup,
    ledgers: Mapping[str, Ledger],
    items: Items,
    moved: Sequence[str] = (),
    hold: bool = False,
) -> Comparison:
    """Every strategy at its best setting (`hold`: at the setting it had) at the prices of `items`; the same physics, but for the strategies `moved`, which were simulated again.

    Expected counts and money are exactly those of a full comparison. Waits and service of a product hold where
    its setting stays, and are NaN where another setting is chosen now.
    """
    n = len(items)
    position = {sku: i for i, sku in enumerate(items.skus)}
    chosen = {
        name: choose(
            ledger,
            items,
            np.array([position[s] for s in ledger.skus], np.intp),
            setup.families if name == Strategy.ATO else (),
            before.chosen.get(name) if hold else None,
        )
        for name, ledger in ledgers.items()
    }
    stays = np.stack(
        [
            (chosen[name].by_half == before.chosen[name].by_half).all(axis=1) & (name not in moved)
            for name in before.strategies
        ],
        axis=1,
    )
    unknown = np.full((n, len(before.strategies)), np.nan)
    nothing = np.full((n, len(before.strategies), 1), np.nan)
    return replace(
        before,
        chosen=chosen,
        profit=np.stack([chosen[name].profit for name in before.strategies], axis=1),
        by_path=nothing.astype(np.float32),
        by_draw=nothing,
        by_world=None,
        again=None,
        in_force=nothing,
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


def expected_recommendation(
    before: Recommendation, comparison: Comparison, items: Items, currency: str = "", too_short: bool = False
) -> Recommendation:
    """What is decided at these prices by the one rule, with the noise of the simulated years as it was; how far it holds is found out later."""
    decided = decide_each(comparison, items, before.ended, before.ruled_out, too_short, before.decided.noise)
    return replace(recommend(comparison, items, decided, currency=currency), shared=before.shared)


def expected_portfolio(comparison: Comparison, recommendation: Recommendation, items: Items) -> Portfolio:
    """Totals of expected money; ranges are NaN, and so are the waits of a plan in which a product waits another time than before."""
    totals = portfolio_totals(comparison, recommendation, items)
    service = {plan: dict(values) for plan, values in totals.service.items()}
    for plan, served in totals.served_within.items():
        if not np.isfinite(served).all():
            service[plan] |= {"wait_days_median": float("nan"), "wait_days_p90": float("nan")}
    nan = float("nan")
    return replace(
        totals,
        service=service,
        low=dict.fromkeys(totals.low, nan),
        high=dict.fromkeys(totals.high, nan),
        gain_low=nan,
        gain_high=nan,
    )
