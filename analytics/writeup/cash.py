"""Cash, exposure and the bridge as people take them away.

What may be lost, what is tied up and carried, how today's stock becomes cash, and what to look at first.

One concept: tables of a whole study, one function each, closed by the same words and summed up in one place.
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
from analytics.valuation.on_hand import UNKNOWN_SKU, StockFacts
from analytics.valuation.run_down import Way
from analytics.valuation.valued import ValuedStock
from analytics.valuation.working_capital import CapitalOfPlan
from analytics.writeup.stock import NOT_IN_TOTAL, TOTAL

__all__ = [
    "attention_table", "bridge_by_product_table", "bridge_table", "carrying_table", "cash_summary", "exposure_curve_table", "exposure_table",
    "transition_table", "watched_totals", "way_total", "working_capital_table",
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


def exposure_table(exposure: ExposureOfStudy, unpriced: int = 0) -> pd.DataFrame:
    """What may be lost within twelve months, one row per scope and measure.

    The mean, the 95th percentile, the mean of the worst 5 % and probability_of_loss, the share of years with any.

    Write-offs and stockouts are of the same years: the means are those of strategies.csv. They do not add up
    over scopes, and are never added to excess: closed by what is in none of them, the `unpriced` products.
    """
    rows = [
        (_SCOPES[scope], *exposure.of(scope, name), words)
        for scope in exposure.years
        for name, words in _YEARS.items()
        if name == "written_off" or not scope.startswith("stock")
    ]
    nothing = float("nan")
    rows.append((NOT_IN_TOTAL, nothing, nothing, nothing, nothing, _without_money(unpriced)))
    return pd.DataFrame(
        rows, columns=["scope", "expected", "p95", "cvar95", "probability_of_loss", "measure"]
    )


def exposure_curve_table(exposure: ExposureOfStudy, unpriced: int = 0) -> pd.DataFrame:
    """How likely more than an amount is written off within twelve months: scope, loss in money, and probability_of_more.

    A row for every amount that some simulated year comes to. A curve has no total: closed by what is in none of them, the
    `unpriced` products. Source: the same years as exposure.csv.
    """
    parts = []
    for scope, words in _SCOPES.items():
        if scope in exposure.years:
            amounts, above = loss_curve(exposure.years[scope][MEASURES_OF_A_YEAR.index("written_off")])
            parts.append(pd.DataFrame({"scope": words, "loss": amounts, "probability_of_more": above}))
    nothing = float("nan")
    last = {
        "scope": [f"{NOT_IN_TOTAL}: {_without_money(unpriced)}"],
        "loss": [nothing],
        "probability_of_more": [nothing],
    }
    return pd.concat([*parts, pd.DataFrame(last)], ignore_index=True)


def _without_money(unpriced: int) -> str:
    """How many products are in no plan's sum, in words."""
    products = "1 product" if unpriced == 1 else f"{unpriced:,} products"
    return f"{products} without a price or a cost" if unpriced else "nothing"


def working_capital_table(lines: Sequence[CapitalOfPlan], stock: StockFacts, unpriced: int = 0) -> pd.DataFrame:  # fmt: skip
    """Working capital of today's way, of the mix, and of the stock in the file, money at cost.

    The columns components, in_process, finished and deposits make the net; dio, turns and gmroi say how it turns over.

    `cost_of_sales` and `gross_margin` are a year's: in the file those of the last twelve whole months, of a
    plan those expected. The stock in the file that is still sold, what has ended, what was never sold and what is of an unknown SKU make its total,
    which is the balance; the last line says how many products are in no plan (`unpriced`).
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
    own, plans, nothing = lines[0], lines[1:], float("nan")
    rest = [
        CapitalOfPlan(words, 0.0, 0.0, money, 0.0, nothing, nothing)
        for words, money in ((_ENDED, stock.ended), *_unsold(stock), (_ALL, stock.total))
    ]
    parts = own.net + stock.ended + stock.never_sold + stock.unknown_sku
    assert abs(parts - stock.total) < 0.005, (
        f"working capital of the file is {parts}, its stock {stock.total}"
    )
    rows = [[getattr(line, name) for name in names] for line in plans]
    rows += [
        [line.scope, *(getattr(line, name) if stock.known else nothing for name in names[1:])]
        for line in (own, *rest)
    ]
    rows.append([f"{NOT_IN_TOTAL}: {_without_money(unpriced)}", *[nothing] * (len(names) - 1)])
    return pd.DataFrame(rows, columns=list(names))


#: Stock in the file beside what is still sold, and all of it.
_ENDED, _NEVER, _ALL = "stock in the file, ended", "stock in the file, never sold", f"{TOTAL} of the file"
_UNKNOWN = "stock in the file, unknown SKU"


def _unsold(stock: StockFacts) -> list[tuple[str, float]]:
    """Stock of the file that was never sold, and where there is any that of codes which no other file knows: words and money."""
    found = [(_NEVER, stock.never_sold)]
    return [*found, (_UNKNOWN, stock.unknown_sku)] if (stock.group == UNKNOWN_SKU).any() else found


def carrying_table(lines: Sequence[CarryingOfPlan], stock: StockFacts, unpriced: int = 0) -> pd.DataFrame:
    """What holding stock costs a year, rate by rate.

    Columns are the average_stock at cost that it is on, capital, storage_handling, insurance and shrinkage, and the
    booked and the economic view apart. Closed by the total of the stock in the file, in which the cost of what was never
    sold is not (nobody knows its rates), and by how many products are in no plan (`unpriced`).
    """
    own, plans, nothing = lines[0], lines[1:], float("nan")
    rows = [
        (line.scope, line.average_stock, *(float(part) for part in line.cost), line.booked, line.economic)
        for line in plans
    ]
    costs = (*(float(part) for part in own.cost), own.booked, own.economic)
    parts = own.average_stock + stock.never_sold + stock.unknown_sku
    assert abs(parts - stock.total) < 0.005, f"carried of the file is {parts}, its stock {stock.total}"
    of_file = [
        (own.scope, own.average_stock, *costs),
        *((words, money, *[nothing] * 6) for words, money in _unsold(stock)),
        (_ALL, stock.total, *costs),
    ]
    rows += of_file if stock.known else [(scope, *[nothing] * 7) for scope, *_ in of_file]
    rows += [
        (f"{NOT_IN_TOTAL}: cost of what was never sold; {_without_money(unpriced)}", *[nothing] * 7),
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


def transition_table(way: Way, valued: ValuedStock) -> pd.DataFrame:
    """Today's stock on its way to what the mix holds, a row per month and scope: all products, and each family.

    Money at cost: stock at the end of the month, purchases_saved, cash_released, write_down and capital_saved;
    served_from_stock in units.

    Empty one_off: the cost of switching is not stated, and `cumulative` is before it. Closed by the total of
    every scope: stock and cumulative are those of the end; and by the stock that takes no part, ended or never sold.
    """
    family, first_month = valued.sold.family, valued.stock.transition.first_month
    months = [str(first_month + k) for k in range(way.down.closing.shape[1])]
    scopes = ["all products", *sorted({str(f) for f in family[way.counted] if str(f)})]
    parts = []
    for scope in scopes:
        columns = way.by_month(np.ones(len(family), bool) if scope == scopes[0] else family == scope)
        closing = way_total(columns)
        if scope != scopes[0]:
            columns["one_off"] = np.full(len(months), np.nan)
            closing["one_off"] = np.nan
        part = pd.DataFrame({"month": months, "scope": scope, **columns})
        parts.append(
            pd.concat([part, pd.DataFrame([{"month": TOTAL, "scope": scope, **closing}])], ignore_index=True)
        )
    whole = pd.concat(parts, ignore_index=True)
    apart = {"month": NOT_IN_TOTAL, "scope": "ended or never sold", "stock": valued.stock.total - valued.stock.living}  # fmt: skip
    return pd.concat([whole, pd.DataFrame([apart], columns=whole.columns).astype(whole.dtypes)], ignore_index=True)  # fmt: skip


def way_total(columns: Mapping[str, Array]) -> dict[str, float]:
    """What the months of a way come to: of stock and `cumulative` the last, of the others the sum; each (months,)."""
    ends = {"stock", "cumulative"}
    return {name: float(one[-1] if name in ends else one.sum()) for name, one in columns.items()}


def bridge_table(found: Bridge, unpriced: int = 0) -> pd.DataFrame:
    """From today to the mix, a line a step.

    Columns are order, step, group, amount and cumulative money over twelve months, and the block of costs that the step
    is of: its steps add up to what the block costs today less what it costs under the mix. The mix is its total. One-off
    items follow, in no sum, and as the last line what no step holds, the `unpriced` products.
    """
    rows = [
        (k, line.step, line.group, line.amount, line.cumulative, block_of(line.step))
        for k, line in enumerate((*found.lines, *found.one_off), 1)
    ]
    nothing = float("nan")
    rows.append(
        (len(rows) + 1, f"{NOT_IN_TOTAL}: {_without_money(unpriced)}", NOT_IN_TOTAL, nothing, nothing, "")
    )
    return pd.DataFrame(rows, columns=["order", "step", "group", "amount", "cumulative", "block"])


def bridge_by_product_table(
    skus: NDArray[Any],
    today: Mapping[str, Array],
    mix: Mapping[str, Array],
    priced: NDArray[np.bool_],
    shared: float,
) -> pd.DataFrame:
    """The bridge product by product: profit_today, what every component saves, and the profit of the mix.

    Below zero a component costs more. Closed by the shared components, the total, and how many products are not in it.

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
    rest = {"sku": f"{NOT_IN_TOTAL}: {_without_money(int((~priced).sum()))}"}
    below = pd.DataFrame([line, total, rest], columns=table.columns).astype(table.dtypes)
    return pd.concat([table, below], ignore_index=True)


def attention_table(watched: Watched, valued: ValuedStock, short: RunsOut | None = None) -> pd.DataFrame:
    """What to look at first, most money first: sku, name, why, the money in question and what to do.

    A product stands once for every reason. For one that runs out before it is replaced, by `short`: `day`, the first
    day on which it is short on average, and `chance`, the share of years in which it is. Closed by the total of every
    reason, which do not add up: a product may have several; and by how many rows name no amount.
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
    table, text = pd.DataFrame(columns), {"name": "", "day": "", "remedy": ""}
    below: list[dict[str, Any]] = [
        {"sku": TOTAL, **text, "why": one["why"], "money": one["money"], "name": _counted(one["products"])}
        for one in watched_totals(watched)
    ]
    bare = int(np.isnan(watched.money).sum())
    below.append({"sku": NOT_IN_TOTAL, **text, "why": "no amount is known", "money": np.nan, "name": _counted(bare)})  # fmt: skip
    closing = pd.DataFrame(below, columns=table.columns)
    return pd.concat([table, closing.astype(table.dtypes)], ignore_index=True)


def _counted(products: int) -> str:
    return "1 product" if products == 1 else f"{products:,} products"


def watched_totals(watched: Watched) -> list[dict[str, Any]]:
    """Of every reason on the list: `why`, how many products, and their money where it is known (NaN: of none); in the order of REASONS."""
    out = []
    for why in REASONS:
        money = watched.money[watched.reason == why]
        if len(money):
            known = money[np.isfinite(money)]
            amount = float(known.sum()) if len(known) else float("nan")
            out.append({"why": why, "products": len(money), "money": amount})
    return out


def cash_summary(tables: Mapping[str, pd.DataFrame], way: Way, watched: Watched) -> dict[str, Any]:
    """What `summary.json` says of tables whose rows are scopes (every row of `tables`), of the way of all of today's stock, and of each reason to look at."""
    rows = {name: table.to_dict("records") for name, table in tables.items()}
    total = way_total(way.by_month(np.ones(len(way.counted), bool)))
    return {**rows, "transition": total, "attention": watched_totals(watched)}
