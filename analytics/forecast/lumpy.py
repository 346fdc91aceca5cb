"""Level of products that sell in few large orders: the mean of their whole history, as long as its quarters do not speak against it.

What a recent quarter holds of such a product is mostly chance: a level that follows it errs by more than a plain mean of three years.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, stdtrit

from analytics.demand.panel import DemandPanel
from analytics.forecast.rare import FEWEST_YEARS
from analytics.forecast.spread.interval_quantiles import CLASSES

__all__ = ["LASTS", "level_of_orders", "steady_levels"]

Array = NDArray[np.float64]

#: Share of what a quarter weighs that is left a quarter later: levels that move fast, less fast, slowly, and not at all; and how likely
#: each is before anything is known (assumed; see `benchmarks.gain_truth` for what the last one is worth).
LASTS = np.array([0.6, 0.8, 0.9, 1.0])
_LIKELY = np.array([0.05, 0.10, 0.10, 0.75])
#: Orders that the mean rate counts like before the first quarter; quarters that are only learnt from; quarters that are looked at.
_BEFORE, _LEARNT, _MOST = 0.5, 4, 20
#: Past dates at which the two levels are compared, half a year apart.
_DATES = 3
#: What may be chance that leaves it alone (two sides); years of a file, and of a product, before such a date.
_CHANCE, _LEAST_THEN = 0.01, 1.0
#: Variance by chance of a year's sum, over its mean squared, from which an intermittent product counts as one of few large orders.
_MUCH_CHANCE = 0.1


def level_of_orders(sold: Array, usual: Array, lot: Array) -> Array:
    """Mean demand per usual period of products whose orders are few and large: (products,), units.

    `sold` (products, quarters) are sums by quarter, the latest last, `usual` the periods these hold, each weighed by its season, and `lot`
    (products,) the variance of a period over its mean, which is what an order of Poisson arrivals would hold.

    *Formula*: x = sold / lot. For every share w of LASTS a = sum of w^age x, b = sum of w^age usual, and the likelihood of each quarter
    after the first year under the gamma law of a and b known before it (a negative binomial law; beforehand the mean rate counts like
    half an order). Level = lot x a / b, averaged over w by their chances; where "nothing moves" (w = 1) is likelier than all others
    together, its own: the plain mean. Source: West and Harrison (1997), Bayesian Forecasting and Dynamic Models, 6.3 and 10.8.

    >>> quarters = np.tile([0.0, 26.0, 13.0, 13.0], (1, 3))
    >>> level_of_orders(quarters, np.full((1, 12), 13.0), np.full(1, 13.0)).tolist()  # nothing speaks against the plain mean
    [1.0]
    """
    x = sold / lot[:, None]
    shape, years = np.zeros((len(x), len(LASTS))), np.zeros((len(x), len(LASTS)))
    before = np.maximum(x.sum(axis=1), 1e-9) / np.maximum(usual.sum(axis=1), 1e-9)
    likely = np.tile(np.log(_LIKELY), (len(x), 1))
    for k in range(x.shape[1]):
        came, length = x[:, k : k + 1], np.maximum(usual[:, k : k + 1], 0.0)
        if k >= _LEARNT:
            a, b = shape + _BEFORE, years + (_BEFORE / before)[:, None]
            known = gammaln(a + came) - gammaln(a) - gammaln(came + 1.0)
            share = np.where(length > 0.0, np.log(np.maximum(length, 1e-300) / (b + length)), 0.0)
            likely += known - a * np.log1p(length / b) + came * share
        shape, years = LASTS * shape + came, LASTS * years + length
    chance = np.exp(likely - likely.max(axis=1, keepdims=True))
    chance /= chance.sum(axis=1, keepdims=True)
    rate = shape / np.maximum(years, 1e-9)
    averaged = np.where(chance[:, -1] >= 0.5, rate[:, -1], (chance * rate).sum(axis=1))
    return np.asarray(lot * averaged)


def steady_levels(
    panel: DemandPanel,
    season: Array,
    said: Array,
    here: NDArray[np.int64],
    rows: NDArray[np.bool_],
    label: NDArray[np.int8],
) -> tuple[NDArray[np.bool_], Array]:
    """Which lumpy products have the level of `level_of_orders`, and what it is: both (products,), units a usual period.

    `rows` (products,) may have it; `season` (products, periods) are the seasonal ratios of the panel's periods; `said` (products, origins +
    1) is what the combination of methods would have said of the level at past origins, which lie at the columns `here`. Of these rows
    those of class lumpy that were followed for two years take it, and intermittent ones whose year is by chance off as much (variance
    0.1 of its mean squared; a few orders part the two classes). A class does not where, at up to three past dates half a year apart, it
    would have missed what came since by more than `said`, or where demand of the class as a whole had left it: differences relative to
    the level, over products, certain to 99 %. A range that falls as a whole is not drawn back to its past.
    Source: choice by what was left out, Stone (1974).
    """
    n, periods = panel.units.shape
    half = max(1, round(panel.periods_per_year / 2.0))
    lumpy, seldom = (label == CLASSES.index(name) for name in ("lumpy", "intermittent"))
    level, years, chance = _level_then(panel, season, rows & (lumpy | seldom), periods)
    takes = (years >= FEWEST_YEARS) & (lumpy | (chance >= _MUCH_CHANCE))
    worse, moved, dates = np.zeros(n), np.zeros(n), np.zeros(n)
    for back in range(1, _DATES + 1):
        cut = periods - back * half
        before = (here <= cut) & np.isfinite(said)
        before[:, 0] = False
        if cut < _LEAST_THEN * panel.periods_per_year or not takes.any():
            break
        then, known, _ = _level_then(panel, season, takes, cut)
        usual = np.where(panel.observed, season, 0.0)[:, cut:].sum(axis=1)
        judged = takes & (known >= _LEAST_THEN) & before.any(axis=1) & (usual > 0.0)
        nearest = np.argmax(np.where(before, here, -1), axis=1)
        came = panel.units[:, cut:].sum(axis=1) / np.maximum(usual, 1e-9)
        more = np.abs(came - then) - np.abs(came - said[np.arange(n), nearest])
        for total, of_date in ((worse, more), (moved, came - then)):
            total += np.where(judged, of_date / np.maximum(level, 1e-9), 0.0)
        dates += judged
    for one in (lumpy, seldom):
        some = one & (dates > 0)
        if _beyond_chance(worse[some] / dates[some]) > 0 or _beyond_chance(moved[some] / dates[some]):
            takes = takes & ~one
    return takes, level


def _beyond_chance(differences: Array) -> int:
    """1 or -1 where the mean over products lies above or below nothing for certain (Student's t, 99 %), else 0."""
    if len(differences) < 2:
        return 0
    mean = float(differences.mean())
    by_chance = stdtrit(len(differences) - 1.0, 1.0 - _CHANCE / 2.0) * float(differences.std(ddof=1))
    far = abs(mean) > by_chance / len(differences) ** 0.5
    return int(np.sign(mean)) * far


def _level_then(
    panel: DemandPanel, season: Array, rows: NDArray[np.bool_], end: int
) -> tuple[Array, Array, Array]:
    """The level of `rows` as known after the panel's first `end` periods, the years seen since the first sale, and what chance is of a year: (products,) each.

    The last is the variance of a year's sum of Poisson arrivals of the size `lot`, over its mean squared.
    """
    at = np.flatnonzero(rows)
    quarter = max(1, round(panel.periods_per_year / 4.0))
    quarters = min(end // quarter, _MOST)
    first = end - quarters * quarter
    seen = panel.observed[at, first:end] & (
        np.arange(first, end)[None, :] > np.maximum(panel.first[at], 0)[:, None]
    )  # the first sale chose when counting began: it is no evidence of how many come
    units = np.where(seen, panel.units[at, first:end], 0.0)
    usual = np.where(seen, season[at, first:end], 0.0)
    blocks = (len(at), quarters, quarter)
    count = np.maximum(seen.sum(axis=1), 1)
    mean = units.sum(axis=1) / count
    varies = np.maximum((units**2).sum(axis=1) / count - mean**2, 0.0)
    lot = np.where(mean > 0.0, varies / np.where(mean > 0.0, mean, 1.0), 1.0)
    level, years, chance = np.zeros(len(rows)), np.zeros(len(rows)), np.zeros(len(rows))
    lot = np.maximum(lot, 1e-9)
    level[at] = level_of_orders(units.reshape(blocks).sum(axis=2), usual.reshape(blocks).sum(axis=2), lot)
    years[at] = np.where(mean > 0.0, seen.sum(axis=1) / panel.periods_per_year, 0.0)
    chance[at] = lot / np.maximum(mean * panel.periods_per_year, 1e-9)
    return level, years, chance
