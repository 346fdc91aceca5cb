"""How demand varies along a path: noise of single periods, error of the level and its drift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.members.origins import Rolling

__all__ = ["FASTEST_DRIFT", "MOST_LEVEL", "PathLaw", "by_past_sums", "path_law"]

Array = NDArray[np.float64]

#: The quantiles' spread counts as the product's own periods do when these hold so many intervals.
_QUANTILES_WORTH = 4.0
#: Products that sell in most periods: no more of them without a sale than this. Their past sums are near
#: normal, and so many of them count as the quantiles.
_MOST_WITHOUT_SALES, _SUMS_WORTH = 0.25, 8.0
#: Of the drift that the slowest smoothing tried stands for, what is believed: whatever drifts less chooses it
#: as well.
_SLOWEST_DRIFTS = 0.5
#: What is not known of a level at most (variance over its square), and how far it drifts in a year at most (in logs).
MOST_LEVEL, FASTEST_DRIFT = 4.0, 0.6


@dataclass(frozen=True, eq=False)
class PathLaw:
    """How a product's weekly demand varies around its mean.

    Squared coefficients of variation, (products,) each: of a period's noise without (`noise`) and with counting in whole units (`period`), and of
    the level (`level`); `drift` of the level per root of a period.
    """

    noise: Array
    period: Array
    level: Array
    drift: Array


def path_law(
    rolling: Rolling,
    integer: NDArray[np.bool_],
    step: Array,
    rate: Array,
    relative_variance: Array,
    survive: Array,
    shared: Array,
    periods_per_year: float,
) -> PathLaw:
    """Paths whose sum over the interval varies as the calibrated distribution does, split into what single periods and what the level contribute.

    *Formula*: noise from the one-step errors, at most what the sum leaves for it; the level's error is what the sum varies beyond noise/h, h the
    interval, of which at most half drifts: with smoothing constant a, drift = a x one-step error (half of it
    where a is the slowest that is tried), so that a sum varies by drift^2 h/3. The quantiles are learnt from
    all products together and may miss how much more one of them varies: where its own periods say more, the
    sum varies by v^(1 - w) (e/h)^w, v by the quantiles, e the one-step error at today's rate, w = m/(m + 4),
    m the intervals its history holds. `rate` (products,) units a period while alive, `step` the smallest
    quantity of them; `relative_variance` (products,) of the sum over its squared mean,
    deaths included; `survive` the chance s to live through half the interval: a sum that is 0 with chance 1 - s varies by (1 + v)/s - 1
    where it varies by v given alive; `shared` the part of it that products share, which is not counted again.
    Source: variances of independent parts add; a random walk's sum varies by drift^2 h/3. Derived here.
    """
    h = rolling.interval.astype(np.float64)
    rate = np.maximum(rate, 1e-9)
    one = np.where(np.isfinite(rolling.one_step), rolling.one_step, step * rate + rate**2)
    one_cv2 = np.clip(one / rate**2, 0.0, 400.0)
    poisson = np.where(integer, step / rate, 0.0)
    target = np.clip((1.0 + relative_variance) * survive - 1.0, 0.0, 100.0)
    of_history = np.clip(_moved_to(rate, one, rolling.level[:, 0]), 0.0, 400.0)
    own = _by_periods(target, of_history / h, rolling.length[:, 0] / h)
    target = np.where(np.isfinite(rolling.one_step), own, target)
    # what products share is part of what each one shows: it leaves the own part, so that a single product's spread stays
    noise_total = np.minimum(
        one_cv2,
        np.minimum(0.9, np.maximum(1.0 - 1.1 * shared / np.maximum(target, 1e-9), 0.05))
        * np.maximum(target, 1e-6)
        * h,
    )
    noise = np.clip(noise_total - poisson, 0.0, 60.0)
    rest = np.maximum(target - (noise + poisson) / h, 0.05 * target)
    rest = np.clip(rest, 1e-4, MOST_LEVEL)
    rest = np.maximum((1.0 + rest) / (1.0 + shared) - 1.0, 1e-4)
    believed = np.where(rolling.slowest, _SLOWEST_DRIFTS, 1.0)
    drift = np.minimum(
        believed * rolling.alpha * np.sqrt(np.maximum(one_cv2, 1e-9)), np.sqrt(0.5 * rest * 3.0 / h)
    )
    drift = np.minimum(drift, believed * FASTEST_DRIFT / np.sqrt(periods_per_year))
    level = np.maximum(rest - drift**2 * h / 3.0, 1e-4)
    return PathLaw(noise, noise + poisson, level, drift)


def _moved_to(rate: Array, variance: Array, level: Array) -> Array:
    """Relative variance of a period at a `rate`, from the `variance` seen at the `level` of the history; (products,).

    *Formula*: variance / (rate level): more or fewer orders of the same sizes (a compound Poisson law) vary
    in proportion to their number.

    >>> _moved_to(np.array([2.0]), np.array([8.0]), np.array([4.0])).tolist()  # half as many: variance 4
    [1.0]
    """
    return np.asarray(variance / (rate * np.maximum(level, 1e-9)))


def by_past_sums(
    rolling: Rolling,
    combined: Array,
    lived: NDArray[np.bool_],
    rate: Array,
    relative_variance: Array,
) -> Array:
    """Relative variance of the sum, lowered to what own past sums say of what sells in most periods; (products,).

    *Formula*: v^(1 - w) m^w where that is less than v, the variance by quantiles that all products share; m
    the mean squared error of the `combined` forecast at past origins, at least that of so many periods apart,
    over (rate x interval)^2; w = k/(k + 8), k the past sums without overlap. `combined`, `lived` (products,
    origins + 1), `rate` (products,) units a period.
    Assumes near normal errors, of which a dozen tell a variance to a third. Source: a rule of this program.
    """
    h = rolling.interval.astype(np.float64)
    used = rolling.valid & np.isfinite(rolling.actual) & lived
    used[:, 0] = False
    count = used.sum(axis=1)
    square = np.where(used, (np.nan_to_num(rolling.actual) - combined) ** 2, 0.0).sum(axis=1)
    level = np.maximum(np.maximum(rate, rolling.level[:, 0]), 1e-9)
    seen = np.maximum(square / np.maximum(count, 1) / h**2, np.nan_to_num(rolling.one_step) / h) / level**2
    w = count * rolling.fresh / (count * rolling.fresh + _SUMS_WORTH)
    own = np.maximum(relative_variance, 1e-6) ** (1.0 - w) * np.maximum(seen, 1e-6) ** w
    steady = (count > 0) & (rolling.zero_share <= _MOST_WITHOUT_SALES)
    return np.asarray(np.where(steady, np.minimum(relative_variance, own), relative_variance))


def _by_periods(target: Array, periods: Array, intervals: Array) -> Array:
    """Relative variance of the sum, raised towards what single `periods` say, by `intervals` they span; (products,).

    Assumes that periods do not offset one another. What the quantiles say beyond it is level, which periods
    alone do not show: it stays.

    >>> _by_periods(np.array([1.0, 1.0]), np.array([4.0, 0.25]), np.array([4.0, 4.0])).tolist()
    [2.0, 1.0]
    """
    w = intervals / (intervals + _QUANTILES_WORTH)
    own = np.maximum(target, 1e-6) ** (1.0 - w) * np.maximum(periods, 1e-6) ** w
    return np.asarray(np.maximum(target, own))
