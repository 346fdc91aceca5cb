"""What supply binds: orders under way when a product ends, minimum lots and multiples, and the unit in which quantities are written."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import Assumptions, read_assumptions, read_items, read_sales, run_study, study_tables
from analytics.items import ASSUMED, CONFIRMED, GIVEN, Items
from analytics.scenario.reassume import effort, reassume
from analytics.simulation.ledger import COUNT_INDEX, COUNTS
from analytics.simulation.stock import simulate_stock
from analytics.strategy.money.formulas import obsolescence
from analytics.strategy.money.measures import counts_by_name
from analytics.strategy.money.price import money_values, reacted, reacted_anew
from analytics.strategy.plans.draws import assumption_uniforms, drawn_values
from analytics.strategy.plans.recipes import least_lot, lots_of, minimum_binds
from analytics.study import Study
from tests.simulation.worlds import plan_of, poisson_world
from tests.strategy.small import priced_items

SHARED = next(
    (p / "shared" for p in Path(__file__).resolve().parents if (p / "shared" / "cases").is_dir()),
    Path("/nowhere"),
)
CASES = SHARED / "cases" / "economics_cases.json"
needs_cases = pytest.mark.skipif(not CASES.exists(), reason="the shared cases are not here")


def cases(kind: str) -> list[dict[str, Any]]:
    return [case for case in json.loads(CASES.read_text()) if case["kind"] == kind] if CASES.exists() else []


def steady(
    rate_per_year: float, lead_weeks: int, hazard: float, paths: int = 4000
) -> tuple[np.ndarray, np.ndarray]:
    """Counts of steady demand, lot for lot, and the obsolescence count beyond stock on hand."""
    weekly = rate_per_year / 52.0
    world = poisson_world(
        weekly,
        inner=paths,
        name="steady",
        hazard_per_week=np.full((1, 1), hazard / 52.0),
        integer=np.zeros(1, bool),
    )
    plan = plan_of(world, 1.0, 1e-6, lead=lead_weeks, whole=np.zeros(1, bool))
    counts, _, _ = simulate_stock(world, plan, np.zeros(paths, np.int64), 0, 1)
    return counts[:, 0], counts[:, 0, :, COUNT_INDEX["under_way_at_end"]]


@pytest.mark.parametrize(
    ("rate", "lead", "hazard", "cancellable", "cost", "salvage"),
    [
        (40, 16, 0.4, 0.0, 3000, 0.2),
        (40, 16, 0.4, 0.5, 3000, 0.2),
        (12, 26, 0.2, 0.25, 400, 0.1),
        (90, 9, 0.7, 0.4, 11, 0.0),
    ],
)
def test_orders_under_way_are_lost_as_the_formula_says(
    rate: float, lead: int, hazard: float, cancellable: float, cost: float, salvage: float
) -> None:
    """Expected loss (1 - e^-hazard) (1 - cancellable) D L c (1 - v)."""
    counts, under_way = steady(rate, lead, hazard)
    items = priced_items(
        ["A"], price=2.0 * cost, unit_cost=cost, salvage_share=salvage, cancellable_share=cancellable
    )
    money = money_values(items, "MTS")
    all_of_it = obsolescence(counts_by_name(reacted(counts, "MTS", money)), money)[0, 0]
    on_hand = (counts[0, 0, COUNT_INDEX["scrapped"]] - under_way[0, 0]) * cost * (1.0 - salvage)
    exact = (1.0 - np.exp(-hazard)) * (1.0 - cancellable) * rate * lead / 52.0 * cost * (1.0 - salvage)
    assert all_of_it - on_hand == pytest.approx(exact, rel=0.03)


@needs_cases
def test_the_cases_of_orders_under_way() -> None:
    for case in cases("orders_under_way_at_death"):
        given_, wanted = case["inputs"], case["expected"]["expected_loss_on_orders_under_way"]
        _, under_way = steady(given_["units_per_year"], given_["lead_weeks"], given_["hazard_per_year"])
        loss = (
            (1.0 - given_["cancellable_share"])
            * under_way[0, 0]
            * given_["unit_cost"]
            * (1.0 - given_["salvage_share"])
        )
        assert loss == pytest.approx(wanted, rel=0.03), case["id"]


def test_what_can_be_cancelled_conserves_units_and_never_costs() -> None:
    rng = np.random.default_rng(8)
    counts = rng.uniform(0.0, 50.0, (3, len(COUNTS)))
    counts[:, COUNT_INDEX["under_way_at_end"]] = 0.5 * counts[:, COUNT_INDEX["scrapped"]]
    columns = dict(price=90.0, unit_cost=60.0, salvage_share=0.2, capital_rate=0.1)
    at = {
        share: money_values(priced_items(["A", "B", "C"], cancellable_share=share, **columns), "MTS")
        for share in (0.0, 0.3, 0.8)
    }
    after = {share: reacted(counts, "MTS", money) for share, money in at.items()}
    c = COUNT_INDEX
    for share, now in after.items():
        assert now[:, c["ordered"]] - now[:, c["scrapped"]] == pytest.approx(
            counts[:, c["ordered"]] - counts[:, c["scrapped"]]
        )
        assert counts[:, c["scrapped"]] - now[:, c["scrapped"]] == pytest.approx(
            share * counts[:, c["under_way_at_end"]]
        )
    assert reacted_anew(after[0.3], "MTS", at[0.3], at[0.8]) == pytest.approx(after[0.8])
    lost = [obsolescence(counts_by_name(after[share]), at[share]).sum() for share in (0.0, 0.3, 0.8)]
    assert lost[0] > lost[1] > lost[2]


def test_the_size_of_an_order_is_drawn_along_its_logarithm_and_divides_set_ups() -> None:
    items = priced_items(["A"], price=10.0, unit_cost=6.0, order_setup_cost=3.0, units_per_order=8.0)
    items = items.with_field("units_per_order", 8.0, ASSUMED, 2.0, 32.0)
    drawn = drawn_values(items, "units_per_order", assumption_uniforms("units_per_order", 400, 1))
    assert (
        np.log(drawn).mean() == pytest.approx(np.log(8.0), abs=1e-6)
        and 2.0 < drawn.min() < 2.1
        and 31.0 < drawn.max() < 32.0
    )
    counts = np.zeros((1, len(COUNTS)))
    counts[0, COUNT_INDEX["customer_orders"]] = 100.0
    assert reacted(counts, "MTO", money_values(items, "MTO"))[
        0, COUNT_INDEX["customer_orders"]
    ] == pytest.approx(12.5)


def test_the_least_lot_by_hand() -> None:
    items = priced_items(list("ABCDEFG"), price=2.0, unit_cost=1.0)
    columns = {
        "moq": [300.0, 4.0, 10.0, np.nan, np.nan, 10.0, 1.0], "order_multiple": [np.nan, np.nan, 4.0, 12.0, 12.0, 25.0, np.nan],
        "units_per_order": [1.0, 4.0, 6.0, 24.0, 30.0, 300.0, 0.63], "smallest_quantity": [1.0, 1.0, 1.0, 12.0, 1.0, 1.0, 2.0],
    }  # fmt: skip
    for name, column in columns.items():
        items = items.with_field(name, np.array(column), GIVEN)
    assert least_lot(items).tolist() == [300.0, 4.0, 12.0, 12.0, 12.0, 25.0, 1.0]
    # one unit of 300; 4 of 4; 6 of 12; dozens of dozens; 30 leave 6 over of 36; 300 are twelve times 25; pairs are no less than one
    assert minimum_binds(items).tolist() == [True, False, True, False, True, False, False]
    lots = lots_of(
        np.array([[0.2, 13.0], [0.2, 13.0]]),
        np.array([True, True]),
        np.array([1.0, 5.0]),
        np.array([0.0, 12.0]),
    )
    assert lots.tolist() == [[1.0, 13.0], [12.0, 24.0]]


def file_of(rules: list[dict[str, Any]]) -> bytes:
    rows = [
        f"{i},{np.datetime64(r['first']) + k * r['every_days']},{r['sku']},{r['quantity']},{r['unit_price']}"
        for i, r in enumerate(rules)
        for k in range(r["times"])
    ]
    lines = [f"{n},{row.split(',', 1)[1]}" for n, row in enumerate(rows)]
    return ("order,date,sku,quantity,price\n" + "\n".join(lines) + "\n").encode()


FILL = {"sku": "FILL", "first": "2020-01-06", "every_days": 7, "times": 260, "quantity": 50, "unit_price": 10}
HEAD = "sku,unit_cost,price,make,component_lead_days,production_days,moq,order_multiple,units_per_order,on_hand,current_mode\nFILL,5,10,1,21,7,1,,50,500,MTS\n"


def study_of(rules: list[dict[str, Any]], items: str, stated: str = "", draws: int = 10) -> Study:
    return run_study(
        read_sales(file_of([FILL, *rules])),
        read_items((HEAD + items).encode())[0],
        read_assumptions(stated),
        draws=draws,
    )


def row(study: Study, sku: str) -> pd.Series:
    return study_tables(study)["recommendation"]().set_index("sku").loc[sku]


PUMP = {"sku": "PUMP", "first": "2021-01-04", "every_days": 5, "times": 290, "quantity": 1, "unit_price": 300}


@cache
def pump(moq: str, multiple: str = "", size: str = "1", make: str = "0", draws: int = 10) -> Study:
    return study_of([PUMP], f"PUMP,200,300,{make},30,0,{moq},{multiple},{size},10,MTO\n", draws=draws)


@pytest.mark.parametrize("make", ["0", "1"])
def test_a_minimum_above_the_order_rules_out_single_orders_made_and_bought_alike(make: str) -> None:
    got = row(pump("900", make=make), "PUMP")
    assert got["profit_mto"] < 0.0 and got["gain_per_year"] == 0.0 and got["verdict"] == "not_decidable"
    assert (
        got["profit_mts"] < got["profit_mto"]
    )  # one unit less on the shelf, and nothing bought before somebody orders
    assert (
        got["availability"] == "not worth listing"
        and got["order_way"] == "starts the batch of 900, rest to stock"
    )
    assert (
        "at this minimum of 900" in got["reason"]
        and "Waiting for a batch of 900 orders is not offered" in got["reason"]
        and f"Not worth {'making' if make == '1' else 'ordering'}" in got["reason"]
    )
    assert pump("900", make=make).portfolio.money["mix"]["cash_tied_up"] > 0.0
    assert any(
        "above a year of sales for 1 product (PUMP): 900 against 7" in note
        for note in pump("900", make=make).notes
    )


def test_a_minimum_that_is_ordered_again_is_not_written_off_every_year() -> None:
    """300 at 73 a year: the stock lives, so that it costs what holding half a minimum costs; by closed form 760 to 2,200 a year, by the share that waits.

    The same to order, where the first order starts the batch: half a minimum is held either way. On forty draws: where in the four years of a
    lot a year begins is chance, and on ten it moves what is held by a tenth from seed to seed.
    """
    study = pump("300", draws=40)
    got = row(study, "PUMP")
    assert got["recommended"] == "MTO" and got["gain_per_year"] == 0.0  # as it is run today
    assert got["availability"] == "to order, in batches of 300"
    assert 700.0 < got["profit_mts"] < 2200.0 and 700.0 < got["profit_mto"] < 2200.0
    i = list(study.items.skus).index("PUMP")
    for strategy in ("MTS", "MTO"):
        counts = study.comparison.chosen[strategy].counts[i]
        assert counts[COUNT_INDEX["closing_excess"]] < 1.0
        assert 137.0 < counts[COUNT_INDEX["on_hand"]] < 160.0


def test_a_minimum_at_or_below_the_order_changes_nothing() -> None:
    assert pump("").ledgers["MTO"].digest() == pump("1").ledgers["MTO"].digest()
    assert pump("1").comparison.profit == pytest.approx(pump("").comparison.profit, nan_ok=True)
    above = row(pump("6", size="5"), "PUMP")
    single = row(pump("5", size="5"), "PUMP")
    assert (
        single["order_way"] == "" and np.isfinite(single["profit_mto"]) and np.isfinite(above["profit_mto"])
    )
    assert above["order_way"] in ("waits for a batch of 2 orders", "starts the batch of 6, rest to stock")
    said = above["why_not"] + above["reason"]
    assert (
        f"To order at this minimum of 6 it {above['order_way']}" in said
        and "a customer orders 5 at once" in said
    )
    assert "in batches, rest to stock" in above["counted_as"]  # today's way is to order


def test_every_lot_is_a_multiple_and_a_multiple_above_the_minimum_is_told() -> None:
    study = pump("5", multiple="12")
    i = list(study.items.skus).index("PUMP")
    assert (study.setup.stock.lot[i] % 12.0 == 0.0).all() and study.setup.stock.moq[i] == 12.0
    got = row(study, "PUMP")
    assert got["order_quantity"] % 12.0 == 0.0
    assert "To order in multiples of 12 it starts the batch of 12" in got["why_not"] + got["reason"]
    assert any("The order multiple is above the minimum for 1 product (PUMP)" in note for note in study.notes)


def test_made_and_bought_with_one_lead_time_strand_alike() -> None:
    rules = [
        {"sku": sku, "first": "2021-01-04", "every_days": 9, "times": 160, "quantity": 1, "unit_price": 4200}
        for sku in ("BUY", "MAKE")
    ]
    items = "BUY,3000,4200,0,112,0,1,,1,1,MTS\nMAKE,3000,4200,1,0,112,1,,1,1,MTS\n"
    study = run_study(
        read_sales(file_of([FILL, *rules])), read_items((HEAD + items).encode())[0], read_assumptions("[general]\npatience_per_day = 0.003\nhazard_per_year = 0.4\n"),
        how_sure=False,
    )  # fmt: skip
    frame = study_tables(study)["strategies"]()
    lost = frame[(frame["strategy"] == "MTS") & (frame["measure"] == "obsolescence")].set_index("sku")[
        "value"
    ]
    assert lost["BUY"] > 5000.0 and lost["BUY"] / lost["MAKE"] == pytest.approx(1.0, abs=0.1)
    assert row(study, "BUY")["recommended"] == row(study, "MAKE")["recommended"]
    items_of: Items = study.items
    assert (
        items_of["cancellable_share"].tolist() == [0.0] * 3
        and items_of.range("cancellable_share")[1].tolist() == [0.5] * 3
    )
    mts = study.comparison.strategies.index("MTS")
    assert (
        drawn_values(items_of, "cancellable_share", study.comparison.uniforms["cancellable_share"]).max()
        > 0.4
    )
    stated = run_study(
        study.history,
        study.given_items,
        replace(study.assumptions, general=study.assumptions.with_general(cancellable_share=0.5).general),
        how_sure=False,
    )
    at = list(items_of.skus).index("BUY")
    assert stated.comparison.profit[at, mts] > study.comparison.profit[at, mts]
    assert stated.items.origin("cancellable_share").tolist() == [CONFIRMED] * 3


def totals(factor: float, seed: int) -> bytes:
    """Weekly totals of three products, written in a smaller or larger unit: prices go the other way."""
    rng = np.random.default_rng(seed)
    lines = []
    for sku, rate, size in (("A", 1.5, 20), ("B", 6.0, 1), ("C", 0.4, 7)):
        for week, orders in enumerate(rng.poisson(rate, 110)):
            lines.append(
                f"{np.datetime64('2022-01-03') + 7 * week},{sku},{orders * size * factor:.9g},{20.0 / factor:.12g}"
            )
    return ("week,sku,quantity,price\n" + "\n".join(lines) + "\n").encode()


@cache
def written(factor: float, seed: int) -> Study:
    items = "sku,unit_cost,make,lead_time_days,production_days,moq,setup_cost,order_setup_cost,on_hand,reorder_point\n"
    for sku, moq in (("A", 15), ("B", 1), ("C", 1)):
        items += (
            f"{sku},{12.0 / factor:.12g},1,60,3,{moq * factor:.9g},5,5,{40 * factor:.9g},{33 * factor:.9g}\n"
        )
    return run_study(read_sales(totals(factor, seed)), read_items(items.encode())[0], Assumptions(), draws=8)


@settings(max_examples=4, deadline=None)
@given(st.sampled_from([12.0, 1000.0, 0.001]), st.integers(0, 1))
def test_no_result_depends_on_the_unit_in_which_a_quantity_is_written(factor: float, seed: int) -> None:
    base, other = written(1.0, seed), written(factor, seed)
    np.testing.assert_allclose(other.comparison.profit, base.comparison.profit, rtol=0.02)
    one, two = (study_tables(study)["recommendation"]() for study in (base, other))
    assert (
        one["recommended"].tolist() == two["recommended"].tolist()
        and one["verdict"].tolist() == two["verdict"].tolist()
    )
    for name in ("reorder_point", "order_up_to_level", "order_quantity"):
        np.testing.assert_allclose(two[name], factor * one[name], rtol=1e-6)
    assert other.portfolio.gain == pytest.approx(base.portfolio.gain, rel=0.02, abs=1.0)
    for end in (0, 1):
        np.testing.assert_allclose(
            other.items.range("units_per_order")[end],
            factor * base.items.range("units_per_order")[end],
            rtol=1e-6,
        )


def test_confirming_the_order_size_that_is_assumed_takes_its_range_and_simulates_nothing() -> None:
    study = written(1.0, 0)
    confirmed = replace(study.assumptions, as_assumed=("units_per_order",))
    assert effort(study, confirmed) == 0
    after = reassume(study, confirmed)
    assert after.comparison.profit == pytest.approx(study.comparison.profit, nan_ok=True, rel=1e-12)
    low, high = after.items.range("units_per_order")
    assert (low == high).all() and (
        study.items.range("units_per_order")[0] < study.items.range("units_per_order")[1]
    ).all()
