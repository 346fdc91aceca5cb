"""Backtest: what the forecast would have said at past dates, and how good that was beside the 12-period mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.demand.life_cycle import LifeCycle
from analytics.demand.panel import DemandPanel, panel_until
from analytics.forecast.accuracy import bias, crps, randomised_coverage, scaled_pinball, wape
from analytics.forecast.fit import fit_forecast
from analytics.forecast.spread import CLASSES, demand_class
from analytics.forecast.totals import total_quantiles, whole_units

__all__ = ["BACKTEST_LEVELS", "Backtest", "backtest"]

#: Levels of the quantiles kept.
BACKTEST_LEVELS = np.array([0.05, 0.1, 0.25, 0.5, 0.75, 0.8, 0.9, 0.95, 0.98])


@dataclass(frozen=True, eq=False)
class Backtest:
    """Per product and past origin (latest first): `actual`, `forecast` and `simple` (12-period mean) of the sum over the interval, in units
    (products, origins), NaN where less than three quarters of the interval were observed
    (else scaled up to the whole); `quantiles` (products, origins, levels) at BACKTEST_LEVELS; `origin_starts`
    (origins,) the first day forecast; `scale` (products, origins) the mean change over the interval known then; `label` the demand class today."""

    skus: NDArray[Any]
    origin_starts: NDArray[np.datetime64]
    interval: NDArray[np.int64]
    actual: NDArray[np.float64]
    forecast: NDArray[np.float64]
    simple: NDArray[np.float64]
    quantiles: NDArray[np.float64]
    scale: NDArray[np.float64]
    label: NDArray[np.int8]

    def table(self) -> pd.DataFrame:
        """One row per demand class and one for all: sums scored, bias and WAPE of forecast and 12-period mean, scaled pinball loss and coverage at 0.9 and 0.95, CRPS in units."""
        rows = []
        for c in [-1, *np.unique(self.label).tolist()]:
            part = np.ones(len(self.label), np.bool_) if c < 0 else self.label == c
            came, said, simple, q, scale = (x[part] for x in (self.actual, self.forecast, self.simple, self.quantiles, self.scale))
            if not np.isfinite(came).any():
                continue
            row: dict[str, Any] = {
                "class": "all" if c < 0 else CLASSES[c],
                "sums": int(np.isfinite(came).sum()),
                "bias": bias(came, said),
                "bias_simple": bias(came, simple),
                "wape": wape(came, said),
                "wape_simple": wape(came, simple),
            }
            for level in (0.5, 0.8, 0.9, 0.95, 0.98):
                j = int(np.argmin(np.abs(BACKTEST_LEVELS - level)))
                row[f"pinball_{level}"] = scaled_pinball(came, q[:, :, j], level, scale)
                row[f"coverage_{level}"] = randomised_coverage(came, q, BACKTEST_LEVELS, level)
            row["crps"] = crps(came.ravel(), q.reshape(-1, q.shape[2]), BACKTEST_LEVELS)
            rows.append(row)
        return pd.DataFrame(rows)


def backtest(panel: DemandPanel, family_codes: NDArray[np.int32], protection_periods: NDArray[np.float64], origins: int = 6, seed: int = 1) -> Backtest:
    """Refit on what was known at each of the last `origins` dates, one interval apart, and set beside what came.

    The interval is the rounded protection interval, at least one period; the dates are spaced by the longest interval that leaves the number of
    origins within the later half of the history. Nothing after an origin is used there. Every product counts as alive: deaths are in the scores.
    """
    n, periods = panel.units.shape
    interval = np.clip(np.rint(np.asarray(protection_periods, np.float64)), 1, max(1, periods // 4)).astype(np.int64)
    longest = int(interval.max(initial=1))
    step = max(1, min(longest, (periods // 2 - longest) // max(1, origins - 1) if origins > 1 else longest))
    ends = [periods - longest - step * k for k in range(origins) if periods - longest - step * k >= 2]
    shape = (n, len(ends))
    actual, forecast, simple = np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan)
    scale = np.full(shape, np.nan)
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
        share = (seen[rows, end + interval] - seen[rows, end]) / interval
        known = (past.first >= 0) & (share >= 0.75)
        actual[:, k] = np.where(known, (edge[rows, end + interval] - edge[rows, end]) / np.where(known, share, 1.0), np.nan)
        forecast[:, k] = np.where(known, said.total_mean, np.nan)
        quantiles[:, k] = np.where(known[:, None], whole_units(total_quantiles(said, BACKTEST_LEVELS, interval.astype(np.float64)), said.integer), np.nan)
        back = np.maximum(end - 12, np.maximum(past.first, 0))
        simple[:, k] = np.where(known, (edge[:, end] - edge[rows, back]) / np.maximum(end - back, 1) * interval, np.nan)
        change = np.abs(np.diff(past.units, axis=1)) * (np.arange(1, end)[None, :] > np.maximum(past.first, 0)[:, None])
        scale[:, k] = change.sum(axis=1) / np.maximum(end - 1 - np.maximum(past.first, 0), 1) * interval
    return Backtest(panel.skus, panel.starts[ends] if ends else panel.starts[:0], interval, actual, forecast, simple, quantiles, scale, demand_class(panel))
