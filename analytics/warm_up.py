"""Compile everything once, so that the first study answers at once: `python -m analytics.warm_up`.

Runs the whole flow on a few made-up products; what is compiled stays in the user's cache folder.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from time import perf_counter

__all__ = [
    "main",
    "tiny_items",
    "tiny_sales",
    "warm_up",
    "warm_up_learning",
    "warm_up_replay",
    "warm_up_simulation",
    "warm_up_splitting",
]

_PRODUCTS = ("A1", "A2", "B1", "B2", "C1")


def tiny_sales(weeks: int = 150) -> bytes:
    """A small sales file: five products, every demand pattern, one return and one product that ends."""
    rows = ["order,date,promised_date,ship_date,customer,sku,quantity,unit_price"]
    first = 738156  # a Monday, as a day number
    from datetime import date, timedelta

    for week in range(weeks):
        for k, sku in enumerate(_PRODUCTS):
            quantity = (
                4 + (week * (k + 3)) % 5,
                (week % 3 == 0) * (1 + week % 4),
                9 + week % 7,
                (week % 5 == 0) * 12,
                (week < weeks // 2) * 3,
            )[k]
            if quantity:
                day = date.fromordinal(first + 7 * week + k)
                ship = day + timedelta(days=3)
                rows.append(
                    f"S{week}-{k},{day},{ship},{ship},C{(week + k) % 7},{sku},{quantity},{100 + 10 * k}"
                )
    rows.append(f"R1,{date.fromordinal(first + 7 * weeks - 3)},,,C1,A1,-2,100")
    return "\n".join(rows).encode()


def tiny_items() -> bytes:
    """Economics of the same products: two families that share components."""
    rows = [
        "sku,family,unit_cost,price,make,component_lead_days,production_days,assembly_days,setup_cost,component_share"
    ]
    rows += [
        f"{sku},{sku[0]},{60 + 5 * k},{100 + 10 * k},1,21,7,3,{20 + 5 * k},0.6"
        for k, sku in enumerate(_PRODUCTS)
    ]
    return "\n".join(rows).encode()


def warm_up(say: bool = False, before_simulating: Callable[[], object] | None = None) -> float:
    """Run the flow on the tiny company; returns the seconds it took.

    `before_simulating` is called once, when the forecast is done: what another process compiles meanwhile is waited for there.
    """
    start = perf_counter()

    def tell(text: str) -> None:
        if say:
            print(f"{perf_counter() - start:5.1f} s  {text}", flush=True)

    tell("starting (the first time takes up to half a minute, later starts take two seconds)")
    from analytics.data import read_items, read_sales
    from analytics.data.files.columnar import prepare
    from analytics.study import run_forecast, run_study

    history = read_sales(tiny_sales(), name="warm-up")
    items, _ = read_items(tiny_items(), name="warm-up")
    prepare()
    tell("reading is ready")
    if before_simulating is not None:
        run_forecast(history, items, horizon=4)
        tell("forecasting is ready")
        warm_up_splitting()  # needs nothing of what the other process compiles
        before_simulating()
    run_study(history, items, frequency="W", progress=lambda share, text: tell(f"{share:4.0%}  {text}"))
    tell("ready")
    return perf_counter() - start


def warm_up_simulation() -> None:
    """Compile the simulation alone, or load what is compiled, on a made-up world of one product and two paths; kernels see the same types as in any study."""
    import numpy as np

    from analytics.randomness import sku_keys
    from analytics.simulation.batch import FillPlan, simulate_batches
    from analytics.simulation.order import OrderPlan, simulate_orders
    from analytics.simulation.stock import StockPlan, World, simulate_stock
    from analytics.simulation.world import with_demand_drawn

    one, flat, whole = np.ones(1), np.ones((1, 2)), np.ones(1, np.int64)
    world = World(
        sku_keys(["A"], 1), np.ones((1, 60)), flat, flat, np.zeros(1), one > 0, 0 * whole, np.ones(2), flat, 1.0, 1, one, flat, flat, one, whole,
    )  # fmt: skip
    plan = StockPlan(
        np.array([0, 1]),
        0 * whole,
        np.ones((1, 60)),
        np.ones((1, 1)),
        np.ones((1, 1)),
        one,
        one,
        one,
        one,
        whole,
        one,
        one > 0,
        one,
        np.ones((1, 1)),
        one,
        one,
    )
    group = np.arange(2)
    simulate_stock(with_demand_drawn(world, 10**6), plan, group, 0, 1)
    simulate_orders(world, OrderPlan(np.ones((1, 1)), one, one), group, 0, 1)
    simulate_batches(world, FillPlan(one, one, one, one, one, one), group)


def warm_up_replay() -> None:
    """Compile, or load, the loops by which the past is replayed: opening, ordering, serving and clearing."""
    import numpy as np

    from analytics.validation.stock import Plan, Rule, Stock

    one, flat, whole = np.ones(1), np.ones((1, 1)), np.ones(1, np.int64)
    plan = Plan(flat, one, whole, whole, whole, one, one > 0, one, one, one, one, one)
    rule = Rule(flat, flat, flat, flat, flat, flat, flat)
    stock = Stock(1, 1)
    stock.begin(1)
    stock.open(np.zeros(1, np.intp), plan, rule.of(0))
    stock.order(flat, flat, flat, flat, plan, one > 0)
    stock.serve(one, flat)
    stock.clear(flat, flat, rule, plan)


def warm_up_learning() -> None:
    """Compile, or load, what forecasts learn from all products, for which the tiny company has too few: trees, and the season of a family."""
    import numpy as np

    from analytics.forecast.members.seasonal import group_profiles
    from analytics.forecast.spread.boosted_trees import Growth, boosted_quantiles

    x, one = np.arange(8.0).reshape(4, 2), np.ones(4)
    boosted_quantiles(x, one, one, np.array([0.5]), x, np.arange(1), Growth(trees=1))
    flat = np.ones((1, 1))
    group_profiles(one, np.ones(1, np.int64), flat, flat, flat.copy(), flat.copy())


def warm_up_splitting() -> None:
    """Compile, or load, what parts demand into small and large orders."""
    import numpy as np

    from analytics.simulation.split import SizeTable, split_totals

    one = np.ones((1, 1))
    split_totals(
        np.ones(1, np.uint64),
        np.ones(1, np.int64),
        SizeTable(one, one, one, one[0]),
        np.ones((1, 1, 1, 52), np.float32),
    )


def main() -> int:
    """Compile with progress, simulation, trees and replay in a second process beside the rest; say where the result is kept, or why it is not."""
    from analytics.machine.kernel_cache import FOLDER, NOTE

    if "simulation" in sys.argv[1:]:
        warm_up_simulation()
        warm_up_learning()
        warm_up_replay()
        return 0
    beside = (
        None
        if FOLDER is None
        else subprocess.Popen([sys.executable, "-m", "analytics.warm_up", "simulation"])
    )
    seconds = warm_up(say=True, before_simulating=lambda: None if beside is None else beside.wait())
    print(NOTE or f"Compiled code is kept in {FOLDER}", file=sys.stderr if NOTE else sys.stdout)
    print(f"Ready after {seconds:.0f} seconds.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
