"""A small made-up company for the tests of strategies: fourteen products, two years of orders, once per session."""

from __future__ import annotations

import pickle
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics import study as study_module
from analytics.assumptions_file import read_assumptions
from analytics.data import read_items, read_sales
from analytics.items import GIVEN, Items, empty_items
from analytics.simulation.ledger import COUNT_INDEX, COUNTS, CUT_OFFS, Ledger
from analytics.strategy.compare import Comparison
from analytics.strategy.money.measures import joined_waits
from analytics.strategy.present.present_policy import SETTINGS, Today
from analytics.study import Study, run_study

#: sku, family, units a week, units per order, price, unit cost, make, component share ("" not known), present mode, weeks sold.
PRODUCTS = (
    ("A1", "lamps", 6.0, 2.0, 120.0, 70.0, "yes", "0.7", "MTS", (0, 104)),
    ("A2", "lamps", 2.0, 1.0, 160.0, 90.0, "yes", "0.7", "MTS", (0, 104)),
    ("A3", "lamps", 0.8, 1.0, 240.0, 150.0, "yes", "0.6", "", (0, 104)),
    ("A4", "lamps", 0.3, 1.0, 300.0, 170.0, "yes", "0.6", "MTO", (30, 104)),
    ("B1", "tables", 1.5, 1.0, 800.0, 500.0, "yes", "", "MTS", (0, 104)),
    ("B2", "tables", 0.5, 1.0, 1500.0, 900.0, "yes", "", "", (0, 104)),
    ("B3", "tables", 0.15, 1.0, 3000.0, 2100.0, "yes", "", "MTO", (0, 104)),
    ("B4", "tables", 3.0, 1.0, 400.0, 300.0, "yes", "", "MTS", (0, 40)),
    ("C1", "", 40.0, 10.0, 9.0, 5.0, "no", "", "", (0, 104)),
    ("C2", "", 12.0, 5.0, 15.0, 9.0, "no", "", "", (0, 104)),
    ("C3", "", 1.0, 1.0, 60.0, 45.0, "no", "", "", (0, 104)),
    ("D1", "", 0.6, 1.0, 500.0, 250.0, "yes", "0.9", "", (0, 104)),
    ("D2", "", 0.1, 1.0, 90.0, 110.0, "yes", "", "", (0, 104)),
    ("D3", "", 5.0, 2.0, 30.0, 18.0, "yes", "", "MTS", (0, 104)),
)
#: Six of them with every strategy and a family: what is run many times over is run with these, in half the time.
FEW = ("A1", "A4", "B2", "B3", "C1", "D1")
#: Some customers wait, some models end soon, so that every strategy and verdict has a case.
STATED = """
[product.A3]
patience_per_day = { value = 0.01, low = 0.001, high = 0.04 }
hazard_per_year = { value = 0.5, low = 0.2, high = 1.0 }
[product.A4]
patience_per_day = { value = 0.002, low = 0.0, high = 0.02 }
hazard_per_year = { value = 0.5, low = 0.2, high = 1.0 }
[product.B2]
patience_per_day = { value = 0.0015, low = 0.0002, high = 0.02 }
hazard_per_year = { value = 0.5, low = 0.2, high = 1.0 }
[product.B3]
patience_per_day = 0.0005
hazard_per_year = 0.7
[product.C3]
patience_per_day = { value = 0.001, low = 0.0, high = 0.002 }
cost_premium = { value = 0.02, low = 0.0, high = 0.2 }
[product.D1]
patience_per_day = 0.002
hazard_per_year = 0.8
"""
FIRST_MONDAY = np.datetime64("2023-01-02", "D")


def sales_table(weeks: int = 104, seed: int = 7) -> pd.DataFrame:
    """Order lines of the company: Poisson orders a week, geometric order sizes, a price that hardly moves."""
    rng = np.random.default_rng(seed)
    parts = []
    for sku, _, rate, size, price, _, _, _, _, (begin, end) in PRODUCTS:
        orders = rng.poisson(rate / size, weeks)
        week = np.repeat(np.arange(weeks), orders)
        day = FIRST_MONDAY + 7 * week + rng.integers(0, 5, len(week))
        quantity = rng.geometric(1.0 / size, len(week))
        paid = np.round(price * rng.choice([1.0, 0.98, 1.02], len(week)), 2)
        keep = (week >= begin) & (week < end)
        parts.append(pd.DataFrame({"date": day, "sku": sku, "quantity": quantity, "unit_price": paid})[keep])
    edges = pd.DataFrame(
        {"date": [FIRST_MONDAY, FIRST_MONDAY + 7 * weeks - 1], "sku": "C1", "quantity": 10, "unit_price": 9.0}
    )
    table = pd.concat([*parts, edges], ignore_index=True).sort_values(
        ["date", "sku"], kind="stable", ignore_index=True
    )
    table.insert(0, "order", [f"O{i:05d}" for i in range(len(table))])
    table.insert(1, "customer", [f"K{i % 37:03d}" for i in range(len(table))])
    return table


def items_table() -> pd.DataFrame:
    """What the company knows of its products."""
    columns = [
        "sku",
        "family",
        "rate",
        "size",
        "price",
        "unit_cost",
        "make",
        "component_share",
        "current_mode",
        "sold",
    ]
    table = pd.DataFrame(list(PRODUCTS), columns=columns).drop(columns=["rate", "size", "sold"])
    table["component_lead_days"] = 28
    table["production_days"] = 7
    table["assembly_days"] = 3
    table["setup_cost"] = [25.0 if row[4] > 20 else 5.0 for row in PRODUCTS]
    table["order_setup_cost"] = 1.0
    return table


def csv_text(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False, lineterminator="\n").encode()


def of_few(table: pd.DataFrame) -> pd.DataFrame:
    """The lines or items of `FEW` products alone."""
    return table[table["sku"].isin(FEW)]


@cache
def small_study(seed: int = 1, with_items: bool = True, with_price: bool = True, few: bool = False, how_sure: bool = True) -> Study:  # fmt: skip
    """The study of the small company, else of a `few` of its products, run once per session and seed; `how_sure`: how far it holds is looked for."""
    sales, known = (of_few(table) if few else table for table in (sales_table(), items_table()))
    history = read_sales(
        csv_text(sales if with_price else sales.drop(columns="unit_price")), name="sales.csv"
    )
    items, report = read_items(csv_text(known), name="items.csv") if with_items else (None, None)
    return run_study(
        history, items, read_assumptions(STATED), seed=seed, items_report=report, how_sure=how_sure
    )


def decide_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """To the end of the test `run_study` gives what it gave before where history, items, assumptions and options are the same to the byte.

    That the same files and choices give the same study, whoever asks, is what `tests/test_cli.py` and `tests/writeup/test_folder.py` prove.
    """
    run, decided = study_module.run_study, {}

    def once(history: Any, items: Any = None, assumptions: Any = None, **options: Any) -> Study:
        said = {name: value for name, value in options.items() if name != "progress"}
        key = pickle.dumps((history, items, assumptions, said))
        if key not in decided:
            decided[key] = run(history, items, assumptions, **options)
        return decided[key]

    monkeypatch.setattr(study_module, "run_study", once)


def positions(study: Study, strategy: str) -> np.ndarray:
    """Where the products of a ledger stand in the portfolio."""
    where = {sku: i for i, sku in enumerate(study.items.skus)}
    return np.array([where[sku] for sku in study.ledgers[strategy].skus], np.intp)


def priced_items(skus: list[str], **columns: object) -> Items:
    """Items with given values (all the same or one per product), everything else zero or neutral."""
    zero = (
        "fixed_cost_share",
        "setup_cost",
        "order_setup_cost",
        "cost_premium",
        "price_premium",
        "deposit_share",
        "goodwill_per_unit",
        "waiting_cost_per_unit_day",
    )
    rates = {
        "capital_rate": 0.1,
        "storage_rate": 0.05,
        "insurance_rate": 0.02,
        "salvage_share": 0.2,
        "clearing_share": 0.7,
    }
    neutral = {
        "price": 10.0,
        "unit_cost": 6.0,
        "component_share": np.nan,
        "longest_run_off_years": 4.0,
        **dict.fromkeys(zero, 0.0),
        **rates,
    }
    items = empty_items(skus)
    for name, value in {**neutral, **columns}.items():
        items = items.with_field(name, value, GIVEN)
    return items


def balanced_counts(strategy: str, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Random counts that conserve units: opening + ordered = sold + scrapped + cleared + closing + closing_excess."""
    counts = np.zeros((*shape, len(COUNTS)))

    def put(name: str, value: np.ndarray) -> None:
        counts[..., COUNT_INDEX[name]] = value

    demanded = rng.uniform(0.0, 1000.0, shape)
    lost = demanded * rng.uniform(0.0, 1.0, shape)
    put("demanded", demanded)
    put("lost", lost)
    for name in ("waited", "backordered", "late", "customer_orders", "in_process"):
        put(name, rng.uniform(0.0, 300.0, shape))
    put("in_assembly", rng.uniform(0.0, 30.0, shape) * (strategy == "ATO"))
    put("to_order", (demanded - lost) * (strategy != "MTS"))
    put("promised", rng.uniform(0.0, 30.0, shape) * (strategy != "MTS"))
    if strategy == "MTO":
        put("ordered", demanded - lost)
        return counts
    for name in ("on_hand", "lots", "scrapped", "cleared", "closing", "closing_excess", "opening"):
        put(name, rng.uniform(0.0, 200.0, shape))
    out = (demanded - lost) + sum(
        counts[..., COUNT_INDEX[name]] for name in ("scrapped", "cleared", "closing", "closing_excess")
    )
    put("ordered", out - counts[..., COUNT_INDEX["opening"]])
    sold, years = np.zeros(shape), np.zeros(shape)
    for longest in CUT_OFFS:  # never fewer with a longer wait, never more than are left
        sold = sold + rng.uniform(0.0, 0.5, shape) * (counts[..., COUNT_INDEX["closing_excess"]] - sold)
        years = years + rng.uniform(0.0, 40.0, shape)
        put(f"sold_later_{longest}", sold)
        put(f"years_later_{longest}", years)
    return counts


def random_ledger(strategy: str, skus: list[str], settings: int, seed: int) -> Ledger:
    """A ledger of random balanced counts on `settings` settings and two halves."""
    counts = balanced_counts(strategy, (len(skus), settings, 2), np.random.default_rng(seed))
    return Ledger(
        strategy,
        np.asarray(skus, object),
        {"setting": np.tile(np.arange(settings, dtype=float), (len(skus), 1))},
        counts,
    )


def today_by_hand(
    comparison: Comparison, items: Items, strategy: str, profit: np.ndarray, by_path: np.ndarray, by_draw: np.ndarray, in_force: np.ndarray,
    settings: tuple[float, float] = (np.nan, np.nan), quote_days: float = np.nan,
) -> Today:  # fmt: skip
    """Every product run today by one strategy with this money; `settings` are reorder point and order quantity."""
    n = len(items)
    counts = comparison.chosen[strategy].counts
    point, lot = settings
    return Today(
        np.arange(n), np.full(n, strategy, object), np.repeat(counts[:, None], SETTINGS, axis=1), counts, profit, by_path.astype(np.float32), by_draw, in_force, {},
        joined_waits([]), np.zeros((n, 1)),
        np.full(n, point), np.full(n, np.nan), np.full(n, lot), np.full(n, quote_days), np.full(n, np.nan), np.zeros(0, np.intp),
    )  # fmt: skip
