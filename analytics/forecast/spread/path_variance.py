"""How demand varies along a path: noise of single periods, error of the level and its drift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.members.origins import Rolling

__all__ = ["PathLaw", "path_law"]

Array = NDArray[np.float64]


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
    interval, of which at most half drifts: with smoothing constant a, drift = a x one-step error, so that a sum varies by drift^2 h/3. `rate` (products,)
    units a period while alive, `step` the smallest quantity of them; `relative_variance` (products,) of the sum over its squared mean,
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
    # what products share is part of what each one shows: it leaves the own part, so that a single product's spread stays
    noise_total = np.minimum(
        one_cv2,
        np.minimum(0.9, np.maximum(1.0 - 1.1 * shared / np.maximum(target, 1e-9), 0.05))
        * np.maximum(target, 1e-6)
        * h,
    )
    noise = np.clip(noise_total - poisson, 0.0, 60.0)
    rest = np.maximum(target - (noise + poisson) / h, 0.05 * target)
    rest = np.clip(rest, 1e-4, 4.0)
    rest = np.maximum((1.0 + rest) / (1.0 + shared) - 1.0, 1e-4)
    drift = np.minimum(rolling.alpha * np.sqrt(np.maximum(one_cv2, 1e-9)), np.sqrt(0.5 * rest * 3.0 / h))
    drift = np.minimum(drift, 0.6 / np.sqrt(periods_per_year))
    level = np.maximum(rest - drift**2 * h / 3.0, 1e-4)
    return PathLaw(noise, noise + poisson, level, drift)
