"""How good a forecast was: one function per measure, each over arrays of what came and what was said.

Missing values (NaN) in `actual` or in the forecast are left out, in pairs. None of these measures chooses a forecast except pinball loss.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.forecast.members.regression import pinball

__all__ = [
    "against_simple",
    "bias",
    "crps",
    "fewer_wrong",
    "mase",
    "newsvendor_regret",
    "pinball",
    "randomised_coverage",
    "rmsse",
    "scaled_pinball",
    "units_wrong",
    "wape",
]


#: Two forecasts are wrong in as many units where these lie no further apart than this share.
_ALIKE = 0.02


def _pairs(*arrays: ArrayLike) -> list[NDArray[np.float64]]:
    """The arrays broadcast together, flattened, without the positions where any is NaN."""
    parts = [np.ravel(a) for a in np.broadcast_arrays(*(np.asarray(a, np.float64) for a in arrays))]
    good = np.all([np.isfinite(p) for p in parts], axis=0)
    return [p[good] for p in parts]


def bias(actual: ArrayLike, forecast: ArrayLike) -> float:
    """By how much too high (+) or too low (-) the forecasts were in total, as a share of what came.

    bias = sum of forecasts / sum of actuals - 1.

    >>> round(bias([10, 10], [12, 11]), 6)
    0.15
    """
    came, said = _pairs(actual, forecast)
    return float(said.sum() / came.sum() - 1.0) if came.sum() > 0 else float("nan")


def wape(actual: ArrayLike, forecast: ArrayLike) -> float:
    """The share of all demand that was forecast wrongly.

    wape = sum of |actual - forecast| / sum of actual. Source: definition.

    >>> wape([10, 10], [12, 9])
    0.15
    """
    came, said = _pairs(actual, forecast)
    return float(np.abs(came - said).sum() / came.sum()) if came.sum() > 0 else float("nan")


def units_wrong(actual: ArrayLike, forecast: ArrayLike) -> float:
    """Units that were forecast wrongly, too many and too few together: what `wape` is a share of demand of.

    units_wrong = sum of |actual - forecast|. Units. Source: definition.

    >>> units_wrong([10, 10, np.nan], [12, 9, 4])
    3.0
    """
    came, said = _pairs(actual, forecast)
    return float(np.abs(came - said).sum())


def fewer_wrong(wape_simple: float, wape_ours: float) -> float:
    """How much smaller the share of units forecast wrongly is than a simple forecast's; below 0: larger.

    fewer_wrong = wape_simple - wape. Source: definition.

    >>> fewer_wrong(0.75, 0.5)
    0.25
    """
    return float(wape_simple - wape_ours)


def against_simple(wape_ours: float, wape_simple: float) -> str:
    """Whether a forecast is wrong in "fewer", "as many" or "more" units than a simple one.

    As many: within 2 % of it. Both are shares.

    >>> against_simple(0.40, 0.50), against_simple(0.504, 0.50), against_simple(0.60, 0.50)
    ('fewer', 'as many', 'more')
    """
    if wape_ours < (1.0 - _ALIKE) * wape_simple:
        return "fewer"
    return "as many" if wape_ours <= (1.0 + _ALIKE) * wape_simple + 0.0005 else "more"


def mase(actual: ArrayLike, forecast: ArrayLike, history: ArrayLike, season: int = 1) -> float:
    """Mean absolute error against repeating the last season, measured in the history (below 1: better).

    Not for products with many zeros: there "always zero" wins.

    *Formula*: mean |actual - forecast| / mean |history(t) - history(t - season)|. Source: Hyndman and Koehler (2006). NaN without a change.
    `actual` and `forecast` (periods,), `history` (periods before,), in units; free of units itself.

    >>> mase([5, 7], [4, 6], [1, 3, 5])
    0.5
    """
    came, said = _pairs(actual, forecast)
    past = np.asarray(history, np.float64)
    step = np.abs(past[season:] - past[:-season])
    step = step[np.isfinite(step)]
    return (
        float(np.abs(came - said).mean() / step.mean())
        if len(came) and len(step) and step.mean() > 0
        else float("nan")
    )


def rmsse(actual: ArrayLike, forecast: ArrayLike, history: ArrayLike) -> float:
    """Root mean squared error against repeating the last period, measured in the history (the M5 measure without weights).

    *Formula*: root of mean (actual - forecast)^2 / mean (history(t) - history(t - 1))^2. Source: Makridakis, Spiliotis and Assimakopoulos (2022).

    >>> rmsse([5, 7], [4, 6], [1, 3, 5])
    0.5
    """
    came, said = _pairs(actual, forecast)
    past = np.asarray(history, np.float64)
    step = np.diff(past) ** 2
    step = step[np.isfinite(step)]
    return (
        float(np.sqrt(((came - said) ** 2).mean() / step.mean()))
        if len(came) and len(step) and step.mean() > 0
        else float("nan")
    )


def scaled_pinball(actual: ArrayLike, quantile: ArrayLike, level: float, scale: ArrayLike) -> float:
    """Mean cost of stocking this quantile (a unit short costs `level`, a unit over 1 - level), each product divided by its own scale.

    *Formula*: mean of pinball / scale over positions with a positive scale (the product's mean change from period to period, or its mean demand).
    Source: Koenker and Bassett (1978); scaled as in M5.

    >>> round(scaled_pinball([10, 6], [8, 8], 0.9, [2, 2]), 6)
    0.5
    """
    came, said, unit = _pairs(actual, quantile, scale)
    used = unit > 0
    return float((pinball(came[used], said[used], level) / unit[used]).mean()) if used.any() else float("nan")


def randomised_coverage(actual: ArrayLike, quantiles: ArrayLike, levels: ArrayLike, level: float) -> float:
    """Share of actuals within the quantile at `level`, ties counted in part.

    How often demand stayed within the quantile at `level`, fairly where demand is scarce: a product that sells nothing in 97 of 100 months has 0 as its
    90 % quantile, and a tie there must count as 90 / 97, not as a half.

    randomised_coverage = mean of 1 if actual < quantile, (level - below) / (upto - below) if equal, 0 if above.
    Here `below` and `upto` are the forecast probabilities of staying below the actual and of not exceeding it, read from all
    `levels`: halfway between the last level whose quantile stays below (does not exceed) it and the next one.
    `actual` (observations,), `quantiles` (observations, levels), `levels` (levels,) ascending.
    Source: randomised probability transform, Czado, Gneiting and Held (2009), in expectation.

    >>> u = [0.25, 0.5, 0.75, 0.9, 0.95]
    >>> round(randomised_coverage([0.0], [[0.0, 0.0, 0.0, 0.0, 1.0]], u, 0.9), 3)  # 0 is forecast with probability 0.925
    0.973
    """
    came, q, u = (
        np.asarray(actual, np.float64).ravel(),
        np.asarray(quantiles, np.float64),
        np.asarray(levels, np.float64),
    )
    q = q.reshape(-1, len(u))
    good = np.isfinite(came) & np.isfinite(q).all(axis=1)
    if not good.any():
        return float("nan")
    came, q = came[good], q[good]
    margin = 1e-9 * np.maximum(1.0, np.abs(came))[:, None]
    edges = np.concatenate([[0.0], 0.5 * (u[1:] + u[:-1]), [0.5 * (1.0 + u[-1])]])
    below, upto = (
        edges[(q < came[:, None] - margin).sum(axis=1)],
        edges[(q <= came[:, None] + margin).sum(axis=1)],
    )
    return float(
        np.where(
            upto > below, np.clip((level - below) / np.maximum(upto - below, 1e-300), 0.0, 1.0), level > below
        ).mean()
    )


def crps(actual: ArrayLike, quantiles: ArrayLike, levels: ArrayLike) -> float:
    """One score for the whole distribution, in units: twice the mean pinball loss over levels (continuous ranked probability score).

    `quantiles` (observations, levels). *Formula*: 2 x the integral of pinball over the level, trapezoid between the given levels, flat beyond.
    Source: Matheson and Winkler (1976); Laio and Tamea (2007).

    >>> round(crps([10.0], [[10.0, 10.0, 10.0]], [0.1, 0.5, 0.9]), 6)
    0.0
    """
    came = np.asarray(actual, np.float64)
    q = np.asarray(quantiles, np.float64)
    u = np.asarray(levels, np.float64)
    good = np.isfinite(came) & np.isfinite(q).all(axis=1)
    if not good.any():
        return float("nan")
    loss = np.stack([pinball(came[good], q[good, j], float(u[j])) for j in range(len(u))], axis=1)
    inner = (0.5 * (loss[:, 1:] + loss[:, :-1]) * np.diff(u)[None, :]).sum(axis=1)
    outer = loss[:, 0] * u[0] + loss[:, -1] * (1.0 - u[-1])
    return float(2.0 * (inner + outer).mean())


def newsvendor_regret(
    actual: ArrayLike, stocked: ArrayLike, short_cost: ArrayLike, over_cost: ArrayLike
) -> float:
    """What stocking by this forecast cost more than stocking with hindsight, in money.

    *Formula*: sum of short_cost x (actual - stocked)+ + over_cost x (stocked - actual)+; hindsight costs nothing. At the critical ratio it is
    (short_cost + over_cost) times the pinball loss.
    Source: definition (newsvendor cost less that of hindsight).

    >>> newsvendor_regret([10, 6], [8, 8], 9.0, 1.0)
    20.0
    """
    came, held, short, over = _pairs(actual, stocked, short_cost, over_cost)
    return float((short * np.maximum(came - held, 0.0) + over * np.maximum(held - came, 0.0)).sum())
