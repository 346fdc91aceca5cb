"""Quantiles of the interval's sum learnt from past origins: what may move them, where to start from, and what holds on origins left out.

One concept: one regression of quantiles: its rows, features, starts and weights, and the trial on origins
left out that chooses among them; the judging must see exactly what the fit saw.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtri

from analytics.forecast.members.origins import METHODS, OWN_LEVELS, Rolling
from analytics.forecast.members.regression import pinball, quantile_coefficients

__all__ = ["FITTED", "JUDGED", "LeftOut", "Past", "fitted_quantiles", "past_of", "thinned"]

Array = NDArray[np.float64]
Rows = tuple[NDArray[Any], NDArray[Any]]

#: Levels at which the distribution of the sum is fitted.
FITTED = np.array([0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98])
#: Levels judged on origins left out.
JUDGED = (0.5, 0.9, 0.95)

#: Methods whose difference to the combination may move a quantile.
_VOICES = tuple(METHODS.index(name) for name in (
    "12-period mean", "historic mean", "exponential smoothing", "damped trend", "Theta", "Holt-Winters", "TSB", "IMAPA", "seasonal mean", "seasonal smoothing",
))  # fmt: skip
_MOST_ROWS = 4000
#: Numbers that a history must estimate to forecast a sum: its level, and where in its season or trend it stands.
_ESTIMATED = 2.0
#: Products whose errors are summed at once.
_PIECE = 512
#: Days have twice the origins.
_MOST_ROWS_BY_DAY = 8000
#: With fewer past sums nothing is left out to choose by.
_FEWEST_ROWS = 300
#: How many rows the starting coefficients may count for; the validation below chooses.
_WORTHS = (15.0, 60.0, 250.0, 1000.0)
#: A feature is drawn to what it starts from as if it had varied by at least this share (of squares) of how it stands now.
_VARIED = 0.01
#: Weight of an origin against one an interval later.
_RECENT = 0.865
#: Days: an interval is short, and a promotion of last year tells as much about the next as one of last month; sums of a year ago count half.
_HALF_LIFE_DAYS = 365.0
#: Features beside the voices and, of days, the rates of the last ones.
_FEATURES = 11
#: Columns of the features that may scale the error to start from: own error, law in the mean, usual change; shares of each.
_SCALES = (1, 2, 4)
_STARTS = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (0.5, 0.5, 0.0), (0.5, 0.0, 0.5))
#: A product's own error counts as much as the law in the mean when it rests on this many sums without overlap.
_PRIOR_SUMS = 4.0


@dataclass(frozen=True, eq=False)
class Past:
    """Past sums to learn from, and what was known before each: arrays (products, origins + 1), position 0 now.

    `rows` marks the sums used. `combined` is the forecast, `own` its known error, `features` (products, origins + 1, columns) what may move a
    quantile, `misses` the error on each of the scales it may start from. A row counts with `age` (nearer ones more) over the root of `unit`,
    its usual change, against `typical`, so that no product dominates. At most `most` rows are used at once.
    """

    rolling: Rolling
    rows: NDArray[np.bool_]
    came: Array
    combined: Array
    own: Array
    features: Array
    misses: tuple[Array, ...]
    unit: Array
    typical: float
    age: Array
    most: int


@dataclass(frozen=True, eq=False)
class LeftOut:
    """What was said about origins that were left out: their products and origins (rows,), and the quantiles said at each of JUDGED (rows,)."""

    who: NDArray[np.intp]
    when: NDArray[np.intp]
    said: tuple[Array, ...]


def past_of(rolling: Rolling, weights: Array, combined: Array) -> Past:
    """What is known of the past sums of every product, from the forecasts of all methods and the weights of their combination."""
    h = rolling.interval.astype(np.float64)
    own, shape = _scales(rolling, weights, combined)
    # filled one by one: a list of all of them beside the array would hold everything twice
    features = np.empty((*combined.shape, _FEATURES + rolling.last_days.shape[2] + len(_VOICES)))
    for c, column in enumerate(_features(rolling, combined, own, shape)):
        features[:, :, c] = column
    unit = np.maximum(rolling.change * h[:, None], 0.1 * rolling.level * h[:, None])
    rows = rolling.valid & np.isfinite(rolling.actual) & (unit > 0)
    rows[:, 0] = False
    typical = float(np.median(unit[rows])) if rows.any() else 1.0
    came = as_known_now(rolling, combined)
    lack = np.where(rows, np.where(rows, came, 0.0) - combined, 0.0)
    misses = tuple(lack / np.maximum(features[:, :, c], 1e-12) for c in _SCALES)
    age = np.broadcast_to(
        _RECENT ** (np.arange(combined.shape[1], dtype=np.float64) * rolling.fresh), combined.shape
    )
    if rolling.by_day:
        age = 0.5 ** ((rolling.position[:, :1] - rolling.position) / _HALF_LIFE_DAYS)
    return Past(
        rolling,
        rows,
        came,
        combined,
        own,
        features,
        misses,
        unit,
        typical,
        age,
        _MOST_ROWS_BY_DAY if rolling.by_day else _MOST_ROWS,
    )


def as_known_now(rolling: Rolling, combined: Array) -> Array:
    """Past sums as they would lie about a forecast that knew as much history as there is now: (products, origins + 1), NaN where there is none.

    *Formula*: combined + (actual - combined) x root((1 + 2 h/n) / (1 + 2 h/m)), n the periods of history now and m at the origin, a year of each at
    least: a sum over h periods forecast by least squares of p numbers from n periods errs with variance h s^2 (1 + p h/n); p is 2. Within the first
    year more is unknown than such a law tells: nothing is scaled there. Months stay as
    they were. Units. Source: variance of a prediction in linear regression.
    """
    h = rolling.interval.astype(np.float64)[:, None]
    if rolling.season.shape[1] < 52 and not rolling.by_day:
        return rolling.actual
    year = 364.0 if rolling.by_day else float(rolling.season.shape[1])
    remembered = np.where(rolling.alpha > rolling.alpha.min(initial=1.0), 2.0 / rolling.alpha - 1.0, np.inf)
    length = np.maximum(np.minimum(rolling.length, remembered[:, None]), year)
    narrower = np.sqrt((1.0 + _ESTIMATED * h / length[:, :1]) / (1.0 + _ESTIMATED * h / length))
    return np.asarray(combined + (rolling.actual - combined) * narrower)


def fitted_quantiles(past: Past, label: NDArray[np.int8]) -> tuple[Array, LeftOut | None]:
    """Quantiles of the next sum at FITTED, (products, levels), as the fit gives them, and what the same fit said about origins left out (None: too few).

    *Formula*: b x features, b minimising the pinball loss over all products' past origins, drawn to "forecast plus standardised error" by the scale
    and as strongly as prove best when nearer origins are forecast from farther ones and the other way round; then per class, drawn to the portfolio's b.
    Source: quantile regression, Koenker and Bassett 1978; what it is drawn to is a rule of this program.
    """
    many = int(past.rows.sum()) >= _FEWEST_ROWS
    folds = _folds(past.rows)
    judged = [thinned(judge, past.most // 2) for _, judge in folds]
    number = (
        int(np.argmin(np.sum([_loss_by_start(past, folds, level) for level in JUDGED], axis=0)))
        if many
        else 0
    )
    everything = thinned(past.rows, past.most)
    members = {int(c): thinned(past.rows & (label == c)[:, None], past.most) for c in np.unique(label)}

    def at_level(level: float) -> Array:
        ahead = _ahead(past, level)
        least = _least(past, ahead)
        pool = _fit(
            _weighed(past, everything, level, least),
            level,
            _start_at(past, level, number, past.rows),
            _WORTHS[worth],
        )
        out = np.empty(len(label))
        for c, part in members.items():
            own = max(300.0, 4.0 * _WORTHS[worth])
            b = _fit(_weighed(past, part, level, least), level, pool, own) if len(part[0]) else pool
            now = np.flatnonzero(label == c)
            out[now] = ahead[now] @ b
        return out

    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as executor:
        trials = list(executor.map(lambda level: _trial(past, folds, judged, level, number), JUDGED))
        losses = np.sum([loss for loss, _ in trials], axis=0)
        worth = int(np.argmin(losses)) if many else len(_WORTHS) - 1
        fitted = np.stack(list(executor.map(at_level, FITTED.tolist())), axis=1)
    if not many or not judged:
        return fitted, None
    who, when = (np.concatenate([at[part] for at in judged]) for part in (0, 1))
    return fitted, LeftOut(who, when, tuple(np.concatenate(said[worth]) for _, said in trials))


def _scales(rolling: Rolling, weights: Array, combined: Array) -> tuple[Array, Array]:
    """Own error of the sum known at each origin, shrunk to a law in the mean; and that law's shape. Both (products, origins + 1), units."""
    h = rolling.interval[:, None].astype(np.float64)
    total, error = np.empty(combined.shape), np.empty(combined.shape)
    for a in range(0, len(combined), _PIECE):  # all at once would hold everything three times
        b = slice(a, a + _PIECE)
        known = np.isfinite(rolling.error[b])
        weight = np.where(known, weights[b], 0.0)
        total[b] = weight.sum(axis=2)
        error[b] = np.where(known, rolling.error[b] * weight, 0.0).sum(axis=2)
    error /= np.where(total > 0, total, 1.0)
    count = np.where(total > 0, rolling.judged, 0.0) / h
    centre = np.maximum(combined, 0.5 * rolling.level * h)
    size = np.maximum(rolling.level * np.maximum(rolling.gap, 1.0), 1e-12)
    shape = np.sqrt(np.maximum(centre, 1e-12) * size) + 0.3 * centre
    usable = (count > 0) & rolling.valid
    factor = float(np.median(error[usable] / shape[usable] ** 2)) if usable.any() else 1.0
    own = np.sqrt((error * count + _PRIOR_SUMS * max(factor, 1e-4) * shape**2) / (count + _PRIOR_SUMS))
    return own, shape


def _features(rolling: Rolling, combined: Array, own: Array, shape: Array) -> Iterator[Array]:
    """What may move a quantile, in units of the sum; each (products, origins + 1)."""
    h = rolling.interval[:, None].astype(np.float64)
    highest = 3.0 * rolling.highest * h
    yield from (combined, own, shape)
    yield np.where(np.isfinite(rolling.spread), rolling.spread, own)
    yield rolling.change * h
    yield rolling.deviation * np.sqrt(h)
    yield rolling.level * rolling.gap
    yield rolling.recent - combined
    yield np.where(rolling.silent > 2.0 * rolling.gap, combined, 0.0)
    # a promotion that runs shows in the last days, one that comes every year in last year's
    earlier = (rolling.lately, rolling.year_before, *np.moveaxis(rolling.last_days, 2, 0))
    for said in (*earlier, *(rolling.forecasts[:, :, m] for m in _VOICES)):
        yield np.where(np.isfinite(said), np.minimum(said, highest) - combined, 0.0)


def _columns(past: Past, level: float, at: Rows) -> Array:
    """All features of the rows `at` at a level (rows, columns): those of every level, the product's own past quantile and a gamma quantile."""
    combined = past.combined[at]
    mine = _own_quantile(past.rolling.own[at], level) - combined
    law = _gamma_quantile(combined, past.own[at], level) - combined
    return np.concatenate([past.features[at], np.stack([mine, law], axis=1)], axis=1)


def _own_quantile(own: Array, level: float) -> Array:
    """The product's own quantile of its last sums, interpolated between those at OWN_LEVELS (rows, levels)."""
    high = int(np.searchsorted(OWN_LEVELS, level))
    low = max(0, high - 1)
    share = 1.0 if high == low else (level - OWN_LEVELS[low]) / (OWN_LEVELS[high] - OWN_LEVELS[low])
    out: Array = (1.0 - share) * own[:, low] + share * own[:, high]
    return out


@lru_cache(maxsize=32)
def _gamma_table(level: float) -> tuple[Array, Array]:
    """Logarithms of squared coefficients of variation, and the quantile of a gamma law of mean 1 at each: both (knots,)."""
    knots = np.linspace(np.log(1e-6), np.log(60.0), 400)
    return knots, np.asarray(gammaincinv(np.exp(-knots), level) * np.exp(knots), np.float64)


def _gamma_quantile(mean: Array, sd: Array, level: float) -> Array:
    """Quantile of a gamma law, from a table spaced evenly in the logarithm of its shape: thousands of incomplete gammas cost more than the fit."""
    safe = np.maximum(mean, 1e-12)
    square = np.clip((np.maximum(sd, 1e-9 * safe) / safe) ** 2, 1e-6, 60.0)
    out: Array = np.interp(np.log(square), *_gamma_table(level)) * safe
    return out


def _start_at(past: Past, level: float, number: int, part: NDArray[np.bool_]) -> Array:
    """Coefficients to start from: the forecast plus quantiles of the error on the scales of start `number`, over the rows of `part`."""
    start = np.zeros(past.features.shape[2] + 2)
    start[0] = 1.0
    count = int(part.sum())
    worth = count / (count + 60.0)
    for share, column, miss in zip(_STARTS[number], _SCALES, past.misses, strict=True):
        if share > 0.0:
            start[column] = share * (
                (worth * float(np.quantile(miss[part], level)) if count else 0.0)
                + (1.0 - worth) * float(ndtri(level))
            )
    return start


class _Weighed(NamedTuple):
    """Rows to fit a quantile on, as they count: features (rows, columns), what came (rows,), and the least mean square of a feature (columns,)."""

    features: Array
    came: Array
    least: Array


def _ahead(past: Past, level: float) -> Array:
    """All features of every product now, at a level: (products, columns)."""
    every = np.arange(len(past.combined))
    return _columns(past, level, (every, np.zeros_like(every)))


def _least(past: Past, ahead: Array) -> Array:
    """What a feature is taken to have varied at least: a share of the mean square with which it stands `ahead` (products, columns); (columns,)."""
    now = np.flatnonzero(past.rolling.valid[:, 0] & (past.unit[:, 0] > 0.0))
    if not len(now):
        return np.zeros(ahead.shape[1])
    stands = ahead[now] / np.sqrt(past.unit[now, 0] * past.typical)[:, None]
    return np.asarray(_VARIED * (stands * stands).mean(axis=0))


def _weighed(past: Past, at: Rows, level: float, least: Array) -> _Weighed:
    """The rows `at` with their weights: nearer origins count more, and no product dominates."""
    i, k = at
    weight = past.age[i, k] / np.sqrt(past.unit[i, k] * past.typical)
    return _Weighed(_columns(past, level, at) * weight[:, None], past.came[i, k] * weight, least)


def _fit(rows: _Weighed, level: float, start: Array, worth: float) -> Array:
    """Coefficients of the `level` quantile over rows, drawn to `start` as if that rested on `worth` rows."""
    return quantile_coefficients(rows.features, rows.came, level, start, worth, least=rows.least)


def _loss(past: Past, level: float, said: Array, at: Rows) -> float:
    """Pinball loss of what was said about the rows `at`, each over the root of its usual change."""
    i, k = at
    return float(
        (
            pinball(past.came[i, k], np.maximum(said, 0.0), level) / np.sqrt(past.unit[i, k] * past.typical)
        ).sum()
    )


def _folds(rows: NDArray[np.bool_]) -> list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Nearer origins forecast by the farther ones, and the other way round: (learn, judge)."""
    half = (rows.shape[1] - 1) // 2
    out = []
    for train, test in ((slice(half + 2, None), slice(1, half)), (slice(1, half), slice(half + 2, None))):
        learn, judge = np.zeros_like(rows), np.zeros_like(rows)
        learn[:, train], judge[:, test] = rows[:, train], rows[:, test]
        if learn.any() and judge.any():
            out.append((learn, judge))
    return out


def _loss_by_start(
    past: Past, folds: list[tuple[NDArray[np.bool_], NDArray[np.bool_]]], level: float
) -> Array:
    """Loss of every start alone on the origins left out, relative to the worst (starts,)."""
    out = np.zeros(len(_STARTS))
    used = [0, *_SCALES]  # all other coefficients start at 0
    for learn, judge in folds:
        i, k = np.nonzero(judge)
        x = np.stack([past.features[i, k, column] for column in used], axis=1)
        for number in range(len(_STARTS)):
            out[number] += _loss(past, level, x @ _start_at(past, level, number, learn)[used], (i, k))
    return out / max(float(out.max()), 1e-300)


def _trial(
    past: Past,
    folds: list[tuple[NDArray[np.bool_], NDArray[np.bool_]]],
    judged: list[Rows],
    level: float,
    number: int,
) -> tuple[Array, list[list[Array]]]:
    """Loss of every worth on the origins left out, relative to the worst (worths,); and what was said there, by worth and fold."""
    loss = np.zeros(len(_WORTHS))
    said: list[list[Array]] = [[] for _ in _WORTHS]
    least = _least(past, _ahead(past, level))
    for (learn, _), left in zip(folds, judged, strict=True):
        rows = _weighed(past, thinned(learn, past.most // 2), level, least)
        start = _start_at(past, level, number, learn)
        x = _columns(past, level, left)
        for w, worth in enumerate(_WORTHS):
            said[w].append(x @ _fit(rows, level, start, worth))
            loss[w] += _loss(past, level, said[w][-1], left)
    return loss / max(float(loss.max()), 1e-300), said


def thinned(mask: NDArray[np.bool_], most: int) -> Rows:
    """Positions of the rows marked in `mask` (products, origins), evenly thinned to `most`: two arrays (rows,)."""
    i, k = np.nonzero(mask)
    if len(i) > most:
        keep = (np.arange(most) * (len(i) / most)).astype(np.int64)
        i, k = i[keep], k[keep]
    return i, k
