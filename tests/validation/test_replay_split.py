"""The split by order size in a replay: large orders are made to order, small ones come from stock, and nothing is lost between them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from analytics.assumptions_file import read_assumptions
from analytics.data import read_items, read_sales
from analytics.data.history import SalesHistory
from analytics.replay import Replayed, replay_schedule, replay_table, run_replay
from analytics.simulation.ledger import COUNT_INDEX
from analytics.validation.play import Play
from analytics.validation.policies import DECIDED, Decision
from analytics.validation.schedule import Schedule, actual_demand, actual_large
from tests.strategy.small import csv_text
from tests.test_replay import decisions_of

MTS, ATO, MTO, HYBRID = (DECIDED.index(name) for name in ("MTS", "ATO", "MTO", "HYBRID"))


@cache
def company() -> tuple[pd.DataFrame, SalesHistory]:
    """BIG: many small orders and now and then 150 units at once, on three lines of one order; EVEN: always two."""
    rng = np.random.default_rng(5)
    day = np.datetime64("2023-01-02") + np.arange(0, 7 * 120)
    parts = []
    for sku, rate, sizes, chance in (
        ("BIG", 0.8, [1, 2, 150], [0.6, 0.36, 0.04]),
        ("EVEN", 0.5, [2], [1.0]),
    ):
        dates = np.repeat(day, rng.poisson(rate, len(day)))
        size = rng.choice(sizes, len(dates), p=chance)
        parts.append(pd.DataFrame({"date": dates, "sku": sku, "quantity": size, "unit_price": 50.0}))
    table = pd.concat(parts).sort_values(["date", "sku"], kind="stable", ignore_index=True)
    table.insert(0, "order", [f"O{i}" for i in range(len(table))])
    large = table["quantity"] == 150
    pieces = [table[~large], *(table[large].assign(quantity=part) for part in (100, 30, 20))]
    table = pd.concat(pieces).sort_values(["date", "order"], kind="stable", ignore_index=True)
    return table, read_sales(csv_text(table), name="sales.csv")


@cache
def replayed() -> tuple[Replayed, tuple[Decision, ...]]:
    items = pd.DataFrame(
        {"sku": ["BIG", "EVEN"], "unit_cost": 42.0, "make": "yes", "component_lead_days": 14, "production_days": 7, "capital_rate": 0.8, "current_mode": "MTO",
         "order_setup_cost": 10.0, "setup_cost": 10.0}
    )  # fmt: skip
    stated = read_assumptions(
        "[general]\npatience_per_day = { value = 0.0002, low = 0.0001, high = 0.0003 }\n"
    )
    found: list[Replayed] = []

    def run() -> None:
        found.append(run_replay(company()[1], read_items(csv_text(items))[0], stated, origins=2, draws=4))

    decided = decisions_of(run)
    return found[0], decided


def by_order(plan: Schedule, limit: float, sku: str = "BIG") -> pd.DataFrame:
    """Units and number of large orders by window, from the file itself."""
    table = company()[0]
    orders = table[table["sku"] == sku].groupby("order").agg(day=("date", "first"), units=("quantity", "sum"))
    edges = np.append(plan.origins, plan.end).astype("datetime64[D]")
    orders["window"] = np.searchsorted(edges, orders["day"].to_numpy("datetime64[D]"), side="right") - 1
    large = orders[(orders["units"] > limit) & orders["window"].between(0, len(plan.origins) - 1)]
    return large.groupby("window")["units"].agg(["sum", "count"])


def test_large_orders_are_made_to_order_and_small_ones_come_from_stock() -> None:
    replay, decided = replayed()
    mix, big = replay.policies.index("mix"), int(np.flatnonzero(replay.skus == "BIG")[0])
    assert (replay.strategy[:, mix, big] == HYBRID).all()
    table = replay_table(replay)
    rows = table[(table["policy"] == "mix") & (table["sku"] == "BIG")]
    assert set(rows["strategy"]) == {"HYBRID"}
    for w, decision in enumerate(decided):
        limit = decision.limit[big]
        assert 2.0 <= limit < 150.0
        wanted = by_order(replay.schedule, limit).loc[w]
        n = {name: replay.counts[w, mix, big, :, k] for name, k in COUNT_INDEX.items()}
        everything = replay.counts[w, replay.policies.index("all_mts"), big, MTS, COUNT_INDEX["demanded"]]
        assert n["demanded"][MTO] == wanted["sum"] > 100
        assert n["demanded"][MTS] == pytest.approx(everything - wanted["sum"]) and n["demanded"][ATO] == 0.0
        assert n["customer_orders"][MTO] == pytest.approx(wanted["count"] * decision.stay_told[mix, big])
        assert n["ordered"][MTO] == pytest.approx(wanted["sum"] * decision.stay_told[mix, big])
    # only what small orders want is bought for stock; the stock taken over at the start goes with them
    bought = replay.counts[:, :, big, MTS, COUNT_INDEX["ordered"]].sum(axis=0)
    assert bought[mix] < 0.5 * bought[replay.policies.index("all_mts")]


def test_the_stock_of_a_split_product_is_that_of_its_small_orders_alone() -> None:
    """By another route: the same product made to stock, with the small orders as its demand and their part of the forecast."""
    replay, decided = replayed()
    first = decided[0]
    mix, big = first.policies.index("mix"), int(np.flatnonzero(replay.skus == "BIG")[0])
    plan = replay.schedule
    history = company()[1]
    actual = actual_demand(history, plan, 1)[:, : plan.window_weeks]
    units, orders = actual_large(history, plan, first.limit, actual_demand(history, plan, 1))
    units, orders = units[:, : plan.window_weeks], orders[:, : plan.window_weeks]
    stops = np.full(len(actual), 10**6)
    split = Play(len(first.policies), len(actual)).step(first, actual, stops, (units, orders))
    share = first.rule.scale[mix, big]
    assert 0.02 < share < 0.9
    strategy, scale = first.strategy.copy(), first.rule.scale.copy()
    strategy[mix, big], scale[mix, big] = MTS, 1.0
    expected = first.stock.expected.copy()
    expected[big] *= share
    alone = replace(
        first, strategy=strategy, rule=replace(first.rule, scale=scale), stock=replace(first.stock, expected=expected),
    )  # fmt: skip
    other = Play(len(first.policies), len(actual))
    # both open with the stock of the whole product
    whole = Play(len(first.policies), len(actual))
    whole._begin(first)
    other._begin(alone)
    other.finished.net[:], other.finished.pipe[:] = whole.finished.net, whole.finished.pipe
    other.closing = other.finished.position + other.kit_part
    small = actual.copy()
    small[big] -= units[big]
    counts = other.step(alone, small, stops)
    for name in ("demanded", "lost", "waited", "on_hand", "ordered", "closing", "lots"):
        k = COUNT_INDEX[name]
        assert split[mix, big, MTS, k] == pytest.approx(counts[mix, big, MTS, k], abs=1e-6), name


def test_large_orders_are_never_more_than_came() -> None:
    """Returned units are in no order; a limit above all orders leaves none; months booked in batches keep their units."""
    history = company()[1]
    plan = replay_schedule(history, 2)
    actual = actual_demand(history, plan, 1)
    big = int(np.flatnonzero(history.skus == "BIG")[0])
    for limit, some in ((2.0, True), (100.0, True), (150.0, False), (np.inf, False)):
        units, orders = actual_large(history, plan, np.full(2, limit), actual)
        assert (units <= actual).all() and (units >= 0.0).all() and (units[big].sum() > 0.0) == some
        assert np.allclose(units[big], 150.0 * orders[big])
    cut = np.minimum(actual, 3.0)
    assert (actual_large(history, plan, np.full(2, 2.0), cut)[0] <= 3.0).all()
