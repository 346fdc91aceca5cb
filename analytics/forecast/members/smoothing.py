# mypy: disable-error-code="no-untyped-def"
"""Exponential smoothing: simple, with damped trend, additive Holt-Winters, and the Theta method; one series, all origins in one pass."""

from __future__ import annotations

import numpy as np

from analytics.machine.kernel_cache import kernel

__all__ = ["damped_trend_sums", "holt_winters_sums", "smoothed_levels", "theta_sums"]


@kernel
def smoothed_levels(y, seen, alpha, warm, out):
    """out[t] = level before period t (t = 0 ... n); the first seen value starts it.

    With `warm` the constant is never below 1/count, so that the level starts as a plain mean. Unseen
    periods change nothing.
    """
    level = 0.0
    count = 0.0
    out[0] = 0.0
    for t in range(y.shape[0]):
        if seen[t]:
            count += 1.0
            if count == 1.0:
                level = y[t]
            else:
                gain = max(alpha, 1.0 / count) if warm else alpha
                level += gain * (y[t] - level)
        out[t + 1] = level


@kernel
def damped_trend_sums(y, seen, alpha, beta, phi, h, out):
    """out[t] = forecast of y[t] + ... + y[t+h-1] by damped trend (phi = 1: Holt). Starts at the first two values: level y[0], trend y[1] - y[0] shrunk by beta."""
    level = 0.0
    trend = 0.0
    count = 0.0
    weight = 0.0
    power = 1.0
    running = 0.0
    for _ in range(h):
        power *= phi
        running += power
        weight += running
    out[0] = 0.0
    for t in range(y.shape[0]):
        if seen[t]:
            count += 1.0
            if count == 1.0:
                level = y[t]
            else:
                gain = max(alpha, 1.0 / count)
                predicted = level + phi * trend
                miss = y[t] - predicted
                level = predicted + gain * miss
                trend = phi * trend + gain * beta * miss
        out[t + 1] = h * level + trend * weight


@kernel
def theta_sums(y, seen, alpha, share, h, first, out):
    """The Theta forecast of the next interval's sum, at every origin.

    out[t] = Theta forecast of the next h periods' sum: smoothing plus `share` (1 - 1/theta) of the straight line's slope, the line refitted at every
    origin. Written from t = `first` on: what comes before is often not asked for, and costs most.
    """
    level = 0.0
    count = 0.0
    sx = 0.0
    sxx = 0.0
    sy = 0.0
    sxy = 0.0
    if first == 0:
        out[0] = 0.0
    for t in range(y.shape[0]):
        if seen[t]:
            count += 1.0
            x = float(t)
            sx += x
            sxx += x * x
            sy += y[t]
            sxy += x * y[t]
            if count == 1.0:
                level = y[t]
            else:
                level += max(alpha, 1.0 / count) * (y[t] - level)
        if t + 1 < first:
            continue
        slope = 0.0
        if count >= 4.0:
            below = count * sxx - sx * sx
            if below > 0.0:
                slope = (count * sxy - sx * sy) / below
        lag = (1.0 - (1.0 - alpha) ** count) / alpha
        out[t + 1] = h * level + share * slope * (h * (h - 1) / 2.0 + h * lag)


@kernel
def holt_winters_sums(y, seen, season, alpha, gamma, h, state, out):
    """out[t] = forecast of the next h periods' sum by an additive season over a level (no trend); NaN until two seasons are known.

    Starts from the first season: level its mean, pattern the deviations. `state` is scratch of length `season`.
    """
    n = y.shape[0]
    for t in range(min(n + 1, 2 * season)):
        out[t] = np.nan
    if n < 2 * season:
        return
    level = 0.0
    for j in range(season):
        level += y[j] if seen[j] else 0.0
    level /= season
    for j in range(season):
        state[j] = y[j] - level if seen[j] else 0.0
    whole = h // season
    rest = h - whole * season
    j = season - 1
    for t in range(season, n):
        j = j + 1 if j + 1 < season else 0
        if seen[t]:
            before = level
            level += alpha * (y[t] - state[j] - level)
            state[j] += gamma * (y[t] - before - state[j])
        if t + 1 >= 2 * season:
            total = h * level
            for k in range(j + 1, j + 1 + rest):
                total += state[k if k < season else k - season]
            if whole > 0:
                cycle = 0.0
                for k in range(season):
                    cycle += state[k]
                total += whole * cycle
            out[t + 1] = total
