"""Waits of a portfolio are those of its waiting units, pooled: checked against loops, by hand and against the service curve."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.strategy.compared.played_years import SERVICE_DAYS
from analytics.strategy.money.measures import (
    WaitingUnits,
    joined_waits,
    pooled_waits,
    wait_days_median,
    wait_days_p90,
    waiting_units,
    waits_of,
)
from analytics.strategy.portfolio.plan_measures import plans_of
from tests.strategy.small import small_study


def test_a_pooled_quantile_is_none_of_products_quantiles() -> None:
    """A sells 100 units told 5 days; B lets 4 of 10 waiting units wait 17.5 days. A quantile of quantiles says 5 or 17.5 as weights fall;
    of the 110 units that wait 4 wait longer than 5 days."""
    steps = np.zeros((2, 5))
    steps[1, [1, 3]] = 6.0, 4.0
    waits = waits_of(np.array([100.0, 200.0]), steps, np.array([5.0, 0.0]), np.full(2, 7.0))
    assert wait_days_p90(waits).tolist() == [5.0, 17.5] and wait_days_median(waits).tolist() == [5.0, 3.5]
    pool = pooled_waits(waiting_units(waits, np.arange(2)))
    assert wait_days_p90(pool).tolist() == [5.0] and wait_days_median(pool).tolist() == [5.0]
    fewer = WaitingUnits(np.array([0, 1, 1]), np.array([5.0, 3.5, 17.5]), np.array([20.0, 6.0, 4.0]))
    assert wait_days_p90(pooled_waits(fewer)).tolist() == [17.5]
    assert wait_days_p90(pooled_waits(joined_waits([]))).tolist() == [0.0]


def test_pooling_is_sorting_every_single_unit() -> None:
    rng = np.random.default_rng(17)
    product, units = rng.integers(0, 30, 400), rng.integers(1, 9, 400)
    days = np.round(rng.gamma(2.0, 6.0, 400), 1)
    everybody = np.sort(np.repeat(days, units))
    pool = pooled_waits(WaitingUnits(product.astype(np.intp), days, units.astype(float)))
    for share, got in ((0.5, wait_days_median(pool)), (0.9, wait_days_p90(pool))):
        assert got.tolist() == [everybody[int(np.ceil(share * len(everybody))) - 1]]


def test_waits_of_every_plan_agree_with_its_service_curve() -> None:
    """Units served within d days less those served at once are those that wait at most d: another sum of the same simulation."""
    study = small_study()
    seen = 0
    for plan in plans_of(study.comparison, study.recommendation, study.items):
        served = plan.served.sum(axis=0)
        everybody = sum(float(u) for u in plan.waiting.units)
        within = np.array([float(plan.waiting.units[plan.waiting.days <= d].sum()) for d in SERVICE_DAYS])
        np.testing.assert_allclose(within - within[0], served - served[0], rtol=1e-6, atol=1e-6 * served[-1])
        for name, share in (("wait_days_median", 0.5), ("wait_days_p90", 0.9)):
            days = study.portfolio.service[plan.name][name]
            at_most, fewer = (
                sum(u for d, u in zip(plan.waiting.days, plan.waiting.units, strict=True) if d <= limit)
                for limit in (days, days - 1e-9)
            )
            if everybody > 1e-9:
                seen += 1
                assert at_most >= share * everybody - 1e-9 > fewer - 2e-9
    assert seen >= 6


def test_the_product_alone_is_its_own_pool() -> None:
    study = small_study()
    for name, waiting in study.comparison.waiting.items():
        k = study.comparison.strategies.index(name)
        for i in range(len(study.items)):
            if not study.comparison.chosen[name].offered[i]:
                continue
            alone = pooled_waits(waiting.of(np.arange(len(study.items)) == i))
            for measure, formula in (
                ("wait_days_median", wait_days_median),
                ("wait_days_p90", wait_days_p90),
            ):
                assert formula(alone)[0] == pytest.approx(study.comparison.wait_days[measure][i, k])
