"""The distribution of the sum over the protection interval: quantiles learnt from past origins, pooled over all products and shrunk by class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from analytics.demand.classes import demand_classes
from analytics.demand.panel import DemandPanel
from analytics.forecast.members.origins import Rolling
from analytics.forecast.spread.learnt_quantiles import FITTED, JUDGED, fitted_quantiles, past_of
from analytics.forecast.spread.second_voice import with_second_voice
from analytics.forecast.spread.shocks import common_share, independent_origins
from analytics.forecast.spread.steady import within_range

__all__ = ["CLASSES", "LEVELS", "Total", "demand_class", "total_distribution"]

#: Levels at which it is kept; beyond the fitted ones along the slope of the last two in normal scores.
LEVELS = np.array([0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.995])

#: Demand classes (Syntetos, Boylan and Croston 2005), used to pool errors, never to choose a strategy.
CLASSES = ("smooth", "erratic", "intermittent", "lumpy", "none")

#: What few origins leave open of errors that all products share (a normal law of unknown mean and variance).
_SHARED = 3.3
_HELD_OUT_WORTH = 400.0
#: How far every mean goes towards the mean of its own quantiles.
_TOWARDS_OWN = 2.0 / 3.0


@dataclass(frozen=True, eq=False)
class Total:
    """The distribution of the next interval's sum.

    The distribution of the next interval's sum: `quantile` (products, levels) at LEVELS, `mean` and `sd` (products,), deaths included; `living`
    (products,) the mean of a product that lives through the interval; `relative_variance` (products,) the quantiles' variance over their own squared mean.
    `trees` is the share of the boosted trees in the quantiles.
    """

    quantile: NDArray[np.float64]
    mean: NDArray[np.float64]
    living: NDArray[np.float64]
    sd: NDArray[np.float64]
    relative_variance: NDArray[np.float64]
    trees: float = 0.0


def demand_class(panel: DemandPanel) -> NDArray[np.int8]:
    """Index into CLASSES of every product (products,), from `analytics.demand.demand_classes`."""
    _, _, names = demand_classes(panel)
    return np.array([CLASSES.index(str(name)) for name in names], np.int8)


def total_distribution(
    rolling: Rolling,
    weights: NDArray[np.float64],
    combined: NDArray[np.float64],
    label: NDArray[np.int8],
    lived: NDArray[np.bool_],
    bounds: NDArray[np.float64] | None = None,
    skus: NDArray[Any] | None = None,
) -> Total:
    """How much the next interval may bring, for every product, as quantiles that held on past origins.

    *Formula*: at each level, quantile = b x features, the features being the combined forecast, its own known error, a law of error in the mean,
    the product's past sums (the last, its last quarter, for days its last 2, 7 and 28, the one a year before) and their spread, the differences between methods, and a gamma
    quantile; b minimises the pinball loss over all products'
    past origins (each divided by the root of its usual change, so that no product dominates; nearer origins count more), drawn to "forecast plus
    standardised error" (by the scale that proves best) as strongly as proves best when origins left out are forecast, and, per demand class, to the
    portfolio's b. Deviations from the median are stretched until they hold on origins left out (`_stretch`) and widened by
    root(1 + 3.3 r/n), n the origins seen without overlap and r the share of the errors' variance that is common
    to an origin: a normal law whose mean and variance come from n values is that much wider at 0.9. Quantiles are sorted, non-negative and
    at most three times the highest period for every period. The mean is the combined forecast without its bias, moved towards the mean of these quantiles
    (`_shared_out`): on past data a mean below what its own quantiles imply was too low, and one above too high. `lived` (products, origins + 1) marks the
    past sums through which the product lived. `bounds` (products, 3): what steady products showed (`within_range`); their means lie
    between the lowest and the highest of it.
    Source: Koenker and Bassett (1978); pooling across series as in the M5 uncertainty entries; the shrinkage is ours.
    """
    past = past_of(rolling, weights, combined)
    rows = past.rows
    fitted, left_out = fitted_quantiles(past, label)
    names = np.arange(len(label)) if skus is None else skus
    fitted, left_out, trees = with_second_voice(past, names, fitted, left_out)
    ceiling = 3.0 * rolling.highest[:, 0] * rolling.interval.astype(np.float64)
    fitted = np.maximum.accumulate(np.clip(np.nan_to_num(fitted), 0.0, ceiling[:, None]), axis=1)
    middle = fitted[:, [3]]
    if left_out is not None:
        came, of = past.came[left_out.who, left_out.when], label[left_out.who]
        factors = [
            _stretch(came, left_out.said[0], said, level, of, label)
            for said, level in zip(left_out.said[1:], JUDGED[1:], strict=True)
        ]
        stretch = np.stack([np.ones(len(label))] * 4 + [factors[0]] * 2 + [factors[1]] * 2, axis=1)
        fitted = middle + (fitted - middle) * stretch
    # a whole origin may be off together, and only so many independent ones were seen
    independent = independent_origins(rows.any(axis=0).sum(), rolling.fresh)
    together = common_share(past.misses[0], rows, rolling.fresh)
    wider = np.sqrt(1.0 + _SHARED * together / independent)
    fitted = np.clip(middle + (fitted - middle) * wider, 0.0, ceiling[:, None])
    periods = rolling.interval.astype(np.float64)
    quantile = within_range(_with_tails(fitted, ceiling), LEVELS, bounds, periods)
    centre, sd = _mean_and_deviation(quantile)
    mean, living = (
        _shared_out(
            _within(combined[:, 0] * _bias(rolling, combined, label, used), quantile, centre), centre, label
        )
        for used in (rows, rows & lived)
    )
    if bounds is not None:
        low = np.where(np.isfinite(bounds[:, 0]), bounds[:, 0], 0.0) * periods
        mean, living = (np.clip(value, low, bounds[:, 1] * periods) for value in (mean, living))
    sd = np.maximum(sd, 1e-9 * (mean + 1e-300))
    return Total(quantile, mean, living, sd, (sd / np.maximum(centre, 1e-9)) ** 2, trees)


def _stretch(
    came: NDArray[np.float64],
    middle: NDArray[np.float64],
    quantile: NDArray[np.float64],
    level: float,
    of: NDArray[np.int8],
    label: NDArray[np.int8],
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
        return (
            (count * float(np.quantile(distance[part], level)) + _HELD_OUT_WORTH * towards)
            / (count + _HELD_OUT_WORTH)
            if count
            else towards
        )

    everyone = factor(np.ones(len(group), np.bool_), 1.0)
    out = np.array([factor(group == c, everyone) for c in range(len(CLASSES))])[label]
    return np.sqrt(np.clip(out, 0.64, 1.69))


def _with_tails(fitted: NDArray[np.float64], ceiling: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quantiles at LEVELS from those at FITTED: the ends go on along the outermost slope in normal scores."""
    x = ndtri(FITTED)
    ends = ndtri(LEVELS[[0, 1, -1]])
    low = fitted[:, 1] - fitted[:, 0]
    first = np.maximum(0.0, fitted[:, :1] + (low / (x[1] - x[0]))[:, None] * (ends[None, :2] - x[0]))
    slope = np.maximum(
        (fitted[:, -1] - fitted[:, -2]) / (x[-1] - x[-2]), (fitted[:, -1] - fitted[:, -3]) / (x[-1] - x[-3])
    )
    last = np.minimum(fitted[:, -1] + 1.15 * slope * (ends[2] - x[-1]), np.maximum(ceiling, fitted[:, -1]))
    return np.concatenate([first, fitted, last[:, None]], axis=1)


def _within(
    mean: NDArray[np.float64], quantile: NDArray[np.float64], centre: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The mean, held within its own distribution.

    The mean, at most the 95 % quantile or the distribution's own mean (`centre`), whichever is more: methods that remember a product whose sales
    stopped lie above both, and on past origins far less came than they said.
    """
    out: NDArray[np.float64] = np.minimum(
        mean, np.maximum(quantile[:, int(np.argmin(np.abs(LEVELS - 0.95)))], centre)
    )
    return out


def _shared_out(
    mean: NDArray[np.float64], centre: NDArray[np.float64], label: NDArray[np.int8]
) -> NDArray[np.float64]:
    """Means moved two thirds of the way to those of the products' own quantiles (`centre`), these scaled so that every class's sum stays: (products,).

    Methods that average the past say next to nothing of a product that sold little of late, and too much of one that sold much, where the quantiles, which saw
    what came after, say otherwise; their level is less certain than their proportions, which is why the class keeps its sum.

    >>> _shared_out(np.array([1.0, 11.0]), np.array([6.0, 18.0]), np.zeros(2, np.int8)).round(6).tolist()  # own means of a sum of 12: 3 and 9
    [2.333333, 9.666667]
    """
    out = mean.copy()
    for c in np.unique(label):
        part = label == c
        own = centre[part].sum()
        if own > 0.0:
            out[part] += _TOWARDS_OWN * (centre[part] * (mean[part].sum() / own) - mean[part])
    return out


def _mean_and_deviation(quantile: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation of the distribution, linear between its quantiles."""
    u = np.concatenate([[0.0], LEVELS, [1.0]])
    q = np.concatenate(
        [quantile[:, :1], quantile, quantile[:, -1:] + 0.5 * (quantile[:, -1:] - quantile[:, -2:-1])], axis=1
    )
    width = np.diff(u)[None, :]
    a, b = q[:, :-1], q[:, 1:]
    mean = (0.5 * (a + b) * width).sum(axis=1)
    square = ((a * a + a * b + b * b) / 3.0 * width).sum(axis=1)
    return mean, np.sqrt(np.maximum(square - mean**2, 0.0))


def _bias(
    rolling: Rolling, combined: NDArray[np.float64], label: NDArray[np.int8], rows: NDArray[np.bool_]
) -> NDArray[np.float64]:
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
        variance = float((weight * (top[used] / below[used] - ratio) ** 2).sum()) / (
            independent_origins(used.sum(), rolling.fresh) - 1.0
        )
        away = ratio - 1.0
        return 1.0 + away * max(0.0, 1.0 - variance / away**2) if away != 0.0 else 1.0

    everyone = believed(np.ones(len(label), np.bool_))
    out = np.full(len(label), everyone)
    for c in np.unique(label):
        part = label == c
        worth = part.sum() / (part.sum() + 50.0)
        out[part] = worth * believed(part) + (1.0 - worth) * everyone
    return np.clip(out, 0.75, 1.33)
