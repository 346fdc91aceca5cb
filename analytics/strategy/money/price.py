"""Prices applied to counts: profit from revenue and spending, components from their own counts.

Two independent routes to the same money, tested to agree: no component is a remainder.
Every term is a count times a rate, so a price lever re-prices a whole ledger by one product of arrays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.naming.labels import Strategy
from analytics.simulation.ledger import COUNT_INDEX, COUNTS, Ledger
from analytics.simulation.terminal import best_cut_off
from analytics.strategy.money.few_counts import FewCounts
from analytics.strategy.money.formulas import Money, profit
from analytics.strategy.money.rates import RATES, with_rates

__all__ = [
    "MONEY_COLUMNS",
    "MONEY_FIELDS",
    "PricedLedger",
    "count_by_count",
    "money_symbols",
    "money_values",
    "price",
    "profit_rates",
    "rates_under",
    "reacted",
    "reacted_anew",
]

#: The item fields that are prices, or that only divide or share out what was counted: changing them never changes a count of the simulation.
MONEY_FIELDS = (
    "price", "unit_cost", "fixed_cost_share", "component_share", "capital_rate", "storage_rate", "insurance_rate", "salvage_share", "clearing_share",
    "setup_cost", "order_setup_cost", "cost_premium", "price_premium", "price_elasticity", "cancellation_share", "sunk_share", "late_days", "price_erosion_per_year",
    "units_per_order", "cancellable_share", "deposit_share", "goodwill_per_unit", "waiting_cost_per_unit_day", "years_unsold", "longest_run_off_years",
)  # fmt: skip

#: What `money_values` gives.
MONEY_COLUMNS = (
    *RATES, "salvage_share", "clearing_share", "capital_rate", "goodwill_per_unit", "price_erosion_per_year", "sunk_share",
    "kept", "cancelled", "late_days", "order_size", "cancellable", "run_off_years",
)  # fmt: skip

_NOTHING_IF_UNKNOWN = (
    "unpaid_share",
    "price_elasticity",
    "cancellation_share",
    "sunk_share",
    "late_days",
    "price_erosion_per_year",
    "cancellable_share",
    "hazard_per_year",
)
#: How customers react, and the value by which nobody does, in the order of `_Reactions`.
_NEUTRAL = (("kept", 1.0), ("cancelled", 0.0), ("late_days", 0.0), ("order_size", 1.0), ("cancellable", 0.0))
#: Columns that are part of no amount: all others make every amount unknown where they are.
_OF_NO_AMOUNT = {*(name for name, _ in _NEUTRAL), "run_off_years"}
#: Strategies whose orders can be cancelled while they are made, and late.
_TO_ORDER = (Strategy.MTO, Strategy.HYBRID)


def _known_or(column: NDArray[np.float64], neutral: float) -> NDArray[np.float64]:
    """The column with something neutral where nothing is known: a third of the time of nan_to_num, which this is called too often for."""
    return np.where(np.isnan(column), neutral, column)


def money_values(
    items: Items, strategy: str, values: Mapping[str, NDArray[np.float64]] | None = None
) -> dict[str, NDArray[np.float64]]:
    """What a strategy's formulas need, per product (or per product and draw where `values` replaces a field).

    Columns are those of `rates.RATES` and the fields that need no change. `kept`, `cancelled` and `late_days` say how customers of what is
    made to order react, `order_size` how many units they order at once, `cancellable` what can be cancelled of orders under way (see `reacted`), and
    `run_off_years` up to which place in turn leftovers are worth holding (see `simulation.terminal.best_cut_off`).
    Without price or unit cost every amount is NaN, also one whose own rate is known.
    """
    known = money_symbols(items, strategy, values)
    unknown = np.where(np.isfinite(known["price"]) & np.isfinite(known["unit_cost"]), 0.0, np.nan)
    return {name: known[name] + unknown for name in MONEY_COLUMNS}


def money_symbols(
    items: Items, strategy: str, values: Mapping[str, NDArray[np.float64]] | None = None
) -> dict[str, NDArray[np.float64]]:
    """Everything that a money column is made of, by name: the fields as counted here, the shares of the strategy, and the columns themselves.

    Where customers' reactions, erosion or gifts are unknown there are none. Premiums apply to the share worked on per order, the price
    premium where any is. Shapes as in `money_values`, before amounts without price or cost become NaN.
    """
    v = {
        name: np.asarray(items[name], np.float64)
        for name in (*MONEY_FIELDS, "unpaid_share", "hazard_per_year")
    }
    if values:
        v = {
            name: column[:, None] if column.ndim == 1 else column for name, column in {**v, **values}.items()
        }
    v.update({name: _known_or(v[name], 0.0) for name in _NOTHING_IF_UNKNOWN})
    known = with_rates(v, strategy)
    paid = np.maximum(1.0 + known["premium_on_price"], 1e-9)
    return {
        **known,
        "kept": np.minimum(paid ** -v["price_elasticity"], 1.0),
        "cancelled": v["cancellation_share"] * (strategy in _TO_ORDER),
        "late_days": v["late_days"] * (strategy in _TO_ORDER),
        "order_size": np.ones_like(v["price"])
        if strategy == Strategy.MTS
        else np.maximum(_known_or(v["units_per_order"], 1.0), 1e-9),
        "cancellable": v["cancellable_share"],
        "run_off_years": best_cut_off(
            v["hazard_per_year"],
            v["capital_rate"] + known["storage_and_insurance"],
            v["salvage_share"],
            v["longest_run_off_years"],
        ),
    }


def count_by_count(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same counts (..., counts), every count in one piece of memory: formulas read them one by one.

    >>> count_by_count(np.zeros((2, 3, 4)))[..., 1].flags.c_contiguous
    True
    """
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(counts, -1, 0)), 0, -1)


def reacted(counts: NDArray[np.float64], strategy: str, m: Money) -> NDArray[np.float64]:
    """Counts after customers have reacted to price and time.

    Counts after customers of what is made or finished to order have reacted to price, and to the time it takes, orders counted by their size, and
    what can be cancelled of orders under way when a product ended taken off; the last axis are counts.

    A price premium keeps the share (1 + premium)^-elasticity of them (at most all): the others are lost, and everything done for them falls away
    (assembled: the family's stock shrinks in proportion). Of those kept a share cancels once work has begun: lost as well, work and
    deposit until then remain. The others wait `late_days` beyond the promise on average. Customers of stock (MTS) do not react; units are conserved.
    """
    by = _Reactions(
        *(
            _known_or(m[name], nothing)[..., None] if name in m else np.full(1, nothing)
            for name, nothing in _NEUTRAL
        )
    )
    if not by.any_of(strategy) and np.all(by.size == 1.0) and not by.cancellable.any():
        return counts
    out = np.array(
        np.broadcast_to(counts, np.broadcast_shapes(counts.shape, *(column.shape for column in by)))
    )
    c = {name: slice(k, k + 1) for name, k in COUNT_INDEX.items()}
    for name, column in _of_customers(
        {name: counts[..., at] for name, at in c.items()}, strategy, by
    ).items():
        out[..., c[name]] = column
    return out


class _Reactions(NamedTuple):
    """How customers react, columns that broadcast with a count: see `reacted`."""

    kept: NDArray[np.float64]
    cancelled: NDArray[np.float64]
    late: NDArray[np.float64]
    size: NDArray[np.float64]
    cancellable: NDArray[np.float64]

    def any_of(self, strategy: str) -> bool:
        """Whether any customer of a strategy leaves, cancels or waits longer."""
        stay = np.all(self.kept == 1.0) and not self.cancelled.any() and not self.late.any()
        return strategy != Strategy.MTS and not stay


def _of_customers(n: Mapping[str, Any], strategy: str, by: _Reactions) -> dict[str, Any]:
    """The counts `n` that change when customers react, by name: arrays, or `FewCounts`. Where nobody does, sizes of orders and what is under way."""
    out: dict[str, Any] = {"customer_orders": n["customer_orders"] / by.size}
    if by.cancellable.any():
        gone = by.cancellable * n["under_way_at_end"]
        out |= {name: n[name] - gone for name in ("ordered", "scrapped")}
    if not by.any_of(strategy):
        return out
    out = {**n, **out}
    if strategy == Strategy.HYBRID:
        gone = (1.0 - by.kept) * out["to_order"]
        out["lost"] = out["lost"] + gone
        out |= {name: out[name] - gone for name in ("ordered", "waited")}
        out["backordered"] = out["backordered"] - (1.0 - by.kept) * out["promised"]
        for name in ("to_order", "in_batches", "promised", "in_assembly", "customer_orders"):
            out[name] = out[name] * by.kept
    else:
        out = {name: column * by.kept for name, column in out.items()}
        out["demanded"] = n["demanded"]
        out["lost"] = n["demanded"] - by.kept * (n["demanded"] - n["lost"])
        out["on_shelf_ended"] = n["on_shelf_ended"]  # it lies there whoever comes
    gone = by.cancelled * out["to_order"]
    out |= {name: out[name] + gone for name in ("lost", "cancelled")}
    out |= {name: out[name] - gone for name in ("to_order", "ordered", "waited")}
    of_batches = by.cancelled * out["in_batches"]
    out["cancelled_in_batches"] = out["cancelled_in_batches"] + of_batches
    out["in_batches"] = out["in_batches"] - of_batches
    out["waited"] = out["waited"].clip(min=0.0)
    out["late"] = out["late"] + out["to_order"] * by.late / 365.0
    return out


def reacted_anew(
    counts: NDArray[np.float64], strategy: str, before: Money, after: Money
) -> NDArray[np.float64]:
    """Counts that show customers' reactions at one set of prices, as they are at another: what `reacted` makes of the untouched counts at `after`.

    Reactions multiply and add: of those kept the share after / before stays, the further share that cancels is taken of the orders left, and the further
    share that can be cancelled of what was under way.
    """
    step = {
        "kept": after["kept"] / np.maximum(before["kept"], 1e-9),
        "cancelled": (after["cancelled"] - before["cancelled"]) / np.maximum(1.0 - before["cancelled"], 1e-9),
        "late_days": after["late_days"] - before["late_days"],
        "order_size": after["order_size"] / before["order_size"],
        "cancellable": after["cancellable"] - before["cancellable"],
    }
    return reacted(counts, strategy, step)


def profit_rates(m: Money, strategy: str = Strategy.MTS) -> NDArray[np.float64]:
    """Money of profit per unit of each simulated count, customers' reactions included: shape of the money columns plus (counts,)."""
    whole = np.broadcast_shapes(*(column.shape for column in m.values()))
    m = {name: _once(column) for name, column in m.items()}
    by = _Reactions(*(_known_or(m[name], nothing) for name, nothing in _NEUTRAL))
    one_of_each: dict[str, Any] = {name: FewCounts({k: np.ones(1)}) for name, k in COUNT_INDEX.items()}
    unit = one_of_each | _of_customers(one_of_each, strategy, by)
    # count by count in memory, as sums over counts have always been taken
    out = np.moveaxis(np.zeros((len(COUNTS), *whole)), 0, -1)
    if len(whole) == 1 and strategy == Strategy.MTS:
        out = np.ascontiguousarray(out)
    worth: Any = profit(unit.__getitem__, m)  # of few counts, few of each
    for k, column in worth.of.items():
        out[..., k] = column
    unknown = sum((column * 0.0 for name, column in m.items() if name not in _OF_NO_AMOUNT), np.zeros(1))
    out[np.broadcast_to(np.isnan(unknown), whole)] = np.nan
    return out


def _once(column: NDArray[np.float64]) -> NDArray[np.float64]:
    """A column of products and draws with one draw where all are the same: what follows from it is then worked out once."""
    if column.ndim < 2 or column.shape[1] < 2 or not (column[:, 1:] == column[:, :1]).all():
        return column
    return column[:, :1]


def rates_under(
    items: Items, strategy: str, changes: Mapping[str, NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Money of profit per unit of each count at several prices of each product's own, `changes` (products, values) by field: (products, values, counts)."""
    rates = profit_rates(money_values(items, strategy, changes), strategy)
    return np.broadcast_to(rates, (len(items), next(iter(changes.values())).shape[1], rates.shape[-1]))


@dataclass(frozen=True, eq=False)
class PricedLedger:
    """A ledger and its profit at the prices of `items`: shape (products, settings, groups), NaN without money."""

    ledger: Ledger
    profit: NDArray[np.float64]


def price(ledger: Ledger, items: Items) -> PricedLedger:
    """Price a ledger: profit of every product, setting and group of paths.

    `items` must be aligned with `ledger.skus`. Products without price or cost get NaN, never zero.
    Raises ValueError where they are not aligned.
    """
    if len(items) != len(ledger.skus) or not np.array_equal(items.skus, ledger.skus):
        raise ValueError("price: items are not aligned with the ledger's products")
    rates = profit_rates(money_values(items, ledger.strategy), ledger.strategy)
    products, settings, groups, counts = ledger.counts.shape
    money = np.matmul(ledger.counts.reshape(products, settings * groups, counts), rates[:, :, None])
    return PricedLedger(ledger, money.reshape(products, settings, groups))
