"""What the workbook is written from: the figures of a study, gathered once, in arrays over its products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.items import Items
from analytics.strategy.portfolio.plan_measures import PlanMeasures
from analytics.valuation.carrying import CarryingOfPlan
from analytics.valuation.run_down import Way
from analytics.valuation.valued import ValuedStock
from analytics.valuation.working_capital import CapitalOfPlan

__all__ = ["Origin", "PlanFigures", "SharedLine", "StockFigures", "WorkbookFigures"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Origin:
    """Whose figures these are: the file's name, its first and last day, rows read, used and set aside, currency, version, seed, digest, and notes."""

    title: str
    first_date: str
    last_date: str
    rows_read: int
    rows_used: int
    rows_rejected: int
    currency: str
    version: str
    seed: int
    digest: str
    notes: Sequence[str]


@dataclass(frozen=True, eq=False)
class PlanFigures:
    """One plan: its measures, and by product the strategy it is counted under, whether its settings are today's own, and what a count is worth (`rates`).

    `rates` holds the columns of `price.money_symbols`, arrays (products,), NaN where price or cost is unknown.
    """

    measures: PlanMeasures
    strategy: NDArray[np.object_]
    own_settings: NDArray[np.bool_]
    rates: Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class SharedLine:
    """The line that closes the products' gains: `amount` money, of it `uncounted` by limits, and where it is arithmetic the counts behind it.

    `product` (members,) are positions of products that assemble while siblings do not, `counts` (members, counts) what is counted of their own
    stock of components less what is counted where the whole family joins, `rates` what a count is worth to them.
    """

    amount: float
    uncounted: float
    product: NDArray[np.intp]
    counts: Array
    rates: Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class StockFigures:
    """Stock in the books and on its way: as `ValuedStock`, `Way` and the lines of working capital and carrying cost.

    `sold_units`, `sold_cost` and `sold_revenue` (products,) are of the last twelve whole months of products still sold with stock
    and cost known: units at today's cost, the cost of lines that say theirs, and what they brought.
    """

    valued: ValuedStock
    way: Way
    capital: Sequence[CapitalOfPlan]
    carrying: Sequence[CarryingOfPlan]
    sold_units: Array
    sold_cost: Array
    sold_revenue: Array
    attention: pd.DataFrame


@dataclass(frozen=True, eq=False)
class WorkbookFigures:
    """All figures of the workbook. Arrays (products,) in the order of `items`; `priced` marks products whose money is known.

    `totals` are the portfolio's money by plan and measure, `gain` and its ends money a year, `exposure`, `curve` and `register` tables as
    `analyze` writes them, `unconfirmed` the labels of assumptions that nobody has confirmed, `sources` where each field's value comes from in words.
    """

    origin: Origin
    items: Items
    strategies: tuple[str, ...]
    today: PlanFigures
    planned: PlanFigures
    mix: PlanFigures
    shared: SharedLine
    priced: NDArray[np.bool_]
    recommended: NDArray[np.object_]
    verdict: NDArray[Any]
    as_today: NDArray[np.bool_]
    totals: Mapping[str, Mapping[str, float]]
    gain: float
    gain_low: float
    gain_high: float
    answer: str
    stock: StockFigures | None
    exposure: pd.DataFrame
    curve: pd.DataFrame
    register: pd.DataFrame
    unconfirmed: Sequence[str]
