"""Single periods: how the law of one period's demand must be read so that its quantiles hold on past periods."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc

from analytics.demand.panel import DemandPanel
from analytics.forecast.forecast import PERIOD_KNOTS, Forecast
from analytics.forecast.members.origins import Rolling
from analytics.forecast.spread.totals import period_moments

__all__ = ["learnt_period_levels"]

_MOST_ROWS = 6000
#: Past periods that a class's levels count as much as everybody's for, and everybody's as much as the law's own.
_WORTH = 400.0
_GRID = np.concatenate([np.linspace(0.0, 0.99, 100), 1.0 - np.geomspace(0.009, 1e-6, 40), [1.0]])


def learnt_period_levels(
    forecast: Forecast,
    panel: DemandPanel,
    rolling: Rolling,
    rate: NDArray[np.float64],
    season: NDArray[np.float64],
    lived: NDArray[np.bool_],
    label: NDArray[np.int8],
) -> NDArray[np.float64]:
    """Level at which the gamma law of a single period must be read to hold with each chance of PERIOD_KNOTS: (products, knots), equal within a demand class.

    *Formula*: for past origins and the periods of the interval after them, u = law(demand), the law a gamma of that period's forecast and of the path rule's
    variance; the level for chance p is the p quantile of u over the class, each whole-unit demand spread evenly over [law(y - 1/2), law(y + 1/2)]; shrunk
    to that of all classes (worth 400 periods), that to p. `rate` (products, origins + 1) is the deseasonalised forecast per period at each origin, `season`
    (products, columns of the panel) the seasonal ratios, `lived` marks intervals through which the product lived. At most 6,000 periods a class.
    Assumes that periods ahead surprise as past ones did. Source: Czado, Gneiting and Held (2009) for the non-randomised transform.
    """
    n, periods = panel.units.shape
    widest = int(rolling.interval.max(initial=1))
    own = np.tile(PERIOD_KNOTS, (n, 1))
    usable = rolling.valid & lived & (rate > 0.0)
    usable[:, 0] = False
    first = rolling.start[:, None] + rolling.position
    ahead = np.arange(widest)

    def levels(part: NDArray[np.bool_], towards: NDArray[np.float64]) -> NDArray[np.float64]:
        i, k = np.nonzero(usable & part[:, None])
        keep = max(1, _MOST_ROWS // widest)
        if len(i) > keep:
            chosen = (np.arange(keep) * (len(i) / keep)).astype(np.int64)
            i, k = i[chosen], k[chosen]
        t = first[i, k][:, None] + ahead
        inside = (ahead < rolling.interval[i][:, None]) & (t < periods)
        row, step = np.nonzero(inside)
        row, step = row[panel.observed[i[row], t[row, step]]], step[panel.observed[i[row], t[row, step]]]
        if not len(row):
            return towards
        who, column = i[row], t[row, step]
        mean, sd = period_moments(forecast, rate[who, k[row]] * season[who, column], step, who)
        shape = np.clip((mean / np.maximum(sd, 1e-9 * mean)) ** 2, 1e-3, 1e8)
        half = np.where(forecast.integer[who], 0.5 * forecast.steps[who], 0.0)
        came = panel.units[who, column]
        low, high = (
            gammainc(shape, np.maximum(came + side * half, 0.0) * shape / mean) for side in (-1.0, 1.0)
        )
        width = np.maximum(high - low, 1e-9)
        share = np.array([np.clip((v - low) / width, 0.0, 1.0).mean() for v in _GRID])
        share[0], share[-1] = 0.0, 1.0
        found = np.interp(PERIOD_KNOTS, np.maximum.accumulate(share) + 1e-12 * np.arange(len(_GRID)), _GRID)
        out: NDArray[np.float64] = (len(row) * found + _WORTH * towards) / (len(row) + _WORTH)
        return out

    everyone = levels(np.ones(n, np.bool_), PERIOD_KNOTS)
    for c in np.unique(label):
        own[label == c] = levels(label == c, everyone)
    return np.maximum.accumulate(np.clip(own, 0.0, 1.0 - 1e-9), axis=1)
