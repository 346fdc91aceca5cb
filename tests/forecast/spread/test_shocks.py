"""Shocks that products share: found where they are, not found where they are not, and no product gets wider by them."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.forecast import fit_forecast, total_quantiles
from analytics.forecast.forecast import Forecast
from analytics.forecast.spread.paths import path_plan
from analytics.forecast.spread.shocks import common_share
from analytics.forecast.spread.totals import period_quantiles
from tests.forecast.drawn import demand_paths
from tests.forecast.panels import life_of, panel_of

PRODUCTS, FAMILIES, WEEKS, SPAN = 160, 8, 100, 4


def fitted(market: float, family: float, seed: int) -> Forecast:
    """Weekly demand whose market and families get a new shock every four weeks."""
    rng = np.random.default_rng(seed)
    codes = (np.arange(PRODUCTS) % FAMILIES).astype(np.int32)
    blocks = WEEKS // SPAN
    common = np.repeat(np.exp(rng.normal(-(market**2) / 2, market, blocks)), SPAN)
    own = np.repeat(np.exp(rng.normal(-(family**2) / 2, family, (FAMILIES, blocks))), SPAN, axis=1)
    rate = rng.gamma(2.0, 8.0, PRODUCTS)[:, None] * common * own[codes]
    panel = panel_of(rng.poisson(rate * rng.gamma(3.0, 1 / 3.0, (PRODUCTS, WEEKS))).astype(float), "W")
    return fit_forecast(panel, life_of(panel), codes, np.full(PRODUCTS, float(SPAN)), 13, 1)


@pytest.mark.parametrize(("market", "family"), [(0.2, 0.0), (0.0, 0.25), (0.0, 0.0)])
def test_the_shock_that_was_drawn_is_found(market: float, family: float) -> None:
    """Over three panels with 12 overlapping origins each (about 18 shocks in all) a standard deviation is known to
    1 / root(36) = 17 %; two of that allowed."""
    found = [fitted(market, family, seed) for seed in (50, 51, 52)]
    for drawn, values in ((market, [f.market_cv for f in found]), (family, [f.family_cv for f in found])):
        if drawn:
            assert np.mean(values) == pytest.approx(drawn, rel=0.35)
        else:
            # eight families' own shocks leave a mean of family / root(8), which may pass for a market's
            assert np.sqrt(np.mean(np.square(values))) < 0.06 + 0.5 * family / np.sqrt(FAMILIES)


def test_the_portfolio_gets_wider_and_the_product_does_not() -> None:
    forecast = fitted(0.2, 0.0, 51)
    plan = path_plan(forecast, [f"F{k}" for k in range(FAMILIES)], 1, 60, 4)
    sums = demand_paths(forecast, plan, np.arange(PRODUCTS), SPAN).sum(axis=2)
    alone = sums.std(axis=1) / np.maximum(sums.mean(axis=1), 1e-9)
    shock = np.sqrt(forecast.market_cv**2 + forecast.family_cv**2 / FAMILIES)
    total = sums.sum(axis=0)
    assert total.std() / total.mean() > 0.8 * shock > 0.1
    # the quantile calibrated for the product against its paths: the shock is part of the product's spread, not on top of it
    q = total_quantiles(forecast, np.array([0.9]), np.full(PRODUCTS, float(SPAN)))[:, 0]
    below = (sums <= q[:, None]).mean()
    assert 0.84 < below < 0.95
    assert np.median(alone) < 0.75


def test_the_share_of_common_errors_is_the_intraclass_correlation() -> None:
    rng = np.random.default_rng(53)
    rows = np.ones((400, 200), np.bool_)
    common = rng.normal(0, np.sqrt(0.3), 200)
    share = common_share(common[None, :] + rng.normal(0, np.sqrt(0.7), (400, 200)), rows, 1.0)
    assert share == pytest.approx(0.3, abs=0.08)
    assert common_share(rng.normal(0, 1, (400, 200)), rows, 1.0) < 0.01


def test_single_periods_get_wider_the_later_they_are() -> None:
    rng = np.random.default_rng(54)
    level = np.exp(np.cumsum(rng.normal(0, 0.08, (60, 110)), axis=1))
    panel = panel_of(rng.poisson(rng.gamma(4.0, 8.0, 60)[:, None] * level).astype(float), "W")
    forecast = fit_forecast(panel, life_of(panel), np.full(60, -1, np.int32), np.full(60, 4.0), 12, 1)
    levels = np.array([0.1, 0.5, 0.9])
    width = []
    for t in (0, 5, 11):
        q = period_quantiles(forecast, levels, t)
        assert (np.diff(q, axis=1) >= 0).all()
        width.append(np.median((q[:, 2] - q[:, 0]) / forecast.mean[:, t]))
    assert width[0] < width[1] < width[2] < 2.0 * width[0]
