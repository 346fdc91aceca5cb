# mypy: disable-error-code="no-untyped-def"
"""The kernel behind the rolling origins: every member of every method's grid over one product's history, judged as its intervals pass."""

from __future__ import annotations

import numpy as np

from analytics.forecast.members.grid_records import (
    CHANGE,
    DEVIATION,
    GAP,
    HIGHEST,
    JUDGED,
    LENGTH,
    LEVEL,
    RECENT,
    SILENT,
    SMOOTHING,
    SPREAD,
    Best,
    History,
    Members,
    OwnSeason,
    Ratios,
)
from analytics.forecast.members.method_kernels import (
    intermittent_rows,
    seasonal_rows,
    smoothing_rows,
    window_rows,
)
from analytics.machine.kernel_cache import kernel, part

__all__ = ["capped", "many_products"]


@part
def _compete(members, used, sums, h, decay, best):
    """The least wrong member of the grid, as known at every origin.

    Judge every grid member by its discounted mean squared error known at each t (the forecast of origin t - h has just been passed by its
    interval) and let the least wrong one speak for its method.
    """
    rows, owner = members.rows, members.owner
    for g in range(used):
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
            if np.isnan(best.value[m, t]) or mean < best.error[m, t]:
                best.value[m, t] = rows[g, t]
                best.error[m, t] = mean
                best.judged[m, t] = weight
                best.member[m, t] = g


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
def _known_then(history, h, positions, actual, features, own):
    """What a planner could know at each origin about the product's past sums."""
    y, raw = history.y, history.raw
    total, plain, count, sales = history.total, history.plain, history.observed, history.sales
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
        features[k, LEVEL] = total[p] / count[p] if count[p] > 0.0 else 0.0
        features[k, CHANGE] = change[p] / (p - 1.0) if p > 1 else features[k, LEVEL]
        features[k, RECENT] = total[p] - total[max(0, p - h)]
        features[k, SILENT] = silent[p]
        features[k, GAP] = count[p] / sales[p] if sales[p] > 0.0 else float(p)
        features[k, LENGTH] = p
        features[k, HIGHEST] = highest[p]
        features[k, DEVIATION] = (
            np.sqrt(max(0.0, squares[p] / count[p] - features[k, LEVEL] * features[k, LEVEL]))
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
        features[k, SPREAD] = np.nan
        for j in range(own.shape[1]):
            own[k, j] = features[k, LEVEL] * h
        if m >= 2:
            mean /= m
            features[k, SPREAD] = np.sqrt(max(0.0, square / m - mean * mean))
            for j in range(own.shape[1]):
                rank = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1.0)[j] * (m - 1)
                low = int(rank)
                own[k, j] = past[low] + (rank - low) * (past[min(m - 1, low + 1)] - past[low])


@part
def _history(raw, seen):
    """One product's history with its running sums."""
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
    return History(raw, y, seen, plain, total, count, sales)


@part
def _one_step(history, level, h):
    """Discounted mean squared error of a `level` (periods + 1,) of sums over h periods one period ahead, and the share without sale."""
    y, seen = history.y, history.seen
    square = 0.0
    zeros = 0.0
    weight = 0.0
    for t in range(1, y.shape[0]):
        if seen[t]:
            miss = y[t] - level[t] / h
            square = 0.99 * square + miss * miss
            zeros = 0.99 * zeros + (1.0 if y[t] <= 0.0 else 0.0)
            weight = 0.99 * weight + 1.0
    return square / weight if weight > 0.0 else np.nan, zeros / weight if weight > 0.0 else 0.0


@part
def _one_product(i, panel, common, members, out):
    """Everything about product i; `members` is scratch space."""
    h, offset, positions = panel.interval[i], panel.start[i], panel.positions[i]
    history = _history(
        panel.units[i, panel.start[i] : panel.stop[i]], panel.observed[i, panel.start[i] : panel.stop[i]]
    )
    n = history.y.shape[0]
    sums = np.full(n + 1, np.nan)
    for t in range(n - h + 1):
        known = history.observed[t + h] - history.observed[t]
        if known >= 0.5 * h and known > 0.0:
            sums[t] = (history.total[t + h] - history.total[t]) * h / known
    decay = 1.0 - 1.0 / max(24.0, 6.0 * h)
    forecasts, errors, features = out.forecasts[i], out.errors[i], out.features[i]
    n_method = forecasts.shape[1]
    best = Best(
        np.full((n_method, n + 1), np.nan),
        np.full((n_method, n + 1), np.inf),
        np.zeros((n_method, n + 1)),
        np.zeros((n_method, n + 1), np.int16),
    )
    g = window_rows(history, h, common, members)
    first_alpha = g
    g = smoothing_rows(history, h, common, members, g)
    g = intermittent_rows(history, h, common, members, g)
    ratios = Ratios(out.season[i], out.year[i])
    own = OwnSeason(offset, panel.group[i], panel.own[i])
    g, believed = seasonal_rows(history, h, own, common, ratios, members, g)
    rows = members.rows
    for k in range(g):
        for t in range(n + 1):
            if rows[k, t] < 0.0:
                rows[k, t] = 0.0
    _compete(members, g, sums, h, decay, best)
    _known_then(history, h, positions, out.actual[i], features, out.own[i])
    for k in range(positions.shape[0]):
        p = positions[k]
        if p < 1:
            continue
        features[k, JUDGED] = best.judged[SMOOTHING, p]
        for m in range(n_method):
            forecasts[k, m] = best.value[m, p]
            if best.judged[m, p] >= 1.0 and not np.isnan(best.value[m, p]):
                errors[k, m] = best.error[m, p]
    smoothing = best.member[SMOOTHING, n]
    out.alpha[i] = common.alphas[smoothing - first_alpha]
    out.one_step[i], out.zero_share[i] = _one_step(history, rows[smoothing], h)
    out.believed[i] = believed


@kernel
def many_products(panel, common, out):
    """Fill an `OriginArrays` for every product of a `PanelArrays`; `common` is a `Common`."""
    members = Members(np.zeros((96, panel.units.shape[1] + 1)), np.zeros(96, np.int16))
    for i in range(panel.units.shape[0]):
        if panel.stop[i] > panel.start[i]:
            _one_product(i, panel, common, members, out)
