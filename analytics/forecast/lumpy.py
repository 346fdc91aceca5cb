"""Level of products that sell seldom or in few large orders: the mean of their whole history, as long as its quarters do not speak against it.

What a recent quarter holds of such a product is mostly chance: a level that follows it errs by more than a plain mean of three years.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, stdtrit

from analytics.demand.panel import DemandPanel
from analytics.forecast.rare import FEWEST_YEARS, RareRates
from analytics.forecast.spread.interval_quantiles import CLASSES
from analytics.forecast.spread.path_variance import FASTEST_DRIFT, MOST_LEVEL, PathLaw

__all__ = [
    "LASTS",
    "OrderLevel",
    "SteadyLevels",
    "drawn_to_pool",
    "level_of_orders",
    "of_counted_orders",
    "steady_levels",
]

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


class OrderLevel(NamedTuple):
    """What counted orders say of a level, (products,) each.

    level: units a usual period. variance: of what is not known of it, over its square. moves: by how much that grows a quarter.
    """

    level: Array
    variance: Array
    moves: Array


class SteadyLevels(NamedTuple):
    """Which products have the level of their orders, and what it is, (products,) each: `level`, `variance` and `moves` as of `OrderLevel`."""

    rows: NDArray[np.bool_]
    level: Array
    variance: Array
    moves: Array


def level_of_orders(sold: Array, usual: Array, lot: Array) -> OrderLevel:
    """Mean demand per usual period of products whose orders are few and large, how sure it is, and how far it moves.

    `sold` (products, quarters) are sums by quarter, the latest last, `usual` the periods these hold, each weighed by its season, and `lot`
    (products,) the variance of a period over its mean, which is what an order of Poisson arrivals would hold.

    *Formula*: x = sold / lot. For every share w of LASTS a = sum of w^age x, b = sum of w^age usual, and the likelihood of each quarter
    after the first year under the gamma law of a and b known before it (a negative binomial law; beforehand the mean rate counts like
    half an order). Level = lot x a / b, averaged over w by their chances; where "nothing moves" (w = 1) is likelier than all others
    together, its own: the plain mean. Not known of it is the gamma law of each share, variance (lot a / b)^2 / a, and how far its level lies from
    the one taken, averaged by chance; a quarter ahead the law of a share w has 1 / w times its variance: what is added is how far the level moves.
    Source: West and Harrison (1997), Bayesian Forecasting and Dynamic Models, 6.3 and 10.8.

    >>> quarters = np.tile([0.0, 26.0, 13.0, 13.0], (1, 3))
    >>> found = level_of_orders(quarters, np.full((1, 12), 13.0), np.full(1, 13.0))
    >>> found.level.tolist(), found.variance.round(3).tolist()  # nothing speaks against the plain mean of twelve orders
    ([1.0], [0.107])
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
    known = rate**2 / np.maximum(shape, 1e-9)
    square = np.maximum(averaged, 1e-12) ** 2
    variance = (chance * (known + (rate - averaged[:, None]) ** 2)).sum(axis=1) / square
    moves = (chance * known * (1.0 / LASTS - 1.0)).sum(axis=1) / square
    return OrderLevel(lot * averaged, variance, moves)


def steady_levels(
    panel: DemandPanel,
    season: Array,
    said: Array,
    here: NDArray[np.int64],
    rows: NDArray[np.bool_],
    label: NDArray[np.int8],
) -> SteadyLevels:
    """Which products that sell seldom have the level of `level_of_orders`, and what that says of each.

    `rows` (products,) may have it; `season` (products, periods) are the seasonal ratios of the panel's periods; `said` (products, origins +
    1) is what the combination of methods would have said of the level at past origins, which lie at the columns `here`. Of these rows
    those of classes lumpy and intermittent that were followed for two years take it, all of a class alike: what is drawn to its class
    (`drawn_to_pool`) is neither high nor low as a whole only where no part of it is left out. A class does not where, at up to three past dates half a year apart, it
    would have missed what came since by more than `said`, or where demand of the class as a whole had left it: differences relative to
    the level, over products, certain to 99 %. A range that falls as a whole is not drawn back to its past.
    Source: choice by what was left out, Stone (1974).
    """
    n, periods = panel.units.shape
    half = max(1, round(panel.periods_per_year / 2.0))
    lumpy, seldom = (label == CLASSES.index(name) for name in ("lumpy", "intermittent"))
    (level, variance, moves), years = _level_then(panel, season, rows & (lumpy | seldom), periods)
    takes = (years >= FEWEST_YEARS) & (lumpy | seldom)
    worse, moved, dates = np.zeros(n), np.zeros(n), np.zeros(n)
    for back in range(1, _DATES + 1):
        cut = periods - back * half
        before = (here <= cut) & np.isfinite(said)
        before[:, 0] = False
        if cut < _LEAST_THEN * panel.periods_per_year or not takes.any():
            break
        (then, _, _), known = _level_then(panel, season, takes, cut)
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
    return SteadyLevels(takes, level, variance, moves)


def drawn_to_pool(steady: SteadyLevels, rates: RareRates, periods_per_year: float) -> SteadyLevels:
    """The levels drawn to those of their class, as the rates of products with a dozen sales or fewer are; others as they are.

    *Formula*: level + c (m - level), m `rates.pool` over the periods of a year, c `rare.drawn_share`; what is not known of it falls by 1 - c.
    A product lies above a dozen sales by its rate and by luck: were those below drawn up and those above left, a range would be foretold too
    high as a whole (80 products of 2 to 6 sales a year by 8 to 12 %). Source: Morris (1983), as `rare.drawn_share`.
    """
    mean = rates.pool / periods_per_year
    level = np.where(steady.rows, steady.level + rates.towards * (mean - steady.level), steady.level)
    square = (steady.level / np.maximum(level, 1e-12)) ** 2
    variance = np.where(steady.rows, (1.0 - rates.towards) * steady.variance * square, steady.variance)
    return SteadyLevels(steady.rows, level, variance, steady.moves)


def of_counted_orders(
    law: PathLaw, steady: SteadyLevels, rates: RareRates, periods_per_year: float
) -> PathLaw:
    """The law in which what is not known of levels counted from orders is what their orders leave open; others as they are.

    *Formula*: level = variance of the level by its orders, of rare products 1 / `rates.shape`; drift of the levels of orders = root of what they
    move a quarter over the quarter's periods; at most as in `path_law`. The interval's quantiles are learnt from forecasts that follow the last weeks and vary
    by how these err: a count of all orders does not. Source: West and Harrison (1997), Bayesian Forecasting and Dynamic Models, 10.8.
    """
    counted = np.clip(steady.variance, 1e-4, MOST_LEVEL)
    level = np.where(steady.rows, counted, np.where(rates.rows, 1.0 / rates.shape, law.level))
    drift = np.minimum(np.sqrt(4.0 * steady.moves), FASTEST_DRIFT) / np.sqrt(periods_per_year)
    return replace(law, level=np.minimum(level, MOST_LEVEL), drift=np.where(steady.rows, drift, law.drift))


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
) -> tuple[OrderLevel, Array]:
    """The levels of `rows` as known after the panel's first `end` periods, and the years seen since the first sale, (products,) each."""
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
    found = OrderLevel(*np.zeros((3, len(rows))))
    years = np.zeros(len(rows))
    lot = np.maximum(lot, 1e-9)
    own = level_of_orders(units.reshape(blocks).sum(axis=2), usual.reshape(blocks).sum(axis=2), lot)
    for column, values in zip(found, own, strict=True):
        column[at] = values
    years[at] = np.where(mean > 0.0, seen.sum(axis=1) / panel.periods_per_year, 0.0)
    return found, years
