"""read_items: a list of products as people export it -> Items with origin GIVEN, and the report of how it was read.

One concept: the stations of `read_items` in their order (columns, dates, doubtful numbers, stock, report);
each works on the rows as the one before left them, and no other file is read so.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, Unpack

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.columns.column_look import look
from analytics.data.columns.column_roles import naming_remedy
from analytics.data.columns.item_columns import STOCK_DAYS, map_item_columns
from analytics.data.columns.system_settings import as_own_columns
from analytics.data.files.source import open_source
from analytics.data.files.table import read_table
from analytics.data.history import IntakeReport, no_lines_apart
from analytics.data.items.item_rows import ItemRows, item_rows, one_currency, one_value_a_product
from analytics.data.items.items_values import ItemsReading, origin_of, values_of
from analytics.data.items.lifecycle import discontinued_said
from analytics.data.items.on_order import (
    ADDED,
    added_over_rows,
    is_without_reserved,
    orders_coming,
    reserved_said,
)
from analytics.data.items.price_control import cost_by_control
from analytics.data.items.stock_columns import added_up, over_places, state_columns
from analytics.data.items.stock_lots import stock_lots
from analytics.data.items.stock_states import STATES, places_apart, state_rows, with_state
from analytics.data.items.stock_values import with_cost_of_value
from analytics.data.layout.raw_table import RawTable
from analytics.data.lines.price_units import prices_of_one, units_of_prices
from analytics.data.reshape.table_kinds import ANY_DAY, is_stock_list
from analytics.data.told import ITEMS_DEFAULTS, ItemsOptions
from analytics.data.values.categorical import Coded, product_codes
from analytics.data.values.conventions import doubtful_thousands, likely_mark
from analytics.data.values.dates import DateColumn, date_column
from analytics.data.values.header_names import normal_name
from analytics.data.values.numbers import decimal_evidence
from analytics.data.values.stated_scale import sizes_said
from analytics.errors import DataError, Problem, options_in_force
from analytics.items import ITEM_FIELDS, Items
from analytics.naming.labels import total_text

__all__ = ["DAYS_UNDECIDED", "ItemList", "read_item_list", "read_items"]

#: columns that are read to fill another field where that one is not given
_HELPERS = ("subcategory", "category")
#: columns that tell rows of one product apart
_ROWS = ("sku", "place", "currency", "lot", "receipt_date", "arrival_date", "price_unit")
#: more days than this are no counts of stock under a name that sales have as well
_MOST_DAYS = 24
#: what is said of days of stock that are left out
DAYS_UNDECIDED = "its dates can be read day first or month first"


class ItemList(NamedTuple):
    """What a list of items or stock holds: products, how it was read, and the lots of its stock and what is on order (lines of `SalesHistory.apart`)."""

    items: Items
    report: IntakeReport
    lots: pd.DataFrame


def read_items(
    source: str | Path | bytes,
    *,
    name: str = "",
    **options: Unpack[ItemsOptions],
) -> tuple[Items, IntakeReport]:
    r"""What a file of products says about each, and how it was read.

    `source` is a path or the bytes of an upload, `name` what it is called in words; `options` are the keywords of
    `analytics.data.told.ItemsOptions`.
    Only what the file gives: every value is given or unknown, products sorted by code. A cost or price of zero means
    unknown. Columns that mean nothing to the program are listed in the report's `assumed` and otherwise ignored.
    Several rows of a product (places, lots) are one stock: on hand is added, stock below zero apart from it in `stock_below_zero`;
    `analytics.data.items.item_rows` says how the rows' other fields become one.
    Raises DataError where no column holds the product code or no row can be used, TypeError for a keyword that is none of
    the options.

    >>> items, report = read_items(b"sku;standard_cost;list_price;make_flag\n007;12,50;30,00;1\nA-1;0;9,90;0\n")
    >>> items.skus.tolist(), items["unit_cost"].tolist(), items["make"].tolist(), report.rows_read
    (['007', 'A-1'], [12.5, nan], [1.0, 0.0], 2)
    """
    return read_item_list(source, name=name, **options)[:2]


def read_item_list(
    source: str | Path | bytes,
    *,
    name: str = "",
    **options: Unpack[ItemsOptions],
) -> ItemList:
    r"""What `read_items` gives, and the lots of the stock: units on hand row by row with the day they came in, and on order with the day they are to arrive.

    `source`, `name` and `options` as for `read_items`; raises DataError and TypeError as it does.

    >>> read_item_list(b"sku,on_hand,lot,receipt_date\nA,5,L1,2024-03-01\nA,7,L2,2023-01-15\n").lots["units"].tolist()
    [5.0, 7.0]
    """
    told = options_in_force("read_items", options, ITEMS_DEFAULTS)
    decimal = told["decimal"]
    piece = open_source(source, name)[0]
    table = read_table(
        piece,
        delimiter=told["delimiter"],
        encoding=told["encoding"],
        header_rows=told["header_rows"],
        sheet=told["sheet"],
    )
    table = as_own_columns(table, decimal)
    decimal = None if table.dialect.get("system") else decimal
    stock_list = told["stock_list"] or is_stock_list(table)
    if not len(table):
        words = f"{table.name or 'the file'} holds no rows below its header"
        raise DataError(
            Problem("no_usable_row", words, "export it again", found="nothing", expected="a product a row")
        )
    roles, ignored = map_item_columns(table, told["mapping"], stock_list)
    if "sku" not in roles.role:
        raise DataError(
            Problem(
                "missing_column",
                "no column holds the product code",
                naming_remedy("sku"),
                found=", ".join(table.names[:12]),
                expected="a column such as sku, article, Artikelnummer",
            )
        )
    column = {role: table.columns[i] for role, i in roles.role.items()}
    named = {role: table.names[i] for role, i in roles.role.items()}
    mark, why = (
        (decimal, "told") if decimal is not None else likely_mark(_numbers(table, column), table.dialect)
    )
    dates: dict[str, DateColumn] = {
        role: date_column(column[role].values)
        for role in ("launch_date", "end_date", "stock_date", "receipt_date", "arrival_date")
        if role in column
    }
    controlled = cost_by_control(table) if "unit_cost" not in (told["mapping"] or {}) else None
    if controlled is not None:
        column["unit_cost"], named["unit_cost"], its, said = controlled
        ignored = [header for header in ignored if header not in its]
    problems: list[Problem] = [*table.problems, *sizes_said(named), *([said] if controlled else [])]
    order, undecided = _order(dates, named, told["date_order"])
    assumed = [f"decimal mark {mark}: {why}", f"date order {order}"]
    if system := table.dialect.get("system"):
        assumed.append(
            f"its columns are those of settings for {system}: read as what is set there today, and set anew as demand moves"
        )
    for role in undecided:
        assumed.append(f"column {named[role]} not used: {DAYS_UNDECIDED}")
        del column[role], dates[role]
    beside = state_columns(ignored, named.get("on_hand", ""))
    ignored = [header for header in ignored if header not in beside]
    if stock_list and "on_hand" not in column:
        whole, places = over_places(table, ignored, mark)
        if whole:
            column["on_hand"], named["on_hand"] = table.columns[table.names.index(whole)], whole
            ignored = [header for header in ignored if header not in (whole, *places)]
            assumed.append(f"on hand = {whole}, the sum of {', '.join(places)}: one stock")
    if ignored:
        assumed.append("columns not used: " + ", ".join(ignored))

    kinds = {
        role: ITEM_FIELDS[role].kind if role in ITEM_FIELDS else "number" if role == "stock_value" else "text"
        for role in column
        if role not in _ROWS
    }
    reading = ItemsReading(table, mark, order, dates)
    values = {
        role: values_of(role, kind, column[role], named[role], reading, problems)
        for role, kind in kinds.items()
    }
    if decimal is None and not table.dialect.get("decimal"):
        problems += _without_doubtful(
            values,
            {role: column[role] for role, kind in kinds.items() if kind == "number"},
            mark,
            named,
            table,
        )
    if "price_unit" in column:
        problems += prices_of_one(values, units_of_prices(column["price_unit"]), named)
    on_hand = values.get("on_hand")
    if told["stock_list"] and on_hand is None:
        raise DataError(
            Problem(
                "missing_column",
                "no column of the list of stock says how much lies there",
                "name it on hand, stock or unrestricted, or say which it is (mapping: on_hand)",
                found=", ".join(table.names[:12]),
                expected="a column such as on hand, quantity, Bestand",
            )
        )
    if stock_list and on_hand is not None:
        _refuse_movements(dates, named)
        if "stock_value" in values:
            more, from_value = with_cost_of_value(values, table, named)
            problems += more
            assumed += from_value
            kinds["unit_cost"] = "number"
    values.pop("stock_value", None)
    by_state: dict[str, NDArray[np.float64]] = {}
    if on_hand is not None and beside:
        columns = dict(zip(table.names, table.columns, strict=True))
        read = {
            header: values_of("on_hand", "number", columns[header], header, reading, problems)
            for header in beside
        }
        on_hand, by_state = added_up(on_hand, read, beside)
        values["on_hand"] = on_hand
        assumed.append(
            f"on hand = {' + '.join([named['on_hand'], *(h for h, kind in beside.items() if kind != 'consigned')])}"
        )
    if on_hand is not None and "stock_reserved" in values and is_without_reserved(named["on_hand"]):
        on_hand = np.where(np.isfinite(on_hand), on_hand + np.nan_to_num(values["stock_reserved"]), on_hand)
        values["on_hand"] = on_hand
        assumed.append(f"on hand = {named['on_hand']} + {named['stock_reserved']}")
    of_stock = told["stock_list"] or "place" in column or "lot" in column
    states = {} if on_hand is None else state_rows(table, ignored, of_stock, named.get("place", ""))
    if "place" in column and (apart := places_apart(map(str, column["place"].values))):
        assumed.append(
            f"what lies at {', '.join(apart[:4])} is not the firm's own: it counts as on consignment"
        )
    found = item_rows(
        table,
        product_codes(column["sku"]),
        named["sku"],
        on_hand,
        column.get("place"),
        values.get("stock_date"),
        named.get("place", ""),
    )
    if not len(found.rows):
        raise DataError(
            [
                Problem(
                    "no_usable_row", "no row can be used", "see the reasons", expected="at least one product"
                ),
                *table.problems,
                *found.problems,
            ]
        )
    currency, mixed = one_currency(values, column, found, named, table)
    problems += [*found.problems, *mixed]
    items = Items(found.skus, {}, {})
    further: dict[str, Any] = {}
    lots = no_lines_apart()
    for role, every in values.items():
        if role == "on_hand":
            other = states.get("consigned")  # the record says: nothing of one's own
            own = every if other is None else np.where(other, 0.0, every)
            ordered = np.nan_to_num(values.get("on_order", np.zeros(len(table)))) > 0.0
            items = _with_stock(items, own, found, problems, table, named[role], ordered)
            in_state = {state: np.where(rows, every, np.nan) for state, rows in states.items()}
            for state, units in {**in_state, **by_state}.items():
                items, more = with_state(items, STATES[state], units, found, table, named[role])
                problems += more
            if "receipt_date" in column:
                cells, day = column["receipt_date"], named["receipt_date"]
                came = values_of("receipt_date", "date", cells, day, reading, problems)
                own_lots, more = stock_lots(table, found, own, came, day)
                lots = pd.concat([part for part in (lots, own_lots) if len(part)]) if len(own_lots) else lots
                problems += more
            continue
        if role in ADDED:
            one, count = added_over_rows(every, found)
            items = items.with_field(role, one, origin_of(one, "number"))
            if count:
                assumed.append(f"{named[role]} is added over the rows of {count:,} products")
            if role == "on_order":
                came = _arrivals(column, named, len(table), reading, problems)
                coming, more = orders_coming(table, found, every, came, named[role])
                problems += more
                lots = pd.concat([part for part in (lots, coming) if len(part)]) if len(coming) else lots
            else:
                held = items["on_hand"] if "on_hand" in items.values else None
                problems += reserved_said(one, held, named[role])
            continue
        one, differ = one_value_a_product(role, kinds[role], every, on_hand, found)
        if differ and role != "stock_date":
            problems.append(
                Problem("rows_differ", differ, "make the rows of a product agree", column=named[role])
            )
        if role in _HELPERS:
            further[role] = one
            continue
        items = items.with_field(role, one, origin_of(one, kinds[role]))
    items = _completed(items, further, assumed, named)
    problems += discontinued_said(table, ignored, found, items)
    report = _report(
        table,
        piece.digest,
        found,
        order,
        {**table.dialect, "decimal": mark, **({"currency": currency} if currency else {})},
        named,
        problems,
        assumed,
    )
    return ItemList(items, report, lots)


def _numbers(table: RawTable, column: Mapping[str, Coded]) -> list[Coded]:
    """The columns of numbers: those with a role; and all others too where these do not prove a decimal mark."""
    known = [
        cells
        for role, cells in column.items()
        if role == "stock_value" or (role in ITEM_FIELDS and ITEM_FIELDS[role].kind == "number")
    ]
    seen = [decimal_evidence(cells.values) for cells in known]
    if any(one.dot or one.comma for one in seen) or not any(
        one.ambiguous_dot or one.ambiguous_comma for one in seen
    ):
        return known
    have = {id(cells) for cells in column.values()}
    return known + [cells for cells in table.columns if id(cells) not in have and look(cells).numbers > 0.9]


def _arrivals(
    column: Mapping[str, Coded],
    named: Mapping[str, str],
    rows: int,
    reading: ItemsReading,
    problems: list[Problem],
) -> NDArray[np.datetime64]:
    """The day on which what is on order in every row is to arrive (rows,); NaT where none is said."""
    if "arrival_date" not in column:
        return np.full(rows, np.datetime64("NaT", "D"))
    name = named["arrival_date"]
    return values_of("arrival_date", "date", column["arrival_date"], name, reading, problems)


def _refuse_movements(dates: Mapping[str, DateColumn], named: Mapping[str, str]) -> None:
    """Raise DataError where a list of stock has so many days that it is one of sales or movements."""
    day = dates.get("stock_date")
    if (
        day is not None
        and normal_name(named["stock_date"]) in ANY_DAY
        and len(day.blank) - day.blank.sum() > _MOST_DAYS
    ):
        count = int(len(day.blank) - day.blank.sum())
        words = f"the list of stock has {count:,} different days: it looks like sales or movements"
        remedy = "give what lies there on one day; name the day as_of where these are counts of many days"
        raise DataError(
            Problem("not_stock", words, remedy, column=named["stock_date"], expected="stock of one day")
        )


def _without_doubtful(
    values: dict[str, NDArray[Any]],
    column: Mapping[str, Coded],
    mark: str,
    named: Mapping[str, str],
    table: RawTable,
) -> list[Problem]:
    """Numbers that could be thousands or three decimals made unknown, in place, where their column does not say which; what is said of them.

    `values` holds one value per row of the file by role; `column` the texts of those that are numbers.
    """
    problems = []
    for role, cells in column.items():
        doubtful = cells.spread(doubtful_thousands(cells.values, mark))
        rows = np.flatnonzero(doubtful)
        if not len(rows):
            continue
        values[role] = np.where(doubtful, np.nan, values[role])
        text = str(cells.values[cells.codes[rows[0]]])
        words = f"numbers such as {text!r} can be thousands or three decimals, and the column writes others without thousands marks; they count as unknown"
        remedy = "write the column with one decimal mark and no thousands marks, or choose decimal '.' or ','"
        problems.append(
            Problem(
                "number_doubtful",
                words,
                remedy,
                int(table.row[rows[0]]),
                named[role],
                text,
                "numbers written in one way",
                len(rows),
            )
        )
    return problems


def _with_stock(
    items: Items,
    every: NDArray[np.float64],
    found: ItemRows,
    problems: list[Problem],
    table: RawTable,
    name: str,
    ordered: NDArray[np.bool_],
) -> Items:
    """Stock on hand added over the rows of each product, what lies below zero apart from it: no sum is lowered by a booking error.

    A product of which no row says anything is unknown; rows without a figure beside others with one are said, but for those
    of what is `ordered` (rows,) alone.
    """
    held = every[found.rows]
    n = len(items)

    def added(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
        total = np.bincount(found.product, weights=np.where(mask, held, 0.0), minlength=n)
        return np.where(np.bincount(found.product, weights=mask, minlength=n) > 0, total, np.nan)

    on_hand, below = added(held >= 0.0), added(held < 0.0)
    assert np.isclose(np.nansum(on_hand) + np.nansum(below), np.nansum(held), rtol=1e-12, atol=1e-9), (
        "stock of the products is not the stock of the rows"
    )
    if np.isfinite(below).any():
        at = found.rows[held < 0.0]
        message = f"stock below zero, {total_text(float(np.nansum(below)))} units in all: shown on a line of its own, in no sum"
        found_there = total_text(float(every[at[0]]))
        problems.append(
            Problem(
                "stock_negative",
                message,
                "correct the bookings behind it",
                int(table.row[at.min()]),
                name,
                found_there,
                "zero or more",
                len(at),
            )
        )
        items = items.with_field("stock_below_zero", below, origin_of(below, "number"))
    silent = np.isnan(held) & (np.isfinite(on_hand) | np.isfinite(below))[found.product]
    silent &= ~ordered[found.rows]
    if silent.any():
        message = "rows without a figure beside others of the same product with one: left out of the sum"
        first = int(table.row[found.rows[silent]].min())
        problems.append(
            Problem(
                "stock_blank",
                message,
                "fill them in, with 0 where nothing is held",
                first,
                name,
                "",
                "a number",
                int(silent.sum()),
            )
        )
    return items.with_field("on_hand", on_hand, origin_of(on_hand, "number"))


def _report(
    table: RawTable,
    digest: str,
    found: ItemRows,
    order: str,
    dialect: Mapping[str, Any],
    named: Mapping[str, str],
    problems: list[Problem],
    assumed: list[str],
) -> IntakeReport:
    """How the file was read: rows used and set aside, columns, and what was assumed."""
    n = len(table) + len(table.rejected)
    nothing = np.datetime64("NaT", "D")
    return IntakeReport(
        source=table.name,
        digest=digest,
        rows_read=n,
        rows_used=len(found.rows),
        rows_rejected=n - len(found.rows),
        units_used=0.0,
        units_rejected=0.0,
        revenue_used=float("nan"),
        gross_units=0.0,
        returned_units=0.0,
        first_date=nothing,
        last_date=nothing,
        frequency="",
        date_order=order,
        dialect=dialect,
        mapping=named,
        problems=tuple(problems),
        assumed=tuple(assumed),
        rejected=found.rejected,
    )


def _order(
    dates: Mapping[str, DateColumn], named: Mapping[str, str], told: str | None
) -> tuple[str, list[str]]:
    """The order of day and month, and which days of stock stay undecided. Raises DataError where a launch or an end does."""
    if told is not None:
        return told.upper(), []
    day = sum(int(c.only_day_first.sum()) for c in dates.values())
    month = sum(int(c.only_month_first.sum()) for c in dates.values())
    if day or month:
        return ("DMY" if day >= month else "MDY"), []
    undecided = [role for role, c in dates.items() if c.undecided.any()]
    if not set(undecided) <= STOCK_DAYS:
        raise DataError(
            Problem(
                "date_order",
                "the dates can be read day first or month first",
                "choose date_order DMY (day first) or MDY (month first)",
                column=", ".join(named[r] for r in dates),
                expected="the date order",
            )
        )
    return "YMD", undecided


def _completed(
    items: Items, further: Mapping[str, Any], assumed: list[str], named: Mapping[str, str]
) -> Items:
    """Family from the middle granularity that exists."""
    for role in ("family", "subcategory", "category"):
        values = items["family"] if role == "family" else further.get(role)
        if values is not None and len(set(values) - {""}) > 1:
            if role != "family":
                items = items.with_field("family", values, origin_of(values, "text"))
                assumed.append(f"family = column {named[role]!r}")
            break
    return items
