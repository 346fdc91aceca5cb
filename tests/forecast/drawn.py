"""Paths drawn and kept: what the simulation draws inside its own loop, held whole for checks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.forecast import Forecast
from analytics.forecast.members.counts import WORK
from analytics.forecast.spread.paths import WEEKS, DemandArrays, PathPlan, product_demand, weekly_path
from analytics.machine.kernel_cache import kernel

__all__ = ["demand_paths"]


@kernel
def _fill_paths(demand, out):
    work = np.empty(WORK)
    for i in range(out.shape[0]):
        product = product_demand(demand, i)
        for p in range(out.shape[1]):
            weekly_path(product, p, demand.period_weeks, out[i, p], work)


def demand_paths(
    forecast: Forecast, plan: PathPlan, index: NDArray[np.intp], weeks: int = WEEKS
) -> NDArray[np.float64]:
    """Demand of the products at `index` (positions) in every path: shape (products, paths, weeks), units a week.

    For pictures and checks; the simulation draws inside its own loop and holds nothing.
    """
    out = np.empty((len(index), plan.paths, weeks))
    step = forecast.steps[index]
    demand = DemandArrays(
        keys=plan.keys[index],
        mean=forecast.mean[index] / step[:, None],
        noise=forecast.noise[index],
        level_error=forecast.level_error[index],
        drift=forecast.drift[index],
        integer=forecast.integer[index],
        family=forecast.family[index].astype(np.int64),
        market=plan.market,
        family_shock=plan.family,
        period_weeks=plan.period_weeks,
        inner=plan.inner,
    )
    _fill_paths(demand, out)
    out *= step[:, None, None]
    return out
