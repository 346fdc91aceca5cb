"""What a study at a date of the past promised of its gains, beside what chance alone would do to them until the next date."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.demand.classes import demand_classes
from analytics.demand.panel import DemandPanel
from analytics.naming.labels import Strategy
from analytics.strategy.compare import Comparison
from analytics.strategy.doubt.gain_doubt import MeasuredError, measured_error
from analytics.strategy.present.present_policy import profit_today
from analytics.strategy.recommend import Recommendation
from analytics.validation.policies import DECIDED, Decision
from analytics.validation.score import Replayed

__all__ = ["Promised", "gains_measured", "promised_gains", "promised_together", "spread_by_chance"]

Array = NDArray[np.float64]

#: The policies that may stand for today (see `Replayed.baseline`), in the order of the first axis of `Promised`.
BASES = ("present", "all_mts")


class Promised(NamedTuple):
    """Gains of the mix that the studies promised at their dates, over the policies that may stand for today.

    gain, spread: (policies of BASES, dates, products), money until the next date, and its standard deviation by
    chance; NaN where nothing was promised. classes: (dates, products), of demand as known at the date.
    """

    gain: Array
    spread: Array
    classes: NDArray[Any]


def spread_by_chance(years: Array, inner: int, share: float) -> Array:
    """Standard deviation of what a part of a year may bring by chance: over what was drawn, and within its weeks. Money, (products,).

    spread_by_chance = root of (share^2 x variance between draws + share x variance of years within a draw).
    `years` (products, paths) money of simulated years, `inner` years of one draw, `share` of a year, 0 to 1: what is
    not known of the level lasts all of it, what happens in its weeks adds up. Source: one-way variance components.

    >>> spread_by_chance(np.array([[9.0, 11.0, 19.0, 21.0]]), 2, 0.25).round(6).tolist()  # within 2, between 50 - 1
    [1.887459]
    """
    by_draw = years.reshape(len(years), -1, inner)
    within = by_draw.var(axis=2, ddof=1).mean(axis=1) if inner > 1 else np.zeros(len(years))
    between = np.maximum(by_draw.mean(axis=2).var(axis=1, ddof=1) - within / inner, 0.0)
    return np.asarray(np.sqrt(share**2 * between + share * within))


def promised_gains(
    at: NDArray[np.intp],
    chosen: Decision,
    panel: DemandPanel,
    comparison: Comparison,
    recommendation: Recommendation,
    share: float,
) -> Promised:
    """What the study of one date promises of the mix that is `chosen`, over each of BASES, until the next date (`share` of a year). One date.

    `at` are positions of the study's products among all of the file, `panel` their demand.
    """
    count, rows = len(chosen.known), np.arange(len(at))
    strategies = comparison.strategies
    codes = np.array([strategies.index(name) if name in strategies else 0 for name in DECIDED], np.intp)
    mix = codes[chosen.strategy[chosen.policies.index("mix"), at]]
    stays = ~chosen.planned[at]
    earns = np.where(stays, profit_today(comparison, mix), comparison.profit[rows, mix])
    of_mix = comparison.by_path[rows, mix].astype(np.float64)
    if comparison.today is not None:
        kept = stays[comparison.today.index]
        of_mix[comparison.today.index[kept]] = comparison.today.by_path[kept]
    stock = np.full(len(at), strategies.index(Strategy.MTS))
    inner = comparison.by_path.shape[2] // comparison.by_draw.shape[2]
    gain, spread = (np.full((len(BASES), 1, count), np.nan) for _ in range(2))
    for b, name in enumerate(BASES):
        plan = recommendation.baseline if name == "present" else stock
        base, years = comparison.profit[rows, plan], comparison.by_path[rows, plan].astype(np.float64)
        if name == "present" and comparison.today is not None:
            base = profit_today(comparison, plan)
            years[comparison.today.index] = comparison.today.by_path
        gain[b, 0, at] = share * (earns - base)
        spread[b, 0, at] = spread_by_chance(of_mix - years, inner, share)
    classes = np.full((1, count), "none", object)
    classes[0, at] = demand_classes(panel)[2]
    return Promised(gain, spread, classes)


def promised_together(dates: list[Promised]) -> Promised:
    """What was promised at several dates, one after the other: shapes as of `Promised`."""
    return Promised(
        *(np.concatenate([getattr(one, name) for one in dates], axis=-2) for name in Promised._fields)
    )


def gains_measured(replayed: Replayed, promised: Promised) -> MeasuredError:
    """What a replay says of the gains that were promised: their relative error, what it has in common by date, classes that lost.

    gains_measured = measured_error of the gains over the policy that stands for today. What has no money is not judged.
    """
    mix, base = (replayed.policies.index(name) for name in ("mix", replayed.baseline))
    realised = np.where(
        replayed.known & replayed.priced, replayed.profit[:, mix] - replayed.profit[:, base], np.nan
    )
    b = BASES.index(replayed.baseline)
    return measured_error(promised.gain[b], realised, promised.spread[b], promised.classes, len(realised))
