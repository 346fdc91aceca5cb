"""Stock in money from the customer's own file: the parts of the balance by hand, how long it lasts by a loop, and real files by SQL."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest

from analytics.assumptions import Assumptions
from analytics.data import read_items, read_sales
from analytics.items import GIVEN, Items, empty_items
from analytics.study import _demand
from analytics.valuation.on_hand import StockFacts, cover_months, stock_facts
from analytics.valuation.transition import Ahead
from analytics.writeup.stock import stock_summary

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
NAN = float("nan")
FIRST, LAST_SALE = np.datetime64("2025-01", "M"), np.datetime64("2024-12-30")


def items_of(skus: str, **columns: list[float]) -> Items:
    items = empty_items(list(skus))
    for name, values in columns.items():
        items = items.with_field(name, np.array(values), GIVEN)
    return items


def two_ahead(holds: np.ndarray, components: np.ndarray) -> Ahead:
    """Two living products that sell one a month each, without a known end."""
    return Ahead(np.zeros(2, bool), np.ones((2, 24)), np.full(2, np.inf), holds, components, FIRST)


def by_hand(scale: float = 1.0) -> StockFacts:
    """a sells 10 a month, b has ended, c has no cost, d no record, e is booked below zero; x and y stand in the items file alone."""
    stock, below, cost = [200.0, 40.0, 6.0, NAN, NAN], [NAN, NAN, NAN, NAN, -3.0], [2.5, 10.0, NAN, 4.0, 7.0]
    sold = items_of("abcde", on_hand=stock, stock_below_zero=below, unit_cost=[scale * v for v in cost])
    given = items_of(
        "abcdexy",
        on_hand=[*stock, 11.0, NAN],
        stock_below_zero=[*below, NAN, NAN],
        unit_cost=[scale * v for v in [*cost, 3.0, 1.0]],
    )
    monthly = np.repeat([[10.0], [0.0], [1.0], [2.0], [5.0]], 24, axis=1)
    ended = np.array([False, True, False, False, False])
    holds = np.array([15.0, 0.0, 2.0, 4.0, 3.0])
    return stock_facts(
        sold, given, Ahead(ended, monthly, np.full(5, np.inf), holds, np.zeros(5), FIRST), LAST_SALE
    )


def test_the_parts_of_the_balance() -> None:
    stock = by_hand()
    found = {p.name: (p.products, p.units, p.money, p.counted) for p in stock.parts}
    assert (
        found["living"] == (1, 200.0, 500.0, True)
        and found["ended"] == (1, 40.0, 400.0, True)
        and found["never_sold"] == (1, 11.0, 33.0, True)
    )
    assert (
        found["without_cost"][:2] == (1, 6.0)
        and np.isnan(found["without_cost"][2])
        and not found["without_cost"][3]
    )
    assert found["below_zero"] == (1, -3.0, -21.0, False)
    assert found["unknown"][0] == 2 and np.isnan(found["unknown"][1]) and stock.unknown_sold == 1
    assert (
        stock.total == 933.0
        and stock.sold == 900.0
        and stock.total == stock.living + stock.ended + stock.never_sold
    )
    document = stock_summary(stock)
    assert (
        document["total"] == 933.0
        and sum(p["money"] for p in document["parts"] if p["in_total"]) == 933.0
        and document["sold_products_without_record"] == 1
    )


def test_slow_is_not_lost() -> None:
    """200 units at 10 a month last 20 months, to August of the second year; beyond twelve months lie 80, at 2.50 each."""
    stock = by_hand()
    assert (
        stock.cover_months[0] == 20.0
        and str(stock.runs_out[0]) == "2026-08"
        and stock.excess_units[0] == 80.0
        and stock.slow == 200.0
    )
    assert stock.skus[stock.slowest].tolist() == ["a"] and stock.skus[stock.lost].tolist() == ["b"]
    assert (
        np.isnan(stock.excess_units[3]) and np.isnan(stock.cover_months[3]) and stock.excess_units[1] == 0.0
    )
    assert stock.becomes_cash[0] == 2.5 * (200 - 15)
    for unknown in (stock.becomes_cash, stock.ties_up, stock.not_cash):  # takes no part
        assert np.isnan(unknown[[2, 3, 4, 6]]).all()


def test_money_scales_and_units_do_not() -> None:
    one, seven = by_hand(), by_hand(7.0)
    assert seven.total == pytest.approx(7.0 * one.total) and seven.slow == pytest.approx(7.0 * one.slow)
    assert seven.transition.cash_released == pytest.approx(7.0 * one.transition.cash_released)
    np.testing.assert_array_equal(one.cover_months, seven.cover_months)
    np.testing.assert_array_equal(one.excess_units, seven.excess_units)


def test_parts_that_do_not_close_are_refused() -> None:
    stock = by_hand()
    with pytest.raises(ValueError, match="parts hold"):
        StockFacts(**{**vars(stock), "group": np.array([0, 1, 0, 0, 0, 5, 2], np.int8)})


def test_nothing_known_is_nothing_said() -> None:
    sold = items_of("ab", unit_cost=[2.0, 3.0])
    stock = stock_facts(
        sold, None, two_ahead(holds=np.array([5.0, 6.0]), components=np.array([1.0, 2.0])), LAST_SALE
    )
    assert not stock.known and stock.transition.cash_released == stock.transition.must_be_bought == 0.0
    document = stock_summary(stock)
    assert (
        all(np.isnan(document[name]) for name in ("total", "slow", "cash_released", "cash_tied_up"))
        and document["cash_released_by_month"] == []
    )


def test_stock_dated_after_the_last_sale_is_said() -> None:
    sold = items_of("ab", on_hand=[5.0, 6.0], unit_cost=[2.0, 3.0]).with_field(
        "stock_date", np.array(["2024-12-30", "2025-02-01"], "datetime64[D]"), GIVEN
    )
    stock = stock_facts(sold, sold, two_ahead(holds=np.zeros(2), components=np.zeros(2)), LAST_SALE)
    assert (
        len(stock.notes) == 1
        and "Stock of 1 product is dated after the last sale of the file (2025-02-01 against 2024-12-30)"
        in stock.notes[0]
    )


def test_cover_by_a_loop() -> None:
    """Seasonal demand, a known end, and stock for years: half a unit at a time until it is gone."""
    rng = np.random.default_rng(5)
    n = 30
    monthly = np.round(rng.gamma(0.8, 8.0, (n, 24)), 1)
    until = np.where(rng.random(n) < 0.4, rng.integers(1, 40, n), np.inf).astype(float)
    monthly[np.arange(24)[None, :] >= until[:, None]] = 0.0
    on_hand = np.round(rng.gamma(0.6, 300.0, n), 1)
    got = cover_months(on_hand, monthly, until)
    for i in range(n):
        left, month = on_hand[i], 0
        while left > 1e-9 and month < 120:
            demand = (
                0.0
                if month >= until[i]
                else monthly[i, month]
                if month < 24
                else monthly[i, 12 + (month - 24) % 12]
            )
            if demand >= left:
                break
            left, month = left - demand, month + 1
        expected = np.inf if month == 120 else month + (left / demand if left > 1e-9 else 0.0)
        assert got[i] == pytest.approx(expected, abs=1e-6)


@pytest.mark.skipif(not SHARED.is_dir(), reason="shared data not beside the project")
def test_adventure_works_ties_to_sql() -> None:
    """20,092,679.17 in all, 18,877,642.80 of sold products, 8,169,724.31 on 69 ended ones, 56 sold without a record: found again by SQL on the files."""
    items, _ = read_items(SHARED / "adventureworks_items.csv")
    history = read_sales(SHARED / "adventureworks_sales.csv.gz")
    panel, completed, _, life = _demand(history, items, Assumptions(), None, None)
    nothing = np.zeros(len(panel.skus))
    stock = stock_facts(
        completed,
        items,
        Ahead(
            life.ended,
            np.zeros((len(panel.skus), 24)),
            np.full(len(panel.skus), np.inf),
            nothing,
            nothing,
            FIRST,
        ),
        LAST_SALE,
    )
    sql = f"""
        with item as (select sku, on_hand, nullif(standard_cost, 0) as cost, sell_end from read_csv('{SHARED}/adventureworks_items.csv', types={{'sku': 'varchar'}})),
             sale as (select distinct sku from read_csv('{SHARED}/adventureworks_sales.csv.gz', types={{'sku': 'varchar', 'order_number': 'varchar'}}))
        select sum(on_hand * cost), sum(on_hand * cost) filter (sku in (from sale)), sum(on_hand * cost) filter (sku in (from sale) and sell_end is not null),
               count(*) filter (sku in (from sale) and sell_end is not null and on_hand > 0), count(*) filter (sku in (from sale) and on_hand is null),
               sum(on_hand) filter (cost is null) from item
    """
    with duckdb.connect() as base:
        row = base.execute(sql).fetchone()
    assert row is not None
    total, sold, ended, ended_products, without, uncosted = row
    assert (round(total, 2), round(sold, 2), round(ended, 2), ended_products, without) == (
        20_092_679.17,
        18_877_642.80,
        8_169_724.31,
        69,
        56,
    )
    assert (round(stock.total, 2), round(stock.sold, 2), round(stock.ended, 2), stock.unknown_sold) == (
        20_092_679.17,
        18_877_642.80,
        8_169_724.31,
        56,
    )
    parts = {p.name: p for p in stock.parts}
    assert parts["ended"].products == 69 == len(stock.lost) and parts["without_cost"].units == uncosted
