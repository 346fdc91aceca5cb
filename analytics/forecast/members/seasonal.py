# mypy: disable-error-code="no-untyped-def"
"""Seasonal ratios: a product's own, shrunk towards those of its family by how well one season repeats the last."""

from __future__ import annotations

import numpy as np

from analytics.machine.kernel_cache import kernel

__all__ = ["group_profiles", "own_season", "profile_into", "season_length"]


def season_length(frequency: str) -> int:
    """Periods in a season: 7 days, 52 weeks or 12 months.

    >>> season_length("M")
    12
    """
    return {"D": 7, "W": 52, "M": 12}[frequency]


@kernel
def own_season(shared, columns, own, out):
    """Ratios of a group times 1 + columns x own, of mean 1: (season,)."""
    mean = 0.0
    for j in range(out.shape[0]):
        more = 1.0
        for c in range(columns.shape[1]):
            more += columns[j, c] * own[c]
        out[j] = shared[j] * max(0.05, more)
        mean += out[j]
    mean /= out.shape[0]
    for j in range(out.shape[0]):
        out[j] /= mean


@kernel
def profile_into(y, end, offset, season, shared, local, out):
    """Write the seasonal ratios known before `end` into out (season,), indexed by calendar phase; returns the share of the own pattern that is believed.

    `offset` is the calendar phase of y[0], `shared` (season,) the ratios to shrink to: what is believed is how far one season's departure
    from them repeats the last. `local` is scratch of len(y).
    """
    for j in range(season):
        out[j] = shared[j]
    if end < 2 * season:
        return 0.0
    half = season // 2
    running = 0.0
    for t in range(season):
        running += y[t]
    # centred mean over one season, held at both ends
    for a in range(end - season + 1):
        if a > 0:
            running += y[a + season - 1] - y[a - 1]
        local[a + half] = running / season
    for t in range(end - season + half + 1, end):
        local[t] = local[end - season + half]
    for t in range(half):
        local[t] = local[half]
    cross = 0.0
    here = 0.0
    there = 0.0
    j = offset % season
    for t in range(season, end):
        a = y[t] - local[t] * shared[j]
        b = y[t - season] - local[t - season] * shared[j]
        j = j + 1 if j + 1 < season else 0
        cross += a * b
        here += a * a
        there += b * b
    if here <= 0.0 or there <= 0.0:
        return 0.0
    pairs = float(end - season)
    repeat = cross / np.sqrt(here * there) - 0.5 / np.sqrt(pairs)
    if repeat <= 0.0:
        return 0.0
    cycles = end / season
    believed = cycles * repeat / (1.0 + (cycles - 1.0) * repeat)
    sums = np.zeros(season)
    base = np.zeros(season)
    j = offset % season
    for t in range(end):
        sums[j] += y[t]
        base[j] += local[t] * shared[j]
        j = j + 1 if j + 1 < season else 0
    total = 0.0
    own = np.ones(season)
    for j in range(season):
        if base[j] > 0.0:
            own[j] = sums[j] / base[j]
        total += own[j]
    if total <= 0.0:
        return 0.0
    smooth = np.zeros(season)
    for j in range(season):
        if season > 24:
            smooth[j] = (
                own[j - 2]
                + 2.0 * own[j - 1]
                + 3.0 * own[j]
                + 2.0 * own[(j + 1) % season]
                + own[(j + 2) % season]
            ) / 9.0
        else:
            smooth[j] = own[j]
    mean = 0.0
    for j in range(season):
        out[j] = min(15.0, max(0.02, shared[j] * (1.0 + believed * (smooth[j] * season / total - 1.0))))
        mean += out[j]
    mean /= season
    for j in range(season):
        out[j] /= mean
    return believed


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
            profile_into(
                weekly, (end - first) // 7, (first // 7) % weeks, weeks, above_year[b], local, year[b]
            )
            for t in range(first, end):
                adjusted[t] = series[t] / year[b, (t // 7) % weeks]
        profile_into(adjusted[first:], end - first, first % season, season, above[b], local, out[b])
