"""The forecast of a component family: it expects what its members expect, whatever its own past looks like."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from analytics.demand import DemandPanel
from analytics.forecast import Forecast, fit_forecast
from analytics.strategy.plans import component_pools
from analytics.strategy.plans.component_pools import beside, family_totals
from analytics.study import Study


def members_one_by_one(forecast: Forecast, members: np.ndarray, periods: int) -> list[float]:
    """The slow twin: what the members are expected to sell in each period, each as far as it lives and until it ends."""
    out = []
    for period in range(periods):
        begins = forecast.first_period.astype("datetime64[D]") + np.timedelta64(7 * period, "D")
        expected = 0.0
        for product in members:
            end = forecast.known_end[product]
            if np.isnat(end) or begins <= end:
                expected += float(forecast.alive[product]) * float(forecast.mean[product, period])
        out.append(expected)
    return out


def with_doubts(forecast: Forecast) -> Forecast:
    """One member that may be dead, one that ends between two Mondays."""
    alive, known_end = forecast.alive.copy(), forecast.known_end.copy()
    alive[1], known_end[2] = 0.37, forecast.first_period.astype("datetime64[D]") + np.timedelta64(73, "D")
    return replace(forecast, alive=alive, known_end=known_end)


def totals(study: Study, forecast: Forecast, members: tuple[np.ndarray, ...]) -> Forecast:
    return family_totals(study.cleaned.panel, study.life, study.items, forecast, members, study.seed)


def test_a_family_expects_what_its_members_expect(study: Study) -> None:
    forecast, family = with_doubts(study.forecast), np.array([0, 1, 2, 3], np.intp)
    total = totals(study, forecast, (family,))
    by_hand = members_one_by_one(forecast, family, total.mean.shape[1])
    assert total.mean[0] == pytest.approx(by_hand, rel=1e-12)
    whole, part = math.floor(total.total_periods[0]), total.total_periods[0] % 1.0
    assert total.total_mean[0] == pytest.approx(
        study_ratio(study, forecast, family) * (sum(by_hand[:whole]) + part * by_hand[whole]), rel=1e-9
    )


def study_ratio(study: Study, forecast: Forecast, family: np.ndarray) -> float:
    """The sum over the protection interval may differ from its periods' means by the factor its own fit found: that factor is kept."""
    own = totals(
        study, replace(forecast, mean=forecast.mean[:, :-1]), (family,)
    )  # another horizon: the family's own fit, untouched
    whole, part = math.floor(own.total_periods[0]), own.total_periods[0] % 1.0
    return float(own.total_mean[0] / (own.mean[0, :whole].sum() + part * own.mean[0, whole]))


def test_its_relative_spread_is_that_of_its_own_past(study: Study) -> None:
    family = np.array([0, 1, 2, 3], np.intp)
    one, double = (
        totals(study, f, (family,))
        for f in (study.forecast, study.forecast.scaled(np.where(np.arange(len(study.items)) < 4, 2.0, 1.0)))
    )
    for name in ("mean", "total_mean", "total_sd", "total_quantile"):
        assert getattr(double, name)[0] == pytest.approx(2.0 * getattr(one, name)[0], rel=1e-9), name
    assert double.noise == pytest.approx(one.noise) and double.level_error == pytest.approx(one.level_error)


def test_a_pool_of_new_models_is_not_forecast_below_them(study: Study) -> None:
    """A4 came thirty weeks after the others: a pool of it and of models whose past is cut away counts what they will sell, not what the pool sold."""
    panel, family = study.cleaned.panel, np.array([0, 3], np.intp)
    units = panel.units.copy()
    units[0, :-6] = 0.0
    young = replace(
        panel,
        units=units,
        first=np.where(np.arange(len(panel.skus)) == 0, units.shape[1] - 6, panel.first).astype(
            panel.first.dtype
        ),
    )
    total = family_totals(young, study.life, study.items, study.forecast, (family,), study.seed)
    assert total.mean[0].sum() == pytest.approx(
        (study.forecast.mean * study.forecast.alive[:, None])[family].sum(), rel=1e-12
    )


def test_a_family_of_one_is_its_product(study: Study) -> None:
    total = totals(study, study.forecast, (np.array([11], np.intp),))
    for name in ("mean", "level", "total_mean", "total_sd", "total_quantile"):
        assert getattr(total, name)[0] == pytest.approx(getattr(study.forecast, name)[11], rel=1e-12), name


def test_a_pool_is_fitted_beside_some_families_alone_whatever_their_order(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    outlook = study.outlook
    skus = outlook.panel.skus
    whole = tuple(np.array([i], np.intp) for i in range(len(skus)))
    some = beside(skus, whole, 3)
    assert len(some) == 3 and beside(skus, whole, len(whole)) is whole
    assert {int(f[0]) for f in beside(skus, whole[::-1], 3)} == {int(f[0]) for f in some}
    asked: list[int] = []

    def counted(panel: DemandPanel, *rest: Any) -> Forecast:
        asked.append(len(panel.skus))
        return fit_forecast(panel, *rest)

    monkeypatch.setattr(component_pools, "fit_forecast", counted)
    monkeypatch.setattr(component_pools.beside, "__defaults__", (3,))
    fresh = replace(outlook)  # nothing known yet
    pool = np.array([0, 2], np.intp)
    total = fresh.pool_beside(study.items, pool, whole)
    assert asked == [4]
    assert total.mean[0] == pytest.approx(members_one_by_one(outlook.forecast, pool, total.mean.shape[1]))
