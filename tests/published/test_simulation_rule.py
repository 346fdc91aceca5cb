"""The acceptance rule of the simulated case: the exact cost lies inside the run's own 99 % interval, which is narrow."""

from __future__ import annotations

import pytest

from tests.closed_forms.stock.s_s import best_s_s_policy, poisson_masses, s_s_cost
from tests.published.evaluate import evaluate


@pytest.mark.parametrize(("k", "b", "mean", "lead"), [(64.0, 9.0, 10.0, 0), (20.0, 6.0, 3.7, 2)])
def test_exact_cost_inside_a_narrow_interval(k: float, b: float, mean: float, lead: int) -> None:
    s, level, cost = best_s_s_policy(k, 1.0, b, poisson_masses(mean), lead)
    found = evaluate("SIM-01", {"K": k, "h": 1, "p": b, "mean": mean, "s": s, "S": level, "L": lead})
    assert found["low"] <= cost <= found["high"]
    assert found["half_width"] < 0.005 * cost
    assert s_s_cost(s, level + 1, k, 1.0, b, poisson_masses(mean), lead) >= cost
