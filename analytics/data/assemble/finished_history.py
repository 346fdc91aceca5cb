"""The lines that are left of a file, as a history with its report."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.data.assemble.sales_file import SalesFile
from analytics.data.columns.attributes import (
    attributes_of,
    channel_table,
    coded_words,
    flags,
    sorted_vocabulary,
)
from analytics.data.currencies import other_currencies
from analytics.data.history import IntakeReport, Promotions, SalesHistory
from analytics.data.kept_apart import units_apart
from analytics.data.lines.duplicates import duplicates
from analytics.data.lines.suspicious import SoldLines, suspicious
from analytics.data.reshape.joined_codes import variants_said
from analytics.data.reshape.one_column_per_period import spacing
from analytics.data.values.dates import DateColumn
from analytics.errors import Problem

__all__ = ["MANY", "HowRead", "LinesLeft", "finished_history", "frequency_of", "repeated_rows"]

#: with more lines than twice this, so many may already tell that a product has several lines a day
MANY = 1_000_000
_NOTHING = np.datetime64("NaT", "D")


class LinesLeft(NamedTuple):
    """The lines of a file that count as sales, one entry a line unless said otherwise.

    source: the row of the table that each line comes from (lines,), or a slice where every row is one line. day:
    the day of sale. quantity: units, negative for returns. revenue: money, NaN unknown. numbers: the numbers of every
    row of the table by role, each (rows,). dates: the dates of every distinct text by role, beside that of sale.
    units_rejected: units of the rows that are left out, in all.
    """

    source: NDArray[np.intp] | slice
    day: NDArray[np.datetime64]
    quantity: NDArray[np.float64]
    revenue: NDArray[np.float64]
    numbers: Mapping[str, NDArray[np.float64]]
    dates: Mapping[str, NDArray[np.datetime64]]
    units_rejected: float


class HowRead(NamedTuple):
    """In which way the texts of a file were read.

    grain: what a row is, L (a line), D, W or M (a total of that period). order: DMY, MDY or YMD, and `why`. mark: the
    decimal mark.
    """

    grain: str
    order: str
    why: str
    mark: str


def _constant(value: Any, count: int) -> NDArray[Any]:
    """One value for every line; for millions of lines without taking memory."""
    return np.full(count, value) if count <= 1_000_000 else np.broadcast_to(np.asarray(value), (count,))


def repeated_rows(file: SalesFile) -> Future[list[Problem]]:
    """What there is to say of repeated rows among those good by now, worked out beside everything else."""
    beside = ThreadPoolExecutor(1)
    found = beside.submit(duplicates, file.table, file.rows.good.copy())
    beside.shutdown(wait=False)
    return found


def frequency_of(
    file: SalesFile, day: NDArray[np.datetime64], good: NDArray[np.intp] | slice, dates: DateColumn
) -> str:
    """What a row of the file is: a line (L), or the total of a product's day (D), week (W) or month (M)."""
    grains = {str(g) for g in dates.grain if g}
    orders = file.column.get("order")
    if orders is not None and len(orders.values) > 1:
        return "L"
    if grains <= {"M", "Q"}:
        return "M"
    if grains == {"W"}:
        return "W"
    if len(day) > 2 * MANY:
        key = day[:MANY].view(np.int64) * np.int64(len(file.sku.values)) + file.sku.codes[good][:MANY]
        if len(key) - len(np.unique(key)) > 0.02 * len(day):
            return "L"
    offset = day.view(np.int64) - int(day.view(np.int64).min())
    days = np.flatnonzero(np.bincount(offset)) if int(offset.max()) < 50_000 else np.unique(offset)
    size = (int(offset.max()) + 1) * len(file.sku.values)
    key = offset * np.int64(len(file.sku.values)) + file.sku.codes[good]
    distinct = np.count_nonzero(np.bincount(key, minlength=1)) if size <= 20_000_000 else len(np.unique(key))
    if len(key) - distinct > 0.02 * len(key):
        return "L"
    return spacing((days + int(day.view(np.int64).min())).astype("datetime64[D]"))


def _of_sold(plan: Promotions | None, skus: NDArray[Any]) -> Promotions | None:
    """The promotions of products that are sold."""
    if plan is None:
        return None
    sold = {str(sku) for sku in skus}
    kept = np.array([str(sku) in sold for sku in plan.sku], np.bool_)
    return Promotions(plan.sku[kept], plan.first[kept], plan.last[kept])


def finished_history(file: SalesFile, digest: str, lines: LinesLeft, read: HowRead) -> SalesHistory:
    """The lines that are left, sorted by date and without what a file says twice, as a history with its report."""
    table, column = file.table, file.column
    source, day, quantity, revenue, numbers, dates, units_rejected = lines
    grain, order, why, mark = read
    repeated = file.repeated if file.repeated is not None and file.rows.good.all() else repeated_rows(file)
    row = table.row[source]
    if not (day[1:] >= day[:-1]).all():
        offset = day.view(np.int64) - int(day.view(np.int64).min())
        sort = np.argsort(offset.astype(np.uint16) if int(offset.max()) < 65_536 else offset, kind="stable")
        source = sort if isinstance(source, slice) else source[sort]
        day, quantity, revenue, row = day[sort], quantity[sort], revenue[sort], row[sort]
    cost = numbers["unit_cost"][source] if "unit_cost" in numbers else None
    if cost is not None and not (cost > 0.0).all():
        cost = np.where(cost > 0.0, cost, np.nan)
    currency, other, currencies = other_currencies(column, file.named, source, revenue, row)
    if other is not None:
        revenue, cost = (
            np.where(other, np.nan, revenue),
            None if cost is None else np.where(other, np.nan, cost),
        )
    skus, sku = sorted_vocabulary(file.sku.take(source))
    order_code, _ = coded_words(column.get("order"), source, len(day))
    customer, customers = coded_words(column.get("customer"), source, len(day))
    channel, channels = coded_words(column.get("channel"), source, len(day))
    late = {
        r: column[r].spread(dates[r])[source] if r in dates else _constant(_NOTHING, len(day))
        for r in ("promised", "shipped")
    }
    if "promotion" in column and file.promotion is None:  # of a sheet with a column per period
        file.promotion = column["promotion"].spread(flags(column["promotion"].values))
    promotion = _constant(np.nan, len(day)) if file.promotion is None else file.promotion[source]
    attributes = attributes_of(column, cost, source, sku, len(skus), file.assumed)
    if file.measured is not None:
        attributes["unit"] = np.array([file.measured.unit.get(str(code), "") for code in skus], dtype=object)
    rejected, reasons = file.rows.finish()
    odd = (
        currencies
        + repeated.result()
        + suspicious(file.named, SoldLines(day, sku, quantity, row, channel), skus, channels, grain)
    )
    n = len(table) + len(table.rejected)
    used = int(file.rows.good.sum())
    unknown = np.isnan(revenue)
    known = revenue[~unknown] if unknown.any() else revenue
    returned = quantity[quantity < 0] if quantity.min() < 0 else quantity[:0]
    spoken_of = {m.column for m in file.meanings.listed} | {p.column for p in file.problems}
    unused = [
        name[:40]
        for i, name in enumerate(table.names)
        if i not in set(file.roles.role.values()) and i not in file.periods and name not in spoken_of
    ]
    if unused:
        file.assumed.append(
            "columns not used: "
            + ", ".join(unused[:12])
            + (f" and {len(unused) - 12} more" if len(unused) > 12 else "")
        )
    variants = variants_said(table, unused, file.sku, file.named["sku"])
    kept = units_apart(file.apart)
    report = IntakeReport(
        source=table.name,
        digest=digest,
        rows_read=n,
        rows_used=used,
        rows_rejected=n - used,
        units_used=float(quantity.sum()),
        units_rejected=units_rejected,
        revenue_used=float(known.sum()) if len(known) else float("nan"),
        gross_units=float(quantity[quantity > 0].sum()) if len(returned) else float(quantity.sum()),
        returned_units=float(np.abs(returned).sum()),
        first_date=day[0],
        last_date=day[-1],
        frequency=grain,
        date_order=order,
        dialect={**table.dialect, "decimal": mark, **({"currency": currency} if currency else {})},
        mapping=file.named,
        channels=tuple(channel_table(channel, channels, day, quantity, revenue)),
        problems=(*file.problems, *variants, *reasons, *odd),
        assumed=(*file.assumed, f"date order {order}: {why}"),
        rejected=rejected,
        further_totals=file.further,
        meanings=tuple(file.meanings.listed),
        units_on_hand=kept["units_on_hand"],
        units_received=kept["units_received"],
        on_hand_in_demand=kept["on_hand_in_demand"],
        confidence={
            role: float(file.roles.confidence[role]) for role in file.named if role in file.roles.confidence
        },
    )
    history = SalesHistory(
        skus,
        sku,
        day,
        quantity,
        revenue,
        order_code,
        customer,
        channel,
        late["promised"],
        late["shipped"],
        promotion,
        row,
        customers,
        channels,
        attributes,
        grain,
        report,
        cost,
        file.apart,
        _of_sold(file.promotions, skus),
    )
    for array in (
        sku,
        day,
        quantity,
        revenue,
        order_code,
        customer,
        channel,
        late["promised"],
        late["shipped"],
        promotion,
        row,
        *([] if cost is None else [cost]),
    ):
        array.flags.writeable = False
    return history
