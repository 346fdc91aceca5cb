"""Stock on hand as the books see it: aged, classed, reserved and rolled forward under one policy.

Every total ties to the stock of the file.

One concept: the record `ValuedStock`. Its columns are the figures of stock.csv, ageing.csv, reserve.csv,
nrv.csv, roll_forward.csv and journal.csv; what is unknown is in none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.simulation.run_out import Arrivals
from analytics.valuation.ageing import Ageing
from analytics.valuation.balance import ClassTie, LedgerTie, class_ties, classes_of, ledger_tie
from analytics.valuation.books.nrv import (
    Components,
    FirmOrders,
    component_write_down,
    net_realisable_value,
    write_down_per_unit,
)
from analytics.valuation.books.reserve import RULES, Rates, Reserved, ended_rate, ladder_rate, reserve
from analytics.valuation.books.standards import REVERSES, STRICT, RollStep, roll_step
from analytics.valuation.excess import NEW, STATUSES, average_cover, status_of
from analytics.valuation.on_hand import ENDED, LIVING, NEVER_SOLD, StockFacts
from analytics.valuation.policy import StockPolicy

__all__ = ["SoldBefore", "Switching", "ValuedStock"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SoldBefore:
    """What the records say of every product's past, arrays (products,).

    `last_sale` is a day (NaT: none), `months_unsold` and `months_known` are months since the last and the
    first sale (infinite: none), `price` what a unit fetches (NaN: not known), `family` its name,
    `salvage_share` what leftovers fetch as a share of cost, `booked` the reserve booked so far, money (NaN:
    not stated), `account` the account of the ledger that the files name ("": none; None: of no product);
    `price_after` what a unit fetched after the day of the stock (NaN: not sold since; None: of no product).
    """

    last_sale: NDArray[np.datetime64]
    months_unsold: Array
    months_known: Array
    price: Array
    family: NDArray[Any]
    salvage_share: Array
    booked: Array
    account: NDArray[Any] | None = None
    price_after: Array | None = None


class Switching(NamedTuple):
    """Products whose strategy changes, by SKU, and what changing it costs once, money, of those of which the files say it."""

    products: frozenset[str]
    cost: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class ValuedStock:
    """Stock under a policy. Arrays (products,) in the order of `stock`.

    Money at unit cost, NaN where stock or cost is unknown.

    `as_of` is the day of the stock. `quantile` (products,) is the 95 % quantile of the demand of
    `policy.excess_months` months, units (NaN: not known). `components` say what goes into what (None: no bill of
    materials is given), `orders` which stock is held for firm orders at a contract price (None: for none);
    `completion` (products,) is what a unit still costs until it can be sold, money (None: all is finished).
    `switching` are the products that change (None: not known); what their files say it costs is part of `policy`, and
    what a person typed goes before it. `coming` is what is on order, line by line (None: nothing).
    """

    stock: StockFacts
    policy: StockPolicy
    as_of: np.datetime64
    age: Ageing
    sold: SoldBefore
    quantile: Array
    components: Components | None = None
    orders: FirmOrders | None = None
    completion: Array | None = None
    switching: Switching | None = None
    coming: Arrivals | None = None

    def __post_init__(self) -> None:
        """Put the cost of switching of the files into the policy; raise ValueError unless the buckets and the reserve tie to the stock of the file to the cent."""
        if self.switching is not None and self.switching.cost:
            both = {**self.switching.cost, **self.policy.one_off_of}
            object.__setattr__(self, "policy", replace(self.policy, one_off_of=both))
        aged = float(np.nansum(self.age.value))
        if abs(aged - self.stock.total) > 0.005:
            raise ValueError(f"ValuedStock: the buckets hold {aged}, the file {self.stock.total}")
        kept = float(np.nansum(self.reserved.reserve) + np.nansum(self.reserved.net_value))
        if abs(kept - self.stock.total) > 0.005:
            raise ValueError(f"ValuedStock: reserve and net value are {kept}, the file {self.stock.total}")

    def under(self, policy: StockPolicy) -> ValuedStock:
        """The same stock under another policy: buckets, ladders, months, standard, ledger and overrides; its day stays."""
        quantile = self.quantile
        if policy.excess_months != self.policy.excess_months:  # not known of other months
            quantile = np.full(len(quantile), np.nan)
        too_new = self.sold.months_known < policy.new_months
        stock = replace(self.stock, excess_months=policy.excess_months, too_new=too_new)
        return replace(
            self, stock=stock, policy=policy, age=self.age.by(policy.bucket_days), quantile=quantile
        )

    @property
    def one_off_lacking(self) -> str:
        """What of the cost of switching is not stated, as words to put behind "before one-off costs"; "" where all is stated.

        Where no single product states its own, what is stated of the programme is of all of it.
        """
        policy = self.policy
        if np.isnan(policy.one_off_stated):
            return "of programme and products"
        parts = ["of the programme"] if np.isnan(policy.one_off) else []
        more = () if self.switching is None else self.switching.products - set(policy.one_off_of)
        if policy.one_off_of and more:
            parts.append("of 1 further product" if len(more) == 1 else f"of {len(more):,} further products")
        return " and ".join(parts)

    @property
    def arrives_first(self) -> NDArray[np.datetime64]:
        """The first day on which something on order is to arrive, of lines that name a day to come; NaT of others. Shape (products,)."""
        first = np.full(len(self.stock.skus), np.datetime64("9999-12-31", "D"))
        if self.coming is not None:
            ahead = (self.coming.weeks > 0.0) & (self.coming.units > 0.0)
            days = np.round(7.0 * self.coming.weeks[ahead]).astype(np.int64)
            np.minimum.at(first, self.coming.product[ahead], self.as_of + days)
        return np.where(first < np.datetime64("9999-12-31", "D"), first, np.datetime64("NaT", "D"))

    @property
    def counted(self) -> NDArray[np.bool_]:
        """Products whose stock and cost are known: those in the totals. Shape (products,)."""
        return np.isfinite(self.stock.book_value)

    @property
    def monthly_demand(self) -> Array:
        """Units expected to be asked for in a month, on average over the next twelve.

        monthly_demand = expected_12_months / 12. Shape (products,).
        """
        return self.stock.expected_12_months / 12.0

    @cached_property
    def status(self) -> NDArray[np.int8]:
        """What each product is, as a position in STATUSES. Shape (products,)."""
        return status_of(
            self.stock.group,
            self.sold.months_unsold,
            self.sold.months_known,
            self.stock.excess_units,
            self.policy.dead_months,
            self.policy.new_months,
        )

    @property
    def status_words(self) -> NDArray[Any]:
        """What each product is, in words. Shape (products,)."""
        return np.array(STATUSES, object)[self.status]

    @property
    def excess_over_quantile(self) -> Array:
        """Units beyond what is asked for in 19 years of 20.

        A stricter measure beside excess_units, of living products; NaN where it is not known.

        excess_over_quantile = on hand - 95 % quantile of the demand of as many months, at least 0. Units,
        shape (products,).
        """
        return np.where(
            self.stock.group == LIVING, np.maximum(self.stock.on_hand - self.quantile, 0.0), np.nan
        )

    @cached_property
    def rates(self) -> Rates:
        """Share of book value that each rule asks for, shape (products,).

        Cover says nothing of what has ended, was never sold or is too young to judge. Units that firm orders take are
        measured at their contract price alone, whatever has become of the product: age, cover and end speak of the rest.
        """
        age = self.age.share_at(ladder_rate(self.age.layer_days, self.policy.age_ladder))
        left = 1.0 - self.contract_share
        cover = average_cover(self.stock.on_hand * left, self.monthly_demand)
        judged = (self.stock.group == LIVING) & (self.status != NEW)
        by_cover = np.where(judged, ladder_rate(cover, self.policy.cover_ladder), 0.0) * left
        unsold = self.stock.group >= NEVER_SOLD
        ended = self.stock.group == ENDED
        gone = ended_rate(ended, self.sold.salvage_share) * left
        return Rates(np.where(unsold & (self.age.origin == 3), 0.0, age * left), by_cover, gone)

    @property
    def age_rate(self) -> Array:
        """Share of book value reserved by age.

        age_rate = share of the ladder by age, weighed by the units of every layer. Shape (products,).
        """
        return self.rates.age

    @property
    def cover_rate(self) -> Array:
        """Share of book value reserved by cover.

        cover_rate = share of the ladder by cover, at (on hand - contract_units) / monthly_demand, of the units that no firm
        order takes. Shape (products,); 0 for what has ended, is new or was never sold.
        """
        return self.rates.cover

    @property
    def to_complete(self) -> Array:
        """What a unit of unfinished stock still costs until it can be sold; 0 where none is stated: it is finished.

        Money per unit, shape (products,).
        """
        none = np.zeros(len(self.stock.skus))
        return none if self.completion is None else np.nan_to_num(self.completion)

    @property
    def nrv(self) -> Array:
        """What a unit fetches: the price of the last 90 days or the list, less what it still costs to complete and to sell.

        Money per unit, shape (products,); NaN where it is not known.

        nrv = price - to_complete - selling share x price. Of products still sold alone: what has ended is at cost
        less salvage.
        """
        price = np.where(self.stock.group == LIVING, self.sold.price, np.nan)
        return net_realisable_value(price, self.to_complete, self.policy.selling_share * price)

    @property
    def contract_units(self) -> Array:
        """Units on hand that are held for firm orders at a price, 0 where there are none. Shape (products,)."""
        return np.zeros(len(self.stock.skus)) if self.orders is None else self.orders.units

    @property
    def contract_share(self) -> Array:
        """Share of the units on hand that firm orders take. Shape (products,), 0 to 1.

        contract_share = contract_units / on hand.
        """
        held = np.nan_to_num(self.stock.on_hand)
        return np.where(
            held > 0.0, np.minimum(self.contract_units / np.where(held > 0.0, held, 1.0), 1.0), 0.0
        )

    @property
    def contract_nrv(self) -> Array:
        """What a unit held for firm orders fetches; NaN where there are none. Money per unit, shape (products,).

        contract_nrv = contract price - to_complete - selling share x contract price. Source: IAS 2.31.
        """
        none = np.full(len(self.stock.skus), np.nan)
        price = (
            none if self.orders is None else np.where(self.contract_units > 0.0, self.orders.price, np.nan)
        )
        return net_realisable_value(price, self.to_complete, self.policy.selling_share * price)

    @property
    def price_after(self) -> Array:
        """What a unit fetched after the day of the stock: evidence of what it was worth then. Money per unit, (products,), NaN where it was not sold since.

        price_after = revenue / units of the sales after the day of the stock. Source: IAS 2.30, IAS 10.9.
        """
        none = np.full(len(self.stock.skus), np.nan)
        return none if self.sold.price_after is None else self.sold.price_after

    @property
    def sold_for_less(self) -> NDArray[np.bool_]:
        """Products that fetched less after the day of the stock than a unit is valued at. Shape (products,).

        sold_for_less where price_after - to_complete - selling share x price_after < net_value / on hand.
        """
        after = net_realisable_value(
            self.price_after, self.to_complete, self.policy.selling_share * self.price_after
        )
        held = np.nan_to_num(self.stock.on_hand)
        each = np.where(held > 0.0, self.net_value / np.where(held > 0.0, held, 1.0), np.nan)
        return np.asarray(after < each - 0.005)

    @cached_property
    def component_down(self) -> Array:
        """What a unit of a component is written down to what replacing it costs, money (products,); 0 of what is none.

        Not while a product that it goes into sells at or above cost (IAS 2.32, ASC 330); under HGB, the strict lower of
        cost or market, whenever replacing it costs less.
        """
        out = np.zeros(len(self.stock.skus))
        if self.components is None:
            return out
        product, part, replacement = self.components
        if self.policy.standard in STRICT:
            used = np.unique(part)
            down = write_down_per_unit(self.stock.unit_cost[used], replacement[used])
        else:
            cost, value = self.stock.unit_cost[product], self.nrv[product]
            priced = np.isfinite(value) & (
                cost > 0.0
            )  # where it is not known a product is taken to sell at cost
            share = np.where(priced, value / np.where(priced, cost, 1.0), np.inf)
            best = np.full(len(out), -np.inf)
            np.maximum.at(best, part, share)
            used = np.flatnonzero(best > -np.inf)
            one = np.ones(len(used))
            down = component_write_down(self.stock.unit_cost[used], replacement[used], one, best[used])
        out[used] = np.nan_to_num(down)
        return out

    @cached_property
    def nrv_write_down(self) -> Array:
        """What stock is written down to what it fetches, item by item.

        nrv_write_down = contract_units x (unit cost - contract_nrv) + the rest x (unit cost - nrv), each at least 0; of
        a component at least on hand x what it is written down. Of an ended product with firm orders the rest is at cost less
        salvage. Money, shape (products,); 0 where the price is not known.
        """
        cost, held = self.stock.unit_cost, np.nan_to_num(self.stock.on_hand)
        firm = np.minimum(self.contract_units, held)
        own = self.firm_write_down + (held - firm) * np.nan_to_num(write_down_per_unit(cost, self.nrv))
        some = (self.stock.group == ENDED) & (firm > 0.0)
        own = own + np.where(some, held * np.nan_to_num(cost) * np.nan_to_num(self.rates.ended), 0.0)
        return np.where(self.counted, np.maximum(own, held * self.component_down), np.nan)

    @cached_property
    def firm_write_down(self) -> Array:
        """What units held for firm orders are written down to what these bring: the part of nrv_write_down that no rule speaks of.

        firm_write_down = contract_units x (unit cost - contract_nrv), at least 0. Money, shape (products,). Source: IAS 2.31.
        """
        firm = np.minimum(self.contract_units, np.nan_to_num(self.stock.on_hand))
        return np.nan_to_num(firm * write_down_per_unit(self.stock.unit_cost, self.contract_nrv))

    @property
    def override(self) -> Array:
        """What a person set instead, money, shape (products,); NaN where nobody did."""
        set_ = self.policy.overrides
        return (
            np.array([set_[s].amount if s in set_ else np.nan for s in self.stock.skus], np.float64)
            if set_
            else np.full(len(self.stock.skus), np.nan)
        )

    @cached_property
    def reserved(self) -> Reserved:
        """What rules and overrides ask for at this date, before the standard looks at what is booked."""
        firm = np.where(
            self.stock.group == ENDED, 0.0, self.firm_write_down
        )  # of what ended it is added there
        return reserve(self.stock.book_value, self.rates, self.nrv_write_down, self.override, firm)

    @property
    def rule_words(self) -> NDArray[Any]:
        """The rule that each reserve rests on, in words. Shape (products,)."""
        return np.array(RULES, object)[self.reserved.rule]

    @property
    def policy_reserve(self) -> Array:
        """What the rules ask for.

        policy_reserve = book_value x the largest of age_rate, cover_rate and ended_rate. Money, shape
        (products,).
        """
        return self.reserved.policy_reserve

    @cached_property
    def roll(self) -> RollStep:
        """From what is booked so far to what is needed now, per product.

        What is not stated as booked counts as nothing booked, and the summary says so. A reserve is never above the
        book value: what is booked beyond it has gone with units sold.
        """
        needed = np.nan_to_num(self.reserved.reserve)
        opening = np.where(self.counted, np.nan_to_num(self.sold.booked), 0.0)
        sold_off = np.maximum(opening - np.nan_to_num(self.stock.book_value), 0.0)
        return roll_step(opening, sold_off, np.zeros_like(opening), needed, self.policy.standard)

    @property
    def booked_left_out(self) -> float:
        """Reserve booked so far of products whose stock or cost is not known, money: it is in no roll-forward, and said."""
        return float(np.nansum(np.where(self.counted, 0.0, self.sold.booked)))

    @property
    def booked_known(self) -> bool:
        """Whether any reserve booked so far is stated."""
        return bool(np.isfinite(self.sold.booked).any())

    @property
    def reserve(self) -> Array:
        """The reserve under the standard.

        reserve = the larger of policy_reserve + firm_write_down and nrv_write_down, or the override; under US GAAP no less
        than what is booked. Money, shape (products,).
        """
        return np.where(self.counted, self.roll.closing, np.nan)

    @property
    def net_value(self) -> Array:
        """Stock less its reserve.

        net_value = book_value - reserve. Money, shape (products,).
        """
        return self.stock.book_value - self.reserve

    @property
    def change(self) -> Array:
        """What is to be booked now.

        change = reserve - booked so far. Money, shape (products,).
        """
        return self.reserve - np.nan_to_num(self.sold.booked)

    @property
    def ended_reserve(self) -> float:
        """The reserve of ended products at cost less salvage alone.

        ended_reserve = sum of book_value x (1 - salvage_share) of ended products. Money.
        """
        return float(np.nansum(self.stock.book_value * self.rates.ended))

    @property
    def reserve_total(self) -> float:
        """The reserve of all stock.

        reserve_total = sum of reserve. Money.
        """
        return float(np.nansum(self.reserve))

    @property
    def to_book(self) -> float:
        """What is to be charged less what is to be reversed now, money."""
        return float(np.sum(self.roll.charged - self.roll.reversed))

    @property
    def no_reversal(self) -> float:
        """What a standard that reverses would give back and this one does not, money.

        0 under IFRS and HGB.
        """
        if self.policy.standard in REVERSES:
            return 0.0
        return float(np.nansum(np.maximum(self.reserve - np.nan_to_num(self.reserved.reserve), 0.0)))

    @property
    def tie(self) -> LedgerTie | None:
        """The ledger's balance against the file, with candidates; None where no balance is stated."""
        return None if np.isnan(self.policy.ledger) else ledger_tie(self.stock, self.policy.ledger)

    @property
    def classes(self) -> NDArray[np.object_]:
        """The class of the ledger that each product stands in: its account, else what its family is said to stand in, else its family. Shape (products,)."""
        return classes_of(self.sold.family, self.sold.account, self.policy.account_of)

    @property
    def has_accounts(self) -> bool:
        """Whether the files name accounts of the ledger."""
        return self.sold.account is not None and any(bool(one) for one in self.sold.account)

    @property
    def ties_of_classes(self) -> tuple[ClassTie, ...]:
        """The ledger against the file class by class, with the balances that are stated."""
        return class_ties(self.stock, self.classes, self.policy.ledger_of)
