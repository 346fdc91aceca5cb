"""Silence: how much it tells is learnt on past dates, so that of those given some life as many live on as said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.demand.life.life_cycle import life_cycle
from analytics.demand.life.silence import learnt_clustering, sale_evidence, silent_cells, silent_probability
from analytics.demand.panel import demand_panel, panel_until
from tests.demand.conftest import days, history_of
from tests.demand.test_life_cycle import panel_of

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
ORIGINS = (30, 36, 42, 48)


def bunched(products: int, periods: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Units and lives of products whose chance of a sale wanders between busy and quiet years, and that end at 12 % a year."""
    rng = np.random.default_rng(seed)
    busy = rng.random(products) < 0.5
    ends = rng.exponential(1.0 / 0.12, products) * 12.0 + rng.integers(0, 6, products)
    units = np.zeros((products, periods))
    for t in range(periods):
        busy ^= rng.random(products) < 1.0 / 14.0
        chance = np.where(busy, 0.62, 0.11)
        units[:, t] = np.where(
            (rng.random(products) < chance) & (t < ends), 1.0 + rng.poisson(3.0, products), 0.0
        )
    return units, ends


def independent(products: int, periods: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Units and lives of products that each sell with a chance of their own, independently, and end at 25 % a year."""
    rng = np.random.default_rng(seed)
    chance = rng.beta(3.0, 5.0, products)
    ends = rng.exponential(1.0 / 0.25, products) * 12.0
    sold = (rng.random((products, periods)) < chance[:, None]) & (np.arange(periods) < ends[:, None])
    return np.where(sold, 2.0, 0.0), ends


def banded(kind, judged):
    """Stated probabilities and what came of them at four origins of three companies: `judged` gives both for one origin."""
    stated, came = [], []
    for seed in (3, 4, 5):
        units, ends = kind(500, 60, seed)
        whole = panel_of(units)
        for origin in ORIGINS:
            cut = panel_until(whole, origin)
            said, seen = judged(cut, life_cycle(cut, None), units, ends)
            stated.append(said[cut.first >= 0])
            came.append(seen[cut.first >= 0])
    return np.concatenate(stated), np.concatenate(came)


def test_of_products_given_some_life_as_many_live_as_said_at_four_origins():
    said, lives = banded(independent, lambda cut, life, _, ends: (life.alive, ends >= cut.units.shape[1]))
    for low, high in ((0.1, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9)):
        band = (said >= low) & (said < high)
        # the same products at four origins: three standard errors of a fourth of the cases
        error = 3.0 * np.sqrt(said[band].mean() * (1.0 - said[band].mean()) / (band.sum() / 4.0))
        assert band.sum() > 200
        assert lives[band].mean() == pytest.approx(said[band].mean(), abs=error)


def of_eight(rate: float, seed: int, products: int = 8, periods: int = 48) -> tuple[np.ndarray, np.ndarray]:
    """Units and lives of a company of eight products, half of them on sale from the start, that sell independently and end at `rate` a year."""
    rng = np.random.default_rng([seed, 19])
    chance = rng.beta(3.0, 5.0, products)
    start = np.where(rng.random(products) < 0.5, 0, rng.integers(0, 40, products))
    ends = start + rng.exponential(1.0 / rate, products) * 12.0
    on_sale = (np.arange(periods) >= start[:, None]) & (np.arange(periods) < ends[:, None])
    return np.where((rng.random((products, periods)) < chance[:, None]) & on_sale, 2.0, 0.0), ends


def test_companies_of_eight_products_with_rates_of_all_sizes_are_given_the_life_they_have():
    """Eight products hardly say how many end a year: over companies whose rates differ by a factor of a thousand as many live as said, and each company's
    rate is found to within what its few ends allow."""
    rates = np.exp(np.log(0.05) + 1.5 * np.random.default_rng(7).standard_normal(150))
    said, lives, found = [], [], []
    for seed, rate in enumerate(rates):
        units, ends = of_eight(rate, seed)
        whole = panel_of(units)
        for origin in (30, 36, 42, 48):
            cut = panel_until(whole, origin)
            known = cut.first >= 0
            life = life_cycle(cut, None)
            said.append(life.alive[known])
            lives.append((ends >= origin)[known])
        found.append(life.hazard_per_year[0])
    alive, lived = np.concatenate(said), np.concatenate(lives)
    assert alive.mean() == pytest.approx(lived.mean(), abs=0.03)
    for low, high, within in (
        (0.0, 0.1, 0.03),
        (0.1, 0.3, 0.13),
        (0.5, 0.7, 0.27),
        (0.7, 0.9, 0.13),
        (0.9, 1.01, 0.03),
    ):
        band = (alive >= low) & (alive < high)
        assert band.sum() > 100 and lived[band].mean() == pytest.approx(alive[band].mean(), abs=within)
    few, many = rates < 0.05, rates > 0.5
    assert np.median(np.array(found)[few]) < 0.07 and np.median(np.array(found)[many]) > 0.4


def test_products_whose_sales_come_in_bunches_sell_again_as_often_as_said():
    def judged(cut, life, units, _):
        dies = -np.expm1(-life.hazard_per_year / 12.0)
        known = cut.units.shape[1]
        again = 1.0 - silent_probability(cut, life.alive, dies, 12, life.clustering)
        return again, (units[:, known : known + 12] > 0.0).any(axis=1)

    said, sold = banded(bunched, judged)
    for low, high in ((0.1, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01)):
        band = (said >= low) & (said < high)
        assert band.sum() > 50 and sold[band].mean() == pytest.approx(said[band].mean(), abs=0.13)


def test_bunches_are_found_and_independent_sales_are_left_alone():
    known = np.ones(500, bool)
    wandering = learnt_clustering(panel_of(bunched(500, 48, 3)[0]), known, 0.05, 1.0)
    steady = learnt_clustering(panel_of(independent(500, 48, 3)[0]), known, 0.05, 1.0)
    # the mean of what it may be, of which 2.0 is the most likely here
    assert wandering >= 1.9 and steady <= 1.4


def test_a_short_record_keeps_what_the_gaps_say():
    assert learnt_clustering(panel_of(bunched(60, 11, 3)[0]), np.ones(60, bool), 0.05, 1.3) == 1.3


@pytest.mark.parametrize("share", [0.15, 0.55, 1.0])
def test_a_last_period_tells_as_much_silence_as_is_known_of_it(share):
    units = np.zeros((3, 40))
    units[0, :39] = 2.0
    units[1, ::2] = 3.0
    units[2, 1::3] = 1.0
    panel = replace(panel_of(units), last_share=share)
    life = life_cycle(panel, None)
    sales, exposed, silence, weight = sale_evidence(panel)
    month = sale_evidence(panel_of(units))[3]
    assert silence[0] == pytest.approx(share) and weight[0, 39] == pytest.approx(share * month[0, 39])
    # one silent period worth w: alive = (1 - delta) q^w / ((1 - delta) q^w + delta), q the chance of silence, delta that of an end
    delta = -np.expm1(-life.hazard_per_year[0] / 12.0)
    quiet = ((exposed[0] - sales[0]) / exposed[0]) ** (share * month[0, 39] / life.clustering)
    assert life.alive[0] == pytest.approx((1.0 - delta) * quiet / ((1.0 - delta) * quiet + delta), rel=0.02)


def test_a_product_sold_every_fifth_day_has_not_ended_on_a_monday():
    fill, pump = days("2020-01-06", 260, 7), days("2021-01-04", 290, 5)
    names = ["FILL"] * len(fill) + ["PUMP"] * len(pump)
    history = history_of(names, np.concatenate([fill, pump]), np.ones(len(names)))
    for frequency in ("W", "M"):
        assert (life_cycle(demand_panel(history, frequency), None).alive > 0.99).all()


def test_silence_ahead_equals_its_slow_twin():
    units = np.zeros((2, 20))
    units[0, ::3], units[1, [0, 4, 5, 11]] = 4.0, 2.0
    panel = panel_of(units)
    sales, exposed, _, weight = sale_evidence(panel)
    quiet = (weight * silent_cells(panel)).sum(axis=1)
    delta, alive, clustering = 0.021, np.array([0.83, 0.37]), 1.6
    got = silent_probability(panel, alive, np.full(2, delta), 7, clustering)
    for i in range(2):
        a, b = sales[i], exposed[i] - sales[i] + quiet[i] / clustering
        lives, dead = alive[i], 1.0 - alive[i]
        for _ in range(7):
            dead += lives * delta
            lives *= (1.0 - delta) * (b / (a + b)) ** (1.0 / clustering)
            b += 1.0 / clustering
        assert got[i] == pytest.approx(dead + lives, rel=1e-12)


@pytest.mark.skipif(not SHARED.is_dir(), reason="shared cases not beside the project")
def test_no_product_of_the_case_dies_of_one_empty_month():
    table = pd.read_csv(SHARED / "cases" / "forecast_one_empty_month.csv")
    units = table.pivot_table(index="sku", columns="date", values="quantity", aggfunc="sum").fillna(0.0)
    whole = panel_of(units.to_numpy(float), begin="2024-03")
    for origin in range(9, units.shape[1] + 1):
        cut = panel_until(whole, origin)
        life = life_cycle(cut, None)
        silent = cut.last == origin - 2
        assert not life.ended.any() and (life.alive[silent] > 0.8).all()


@pytest.mark.skipif(not SHARED.is_dir(), reason="shared data not beside the project")
def test_spare_parts_sell_again_as_often_as_said_at_four_origins():
    wide = pd.read_csv(SHARED / "data" / "carparts_monthly_wide.csv.gz").iloc[:, 1:].to_numpy(float)
    whole = panel_of(wide[~np.isnan(wide).any(axis=1)], begin="1998-01")
    stated, sold = [], []
    for origin in (24, 28, 32, 36):
        cut = panel_until(whole, origin)
        life = life_cycle(cut, None)
        known = cut.first >= 0
        dies = -np.expm1(-life.hazard_per_year / 12.0)
        ahead = whole.units.shape[1] - origin
        stated.append(1.0 - silent_probability(cut, life.alive, dies, ahead, life.clustering)[known])
        sold.append((whole.units[:, origin:] > 0.0).any(axis=1)[known])
    said, seen = np.concatenate(stated), np.concatenate(sold)
    for low, high in ((0.5, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 1.01)):
        band = (said >= low) & (said < high)
        assert band.sum() > 300 and seen[band].mean() == pytest.approx(said[band].mean(), abs=0.1)
