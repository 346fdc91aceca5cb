"""Products that sold at most a dozen times: their rate from counts of sales, drawn to that of products like them, not from smoothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.demand.panel import DemandPanel
from analytics.forecast.planner_speed import level_after_a_year
from analytics.forecast.spread.interval_quantiles import CLASSES

__all__ = [
    "FEWEST_YEARS",
    "MOST_SALES",
    "RareRates",
    "drawn_share",
    "pool_prior",
    "rare_rates",
    "rare_words",
    "rate_of_listed",
    "rate_since_first_sale",
]

Array = NDArray[np.float64]

#: A product with more sales than this has a history of its own.
MOST_SALES = 12
#: Expected sales before the first one from which on a silent start is a launch (chance of such a start: 5 %).
_LAUNCHED = 3.0
#: Shape where products of a class do not differ beyond chance: all have the pool's mean.
_ALIKE = 400.0
#: Classes of products that sell seldom.
_SELDOM = [CLASSES.index(name) for name in ("intermittent", "lumpy")]
#: Years of a file from which rates are counted.
FEWEST_YEARS = 2.0
#: Sales whose sizes count as the class's for a single product.
_SIZES_WORTH = 4.0


def rate_since_first_sale(
    sales: ArrayLike, years: ArrayLike, pool_shape: ArrayLike, pool_rate: ArrayLike
) -> Any:
    """Sales a year of a product whose launch is known: sales after the first over the time since it, drawn to the pool.

    rate_since_first_sale = (sales - 1 + pool_shape) / (years + pool_rate). Sales a year. The first sale chose when counting began, so it is no evidence.
    Parameters: sales so far; years since the first; shape (sales) and rate (years) of the pool's gamma law. Source: gamma-Poisson posterior mean.

    >>> rate_since_first_sale(1, 3.0, 0.5, 1.0)
    0.125
    """
    top, below = (
        np.asarray(sales, np.float64) - 1.0 + np.asarray(pool_shape, np.float64),
        np.asarray(years, np.float64),
    )
    out = top / (below + np.asarray(pool_rate, np.float64))
    return out if np.ndim(out) else float(out)


def rate_of_listed(sales: ArrayLike, years: ArrayLike, pool_shape: ArrayLike, pool_rate: ArrayLike) -> Any:
    """Sales a year of a product that may have been listed before the file begins: all its sales over the whole length of the file, drawn to the pool.

    rate_of_listed = (sales + pool_shape) / (years + pool_rate). Sales a year. Counting from its first sale would overstate it two to three times.
    Parameters: as `rate_since_first_sale`, years the length of the file. Source: gamma-Poisson posterior mean.

    >>> rate_of_listed(2, 4.0, 1.0, 2.0)
    0.5
    """
    top, below = (
        np.asarray(sales, np.float64) + np.asarray(pool_shape, np.float64),
        np.asarray(years, np.float64),
    )
    out = top / (below + np.asarray(pool_rate, np.float64))
    return out if np.ndim(out) else float(out)


def pool_prior(sales: ArrayLike, years: ArrayLike) -> tuple[float, float]:
    """Gamma law of the rates of a pool by moments: (shape, rate), mean shape / rate sales a year.

    *Formula*: mean m = sum of sales / sum of years; variance between products v = (sum of E (sales/E - m)^2 - (N - 1) m) / (sum E - sum E^2 / sum E), E the
    years of each; shape = m^2/v, rate = m/v. Where v <= 0 products differ by chance only: shape 400, so that all have the mean. Source: Buehlmann and Straub (1970).

    >>> shape, rate = pool_prior([0, 4, 1, 7], [2.0, 2.0, 2.0, 2.0])
    >>> round(shape, 3), round(shape / rate, 3)
    (1.286, 1.5)
    """
    n, e = np.asarray(sales, np.float64), np.maximum(np.asarray(years, np.float64), 1e-9)
    mean = float(max(n.sum(), 0.5) / e.sum())
    spare = float(e.sum() - (e * e).sum() / e.sum())
    between = float((e * (n / e - mean) ** 2).sum() - (len(n) - 1) * mean)
    variance = between / spare if spare > 0.0 else 0.0
    shape = min(mean**2 / variance, _ALIKE) if variance > 0.0 else _ALIKE
    return shape, shape / mean


def drawn_share(years: ArrayLike, pool_rate: ArrayLike, products: int) -> Any:
    """By what share a rate counted over so many years is drawn to its pool's mean, where the pool's law is itself estimated from a few products.

    drawn_share = (products - 3) / (products - 1) x pool_rate / (years + pool_rate). Share; 0 with three products or fewer, whose spread tells next to
    nothing of the pool's. Parameters: as `rate_of_listed`. Source: Morris (1983), Parametric Empirical Bayes Inference, section 1.

    >>> drawn_share(3.0, 1.0, 9)
    0.1875
    """
    known = max(products - 3, 0) / max(products - 1, 1)
    below = np.asarray(pool_rate, np.float64)
    out = known * below / (np.asarray(years, np.float64) + below)
    return out if np.ndim(out) else float(out)


@dataclass(frozen=True, eq=False)
class RareRates:
    """What is known of the rate of rare products: (products,) each, of use where `rows`.

    `count` sales in the file, `orders` sales a year, `shape` of their gamma law (squared coefficient of variation 1 / shape), `size` mean units a sale, `lot` E[size^2] / E[size].
    For all products, rare or not: `pool` units a year at the class's mean rate of orders, and the share `towards` it by which a counted rate is drawn (`drawn_share`).
    """

    rows: NDArray[np.bool_]
    count: NDArray[np.int64]
    orders: Array
    shape: Array
    size: Array
    lot: Array
    pool: Array
    towards: Array


def rare_rates(panel: DemandPanel, label: NDArray[np.int8], seasonal: NDArray[np.bool_]) -> RareRates:
    """Rates of products with at most twelve sales, by `rate_since_first_sale` where the launch is on record, else by `rate_of_listed`.

    A launch is on record where the items date it before the first sale (then all sales count, over the time since), or where so long a silence came before
    the first sale that three sales were to be expected. A sale is a period with one. Periods in which demand was hidden do not count, a last one
    with the share that the data know. Where a product is
    `seasonal` (products,) and was sold for a year or more, the last whole years count. The pool is the product's class (`label`), products with more sales
    and never sold ones included. Only products of the classes that sell seldom are rare: a new one that sells in
    most periods is not. In a file of less than two years nothing is: a rate over part of a year is that of a season.
    """
    n, periods = panel.units.shape
    per_year = panel.periods_per_year
    grid = np.arange(periods)
    ever = panel.first >= 0
    first = np.where(ever, panel.first, 0)
    offered = np.where(panel.observed.any(axis=1), panel.observed.argmax(axis=1), 0)
    seen = panel.observed | (grid < first[:, None])
    dated = ever & (offered < first)
    known = np.where(grid < periods - 1, 1.0, panel.last_share) / per_year
    sale = panel.units > 0.0
    count = sale.sum(axis=1)

    def within(begin: NDArray[np.int64]) -> tuple[Array, Array]:
        """Sales and years from these periods on, in whole years where there is a season."""
        length = periods - begin
        whole = np.floor(length / per_year + 1e-9) * per_year
        length = np.where(seasonal & (length >= per_year), np.rint(whole), length).astype(np.int64)
        inside = grid >= (periods - length)[:, None]
        return (sale & inside).sum(axis=1).astype(np.float64), (seen & inside) @ known

    whole_file, since = within(np.where(dated, offered, 0)), within(np.where(ever, first + 1, 0))
    orders, shape, lot_share = np.zeros(n), np.ones(n), np.ones(n)
    pool, towards = np.zeros(n), np.zeros(n)
    size = np.where(count > 0, panel.units.sum(axis=1) / np.maximum(count, 1), 0.0)
    square = (panel.units**2).sum(axis=1) / np.maximum(count, 1)
    relative = np.where(size > 0.0, square / np.where(size > 0.0, size, 1.0) ** 2, 1.0)
    for c in np.unique(label):
        mine = label == c
        a, b = pool_prior(whole_file[0][mine], whole_file[1][mine])
        early = rate_since_first_sale(since[0] + 1.0, since[1], a, b) * first / per_year >= _LAUNCHED
        launched = ever & ~dated & early & (first >= per_year / 4.0)
        own = np.where(launched, since[0], whole_file[0])
        years = np.where(launched, since[1], whole_file[1])
        orders[mine], shape[mine] = rate_of_listed(own, years, a, b)[mine], (own + a)[mine]
        a, b = pool_prior(_orders_behind(whole_file[0], whole_file[1], per_year)[mine], whole_file[1][mine])
        units = size * own / np.maximum(_orders_behind(own, years, per_year), 1e-12)
        pool[mine], towards[mine] = (a / b * units)[mine], drawn_share(years, b, int(mine.sum()))[mine]
        several = mine & (count >= 2)
        lot_share[mine] = float(relative[several].mean()) if several.any() else 1.0
    lot = size * (count * relative + _SIZES_WORTH * lot_share) / (count + _SIZES_WORTH)
    rows = ever & (count <= MOST_SALES) & np.isin(label, _SELDOM) & (periods >= FEWEST_YEARS * per_year)
    return RareRates(rows, count, orders, shape, size, np.maximum(lot, 1e-12), pool, towards)


def _orders_behind(sales: Array, years: Array, per_year: float) -> Array:
    """Orders behind periods with a sale: of Poisson arrivals a share 1 - exp(-rate) of periods has one or more; (products,).

    >>> _orders_behind(np.array([6.0]), np.array([1.0]), 12.0).round(3).tolist()  # in every second month
    [7.847]
    """
    periods = np.maximum(years * per_year, sales)
    return np.asarray(-periods * np.log1p(-sales / (periods + 0.5)))


def rare_words(rates: RareRates, i: int) -> str:
    """What the forecast of a rare product rests on, in a sentence.

    >>> columns = (np.array([value]) for value in (True, 3, 0.6, 4.0, 2.0, 2.0, 0.5, 0.2))
    >>> rare_words(RareRates(*columns), 0)
    'Sold in 3 periods only: 0.60 sales a year, drawn to products like it; a year without a sale lowers that by 13%.'
    """
    units = rates.orders[i] * rates.size[i]
    lower = 1.0 - level_after_a_year(0.0, units, rates.shape[i] ** -0.5, rates.lot[i])
    times = f"{rates.count[i]} period{'s' if rates.count[i] != 1 else ''}"
    return (
        f"Sold in {times} only: {rates.orders[i]:.2f} sales a year, drawn to products like it;"
        f" a year without a sale lowers that by {lower:.0%}."
    )
