"""The season that products have in common, and how far each one departs from it: ratios known at each of several ends of the history."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.demand.panel import DemandPanel
from analytics.forecast.members.harmonics import expected_by_group, harmonic_profile
from analytics.forecast.members.own_waves import own_waves, wave_columns
from analytics.forecast.members.seasonal import group_profiles, season_length

__all__ = ["SharedSeasons", "finer_ratios", "ratios_met", "shared_seasons"]

Array = NDArray[np.float64]

#: What one year showed of a season beyond its smooth waves is taken to return by this share, before another year says more: what lasts
#: some weeks, and what is of single weeks. It counts like half a season of pairs.
_RETURNS = (0.5, 0.3)
_PAIRS = 0.5
#: So many times the products' means are freed of the season that was found with them.
_TURNS = 4
#: Share of a period's own noise that a mean of five weighted 1, 2, 3, 2, 1 keeps.
_KEPT = 19.0 / 81.0


class SharedSeasons(NamedTuple):
    """Seasons of groups of products as known at each of several ends of the history.

    ratios: (groups, ends, season), of every family and, last, of everything; year: (groups, ends, weeks), for days those of the 52 weeks of the
    year (else one, 1). ends: (ends,), rising, columns after which they are known. group: (products,), each product's row. own: (products, ends, columns),
    what each product adds to its group's ratios, as coefficients of `columns` (season, columns): 1 + columns x own multiplies them.
    """

    ratios: Array
    year: Array
    ends: NDArray[np.int64]
    group: NDArray[np.int64]
    own: Array
    columns: Array


def shared_seasons(panel: DemandPanel, family: NDArray[np.int32], season: int, step: int) -> SharedSeasons:
    """Seasonal ratios of every family and of everything, and each product's departure from them, every `step` periods and now.

    Of the year: smooth waves from a year and a quarter on, and finer ratios as far as years repeat them or products agree on them (`finer_ratios`); a
    family's lean on the portfolio's, the portfolio's on 1; a product's own smooth waves as far as they are more than noise (`own_waves`). Families below
    three products use the portfolio's. Weeks: what is known at an end before now is known from all years but the one that follows it, which
    is to be forecast: so are today's ratios known from all years but the one to come, and errors of the past are like those ahead. Days and months: from
    what came before, without own waves.
    """
    n, periods = panel.units.shape
    codes, inverse, counts = np.unique(family, return_inverse=True, return_counts=True)
    ends = np.unique(np.append(np.arange(0, periods + 1, step), periods)).astype(np.int64)
    proper = (codes >= 0) & (counts >= 3)
    place = np.cumsum(proper) - 1
    groups = int(proper.sum())
    group = np.where(proper[inverse], place[inverse], groups).astype(np.int64)
    weeks = 52 if panel.frequency == "D" else 1
    ratios = np.ones((groups + 1, len(ends), season))
    year = np.ones((groups + 1, len(ends), weeks))
    by_week = panel.frequency != "D"
    columns = wave_columns(season) if by_week else np.zeros((season, 0))
    own = np.zeros((n, len(ends), columns.shape[1]))
    if not by_week:
        if n >= 3:
            _as_known_then(
                panel,
                [panel.units[family == code].sum(axis=0) for code in codes[proper]],
                group,
                ends,
                ratios,
                year,
            )
        return SharedSeasons(ratios, year, ends, group, own, columns)
    if n >= 3:
        _of_groups(panel, group, ends, step, ratios)
    masks = [_known(periods, int(end), season + step) for end in ends]
    own_waves(panel, ratios, group, masks, columns, own)
    return SharedSeasons(ratios, year, ends, group, own, columns)


def ratios_met(
    seasons: SharedSeasons,
    here: NDArray[np.int64],
    interval: NDArray[np.int64],
    back: int,
) -> Array:
    """Mean seasonal ratio over the `interval` (products,) from each column `here` on, and over the `back` periods before it: (products, origins + 1, 2).

    `here` (products, origins + 1) are columns of the panel. Only what was known at the latest end by then enters, as for the methods.
    """
    n, season = len(here), seasons.ratios.shape[2]
    out = np.ones((*here.shape, 2))
    latest = np.maximum(np.searchsorted(seasons.ends, here, side="right") - 1, 0)
    for e in np.unique(latest):
        shape = seasons.ratios[seasons.group, e]
        if seasons.columns.shape[1]:
            shape = shape * np.maximum(1.0 + seasons.own[:, e] @ seasons.columns.T, 0.05)
        edge = np.zeros((n, season + 1))
        np.cumsum(shape / shape.mean(axis=1, keepdims=True), axis=1, out=edge[:, 1:])
        i, k = np.nonzero(latest == e)
        for column, first, count in (
            (0, here[i, k], interval[i]),
            (1, here[i, k] - back, np.full(len(i), back, np.int64)),
        ):
            a, b = first % season, (first + count) % season
            turns = (first + count) // season - first // season  # a season sums to its length
            out[i, k, column] = (edge[i, b] - edge[i, a] + turns * float(season)) / count
    return out


def _known(periods: int, end: int, after: int) -> NDArray[np.bool_]:
    """Periods from which the season at `end` is known: all but the `after` ones that follow it."""
    t = np.arange(periods)
    return (t < end) | (t >= end + after)


def _of_groups(
    panel: DemandPanel, group: NDArray[np.int64], ends: NDArray[np.int64], step: int, out: Array
) -> None:
    """Fill ratios by week or month (groups, ends, season)."""
    season, periods = out.shape[2], panel.units.shape[1]
    groups = len(out) - 1
    sums, alone = _group_sums(panel.units, group, groups)
    sold = panel.units > 0.0
    edge = np.concatenate([np.zeros((len(panel.units), 1)), np.cumsum(panel.units, axis=1)], axis=1)
    phase = np.arange(periods) % season
    for b, end in enumerate(ends):
        known = _known(periods, int(end), season + step)
        on_sale = _on_sale(sold & known)
        wave = np.ones((groups + 1, season))
        for turn in range(_TURNS):
            # a product launched in the trough has sold little so far: its own mean is that of what the season leaves
            expected = _expected(edge, on_sale, known, group, wave[:, phase])
            for g in range(groups, -1, -1):
                above = (wave if turn < _TURNS - 1 else out[:, b])[groups] if g < groups else np.ones(season)
                used = known & (expected[g] > 0.0)
                if used.sum() < season + season // 4:
                    wave[g] = above
                    out[g, b] = above
                    continue
                wave[g] = harmonic_profile(sums[g], np.where(used, expected[g], 0.0), above, 1.0)
                if turn == _TURNS - 1:
                    both = used & np.append(False, used[:-1])
                    noise = float((alone[g][both] / expected[g][both] ** 2).mean()) if both.any() else 0.0
                    out[g, b] = finer_ratios(sums[g], expected[g], noise, used, wave[g])


def _group_sums(units: Array, group: NDArray[np.int64], groups: int) -> tuple[Array, Array]:
    """Sums of every group and, last, of everything, and their variance from what products do alone. Both (groups + 1, periods).

    The variance is half the squared change from the period before, summed over products, less what a change of all by one factor explains.
    """
    periods = units.shape[1]
    sums, square, along = (np.zeros((groups + 1, periods)) for _ in range(3))
    change = np.diff(units, axis=1, prepend=units[:, :1])
    for g in range(groups + 1):
        mine = group == g
        sums[g] = units[mine].sum(axis=0)
        square[g] = (change[mine] ** 2).sum(axis=0)
        along[g, 1:] = (units[mine, 1:] * units[mine, :-1]).sum(axis=0)
    for each in (sums, square, along):
        each[groups] = each.sum(axis=0)
    before = np.concatenate([sums[:, :1], sums[:, :-1]], axis=1)
    together = (sums - before) ** 2 * along / np.maximum(sums * before, 1e-300)
    return sums, np.maximum(0.5 * (square - np.where(sums * before > 0.0, together, 0.0)), 0.0)


def _on_sale(sold: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First column with a sale, and the one after the last and a usual gap. Both (products,); equal where nothing was `sold` (products, periods)."""
    ever = sold.any(axis=1)
    first = np.where(ever, np.argmax(sold, axis=1), 0)
    last = np.where(ever, sold.shape[1] - 1 - np.argmax(sold[:, ::-1], axis=1), -1)
    gap = np.ceil((last - first + 1) / np.maximum(sold.sum(axis=1), 1)).astype(np.int64)
    return first, np.where(ever, np.minimum(last + 1 + gap, sold.shape[1]), 0)


def _expected(
    edge: Array,
    on_sale: tuple[NDArray[np.int64], NDArray[np.int64]],
    known: NDArray[np.bool_],
    group: NDArray[np.int64],
    season: Array,
) -> Array:
    """What each group, and everything, would sell without a season if every product sold its mean of the `known` periods while on sale.

    `edge` (products, periods + 1) are running sums, `season` (groups + 1, periods) the ratios that a product's mean is freed of. Returns (groups + 1,
    periods). As `expected_by_group`, but for periods that are left out and for the season.
    """
    first, stop = on_sale
    rows, periods = season.shape
    count = np.concatenate([np.zeros((rows, 1)), np.cumsum(season * known, axis=1)], axis=1)
    gap = np.flatnonzero(~known)
    left = edge[:, gap[-1] + 1] - edge[:, gap[0]] if len(gap) else np.zeros(len(edge))
    offered = count[group, stop] - count[group, first]
    rate = np.where(offered > 0.0, (edge[:, -1] - left) / np.where(offered > 0.0, offered, 1.0), 0.0)
    size = rows * (periods + 1)
    change = np.bincount(group * (periods + 1) + first, rate, size) - np.bincount(
        group * (periods + 1) + stop, rate, size
    )
    out = np.maximum(np.cumsum(change.reshape(rows, periods + 1), axis=1)[:, :periods], 0.0)
    out[np.abs(out) < 1e-9 * max(float(out.max(initial=0.0)), 1e-300)] = 0.0
    out[-1] = out.sum(axis=0)
    return np.asarray(out)


def finer_ratios(sums: Array, expected: Array, noise: float, used: NDArray[np.bool_], wave: Array) -> Array:
    """Ratios of a group by week or month of the year, of mean 1: smooth waves, and what lies beyond them as far as it can be believed. (season,).

    *Formula*: wave x (1 + sum over two parts of b_j mean_j), mean_j a phase's mean over years of demand over `expected` x `wave` x its own centred mean of a
    season, less 1. Of weeks one part is a weighted mean over five, the other what is left; months have one. b_j = Y r / (1 + (Y - 1) r), Y the years seen at
    the phase and r the correlation of a part with itself a year before (less half a standard error), drawn to the share taken to return (a half, 0.3
    for single weeks) of what the products' own `noise` (variance of the sum over the expected one's square) does not explain; that counts like half a
    season of pairs. `sums`, `expected`, `used` (periods,).
    Source: classical ratio to moving average; Spearman (1910), Brown (1910) for the share; the prior is ours.
    """
    season, periods = len(wave), len(sums)
    phase = np.arange(periods) % season
    base = expected * wave[phase]
    seen = used.astype(np.float64)
    around = np.ones(season + 1 - season % 2)
    local = _moving(sums * seen, around) / np.maximum(_moving(base * seen, around), 1e-300)
    usual = np.where(used, base * local, 0.0)
    usable = usual > 1e-12 * max(float(usual.max(initial=0.0)), 1e-300)
    fine = np.where(usable, sums / np.where(usable, usual, 1.0) - 1.0, 0.0)
    parts = [fine]
    kept = [1.0]
    if season > 24:
        near = np.array([1.0, 2.0, 3.0, 2.0, 1.0])
        smooth = np.where(used, _moving(fine, near) / np.maximum(_moving(seen, near), 1e-300), 0.0)
        parts, kept = [smooth, fine - smooth], [_KEPT, 1.0 - _KEPT]
    years = np.bincount(phase, weights=seen, minlength=season)
    added = np.zeros(season)
    pair = used[season:] & used[:-season]
    for part, share, returns in zip(parts, kept, _RETURNS, strict=False):
        size = float((part[used] ** 2).mean()) if used.any() else 0.0
        expected_share = returns * max(0.0, 1.0 - share * noise / size) if size > 0.0 else 0.0
        count = float(pair.sum())
        a, b = part[season:][pair], part[:-season][pair]
        square = float(np.sqrt((a @ a) * (b @ b)))
        repeat = float(a @ b) / square - 0.5 / np.sqrt(count) if square > 0.0 else 0.0
        repeat = (count * repeat + _PAIRS * season * expected_share) / (count + _PAIRS * season)
        if repeat > 0.0:
            believed = years * repeat / (1.0 + (np.maximum(years, 1.0) - 1.0) * repeat)
            added += believed * np.bincount(phase, weights=part, minlength=season) / np.maximum(years, 1.0)
    out = np.clip(wave * np.maximum(1.0 + added, 0.02), 0.02, 15.0)
    return np.asarray(out / out.mean())


def _moving(values: Array, weights: Array) -> Array:
    """Weighted sum around each period, of what there is of it at the edges."""
    return np.asarray(
        np.convolve(values, weights, "full")[len(weights) // 2 : len(weights) // 2 + len(values)]
    )


def _as_known_then(
    panel: DemandPanel,
    series: list[Array],
    group: NDArray[np.int64],
    ends: NDArray[np.int64],
    out: Array,
    year: Array,
) -> None:
    """Fill ratios of days or months (groups, ends, season) and, of days, of the weeks of the year (groups, ends, 52), from what came before each end."""
    series = [np.ascontiguousarray(x) for x in (*series, panel.units.sum(axis=0))]
    waves = _waves(panel, series, group, ends)
    groups, flat = len(series) - 1, np.ones(out.shape[1:])
    for g in range(groups, -1, -1):
        above = out[groups] if g < groups else flat
        if panel.frequency == "M":
            group_profiles(series[g], ends, waves[g], np.ones(year.shape[1:]), out[g], year[g])
        else:
            group_profiles(series[g], ends, above, waves[g], out[g], year[g])


def _waves(
    panel: DemandPanel, series: list[Array], group: NDArray[np.int64], ends: NDArray[np.int64]
) -> Array:
    """Smooth ratios of the weeks or months of the year by group and end, (groups + 1, ends, phases); 1 before a year and a quarter is known."""
    per, phases = (7, season_length("W")) if panel.frequency == "D" else (1, season_length(panel.frequency))
    groups = len(series) - 1
    out = np.ones((groups + 1, len(ends), phases))
    for b, end in enumerate(ends // per):
        if end < phases + phases // 4:
            continue
        expected = expected_by_group(panel.units, int(end) * per, group, groups + 1)
        expected[groups] = expected.sum(axis=0)
        for g in range(groups, -1, -1):
            sums, usual = (x[: end * per].reshape(-1, per).sum(axis=1) for x in (series[g], expected[g]))
            out[g, b] = harmonic_profile(sums, usual, out[groups, b] if g < groups else out[g, b], 1.0)
    return out
