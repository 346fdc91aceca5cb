"""Which products are played by day instead of by week, and the sentences that say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.demand.order_sizes import OrderSizes
from analytics.forecast.spread.paths import WEEKS
from analytics.items import Items
from analytics.simulation.world import World
from analytics.strategy.plans.recipes import mean_order_size

__all__ = [
    "MOST_BY_DAY",
    "SHORT_DAYS",
    "DayPattern",
    "played_by_day",
    "short_lead_time",
    "stock_and_parts_days",
    "with_steps_notes",
]

#: Stock that is replenished in less than this many days is played by day: rounded to weeks, its lead time would mean little.
SHORT_DAYS = 7.0
#: Products played by day at most (each costs as much as seven played by week): those with most units.
MOST_BY_DAY = 300
#: Order sizes kept of a product, and the orders it needs before they are believed.
_SIZES, _FEWEST = 32, 10
_WORDS = ("Simulated in weeks", "Simulated over")


def stock_and_parts_days(items: Items) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Days in which finished stock is replenished, and those of its components, which final assembly does not need: two of shape (products,)."""
    production = np.nan_to_num(items["production_days"])
    lead = np.nan_to_num(items["component_lead_days"]) + production
    return lead, lead - np.minimum(np.nan_to_num(items["assembly_days"]), production)


def short_lead_time(items: Items, families: Sequence[NDArray[np.intp]]) -> NDArray[np.bool_]:
    """Products that are simulated by day.

    Products whose stock is replenished in less than SHORT_DAYS: finished (components plus production), or as components of the
    `families` that assemble together (less final assembly). All members of such a family, since they share one stock. Shape (products,).
    """
    lead, parts = stock_and_parts_days(items)
    short = np.asarray(lead < SHORT_DAYS)
    for members in families:
        short[members] = short[members].any() or parts[members].max() < SHORT_DAYS
    return short


def played_by_day(
    items: Items, families: Sequence[NDArray[np.intp]], units: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Products played by day: those with a short lead time, as far as MOST_BY_DAY allow, most `units` (products,) a year first.

    Families stay together; no price plays a part. Shape (products,).
    """
    short = short_lead_time(items, families)
    if int(short.sum()) <= MOST_BY_DAY:
        return short
    alone = np.ones(len(items), bool)
    for members in families:
        alone[members] = False
    groups = [f for f in families if short[f].any()] + [np.array([i]) for i in np.flatnonzero(short & alone)]
    order = np.argsort([-float(units[g].sum()) for g in groups], kind="stable")
    chosen = np.zeros(len(items), bool)
    for k in order:
        if int(chosen.sum()) + len(groups[k]) <= MOST_BY_DAY:
            chosen[groups[k]] = True
    return chosen


@dataclass(frozen=True, eq=False)
class DayPattern:
    """How the orders of a week fall on its days: shares of Monday to Sunday (7,), and the order sizes seen."""

    weekday: NDArray[np.float64]
    orders: OrderSizes

    def day_share(self, first: np.datetime64) -> NDArray[np.float64]:
        """The shares from the weekday of `first` on. Shape (7,)."""
        return np.roll(self.weekday, -((int(first.astype("datetime64[D]").astype(np.int64)) + 3) % 7))

    def order_size(
        self, items: Items, integer: NDArray[np.bool_], step: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Order sizes of every product, each that of an equal share of the units sold.

        _SIZES rising order sizes of every product, each that of an equal share of the units sold; all of the mean size where fewer than _FEWEST
        orders were seen. Shape (products, _SIZES).
        """
        out = np.repeat(mean_order_size(items, integer, step)[:, None], _SIZES, axis=1)
        for i in np.flatnonzero(self.orders.count >= _FEWEST):
            size = self.orders.of(int(i))
            units = np.cumsum(size)
            seen = size[np.searchsorted(units, (np.arange(_SIZES) + 0.5) / _SIZES * units[-1])]
            out[i] = np.maximum(np.round(seen / step[i]), 1.0) * step[i] if integer[i] else seen
        return out


def with_steps_notes(
    notes: Sequence[str], world: World, items: Items, families: Sequence[NDArray[np.intp]]
) -> tuple[str, ...]:
    """The notes with what is said of weeks and days brought up to date."""
    by_day = world.steps_per_week > 1
    count = int(by_day.sum())
    others = tuple(note for note in notes if not note.startswith(_WORDS))
    if not short_lead_time(items, families).any():
        return (*others, f"Simulated in weeks over {WEEKS} weeks; lead times are rounded to whole weeks.")
    text = f"Simulated over {WEEKS} weeks: {count:,} products with a lead time under a week day by day, the others week by week; durations are rounded to whole days or weeks."
    if left := int((short_lead_time(items, families) & ~by_day).sum()):
        text += f" {left:,} more with a lead time under a week are played by week, rounded: days are kept for the {MOST_BY_DAY} products with most units."
    return (*others, text)
