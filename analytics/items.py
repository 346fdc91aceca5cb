"""Items: what is known of each product, each value with its origin and range.

Every value is one of: unknown, given (in the user's file), derived (from the sales), assumed (from the
one table of assumptions), confirmed (by the user). Numbers carry a range; given and confirmed-to-a-point
values have a range of width zero.

One concept: the table of products. Rows of it are taken, stacked and given other values tens of thousands of
times in a study, and most columns of what was taken are never read: how they are made then belongs to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.assumptions import FIELDS

__all__ = [
    "ASSUMED",
    "CONFIRMED",
    "DERIVED",
    "GIVEN",
    "ITEM_FIELDS",
    "ORIGINS",
    "UNKNOWN",
    "ItemField",
    "Items",
    "empty_items",
    "merged_items",
]

ORIGINS = ("unknown", "given", "derived", "assumed", "confirmed")
UNKNOWN, GIVEN, DERIVED, ASSUMED, CONFIRMED = range(5)


@dataclass(frozen=True)
class ItemField:
    """One attribute of a product: its kind (number, flag, text, date), unit, bounds and label."""

    name: str
    kind: str
    unit: str
    label: str
    minimum: float = 0.0
    maximum: float = float("inf")


_OWN = (
    ItemField("name", "text", "", "Name"),
    ItemField("family", "text", "", "Family"),
    ItemField("account", "text", "", "Account of the ledger in which its stock stands"),
    ItemField("similar_to", "text", "", "Product like which a new one is expected to start"),
    ItemField(
        "component_family", "text", "", "Products assembled from the same components (else: the family)"
    ),
    ItemField("unit_cost", "number", "money/unit", "Unit cost without set-up"),
    ItemField("price", "number", "money/unit", "Net price"),
    ItemField(
        "unpaid_share",
        "number",
        "share of units",
        "Share of the units delivered that bring no revenue (gifts, samples)",
        0.0,
        1.0,
    ),
    ItemField("make", "flag", "", "Made in house (else bought in)"),
    ItemField("moq", "number", "units", "Minimum order quantity"),
    ItemField("smallest_quantity", "number", "units", "Smallest quantity in which it is sold"),
    ItemField("order_multiple", "number", "units", "Multiple in which is ordered or made"),
    ItemField("on_hand", "number", "units", "Stock on hand"),
    ItemField(
        "stock_below_zero", "number", "units", "Stock booked below zero, in no sum", float("-inf"), 0.0
    ),
    ItemField("stock_consigned", "number", "units", "Stock on consignment, in no sum", float("-inf")),
    ItemField(
        "stock_blocked", "number", "units", "Of the stock on hand, blocked: in the books, not for sale"
    ),
    ItemField("stock_in_quality", "number", "units", "Of the stock on hand, in quality inspection"),
    ItemField(
        "stock_reserved",
        "number",
        "units",
        "Of the stock on hand, reserved for firm orders: in the books, promised away",
    ),
    ItemField("on_order", "number", "units", "On order with suppliers or in production, not cancellable"),
    ItemField(
        "one_off_cost",
        "number",
        "money",
        "What switching the product costs once: machines, contracts, training, scrapped packaging",
    ),
    ItemField("stock_unlisted", "number", "units", "Stock of a code that neither sales nor items know"),
    ItemField("booked_reserve", "number", "money", "Reserve booked so far"),
    ItemField(
        "cost_to_complete",
        "number",
        "money/unit",
        "What a unit of unfinished stock still costs until it can be sold",
    ),
    ItemField("stock_date", "date", "", "Day of the stock on hand"),
    ItemField("launch_date", "date", "", "Launch"),
    ItemField("end_date", "date", "", "Known end of sales"),
    ItemField("current_mode", "text", "", "Present strategy: MTS, ATO or MTO"),
    ItemField("reorder_point", "number", "units", "Present reorder point"),
    ItemField("order_up_to_level", "number", "units", "Present order-up-to level"),
    ItemField("order_quantity", "number", "units", "Present order quantity"),
    ItemField(
        "receipt_lot",
        "number",
        "units",
        "Median of past receipts: the lot in use where no order quantity is given",
    ),
    ItemField("safety_stock", "number", "units", "Present safety stock"),
    ItemField(
        "levels_followed", "flag", "", "Present levels are set anew as demand moves (else they stand still)"
    ),
    ItemField("promised_wait_days", "number", "days", "Wait promised to customers today"),
    ItemField("historical_wait_days", "number", "days", "Wait that past customers accepted"),
    ItemField("quote_days", "number", "days", "Lead time quoted when made to order"),
    ItemField("work_center", "text", "", "Work centre whose capacity the product uses"),
    ItemField("capacity_hours_per_week", "number", "hours/week", "Capacity of the work centre"),
    ItemField("hours_per_unit", "number", "hours/unit", "Capacity that one unit takes"),
    ItemField("setup_hours", "number", "hours/set-up", "Capacity that a set-up takes"),
    ItemField("campaign_days", "number", "days", "Time over which orders are gathered before they are made"),
    ItemField("quote_reliability", "number", "share", "Share of orders that the quote must keep", 0.0, 0.999),
    ItemField(
        "share_waiting", "number", "share", "Share of buyers who wait in a stockout, if known", 0.0, 1.0
    ),
    ItemField("shelf_life_days", "number", "days", "Shelf life"),
    ItemField("lead_time_cv", "number", "share", "Variability of the replenishment lead time", 0.0, 10.0),
)

#: Every field an Items may hold: the products' own, and the assumptions as they apply to each product.
ITEM_FIELDS: Mapping[str, ItemField] = {
    **{f.name: f for f in _OWN},
    **{f.name: ItemField(f.name, "number", f.unit, f.label, f.minimum, f.maximum) for f in FIELDS.values()},
}

_MISSING: Mapping[str, Any] = {
    "number": np.nan,
    "flag": np.nan,
    "text": "",
    "date": np.datetime64("NaT", "D"),
}
_DTYPE: Mapping[str, Any] = {
    "number": np.float64,
    "flag": np.float64,
    "text": object,
    "date": "datetime64[D]",
}


class _Made(Mapping[str, NDArray[Any]]):
    """Columns that are made when they are first read: of the forty of some products a price reads ten, a plan five."""

    __slots__ = ("_column", "_known", "_names")

    def __init__(
        self,
        names: Iterable[str],
        column: Callable[[str], NDArray[Any]],
        known: Mapping[str, NDArray[Any]] | None = None,
    ) -> None:
        self._names, self._column, self._known = dict.fromkeys(names), column, dict(known or {})

    def __getitem__(self, name: str) -> NDArray[Any]:
        found = self._known.get(name)
        if found is None:
            if name not in self._names:
                raise KeyError(name)
            found = self._column(name)
            found.setflags(write=False)
            self._known[name] = found
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def having(self, name: str, column: NDArray[Any]) -> _Made:
        """These columns with one replaced."""
        column.setflags(write=False)
        return _Made((*self._names, name), self._column, {**self._known, name: column})


def _rows(columns: Mapping[str, NDArray[Any]], index: NDArray[np.intp], name: str) -> NDArray[Any]:
    """Some rows of a column."""
    return columns[name][index]


def _below(parts: Sequence[Mapping[str, NDArray[Any]]], name: str) -> NDArray[Any]:
    """A column of several parts, one below the other."""
    return np.concatenate([columns[name] for columns in parts])


def _having(
    columns: Mapping[str, NDArray[Any]], name: str, column: NDArray[Any]
) -> Mapping[str, NDArray[Any]]:
    """Columns with one replaced."""
    return columns.having(name, column) if isinstance(columns, _Made) else {**columns, name: column}


@dataclass(frozen=True, eq=False)
class Items:
    """Attributes of products as columns over `skus` (sorted text), with origin and range of every value.

    `values[name]` has one entry per product: float64 (NaN unknown; flags 0 or 1), object text ("" unknown)
    or datetime64[D] (NaT unknown). `origins[name]` holds indices into ORIGINS. `low` and `high` exist for
    numbers. `notes` are sentences for the screen.
    """

    skus: NDArray[Any]
    values: Mapping[str, NDArray[Any]]
    origins: Mapping[str, NDArray[np.uint8]]
    low: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    high: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError for a field that is unknown or has not one value per product."""
        if isinstance(self.values, _Made):  # columns of what was checked
            return
        for name, column in self.values.items():
            if name not in ITEM_FIELDS:
                raise ValueError(f"Items field {name!r} is not one of ITEM_FIELDS")
            if len(column) != len(self.skus) or len(self.origins[name]) != len(self.skus):
                raise ValueError(
                    f"Items field {name!r} has {len(column)} values for {len(self.skus)} products"
                )
            for array in (column, self.origins[name]):
                if array.flags.writeable:
                    array.setflags(write=False)

    def __len__(self) -> int:
        """How many products there are."""
        return len(self.skus)

    def __getitem__(self, name: str) -> NDArray[Any]:
        """The column of a field; all missing where the field was never set."""
        if name in self.values:
            return self.values[name]
        kind = ITEM_FIELDS[name].kind
        return np.full(len(self.skus), _MISSING[kind], dtype=_DTYPE[kind])

    def origin(self, name: str) -> NDArray[np.uint8]:
        """Origin of every value of a field (indices into ORIGINS)."""
        return self.origins[name] if name in self.origins else np.zeros(len(self.skus), np.uint8)

    def range(self, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Low and high of every value of a numeric field (equal to the value where it is not in doubt)."""
        value = np.asarray(self[name], np.float64)
        return self.low.get(name, value), self.high.get(name, value)

    def share_of_origin(self, name: str, origin: int, among: NDArray[np.bool_]) -> float:
        """The share of the products `among` (products,) these whose value of a field has an origin; 0 of none.

        `origin` is an index into ORIGINS.

        >>> items = empty_items(["A", "B"]).with_field("price", [10.0, 20.0], np.array([GIVEN, ASSUMED]))
        >>> items.share_of_origin("price", GIVEN, np.ones(2, bool))
        0.5
        """
        found = self.origin(name)[among]
        return float((found == origin).mean()) if len(found) else 0.0

    def typical(self, name: str, among: NDArray[np.bool_]) -> tuple[float, float, float]:
        """The typical value of a field, with the ends of its range.

        The value of a numeric field with the ends of its range, in the middle of the products `among` these whose value is in doubt (of all of these where none
        is): three medians, NaN where nothing is known. The one figure for it on every page and in every file.
        """
        value = np.asarray(self[name], np.float64)
        low, high = self.range(name)
        known = among & np.isfinite(value)
        doubt = known & (high > low)
        rows = doubt if doubt.any() else known
        if not rows.any():
            return float("nan"), float("nan"), float("nan")
        return float(np.median(value[rows])), float(np.median(low[rows])), float(np.median(high[rows]))

    def with_field(self, name: str, value: Any, origin: Any, low: Any = None, high: Any = None) -> Items:
        """A copy with one field replaced; origin is an index into ORIGINS or one per product."""
        kind = ITEM_FIELDS[name].kind
        column = np.array(np.broadcast_to(np.asarray(value, dtype=_DTYPE[kind]), (len(self.skus),)))
        source = np.array(np.broadcast_to(np.asarray(origin, np.uint8), (len(self.skus),)))
        lows, highs = self.low, self.high
        if kind == "number":
            ends = (column if end is None else np.asarray(end, np.float64) for end in (low, high))
            lows, highs = (
                _having(bounds, name, np.array(np.broadcast_to(end, column.shape)))
                for bounds, end in zip((lows, highs), ends, strict=True)
            )
        values, origins = _having(self.values, name, column), _having(self.origins, name, source)
        return Items(self.skus, values, origins, lows, highs, self.notes)

    @property
    def price_of_demand(self) -> NDArray[np.float64]:
        """What a unit of demand brings (money/unit): the price of a unit sold times the share of units that are paid for.

        *Formula*: price x (1 - share given away). A gift is asked for, made and held like a sale and brings nothing; where none is known, every unit is paid.
        Source: definition.

        >>> items = empty_items(["A", "B"]).with_field("price", [10.0, 20.0], GIVEN)
        >>> items.with_field("unpaid_share", [0.25, np.nan], GIVEN).price_of_demand.tolist()
        [7.5, 20.0]
        """
        return np.asarray(
            np.asarray(self["price"], np.float64)
            * (1.0 - np.nan_to_num(np.asarray(self["unpaid_share"], np.float64)))
        )

    def take(self, index: NDArray[np.intp]) -> Items:
        """The items at these positions, in this order."""
        at = np.array(index)  # columns are taken later: whoever gave the positions may write to them
        values, origins, low, high = (
            _Made(kind, partial(_rows, kind, at)) for kind in (self.values, self.origins, self.low, self.high)
        )
        return Items(self.skus[at], values, origins, low, high, self.notes)


def stacked_items(parts: Sequence[Items]) -> Items:
    """Items one below the other; all hold the same fields."""

    def column(kind: str) -> _Made:
        every = [getattr(part, kind) for part in parts]
        return _Made(every[0], partial(_below, every))

    return Items(
        np.concatenate([part.skus for part in parts]),
        column("values"),
        column("origins"),
        column("low"),
        column("high"),
        parts[0].notes,
    )


def merged_items(first: Items, other: Items) -> Items:
    """The products of two lists, sorted, each field as the first list knows it, else the other.

    >>> merged_items(empty_items(["A"]).with_field("unit_cost", [3.0], GIVEN), empty_items(["A", "B"]).with_field("on_hand", [5.0, 7.0], GIVEN))["on_hand"].tolist()
    [5.0, 7.0]
    """
    skus = np.array(sorted({*first.skus, *other.skus}), dtype=object)
    out = empty_items(skus)
    place = {code: i for i, code in enumerate(skus)}
    for name in dict.fromkeys([*first.values, *other.values]):
        value, origin = np.array(out[name]), np.zeros(len(skus), np.uint8)
        for one in (other, first):
            if name in one.values:
                known = one.origin(name) != UNKNOWN
                at = np.array([place[code] for code in one.skus], np.intp)[known]
                value[at], origin[at] = one[name][known], one.origin(name)[known]
        out = out.with_field(name, value, origin)
    return replace(out, notes=(*first.notes, *other.notes))


def empty_items(skus: Sequence[str] | NDArray[Any]) -> Items:
    """Items of which nothing is known yet.

    One entry per product.

    >>> len(empty_items(["A", "B"]))
    2
    """
    return Items(np.asarray(skus, dtype=object), {}, {})
