"""Settings as a system of planning holds them, read as today's: files with exactly the columns that an export of settings has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.data.layout.raw_table import RawTable
from analytics.data.values.categorical import Coded, coded_texts
from analytics.data.values.conventions import likely_mark
from analytics.data.values.header_names import normal_name, role_of_name
from analytics.data.values.numbers import parse_numbers
from analytics.items import UNKNOWN, Items
from analytics.naming.labels import Strategy
from analytics.naming.systems import NUMBERS, OPTIONAL, SYSTEMS, System

__all__ = ["SETTING_FIELDS", "as_own_columns", "at_or_below", "lists_settings", "system_of", "with_settings"]

#: What an export of settings says of a product: all of it is replaced where such a file names the product.
SETTING_FIELDS = ("current_mode", "reorder_point", "order_up_to_level", "order_quantity", "levels_followed")
_CODE_AND_NAME = re.compile(r"\[([^\]]+)\] .*")
Array = NDArray[np.float64]


def system_of(table: RawTable) -> str:
    """The name in SYSTEMS of the system whose columns a table has, all of them and no other; "" where it is none's."""
    found = {normal_name(name) for name in table.names}
    for name, system in SYSTEMS.items():
        every = {key: normal_name(column) for key, column in system.columns.items()}
        needed = {column for key, column in every.items() if key not in OPTIONAL}
        if needed <= found <= set(every.values()):
            return name
    return ""


def lists_settings(table: RawTable) -> bool:
    """Whether a list of products says how they are run today and nothing of what lies there."""
    roles = {role_of_name(name, items=True)[0] for name in table.names}
    return "on_hand" not in roles and "sku" in roles and bool(roles & set(SETTING_FIELDS))


def at_or_below(point: Array) -> Array:
    """The reorder point at which is ordered, of one below which is ordered: a unit less where it is whole, else the same. Units (products,).

    >>> at_or_below(np.array([41.0, 0.0, 2.5])).tolist()
    [40.0, -1.0, 2.5]
    """
    return np.where(point == np.round(point), point - 1.0, point)


def as_own_columns(table: RawTable, decimal: str | None = None) -> RawTable:
    """A table of a system's settings with the columns of this program: sku, and SETTING_FIELDS; any other table as it is.

    What a system does not look at for a product is no setting: the levels of what is made to order are left open, those of what is assembled are its
    share of the component kits. Levels of an export are taken to be exported anew as demand moves, which is what they were decided for
    (`levels_followed`). `decimal` is the mark of its numbers where it is told.
    """
    name = system_of(table)
    if not name:
        return table
    system = SYSTEMS[name]
    place = {normal_name(column): key for key, column in system.columns.items()}
    column = {
        place[normal_name(header)]: cells for header, cells in zip(table.names, table.columns, strict=True)
    }
    texts = {key: cells.texts() for key, cells in column.items()}
    strategy, number = _strategies(system, texts), _numbers(column, table, decimal)
    point, level, lot = (number.get(key, np.full(len(table), np.nan)) for key in ("point", "level", "lot"))
    stocked, assembled = strategy == Strategy.MTS, strategy == Strategy.ATO
    if not system.carries:
        point = np.where(assembled, number["kit_point"], point)
        lot = np.where(assembled, number["kit_lot"], lot)
    kits = np.where(lot > 0.0, lot, level - point)
    own = np.where(stocked, at_or_below(point) if system.below else point, np.where(assembled, point, np.nan))
    off = stocked & ~(np.nan_to_num(level) > 0.0) & ~(np.nan_to_num(lot) > 0.0)
    own = np.where(off, np.nan, own)
    quantity = np.where(stocked & (lot > 0.0), lot, np.where(assembled, kits, np.nan))
    up_to = np.where(stocked & ~(lot > 0.0) & (level > 0.0), level, np.nan)
    skus = np.array([_code(text) if name == "odoo" else text for text in texts["sku"]], object)
    read = {"sku": coded_texts(skus), "current_mode": coded_texts(strategy)}
    read |= {
        field: coded_texts(_written(values))
        for field, values in (
            ("reorder_point", own),
            ("order_up_to_level", up_to),
            ("order_quantity", quantity),
        )
    }
    read["levels_followed"] = coded_texts(
        np.where(np.isfinite(own) | np.isfinite(up_to), "1", "").astype(object)
    )
    said = {"decimal": "."}
    return replace(
        table,
        names=tuple(read),
        columns=list(read.values()),
        dialect={**table.dialect, **said, "system": system.title},
    )


def _code(text: str) -> str:
    """A product's code, of a cell that names it as `[CODE] name` too."""
    found = _CODE_AND_NAME.fullmatch(text.strip())
    return found[1] if found else text


def _written(values: Array) -> NDArray[np.object_]:
    return np.array(["" if value != value else repr(float(value)) for value in values], object)


def _strategies(system: System, texts: Mapping[str, NDArray[np.object_]]) -> NDArray[np.object_]:
    """MTS, ATO or MTO of every row: the strategy that most of its words stand for, "" where none of them is known.

    Of two that share their words, as a route on order does, what has levels is assembled.
    """
    rows = len(texts["sku"])
    names = tuple(str(one) for one in (Strategy.MTS, Strategy.MTO, Strategy.ATO))
    agree = np.zeros((rows, len(names)), np.int64)
    for key, words in system.words.items():
        own = [{normal_name(text) for case, text in words.items() if case.split()[0] == one} for one in names]
        if key in texts and any(own):
            plain = [normal_name(str(text)) for text in texts[key]]
            agree += np.array(
                [[bool(text) and text in one for one in own] for text in plain], np.int64
            ).reshape(rows, -1)
    best = np.array(names, object)[agree.argmax(axis=1)]
    tied = (agree[:, 1] == agree[:, 2]) & (best == Strategy.MTO)
    return np.where(agree.max(axis=1) > 0, np.where(tied & _has_levels(texts), str(Strategy.ATO), best), "")


def _has_levels(texts: Mapping[str, NDArray[np.object_]]) -> NDArray[np.bool_]:
    """Rows that name a level above zero."""
    key = "level" if "level" in texts else "point"
    return np.array([any(c in "123456789" for c in str(text)) for text in texts[key]], bool)


def _numbers(column: Mapping[str, Coded], table: RawTable, decimal: str | None) -> dict[str, Array]:
    """The columns of numbers by key, (rows,); NaN where nothing or no number stands there."""
    known = {key: column[key] for key in NUMBERS if key in column}
    mark = decimal or likely_mark(list(known.values()), table.dialect)[0]
    return {key: cells.spread(parse_numbers(cells.values, mark)[0]) for key, cells in known.items()}


def with_settings(items: Items, settings: Items) -> Items:
    """The items with today's settings as a file of settings has them, for every product that it names; all else, and all others, as they are.

    A product that only the file of settings names is left out: it says nothing of its cost or price.

    >>> from analytics.items import GIVEN, empty_items
    >>> old = empty_items(["A", "B"]).with_field("order_up_to_level", [9.0, 8.0], GIVEN)
    >>> new = with_settings(old, empty_items(["A"]).with_field("order_quantity", [4.0], GIVEN))
    >>> new["order_quantity"].tolist(), new["order_up_to_level"].tolist()
    ([4.0, nan], [nan, 8.0])
    """
    _, here, there = np.intersect1d(items.skus.astype(str), settings.skus.astype(str), return_indices=True)
    for name in SETTING_FIELDS:
        column, origin = np.array(items[name]), np.array(items.origin(name))
        column[here], origin[here] = settings[name][there], settings.origin(name)[there]
        if name in items.values or bool((origin != UNKNOWN).any()):
            items = items.with_field(name, column, origin)
    return items
