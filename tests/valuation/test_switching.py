"""The cost of switching: of the programme and of single products, from the files and as typed; what is not stated is said, never zero."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from analytics.study_stock.cash import study_bridge, study_way
from analytics.study_stock.tables import once_beside_the_gain
from analytics.study_stock.valuation import study_valuation
from analytics.valuation.policy import StockPolicy
from analytics.valuation.valued import Switching, ValuedStock
from analytics.writeup.cash import transition_table
from analytics.writeup.reserves import valuation_summary
from tests.data.items.test_stock_lots import study
from tests.valuation.test_what_it_fetches import valued


def switching(cost: dict[str, float], **settings: object) -> ValuedStock:
    """Three products that switch; `cost` is what their file says."""
    found = valued([10, 10, 10], [5, 5, 5], [9, 9, 9], **settings)  # type: ignore[arg-type]
    return replace(found, switching=Switching(frozenset({"P0", "P1", "P2"}), cost))


@pytest.mark.parametrize(
    ("cost", "settings", "stated", "said"),
    [
        ({}, {}, math.nan, "before one-off costs of programme and products, which are not stated"),
        ({}, {"one_off": 100.0}, 100.0, "after one-off costs"),
        ({"P0": 7.0}, {"one_off": 100.0}, 107.0, "before one-off costs of 2 further products, which are not stated"),
        ({"P0": 7.0, "P1": 5.0}, {}, 12.0, "before one-off costs of the programme and of 1 further product, which are not stated"),
        ({"P0": 7.0, "P1": 5.0, "P2": 0.0}, {}, 12.0, "before one-off costs of the programme, which are not stated"),
        ({"P0": 7.0, "P1": 5.0, "P2": 0.0}, {"one_off": 0.0}, 12.0, "after one-off costs"),
        ({"P0": 7.0}, {"one_off": 1.0, "one_off_of": {"P0": 9.0, "P1": 1.0, "P2": 1.0}}, 12.0, "after one-off costs"),
    ],
)  # fmt: skip
def test_what_is_stated_counts_and_what_is_not_is_said(
    cost: dict[str, float], settings: dict[str, object], stated: float, said: str
) -> None:
    """What a person typed for a product goes before what its file says: 9, not 7, in the last row."""
    found = switching(cost, **settings)
    document = valuation_summary(found)
    assert found.policy.one_off_stated == pytest.approx(stated, nan_ok=True)
    assert document["first_year_cash_is"] == said
    year = float(found.stock.transition.by_month[:12].sum())
    off = 0.0 if math.isnan(stated) else stated
    assert document["first_year_cash"] == pytest.approx(year - off)


def test_the_cost_of_the_files_stays_under_another_policy() -> None:
    found = switching({"P0": 7.0})
    assert found.under(StockPolicy(standard="hgb", one_off=3.0)).policy.one_off_stated == 10.0


def test_the_files_cost_counts_for_products_that_switch_alone() -> None:
    """A is made to order from now on, B stays: A's 1,000 stand in the way, the bridge and the summary; B's 500 nowhere."""
    one = study()
    items = one.items.with_field("one_off_cost", np.array([1000.0, 500.0]), 1)
    r = one.recommendation
    other = one.comparison.strategies.index("MTO")
    chosen = np.where(np.array(one.items.skus) == "A", other, r.baseline)
    free = np.array(one.items.skus) != "A"
    moved = replace(one, items=items, recommendation=replace(r, recommended=chosen, as_today=free))
    assert r.baseline[0] != other
    found = study_valuation(moved)
    assert found.policy.one_off_of == {"A": 1000.0}
    assert found.one_off_lacking == "of the programme"
    way = study_way(moved, found)
    table = transition_table(way, found)
    whole = table[table["scope"] == "all products"]
    assert whole["one_off"].iloc[0] == 1000.0 == whole["one_off"].iloc[-1]
    flow = whole["cash_released"].iloc[:-1] + whole["capital_saved"].iloc[:-1]
    assert whole["cumulative"].iloc[0] == pytest.approx(flow.iloc[0] - 1000.0)
    document = valuation_summary(found, way)
    assert document["first_year_cash"] == pytest.approx(float(flow.iloc[:12].sum()) - 1000.0)
    assert once_beside_the_gain(found)["cost of switching"] == -1000.0


def test_nothing_stated_is_no_zero_in_the_bridge() -> None:
    found = study_valuation(study())
    lines = study_bridge(study(), once_beside_the_gain(found)).one_off
    (cost,) = [line.amount for line in lines if line.step == "cost of switching"]
    assert math.isnan(cost)
