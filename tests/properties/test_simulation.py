"""What must hold in every simulated world, whatever the numbers."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.randomness import sku_keys
from analytics.simulation.chunks import in_chunks
from analytics.simulation.ledger import COUNT_INDEX, Ledger
from analytics.simulation.order import OrderPlan, simulate_orders
from analytics.simulation.stock import StockPlan, World, simulate_stock
from analytics.simulation.world import MOST_DRAWN, with_demand_drawn
from tests.simulation.worlds import one_setting, plan_of, poisson_world, small_plan, small_world

QUICK = settings(max_examples=12, deadline=None)
SEEDS = st.integers(0, 10_000)


def simulated(world: World, plan: StockPlan, **how: Any) -> np.ndarray:
    """Counts with every path a group of its own."""
    return simulate_stock(world, plan, np.arange(world.paths), 0, len(plan.lead_weeks), **how)[0]


def units_at(plan: StockPlan, order: list[int], products: np.ndarray) -> StockPlan:
    """The plan of the units in this order, its products renumbered by their place in `products`."""
    place = {int(i): k for k, i in enumerate(products)}
    groups = [plan.members[plan.start[u] : plan.start[u + 1]] for u in order]
    by_product = ("door_wait_days",)
    by_unit = [
        f.name
        for f in fields(plan)
        if f.name not in ("start", "members", *by_product) and getattr(plan, f.name) is not None
    ]
    return replace(
        plan, start=np.cumsum([0, *(len(g) for g in groups)]), members=np.array([place[int(i)] for g in groups for i in g]),
        **{name: getattr(plan, name)[products] for name in by_product}, **{name: getattr(plan, name)[order] for name in by_unit},
    )  # fmt: skip


@QUICK
@given(SEEDS, st.sampled_from([1.0, 52.0 / 12.0]))
def test_units_are_conserved_on_every_path(seed: int, period_weeks: float) -> None:
    world = small_world(seed, period_weeks=period_weeks)
    plan = small_plan(world, seed)
    counts = simulated(world, plan)
    ledger = Ledger("MTS", np.arange(len(plan.lead_weeks)), {}, counts)
    assert np.abs(ledger.imbalance()).max() < 1e-9 * max(1.0, counts.max())
    signed = [
        COUNT_INDEX["ordered"],
        COUNT_INDEX["closing"],
    ]  # opening orders cancelled; more owed than there is
    assert np.delete(counts, signed, axis=-1).min() > -1e-9


@QUICK
@given(SEEDS, st.randoms(use_true_random=False))
def test_a_product_is_the_same_alone_among_others_and_in_any_order(seed: int, shuffle: Any) -> None:
    world = small_world(seed)
    plan = small_plan(world, seed)
    everything = simulated(world, plan)
    order = list(range(len(plan.lead_weeks)))
    shuffle.shuffle(order)
    products = np.array(shuffle.sample(range(len(world.keys)), len(world.keys)))
    permuted = simulated(world.take(products), units_at(plan, order, products))
    assert np.array_equal(permuted, everything[order])
    alone = order[0]
    own = plan.members[plan.start[alone] : plan.start[alone + 1]]
    assert np.array_equal(simulated(world.take(own), units_at(plan, [alone], own))[0], everything[alone])


@QUICK
@given(SEEDS, st.sampled_from([1.0, 52.0 / 12.0]))
def test_demand_drawn_beforehand_changes_no_number(seed: int, period_weeks: float) -> None:
    world = small_world(seed, period_weeks=period_weeks)
    plan = small_plan(world, seed)
    ahead = with_demand_drawn(world, 10**9)
    assert ahead.drawn_row is None or (ahead.drawn_row >= 0).tolist() == world.integer.tolist()
    assert np.array_equal(simulated(ahead, plan), simulated(world, plan))
    assert with_demand_drawn(world, 10).drawn_row is None  # too much to hold: drawn where it is used


def test_weeks_of_more_than_sixteen_bits_hold_are_drawn_where_they_are_used() -> None:
    """One of two products sells some 80,000 a week: what is held of it would be cut, so that nothing is."""
    factor = np.array([9.0, 1.0])[:, None]
    world = poisson_world(9_000.0, products=2, inner=3, noise=np.repeat(factor, 3, axis=1))
    ahead = with_demand_drawn(world, 10**9)
    assert ahead.drawn_row is not None and ahead.drawn_row.tolist()[0] == -1 and ahead.drawn_row[1] >= 0
    held = ahead.drawn[ahead.drawn_row[1]]
    assert held.dtype == np.uint16 and abs(held.mean() - 9_000.0) < 5.0 * (9_000.0 / held.size) ** 0.5
    order = OrderPlan(np.ones((2, 1)), np.ones(2), np.ones(2))
    drawn, beforehand = (simulate_orders(w, order, np.arange(3), 0, 2) for w in (world, ahead))
    assert np.array_equal(drawn, beforehand)
    assert drawn[0, 0, :, COUNT_INDEX["demanded"]].min() > 52 * MOST_DRAWN


@QUICK
@given(SEEDS, st.integers(1, 4), st.integers(1, 5))
def test_chunks_and_threads_change_nothing(seed: int, threads: int, size: int) -> None:
    world = small_world(seed, products=9)
    plan = small_plan(world, seed)
    whole = simulated(world, plan)
    pieces = np.zeros_like(whole)

    def work(a: int, b: int) -> None:
        pieces[a:b] = simulate_stock(world, plan, np.arange(world.paths), a, b)[0][a:b]

    in_chunks(work, 0, len(whole), threads, size)
    assert np.array_equal(pieces, whole)
    assert np.array_equal(simulated(world, plan, threads=threads), whole)
    quotes = OrderPlan(np.full((9, 2), 6.5), np.zeros(9), np.ones(9))
    group = np.arange(world.paths)
    assert np.array_equal(
        simulate_orders(world, quotes, group, 0, 9, threads=threads),
        simulate_orders(world, quotes, group, 0, 9),
    )


def test_more_units_than_one_chunk_in_threads() -> None:
    world = small_world(1, products=40, draws=2, inner=1)
    plan = small_plan(world, 1)
    assert np.array_equal(simulated(world, plan, threads=3), simulated(world, plan))


@QUICK
@given(SEEDS)
def test_a_setting_is_the_same_alone_and_in_any_grid(seed: int) -> None:
    world = small_world(seed)
    plan = small_plan(world, seed, settings=5)
    twice = replace(
        plan,
        **{
            n: np.tile(getattr(plan, n), (1, 14))
            for n in ("relative_quantile", "lot", "stockout_wait_days", "order_gap")
        },
    )
    counts, many = simulated(world, plan), simulated(world, twice)
    for copy in range(14):
        assert np.array_equal(many[:, 5 * copy : 5 * copy + 5], counts)
    assert np.array_equal(simulated(world, one_setting(plan, 3))[:, 0], counts[:, 3])


@QUICK
@given(SEEDS)
def test_groups_average_their_paths_and_no_more(seed: int) -> None:
    world = small_world(seed)
    plan = small_plan(world, seed)
    each = simulated(world, plan)
    group = np.arange(world.paths) % 2
    halves = simulate_stock(world, plan, group, 0, len(plan.lead_weeks))[0]
    for g in range(2):
        np.testing.assert_allclose(
            halves[:, :, g], each[:, :, group == g].mean(axis=2), rtol=1e-12, atol=1e-9
        )


@QUICK
@given(SEEDS, st.floats(0.0, 2.5))
def test_a_wait_no_longer_than_today_costs_nobody(seed: int, wait: float) -> None:
    world = small_world(seed, historical_wait_days=np.full(5, 2.5))
    plan = small_plan(world, seed)
    none, told = (replace(plan, door_wait_days=np.full(5, days)) for days in (0.0, wait))
    given_share = np.full(4, 0.3)
    a, b = (
        simulate_stock(world, replace(p, share_waiting=given_share), np.arange(world.paths), 0, 4)
        for p in (none, told)
    )
    assert np.array_equal(a[0], b[0])
    assert np.array_equal(b[1][..., 0], b[1][..., 1])


@QUICK
@given(SEEDS, st.floats(0.5, 20.0), st.floats(1.01, 4.0))
def test_a_longer_wait_or_less_patience_never_brings_a_buyer_back(
    seed: int, quote: float, factor: float
) -> None:
    world = small_world(seed)
    group = np.arange(world.paths)
    plan = OrderPlan(np.array([[quote, quote * factor]] * 5), np.zeros(5), np.ones(5))
    lost = simulate_orders(world, plan, group, 0, 5)[..., COUNT_INDEX["lost"]]
    assert np.all(lost[:, 1] >= lost[:, 0] - 1e-9)
    hurried = simulate_orders(
        replace(world, patience_per_day=world.patience_per_day * factor), plan, group, 0, 5
    )[..., COUNT_INDEX["lost"]]
    assert np.all(hurried >= lost - 1e-9)


@QUICK
@given(SEEDS)
def test_a_sibling_without_demand_changes_nothing(seed: int) -> None:
    """Assembling one product from stocked components is stocking it; so is a family whose other member never sells or outlives it."""
    alone = small_world(seed, products=2, draws=2, inner=2)
    alone = replace(
        alone,
        hazard_per_week=np.zeros((2, 2)),
        end_week=np.full(2, 1e9),
        mean=np.where(np.arange(2)[:, None] == 1, 0.0, alone.mean),
    )
    one = plan_of(alone.take(np.array([0])), [0.9, 1.4], [3.0, 8.0], lead=3)
    both = replace(one, start=np.array([0, 2]), members=np.array([0, 1]), door_wait_days=np.zeros(2))
    assert np.array_equal(simulated(alone, both), simulated(alone.take(np.array([0])), one))


@QUICK
@given(SEEDS)
def test_another_seed_is_another_world_and_the_same_seed_the_same(seed: int) -> None:
    world = small_world(seed)
    plan = small_plan(world, seed)
    names = [f"sku {i}" for i in range(5)]
    first, again, other = (simulated(replace(world, keys=sku_keys(names, s)), plan) for s in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@QUICK
@given(st.floats(0.7, 40.0), st.integers(0, 5))
def test_without_any_chance_the_year_is_arithmetic(rate: float, lead: int) -> None:
    """No noise, no death, no lot: half a week's demand in stock, a lot a week, nothing short, the pipeline by Little's law."""
    ones = np.ones((1, 2))
    world = small_world(
        1, products=1, draws=2, inner=1, mean=np.full((1, 60), rate), noise=ones, level_error=ones, drift=np.zeros(1), integer=np.zeros(1, bool), market=np.ones(2),
        family_shock=np.ones((3, 2)), hazard_per_week=np.zeros((1, 2)), end_week=np.full(1, 1e9),
    )  # fmt: skip
    plan = plan_of(world, 1.0, 1e-6 * rate, lead=lead, production_weeks=np.full(1, float(lead)))
    counts = simulated(world, plan)[0, 0, 0]
    expected = {
        "demanded": 52 * rate,
        "lost": 0.0,
        "waited": 0.0,
        "on_hand": rate / 2,
        "in_process": lead * rate,
        "backordered": 0.0,
        "scrapped": 0.0,
        "cleared": 0.0,
    }
    for name, value in expected.items():
        assert abs(counts[COUNT_INDEX[name]] - value) < 2e-4 * rate * (1 + lead), name
    assert counts[COUNT_INDEX["lots"]] in (51.0, 52.0)


def test_waits_in_a_stockout_add_up_to_the_units_that_waited() -> None:
    world = small_world(6, products=3, hazard_per_week=np.zeros((3, 3)), end_week=np.full(3, 1e9))
    plan = plan_of(world, [0.6, 0.9], [1.0, 1.0], lead=3)
    counts, _, waits = simulate_stock(world, plan, np.arange(world.paths), 0, 3, waits=True)
    waited = counts[..., COUNT_INDEX["waited"]].sum(axis=2)
    weeks = (waits * np.arange(waits.shape[2])).sum(axis=2)
    owed_weeks = counts[..., COUNT_INDEX["backordered"]].sum(axis=2) * 52
    assert waited.min() > 0.0
    assert np.all(waits.sum(axis=2) <= waited + 1e-6)
    assert np.all(weeks <= owed_weeks + 1e-6)
    assert np.all(waits.sum(axis=2) > 0.8 * waited)
