# mypy: disable-error-code="no-untyped-def"
"""Boosted trees for quantiles: one sequence of small trees, grown in turn for one level after another, that moves all levels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.machine.kernel_cache import kernel, part

__all__ = ["Growth", "binned", "boosted_quantiles", "cuts_of"]

Array = NDArray[np.float64]

#: Bins of a feature; bin 0 holds what is unknown.
BINS = 64


class Growth(NamedTuple):
    """How trees are grown: `trees` of at most `leaves` leaves of at least `fewest` rows each; every leaf moves a quantile by `shrink` of the way.

    `ridge` is added to the weight of a leaf where splits are judged, and a tree looks at a share `looked` of the features.
    """

    trees: int = 48
    leaves: int = 8
    fewest: int = 40
    shrink: float = 0.1
    ridge: float = 5.0
    looked: float = 0.3


def cuts_of(features: Array) -> list[Array]:
    """Where the bins of every feature end: quantiles of its known values, at most 62, rising. `features` (rows, columns).

    >>> [c.tolist() for c in cuts_of(np.array([[1.0], [2.0], [np.nan]]))]
    [[1.5]]
    """
    out = []
    for column in features.T:
        known = np.unique(column[np.isfinite(column)])
        if len(known) > BINS - 1:
            values = np.sort(column[np.isfinite(column)])
            place = (np.arange(1, BINS - 1) * len(values)) // (BINS - 1)
            known = np.unique(np.concatenate([values[place], known[-1:]]))
        out.append(0.5 * (known[1:] + known[:-1]))
    return out


def binned(features: Array, cuts: list[Array]) -> NDArray[np.uint8]:
    """The bin of every value, (columns, rows): 0 where unknown, else one more than the cuts below it.

    >>> binned(np.array([[1.0], [2.0], [np.nan]]), [np.array([1.5])]).tolist()
    [[1, 2, 0]]
    """
    out = np.zeros(features.shape[::-1], np.uint8)
    for c, cut in enumerate(cuts):
        column = features[:, c]
        out[c] = np.where(np.isfinite(column), 1 + np.searchsorted(cut, column, side="left"), 0)
    return out


@part
def _weighted_quantile(values, weights, count, level):
    """The smallest value below or at which lies the share `level` of the weight; reorders both arrays up to `count`."""
    whole = 0.0
    for i in range(count):
        whole += weights[i]
    wanted = level * whole
    low, high, below = 0, count - 1, 0.0
    while low < high:
        a, b, c = values[low], values[(low + high) // 2], values[high]
        pivot = max(min(a, b), min(max(a, b), c))
        # three parts: below the pivot, equal to it, above
        i, j, k = low, low, high
        under, same = 0.0, 0.0
        while j <= k:
            v = values[j]
            if v < pivot:
                under += weights[j]
                values[i], values[j] = v, values[i]
                weights[i], weights[j] = weights[j], weights[i]
                i += 1
                j += 1
            elif v > pivot:
                values[j], values[k] = values[k], v
                weights[j], weights[k] = weights[k], weights[j]
                k -= 1
            else:
                same += weights[j]
                j += 1
        if below + under >= wanted and i > low:
            high = i - 1
        elif below + under + same >= wanted or j > high:
            return pivot
        else:
            below += under + same
            low = j
    return values[low]


@part
def _best_split(histogram, looked, fewest, ridge):
    """Gain, feature and last bin to the left of the best split of one leaf, from its sums of gradient, weight and rows by feature and bin."""
    best, feature, last = 0.0, -1, 0
    for f in range(histogram.shape[0]):
        if not looked[f]:
            continue
        gradient, weight, rows = 0.0, 0.0, 0.0
        for b in range(BINS):
            gradient += histogram[f, b, 0]
            weight += histogram[f, b, 1]
            rows += histogram[f, b, 2]
        whole = gradient * gradient / (weight + ridge)
        g, w, n = 0.0, 0.0, 0.0
        for b in range(BINS - 1):
            g += histogram[f, b, 0]
            w += histogram[f, b, 1]
            n += histogram[f, b, 2]
            if n < fewest or histogram[f, b, 2] == 0.0:
                continue
            if rows - n < fewest:
                break
            gain = g * g / (w + ridge) + (gradient - g) ** 2 / (weight - w + ridge) - whole
            if gain > best + 1e-12:
                best, feature, last = gain, f, b
    return best, feature, last


@part
def _count_rows(codes, order, first, end, gradient, weight, looked, out):
    """Sums of gradient, weight and rows by feature and bin over the rows order[first:end], into `out`."""
    for f in range(codes.shape[0]):
        if not looked[f]:
            continue
        for b in range(BINS):
            out[f, b, 0], out[f, b, 1], out[f, b, 2] = 0.0, 0.0, 0.0
        for p in range(first, end):
            i = order[p]
            b = codes[f, i]
            out[f, b, 0] += gradient[i]
            out[f, b, 1] += weight[i]
            out[f, b, 2] += 1.0


@kernel
def _boosted(codes, y, weight, levels, guides, growth, ahead):
    """Quantiles at `levels` of the rows of `ahead` (rows, levels), learnt from `codes` (columns, rows), `y` and `weight`; see `boosted_quantiles`."""
    columns, n = codes.shape
    m, many = ahead.shape[1], levels.shape[0]
    trees, leaves, fewest, shrink, ridge, share = growth
    said, out = np.empty((many, n)), np.empty((m, many))
    values, weights = np.empty(n), np.empty(n)
    for j in range(many):
        for i in range(n):
            values[i], weights[i] = y[i], weight[i]
        start = _weighted_quantile(values, weights, n, levels[j])
        for i in range(n):
            said[j, i] = start
        for i in range(m):
            out[i, j] = start
    order, aside = np.arange(n), np.empty(n, np.int64)
    gradient = np.empty(n)
    looked = np.empty(columns, np.bool_)
    histogram = np.empty((leaves, columns, BINS, 3))
    first, end = np.zeros(leaves, np.int64), np.zeros(leaves, np.int64)
    gain, feature, last = np.empty(leaves), np.empty(leaves, np.int64), np.empty(leaves, np.int64)
    # inner nodes in the order they are made: which leaf is split, where, and the new leaf (to the right)
    parent, column, cut = np.empty(leaves, np.int64), np.empty(leaves, np.int64), np.empty(leaves, np.int64)
    move = np.empty((leaves, many))
    state = 12345
    for tree in range(trees):
        guide = guides[tree % guides.shape[0]]
        level = levels[guide]
        for i in range(n):
            gradient[i] = weight[i] * ((1.0 if said[guide, i] >= y[i] else 0.0) - level)
        for f in range(columns):
            state = (state * 1664525 + 1013904223) % 4294967296
            looked[f] = (state // 65536) < share * 65536
        first[0], end[0], made = 0, n, 1
        _count_rows(codes, order, 0, n, gradient, weight, looked, histogram[0])
        gain[0], feature[0], last[0] = _best_split(histogram[0], looked, fewest, ridge)
        while made < leaves:
            leaf = 0
            for a in range(1, made):
                if gain[a] > gain[leaf]:
                    leaf = a
            if feature[leaf] < 0 or gain[leaf] <= 0.0:
                break
            f, b = feature[leaf], last[leaf]
            parent[made], column[made], cut[made] = leaf, f, b
            at, rest = first[leaf], 0
            for p in range(first[leaf], end[leaf]):
                i = order[p]
                if codes[f, i] <= b:
                    order[at] = i
                    at += 1
                else:
                    aside[rest] = i
                    rest += 1
            for p in range(rest):
                order[at + p] = aside[p]
            first[made], end[made] = at, end[leaf]
            end[leaf] = at
            # the smaller part is counted, the other is what remains
            small, large = (
                (leaf, made) if end[leaf] - first[leaf] <= end[made] - first[made] else (made, leaf)
            )
            if large == made:  # element by element, here and elsewhere: a slice takes a second to compile
                for c in range(columns):
                    if looked[c]:
                        for k in range(BINS):
                            for part_of in range(3):
                                histogram[made, c, k, part_of] = histogram[leaf, c, k, part_of]
            _count_rows(codes, order, first[small], end[small], gradient, weight, looked, histogram[small])
            for c in range(columns):
                if looked[c]:
                    for k in range(BINS):
                        histogram[large, c, k, 0] -= histogram[small, c, k, 0]
                        histogram[large, c, k, 1] -= histogram[small, c, k, 1]
                        histogram[large, c, k, 2] -= histogram[small, c, k, 2]
            for a in (leaf, made):
                gain[a], feature[a], last[a] = _best_split(histogram[a], looked, fewest, ridge)
            made += 1
        for leaf in range(made):
            size = end[leaf] - first[leaf]
            for j in range(many):
                for p in range(size):
                    i = order[first[leaf] + p]
                    values[p], weights[p] = y[i] - said[j, i], weight[i]
                move[leaf, j] = shrink * _weighted_quantile(values, weights, size, levels[j])
                for p in range(first[leaf], end[leaf]):
                    said[j, order[p]] += move[leaf, j]
        for i in range(m):
            leaf = 0
            for a in range(1, made):
                if parent[a] == leaf and ahead[column[a], i] > cut[a]:
                    leaf = a
            for j in range(many):
                out[i, j] += move[leaf, j]
    return out


def boosted_quantiles(
    features: Array,
    came: Array,
    weight: Array,
    levels: Array,
    ahead: Array,
    guides: NDArray[np.intp],
    growth: Growth,
) -> Array:
    """Quantiles at `levels` of the rows `ahead` (rows, columns), learnt from `features` (rows, columns), what `came` and its `weight` (rows,).

    *Formula*: every level starts at the weighted quantile of all that came. A tree splits rows, best split first, by the gradient of
    the pinball loss of one level (`guides`, in turn): gain = G1^2/(W1 + ridge) + G2^2/(W2 + ridge) - G^2/(W + ridge), G sums of weight x
    ([said >= came] - level), W of weight. In each leaf every level then moves by `shrink` times the weighted quantile of what came less what was said.
    Unknown values (NaN) lie below all others. Returns (rows ahead, levels), in units of `came`; deterministic: nothing is drawn, one thread.
    Source: Friedman (2001) for boosting with leaves moved by the loss's own optimum; histograms as in LightGBM, Ke et al. (2017); that
    all levels share the trees is a rule of this program (an eighth of the time).

    >>> x, y = np.repeat([[0.0], [1.0]], 50, axis=0), np.tile(np.arange(50.0), 2) + np.repeat([0.0, 100.0], 50)
    >>> said = boosted_quantiles(x, y, np.ones(100), np.array([0.5, 0.9]), np.array([[0.0], [1.0]]), np.arange(2), Growth(60, 4, 10, 0.3, 1.0, 1.0))
    >>> said.round(1).tolist()
    [[24.0, 44.0], [124.0, 144.0]]
    """
    cuts = cuts_of(features)
    return np.asarray(
        _boosted(
            binned(features, cuts),
            came,
            weight,
            levels,
            np.asarray(guides, np.int64),
            growth,
            binned(ahead, cuts),
        )
    )
