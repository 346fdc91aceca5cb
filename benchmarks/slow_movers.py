"""Slow movers: what the level that the program chooses earns in the long run, beside the best level there is.

    python -m benchmarks.slow_movers                     12 histories a rate
    python -m benchmarks.slow_movers --histories 4       fewer

Products sold one at a time at 0.3 to 4 a year (Poisson), cost 100, price 300, lead time four weeks and weekly review,
nobody waits, nothing ends, six years of history. Level and lot chosen by the study are played for a thousand years of
the true process, and so are all levels to 12 with lots to 8: the best of them is 100 %. Once with the rates as
forecast from the histories, once with the true rates given to the same study.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.assumptions import Assumptions
from analytics.data import read_items, read_sales
from analytics.forecast.spread.quantile_tables import KNOTS
from analytics.naming.labels import Strategy
from analytics.strategy.decision import Simulated, decide
from analytics.strategy.money.formulas import obsolescence, run_off
from analytics.strategy.money.measures import counts_by_name
from analytics.strategy.money.price import money_values
from analytics.strategy.plans.component_pools import Outlook
from analytics.strategy.plans.ledgers import grid_ledgers
from analytics.strategy.plans.setup import build_setup
from analytics.study import Study, run_study

__all__ = ["chosen_levels", "given_rates", "long_run", "study_of"]

Array = NDArray[np.float64]

RATES = (0.3, 0.5, 1.0, 2.0, 4.0)
COST, PRICE, LEAD_WEEKS, WEEKS_KNOWN, DRAWS = 100.0, 300.0, 4, 312, 50
#: What holding a unit costs a year, as a share of its cost: capital 10 %, storage and insurance 7 %.
CAPITAL, STORAGE, INSURANCE = 0.10, 0.05, 0.02
FIRST_MONDAY = np.datetime64("2019-12-30", "D")
MOST_LEVEL, MOST_LOT, YEARS, PATHS = 12, 8, 20, 500


def study_of(histories: int, seed: int = 1) -> tuple[Study, Array]:
    """One study of all histories at all rates, and each product's true rate a year."""
    rng = np.random.default_rng([seed, 11])
    rates = np.repeat(RATES, histories)
    units = rng.poisson(rates[:, None] / 52.0, (len(rates), WEEKS_KNOWN))
    units[:, 0] = np.maximum(units[:, 0], 1)  # every product is known for all six years
    who, week = np.nonzero(units)
    sales = pd.DataFrame(
        {
            "date": FIRST_MONDAY + 7 * week,
            "sku": [f"P{i:03d}" for i in who],
            "quantity": units[who, week],
            "unit_price": PRICE,
        }
    )
    last = pd.DataFrame(
        {
            "date": [FIRST_MONDAY + 7 * WEEKS_KNOWN - 1],
            "sku": ["ZZZ"],
            "quantity": [1],
            "unit_price": [PRICE],
        }
    )
    skus = [*(f"P{i:03d}" for i in range(len(rates))), "ZZZ"]
    items = pd.DataFrame(
        {
            "sku": skus,
            "price": PRICE,
            "unit_cost": COST,
            "component_lead_days": 7 * LEAD_WEEKS,
            "production_days": 0,
            "make": "no",
            "share_waiting": 0.0,
        }
    )
    stated = Assumptions().with_general(
        hazard_per_year=0.0,
        capital_rate=CAPITAL,
        storage_rate=STORAGE,
        insurance_rate=INSURANCE,
        patience_per_day=0.1,
    )
    history = read_sales(
        pd.concat([sales, last]).sort_values("date").to_csv(index=False).encode(), name="sales.csv"
    )
    study = run_study(
        history,
        read_items(items.to_csv(index=False).encode(), name="items.csv")[0],
        stated,
        frequency="W",
        draws=DRAWS,
        split_orders=False,
        how_sure=False,
    )
    return study, rates


def given_rates(study: Study, rates: Array) -> Study:
    """The same study with its demand known: constant Poisson rates (units a year), nothing ended."""
    f, n = study.forecast, len(rates)
    weekly = np.append(rates, f.mean[n:, 0] * 52.0)[:, None] / 52.0
    one = np.ones((len(weekly), KNOTS + 1))
    known = replace(
        f,
        mean=np.repeat(weekly, f.mean.shape[1], axis=1),
        level=weekly[:, 0],
        noise=one,
        level_error=one,
        drift=np.zeros(len(weekly)),
        smoothing=np.zeros(len(weekly)),
        alive=np.ones(len(weekly)),
        hazard_per_year=np.zeros(len(weekly)),
        market_cv=0.0,
        family_cv=0.0,
        total_periods=np.zeros(len(weekly)),
    )
    outlook = Outlook(study.outlook.panel, study.life, known, study.families, study.seed, None)
    setup = build_setup(outlook, study.items, (), DRAWS)
    ledgers = grid_ledgers(setup)
    comparison, recommendation, portfolio = decide(
        Simulated(outlook, study.items, setup, ledgers, study.todays_way, None)
    )
    return replace(
        study,
        outlook=outlook,
        setup=setup,
        ledgers=ledgers,
        comparison=comparison,
        recommendation=recommendation,
        portfolio=portfolio,
    )


def chosen_levels(study: Study, products: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
    """Order-up-to level and lot that the study chooses for stock, (products,) each, and what it writes off a year: money."""
    own = study.comparison.chosen[Strategy.MTS]
    rows, setting = np.arange(products), np.maximum(own.setting[:products], 0)
    assert own.level is not None
    level = np.rint(own.level[:products]).astype(np.int64)
    lot = np.rint(study.setup.stock.lot[rows, setting]).astype(np.int64)
    money = money_values(study.items, Strategy.MTS)
    counts = counts_by_name(own.counts)
    lost = obsolescence(counts, money) + run_off(counts, money)
    # what does not earn its keep is not kept: the shelf stays empty
    keeps = own.profit[:products] > 0.0
    return np.where(keeps, level, 0), lot, lost[:products]


@cache
def long_run(rate: float, level: int, lot: int) -> tuple[float, float, float]:
    """Long-run profit a year, units on hand and share served at once of a level and a lot: (PATHS x YEARS years after two more)."""
    if level <= 0:
        return 0.0, 0.0, 0.0
    rng = np.random.default_rng([17, round(1000 * rate)])
    net, pipe = np.full(PATHS, level), np.zeros((PATHS, LEAD_WEEKS), np.int64)
    sold = wanted = 0
    held = 0.0
    for week in range(52 * (YEARS + 2)):
        net = net + pipe[:, 0]
        pipe[:, :-1] = pipe[:, 1:]
        missing = level - net - pipe[:, :-1].sum(axis=1)
        pipe[:, -1] = np.maximum(-(-missing // lot), 0) * lot
        demand = rng.poisson(rate / 52.0, PATHS)
        served = np.minimum(demand, net)
        if week >= 104:
            sold, wanted, held = (
                sold + int(served.sum()),
                wanted + int(demand.sum()),
                held + float((net - 0.5 * served).sum()) / 52.0,
            )
        net = net - served
    years = PATHS * YEARS
    on_hand = held / years
    profit = (PRICE - COST) * sold / years - (CAPITAL + STORAGE + INSURANCE) * COST * on_hand
    return profit, on_hand, sold / max(wanted, 1)


def best(rate: float) -> float:
    """The long-run profit of the best level and lot, a year."""
    return max(
        long_run(rate, level, lot)[0]
        for level in range(MOST_LEVEL + 1)
        for lot in range(1, min(level, MOST_LOT) + 1)
    )


def table_of(study: Study, rates: Array) -> pd.DataFrame:
    """By rate: share of the best long-run profit, units on hand, share served at once, and what the study writes off a year."""
    level, lot, lost = chosen_levels(study, len(rates))
    earned = np.array([long_run(float(r), int(s), int(q)) for r, s, q in zip(rates, level, lot, strict=True)])
    rows = []
    for rate in RATES:
        here = rates == rate
        rows.append(
            {
                "a year": rate,
                "best": best(rate),
                "share of the best": earned[here, 0].mean() / best(rate),
                "on hand": earned[here, 1].mean(),
                "served at once": earned[here, 2].mean(),
                "written off": lost[here].mean(),
                "level": level[here].mean(),
                "lot": lot[here].mean(),
            }
        )
    return pd.DataFrame(rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print both tables and which bars hold."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--histories", type=int, default=12, help="histories a rate")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    study, rates = study_of(asked.histories, asked.seed)
    for name, one, least, mean in (
        ("rates estimated", study, 0.90, 0.95),
        ("rates given", given_rates(study, rates), 0.97, 0.97),
    ):
        table = table_of(one, rates)
        share = table["share of the best"]
        print(f"{name}\n{table.round(2).to_string(index=False)}")
        print(
            f"least {share.min():.3f} (bar: {least:.2f}), on average {share.mean():.3f} (bar: {mean:.2f})\n"
        )


if __name__ == "__main__":
    main()
