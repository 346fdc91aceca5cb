# mypy: disable-error-code="no-untyped-def"
"""The kernels behind the rolling origins: every member of every method's grid over one product's history, judged as its intervals pass."""

from __future__ import annotations

import numpy as np

from analytics.forecast.croston import aggregated_levels, croston_levels, tsb_levels
from analytics.forecast.seasonal import profile_into
from analytics.forecast.smoothing import damped_trend_sums, holt_winters_sums, smoothed_levels, theta_sums
from analytics.kernel_cache import kernel

__all__ = ["capped", "group_profiles", "many_products"]


@kernel
def _compete(rows, owner, members, sums, h, decay, best, best_error, best_count, chosen):
    """Judge every grid member by its discounted mean squared error known at each t (the forecast of origin t - h has just been passed by its
    interval) and let the least wrong one speak for its method."""
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


@kernel
def _window_rows(total, count, h, season, windows, rows, owner):
    """Seasonal naive, 12-period mean, means over several windows, historic mean."""
    size = total.shape[0]
    whole = h // season
    rest = h - whole * season
    for t in range(size):
        rows[0, t] = np.nan
        if t >= season:
            rows[0, t] = whole * (total[t] - total[t - season]) + total[t - season + rest] - total[t - season]
    owner[0] = 0
    for w in range(windows.shape[0] + 2):
        length = 12 if w == 0 else (windows[w - 1] if w <= windows.shape[0] else size)
        owner[1 + w] = 1 if w == 0 else (2 if w <= windows.shape[0] else 3)
        for t in range(size):
            back = max(0, t - length)
            known = count[t] - count[back]
            rows[1 + w, t] = h * (total[t] - total[back]) / known if known > 0.0 else (h * total[t] / count[t] if count[t] > 0.0 else 0.0)
    return windows.shape[0] + 3


@kernel
def _smoothing_rows(y, seen, h, season, alphas, rows, owner, g):
    """Simple smoothing, damped trend, Theta, additive Holt-Winters."""
    size = y.shape[0] + 1
    for a in range(alphas.shape[0]):
        smoothed_levels(y, seen, alphas[a], True, rows[g, :size])
        for t in range(size):
            rows[g, t] *= h
        owner[g] = 4
        g += 1
    for k in range(16):
        damped_trend_sums(y, seen, alphas[1 + 2 * (k // 4)], 0.05 if k % 2 == 0 else 0.2, 0.85 if (k // 2) % 2 == 0 else 0.97, h, rows[g, :size])
        owner[g] = 5
        g += 1
    for k in range(8):
        theta_sums(y, seen, alphas[1 + 2 * (k // 2)], 0.5 if k % 2 == 0 else 0.8, h, 0, rows[g, :size])
        owner[g] = 6
        g += 1
    if y.shape[0] >= 2 * season:
        state = np.zeros(season)
        for k in range(8):
            holt_winters_sums(y, seen, season, alphas[1 + 2 * (k // 2)], 0.1 if k % 2 == 0 else 0.3, h, state, rows[g, :size])
            owner[g] = 7
            g += 1
    return g


@kernel
def _intermittent_rows(y, seen, total, count, sales, h, alphas, rows, owner, g):
    """Croston, SBA, TSB, ADIDA, IMAPA."""
    size = y.shape[0] + 1
    for k in range(2):
        alpha = alphas[2 + 2 * k]
        croston_levels(y, seen, alpha, True, rows[g, :size])
        for t in range(size):
            rows[g, t] *= h
            rows[g + 1, t] = rows[g, t] * (1.0 - alpha / 2.0)
        owner[g] = 8
        owner[g + 1] = 9
        g += 2
    for k in range(10):
        tsb_levels(y, seen, alphas[1 if k % 2 == 0 else 4], alphas[min(k // 2, 3) + k // 8 + k // 6], True, rows[g, :size])
        for t in range(size):
            rows[g, t] *= h
        owner[g] = 10
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
        owner[g] = 11
        owner[g + 1] = 12
        g += 2
    return g


@kernel
def _seasonal_rows(y, seen, total, count, h, season, offset, shared, shared_year, shared_ends, alphas, shape, year, rows, owner, g):
    """Means, smoothing and Theta on history adjusted by seasonal ratios; ratios refreshed now and then, always from what is known by then."""
    n = y.shape[0]
    weeks = year.shape[0]
    adjusted = np.zeros(n)
    local = np.zeros(n)
    lead = (-offset) % 7
    weekly = np.zeros(max(0, (n - lead) // 7) if weeks > 1 else 0)
    for j in range(weekly.shape[0]):
        weekly[j] = total[lead + 7 * j + 7] - total[lead + 7 * j]
    for k in range(10):
        owner[g + k] = 13 if k < 3 else (14 if k < 6 else 15)
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
            believed = profile_into(weekly, known_weeks, ((offset + lead) // 7) % weeks, weeks, shared_year[calendar], local, year)
            for t in range(run):
                adjusted[t] = y[t] / year[((t + offset) // 7) % weeks]
            profile_into(adjusted, begin, offset % season, season, shared[calendar], local, shape)
            phase = offset % season
            for t in range(run):
                adjusted[t] /= shape[phase]
                phase = phase + 1 if phase + 1 < season else 0
        else:
            believed = profile_into(y, begin, offset % season, season, shared[calendar], local, shape)
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


@kernel
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
        features[k, 9] = np.sqrt(max(0.0, squares[p] / count[p] - features[k, 0] * features[k, 0])) if count[p] > 0.0 else 0.0
        last = p - h
        first = max(0, p - max(36, 8 * h) - h)
        stride = max(1, (last - first) // 60 + 1)
        m = 0
        mean = 0.0
        square = 0.0
        t = last
        while t >= first and m < 64:
            value = total[t + h] - total[t]
            past[m] = value
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
            part = np.sort(past[:m])
            for j in range(own.shape[1]):
                place = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1.0)[j] * (m - 1)
                low = int(place)
                own[k, j] = part[low] + (place - low) * (part[min(m - 1, low + 1)] - part[low])


@kernel
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
    g = _window_rows(total, count, h, season, windows, rows, owner)
    first_alpha = g
    g = _smoothing_rows(y, seen, h, season, alphas, rows, owner, g)
    g = _intermittent_rows(y, seen, total, count, sales, h, alphas, rows, owner, g)
    g, believed = _seasonal_rows(y, seen, total, count, h, season, offset, shared, shared_year, shared_ends, alphas, season_out, year_out, rows, owner, g)
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
    return alphas[a], square / weight if weight > 0.0 else np.nan, zeros / weight if weight > 0.0 else 0.0, believed


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


@kernel
def group_profiles(series, ends, above, above_year, out, year):
    """Ratios of one summed series as known at each of `ends`, shrunk to those given for it."""
    periods = series.shape[0]
    first = 0
    while first < periods and series[first] <= 0.0:
        first += 1
    weeks = year.shape[1]
    season = out.shape[1]
    if weeks > 1:
        first = (first + 6) // 7 * 7
    adjusted = series.copy()
    local = np.zeros(periods)
    weekly = np.zeros(max(0, (periods - first) // 7))
    for j in range(weekly.shape[0]):
        for k in range(7):
            weekly[j] += series[first + 7 * j + k]
    for b in range(out.shape[0]):
        end = min(periods, ends[b])
        for j in range(season):
            out[b, j] = above[b, j]
        for j in range(weeks):
            year[b, j] = above_year[b, j]
        if end <= first:
            continue
        if weeks > 1:
            profile_into(weekly, (end - first) // 7, (first // 7) % weeks, weeks, above_year[b], local, year[b])
            for t in range(first, end):
                adjusted[t] = series[t] / year[b, (t // 7) % weeks]
        profile_into(adjusted[first:], end - first, first % season, season, above[b], local, out[b])
