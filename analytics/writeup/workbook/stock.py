"""Stock in the books product by product: what there is, at what cost, how old, and what the ledger says."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.valuation.ageing import AGE_ORIGINS
from analytics.valuation.on_hand import ENDED, LIVING
from analytics.writeup.workbook.figures import WorkbookFigures
from analytics.writeup.workbook.layout import FORMULA, INPUT, RECORD, SIMULATED, TEXT, Column, Table

__all__ = ["ageing_sheet", "stock_sheet"]

Array = NDArray[np.float64]


def named(figures: WorkbookFigures) -> list[Column]:
    """SKU and name of every product of the stock: those sold first, in the rows they have on Products, then those never sold."""
    assert figures.stock is not None
    stock = figures.stock.valued.stock
    return [
        Column("sku", "SKU", TEXT, "text", stock.skus, width=16),
        Column("name", "Name", TEXT, "text", stock.names, width=26),
    ]


def stock_sheet(figures: WorkbookFigures) -> Table:
    """One row a product of both files: on hand, cost and book value, what of it is too much, and the sales it stands against."""
    assert figures.stock is not None
    own, valued = figures.stock, figures.stock.valued
    stock, n = valued.stock, len(figures.items)
    more = len(stock.skus) - n
    cost = np.concatenate([np.asarray(figures.items["unit_cost"], np.float64), np.full(more, np.nan)])
    linked = stock.unit_cost == cost
    group = np.select([stock.group == LIVING, stock.group == ENDED], ["sold", "ended"], "never sold").astype(object)  # fmt: skip
    takes = np.concatenate([own.sold_revenue != 0.0, np.zeros(more, bool)])

    def of_sold(values: Array) -> Array:
        return np.where(takes & (np.r_[values, np.zeros(more)] != 0.0), np.r_[values, np.zeros(more)], np.nan)

    def where_any(units: Array) -> Array:
        return np.where(units != 0.0, units, np.nan)

    year = "Sold in the last twelve whole months"
    columns = [
        *named(figures),
        Column("family", "Family", TEXT, "text", valued.sold.family, width=16),
        Column("group", "Product is", TEXT, "text", group, width=11),
        Column("status", "Status", TEXT, "text", valued.status_words, width=11),
        Column("quantity", "On hand", RECORD, "units", stock.on_hand, total=True, band="Of the file"),
        Column("blocked", "of it blocked", RECORD, "units", where_any(stock.units_of("blocked")), total=True, band="Of the file"),
        Column("unit_cost", "Unit cost", INPUT, "money", stock.unit_cost, "{Products.unit_cost}", linked, band="Of the file"),
        Column("book_value", "Book value", FORMULA, "money", stock.book_value, "{quantity}*{unit_cost}", width=15, total=True, band="Money at cost"),
        Column("monthly_demand", "Expected a month", SIMULATED, "units", valued.monthly_demand, band="From the forecast"),
        Column("excess_units", "Too much, units", SIMULATED, "units", stock.excess_units, total=True, band="From the forecast"),
        Column("plan_holds", "The mix holds", SIMULATED, "units", stock.plan_holds, band="From the simulation"),
        Column("excess_value", "Too much, money", FORMULA, "money", stock.excess_value, "{excess_units}*{unit_cost}", width=15, total=True, band="Money at cost"),
        Column("becomes_cash", "Becomes cash", FORMULA, "money", stock.becomes_cash, "{Transition.released}", width=15, total=True, band="Money at cost"),
        Column("age_days", "Age, days", RECORD, "whole", valued.age.average_age_days, band="Age"),
        Column("age_origin", "Age known from", TEXT, "text", np.array(AGE_ORIGINS, object)[valued.age.origin], width=20, band="Age"),
        Column("sold_units", "Units at today's cost", RECORD, "units", of_sold(own.sold_units), band=year),
        Column("sold_cost", "Cost that lines say", RECORD, "money", of_sold(own.sold_cost), band=year),
        Column("sold_revenue", "Revenue", RECORD, "money", of_sold(own.sold_revenue), total=True, band=year),
    ]  # fmt: skip
    takes_part = np.concatenate([_living(figures), np.zeros(more, bool)])
    sold = np.r_[own.sold_units, np.zeros(more)] * np.where(takes_part, np.nan_to_num(stock.unit_cost), 0.0)
    sold = np.where(takes_part, sold + np.r_[own.sold_cost, np.zeros(more)], np.nan)
    columns.append(Column("cost_of_sales", "Cost of sales", FORMULA, "money", sold, "{sold_units}*{unit_cost}+{sold_cost}", width=15, total=True, band=year))  # fmt: skip
    return Table(
        "Stock",
        "Stock in the books",
        f"As of {valued.as_of}. On hand is of the file; a product without a record or a cost is in no sum. Cost of a product sold is edited on Products.",
        columns,
    )


def _living(figures: WorkbookFigures) -> NDArray[np.bool_]:
    """Products still sold whose stock and cost are known, (products sold,)."""
    assert figures.stock is not None
    valued, n = figures.stock.valued, len(figures.items)
    return (valued.stock.group == LIVING)[:n] & valued.counted[:n]


def bucket_title(name: str) -> str:
    """A bucket of age as its heading says it.

    >>> bucket_title("91_180"), bucket_title("over_365"), bucket_title("older_than_records")
    ('91 to 180 days', 'over 365 days', 'older than the records')
    """
    if name == "older_than_records":
        return "older than the records"
    first, _, last = name.partition("_")
    return f"over {last} days" if first == "over" else f"{first} to {last} days"


def ageing_sheet(figures: WorkbookFigures) -> Table:
    """Stock by age: units of every bucket from the records, and their money at unit cost."""
    assert figures.stock is not None
    valued = figures.stock.valued
    age, stock = valued.age, valued.stock
    units = np.where(np.isfinite(stock.on_hand)[:, None], age.quantity, np.nan)
    buckets = [
        Column(f"q_{name}", bucket_title(name), RECORD, "units", np.where(units[:, k] == 0.0, np.nan, units[:, k]), width=13, total=True, band="Units, from receipts and sales")
        for k, name in enumerate(age.names)
    ]  # fmt: skip
    money = [
        Column(f"v_{name}", bucket_title(name), FORMULA, "money", np.where(valued.counted, age.value[:, k], np.nan),
               f"{{q_{name}}}*{{Stock.unit_cost}}", width=15, total=True, band="Money at unit cost")
        for k, name in enumerate(age.names)
    ]  # fmt: skip
    first, last = (f"{{v_{name}}}" for name in (age.names[0], age.names[-1]))
    book = Column("book_value", "Book value", FORMULA, "money", np.where(valued.counted, stock.book_value, np.nan),
                  f"SUM({first}:{last})", width=15, total=True, band="Money at unit cost")  # fmt: skip
    return Table(
        "Ageing",
        "Age of the stock",
        "First in, first out: what is there came in last. Where no receipts are known, sales are taken as replaced on their day.",
        [*named(figures), *buckets, *money, book],
    )
