"""The tables of a study's stock by file name: stock in the books, what may be lost of it, cash, and the bridge from today to the mix."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING

import pandas as pd

from analytics.simulation.run_out import PlayedDown
from analytics.study_stock.cash import (
    Plans,
    plans_beside,
    study_attention,
    study_bridge,
    study_carrying,
    study_way,
    study_working_capital,
)
from analytics.study_stock.exposure import stock_played_down, study_exposure, study_runs_out
from analytics.study_stock.valuation import study_valuation
from analytics.valuation.policy import DEFAULT_POLICY, StockPolicy
from analytics.valuation.valued import ValuedStock
from analytics.writeup.cash import (
    attention_table,
    bridge_by_product_table,
    bridge_table,
    carrying_table,
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

__all__ = ["once_beside_the_gain", "stock_tables"]


def stock_tables(study: Study, policy: StockPolicy = DEFAULT_POLICY) -> dict[str, Callable[[], pd.DataFrame]]:
    """Every table of stock by file name, each made when asked for; stock is valued under the policy once for all of them."""
    valued, plans = cache(partial(study_valuation, study, policy)), cache(partial(plans_beside, study))
    down = cache(lambda: stock_played_down(study, valued()))
    exposure = cache(lambda: study_exposure(study, valued(), down()))
    return {
        "stock": lambda: stock_table(valued()),
        "ageing": lambda: ageing_table(valued()),
        "reserve": lambda: reserve_table(valued()),
        "nrv": lambda: nrv_table(valued()),
        "ledger": lambda: ledger_table(valued()),
        "roll_forward": lambda: roll_forward_table(valued()),
        "journal": lambda: journal_table(valued()),
        "exposure": lambda: exposure_table(exposure()),
        "exposure_curve": lambda: exposure_curve_table(exposure()),
        "working_capital": lambda: working_capital_table(study_working_capital(study, valued(), plans())),
        "carrying": lambda: carrying_table(study_carrying(study, valued(), plans())),
        "transition": lambda: _transition(study, valued()),
        "bridge": lambda: bridge_table(study_bridge(study, once_beside_the_gain(valued()), plans())),
        "bridge_by_product": lambda: _bridge_by_product(study, plans()),
        "attention": lambda: _attention(study, valued(), down()),
    }


def _attention(study: Study, valued: ValuedStock, down: PlayedDown) -> pd.DataFrame:
    """What to look at first, with what runs out before it is replaced."""
    short = study_runs_out(study, valued, down)
    return attention_table(study_attention(study, valued, short), valued, short)


def _transition(study: Study, valued: ValuedStock) -> pd.DataFrame:
    """The way of today's stock by month, of all products and of each family."""
    way = study_way(study, valued)
    return transition_table(way, valued.sold.family, valued.stock.transition.first_month)


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
    end, mix = float(table["profit"].iloc[-1]), study.portfolio.money["mix"]["profit"]
    assert abs(end - mix) < 0.005, f"bridge by product ends at {end}, the mix earns {mix}"
    return table
