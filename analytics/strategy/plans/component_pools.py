"""Families: the products that share components, their total demand and its forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analytics.demand import DemandPanel, LifeCycle
from analytics.demand.order_size_range import smallest_steps
from analytics.demand.panel import PERIOD_WEEKS
from analytics.forecast import Forecast, fit_forecast
from analytics.forecast.fit import HORIZON
from analytics.items import Items
from analytics.randomness import sku_keys
from analytics.strategy.plans.recipes import weeks_of

if TYPE_CHECKING:
    from analytics.strategy.doubt.gain_doubt import MeasuredError

__all__ = [
    "Outlook",
    "assembled_families",
    "beside",
    "family_codes",
    "family_panel",
    "family_totals",
    "rows_of",
    "stacked_forecasts",
    "totals_as_members_expect",
]

#: Forecasts of all pools that are kept, and of one pool beside the others.
_MOST_KNOWN, _MOST_ROWS = 8, 4096
#: Beside so many whole families a pool that only some members join is fitted: all of them would be fitted again for every pool.
_MOST_BESIDE = 64


def family_codes(items: Items) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Family of each product as a code into the sorted family names; -1 where unknown."""
    text = np.asarray([str(f) for f in items["family"]], object)
    names = tuple(sorted({f for f in text if f}))
    where = {name: k for k, name in enumerate(names)}
    return np.array([where.get(f, -1) for f in text], np.int32), names


def family_panel(panel: DemandPanel, families: tuple[NDArray[np.intp], ...]) -> DemandPanel:
    """The panel of family totals: what the forecast of a component stock is fitted on."""
    units = np.array([panel.units[f].sum(axis=0) for f in families])
    revenue = np.array([panel.revenue[f].sum(axis=0) for f in families])
    observed = np.array([panel.observed[f].any(axis=0) for f in families])
    sold = units > 0
    any_sale = sold.any(axis=1)
    first = np.where(any_sale, sold.argmax(axis=1), -1).astype(np.int32)
    last = np.where(any_sale, sold.shape[1] - 1 - sold[:, ::-1].argmax(axis=1), -1).astype(np.int32)
    step = np.array(
        [smallest_steps(panel.steps[f], np.zeros(len(f)), 1)[0] or panel.steps[f].min() for f in families]
    )
    skus = np.array([f"family {panel.skus[f[0]]} +{len(f) - 1}" for f in families], object)
    return replace(
        panel,
        skus=skus,
        units=units,
        revenue=revenue,
        observed=observed,
        first=first,
        last=last,
        notes=(),
        step=step,
    )


def _family_life(life: LifeCycle, families: tuple[NDArray[np.intp], ...], skus: NDArray[Any]) -> LifeCycle:
    """A family lives as long as its longest-lived member."""

    def over(column: NDArray[Any], how: str) -> NDArray[Any]:
        return np.array([getattr(np, how)(column[f]) for f in families])

    known = np.array(
        [
            life.known_end[f].max() if not np.isnat(life.known_end[f]).any() else np.datetime64("NaT", "D")
            for f in families
        ],
        "datetime64[D]",
    )
    return LifeCycle(skus, over(life.stage, "min").astype(np.int8), over(life.alive, "max"), over(life.hazard_per_year, "min"), over(life.hazard_low, "min"),
                     over(life.hazard_high, "min"), over(life.hazard_origin, "max").astype(np.uint8), known)  # fmt: skip


def _one_of(forecast: Forecast, members: Forecast, families: tuple[NDArray[np.intp], ...]) -> Forecast:
    """A family of one product has that product's own forecast, so that assembling it equals stocking it."""
    single = [(f, members_of[0]) for f, members_of in enumerate(families) if len(members_of) == 1]
    if not single or forecast.mean.shape[1] != members.mean.shape[1]:
        return forecast
    at, of = (np.array(column) for column in zip(*single, strict=True))
    changed: dict[str, Any] = {}
    for name, column in vars(forecast).items():
        if (
            isinstance(column, np.ndarray)
            and name not in ("skus", "family", "total_levels")
            and getattr(members, name).shape[1:] == column.shape[1:]
        ):
            copy = column.copy()
            copy[at] = getattr(members, name)[of]
            changed[name] = copy
    return replace(forecast, **changed)


def assembled_families(items: Items, ended: NDArray[np.bool_]) -> tuple[NDArray[np.intp], ...]:
    """Members of each family that can be assembled: made in house, with a known share of common components."""
    share = np.asarray(items["component_share"], np.float64)
    eligible = np.isfinite(share) & (share > 0.0) & (np.nan_to_num(items["make"], nan=1.0) > 0.0) & ~ended
    own = items["component_family"]
    codes, names = family_codes(
        items.with_field("family", np.where(own == "", items["family"], own), items.origin("family"))
    )
    groups = [np.flatnonzero(eligible & (codes == k)) for k in range(len(names))]
    alone = [np.array([i]) for i in np.flatnonzero(eligible & (codes < 0))]
    return tuple(g for g in [*groups, *alone] if len(g))


def _members_sum(forecast: Forecast, families: tuple[NDArray[np.intp], ...]) -> NDArray[np.float64]:
    """Expected demand of each family's members together, by period (families, periods): as far as they live, none after a known end."""
    unit = "datetime64[M]" if forecast.frequency == "M" else "datetime64[D]"
    ahead = (forecast.known_end.astype(unit) - forecast.first_period.astype(unit)).astype(
        np.float64
    )  # NaT becomes a number that `known` masks
    known = ~np.isnat(forecast.known_end)
    last = np.where(known, np.floor(ahead / (7 if forecast.frequency == "W" else 1)), np.inf)
    sold = (
        forecast.mean
        * forecast.alive[:, None]
        * (np.arange(forecast.mean.shape[1])[None, :] <= last[:, None])
    )
    return np.array([sold[f].sum(axis=0) for f in families])


def _as_members_expect(
    total: Forecast, members: Forecast, families: tuple[NDArray[np.intp], ...]
) -> Forecast:
    """Totals with the mean of what their members expect: a pool of new models has no past of its own, and knows no season or launch that they know.

    The spread is the total's own: its errors carry how demands of members move together. Source: bottom-up means (Hyndman and Athanasopoulos, Forecasting:
    Principles and Practice, 3rd edition, 11.2).
    """
    if total.mean.shape[1] != members.mean.shape[1]:
        return total
    mean = _members_sum(members, families)
    within = np.clip(total.total_periods[:, None] - np.arange(mean.shape[1])[None, :], 0.0, 1.0)
    before, now = (total.mean * within).sum(axis=1), (mean * within).sum(axis=1)
    return replace(total.scaled(np.where(before > 1e-12, now / np.maximum(before, 1e-12), 1.0)), mean=mean)


def totals_as_members_expect(
    total: Forecast, members: Forecast, families: tuple[NDArray[np.intp], ...]
) -> Forecast:
    """Totals fitted before, with what their members expect now (`members`, all of them, at the positions in `families`)."""
    return _one_of(_as_members_expect(total, members, families), members, families)


def _weeks_ahead(items: Items, members: tuple[NDArray[np.intp], ...]) -> NDArray[np.float64]:
    """The time that each family's components take and one week, weeks (families,): all that its forecast needs to know of the items."""
    weeks = weeks_of(items["component_lead_days"] + np.nan_to_num(items["production_days"]))
    return np.array([float(weeks[f].max() + 1) for f in members])


def family_totals(
    panel: DemandPanel,
    life: LifeCycle,
    items: Items,
    forecast: Forecast,
    members: tuple[NDArray[np.intp], ...],
    seed: int,
) -> Forecast:
    """The forecast of each family's total demand over the time its components take: the mean of what its members expect, the spread of its own past."""
    summed, span = family_panel(panel, members), _weeks_ahead(items, members)
    total = fit_forecast(
        summed,
        _family_life(life, members, summed.skus),
        np.full(len(members), -1, np.int32),
        span / PERIOD_WEEKS[panel.frequency],
        HORIZON[panel.frequency],
        seed,
    )
    return totals_as_members_expect(total, forecast, members)


@dataclass(frozen=True, eq=False)
class Outlook:
    """What a portfolio is planned from: the demand that was fitted, how far each product is in its life, the forecast, and the names of the families.

    `known` keeps the forecasts of pools that were asked for, `rows` those of one of them: whatever else is assumed, the same members that plan as far
    ahead have the same total.
    `measured` is what a replay of the past says of stated gains (None: none), `fitted` the forecast before a what-if of demand and known orders.
    """

    panel: DemandPanel
    life: LifeCycle
    forecast: Forecast
    families: tuple[str, ...]
    seed: int
    measured: MeasuredError | None = None
    fitted: Forecast | None = None
    known: dict[bytes, Forecast] = field(default_factory=dict, init=False)
    rows: dict[tuple[bytes, int], Forecast] = field(default_factory=dict, init=False)

    @property
    def too_short(self) -> bool:
        """Whether the history is one period, from which nothing can be decided."""
        return self.panel.units.shape[1] < 2

    def pools(self, items: Items, members: tuple[NDArray[np.intp], ...]) -> Forecast:
        """The total demand of each group of products that share components, see `family_totals`."""
        key = _key(items, members)
        found = self.known.get(key)
        if found is None:
            if len(self.known) >= _MOST_KNOWN:
                self.known.popitem()  # the newest: what is in force was asked for first, and is again
            found = self.known[key] = family_totals(
                self.panel, self.life, items, self.forecast, members, self.seed
            )
        return found

    def pool(self, items: Items, members: tuple[NDArray[np.intp], ...], row: int) -> Forecast:
        """The total of the group at position `row`, fitted beside the others, units: see `pools`.

        Kept by itself, for it is asked for again and again.
        """
        key = _key(items, members), row
        found = self.rows.get(key)
        if found is None:
            if len(self.rows) >= _MOST_ROWS:
                self.rows.clear()
            found = self.rows[key] = rows_of(self.pools(items, members), np.array([row]))
        return found

    def pool_beside(
        self, items: Items, pool: NDArray[np.intp], whole: tuple[NDArray[np.intp], ...]
    ) -> Forecast:
        """The total of a pool fitted beside the whole families: one of them, or one that only some members join beside a sample of them (`beside`)."""
        at = next((k for k, members in enumerate(whole) if np.array_equal(members, pool)), -1)
        return (
            self.pool(items, whole, at)
            if at >= 0
            else self.pool(items, (pool, *beside(self.panel.skus, whole)), 0)
        )


def beside(
    skus: NDArray[np.object_], whole: tuple[NDArray[np.intp], ...], most: int = _MOST_BESIDE
) -> tuple[NDArray[np.intp], ...]:
    """The families that a pool is fitted beside, in their order: all, where there are more than `most` those whose first SKU has the least key.

    >>> families = tuple(np.array([k]) for k in range(5))
    >>> [int(f[0]) for f in beside(np.array(list("abcde"), object), families, 3)]
    [0, 3, 4]
    """
    if len(whole) <= most:
        return whole
    key = sku_keys((str(skus[members[0]]) for members in whole), 0)
    return tuple(whole[k] for k in np.sort(np.argsort(key, kind="stable")[:most]))


def _key(items: Items, members: tuple[NDArray[np.intp], ...]) -> bytes:
    """A digest of who shares components, and how far ahead each group plans."""
    digest = blake2b(_weeks_ahead(items, members).tobytes(), digest_size=16)
    digest.update(np.array([len(group) for group in members], np.int64).tobytes())
    digest.update(np.concatenate([*members, np.zeros(0, np.int64)]).astype(np.int64).tobytes())
    return digest.digest()


def rows_of(forecast: Forecast, index: NDArray[np.intp]) -> Forecast:
    """The forecast of some products, as fitted among all of them.

    `index` are positions of products.
    """
    changed: dict[str, Any] = {}
    for name, column in vars(forecast).items():
        if name != "total_levels" and isinstance(column, np.ndarray | tuple):
            changed[name] = (
                column[index] if isinstance(column, np.ndarray) else tuple(column[i] for i in index)
            )
    return replace(forecast, **changed)


def stacked_forecasts(parts: Sequence[Forecast]) -> Forecast:
    """Forecasts of the same time, one below the other."""
    changed: dict[str, Any] = {}
    for name, column in vars(parts[0]).items():
        if name != "total_levels" and isinstance(column, np.ndarray | tuple):
            every = [getattr(part, name) for part in parts]
            changed[name] = (
                np.concatenate(every) if isinstance(column, np.ndarray) else tuple(chain.from_iterable(every))
            )
    return replace(parts[0], **changed)
