# mypy: disable-error-code="no-untyped-def"
"""The kernel behind the rolling origins: every member of every method's grid over one product's history, judged as its intervals pass."""

from __future__ import annotations

import numpy as np

from analytics.forecast.grid_members import intermittent_rows, seasonal_rows, smoothing_rows, window_rows
from analytics.kernel_cache import kernel, part

__all__ = ["capped", "many_products"]


@part
def _compete(rows, owner, members, sums, h, decay, best, best_error, best_count, chosen):
    """The least wrong member of the grid, as known at every origin.

    Judge every grid member by its discounted mean squared error known at each t (the forecast of origin t - h has just been passed by its
    interval) and let the least wrong one speak for its method.
    """
    for g in range(members):
        m = owner[g]
        total = 0.0
        weight = 0.0
        for t in range(sums.shape[0]):
            origin = t - h
            if origin >= 1:
                miss = rows[g, origin] - sums[origin]
                if not np.isnan(miss):
                    total = decay * total + miss * miss
                    weight = decay * weight + 1.0
            if np.isnan(rows[g, t]):
                continue
            mean = total / weight if weight > 0.0 else np.inf
            if np.isnan(best[m, t]) or mean < best_error[m, t]:
                best[m, t] = rows[g, t]
                best_error[m, t] = mean
                best_count[m, t] = weight
                chosen[m, t] = g


@kernel
def capped(y, seen, out):
    """A single value far beyond everything before (ten usual sizes and three times the highest) counts as three times the highest; a lasting rise gets through."""
    highest = 0.0
    size = 0.0
    sales = 0.0
    for t in range(y.shape[0]):
        value = y[t] if seen[t] else 0.0
        if seen[t] and value > 0.0:
            if sales >= 6.0:
                value = min(value, max(10.0 * size / sales, 3.0 * highest))
            sales += 1.0
            size += value
            highest = max(highest, value)
        out[t] = value


@part
def _known_then(y, raw, total, plain, count, sales, h, positions, actual, features, own):
    """What a planner could know at each origin about the product's past sums."""
    n = y.shape[0]
    change = np.zeros(n + 1)
    highest = np.zeros(n + 1)
    silent = np.zeros(n + 1)
    past = np.zeros(64)
    squares = np.zeros(n + 1)
    for t in range(1, n + 1):
        squares[t] = squares[t - 1] + y[t - 1] * y[t - 1]
        change[t] = change[t - 1] + (abs(y[t - 1] - y[t - 2]) if t >= 2 else 0.0)
        highest[t] = max(highest[t - 1], raw[t - 1])
        silent[t] = 0.0 if y[t - 1] > 0.0 else silent[t - 1] + 1.0
    for k in range(positions.shape[0]):
        p = positions[k]
        if p < 1:
            continue
        if k > 0:
            known = count[p + h] - count[p]
            if known >= 0.5 * h and known > 0.0:
                actual[k] = (plain[p + h] - plain[p]) * h / known
        features[k, 0] = total[p] / count[p] if count[p] > 0.0 else 0.0
        features[k, 1] = change[p] / (p - 1.0) if p > 1 else features[k, 0]
        features[k, 3] = total[p] - total[max(0, p - h)]
        features[k, 4] = silent[p]
        features[k, 5] = count[p] / sales[p] if sales[p] > 0.0 else float(p)
        features[k, 6] = p
        features[k, 7] = highest[p]
        features[k, 9] = (
            np.sqrt(max(0.0, squares[p] / count[p] - features[k, 0] * features[k, 0]))
            if count[p] > 0.0
            else 0.0
        )
        last = p - h
        first = max(0, p - max(36, 8 * h) - h)
        stride = max(1, (last - first) // 60 + 1)
        m = 0
        mean = 0.0
        square = 0.0
        t = last
        while t >= first and m < 64:
            value = total[t + h] - total[t]
            place = m  # kept in order of size
            while place > 0 and past[place - 1] > value:
                past[place] = past[place - 1]
                place -= 1
            past[place] = value
            mean += value
            square += value * value
            m += 1
            t -= stride
        features[k, 2] = np.nan
        for j in range(own.shape[1]):
            own[k, j] = features[k, 0] * h
        if m >= 2:
            mean /= m
            features[k, 2] = np.sqrt(max(0.0, square / m - mean * mean))
            for j in range(own.shape[1]):
                rank = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1.0)[j] * (m - 1)
                low = int(rank)
                own[k, j] = past[low] + (rank - low) * (past[min(m - 1, low + 1)] - past[low])


@part
def _one_product(
    raw, seen, h, season, offset, shared, shared_year, shared_ends, alphas, windows, positions, rows, owner, forecasts, errors, actual, features, own,
    season_out, year_out,
):  # fmt: skip
    """Everything about one product; `rows` is scratch for the grid members' forecasts."""
    n = raw.shape[0]
    y = np.zeros(n)
    capped(raw, seen, y)
    total = np.zeros(n + 1)
    plain = np.zeros(n + 1)
    count = np.zeros(n + 1)
    sales = np.zeros(n + 1)
    for t in range(n):
        total[t + 1] = total[t] + y[t]
        plain[t + 1] = plain[t] + (raw[t] if seen[t] else 0.0)
        count[t + 1] = count[t] + (1.0 if seen[t] else 0.0)
        sales[t + 1] = sales[t] + (1.0 if y[t] > 0.0 else 0.0)
    sums = np.full(n + 1, np.nan)
    for t in range(n - h + 1):
        known = count[t + h] - count[t]
        if known >= 0.5 * h and known > 0.0:
            sums[t] = (total[t + h] - total[t]) * h / known
    decay = 1.0 - 1.0 / max(24.0, 6.0 * h)
    n_method = forecasts.shape[1]
    best = np.full((n_method, n + 1), np.nan)
    best_error = np.full((n_method, n + 1), np.inf)
    best_count = np.zeros((n_method, n + 1))
    chosen = np.zeros((n_method, n + 1), np.int16)
    g = window_rows(total, count, h, season, windows, rows, owner)
    first_alpha = g
    g = smoothing_rows(y, seen, h, season, alphas, rows, owner, g)
    g = intermittent_rows(y, seen, total, count, sales, h, alphas, rows, owner, g)
    g, believed = seasonal_rows(
        y,
        seen,
        total,
        count,
        h,
        season,
        offset,
        shared,
        shared_year,
        shared_ends,
        alphas,
        season_out,
        year_out,
        rows,
        owner,
        g,
    )
    for k in range(g):
        for t in range(n + 1):
            if rows[k, t] < 0.0:
                rows[k, t] = 0.0
    _compete(rows, owner, g, sums, h, decay, best, best_error, best_count, chosen)
    _known_then(y, raw, total, plain, count, sales, h, positions, actual, features, own)
    for k in range(positions.shape[0]):
        p = positions[k]
        if p < 1:
            continue
        features[k, 8] = best_count[4, p]
        for m in range(n_method):
            forecasts[k, m] = best[m, p]
            if best_count[m, p] >= 1.0 and not np.isnan(best[m, p]):
                errors[k, m] = best_error[m, p]
    a = chosen[4, n] - first_alpha
    level = rows[chosen[4, n]]
    square = 0.0
    zeros = 0.0
    weight = 0.0
    for t in range(1, n):
        if seen[t]:
            miss = y[t] - level[t] / h
            square = 0.99 * square + miss * miss
            zeros = 0.99 * zeros + (1.0 if y[t] <= 0.0 else 0.0)
            weight = 0.99 * weight + 1.0
    return (
        alphas[a],
        square / weight if weight > 0.0 else np.nan,
        zeros / weight if weight > 0.0 else 0.0,
        believed,
    )


@kernel
def many_products(
    units, observed, start, stop, interval, season, group, shared, shared_year, shared_ends, alphas, windows, positions, forecasts, errors, actual, features,
    own, season_out, year_out, summary,
):  # fmt: skip
    """Fill the rows of every product: see `origins.Rolling` for what they hold."""
    rows = np.zeros((96, units.shape[1] + 1))
    owner = np.zeros(96, np.int16)
    for i in range(units.shape[0]):
        if stop[i] > start[i]:
            a, b, c, d = _one_product(
                units[i, start[i] : stop[i]],
                observed[i, start[i] : stop[i]],
                interval[i],
                season,
                start[i],
                shared[group[i]],
                shared_year[group[i]],
                shared_ends,
                alphas,
                windows,
                positions[i],
                rows,
                owner,
                forecasts[i],
                errors[i],
                actual[i],
                features[i],
                own[i],
                season_out[i],
                year_out[i],
            )
            summary[i, 0] = a
            summary[i, 1] = b
            summary[i, 2] = c
            summary[i, 3] = d
