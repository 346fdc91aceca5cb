"""Every kernel agrees with its slow twin, and a kernel with a planted mistake does not."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import analytics.randomness as randomness_module
import analytics.simulation.stock as stock_module
import analytics.simulation.stock_path as path_module
import analytics.simulation.stock_rules as rules_module
import analytics.simulation.stock_week as week_module
import analytics.simulation.world as world_module
from analytics.forecast.members import counts
from analytics.forecast.members.counts import WIDTH, WORK
from analytics.forecast.spread import paths
from analytics.forecast.spread.paths import WEEKS
from analytics.machine.kernel_cache import kernel
from analytics.simulation.ledger import COUNT_INDEX, Ledger
from analytics.simulation.order import OrderPlan, simulate_orders
from analytics.simulation.stock import simulate_stock
from analytics.simulation.world import with_demand_drawn, world_arrays
from tests.closed_forms.distributions.poisson_quantile import poisson_from_uniform
from tests.simulation import twin
from tests.simulation.worlds import small_plan, small_world

TOLERANCE = 1e-9
alone = cache(kernel)
poisson_counts, weekly_path = alone(counts.poisson_counts.py_func), alone(paths.weekly_path.py_func)
product_demand = paths.product_demand.py_func


def each_path(world: Any) -> np.ndarray:
    """Every path a group of its own."""
    return np.arange(world.paths)


def worst_difference(counts: np.ndarray, world: Any, plan: Any) -> float:
    """Largest relative difference between kernel counts (units, settings, paths, counts) and the twin's."""
    worst = 0.0
    for u in range(counts.shape[0]):
        for s in range(counts.shape[1]):
            for p in range(counts.shape[2]):
                for name, value in twin.stock(world, plan, u, s, p).items():
                    got = counts[u, s, p, COUNT_INDEX[name]]
                    worst = max(worst, abs(got - value) / max(1.0, abs(value)))
    return worst


@pytest.mark.parametrize("period_weeks", [1.0, 52.0 / 12.0, 1.0 / 7.0])
def test_demand_by_week_agrees(period_weeks: float) -> None:
    world = small_world(seed=17, products=4, draws=2, inner=2, period_weeks=period_weeks)
    work, out = np.empty(WORK), np.empty(WEEKS)
    for i in range(4):
        for p in range(4):
            weekly_path(product_demand(world_arrays(world).demand, i), p, period_weeks, out, work)
            np.testing.assert_allclose(out, twin.demand(world, i, p), rtol=TOLERANCE, atol=TOLERANCE)


def test_counts_in_bulk_are_the_quantiles_one_by_one() -> None:
    rng = np.random.default_rng(2)
    work = np.zeros(WORK)
    for scale in (0.2, 3.0, 9.0, 80.0):
        rates, u = rng.gamma(1.5, scale, WIDTH), rng.random(WIDTH)
        work[:WIDTH], work[WIDTH : 2 * WIDTH] = rates, u
        poisson_counts(work, WIDTH)
        assert work[:WIDTH].tolist() == [poisson_from_uniform(r, v) for r, v in zip(rates, u, strict=True)]


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_stock_agrees_in_every_count(seed: int) -> None:
    world = small_world(seed=seed, inner=3)
    plan = small_plan(world, seed=seed)
    counts, wanted, _ = simulate_stock(world, plan, each_path(world), 0, len(plan.lead_weeks))
    assert worst_difference(counts, world, plan) < TOLERANCE
    for i in range(len(world.keys)):
        for p in range(world.paths):
            assert wanted[i, p, 0] == pytest.approx(
                sum(d for t, d in enumerate(twin.demand(world, i, p)) if t <= twin.death(world, i, p)),
                abs=1e-9,
            )


@pytest.mark.parametrize("seed", [13, 14, 15])
def test_uncertain_lead_times_and_shelf_life_agree(seed: int) -> None:
    """Lead times that differ by draw and from order to order, and goods that keep for some weeks only."""
    world = small_world(seed=seed, inner=2)
    rng = np.random.default_rng(seed)
    plan = small_plan(world, seed=seed, settings=3)
    units = len(plan.lead_weeks)
    extra = {
        "lead_by_draw": np.maximum(0, plan.lead_weeks[:, None] + rng.integers(-2, 4, (units, 3))), "lead_time_cv": rng.choice([0.0, 0.4], units),
        "shelf_weeks": rng.choice([0, 3, 9], units), "planned_weeks": rng.choice([-1, 1, 4], units),
    }  # fmt: skip
    for changes in (*({name: value} for name, value in extra.items()), extra):
        plan_here = replace(plan, **changes)
        counts, _, _ = simulate_stock(world, plan_here, each_path(world), 0, units)
        assert worst_difference(counts, world, plan_here) < TOLERANCE
        imbalance = Ledger("MTS", np.arange(units), {}, counts).imbalance()
        assert np.abs(imbalance).max() < 1e-9 * max(1.0, counts.max())


def by_day(world: Any, plan: Any) -> tuple[Any, Any]:
    """The last products by day, with an uneven week and a plan in whole days; a family's members stay together."""
    days = np.arange(len(world.keys)) >= 2
    days[plan.members[plan.start[-2] :]] = days[plan.members[plan.start[-2]]]
    share = np.array([0.3, 0.2, 0.1, 0.15, 0.2, 0.05, 0.0])
    size = np.where(world.integer[:, None], [[1.0, 2.0, 9.0]], [[0.0, 0.0, 0.0]])
    size[-1] = np.where(world.integer[-1], 1.0, 0.4)
    world = replace(
        world,
        by_day=days,
        day_share=share,
        order_size=size,
        end_week=np.where(days & (world.end_week < 1e9), 115 / 7, world.end_week),
    )
    unit = days[plan.members[plan.start[:-1]]]
    ends = np.array(
        [
            world.end_week[plan.members[a:b]].max()
            for a, b in zip(plan.start[:-1], plan.start[1:], strict=True)
        ]
    )
    changed = {
        "end_week": ends, "lead_weeks": np.where(unit, (plan.lead_weeks * 5 + 2) / 7, plan.lead_weeks),
        "review_weeks": np.where(unit, (plan.review_weeks * 4 - 3) / 7, plan.review_weeks),
        "shelf_weeks": np.where(unit, 9 / 7, 0.0),
    }  # fmt: skip
    return world, replace(plan, **changed)


@pytest.mark.parametrize(("seed", "period_weeks"), [(3, 1.0), (6, 52.0 / 12.0), (5, 1.0 / 7.0)])
def test_days_agree_in_every_count(seed: int, period_weeks: float) -> None:
    world = small_world(seed=seed, draws=2, inner=1, period_weeks=period_weeks)
    world, plan = by_day(world, small_plan(world, seed=seed, settings=2))
    counts, _, _ = simulate_stock(world, plan, each_path(world), 0, len(plan.lead_weeks))
    assert worst_difference(counts, world, plan) < TOLERANCE
    to_order = OrderPlan(np.full((5, 1), 9.0), np.full(5, 0.05), np.full(5, 2.0))
    counts = simulate_orders(world, to_order, each_path(world), 0, 5)
    for i in range(5):
        for p in range(world.paths):
            for name, value in twin.orders(world, to_order, i, 0, p).items():
                assert counts[i, 0, p, COUNT_INDEX[name]] == pytest.approx(
                    value, rel=TOLERANCE, abs=TOLERANCE
                ), name


@pytest.mark.parametrize("period_weeks", [1.0, 52.0 / 12.0, 1.0 / 7.0])
def test_the_days_of_a_week_add_up_to_the_week(period_weeks: float) -> None:
    """Whatever is played by day meets exactly the weekly demand of what is played by week; many units and few, whole and fractional."""
    world = small_world(seed=11, products=5, period_weeks=period_weeks, end_week=np.full(5, 1e9))
    world = replace(world, mean=world.mean * np.array([0.2, 1.0, 1.0, 40.0, 1.0])[:, None])
    size = np.where(
        world.integer[:, None],
        np.array([[1.0, 2.0, 4.0, 9.0]]),
        np.array([[0.0], [0.7], [0.0], [1.3], [2.0]]),
    )
    days = replace(
        world,
        by_day=np.ones(5, bool),
        day_share=np.array([0.3, 0.2, 0.1, 0.15, 0.2, 0.05, 0.0]),
        order_size=size,
    )
    weekly = with_demand_drawn(replace(world, integer=np.ones(5, bool)), 10**9)
    for i in range(5):
        for p in range(world.paths):
            by_week, daily = twin.demand(world, i, p), np.reshape(twin.demand(days, i, p), (WEEKS, 7))
            np.testing.assert_allclose(daily.sum(axis=1), by_week, rtol=1e-12, atol=1e-12)
            assert period_weeks < 1.0 or daily[:, 6].sum() == 0.0
            if world.integer[i]:
                assert np.array_equal(daily.sum(axis=1), weekly.drawn[i, p].astype(float)) and np.array_equal(
                    daily, np.round(daily)
                )


@pytest.mark.parametrize("seed", [4, 9])
def test_every_curve_of_patience_agrees(seed: int) -> None:
    world = small_world(
        seed=seed,
        inner=2,
        patience_curve=np.array([1, 2, 3, 2, 1]),
        patience_shape=np.array([2.3, 4.1, 1.0, 0.2, 0.7]),
    )
    plan = small_plan(world, seed=seed, settings=3)
    counts, _, _ = simulate_stock(world, plan, each_path(world), 0, len(plan.lead_weeks))
    assert worst_difference(counts, world, plan) < TOLERANCE
    to_order = OrderPlan(np.tile([4.0, 11.0, 26.0], (5, 1)), np.full(5, 0.05), np.full(5, 2.0))
    counts = simulate_orders(world, to_order, each_path(world), 0, 5)
    for i in range(5):
        for s in range(3):
            for p in range(world.paths):
                assert counts[i, s, p, COUNT_INDEX["lost"]] == pytest.approx(
                    twin.orders(world, to_order, i, s, p)["lost"], rel=TOLERANCE, abs=TOLERANCE
                )


def test_patience_of_a_setting_is_that_of_a_world_where_every_path_has_it() -> None:
    world = small_world(seed=12)
    rng = np.random.default_rng(2)
    plan = OrderPlan(
        rng.uniform(3.0, 30.0, (5, 3)),
        rng.uniform(0.0, 0.1, 5),
        rng.uniform(0.5, 9.0, 5),
        rng.uniform(0.005, 0.2, (5, 3)),
    )
    together = simulate_orders(world, plan, each_path(world), 0, 5)
    for s in range(3):
        own = replace(
            world,
            patience_per_day=np.repeat(
                plan.patience_per_day[:, s : s + 1], world.patience_per_day.shape[1], axis=1
            ),
        )
        alone = simulate_orders(own, replace(plan, patience_per_day=None), each_path(world), 0, 5)
        np.testing.assert_array_equal(together[:, s], alone[:, s])
    assert not np.allclose(together[:, 0], together[:, 1])


def test_paths_side_by_side_and_in_any_groups_agree() -> None:
    """More paths in a draw than are played side by side; and groups that cut across draws are averages of their paths."""
    world = small_world(seed=17, draws=2, inner=11, hazard_per_week=np.full((5, 2), 0.02))
    plan = replace(small_plan(world, seed=17, settings=3), lead_time_cv=np.array([0.3, 0.0, 0.0, 0.2]))
    counts, wanted, _ = simulate_stock(world, plan, each_path(world), 0, len(plan.lead_weeks))
    assert worst_difference(counts, world, plan) < TOLERANCE
    group = np.arange(world.paths) % 3
    grouped, members, _ = simulate_stock(world, plan, group, 0, len(plan.lead_weeks))
    for g in range(3):
        np.testing.assert_allclose(
            grouped[:, :, g], counts[:, :, group == g].mean(axis=2), rtol=1e-12, atol=1e-12
        )
        np.testing.assert_allclose(members[:, g], wanted[:, group == g].mean(axis=1), rtol=1e-12, atol=1e-12)


def test_more_settings_than_one_block_agree() -> None:
    world = small_world(seed=8, products=2, draws=2, inner=1)
    plan = small_plan(world, seed=8, settings=70)
    counts, _, _ = simulate_stock(world, plan, each_path(world), 0, 1)
    assert worst_difference(counts, world, plan) < TOLERANCE


def test_orders_agree_in_every_count() -> None:
    world = small_world(seed=21)
    rng = np.random.default_rng(1)
    plan = OrderPlan(rng.uniform(0.0, 30.0, (5, 3)), rng.uniform(0.0, 0.1, 5), rng.uniform(0.5, 9.0, 5))
    plan.quote_days[0, 0] = 0.0
    counts = simulate_orders(world, plan, each_path(world), 0, 5)
    for i in range(5):
        for s in range(3):
            for p in range(world.paths):
                for name, value in twin.orders(world, plan, i, s, p).items():
                    assert counts[i, s, p, COUNT_INDEX[name]] == pytest.approx(
                        value, rel=TOLERANCE, abs=TOLERANCE
                    ), name


MISTAKES = {
    "lead time one step too long": (
        "path",
        "arrives = max(last, t + weeks)",
        "arrives = max(last, t + weeks + 1)",
    ),
    "protection interval one review too short": (
        "stock",
        "span = plan.counted_on[u, draw] + rule.review\n",
        "span = plan.counted_on[u, draw]\n",
    ),
    "dropped backlog": ("rules", "net - (sold + waits)", "max(net - (sold + waits), 0.0)"),
    "backlog forgotten in the position": (
        "week",
        "x[POSITION * WIDTH + k] -= sold + waits",
        "x[POSITION * WIDTH + k] -= sold",
    ),
    "received after serving": (
        "week",
        "serve(x, paths, settings, ring, into * WIDTH",
        "serve(x, paths, settings, ring, (into + slots - 1) % slots * WIDTH",
    ),
    "ordered after the last order": ("week", "if due == 0 and t <= last_order:", "if due == 0:"),
    "reviewed every step": ("week", "due = review", "due = 1"),
    "what waits is lost as well": ("week", "+= (wanted[j] - sold) - waits", "+= wanted[j] - sold"),
    "a lot too many": ("rules", "lots - 1e-9", "lots + 1.0"),
    "minimum order ignored": ("rules", "* lot, least)\n    if ends", "* lot, 0.0)\n    if ends"),
    "end of life ignored in orders": ("rules", "max(missing, room)", "1e300"),
    "stock counted at the end of the step only": (
        "week",
        "+= before + (before - sold)",
        "+= 2.0 * (before - sold)",
    ),
    "cleared stock still there": ("week", "x[NET * WIDTH + k] -= cleared", "x[NET * WIDTH + k] -= 0.0"),
    "planner never learns": ("path", "step = smoothing * per_rate", "step = 0.0"),
    "orders under way forgotten when the product ends": ("path", "on_hand + under_way[s]\n", "on_hand\n"),
    "opens without a lot under way": ("rules", "min(extra, max(0.0, rest - level))", "0.0"),
    "a lot is not the plan's own": ("path", "position, lowest + quantity, level", "position, target, level"),
    "one year says all": (
        "path",
        "credible_level(total[j], after.window, after.level_variance, after.lump)",
        "total[j] / after.window",
    ),
    "leftovers never end": ("path", "later(beyond, pace, after.hazard,", "later(beyond, pace, 0.0,"),
    "the whole lot is ordered before": ("path", "extra = lowest - level +", "extra ="),
    "life a step too long": ("stock", "int(death[j]) + 1", "int(death[j]) + 2"),
    "all wait in a stockout": (
        "week",
        "waiting = 1.0 if decides[j] < stays else 0.0",
        "waiting = 1.0",
    ),
    "every setting's customers are as patient as the first's": (
        "week",
        "stays = x[STAYS * WIDTH + o]",
        "stays = x[STAYS * WIDTH]",
    ),
    "nothing kept for the lot just received": ("rules", "level + max(lot, least)", "level"),
    "the wait at the door not counted in a stockout": (
        "stock",
        "told + grid.stockout_wait[u, s]",
        "grid.stockout_wait[u, s]",
    ),
    "patience at the door ignored": ("world", "taken = wanted[t] * (work[t] * share)", "taken = wanted[t]"),
}


@pytest.fixture
def mutated() -> Iterator[Any]:
    """Builds the stock simulation with one line changed, from source text, run as plain Python: quick, and far from the compile cache."""
    names: list[str] = []

    def build(where: str, old: str, new: str) -> ModuleType:
        originals = {
            "randomness": randomness_module,
            "world": world_module,
            "rules": rules_module,
            "path": path_module,
            "week": week_module,
            "stock": stock_module,
        }
        built: dict[str, ModuleType] = {}
        for key, original in originals.items():
            text = Path(str(original.__file__)).read_text(encoding="utf-8")
            text = re.sub(
                "from analytics.machine.kernel_cache import .*",
                "def kernel(function): return function\npart = borrower = kernel",
                text,
            )
            text = text.replace(
                "from analytics.machine.borrowed import borrowed", "def borrowed(given): return given"
            )
            if (
                key == "stock"
            ):  # values side by side are compiled code alone; they are held against these steps by a test of their own
                assert text.count("common = (\n") == 1
                text = text.replace("common = (\n", "common = False and (\n")
            if key == where:
                assert text.count(old) == 1, (
                    f"{old!r} is not once in {key}: the mutation test needs its new wording"
                )
                text = text.replace(old, new)
            for done, module in built.items():
                text = text.replace(
                    f"from {originals[done].__name__} import", f"from {module.__name__} import"
                )
            module = ModuleType(f"mutated_{key}")
            sys.modules[module.__name__] = module
            names.append(module.__name__)
            exec(compile(text, f"mutated_{key}", "exec"), module.__dict__)
            for name, taken in list(vars(module).items()):
                if hasattr(taken, "py_func"):  # from another module: compiled so that Python can call it
                    setattr(module, name, alone(taken.py_func))
            built[key] = module
        return built["stock"]

    yield build
    for name in names:
        sys.modules.pop(name, None)


def agreement(module: ModuleType) -> float:
    """Worst difference between a build of the stock simulation and the twin, over three worlds."""
    worst = 0.0
    for seed in (3, 4, 5):
        world = small_world(seed=seed, inner=1)
        plan = small_plan(world, seed=seed, settings=3)
        with np.errstate(all="ignore"):
            counts, _, _ = module.simulate_stock(world, plan, each_path(world), 0, len(plan.lead_weeks))
        worst = max(worst, worst_difference(counts, world, plan))
    return worst


def test_the_build_without_a_mistake_agrees(mutated: Any) -> None:
    assert agreement(mutated("none", "", "")) < TOLERANCE


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_planted_mistake_is_noticed(mistake: str, mutated: Any) -> None:
    assert agreement(mutated(*MISTAKES[mistake])) > 1e-3


def test_every_unit_that_waits_is_in_the_distribution_of_waits() -> None:
    """Units by weeks waited add up to the units that waited, those still waiting at the end included."""
    world = small_world(seed=29, products=4)
    plan = small_plan(world)
    group = np.zeros(world.paths, np.int64)
    counts, _, waits = simulate_stock(world, plan, group, 0, len(plan.lot), waits=True)
    waited = counts[:, :, 0, COUNT_INDEX["waited"]] * world.paths
    assert waited.max() > 1.0
    np.testing.assert_allclose(waits.sum(axis=2), waited, rtol=1e-9, atol=1e-6)
