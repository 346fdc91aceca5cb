"""Prices on counts: two independent routes to the same money, and no price ever moves a count."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.items import Items
from analytics.naming.labels import COMPONENTS
from analytics.simulation.ledger import COUNT_INDEX, COUNTS, Ledger
from analytics.strategy.money.formulas import profit as profit_money
from analytics.strategy.money.measures import physical_measures, priced_measures
from analytics.strategy.money.price import (
    MONEY_FIELDS,
    money_values,
    price,
    profit_rates,
    reacted,
    reacted_anew,
)
from tests.closed_forms.money.economics import make_to_order_profit, make_to_stock_profit
from tests.strategy.small import balanced_counts, priced_items, random_ledger

STRATEGIES = ("MTS", "ATO", "MTO")
SHARES = ("fixed_cost_share", "component_share", "salvage_share", "clearing_share", "deposit_share")


def counts_of(**named: float) -> np.ndarray:
    """Counts of one product, zero where not named."""
    counts = np.zeros((1, len(COUNTS)))
    for name, value in named.items():
        counts[0, COUNT_INDEX[name]] = value
    return counts


def random_items(products: int, rng: np.random.Generator) -> Items:
    """Items whose every price is random: costs also above prices, premiums also negative."""
    columns: dict[str, np.ndarray] = {name: rng.uniform(0.0, 1.0, products) for name in SHARES}
    columns |= {
        name: rng.uniform(0.0, 500.0, products)
        for name in (
            "price",
            "unit_cost",
            "setup_cost",
            "order_setup_cost",
            "goodwill_per_unit",
            "waiting_cost_per_unit_day",
        )
    }
    columns |= {
        name: rng.uniform(0.0, 1.0, products) for name in ("capital_rate", "storage_rate", "insurance_rate")
    }
    columns |= {name: rng.uniform(-0.5, 2.0, products) for name in ("cost_premium", "price_premium")}
    return priced_items([f"P{i}" for i in range(products)], **columns)


@settings(max_examples=60, deadline=None)
@given(strategy=st.sampled_from(STRATEGIES), seed=st.integers(0, 2**32 - 1))
def test_profit_is_the_benchmark_less_the_components(strategy: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    items = random_items(4, rng)
    counts = balanced_counts(strategy, (4,), rng)
    money = priced_measures(counts, money_values(items, strategy))
    gap = money["benchmark"] - money["profit"] - sum(money[name] for name in COMPONENTS)
    scale = np.abs(counts[:, COUNT_INDEX["demanded"]]) * (items["price"] + items["unit_cost"]) + sum(
        np.abs(money[name]) for name in COMPONENTS
    )
    assert np.all(np.abs(gap) <= 1e-9 * scale)
    assert np.ptp(money["profit"]) > 0.0


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_rates_times_counts_are_the_formulas(strategy: str) -> None:
    rng = np.random.default_rng(11)
    items = random_items(5, rng)
    counts = balanced_counts(strategy, (5,), rng)
    m = money_values(items, strategy)

    def n(name: str) -> np.ndarray:
        return counts[:, COUNT_INDEX[name]]

    np.testing.assert_allclose((profit_rates(m) * counts).sum(axis=-1), profit_money(n, m), rtol=1e-11)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_price_applies_the_rates_to_every_setting_and_group(strategy: str) -> None:
    ledger = random_ledger(strategy, ["P0", "P1", "P2"], settings=4, seed=3)
    items = random_items(3, np.random.default_rng(4))
    profit = price(ledger, items).profit
    assert profit.shape == (3, 4, 2)
    for i in range(3):
        one = money_values(items.take(np.array([i])), strategy)
        for s in range(4):
            for g in range(2):
                row = ledger.counts[i, s, g]
                expected = profit_money(
                    lambda name, row=row: row[COUNT_INDEX[name]], {k: v[0] for k, v in one.items()}
                )
                assert profit[i, s, g] == pytest.approx(float(expected), rel=1e-11, abs=1e-9)


def test_prices_per_draw_replace_the_item_values() -> None:
    items = random_items(2, np.random.default_rng(5))
    drawn = np.array([[10.0, 20.0, 30.0], [1.0, 2.0, 3.0]])
    m = money_values(items, "MTS", {"unit_cost": drawn})
    assert m["cost"].shape == (2, 3)
    np.testing.assert_allclose(m["cost"], drawn * (1.0 - items["fixed_cost_share"])[:, None])
    rates = profit_rates(m)
    assert rates.shape == (2, 3, len(COUNTS))
    alone = profit_rates(money_values(items.with_field("unit_cost", drawn[:, 1], 1), "MTS"))
    np.testing.assert_allclose(rates[:, 1], alone, rtol=1e-13)


def test_a_year_in_stock_by_hand() -> None:
    """100 wanted, 4 lost at a margin of 4; 20 on hand and 5 in process on average; 8 lots; 3 scrapped, 2 cleared."""
    items = priced_items(
        ["A"],
        price=10.0,
        unit_cost=6.0,
        setup_cost=2.0,
        goodwill_per_unit=1.5,
        waiting_cost_per_unit_day=0.01,
    )
    counts = counts_of(
        demanded=100,
        lost=4,
        on_hand=20,
        in_process=5,
        lots=8,
        scrapped=3,
        cleared=2,
        late=0.5,
        opening=25,
        ordered=94,
        closing=13,
        closing_excess=5,
        sold_later_1=1,
        years_later_1=0.5,
        sold_later_4=3,
        years_later_4=6,
        sold_later_6=4,
        years_later_6=11,
    )
    got = priced_measures(counts, money_values(items, "MTS"))
    by_hand = {
        "capital": 0.1 * (6 * 20 + 0.5 * 6 * 5 + 6 * 6),
        "storage": 0.07 * 6 * (20 + 6),
        "setup": 16.0,
        "lost_margin": 16.0,
        "goodwill": 6.0,
        "waiting": 0.01 * 365 * 0.5,
        "obsolescence": 3 * 6 * 0.8,
        "run_off": 2 * 6 * 0.8,
        "markdown": 2 * 6 * 0.3,
        "cancellation": 0.0,
        "premium": 0.0,
        "perhaps_ended": 0.0,
        "benchmark": 400.0,
        "revenue": 960.0,
        "cash_tied_up": 6 * 20 + 0.5 * 6 * 5,
    }
    for name, value in by_hand.items():
        assert got[name][0] == pytest.approx(value, abs=1e-12), name
    assert got["profit"][0] == pytest.approx(400.0 - sum(by_hand[name] for name in COMPONENTS))
    # and by cash: sold 96, bought 94 (opening 25 taken over, 13 handed on, 3 sold later), 3 stranded and 2 later at 20 %, 2 cleared at 70 %
    cash = (
        960
        - 6 * (25 + 94 - 13 - 3)
        + 6 * (0.2 * 5 + 0.7 * 2)
        - by_hand["capital"]
        - by_hand["storage"]
        - 16
        - 6
        - by_hand["waiting"]
    )
    assert got["profit"][0] == pytest.approx(cash)


def test_a_year_to_order_by_hand() -> None:
    """80 of 100 accepted at a 36.5-day quote with a 25 % deposit; 5 % dearer to make, 10 % dearer to buy; 7.3 days in production."""
    items = priced_items(
        ["A"],
        price=10.0,
        unit_cost=6.0,
        order_setup_cost=3.0,
        cost_premium=0.05,
        price_premium=0.1,
        deposit_share=0.25,
    )
    counts = counts_of(
        demanded=100,
        lost=20,
        ordered=80,
        waited=80,
        to_order=80,
        promised=8.0,
        backordered=8.0,
        in_assembly=1.6,
        customer_orders=40,
    )
    got = priced_measures(counts, money_values(items, "MTO"))
    deposits = 0.25 * 11.0 * 8.0
    profit = 80 * (11.0 - 6.3) - 3.0 * 40 - 0.1 * (0.5 * 6.3 * 1.6 - deposits)
    assert got["profit"][0] == pytest.approx(profit)
    assert got["lost_margin"][0] == pytest.approx(80.0)
    assert got["premium"][0] == pytest.approx(80 * (0.3 - 1.0))
    assert got["setup"][0] == pytest.approx(120.0)
    assert got["cash_tied_up"][0] == pytest.approx(5.04 - deposits)


def test_assembly_carries_the_stocked_share_and_works_on_the_rest() -> None:
    items = priced_items(
        ["A"],
        price=100.0,
        unit_cost=60.0,
        component_share=0.4,
        setup_cost=10.0,
        order_setup_cost=5.0,
        cost_premium=0.5,
    )
    counts = counts_of(
        demanded=50, lost=5, ordered=45, to_order=45, on_hand=7, lots=4, customer_orders=45, scrapped=0
    )
    got = priced_measures(counts, money_values(items, "ATO"))
    assert got["storage"][0] == pytest.approx(0.07 * 24.0 * 7)
    assert got["setup"][0] == pytest.approx(10 * 0.4 * 4 + 5 * 0.6 * 45)
    assert got["premium"][0] == pytest.approx(45 * 60 * 0.5 * 0.6)


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("unknown", ["price", "unit_cost"])
def test_unknown_money_is_unknown_everywhere_never_zero(strategy: str, unknown: str) -> None:
    ledger = random_ledger(strategy, ["P0", "P1"], settings=2, seed=9)
    items = random_items(2, np.random.default_rng(10))
    items = items.with_field(unknown, np.array([np.nan, 5.0]), 1)
    profit = price(ledger, items).profit
    assert np.isnan(profit[0]).all() and np.isfinite(profit[1]).all()
    money = priced_measures(ledger.counts[:, 0, 0], money_values(items, strategy))
    for name, value in money.items():
        assert np.isnan(value[0]), f"{name} of a product without {unknown} is {value[0]}"
        assert np.isfinite(value[1]), name


def test_a_ledger_without_any_event_costs_nothing() -> None:
    items = random_items(1, np.random.default_rng(1))
    for strategy in STRATEGIES:
        money = priced_measures(np.zeros((1, len(COUNTS))), money_values(items, strategy))
        assert all(abs(float(value[0])) == 0.0 for value in money.values())


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_another_currency_scales_every_amount(strategy: str) -> None:
    rng = np.random.default_rng(21)
    items = random_items(3, rng)
    counts = balanced_counts(strategy, (3,), rng)
    amounts = (
        "price",
        "unit_cost",
        "setup_cost",
        "order_setup_cost",
        "goodwill_per_unit",
        "waiting_cost_per_unit_day",
    )
    doubled = items
    for name in amounts:
        doubled = doubled.with_field(name, 2.0 * items[name], 1)
    once, twice = (priced_measures(counts, money_values(i, strategy)) for i in (items, doubled))
    for name in once:
        np.testing.assert_allclose(twice[name], 2.0 * once[name], rtol=1e-12)
    assert set(amounts) < set(MONEY_FIELDS)


def test_misaligned_items_are_refused() -> None:
    ledger = random_ledger("MTS", ["P0", "P1"], settings=1, seed=1)
    with pytest.raises(ValueError, match="not aligned"):
        price(ledger, priced_items(["P1", "P0"]))
    with pytest.raises(ValueError, match="not aligned"):
        price(ledger, priced_items(["P0"]))


def test_physical_measures_by_hand() -> None:
    """Of 50 wanted, 5 are lost and 9 wait, together 0.9 unit-years: 36 at once (72 %), 20 % of the sold wait 36.5 days on average."""
    counts = counts_of(
        demanded=50,
        lost=5,
        waited=9,
        backordered=0.9,
        scrapped=1,
        closing_excess=2,
        lots=3,
        customer_orders=4,
        in_process=1.5,
        in_assembly=0.25,
    )[0]
    got = {name: float(value) for name, value in physical_measures(counts).items()}
    assert (
        got["units_sold"] == 45
        and got["fill_rate"] == pytest.approx(0.72)
        and got["share_waiting"] == pytest.approx(0.2)
        and got["share_lost"] == pytest.approx(0.1)
    )
    assert (
        got["wait_days_mean"] == pytest.approx(36.5)
        and got["units_scrapped"] == 1
        and got["units_left"] == 2
        and got["orders"] == 7
        and got["units_in_process"] == 1.75
    )


def test_shares_of_nothing_are_unknown() -> None:
    got = physical_measures(np.zeros((1, len(COUNTS))))
    assert (
        np.isnan(got["fill_rate"][0])
        and np.isnan(got["share_waiting"][0])
        and np.isnan(got["share_lost"][0])
        and got["wait_days_mean"][0] == 0.0
    )


def test_an_unbalanced_ledger_is_seen() -> None:
    ledger = random_ledger("MTS", ["P0"], settings=2, seed=2)
    assert np.abs(ledger.imbalance()).max() < 1e-9
    counts = ledger.counts.copy()
    counts[0, 1, 0, COUNT_INDEX["scrapped"]] += 1.0
    assert Ledger("MTS", ledger.skus, ledger.settings, counts).imbalance()[0, 1, 0] == pytest.approx(-1.0)


def test_the_stock_side_is_the_closed_form_of_a_year() -> None:
    """Stock and set-ups of the profit identity as counts; stranding at a hazard is hazard x average stock."""
    closed = make_to_stock_profit(
        demand_rate=900, price=70, unit_cost=40, salvage=8, setup_cost=150, order_quantity=120, carrying_rate=0.17, hazard=0.2, on_hand=85, backorders=2.5, fill_rate=0.93,
        share_waiting=0.35, goodwill_per_unit=3, backorder_cost=90,
    )  # fmt: skip
    items = priced_items(
        ["A"],
        price=70.0,
        unit_cost=40.0,
        setup_cost=150.0,
        goodwill_per_unit=3.0,
        waiting_cost_per_unit_day=90.0 / 365.0,
        salvage_share=0.2,
    )
    sold, stranded = closed.units_sold, 0.2 * 85
    counts = counts_of(
        demanded=900,
        lost=900 - sold,
        on_hand=85,
        late=2.5,
        lots=sold / 120,
        scrapped=stranded,
        ordered=sold + stranded,
    )
    got = priced_measures(counts, money_values(items, "MTS"))
    assert got["profit"][0] == pytest.approx(closed.economic_profit, rel=1e-12)
    assert got["capital"][0] + got["storage"][0] == pytest.approx(closed.carrying)
    assert got["obsolescence"][0] == pytest.approx(closed.obsolescence) and got["waiting"][
        0
    ] == pytest.approx(closed.backorder)


def order_counts(demanded: float, accepted: float, unit_years: float, per_order: float) -> np.ndarray:
    """What the simulation counts of a year to order before anybody cancels, is late or minds the price."""
    work = dict(
        promised=unit_years,
        backordered=unit_years,
        in_assembly=unit_years,
        customer_orders=accepted / per_order,
    )
    return counts_of(
        demanded=demanded,
        lost=demanded - accepted,
        ordered=accepted,
        to_order=accepted,
        waited=accepted,
        **work,
    )


def test_the_order_side_is_the_closed_form_of_a_year() -> None:
    """Work in process over the quote, deposits held over the quote, premiums on both."""
    closed = make_to_order_profit(
        demand_rate=400, share_staying=0.7, price=90, unit_cost=50, quote_days=30, capital_rate=0.1, price_premium=0.06, cost_premium=0.15, order_setup_cost=25,
        units_per_order=2.5, deposit_share=0.4, goodwill_per_unit=2,
    )  # fmt: skip
    items = priced_items(
        ["A"],
        price=90.0,
        unit_cost=50.0,
        price_premium=0.06,
        cost_premium=0.15,
        order_setup_cost=25.0,
        deposit_share=0.4,
        goodwill_per_unit=2.0,
    )
    accepted = closed.units_accepted
    unit_years = accepted * 30 / 365
    counts = order_counts(400, accepted, unit_years, 2.5)
    got = priced_measures(counts, money_values(items, "MTO"))
    assert got["profit"][0] == pytest.approx(closed.economic_profit, rel=1e-12)
    assert got["setup"][0] == pytest.approx(closed.setup) and got["goodwill"][0] == pytest.approx(
        closed.goodwill
    )
    assert got["capital"][0] == pytest.approx(closed.work_in_process - closed.deposit_benefit)


def test_cancellations_deposits_lateness_and_premium_are_the_closed_form_of_a_year() -> None:
    """The profit identity to order: 8 % cancel half way, 30 % deposit, 2.5 days late on average, 10 % dearer and 1.6 % volume lost per percent."""
    kept = 1.1**-1.6
    closed = make_to_order_profit(
        demand_rate=400, share_staying=0.7 * kept, price=90, unit_cost=50, quote_days=30, capital_rate=0.1, price_premium=0.1, cost_premium=0.15, cancellation_share=0.08,
        order_setup_cost=25, units_per_order=2.5, waiting_cost_per_unit_day=0.7, tardy_days=2.5, sunk_share=0.5, part_built_salvage=0.2 * 0.5 * 50 * 1.15, deposit_share=0.3,
        goodwill_per_unit=2,
    )  # fmt: skip
    items = priced_items(["A"], price=90.0, unit_cost=50.0, price_premium=0.1, cost_premium=0.15, order_setup_cost=25.0, deposit_share=0.3, goodwill_per_unit=2.0,
                         price_elasticity=1.6, cancellation_share=0.08, sunk_share=0.5, late_days=2.5, waiting_cost_per_unit_day=0.7, salvage_share=0.2)  # fmt: skip
    counts = order_counts(400, 280, 280 * 30 / 365, 2.5)
    money = money_values(items, "MTO")
    after = reacted(counts, "MTO", money)
    got = priced_measures(after, money)
    assert got["profit"][0] == pytest.approx(closed.economic_profit, rel=1e-12)
    assert (profit_rates(money, "MTO") * counts).sum() == pytest.approx(closed.economic_profit, rel=1e-12)
    for name, value in {
        "cancellation": closed.cancellation,
        "waiting": closed.tardiness,
        "setup": closed.setup,
        "goodwill": closed.goodwill,
    }.items():
        assert got[name][0] == pytest.approx(value, rel=1e-12), name
    assert got["capital"][0] == pytest.approx(closed.work_in_process - closed.deposit_benefit)
    assert sum(got[name][0] for name in COMPONENTS) == pytest.approx(
        got["benchmark"][0] - got["profit"][0], rel=1e-12
    )
    assert physical_measures(after)["units_sold"][0] == pytest.approx(closed.units_delivered)


@settings(max_examples=40, deadline=None)
@given(strategy=st.sampled_from((*STRATEGIES, "HYBRID")), seed=st.integers(0, 2**32 - 1))
def test_reactions_conserve_units_and_money(strategy: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    columns = dict(price_elasticity=rng.uniform(0, 4, 3), cancellation_share=rng.uniform(0, 1, 3), sunk_share=rng.uniform(0, 1, 3), late_days=rng.uniform(0, 20, 3),
                   price_erosion_per_year=rng.uniform(-0.1, 0.6, 3))  # fmt: skip
    items = random_items(3, rng)
    for name, values in columns.items():
        items = items.with_field(name, values, 1)
    counts = balanced_counts("ATO" if strategy == "HYBRID" else strategy, (3,), rng)
    if strategy == "HYBRID":
        counts[:, COUNT_INDEX["to_order"]] *= 0.3
    counts[:, COUNT_INDEX["in_batches"]] = counts[:, COUNT_INDEX["to_order"]] * rng.uniform(0.0, 1.0, 3)
    m = money_values(items, strategy)
    after = reacted(counts, strategy, m)
    assert (
        np.abs(Ledger(strategy, items.skus, {}, after[:, None, None]).imbalance()).max() < 1e-9 * counts.max()
    )
    money = priced_measures(after, m)
    scale = np.abs(counts).sum(axis=1) * (items["price"] + items["unit_cost"])
    assert np.all(
        np.abs(money["benchmark"] - money["profit"] - sum(money[name] for name in COMPONENTS)) <= 1e-9 * scale
    )
    assert np.all(np.abs((profit_rates(m, strategy) * counts).sum(axis=1) - money["profit"]) <= 1e-9 * scale)
    if strategy == "MTS":
        assert np.array_equal(after, counts)
    else:
        assert np.all(after[:, COUNT_INDEX["lost"]] >= counts[:, COUNT_INDEX["lost"]] - 1e-9)


def test_erosion_is_charged_on_units_held_only() -> None:
    falling = priced_items(["A"], price=10.0, unit_cost=6.0, price_erosion_per_year=0.52)
    steady = priced_items(["A"], price=10.0, unit_cost=6.0)
    held = counts_of(demanded=100, lost=4, on_hand=20, ordered=96)
    lost = [priced_measures(held, money_values(items, "MTS")) for items in (falling, steady)]
    assert lost[0]["markdown"][0] - lost[1]["markdown"][0] == pytest.approx(0.52 * 6 * 20)
    assert lost[1]["profit"][0] - lost[0]["profit"][0] == pytest.approx(0.52 * 6 * 20)
    to_order = order_counts(100, 80, 8.0, 1.0)
    assert (
        priced_measures(to_order, money_values(falling, "MTO"))["profit"]
        == priced_measures(to_order, money_values(steady, "MTO"))["profit"]
    )


@pytest.mark.parametrize("strategy", ["MTS", "ATO", "MTO"])
@pytest.mark.parametrize("seed", [3, 8])
def test_reacting_anew_is_reacting_at_the_other_prices(strategy: str, seed: int) -> None:
    """From the counts as they react at one set of prices to those at another, without the untouched ones in between."""
    rng = np.random.default_rng(seed)
    raw = balanced_counts(strategy, (30,), rng)
    before, after = (
        money_values(
            priced_items([f"P{i}" for i in range(30)], component_share=0.4, price_premium=rng.uniform(0.01, 0.3, 30), price_elasticity=rng.uniform(0.5, 6.0, 30),
                         cancellation_share=rng.uniform(0.0, 0.4, 30), late_days=rng.uniform(0.0, 5.0, 30)), strategy)
        for _ in range(2)
    )  # fmt: skip
    found, wanted = (
        reacted_anew(reacted(raw, strategy, before), strategy, before, after),
        reacted(raw, strategy, after),
    )
    for name in ("demanded", "lost", "ordered", "to_order", "in_process", "customer_orders", "on_hand"):
        np.testing.assert_allclose(
            found[:, COUNT_INDEX[name]], wanted[:, COUNT_INDEX[name]], rtol=1e-9, atol=1e-7, err_msg=name
        )
    assert strategy == "MTS" or np.abs(found - reacted(raw, strategy, before)).max() > 1.0


@pytest.mark.parametrize("strategy", ["MTS", "ATO", "MTO", "HYBRID"])
def test_a_count_is_worth_what_one_unit_of_it_alone_earns(strategy: str) -> None:
    """Every count by itself, one unit of it and nothing else: with prices drawn, alike in every draw, and unknown."""
    rng = np.random.default_rng(11)
    items = random_items(6, rng)
    price = np.asarray(items["price"], float).copy()
    price[4] = np.nan
    items = items.with_field("price", price, 1)
    drawn = {
        name: np.asarray(items[name], float)[:, None] * rng.uniform(0.5, 1.0, (6, 5))
        for name in ("unit_cost", "capital_rate", "cancellation_share", "price_elasticity", "units_per_order")
    }
    drawn |= {
        name: np.repeat(np.asarray(items[name], float)[:, None], 5, axis=1)
        for name in MONEY_FIELDS
        if name not in drawn
    }
    alike = {name: np.repeat(np.asarray(items[name], float)[:, None], 5, axis=1) for name in MONEY_FIELDS}
    for values, draws in ((drawn, (5,)), (alike, (5,)), (None, ())):
        m = money_values(items, strategy, values)
        rates = profit_rates(m, strategy)
        assert rates.shape == (6, *draws, len(COUNTS))
        for name, k in COUNT_INDEX.items():
            counts = np.zeros((*rates.shape[:-1], len(COUNTS)))
            counts[..., k] = 1.0
            after = reacted(counts, strategy, m)
            alone = profit_money(lambda of, after=after: after[..., COUNT_INDEX[of]], m)  # type: ignore[misc]
            np.testing.assert_array_equal(rates[..., k], alone, err_msg=name)
        assert np.isnan(rates[4]).all() and np.isfinite(np.delete(rates, 4, axis=0)).all()
