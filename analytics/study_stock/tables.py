"""The tables of a study's stock by file name: stock in the books, what may be lost of it, cash, and the bridge from today to the mix."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.study_stock.cash import Plans, study_bridge
from analytics.study_stock.parts import StockParts
from analytics.study_stock.todays_list import todays_list
from analytics.valuation.valued import ValuedStock
from analytics.writeup.cash import (
    attention_table,
    bridge_by_product_table,
    bridge_table,
    carrying_table,
    cash_summary,
    exposure_curve_table,
    exposure_table,
    transition_table,
    working_capital_table,
)
from analytics.writeup.ledger import ledger_table
from analytics.writeup.reserves import (
    ageing_table,
    journal_table,
    nrv_table,
    reserve_table,
    roll_forward_table,
)
from analytics.writeup.stock import stock_table

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["once_beside_the_gain", "stock_document", "stock_tables"]


def stock_tables(study: Study, parts: StockParts) -> dict[str, Callable[[], pd.DataFrame]]:
    """Every table of stock by file name, each made when asked for, from the `parts` of the study's stock."""
    valued, plans, exposure = parts.valued, parts.plans, parts.exposure
    return {
        "stock": lambda: stock_table(valued()),
        "ageing": lambda: ageing_table(valued()),
        "reserve": lambda: reserve_table(valued()),
        "nrv": lambda: nrv_table(valued()),
        "ledger": lambda: ledger_table(valued()),
        "roll_forward": lambda: roll_forward_table(valued()),
        "journal": lambda: journal_table(valued()),
        "exposure": lambda: exposure_table(exposure(), parts.unpriced),
        "exposure_curve": lambda: exposure_curve_table(exposure(), parts.unpriced),
        "working_capital": lambda: working_capital_table(parts.capital(), valued().stock, parts.unpriced),
        "carrying": lambda: carrying_table(parts.carrying(), valued().stock, parts.unpriced),
        "transition": lambda: transition_table(parts.way(), valued()),
        "bridge": lambda: bridge_table(
            study_bridge(study, once_beside_the_gain(valued()), plans()), parts.unpriced
        ),
        "bridge_by_product": lambda: _bridge_by_product(study, plans()),
        "todays_list": lambda: todays_list(study, valued(), parts.runs_out()),
        "attention": lambda: attention_table(parts.watched(), valued(), parts.runs_out()),
    }


def stock_document(parts: StockParts) -> dict[str, Any]:
    """What `summary.json` says of exposure, working capital, carrying cost, the way of today's stock and what to look at: the lines that close their tables."""
    return cash_summary(
        {
            "exposure": exposure_table(parts.exposure(), parts.unpriced),
            "working_capital": working_capital_table(parts.capital(), parts.valued().stock, parts.unpriced),
            "carrying": carrying_table(parts.carrying(), parts.valued().stock, parts.unpriced),
        },
        parts.way(),
        parts.watched(),
    )


def once_beside_the_gain(valued: ValuedStock) -> dict[str, float]:
    """What happens once, beside the yearly gain, money: cash that today's stock releases, write-down, cost of switching (NaN: not stated)."""
    way = valued.stock.transition
    once = {
        "cash released": way.cash_released,
        "cash tied up": -way.must_be_bought,
        "write-down": -valued.to_book,
    }
    return once | {"cost of switching": -valued.policy.one_off_stated}


def _bridge_by_product(study: Study, plans: Plans) -> pd.DataFrame:
    """The bridge product by product; its last line is that of the portfolio, to the cent."""
    shared = study.recommendation.shared
    table = bridge_by_product_table(
        study.items.skus, plans.today.money, plans.mix.money, plans.priced, shared
    )
    end, mix = float(table["profit"].iloc[-2]), study.portfolio.money["mix"]["profit"]
    assert abs(end - mix) < 0.005, f"bridge by product ends at {end}, the mix earns {mix}"
    return table
