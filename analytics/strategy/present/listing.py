"""Whether a product is worth listing at all, and what stopping it is worth: a line of its own, never the gain of a strategy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.naming.labels import Strategy, doing_text, money_text, units_text
from analytics.policy.levels import holds_stock
from analytics.simulation.ledger import COUNT_INDEX
from analytics.strategy.compare import Comparison
from analytics.strategy.money.formulas import perhaps_ended
from analytics.strategy.money.measures import counts_by_name
from analytics.strategy.money.price import money_values
from analytics.strategy.plans.perhaps_ended import PerhapsEnded

__all__ = [
    "availability_text",
    "earns_nothing",
    "lost_on_shelf",
    "not_worth_listing",
    "nothing_expected",
    "quiet_text",
    "stopping_saves",
    "unlisted_in",
    "unsold_for_years",
    "ways_found",
]

Array = NDArray[np.float64]
_UNLISTED = "not worth listing"


def unsold_for_years(ended: PerhapsEnded | None, years_unsold: Array) -> NDArray[np.bool_]:
    """Products of which nothing was sold for longer than `years_unsold` and that have more likely ended than not.

    `years_unsold` has shape (products, ...), NaN where no product is given up; the same shape comes back.

    >>> perhaps = PerhapsEnded(np.array([0.6, 0.3, 0.6]), np.zeros(3), np.zeros(3), np.array([3.4, 3.4, 1.0]))
    >>> unsold_for_years(perhaps, np.full(3, 3.0)).tolist()
    [True, False, False]
    """
    if ended is None:
        return np.zeros(years_unsold.shape, bool)
    silent, chance = (
        np.reshape(column, (-1, *([1] * (years_unsold.ndim - 1))))
        for column in (np.nan_to_num(ended.silent_years), ended.chance)
    )
    return np.asarray((silent > np.where(np.isnan(years_unsold), np.inf, years_unsold)) & (chance > 0.5))


def lost_on_shelf(comparison: Comparison, items: Items) -> Array:
    """What a year bears of stock on the shelf that is perhaps dead already: the same under every strategy, so no reason for or against any.

    Money a year, (products,), at least 0; 0 where nothing is known. It is what making to order, which stocks nothing, is charged.
    """
    counts = np.zeros((len(items), len(COUNT_INDEX)))
    at = COUNT_INDEX["on_shelf_ended"]
    counts[:, at] = comparison.chosen[Strategy.MTS].counts[:, at]
    return np.nan_to_num(perhaps_ended(counts_by_name(counts), money_values(items, Strategy.MTS)))


def earns_nothing(profit: Array, lost: Array) -> NDArray[np.bool_]:
    """Whether no strategy offered earns anything: `profit` (..., strategies), NaN where not offered; `lost` (...) is charged to all alike.

    earns_nothing = largest profit + lost_on_shelf <= 0.

    >>> earns_nothing(np.array([[-3.0, -1.0], [-3.0, 2.0], [np.nan, np.nan]]), np.zeros(3)).tolist()
    [True, False, False]
    """
    best = np.where(np.isfinite(profit), profit, -np.inf).max(axis=-1)
    return np.asarray(np.isfinite(best) & (best + lost <= 0.0))


def not_worth_listing(comparison: Comparison, items: Items) -> NDArray[np.bool_]:
    """Products that neither from stock nor to order earn anything, or that nobody has bought for years (`unsold_for_years`). Shape (products,)."""
    quiet = unsold_for_years(comparison.perhaps_ended, np.asarray(items["years_unsold"], np.float64))
    return quiet | earns_nothing(comparison.profit, lost_on_shelf(comparison, items))


def stopping_saves(profit_today: Array, lost: Array) -> Array:
    """What a product that is not worth listing costs a year as it is run today: it ends when the product is stopped. Not part of any gain.

    stopping_saves = largest of 0 and - (profit_today + lost_on_shelf). Money a year; what lies on the shelf is lost either way.

    >>> stopping_saves(np.array([-12.0, 5.0]), np.array([2.0, 0.0])).tolist()
    [10.0, 0.0]
    """
    return np.maximum(-(profit_today + lost), 0.0)


def availability_text(
    strategy: str,
    listed: bool,
    fill: float,
    silent_years: float = float("nan"),
    batch: float = float("nan"),
    channel: str = "",
) -> str:
    """How a product is available, in the words of every table: from stock, to order, or not worth listing (after years of silence).

    `silent_years` are those since its last sale where that is the reason (NaN: it is not), `batch` the units of a batch where single
    orders are ruled out (NaN: they are not), `channel` that whose orders are made to order where orders are split by channel. What is run as stock and serves
    hardly anybody at once (`fill`, a share; see `policy.levels.holds_stock`) is to order, whatever it is called.

    >>> availability_text("MTS", True, 0.9), availability_text("MTS", True, 0.0), availability_text("MTS", False, 0.9, 3.4)
    ('to stock', 'to order', 'not worth listing: last sale 3 years ago')
    >>> availability_text("MTO", True, 0.9, batch=300.0)
    'to order, in batches of 300'
    """
    if not listed:
        ago = f": last sale {silent_years:.0f} years ago" if np.isfinite(silent_years) else ""
        return _UNLISTED + ago
    if strategy == Strategy.MTS and not holds_stock(np.ones(1), np.array([fill]))[0]:
        return "to order"
    return {
        Strategy.MTS: "to stock",
        Strategy.ATO: "assembled to order",
        Strategy.MTO: "to order" + (f", in batches of {units_text(batch)}" if np.isfinite(batch) else ""),
        Strategy.HYBRID: f"orders of {channel} to order, the others from stock"
        if channel
        else "small orders from stock, large ones to order",
    }[Strategy(strategy)]


def ways_found(strategy: NDArray[Any], available: NDArray[Any]) -> NDArray[Any]:
    """What is done for every product as its customers find it: its `strategy`, but to order where a shelf holds nothing (`available`, `availability_text`).

    >>> import numpy as np
    >>> ways_found(np.array(["MTS", "MTS", "ATO"], object), np.array(["to stock", "to order", "assembled to order"], object)).tolist()
    ['MTS', 'MTO', 'ATO']
    """
    return np.where((strategy == Strategy.MTS) & (available == "to order"), str(Strategy.MTO), strategy)


def unlisted_in(available: NDArray[Any]) -> int:
    """How many of these products are not worth listing, by `availability_text`.

    >>> import numpy as np
    >>> unlisted_in(np.array(["to stock", "not worth listing: last sale 3 years ago"], object))
    1
    """
    return sum(str(text).startswith(_UNLISTED) for text in available)


def nothing_expected(comparison: Comparison) -> NDArray[np.bool_]:
    """Products of which no demand is expected at all, so that no way of selling them can earn or lose: shape (products,)."""
    return np.asarray(comparison.chosen[Strategy.MTS].count("demanded") <= 0.0)


def quiet_text(
    comparison: Comparison, product: int, quiet: bool, saves: float, make: bool, currency: str
) -> str:
    """What is said of a product that is not worth listing, or not yet, with the money of stopping it; `quiet`: because nobody has bought it for years."""
    if not quiet and nothing_expected(comparison)[product]:
        return (
            "Nothing to decide: no demand is expected of it. A product first sold in the last, incomplete period of the file is new and is judged "
            "with the next file. It stays as it is and is not counted."
        )
    ended = comparison.perhaps_ended
    if quiet and ended is not None:
        why = f"last sale {ended.silent_years[product]:.0f} years ago, and more likely ended than not"
    else:
        loses = -float(np.nanmax(comparison.profit[product]))
        ways = " nor ".join(
            doing_text(name, make)
            for k, name in enumerate(comparison.strategies)
            if np.isfinite(comparison.profit[product, k])
        )
        best = f"; the best loses {money_text(loses, currency)} a year" if loses >= 0.5 else ""
        why = f"neither {ways} earns anything{best}"
    money = ""
    if saves >= 0.5:
        money = f" Stopping it saves the {money_text(saves, currency)} a year that it loses as it is run today, in no gain."
    return f"Not worth listing: {why}.{money} It stays as it is and is not counted."
