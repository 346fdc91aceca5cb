"""Shocks that products share: how far forecasts of a whole portfolio, or of a family, have been off together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.members.origins import Rolling

__all__ = ["common_share", "independent_origins", "shared_shocks"]

#: Standardised errors beyond this count as this much.
_OUTSTANDING = 3.0
#: Largest coefficient of variation of a shared shock.
_LARGEST = 0.5


def independent_origins(count: float, fresh: float) -> float:
    """How many intervals without overlap the origins span: 1 + (count - 1) x fresh, `fresh` the share of an interval the next origin's does not cover again.

    >>> independent_origins(12, 0.5)
    6.5
    """
    return 1.0 + max(float(count) - 1.0, 0.0) * fresh


def _ratio_variance(
    came: NDArray[np.float64], said: NDArray[np.float64], noise: NDArray[np.float64], fresh: float
) -> tuple[float, float]:
    """Variance over origins of actual / forecast of a sum beyond what its products' own noise explains, and its weight (origins - 1).

    came, said, noise (origins,): sums over products of actuals, forecasts and squared errors; `fresh` the share of an interval the next
    origin's does not cover again.
    """
    used = said > 0.0
    count = independent_origins(used.sum(), fresh)
    if count < 2.0:
        return 0.0, 0.0
    ratio = came[used] / said[used]
    middle = float(came[used].sum() / said[used].sum())
    around = float(((ratio - middle) ** 2).mean()) * count / (count - 1.0)
    own = float((noise[used] / said[used] ** 2).mean())
    return (around - own) / max(middle, 1e-9) ** 2, count - 1.0


def shared_shocks(
    rolling: Rolling, combined: NDArray[np.float64], lived: NDArray[np.bool_], family: NDArray[np.int32]
) -> tuple[float, float]:
    """Coefficients of variation of the market's and of a family's shock over the protection interval: (market, family), 0 where none shows.

    *Formula*: per past origin, actual / forecast of the sum over products; its variance over origins less what the products' own errors explain if
    independent (the squared errors left once the common ratio is taken out, over the squared forecast) is the market's squared coefficient of variation. The same for
    every family's ratio over the market's, averaged over families with the number of origins as weights, is the family's. A lasting bias is no shock: the variance is
    taken around the mean over origins. Products whose life ended within an interval are left out. At least eight products a sum; both between 0 and 0.5.
    Source: method of moments for a model of random effects by date (Searle, Casella and McCulloch 1992, ch. 3).
    """
    rows = rolling.valid & np.isfinite(rolling.actual) & lived & (combined > 0.0)
    rows[:, 0] = False
    came = np.where(rows, np.nan_to_num(rolling.actual), 0.0)
    said = np.where(rows, combined, 0.0)

    def sums(part: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        top, below = came[part].sum(axis=0), said[part].sum(axis=0)
        enough = rows[part].sum(axis=0) >= 8
        ratio = np.where(below > 0.0, top / np.where(below > 0.0, below, 1.0), 1.0)
        noise = ((came[part] - said[part] * ratio) ** 2).sum(axis=0)
        return np.where(enough, top, 0.0), np.where(enough, below, 0.0), np.where(enough, noise, 0.0)

    everything = sums(np.ones(len(family), np.bool_))
    whole = max(_ratio_variance(*everything, rolling.fresh)[0], 0.0)
    common = np.where(
        everything[1] > 0.0, everything[0] / np.where(everything[1] > 0.0, everything[1], 1.0), 0.0
    )
    total = weight = 0.0
    codes = [int(c) for c in np.unique(family) if c >= 0]
    for c in codes if len(codes) > 1 else []:
        top, below, noise = sums(family == c)
        variance, worth = _ratio_variance(top, below * common, noise, rolling.fresh)
        total += worth * variance
        weight += worth
    single = max(total / weight, 0.0) if weight > 0.0 else 0.0
    # the market's ratio holds the families' shocks as well, averaged over families by their size
    if single > 0.0:
        size = np.array([said[family == c].sum() for c in codes])
        others = said[family < 0].sum()
        whole = max(
            whole - single * float((size**2).sum()) / max(float(size.sum() + others), 1e-300) ** 2, 0.0
        )
    return min(float(np.sqrt(whole)), _LARGEST), min(float(np.sqrt(single)), _LARGEST)


def common_share(miss: NDArray[np.float64], rows: NDArray[np.bool_], fresh: float) -> float:
    """Share of the variance of standardised errors that all products of an origin have in common, 0 to 1.

    *Formula*: (variance over origins of the mean error - mean of within / number) / total variance, errors cut at 3. `miss` and `rows`
    (products, origins); `fresh` as for `independent_origins`. Source: intraclass correlation, Fisher (1925).
    """
    count = rows.sum(axis=0)
    used = count >= 8
    if used.sum() < 4:
        return 0.0
    value = np.clip(np.where(rows, miss, 0.0), -_OUTSTANDING, _OUTSTANDING)
    mean = value.sum(axis=0) / np.maximum(count, 1)
    within = np.where(rows, (value - mean) ** 2, 0.0).sum(axis=0) / np.maximum(count - 1, 1)
    middle = float((mean[used] * count[used]).sum() / count[used].sum())
    independent = independent_origins(used.sum(), fresh)
    between = float(((mean[used] - middle) ** 2).mean()) * independent / max(independent - 1.0, 1.0) - float(
        (within[used] / count[used]).mean()
    )
    total = max(between, 0.0) + float(within[used].mean())
    return max(between, 0.0) / total if total > 0.0 else 0.0
