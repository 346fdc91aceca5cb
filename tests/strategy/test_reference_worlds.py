"""Probabilities in reference worlds: unbiased where the truth is known, and far steadier from seed to seed than a share of draws."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from analytics import Assumptions, read_assumptions, read_items, read_sales, run_study
from analytics.randomness import sku_keys
from analytics.simulation.world import World
from analytics.strategy.compare import expected_parameter_draws, probability_best
from analytics.strategy.compared.reference_worlds import PHYSICS, money_in_references, references_of
from analytics.strategy.plans.draws import assumption_uniforms
from sample_data import sample_paths

DRAWS, INNER = 50, 8
#: Money of one unit of the second count, at the two ends of what is drawn of prices.
PRICES = (0.5, 1.5)


def world_of(seed: int) -> tuple[World, dict[str, NDArray[np.float64]], NDArray[np.float64]]:
    """A world of one product, its parameter draws, and the level of demand of every year."""
    table = np.quantile(
        np.random.default_rng(1).gamma(6.0, 1.0 / 6.0, 100_000), np.linspace(0.002, 0.998, 65)
    )[None]
    rng = np.random.default_rng([seed, 9])
    shock = np.exp(0.1 * rng.normal(size=DRAWS * INNER) - 0.005)
    world = SimpleNamespace(
        paths=DRAWS * INNER, inner=INNER, keys=sku_keys(["A"], seed), level_error=table, market=shock,
        family_shock=np.ones((1, DRAWS * INNER)), family=np.zeros(1, np.int64),
    )  # fmt: skip
    uniforms = {name: assumption_uniforms(name, DRAWS, seed) for name in (*PHYSICS, "capital_rate")}
    found = references_of(cast(World, world), np.zeros(1, np.intp), uniforms)
    assert found is not None
    mean = 0.5 * (table[0, 1:] + table[0, :-1]).mean()
    return cast(World, world), uniforms, found.seen[0, :, -2] + mean


def counts_at(patience: NDArray[np.float64], level: NDArray[np.float64], lead: float) -> NDArray[np.float64]:
    """Expected counts of two strategies: sold of both rise with the level, the second loses the impatient in a bend. (2, years, 2)."""
    first = np.stack([90.0 * level, 8.0 + 0.0 * level], axis=1)
    lost = 40.0 * (patience - 0.5) + 30.0 * ((patience - 0.5) ** 2 - 1.0 / 12.0)
    second = np.stack([90.0 * level - lead - lost, 12.0 + 14.0 * (level - 1.0)], axis=1)
    return np.stack([first, second])


def rates_of(capital: NDArray[np.float64]) -> NDArray[np.float64]:
    """Money of the two counts by price draw, the same for both strategies: (1, draws, 2)."""
    return np.stack([np.ones_like(capital), -(PRICES[0] + (PRICES[1] - PRICES[0]) * capital)], axis=1)[None]


def probabilities(seed: int, lead: float) -> tuple[float, float]:
    """Probability that the first strategy is best: in reference worlds, and as a share of draws."""
    world, uniforms, level = world_of(seed)
    rng = np.random.default_rng([seed, 4])
    factor = np.repeat(uniforms["patience_per_day"], INNER)
    noise = rng.normal(0.0, [6.0, 1.0], (2, DRAWS * INNER, 2)) + rng.normal(0.0, 25.0, (1, DRAWS * INNER, 1))
    counts = counts_at(factor, level * world.market, lead) + noise
    references = references_of(world, np.zeros(1, np.intp), uniforms)
    assert references is not None
    rates = rates_of(uniforms["capital_rate"])
    worlds = np.concatenate([money_in_references(one[None], rates, references) for one in counts])[None]
    years = (counts * np.repeat(rates, INNER, axis=1)).sum(axis=2)[None]
    share = probability_best(expected_parameter_draws(years, INNER))[0]
    found = probability_best(worlds)[0]
    assert found[0].sum() == pytest.approx(1.0)
    return float(found[0, 0]), float(share[0, 0])


@pytest.mark.parametrize("lead", [-6.0, 0.0, 11.0])
def test_the_truth_is_found_and_hangs_on_the_seed_far_less(lead: float) -> None:
    table = world_of(1)[0].level_error[0]
    rng = np.random.default_rng(0)
    u = rng.random((3, 400_000))
    level = np.interp(u[0], np.linspace(0.0, 1.0, len(table)), table)
    money = (counts_at(u[1], level, lead) * rates_of(u[2])).sum(axis=2)
    true = float((money[0] > money[1]).mean())
    found = np.array([probabilities(seed, lead) for seed in range(1, 41)])
    assert 0.1 < true < 0.9
    assert found[:, 0].mean() == pytest.approx(true, abs=0.02)
    assert found[:, 0].std() < 0.6 * found[:, 1].std()


def test_what_is_known_for_sure_has_no_spread() -> None:
    """Nothing drawn moves a count and prices are confirmed: every reference world earns the same, and one strategy is best in all."""
    world, uniforms, _ = world_of(3)
    references = references_of(world, np.zeros(1, np.intp), uniforms)
    assert references is not None
    flat = np.broadcast_to([5.0, 2.0], (1, DRAWS * INNER, 2))
    rates = rates_of(np.full(DRAWS, 0.5))
    money = money_in_references(flat, rates, references)
    assert np.ptp(money) < 1e-6 and money.mean() == pytest.approx(3.0)
    both = np.stack([money, money - 0.01], axis=1)
    assert probability_best(both)[0].tolist() == [[1.0, 0.0]]
    same = np.stack([money, money], axis=1)
    assert probability_best(same)[0].tolist() == [[0.5, 0.5]]


def test_too_few_years_tell_nothing() -> None:
    world, uniforms, _ = world_of(2)
    few = SimpleNamespace(**{**vars(world), "paths": 4 * INNER})
    assert references_of(cast(World, few), np.zeros(1, np.intp), uniforms) is None


@pytest.mark.skipif(os.environ.get("STOCK_OR_ORDER_FAULTS") != "all", reason="ten studies of a sample")
def test_undecided_bicycles_keep_their_probability_over_ten_seeds() -> None:
    """Half as far apart as shares of draws; what is left comes from settings and waits, which are found on the same years."""
    paths = sample_paths("bicycles")
    stated = read_assumptions(paths["assumptions"].read_text()) if "assumptions" in paths else Assumptions()
    history, items = read_sales(paths["sales"]), read_items(paths["items"])[0]
    studies = [run_study(history, items, stated, seed=seed, how_sure=False) for seed in range(1, 11)]
    found = np.array([study.comparison.probability_best for study in studies])
    share = np.array([probability_best(study.comparison.by_draw)[0] for study in studies])
    undecided = (share.mean(axis=0).max(axis=1) < 0.95) & ~studies[0].recommendation.ended
    apart, before = (np.ptp(one, axis=0)[undecided].max(axis=1) for one in (found, share))
    assert found[:, undecided].sum(axis=2) == pytest.approx(1.0)
    assert apart.mean() < 0.75 * before.mean() and apart.max() < 0.6 * before.max()
