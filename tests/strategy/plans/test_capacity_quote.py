"""Quotes from capacity against a simulated shop, and what must hold whatever the numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.demand.order_sizes import OrderSizes
from analytics.items import DERIVED, GIVEN, Items, empty_items
from analytics.strategy.plans.capacity_quote import capacity_quote, with_capacity_quote


def shop(products: int = 1, **fields: object) -> Items:
    """Products made in one shop: 40 hours a week, an hour a unit, half an hour a set-up, single units, ten days of components."""
    items = empty_items([f"P{i}" for i in range(products)])
    plain = {"capacity_hours_per_week": 40.0, "hours_per_unit": 1.0, "setup_hours": 0.5, "units_per_order": 1.0, "patience_per_day": 0.01, "historical_wait_days": 0.0,
             "component_lead_days": 10.0, "production_days": 3.0, "make": 1.0, "current_mode": "MTO", "quote_days": 99.0}  # fmt: skip
    for name, value in {**plain, **fields}.items():
        items = items.with_field(name, value, DERIVED if name == "quote_days" else GIVEN)
    return items


def sizes_of(items: Items, *sizes: np.ndarray) -> OrderSizes:
    """Orders of each product with these sizes, so close together that nothing is known of how they come."""
    each = [np.sort(np.asarray(s, float)) for s in sizes] or [np.empty(0)] * len(items)
    start = np.concatenate([[0], np.cumsum([len(s) for s in each])]).astype(np.int64)
    return OrderSizes(items.skus, start, np.concatenate(each), np.zeros(int(start[-1]), np.int64))


def level(*rates: float) -> np.ndarray:
    return np.tile(np.array(rates)[:, None], (1, 52))


def test_a_simulated_shop_waits_as_long_loses_as_many_and_keeps_the_promise() -> None:
    """Orders of 1, 2 or 6 units come at random, are told the quote, stay or leave, and queue; nothing here knows the formulas."""
    sizes, chance = np.array([1.0, 2.0, 6.0]), np.array([0.5, 0.3, 0.2])
    mean = float(sizes @ chance)
    capacity, hours, setup, units, patience, reliability = 60.0, 1.3, 0.8, 36.0, 0.012, 0.85
    items = shop(
        capacity_hours_per_week=capacity,
        hours_per_unit=hours,
        setup_hours=setup,
        units_per_order=mean,
        patience_per_day=patience,
        quote_reliability=reliability,
    )
    seen = np.repeat(sizes, (chance * 20_000).astype(int))
    found = capacity_quote(items, level(units), sizes_of(items, seen))
    quote = float(found.quote_days[0])
    waits, stayed, kept = [], [], []
    for seed in range(16):
        rng = np.random.default_rng(seed)
        count = 150_000
        stays = rng.random(count) < np.exp(-patience * quote)
        moment = np.cumsum(rng.exponential(mean / units, count))[stays]
        work = (setup + hours * rng.choice(sizes, len(moment), p=chance)) / capacity
        free, wait = 0.0, np.empty(len(moment))
        for k, (arrives, takes) in enumerate(zip(moment.tolist(), work.tolist(), strict=True)):
            free = max(free, arrives)
            wait[k] = free - arrives
            free += takes
        promised = quote - 10.0 - max(3.0, 7.0 * float((setup + hours * mean) / capacity))
        waits.append(7.0 * wait[2000:].mean())
        kept.append((7.0 * wait[2000:] <= promised).mean())
        stayed.append(stays.mean())
    error = np.std(waits, ddof=1) / 4.0
    assert error < 0.02 * np.mean(waits) and abs(np.mean(waits) - found.wait_days[0]) < 4.0 * error
    assert np.mean(stayed) == pytest.approx(found.share_staying[0], abs=0.002)
    assert np.mean(kept) == pytest.approx(reliability, abs=0.02)  # the exponential tail is an approximation
    assert 0.4 < found.utilisation[0] < 0.95


def test_the_share_that_stays_is_that_of_the_quote() -> None:
    items = shop(
        3,
        hours_per_unit=[1.0, 0.4, 2.0],
        patience_per_day=[0.01, 0.05, 0.001],
        historical_wait_days=[0.0, 12.0, 5.0],
        current_mode=["MTO", "", "MTS"],
    )
    found = capacity_quote(items, level(9.0, 20.0, 7.0), sizes_of(items))
    beyond = np.maximum(found.quote_days - [0.0, 12.0, 5.0], 0.0)
    assert found.share_staying == pytest.approx(np.exp(-np.array([0.01, 0.05, 0.001]) * beyond), rel=1e-9)
    assert (
        np.all(found.quote_days > 13.0)
        and np.all(np.isfinite(found.late_days))
        and np.all(found.utilisation < 1.0)
    )


@settings(max_examples=25, deadline=None)
@given(
    st.floats(0, 200),
    st.floats(0, 80),
    st.floats(0, 5),
    st.floats(0, 3),
    st.floats(0, 0.5),
    st.floats(0, 60),
    st.floats(0.3, 0.99),
)
def test_never_a_negative_wait_nor_a_promise_beyond_capacity(
    capacity: float, units: float, hours: float, setup: float, patience: float, campaign: float, reliability: float
) -> None:  # fmt: skip
    items = shop(
        2,
        capacity_hours_per_week=capacity,
        hours_per_unit=hours,
        setup_hours=setup,
        patience_per_day=patience,
        campaign_days=campaign,
        quote_reliability=reliability,
    )
    found = capacity_quote(items, level(units, 0.3 * units), sizes_of(items))
    assert np.all(found.quote_days >= 13.0) and np.all(found.utilisation >= 0.0)
    promised = np.isfinite(found.quote_days)
    assert (
        np.all(found.utilisation[promised] < 1.0)
        and np.all(found.wait_days[promised] >= 0.0)
        and np.all(found.share_staying[~promised] == 0.0)
    )


def test_the_peak_month_counts_not_the_average() -> None:
    items = shop()
    flat, peaked = level(15.0), level(15.0)
    peaked[:, 30:34], peaked[:, 40:48] = 25.0, 10.0  # the same units in the year
    assert peaked.sum() == flat.sum()
    calm, busy = (capacity_quote(items, demand, sizes_of(items)) for demand in (flat, peaked))
    assert busy.quote_days[0] > calm.quote_days[0] + 1.0 and busy.utilisation[0] > calm.utilisation[0]


def test_campaigns_save_set_ups_and_cost_time() -> None:
    single = capacity_quote(shop(setup_hours=2.0, patience_per_day=0.0), level(14.0), sizes_of(shop()))
    gathered = capacity_quote(
        shop(setup_hours=2.0, patience_per_day=0.0, campaign_days=14.0), level(14.0), sizes_of(shop())
    )
    assert np.isinf(single.quote_days[0])  # 14 x 3 hours in a week of 40, and nobody leaves
    assert gathered.utilisation[0] == pytest.approx((14.0 + 2.0 / 2.0) / 40.0)  # one set-up in two weeks
    assert 10.0 + 14.0 * 0.9 < gathered.quote_days[0] < 60.0


def test_what_others_make_fills_the_shop() -> None:
    alone = capacity_quote(shop(1), level(10.0), sizes_of(shop(1)))
    stocked = shop(2, current_mode=["MTO", "MTS"])
    beside = capacity_quote(stocked, level(10.0, 18.0), sizes_of(stocked))
    elsewhere = shop(2, current_mode=["MTO", "MTS"], work_center=["saw", "lathe"])
    apart = capacity_quote(elsewhere, level(10.0, 18.0), sizes_of(elsewhere))
    assert beside.quote_days[0] > alone.quote_days[0] and apart.quote_days[0] == pytest.approx(
        alone.quote_days[0]
    )


def test_only_where_capacity_is_known_and_no_quote_is_given() -> None:
    items = shop(4, hours_per_unit=[1.0, np.nan, 1.0, 90.0], patience_per_day=0.0).with_field(
        "quote_days", 99.0, [DERIVED, DERIVED, GIVEN, DERIVED]
    )
    got, notes = with_capacity_quote(items, level(2.0, 5.0, 3.0, 1.0), sizes_of(items))
    assert (
        got["quote_days"][1] == 99.0
        and got["quote_days"][2] == 99.0
        and np.isinf(got["quote_days"][[0, 3]]).all()
    )
    assert any("no lead time can be promised" in note for note in notes)
    got, notes = with_capacity_quote(
        items.with_field("hours_per_unit", [1.0, np.nan, 1.0, 0.5], GIVEN),
        level(2.0, 5.0, 3.0, 1.0),
        sizes_of(items),
    )
    assert (
        np.isfinite(got["quote_days"]).all()
        and 13.0 < got["quote_days"][0] < 20.0
        and "P0" in notes[0]
        and "P1" not in notes[0]
    )
    assert got.origin("late_days").tolist() == [DERIVED, 0, 0, DERIVED]
    assert with_capacity_quote(shop(hours_per_unit=np.nan), level(2.0), sizes_of(shop()))[1] == []
