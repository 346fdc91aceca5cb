"""A second voice beside the regression of quantiles: boosted trees over all products and origins, believed where origins left out gain by more than chance."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.members.regression import pinball
from analytics.forecast.spread.boosted_trees import Growth, boosted_quantiles
from analytics.forecast.spread.learnt_quantiles import FITTED, JUDGED, LeftOut, Past, thinned

__all__ = ["SHARES", "with_second_voice"]

Array = NDArray[np.float64]
Rows = tuple[NDArray[Any], NDArray[Any]]

#: What the trees may count for: nothing, or up to a plain average.
SHARES = (0.0, 0.25, 0.5)
#: Levels at which stock is held, of those judged on origins left out.
_STOCKED = (0.9, 0.95)
#: Products it learns from: those whose names have the smallest checksums, so that it is the same whatever else the file holds.
_MOST_PRODUCTS = 2000
_MOST_ROWS = 16000
#: Parts of the origins that are left out in turn, and the rows without which nothing is learnt from the others.
_FOLDS = 4
_FEWEST_ROWS = 150
#: Trees are grown for the levels in this order: the middle and the upper ones first.
_GUIDES = np.argsort([7, 6, 2, 0, 4, 1, 3, 5])
#: The scale of a product is its forecast, or this share of its usual demand where that is more.
_LEAST_SCALE = 0.3
#: With fewer products a portfolio says nothing of its own.
_FEWEST_PRODUCTS = 5


def with_second_voice(
    past: Past, skus: NDArray[Any], fitted: Array, left_out: LeftOut | None
) -> tuple[Array, LeftOut | None, float]:
    """Quantiles at FITTED (products, levels) with the trees' counted in, what both together said about origins left out, and the trees' share.

    *Formula*: (1 - s) fitted + s trees, s of 0, 1/4 and 1/2; other than 0 only where it saves, on origins left out, more than a standard error of pinball
    loss both in units at the levels at which stock is held and over usual changes at JUDGED (`_believed`).
    The trees speak about each quarter of the origins from the others, the regression about each half from the other half; in the end both know all.
    `fitted` and `left_out` are the regression's; without origins left out nothing changes. `skus` (products,) are the names.
    Source: combinations of forecasts of the M5 uncertainty entries; averaging quantiles, Lichtendahl, Grushka-Cockayne and Winkler (2013).
    """
    if left_out is None:
        return fitted, None, 0.0
    learnt = _learnt_from(past.rows, skus)
    portfolio = _portfolio(past)
    now = np.arange(len(fitted))
    quarters = list(_quarters(learnt, left_out.when))
    parts = [(learnt, (now, np.zeros_like(now)))]
    parts += [(learn, (left_out.who[at], left_out.when[at])) for learn, at in quarters]

    def at_part(part: tuple[NDArray[np.bool_], Rows]) -> Array:
        return _trees(past, portfolio, thinned(part[0], _MOST_ROWS), part[1])

    with ThreadPoolExecutor(max_workers=min(len(parts), os.cpu_count() or 1)) as executor:
        trees, *others = list(executor.map(at_part, parts))
    columns = [int(np.argmin(np.abs(FITTED - level))) for level in JUDGED]
    heard = np.zeros(len(left_out.when), np.bool_)
    aside = np.zeros((len(JUDGED), len(heard)))
    for (_, at), said in zip(quarters, others, strict=True):
        heard |= at
        aside[:, at] = said[:, columns].T
    regression = LeftOut(
        left_out.who[heard], left_out.when[heard], tuple(one[heard] for one in left_out.said)
    )
    together = [_mixed(regression, aside[:, heard], share) for share in SHARES]
    best = _believed(past, together)
    if not SHARES[best]:
        return fitted, left_out, 0.0
    return (1.0 - SHARES[best]) * fitted + SHARES[best] * trees, together[best], SHARES[best]


def _quarters(
    rows: NDArray[np.bool_], when: NDArray[np.intp]
) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Each quarter of the origins: the rows of all others but its neighbours, whose sums overlap it, and which of those left out it holds."""
    edges = np.linspace(1, rows.shape[1], _FOLDS + 1).astype(np.intp)
    for first, end in pairwise(edges):
        at = (when >= first) & (when < end)
        learn = rows.copy()
        learn[:, max(0, first - 1) : end + 1] = False
        if at.any() and learn.sum() >= _FEWEST_ROWS:
            yield learn, at


def _mixed(regression: LeftOut, aside: Array, share: float) -> LeftOut:
    """What was said about origins left out with a share of the trees' `aside` (levels, rows)."""
    return replace(
        regression,
        said=tuple(
            (1.0 - share) * one + share * two for one, two in zip(regression.said, aside, strict=True)
        ),
    )


def _learnt_from(rows: NDArray[np.bool_], skus: NDArray[Any]) -> NDArray[np.bool_]:
    """The rows of at most 2,000 products, chosen by the checksum of their names."""
    if len(skus) <= _MOST_PRODUCTS:
        return rows
    sums = np.array([crc32(str(sku).encode()) for sku in skus])
    chosen = np.zeros(len(skus), np.bool_)
    chosen[np.argsort(sums, kind="stable")[:_MOST_PRODUCTS]] = True
    return rows & chosen[:, None]


def _believed(past: Past, together: Sequence[LeftOut]) -> int:
    """Which of SHARES is believed: the one that gains most of those that gain by more than a standard error on both scales, else none (0).

    The scales are units, as a planner pays for them, at the levels at which stock is held (`_STOCKED`), and the root of the usual change, so that no
    product dominates, at JUDGED; levels count alike. The error is that of a sum over dates, since errors of one date are common; dates nearer than
    an interval to each other count as less.
    """
    best, most = 0, 0.0
    for number, both in enumerate(together):
        gains = [_gain(past, together[0], both, *scale) for scale in ((_STOCKED, False), (JUDGED, True))]
        total = sum(gain for gain, _ in gains)
        if total > most and all(gain > error for gain, error in gains):
            best, most = number, total
    return best


def _gain(
    past: Past, plain: LeftOut, both: LeftOut, levels: Sequence[float], scaled: bool
) -> tuple[float, float]:
    """Share of pinball loss over origins left out that `both` saves against `plain`, summed over levels, and its standard error."""
    at = (plain.who, plain.when)
    unit = np.sqrt(past.unit[at] * past.typical) if scaled else 1.0
    dates, place = np.unique(plain.when, return_inverse=True)
    gain = np.zeros(len(dates))
    for level, one, two in zip(JUDGED, plain.said, both.said, strict=True):
        if level in levels:
            before, after = (
                pinball(past.came[at], np.maximum(said, 0.0), level) / unit for said in (one, two)
            )
            saved = np.bincount(place, before - after, len(dates))
            gain += saved / max(float(before.sum()), 1e-300)
    independent = max(len(dates) * min(past.rolling.fresh, 1.0), 1.0)
    error = float(gain.std(ddof=1)) * len(dates) / np.sqrt(independent) if len(dates) > 1 else np.inf
    return float(gain.sum()), error


def _scale(past: Past, at: Rows) -> Array:
    """What a product's sums are measured in: its forecast, or a share of its usual demand. Units, (rows,)."""
    h = past.rolling.interval[at[0]].astype(np.float64)
    return np.maximum(np.maximum(past.combined[at], _LEAST_SCALE * past.rolling.level[at] * h), 1e-9)


def _trees(past: Past, portfolio: Array, learn: Rows, ahead: Rows) -> Array:
    """Quantiles at FITTED of the sums of `ahead` (rows, levels), in units, learnt from those of `learn`."""
    scale, unit = _scale(past, learn), past.unit[learn] * past.typical
    weight = past.age[learn] * scale / np.sqrt(unit)
    said = boosted_quantiles(
        _features(past, portfolio, learn),
        past.came[learn] / scale,
        weight / max(float(weight.mean()), 1e-300),
        FITTED,
        _features(past, portfolio, ahead),
        _GUIDES,
        Growth(),
    )
    said = np.maximum.accumulate(np.maximum(said, 0.0), axis=1)
    return said * _scale(past, ahead)[:, None]


def _portfolio(past: Past) -> Array:
    """What all products together did at each origin, over their usual demand: a year before, of late, and as forecast, (3, origins + 1); NaN for too few."""
    rolling = past.rolling
    usual = rolling.level * rolling.interval[:, None]
    out = np.full((3, usual.shape[1]), np.nan)
    for row, values in zip(out, (rolling.year_before, rolling.recent, past.combined), strict=True):
        known = rolling.valid & np.isfinite(values)
        sums = np.where(known, values, 0.0).sum(axis=0), np.where(known, usual, 0.0).sum(axis=0)
        enough = (known.sum(axis=0) >= _FEWEST_PRODUCTS) & (sums[1] > 0.0)
        row[enough] = sums[0][enough] / sums[1][enough]
    return out


def _features(past: Past, portfolio: Array, at: Rows) -> Array:
    """What the trees see of the rows `at`, (rows, columns), sums over the product's scale; NaN where unknown.

    The forecast and its known error, usual demand, its change and deviation, spread, quantiles and latest of the past sums, the sum a year before,
    every method's forecast; the scale itself, gaps and silence, length of history, the portfolio, and the time of the year.
    """
    rolling = past.rolling
    who, when = at
    h = rolling.interval[who].astype(np.float64)
    scale = _scale(past, at)
    sums = [
        past.own[at],
        rolling.level[at] * h,
        rolling.change[at] * h,
        rolling.deviation[at] * np.sqrt(h),
        rolling.spread[at],
        rolling.recent[at],
        rolling.lately[at],
        rolling.year_before[at],
        rolling.highest[at] * h,
        past.combined[at],
        *rolling.forecasts[at].T,
        *rolling.own[at].T,
    ]
    gap, silent = rolling.gap[at], rolling.silent[at]
    season = rolling.season.shape[1] if not rolling.by_day else 364
    angle = 2.0 * np.pi * ((rolling.start[who] + rolling.position[at]) % season) / season
    others = [np.log(scale), gap, silent, silent / np.maximum(gap, 1.0), np.log1p(rolling.length[at])]
    return np.stack(
        [*(s / scale for s in sums), *others, *portfolio[:, when], np.sin(angle), np.cos(angle)], axis=1
    )
