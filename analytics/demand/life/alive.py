"""Is a product still alive? Probabilities from silence in its sales, and how good they were."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

__all__ = [
    "alive_at_rates",
    "alive_filter",
    "brier_score",
    "gap_clustering",
    "reliability_table",
]

#: The least chance of being alive: silence never proves an end.
_LEAST = 1e-300


def alive_filter(
    sales: NDArray[np.float64],
    exposed: NDArray[np.float64],
    chance: NDArray[np.float64],
    counted: NDArray[np.bool_],
    delta: NDArray[np.float64],
    clustering: float | NDArray[np.float64] = 1.0,
) -> NDArray[np.float64]:
    """Probability of being alive after a spell without sales, where the chance of a sale is itself uncertain and seasonal.

    While alive, a period of the spell is silent with probability (1 - chance) ^ weight: the chance of an average period follows a beta law with
    `sales` and `exposed - sales` as its parameters and learns from every silent period that the product survives; the weight says how many average
    periods the period is worth at its time of the year (1: as usual, 0: never sells then, 1.7: a high season). However high the season, a
    silent period is never certain to be an end, and the probability never falls to 0.

    Parameters: sales and exposed (products,) pseudo-counts; chance (products, periods), the weight of each period; counted (products, periods), True
    where a silent period is evidence; delta (products,) probability of dying in a period; clustering (one or (products,)), how much more gaps vary than
    independent sales would (1: not at all): silent periods then come in bunches, and the likelihood of each is raised to 1 / clustering.
    Returns: probability, shape (products,), above 0.
    With very large counts, weights 1 and clustering 1 it equals q^n / (q^n + delta (1 - q^n) / (1 - q)) after n silent
    periods, q = (1 - delta)(1 - p). Source: the beta-binomial form of that filter, re-derived; the power of the weight is the chance that a Poisson
    rate weight times as high brings nothing.

    >>> import numpy as np  # one silent period, chance 1 in 2, one in ten dies: 0.45 / (0.45 + 0.1)
    >>> said, seen, tenth = np.array([1.0]), np.array([2.0]), np.array([0.1])
    >>> alive_filter(said, seen, np.ones((1, 1)), np.ones((1, 1), bool), tenth).round(6).tolist()
    [0.818182]
    >>> alive_filter(said, seen, np.full((1, 1), 1.7), np.ones((1, 1), bool), tenth).round(6).tolist()  # 0.9 x 0.5^1.7 against 0.1
    [0.734753]
    """
    living, ended = _spell(sales, exposed, chance, counted, delta[:, None], clustering)
    return np.maximum(expit(living - ended), _LEAST)[:, 0]


def alive_at_rates(
    sales: NDArray[np.float64],
    exposed: NDArray[np.float64],
    chance: NDArray[np.float64],
    counted: NDArray[np.bool_],
    delta: NDArray[np.float64],
    clustering: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """`alive_filter` at several chances of dying, with how likely each makes the silence.

    Parameters: as of `alive_filter`, delta (rates,) for all products alike.
    Returns: two arrays (products, rates): the probability of being alive, and the logarithm of the probability of the spell, which is that of living
    through it in silence plus that of having died in it. Source: total probability.

    >>> import numpy as np  # one silent period, chance 1 in 2: of nine in ten that live half are silent, one in ten dies
    >>> one, two = np.ones(1), np.array([2.0])
    >>> alive, likely = alive_at_rates(one, two, np.ones((1, 1)), np.ones((1, 1), bool), np.array([0.1]), 1.0)
    >>> round(float(np.exp(likely[0, 0])), 6), round(float(alive[0, 0]), 6)
    (0.55, 0.818182)
    """
    silent = counted.any(axis=1)
    alive, likely = np.ones((len(sales), len(delta))), np.zeros((len(sales), len(delta)))
    living, ended = _spell(
        sales[silent], exposed[silent], chance[silent], counted[silent], delta[None, :], clustering
    )
    alive[silent], likely[silent] = (
        np.maximum(expit(living - ended), _LEAST),
        np.logaddexp(living, ended),
    )
    return alive, likely


def _spell(
    sales: NDArray[np.float64],
    exposed: NDArray[np.float64],
    chance: NDArray[np.float64],
    counted: NDArray[np.bool_],
    delta: NDArray[np.float64],
    clustering: float | NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Logarithms of the probabilities of a spell lived through and of one died in: (products, rates); delta has either axis of length 1 where all are alike."""
    a, b = sales.astype(np.float64), np.maximum(exposed - sales, 1e-12).astype(np.float64)
    # logarithms: silence for years in a high season would else round to 0
    with np.errstate(divide="ignore"):
        dies, lives = np.log(delta), np.log1p(-delta)
        living = np.zeros((len(sales), delta.shape[1]))
        ended = np.full_like(living, -np.inf)
    for t in np.flatnonzero(counted.any(axis=0)):
        on = counted[:, t]
        worth = np.where(on, np.maximum(chance[:, t], 0.0) / clustering, 0.0)
        ended = np.where(on[:, None], np.logaddexp(ended, living + dies), ended)
        living = living + on[:, None] * lives + (worth * (np.log(b) - np.log(a + b)))[:, None]
        b = b + worth
    return living, ended


def gap_clustering(sale: NDArray[np.bool_]) -> float:
    """How much more the gaps between sales vary than they would if periods were independent: 1 not at all, 2 twice the variance.

    Formula: sum over products of squared deviations of gaps from the product's mean gap m, over the sum of (gaps - 1) m (m - 1), the
    variance of geometric gaps; never below 1. Parameters: sale (products, periods), True where there was one.
    Source: index of dispersion against the geometric distribution of gaps.

    >>> import numpy as np
    >>> gap_clustering(np.array([[1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1]], bool)) > 2
    True
    """
    count = np.zeros(len(sale))
    total, squares = np.zeros(len(sale)), np.zeros(len(sale))
    previous = np.full(len(sale), -1)
    for t in range(sale.shape[1]):
        here = sale[:, t]
        gap = np.where(here & (previous >= 0), t - previous, 0)
        count += gap > 0
        total += gap
        squares += gap.astype(np.float64) ** 2
        previous = np.where(here, t, previous)
    several = count >= 3
    mean = total[several] / count[several]
    seen = (squares[several] - count[several] * mean**2).sum()
    expected = ((count[several] - 1.0) * mean * (mean - 1.0)).sum()
    return float(max(1.0, seen / expected)) if expected > 0.0 else 1.0


def brier_score(probability: ArrayLike, happened: ArrayLike) -> float:
    """How good stated probabilities were: 0 perfect, 0.25 what always saying one half scores.

    brier_score = mean of (probability - happened)^2.
    Happened is 1 or 0. Source: Brier 1950, Monthly Weather Review 78:1. NaN without cases.

    >>> round(brier_score([0.9, 0.2], [1, 0]), 6)
    0.025
    """
    stated, seen = np.asarray(probability, np.float64), np.asarray(happened, np.float64)
    return float(np.mean((stated - seen) ** 2)) if stated.size else float("nan")


def reliability_table(
    probability: ArrayLike, happened: ArrayLike, edges: ArrayLike = (0.0, 0.05, 0.2, 0.5, 0.8, 0.95, 1.0)
) -> list[dict[str, float]]:
    """Stated probabilities beside what happened, in bands: rows of low, high, cases, mean stated, share that happened.

    >>> reliability_table([0.1, 0.1, 0.9], [0, 0, 1])[0]["cases"]
    2.0
    """
    stated, seen = np.asarray(probability, np.float64), np.asarray(happened, np.float64)
    bounds = np.asarray(edges, np.float64)
    band = np.clip(np.searchsorted(bounds, stated, side="right") - 1, 0, len(bounds) - 2)
    rows: list[dict[str, float]] = []
    for k in np.unique(band):
        mine = band == k
        rows.append(
            {
                "low": float(bounds[k]),
                "high": float(bounds[k + 1]),
                "cases": float(mine.sum()),
                "stated": float(stated[mine].mean()),
                "happened": float(seen[mine].mean()),
            }
        )
    return rows
