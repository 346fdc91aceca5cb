"""A ledger of thirty products, every figure worked out by hand in the table below: age, cover, reserve, buckets, excess, roll-forward, tie.

Day of the stock 2024-12-31. Ladders as assumed: 181 days 25 %, 366 days 50 %; cover 12, 24, 36 months 25, 50, 100 %. Salvage 20 % but for
P10 (60 %). Cost to sell 10 % of the price; prices are twice the cost but for P14 (8) and P15 (9.50), so that only these two fetch less:
P14 8.00 - 0.80 = 7.20, P15 9.50 - 0.95 = 8.55. The receipts reach back 700 days (P04), so what is older than they are counts as 701; the
sales reach back 500 days (P13 has none; P07's is the oldest).

sku  units  cost  value  layers (units @ days)      age %   a month  cover  cover %  reserve
P01  100    10    1,000  100 @ 30                    0      20       5      0        0
P02  100    10    1,000  60 @ 30, 40 of 80 @ 200     10     20       5      0        100 age: 40 % x 25 %
P03  100    10    1,000  50 @ 400, 50 older          50     10       10     0        500 age
P04  80     5     400    60 @ 10, 20 of 30 @ 700     12.5   5        16     25       100 cover (age: 50)
P05  240    2     480    240 @ 100                   0      10       24     50       240 cover
P06  360    1     360    360 @ 100                   0      10       36     100      360 cover
P07  50     20    1,000  50 @ 100                    0      0        none   100      1,000 cover: nobody asks for it
P08  10     100   1,000  10 @ 20                     0      ended                    800 ended: 80 %
P09  10     100   1,000  10 @ 400                    50     ended                    800 ended, not 130 %
P10  10     100   1,000  10 @ 400                    50     ended, salvage 60 %      500 age: more than 40 %
P11  40     5     200    40 @ 50                     0      never sold               0
P12  40     5     200    40 @ 500                    50     never sold               100 age
P13  40     5     200    no record of it: all older         never sold               0: nothing is known of it
P14  100    10    1,000  100 @ 10                    0      50       2      0        280 fetches 7.20
P15  100    10    1,000  100 @ 200                   25     50       2      0        250 age (it fetches 8.55: 145)
P16  7      ?                                                                        in no sum
P17  ?      4                                                                        in no sum
P18  -4     3                                                                        in no sum: -12
P19  0      6     0                                                                  0
P20  0      4     0      12 on consignment                                           in no sum: 48
P21  30     4     120    10 @ 10, 10 @ 100, 10 @ 300 8.33   10       3      0        10 age, by its sales
P22  50     4     200    20 @ 10, 30 older (501)     30     10       5      0        60 age, by its sales
P23  500    1     500    500 @ 60                    0      10       50     new      0: sold for 3 months
P24  100    10    1,000  100 @ 10                    0      20       5      0        333.33 set by hand
P25  10     10    100    10 @ 10                     0      5        2      0        100: 500 set by hand, never above the value
P26  300    3     900    300 @ 10                    0      20       15     25       225 cover
P27  20     5     100    10 @ 40, 10 older           25     10       2      0        25 age; 30 came 5 days later
P28  6      10    60     6 of 10 @ 50                0      10       0.6    0        0; 4 went back
P29  2.5    8     20     2.5 @ 181                   25     1        2.5    0        5 age: the step is reached
P30  10     10    100    10 @ 10                     0      5        2      0        0; 40 are booked
                  -------                                                            --------
                  13,940                                                             5,788.33
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.items import GIVEN, empty_items
from analytics.valuation.ageing import ageing
from analytics.valuation.bands import older_than, value_by_cover, value_by_family
from analytics.valuation.on_hand import stock_facts
from analytics.valuation.policy import Override, StockPolicy
from analytics.valuation.transition import Ahead
from analytics.valuation.valued import SoldBefore, ValuedStock
from analytics.writeup.reserves import (
    ageing_table,
    journal_table,
    nrv_table,
    reserve_table,
    roll_forward_table,
    valuation_summary,
)
from analytics.writeup.stock import stock_table

NAN = float("nan")
SKUS = [f"P{k:02d}" for k in range(1, 31)]
UNITS = [
    100,
    100,
    100,
    80,
    240,
    360,
    50,
    10,
    10,
    10,
    40,
    40,
    40,
    100,
    100,
    7,
    NAN,
    NAN,
    0,
    0,
    30,
    50,
    500,
    100,
    10,
    300,
    20,
    6,
    2.5,
    10,
]
COST = [
    10,
    10,
    10,
    5,
    2,
    1,
    20,
    100,
    100,
    100,
    5,
    5,
    5,
    10,
    10,
    NAN,
    4,
    3,
    6,
    4,
    4,
    4,
    1,
    10,
    10,
    3,
    5,
    10,
    8,
    10,
]
MONTHLY = [
    20,
    20,
    10,
    5,
    10,
    10,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    50,
    50,
    1,
    1,
    1,
    1,
    1,
    10,
    10,
    10,
    20,
    5,
    20,
    10,
    10,
    1,
    5,
]
RESERVE = {
    "P02": 100, "P03": 500, "P04": 100, "P05": 240, "P06": 360, "P07": 1000, "P08": 800, "P09": 800, "P10": 500, "P12": 100, "P14": 280, "P15": 250,
    "P21": 10, "P22": 60, "P24": 333.33, "P25": 100, "P26": 225, "P27": 25, "P29": 5,
}  # fmt: skip
RECEIPTS = {
    "P01": [(100, 30)], "P02": [(60, 30), (80, 200)], "P03": [(50, 400)], "P04": [(30, 700), (60, 10)], "P05": [(240, 100)], "P06": [(360, 100)],
    "P07": [(50, 100)], "P08": [(10, 20)], "P09": [(10, 400)], "P10": [(10, 400)], "P11": [(40, 50)], "P12": [(40, 500)], "P14": [(100, 10)],
    "P15": [(100, 200)], "P23": [(500, 60)], "P24": [(100, 10)], "P25": [(10, 10)], "P26": [(300, 10)], "P27": [(30, -5), (10, 40)],
    "P28": [(10, 50), (-4, 40)], "P29": [(2.5, 181)], "P30": [(10, 10)],
}  # fmt: skip
SALES = {"P07": [(5, 500)], "P21": [(10, 10), (10, 100), (10, 300)], "P22": [(20, 10)]}
CENT = {"abs": 0.005}


def lines_of(table: dict[str, list[tuple[float, float]]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Position, age in days and units of every line."""
    rows = [(SKUS.index(sku), days, units) for sku, lines in table.items() for units, days in lines]
    item, days, units = (np.array(column, float) for column in zip(*rows, strict=True))
    return item.astype(np.intp), days, units


def ledger(standard: str = "ifrs", scale: float = 1.0) -> ValuedStock:
    """The thirty products; P11 to P13 stand in the items file alone, so they come last."""
    sold = [sku for sku in SKUS if sku not in ("P11", "P12", "P13")]
    order = [*sold, "P11", "P12", "P13"]
    at = np.array([SKUS.index(sku) for sku in order])

    def given(skus: list[str]) -> object:
        items, rows = empty_items(skus), [SKUS.index(sku) for sku in skus]
        below = [-4.0 if sku == "P18" else NAN for sku in skus]
        away = [12.0 if sku == "P20" else NAN for sku in skus]
        for name, column in (
            ("on_hand", [UNITS[r] for r in rows]),
            ("unit_cost", [scale * COST[r] for r in rows]),
            ("stock_below_zero", below),
            ("stock_consigned", away),
        ):
            items = items.with_field(name, np.array(column, float), GIVEN)
        return items

    n = len(sold)
    ended = np.array([sku in ("P08", "P09", "P10") for sku in sold])
    monthly = np.repeat(np.array(MONTHLY, float)[at[:n], None], 24, axis=1)
    zero = np.zeros(n)
    ahead = Ahead(ended, monthly, np.full(n, np.inf), zero, zero, np.datetime64("2025-01", "M"))
    stock = stock_facts(given(sold), given(SKUS), ahead, np.datetime64("2024-12-30"))  # type: ignore[arg-type]
    where = np.argsort(at)  # from the order of the table to that of the stock
    receipts, sales = (
        (where[item], days, units) for item, days, units in (lines_of(RECEIPTS), lines_of(SALES))
    )
    policy = StockPolicy(
        ledger=scale * 14_000.0,
        standard=standard,
        selling_share=0.1,
        overrides={
            "P24": Override(scale * 333.33, "M. Weber", "offer in hand"),
            "P25": Override(scale * 500.0, "M. Weber", ""),
        },
    )
    price = scale * np.array(
        [{"P14": 8.0, "P15": 9.5}.get(sku, 2.0 * COST[SKUS.index(sku)]) for sku in order]
    )
    past = SoldBefore(
        np.full(30, np.datetime64("2024-12-01")),
        np.array([16.4 if sku == "P07" else 1.0 for sku in order]),
        np.array([3.0 if sku == "P23" else 30.0 for sku in order]),
        price,
        np.array(["tools" if sku < "P16" else "" for sku in order], object),
        np.array([0.6 if sku == "P10" else 0.2 for sku in order]),
        np.array([scale * 40.0 if sku == "P30" else NAN for sku in order]),
    )
    stock = replace(stock, too_new=past.months_known < policy.new_months)
    age = ageing(stock.on_hand, stock.unit_cost, receipts, sales, policy.bucket_days)
    return ValuedStock(stock, policy, np.datetime64("2024-12-31"), age, past, np.full(30, NAN))


def by_sku(found: ValuedStock, column: np.ndarray) -> dict[str, float]:
    """A column by product."""
    return {str(sku): float(value) for sku, value in zip(found.stock.skus, column, strict=True)}


def test_every_reserve() -> None:
    found = ledger()
    reserve = by_sku(found, found.reserve)
    for sku in SKUS:
        if sku in ("P16", "P17", "P18"):
            assert np.isnan(reserve[sku]), sku
        else:
            assert reserve[sku] == pytest.approx(RESERVE.get(sku, 0.0), **CENT), sku
    assert found.reserve_total == pytest.approx(5_788.33, **CENT)
    rules = dict(zip(found.stock.skus, found.rule_words, strict=True))
    assert (rules["P02"], rules["P04"], rules["P09"], rules["P10"]) == ("age", "cover", "ended", "age")
    assert (rules["P14"], rules["P15"], rules["P24"], rules["P01"]) == (
        "net realisable value",
        "age",
        "override",
        "none",
    )
    rate = by_sku(found, found.age_rate)
    assert (rate["P02"], rate["P04"], rate["P22"]) == (
        pytest.approx(0.1),
        pytest.approx(0.125),
        pytest.approx(0.3),
    )


def test_the_balance_its_buckets_and_what_is_in_no_sum() -> None:
    found = ledger()
    assert found.stock.total == 13_940.0
    table = ageing_table(found)
    total, rest = table.iloc[-2], table.iloc[-1]
    # 0 to 90: 1,000 + 600 + 300 + 1,000 + 200 + 1,000 + 40 + 80 + 500 + 1,000 + 100 + 900 + 50 + 60 + 100
    # 91 to 180: 480 + 360 + 1,000 + 40; 181 to 365: 400 + 1,000 + 40 + 20; over: 500 + 100 + 1,000 + 1,000 + 200; older: 500 + 200 + 120 + 50
    values = [total[f"v_{name}"] for name in ("0_90", "91_180", "181_365", "over_365", "older_than_records")]
    assert values == [6_930.0, 1_880.0, 1_460.0, 2_800.0, 870.0] and sum(values) == 13_940.0
    assert rest["quantity"] == 7 - 4 + 12 and rest["book_value"] == -12 + 48
    assert older_than(found, 365.0) == 2_800.0 + 870.0 and found.age.later == 1
    assert found.tie is not None and found.tie.difference == 60.0
    nearest = found.tie.candidates[0]
    assert (nearest.name, nearest.money, nearest.remains) == ("consignment", 48.0, 12.0)
    days = by_sku(found, found.age.average_age_days)
    assert days["P02"] == pytest.approx(0.6 * 30 + 0.4 * 200) and days["P03"] == pytest.approx(
        0.5 * 400 + 0.5 * 701
    )
    assert days["P22"] == pytest.approx(0.4 * 10 + 0.6 * 501)


def test_what_each_product_is_and_its_excess() -> None:
    """Over 12 months: P04 20 at 5, P05 120 at 2, P06 240 at 1, P07 50 at 20, P26 60 at 3; P23 is too new to judge."""
    found = ledger()
    table = stock_table(found).set_index("sku")
    excess = {sku: v for sku, v in by_sku(found, found.stock.excess_value).items() if v > 0.0}
    assert excess == {"P04": 100.0, "P05": 240.0, "P06": 240.0, "P07": 1000.0, "P26": 180.0}
    assert table.loc["total", "excess_value"] == 1_760.0 and table.loc["total", "book_value"] == 13_940.0
    status = table["status"]
    assert (status["P07"], status["P26"], status["P23"], status["P08"], status["P12"], status["P01"]) == (
        "dead", "slow", "new", "ended", "never sold", "active",
    )  # fmt: skip
    origin = table["age_origin"]
    assert (origin["P01"], origin["P21"], origin["P13"], origin["P19"]) == (
        "receipts", "imputed from sales", "older than the records", "no stock",
    )  # fmt: skip
    assert (
        table.loc["not in the total", "name"]
        == "1 without a stock record, 1 without a cost, 1 booked below zero, 1 on consignment"
    )


def test_standards_differ_by_what_is_reversed_alone() -> None:
    """P30 has 40 booked and needs nothing: reversed under IFRS and HGB, kept under US GAAP until it is sold."""
    ifrs, hgb, usgaap = (ledger(name) for name in ("ifrs", "hgb", "usgaap"))
    for found in (ifrs, hgb):
        total = roll_forward_table(found).iloc[-2]
        assert (total["opening"], total["reversed"]) == (40.0, 40.0)
        assert total["charged"] == pytest.approx(5_788.33, **CENT) and total["closing"] == pytest.approx(
            5_788.33, **CENT
        )
    table = roll_forward_table(usgaap)
    assert "reversed" not in table.columns and table.iloc[-2]["closing"] == pytest.approx(5_828.33, **CENT)
    assert usgaap.no_reversal == pytest.approx(40.0) and ifrs.no_reversal == 0.0
    np.testing.assert_allclose(np.nan_to_num(usgaap.reserve - ifrs.reserve).sum(), 40.0)
    for found in (ifrs, usgaap):
        journal = journal_table(found).iloc[-2]
        assert journal["debit"] == journal["credit"]
        document = valuation_summary(found)
        assert document["roll_forward"]["closing"] == pytest.approx(
            reserve_table(found).iloc[-2]["reserve"], **CENT
        )


def test_money_scales_and_no_class_moves() -> None:
    one, other = ledger(), ledger(scale=3.7)
    assert other.reserve_total == pytest.approx(
        3.7 * one.reserve_total
    ) and other.stock.total == pytest.approx(3.7 * 13_940.0)
    assert (
        other.status_words.tolist() == one.status_words.tolist()
        and other.rule_words.tolist() == one.rule_words.tolist()
    )
    np.testing.assert_array_equal(other.age.quantity, one.age.quantity)


def test_what_each_item_fetches() -> None:
    table = nrv_table(ledger()).set_index("sku")
    assert (table.loc["P14", "nrv"], table.loc["P15", "nrv"]) == (pytest.approx(7.2), pytest.approx(8.55))
    assert (table.loc["P14", "nrv_write_down"], table.loc["P15", "nrv_write_down"]) == (
        pytest.approx(280.0),
        pytest.approx(145.0),
    )
    assert table.loc["total", "nrv_write_down"] == pytest.approx(425.0) and np.isnan(table.loc["P08", "nrv"])


def test_another_policy_answers_on_the_same_stock() -> None:
    """A ladder by cover at 50 % from 15 months takes P04 to 200 and P26 to 450; 30-day buckets add up to the same balance."""
    found = ledger()
    other = found.under(replace(found.policy, cover_ladder=((15.0, 0.5), (36.0, 1.0)), bucket_days=(30.0,)))
    reserve = by_sku(other, other.reserve)
    assert (reserve["P04"], reserve["P26"], reserve["P05"]) == (200.0, 450.0, 240.0)
    assert np.nansum(other.age.value) == 13_940.0 and other.age.quantity.shape[1] == 3
    assert found.reserve_total == pytest.approx(5_788.33, **CENT)  # the first is as it was
    bands, families = value_by_cover(found), value_by_family(found)
    assert bands["money"].sum() == pytest.approx(13_940.0) and families["money"].sum() == pytest.approx(
        13_940.0
    )
    assert bands["reserve"].sum() == pytest.approx(5_788.33, **CENT)
