"""Stock on hand as people take it away: the balance and the transition of `summary.json`, and one row per product of `stock.csv`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.valuation.on_hand import GROUPS, StockFacts

__all__ = ["STOCK_COLUMNS", "stock_summary", "stock_table"]

STOCK_COLUMNS = (
    "sku", "name", "status", "quantity", "below_zero", "unit_cost", "book_value", "expected_12_months", "cover_months", "runs_out", "excess_units", "excess_value", "plan_holds",
    "becomes_cash", "ties_up", "not_cash",
)  # fmt: skip


def stock_summary(stock: StockFacts) -> dict[str, Any]:
    """What `summary.json` says of stock: money at unit cost, the parts of the balance, slow stock, and the transition to what the mix holds.

    Without any known stock on hand every amount is null: nothing is put in its place.
    """
    transition, known = stock.transition, stock.known
    nothing = float("nan")
    amounts = {
        "total": stock.total, "sold_products": stock.sold, "living": stock.living, "ended": stock.ended, "never_sold": stock.never_sold, "slow": stock.slow,
        "cash_released": transition.cash_released, "cash_tied_up": transition.must_be_bought, "kept_by_plan": transition.kept_by_plan,
        "not_sold_before_known_end": transition.not_sold_before_known_end, "not_sold_within_24_months": transition.not_sold_within_24_months,
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


def stock_table(stock: StockFacts) -> pd.DataFrame:
    """One row per product of both files: columns STOCK_COLUMNS; empty cells are unknown; what lasts longer than can be said `runs_out` "after ten years"."""
    runs_out = stock.runs_out.astype(str)
    runs_out[np.isnat(stock.runs_out)] = ""
    runs_out = np.where(np.isposinf(stock.cover_months), "after ten years", runs_out)
    columns: dict[str, Any] = {
        "sku": stock.skus,
        "name": stock.names,
        "status": np.array(GROUPS, object)[stock.group],
        "quantity": stock.on_hand,
        "below_zero": np.where(stock.below_zero < 0.0, stock.below_zero, np.nan),
        "unit_cost": stock.unit_cost,
        "book_value": stock.book_value,
        "expected_12_months": stock.expected_12_months,
        "cover_months": np.where(np.isfinite(stock.cover_months), stock.cover_months, np.nan),
        "runs_out": runs_out,
        "excess_units": stock.excess_units,
        "excess_value": stock.excess_value,
        "plan_holds": stock.plan_holds,
        "becomes_cash": stock.becomes_cash,
        "ties_up": stock.ties_up,
        "not_cash": stock.not_cash,
    }
    return pd.DataFrame(columns)[list(STOCK_COLUMNS)]
