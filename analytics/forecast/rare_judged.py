"""Rates of rare products judged at past dates: whether counting sales misses less than the level does, and whether chances of a sale hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.demand.panel import DemandPanel, panel_until
from analytics.forecast.rare import FEWEST_YEARS, RareRates, rare_rates
from analytics.forecast.spread.interval_quantiles import demand_class
from analytics.forecast.spread.long_run import missed_less

__all__ = ["ChancesKept", "chance_of_sale", "chances_kept", "counted_instead", "kept_rates", "rates_then"]

Array = NDArray[np.float64]

#: Chances of a sale are judged in classes, half a year ahead, at up to three past dates; a class is scaled where it is off by more than a factor of 1.25 for
#: certain (95 %, the dates together as one witness since they share products).
_CHANCES = np.array([0.0, 0.1, 0.2, 0.35, 0.55, 1.0])
_AHEAD, _DATES, _OFF, _NORMAL = 0.5, 3, 1.25, 1.959964
#: Squared errors at past dates that counting must save: less than a tenth may be chance, and leaves the level as it is.
_WORTH_COUNTING = 0.10


def chance_of_sale(orders: ArrayLike, shape: ArrayLike, years: float) -> Any:
    """Chance that a product sells at all within so many years.

    chance_of_sale = 1 - (1 + orders x years / shape) ^ -shape, orders a year the mean of a gamma law of this shape. Share. Source: negative binomial.

    >>> round(chance_of_sale(1.0, 2.0, 0.5), 6)  # 1 - 1 / 1.25^2
    0.36
    """
    shape = np.asarray(shape, np.float64)
    out = -np.expm1(-shape * np.log1p(np.asarray(orders, np.float64) * years / shape))
    return out if np.ndim(out) else float(out)


#: Rates as they were known at past dates: the period up to which, and the rates.
Then = tuple[tuple[int, RareRates], ...]


@dataclass(frozen=True, eq=False)
class ChancesKept:
    """Chances of any sale in half a year as stated at past dates, by class of chance, beside the share that sold: (classes,) each.

    `low` and `high` bound the class; `cases`, `stated` mean chance, `sold` share that sold, `factor` by which rates of the class are multiplied.
    """

    low: Array
    high: Array
    cases: Array
    stated: Array
    sold: Array
    factor: Array


def rates_then(panel: DemandPanel, seasonal: NDArray[np.bool_]) -> Then:
    """The rates of rare products as known half a year, a year and a year and a half back, as far as two years lie before: (period, rates) each."""
    periods, ahead = panel.units.shape[1], max(1, round(_AHEAD * panel.periods_per_year))
    cuts = (periods - back * ahead for back in range(1, _DATES + 1))
    out = []
    for cut in cuts:
        if cut >= FEWEST_YEARS * panel.periods_per_year:
            then = panel_until(panel, cut)
            out.append((cut, rare_rates(then, demand_class(then), seasonal)))
    return tuple(out)


def counted_instead(
    panel: DemandPanel,
    then: Then,
    said: Array,
    here: NDArray[np.int64],
    lives: NDArray[np.bool_],
    label: NDArray[np.int8],
) -> NDArray[np.bool_]:
    """Products whose rate is counted, (products,): of classes of demand (`label`) in which rates counted at past dates (`then`) would have missed less.

    *Formula*: squared difference between the orders a year since a date and what was said of them, by count and by the level (`said` at the columns
    `here` of past origins, (products, origins + 1); the last origin before the date), summed over dates; less
    than nine tenths of them on average (see `missed_less`).
    A range whose demand falls is not drawn back to its past. `lives` (products,) marks products that live. Source: choice by what was left out, Stone (1974).
    """
    periods, per_year, n = panel.units.shape[1], panel.periods_per_year, len(label)
    by_level, by_count, judged = np.zeros(n), np.zeros(n), np.zeros(n, np.bool_)
    for cut, rates in then:
        before = (here <= cut) & np.isfinite(said)
        before[:, 0] = False
        nearest = np.argmax(np.where(before, here, -1), axis=1)
        rows = rates.rows & lives & before.any(axis=1) & (rates.size > 0.0)
        size = np.where(rows, rates.size, 1.0)
        came = panel.units[:, cut:].sum(axis=1) / (periods - cut) * per_year / size
        level = said[np.arange(n), nearest] * per_year / size
        by_level += np.where(rows, (came - level) ** 2, 0.0)
        by_count += np.where(rows, (came - rates.orders) ** 2, 0.0)
        judged |= rows
    return missed_less(by_level, by_count, judged, label, _WORTH_COUNTING)


def chances_kept(panel: DemandPanel, then: Then, lives: NDArray[np.bool_]) -> ChancesKept:
    """How many rare products sold within half a year after past dates, by the chance that their rate gave them, and what follows for rates.

    *Formula*: factor = ln(1 - sold) / ln(1 - stated), the ratio of the rates behind the two shares, where its whole range (Wilson, 95 %) lies beyond 1.25
    or below 1 / 1.25; else 1. Half a year, a year and a year and a half back, as far as two years lie before; of products that live (`lives`).
    Source: the range of a share is Wilson's (1927).
    """
    ahead = max(1, round(_AHEAD * panel.periods_per_year))
    stated, sold, dates = [], [], len(then)
    for cut, rates in then:
        judged = rates.rows & lives
        stated.append(chance_of_sale(rates.orders, rates.shape, _AHEAD)[judged])
        sold.append((panel.units[judged, cut : cut + ahead] > 0.0).any(axis=1))
    classes = len(_CHANCES) - 1
    cases, said, seen, factor = np.zeros(classes), np.zeros(classes), np.zeros(classes), np.ones(classes)
    if dates:
        chance, came = np.concatenate(stated), np.concatenate(sold).astype(np.float64)
        at = _chance_class(chance)
        cases = np.bincount(at, minlength=classes).astype(np.float64)
        said = np.bincount(at, chance, minlength=classes) / np.maximum(cases, 1.0)
        seen = np.bincount(at, came, minlength=classes) / np.maximum(cases, 1.0)
        many = np.maximum(cases / dates, 1e-9)
        middle = (seen + _NORMAL**2 / (2.0 * many)) / (1.0 + _NORMAL**2 / many)
        wide = (
            _NORMAL
            / (1.0 + _NORMAL**2 / many)
            * np.sqrt(seen * (1.0 - seen) / many + (_NORMAL / (2.0 * many)) ** 2)
        )
        behind = np.log1p(-np.clip(said, 1e-6, 1.0 - 1e-6))
        least, best, most = (
            np.log1p(-np.clip(share, 0.0, 1.0 - 1e-6)) / behind
            for share in (middle - wide, seen, middle + wide)
        )
        factor = np.where(
            (cases > 0.0) & ((least > _OFF) | (most < 1.0 / _OFF)), np.clip(best, 0.1, 10.0), 1.0
        )
    return ChancesKept(_CHANCES[:-1], _CHANCES[1:], cases, said, seen, factor)


def _chance_class(chance: Array) -> NDArray[np.intp]:
    """The class of `ChancesKept` in which each chance lies."""
    return np.clip(np.searchsorted(_CHANCES, chance, side="right") - 1, 0, len(_CHANCES) - 2)


def kept_rates(rates: RareRates, kept: ChancesKept) -> RareRates:
    """The rates, multiplied by what `chances_kept` found of their class of chance."""
    at = _chance_class(chance_of_sale(rates.orders, rates.shape, _AHEAD))
    return replace(rates, orders=rates.orders * kept.factor[at])
