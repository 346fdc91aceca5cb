"""Time and memory of the tables of stock, and how far a reserve foretold what stayed unsold.

`python -m benchmarks.stock_tables` makes 30,000 products with receipts of three years and times every step that rests on them, with its
file, today's stock played down on 200 years among them, and the register of twelve values each, in processor seconds of this process, the
lower of two runs, so that what else the machine does is not in it; beside that, the register read again. What a study keeps anyway, years of
its plans and their money, is made up beforehand.
`--lookback SALES ITEMS` takes the stock of an items file as of a past day and holds the reserve of that day against what was not sold until the end.
"""

from __future__ import annotations

import argparse
import os
import resource
from collections.abc import Callable
from time import perf_counter, process_time
from typing import Any

import numpy as np
import pandas as pd

from analytics.assumptions import FIELDS, Assumptions
from analytics.data import read_items, read_sales
from analytics.forecast.spread.paths import WEEKS
from analytics.items import GIVEN, empty_items
from analytics.naming.labels import COMPONENTS
from analytics.randomness import sku_keys
from analytics.simulation.run_out import Arrivals, PlayedDown, played_down
from analytics.simulation.world import World
from analytics.valuation.ageing import ageing
from analytics.valuation.attention import RUNS_OUT, attention_list, runs_out
from analytics.valuation.books.reserve import ladder_rate
from analytics.valuation.excess import average_cover
from analytics.valuation.exposure import ExposureOfStudy, lost_of_stock
from analytics.valuation.on_hand import LIVING, StockFacts, stock_facts
from analytics.valuation.policy import DEFAULT_POLICY, StockPolicy
from analytics.valuation.run_down import Way, run_down
from analytics.valuation.transition import MONTHS, Ahead
from analytics.valuation.valued import SoldBefore, ValuedStock
from analytics.writeup.cash import (
    attention_table,
    bridge_by_product_table,
    exposure_curve_table,
    exposure_table,
    transition_table,
)
from analytics.writeup.files import csv_bytes
from analytics.writeup.ledger import ledger_table
from analytics.writeup.register import NOTHING_SAID, Effects, Stated, not_read_back, register_table
from analytics.writeup.register_stated import read_register
from analytics.writeup.reserves import (
    ageing_table,
    journal_table,
    nrv_table,
    reserve_table,
    roll_forward_table,
)
from analytics.writeup.stock import stock_table
from analytics.writeup.summary import MadeBy

DAY = np.datetime64("2024-12-31")


def _memory() -> float:
    """Most memory taken so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def made_up(products: int, rng: np.random.Generator) -> tuple[StockFacts, SoldBefore, Any, Any]:
    """Stock, past, receipts and sales of so many products: a receipt a month for three years, 100 sales lines each."""
    skus = [f"S{k:06d}" for k in range(products)]
    items = empty_items(skus)
    monthly = rng.gamma(0.5, 20.0, products)
    for name, column in (
        ("on_hand", np.round(monthly * rng.gamma(1.0, 6.0, products))),
        ("unit_cost", np.round(rng.gamma(2.0, 20.0, products) + 0.5, 2)),
    ):
        items = items.with_field(name, column, GIVEN)
    ended = rng.random(products) < 0.1
    demand = np.where(ended, 0.0, monthly)[:, None] * np.ones((1, 24))
    ahead = Ahead(
        ended, demand, np.full(products, np.inf), monthly, np.zeros(products), np.datetime64("2025-01", "M")
    )
    stock = stock_facts(items, None, ahead, DAY)
    unknown = np.full(products, np.nan)
    past = SoldBefore(
        np.full(products, DAY - 5), rng.gamma(1.0, 3.0, products), np.full(products, 36.0), 2.0 * stock.unit_cost,
        np.array([f"F{k % 40}" for k in range(products)], object), np.full(products, 0.2), unknown,
    )  # fmt: skip

    def lines(each: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        count = products * each
        return (
            np.repeat(np.arange(products), each),
            rng.integers(0, 1095, count).astype(float),
            rng.gamma(1.0, 15.0, count),
        )

    return stock, past, lines(36), lines(100)


def made_up_world(stock: StockFacts, draws: int = 25, inner: int = 8) -> World:
    """Demand and ends of the products of a stock by week, on as many years as a study of their number plays: a wide forecast that drifts."""
    products, ones = len(stock.skus), np.ones(len(stock.skus))
    rng, spread = np.random.default_rng(6), np.sort(np.random.default_rng(7).gamma(4.0, 0.25, 33))
    weekly = np.repeat(stock.monthly[:, :1] * 12.0 / WEEKS, WEEKS, axis=1)
    common = rng.gamma(100.0, 0.01, draws * inner)
    return World(
        sku_keys(stock.skus.astype(str).tolist(), 1), weekly, np.tile(spread, (products, 1)), np.tile(spread, (products, 1)), 0.02 * ones,
        ones > 0, np.zeros(products, np.int64), common, np.tile(common, (2, 1)), 1.0, inner, 1e9 * ones,
        np.full((products, draws), 0.2 / WEEKS), np.full((products, draws), 0.05), ones, np.ones(products, np.int64),
    )  # fmt: skip


def _seconds(make: Callable[[], object], clock: Callable[[], float] = process_time) -> float:
    """Processor seconds (or those of another clock) of the faster of two runs."""
    found = []
    for _ in range(2):
        begun = clock()
        make()
        found.append(clock() - begun)
    return min(found)


def _line(name: str, make: Callable[[], pd.DataFrame]) -> float:
    """A table made and written: seconds printed, their sum returned."""
    made = _seconds(make)
    table = make()
    written = _seconds(lambda: csv_bytes(table))
    print(f"{name:<14} {made:6.2f} s, as a file {written:5.2f} s, {len(table):,} rows")
    return made + written


def measure(products: int) -> None:
    """Seconds of every step in all, and the memory beyond what was there before."""
    stock, past, receipts, sales = made_up(products, np.random.default_rng(4))
    world, rng = made_up_world(stock), np.random.default_rng(8)
    within = rng.integers(3, 10, products).astype(float)
    ordered = Arrivals(np.arange(0, products, 3), rng.uniform(0.0, 12.0, len(range(0, products, 3))), rng.gamma(1.0, 20.0, len(range(0, products, 3))))  # fmt: skip
    plans = {name: rng.gamma(4.0, 1e6, (4, world.paths)) for name in ("baseline", "MTS", "ATO", "MTO", "mix")}
    money = {name: rng.gamma(1.0, 1e3, products) for name in ("profit", *COMPONENTS)}
    played_down(world, stock.on_hand, np.zeros(products), ordered, 1)  # compiled before
    before = _memory()

    def aged() -> ValuedStock:
        age = ageing(stock.on_hand, stock.unit_cost, receipts, sales, DEFAULT_POLICY.bucket_days)
        return ValuedStock(stock, DEFAULT_POLICY, DAY, age, past, np.full(products, np.nan))

    spent, valued = _seconds(aged), aged()
    print(f"{'ageing':<14} {spent:6.2f} s")

    def way() -> pd.DataFrame:
        rate = np.full(products, 0.1)
        held, goal = (
            np.nan_to_num(stock.on_hand),
            np.minimum(np.nan_to_num(stock.plan_holds), np.nan_to_num(stock.on_hand)),
        )
        down = run_down(held, goal, stock.monthly[:, :MONTHS], stock.unit_cost, rate)
        found = Way(down, valued.counted, stock.unit_cost, held, np.zeros(products), 0.0, np.nan, rate)
        return transition_table(found, valued)

    played: list[PlayedDown] = []
    alive, cost = np.full(products, 0.95), 0.8 * np.nan_to_num(stock.unit_cost)

    def down(threads: int) -> None:
        played[:] = [played_down(world, stock.on_hand, within, ordered, threads=threads)]

    playing = _seconds(lambda: down(1))
    passed = _seconds(lambda: down(os.cpu_count() or 1), perf_counter)
    print(
        f"{'played down':<14} {playing:6.2f} s by one thread, by all {passed:.2f} s of the clock, {world.paths} years"
    )
    spent += playing

    def watched() -> pd.DataFrame:
        beyond = np.nan_to_num(stock.excess_value)
        short = runs_out(played[0], DAY, stock.group == LIVING, alive, stock.unit_cost)
        often = np.nan_to_num(short.chance) > 0.05
        found = attention_list({"overstocked": (beyond > 0.0, beyond), RUNS_OUT: (often, short.money)})
        return attention_table(found, valued, short)

    def at_risk() -> ExposureOfStudy:
        held = np.nan_to_num(stock.on_hand), np.nan_to_num(stock.excess_units)
        lost = {name: lost_of_stock(played[0], most, cost, alive) for name, most in zip(("stock", "stock_in_excess"), held, strict=True)}  # fmt: skip
        return ExposureOfStudy({name: np.stack([one] * 4) for name, one in lost.items()} | plans)

    made: dict[str, Callable[[], pd.DataFrame]] = {
        "stock": lambda: stock_table(valued), "ageing": lambda: ageing_table(valued), "reserve": lambda: reserve_table(valued),
        "nrv": lambda: nrv_table(valued), "roll_forward": lambda: roll_forward_table(valued), "journal": lambda: journal_table(valued),
        "ledger": lambda: ledger_table(valued.under(StockPolicy(ledger=1.0))), "transition": way, "attention": watched,
        "exposure": lambda: exposure_table(at_risk()), "exposure_curve": lambda: exposure_curve_table(at_risk()),
        "by product": lambda: bridge_by_product_table(stock.skus, money, money, valued.counted, 0.0),
    }  # fmt: skip
    spent += sum(_line(name, make) for name, make in made.items())
    spent += register(products)
    memory = _memory() - before
    print(
        f"{products:,} products, {len(receipts[0]):,} receipts: {spent:.2f} s of processor, {spent - playing + passed:.2f} s where all"
        f" threads play, {memory:.0f} MB more"
    )


def register(products: int, policy: StockPolicy = DEFAULT_POLICY) -> float:
    """Seconds of the register of twelve values a product, two of them confirmed: made and written; reading it again is told beside."""
    rng, skus = np.random.default_rng(5), [f"S{k:06d}" for k in range(products)]
    names = [*list(FIELDS)[:9], "price", "unit_cost", "on_hand"]
    fields = np.repeat(np.array(names, object), products)
    value = rng.gamma(2.0, 30.0, len(fields))
    origin = np.where(
        np.isin(fields, names[:2]), "confirmed", np.where(np.isin(fields, names[:9]), "assumed", "given")
    )
    assumed = pd.DataFrame(
        {"field": fields, "sku": np.tile(np.array(skus, object), len(names)), "value": value.astype(object), "unit": "unit",
         "origin": origin, "low": 0.8 * value, "high": 1.2 * value, "source": "as the table of assumptions says"}
    )  # fmt: skip
    stated = Stated(Assumptions(), policy, DAY, {sku: f"F{k % 40}" for k, sku in enumerate(skus)})
    moved = Effects(rng.normal(0.0, 1e3, len(fields)), np.full(len(fields), "gain a year", object), {})
    verdict, made_by = np.full(products, "Clear", object), MadeBy("1", 1, "EUR")

    def table() -> pd.DataFrame:
        return register_table(assumed, stated, verdict, moved, made_by, NOTHING_SAID)

    spent, content = _line("register", table), csv_bytes(table())
    assert not_read_back(read_register(content), assumed) == []
    print(
        f"{'read again':<14} {_seconds(lambda: read_register(content)):6.2f} s, {len(content) / 1e6:.0f} MB"
    )
    return spent


def lookback(sales: str, items: str, day: str) -> pd.DataFrame:
    """The reserve by cover as of a past day beside what stayed unsold until the end of the file, by step of the ladder, money at cost.

    The stock of that day is not known: that of the items file is taken for it, and expected demand is that of the twelve months before, both said.
    """
    history, (listed, _) = read_sales(sales), read_items(items)
    sold_on, now = history.date.astype("datetime64[D]"), np.datetime64(day)
    at = pd.Index(history.skus.astype(str)).get_indexer(listed.skus.astype(str))
    known = (at >= 0) & np.isfinite(listed["on_hand"]) & np.isfinite(listed["unit_cost"])

    def units(after: np.datetime64, until: np.datetime64) -> np.ndarray:
        here = (sold_on > after) & (sold_on <= until)
        return np.bincount(history.sku[here], history.quantity[here], len(history.skus))[at[known]]

    year, end = units(now - np.timedelta64(365, "D"), now), sold_on.max()
    later = np.maximum(units(now, end), 0.0)
    started = np.bincount(history.sku[sold_on <= now], minlength=len(history.skus))[at[known]] > 0
    held, cost = listed["on_hand"][known][started], listed["unit_cost"][known][started]
    year, later = np.maximum(year[started], 0.0), later[started]
    rate = ladder_rate(average_cover(held, year / 12.0), DEFAULT_POLICY.cover_ladder)
    unsold = np.maximum(held - later, 0.0)
    table = pd.DataFrame(
        {
            "reserve rate": rate,
            "stock": held * cost,
            "reserve": rate * held * cost,
            "stayed unsold": unsold * cost,
        }
    )
    out = table.groupby("reserve rate").agg(
        products=("stock", "size"),
        stock=("stock", "sum"),
        reserve=("reserve", "sum"),
        unsold=("stayed unsold", "sum"),
    )
    out.loc["all"] = out.sum()
    return out.assign(share_unsold=out["unsold"] / out["stock"])


def main() -> None:
    """Read the options and print."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("--products", type=int, default=30_000)
    options.add_argument("--lookback", nargs=2, metavar=("SALES", "ITEMS"))
    options.add_argument("--day", default="2012-01-28")
    told = options.parse_args()
    if told.lookback:
        print(lookback(*told.lookback, told.day).round(2).to_string())
    else:
        measure(told.products)


if __name__ == "__main__":
    main()
