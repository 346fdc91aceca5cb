"""Excess, reserve, net realisable value, carrying cost and exposure: arithmetic, bounds and the tails."""

from __future__ import annotations

import numpy as np
import pytest

from tests.closed_forms.money import carrying, excess, exposure, net_realisable_value, reserve


def test_excess_of_many_products_at_once() -> None:
    forecast = np.array([[10.0, 8, 6, 4], [0, 0, 1, 0]])
    found = excess.excess_value([20, 9], [3, 0], forecast, 3, [2.5, 4.0])
    assert found.tolist() == [0.0, 32.0]
    with pytest.raises(ValueError, match="horizon"):
        excess.forecast_total(forecast, 5)


def test_excess_never_rises_with_the_horizon() -> None:
    forecast = np.random.default_rng(2).uniform(0, 9, 12)
    values = [float(excess.excess_units(50, 4, forecast, n)) for n in range(0, 13)]
    assert values == sorted(values, reverse=True) and values[0] == 54


def test_reserve_of_a_table() -> None:
    table = [[100, 50, 20], [0, 10, 90]]
    assert reserve.aged_reserve(table, [0, 0.25, 0.9]) == pytest.approx([30.5, 83.5])
    with pytest.raises(ValueError, match="rates"):
        reserve.aged_reserve(table, [0, 0.5])
    with pytest.raises(ValueError, match="rates"):
        reserve.aged_reserve(table, [0, 0.5, 35])


def test_write_downs_do_not_net_and_stop_at_zero() -> None:
    value = net_realisable_value.net_realisable_value([30, 9, 2], [1, 0, 0], [2, 1, 6])
    down = net_realisable_value.write_down([10, 10, 10], [20, 20, 20], value)
    assert down.tolist() == [0.0, 120.0, 200.0]
    assert net_realisable_value.carrying_amount([10, 10, 10], [20, 20, 20], value).tolist() == [
        200.0,
        80.0,
        0.0,
    ]


@pytest.mark.parametrize("later", [3.0, 8.0, 11.0, 19.0, 20.0, 35.0])
def test_reversals_stay_between_nothing_and_the_write_down(later: float) -> None:
    back = float(net_realisable_value.reversal("IFRS", 10, 20, 8, later))
    assert back == pytest.approx(10 * np.clip(later - 8, 0, 12))
    assert float(net_realisable_value.reversal("US GAAP", 10, 20, 8, later)) == 0
    with pytest.raises(ValueError, match="standard"):
        net_realisable_value.reversal("HGB", 10, 20, 8, later)


def test_carrying_scales_with_the_capital_rate_only_in_its_part() -> None:
    units = carrying.average_stock(90, 31)
    nine, eleven = (float(carrying.carrying_cost(units, 40, rate, 0.0)) for rate in (0.09, 0.11))
    assert eleven / nine == pytest.approx(11 / 9)
    assert float(carrying.expected_obsolescence(units, 40, 0.3, 1.0)) == 0


def test_exposure_agrees_with_simulated_deaths() -> None:
    stock, rate, theta, loss, horizon = 26, 14.0, 0.9, 35.0, 1.0
    rng = np.random.default_rng(4)
    life = rng.exponential(1 / theta, 600_000)
    left = np.where(life < horizon, np.maximum(stock - rng.poisson(rate * life), 0), 0)
    money = np.sort(loss * left)
    found = exposure.write_off_exposure(stock, rate, theta, loss, horizon)
    assert found.mean == pytest.approx(money.mean(), rel=0.01)
    assert found.quantile == pytest.approx(money[int(np.ceil(0.95 * len(money))) - 1], abs=loss)
    assert found.tail_mean == pytest.approx(money[int(0.95 * len(money)) :].mean(), rel=0.01)
    assert found.probability == pytest.approx(np.mean(money > 0), abs=0.003)


def test_exposure_without_hazard_or_stock_is_nothing() -> None:
    assert exposure.write_off_exposure(12, 3, 0, 10).mean == 0
    assert exposure.write_off_exposure(0, 3, 0.5, 10) == (0, 0, 0, 0)
    distribution = exposure.stranded_distribution(9, 0, 0.5)
    assert distribution[9] == pytest.approx(1)
