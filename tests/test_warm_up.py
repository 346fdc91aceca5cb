"""What is compiled ahead is what a study calls: no kernel is compiled a second time for other types."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from analytics.simulation.order import _simulate_orders
from analytics.simulation.stock import _simulate_units
from analytics.simulation.world import _draw
from analytics.validation import stock
from analytics.warm_up import warm_up_replay, warm_up_simulation
from tests.strategy.small import small_study
from tests.validation.test_replay_stock import test_no_order_beyond_the_rest_of_life as one_order
from tests.validation.test_replay_stock import test_opening_position_by_hand as one_opening

ROOT = Path(__file__).resolve().parents[1]


def test_the_simulation_compiled_ahead_is_the_one_a_study_uses() -> None:
    warm_up_simulation()
    small_study()
    assert {kernel.py_func.__name__: len(kernel.signatures) for kernel in (_draw, _simulate_orders, _simulate_units)} == {
        "_draw": 1, "_simulate_orders": 1, "_simulate_units": 1
    }  # fmt: skip


def test_the_replay_compiled_ahead_is_the_one_that_is_played() -> None:
    warm_up_replay()
    one_opening()
    one_order()
    kernels = (stock._opened, stock._ordered, stock._sold, stock._excess)
    assert [len(kernel.signatures) for kernel in kernels] == [1, 1, 1, 1]


def test_a_study_in_days_or_months_compiles_nothing_more() -> None:
    script = """
import pandas as pd
from numba.core import event
from analytics.data import read_items, read_sales
from analytics.study import run_study
from analytics.warm_up import tiny_items, tiny_sales, warm_up, warm_up_learning, warm_up_simulation, warm_up_splitting

class Compiled(event.Listener):
    def on_start(self, happened):
        print(happened.data["dispatcher"].py_func.__qualname__)
    def on_end(self, happened):
        pass

warm_up_learning()
warm_up_simulation()
warm_up_splitting()
warm_up()
event.register("numba:compile", Compiled())
history, (items, _) = read_sales(tiny_sales(), name="sales"), read_items(tiny_items(), name="items")
for frequency in ("M", "D"):
    run_study(history, items, frequency=frequency)
sample = "sample_data/servers"  # enough products for a second voice, minimum lots above an order: every third of them
sales, items = (pd.read_csv(sample + name, dtype=str) for name in ("_sales.csv.gz", "_items.csv"))
few = sorted(set(sales["sku"]))[::3]
sales, items = (table[table["sku"].isin(few)].to_csv(index=False).encode() for table in (sales, items))
run_study(read_sales(sales, name="sales"), read_items(items, name="items")[0])
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
