"""Speed of the simulation, and its agreement with stockpyl's simulator: `python -m benchmarks.simulation [--instances 100]`.

One run prints a table: nanoseconds of processor time per product, path, week and setting (best of several runs,
one core), a series of demand drawn alone, and microseconds a period of stockpyl's simulation of a single stage.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from time import process_time

import numpy as np
from scipy import stats

from analytics.forecast.spread.paths import WEEKS
from analytics.randomness import sku_keys
from analytics.simulation.order import OrderPlan, simulate_orders
from analytics.simulation.stock import StockPlan, World, simulate_stock
from analytics.simulation.world import with_demand_drawn
from tests.simulation.replayed import replay

DRAWS, INNER, KNOTS = 50, 8, 64


def demand_world(products: int, period_weeks: float = 1.0, rate: float = 6.3) -> World:
    """Erratic whole demand with level errors, drift, sudden death and impatient customers."""
    u = np.arange(KNOTS + 1) / KNOTS

    def table(shape: float) -> np.ndarray:
        knots = stats.gamma.ppf(np.clip(u, 1e-4, 0.997), shape, scale=1.0 / shape)
        return np.tile(knots / ((knots[1:] + knots[:-1]).mean() / 2.0), (products, 1))

    periods = int(np.ceil(60 / period_weeks))
    return World(
        sku_keys([f"S{i}" for i in range(products)], 1), np.full((products, periods), rate * period_weeks), table(2.0), table(20.0), np.full(products, 0.02),
        np.ones(products, bool), np.zeros(products, np.int64), np.ones(DRAWS * INNER), np.ones((1, DRAWS * INNER)), period_weeks, INNER, np.full(products, 1e9),
        np.full((products, DRAWS), 0.001), np.full((products, DRAWS), 0.02), np.zeros(products), np.full(products, 4),
    )  # fmt: skip


def grid_plan(products: int, settings: int, rate: float = 6.3) -> StockPlan:
    """Five weeks' lead time, a re-forecasting planner, levels and lots on a grid, customers who partly wait."""
    shape = (products, settings)
    return StockPlan(
        np.arange(products + 1), np.arange(products), np.full((products, 120), rate), np.tile(np.linspace(0.8, 2.2, settings), (products, 1)),
        np.tile(np.resize([1.0, 20.0, 60.0], settings), (products, 1)), np.full(products, 5), np.full(products, 1), np.zeros(products), np.full(products, 0.1),
        np.full(products, 52), np.full(products, 1e9), np.ones(products, bool), np.zeros(products), np.full(shape, 3.5), np.full(products, np.nan), np.ones(products),
    )  # fmt: skip


def nanoseconds(world: World, plan: StockPlan | OrderPlan, runs: int) -> float:
    """Best processor time of several runs, per product, path, week and setting."""
    group = np.arange(world.paths) // INNER % 2
    products = len(world.keys)
    grid = plan.quote_days if isinstance(plan, OrderPlan) else plan.relative_quantile
    best = np.inf
    for run in range(runs + 1):
        start = process_time()
        if isinstance(plan, OrderPlan):
            simulate_orders(world, plan, group, 0, products)
        else:
            simulate_stock(world, plan, group, 0, products)
        if run:
            best = min(best, process_time() - start)
    return best / (products * world.paths * WEEKS * grid.shape[1]) * 1e9


def stockpyl_agreement(instances: int, periods: int = 60, seed: int = 7) -> tuple[int, float, float]:
    """Random single-stage base-stock systems in stockpyl and in the replay on the same demand.

    Returns how many agree in net inventory of every period and in total cost, the worst difference, and
    stockpyl's microseconds a period.
    """
    from stockpyl.sim import simulation
    from stockpyl.supply_chain_network import single_stage_system

    rng = np.random.default_rng(seed)
    agreed, worst, spent = 0, 0.0, 0.0
    for instance in range(instances):
        rate, lead = float(rng.uniform(1.0, 20.0)), int(rng.integers(1, 6))
        level = int(np.ceil(rate * lead + rng.uniform(-0.5, 2.5) * np.sqrt(rate * lead)))
        holding, penalty = float(rng.uniform(0.1, 3.0)), float(rng.uniform(1.0, 30.0))
        network = single_stage_system(
            local_holding_cost=holding, stockout_cost=penalty, demand_type="P", mean=rate, shipment_lead_time=lead, policy_type="BS", base_stock_level=level,
            initial_inventory_level=level,
        )  # fmt: skip
        start = process_time()
        simulation(network, periods, rand_seed=seed + instance, progress_bar=False)
        spent += process_time() - start
        states = network.nodes[0].state_vars[:periods]
        demand = [sum(state.inbound_order[None].values()) for state in states]
        theirs = np.array([sum(state.inventory_level.values()) for state in states])
        played = replay(demand, level, initial_on_hand=level, lead_periods=lead, order_after_demand=True)
        cost = holding * played.on_hand.sum() + penalty * played.backorders.sum()
        difference = max(
            float(np.abs(theirs - played.net_inventory).max()),
            abs(cost - sum(state.total_cost_incurred for state in states)) / max(1.0, cost),
        )
        worst = max(worst, difference)
        agreed += difference < 1e-9
    return agreed, worst, spent / (instances * periods) * 1e6


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--instances", type=int, default=100, help="random systems simulated in stockpyl as well"
    )
    parser.add_argument("--products", type=int, default=20)
    parser.add_argument("--runs", type=int, default=15)
    asked = parser.parse_args()
    world = demand_world(asked.products)
    rows = [
        (f"{label}, {settings} settings", nanoseconds(world, grid_plan(asked.products, settings), asked.runs))
        for settings, label in ((36, "stock"), (12, "stock"), (1, "stock, demand included"))
    ]
    rows.append(
        (
            "the same from a monthly forecast, 12 settings",
            nanoseconds(demand_world(asked.products, 52 / 12), grid_plan(asked.products, 12), asked.runs),
        )
    )
    certain = replace(world, integer=np.zeros(asked.products, bool))
    rows.append(
        (
            "demand not whole, 36 settings",
            nanoseconds(
                certain,
                replace(grid_plan(asked.products, 36), whole=np.zeros(asked.products, bool)),
                asked.runs,
            ),
        )
    )
    ahead = with_demand_drawn(world, 10**9)
    rows.append(
        (
            "stock, demand drawn beforehand, 36 settings",
            nanoseconds(ahead, grid_plan(asked.products, 36), asked.runs),
        )
    )
    uncertain = replace(grid_plan(asked.products, 36), lead_time_cv=np.full(asked.products, 0.3))
    rows.append(("stock, lead times that vary, 36 settings", nanoseconds(world, uncertain, asked.runs)))
    perishable = replace(grid_plan(asked.products, 36), shelf_weeks=np.full(asked.products, 9))
    rows.append(("stock, shelf life, 36 settings", nanoseconds(world, perishable, asked.runs)))
    quotes = OrderPlan(np.full((asked.products, 1), 12.0), np.zeros(asked.products), np.ones(asked.products))
    rows.append(("orders, 1 quote, demand included", nanoseconds(world, quotes, asked.runs)))
    print(f"{'processor time on one core':<48}{'ns per product, path, week and setting':>40}")
    for label, value in rows:
        print(f"{label:<48}{value:>40.2f}")
    agreed, worst, microseconds = stockpyl_agreement(asked.instances)
    print(f"{'stockpyl, single stage, one setting':<48}{microseconds * 1e3:>40.0f}")
    print(
        f"\n{agreed} of {asked.instances} random systems agree with stockpyl in every period; worst difference {worst:.1e}"
    )


if __name__ == "__main__":
    main()
