"""One more method for some products: it joins the combination and is judged on the same origins, for the same sums, as all others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.demand.panel import DemandPanel
from analytics.forecast.members.ets import EtsTask, ets_all
from analytics.forecast.members.origins import Rolling
from analytics.forecast.members.seasonal import season_length

__all__ = ["judged_error", "most_money", "with_ets", "with_voice"]


def most_money(panel: DemandPanel, unit_value: NDArray[np.float64], count: int) -> NDArray[np.intp]:
    """Positions of the `count` products with most money in the last year of sales, `unit_value` (products,) being a unit's price; in units where none is known.

    >>> from types import SimpleNamespace
    >>> panel = SimpleNamespace(units=np.array([[5.0, 5.0], [1.0, 0.0], [0.0, 0.0]]), periods_per_year=12.0)
    >>> most_money(panel, np.array([2.0, 30.0, 99.0]), 5).tolist(), most_money(panel, np.array([2.0, 30.0, 99.0]), 1).tolist()
    ([0, 1], [1])
    """
    year = panel.units[:, -max(1, round(panel.periods_per_year)) :].sum(axis=1)
    known = np.isfinite(unit_value) & (unit_value > 0.0)
    value = np.where(known, unit_value, float(np.median(unit_value[known])) if known.any() else 1.0)
    order = np.argsort(-year * value, kind="stable")[: max(count, 0)]
    return np.sort(order[year[order] > 0.0])


def judged_error(rolling: Rolling, at: NDArray[np.intp], said: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean squared error of a further method's sums, known at each origin, on the scale of `Rolling.error`. Shape (len(at), origins + 1), NaN where unknown.

    *Formula*: mean known error of the other methods x (1 + n (r - 1) / max(n, N)): r the method's squared errors over the others' mean squared errors at
    the n older origins whose interval had passed, N the sums without overlap on which the others' errors rest. What was judged at fewer dates counts
    as average for the rest. `said` (len(at), origins + 1), units a sum.
    Source: a rule of this program, shrinkage of a ratio towards one.
    """
    h = rolling.interval[at].astype(np.float64)
    others = rolling.forecasts[at]
    actual = rolling.actual[at]
    miss = (others - actual[:, :, None]) ** 2
    good = np.isfinite(miss)
    usual = np.where(good, miss, 0.0).sum(axis=2) / np.maximum(good.sum(axis=2), 1)
    own = (said - actual) ** 2
    known_error = rolling.error[at]
    there = np.isfinite(known_error)
    scale = np.where(there, known_error, 0.0).sum(axis=2) / np.maximum(there.sum(axis=2), 1)
    out = np.full(said.shape, np.nan)
    position = rolling.position[at]
    for k in range(said.shape[1]):
        passed = (
            np.isfinite(own)
            & rolling.valid[at]
            & good.any(axis=2)
            & (position + h[:, None] <= position[:, k : k + 1])
        )
        count = passed.sum(axis=1) * rolling.fresh
        below = np.where(passed, usual, 0.0).sum(axis=1)
        ratio = np.where(passed, own, 0.0).sum(axis=1) / np.where(below > 0.0, below, 1.0)
        rest = np.maximum(rolling.judged[at, k] / h, count)
        factor = 1.0 + count * (ratio - 1.0) / np.maximum(rest, 1e-9)
        out[:, k] = np.where(
            (count > 0.0) & (below > 0.0) & (scale[:, k] > 0.0), scale[:, k] * factor, np.nan
        )
    return out


def with_voice(rolling: Rolling, at: NDArray[np.intp], said: NDArray[np.float64]) -> Rolling:
    """Every method and one more: `said` (len(at), origins + 1) for the products at `at`, nothing for the others.

    `at` (products said,) are positions; sums are in units.
    """
    shape = (*rolling.forecasts.shape[:2], 1)
    forecast, error = np.full(shape, np.nan), np.full(shape, np.nan)
    forecast[at, :, 0] = np.where(rolling.valid[at], said, np.nan)
    error[at, :, 0] = judged_error(rolling, at, forecast[at, :, 0])
    return replace(
        rolling,
        forecasts=np.concatenate([rolling.forecasts, forecast], axis=2),
        error=np.concatenate([rolling.error, error], axis=2),
    )


def with_ets(rolling: Rolling, panel: DemandPanel, at: NDArray[np.intp]) -> tuple[Rolling, dict[int, str]]:
    """ETS of statsmodels as a further method for the products at `at`; and the name of the form in use now, by product.

    `at` are positions of products; sums are in units.
    """
    at = np.asarray(at, np.intp)
    at = at[(panel.first[at] >= 0) & (rolling.position[at, 0] > 0)]
    tasks = []
    for i in at:
        span = slice(int(rolling.start[i]), int(rolling.start[i] + rolling.position[i, 0]))
        tasks.append(
            EtsTask(
                panel.units[i, span],
                panel.observed[i, span],
                rolling.position[i],
                int(rolling.interval[i]),
                season_length(panel.frequency),
            )
        )
    found = ets_all(tasks)
    said = np.array([sums for sums, _ in found]).reshape(len(at), rolling.position.shape[1])
    return with_voice(rolling, at, said), {
        int(i): name for i, (_, name) in zip(at, found, strict=True) if name
    }
