"""Worth of knowing an assumption: against closed forms, and zero where there is nothing to know."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.strategy.draws import assumption_uniforms
from analytics.strategy.questions import partial_information_value

U = assumption_uniforms("patience_per_day", 50, 3)


def closed_form(mean: float, slope: float) -> float:
    """E[max(0, m + s (u - 1/2))] - max(0, m) for u uniform on (0, 1) and a second strategy that earns 0."""
    low, high = mean - abs(slope) / 2.0, mean + abs(slope) / 2.0
    if low >= 0.0 or high <= 0.0:
        return 0.0
    return high * high / (2.0 * abs(slope)) - max(mean, 0.0)


def two_strategies(mean: float, slope: float, noise: float, products: int) -> np.ndarray:
    rng = np.random.default_rng(11)
    other = mean + slope * (U - 0.5) + noise * rng.normal(size=(products, len(U)))
    return np.stack([np.zeros((products, len(U))), other], axis=1)


@pytest.mark.parametrize(("mean", "slope"), [(0.2, 2.0), (-0.35, 1.7), (0.05, -3.0), (1.0, 1.5)])
def test_closed_form_without_noise(mean: float, slope: float) -> None:
    found = partial_information_value(two_strategies(mean, slope, 0.0, 2), U)
    assert found == pytest.approx(closed_form(mean, slope), abs=2e-3 * abs(slope))


def test_noise_is_not_taken_for_information() -> None:
    worth = partial_information_value(two_strategies(0.2, 0.0, 1.0, 3000), U).mean()
    signal = partial_information_value(two_strategies(0.2, 2.0, 1.0, 3000), U).mean()
    assert worth < 0.02
    assert signal == pytest.approx(closed_form(0.2, 2.0), rel=0.12)


def test_a_strategy_not_offered_is_never_the_better_choice() -> None:
    by_draw = two_strategies(0.2, 2.0, 0.0, 3)
    by_draw[1, 1] = np.nan
    found = partial_information_value(by_draw, U)
    assert found[1] == 0.0
    assert found[0] == pytest.approx(found[2]) and found[0] > 0.1


def test_a_constant_added_to_all_strategies_changes_nothing() -> None:
    by_draw = two_strategies(0.2, 2.0, 0.3, 5)
    shared = 7.0 * np.sin(9.0 * U)[None, None, :]
    assert partial_information_value(by_draw + shared, U) == pytest.approx(partial_information_value(by_draw, U), abs=1e-9)
