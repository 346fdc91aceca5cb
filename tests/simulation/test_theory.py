"""Simulation against closed forms that do not simulate: within four standard errors, each stated, and the errors small."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from analytics.simulation.ledger import COUNT_INDEX
from analytics.simulation.order import OrderPlan, simulate_orders
from analytics.simulation.stock import simulate_stock
from tests.closed_forms.stock.s_s import period_costs
from tests.simulation.replayed import replay
from tests.simulation.worlds import plan_of, poisson_world

PERIODS = 240_000
WARM = 1_000


def batch_means(values: np.ndarray, batches: int = 60) -> tuple[float, float]:
    """Mean and its standard error from batch means, the beginning dropped."""
    kept = values[WARM:]
    means = kept[: len(kept) // batches * batches].reshape(batches, -1).mean(axis=1)
    return float(means.mean()), float(means.std(ddof=1) / np.sqrt(batches))


def agrees(values: np.ndarray, exact: float, precision: float) -> None:
    """The exact value lies within four standard errors, and the standard error is below `precision` of it."""
    mean, error = batch_means(values)
    assert error < precision * abs(exact), f"standard error {error:.2g} is too coarse for {exact:.6g}"
    assert abs(mean - exact) < 4.0 * error, f"simulated {mean:.6g} ± {error:.2g}, exact {exact:.6g}"


def poisson_series(rate: float, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).poisson(rate, PERIODS).astype(float)


def loss(distribution: stats.rv_discrete, level: float) -> float:
    """E(D - level)+ for whole D, by summation."""
    k = np.arange(0, int(distribution.ppf(1 - 1e-14)) + 10)
    return float(np.sum(np.maximum(k - level, 0.0) * distribution.pmf(k)))


def test_base_stock_end_stock_backorders_and_average_stock() -> None:
    rate, lead, level = 2.3, 3, 12
    played = replay(poisson_series(rate, 1), level, initial_on_hand=level, lead_periods=lead)
    over = stats.poisson(rate * (lead + 1))
    before = stats.poisson(rate * lead)
    agrees(played.backorders, loss(over, level), 0.02)
    agrees(played.on_hand, level - over.mean() + loss(over, level), 0.01)
    agrees(
        played.average_on_hand,
        level - rate * (lead + 0.5) + 0.5 * (loss(over, level) + loss(before, level)),
        0.01,
    )


def test_periodic_fill_rate_has_the_second_term() -> None:
    rate, lead, review, level = 5.0, 3, 2, 19
    played = replay(
        poisson_series(rate, 2), level, initial_on_hand=level, lead_periods=lead, review_periods=review
    )
    short = loss(stats.poisson(rate * (lead + review)), level) - loss(stats.poisson(rate * lead), level)
    pairs = (played.waiting + played.lost).reshape(-1, review).sum(axis=1)
    agrees(np.repeat(pairs, review), short, 0.02)
    wrong = loss(stats.poisson(rate * (lead + review)), level)
    assert abs(wrong - short) > 0.05 * short


def test_normal_demand_that_is_not_whole() -> None:
    mean, sd, lead, level = 100.0, 25.0, 4, 540.0
    demand = np.maximum(0.0, np.random.default_rng(3).normal(mean, sd, PERIODS))
    played = replay(demand, level, initial_on_hand=level, lead_periods=lead)

    def normal_loss(periods: float) -> float:
        spread = sd * np.sqrt(periods)
        z = (level - mean * periods) / spread
        return float(spread * (stats.norm.pdf(z) - z * stats.norm.sf(z)))

    agrees(played.waiting, normal_loss(lead + 1) - normal_loss(lead), 0.02)


def test_whole_lots_leave_the_position_uniform() -> None:
    rate, lead, reorder, lot = 3.7, 2, 13, 9
    played = replay(
        poisson_series(rate, 4), reorder + 1, initial_on_hand=reorder + 4, lead_periods=lead, lot=lot
    )
    over = stats.poisson(rate * (lead + 1))
    exact = np.mean([loss(over, y) for y in range(reorder + 1, reorder + lot + 1)])
    agrees(played.backorders, float(exact), 0.03)
    assert set(np.unique(played.ordered % lot)) == {0.0}


def test_reorder_point_and_level_reach_the_published_cost() -> None:
    """Zheng and Federgruen 1991: K 64, h 1, p 9, Poisson 10, no lead time: (6, 40) costs 35.0216."""
    played = replay(poisson_series(10.0, 5), 40, initial_on_hand=40, reorder_point=6)
    agrees(64.0 * (played.ordered > 0) + played.on_hand + 9.0 * played.backorders, 35.021555272320384, 0.005)


@pytest.mark.parametrize(
    ("mean", "level", "reorder", "lot", "optimum"),
    [
        (10, 40, 6, 39, 35.021555272320384),
        (20, 62, 14, 55, 49.17303574493941),
        (25, 56, 19, 61, 54.26216671858924),
    ],
)
def test_the_recipe_orders_by_reorder_point_and_lots(
    mean: int, level: int, reorder: int, lot: int, optimum: float
) -> None:
    """A level and a lot on the grid are (R, s, nQ) with s one below the level: its exact cost, which is within 3 % of the best (s, S) of
    Zheng and Federgruen 1991 (K 64, h 1, p 9, no lead time); and the gap S - s makes the same simulation that (R, s, S)."""
    masses = stats.poisson(mean).pmf(np.arange(200))
    positions = np.arange(
        reorder + 1, reorder + lot + 1
    )  # uniform after ordering, an order whenever demand since takes it to the reorder point
    exact = (
        64.0 * np.minimum(np.arange(200), lot) @ masses + period_costs(positions, 1.0, 9.0, masses).sum()
    ) / lot
    assert optimum < exact < 1.03 * optimum
    world = poisson_world(float(mean), inner=2500, name="lots")

    def cost(level: float, lot: float, gap: float) -> np.ndarray:
        plan = plan_of(world, level / mean, lot, lead=0, order_gap=np.full((1, 1), gap))
        counts = simulate_stock(world, plan, np.arange(world.paths), 0, 1)[0][0, 0]
        lots, held, owed, demanded, waited = (
            counts[:, COUNT_INDEX[name]] for name in ("lots", "on_hand", "backordered", "demanded", "waited")
        )
        # the year opens just reviewed: orders can come in 51 weeks
        left_over = (
            held - (demanded - waited) / 52.0 / 2.0
        )  # stock at the end of the week: the average less half of what was served
        return np.asarray(64.0 * lots / 51.0 + left_over + 9.0 * owed)

    by_lots = cost(reorder + 1.0, float(lot), 0.0)
    error = by_lots.std() / np.sqrt(len(by_lots))
    assert error < 0.005 * exact and abs(by_lots.mean() - exact) < 4.0 * error
    to_the_level = cost(float(level), 1.0, float(level - reorder))
    # the year opens just filled up, so the first cycle, of about (S - s) / mean weeks, is not yet in balance
    assert (
        abs(to_the_level.mean() - optimum)
        < 4.0 * to_the_level.std() / np.sqrt(len(to_the_level)) + 0.015 * optimum
    )


@pytest.mark.parametrize(
    ("penalty", "lead", "level", "exact"),
    [(4, 1, 12, 4.162802774847827), (9, 2, 19, 6.31626115512004), (4, 3, 20, 4.974996121918439)],
)
def test_lost_sales_reach_the_exact_chain(penalty: float, lead: int, level: float, exact: float) -> None:
    """Exact Markov chains of the test bed of Zipkin 2008: Poisson 5 a period, h 1."""
    played = replay(
        poisson_series(5.0, 6), level, initial_on_hand=level, lead_periods=lead, share_waiting=0.0
    )
    agrees(played.on_hand + penalty * played.lost, exact, 0.01)


def test_partly_waiting_lies_between_and_splits_as_told() -> None:
    demand = poisson_series(5.0, 7)
    fate = np.random.default_rng(8).random(PERIODS)
    played = replay(demand, 17, initial_on_hand=17, lead_periods=2, share_waiting=0.35, fate=fate)
    short = played.waiting + played.lost
    share = played.waiting.sum() / short.sum()
    error = np.sqrt(0.35 * 0.65 * np.sum(short**2)) / short.sum()
    assert error < 0.01
    assert abs(share - 0.35) < 4.0 * error


def test_sudden_death_strands_what_the_race_says() -> None:
    """Stock and no replenishment: units stranded when demand, counted by week, stops at an exponential time within the year."""
    rate, hazard, paths, stock = 0.8, 0.03, 6000, 25.0
    world = poisson_world(rate, draws=1, inner=paths, name="death", hazard_per_week=np.full((1, 1), hazard))
    plan = plan_of(world, stock / (rate * 2), 1.0, lead=0, review=2, order_gap=np.full((1, 1), 1e9))
    counts, _, _ = simulate_stock(world, plan, np.arange(paths), 0, 1)
    stranded = counts[0, 0, :, COUNT_INDEX["scrapped"]]
    exact = 0.0
    for week in range(52):
        dies = np.exp(-hazard * week) - np.exp(-hazard * (week + 1))
        sold = stats.poisson(rate * (week + 1))
        exact += dies * (stock - sold.mean() + loss(sold, stock))
    opening = counts[0, 0, :, COUNT_INDEX["opening"]]
    exact_opening = opening - stock
    assert set(np.unique(exact_opening)) == {0.0}
    error = stranded.std(ddof=1) / np.sqrt(paths)
    assert error < 0.02 * exact
    assert abs(stranded.mean() - exact) < 4.0 * error


def test_patience_thins_demand_by_the_ratio() -> None:
    patience, quote, historical, paths = 0.037, 17.0, 4.0, 3000
    world = poisson_world(
        3.0,
        draws=1,
        inner=paths,
        name="patience",
        patience_per_day=np.full((1, 1), patience),
        historical_wait_days=np.full(1, historical),
    )
    counts = simulate_orders(
        world, OrderPlan(np.full((1, 1), quote), np.zeros(1), np.ones(1)), np.arange(paths), 0, 1
    )
    demanded, ordered = counts[0, 0, :, COUNT_INDEX["demanded"]], counts[0, 0, :, COUNT_INDEX["ordered"]]
    exact = np.exp(-patience * (quote - historical))
    residual = ordered - exact * demanded
    error = residual.std(ddof=1) / np.sqrt(paths) / demanded.mean()
    assert error < 0.01
    assert abs(ordered.mean() / demanded.mean() - exact) < 4.0 * error


def test_demand_has_the_moments_of_the_forecast() -> None:
    """Mean and variance of weekly demand: mean m, variance m + m^2 Var(noise) (level errors and shocks off)."""
    knots = 64
    grid = stats.gamma.ppf(np.clip(np.arange(knots + 1) / knots, 1e-9, 0.999), 2.0, scale=0.5)
    table = grid / ((grid[1:] + grid[:-1]).mean() / 2.0)
    second = np.mean((table[1:] ** 2 + table[1:] * table[:-1] + table[:-1] ** 2) / 3.0)
    world = poisson_world(6.3, inner=4000, name="moments", noise=table[None, :])
    counts = simulate_orders(
        world, OrderPlan(np.zeros((1, 1)), np.zeros(1), np.ones(1)), np.arange(4000), 0, 1
    )
    year = counts[0, 0, :, COUNT_INDEX["demanded"]]
    variance = 52.0 * (6.3 + 6.3**2 * (second - 1.0))
    assert abs(year.mean() - 52 * 6.3) < 4.0 * np.sqrt(variance / 4000)
    assert abs(year.var(ddof=1) / variance - 1.0) < 4.0 * np.sqrt(2.0 / 4000) * 1.2
