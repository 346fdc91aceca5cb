"""Rolling origins: what every method would have said about the sum over the protection interval, and what came.

One concept: one pass over the history in which every method speaks at every origin and is judged later. The
record that the pass fills and what families of products share in it have no other use.

One pass over a product's history serves all origins: every member of a method's grid forecasts at every period, is judged when its interval
has passed, and the member with the least error *known by then* speaks for the method. Nothing of the interval after an origin enters what is said
there; but for the season by week, which is known from the other years (`common_season`), nothing that came after it.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.demand.panel import DemandPanel
from analytics.forecast.members.common_season import ratios_met, shared_seasons
from analytics.forecast.members.grid_records import (
    CHANGE,
    DEVIATION,
    FEATURES,
    GAP,
    HIGHEST,
    JUDGED,
    LENGTH,
    LEVEL,
    METHODS,
    RECENT,
    SILENT,
    SPREAD,
    Common,
    OriginArrays,
    PanelArrays,
)
from analytics.forecast.members.method_grid import many_products
from analytics.forecast.members.seasonal import season_length

__all__ = ["METHODS", "MOST_ORIGINS", "OWN_LEVELS", "Rolling", "rolling_forecasts"]

#: Past origins kept per product. Days change with promotions and seasons: they get up to twice as many where a year was known at those as well.
MOST_ORIGINS = {"D": 26, "W": 17, "M": 12}

#: Levels at which the product's own past sums are kept.
OWN_LEVELS = np.array([0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1.0])

_ALPHAS = {
    "D": np.array([0.006, 0.012, 0.025, 0.05, 0.08, 0.13, 0.22, 0.4]),
    "W": np.array([0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.45, 0.7]),
    "M": np.array([0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.45, 0.7]),
}
_WINDOWS = {
    "D": np.array([7, 14, 28, 56, 182, 364]),
    "W": np.array([4, 8, 26, 52, 104, 104]),
    "M": np.array([3, 6, 18, 24, 36, 36]),
}
_LONGEST = {"D": 1120, "W": 520, "M": 240}
#: Whole weeks, so that weekdays agree.
_YEAR = {"D": 364, "W": 52, "M": 12}
#: Last stretches of a history by day whose rate is kept: a promotion that has just begun or ended shows there.
_LAST_DAYS = (2, 7, 28)
_CHUNK = 256


@dataclass(frozen=True, eq=False)
class Rolling:
    """Forecasts and actuals of the sum over the next `interval` periods, at past origins and now.

    `step` (products,) are the periods from one origin to the next. `start` (products,) is the column of the panel in which the history used begins.
    Position 0 of the second axis is now, position k the k-th origin back; where `valid` is False there is none. `forecasts` (products, origins + 1, methods) and `error`
    (same: discounted mean squared error of the sum known at the origin, NaN where unknown);
    `actual` is NaN where there is none (always at 0). `level`: mean demand per period so far; `change`: mean absolute change from period
    to period so far; `spread`: standard deviation of the last sums; `own`: their quantiles at OWN_LEVELS; `recent`: sum over the last
    interval; `silent`: periods since the last sale; `gap`: usual periods between sales; `length`: periods of
    history; `highest`: highest period so far; `deviation`: standard deviation of the periods so far.
    `lately` and `year_before` (products, origins + 1): the sums that the rate of the interval's last quarter, and that of the same interval a year
    before, would bring; NaN where there is none. `last_days` (products, origins + 1, 3): for days the same of the last 2, 7 and 28 of them (else none).
    `alpha`, `one_step` (mean squared one-step error of smoothing) and `zero_share` describe the whole history; `season`
    (products, season) are the seasonal ratios by calendar phase and `believed` the share of the own pattern in them. `met` (products, origins + 1, 2) is the
    mean of those that products share, and of own waves, over the interval ahead and over the last quarter of a season, as known then (days: none, 0 columns).
    """

    interval: NDArray[np.int64]
    step: NDArray[np.int64]
    start: NDArray[np.int64]
    position: NDArray[np.int64]
    valid: NDArray[np.bool_]
    forecasts: NDArray[np.float64]
    error: NDArray[np.float64]
    actual: NDArray[np.float64]
    features: NDArray[np.float64]
    own: NDArray[np.float64]
    lately: NDArray[np.float64]
    year_before: NDArray[np.float64]
    last_days: NDArray[np.float64]
    alpha: NDArray[np.float64]
    one_step: NDArray[np.float64]
    zero_share: NDArray[np.float64]
    season: NDArray[np.float64]
    year: NDArray[np.float64]
    believed: NDArray[np.float64]
    met: NDArray[np.float64]

    @property
    def without_methods(self) -> Rolling:
        """The same without what every method said, and without their errors and past quantiles: of many products these are most of the memory."""
        none = np.empty((*self.position.shape, 0))
        return replace(self, forecasts=none, error=none, own=none)

    @property
    def fresh(self) -> float:
        """Share of an interval that the next origin's does not cover again, on average over products: origins overlap where histories are short."""
        return float(np.minimum(self.step / self.interval, 1.0).mean()) if len(self.step) else 1.0

    @property
    def by_day(self) -> bool:
        """Whether the periods are days."""
        return self.season.shape[1] == season_length("D")

    @property
    def slowest(self) -> NDArray[np.bool_]:
        """Whether the slowest smoothing tried served best, (products,): the level drifts no faster, if at all."""
        return self.alpha <= _ALPHAS["D" if self.by_day else "W"][0] * (1.0 + 1e-9)

    @property
    def level(self) -> NDArray[np.float64]:
        """Mean demand per period so far, in units. Shape (products, origins + 1)."""
        return self.features[:, :, LEVEL]

    @property
    def change(self) -> NDArray[np.float64]:
        """Mean absolute change from period to period so far, in units. Shape (products, origins + 1)."""
        return self.features[:, :, CHANGE]

    @property
    def spread(self) -> NDArray[np.float64]:
        """Standard deviation of the last sums over an interval, in units. Shape (products, origins + 1)."""
        return self.features[:, :, SPREAD]

    @property
    def recent(self) -> NDArray[np.float64]:
        """Sum over the last interval, in units. Shape (products, origins + 1)."""
        return self.features[:, :, RECENT]

    @property
    def silent(self) -> NDArray[np.float64]:
        """Periods since the last sale. Shape (products, origins + 1)."""
        return self.features[:, :, SILENT]

    @property
    def gap(self) -> NDArray[np.float64]:
        """Usual periods between sales. Shape (products, origins + 1)."""
        return self.features[:, :, GAP]

    @property
    def length(self) -> NDArray[np.float64]:
        """Periods of history. Shape (products, origins + 1)."""
        return self.features[:, :, LENGTH]

    @property
    def deviation(self) -> NDArray[np.float64]:
        """Standard deviation of the periods so far, in units. Shape (products, origins + 1)."""
        return self.features[:, :, DEVIATION]

    @property
    def judged(self) -> NDArray[np.float64]:
        """Past sums, discounted, by which exponential smoothing has been judged. Shape (products, origins + 1)."""
        return self.features[:, :, JUDGED]

    @property
    def highest(self) -> NDArray[np.float64]:
        """Highest period so far, in units. Shape (products, origins + 1)."""
        return self.features[:, :, HIGHEST]


def rolling_forecasts(panel: DemandPanel, interval: NDArray[np.int64], family: NDArray[np.int32]) -> Rolling:
    """Every method's forecast of the next `interval` periods' sum at up to 12 origins (weeks 17, days 52) and now; parameters chosen from errors known at each origin."""
    n, periods = panel.units.shape
    units = np.array(panel.units, np.float64, order="C")
    observed = np.array(panel.observed, np.bool_, order="C")
    has_life = panel.first >= 0
    last_seen = np.where(panel.observed.any(axis=1), periods - np.argmax(panel.observed[:, ::-1], axis=1), 0)
    stop = np.where(has_life, np.maximum(last_seen, panel.last + 1), 0).astype(np.int64)
    start = np.where(has_life, np.maximum(panel.first, stop - _LONGEST[panel.frequency]), 0).astype(np.int64)
    length = stop - start
    # origins a whole interval apart where the history has room for them, else down to half of one, and further apart where an interval is short,
    # so that they reach back over a year and an interval: the same dates for all products
    most = MOST_ORIGINS[panel.frequency]
    over_a_year = -(-(_YEAR[panel.frequency] + interval) // most)
    far = np.maximum(interval, over_a_year) if panel.frequency == "W" else interval
    room = periods - interval - min(periods // 3, 2 * season_length(panel.frequency))
    step = np.clip(room // most, np.maximum(1, interval // 2), far)
    usual = most
    if panel.frequency == "D" and n:
        most = int(np.clip(np.median((length - interval - _YEAR["D"]) // step) + 1, usual, 2 * usual))
    back = np.arange(most, dtype=np.int64)
    positions = np.empty((n, most + 1), np.int64)
    positions[:, 0] = length
    positions[:, 1:] = (length - interval)[:, None] - back[None, :] * step[:, None]
    least = np.maximum(3, np.minimum(length // 3, 2 * season_length(panel.frequency)))
    positions[:, 1:][positions[:, 1:] < least[:, None]] = 0
    positions[:, usual + 1 :][positions[:, usual + 1 :] < _YEAR["D"]] = 0
    season = season_length(panel.frequency)
    refresh = max(1, season // 4) if panel.frequency != "D" else 28
    shared = shared_seasons(panel, family, season, refresh)
    shape = (n, most + 1)
    found = OriginArrays(
        forecasts=np.full((*shape, len(METHODS)), np.nan),
        errors=np.full((*shape, len(METHODS)), np.nan),
        actual=np.full(shape, np.nan),
        features=np.zeros((*shape, FEATURES)),
        own=np.zeros((*shape, len(OWN_LEVELS))),
        season=np.ones((n, season)),
        year=np.ones((n, 52 if panel.frequency == "D" else 1)),
        alpha=np.full(n, 0.1),
        one_step=np.full(n, np.nan),
        zero_share=np.ones(n),
        believed=np.zeros(n),
    )
    common = Common(
        season,
        shared.ratios,
        shared.year,
        shared.ends,
        _ALPHAS[panel.frequency],
        _WINDOWS[panel.frequency],
        shared.columns,
    )
    arrays = PanelArrays(units, observed, start, stop, interval, shared.group, positions, shared.own)

    def chunk(a: int) -> None:
        b = slice(a, a + _CHUNK)
        many_products(
            PanelArrays._make(array[b] for array in arrays),
            common,
            OriginArrays._make(array[b] for array in found),
        )

    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as pool:
        list(pool.map(chunk, range(0, n, _CHUNK)))
    valid = (positions > 0) & has_life[:, None]
    lately, year_before, *last_days = _earlier_sums(
        units * observed,
        observed,
        start,
        positions,
        interval,
        _YEAR[panel.frequency],
        _LAST_DAYS if panel.frequency == "D" else (),
    )
    return Rolling(
        interval=interval,
        step=step,
        start=start,
        position=positions,
        valid=valid,
        forecasts=found.forecasts,
        error=found.errors,
        actual=found.actual,
        features=found.features,
        own=found.own,
        lately=lately,
        year_before=year_before,
        last_days=np.stack(last_days, axis=2) if last_days else np.empty((*shape, 0)),
        alpha=found.alpha,
        one_step=found.one_step,
        zero_share=found.zero_share,
        season=found.season,
        year=found.year,
        believed=found.believed,
        met=np.ones((*shape, 0))
        if panel.frequency == "D"
        else ratios_met(shared, start[:, None] + positions, interval, max(1, season // 4)),
    )


def _earlier_sums(
    units: NDArray[np.float64], observed: NDArray[np.bool_], start: NDArray[np.int64], positions: NDArray[np.int64], interval: NDArray[np.int64], year: int,
    last: tuple[int, ...],
) -> list[NDArray[np.float64]]:  # fmt: skip
    """Sums of earlier stretches, each scaled to a whole interval.

    What stretches before each origin would bring over a whole interval, scaled up where not all was observed: the last quarter of an interval,
    the interval a year before, and the `last` periods. Each (products, origins + 1), NaN where the history does not reach back or nothing was observed.
    """
    n = len(units)
    sold, seen = np.zeros((n, units.shape[1] + 1)), np.zeros((n, units.shape[1] + 1))
    np.cumsum(units, axis=1, out=sold[:, 1:])
    np.cumsum(observed, axis=1, out=seen[:, 1:])
    rows, h = np.arange(n)[:, None], interval[:, None]
    here = np.minimum(start[:, None] + positions, units.shape[1])

    def scaled(first: NDArray[np.int64], length: NDArray[np.int64]) -> NDArray[np.float64]:
        inside = (first >= start[:, None]) & (positions > 0)
        a = np.where(inside, first, 0)
        b = np.where(inside, first + length, 0)
        known = seen[rows, b] - seen[rows, a]
        return np.where(
            known > 0.0, (sold[rows, b] - sold[rows, a]) * h / np.where(known > 0.0, known, 1.0), np.nan
        )

    quarter = (h + 3) // 4
    return [
        scaled(here - quarter, quarter),
        scaled(here - year, np.minimum(h, year)),
        *(scaled(here - days, np.full_like(h, days)) for days in last),
    ]
