"""Promotions ahead as given: demand without promotions is forecast, and what promotions brought in the past is put where they are planned."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.data.history import SalesHistory
from analytics.data.items.promotions_file import Promotions
from analytics.demand.panel import DemandPanel
from analytics.forecast.forecast import Forecast
from analytics.forecast.spread.totals import future_starts

__all__ = ["PromotionPlan", "promotion_effects", "promotion_plan", "with_promotions"]

Array = NDArray[np.float64]

#: Periods without a promotion on either side that a promoted one is held against.
_AROUND = {"D": 28, "W": 6, "M": 3}
#: An effect of its own counts as much as that of all when it rests on this many promoted periods.
_WORTH = {"D": 20.0, "W": 8.0, "M": 4.0}
_MOST = 10.0


@dataclass(frozen=True, eq=False)
class PromotionPlan:
    """Promotions on the periods of a panel and of a forecast.

    `past` and `ahead` (products, periods) are the shares of each period's days on which the product was or will be promoted; `effect`
    (products,) how many times as much is sold on such a day, 1 where the past shows none; `panel` the history without what promotions
    added; `notes` what could not be done.
    """

    past: Array
    ahead: Array
    effect: Array
    panel: DemandPanel
    notes: tuple[str, ...]


def _shares(
    starts: NDArray[np.datetime64],
    end: np.datetime64,
    row: NDArray[np.intp],
    promotions: Promotions,
    products: int,
) -> Array:
    """Share of the days of every period from `starts` (periods,) to `end` that lie within a promotion, (products, periods)."""
    edges = np.concatenate([starts.astype("datetime64[D]"), [end.astype("datetime64[D]")]]).astype(np.int64)
    first, after = promotions.first.astype(np.int64), promotions.last.astype(np.int64) + 1
    out = np.zeros((products, len(edges) - 1))
    sold = np.unique(row[row >= 0])
    days = np.zeros((len(sold), int(edges[-1] - edges[0]) + 1), np.int32)
    for i, a, b in zip(row, first, after, strict=True):
        low, high = max(a, edges[0]), min(b, edges[-1])
        if i >= 0 and low < high:
            at = np.searchsorted(sold, i)
            days[at, low - edges[0]] += 1
            days[at, high - edges[0]] -= 1
    promoted = np.cumsum(days, axis=1)[:, :-1] > 0
    out[sold] = np.add.reduceat(promoted, edges[:-1] - edges[0], axis=1, dtype=np.int64) / np.diff(edges)
    return out


def _flagged(panel: DemandPanel, history: SalesHistory) -> Array:
    """Share of each period's days on which a line of the product carries the sales file's own flag, (products, periods)."""
    out = np.zeros(panel.units.shape)
    day = history.date.astype("datetime64[D]")
    column = np.searchsorted(panel.starts, day, side="right") - 1
    inside = (history.promotion == 1.0) & (column >= 0) & (day < panel.next_start)
    if not inside.any():
        return out
    key = np.unique(
        np.stack([history.sku[inside], day[inside].astype(np.int64), column[inside]], axis=1), axis=0
    )
    np.add.at(out, (key[:, 0], key[:, 2]), 1.0)
    if history.frequency in ("W", "M"):  # one line stands for its whole period
        return np.minimum(out, 1.0)
    edges = np.concatenate([panel.starts.astype("datetime64[D]"), [panel.next_start.astype("datetime64[D]")]])
    return np.minimum(out / np.diff(edges).astype(np.float64)[None, :], 1.0)


def promotion_effects(
    units: Array, observed: NDArray[np.bool_], share: Array, family: NDArray[np.int32], frequency: str
) -> Array:
    """How many times as much is sold on a promoted day as on another, by product (products,): 1 where nothing was ever promoted.

    *Formula*: 1 + sum of (units - usual) / sum of (share x usual) over promoted periods, usual the mean of the nearest periods without a promotion
    on either side; its logarithm by family, then by product, shrunk towards that of all by n/(n + 8 weeks), n the promoted periods in
    whole ones; within 1 and 10. `units`, `observed` and `share` (products, periods), `family` (products,), -1: none.
    Source: definition (ratio to the neighbours); the shrinkage is a rule of this program.

    >>> weeks = np.array([[10.0, 10.0, 20.0, 10.0, 10.0, 25.0, 10.0, 10.0]])
    >>> share = np.array([[0.0, 0.0, 0.5, 0.0, 0.0, 1.0, 0.0, 0.0]])
    >>> promotion_effects(weeks, weeks > 0, share, np.array([-1]), "W").round(2).tolist()
    [2.67]
    """
    added, base, worth = (np.zeros(len(units)) for _ in range(3))
    for i in np.flatnonzero((share > 0.0).any(axis=1)):
        plain = np.flatnonzero(observed[i] & (share[i] <= 0.0))
        for t in np.flatnonzero(observed[i] & (share[i] > 0.0)):
            near = plain[np.abs(plain - t) <= _AROUND[frequency]]
            before, after = near[near < t], near[near > t]
            if not len(near):
                continue
            # both sides alike, so that a trend or a season's flank does not count as a promotion
            sides = [units[i, side].mean() for side in (before, after) if len(side)]
            usual = float(np.mean(sides))
            added[i] += units[i, t] - usual
            base[i] += share[i, t] * usual
            worth[i] += share[i, t]

    def logs(part: NDArray[np.bool_]) -> float:
        return float(np.log(np.clip(1.0 + added[part].sum() / max(base[part].sum(), 1e-12), 0.1, _MOST)))

    known = base > 0.0
    if not known.any():
        return np.ones(len(units))
    everyone = logs(known)
    own = np.full(len(units), everyone)
    for f in np.unique(family):
        part = (family == f) & known
        trust = worth[part].sum() / (worth[part].sum() + _WORTH[frequency])
        own[family == f] += trust * (logs(part) - everyone) if f >= 0 and part.any() else 0.0
    for i in np.flatnonzero(known):
        trust = worth[i] / (worth[i] + _WORTH[frequency])
        own[i] += trust * (logs(np.arange(len(units)) == i) - own[i])
    return np.asarray(np.clip(np.exp(own), 1.0, _MOST))


def promotion_plan(
    panel: DemandPanel, history: SalesHistory, promotions: Promotions, family: NDArray[np.int32], horizon: int
) -> PromotionPlan:
    """What promotions did to the history and where they are planned over the next `horizon` periods; past ones are those of the file and of the sales' own flag.

    Promotions in the past only change nothing that is forecast, since what they added is then part of what is usual; nor do promotions ahead of which
    none was ever tried: what one brings is unknown. Both are said in `notes`.
    """
    place = {str(sku): i for i, sku in enumerate(panel.skus)}
    row = np.array([place.get(str(sku), -1) for sku in promotions.sku], np.intp)
    n = len(panel.skus)
    past = np.maximum(_shares(panel.starts, panel.next_start, row, promotions, n), _flagged(panel, history))
    starts = future_starts(panel.next_start, panel.frequency, horizon + 1)
    ahead = _shares(starts[:-1], starts[-1], row, promotions, n)
    effect = promotion_effects(panel.units, panel.observed, past, family, panel.frequency)
    notes = list(promotions.notes)
    unsold = len({str(s) for s, r in zip(promotions.sku, row, strict=True) if r < 0})
    if unsold:
        notes.append(f"Promotions of {unsold:,} products that were never sold are left out.")
    if not ahead.any():
        notes.append(
            "All promotions lie in the past or beyond the forecast: none is ahead, and nothing is changed."
        )
        return PromotionPlan(past, ahead, effect, panel, tuple(notes))
    if not (past > 0.0).any():
        notes.append(
            "Promotions are ahead, but none is in the past: what one brings is unknown, and nothing is changed."
        )
        return PromotionPlan(past, 0.0 * ahead, effect, panel, tuple(notes))
    plain = panel.units / (1.0 + (effect - 1.0)[:, None] * past)
    whole = (panel.units == np.rint(panel.units)).all(axis=1)
    plain = np.where(whole[:, None], np.rint(plain), plain)
    return PromotionPlan(
        past, ahead, effect, replace(panel, units=np.where(past > 0.0, plain, panel.units)), tuple(notes)
    )


def with_promotions(forecast: Forecast, plan: PromotionPlan) -> Forecast:
    """The forecast with every period's demand times 1 + (effect - 1) x the share of its days that are promoted, and sums in proportion.

    What is said of a product's promotions is added to its notes and to the name of its method.
    """
    width = forecast.mean.shape[1]
    ahead = np.zeros_like(forecast.mean)
    ahead[:, : plan.ahead.shape[1]] = plan.ahead[:, :width]
    factor = 1.0 + (plan.effect - 1.0)[:, None] * ahead
    inside = np.arange(width)[None, :] < forecast.total_periods[:, None]
    before = (forecast.mean * inside).sum(axis=1)
    after = (forecast.mean * factor * inside).sum(axis=1)
    sums = np.where(before > 0.0, after / np.where(before > 0.0, before, 1.0), 1.0)
    notes, method = list(forecast.notes), forecast.method.copy()
    period = {"D": "days", "W": "weeks", "M": "months"}[forecast.frequency]
    for i in np.flatnonzero(ahead.any(axis=1)):
        count = int((ahead[i] > 0.0).sum())
        said = f"promoted in {count} of the {period} ahead, {plan.effect[i]:.2f} times as much on such a day as in the past"
        notes[i] = (*notes[i], f"{said[0].upper()}{said[1:]}.")
        method[i] = f"{method[i]}; {said}"
    bounds = forecast.bounds
    if bounds is not None:  # what a steady product showed says nothing of a promotion
        bounds = np.where((ahead > 0.0).any(axis=1, keepdims=True), np.inf, bounds)
    return replace(
        forecast,
        bounds=bounds,
        mean=forecast.mean * factor,
        total_quantile=forecast.total_quantile * sums[:, None],
        total_mean=forecast.total_mean * sums,
        total_sd=forecast.total_sd * sums,
        notes=tuple(notes),
        method=method,
    )
