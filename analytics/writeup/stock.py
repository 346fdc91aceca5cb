"""Stock on hand as people take it away: the balance and the transition of `summary.json`, and one row per product of `stock.csv`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.valuation.ageing import AGE_ORIGINS
from analytics.valuation.on_hand import StockFacts
from analytics.valuation.valued import ValuedStock

__all__ = ["NOT_IN_TOTAL", "STOCK_COLUMNS", "TOTAL", "closed", "stock_summary", "stock_table"]

STOCK_COLUMNS = (
    "sku", "name", "family", "status", "as_of", "quantity", "unit_cost", "book_value", "last_sale", "average_age_days", "age_origin", "monthly_demand", "cover_months",
    "excess_units", "excess_value", "excess_over_quantile", "below_zero", "expected_12_months", "runs_out", "plan_holds", "becomes_cash", "ties_up", "not_cash",
    "blocked", "in_quality", "on_order", "excess_on_order", "reserved", "contracted", "arrives_first",
)  # fmt: skip
#: Units that stand beside what is on hand, or are a part of it.
_UNITS_APART = ("blocked", "in_quality", "on_order", "reserved", "contracted")
#: The lines that close a table of products.
TOTAL, NOT_IN_TOTAL = "total", "not in the total"


def stock_summary(stock: StockFacts) -> dict[str, Any]:
    """What `summary.json` says of stock: money at unit cost, the parts of the balance, slow stock, and the transition to what the mix holds.

    Without any known stock on hand every amount is null: nothing is put in its place.
    """
    transition, known = stock.transition, stock.known
    nothing = float("nan")
    amounts = {
        "total": stock.total, "sold_products": stock.sold, "living": stock.living, "ended": stock.ended, "never_sold": stock.never_sold,
        "unknown_sku": stock.unknown_sku, "slow": stock.slow,
        "cash_released": transition.cash_released, "cash_tied_up": transition.must_be_bought, "kept_by_plan": transition.kept_by_plan,
        "not_sold_before_known_end": transition.not_sold_before_known_end, "not_sold_within_24_months": transition.not_sold_within_24_months,
        "blocked": stock.value_of("blocked"), "in_quality": stock.value_of("in_quality"), "on_order": stock.value_of("on_order"),
        "reserved": stock.value_of("reserved"), "contracted": stock.value_of("contracted"),
        "excess_on_order": float(np.nansum(stock.excess_on_order * stock.unit_cost)),
    }  # fmt: skip
    return {
        "known": known,
        **{name: amount if known else nothing for name, amount in amounts.items()},
        "months_until_released": transition.months if known else nothing,
        "cash_released_by_month": transition.by_month if known else [],
        "first_month": str(transition.first_month),
        "parts": [
            {
                "part": p.name,
                "products": p.products,
                "units": p.units,
                "money": p.money,
                "in_total": p.counted,
            }
            for p in stock.parts
        ],
        "sold_products_without_record": stock.unknown_sold,
        "slow_products": len(stock.slowest),
        "notes": list(stock.notes),
    }


def stock_table(valued: ValuedStock) -> pd.DataFrame:
    """One row per product of both files: columns STOCK_COLUMNS; empty cells are unknown; what lasts longer than can be said `runs_out` "after ten years".

    Closed by the total of what has stock and cost, and by what is not in it.
    """
    stock = valued.stock
    runs_out = stock.runs_out.astype(str)
    runs_out[np.isnat(stock.runs_out)] = ""
    runs_out = np.where(np.isposinf(stock.cover_months), "after ten years", runs_out)
    columns: dict[str, Any] = {
        "sku": stock.skus,
        "name": stock.names,
        "family": valued.sold.family,
        "status": valued.status_words,
        "as_of": np.where(stock.unknown, "", str(valued.as_of)),
        "quantity": stock.on_hand,
        "unit_cost": stock.unit_cost,
        "book_value": stock.book_value,
        "last_sale": _days(valued.sold.last_sale),
        "average_age_days": valued.age.average_age_days,
        "age_origin": np.array(AGE_ORIGINS, object)[valued.age.origin],
        "monthly_demand": valued.monthly_demand,
        "cover_months": np.where(np.isfinite(stock.cover_months), stock.cover_months, np.nan),
        "excess_units": stock.excess_units,
        "excess_value": stock.excess_value,
        "excess_over_quantile": valued.excess_over_quantile,
        "below_zero": np.where(stock.below_zero < 0.0, stock.below_zero, np.nan),
        "expected_12_months": stock.expected_12_months,
        "runs_out": runs_out,
        "plan_holds": stock.plan_holds,
        "becomes_cash": stock.becomes_cash,
        "ties_up": stock.ties_up,
        "not_cash": stock.not_cash,
        **{name: _where_any(stock.units_of(name)) for name in _UNITS_APART},
        "arrives_first": _days(valued.arrives_first),
        "excess_on_order": _where_any(np.nan_to_num(stock.excess_on_order)),
    }
    sums = ("quantity", "book_value", "excess_units", "excess_value", "becomes_cash", "ties_up", "not_cash", "blocked", "in_quality", "reserved", "contracted")  # fmt: skip
    return closed(pd.DataFrame(columns)[list(STOCK_COLUMNS)], valued, sums)


def _where_any(units: NDArray[np.float64]) -> NDArray[np.float64]:
    """Units where there are any, empty elsewhere."""
    return np.where(units > 0.0, units, np.nan)


def _days(days: NDArray[np.datetime64]) -> NDArray[Any]:
    """Days as text, "" where there is none."""
    return np.where(np.isnat(days), "", days.astype("datetime64[D]").astype(str))


def closed(table: pd.DataFrame, valued: ValuedStock, sums: Sequence[str]) -> pd.DataFrame:
    """A table of products, one row per product, closed by the total of `sums` over those whose stock and cost are known, and by what is not in it as the last line.

    What is not in it are units without a cost, booked below zero or on consignment; how many products have no record stands in words where the table has names.
    """
    stock, counted = valued.stock, valued.counted
    parts = {part.name: part for part in stock.parts}
    total: dict[str, Any] = {
        "sku": TOTAL,
        **{name: float(np.nansum(table[name].to_numpy(np.float64)[counted])) for name in sums},
    }
    rest: dict[str, Any] = {"sku": NOT_IN_TOTAL}
    if "quantity" in sums:
        rest["quantity"] = sum(parts[name].units for name in ("without_cost", "below_zero", "consignment"))
    if "book_value" in sums:
        rest["book_value"] = parts["below_zero"].money + parts["consignment"].money
    said = {
        "without a stock record": parts["unknown"].products,
        "without a cost": parts["without_cost"].products,
        "booked below zero": parts["below_zero"].products,
        "on consignment": parts["consignment"].products,
    }
    if "name" in table.columns:
        rest["name"] = ", ".join(f"{count:,} {what}" for what, count in said.items() if count) or "nothing"
    texts = [name for name in table.columns if not pd.api.types.is_numeric_dtype(table[name])]
    lines = pd.DataFrame(
        [{**dict.fromkeys(texts, ""), **line} for line in (total, rest)], columns=table.columns
    )
    for name in table.columns:
        lines[name] = lines[name].astype(table[name].dtype)
    return pd.concat([table, lines], ignore_index=True)
