"""The level of products with few large orders: as good as a plain mean where nothing moves, followed where it does, left alone where a range falls."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analytics.forecast import fit_forecast
from analytics.forecast.lumpy import LASTS, level_of_orders
from tests.forecast.panels import life_of, panel_of


def orders_of(rng: np.random.Generator, rate: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Units by week (products, weeks) of Poisson orders, geometric sizes: `rate` (products, weeks), `size` (products,)."""
    return np.array(
        [
            [float(rng.geometric(1.0 / mean, count).sum()) for count in rng.poisson(row)]
            for row, mean in zip(rate, size, strict=True)
        ]
    )


def lumpy_world(seed: int, jump: float = 0.0, all_down: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Units of 150 lumpy products over three years, and what they now sell a week; `jump` in logs, one to two years ago."""
    rng = np.random.default_rng(seed)
    now, size = 0.1 * 3.0 ** rng.random(150), rng.uniform(4.0, 10.0, 150)
    way = np.ones(150) if all_down else rng.choice([-1.0, 1.0], 150)
    when = rng.integers(52, 104, 150)
    before = now * np.exp(jump * way)
    rate = np.where(np.arange(156)[None, :] < when[:, None], before[:, None], now[:, None])
    return orders_of(rng, rate, size), now * size


def missed(said: np.ndarray, true: np.ndarray) -> float:
    """Mean absolute log error."""
    return float(np.abs(np.log(np.maximum(said, 1e-3) / true)).mean())


def year_ahead(units: np.ndarray) -> np.ndarray:
    """What the forecast expects a week on average over the next year: (products,)."""
    panel = panel_of(units, "W")
    n = len(units)
    forecast = fit_forecast(panel, life_of(panel), np.full(n, -1, np.int32), np.full(n, 5.0), 60, 1)
    return np.asarray(forecast.mean[:, :52].mean(axis=1))


def by_hand(sold: list[float], usual: list[float], lot: float) -> tuple[float, float, float]:
    """The level of one product, its relative variance and what that grows by in a quarter: loops, the gamma function of the standard library, chances multiplied one by one."""
    x = [units / lot for units in sold]
    prior = sum(x) / sum(usual)
    chances, rates, shapes = [], [], []
    for last, likely in zip((0.6, 0.8, 0.9, 1.0), (0.05, 0.1, 0.1, 0.75), strict=True):
        chance = likely
        for k in range(4, len(x)):
            a = 0.5 + sum(x[j] * last ** (k - 1 - j) for j in range(k))
            b = 0.5 / prior + sum(usual[j] * last ** (k - 1 - j) for j in range(k))
            p = b / (b + usual[k])
            chance *= math.gamma(a + x[k]) / math.gamma(a) / math.gamma(x[k] + 1) * p**a * (1 - p) ** x[k]
        ages = range(len(x) - 1, -1, -1)
        chances.append(chance)
        shapes.append(sum(v * last**g for v, g in zip(x, ages, strict=True)))
        rates.append(
            sum(v * last**g for v, g in zip(x, ages, strict=True))
            / sum(v * last**g for v, g in zip(usual, ages, strict=True))
        )
    chances = [chance / sum(chances) for chance in chances]
    level = rates[-1] if chances[-1] >= 0.5 else sum(c * r for c, r in zip(chances, rates, strict=True))
    variance = moves = 0.0
    for last, chance, rate, shape in zip((0.6, 0.8, 0.9, 1.0), chances, rates, shapes, strict=True):
        variance += chance * (rate**2 / shape + (rate - level) ** 2) / level**2
        moves += chance * (rate**2 / (last * shape) - rate**2 / shape) / level**2
    return lot * level, variance, moves


@pytest.mark.parametrize("seed", [2, 5])
def test_the_level_of_orders_is_that_of_a_loop(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sold = np.round(rng.gamma(1.5, 8.0, (6, 11)), 1) * (rng.random((6, 11)) < 0.7)
    sold[0, 6:] *= 5.0
    sold[1, 5:] = 0.0
    usual, lot = rng.uniform(9.0, 14.0, (6, 11)), rng.uniform(2.0, 9.0, 6)
    found = level_of_orders(sold, usual, lot)
    wanted = [by_hand(list(s), list(u), float(q)) for s, u, q in zip(sold, usual, lot, strict=True)]
    np.testing.assert_allclose(np.transpose(found), wanted, rtol=1e-9)
    silent = level_of_orders(np.array([[20.0] * 6 + [0.0] * 6]), np.full((1, 12), 13.0), np.full(1, 4.0))
    assert (
        silent.level[0] < 0.5 * 10.0 / 13.0 and LASTS[-1] == 1.0
    )  # a year and a half of silence is followed


@pytest.mark.parametrize("seed", [1, 4])
def test_where_nothing_moves_the_level_is_as_good_as_a_plain_mean_of_three_years(seed: int) -> None:
    units, true = lumpy_world(seed)
    said = year_ahead(units)
    assert missed(said, true) <= 1.05 * missed(units.mean(axis=1), true)
    assert missed(said, true) < 0.8 * missed(units[:, -52:].mean(axis=1), true)
    assert said.sum() == pytest.approx(true.sum(), rel=0.06)


@pytest.mark.parametrize("seed", [1, 4])
def test_levels_that_moved_are_followed(seed: int) -> None:
    units, true = lumpy_world(seed, jump=1.0)
    said = year_ahead(units)
    assert missed(said, true) < 0.9 * missed(units.mean(axis=1), true)


def test_a_range_that_falls_as_a_whole_is_not_drawn_back() -> None:
    units, true = lumpy_world(3, jump=0.9, all_down=True)
    assert units.mean(axis=1).sum() > 1.5 * true.sum()
    assert year_ahead(units).sum() < 1.25 * true.sum()
