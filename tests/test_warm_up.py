"""What is compiled ahead is what a study calls: no kernel is compiled a second time for other types."""

from __future__ import annotations

from analytics.simulation.order import _simulate_orders
from analytics.simulation.stock import _simulate_units
from analytics.simulation.world import _draw
from analytics.warm_up import warm_up_simulation
from tests.strategy.small import small_study


def test_the_simulation_compiled_ahead_is_the_one_a_study_uses() -> None:
    warm_up_simulation()
    small_study()
    assert {kernel.py_func.__name__: len(kernel.signatures) for kernel in (_draw, _simulate_orders, _simulate_units)} == {
        "_draw": 1, "_simulate_orders": 1, "_simulate_units": 1
    }  # fmt: skip
