"""From any history to completed items and life cycle: never an exception, never a number that is not finite."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from analytics.assumptions import FIELDS, Assumptions
from analytics.demand import (
    complete_items,
    demand_classes,
    demand_panel,
    life_cycle,
    with_life,
    with_salvage_from_sales,
)
from analytics.items import GIVEN, ITEM_FIELDS, UNKNOWN, empty_items
from tests.demand.conftest import history_of


def run(sales, items=None, frequency=None):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        panel = demand_panel(sales, frequency, items)
        full = complete_items(items, sales, panel, Assumptions())
        life = life_cycle(panel, full)
        full = with_salvage_from_sales(with_life(full, life), sales, life)
        demand_classes(panel)
    for name, row in FIELDS.items():
        if np.isfinite(row.default):
            low, high = full.range(name)
            assert (
                np.isfinite(full[name]).all() and (low <= full[name]).all() and (full[name] <= high).all()
            ), name
            assert (full.origin(name) != UNKNOWN).all()
    for name in ("quote_days", "units_per_order", "historical_wait_days", "make"):
        assert np.isfinite(full[name]).all() and (full[name] >= 0).all()
    assert np.isfinite(life.alive).all() and ((life.alive >= 0) & (life.alive <= 1)).all()
    assert (full["quote_days"] >= full["component_lead_days"] + full["production_days"] - 1e-9).all() or (
        full.origin("quote_days") == GIVEN
    ).any()
    assert [str(s) for s in full.skus] == [str(s) for s in panel.skus]
    return panel, full, life


number = st.one_of(st.just(float("nan")), st.floats(-5, 500), st.just(0.0))


@settings(max_examples=120, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.data())
def test_anything_goes_through(data):
    n = data.draw(st.integers(1, 40))
    draw = lambda strategy: data.draw(st.lists(strategy, min_size=n, max_size=n))  # noqa: E731
    day = np.datetime64("2022-01-01") + np.array(draw(st.integers(0, 900)))
    wait = np.array(draw(st.integers(-3, 60)))
    quantity = np.array(draw(st.sampled_from([0.0, 1.0, 2.0, 7.5, 1e6, -1.0, -7.5])))
    sales = history_of(
        draw(st.sampled_from(["A", "B", "C"])), day, quantity, revenue=np.array(draw(number)),
        order=draw(st.sampled_from([None, "1", "2"])), customer=draw(st.sampled_from([None, "x", "y"])), channel=draw(st.sampled_from([None, "web", "shop"])),
        promised=np.where(wait % 3 == 0, np.datetime64("NaT", "D"), day + wait), shipped=np.where(wait % 2 == 0, np.datetime64("NaT", "D"), day + wait // 2),
        frequency=data.draw(st.sampled_from(["L", "D", "W", "M"])),
    )  # fmt: skip
    items = empty_items(["A", "B", "D"])
    for name in data.draw(
        st.lists(
            st.sampled_from([f for f, row in ITEM_FIELDS.items() if row.kind in ("number", "flag")]),
            max_size=8,
            unique=True,
        )
    ):
        column = np.array(data.draw(st.lists(number, min_size=3, max_size=3)))
        items = items.with_field(name, column, np.where(np.isnan(column), UNKNOWN, GIVEN))
    ends = np.array(
        data.draw(
            st.lists(
                st.sampled_from(["NaT", "2022-06-01", "2023-01-05", "2030-01-01"]), min_size=3, max_size=3
            )
        ),
        "datetime64[D]",
    )
    items = items.with_field("end_date", ends, np.where(np.isnat(ends), UNKNOWN, GIVEN))
    run(sales, data.draw(st.sampled_from([None, items])), data.draw(st.sampled_from([None, "D", "W", "M"])))


@pytest.mark.parametrize(
    "quantity",
    [
        [0.0] * 12,
        [5.0] + [0.0] * 11,
        [-1.0] * 12,
        [3.0] * 12,
        [1.0] * 11 + [1000.0],
        [5, -9, 4, 0, 0, -3, 8, 1, -2, 0, 0, 6],
    ],
)
@pytest.mark.parametrize("frequency", [None, "W", "M"])
def test_poor_histories(quantity, frequency):
    days = np.datetime64("2023-01-02") + 30 * np.arange(12)
    panel, _, _ = run(history_of(["A"] * 12, days, quantity, revenue=np.array(quantity) * 3), None, frequency)
    assert (panel.units >= 0).all()


def test_ten_thousand_days_and_one_row():
    run(
        history_of(
            ["A", "B"] * 10_000,
            np.repeat(np.datetime64("1996-01-01") + np.arange(10_000), 2),
            np.tile([1.0, 0.0], 10_000),
            frequency="D",
        ),
        None,
        "D",
    )
    run(history_of(["A"], ["2024-02-29"], [3.0]))


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(30)))
def test_the_order_of_rows_changes_nothing(order):
    rng = np.random.default_rng(4)
    order = list(order)
    sku = np.array(["A", "B", "C"] * 10)
    day = np.datetime64("2023-01-01") + np.sort(rng.choice(400, 30, replace=False))
    units = rng.integers(1, 9, 30).astype(float)
    money = units * rng.integers(5, 9, 30)
    _, base, life = run(history_of(list(sku), day, units, revenue=money))
    _, other, again = run(history_of(list(sku[order]), day[order], units[order], revenue=money[order]))
    for name in base.values:
        assert np.array_equal(base[name], other[name]) or np.allclose(
            base[name].astype(float), other[name].astype(float), equal_nan=True
        ), name
    assert np.array_equal(life.alive, again.alive)
