"""Split by order size: the parts add up to the same demand, orders have the sizes seen, and the money is that of both parts."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.assumptions_file import read_assumptions
from analytics.data import read_items, read_sales
from analytics.naming.labels import COMPONENTS
from analytics.simulation.ledger import COUNT_INDEX
from analytics.simulation.split import SizeTable, split_demand
from analytics.strategy.compare import compare
from analytics.strategy.decision_rule import decision
from analytics.strategy.own_decision import strategy_money
from analytics.strategy.plans import split_by_order_size, split_gate
from analytics.strategy.plans.ledgers import at_values_in_force, chunk_counts, grid_ledgers
from analytics.strategy.plans.setup import demand_held
from analytics.strategy.plans.split_by_order_size import SIZE_QUANTILES
from analytics.strategy.plans.split_gate import FEWEST_ORDERS, split_refused
from analytics.study import Study, run_study
from analytics.study_results import study_tables
from tests.simulation.worlds import poisson_world
from tests.strategy.small import csv_text

CASES = Path(__file__).resolve().parents[3].parent / "shared" / "cases" / "economics_cases.json"


@cache
def study() -> Study:
    """BIG: many single units and now and then thirty at once; FEW: the same but rare; EVEN: always two; all customers patient."""
    rng = np.random.default_rng(5)
    day = np.datetime64("2023-01-02") + np.arange(0, 728)
    parts = []
    for sku, rate, sizes, chance in (
        ("BIG", 0.5, [1, 2, 30], [0.6, 0.3, 0.1]),
        ("FEW", 0.025, [1, 2, 30], [0.6, 0.3, 0.1]),
        ("EVEN", 0.5, [2], [1.0]),
    ):
        orders = np.repeat(day, rng.poisson(rate, len(day)))
        parts.append(
            pd.DataFrame(
                {
                    "date": orders,
                    "sku": sku,
                    "quantity": rng.choice(sizes, len(orders), p=chance),
                    "unit_price": 50.0,
                }
            )
        )
    table = pd.concat(parts).sort_values(["date", "sku"], kind="stable", ignore_index=True)
    table.insert(0, "order", [f"O{i}" for i in range(len(table))])
    items = pd.DataFrame(
        {
            "sku": ["BIG", "FEW", "EVEN"],
            "unit_cost": 35.0,
            "make": "yes",
            "component_lead_days": 14,
            "production_days": 7,
            "capital_rate": 0.3,
        }
    )
    stated = read_assumptions(
        "[general]\npatience_per_day = { value = 0.002, low = 0.001, high = 0.003 }\nprice_premium = 0.03\ncancellation_share = 0.05\ndeposit_share = 0.2\n"
    )
    return run_study(read_sales(csv_text(table)), read_items(csv_text(items))[0], stated, how_sure=False)


def test_offered_only_with_enough_orders_of_different_size() -> None:
    s = study()
    assert s.setup.hybrid is not None and s.setup.not_split is not None
    skus = list(s.items.skus)
    few, even = (int(s.orders.count[skus.index(sku)]) for sku in ("FEW", "EVEN"))
    assert 2 <= few < FEWEST_ORDERS <= even
    assert [str(s.items.skus[i]) for i in s.setup.hybrid.index] == ["BIG"]
    sizes = s.orders.of(0)
    assert s.setup.hybrid.table.limit[0, 0] == np.quantile(sizes, SIZE_QUANTILES[0], method="inverted_cdf")
    said = dict(zip(skus, s.setup.not_split, strict=True))
    assert said == {
        "BIG": "",
        "EVEN": f"{even} orders of one size",
        "FEW": f"{few} orders, and {FEWEST_ORDERS} are needed",
    }
    notes = dict(zip(skus, s.recommendation.notes, strict=True))
    assert "Not split" not in notes["BIG"]
    for sku in ("EVEN", "FEW"):
        assert notes[sku].count(f"Not split by order size: {said[sku]}.") == 1


#: sizes and how many orders of each, and whether they are told apart: at every bound from both sides
OFFERED = (
    ({1: 20, 7: 5}, True),
    ({1: 19, 7: 5}, False),
    ({1: 21, 7: 4}, False),
    ({10: 95, 30: 6}, False),
    ({10: 60, 30: 6}, True),
    ({10: 72, 30: 6}, True),
    ({10: 73, 30: 6}, False),
    ({10: 60, 29: 6}, False),
    ({3: 200}, False),
)


def offered_cases() -> list[tuple[dict[int, int], bool]]:
    """Cases of the gate: our own, and those given where they are there."""
    if not CASES.exists():
        return list(OFFERED)
    given = [c for c in json.loads(CASES.read_text(encoding="utf-8")) if c["kind"] == "split_offered"]
    return [
        *OFFERED,
        *(
            ({int(k): v for k, v in c["inputs"]["order_sizes"].items()}, c["expected"]["offered"])
            for c in given
        ),
    ]


@pytest.mark.parametrize(("counts", "offered"), offered_cases())
def test_the_gate_of_the_split_and_its_line(counts: dict[int, int], offered: bool) -> None:
    sizes = np.repeat(np.array(list(counts), float), list(counts.values()))
    said = split_refused(np.sort(sizes))
    assert (said == "") == offered
    if len(counts) == 1:
        assert said == f"{len(sizes)} orders of one size"


def test_of_too_many_products_those_with_most_orders_are_split(monkeypatch: pytest.MonkeyPatch) -> None:
    s = study()
    setup = s.setup
    monkeypatch.setattr(split_gate, "FEWEST_ORDERS", 10)
    monkeypatch.setattr(split_gate, "_FEWEST_LARGE", 1)
    both = split_by_order_size.hybrid_plan(
        setup.world, setup.stock, setup.order, s.orders, setup.alive, s.items
    )
    assert both is not None and [str(s.items.skus[i]) for i in both.index] == ["BIG", "FEW"]
    monkeypatch.setattr(split_by_order_size, "MOST_PRODUCTS", 1)
    one = split_by_order_size.hybrid_plan(
        setup.world, setup.stock, setup.order, s.orders, setup.alive, s.items
    )
    assert one is not None and [str(s.items.skus[i]) for i in one.index] == ["BIG"]


def test_the_parts_add_up_to_the_total_of_every_strategy() -> None:
    s = study()
    plan = s.setup.hybrid
    world = demand_held(s.setup.world.take(plan.index))
    small, large = split_demand(world, plan.table)
    assert world.drawn_row is not None
    total = world.drawn[world.drawn_row[0]][: world.paths]
    assert np.array_equal(small[0, 0] + large[0, 0], total) and np.array_equal(
        small[0, 2] + large[0, 2], total
    )
    assert np.all(small >= 0) and np.all(large >= 0) and np.all(np.diff(small, axis=1) >= 0)
    group = {name: ledger for name, ledger in s.ledgers.items()}
    of = list(s.items.skus).index("BIG")
    demanded = group["HYBRID"].count("demanded")[0]
    assert demanded == pytest.approx(
        np.broadcast_to(group["MTS"].count("demanded")[of, :1], demanded.shape), rel=1e-12
    )
    assert np.abs(group["HYBRID"].imbalance()).max() < 1e-9 * demanded.max()


def test_split_orders_have_the_sizes_seen() -> None:
    """Totals of compound Poisson weeks, built here order by order, come apart into the sizes they were made of."""
    sizes, chance, rate, paths = np.array([1.0, 4.0, 9.0]), np.array([0.5, 0.3, 0.2]), 2.3, 300
    rng = np.random.default_rng(2)
    count = rng.multinomial(1, chance, (paths, 52, 12)) * (
        np.arange(12)[None, None, :, None] < rng.poisson(rate, (paths, 52))[:, :, None, None]
    )
    made = count.sum(axis=2)  # orders of each size
    weekly = (made * sizes).sum(axis=2)
    world = poisson_world(float(weekly.mean()), draws=1, inner=paths, name="split")
    world = type(world)(
        **{**vars(world), "drawn": weekly[None].astype(np.uint16), "drawn_row": np.zeros(1, np.int64)}
    )
    table = SizeTable(sizes[None], chance[None], np.array([[1.0, 4.0]]), np.array([rate]))
    small, large = split_demand(world, table)
    for j, limit in enumerate((1.0, 4.0)):
        true = (made * sizes * (sizes > limit)).sum(axis=2)
        for statistic in (
            lambda x: x.mean(axis=1),
            lambda x: (x**2).mean(axis=1),
            lambda x: (x > 0).mean(axis=1),
        ):
            difference = statistic(large[0, j].astype(float)) - statistic(true.astype(float))
            error = difference.std(ddof=1) / np.sqrt(paths)
            assert abs(difference.mean()) < 4.0 * error + 0.01 * statistic(true.astype(float)).mean()
    again, _ = split_demand(
        world.take(np.array([0, 0])),
        SizeTable(*(np.repeat(c, 2, axis=0) for c in vars(table).values() if c is not None)),
        threads=2,
    )
    assert np.array_equal(again[0], small[0]) and np.array_equal(again[1], small[0])


def test_money_of_both_parts_adds_up_and_nothing_is_left_over() -> None:
    s = study()
    of = list(s.items.skus).index("BIG")
    k = s.comparison.strategies.index("HYBRID")
    money = {
        name: float(column[of]) for name, column in strategy_money(s.comparison, s.items, "HYBRID").items()
    }
    assert money["profit"] == pytest.approx(float(s.comparison.profit[of, k]), rel=1e-9)
    assert sum(money[name] for name in COMPONENTS) == pytest.approx(
        money["benchmark"] - money["profit"], rel=1e-9
    )
    counts = s.comparison.chosen["HYBRID"].counts[of]
    assert (
        0.0 < counts[COUNT_INDEX["to_order"]] < counts[COUNT_INDEX["demanded"]] - counts[COUNT_INDEX["lost"]]
    )
    assert (
        counts[COUNT_INDEX["cancelled"]] > 0.0
        and counts[COUNT_INDEX["lots"]] > 0.0
        and counts[COUNT_INDEX["customer_orders"]] > 0.0
    )
    assert np.isnan(s.comparison.profit[np.arange(3) != of, k]).all()
    table = study_tables(s)["recommendation"]().set_index("sku")
    assert (
        np.isfinite(table.loc["BIG", "profit_hybrid"])
        and table.loc[["EVEN", "FEW"], "profit_hybrid"].isna().all()
    )


def test_paths_of_the_chosen_setting_average_to_the_grid() -> None:
    s = study()
    plan, ledger = s.setup.hybrid, s.ledgers["HYBRID"]
    chosen = np.array([[40, 17]])
    counts, waited, index = chunk_counts(at_values_in_force(s.setup), "HYBRID", plan.index, chosen)
    half = (np.arange(s.setup.world.paths) // s.setup.world.inner) % 2
    for h in (0, 1):
        assert counts[0, half == h].mean(axis=0) == pytest.approx(
            ledger.counts[0, chosen[0, 1 - h], h], rel=1e-9, abs=1e-9
        )
    assert (
        list(index) == list(plan.index) and 0.0 < waited.sum() <= counts[0, :, COUNT_INDEX["demanded"]].mean()
    )
    assert np.array_equal(grid_ledgers(s.setup, strategies=("HYBRID",))["HYBRID"].counts, ledger.counts)
    assert np.array_equal(compare(s.setup, s.items, s.ledgers).profit, s.comparison.profit, equal_nan=True)


def test_stock_and_split_near_one_another_make_no_choice_close() -> None:
    """To stock, to order, split: 2 % of a margin of 150 is 3; what is near is said of stock against order alone."""
    profit = np.array(
        [[100.0, 60.0, 101.0], [100.0, 98.0, 101.0], [101.0, 100.0, 101.0], [99.5, 60.0, 100.0]]
    )
    baseline = np.array([0, 0, 1, 2])
    base = profit[np.arange(4), baseline]
    rest = (np.full(4, 150.0), np.zeros((4, 3)), np.ones(4, bool))
    apart = decision(profit, base, baseline, *rest)
    variants = decision(profit, base, baseline, *rest, stocked=np.array([True, False, True]))
    assert apart.near.tolist() == [True, True, True, True]
    assert variants.near.tolist() == [False, True, True, False]
    assert variants.as_today.all() and np.array_equal(variants.recommended, apart.recommended)
