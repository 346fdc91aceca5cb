"""What may be lost.

Mean, 95th percentile and the mean of the worst 5 % of simulated years, and how likely more than an amount is
lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammainc

from analytics.simulation.run_out import PlayedDown
from analytics.strategy.compared.lost_years import MEASURES_OF_A_YEAR

__all__ = [
    "LEVEL",
    "MEASURES_OF_A_YEAR",
    "Exposure",
    "ExposureOfStudy",
    "conditional_value_at_risk",
    "curves_of",
    "exposure_of",
    "exposure_of_distribution",
    "loss_curve",
    "loss_quantile",
    "lost_of_stock",
    "marks_of",
    "stranded_distribution",
]

Array = NDArray[np.float64]

#: 1 year in 20 is worse.
LEVEL = 0.95
#: Products added up at once.
_AT_ONCE = 2048


def loss_quantile(losses: ArrayLike, level: float = LEVEL) -> float:
    """The smallest loss that is not exceeded with at least this probability.

    `losses` (years,) money, equally likely.

    loss_quantile = least q with P(loss <= q) >= level. Raises ValueError where there is no loss or the level
    is not between 0 and 1. Source: definition (case CVAR-01).

    >>> loss_quantile([0.0, 10.0, 20.0, 30.0], 0.5), loss_quantile([0.0, 10.0, 20.0, 30.0], 0.51)
    (10.0, 20.0)
    """
    ordered = np.sort(np.asarray(losses, np.float64).ravel())
    if not len(ordered) or not 0.0 < level < 1.0:
        raise ValueError(
            f"loss_quantile: needs losses and a level between 0 and 1, got {len(ordered)} and {level}"
        )
    return float(ordered[max(int(np.ceil(level * len(ordered) - 1e-9)) - 1, 0)])


def conditional_value_at_risk(losses: ArrayLike, level: float = LEVEL) -> float:
    """The mean of the worst share of years, a year on the border counted in part.

    `losses` (years,) money, equally likely.

    conditional_value_at_risk = sum of the worst (1 - level) x years losses / ((1 - level) x years). Raises
    ValueError as loss_quantile does.
    Source: Rockafellar and Uryasev (2000) (case CVAR-01).

    >>> round(conditional_value_at_risk([0.0, 10.0, 20.0, 30.0], 0.6), 6)
    26.25
    """
    border = loss_quantile(losses, level)
    worst = np.sort(np.asarray(losses, np.float64).ravel())[::-1]
    years = round((1.0 - level) * len(worst), 9)
    whole = int(years)
    return float((worst[:whole].sum() + (years - whole) * border) / years)


class Exposure(NamedTuple):
    """What may be lost within twelve months, money.

    Mean, 95th percentile, mean of the worst 5 %, and the share of years with any loss.
    """

    expected: float
    p95: float
    cvar95: float
    probability_of_loss: float


def exposure_of(losses: ArrayLike) -> Exposure:
    """The exposure of equally likely years, `losses` (years,) money; NaN where there are none.

    >>> exposure_of([0.0] * 19 + [40.0])
    Exposure(expected=2.0, p95=0.0, cvar95=40.0, probability_of_loss=0.05)
    """
    years = np.asarray(losses, np.float64)
    if not len(years) or not np.isfinite(years).all():
        return Exposure(float("nan"), float("nan"), float("nan"), float("nan"))
    tail = conditional_value_at_risk(years)
    return Exposure(float(years.mean()), loss_quantile(years), tail, float((years > 0.005).mean()))


def exposure_of_distribution(losses: Array, probabilities: Array, level: float = LEVEL) -> Exposure:
    """The exposure where each loss has a probability of its own.

    `losses` (outcomes,) money, rising, `probabilities` (outcomes,) that sum to 1.

    Formula: as `exposure_of`, the worst share cut where the probabilities reach it. Source: Rockafellar and
    Uryasev (2002) (case EXPO-01).

    >>> found = exposure_of_distribution(np.array([0.0, 10.0, 30.0]), np.array([0.9, 0.06, 0.04]))
    >>> found.p95, round(found.expected, 6), round(found.cvar95, 6)
    (10.0, 1.8, 26.0)
    """
    until = np.cumsum(probabilities)
    border = float(losses[min(int(np.searchsorted(until, level - 1e-12)), len(losses) - 1)])
    mean = float(losses @ probabilities)
    tail = border + float(np.maximum(losses - border, 0.0) @ probabilities) / (1.0 - level)
    return Exposure(mean, border, tail, float(probabilities[losses > 0.0].sum()))


def loss_curve(losses: ArrayLike) -> tuple[Array, Array]:
    """How likely more than an amount is lost.

    Amounts (years,) rising, money, and the share of years above each. Source: definition.

    >>> [part.tolist() for part in loss_curve([30.0, 0.0, 10.0, 10.0])]
    [[0.0, 10.0, 30.0], [0.75, 0.25, 0.0]]
    """
    amounts, counts = np.unique(np.asarray(losses, np.float64), return_counts=True)
    return amounts, 1.0 - np.cumsum(counts) / max(int(counts.sum()), 1)


def stranded_distribution(
    stock: int, demand_per_year: float, hazard_per_year: float, horizon_years: float = 1.0
) -> Array:
    """How many units are left when a product ends within the horizon, for single units asked for at random: probabilities of 0 to `stock` units, shape (stock + 1,).

    Formula: P(k left) = h / (d + h) x (d / (d + h))^n x P(Gamma(n + 1, d + h) <= horizon), n = stock - k, for
    k > 0; the rest is none. Units a year, chance a year, years.
    Raises ValueError for values below 0. Source: race of two Poisson processes (case EXPO-01).

    >>> stranded_distribution(2, 6.0, 0.1).round(4).tolist()
    [0.9678, 0.0159, 0.0164]
    """
    if stock < 0 or demand_per_year < 0.0 or hazard_per_year < 0.0 or horizon_years < 0.0:
        raise ValueError("stranded_distribution: nothing of it can be below zero")
    both = demand_per_year + hazard_per_year
    out = np.zeros(stock + 1)
    if stock and hazard_per_year > 0.0:
        sold = stock - np.arange(1, stock + 1, dtype=np.float64)
        goes = np.where(sold > 0.0, (demand_per_year / both) ** sold, 1.0)
        out[1:] = hazard_per_year / both * goes * gammainc(sold + 1.0, both * horizon_years)
    out[0] = 1.0 - out.sum()
    return out


def lost_of_stock(down: PlayedDown, most: Array, cost: Array, alive: Array) -> Array:
    """What today's stock may lose in each year, money (paths,): of stock played `down`, `most` units of a product at most.

    lost = sum of cost x (alive x the smaller of stranded and most + (1 - alive) x most). `cost` is what a unit loses, `alive` the chance
    that a product is sold still; arrays (products,).
    """
    out = np.full(down.stranded.shape[1], float(np.sum(cost * (1.0 - alive) * most)))
    for a in range(0, len(most), _AT_ONCE):
        at = slice(a, a + _AT_ONCE)
        out += np.einsum("n,np->p", cost[at] * alive[at], np.minimum(down.stranded[at], most[at, None]))
    return out


@dataclass(frozen=True, eq=False)
class ExposureOfStudy:
    """Years of every scope, added over the products whose money is known.

    `years[scope]` (measures, paths), in the order of MEASURES_OF_A_YEAR, money or units a year.

    Scopes are "stock" (today's stock of products still sold, written off alone), "stock_in_excess" (the part
    of it that is excess too: it is in both, never added), "baseline", the strategies and "mix".
    """

    years: dict[str, Array]

    def of(self, scope: str, measure: str = "written_off") -> Exposure:
        """Expected, P95, mean of the worst 5 %, and the share of years with any, of one measure of a scope; money or units."""
        return exposure_of(self.years[scope][MEASURES_OF_A_YEAR.index(measure)])


def curves_of(found: ExposureOfStudy, words: Mapping[str, str]) -> pd.DataFrame:
    """The curves of all scopes for a chart: scope in `words`, loss in money, and above, of 100 years how many lose more."""
    parts = []
    for scope, said in words.items():
        if scope in found.years:
            amounts, above = loss_curve(found.years[scope][MEASURES_OF_A_YEAR.index("written_off")])
            first = np.r_[0.0, amounts] if len(amounts) and amounts[0] > 0.0 else amounts
            share = np.r_[1.0, above] if len(first) > len(amounts) else above
            parts.append(pd.DataFrame({"scope": said, "loss": first, "above": 100.0 * share}))
    return pd.concat(parts, ignore_index=True)


def marks_of(found: ExposureOfStudy, words: Mapping[str, str]) -> pd.DataFrame:
    """Mean, 95th percentile and mean beyond it of every scope, each at its place on the curve: scope, loss, above and what."""
    rows = []
    for scope, said in words.items():
        if scope in found.years:
            years, one = found.years[scope][MEASURES_OF_A_YEAR.index("written_off")], found.of(scope)
            for what, loss in (
                ("mean", one.expected),
                ("1 year in 20", one.p95),
                ("mean of those", one.cvar95),
            ):
                rows.append((said, loss, 100.0 * float((years > loss).mean()), what))
    return pd.DataFrame(rows, columns=["scope", "loss", "above", "what"])
