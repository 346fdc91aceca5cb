"""Cash, exposure and the bridge as people take them away.

What may be lost, what is tied up and carried, how today's stock becomes cash, and what to look at first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.naming.labels import COMPONENTS, PLANS
from analytics.valuation.attention import REASONS, RUNS_OUT, RunsOut, Watched
from analytics.valuation.bridge import Bridge, block_of
from analytics.valuation.carrying import CarryingOfPlan
from analytics.valuation.exposure import MEASURES_OF_A_YEAR, ExposureOfStudy, loss_curve
from analytics.valuation.run_down import Way
from analytics.valuation.valued import ValuedStock
from analytics.valuation.working_capital import CapitalOfPlan
from analytics.writeup.stock import TOTAL

__all__ = [
    "attention_table", "bridge_by_product_table", "bridge_table", "carrying_table", "exposure_curve_table", "exposure_table", "transition_table", "working_capital_table",
]  # fmt: skip

Array = NDArray[np.float64]

#: What is counted of every simulated year, and the words of its lines.
_YEARS = {
    "written_off": "written off",
    "units_lost": "units lost",
    "units_waited": "units waited",
    "margin_not_earned": "margin not earned",
}
_SCOPES = {
    "stock": "Today's stock of products still sold",
    "stock_in_excess": "of it in excess too (in both, never added)",
    **PLANS,
}


def exposure_table(exposure: ExposureOfStudy) -> pd.DataFrame:
    """What may be lost within twelve months, one row per scope and measure.

    The mean, the 95th percentile, the mean of the worst 5 % and probability_of_loss, the share of years with any.

    Write-offs and stockouts are of the same years: the means are those of strategies.csv. They do not add up
    over scopes, and are never added to excess.
    """
    rows = [
        (_SCOPES[scope], *exposure.of(scope, name), words)
        for scope in exposure.years
        for name, words in _YEARS.items()
        if name == "written_off" or not scope.startswith("stock")
    ]
    return pd.DataFrame(
        rows, columns=["scope", "expected", "p95", "cvar95", "probability_of_loss", "measure"]
    )


def exposure_curve_table(exposure: ExposureOfStudy) -> pd.DataFrame:
    """How likely more than an amount is written off within twelve months: scope, loss in money, and probability_of_more.

    A row for every amount that some simulated year comes to. Source: the same years as exposure.csv.
    """
    parts = []
    for scope, words in _SCOPES.items():
        if scope in exposure.years:
            amounts, above = loss_curve(exposure.years[scope][MEASURES_OF_A_YEAR.index("written_off")])
            parts.append(pd.DataFrame({"scope": words, "loss": amounts, "probability_of_more": above}))
    return pd.concat(parts, ignore_index=True)


def working_capital_table(lines: Sequence[CapitalOfPlan]) -> pd.DataFrame:
    """Working capital of the stock in the file, of today's way and of the mix, money at cost.

    The columns components, in_process, finished and deposits make the net.

    Components, in_process, finished, deposits, their net, and what it turns over.

    `cost_of_sales` and `gross_margin` are a year's: in the file those of the last twelve whole months, of a
    plan those expected.
    """
    names = (
        "scope",
        "components",
        "in_process",
        "finished",
        "deposits",
        "net",
        "dio",
        "turns",
        "gmroi",
        "cost_of_sales",
        "gross_margin",
    )
    return pd.DataFrame([[getattr(line, name) for name in names] for line in lines], columns=list(names))


def carrying_table(lines: Sequence[CarryingOfPlan]) -> pd.DataFrame:
    """What holding stock costs a year, rate by rate.

    Columns are the average_stock at cost that it is on, capital, storage_handling, insurance and shrinkage, and the
    booked and the economic view apart.
    """
    rows = [
        (line.scope, line.average_stock, *(float(part) for part in line.cost), line.booked, line.economic)
        for line in lines
    ]
    names = [
        "scope",
        "average_stock",
        "capital",
        "storage_handling",
        "insurance",
        "shrinkage",
        "booked",
        "economic",
    ]
    return pd.DataFrame(rows, columns=names)


def transition_table(way: Way, family: NDArray[Any], first_month: np.datetime64) -> pd.DataFrame:
    """Today's stock on its way to what the mix holds, a row per month and scope: all products, and each family.

    Money at cost: stock at the end of the month, purchases_saved, cash_released, write_down and capital_saved;
    served_from_stock in units.

    Empty one_off: the cost of switching is not stated, and `cumulative` is before it. Closed by the total of
    every scope: stock and cumulative are those of the end.
    """
    months = [str(first_month + k) for k in range(way.down.closing.shape[1])]
    scopes = ["all products", *sorted({str(f) for f in family[way.counted] if str(f)})]
    parts = []
    for scope in scopes:
        columns = way.by_month(np.ones(len(family), bool) if scope == scopes[0] else family == scope)
        ends = {"stock", "cumulative"}
        closing = {name: column[-1] if name in ends else column.sum() for name, column in columns.items()}
        if scope != scopes[0]:
            columns["one_off"] = np.full(len(months), np.nan)
            closing["one_off"] = np.nan
        part = pd.DataFrame({"month": months, "scope": scope, **columns})
        parts.append(
            pd.concat([part, pd.DataFrame([{"month": TOTAL, "scope": scope, **closing}])], ignore_index=True)
        )
    return pd.concat(parts, ignore_index=True)


def bridge_table(found: Bridge) -> pd.DataFrame:
    """From today to the mix, a line a step.

    Columns are order, step, group, amount and cumulative money over twelve months, and the block of costs that the step
    is of: its steps add up to what the block costs today less what it costs under the mix. One-off items last, in no sum.
    """
    rows = [
        (k, line.step, line.group, line.amount, line.cumulative, block_of(line.step))
        for k, line in enumerate((*found.lines, *found.one_off), 1)
    ]
    return pd.DataFrame(rows, columns=["order", "step", "group", "amount", "cumulative", "block"])


def bridge_by_product_table(
    skus: NDArray[Any],
    today: Mapping[str, Array],
    mix: Mapping[str, Array],
    priced: NDArray[np.bool_],
    shared: float,
) -> pd.DataFrame:
    """The bridge product by product: profit_today, what every component saves, and the profit of the mix.

    Below zero a component costs more. Closed by the shared components and the total.

    Money over twelve months; empty where price or cost is unknown.
    """
    columns: dict[str, Any] = {"sku": skus, "profit_today": np.where(priced, today["profit"], np.nan)}
    columns |= {name: np.where(priced, today[name] - mix[name], np.nan) for name in COMPONENTS}
    columns["profit"] = np.where(priced, mix["profit"], np.nan)
    table = pd.DataFrame(columns)
    line = {"sku": "shared components", "profit": shared}
    total: dict[str, Any] = {"sku": TOTAL}
    total |= {name: float(np.nansum(table[name])) for name in table.columns[1:]}
    total["profit"] += shared
    return pd.concat([table, pd.DataFrame([line, total], columns=table.columns)], ignore_index=True)


def attention_table(watched: Watched, valued: ValuedStock, short: RunsOut | None = None) -> pd.DataFrame:
    """What to look at first, most money first: sku, name, why, the money in question and what to do.

    A product stands once for every reason. For one that runs out before it is replaced, by `short`: `day`, the first
    day on which it is short on average, and `chance`, the share of years in which it is.
    """
    stock = valued.stock
    days, chance = np.full(len(watched.product), "", object), np.full(len(watched.product), np.nan)
    if short is not None:
        out = watched.reason == RUNS_OUT
        at = watched.product[out]
        days[out], chance[out] = short.day[at].astype(str), short.chance[at]
    columns: dict[str, Any] = {
        "sku": stock.skus[watched.product],
        "name": stock.names[watched.product],
        "why": watched.reason,
        "money": watched.money,
        "day": days,
        "chance": chance,
        "remedy": np.array([REASONS[str(why)] for why in watched.reason], object),
    }
    return pd.DataFrame(columns)
