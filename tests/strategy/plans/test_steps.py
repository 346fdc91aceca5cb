"""Products with a short lead time are played by day: as by week where the lead time is long, and nearer to the truth where it is short."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from analytics.assumptions import FIELDS, Assumptions
from analytics.assumptions_file import read_assumptions
from analytics.data import read_items, read_sales
from analytics.demand.periods import demand_by_weekday
from analytics.forecast.spread.paths import path_plan
from analytics.items import CONFIRMED, Items
from analytics.scenario.reassume import reassume
from analytics.simulation.ledger import COUNT_INDEX, Ledger
from analytics.simulation.split import SizeTable, split_demand
from analytics.simulation.stock import simulate_stock
from analytics.strategy.compared.setting import choose
from analytics.strategy.money.measures import physical_measures, service_curve, wait_days_quantile, waits_of
from analytics.strategy.money.price import price
from analytics.strategy.plans import steps
from analytics.strategy.plans.ledgers import Setup, grid_ledgers, with_measured_waits
from analytics.strategy.plans.recipes import Grid, order_plan, simulation_world, stock_plan
from analytics.strategy.plans.steps import played_by_day, short_lead_time
from analytics.study import run_study
from tests.simulation import twin
from tests.simulation.worlds import plan_of, poisson_world
from tests.strategy.small import STATED, csv_text, items_table, sales_table, small_study


def with_lead(items: Items, days: float) -> Items:
    return items.with_field("component_lead_days", days, CONFIRMED).with_field(
        "production_days", 0.0, CONFIRMED
    )


def stocked(items: Items, by_day: np.ndarray, draws: int = 12, share: np.ndarray | None = None) -> Ledger:
    """Every product made to stock on the whole grid, those `by_day` by day."""
    study = small_study()
    world = simulation_world(
        study.forecast, items, path_plan(study.forecast, study.families, 1, draws=draws), by_day, share
    )
    stock = with_measured_waits(world, stock_plan(study.forecast, items, world, Grid(), 1))
    setup = Setup(
        items.skus, world, study.forecast.alive, stock, order_plan(items), None, (), 1, np.zeros(len(items))
    )
    return grid_ledgers(setup, strategies=("MTS",))["MTS"]


@pytest.mark.parametrize(
    ("lead", "review", "share"),
    [
        (2, 7, (1, 1, 1, 1, 1, 1, 1)),
        (3, 5, (1, 1, 1, 1, 1, 1, 1)),
        (2, 7, (0.3, 0.2, 0.1, 0.15, 0.2, 0.05, 0)),
    ],
)
def test_base_stock_by_day_is_the_closed_form(lead: int, review: int, share: tuple[float, ...]) -> None:
    """An order that lifts the position to S serves all that is wanted until the next one arrives: stock and backlog of every day of the cycle from
    Poisson demand since the order, day by day (Hadley and Whitin 1963, periodic review)."""
    rate, level, paths = 9.3, 15.0, 3000
    shares = np.array(share) / sum(share)
    world = poisson_world(rate, inner=paths, name="days", by_day=np.ones(1, bool), day_share=shares)
    wanted = rate * np.tile(shares, 60)
    plan = plan_of(
        world,
        level / wanted[: lead + review].sum(),
        1.0,
        expected=np.full((1, 150), rate),
        lead_weeks=np.full(1, lead / 7.0),
        review_weeks=np.full(1, review / 7.0),
    )
    counts = simulate_stock(world, plan, np.arange(paths), 0, 1)[0][0, 0]
    net = [wanted[t : t + lead + j + 1].sum() for t in range(0, 7 * review, review) for j in range(review)]
    before = [wanted[t : t + lead + j].sum() for t in range(0, 7 * review, review) for j in range(review)]

    def stock(mean: float) -> float:
        return float(
            (np.arange(int(level) + 1) * stats.poisson.pmf(level - np.arange(int(level) + 1), mean)).sum()
        )

    on_hand = np.mean([(stock(m) + stock(b)) / 2.0 for m, b in zip(net, before, strict=True)])
    owed = np.mean([stock(m) - (level - m) for m in net])
    for name, exact in (("on_hand", on_hand), ("backordered", owed)):
        sample = counts[:, COUNT_INDEX[name]]
        assert abs(sample.mean() - exact) < 4.5 * sample.std() / np.sqrt(paths) + 0.006 * exact, (
            name
        )  # the year begins in steady state but for its first days


def test_a_long_lead_time_gives_the_same_money_by_day_as_by_week() -> None:
    items = with_lead(small_study().items, 28.0)
    every = np.ones(len(items), bool)
    weekly, daily = (price(stocked(items, which), items).profit.mean(axis=2) for which in (~every, every))
    sold = small_study().comparison.chosen["MTS"].counts[:, COUNT_INDEX["demanded"]]
    perfect = sold * np.abs(np.asarray(items["price"]) - np.asarray(items["unit_cost"]))
    often = sold > 25.0  # of the others a year holds so few orders that who happens to wait decides
    levels, _ = Grid().flat()
    difference = ((daily - weekly) / np.maximum(perfect, 1e-9)[:, None])[often][:, levels >= 0.95]
    assert (
        often.sum() >= 8 and np.abs(difference).max() < 0.02 and np.abs(difference.mean(axis=0)).max() < 0.005
    )


def test_two_days_need_less_stock_than_a_week_and_serve_as_well() -> None:
    items = small_study().items
    every = np.ones(len(items), bool)
    rounded, exact = stocked(with_lead(items, 7.0), ~every), stocked(with_lead(items, 2.0), every)
    often = small_study().comparison.chosen["MTS"].counts[:, COUNT_INDEX["demanded"]] > 100.0
    found = [choose(ledger, items, np.arange(len(items))) for ledger in (rounded, exact)]
    week, day = (physical_measures(one.counts[often]) for one in found)
    assert found[1].profit[often].sum() > found[0].profit[often].sum()
    assert day["units_on_hand"].sum() < 0.95 * week["units_on_hand"].sum()
    k = list(zip(*Grid().flat(), strict=True)).index((0.95, 0.0))
    week, day = (physical_measures(ledger.counts[often, k].mean(axis=1)) for ledger in (rounded, exact))
    # of a product that holds five units, one unit is a fifth
    many = week["units_on_hand"] > 10.0
    assert (
        many.sum() >= 4 and (day["units_on_hand"] < np.where(many, 0.9, 0.95) * week["units_on_hand"]).all()
    )
    assert (day["share_lost"] <= week["share_lost"] + 0.002).all()


def test_products_played_by_week_are_not_touched_by_those_played_by_day() -> None:
    items = small_study().items
    by_day = np.arange(len(items)) % 3 == 0
    mixed, weekly = stocked(items, by_day, draws=4), stocked(items, np.zeros(len(items), bool), draws=4)
    assert np.array_equal(mixed.counts[~by_day], weekly.counts[~by_day]) and not np.array_equal(
        mixed.counts[by_day], weekly.counts[by_day]
    )
    assert np.abs(mixed.imbalance()).max() < 1e-9 * mixed.counts.max()


def test_who_is_played_by_day(monkeypatch: pytest.MonkeyPatch) -> None:
    items = (
        small_study()
        .items.with_field("component_lead_days", 28.0, CONFIRMED)
        .with_field("assembly_days", 3.0, CONFIRMED)
    )
    lead, units = np.full(len(items), 28.0), np.arange(len(items), dtype=float) ** 3
    lead[[2, 5, 9, 10]] = [1.0, 2.0, 6.9, 7.0]
    items = items.with_field("component_lead_days", lead, CONFIRMED).with_field(
        "production_days", 0.0, CONFIRMED
    )
    assert np.flatnonzero(short_lead_time(items, ())).tolist() == [2, 5, 9]
    family = (np.array([0, 2, 7]),)
    assert np.flatnonzero(short_lead_time(items, family)).tolist() == [0, 2, 5, 7, 9]
    monkeypatch.setattr(steps, "MOST_BY_DAY", 4)
    assert np.flatnonzero(
        played_by_day(items, family, np.where(np.isin(np.arange(len(items)), family[0]), 0.1, units))
    ).tolist() == [5, 9]  # the family of three no longer fits
    assert np.flatnonzero(played_by_day(items, family, units[::-1])).tolist() == [0, 2, 5, 7]
    made = items.with_field("production_days", 8.0, CONFIRMED).with_field(
        "component_lead_days", 1.0, CONFIRMED
    )
    assert (
        not short_lead_time(made, ()).any() and short_lead_time(made, family)[family[0]].all()
    )  # components come in 6 days, products in 9


def test_a_study_says_what_it_plays_by_day() -> None:
    table = items_table()
    table.loc[table["sku"].isin(["C1", "D3", "D1"]), ["component_lead_days", "production_days"]] = [2, 1]
    history = read_sales(csv_text(sales_table()), name="sales.csv")
    items, report = read_items(csv_text(table), name="items.csv")
    study = run_study(history, items, read_assumptions(STATED), items_report=report, draws=4, how_sure=False)
    where = {sku: k for k, sku in enumerate(study.items.skus)}
    assert study.setup.world.by_day is not None and sorted(study.items.skus[study.setup.world.by_day]) == [
        "C1",
        "D1",
        "D3",
    ]
    assert any("3 products with a lead time under a week day by day" in note for note in study.notes)
    assert "rounded to whole weeks" in " ".join(small_study().notes) and "day by day" not in " ".join(
        small_study().notes
    )
    for ledger in study.ledgers.values():
        assert np.abs(ledger.imbalance()).max() < 1e-9 * ledger.counts.max(), ledger.strategy
    # with every range closed the years are those of the expected money, settings chosen on one half and scored on the other
    known = Assumptions().with_general(
        **{name: row.default for name, row in FIELDS.items() if row.high > row.low}
    )
    sure = reassume(
        study, replace(known, general={**known.general, **read_assumptions(STATED).general}), how_sure=False
    )
    money = sure.comparison.by_path[where["D3"]].mean(axis=1)
    assert money[: sure.comparison.profit.shape[1]] == pytest.approx(
        sure.comparison.profit[where["D3"]], rel=0.03, nan_ok=True
    )
    # shop days are Monday to Friday, so nothing is sold on the sixth and seventh day of a simulated week
    assert study.setup.world.day_share[
        5:
    ].sum() < 0.01 and study.setup.world.day_share.sum() == pytest.approx(1.0)


def test_orders_keep_their_size_on_a_day_and_split_by_size_into_parts_that_add_up() -> None:
    """Five orders a week, three in four of 2 units and one of 30: days see whole orders, and large ones keep their share of the units."""
    sizes = np.repeat([2.0, 30.0], [1, 5])  # a unit in six belongs to a small order
    world = poisson_world(45.0, inner=40, name="sizes", by_day=np.ones(1, bool), order_size=sizes[None, :])
    table = SizeTable(
        np.array([[1.0, 2.0, 30.0]]), np.array([[0.001, 0.749, 0.25]]), np.array([[5.0]]), np.array([5.0])
    )
    small, large = (part[0, 0].astype(float) for part in split_demand(world, table))
    total = small + large
    for p in range(40):
        assert total[p].tolist() == twin.demand(world, 0, p)
    weekly = replace(world, by_day=None)
    assert np.array_equal(
        total.reshape(40, 52, 7).sum(axis=2), [twin.demand(weekly, 0, p) for p in range(40)]
    )
    of_weeks = split_demand(weekly, table)[1].sum() / total.sum()  # the exact recursion, given the weeks
    assert abs(large.sum() / total.sum() - of_weeks) < 0.04 and 0.6 < of_weeks < 30.0 / 36.0
    alone = replace(world, order_size=np.ones((1, 1)))
    assert total.var() > 4.0 * np.var([twin.demand(alone, 0, p) for p in range(40)])


def test_weekdays_of_sales() -> None:
    share = demand_by_weekday(small_study().history)
    day = small_study().history.date.astype("datetime64[D]")
    recent = day[day > day.max() - 364]
    counted = [sum(int(str(d.astype(object).isoweekday())) == k for d in recent) for k in range(1, 8)]
    assert share == pytest.approx(np.array(counted) / sum(counted))
    few = read_sales(csv_text(sales_table().iloc[:40]), name="few.csv")
    assert demand_by_weekday(few).tolist() == [1.0 / 7.0] * 7


def test_waits_by_day_are_read_in_days() -> None:
    """One product by day, one by week, both with all units in the third bin: 2.5 days and 17.5 days."""
    waited, step = np.zeros((2, 12)), np.array([1.0, 7.0])
    waited[:, 3] = 8.0
    waits = waits_of(np.full(2, 10.0), waited, np.zeros(2), step)
    assert wait_days_quantile(waits, 0.5).tolist() == [2.5, 17.5]
    assert service_curve(
        np.full(2, 10.0), np.full(2, 10.0), waited, np.zeros(2), np.array([0.0, 2.5, 17.0, 17.5]), step
    ).tolist() == [[2, 10, 10, 10], [2, 2, 2, 10]]
