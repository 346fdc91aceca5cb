"""Stock on hand in money, from the customer's own file: its parts, how long it lasts, and what of it is slow or lost.

One concept: the record `StockFacts`. Its properties are the lines of one balance, checked to add up to the
file when the record is made; the function that fills it says which products each line counts.

Nothing unknown is filled in: a blank on hand is neither zero nor the reorder point; it is counted, listed, and in no sum.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.items import DERIVED, Items
from analytics.valuation.excess import Excess, demand_over, excess
from analytics.valuation.transition import Ahead, Transition

__all__ = ["GROUPS", "LONGEST_COVER", "StockFacts", "StockPart", "cover_months", "stock_facts"]

Array = NDArray[np.float64]

GROUPS = ("living", "ended", "never_sold", "unknown_sku")
LIVING, ENDED, NEVER_SOLD, UNKNOWN_SKU = range(4)
#: Months beyond which nobody can say when stock runs out.
LONGEST_COVER = 120


@dataclass(frozen=True)
class StockPart:
    """One line of the balance: `products` with it, their `units` and `money` at unit cost (NaN: not known); `counted` whether it is in the sum."""

    name: str
    products: int
    units: float
    money: float
    counted: bool


def cover_months(on_hand: Array, monthly: Array, last_month: Array) -> Array:
    """Months that stock on hand lasts at expected demand.

    cover_months = the first time t at which the expected demand of the months until t reaches `on_hand`, demand spread evenly within a month. `monthly`
    (products, 24) is the expected demand of each month; from the third year on the second repeats, until the month `last_month` (products,) in which
    sales end (infinite: none known). Returns (products,) months: 0 where nothing is held, infinite where it lasts longer than LONGEST_COVER, NaN where
    `on_hand` is unknown. Source: definition (cover).

    >>> cover_months(np.array([30.0, 90.0, 90.0, np.nan]), np.full((4, 24), 10.0), np.array([np.inf, np.inf, 5.0, np.inf])).tolist()
    [3.0, 9.0, inf, nan]
    """
    left = np.array(on_hand, np.float64)
    out = np.where(np.isnan(left), np.nan, np.where(left > 0.0, np.inf, 0.0))
    for k in range(LONGEST_COVER):
        demand = np.where(k < last_month, monthly[:, k if k < 24 else 12 + k % 12], 0.0)
        gone = np.isinf(out) & (demand > 0.0) & (left <= demand)
        out[gone] = k + left[gone] / demand[gone]
        left = left - demand
    return out


@dataclass(frozen=True, eq=False)
class StockFacts:
    """What the customer's files say of stock on hand: one entry per product, those sold first, in the study's order, then those never sold.

    `group` holds positions in GROUPS; `on_hand` units (NaN: unknown), `below_zero` units booked below zero (0: none; in no sum), `unit_cost` money (NaN: unknown),
    `derived_cost` where that cost is not in the items file: it is that of the sales lines, or what a stated gross margin
    leaves. `monthly` (products, 24) is the expected demand of each month ahead, 0 where nothing is to be
    sold; `first_month` the first of them; `cover_months` as the function of that name. `transition` is how stock becomes what the plan holds; `notes` are sentences.
    Excess is what is beyond `excess_months` months of demand; products that are `too_new` (products,) to judge have none (None: all are judged). `consigned` (products,)
    are units that lie here and are somebody else's, in no sum (None: none); `blocked` and `in_quality` (products,) are units of `on_hand` that are blocked, which
    nothing is expected to sell, and in quality inspection, `reserved` (products,) units of it that are promised to firm orders,
    of which the demand ahead holds `ahead` (products,) already; `on_order` (products,) units that are bought and not there yet,
    in no balance (each None: none); `contracted` (products,) units of ended
    products that firm orders take, and pay for. `day`
    (products,) is the day that the file says its stock is of (NaT: it does not; None: of no product).
    """

    skus: NDArray[Any]
    names: NDArray[Any]
    group: NDArray[np.int8]
    on_hand: Array
    below_zero: Array
    unit_cost: Array
    derived_cost: NDArray[np.bool_]
    monthly: Array
    first_month: np.datetime64
    cover_months: Array
    transition: Transition
    notes: tuple[str, ...] = ()
    excess_months: float = 12.0
    too_new: NDArray[np.bool_] | None = None
    consigned: Array | None = None
    blocked: Array | None = None
    in_quality: Array | None = None
    reserved: Array | None = None
    ahead: Array | None = None
    contracted: Array | None = None
    on_order: Array | None = None
    day: NDArray[np.datetime64] | None = None

    def __post_init__(self) -> None:
        """Raise ValueError unless the parts add up to the file, in units and to the cent."""
        rows = np.nansum(self.on_hand) + self.below_zero.sum() + np.nansum(self._not_own)
        parts = [part for part in self.parts if np.isfinite(part.units)]
        if abs(sum(part.units for part in parts) - rows) > 1e-9 * max(abs(rows), 1.0):
            raise ValueError(
                f"StockFacts: the parts hold {sum(part.units for part in parts)} units, the file {rows}"
            )
        if abs(sum(part.money for part in parts if part.counted) - self.total) > 0.005:
            raise ValueError("StockFacts: the parts do not add up to the stock in money")

    @property
    def _not_own(self) -> Array:
        return np.zeros(len(self.on_hand)) if self.consigned is None else np.nan_to_num(self.consigned)

    def units_of(self, name: str) -> Array:
        """Units `blocked`, `in_quality`, `reserved`, `ahead`, `contracted` or `on_order`, 0 where there are none or nothing is known. Shape (products,)."""
        found = getattr(self, name)
        return np.zeros(len(self.on_hand)) if found is None else np.nan_to_num(found)

    @property
    def available(self) -> Array:
        """Stock on hand that can be sold to whoever asks; NaN where it is unknown. Units, shape (products,).

        available = on hand - blocked - promised.
        """
        return self.on_hand - self.units_of("blocked") - self.promised

    @property
    def promised(self) -> Array:
        """Reserved units that expected demand does not hold already: so that no order is counted twice. Shape (products,).

        promised = reserved - the smaller of reserved and the units of known orders in the demand expected of their periods.
        Source: `forecast.known_orders.orders_in_demand`.
        """
        reserved = self.units_of("reserved")
        return reserved - np.minimum(reserved, self.units_of("ahead"))

    @property
    def lost_units(self) -> Array:
        """Units of ended products that nobody has ordered: lost, but for what leftovers fetch; 0 of others. Shape (products,).

        lost_units = on hand of ended products - units that firm orders take.
        """
        left = np.maximum(np.nan_to_num(self.on_hand) - self.units_of("contracted"), 0.0)
        return np.where(self.group == ENDED, left, 0.0)

    @property
    def lost_at_cost(self) -> Array:
        """Stock in money of ended products that nobody has ordered, NaN where no cost is known. Shape (products,).

        lost_at_cost = lost_units x unit cost.
        """
        return self.lost_units * self.unit_cost

    @property
    def lost_value(self) -> float:
        """Stock in money of ended products that nobody has ordered.

        lost_value = sum of lost_at_cost.
        """
        return float(np.nansum(self.lost_at_cost))

    @property
    def latest_day(self) -> np.datetime64:
        """The latest day that the file says its stock is of; NaT where it says none."""
        none = np.datetime64("NaT", "D")
        known = np.zeros(0, "datetime64[D]") if self.day is None else self.day[~np.isnat(self.day)]
        return np.datetime64(known.max(), "D") if len(known) else none

    @property
    def other_day(self) -> NDArray[np.bool_]:
        """Products whose stock is of another day than the latest of the file. Shape (products,)."""
        if self.day is None:
            return np.zeros(len(self.on_hand), bool)
        return ~np.isnat(self.day) & (self.day != self.latest_day) & (np.nan_to_num(self.on_hand) > 0.0)

    def value_of(self, name: str) -> float:
        """Money at unit cost of units `blocked`, `in_quality`, `reserved`, `contracted` or `on_order`, of products whose cost is known."""
        return float(np.nansum(self.units_of(name) * self.unit_cost))

    @property
    def excess_on_order(self) -> Array:
        """Units on order beyond the demand of the months of excess: a purchase commitment, not stock; as `excess_units`. Shape (products,).

        excess_on_order = the smaller of on order and (on hand - promised + on order - demand of the months), at least 0. Source: case EXC-01.
        """
        return np.where(np.isnan(self.on_hand), np.nan, self._excess.committed)

    @cached_property
    def _excess(self) -> Excess:
        judged = self.group == LIVING if self.too_new is None else (self.group == LIVING) & ~self.too_new
        demand = demand_over(self.monthly, self.excess_months)
        free = self.on_hand - self.promised  # what is promised is not too much
        return excess(free, self.units_of("on_order"), demand, ~judged)

    @property
    def known(self) -> bool:
        """Whether any stock on hand is known: without it there is no figure and no sentence."""
        return bool(np.isfinite(self.on_hand).any() or self.below_zero.any())

    @property
    def book_value(self) -> Array:
        """Stock in money at unit cost, NaN where one of the two is unknown. Shape (products,).

        book_value = on hand x unit cost.
        """
        return self.on_hand * self.unit_cost

    @property
    def total(self) -> float:
        """Stock today in money: all products whose stock and cost are known.

        total = sum of book_value.
        """
        return float(np.nansum(self.book_value))

    def of(self, group: int) -> float:
        """Stock in money of one of GROUPS."""
        return float(np.nansum(np.where(self.group == group, self.book_value, 0.0)))

    @property
    def living(self) -> float:
        """Stock in money of products still sold.

        living = sum of book_value of products still sold.
        """
        return self.of(LIVING)

    @property
    def ended(self) -> float:
        """Stock in money of products that have ended: lost, but for what leftovers fetch, whatever is chosen.

        ended = sum of book_value of products that have ended.
        """
        return self.of(ENDED)

    @property
    def never_sold(self) -> float:
        """Stock in money of products of the items file that the sales file never sells.

        never_sold = sum of book_value of listed products without a sale.
        """
        return self.of(NEVER_SOLD)

    @property
    def unknown_sku(self) -> float:
        """Stock in money of codes of the list of stock that neither sales nor items know.

        unknown_sku = sum of book_value of such codes.
        """
        return self.of(UNKNOWN_SKU)

    @property
    def sold(self) -> float:
        """Stock in money of all products of the sales file, living and ended.

        sold = living + ended.
        """
        return self.living + self.ended

    @property
    def unknown(self) -> NDArray[np.bool_]:
        """Products of which no stock on hand is known. Shape (products,)."""
        return np.isnan(self.on_hand) & (self.below_zero == 0.0)

    @property
    def unknown_sold(self) -> int:
        """Products sold without a stock record."""
        return int((self.unknown & (self.group <= ENDED)).sum())

    @cached_property
    def expected_12_months(self) -> Array:
        """Units expected to be sold in the next twelve months. Shape (products,).

        expected_12_months = sum of the expected demand of the first twelve months.
        """
        return demand_over(self.monthly, 12.0)

    @property
    def plan_holds(self) -> Array:
        """Units that the recommendation holds on average; NaN where it is not known or nothing is held. Shape (products,).

        plan_holds = average stock on hand of the mix.
        """
        return self.transition.holds

    @property
    def becomes_cash(self) -> Array:
        """Money of today's stock above what the plan holds that sales draw down; NaN where stock or cost is unknown. Shape (products,).

        becomes_cash = unit cost x units drawn down within 24 months.
        """
        return np.where(np.isfinite(self.book_value), self.transition.released.sum(axis=1), np.nan)

    @property
    def ties_up(self) -> Array:
        """Money that must be bought once, where the plan holds more than is there; NaN where stock or cost is unknown. Shape (products,).

        ties_up = unit cost x (plan_holds - on hand), at least 0, + components that are stocked anew.
        """
        return np.where(np.isfinite(self.book_value), self.transition.tied_up, np.nan)

    @property
    def not_cash(self) -> Array:
        """Money of today's stock that will not become cash; NaN where stock or cost is unknown. Shape (products,).

        not_cash = what has ended + what is left at a known end + what is left after 24 months + what was never sold.
        """
        return np.where(np.isfinite(self.book_value), self.transition.not_cash, np.nan)

    @property
    def excess_units(self) -> Array:
        """Units beyond twelve months (`excess_months`) of expected sales, of living products; NaN where stock is unknown, 0 for products that no longer sell.

        excess_units = on hand - promised - expected_12_months, at least 0.
        """
        return np.where(np.isnan(self.on_hand), np.nan, self._excess.on_hand)

    @property
    def excess_value(self) -> Array:
        """Excess units at unit cost.

        excess_value = excess_units x unit cost. Money, shape (products,).
        """
        return self.excess_units * self.unit_cost

    @property
    def slow(self) -> float:
        """Stock in money of living products beyond twelve months of expected sales: slow, not lost.

        slow = sum of excess_value.
        """
        return float(np.nansum(self.excess_value))

    @property
    def slowest(self) -> NDArray[np.intp]:
        """Positions of the products with slow stock, the most money first; those without a cost by units, last."""
        here = np.flatnonzero(np.nan_to_num(self.excess_units) > 0.0)
        return here[
            np.lexsort(
                (
                    self.skus[here].astype(str),
                    -self.excess_units[here],
                    -np.nan_to_num(self.excess_value[here]),
                )
            )
        ]

    @property
    def lost(self) -> NDArray[np.intp]:
        """Positions of the ended products that hold stock nobody has ordered, the most money first."""
        units = self.lost_units
        here = np.flatnonzero(units > 0.0)
        money = np.nan_to_num(units * self.unit_cost)[here]
        return here[np.lexsort((self.skus[here].astype(str), -units[here], -money))]

    @property
    def runs_out(self) -> NDArray[np.datetime64]:
        """Month in which the stock of each product runs out at expected demand; NaT where it is unknown, where nothing is held, and beyond LONGEST_COVER. Shape (products,).

        runs_out = the month in which cover_months from `first_month` on are over.
        """
        told = np.isfinite(self.cover_months) & (self.cover_months > 0.0)
        month = self.first_month + np.ceil(np.where(told, self.cover_months, 1.0)).astype(np.int64) - 1
        return np.where(told, month, np.datetime64("NaT", "M"))

    @property
    def parts(self) -> tuple[StockPart, ...]:
        """The balance: every unit of the file stands in exactly one part, but for products of which nothing is known, which hold none."""
        costed, held = np.isfinite(self.unit_cost), np.isfinite(self.on_hand)
        below, dark = self.below_zero < 0.0, self.unknown

        def part(name: str, mask: NDArray[np.bool_]) -> StockPart:
            return StockPart(
                name,
                int((mask & (self.on_hand > 0.0)).sum()),
                float(np.sum(self.on_hand[mask])),
                float(np.sum(self.book_value[mask])),
                True,
            )

        without = held & ~costed
        lines = [part(name, held & costed & (self.group == k)) for k, name in enumerate(GROUPS)]
        lines.append(
            StockPart(
                "without_cost",
                int((without & (self.on_hand > 0.0)).sum()),
                float(self.on_hand[without].sum()),
                float("nan"),
                False,
            )
        )
        money = float(np.nansum(np.where(below, self.below_zero * self.unit_cost, 0.0)))
        lines.append(StockPart("below_zero", int(below.sum()), float(self.below_zero.sum()), money, False))
        other = self._not_own
        at_cost = float(np.nansum(np.where(other != 0.0, other * self.unit_cost, 0.0)))
        lines.append(StockPart("consignment", int((other != 0.0).sum()), float(other.sum()), at_cost, False))
        lines.append(StockPart("unknown", int(dark.sum()), float("nan"), float("nan"), False))
        return tuple(lines)


def _text(values: NDArray[Any], skus: NDArray[Any]) -> NDArray[Any]:
    return np.array([str(t) or str(s) for t, s in zip(values, skus, strict=True)], object)


def stock_facts(
    items: Items, given: Items | None, ahead: Ahead, last_sale: Any, told: tuple[str, ...] = ()
) -> StockFacts:
    """Stock on hand of every product of both files.

    `items` are the products sold, completed; `given` what the items file says (None: there is none), also of products never
    sold. `ahead` is of the products sold; `last_sale` the last day of the sales file, `told` what was said when stock was read.
    """
    here = {str(s) for s in items.skus}
    extra = [] if given is None else [i for i, s in enumerate(given.skus) if str(s) not in here]
    unsold = None if given is None else given.take(np.array(extra, np.intp))

    def column(name: str) -> Array:
        own = np.asarray(items[name], np.float64)
        return own if unsold is None else np.concatenate([own, np.asarray(unsold[name], np.float64)])

    raw = column("on_hand")
    below = np.minimum(np.nan_to_num(column("stock_below_zero")), 0.0) + np.minimum(np.nan_to_num(raw), 0.0)
    on_hand = np.where(raw < 0.0, np.nan, raw)
    more = len(extra)
    every = replace(ahead, monthly=np.where(ahead.ended[:, None], 0.0, ahead.monthly)).with_unsold(more)
    sold = np.where(ahead.ended, ENDED, LIVING)
    unlisted = np.zeros(0, bool) if unsold is None else np.isfinite(unsold["stock_unlisted"])
    group = np.concatenate([sold, np.where(unlisted, UNKNOWN_SKU, NEVER_SOLD)]).astype(np.int8)
    skus = np.concatenate(
        [np.asarray(items.skus, object), np.asarray([] if unsold is None else unsold.skus, object)]
    )
    names = np.concatenate(
        [
            _text(items["name"], items.skus),
            np.zeros(0, object) if unsold is None else _text(unsold["name"], unsold.skus),
        ]
    )
    cost = column("unit_cost")
    blocked = np.minimum(np.nan_to_num(column("stock_blocked")), np.nan_to_num(on_hand))
    reserved = np.clip(np.nan_to_num(column("stock_reserved")), 0.0, np.nan_to_num(on_hand) - blocked)
    transition = Transition.of(on_hand, cost, group == LIVING, every, blocked)
    day = items["stock_date"]
    later = np.isfinite(on_hand[: len(items)]) & ~np.isnat(day) & (day > last_sale)
    notes = list(told)
    if later.any():
        count = int(later.sum())
        whose = f"{count:,} product{'' if count == 1 else 's'}"
        notes.append(
            f"Stock of {whose} is dated after the last sale of the file ({day[later].max()} against {last_sale}): what was sold in between is not in it."
        )
    derived = np.concatenate([items.origin("unit_cost") == DERIVED, np.zeros(more, bool)])
    return StockFacts(
        skus,
        names,
        group,
        on_hand,
        below,
        cost,
        derived,
        every.monthly,
        every.first_month,
        cover_months(on_hand, every.monthly, every.last_month),
        transition,
        tuple(notes),
        consigned=column("stock_consigned"),
        blocked=blocked,
        in_quality=column("stock_in_quality"),
        reserved=reserved,
        on_order=column("on_order"),
        day=np.concatenate(
            [
                np.asarray(day, "datetime64[D]"),
                np.zeros(0, "datetime64[D]")
                if unsold is None
                else np.asarray(unsold["stock_date"], "datetime64[D]"),
            ]
        ),
    )
