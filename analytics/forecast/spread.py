"""The distribution of the sum over the protection interval: quantiles learnt from past origins, pooled over all products and shrunk by class."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtri

from analytics.demand.classes import demand_classes
from analytics.demand.panel import DemandPanel
from analytics.forecast.origins import METHODS, OWN_LEVELS, Rolling
from analytics.forecast.regression import pinball, quantile_coefficients
from analytics.forecast.shocks import common_share, independent_origins

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
_MOST_ROWS = 4000
#: How many rows the starting coefficients may count for; the validation below chooses.
_WORTHS = (15.0, 60.0, 250.0, 1000.0)
_JUDGED = (0.5, 0.9, 0.95)
#: Weight of an origin against one an interval later.
_RECENT = 0.865
#: Columns of the features that may scale the error to start from: own error, law in the mean, usual change; shares of each.
_SCALES = (1, 2, 4)
_STARTS = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (0.5, 0.5, 0.0), (0.5, 0.0, 0.5))
#: What few origins leave open of errors that all products share (a normal law of unknown mean and variance).
_SHARED = 3.3
#: A product's own error counts as much as the law in the mean when it rests on this many sums without overlap.
_PRIOR_SUMS = 4.0
_HELD_OUT_WORTH = 400.0


@dataclass(frozen=True, eq=False)
class Total:
    """The distribution of the next interval's sum: `quantile` (products, levels) at LEVELS, `mean` and `sd` (products,), deaths included; `living`
    (products,) the mean of a product that lives through the interval; and how many past sums it rests on."""

    quantile: NDArray[np.float64]
    mean: NDArray[np.float64]
    living: NDArray[np.float64]
    sd: NDArray[np.float64]
    rows: int


def demand_class(panel: DemandPanel) -> NDArray[np.int8]:
    """Index into CLASSES of every product (products,), from `analytics.demand.demand_classes`."""
    _, _, names = demand_classes(panel)
    return np.array([CLASSES.index(str(name)) for name in names], np.int8)


def _scales(rolling: Rolling, weights: NDArray[np.float64], combined: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Own error of the sum known at each origin, shrunk to a law in the mean; and that law's shape. Both (products, origins + 1), units."""
    h = rolling.interval[:, None].astype(np.float64)
    known = np.isfinite(rolling.error)
    weight = np.where(known, weights, 0.0)
    total = weight.sum(axis=2)
    error = np.where(known, rolling.error * weight, 0.0).sum(axis=2) / np.where(total > 0, total, 1.0)
    count = np.where(total > 0, rolling.features[:, :, 8], 0.0) / h
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
    # a promotion that runs shows in the last days, one that comes every year in last year's
    earlier = [np.where(np.isfinite(x), np.minimum(x, 3.0 * rolling.highest * h) - combined, 0.0) for x in (rolling.lately, rolling.year_before)]
    usual = [rolling.change * h, rolling.deviation * np.sqrt(h), rolling.level * rolling.gap, rolling.recent - combined]
    return [combined, own, shape, spread, *usual, silent, *earlier, *voice]


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


def total_distribution(
    rolling: Rolling, weights: NDArray[np.float64], combined: NDArray[np.float64], label: NDArray[np.int8], lived: NDArray[np.bool_]
) -> Total:
    """How much the next interval may bring, for every product, as quantiles that held on past origins.

    *Formula*: at each level, quantile = b x features, the features being the combined forecast, its own known error, a law of error in the mean,
    the product's past sums (the last, its last quarter, the one a year before) and their spread, the differences between methods, and a gamma
    quantile; b minimises the pinball loss over all products'
    past origins (each divided by the root of its usual change, so that no product dominates; nearer origins count more), drawn to "forecast plus
    standardised error" (by the scale that proves best) as strongly as proves best when origins left out are forecast, and, per demand class, to the
    portfolio's b. Deviations from the median are stretched until they hold on origins left out (`_stretch`) and widened by
    root(1 + 3.3 r/n), n the origins seen without overlap and r the share of the errors' variance that is common
    to an origin: a normal law whose mean and variance come from n values is that much wider at 0.9. Quantiles are sorted, non-negative and
    at most three times the highest period for every period. `lived` (products, origins + 1) marks the past sums through which the product lived.
    Source: Koenker and Bassett (1978); pooling across series as in the M5 uncertainty entries; the shrinkage is ours.
    """
    n, origins = combined.shape
    h = rolling.interval.astype(np.float64)
    own, shape = _scales(rolling, weights, combined)
    features = _features(rolling, combined, own, shape)
    unit = np.maximum(rolling.change * h[:, None], 0.1 * rolling.level * h[:, None])
    rows = rolling.valid & np.isfinite(rolling.actual) & (unit > 0)
    rows[:, 0] = False
    typical = float(np.median(unit[rows])) if rows.any() else 1.0
    base = np.stack(features, axis=2)
    lack = np.where(rows, np.where(rows, rolling.actual, 0.0) - combined, 0.0)
    miss = [lack / np.maximum(base[:, :, c], 1e-12) for c in _SCALES]
    age = _RECENT ** (np.arange(origins, dtype=np.float64) * rolling.fresh)

    def start_at(level: float, number: int, part: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Coefficients to start from: the forecast plus quantiles of the error on the scales of one start, over the rows of `part`."""
        start = np.zeros(base.shape[2] + 2)
        start[0] = 1.0
        count = int(part.sum())
        worth = count / (count + 60.0)
        for share, column, standard in zip(_STARTS[number], _SCALES, miss, strict=True):
            if share > 0.0:
                start[column] = share * ((worth * float(np.quantile(standard[part], level)) if count else 0.0) + (1.0 - worth) * float(ndtri(level)))
        return start

    def columns(level: float) -> NDArray[np.float64]:
        """Features at a level (products, origins + 1, columns)."""
        extra = np.stack([_own_quantile(rolling, level) - combined, _gamma_quantile(combined, own, level) - combined], axis=2)
        return np.concatenate([base, extra], axis=2)

    def fit(x: NDArray[np.float64], at: tuple[NDArray[Any], NDArray[Any]], level: float, start: NDArray[np.float64], worth: float) -> NDArray[np.float64]:
        i, k = at
        weight = age[k] / np.sqrt(unit[i, k] * typical)
        return quantile_coefficients(np.ascontiguousarray(x[i, k] * weight[:, None]), rolling.actual[i, k] * weight, level, start, worth)

    def halves() -> list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
        """Nearer origins forecast by the farther ones, and the other way round: (learn, judge)."""
        half = (origins - 1) // 2
        out = []
        for train, test in ((slice(half + 2, None), slice(1, half)), (slice(1, half), slice(half + 2, None))):
            learn, judge = np.zeros_like(rows), np.zeros_like(rows)
            learn[:, train], judge[:, test] = rows[:, train], rows[:, test]
            if learn.any() and judge.any():
                out.append((learn, judge))
        return out

    folds = halves()

    def loss(level: float, said: NDArray[np.float64], at: tuple[NDArray[Any], NDArray[Any]]) -> float:
        i, k = at
        return float((pinball(rolling.actual[i, k], np.maximum(said, 0.0), level) / np.sqrt(unit[i, k] * typical)).sum())

    def trial_start(level: float) -> NDArray[np.float64]:
        """Loss of every start on the origins left out."""
        out = np.zeros(len(_STARTS))
        for learn, judge in folds:
            i, k = np.nonzero(judge)
            at = (i, k)
            for number in range(len(_STARTS)):
                said = base[at] @ start_at(level, number, learn)[: base.shape[2]]
                out[number] += loss(level, said, at)
        return out / max(float(out.max()), 1e-300)

    best_start = 0
    if int(rows.sum()) >= 300:
        best_start = int(np.argmin(np.sum([trial_start(level) for level in _JUDGED], axis=0)))

    held_out: dict[tuple[float, int, int], NDArray[np.float64]] = {}
    judged = [_rows(judge, _MOST_ROWS // 2) for _, judge in folds]

    def trial(level: float) -> NDArray[np.float64]:
        """Loss of every worth on the origins left out; what was said there is kept."""
        x = columns(level)
        out = np.zeros(len(_WORTHS))
        for fold, (learn, _) in enumerate(folds):
            at, left = _rows(learn, _MOST_ROWS // 2), judged[fold]
            start = start_at(level, best_start, learn)
            for w, worth in enumerate(_WORTHS):
                held_out[level, fold, w] = x[left] @ fit(x, at, level, start, worth)
                out[w] += loss(level, held_out[level, fold, w], left)
        return out / max(float(out.max()), 1e-300)

    fitted = np.empty((n, len(_FITTED)))
    everything = _rows(rows, _MOST_ROWS)
    classes = [int(c) for c in np.unique(label)]
    members = {c: _rows(rows & (label == c)[:, None], _MOST_ROWS) for c in classes}

    def one(j: int) -> None:
        level = float(_FITTED[j])
        x = columns(level)
        pool = fit(x, everything, level, start_at(level, best_start, rows), pool_worth)
        for c in classes:
            b = fit(x, members[c], level, pool, max(300.0, 4.0 * pool_worth)) if len(members[c][0]) else pool
            fitted[label == c, j] = x[label == c, 0] @ b

    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as executor:
        losses = np.sum(list(executor.map(trial, _JUDGED)), axis=0)
        pool_worth = _WORTHS[int(np.argmin(losses))] if int(rows.sum()) >= 300 else _WORTHS[-1]
        list(executor.map(one, range(len(_FITTED))))
    ceiling = 3.0 * rolling.highest[:, 0] * h
    fitted = np.maximum.accumulate(np.clip(np.nan_to_num(fitted), 0.0, ceiling[:, None]), axis=1)
    # a whole origin may be off together, and only so many independent ones were seen
    independent = independent_origins(rows.any(axis=0).sum(), rolling.fresh)
    middle = fitted[:, [3]]
    if int(rows.sum()) >= 300 and judged:
        who, when = (np.concatenate([at[part] for at in judged]) for part in (0, 1))
        said = [np.concatenate([held_out[level, fold, _WORTHS.index(pool_worth)] for fold in range(len(folds))]) for level in _JUDGED]
        factors = [_stretch(rolling.actual[who, when], said[0], q, level, label[who], label) for q, level in zip(said[1:], _JUDGED[1:], strict=True)]
        stretch = np.stack([np.ones(n)] * 4 + [factors[0]] * 2 + [factors[1]] * 2, axis=1)
        fitted = middle + (fitted - middle) * stretch
    together = common_share(miss[0], rows, rolling.fresh)
    wider = np.sqrt(1.0 + _SHARED * together / independent)
    fitted = np.clip(middle + (fitted - middle) * wider, 0.0, ceiling[:, None])
    quantile = _with_tails(fitted, ceiling)
    centre, sd = _mean_and_deviation(quantile)
    mean = _within(combined[:, 0] * _bias(rolling, combined, label, rows), quantile, centre)
    living = _within(combined[:, 0] * _bias(rolling, combined, label, rows & lived), quantile, centre)
    return Total(quantile, mean, living, np.maximum(sd, 1e-9 * (mean + 1e-300)), int(rows.sum()))


def _stretch(
    came: NDArray[np.float64], middle: NDArray[np.float64], quantile: NDArray[np.float64], level: float, of: NDArray[np.int8], label: NDArray[np.int8]
) -> NDArray[np.float64]:
    """Factor on the distance of a quantile from the median that makes it hold on origins it was not fitted to, by class: (products,).

    *Formula*: the `level` quantile of (actual - median) / (quantile - median) over the sums left out, by class, shrunk to all classes' (worth 400 sums)
    and that to 1; its root, since the final fit rests on twice the origins; within 0.8 and 1.3. Source: split conformal prediction, Vovk et al. (2005).
    """
    used = quantile > middle
    distance = (came - middle)[used] / (quantile - middle)[used]
    group = of[used]

    def factor(part: NDArray[np.bool_], towards: float) -> float:
        count = int(part.sum())
        return (count * float(np.quantile(distance[part], level)) + _HELD_OUT_WORTH * towards) / (count + _HELD_OUT_WORTH) if count else towards

    everyone = factor(np.ones(len(group), np.bool_), 1.0)
    out = np.array([factor(group == c, everyone) for c in range(len(CLASSES))])[label]
    return np.sqrt(np.clip(out, 0.64, 1.69))


def _rows(mask: NDArray[np.bool_], most: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Positions of the rows used, evenly thinned to `most`."""
    i, k = np.nonzero(mask)
    if len(i) > most:
        keep = (np.arange(most) * (len(i) / most)).astype(np.int64)
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


def _within(mean: NDArray[np.float64], quantile: NDArray[np.float64], centre: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean, at most the 95 % quantile or the distribution's own mean (`centre`), whichever is more: methods that remember a product whose sales
    stopped lie above both, and on past origins far less came than they said."""
    out: NDArray[np.float64] = np.minimum(mean, np.maximum(quantile[:, int(np.argmin(np.abs(LEVELS - 0.95)))], centre))
    return out


def _mean_and_deviation(quantile: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation of the distribution, linear between its quantiles."""
    u = np.concatenate([[0.0], LEVELS, [1.0]])
    q = np.concatenate([quantile[:, :1], quantile, quantile[:, -1:] + 0.5 * (quantile[:, -1:] - quantile[:, -2:-1])], axis=1)
    width = np.diff(u)[None, :]
    a, b = q[:, :-1], q[:, 1:]
    mean = (0.5 * (a + b) * width).sum(axis=1)
    square = ((a * a + a * b + b * b) / 3.0 * width).sum(axis=1)
    return mean, np.sqrt(np.maximum(square - mean**2, 0.0))


def _bias(rolling: Rolling, combined: NDArray[np.float64], label: NDArray[np.int8], rows: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Actual over forecast on past origins by class, believed as far as the origins agree on it, within 0.75 and 1.33. Shape (products,).

    *Formula*: 1 + (r - 1) (1 - s^2/(r - 1)^2)+, r the ratio over all origins and s^2 its variance from that between origins (as many as
    span the past without overlap): James and Stein (1961).
    """
    scale = np.sqrt(np.maximum(rolling.level * rolling.interval[:, None], 1e-12))
    came = np.where(rows, np.where(rows, rolling.actual, 0.0) / scale, 0.0)
    said = np.where(rows, combined / scale, 0.0)

    def believed(part: NDArray[np.bool_]) -> float:
        top, below = came[part].sum(axis=0), said[part].sum(axis=0)
        used = below > 0
        if used.sum() < 4:
            return 1.0
        ratio = float(top[used].sum() / below[used].sum())
        weight = below[used] / below[used].sum()
        variance = float((weight * (top[used] / below[used] - ratio) ** 2).sum()) / (independent_origins(used.sum(), rolling.fresh) - 1.0)
        away = ratio - 1.0
        return 1.0 + away * max(0.0, 1.0 - variance / away**2) if away != 0.0 else 1.0

    everyone = believed(np.ones(len(label), np.bool_))
    out = np.full(len(label), everyone)
    for c in np.unique(label):
        part = label == c
        worth = part.sum() / (part.sum() + 50.0)
        out[part] = worth * believed(part) + (1.0 - worth) * everyone
    return np.clip(out, 0.75, 1.33)
