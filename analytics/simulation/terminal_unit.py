"""A unit that waits its turn at the end of the window: its chance of being sold, its years until then, and its worth.

The m-th unit beyond what a plan would order again, with Poisson sales and an exponential life (see `simulation.terminal`
for the rule and for sums over many units), or with any forecast distribution.
"""

from __future__ import annotations

from typing import TypedDict, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.errors import options_in_force

__all__ = [
    "PositionOptions",
    "position_value",
    "sold_later",
    "stranded_later",
    "unit_value",
    "until_demanded",
    "years_later",
]

Array = NDArray[np.float64]

#: Chances of ending over the whole wait below which the limit without any is used, and that of a sale that is none.
_NO_HAZARD = 1e-6
_NO_CHANCE = 1e-12
#: Against the noise of a division that is a whole number.
_NOISE = 1e-9


def _orders(place: ArrayLike, units_per_year: ArrayLike, order_size: ArrayLike) -> tuple[Array, Array]:
    """Orders until the unit at a place sells, and orders a year."""
    size = np.asarray(order_size, np.float64)
    return np.ceil(np.asarray(place, np.float64) / size - _NOISE), np.asarray(
        units_per_year, np.float64
    ) / size


def sold_later(
    place: ArrayLike, units_per_year: ArrayLike, hazard_per_year: ArrayLike, order_size: ArrayLike = 1.0
) -> Array:
    """The chance that the m-th unit in turn sells before its product ends.

    sold_later = (rate / (rate + hazard))^orders, orders = place / order_size rounded up, rate = units_per_year / order_size; 0 where
    nothing sells. Source: Poisson sales against an exponential life.

    >>> float(sold_later(1, 0.5, 0.05).round(6)), float(sold_later(5, 4.0, 0.0, 2))
    (0.909091, 1.0)
    """
    orders, rate = _orders(place, units_per_year, order_size)
    hazard = np.asarray(hazard_per_year, np.float64)
    share = np.where(rate > 0.0, rate / np.where(rate > 0.0, rate + hazard, 1.0), 0.0)
    return np.asarray(share**orders)


def stranded_later(
    place: ArrayLike, units_per_year: ArrayLike, hazard_per_year: ArrayLike, order_size: ArrayLike = 1.0
) -> Array:
    """The chance that the m-th unit in turn is left when its product ends: 1 - `sold_later`. Source: definition.

    >>> float(stranded_later(1, 0.5, 0.05).round(6)), float(stranded_later(1, 0.0, 0.05))
    (0.090909, 1.0)
    """
    return 1.0 - sold_later(place, units_per_year, hazard_per_year, order_size)


def years_later(
    place: ArrayLike, units_per_year: ArrayLike, hazard_per_year: ArrayLike, order_size: ArrayLike = 1.0
) -> Array:
    """Years until the m-th unit in turn sells or its product ends, on average; infinite where neither ever comes.

    years_later = stranded_later / hazard; orders / rate without a hazard. Source: 1 = P + hazard x T of an exponential life.

    >>> float(years_later(1, 0.5, 0.05).round(6)), float(years_later(6, 3.0, 0.0))
    (1.818182, 2.0)
    """
    orders, rate = _orders(place, units_per_year, order_size)
    hazard = np.asarray(hazard_per_year, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        unhindered = orders / rate
        # (1 - a^m) / d without the cancellation of a small hazard
        ended = np.where(rate > 0.0, -np.expm1(-orders * np.log1p(hazard / rate)) / hazard, 1.0 / hazard)
        tiny = hazard * unhindered <= _NO_HAZARD
    return np.asarray(np.where((hazard <= 0.0) | ((rate > 0.0) & tiny), unhindered, ended))


def unit_value(
    place: ArrayLike, units_per_year: ArrayLike, hazard_per_year: ArrayLike, capital_rate: ArrayLike, storage_and_insurance: ArrayLike,
    salvage_share: ArrayLike, longest_years: ArrayLike = 4.0, order_size: ArrayLike = 1.0,
) -> Array:  # fmt: skip
    """What the m-th unit in turn is worth at the end of the window, as a share of its cost.

    unit_value = max(salvage_share, sold_later + salvage_share x stranded_later - (capital_rate + storage_and_insurance) x years_later);
    salvage_share where it is expected to sell later than `longest_years`. Rates a year. Source: definition.

    >>> float(unit_value(1, 0.5, 0.0, 0.10, 0.07, 0.2).round(6)), float(unit_value(1, 0.2, 0.0, 0.10, 0.07, 0.2))
    (0.66, 0.2)
    """
    orders, rate = _orders(place, units_per_year, order_size)
    sold = sold_later(place, units_per_year, hazard_per_year, order_size)
    years = years_later(place, units_per_year, hazard_per_year, order_size)
    salvage = np.asarray(salvage_share, np.float64)
    holding = np.asarray(capital_rate, np.float64) + np.asarray(storage_and_insurance, np.float64)
    with np.errstate(invalid="ignore"):
        worth = sold + salvage * (1.0 - sold) - np.where(holding > 0.0, holding * years, 0.0)
    soon = orders <= np.asarray(longest_years, np.float64) * rate + _NOISE
    return np.asarray(np.where(soon, np.maximum(worth, salvage), salvage))


class PositionOptions(TypedDict, total=False):
    """What may be chosen of a position's worth.

    alive: chance that its product has not ended already (default 1). longest_years: how long a unit is held at most until it
    is expected to sell (default 4). order_size: units that customers order at once (default 1).
    """

    alive: float
    longest_years: float
    order_size: float


def position_value(
    position: float,
    own_position: float,
    units_per_year: float,
    hazard_per_year: float,
    capital_rate: float,
    storage_and_insurance: float,
    salvage_share: float,
    **options: Unpack[PositionOptions],
) -> float:
    """What a position is worth at the end of the window, in unit costs: whole units, the own position at cost, the rest as each waits its turn.

    position_value = alive x (min(position, own_position) + sum of `unit_value` over the places beyond the own position)
    + (1 - alive) x salvage_share x position; what is owed stays outside the factor. `options` are those of `PositionOptions`.
    Rates a year. Source: definition. Raises TypeError for a keyword that is no option.

    >>> rates = {"capital_rate": 0.10, "storage_and_insurance": 0.07, "salvage_share": 0.2, "hazard_per_year": 0.0}
    >>> round(position_value(position=3, own_position=1, units_per_year=1.0, **rates), 6)
    2.49
    """
    defaults: PositionOptions = {"alive": 1.0, "longest_years": 4.0, "order_size": 1.0}
    chosen = options_in_force("position_value", options, defaults)
    if position <= 0.0:
        return float(position)
    own = max(own_position, 0.0)
    beyond = np.arange(1.0, np.floor(max(position - own, 0.0) + _NOISE) + 1.0)
    worth = unit_value(
        beyond, units_per_year, hazard_per_year, capital_rate, storage_and_insurance, salvage_share, chosen["longest_years"], chosen["order_size"]
    )  # fmt: skip
    living = min(position, own) + float(worth.sum())
    return chosen["alive"] * living + (1.0 - chosen["alive"]) * salvage_share * position


def until_demanded(years: ArrayLike, sold_by: ArrayLike, hazard_per_year: float) -> tuple[float, float]:
    """Chance that a unit sells before its product ends, and its years until either, by any forecast distribution.

    `years` (times,) rise, `sold_by` (times,) is the chance that demand has reached the unit's place by then. With the
    steps p_j of `sold_by`: P = sum of exp(-hazard x years_j) x p_j, T = sum of (1 - exp(-hazard x years_j)) / hazard x p_j
    (without a hazard: years_j x p_j). What has not sold by the last time goes on at the rate of the last year of
    `years`; where that is none, it is held until the product ends. Source: definition; P + hazard x T = 1.

    >>> until_demanded([1.0], [1.0], 0.0)
    (1.0, 1.0)
    """
    at, reached = np.asarray(years, np.float64), np.asarray(sold_by, np.float64)
    steps = np.diff(reached, prepend=0.0)
    rest = float(max(1.0 - reached[-1], 0.0))
    last = float(at[-1])
    sold = float((np.exp(-hazard_per_year * at) * steps).sum())
    held = at if hazard_per_year <= 0.0 else -np.expm1(-hazard_per_year * at) / hazard_per_year
    years_held = float((held * steps).sum())
    if rest <= _NO_CHANCE:
        return sold, years_held
    before = float(np.interp(last - 1.0, at, reached, left=0.0))
    pace = -np.log(rest / max(1.0 - before, rest)) / min(last, 1.0) if before < 1.0 else 0.0
    survives = float(np.exp(-hazard_per_year * last))
    until_last = last if hazard_per_year <= 0.0 else -np.expm1(-hazard_per_year * last) / hazard_per_year
    leaves = pace + hazard_per_year
    sold += rest * survives * (pace / leaves if leaves > 0.0 else 0.0)
    return float(sold), float(
        years_held + rest * (until_last + (survives / leaves if leaves > 0.0 else np.inf))
    )
