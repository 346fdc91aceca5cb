"""The distribution of the sum over the protection interval: quantiles learnt from past origins, pooled over all products and shrunk by class."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtri

from analytics.demand.panel import DemandPanel
from analytics.forecast.origins import METHODS, OWN_LEVELS, Rolling
from analytics.forecast.regression import quantile_coefficients

__all__ = ["CLASSES", "LEVELS", "Total", "demand_class", "total_distribution"]

#: Levels at which the distribution of the sum is fitted.
_FITTED = np.array([0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98])

#: Levels at which it is kept; beyond the fitted ones along the slope of the last two in normal scores.
LEVELS = np.array([0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.995])

#: Demand classes (Syntetos, Boylan and Croston 2005), used to pool errors, never to choose a strategy.
CLASSES = ("smooth", "erratic", "intermittent", "lumpy", "none")

#: Methods whose difference to the combination may move a quantile.
_VOICES = tuple(METHODS.index(name) for name in (
    "12-period mean", "historic mean", "exponential smoothing", "damped trend", "Theta", "Holt-Winters", "TSB", "IMAPA", "seasonal mean", "seasonal smoothing",
))  # fmt: skip
_MOST_ROWS = 5000
_POOL_WORTH = 20.0
_CLASS_WORTH = 300.0
_PRIOR_SUMS = 6.0


@dataclass(frozen=True, eq=False)
class Total:
    """The distribution of the next interval's sum: `quantile` (products, levels) at LEVELS, `mean` and `sd` (products,), and how many past sums it rests on."""

    quantile: NDArray[np.float64]
    mean: NDArray[np.float64]
    sd: NDArray[np.float64]
    rows: int


def demand_class(panel: DemandPanel) -> NDArray[np.int8]:
    """Index into CLASSES by average demand interval (1.32) and squared coefficient of variation of sizes (0.49). Shape (products,)."""
    periods = panel.units.shape[1]
    mask = panel.observed & (np.arange(periods)[None, :] >= np.maximum(panel.first, 0)[:, None])
    sold = mask & (panel.units > 0)
    count = sold.sum(axis=1)
    length = np.where(panel.first >= 0, mask.sum(axis=1), 0)
    units = np.where(sold, panel.units, 0.0)
    safe = np.maximum(count, 1)
    size = units.sum(axis=1) / safe
    unit = np.where(size > 0, size, 1.0)
    cv2 = np.maximum(((units / unit[:, None]) ** 2).sum(axis=1) / safe - (size / unit) ** 2, 0.0)
    interval = length / safe
    out = np.where(interval >= 1.32, np.where(cv2 >= 0.49, 3, 2), np.where(cv2 >= 0.49, 1, 0))
    return np.where(count == 0, 4, out).astype(np.int8)


def _scales(rolling: Rolling, weights: NDArray[np.float64], combined: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Own error of the sum known at each origin, shrunk to a law in the mean; and that law's shape. Both (products, origins + 1), units."""
    h = rolling.interval[:, None].astype(np.float64)
    known = np.isfinite(rolling.error)
    weight = np.where(known, weights, 0.0)
    total = weight.sum(axis=2)
    error = np.where(known, rolling.error * weight, 0.0).sum(axis=2) / np.where(total > 0, total, 1.0)
    count = np.where(total > 0, rolling.features[:, :, 8], 0.0)
    centre = np.maximum(combined, 0.5 * rolling.level * h)
    size = np.maximum(rolling.level * np.maximum(rolling.gap, 1.0), 1e-12)
    shape = np.sqrt(np.maximum(centre, 1e-12) * size) + 0.3 * centre
    usable = (count > 0) & rolling.valid
    factor = float(np.median(error[usable] / shape[usable] ** 2)) if usable.any() else 1.0
    own = np.sqrt((error * count + _PRIOR_SUMS * max(factor, 1e-4) * shape**2) / (count + _PRIOR_SUMS))
    return own, shape


def _features(rolling: Rolling, combined: NDArray[np.float64], own: NDArray[np.float64], shape: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """What may move a quantile, in units of the sum; each (products, origins + 1)."""
    h = rolling.interval[:, None].astype(np.float64)
    voice = [np.where(np.isfinite(rolling.forecasts[:, :, m]), np.minimum(rolling.forecasts[:, :, m], 3.0 * rolling.highest * h) - combined, 0.0) for m in _VOICES]
    spread = np.where(np.isfinite(rolling.spread), rolling.spread, own)
    silent = np.where(rolling.silent > 2.0 * rolling.gap, combined, 0.0)
    return [combined, own, shape, spread, rolling.change * h, rolling.deviation * np.sqrt(h), rolling.level * rolling.gap, rolling.recent - combined, silent, *voice]


def _own_quantile(rolling: Rolling, level: float) -> NDArray[np.float64]:
    """The product's own quantile of its last sums, interpolated between OWN_LEVELS."""
    high = int(np.searchsorted(OWN_LEVELS, level))
    low = max(0, high - 1)
    share = 1.0 if high == low else (level - OWN_LEVELS[low]) / (OWN_LEVELS[high] - OWN_LEVELS[low])
    out: NDArray[np.float64] = (1.0 - share) * rolling.own[:, :, low] + share * rolling.own[:, :, high]
    return out


def _gamma_quantile(mean: NDArray[np.float64], sd: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    safe = np.maximum(mean, 1e-12)
    square = np.clip((np.maximum(sd, 1e-9 * safe) / safe) ** 2, 1e-6, 60.0)
    # log-spaced table of the shape: thousands of incomplete gammas cost more than the fit
    knots = np.linspace(np.log(1e-6), np.log(60.0), 400)
    table = gammaincinv(np.exp(-knots), level) * np.exp(knots)
    out: NDArray[np.float64] = np.interp(np.log(square), knots, table) * safe
    return out


def total_distribution(rolling: Rolling, weights: NDArray[np.float64], combined: NDArray[np.float64], label: NDArray[np.int8]) -> Total:
    """How much the next interval may bring, for every product, as quantiles that held on past origins.

    *Formula*: at each level, quantile = b x features, the features being the combined forecast, its own known error, a law of error in the mean,
    the product's past sums and their spread, the differences between methods, and a gamma quantile; b minimises the pinball loss over all products'
    past origins (each divided by the root of its usual change, so that no product dominates), drawn to "forecast plus standardised error" and, per
    demand class, to the portfolio's b. Quantiles are sorted, non-negative and at most three times the highest period for every period.
    Source: Koenker and Bassett (1978); pooling across series as in the M5 uncertainty entries; the shrinkage is ours.
    """
    n = len(combined)
    h = rolling.interval.astype(np.float64)
    own, shape = _scales(rolling, weights, combined)
    features = _features(rolling, combined, own, shape)
    unit = np.maximum(rolling.change * h[:, None], 0.1 * rolling.level * h[:, None])
    rows = rolling.valid & np.isfinite(rolling.actual) & (unit > 0)
    rows[:, 0] = False
    chosen = {-1: _rows(rows)}
    for c in np.unique(label):
        chosen[int(c)] = _rows(rows & (label == c)[:, None])
    typical = float(np.median(unit[rows])) if rows.any() else 1.0
    base = np.stack(features, axis=2)
    miss = np.where(rows, (np.where(rows, rolling.actual, 0.0) - combined) / np.maximum(own, 1e-12), 0.0)[rows]
    fitted = np.empty((n, len(_FITTED)))

    def one(j: int) -> None:
        level = float(_FITTED[j])
        extra = np.stack([_own_quantile(rolling, level) - combined, _gamma_quantile(combined, own, level) - combined], axis=2)
        x = np.concatenate([base, extra], axis=2)

        def part(c: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
            i, k = chosen[c]
            root = np.sqrt(unit[i, k] * typical)
            return np.ascontiguousarray(x[i, k] / root[:, None]), rolling.actual[i, k] / root

        towards = np.zeros(x.shape[2])
        towards[0] = 1.0
        worth = len(miss) / (len(miss) + 60.0)
        towards[1] = (worth * float(np.quantile(miss, level)) if len(miss) else 0.0) + (1.0 - worth) * float(ndtri(level))
        pool = quantile_coefficients(*part(-1), level, towards, _POOL_WORTH)
        for c in chosen:
            if c >= 0:
                b = quantile_coefficients(*part(c), level, pool, _CLASS_WORTH) if len(chosen[c][0]) else pool
                fitted[label == c, j] = x[label == c, 0] @ b

    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as executor:
        list(executor.map(one, range(len(_FITTED))))
    ceiling = 3.0 * rolling.highest[:, 0] * h
    fitted = np.maximum.accumulate(np.clip(np.nan_to_num(fitted), 0.0, ceiling[:, None]), axis=1)
    quantile = _with_tails(fitted, ceiling)
    mean = combined[:, 0] * _bias(rolling, combined, label, rows)
    return Total(quantile, mean, np.maximum(_deviation(quantile), 1e-9 * (mean + 1e-300)), int(rows.sum()))


def _rows(mask: NDArray[np.bool_]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Positions of the rows used, evenly thinned to _MOST_ROWS."""
    i, k = np.nonzero(mask)
    if len(i) > _MOST_ROWS:
        keep = (np.arange(_MOST_ROWS) * (len(i) / _MOST_ROWS)).astype(np.int64)
        i, k = i[keep], k[keep]
    return i, k


def _with_tails(fitted: NDArray[np.float64], ceiling: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quantiles at LEVELS from those at _FITTED: the ends go on along the outermost slope in normal scores."""
    x = ndtri(_FITTED)
    ends = ndtri(LEVELS[[0, 1, -1]])
    low = fitted[:, 1] - fitted[:, 0]
    first = np.maximum(0.0, fitted[:, :1] + (low / (x[1] - x[0]))[:, None] * (ends[None, :2] - x[0]))
    slope = np.maximum((fitted[:, -1] - fitted[:, -2]) / (x[-1] - x[-2]), (fitted[:, -1] - fitted[:, -3]) / (x[-1] - x[-3]))
    last = np.minimum(fitted[:, -1] + 1.15 * slope * (ends[2] - x[-1]), np.maximum(ceiling, fitted[:, -1]))
    return np.concatenate([first, fitted, last[:, None]], axis=1)


def _deviation(quantile: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standard deviation of the distribution, linear between its quantiles."""
    u = np.concatenate([[0.0], LEVELS, [1.0]])
    q = np.concatenate([quantile[:, :1], quantile, quantile[:, -1:] + 0.5 * (quantile[:, -1:] - quantile[:, -2:-1])], axis=1)
    width = np.diff(u)[None, :]
    a, b = q[:, :-1], q[:, 1:]
    mean = (0.5 * (a + b) * width).sum(axis=1)
    square = ((a * a + a * b + b * b) / 3.0 * width).sum(axis=1)
    out: NDArray[np.float64] = np.sqrt(np.maximum(square - mean**2, 0.0))
    return out


def _bias(rolling: Rolling, combined: NDArray[np.float64], label: NDArray[np.int8], rows: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Actual over forecast on past origins by class, shrunk to the portfolio's and to 1, within 0.75 and 1.33. Shape (products,)."""
    scale = np.sqrt(np.maximum(rolling.level * rolling.interval[:, None], 1e-12))
    came = np.where(rows, np.where(rows, rolling.actual, 0.0) / scale, 0.0).sum(axis=1)
    said = np.where(rows, combined / scale, 0.0).sum(axis=1)
    count = rows.sum(axis=1).astype(np.float64)

    def ratio(part: NDArray[np.bool_], prior: float) -> float:
        top, below, m = float(came[part].sum()), float(said[part].sum()), float(count[part].sum())
        return prior if below <= 0 else (top / below * m + prior * 200.0) / (m + 200.0)

    everyone = ratio(np.ones(len(label), np.bool_), 1.0)
    out = np.ones(len(label))
    for c in np.unique(label):
        out[label == c] = ratio(label == c, everyone)
    return np.clip(out, 0.75, 1.33)
