"""Demand classes against published definitions and a naive loop."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.demand.classes import (
    average_demand_interval,
    demand_classes,
    squared_coefficient_of_variation,
    syntetos_boylan_class,
)
from analytics.demand.panel import demand_panel
from tests.closed_forms.distributions.intermittent_bounds import (
    kostenko_hyndman_approximate_bound,
    kostenko_hyndman_bound,
)
from tests.demand.conftest import history_of

#: Sizes 5 3 4 2 6 7 1 at seven of twenty periods; Syntetos, Boylan and Croston 2005 definitions applied by hand.
SERIES = [0, 0, 5, 0, 3, 0, 0, 0, 4, 2, 0, 0, 6, 0, 0, 0, 0, 7, 0, 1]


def test_series_by_hand():
    assert average_demand_interval(SERIES) == 20 / 7
    assert squared_coefficient_of_variation(SERIES) == pytest.approx(0.25, rel=1e-12)  # variance 4, mean 4
    assert squared_coefficient_of_variation(SERIES, sample=True) == pytest.approx(28 / 6 / 16, rel=1e-12)


def test_corners_and_edges():
    assert syntetos_boylan_class([1.1, 1.1, 2.0, 2.0], [0.2, 0.8, 0.2, 0.8]).tolist() == [
        "smooth",
        "erratic",
        "intermittent",
        "lumpy",
    ]
    assert syntetos_boylan_class(1.32, 0.49) == "smooth" and syntetos_boylan_class(1.3201, 0.4901) == "lumpy"
    assert syntetos_boylan_class(float("nan"), float("nan")) == "none"


def test_kostenko_hyndman_bounds():
    """Kostenko and Hyndman 2006, JORS 57:1256, evaluated at a = 0.1 by hand for p = 1.1."""
    top = 4 * 1.1 * 0.9 - 0.1 * 3.9 - 1.1 * 0.1 * 3.9 * 1.9
    assert kostenko_hyndman_bound(1.1, 0.1) == pytest.approx(top / (1.1 * 3.9 * 2.1), rel=1e-12)
    np.testing.assert_allclose(
        kostenko_hyndman_bound([1.0, 1.2, 1.32], 0.1),
        [0.4871794871794872, 0.15529542920847272, 0.005385166015087193],
        rtol=1e-9,
    )
    np.testing.assert_allclose(kostenko_hyndman_approximate_bound([1.0, 1.32]), [0.5, 0.02])


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30))
def test_variation_equals_the_naive_loop(units):
    sizes = [u for u in units if u > 0]
    if not sizes:
        assert np.isnan(squared_coefficient_of_variation(units)) and np.isnan(average_demand_interval(units))
        return
    mean = sum(sizes) / len(sizes)
    assert squared_coefficient_of_variation(units) == pytest.approx(
        sum((s - mean) ** 2 for s in sizes) / len(sizes) / mean**2, abs=1e-12
    )
    assert average_demand_interval(units) == len(units) / len(sizes)


def test_a_panel_counts_observed_periods_only():
    history = history_of(
        ["A", "B", "A", "A", "C"],
        ["2023-01-10", "2023-04-05", "2023-05-10", "2023-06-10", "2023-06-11"],
        [1, 2, 1, 9, 0],
    )
    adi, cv2, kind = demand_classes(demand_panel(history, "M"))
    assert adi[:2].tolist() == [2.0, 3.0] and np.isnan(adi[2])
    assert cv2[0] == pytest.approx(np.var([1, 1, 9]) / np.mean([1, 1, 9]) ** 2) and kind.tolist() == [
        "lumpy",
        "intermittent",
        "none",
    ]
