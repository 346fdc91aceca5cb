"""The portfolio: product gains and a shared line that add up to the total, to the cent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.naming.labels import Strategy
from analytics.simulation.ledger import COUNT_INDEX
from analytics.strategy import gains
from analytics.strategy.compare import Comparison
from analytics.strategy.compared.played_years import SERVICE_DAYS
from analytics.strategy.doubt.gain_doubt import (
    GAIN_ERROR,
    GainErrorSaid,
    doubt_of,
    gain_error_said,
    spread_of_sum,
)
from analytics.strategy.doubt.gain_range import gain_range
from analytics.strategy.money.measures import WAIT_FORMULAS, physical_measures, pooled_waits, waits_of_all
from analytics.strategy.money.totals import TOTAL_FORMULAS
from analytics.strategy.portfolio.plan_measures import plans_of
from analytics.strategy.recommend import Recommendation
from analytics.strategy.rollout_waves import products_for_80_percent

__all__ = ["Portfolio", "portfolio_figures", "portfolio_totals"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Portfolio:
    """Totals over products whose money is known, of each pure strategy, the baseline and the mix.

    `money[plan][measure]` are sums of expected money; plans are the strategies ("everything to ..."; products
    that are not offered a strategy stay to stock), "baseline", "mine" where there is a rule of one's own, and "mix". `low` and `high` bound the mix's, the
    baseline's and each plan's profit in a realised year (5th and 95th percentile), `lost_low` and `lost_high` what
    it loses against that same year's perfect one. `gain` is the expected gain
    of the mix: `planning` (the baseline's own strategies run well), `changing` (other strategies) and the shared line. `gain_low`
    and `gain_high` are the ends of its range, `gain_error` the relative error of single gains in it. Stock on hand is in none of these: see
    `analytics.valuation.on_hand`.
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
    gain_error: GainErrorSaid
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
    known = np.isfinite(comparison.profit[:, comparison.strategies.index(Strategy.MTS)])
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
        year = year if known.any() else year[:0]
        low[name], high[name] = gains.profit_low(year), gains.profit_high(year)
        if perfect is not None and known.any():
            lost_low[name], lost_high[name] = (
                gains.lost_low(perfect, year),
                gains.lost_high(perfect, year),
            )
        total = physical_measures(plan.counts.sum(axis=0))
        waits = pooled_waits(plan.waiting)
        service[name] = {
            **{m: float(v) for m, v in total.items()},
            **waits_of_all(plan.counts),
            **{m: float(formula(waits)[0]) for m, formula in WAIT_FORMULAS.items()},
        }
        served[name] = plan.served.sum(axis=0) / max(
            float(plan.counts[:, COUNT_INDEX["demanded"]].sum()), 1e-12
        )
    free = comparison if free is None else free
    r = recommendation
    spread = spread_of_sum(comparison, r.recommended, r.as_today, r.baseline, known, free)
    gain = gains.gain_of_portfolio(r.gain, r.shared)
    doubt = doubt_of(comparison)
    _, gain_from, gain_to = gain_range(
        np.nan_to_num(r.gain), [spread], items[GAIN_ERROR], doubt.correlation, r.shared
    )
    planning = float(np.sum(recommendation.planning))
    assert served["mix"].shape == SERVICE_DAYS.shape
    changing = float(np.sum(gains.gain_by_strategy(recommendation.gain, recommendation.planning)))
    bounds = (
        low,
        high,
        lost_low,
        lost_high,
        served,
        gain,
        gain_from,
        gain_to,
    )
    said = gain_error_said(r.gain, items, doubt)
    return Portfolio(money, service, *bounds, said, int(known.sum()), planning, changing)


def portfolio_figures(portfolio: Portfolio, recommendation: Recommendation) -> dict[tuple[str, str], float]:
    """Every figure of the portfolio by its name and plan: what `summary.json` and `answers.study_figures` say. Gains are of the plan "mix".

    Names are those of `analytics.naming.figures.FIGURES`; values are unrounded, money over twelve months, units, days and shares.
    """
    out: dict[tuple[str, str], float] = {}
    for plan, money in portfolio.money.items():
        out |= {("shared_components" if m == "shared" else m, plan): value for m, value in money.items()}
        out |= {(name, plan): float(formula(money)) for name, formula in TOTAL_FORMULAS.items()}
        out |= {(name, plan): value for name, value in portfolio.service[plan].items()}
        bounds = (portfolio.low, portfolio.high, portfolio.lost_low, portfolio.lost_high)
        names = ("profit_low", "profit_high", "lost_low", "lost_high")
        out |= {(name, plan): of[plan] for name, of in zip(names, bounds, strict=True) if plan in of}
    mix, today = portfolio.money["mix"], portfolio.money["baseline"]
    gain = {
        "gain_of_portfolio": portfolio.gain,
        "gain_low": portfolio.gain_low,
        "gain_high": portfolio.gain_high,
        "gain_per_year": float(np.sum(recommendation.gain)),
        "gain_by_planning": portfolio.planning,
        "gain_by_strategy": portfolio.changing,
        "gain_in_operating_profit": gains.gain_in_operating_profit(portfolio.gain, mix, today),
        "shared_components": recommendation.shared,
        "stopping_saves": 0.0
        if recommendation.stopping is None
        else float(np.nansum(recommendation.stopping)),
        "products_for_80_percent": products_for_80_percent(recommendation.gain, recommendation.worth),
    }
    return out | {(name, "mix"): value for name, value in gain.items()}
