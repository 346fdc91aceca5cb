"""The steps from a table with known columns to a SalesHistory: of a row a sale, and of a column a period."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.data.assemble.finished_history import (
    MANY,
    HowRead,
    LinesLeft,
    finished_history,
    frequency_of,
    repeated_rows,
)
from analytics.data.assemble.meant_rows import kept_apart, meant, meant_by_period, units_in_cells
from analytics.data.assemble.promoted_rows import plan_of_rows, planned_promotions, promoted_rows
from analytics.data.assemble.rejected_rows import (
    less_returned,
    numbers_of_rows,
    refuse_in_turns,
    reject_blank_sku,
    reject_no_periods,
    reject_totals,
)
from analytics.data.assemble.sales_file import SalesFile
from analytics.data.history import SalesHistory
from analytics.data.lines.alternative_totals import further_totals
from analytics.data.lines.amounts import amount_of_lines, credits_and_debits
from analytics.data.lines.discounts import percent_or_amount
from analytics.data.lines.duplicates import repeated_lines
from analytics.data.lines.line_kinds import apply_choices, line_kinds
from analytics.data.lines.line_margins import MARGIN_ROLES, cost_by_margin
from analytics.data.lines.price_units import prices_of_one, units_of_prices
from analytics.data.lines.revenue import line_revenue
from analytics.data.own_currency import in_own_currency
from analytics.data.reshape.one_column_per_period import (
    WideColumns,
    left_out_sums,
    rows_of_sums,
    wide_cells,
)
from analytics.data.reshape.several_measures import keep_units_sold, revenue_of_rows
from analytics.data.told import Told
from analytics.data.units.convert import in_one_unit
from analytics.data.values.conventions import date_order_of, decimal_marks
from analytics.data.values.damaged_dates import far_years, settled_swaps
from analytics.data.values.dates import DateColumn, date_column
from analytics.data.values.numbers import parse_numbers
from analytics.data.values.stated_scale import amounts_in, sizes_said, times_stated
from analytics.errors import Problem

__all__ = ["history_of_periods", "history_of_rows"]

_AMOUNTS = (
    "quantity", "returned", "revenue", "price", "unit_cost", "discount", "discount_pct", *MARGIN_ROLES,
)  # fmt: skip


def history_of_periods(
    file: SalesFile, wide: WideColumns, digest: str, date_order: str | None, decimal: str | None
) -> SalesHistory:
    """The history of a table with one column per period."""
    marks, mark, why = decimal_marks(
        {r: file.column[r] for r in ("price", "unit_cost") if r in file.column},
        file.named,
        decimal,
        file.table.dialect,
        [file.table.columns[i] for i in wide.positions],
    )
    file.assumed.append(f"decimal mark {mark}: {why}")
    heads = {"quantity": wide.positions, "revenue": wide.money}
    file.problems += sizes_said({role: file.table.names[at[0]] for role, at in heads.items() if at})
    file.periods = frozenset((*wide.positions, *wide.money, *wide.longer))
    reject_totals(file, ("sku",))
    measures = keep_units_sold(file.table, file.roles.role["sku"], [*wide.positions, *wide.money], file.rows)
    file.problems += measures.problems
    cells = wide_cells(file.table, wide, mark, date_order, file.rows)
    times = {role: times_stated(role, word) for role, word in measures.sizes.items()}
    cells = replace(cells, quantity=cells.quantity * times.get("quantity", 1.0))
    if measures.revenue.any() and cells.revenue is None:
        own = [amounts_in(file.table.columns[i], file.table.names[i], mark) for i in wide.positions]
        revenue, units = revenue_of_rows(
            file.column["sku"],
            measures.revenue,
            np.column_stack(own) * times["revenue"],
            cells.quantity,
            file.rows.good,
        )
        cells = replace(cells, revenue=revenue, quantity=units)
    file.problems += left_out_sums(file.table, wide, cells, mark)
    good = np.flatnonzero(file.rows.good)
    sums = np.zeros(len(file.table), bool)
    sums[good] = rows_of_sums(cells.quantity[good])
    file.rows.reject(
        sums,
        "total_row",
        file.named["sku"],
        file.column["sku"],
        "a product",
        "nothing to do: the rows below add up to it",
    )
    reject_blank_sku(file)
    numbers = {
        role: file.column[role].spread(parse_numbers(file.column[role].values, marks[role])[0])
        * times_stated(role, file.named[role])
        for role in marks
    }
    _prices_of_one(file, numbers)
    total = np.nansum(cells.quantity, axis=1)
    money = (
        np.nansum(cells.revenue, axis=1)
        if cells.revenue is not None
        else total * numbers["price"]
        if "price" in numbers
        else None
    )
    aside = meant_by_period(file, cells, total, money, numbers.get("price"), mark)
    good = file.usable()
    when_row, when = np.nonzero(~np.isnan(cells.quantity[good]))
    source = good[when_row]
    quantity = cells.quantity[source, when]
    revenue = (
        cells.revenue[source, when]
        if cells.revenue is not None
        else numbers["price"][source] * quantity
        if "price" in numbers
        else np.full(len(source), np.nan)
    )
    if file.measured is not None and file.measured.factor is not None:
        quantity = quantity * file.measured.factor[source]
        numbers = {
            role: values / file.measured.factor if role == "unit_cost" else values
            for role, values in numbers.items()
        }
    out = ~(file.rows.good | aside.on_hand | aside.receipt)
    units_rejected = float(np.nansum(cells.quantity[out]))
    if (
        cells.grain == "M"
        and len(cells.days) > 1
        and np.median(np.diff(np.unique(cells.days)).astype(int)) > 80
    ):
        file.problems.append(
            Problem(
                "quarters",
                "the columns are quarters; each is counted in its first month",
                "upload monthly figures if there are any",
            )
        )
    repeated = len(file.sku.take(good).values) < len(good)
    if repeated:
        file.problems.append(
            Problem(
                "sku_repeated",
                "some products stand in several rows; the rows were added up",
                "nothing to do",
                count=len(good) - len(file.sku.take(good).values),
            )
        )
    return finished_history(
        file,
        digest,
        LinesLeft(source, cells.days[when], quantity, revenue, numbers, {}, units_rejected),
        HowRead(cells.grain, cells.order, cells.why, mark),
    )


def history_of_rows(file: SalesFile, digest: str, told: Told) -> SalesHistory:
    """The history of a table with one row per sale; `told` are answers about dates and decimals."""
    date_order, decimal = told.date_order, told.decimal
    column, rows, named = file.column, file.rows, file.named
    if len(file.table) > MANY:  # it may well be that every row is used: then this is the answer
        file.repeated = repeated_rows(file)
    if file.both is not None:
        column["quantity"] = file.both.cells
    else:
        refuse_in_turns(file)
    for role in ("quantity", "revenue", "price"):
        if role in column:
            column[role] = credits_and_debits(column[role], named[role], file.problems)
    units_in_cells(file)
    marks, mark, why = decimal_marks(
        {r: column[r] for r in _AMOUNTS if r in column}, named, decimal, file.table.dialect
    )
    file.assumed.append(f"decimal mark {mark}: {why}")
    reject_totals(file, ("date", "sku"))
    dates: dict[str, DateColumn] = {
        role: date_column(column[role].values) for role in ("date", "promised", "shipped") if role in column
    }
    order, order_why = date_order_of(dates, {r: list(column[r].values) for r in dates}, named, date_order)
    days = settled_swaps(column, dates, order, named, told.dates, file.assumed)
    day = column["date"].spread(days["date"])
    rows.reject_values(
        column["date"], dates["date"].blank, "date_blank", named["date"], "", "a date", "fill in the date"
    )
    expected = "a date" + ("" if order == "YMD" else f" ({order})")
    reject_no_periods(file, column["date"], named["date"])
    unreadable, remedy = (
        np.isnat(dates["date"].dates(order)),
        "correct the date, or choose another date_order",
    )
    rows.reject_values(
        column["date"], unreadable, "date_unreadable", named["date"], column["date"], expected, remedy
    )
    reject_blank_sku(file)
    file.promotion = promoted_rows(file)
    planned = planned_promotions(file, day)
    numbers = numbers_of_rows(file, marks, decimal is not None or bool(file.table.dialect.get("decimal")))
    _prices_of_one(file, numbers)
    named_by_user = file.roles.evidence.get("revenue") == "told"
    amount_of_lines(file.table, numbers, named, file.sku, marks, file.problems, named_by_user)
    money = marks.get("revenue", marks.get("price", mark))
    chosen = "told" in {file.roles.evidence.get(role) for role in ("revenue", "price")}
    file.problems += in_own_currency(file.table, column, numbers, named, file.sku, rows, money, chosen)
    less_returned(file, numbers)
    aside = meant(file, numbers, day, mark)
    kinds = line_kinds(column, numbers, file.sku)
    if kinds.turned.any():
        numbers["quantity"] = np.where(kinds.turned, -numbers["quantity"], numbers["quantity"])
    file.problems += apply_choices(kinds, file.choices, rows, named, column["sku"], file.assumed)
    if file.choices.far_dates == "reject" and (far := far_years(day, rows.good)).any():
        rows.reject(
            far,
            "date_far",
            named["date"],
            column["date"],
            "a date near the others",
            "correct the year, or keep them (option choices: far_dates=keep)",
        )
    if file.choices.repeated_lines == "reject" and {"order", "line"} <= set(column):
        rows.reject(
            repeated_lines(file.table, rows.good, column["order"], column["line"]),
            "repeated_line",
            named["line"],
            column["line"],
            "each line of an order once",
            "nothing to do, or count them (option choices: repeated_lines=keep)",
        )
    good: NDArray[np.intp] | slice = (
        slice(None) if rows.good.all() else file.usable()
    )  # nothing is copied where nothing is left out
    if file.roles.evidence.get("discount") != "told":
        percent_or_amount(numbers, named, rows.good, file.assumed)
    revenue = line_revenue(numbers, column.get("order"), named, rows, file.problems, file.assumed)
    file.problems += cost_by_margin(numbers, revenue, named, file.sku, rows)
    in_one_unit(numbers, file.measured)
    kept_apart(file, aside, days, order, numbers["quantity"], revenue)
    units_rejected = (
        float(np.nansum(numbers["quantity"][~(rows.good | aside.on_hand | aside.receipt)]))
        if not isinstance(good, slice)
        else 0.0
    )
    grain = frequency_of(file, day[good], good, dates["date"])
    file.promotions = plan_of_rows(file, planned, day, grain)
    file.further = further_totals(file.table, rows, day, numbers, revenue, named, mark)
    return finished_history(
        file,
        digest,
        LinesLeft(good, day[good], numbers["quantity"][good], revenue[good], numbers, days, units_rejected),
        HowRead(grain, order, order_why, mark),
    )


def _prices_of_one(file: SalesFile, numbers: dict[str, NDArray[np.float64]]) -> None:
    """Prices and costs of the file for one unit, by the column that says for how many they are."""
    if "price_unit" in file.column:
        file.problems += prices_of_one(numbers, units_of_prices(file.column["price_unit"]), file.named)
