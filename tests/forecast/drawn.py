"""Paths drawn and kept: what the simulation draws inside its own loop, held whole for checks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.counts import WORK
from analytics.forecast.forecast import Forecast
from analytics.forecast.paths import WEEKS, PathPlan, weekly_path
from analytics.kernel_cache import kernel

__all__ = ["demand_paths"]


@kernel
def _fill_paths(
    keys, mean, noise, level_error, drift, integer, family_index, market, family, period_weeks, inner, out
):
    work = np.empty(WORK)
    for i in range(out.shape[0]):
        for p in range(out.shape[1]):
            shock = market[p] * family[family_index[i], p]
            weekly_path(
                keys[i],
                np.uint64(p),
                np.uint64(p // inner),
                mean[i],
                noise[i],
                level_error[i],
                drift[i],
                integer[i],
                shock,
                period_weeks,
                out[i, p],
                work,
            )


def demand_paths(
    forecast: Forecast, plan: PathPlan, index: NDArray[np.intp], weeks: int = WEEKS
) -> NDArray[np.float64]:
    """Demand of the products at `index` (positions) in every path: shape (products, paths, weeks), units a week.

    For pictures and checks; the simulation draws inside its own loop and holds nothing.
    """
    out = np.empty((len(index), plan.paths, weeks))
    step = forecast.steps[index]
    _fill_paths(
        plan.keys[index],
        forecast.mean[index] / step[:, None],
        forecast.noise[index],
        forecast.level_error[index],
        forecast.drift[index],
        forecast.integer[index],
        forecast.family[index].astype(np.int64),
        plan.market,
        plan.family,
        plan.period_weeks,
        plan.inner,
        out,
    )
    out *= step[:, None, None]
    return out
