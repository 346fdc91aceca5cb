"""The portfolio: product gains and a shared line that add up to the total, to the cent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.simulation.ledger import COUNT_INDEX
from analytics.strategy.compare import SERVICE_DAYS, Comparison
from analytics.strategy.measures import physical_measures
from analytics.strategy.plan_measures import plans_of
from analytics.strategy.recommend import Recommendation
from analytics.strategy.today import years_of

__all__ = ["Portfolio", "gain_range", "portfolio_totals"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Portfolio:
    """Totals over products whose money is known, of each pure strategy, the baseline and the mix.

    `money[plan][measure]` are sums of expected money; plans are the strategies ("everything to ..."; products
    that are not offered a strategy stay to stock), "baseline" and "mix". `low` and `high` bound the mix's, the
    baseline's and each plan's profit in a realised year (5th and 95th percentile), `lost_low` and `lost_high` what
    it loses against that same year's perfect one. `gain` is the expected gain
    of the mix: `planning` (the baseline's own strategies run well), `changing` (other strategies) and the shared line. `gain_low`
    and `gain_high` are the gain's 5th and 95th percentile over what is not known for sure. Stock on hand is in none of these: see `analytics.valuation.on_hand`.
    `served_within` are shares of demand served within SERVICE_DAYS.
    """

    money: Mapping[str, Mapping[str, float]]
    service: Mapping[str, Mapping[str, float]]
    low: Mapping[str, float]
    high: Mapping[str, float]
    lost_low: Mapping[str, float]
    lost_high: Mapping[str, float]
    served_within: Mapping[str, Array]
    gain: float
    gain_low: float
    gain_high: float
    priced_products: int
    planning: float = 0.0
    changing: float = 0.0


def portfolio_totals(
    comparison: Comparison, recommendation: Recommendation, items: Items, free: Comparison | None = None
) -> Portfolio:
    """Sums of every plan, with the shared line counted in the mix.

    `free` is the comparison without limits (None: there are none): the baseline and the pure strategies are run as there, the mix as under its limits.
    """
    money: dict[str, dict[str, float]] = {}
    service: dict[str, dict[str, float]] = {}
    served: dict[str, Array] = {}
    low: dict[str, float] = {}
    high: dict[str, float] = {}
    lost_low: dict[str, float] = {}
    lost_high: dict[str, float] = {}
    known = np.isfinite(comparison.profit[:, comparison.strategies.index("MTS")])
    perfect = (
        None
        if comparison.perfect_by_path is None
        else comparison.perfect_by_path[known].astype(np.float64).sum(axis=0)
    )
    for plan in plans_of(comparison, recommendation, items, free):
        name = plan.name
        money[name] = {m: float(np.sum(column[known])) for m, column in plan.money.items()}
        if name == "mix":
            money[name]["shared"] = recommendation.shared
            money[name]["profit"] += recommendation.shared
        year = plan.by_path[known].astype(np.float64).sum(axis=0) + (
            recommendation.shared if name == "mix" else 0.0
        )
        low[name], high[name] = (
            (float(q) for q in np.quantile(year, (0.05, 0.95)))
            if known.any()
            else (float("nan"), float("nan"))
        )
        if perfect is not None and known.any():
            lost_low[name], lost_high[name] = (float(q) for q in np.quantile(perfect - year, (0.05, 0.95)))
        total = physical_measures(plan.counts.sum(axis=0))
        waiting = plan.counts[:, COUNT_INDEX["waited"]]
        days = np.stack([np.nan_to_num(plan.waits[m]) for m in ("wait_days_median", "wait_days_p90")], axis=1)
        who = waiting > 1e-9
        typical = [_weighted_quantile(days[who, k], waiting[who], q) for k, q in ((0, 0.5), (1, 0.9))]
        service[name] = {
            **{m: float(v) for m, v in total.items()},
            "wait_days_median": typical[0],
            "wait_days_p90": typical[1],
        }
        served[name] = plan.served.sum(axis=0) / max(
            float(plan.counts[:, COUNT_INDEX["demanded"]].sum()), 1e-12
        )
    free = comparison if free is None else free
    pairs = zip(
        years_of(comparison, recommendation.recommended, recommendation.as_today),
        years_of(free, recommendation.baseline, np.ones(len(items), bool)),
        strict=True,
    )
    years, in_force = (mix - base for mix, base in pairs)
    decided = known & ((recommendation.recommended != recommendation.baseline) | (years != 0.0).any(axis=1))
    gain = float(np.sum(recommendation.gain)) + recommendation.shared
    gain_low, gain_high = (
        gain_range(years[decided].sum(axis=0), in_force[decided].sum(axis=0), gain)
        if decided.any()
        else (0.0, 0.0)
    )
    planning = float(np.sum(recommendation.planning))
    assert served["mix"].shape == SERVICE_DAYS.shape
    changing = float(np.sum(recommendation.gain - recommendation.planning))
    bounds = (low, high, lost_low, lost_high, served, gain, gain_low, gain_high)
    return Portfolio(money, service, *bounds, int(known.sum()), planning, changing)


def gain_range(years: Array, in_force: Array, gain: float) -> tuple[float, float]:
    """5th and 95th percentile of the gain over what is not known for sure: demand, and the assumed values.

    `years` (paths,) is the gain of every simulated year with assumed values drawn from their ranges, `in_force` (draws,) that of the years of each draw at
    the values in force. *Formula*: all pairs d_i + a_j + gain, d the gain at the values in force about its mean, less the noise of single years (its
    deviations times the root of 1 - variance within draws / variance between), a what drawing the assumed values adds on the same years. What
    is not known of demand does not depend on what is assumed: a chance pairing of the two would let the range widen when a value becomes known.
    Source: a rule of this program.
    """
    draws = len(in_force)
    by_draw = years.reshape(draws, -1)
    demand, assumed = in_force - in_force.mean(), by_draw.mean(axis=1) - in_force
    between = float(in_force.var(ddof=1)) if draws > 1 else 0.0
    if by_draw.shape[1] > 1 and between > 0.0:
        within = float(by_draw.var(axis=1, ddof=1).mean()) / by_draw.shape[1]
        demand = demand * np.sqrt(max(1.0 - within / between, 0.0))
    low, high = np.quantile(demand[:, None] + (assumed - assumed.mean())[None, :] + gain, (0.05, 0.95))
    return float(low), float(high)


def _weighted_quantile(values: Array, weights: Array, share: float) -> float:
    if not len(values):
        return 0.0
    order = np.argsort(values, kind="stable")
    cumulative = np.cumsum(weights[order])
    return float(
        values[order][min(int(np.searchsorted(cumulative, share * cumulative[-1])), len(values) - 1)]
    )
