"""What the rows of a file of sales are: sold, returned, on hand, received, services; in which units, and what is kept apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.data.assemble.promoted_rows import ask_of_promotions
from analytics.data.assemble.sales_file import SalesFile
from analytics.data.kept_apart import ON_HAND, RECEIPT, lines_apart, on_hand_said
from analytics.data.lines.line_kinds import may_be_services
from analytics.data.meaning.open_orders import due_column, due_days
from analytics.data.meaning.places import places_of_rows
from analytics.data.meaning.row_meaning import Lines, judge_rows
from analytics.data.meaning.services import services_of_rows
from analytics.data.reshape.one_column_per_period import (
    Cells,
)
from analytics.data.set_aside import SetAside, set_aside
from analytics.data.units.convert import cells_with_units, units_of_rows
from analytics.data.units.signs import units_possible
from analytics.data.values.categorical import Columns
from analytics.data.values.dates import date_column

__all__ = ["kept_apart", "meant", "meant_by_period", "units_in_cells"]


def units_in_cells(file: SalesFile) -> None:
    """Units that stand in the cells of the quantity ("12 pcs") become a column of their own."""
    parted = cells_with_units(file.column["quantity"])
    if parted is not None:
        file.column["quantity"] = parted[0]
        if "unit" not in file.column:
            file.column["unit"], file.named["unit"] = parted[1], file.named["quantity"]


def meant(
    file: SalesFile, numbers: dict[str, NDArray[np.float64]], day: NDArray[np.datetime64], mark: str
) -> SetAside:
    """What the columns that say what a row is make of it: asked, left out, kept apart or counted as returned.

    `numbers` are by role, each (rows,) like `day`.
    """
    lines = Lines(
        file.table,
        file.roles.role,
        file.column,
        file.named,
        numbers,
        file.sku,
        day,
        file.rows.good,
        mark,
        file.both,
    )
    file.states = judge_rows(lines, file.choices, file.meanings, file.problems, file.assumed)
    _places_and_services(file, numbers["quantity"], lines.money)
    ask_of_promotions(file, numbers["quantity"], numbers.get("price"))
    money = lines.money() if file.meanings.columns or "unit" in file.column else None
    file.measured = units_of_rows(lines, money, file.meanings, file.items)
    file.problems += file.measured.problems if file.measured is not None else ()
    if file.measured is None:
        taken = set(file.roles.role.values()) | {
            file.table.names.index(one.column)
            for one in file.meanings.columns
            if one.column in file.table.names
        }
        file.problems += units_possible(
            file.table, file.roles.role["quantity"], taken, file.sku, numbers["quantity"], file.rows.good
        )
    aside = set_aside(file.meanings, file.rows, numbers["quantity"], money, file.column["sku"], file.problems)
    if aside.returned.any():
        numbers["quantity"] = np.where(aside.returned, -np.abs(numbers["quantity"]), numbers["quantity"])
    return aside


def meant_by_period(
    file: SalesFile,
    cells: Cells,
    total: NDArray[np.float64],
    money: NDArray[np.float64] | None,
    price: NDArray[np.float64] | None,
    mark: str,
) -> SetAside:
    """As `_meant`, of a sheet with a column per period: what a row is holds for all its periods.

    Signs are turned in `cells`, rows kept apart are counted by period.
    """
    own = [i for i in range(len(file.table.names)) if i not in file.periods]
    columns = file.table.columns
    bare = replace(
        file.table,
        names=tuple(file.table.names[i] for i in own),
        columns=Columns(len(own), lambda k: columns[own[k]]),
    )
    numbers = {"quantity": total, **({} if money is None else {"revenue": money})}
    role = {r: own.index(i) for r, i in file.roles.role.items() if i in own}
    spanned = [file.table.names[i] for i in sorted(file.periods)]
    named = {"quantity": f"{spanned[0]} to {spanned[-1]}", **file.named}
    first = np.full(len(total), cells.days.min())  # every row covers the same periods
    lines = Lines(bare, role, file.column, named, numbers, file.sku, first, file.rows.good, mark)
    judge_rows(lines, file.choices, file.meanings, file.problems, file.assumed)
    turned = np.sign(np.nan_to_num(numbers["quantity"])) * np.sign(np.nan_to_num(total)) < 0
    if turned.any():
        cells.quantity[:] = np.where((turned | (total == 0.0))[:, None], -cells.quantity, cells.quantity)
    _places_and_services(file, numbers["quantity"], lambda: money)
    file.measured = units_of_rows(lines, money, file.meanings, file.items)
    file.problems += file.measured.problems if file.measured is not None else ()
    aside = set_aside(file.meanings, file.rows, numbers["quantity"], money, file.column["sku"], file.problems)
    back = aside.returned[:, None]
    cells.quantity[:] = np.where(back, -np.abs(cells.quantity), cells.quantity)
    if cells.revenue is not None:
        cells.revenue[:] = np.where(back, -np.abs(cells.revenue), cells.revenue)
    _kept_apart_by_period(file, aside, cells, price)
    return aside


def _places_and_services(
    file: SalesFile, quantity: NDArray[np.float64], money_of: Callable[[], NDArray[np.float64] | None]
) -> None:
    """The places of the file and the services among its products, as columns of meaning."""
    file.problems += places_of_rows(file.column, file.named, file.meanings)

    def judged() -> tuple[NDArray[np.float64] | None, NDArray[np.bool_]]:
        money = money_of()
        return money, may_be_services(file.column, money, file.rows.good)

    keep = file.choices.service_lines == "keep"
    file.problems += services_of_rows(
        file.column, file.named["sku"], file.sku, quantity, judged, file.meanings, keep, file.items
    )


def kept_apart(
    file: SalesFile,
    aside: SetAside,
    days: Mapping[str, NDArray[np.datetime64]],
    order: str,
    quantity: NDArray[np.float64],
    revenue: NDArray[np.float64],
) -> None:
    """The orders on hand and the receipts of the file, as a table of their own; orders on hand that are demand too are said."""
    found = file.states is not None and file.states.open.any()
    not_shipped = {"promised", "shipped"} <= set(days) and bool(np.isnat(days["shipped"]).any())
    if not (found or not_shipped or aside.on_hand.any() or aside.receipt.any()):
        return
    each = {role: file.column[role].spread(days[role]) for role in days}
    day, promised, name = each["date"], each.get("promised"), file.named.get("promised", "")
    if promised is None and (found or aside.on_hand.any()):
        at = due_column(file.table.names, file.table.columns, set(file.roles.role.values()))
        if at >= 0:
            cells, name = file.table.columns[at], file.table.names[at]
            promised = cells.spread(date_column(cells.values).dates(order))
    due = due_days(file.named["date"], day, promised)
    later = np.zeros(len(day), bool)
    if file.states is not None:
        sold = file.rows.good & ~aside.returned & (np.nan_to_num(quantity) > 0.0)
        later = file.states.due_later(day, due, each.get("shipped"), sold)
    if aside.on_hand.any() or aside.receipt.any() or later.any():
        masks = {(ON_HAND, False): aside.on_hand, (ON_HAND, True): later, (RECEIPT, False): aside.receipt}
        due = np.where(aside.receipt | np.isnat(due), day, due)
        file.apart = lines_apart(masks, file.sku, due, quantity, revenue, file.table.name, file.table.row)
        file.problems += on_hand_said(file.apart, name or file.named["date"])


def _kept_apart_by_period(
    file: SalesFile, aside: SetAside, cells: Cells, price: NDArray[np.float64] | None
) -> None:
    """The orders on hand and the receipts of a sheet with a column per period, each in its period."""
    kept = np.flatnonzero(aside.on_hand | aside.receipt)
    at, when = np.nonzero(~np.isnan(cells.quantity[kept]))
    if not len(at):
        return
    row = kept[at]
    quantity = cells.quantity[row, when]
    worth = np.full(len(row), np.nan)
    if cells.revenue is not None:
        worth = cells.revenue[row, when]
    elif price is not None:
        worth = price[row] * quantity
    if file.measured is not None and file.measured.factor is not None:
        quantity = quantity * file.measured.factor[row]
    masks = {(ON_HAND, False): aside.on_hand[row], (RECEIPT, False): aside.receipt[row]}
    name, sku = file.table.name, file.sku.take(row)
    file.apart = lines_apart(masks, sku, cells.days[when], quantity, worth, name, file.table.row[row])
    file.problems += on_hand_said(file.apart, "the period")
