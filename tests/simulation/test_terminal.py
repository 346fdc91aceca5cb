"""What is left at the end of the window: by hand, by sums over the places in turn, by closed forms, and in the simulation."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from analytics.naming.labels import Strategy
from analytics.simulation.ledger import COUNT_INDEX, CUT_OFFS
from analytics.simulation.stock import simulate_stock
from analytics.simulation.terminal import best_cut_off, later_counts
from analytics.simulation.terminal_unit import (
    position_value,
    sold_later,
    stranded_later,
    unit_value,
    until_demanded,
    years_later,
)
from analytics.strategy.money.measures import counts_by_name, priced_measures
from analytics.strategy.money.price import money_values
from tests.closed_forms.stock.lost_sales import slow_mover_profit
from tests.simulation.worlds import plan_of, poisson_world
from tests.strategy.small import priced_items

SHARED = next(
    (p / "shared" for p in Path(__file__).resolve().parents if (p / "shared" / "cases").is_dir()),
    Path("/nowhere"),
)
CASES = SHARED / "cases" / "economics_cases.json"
H, V = 0.17, 0.2  # capital, storage and insurance a year; what leftovers fetch


def worth_of(
    position: float,
    own: float,
    rate: float,
    hazard: float,
    holding: float,
    salvage: float,
    alive: float = 1.0,
    longest: float = 4.0,
) -> float:
    """A position's worth in unit costs, holding cost in one rate."""
    return position_value(
        position=position, own_position=own, units_per_year=rate, hazard_per_year=hazard, capital_rate=0.6 * holding, storage_and_insurance=0.4 * holding,
        salvage_share=salvage, alive=alive, longest_years=longest,
    )  # fmt: skip


def cases(*kinds: str) -> list[Any]:
    """The shared cases of these kinds, none where they are not beside the project."""
    found = json.loads(CASES.read_text()) if CASES.exists() else []
    return [pytest.param(case, id=case["id"]) for case in found if case["kind"] in kinds]


def within(case: dict[str, Any], name: str, got: float) -> None:
    """Assert a value of a case within its tolerance."""
    assert got == pytest.approx(case["expected"][name], abs=case["tolerance"]["value"]), (case["id"], name)


@pytest.mark.parametrize("case", cases("terminal_unit"))
def test_the_cases_of_one_unit(case: dict[str, Any]) -> None:
    got = unit_value(**case["inputs"])
    within(case, "value_share_of_cost", float(got))


@pytest.mark.parametrize("case", cases("terminal_position"))
def test_the_cases_of_a_position(case: dict[str, Any]) -> None:
    within(case, "value_in_unit_costs", position_value(**case["inputs"]))


@pytest.mark.parametrize("case", cases("terminal_counts"))
def test_the_cases_of_counts(case: dict[str, Any]) -> None:
    for name, function in (
        ("sold_later", sold_later),
        ("stranded_later", stranded_later),
        ("unit_years_later", years_later),
    ):
        within(case, name, float(function(**case["inputs"])))


@pytest.mark.parametrize("case", cases("terminal_any_distribution"))
def test_the_cases_of_any_distribution(case: dict[str, Any]) -> None:
    given = case["inputs"]
    sold, years = until_demanded([given["time_years"]], [1.0], given["hazard_per_year"])
    holding = given["capital_rate"] + given["storage_and_insurance"]
    within(case, "sold_later", sold)
    within(case, "unit_years_later", years)
    within(case, "value_share_of_cost", sold + given["salvage_share"] * (1.0 - sold) - holding * years)


def test_units_in_turn_by_hand() -> None:
    """1.5 a year, one product in ten ends: the second sells with (15/16)^2, and is held (1 - that) / 0.1 years."""
    chance = (15 / 16) ** 2
    assert float(sold_later(2, 1.5, 0.1)) == pytest.approx(chance)
    assert float(years_later(2, 1.5, 0.1)) == pytest.approx((1 - chance) / 0.1)
    assert float(unit_value(2, 1.5, 0.1, 0.09, 0.06, 0.3)) == pytest.approx(
        chance + 0.3 * (1 - chance) - 0.15 * (1 - chance) / 0.1
    )
    # orders of three: the seventh unit goes with the third order, of half an order a year
    assert float(years_later(7, 1.5, 0.0, 3)) == pytest.approx(3 / 0.5)
    # and the whole position: two are ordered again, the third and fourth wait 1 and 2 orders, in 2 of 5 worlds it has ended
    own = 2 + sum(float(unit_value(m, 1.5, 0.1, 0.09, 0.06, 0.3)) for m in (1, 2))
    got = worth_of(4, 2, 1.5, 0.1, 0.15, 0.3, alive=0.6)
    assert got == pytest.approx(0.6 * own + 0.4 * 0.3 * 4)
    assert worth_of(-3, 2, 1.5, 0.1, 0.15, 0.3, alive=0.6) == -3.0


def test_limits_of_a_unit() -> None:
    assert float(unit_value(3, 1.7, 0.0, 0.1, 0.07, V)) == pytest.approx(1 - H * 3 / 1.7)
    assert float(unit_value(3, 1.7, 1e-9, 0.1, 0.07, V)) == pytest.approx(1 - H * 3 / 1.7, rel=1e-6)
    assert float(unit_value(3, 1e7, 0.4, 0.1, 0.07, V)) == pytest.approx(1.0, rel=1e-5)
    assert float(unit_value(3, 0.0, 0.0, 0.1, 0.07, V)) == float(unit_value(3, 0.0, 0.3, 0.1, 0.07, V)) == V
    assert float(unit_value(9, 3.0, 0.0, 0.0, 0.0, V)) == 1.0
    assert float(unit_value(2, 0.9, 0.0, 0.02, 0.01, V, 2.0)) == V  # expected after 2.2 years


def test_value_of_a_position_moves_as_it_must() -> None:
    """Never rises with hazard, holding cost or age, never falls with the rate; concave in the position; never above cost."""
    held = np.arange(0, 41)

    def worth(rate: float = 2.3, hazard: float = 0.13, holding: float = H, alive: float = 0.9) -> np.ndarray:
        return np.array([worth_of(k, 4, rate, hazard, holding, V, alive=alive, longest=6.0) for k in held])

    base = worth()
    for lower in (
        {"hazard": 0.3},
        {"hazard": 0.7},
        {"holding": 0.3},
        {"alive": 0.6},
        {"rate": 1.1},
        {"rate": 0.2},
    ):
        assert np.all(worth(**lower) <= base + 1e-12), lower
    for some in (base, worth(rate=0.4), worth(hazard=0.0)):
        assert np.all(np.diff(some, 2) <= 1e-12) and np.all(some <= held + 1e-12)
    assert worth(rate=9.0)[-1] > base[-1] > worth(hazard=0.7)[-1]


@pytest.mark.parametrize("order", [1.0, 2.5, 7.0])
@pytest.mark.parametrize("hazard", [0.0, 1e-7, 0.06, 1.4])
def test_counts_are_sums_over_the_places_in_turn(order: float, hazard: float) -> None:
    rate, units = 5.3, 34.0
    sold, years = later_counts(units, rate, hazard, order_size=order)
    fine = 0.5 if order % 1 else 1.0
    place = np.arange(fine, units + 1e-9, fine)
    soon = np.ceil(place / order - 1e-9) / (rate / order)
    for c, longest in enumerate(CUT_OFFS):
        here = place[soon <= longest]
        assert sold[c] == pytest.approx(fine * sold_later(here, rate, hazard, order).sum(), rel=1e-7)
        assert years[c] == pytest.approx(fine * years_later(here, rate, hazard, order).sum(), rel=1e-7)
    assert sold[0] < sold[2] <= sold[-1] <= units


def test_goods_without_an_order_size_are_integrated() -> None:
    rate, hazard, units = 3.1, 0.21, 8.0
    sold, years = later_counts(units, rate, hazard, order_size=0.0)
    for c, longest in enumerate(CUT_OFFS):
        most = min(units, longest * rate)
        chance = integrate.quad(lambda m: np.exp(-hazard * m / rate), 0.0, most)[0]
        held = integrate.quad(lambda m: (1.0 - np.exp(-hazard * m / rate)) / hazard, 0.0, most)[0]
        assert sold[c] == pytest.approx(chance) and years[c] == pytest.approx(held)
    # many small orders come to the same
    fine = later_counts(units, rate, hazard, order_size=1e-4)
    assert fine[0] == pytest.approx(sold, rel=1e-3) and fine[1] == pytest.approx(years, rel=1e-3)


@pytest.mark.parametrize("hazard", [0.0, 0.35])
def test_a_known_end_cuts_sales(hazard: float) -> None:
    """Place by place: P = chance that the order comes before death and end, T = integral of the chance of being held."""
    rate, until, units = 2.7, 1.6, 9.0
    sold, years = later_counts(units, rate, hazard, until)
    place = np.arange(1, 10)
    first = place[place / rate <= 3]  # the cut-off of three years keeps eight

    def held(m: int, t: float) -> float:
        return float(stats.poisson.cdf(m - 1, rate * t) * np.exp(-hazard * t))

    def comes(m: int, t: float) -> float:
        return float(stats.gamma.pdf(t, m, scale=1 / rate) * np.exp(-hazard * t))

    chance = sum(integrate.quad(lambda t, m=m: comes(m, t), 0, until)[0] for m in first)
    waits = sum(integrate.quad(lambda t, m=m: held(m, t), 0, until)[0] for m in first)
    assert sold[2] == pytest.approx(chance, rel=1e-8) and years[2] == pytest.approx(waits, rel=1e-8)
    endless = later_counts(units, rate, hazard)
    assert np.all(sold <= endless[0] + 1e-12) and np.all(years <= endless[1] + 1e-12)
    assert later_counts(units, rate, hazard, 1e6)[0] == pytest.approx(endless[0], rel=1e-6)


@pytest.mark.parametrize("hazard", [0.0, 0.3])
def test_any_distribution_is_poisson_for_poisson(hazard: float) -> None:
    rate, m = 1.8, 3
    times = np.linspace(0.0005, 12.0, 24_000)
    sold, years = until_demanded(times, stats.poisson.sf(m - 1, rate * times), hazard)
    assert sold == pytest.approx(float(sold_later(m, rate, hazard)), abs=1e-3)
    assert years == pytest.approx(float(years_later(m, rate, hazard)), abs=2e-3)
    assert sold + hazard * years == pytest.approx(1.0, abs=1e-9)
    # cut after two years, it goes on at the rate of the last one, and nothing is lost
    short = times <= 2.0
    sold, years = until_demanded(times[short], stats.poisson.sf(m - 1, rate * times[short]), hazard)
    assert sold + hazard * years == pytest.approx(1.0, abs=1e-9)
    if hazard == 0.0:
        assert sold == pytest.approx(1.0) and 1.3 < years < 2.2


def test_pricing_by_cut_offs_is_near_the_value_place_by_place() -> None:
    """Never above the value at which every unit is worth at least salvage, and near it for products that last; one linear count alone errs by a fifth."""
    short = []
    for rate in (0.3, 0.7, 2.0, 11.0):
        for hazard in (0.0, 0.05, 0.3):
            for holding in (0.1, 0.17, 0.3):
                units = np.ceil(rate * 5.0)
                sold, years = (np.append(0.0, column) for column in later_counts(units, rate, hazard))
                cut = float(best_cut_off(hazard, holding, V, 6.0))
                at = [0.0, *CUT_OFFS].index(cut)
                got = units * V + (1 - V) * sold[at] - holding * years[at]
                exact = worth_of(units, 0, rate, hazard, holding, V, longest=6.0)
                assert got <= exact + 1e-9
                short += [1.0 - got / exact] if hazard < 0.2 else []
    assert max(short) < 0.08 and np.mean(short) < 0.02
    sold, years = later_counts(12.0, 2.0, 0.0)
    assert worth_of(12, 0, 2.0, 0.0, 0.3, V) == pytest.approx(4.15)
    assert 12 * V + (1 - V) * sold[-1] - 0.3 * years[-1] < 0.9 * 4.15


def test_the_cut_off_follows_prices_and_never_the_longest_wait() -> None:
    assert best_cut_off(0.0, 0.17, 0.2, [0.5, 2.0, 3.9, 6.0]).tolist() == [0.0, 2.0, 3.0, 4.0]
    assert best_cut_off(0.0, [0.05, 0.2, 0.4, 2.0], 0.2, 9.0).tolist() == [6.0, 4.0, 2.0, 0.0]
    falling = [float(best_cut_off(d, 0.12, 0.2, 6.0)) for d in (0.0, 0.1, 0.3, 0.8, 2.0)]
    assert falling == sorted(falling, reverse=True) and falling[0] > falling[-1]


def played(world: Any, plan: Any) -> np.ndarray:
    """Counts (settings, counts) of a world's one product, averaged over its paths."""
    return simulate_stock(world, plan, np.zeros(world.paths, np.int64), 0, 1)[0][0, :, 0]


@pytest.mark.parametrize(("rate", "level", "lot"), [(0.5, 1, 1), (2.0, 2, 3), (9.0, 4, 7)])
def test_a_living_plan_closes_as_it_opened(rate: float, level: int, lot: int) -> None:
    """No hazard, the rate known: nothing is written off, and the position is the same at both ends, whatever lot or minimum."""
    weekly = rate / 52.0
    world = poisson_world(weekly, inner=6000, name=f"alive {rate}")
    for least in (0.0, 2.0 * lot):
        plan = plan_of(world, level / (5.0 * weekly), lot, lead=4, share_waiting=np.zeros(1))
        plan = replace(plan, moq=np.full(1, least))
        c = dict(zip(COUNT_INDEX, played(world, plan)[0], strict=True))
        assert c["scrapped"] == c["closing_excess"] == 0.0
        size = max(lot, least)
        # even between the level and what an order makes of it; the noise of 6,000 years
        tolerance = 4.0 * size / np.sqrt(12 * 6000) + 1e-9
        assert c["opening"] == pytest.approx(level + (size - 1) / 2, abs=tolerance)
        assert c["closing"] == pytest.approx(c["opening"], abs=2.0 * tolerance + 0.04 * rate)


def test_what_cannot_sell_closes_at_salvage() -> None:
    world = poisson_world(0.0, inner=40, name="still")
    plan = plan_of(world, 1.0, 20.0, lead=3)
    c = dict(zip(COUNT_INDEX, played(world, plan)[0], strict=True))
    assert c["opening"] > 5.0 and c["closing"] == 0.0 and c["closing_excess"] == c["opening"]
    assert all(c[f"sold_later_{y}"] == c[f"years_later_{y}"] == 0.0 for y in CUT_OFFS)


def test_leftovers_of_a_quiet_year_are_those_of_the_formula() -> None:
    """Opened at a lot of eight years' sales that is never ordered again: the own position holds it; without one, each waits its turn."""
    world = poisson_world(1.0 / 52.0, inner=3000, name="quiet", hazard_per_week=np.full((1, 1), 0.1 / 52.0))
    plan = plan_of(world, 0.0, 12.0, lead=3)
    counts = simulate_stock(world, plan, np.arange(world.paths), 0, 1)[0][0, 0]
    alive = counts[:, COUNT_INDEX["scrapped"]] == 0.0
    # level 0: the plan orders when owed, and a lot covers everything: the own position is the lot less one
    assert np.all(counts[alive, COUNT_INDEX["closing_excess"]] == 0.0)
    ending = replace(plan, end_week=np.full(1, 52.0 * 2.5))
    one = replace(world, end_week=np.full(1, 52.0 * 2.5))
    counts = simulate_stock(one, ending, np.arange(world.paths), 0, 1)[0][0, 0]
    left = counts[:, COUNT_INDEX["closing_excess"]]
    some = left > 0
    assert some.mean() > 0.3  # what lasts until the end is not ordered again
    until = (130 + 1 - 52) / 52
    sold, years = later_counts(left, 1.0, 0.1, until)
    for c, longest in enumerate(CUT_OFFS):
        np.testing.assert_allclose(
            counts[:, COUNT_INDEX[f"sold_later_{longest}"]], sold[:, c], rtol=1e-9, atol=1e-12
        )
        np.testing.assert_allclose(
            counts[:, COUNT_INDEX[f"years_later_{longest}"]], years[:, c], rtol=1e-9, atol=1e-12
        )


SLOW = [
    (0.2, 300.0, 5, 0.0), (0.5, 150.0, 5, 0.0), (1.0, 180.0, 9, 0.05), (4.0, 300.0, 5, 0.0), (0.2, 150.0, 5, 0.0), (2.4, 210.0, 7, 0.1)
]  # fmt: skip


def preferred(rate: float, price: float, weeks: int, hazard: float) -> tuple[int, np.ndarray]:
    """The level from 0 to 4 that twelve simulated months prefer, the rate given, and the long-run profit of each by Erlang's loss."""
    weekly, levels = rate / 52.0, np.arange(5)
    world = poisson_world(
        weekly, inner=6000, name=f"slow {rate} {price}", hazard_per_week=np.full((1, 1), hazard / 52.0)
    )
    plan = plan_of(world, levels / (weeks * weekly), 1.0, lead=weeks - 1, share_waiting=np.zeros(1))
    items = priced_items(
        ["A"],
        price=price,
        unit_cost=100.0,
        salvage_share=V,
        hazard_per_year=hazard,
        longest_run_off_years=4.0,
    )
    counts = played(world, plan)
    money = money_values(items, Strategy.MTS)
    profit = priced_measures(counts, {name: column[0] for name, column in money.items()})["profit"]
    long_run = np.array(
        [
            slow_mover_profit(int(s), rate, weeks / 52.0, price - 100.0, H * 100.0, hazard * 80.0)
            for s in levels
        ]
    )
    return int(np.argmax(profit)), long_run


@pytest.mark.parametrize(("rate", "price", "weeks", "hazard"), SLOW)
def test_slow_movers_get_the_level_that_pays_in_the_long_run(
    rate: float, price: float, weeks: int, hazard: float
) -> None:
    chosen, long_run = preferred(rate, price, weeks, hazard)
    assert long_run[chosen] >= 0.97 * long_run.max()


@pytest.mark.parametrize("case", cases("slow_mover_optimum"))
def test_the_cases_of_slow_movers(case: dict[str, Any]) -> None:
    given = case["inputs"]
    chosen, long_run = preferred(
        given["units_per_year"],
        given["price"],
        given["replenishment_weeks_with_review"],
        given["hazard_per_year"],
    )
    assert long_run == pytest.approx(case["expected"]["profit_by_level"], abs=1e-5)
    assert long_run[chosen] >= 0.97 * case["expected"]["long_run_profit"]


@pytest.mark.parametrize("case", cases("no_phantom"))
def test_the_cases_of_nothing_written_off(case: dict[str, Any]) -> None:
    """It opens just after a review and closes just before one: what the last week sold is ordered next."""
    given = case["inputs"]
    weekly = given["units_per_year"] / 52.0
    world = poisson_world(weekly, inner=4000, name=case["id"])
    span = given["replenishment_weeks"]
    plan = plan_of(
        world, given["level"] / (span * weekly), given["lot"], lead=span - 1, share_waiting=np.zeros(1)
    )
    counts = played(world, plan)
    n = counts_by_name(counts)
    lost = (n("scrapped") + n("closing_excess")) * given["unit_cost"] * (1.0 - given["salvage_share"])
    within(case, "obsolescence_per_year", float(lost[0]))
    ordered_next = given["level"] * given["lot"] - n("closing")[0]
    assert ordered_next == pytest.approx(weekly, abs=4.0 * np.sqrt(weekly / world.paths))
    moved = (n("closing")[0] + ordered_next - n("opening")[0]) * given["unit_cost"]
    within(case, "closing_at_cost_minus_opening_at_cost", float(moved))


def test_one_year_moves_the_level_as_far_as_it_is_credible() -> None:
    """The level error is the forecast's: known for sure, a dead year changes nothing; unknown, leftovers of a dead year wait by the lower rate."""
    weekly, spread = 3.0 / 52.0, 0.8
    table = np.quantile(
        np.random.default_rng(4).lognormal(-0.32, spread, 20_000), np.linspace(0.001, 0.999, 65)
    )
    world = poisson_world(weekly, draws=300, inner=4, name="credible")
    unsure = replace(world, level_error=table[None, :] / table.mean())
    group = np.arange(world.paths)
    plan = plan_of(world, 6.0 / (3.0 * weekly), 1.0, lead=2, share_waiting=np.zeros(1))
    sure = simulate_stock(world, plan, group, 0, 1)[0][0, 0]
    assert np.all(sure[:, COUNT_INDEX["closing_excess"]] == 0.0)
    moved = simulate_stock(unsure, plan, group, 0, 1)[0][0, 0]
    sold, left = moved[:, COUNT_INDEX["demanded"]], moved[:, COUNT_INDEX["closing_excess"]]
    assert left[sold == 0].min() >= 1.0 and left[sold >= 4].max() == 0.0
    a, b = unsure.level_error[0, :-1], unsure.level_error[0, 1:]
    variance = float(((a * a + a * b + b * b) / 3).mean() - ((a + b) / 2).mean() ** 2)
    level = 1.0 - variance / (variance + 1.0 / 3.0)  # nothing sold where three were expected, in single units
    own = np.floor(6.0 * level + 0.5)
    assert left[sold == 0] == pytest.approx(np.full((sold == 0).sum(), 6.0 - own))
    np.testing.assert_allclose(
        moved[sold == 0][:, COUNT_INDEX["sold_later_6"]], later_counts(6.0 - own, 3.0 * level, 0.0)[0][-1]
    )
