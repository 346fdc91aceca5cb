"""Batches to order: closed forms against published cases and slow loops, the simulation against both."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analytics.policy.batches import (
    BatchMoney,
    Buyers,
    batch_filled_by_orders,
    batch_started_by_an_order,
    batch_waits,
    largest_batch_filled,
    orders_per_batch,
)
from analytics.randomness import STREAMS
from analytics.simulation.batch import FillPlan, simulate_batches
from analytics.simulation.ledger import COUNT_INDEX
from analytics.simulation.stock import simulate_stock
from tests.simulation import twin
from tests.simulation.worlds import plan_of, poisson_world, small_world

CASES = Path(__file__).resolve().parents[2].parent / "shared" / "cases" / "economics_cases.json"
needs_cases = pytest.mark.skipif(not CASES.exists(), reason="the shared cases are not here")


def cases(kind: str) -> list[dict[str, Any]]:
    return [case for case in json.loads(CASES.read_text()) if case["kind"] == kind]


@needs_cases
def test_the_cases_of_batches_that_customers_fill() -> None:
    for case in cases("batch_filled_by_orders"):
        at, wanted = case["inputs"], case["expected"]
        buyers = Buyers(at["patience_per_day"])
        sizes = at["minimum_units"], at["units_per_order"], at["units_per_year"]
        found = batch_filled_by_orders(*sizes, at["quote_days"], buyers)
        assert found.orders_per_batch == wanted["orders_per_batch"], case["id"]
        assert found.accepted_units_per_year == pytest.approx(wanted["accepted_units_per_year"], rel=0.01)
        assert found.share_of_demand == pytest.approx(wanted["share_of_demand"], rel=0.01), case["id"]
        if wanted["mean_wait_days"] is None:
            assert math.isnan(found.mean_wait_days), case["id"]
        else:
            assert found.mean_wait_days == pytest.approx(wanted["mean_wait_days"], rel=0.01), case["id"]


@needs_cases
def test_the_cases_of_batches_that_an_order_starts() -> None:
    for case in cases("batch_started_by_an_order"):
        at, wanted = case["inputs"], case["expected"]
        money = BatchMoney(
            at["price"],
            at["unit_cost"],
            at["capital_storage_insurance"],
            at["order_cost"],
            at["hazard_per_year"],
        )
        found = batch_started_by_an_order(
            at["minimum_units"], at["units_per_year"], at["share_of_first_customers_staying"], money
        )
        for name, value in wanted.items():
            assert getattr(found, name) == pytest.approx(value, rel=0.01), (case["id"], name)


def queue_of_orders(
    n: int, a_day: float, quote: float, patience: float, count: int, seed: int
) -> tuple[float, float]:
    """Share of orders that stay and their mean wait: orders one by one at random times, each told the mean time that batches took so far.

    Nothing of the recursion is in it: what is told at each place of the batch is the mean of what was seen there, begun at nothing.
    """
    rng = np.random.default_rng(seed)
    seen, times, told = np.zeros(n), np.zeros(n), np.zeros(n)
    now, stayed, waited, batch = 0.0, 0, 0.0, list[float]()
    for k in range(count):
        now += rng.exponential(1.0 / a_day)
        place = len(batch)
        if rng.random() >= math.exp(-patience * (quote + told[place])):
            continue
        batch.append(now)
        if len(batch) < n:
            continue
        for j, came in enumerate(batch):
            seen[j] += now - came
            times[j] += 1
            told[j] = seen[j] / times[j]
        if k > count // 3:
            stayed += n
            waited += sum(quote + now - came for came in batch)
        batch.clear()
    return stayed / (count - count // 3), waited / stayed


@pytest.mark.parametrize(
    ("units", "size", "a_year", "patience", "quote"),
    [(10, 5, 120, 0.02, 30), (12, 4, 96, 0.01, 21), (4, 1, 200, 0.03, 12)],
)
def test_customers_told_what_was_seen_fill_batches_as_the_recursion_says(
    units: int, size: int, a_year: float, patience: float, quote: float
) -> None:
    closed = batch_filled_by_orders(units, size, a_year, quote, Buyers(patience))
    n = orders_per_batch(units, size)
    share, wait = queue_of_orders(n, a_year / size / 365.0, quote, patience, 60_000, 4)
    assert share == pytest.approx(closed.share_of_demand, rel=0.03)
    assert wait == pytest.approx(closed.mean_wait_days, rel=0.02)


def test_limits_of_a_batch() -> None:
    """One order: all who stay at the quote. Patience without end: (n - 1) / (2 a day). Share falls with every order, and soon to nothing."""
    one = batch_filled_by_orders(3, 3, 50, 17.0, Buyers(0.013))
    assert one.share_of_demand == pytest.approx(math.exp(-0.013 * 17.0)) and one.mean_wait_days == 17.0
    patient = batch_filled_by_orders(9, 1, 73, 17.0, Buyers(0.0))
    assert patient.share_of_demand == 1.0 and patient.mean_wait_days == pytest.approx(
        17.0 + 8.0 / (2.0 * 0.2)
    )
    used_to = batch_filled_by_orders(
        4, 1, 73, 17.0, Buyers(0.02, 17.0)
    )  # who always waited 17 days leaves for the batch alone
    assert used_to.share_of_demand > batch_filled_by_orders(4, 1, 73, 17.0, Buyers(0.02)).share_of_demand
    shares = [batch_filled_by_orders(n, 1, 300, 14.0, Buyers(0.015)).share_of_demand for n in range(1, 80)]
    assert all(later <= earlier for earlier, later in itertools.pairwise(shares)) and shares[-1] == 0.0
    largest = largest_batch_filled(1, 300, 14.0, Buyers(0.015))
    assert shares[largest - 1] >= 0.01 > shares[largest]
    assert largest == pytest.approx(300 / 365 * math.exp(-0.015 * 14.0) / 0.015, rel=0.15)
    assert batch_waits(4, 14.0, 0.8, Buyers(0.015))[-1] == 0.0


@pytest.mark.parametrize(
    ("n", "a_year", "patience", "quote"),
    [(2, 24, 0.02, 30), (3, 24, 0.01, 21), (30, 365, 0.01, 10), (5, 73, 0.02, 33)],
)
@pytest.mark.parametrize("by_day", [False, True])
def test_the_simulation_fills_batches_as_the_closed_form(
    n: int, a_year: float, patience: float, quote: float, by_day: bool
) -> None:
    closed = batch_filled_by_orders(n, 1, a_year, quote, Buyers(patience))
    usual = np.array([1 if by_day else min(max(round(a_year / 52), 1), 8)])
    world = poisson_world(
        a_year / 52, inner=3000, name="batch", patience_per_day=np.full((1, 1), patience), orders_per_week=usual,
        by_day=np.array([by_day]), order_size=np.ones((1, 1)),
    )  # fmt: skip
    one = [np.array([float(x)]) for x in (quote, n, 0, 1, a_year / 365, 0.1)]
    counts, waits = simulate_batches(world, FillPlan(*one), np.zeros(3000, np.int64), True)
    got = {name: counts[0, 0, k] for name, k in COUNT_INDEX.items()}
    assert got["ordered"] / got["demanded"] == pytest.approx(closed.share_of_demand, rel=0.025)
    assert 365.0 * got["backordered"] / got["waited"] == pytest.approx(closed.mean_wait_days, rel=0.025)
    assert got["lots"] * n == pytest.approx(got["ordered"], rel=0.05)
    assert waits.sum() / 3000 == pytest.approx(got["ordered"])
    step = 1.0 if by_day else 7.0
    mean = step * ((np.arange(waits.shape[1]) - 0.5) * waits[0]).sum() / waits.sum()
    assert mean == pytest.approx(365.0 * got["backordered"] / got["waited"], abs=0.6 * step)


def batches_by_hand(world: Any, plan: FillPlan, i: int, p: int) -> dict[str, float]:
    """One product in one path in plain Python: customers one after the other, batches as lists."""
    steps = twin.WEEKS * twin.steps_a_week(world, i)
    days = 7.0 / twin.steps_a_week(world, i)
    size, least, multiple = plan.order_size[i], plan.least[i], plan.multiple[i]
    n = max(math.ceil(least / size - 1e-9), 1)
    told = [0.0]
    while len(told) < n:
        stays = twin.patience(world, i, p, plan.quote_days[i] + told[0])
        told.insert(0, min(told[0] + 1.0 / max(plan.orders_a_day[i] * stays, 1e-9), 36_500.0))
    key = twin.at(int(world.keys[i]), p)
    full = math.floor(twin.unit(twin.at(key, STREAMS["opening"]), 0) * n) * size
    dies, series = twin.death(world, i, p), twin.demand(world, i, p)
    got = dict.fromkeys(("demanded", "ordered", "days", "late", "lots"), 0.0)
    open_batch: list[tuple[float, float, float]] = []

    def serve(now: float) -> None:
        for came, units, expected in open_batch:
            got["days"] += units * (now - came) * days
            got["late"] += units * max((now - came) * days - expected, 0.0)

    for t in range(steps):
        if t > dies or series[t] <= 0.0:
            continue
        got["demanded"] += series[t]
        own = [
            (twin.at(twin.at(key, STREAMS["patience"]), 2 * t + k // 4) >> (16 * (k % 4))) & 0xFFFF
            for k in range(8)
        ]
        customers = min(max(int(world.orders_per_week[i]), math.floor(series[t] / size + 0.5)), 8)
        each = series[t] / customers
        for c in range(customers):
            place = min(math.floor((full + 1e-9) / size), n - 1)
            stays = twin.patience(world, i, p, plan.quote_days[i] + told[place])
            if told[place] >= 36_500.0 or own[c] >= twin.threshold(stays):
                continue
            now = t + (c + 0.5) / customers
            full += each
            got["ordered"] += each
            if full < least - 1e-9:
                open_batch.append((now, each, told[place]))
                continue
            rest = (
                min(max(full - math.floor((full + 1e-9) / multiple) * multiple, 0.0), each)
                if multiple > 0
                else 0.0
            )
            open_batch.append((now, each - rest, told[place]))
            serve(now)
            got["lots"] += 1.0
            open_batch, full = [(now, rest, told[0])] if rest > 1e-9 else [], rest
    if dies < steps:
        got["ordered"] -= sum(units for _, units, _ in open_batch)
    elif open_batch:
        place = min(max(math.ceil(full / size - 1e-9) - 1, 0), n - 1)
        serve(steps + told[place] / days)
    return got


@pytest.mark.parametrize("seed", [3, 8])
def test_every_count_of_a_batch_agrees_with_the_slow_twin(seed: int) -> None:
    world = small_world(seed=seed, products=4, draws=2, inner=2)
    world = replace(world, by_day=np.array([False, True, False, False]))
    rng = np.random.default_rng(seed)
    size, weekly = rng.choice([1.0, 3.0], 4), world.mean.mean(axis=1)
    plan = FillPlan(
        rng.uniform(5.0, 25.0, 4), np.array([2.0, 9.0, 12.0, 30.0]), np.array([0.0, 0.0, 4.0, 10.0]), size, weekly / 7.0 / size, rng.uniform(0.0, 0.2, 4),
    )  # fmt: skip
    counts, _ = simulate_batches(world, plan, np.arange(world.paths))
    for i in range(4):
        for p in range(world.paths):
            wanted = batches_by_hand(world, plan, i, p)
            got = {name: counts[i, p, k] for name, k in COUNT_INDEX.items()}
            assert got["demanded"] == pytest.approx(wanted["demanded"])
            assert got["ordered"] == pytest.approx(wanted["ordered"], abs=1e-9)
            assert got["lost"] == pytest.approx(wanted["demanded"] - wanted["ordered"], abs=1e-9)
            assert got["lots"] == wanted["lots"]
            waits = wanted["days"] + wanted["ordered"] * plan.quote_days[i]
            assert 365.0 * got["backordered"] == pytest.approx(waits, abs=1e-6)
            assert 365.0 * got["late"] == pytest.approx(wanted["late"], abs=1e-6)
            assert got["in_process"] == pytest.approx(wanted["ordered"] * plan.production_years[i], abs=1e-9)


def test_stock_that_holds_nothing_agrees_with_the_slow_twin() -> None:
    """Level 0: where a year begins in a lot is weighed by who waits for the next one."""
    world = small_world(seed=6, products=3, draws=2, inner=2)
    lot = np.array([7.0, 30.0, 4.0])[:, None]
    waits = np.array([0.4, 1.0, 0.15])
    plan = plan_of(world, 0.0, lot, moq=lot[:, 0], share_waiting=waits, cover_weeks=np.full(3, 200))
    plan = replace(plan, end_week=world.end_week, expected=np.repeat(world.mean[:, :1], 300, axis=1))
    counts, _, _ = simulate_stock(world, plan, np.arange(world.paths), 0, 3)
    for u in range(3):
        for p in range(world.paths):
            for name, value in twin.stock(world, plan, u, 0, p).items():
                assert counts[u, 0, p, COUNT_INDEX[name]] == pytest.approx(value, abs=1e-7), (u, p, name)


def weeks_of_a_batch(lot: int, a_week: float, lead: int, stays: float, weeks: int) -> tuple[float, float]:
    """Units on hand and units lost a week, of a batch that whoever finds nothing starts where he stays: week by week over `weeks`, Poisson demand.

    Ordered is before a week's demand; those of one week who find nothing all wait or all leave, as in the simulation.
    """
    rng = np.random.default_rng(5)
    demand, stay = rng.poisson(a_week, weeks), rng.random(weeks) < stays
    on_hand, owed, coming = lot, 0, -1
    held = lost = 0
    for week in range(weeks):
        if coming < 0 and on_hand == 0 and owed > 0:
            coming = week + lead
        if coming == week:
            on_hand, owed, coming = max(lot - owed, 0), max(owed - lot, 0), -1
        before, sold = on_hand, min(on_hand, demand[week])
        short = demand[week] - sold
        on_hand, owed, lost = on_hand - sold, owed + short * stay[week], lost + short * (not stay[week])
        held += 0.5 * (before + on_hand)
    return held / weeks, lost / weeks


@pytest.mark.parametrize(
    ("lot", "a_week", "lead", "stays"),
    [(60, 1.4, 5, 0.25), (30, 0.6, 9, 0.4), (200, 4.0, 3, 0.15), (9, 0.1, 6, 0.3)],
)
def test_a_year_of_a_started_batch_is_as_the_long_run(
    lot: int, a_week: float, lead: int, stays: float
) -> None:
    """What comes within the lead time is lost but for those who wait: the plan rests then, and the year begins so as often as it is so."""
    held, lost = weeks_of_a_batch(lot, a_week, lead, stays, 200_000)
    world = poisson_world(a_week, inner=6000, name="rests", orders_per_week=np.ones(1, np.int64))
    own = {"moq": np.full(1, float(lot)), "share_waiting": np.full(1, stays), "cover_weeks": np.full(1, 2000)}
    plan = plan_of(world, 0.0, float(lot), lead=lead, review=1, **own)
    counts = simulate_stock(world, plan, np.zeros(6000, np.int64), 0, 1)[0][0, 0, 0]
    assert counts[COUNT_INDEX["on_hand"]] == pytest.approx(held, rel=0.02)
    assert counts[COUNT_INDEX["lost"]] == pytest.approx(52.0 * lost, rel=0.05)


@pytest.mark.parametrize(("lot", "a_year", "stays"), [(10, 4, 0.5), (5, 2, 0.3), (2, 1, 1.0), (300, 73, 0.6)])
def test_the_stock_of_a_started_batch_is_that_of_the_closed_form(
    lot: int, a_year: float, stays: float
) -> None:
    """Level 0 and the lot, nothing under way: cycle, stock on hand and units sold by renewal reward."""
    closed = batch_started_by_an_order(lot, a_year, stays, BatchMoney(1.0, 0.5, 0.2))
    world = poisson_world(a_year / 52, inner=6000, name="started", orders_per_week=np.ones(1, np.int64))
    plan = plan_of(
        world, 0.0, float(lot), lead=0, moq=np.full(1, float(lot)), share_waiting=np.full(1, stays)
    )
    counts = simulate_stock(world, plan, np.zeros(6000, np.int64), 0, 1)[0][0, 0, 0]
    got = {name: counts[k] for name, k in COUNT_INDEX.items()}
    assert got["lots"] == pytest.approx(1.0 / closed.cycle_years, rel=0.06)
    assert got["on_hand"] == pytest.approx(closed.average_on_hand, rel=0.05)
    assert got["demanded"] - got["lost"] == pytest.approx(lot / closed.cycle_years, rel=0.05)


def test_a_larger_minimum_never_earns_more_if_every_lot_above_it_may_be_taken() -> None:
    """At a single lot it may: 60, 125 and 105 at 1, 5 and 10."""
    money = BatchMoney(150.0, 100.0, 0.17, 20.0)
    earned = {q: batch_started_by_an_order(q, 4, 0.5, money).profit_per_year for q in range(1, 60)}
    assert [round(earned[q]) for q in (1, 5, 10)] == [60, 125, 105]
    best = [max(value for lot, value in earned.items() if lot >= q) for q in earned]
    assert all(later <= earlier for earlier, later in itertools.pairwise(best))
    mortal = replace(money, hazard_per_year=0.2, salvage_share=0.25)
    lost = 0.2 * 0.75 * 100.0 * batch_started_by_an_order(10, 4, 0.5, money).average_on_hand
    assert batch_started_by_an_order(10, 4, 0.5, mortal).profit_per_year == pytest.approx(earned[10] - lost)


@pytest.mark.parametrize(
    "wrong", [dict(minimum_units=0.0), dict(units_per_year=0.0), dict(share_of_first_customers_staying=0.0)]
)
def test_what_means_nothing_is_refused(wrong: dict[str, float]) -> None:
    right = dict(minimum_units=5.0, units_per_year=2.0, share_of_first_customers_staying=0.5)
    with pytest.raises(ValueError, match=next(iter(wrong))):
        batch_started_by_an_order(**{**right, **wrong}, money=BatchMoney(3.0, 2.0, 0.1))
    with pytest.raises(ValueError, match="units_per_year"):
        batch_filled_by_orders(5, 1, 0.0, 10.0, Buyers(0.01))
