"""The distribution of the interval's sum: its own mean bounds what methods remember."""

from __future__ import annotations

import numpy as np

from analytics.forecast.spread import LEVELS, _mean_and_deviation, _within


def test_a_remembered_mean_ends_at_the_95_percent_quantile_unless_the_tail_explains_it() -> None:
    light = np.interp(LEVELS, [0.0, 0.5, 1.0], [0.0, 0.0, 4.0])  # 95 %: 3.6, own mean 1.0
    heavy = np.where(LEVELS > 0.99, 400.0, np.where(LEVELS > 0.97, 30.0, 0.0))  # 95 %: 0
    quantile = np.stack([light, light, heavy, heavy])
    centre, _ = _mean_and_deviation(quantile)
    assert centre[2] > 2.0
    got = _within(np.array([2.5, 9.0, 1.7, 50.0]), quantile, centre)
    np.testing.assert_allclose(got, [2.5, 3.6, 1.7, centre[3]], rtol=1e-12)


def test_mean_and_deviation_of_a_distribution_linear_between_its_quantiles() -> None:
    mean, sd = _mean_and_deviation(np.array([10.0 + 6.0 * LEVELS]))  # nearly uniform on 10 to 16
    assert abs(mean[0] - 13.0) < 0.01 and abs(sd[0] - 6.0 / np.sqrt(12.0)) < 0.02
