"""Promotions: on which days a product was promoted, how many times as much it sells then, and how much of what was sold they added."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.data.history import Promotions, SalesHistory
from analytics.demand.panel import DemandPanel

__all__ = ["Promoted", "added_units", "promoted_past", "promoted_shares", "promotion_effect"]

Array = NDArray[np.float64]

#: Periods on either side of a promoted one whose plain ones it is held against.
_AROUND = {"D": 28, "W": 6, "M": 3}
#: An effect of its own counts as much as that of all when it rests on this many promoted periods.
_WORTH = {"D": 20.0, "W": 8.0, "M": 4.0}
_MOST = 10.0
#: Products that sell on at least this share of their days show by an empty day that nothing was sold.
_DENSE = 0.5
#: Products whose days are looked at at once.
_PIECE = 256


@dataclass(frozen=True, eq=False)
class Promoted:
    """What promotions did to the history of a panel.

    `share` (products, periods) is the share of each period's days on which the product was promoted; `effect` (products,) how many times as much
    is sold on such a day as on another, 1 where the past shows none.
    """

    share: Array
    effect: Array

    @property
    def known(self) -> bool:
        """Whether the past holds a promotion at all."""
        return bool((self.share > 0.0).any())


def promoted_shares(
    starts: NDArray[np.datetime64], end: np.datetime64, skus: NDArray[np.object_], plan: Promotions
) -> Array:
    """Share of the days of every period from `starts` (periods,) to `end` that lie within a promotion of `plan`, (products, periods)."""
    edges = np.concatenate([starts.astype("datetime64[D]"), [end.astype("datetime64[D]")]]).astype(np.int64)
    out = np.zeros((len(skus), len(starts)))
    place = {str(sku): i for i, sku in enumerate(skus)}
    row = np.array([place.get(str(sku), -1) for sku in plan.sku], np.int64)
    first = np.maximum(plan.first.astype("datetime64[D]").astype(np.int64), edges[0]) - edges[0]
    after = np.minimum(plan.last.astype("datetime64[D]").astype(np.int64) + 1, edges[-1]) - edges[0]
    inside = (row >= 0) & (first < after)
    row, first, after = row[inside], first[inside], after[inside]
    length = int(edges[-1] - edges[0])
    for begin in range(0, len(skus), _PIECE):
        here = (row >= begin) & (row < begin + _PIECE)
        if not here.any():
            continue
        days = np.zeros((min(_PIECE, len(skus) - begin), length + 1), np.int32)
        np.add.at(days, (row[here] - begin, first[here]), 1)
        np.add.at(days, (row[here] - begin, after[here]), -1)
        promoted = np.cumsum(days, axis=1)[:, :-1] > 0
        out[begin : begin + _PIECE] = np.add.reduceat(promoted, edges[:-1] - edges[0], axis=1, dtype=np.int64)
    return out / np.diff(edges)


def promotion_effect(
    units: Array, observed: NDArray[np.bool_], share: Array, family: NDArray[np.int32], frequency: str
) -> Array:
    """How many times as much is sold on a promoted day as on another, by product (products,): 1 where nothing was ever promoted.

    promotion_effect = 1 + added / usual. Times.

    `added` is the sum of units beyond the usual ones over promoted periods, `usual` that of the usual ones x the share of days promoted, where usual is
    the mean of the means of the nearest periods without a promotion on either side; its logarithm by family, then by product, shrunk towards that
    of all by n/(n + 8 weeks), n the promoted periods in whole ones; within 1 and 10. `units`, `observed` and `share` (products, periods),
    `family` (products,), -1: none; `frequency` of the periods.
    Source: definition (ratio to the neighbours); the shrinkage is a rule of this program.

    >>> weeks = np.array([[10.0, 10.0, 20.0, 10.0, 10.0, 25.0, 10.0, 10.0]])
    >>> share = np.array([[0.0, 0.0, 0.5, 0.0, 0.0, 1.0, 0.0, 0.0]])
    >>> promotion_effect(weeks, weeks > 0, share, np.array([-1]), "W").round(2).tolist()
    [2.67]
    """
    sums = np.zeros((len(units), 3))
    for i in range(0, len(units), _PIECE):
        part = slice(i, i + _PIECE)
        sums[part] = _against_neighbours(units[part], observed[part], share[part], _AROUND[frequency])
    return _shrunk(sums, family, _WORTH[frequency])


def _against_neighbours(units: Array, observed: NDArray[np.bool_], share: Array, around: int) -> Array:
    """Of every product what promotions added, what is usual then, and the promoted periods in whole ones, (products, 3)."""
    out = np.zeros((len(units), 3))
    ever = np.flatnonzero((share > 0.0).any(axis=1))
    if not len(ever):
        return out
    units, observed, share = units[ever], observed[ever], share[ever]
    plain = observed & (share <= 0.0)
    periods = units.shape[1]
    sold, count = (
        np.concatenate([np.zeros((len(ever), 1)), np.cumsum(x, axis=1)], axis=1)
        for x in (np.where(plain, units, 0.0), plain)
    )
    t = np.arange(periods)
    low, high = np.maximum(t - around, 0), np.minimum(t + around + 1, periods)
    usual, sides = np.zeros(units.shape), np.zeros(units.shape)
    # both sides alike, so that a trend or a season's flank does not count as a promotion
    for a, b in ((low, t), (t + 1, high)):
        known = count[:, b] - count[:, a]
        usual += np.where(known > 0.0, (sold[:, b] - sold[:, a]) / np.maximum(known, 1.0), 0.0)
        sides += known > 0.0
    use = observed & (share > 0.0) & (sides > 0.0)
    usual /= np.maximum(sides, 1.0)
    out[ever] = np.stack(
        [(np.where(use, x, 0.0)).sum(axis=1) for x in (units - usual, share * usual, share)], axis=1
    )
    return out


def _shrunk(sums: Array, family: NDArray[np.int32], worth: float) -> Array:
    """Effects from sums by product (products, 3): by family, then by product, drawn to that of all."""
    added, base, count = sums.T
    n = len(sums)
    known = base > 0.0
    if not known.any():
        return np.ones(n)

    def logs(more: Array, usual: Array) -> Array:
        return np.asarray(np.log(np.clip(1.0 + more / np.maximum(usual, 1e-12), 0.1, _MOST)))

    everyone = float(logs(added[known].sum(), base[known].sum()))
    own = np.full(n, everyone)
    codes, group = np.unique(family, return_inverse=True)
    of_group: list[Array] = [
        np.bincount(group, weights=np.where(known, x, 0.0), minlength=len(codes)).astype(np.float64)
        for x in (added, base, count)
    ]
    use = (codes >= 0) & (of_group[1] > 0.0)
    lean = np.where(
        use, of_group[2] / (of_group[2] + worth) * (logs(of_group[0], of_group[1]) - everyone), 0.0
    )
    own += lean[group]
    trust = np.where(known, count / (count + worth), 0.0)
    own += trust * (logs(added, base) - own)
    return np.asarray(np.clip(np.exp(own), 1.0, _MOST))


def promoted_past(panel: DemandPanel, history: SalesHistory | None, family: NDArray[np.int32]) -> Promoted:
    """What promotions did to the history: those of its calendar and of the flags of its lines. `family` (products,) are codes, -1: none.

    Where lines have days, days are held against days. A product that sells on less than half of its days is held against days with a sale
    where only flags tell of its promotions: which days without a sale were promoted is unknown.
    """
    n, periods = panel.units.shape
    none = Promoted(np.zeros((n, periods)), np.ones(n))
    if history is None or not len(history):
        return none
    flagged = bool((history.promotion == 1.0).any()) and bool((history.promotion == 0.0).any())
    plan = history.promotions
    if plan is not None and not len(plan):
        plan = None
    if plan is None and not flagged:
        return none
    if history.frequency in ("W", "M"):
        share = _of_periods(panel, history) if flagged else np.zeros((n, periods))
        if plan is not None:
            share = np.maximum(share, promoted_shares(panel.starts, panel.next_start, panel.skus, plan))
        return Promoted(share, promotion_effect(panel.units, panel.observed, share, family, panel.frequency))
    return _by_day(panel, history, plan, flagged, family)


def _of_periods(panel: DemandPanel, history: SalesHistory) -> Array:
    """1 where a line that stands for its whole period is flagged, (products, periods)."""
    out = np.zeros(panel.units.shape)
    day = history.date.astype("datetime64[D]")
    column = np.searchsorted(panel.starts, day, side="right") - 1
    inside = (history.promotion == 1.0) & (column >= 0) & (day < panel.next_start)
    out[history.sku[inside], column[inside]] = 1.0
    return out


def _by_day(
    panel: DemandPanel,
    history: SalesHistory,
    plan: Promotions | None,
    flagged: bool,
    family: NDArray[np.int32],
) -> Promoted:
    """As `promoted_past`, from the days of lines; products that were never promoted cost nothing."""
    n, periods = panel.units.shape
    edges = np.concatenate([panel.starts.astype("datetime64[D]"), [panel.next_start.astype("datetime64[D]")]])
    start, length = edges[0], int((edges[-1] - edges[0]).astype(np.int64))
    offset = (edges[:-1] - start).astype(np.int64)
    period = np.repeat(np.arange(periods), np.diff(edges).astype(np.int64))
    day = (history.date.astype("datetime64[D]") - start).astype(np.int64)
    inside = (day >= 0) & (day < length)
    sku = history.sku.astype(np.int64)
    ever = np.zeros(n, np.bool_)
    if flagged:
        ever[sku[inside & (history.promotion == 1.0)]] = True
    listed = np.zeros(n, np.bool_)
    if plan is not None:
        wanted = {str(s) for s in plan.sku}
        listed = np.array([str(s) in wanted for s in panel.skus], np.bool_)
        ever |= listed
    share, sums = np.zeros((n, periods)), np.zeros((n, 3))
    rows = np.flatnonzero(ever)
    at = np.full(n, -1, np.int64)
    at[rows] = np.arange(len(rows))
    here = np.flatnonzero(inside & ever[sku])
    here = here[np.argsort(at[sku[here]], kind="stable")]
    bounds = np.searchsorted(at[sku[here]], np.arange(0, len(rows) + _PIECE, _PIECE))
    days = start + np.arange(length)
    for k, begin in enumerate(range(0, len(rows), _PIECE)):
        some, lines = rows[begin : begin + _PIECE], here[bounds[k] : bounds[k + 1]]
        where = (at[sku[lines]] - begin) * length + day[lines]
        size = (len(some), length)
        units = (
            np.bincount(where, np.maximum(history.quantity[lines], 0.0), len(some) * length)
            .reshape(size)
            .astype(np.float64)
        )
        told = np.bincount(where, minlength=len(some) * length).reshape(size) > 0
        flag = np.bincount(where, history.promotion[lines] == 1.0, len(some) * length).reshape(size) > 0
        if plan is not None:
            flag |= promoted_shares(days, edges[-1], panel.skus[some], plan) > 0.0
        observed = panel.observed[some][:, period] & (period >= np.maximum(panel.first[some], 0)[:, None])
        dense = (told & observed).sum(axis=1) >= _DENSE * observed.sum(axis=1)
        observed &= told | (dense | listed[some])[:, None]
        share[some] = np.add.reduceat(flag, offset, axis=1, dtype=np.int64)
        sums[some] = _against_neighbours(units, observed, flag.astype(np.float64), _AROUND["D"])
    return Promoted(share / np.diff(edges).astype(np.float64), _shrunk(sums, family, _WORTH["D"]))


def added_units(panel: DemandPanel, promoted: Promoted) -> Array:
    """Units of each cell that promotions added: units - units / (1 + (effect - 1) x share), whole where the product's sales are whole. Shape of `panel.units`.

    Source: definition.
    """
    more = (promoted.effect - 1.0)[:, None] * promoted.share
    out = panel.units * (more / (1.0 + more))
    whole = (panel.units == np.rint(panel.units)).all(axis=1)
    out = np.where(whole[:, None], np.floor(out), out)
    return np.where(panel.units > 0.0, out, 0.0)
