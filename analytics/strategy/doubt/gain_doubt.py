"""What is known of the errors of gains: stated or measured by a replay, by class of demand, and what follows for the order of products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analytics.demand.classes import demand_classes
from analytics.items import DERIVED, Items
from analytics.naming.labels import percent_text
from analytics.strategy.doubt.gain_range import (
    correlation_of_errors,
    relative_error_of_gains,
    shrunk_gain,
    spread_of_assumed,
    spread_over_draws,
)
from analytics.strategy.present.counted_as import years_of
from analytics.strategy.rollout_waves import waves

if TYPE_CHECKING:
    from analytics.demand import DemandPanel
    from analytics.strategy.compare import Comparison
    from analytics.strategy.recommend import Recommendation

__all__ = [
    "FEWEST_OF_A_CLASS", "GAIN_ERROR", "STATED", "GainDoubt", "GainErrorSaid", "MeasuredError", "doubt_of", "gain_doubt",
    "gain_error_said", "in_order", "measured_error", "spread_of_gains", "spread_of_sum", "with_measured_error",
]  # fmt: skip

Array = NDArray[np.float64]

#: The field that holds the relative error of a product's gain.
GAIN_ERROR = "gain_error"
#: Products and dates from which on a class of demand has a relative error of its own; below it is that of all.
FEWEST_OF_A_CLASS = 20
#: Where the relative error comes from as long as no replay has measured it.
STATED = "stated"
#: Products taken at once: their simulated years are copied.
_BLOCK = 1000


@dataclass(frozen=True)
class MeasuredError:
    """What a replay of the past says of stated gains: `relative_error` of all products together and, where there is enough, `by_class` of demand.

    `correlation` is that of the errors of two products at one date, `dates` how many dates were replayed, `losing`
    the classes of demand whose realised gains add up to less than nothing.
    """

    dates: int
    relative_error: float
    correlation: float
    by_class: Mapping[str, float] = field(default_factory=dict)
    losing: tuple[str, ...] = ()

    @property
    def origin(self) -> str:
        """Where the relative error comes from, in words."""
        return f"measured by replay of {self.dates} date{'' if self.dates == 1 else 's'}"


@dataclass(frozen=True, eq=False)
class GainDoubt:
    """What is known of the errors of gains beside their size: the class of demand of every product (products,), and what a replay `measured` (None: nothing)."""

    classes: NDArray[Any]
    measured: MeasuredError | None = None

    @property
    def origin(self) -> str:
        """Where the relative error comes from: stated, or measured by a replay."""
        return STATED if self.measured is None else self.measured.origin

    @property
    def correlation(self) -> float:
        """Correlation of the errors of two products at one date; 0 as long as nothing has measured it."""
        return 0.0 if self.measured is None else self.measured.correlation

    @property
    def losing(self) -> NDArray[np.bool_]:
        """Products of a class of demand that lost in the replay, (products,); none without a replay."""
        return np.isin(self.classes.astype(str), () if self.measured is None else self.measured.losing)


@dataclass(frozen=True)
class GainErrorSaid:
    """The relative error of single gains as it is told beside the range of the sum.

    `value` is the mean over products, weighed by their gains without sign, `low` and `high` the ends of its usual
    range alike; `by_class` those of classes of demand that have their own, `correlation` the share that products
    have in common, `origin` whether it is stated or measured, and at how many dates; `losing` classes lost there.
    """

    value: float
    low: float
    high: float
    origin: str
    correlation: float
    by_class: Mapping[str, float]
    losing: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The relative error in words, as it stands beside the range.

        >>> GainErrorSaid(0.45, 0.3, 0.7, "stated", 0.0, {}, ()).sentence
        'The range takes each product’s gain to be wrong by 45 % (stated).'
        """
        shared = (
            f", {percent_text(self.correlation)} of it shared by all products"
            if self.correlation > 0.0
            else ""
        )
        return f"The range takes each product’s gain to be wrong by {percent_text(self.value)}{shared} ({self.origin})."


def gain_error_said(gains: Array, items: Items, doubt: GainDoubt) -> GainErrorSaid:
    """What is told of the relative error of gains: a share, the mean over products weighed by their gains without sign. `gains` (products,) money.

    gain_error_said = sum of delta x |gain| / sum of |gain|.
    """
    weight = np.abs(np.nan_to_num(gains))
    weight = weight / weight.sum() if weight.sum() > 0.0 else np.full(len(weight), 1.0 / max(len(weight), 1))
    columns = (items[GAIN_ERROR], *items.range(GAIN_ERROR))
    value, low, high = (float((np.asarray(column) * weight).sum()) for column in columns)
    found = doubt.measured
    if found is None:
        return GainErrorSaid(value, low, high, doubt.origin, doubt.correlation, {}, ())
    return GainErrorSaid(value, low, high, doubt.origin, doubt.correlation, found.by_class, found.losing)


def gain_doubt(panel: DemandPanel, measured: MeasuredError | None) -> GainDoubt:
    """The doubt about the gains of a study's products, whose demand is `panel`."""
    return GainDoubt(demand_classes(panel)[2], measured)


def doubt_of(comparison: Comparison) -> GainDoubt:
    """What a comparison knows of the errors of its gains; where nobody said, all products are of one class and nothing is measured."""
    return comparison.doubt or GainDoubt(np.full(len(comparison.profit), "", object))


def with_measured_error(items: Items, doubt: GainDoubt) -> Items:
    """The items with the relative error that a replay measured for each product's class of demand; the same items without a replay."""
    found = doubt.measured
    if found is None:
        return items
    error = np.array([found.by_class.get(str(c), found.relative_error) for c in doubt.classes])
    return items.with_field(GAIN_ERROR, error, DERIVED, error, error)


def measured_error(
    predicted: Array, realised: Array, spread: Array, classes: NDArray[Any], dates: int
) -> MeasuredError:
    """What a replay says of gains: relative error of all, and of every class of demand with FEWEST_OF_A_CLASS products and dates; their correlation.

    All (dates, products): gains predicted and realised and the spread of what chance would do, in money (NaN: not
    judged), `classes` of demand. A class loses where its realised gains add up to less than nothing although gains
    were predicted. See `relative_error_of_gains`, `correlation_of_errors`.
    """
    judged = np.isfinite(predicted) & np.isfinite(realised) & np.isfinite(spread)
    said, seen, s = (np.where(judged, column, 0.0) for column in (predicted, realised, spread))
    pooled = relative_error_of_gains(said, seen, s)
    changed = judged & ((said != 0.0) | (seen != 0.0))
    error = np.full(said.shape, pooled)
    by_class: dict[str, float] = {}
    losing = []
    for name in sorted({str(c) for c in classes[changed]}):
        here = changed & (classes == name)
        if int(here.sum()) >= FEWEST_OF_A_CLASS:
            by_class[name] = relative_error_of_gains(said[here], seen[here], s[here])
            error[here] = by_class[name]
        if said[here].sum() > 0.0 > seen[here].sum():
            losing.append(name)
    return MeasuredError(dates, pooled, correlation_of_errors(said, seen, error), by_class, tuple(losing))


def spread_of_gains(
    comparison: Comparison, recommended: NDArray[np.intp], as_today: NDArray[np.bool_], baseline: NDArray[np.intp]
) -> Array:  # fmt: skip
    """Spread over draws of every product's gain (see `spread_over_draws`), money, (products,)."""
    n = len(recommended)
    out = np.zeros(n)
    if comparison.by_path.shape[2] < 2:
        return out
    mix = years_of(comparison, recommended, as_today)
    today = years_of(comparison, baseline, np.ones(n, bool))
    for first in range(0, n, _BLOCK):
        rows = slice(first, first + _BLOCK)
        years, in_force = (one[rows] - other[rows] for one, other in zip(mix, today, strict=True))
        out[rows] = spread_over_draws(years, in_force)
    return out


def spread_of_sum(
    comparison: Comparison, recommended: NDArray[np.intp], as_today: NDArray[np.bool_], baseline: NDArray[np.intp],
    known: NDArray[np.bool_], free: Comparison | None = None,
) -> float:  # fmt: skip
    """Spread over draws of the gain of all products whose money is `known`, money: the root of sum s^2 where no two products share what is drawn.

    Assumed values are drawn for all products alike, so their spreads add up and not only their squares: it is the sum
    whose spread is taken. `free` is the comparison of the baseline (None: the same). As long as no replay has measured the relative
    error of gains, that stated one is the error of demand's forecast: only the spread of assumed values stands beside it.
    """
    if comparison.by_path.shape[2] < 2 or not known.any():
        return 0.0
    mix = years_of(comparison, recommended, as_today)
    today = years_of(comparison if free is None else free, baseline, np.ones(len(known), bool))
    years, in_force = (
        (one[known].sum(axis=0) - other[known].sum(axis=0))[None]
        for one, other in zip(mix, today, strict=True)
    )
    spread = spread_of_assumed if doubt_of(comparison).measured is None else spread_over_draws
    return float(spread(years, in_force)[0])


def in_order(
    recommendation: Recommendation, comparison: Comparison, items: Items, counted: NDArray[np.bool_] | None = None
) -> Recommendation:  # fmt: skip
    """The recommendation with what its gains are worth in order (`shrunk_gain`) and the waves that follow from it; gains stay as they are.

    `counted` (products,) are those that have a place in the order (None: all).
    """
    r = recommendation
    gain = np.nan_to_num(r.gain) if counted is None else np.where(counted, np.nan_to_num(r.gain), 0.0)
    spread = spread_of_gains(comparison, r.recommended, r.as_today, r.baseline)
    worth = shrunk_gain(gain, spread, items[GAIN_ERROR], doubt_of(comparison).classes)
    return replace(r, worth=worth, wave=waves(gain, worth))
