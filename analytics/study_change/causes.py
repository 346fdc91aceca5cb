"""The causes of a change in their order, and the inputs in which some of them are of now and the others of before.

One concept: which input belongs to which cause. What a sales file says of prices and costs is taken apart from what it says of
demand: while prices are those of before, every product sold in both keeps the price that its earlier sales brought.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.assumptions import Assumption, Assumptions
from analytics.data.uploads import Reading
from analytics.items import CONFIRMED, DERIVED, GIVEN, ITEM_FIELDS, UNKNOWN, Items, empty_items
from analytics.strategy.money.price import MONEY_FIELDS
from analytics.study_change.inputs import (
    StudyInputs,
    same_bom,
    same_demand,
    same_money,
    same_values,
    single_costs,
)
from analytics.study_change.promised import Promised

__all__ = ["CAUSES", "causes_at_work", "mixed_inputs"]

DEMAND, PRICES, SUPPLY, STOCK, TODAY, ASSUMED, ANSWERS = (
    "demand",
    "prices_and_costs",
    "supply",
    "stock",
    "done_today",
    "assumptions",
    "answers",
)
#: The causes in the order in which what they name is replaced, and how a page names them.
CAUSES: Mapping[str, str] = {
    DEMAND: "Demand",
    PRICES: "Prices and costs",
    SUPPLY: "Supply and other facts of products",
    STOCK: "Stock",
    TODAY: "What is done today",
    ASSUMED: "Assumptions",
    ANSWERS: "Answers and own choices",
}
_STOCK_FIELDS = frozenset(
    {
        "on_hand",
        "stock_below_zero",
        "stock_consigned",
        "stock_blocked",
        "stock_in_quality",
        "stock_reserved",
        "on_order",
        "stock_unlisted",
        "booked_reserve",
        "stock_date",
    }
)
_TODAY_FIELDS = frozenset(
    {
        "current_mode",
        "reorder_point",
        "order_up_to_level",
        "order_quantity",
        "receipt_lot",
        "safety_stock",
        "promised_wait_days",
        "levels_followed",
    }
)
_PRICE_FIELDS = frozenset(MONEY_FIELDS) - {"units_per_order", "late_days"} | {
    "unpaid_share",
    "one_off_cost",
    "cost_to_complete",
}


def _cause_of(field: str) -> str:
    """The cause that a field of the items belongs to."""
    for cause, names in ((STOCK, _STOCK_FIELDS), (TODAY, _TODAY_FIELDS), (PRICES, _PRICE_FIELDS)):
        if field in names:
            return cause
    return SUPPLY


def causes_at_work(before: StudyInputs, now: StudyInputs) -> tuple[str, ...]:
    """The causes whose inputs differ, in the order of CAUSES."""
    return tuple(cause for cause in CAUSES if cause in set(_differing(before, now)))


def _differing(before: StudyInputs, now: StudyInputs) -> Iterator[str]:
    one, other = before.reading, now.reading
    if not same_demand(one.history, other.history):
        yield DEMAND
        yield PRICES  # what later sales bring is another price
    elif not same_money(one.history, other.history):
        yield PRICES
    if not same_bom(one.bom, other.bom):
        yield SUPPLY
    first, second = _items_of(one), _items_of(other)
    aligned = same_values(first.skus.astype(str), second.skus.astype(str))
    for name in dict.fromkeys((*first.values, *second.values)):
        cause = _cause_of(name)
        if not aligned or not _same_field(first, second, name):
            yield cause
    if not aligned:
        yield SUPPLY
    if _assumed_part(before.assumptions) != _assumed_part(now.assumptions):
        yield ASSUMED
    if replace(before.settings, currency="") != replace(now.settings, currency=""):
        yield ASSUMED
    if _answered_part(before.assumptions) != _answered_part(now.assumptions):
        yield ANSWERS
    if dict(before.choices) != dict(now.choices):
        yield ANSWERS


def _items_of(reading: Reading) -> Items:
    return empty_items([]) if reading.items is None else reading.items


def _same_field(one: Items, other: Items, name: str) -> bool:
    if not same_values(one[name], other[name]) or not same_values(one.origin(name), other.origin(name)):
        return False
    if ITEM_FIELDS[name].kind != "number":
        return True
    return all(same_values(a, b) for a, b in zip(one.range(name), other.range(name), strict=True))


_Table = Mapping[str, Assumption]


def _values(table: _Table, answered: bool) -> dict[str, tuple[float, float, float]]:
    """What a table states as answers (`answered`) or as assumptions, without who said it."""
    return {
        name: (a.value, a.low, a.high) for name, a in table.items() if (a.origin == "confirmed") == answered
    }


def _nested(tables: Mapping[str, _Table], answered: bool) -> dict[str, dict[str, tuple[float, float, float]]]:
    found = {name: _values(table, answered) for name, table in tables.items()}
    return {name: table for name, table in found.items() if table}


def _assumed_part(stated: Assumptions) -> tuple[Any, ...]:
    tables = (
        _values(stated.general, False),
        _nested(stated.family, False),
        _nested(stated.product, False),
    )
    return *tables, stated.limits, stated.what_if


def _answered_part(stated: Assumptions) -> tuple[Any, ...]:
    tables = (_values(stated.general, True), _nested(stated.family, True), _nested(stated.product, True))
    return *tables, stated.as_assumed


def _joined(assumed: _Table, answered: _Table) -> dict[str, Assumption]:
    """What one table assumes and the other answers; an answer goes first."""
    return {
        **{name: a for name, a in assumed.items() if a.origin != "confirmed"},
        **{name: a for name, a in answered.items() if a.origin == "confirmed"},
    }


def _assumptions(assumed: Assumptions, answered: Assumptions) -> Assumptions:
    """The assumptions of one statement with the answers of another."""
    if assumed is answered:
        return assumed

    def both(level: str) -> dict[str, dict[str, Assumption]]:
        tables = getattr(assumed, level), getattr(answered, level)
        return {
            name: _joined(*(table.get(name, {}) for table in tables))
            for name in dict.fromkeys((*tables[0], *tables[1]))
        }

    return Assumptions(
        _joined(assumed.general, answered.general),
        both("family"),
        both("product"),
        assumed.limits,
        answered.as_assumed,
        answered.signed,
        assumed.what_if,
    )


def mixed_inputs(
    before: StudyInputs, now: StudyInputs, promised: Promised, replaced: Collection[str]
) -> StudyInputs:
    """The inputs of before with those causes of now that are `replaced`; the demand of now, always.

    `promised` knows what of the money of before followed from its sales. Products that were not there before are as now.
    """
    one, other = before.reading, now.reading
    bom = (other if SUPPLY in replaced else one).bom
    items = _mixed_items(one, other, promised, replaced)
    reading = Reading(other.history, items, other.items_report, bom)
    assumptions = _assumptions(
        (now if ASSUMED in replaced else before).assumptions,
        (now if ANSWERS in replaced else before).assumptions,
    )
    settings = (now if ASSUMED in replaced else before).settings
    choices = (now if ANSWERS in replaced else before).choices
    return StudyInputs(reading, assumptions, settings, choices)


def _mixed_items(one: Reading, other: Reading, promised: Promised, replaced: Collection[str]) -> Items | None:
    """The items of before and now by cause; with the prices of before where they are not replaced."""
    first, second = _items_of(one), _items_of(other)
    pinned = PRICES not in replaced
    sold = [str(sku) for sku in promised.skus] if pinned else []
    skus = sorted({*map(str, first.skus), *map(str, second.skus), *sold})
    if not skus or (one.items is None and other.items is None and not pinned):
        return None
    known = {*map(str, first.skus), *map(str, promised.skus), *map(str, one.history.skus)}
    was = np.array([sku in known for sku in skus], bool)
    mixed = empty_items(skus)
    for name in dict.fromkeys((*first.values, *second.values)):
        late = _cause_of(name) in replaced
        take = np.full(len(skus), late) | ~was
        parts = (_field(first, name, skus), _field(second, name, skus))
        columns = [np.where(take, b, a) for a, b in zip(*parts, strict=True)]
        if (columns[1] != UNKNOWN).any() or name in first.values or late:
            ends = columns[2:] if ITEM_FIELDS[name].kind == "number" else []
            mixed = mixed.with_field(name, columns[0], columns[1], *ends)
    mixed = replace(mixed, notes=(second if STOCK in replaced else first).notes)
    return _with_prices(mixed, one, promised) if pinned else mixed


def _field(items: Items, name: str, skus: list[str]) -> tuple[NDArray[Any], ...]:
    """Values, origins and, of numbers, ends of a field by SKU; unknown where the items have none, (products,)."""
    place = {str(sku): i for i, sku in enumerate(items.skus)}
    at = np.array([place.get(sku, -1) for sku in skus], np.intp)
    blank = empty_items(skus)
    columns = [items[name], items.origin(name)]
    missing: list[Any] = [blank[name], blank.origin(name)]
    if ITEM_FIELDS[name].kind == "number":
        columns += [*items.range(name)]
        missing += [blank[name], blank[name]]
    if not len(items):
        return tuple(missing)
    return tuple(np.where(at >= 0, column[np.maximum(at, 0)], rest) for column, rest in zip(columns, missing, strict=True))  # fmt: skip


def _with_prices(items: Items, reading: Reading, promised: Promised) -> Items:
    """The items with what the sales of before say of money: price, gifts, costs of lines and what leftovers fetched."""
    place = {str(sku): i for i, sku in enumerate(items.skus)}
    at = np.array([place[str(sku)] for sku in promised.skus], np.intp)

    def put(name: str, values: NDArray[np.float64], origin: int, only_unknown: bool, *ends: NDArray[np.float64]) -> None:  # fmt: skip
        nonlocal items
        column, low, high = (np.array(c, np.float64) for c in (items[name], *items.range(name)))
        origins = np.array(items.origin(name))
        take = np.isfinite(values) & (np.isnan(column[at]) if only_unknown else True)
        rows = at[take]
        if len(rows):
            column[rows], origins[rows] = values[take], origin
            low[rows], high[rows] = ((ends or (values, values))[k][take] for k in (0, 1))
            items = items.with_field(name, column, origins, low, high)

    numbers = promised.numbers
    put("price", numbers["derived_price"], CONFIRMED, False)
    put("unpaid_share", numbers["derived_unpaid"], DERIVED, True)
    lines = {str(s): v for s, v in zip(reading.history.skus, single_costs(reading.history), strict=True)}
    costs = np.array([lines.get(str(sku), np.nan) for sku in promised.skus], np.float64)
    put("unit_cost", costs, GIVEN if reading.items is None else DERIVED, True)
    put("salvage_share", numbers["derived_salvage"], DERIVED, True,
        numbers["derived_salvage_low"], numbers["derived_salvage_high"])  # fmt: skip
    return items
