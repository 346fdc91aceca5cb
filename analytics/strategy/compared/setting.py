"""The best setting of one strategy at today's prices, scored on the half of the paths it was not chosen on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.spread.paths import WEEKS
from analytics.items import Items
from analytics.naming.labels import Strategy
from analytics.policy.levels import holds_stock
from analytics.simulation.ledger import COUNT_INDEX, COUNTS, Ledger
from analytics.strategy.money.measures import counts_by_name, fill_rate
from analytics.strategy.money.price import money_values, price, reacted
from analytics.strategy.plans.batches import NOT_CHOSEN
from analytics.strategy.plans.grid_ends import ends_text
from analytics.strategy.plans.recipes import NO_QUOTE_DAYS, minimum_binds

__all__ = ["Chosen", "choose", "grid_end_text", "may_be_chosen", "on_the_shelf", "setting_scores"]

Array = NDArray[np.float64]

_SHORT_WITHOUT_MONEY = 0.05


@dataclass(frozen=True, eq=False)
class Chosen:
    """One strategy at its best setting, over all products of the portfolio (NaN and -1 where not offered).

    `setting` is the best setting on all paths (what to do), `by_half` the one chosen on each half, `counts`
    (products, counts) what is counted at the setting chosen on the other half, `profit` its money. `level` (products,) is the order-up-to level of
    the best setting in units, as it stands now (None: nothing is stocked, or it was not asked for), `grid_end` (products,) the ends of the
    grid it stands at (None: not asked for; see `plans.grid_ends`).
    """

    strategy: str
    offered: NDArray[np.bool_]
    setting: NDArray[np.intp]
    by_half: NDArray[np.intp]
    counts: Array
    profit: Array
    level: Array | None = None
    grid_end: Array | None = None

    def count(self, name: str) -> Array:
        """One count, by its name in `ledger.COUNTS`: shape (products,)."""
        return np.asarray(self.counts[:, COUNT_INDEX[name]])


def on_the_shelf(counts: Array, strategy: str) -> NDArray[np.bool_]:
    """Settings that may be chosen: of what is served from stock those that hold something (`policy.levels.holds_stock`).

    `counts` (..., settings, halves, counts); shape (..., settings). The levels of the grid hold at least one step; here it must also be
    found by somebody. Where no setting is (nobody asks for it), and where customers are told a wait anyway, any may be chosen.
    """
    fill = fill_rate(counts_by_name(counts.mean(axis=-2)))
    if strategy not in (Strategy.MTS, Strategy.HYBRID):  # the others tell every customer a wait
        return np.ones(fill.shape, bool)
    held = holds_stock(np.ones(fill.shape), fill)
    return np.asarray(held | ~held.any(axis=-1, keepdims=True))


def grid_end_text(chosen: Chosen, product: int) -> str:
    """Which ends of the grid the best setting of a product stands at, in words; "" where none, and where nothing is stocked."""
    if chosen.grid_end is None or np.isnan(chosen.grid_end[product]):
        return ""
    return ends_text(float(chosen.grid_end[product]))


def may_be_chosen(ledger: Ledger, own: Items, rows: NDArray[np.intp] | None = None) -> NDArray[np.bool_]:
    """Settings that may be chosen: to order one order at a time at the quote in force, or in batches where a minimum rules that out.

    See `plans.batches.order_ways`. `own` are the items of the ledger's products at `rows` (None: all). Shape (products, settings).
    """
    if ledger.strategy != Strategy.MTO:
        return np.ones((len(own), ledger.counts.shape[1]), bool)
    if "way" in ledger.settings:
        way = ledger.settings["way"]
        return np.asarray((way if rows is None else way[rows]) != NOT_CHOSEN)
    first = np.arange(ledger.counts.shape[1]) == 0
    return np.asarray(first[None, :] & ~minimum_binds(own)[:, None])


def setting_scores(ledger: Ledger, own: Items) -> tuple[Array, Array]:
    """What settings are chosen by, and their money, of a ledger's own products: both (products, settings, halves).

    What holds nothing (`on_the_shelf`) is never chosen. Money where it is known; else the least average stock with at most 5 % of demand lost or late (assembled: lost, or late by
    a week), and where no setting reaches that, the best service.
    """
    priced = price(ledger, own).profit
    known = np.asarray(np.isfinite(priced).all(axis=(1, 2)))
    late = ledger.count("waited") if ledger.strategy == Strategy.MTS else WEEKS * ledger.count("late")
    demanded = np.maximum(ledger.count("demanded"), 1e-12)
    short = (ledger.count("lost") + late) / demanded
    served = np.where(
        short <= _SHORT_WITHOUT_MONEY, -ledger.count("on_hand") / demanded, -1e6 * (1.0 + short)
    )
    score = np.where(known[:, None, None], priced, served)
    return np.where(on_the_shelf(ledger.counts, ledger.strategy)[:, :, None], score, -np.inf), priced


def choose(
    ledger: Ledger,
    items: Items,
    index: NDArray[np.intp],
    families: Sequence[NDArray[np.intp]] = (),
    held: Chosen | None = None,
) -> Chosen:
    """The best setting of a strategy at today's prices, cross-scored between the two halves of the paths.

    `items` are the portfolio's, `index` the positions of the ledger's products in it. The members of a family
    share one stock, so they share one setting. What is best where there is no money: see `setting_scores`. Settings `held` from a choice made before
    are priced, and none is chosen.
    """
    products = len(items)
    possible = np.ones(len(index), bool)
    score, priced = setting_scores(ledger, items.take(index))
    if ledger.strategy == Strategy.MTO:
        may = may_be_chosen(ledger, items.take(index))
        score = np.where(may[:, :, None], score, -np.inf)
        possible = np.asarray(may.any(axis=1), np.bool_)
        if "quote_days" in ledger.settings:
            possible = possible & (ledger.settings["quote_days"][:, 0] < NO_QUOTE_DAYS)
    if families:
        unit = np.empty(products, np.intp)
        for f, members in enumerate(families):
            unit[members] = f
        together = np.zeros((len(families), *score.shape[1:]))
        np.add.at(together, unit[index], score)
        score = together[unit[index]]
    rows = np.arange(len(index))
    first, second = (
        (np.argmax(score[:, :, 0], axis=1), np.argmax(score[:, :, 1], axis=1))
        if held is None
        else held.by_half[index].T
    )
    crossed = ledger.crossed(first, second)
    profit = 0.5 * (priced[rows, first, 1] + priced[rows, second, 0])
    offered = np.zeros(products, bool)
    offered[index] = possible
    setting = np.full(products, -1, np.intp)
    setting[index] = np.argmax(score.mean(axis=2), axis=1) if held is None else held.setting[index]
    by_half = np.zeros((products, 2), np.intp)
    by_half[index] = np.stack([first, second], axis=1)
    counts = np.zeros((products, len(COUNTS)))
    counts[index] = reacted(crossed, ledger.strategy, money_values(items.take(index), ledger.strategy))
    full = np.full(products, np.nan)
    full[index] = np.where(possible, profit, np.nan)
    best = np.maximum(setting[index], 0)

    def of_best(name: str) -> Array | None:
        """A column of the ledger's settings at the best one, NaN for products that are not in it."""
        if name not in ledger.settings:
            return None
        out = np.full(products, np.nan)
        out[index] = ledger.settings[name][rows, best]
        return out

    return Chosen(
        ledger.strategy, offered, setting, by_half, counts, full, of_best("level"), of_best("grid_end")
    )
