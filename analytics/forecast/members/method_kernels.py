# mypy: disable-error-code="no-untyped-def"
"""The members of the grid: what every method, with every setting of it, forecasts from each period of one product's history on.

Each function writes one row per setting (row g, column t: the sum of the next h periods as known before period t) and the place of its method
in `grid_records.METHODS` to `owner`, from row g on, and returns the next free row. `total` and `count` are cumulative sales and periods observed.
"""

from __future__ import annotations

import numpy as np

from analytics.forecast.members.croston import aggregated_levels, croston_levels, tsb_levels
from analytics.forecast.members.grid_records import (
    ADIDA,
    BEST_WINDOW,
    CROSTON,
    DAMPED_TREND,
    HISTORIC_MEAN,
    HOLT_WINTERS,
    IMAPA,
    SBA,
    SEASONAL_MEAN,
    SEASONAL_NAIVE,
    SEASONAL_SMOOTHING,
    SEASONAL_THETA,
    SMOOTHING,
    THETA,
    TSB,
    TWELVE_PERIODS,
)
from analytics.forecast.members.seasonal import own_season, profile_into
from analytics.forecast.members.smoothing import (
    damped_trend_sums,
    holt_winters_sums,
    smoothed_levels,
    theta_sums,
)
from analytics.machine.kernel_cache import part

__all__ = ["intermittent_rows", "seasonal_rows", "smoothing_rows", "window_rows"]


@part
def window_rows(history, h, common, members):
    """Seasonal naive, 12-period mean, means over several windows, historic mean."""
    total, count = history.total, history.observed
    season, windows = common.season, common.windows
    rows, owner = members.rows, members.owner
    size = total.shape[0]
    whole = h // season
    rest = h - whole * season
    first = rows[0]
    for t in range(size):
        first[t] = np.nan
        if t >= season:
            first[t] = whole * (total[t] - total[t - season]) + total[t - season + rest] - total[t - season]
    owner[0] = SEASONAL_NAIVE
    for w in range(windows.shape[0] + 2):
        length = 12 if w == 0 else (windows[w - 1] if w <= windows.shape[0] else size)
        method = BEST_WINDOW if w <= windows.shape[0] else HISTORIC_MEAN
        owner[1 + w] = TWELVE_PERIODS if w == 0 else method
        for t in range(size):
            back = max(0, t - length)
            known = count[t] - count[back]
            rows[1 + w, t] = (
                h * (total[t] - total[back]) / known
                if known > 0.0
                else (h * total[t] / count[t] if count[t] > 0.0 else 0.0)
            )
    return windows.shape[0] + 3


@part
def smoothing_rows(history, h, common, members, g):
    """Simple smoothing, damped trend, Theta, additive Holt-Winters."""
    y, seen = history.y, history.seen
    season, alphas = common.season, common.alphas
    rows, owner = members.rows, members.owner
    size = y.shape[0] + 1
    for a in range(alphas.shape[0]):
        smoothed_levels(y, seen, alphas[a], True, rows[g, :size])
        for t in range(size):
            rows[g, t] *= h
        owner[g] = SMOOTHING
        g += 1
    for k in range(16):
        damped_trend_sums(
            y,
            seen,
            alphas[1 + 2 * (k // 4)],
            0.05 if k % 2 == 0 else 0.2,
            0.85 if (k // 2) % 2 == 0 else 0.97,
            h,
            rows[g, :size],
        )
        owner[g] = DAMPED_TREND
        g += 1
    for k in range(8):
        # a number and not the constant 0, for which the sums would be compiled once more
        first = np.int64(0)
        theta_sums(y, seen, alphas[1 + 2 * (k // 2)], 0.5 if k % 2 == 0 else 0.8, h, first, rows[g, :size])
        owner[g] = THETA
        g += 1
    if y.shape[0] >= 2 * season:
        state = np.zeros(season)
        for k in range(8):
            holt_winters_sums(
                y,
                seen,
                season,
                alphas[1 + 2 * (k // 2)],
                0.1 if k % 2 == 0 else 0.3,
                h,
                state,
                rows[g, :size],
            )
            owner[g] = HOLT_WINTERS
            g += 1
    return g


@part
def intermittent_rows(history, h, common, members, g):
    """Croston, SBA, TSB, ADIDA, IMAPA."""
    y, seen = history.y, history.seen
    total, count, sales = history.total, history.observed, history.sales
    alphas, rows, owner = common.alphas, members.rows, members.owner
    size = y.shape[0] + 1
    for k in range(2):
        alpha = alphas[2 + 2 * k]
        croston_levels(y, seen, alpha, True, rows[g, :size])
        for t in range(size):
            rows[g, t] *= h
            rows[g + 1, t] = rows[g, t] * (1.0 - alpha / 2.0)
        owner[g] = CROSTON
        owner[g + 1] = SBA
        g += 2
    for k in range(10):
        tsb_levels(
            y,
            seen,
            alphas[1 if k % 2 == 0 else 4],
            alphas[min(k // 2, 3) + k // 8 + k // 6],
            True,
            rows[g, :size],
        )
        for t in range(size):
            rows[g, t] *= h
        owner[g] = TSB
        g += 1
    longest = 1
    for t in range(1, size):
        if sales[t] > 0.0:
            longest = max(longest, int(count[t] / sales[t] + 0.5))
    longest = min(longest, 12)
    one = np.zeros(size)
    for k in range(3):
        for t in range(size):
            rows[g + 1, t] = 0.0
        for bucket in range(1, longest + 1):
            aggregated_levels(total, bucket, alphas[2 + 2 * k if k < 2 else 5], one)
            for t in range(size):
                usual = min(longest, int(count[t] / sales[t] + 0.5)) if sales[t] > 0.0 else 1
                if bucket <= usual:
                    rows[g + 1, t] += h * one[t] / usual
                if bucket == usual:
                    rows[g, t] = h * one[t]
        owner[g] = ADIDA
        owner[g + 1] = IMAPA
        g += 2
    return g


@part
def seasonal_rows(history, h, mine, common, ratios, members, g):
    """Means, smoothing and Theta on history adjusted by seasonal ratios; ratios refreshed now and then, always from what is known by then."""
    y, seen = history.y, history.seen
    total, count = history.total, history.observed
    season, shared_ends, alphas = common.season, common.shared_ends, common.alphas
    offset, own = mine.offset, mine.own
    shared, shared_year = common.shared[mine.group], common.shared_year[mine.group]
    base = np.ones(season)
    shape, year = ratios.shape, ratios.year
    rows, owner = members.rows, members.owner
    n = y.shape[0]
    weeks = year.shape[0]
    adjusted = np.zeros(n)
    local = np.zeros(n)
    lead = (-offset) % 7
    weekly = np.zeros(max(0, (n - lead) // 7) if weeks > 1 else 0)
    for j in range(weekly.shape[0]):
        weekly[j] = total[lead + 7 * j + 7] - total[lead + 7 * j]
    for k in range(10):
        owner[g + k] = SEASONAL_MEAN if k < 3 else (SEASONAL_SMOOTHING if k < 6 else SEASONAL_THETA)
        for t in range(n + 1):
            rows[g + k, t] = np.nan
    block = max(1, max(season // 4, n // 16))
    cycle = 364 if weeks > 1 else max(12, season)
    begin = min(n, max(1, season // 4))
    level = np.zeros((6, n + 1))
    edge = np.zeros(n + 1)
    believed = 0.0
    while begin <= n:
        finish = min(n + 1, begin + block)
        if begin == n:
            finish = n + 1
        elif finish > n - block // 2:
            finish = n
        run = min(n, finish)
        calendar = max(0, np.searchsorted(shared_ends, begin + offset, "right") - 1)
        if weeks > 1:
            known_weeks = min(weekly.shape[0], max(0, (begin - lead) // 7))
            believed = profile_into(
                weekly, known_weeks, ((offset + lead) // 7) % weeks, weeks, shared_year[calendar], local, year
            )
            for t in range(run):
                adjusted[t] = y[t] / year[((t + offset) // 7) % weeks]
            profile_into(adjusted, begin, offset % season, season, shared[calendar], local, shape)
            phase = offset % season
            for t in range(run):
                adjusted[t] /= shape[phase]
                phase = phase + 1 if phase + 1 < season else 0
        else:
            own_season(shared[calendar], common.columns, own[calendar], base)
            believed = profile_into(y, begin, offset % season, season, base, local, shape)
            phase = offset % season
            for t in range(run):
                adjusted[t] = y[t] / shape[phase]
                phase = phase + 1 if phase + 1 < season else 0
        for a in range(3):
            smoothed_levels(adjusted[:run], seen[:run], alphas[1 + 2 * a], True, level[a, : run + 1])
            theta_sums(adjusted[:run], seen[:run], alphas[1 + 2 * a], 0.5, h, begin, level[3 + a, : run + 1])
        running = 0.0
        for t in range(run):
            edge[t] = running
            running += adjusted[t]
        edge[run] = running
        for t in range(begin, finish):
            ahead = 0.0
            phase = (t + offset) % season
            for j in range(h):
                ahead += shape[phase] * (year[((t + offset + j) // 7) % weeks] if weeks > 1 else 1.0)
                phase = phase + 1 if phase + 1 < season else 0
            for k in range(3):
                back = max(0, t - (cycle if k == 0 else (cycle // 2 if k == 1 else 2 * cycle)))
                known = count[t] - count[back]
                rows[g + k, t] = ahead * (edge[t] - edge[back]) / known if known > 0.0 else np.nan
                rows[g + 3 + k, t] = level[k, t] * ahead
                rows[g + 6 + k, t] = max(0.0, level[3 + k, t]) * ahead / h
        begin = finish
    return g + 9, believed
