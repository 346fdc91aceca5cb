"""Backtest: what the forecast would have said at past dates, and how good that was beside the 12-period mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from analytics.demand.life.life_cycle import LifeCycle
from analytics.demand.panel import DemandPanel, panel_until
from analytics.forecast.fit import fit_forecast
from analytics.forecast.judged.accuracy import (
    bias,
    crps,
    mase,
    newsvendor_regret,
    randomised_coverage,
    rmsse,
    scaled_pinball,
    wape,
)
from analytics.forecast.spread.interval_quantiles import CLASSES, demand_class
from analytics.forecast.spread.totals import total_quantiles, whole_units

__all__ = ["BACKTEST_LEVELS", "Backtest", "backtest", "twelve_period_mean", "units_that_came"]

#: Levels of the quantiles kept.
BACKTEST_LEVELS = np.array([0.05, 0.1, 0.25, 0.5, 0.75, 0.8, 0.9, 0.95, 0.98])


@dataclass(frozen=True, eq=False)
class Backtest:
    """What the forecast would have said at past origins, and what came.

    Per product and past origin (latest first): `actual`, `forecast` and `simple` (12-period mean) of the sum over the interval, in units
    (products, origins), NaN where less than three quarters of the interval were observed
    (else scaled up to the whole); `quantiles` (products, origins, levels) at BACKTEST_LEVELS; `origin_starts`
    (origins,) the first day forecast; `label` the demand class today. Known at the origin as well, (products, origins): `simple_spread`, what a planner gives
    the 12-period mean (standard deviation of those periods times the root of the interval), and of the change from period to period, times the interval,
    the mean (`scale`) and the root mean square (`square_scale`).
    """

    skus: NDArray[Any]
    origin_starts: NDArray[np.datetime64]
    interval: NDArray[np.int64]
    actual: NDArray[np.float64]
    forecast: NDArray[np.float64]
    simple: NDArray[np.float64]
    simple_spread: NDArray[np.float64]
    quantiles: NDArray[np.float64]
    scale: NDArray[np.float64]
    square_scale: NDArray[np.float64]
    label: NDArray[np.int8]

    def table(self) -> pd.DataFrame:
        """Every measure of accuracy by demand class, beside those of the 12-period mean.

        One row per demand class and one for all: sums scored, and every measure beside the 12-period mean's (`_simple`, a normal law of `simple_spread`):
        bias, WAPE, MASE and RMSSE (of the average period), per level scaled pinball loss and coverage, CRPS and newsvendor regret in units, stocking the
        95 % quantile where a unit short costs 0.95 and a unit over 0.05.
        """
        normal = self.simple[:, :, None] + self.simple_spread[:, :, None] * ndtri(BACKTEST_LEVELS)
        said = {"": (self.forecast, self.quantiles), "_simple": (self.simple, np.maximum(normal, 0.0))}
        rows = []
        for c in [-1, *np.unique(self.label).tolist()]:
            part = np.ones(len(self.label), np.bool_) if c < 0 else self.label == c
            came, scale = self.actual[part], self.scale[part]
            if not np.isfinite(came).any():
                continue
            row: dict[str, Any] = {
                "class": "all" if c < 0 else CLASSES[c],
                "sums": int(np.isfinite(came).sum()),
            }
            for whose, (point, quantiles) in said.items():
                row |= {
                    f"{name}{whose}": value
                    for name, value in _measures(
                        came, point[part], quantiles[part], scale, self.square_scale[part]
                    ).items()
                }
            rows.append(row)
        return pd.DataFrame(rows)


def _measures(
    came: NDArray[np.float64],
    point: NDArray[np.float64],
    q: NDArray[np.float64],
    scale: NDArray[np.float64],
    square: NDArray[np.float64],
) -> dict[str, float]:
    """Every measure of one forecast of these sums."""
    step = np.array([0.0, 1.0])  # in units of the product's own change a period, the history changes by one

    def changes(values: NDArray[np.float64], by: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(by > 0.0, values / np.where(by > 0.0, by, 1.0), np.nan)

    out = {
        "bias": bias(came, point), "wape": wape(came, point), "mase": mase(changes(came, scale), changes(point, scale), step),
        "rmsse": rmsse(changes(came, square), changes(point, square), step),
    }  # fmt: skip
    for level in (0.5, 0.8, 0.9, 0.95, 0.98):
        j = int(np.argmin(np.abs(BACKTEST_LEVELS - level)))
        out[f"pinball_{level}"] = scaled_pinball(came, q[:, :, j], level, scale)
        out[f"coverage_{level}"] = randomised_coverage(came, q, BACKTEST_LEVELS, level)
        if level == 0.95:
            out["regret"] = newsvendor_regret(came, q[:, :, j], level, 1.0 - level)
    return out | {"crps": crps(came.ravel(), q.reshape(-1, q.shape[2]), BACKTEST_LEVELS)}


def units_that_came(
    units: NDArray[np.float64], observed: NDArray[np.float64], interval: NDArray[np.int64]
) -> NDArray[np.float64]:
    """What came over the interval after a past date: units, (products,); NaN where less than three quarters of it were observed.

    units_that_came = units x interval / observed periods: what was seen, scaled up to the whole interval. Source: definition.

    >>> units_that_came(np.array([9.0, 9.0, 9.0]), np.array([4.0, 3.0, 2.0]), np.array([4, 4, 4])).tolist()
    [9.0, 12.0, nan]
    """
    share = observed / interval
    known = share >= 0.75
    return np.where(known, units / np.where(known, share, 1.0), np.nan)


def twelve_period_mean(
    past: DemandPanel, interval: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """The forecast of a planner who takes the mean of the last 12 periods.

    What the mean of the last 12 periods says of the next interval's sum, its textbook spread, and the mean and the root mean square of the change from
    period to period so far, times the interval: four arrays (products,), in units. Periods before the first sale are left out.
    """
    end = past.units.shape[1]
    first = np.maximum(past.first, 0)
    back = np.maximum(end - 12, first)
    recent = np.arange(end)[None, :] >= back[:, None]
    count = np.maximum(end - back, 1)
    mean = np.where(recent, past.units, 0.0).sum(axis=1) / count
    spread = np.sqrt(
        np.where(recent, (past.units - mean[:, None]) ** 2, 0.0).sum(axis=1) / np.maximum(count - 1, 1)
    )
    change = np.abs(np.diff(past.units, axis=1)) * (np.arange(1, end)[None, :] > first[:, None])
    steps = np.maximum(end - 1 - first, 1)
    return (
        mean * interval,
        spread * np.sqrt(interval),
        change.sum(axis=1) / steps * interval,
        np.sqrt((change**2).sum(axis=1) / steps) * interval,
    )


def backtest(
    panel: DemandPanel,
    family_codes: NDArray[np.int32],
    protection_periods: NDArray[np.float64],
    origins: int = 6,
    seed: int = 1,
) -> Backtest:
    """Refit on what was known at each of the last `origins` dates, one interval apart, and set beside what came.

    The interval is the rounded protection interval, at least one period; the dates are spaced by the longest interval that leaves the number of
    origins within the later half of the history. Nothing after an origin is used there. Every product counts as alive: deaths are in the scores.
    """
    n, periods = panel.units.shape
    interval = np.clip(np.rint(np.asarray(protection_periods, np.float64)), 1, max(1, periods // 4)).astype(
        np.int64
    )
    longest = int(interval.max(initial=1))
    step = max(1, min(longest, (periods // 2 - longest) // max(1, origins - 1) if origins > 1 else longest))
    ends = [periods - longest - step * k for k in range(origins) if periods - longest - step * k >= 2]
    shape = (n, len(ends))
    actual, forecast, simple, simple_spread, scale, square_scale = (np.full(shape, np.nan) for _ in range(6))
    quantiles = np.full((*shape, len(BACKTEST_LEVELS)), np.nan)
    edge = np.concatenate([np.zeros((n, 1)), np.cumsum(panel.units, axis=1)], axis=1)
    seen = np.concatenate([np.zeros((n, 1)), np.cumsum(panel.observed, axis=1)], axis=1)
    rows = np.arange(n)
    for k, end in enumerate(ends):
        past = panel_until(panel, end)
        life = LifeCycle(
            past.skus, np.full(n, 2, np.int8), np.where(past.first >= 0, 1.0, 0.0), np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n, np.uint8),
            np.full(n, np.datetime64("NaT"), "datetime64[D]"),
        )  # fmt: skip
        said = fit_forecast(past, life, family_codes, interval.astype(np.float64), longest, seed)
        actual[:, k] = units_that_came(
            edge[rows, end + interval] - edge[rows, end],
            np.where(past.first >= 0, seen[rows, end + interval] - seen[rows, end], 0.0),
            interval,
        )
        known = np.isfinite(actual[:, k])
        forecast[:, k] = np.where(known, said.total_mean, np.nan)
        quantiles[:, k] = np.where(
            known[:, None],
            whole_units(
                total_quantiles(said, BACKTEST_LEVELS, interval.astype(np.float64)), said.integer, said.step
            ),
            np.nan,
        )
        mean, simple_spread[:, k], scale[:, k], square_scale[:, k] = twelve_period_mean(past, interval)
        simple[:, k] = np.where(known, mean, np.nan)
    return Backtest(
        panel.skus, panel.starts[ends] if ends else panel.starts[:0], interval, actual, forecast, simple, simple_spread, quantiles, scale, square_scale,
        demand_class(panel),
    )  # fmt: skip
