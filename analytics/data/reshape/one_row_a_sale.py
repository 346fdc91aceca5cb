"""Which other shape a table has, tried one after the other, and the table with one row a sale."""

from __future__ import annotations

from analytics.data.columns.column_look import look
from analytics.data.columns.column_roles import map_sales_columns
from analytics.data.layout.raw_table import RawTable
from analytics.data.reshape.grouped_report import dated_groups, headed_groups
from analytics.data.reshape.one_column_per_period import transposed_columns
from analytics.data.reshape.reshape import (
    counted_periods,
    dates_from_parts,
    long_from_columns,
    month_names_across,
    years_across,
)
from analytics.data.reshape.written_once import carried_down, filled_down
from analytics.data.told import Told
from analytics.data.values.categorical import blank_texts
from analytics.data.values.dates import date_column
from analytics.data.values.header_names import normal_name, role_of_name
from analytics.data.values.period_names import says_week

__all__ = ["one_row_a_sale"]

#: names of columns that may hold the number of a document as well as the code of a product
_ANY_CODE = frozenset("reference|ref|referencia|referenz|id|code|codigo|codice|symbol".split("|"))


def _blank_on_lines(table: RawTable, position: int, dates: int) -> bool:
    """Whether a column is filled in some rows, but blank wherever a date stands."""
    blank = table.columns[position].spread(blank_texts(table.columns[position].values))
    if not blank.any() or blank.all():
        return False
    return bool(blank[table.columns[dates].spread(date_column(table.columns[dates].values).readable)].all())


def one_row_a_sale(table: RawTable, told: Told) -> RawTable:
    """The table with a date, a product and a quantity per row, where it says so in another shape."""
    names = table.names
    across = month_names_across(table) or years_across(table)
    if across is not None:
        return across
    roles = map_sales_columns(names, table.columns, None, by_content=False).role
    date_at = roles.get("date", -1)
    if date_at < 0 and (by_day := dated_groups(table)) is not None:
        return by_day
    dated = date_at >= 0 and look(table.columns[date_at]).dates >= 0.5
    if not dated:
        joined = dates_from_parts(table)
        if joined is not None:
            return joined
        date_at = (
            date_at if date_at >= 0 else next((i for i, name in enumerate(names) if says_week(name)), -1)
        )
        counted = counted_periods(table, date_at, told.start) if date_at >= 0 else None
        if counted is not None:
            return counted
    if date_at < 0:
        date_at = next(
            (
                i
                for i in range(min(3, len(names)))
                if len(table)
                and date_column(table.columns[i].values[:200], serials=False).readable.mean() > 0.9
            ),
            -1,
        )
    if date_at >= 0 and not any(role_of_name(n)[0] == "sku" for n in names):
        products = transposed_columns(table, {**roles, "date": date_at})
        if products:
            return long_from_columns(
                table,
                products,
                lambda rows, which: [names[products[k]] for k in which],
                "product",
                set(range(len(names))) - {date_at},
            )
    if date_at < 0 or not dated:
        return table
    sku = roles.get("sku", -1)
    unsure = sku >= 0 and normal_name(names[sku]) in _ANY_CODE and not _blank_on_lines(table, sku, date_at)
    if sku < 0 or unsure or _blank_on_lines(table, sku, date_at):
        return headed_groups(table, date_at, unsure) or table
    table = filled_down(table, sku, date_at) or table
    return (
        carried_down(table, map_sales_columns(table.names, table.columns, None, by_content=False).role)
        or table
    )
