"""Closed forms against plain simulations written for the purpose, within stated standard errors."""

from __future__ import annotations

import heapq

import numpy as np
import pytest

from analytics.policy import queueing
from tests.closed_forms.queues import balking, make_to_stock_queue
from tests.closed_forms.stock import base_stock, obsolescence, reorder_point, service


def _within(values: np.ndarray, exact: float, errors: float = 4.0) -> None:
    """The mean of a run's batches is within `errors` standard errors of the exact value, and the errors are small."""
    mean, error = float(values.mean()), float(values.std(ddof=1) / len(values) ** 0.5)
    assert abs(mean - exact) <= errors * error, f"{mean:g} for {exact:g}, standard error {error:g}"
    assert error < 0.03 * max(abs(exact), 0.1)


def _stock_run(
    seed: int, r: int, q: int, rate: float, lead: float, spread: float, orders: int
) -> tuple[float, float, float, float]:
    """Continuous review of Poisson single units: on hand, backorders, share served at once, lots per unit of time."""
    rng = np.random.default_rng(seed)
    now, net, position = 0.0, r + q, r + q
    arrivals: list[tuple[float, int]] = []
    held = owed = 0.0
    served = lots = 0
    for gap in rng.exponential(1 / rate, orders):
        until = now + gap
        while arrivals and arrivals[0][0] <= until:
            when, units = heapq.heappop(arrivals)
            held, owed, now = held + max(net, 0) * (when - now), owed + max(-net, 0) * (when - now), when
            net += units
        held, owed, now = held + max(net, 0) * (until - now), owed + max(-net, 0) * (until - now), until
        served += net > 0
        net, position = net - 1, position - 1
        if position <= r:
            position += q
            lots += 1
            heapq.heappush(
                arrivals, (now + (rng.gamma(1 / spread**2, lead * spread**2) if spread else lead), q)
            )
    return held / now, owed / now, served / orders, lots / now


def test_base_stock_with_any_independent_lead_time() -> None:
    rate, lead, level = 2.3, 1.9, 6
    runs = np.array([_stock_run(seed, level - 1, 1, rate, lead, 0.7, 15_000) for seed in range(12)])
    _within(runs[:, 0], float(base_stock.units_on_hand(level, rate, lead)))
    _within(runs[:, 1], float(base_stock.backordered_units(level, rate, lead)))
    _within(runs[:, 2], float(base_stock.base_stock_fill_rate(level, rate, lead)))


def test_reorder_point_and_lot() -> None:
    rate, lead, r, q, k, h, b = 3.1, 1.4, 4, 7, 12.0, 1.3, 8.0
    runs = np.array([_stock_run(seed, r, q, rate, lead, 0.0, 15_000) for seed in range(12)])
    cost = k * runs[:, 3] + h * runs[:, 0] + b * runs[:, 1]
    _within(cost, float(reorder_point.lot_policy_cost_poisson(r, q, k, rate, lead, h, b)))


def test_fill_rate_of_a_lot_under_normal_demand() -> None:
    """Fine steps of a Brownian demand with drift: the share short of the whole is the closed form's."""
    rng, mean, sd, lead, s, q = np.random.default_rng(6), 40.0, 12.0, 1.0, 44.0, 60.0
    steps, runs = 200, []
    for _ in range(10):
        demand = rng.normal(mean / steps, sd / steps**0.5, 120_000)
        total, position, net, due, short = 0.0, s + q, s + q, [], 0.0
        for t, d in enumerate(demand.tolist()):
            while due and due[0] <= t:
                net += q
                due.pop(0)
            before = max(-net, 0.0)
            net, position, total = net - d, position - d, total + d
            short += max(-net, 0.0) - before
            while position <= s:
                position += q
                due.append(t + int(lead * steps))
        runs.append(1 - short / total)
    assert np.mean(runs) == pytest.approx(
        float(service.lot_fill_rate(s, q, mean * lead, sd * lead**0.5)), abs=0.006
    )


@pytest.mark.parametrize(("spread", "shape"), [(0.0, None), (0.5, 2.0), (1.0, 1.0), (2.5, 0.4)])
def test_wait_before_one_server(spread: float, shape: float | None) -> None:
    runs = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        count, rate = 300_000, 0.7
        gap = rng.exponential(1 / rate, count)
        work = np.ones(count) if shape is None else rng.gamma(shape, 1 / shape, count)
        walk = np.concatenate(([0.0], np.cumsum(work[:-1] - gap[1:])))
        runs.append((walk - np.minimum.accumulate(walk))[5000:].mean())  # Lindley's recursion
    _within(np.array(runs), float(queueing.queue_wait(0.7, 1.0, 1.0, spread)))


def test_stock_before_one_server() -> None:
    rho, level, h, b = 0.75, 5, 1.0, 6.0
    costs = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        events = 400_000
        up = rng.random(events) < rho / (1 + rho)
        jobs = np.cumsum(np.where(up, 1, -1))
        jobs = jobs - np.minimum.accumulate(np.minimum(jobs, 0))  # an idle server's completions do nothing
        costs.append(float(np.mean(h * np.maximum(level - jobs, 0) + b * np.maximum(jobs - level, 0))))
    _within(np.array(costs), float(make_to_stock_queue.server_base_stock_cost(level, rho, 1.0, h, b)))


def test_lot_under_sudden_death() -> None:
    k, rate, h, theta, loss, lot = 90.0, 700.0, 3.0, 0.6, 25.0, 160.0
    rng = np.random.default_rng(31)
    life = rng.exponential(1 / theta, 400_000)
    cycle = lot / rate
    full = np.floor(life / cycle)
    rest = life - full * cycle
    cost = (
        k * (full + 1)
        + h * (full * lot * cycle / 2 + lot * rest - rate * rest**2 / 2)
        + loss * (lot - rate * rest)
    )
    batches = cost.reshape(40, -1).mean(axis=1) * theta
    _within(batches, float(obsolescence.obsolescence_lot_cost(lot, k, rate, h, theta, loss)))


@pytest.mark.parametrize(("potential", "impatience"), [(1.3, 0.12), (0.8, 0.4)])
def test_demand_that_leaves_settles_where_quote_and_load_agree(potential: float, impatience: float) -> None:
    """A shop that quotes what its customers waited lately, smoothed; customers who do not accept it leave."""
    rates, sojourns = [], []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        free, now, quote, accepted, begin, quoted = 0.0, 0.0, 8.0, 0, 0.0, 0.0
        for step in range(1, 81):
            joined, total = 0, 0.0
            for gap, own, work in zip(
                rng.exponential(1 / potential, 3000).tolist(),
                rng.random(3000).tolist(),
                rng.exponential(1.0, 3000).tolist(),
                strict=True,
            ):
                now += gap
                if own < np.exp(-impatience * quote):
                    free = max(free, now) + work
                    joined, total = joined + 1, total + free - now
            quote += 0.2 * (total / max(joined, 1) - quote)
            accepted, begin, quoted = (
                (accepted + joined, begin, quoted + quote / 60) if step > 20 else (0, now, 0.0)
            )
        rates.append(accepted / (now - begin))
        sojourns.append(quoted)
    rate, sojourn = balking.accepted_rate_single_server(potential, 1.0, "exponential", impatience)
    _within(np.array(rates), rate)
    _within(np.array(sojourns), sojourn)
