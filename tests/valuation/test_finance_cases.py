"""The worked cases of finance: published answers and hand calculations, through the public functions; and their properties away from special points."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analytics.assumptions import Assumptions
from analytics.data import read_items, read_sales
from analytics.demand.complete import complete_items
from analytics.demand.from_sales.below_cost import below_cost
from analytics.demand.from_sales.sold import Window, fitted_window
from analytics.demand.margin import margin_by_channel, margin_control
from analytics.demand.panel import demand_panel
from analytics.errors import DataError
from analytics.naming.labels import COMPONENTS
from analytics.strategy.money.totals import BLOCK_FORMULAS
from analytics.valuation.ageing import ageing, fifo_layers
from analytics.valuation.books.nrv import component_write_down, net_realisable_value, write_down_per_unit
from analytics.valuation.books.reserve import Rates, ladder_rate, reserve
from analytics.valuation.books.standards import closing_reserve, roll_difference, write_down_over_dates
from analytics.valuation.bridge import bridge
from analytics.valuation.carrying import carrying_cost
from analytics.valuation.excess import average_cover, demand_over, excess
from analytics.valuation.exposure import (
    conditional_value_at_risk,
    exposure_of_distribution,
    loss_quantile,
    stranded_distribution,
)
from analytics.valuation.policy import Override, StockPolicy
from analytics.valuation.run_down import run_down
from analytics.valuation.working_capital import absorption_profit, dio, gmroi, turns

CASES = Path(__file__).resolve().parents[2].parent / "shared" / "cases" / "finance_cases.json"
NONE = (np.zeros(0, np.intp), np.zeros(0), np.zeros(0))


def case(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Inputs and expected values of a case; the test is skipped where there are none."""
    if not CASES.is_file():
        pytest.skip("the worked cases are not here")
    found = {one["id"]: one for one in json.loads(CASES.read_text(encoding="utf-8"))}[name]
    return found["inputs"], found["expected"]


def days_ago(as_of: str, lines: list[list[Any]]) -> np.ndarray:
    """Days between each line and the day of the balance."""
    return np.array([(np.datetime64(as_of) - np.datetime64(day)).astype(int) for day, _ in lines], float)


def aged(as_of: str, lines: list[list[Any]], balance: float, value: float, edges: tuple[float, ...]) -> Any:
    """One item aged by its receipts."""
    units = np.array([u for _, u in lines], float)
    receipts = (np.zeros(len(lines), np.intp), days_ago(as_of, lines), units)
    return ageing(np.array([balance]), np.array([value / balance]), receipts, NONE, edges)


def test_age_by_calendar_months() -> None:
    given, expected = case("AGE-01")
    firsts = [[bucket.split("..")[0], 0] for bucket in given["buckets"]]
    edges = tuple(days_ago(given["as_of"], firsts).tolist())
    quantity, value = np.zeros(3), np.zeros(3)
    for item in given["items"]:
        balance = sum(u for _, u in item["receipts"]) - sum(u for _, u in item["issues"])
        found = aged(given["as_of"], item["receipts"], balance, item["balance_value"], edges)
        site = f"site_{item['site']}"
        assert found.quantity[0, :3].tolist() == expected[f"{site}_quantity"]
        assert found.value[0, :3] == pytest.approx(expected[f"{site}_value"], abs=0.005)
        quantity, value = quantity + found.quantity[0, :3], value + found.value[0, :3]
    assert quantity.tolist() == expected["total_quantity"]
    assert value == pytest.approx(expected["total_value"], abs=0.005)
    assert value.sum() == pytest.approx(expected["balance"], abs=0.005)


def test_age_in_days() -> None:
    given, expected = case("AGE-02")
    balance = sum(u for _, u in given["receipts"]) - sum(u for _, u in given["issues"])
    found = aged(given["as_of"], given["receipts"], balance, balance, tuple(given["bucket_upper_days"]))
    assert found.quantity[0, :5].tolist() == expected["quantity"] and balance == expected["balance"]
    assert found.layer_days.tolist() == expected["ages_days"]
    assert found.average_age_days[0] == pytest.approx(expected["weighted_average_age_days"], rel=1e-9)


def test_ladder_by_cover() -> None:
    given, expected = case("RES-01")
    stock, asked, cost = (
        np.array([item[name] for item in given["items"]], float)
        for name in ("stock", "monthly_consumption", "unit_cost")
    )
    cover = average_cover(stock, asked)
    rate = ladder_rate(
        cover, tuple((start, share / 100.0) for start, share in given["ladder_months_percent"])
    )
    assert [None if np.isinf(c) else c for c in cover.tolist()] == expected["cover"]
    assert (100.0 * rate).tolist() == pytest.approx(expected["percent"])
    nothing = np.zeros(len(stock))
    found = reserve(stock * cost, Rates(nothing, rate, nothing), nothing, np.full(len(stock), np.nan))
    assert found.reserve == pytest.approx(expected["reserve"]) and found.reserve.sum() == pytest.approx(
        expected["total"]
    )


def test_lower_of_cost_and_what_it_fetches() -> None:
    given, expected = case("NRV-01")
    cost, completion, price = (
        np.array([item[name] for item in given["items"]], float) for name in ("cost", "completion", "price")
    )
    value = net_realisable_value(price, completion)
    down = write_down_per_unit(cost, value)
    assert value.tolist() == expected["nrv"] and (cost - down).tolist() == expected["carrying"]
    assert (cost - down).sum() == expected["carrying_total"] and down.sum() == expected["write_down_total"]
    assert float((cost - value).sum()) == expected["if_netted_over_items_wrongly"] != float(down.sum())


def test_components_of_products_that_sell_at_cost_keep_theirs() -> None:
    given, expected = case("NRV-03")
    column = {
        name: np.array([c[name] for c in given["components"]], float)
        for name in given["components"][0]
        if name != "sku"
    }
    down = column["qty"] * component_write_down(
        column["cost"], column["replacement"], column["finished_cost"], column["finished_nrv"]
    )
    assert down.tolist() == expected["write_down"]
    assert (column["qty"] * column["cost"] - down).tolist() == expected["carrying"]


def test_roll_forward_closes_or_says_by_how_much_not() -> None:
    given, expected = case("ROLL-01")
    opening, charged, used = np.array(given["rows"], float).T
    assert closing_reserve(opening, charged, used_on_sale=used).tolist() == expected["closing"]
    assert roll_difference(opening, charged, used, given["stated_closing"]).tolist() == expected["difference"]


@pytest.mark.parametrize(("standard", "name"), [("ifrs", "IFRS"), ("hgb", "IFRS"), ("usgaap", "US_GAAP")])
def test_write_down_over_four_dates(standard: str, name: str) -> None:
    given, expected = case("ROLL-02")
    dates = ([d["sold_before"] for d in given["dates"]], [d["nrv"] for d in given["dates"]])
    steps = write_down_over_dates(given["cost"], given["opening_quantity"], *dates, standard)
    rows = [[float(v) for v in (s.opening, s.charged, s.reversed, s.used_on_sale, s.closing)] for s in steps]
    np.testing.assert_allclose(rows, expected[name], atol=0.005)
    np.testing.assert_allclose(
        [float(s.profit_effect) for s in steps], expected[f"profit_effect_{name}"], atol=0.005
    )
    left = given["opening_quantity"] - sum(dates[0])
    assert left * given["cost"] - rows[-1][-1] == pytest.approx(expected[f"carrying_{name}"])


def test_expense_over_life_is_the_same_under_every_standard() -> None:
    """What is written down in all, less what is reversed, has gone with the units by the time all are sold: only the dates differ."""
    rng = np.random.default_rng(3)
    for _ in range(20):
        sold = np.r_[0.0, rng.multinomial(60, [0.25] * 4)].astype(float)
        value = rng.uniform(20.0, 70.0, 5)
        total = {}
        for standard in ("ifrs", "usgaap", "hgb"):
            steps = write_down_over_dates(50.0, 60.0, sold, value, standard)
            assert steps[-1].closing == pytest.approx(0.0, abs=1e-9)
            charged = sum(float(s.charged - s.reversed) for s in steps)
            assert charged == pytest.approx(sum(float(s.used_on_sale) for s in steps))
            # cost of sales bears cost less what was used: in all 60 x 50, whatever the path
            total[standard] = charged + 60.0 * 50.0 - sum(float(s.used_on_sale) for s in steps)
        assert total["ifrs"] == pytest.approx(total["usgaap"]) == pytest.approx(total["hgb"])


def test_excess_counts_orders_and_leaves_out_by_rule() -> None:
    given, expected = case("EXC-01")
    demand = float(demand_over(np.array(given["forecast"], float), given["horizon_months"]))
    items = given["items"]
    column = {
        n: np.array([i[n] for i in items], float) for n in ("on_hand", "committed", "unit_cost", "age_months")
    }
    out = (column["age_months"] < 6) | np.array([i.get("consignment", False) for i in items])
    found = excess(column["on_hand"], column["committed"], np.full(len(items), demand), out)
    assert demand == expected["demand"] and found.units[0] == expected["A_excess_units"]
    assert (found.on_hand * column["unit_cost"])[0] == expected["A_of_it_on_hand"]
    assert (found.committed * column["unit_cost"])[0] == expected["A_of_it_commitment"]
    assert [i["sku"] for i, o in zip(items, found.excluded, strict=True) if o] == expected["excluded"]
    assert (column["on_hand"] * column["unit_cost"])[found.excluded].sum() == expected["excluded_value"]
    assert found.units[1:].tolist() == [0.0, 0.0]


def test_turns_days_and_margin_on_stock() -> None:
    given, expected = case("WC-01")
    stock = 0.5 * (given["opening_stock"] + given["closing_stock"])
    margin = given["sales"] - given["cost_of_sales"]
    assert (
        stock == expected["average_stock"]
        and float(turns(stock, given["cost_of_sales"])) == expected["turns"]
    )
    assert float(dio(stock, given["cost_of_sales"])) == pytest.approx(expected["dio_days"])
    assert float(gmroi(stock, margin)) == pytest.approx(expected["gmroi"], rel=1e-9)
    assert float(turns(stock, given["sales"])) == pytest.approx(expected["if_on_sales_wrongly_turns"])
    assert np.isnan(turns(0.0, 5.0)) and np.isnan(dio(5.0, 0.0))


def test_capital_rate_moves_the_capital_line_alone() -> None:
    given, expected = case("CARRY-01")
    stock = given["average_stock_at_cost"]
    rates = (given["storage_handling"], given["insurance"], given["shrinkage"])
    found = [
        carrying_cost(stock, rate, *rates, given["average_work_in_process_at_cost"])
        for rate in given["capital"]
    ]
    assert [round(float(f.capital), 2) for f in found] == expected["capital"]
    assert [round(float(f.economic), 2) for f in found] == expected["total"]
    for name in ("storage_handling", "insurance", "shrinkage"):
        assert {round(float(getattr(f, name)), 2) for f in found} == {expected[name]}
    assert found[1].capital / found[0].capital == pytest.approx(expected["ratio"])


def test_run_down() -> None:
    given, expected = case("TRANS-01")
    one = np.ones(1)
    found = run_down(
        given["on_hand"] * one, given["target"] * one, np.array([given["monthly_demand"]], float), given["unit_cost"] * one,
        given["capital_rate"] * one,
    )  # fmt: skip
    for name in ("closing", "purchases", "cash_released"):
        assert getattr(found, name)[0].tolist() == pytest.approx(expected[name]), name
    assert found.cash_released.sum() == expected["cash_released_total"]
    assert np.count_nonzero(found.cash_released) == expected["months"]
    average = found.average_stock(given["on_hand"] * one)[0] * given["unit_cost"]
    assert average == pytest.approx(expected["average_stock_year_1"])
    assert found.capital_saved.sum() == pytest.approx(expected["capital_saved_year_1"])
    last = found.capital_saved[0, -1] * 12.0
    assert last == pytest.approx(expected["capital_saved_steady_year"])


def test_stock_below_the_target_is_filled_at_once() -> None:
    one = np.ones(1)
    found = run_down(20 * one, 50 * one, np.full((1, 3), 10.0), 2 * one, 0.1 * one)
    assert found.purchases.tolist() == [[40.0, 10.0, 10.0]] and found.closing.tolist() == [[50.0, 50.0, 50.0]]
    assert found.cash_released.sum() == 0.0


def test_overhead_released_from_stock_lowers_reported_profit() -> None:
    given, expected = case("TRANS-03")
    first, second = given["rows"]
    # what is reported is what is earned plus the change of stock x overhead; read backwards for the first row
    earned = first["absorption_profit"] - first["stock_change_units"] * first["overhead_per_unit"]
    assert earned == expected["marginal_profit_row_1_right"]
    assert (
        float(absorption_profit(earned, first["stock_change_units"], first["overhead_per_unit"]))
        == first["absorption_profit"]
    )
    reported = float(
        absorption_profit(
            second["marginal_profit"], second["stock_change_units"], second["overhead_per_unit"]
        )
    )
    assert reported == expected["absorption_profit_row_2"]
    assert reported - second["marginal_profit"] == expected["difference_row_2"]


def test_bridge_closes() -> None:
    given, expected = case("BRIDGE-01")
    once = given["one_off"]
    found = bridge(given["benchmark"], given["baseline"], given["mix"], given["shared"], once)
    assert found.lines[0].amount == expected["start"] and found.lines[-1].amount == expected["end"]
    assert found.steps == expected["steps"] and found.gain == expected["gain"]
    assert (found.booked, found.capital, found.margin) == (
        expected["booked"],
        expected["capital"],
        expected["margin"],
    )
    assert found.booked + found.capital + found.margin + given["shared"] == found.gain
    assert sum(line.amount for line in found.one_off) == expected["one_off_not_in_gain"]
    # the blocks of Compare, and where the case counts goodwill and waiting otherwise
    for block, formula in BLOCK_FORMULAS.items():
        every = (
            {**dict.fromkeys(COMPONENTS, 0.0), **given["baseline"]},
            {**dict.fromkeys(COMPONENTS, 0.0), **given["mix"]},
        )
        assert found.blocks[block] == formula(every[0]) - formula(every[1]), block
    beside = found.steps["goodwill"] + found.steps["waiting"]
    assert found.booked == found.blocks["booked_cost"] + beside and beside == -25
    assert found.margin == found.blocks["margin_not_earned"] - beside
    assert sum(found.blocks.values()) + given["shared"] == found.gain
    with pytest.raises(ValueError, match="same components"):
        bridge(1.0, {"capital": 1.0}, {"setup": 1.0})


def test_a_price_of_two_channels_is_their_mean_and_sells_above_cost() -> None:
    """From a file of sales: revenue over units, never the median unit; each channel's margin, and no word of below cost."""
    given, expected = case("MARG-01")
    rows = [
        f"{day},X,{line['channel']},{line['units'] / 10:g},{line['price']}"
        for k in range(10)
        for line in given["lines"]
        for day in [np.datetime64("2024-01-10") + 30 * k]
    ]
    sales = read_sales("\n".join(["date,sku,channel,quantity,unit_price", *rows]).encode())
    items, _ = read_items(f"sku,unit_cost\nX,{given['unit_cost']}\n".encode())
    panel = demand_panel(sales)
    completed = complete_items(items, sales, panel, Assumptions())
    window = fitted_window(panel)
    control = margin_control(sales, completed, Window(np.datetime64("2024-01-01"), window.last))
    price = float(completed["price"][0])
    assert price == pytest.approx(expected["price"]) != expected["median_price_wrong"]
    margin = given["expected_units"] * (price - given["unit_cost"])
    assert (
        margin == pytest.approx(expected["margin"]) == control.at_items != expected["margin_at_median_wrong"]
    )
    assert bool(below_cost(completed)[0]) is expected["below_cost"] and not control.below_cost.any()
    found = {row["channel"]: row["margin"] for row in margin_by_channel(control)}
    assert found == pytest.approx(expected["channel_margin"])
    assert sum(found.values()) == pytest.approx(expected["margin"])


def test_tail_of_twenty_years() -> None:
    given, expected = case("CVAR-01")
    assert float(np.mean(given["losses"])) == expected["mean"]
    for level, quantile, tail in zip(given["levels"], expected["quantile"], expected["cvar"], strict=True):
        assert loss_quantile(given["losses"], level) == quantile
        assert conditional_value_at_risk(given["losses"], level) == pytest.approx(tail, rel=1e-9)
        excess_ = np.maximum(np.array(given["losses"]) - quantile, 0.0).mean()  # the other definition
        assert conditional_value_at_risk(given["losses"], level) == pytest.approx(
            quantile + excess_ / (1.0 - level)
        )


def test_tail_of_a_portfolio_lies_between_the_largest_and_the_sum() -> None:
    rng = np.random.default_rng(8)
    for _ in range(30):
        years = rng.gamma(0.3, 100.0, (6, 40)) * rng.lognormal(0.0, 1.0, 40)
        each = [conditional_value_at_risk(one) for one in years]
        assert max(each) - 1e-9 <= conditional_value_at_risk(years.sum(axis=0)) <= sum(each) + 1e-9


def test_units_stranded_in_a_race() -> None:
    given, expected = case("EXPO-01")
    chance = stranded_distribution(
        given["stock"], given["demand_per_year"], given["hazard_per_year"], given["horizon_years"]
    )
    np.testing.assert_allclose(chance, expected["probability"], rtol=1e-8)
    found = exposure_of_distribution(
        given["loss_per_unit"] * np.arange(len(chance), dtype=float), chance, given["level"]
    )
    assert found.expected == pytest.approx(expected["mean"], rel=1e-8) and found.p95 == expected["p95"]
    assert found.cvar95 == pytest.approx(expected["cvar95"], rel=1e-8)
    assert max(given["stock"] - given["demand_per_year"], 0) == expected["cover_excess_units"]


def test_units_stranded_by_drawing_the_race() -> None:
    """The closed form against drawn lives and arrivals, away from the case."""
    rng = np.random.default_rng(11)
    stock, demand, hazard, years = 5, 3.7, 0.45, 1.6
    end = rng.exponential(1.0 / hazard, 400_000)
    left = np.where(end < years, np.maximum(stock - rng.poisson(demand * end), 0), 0)
    drawn = np.bincount(left, minlength=stock + 1) / len(left)
    np.testing.assert_allclose(stranded_distribution(stock, demand, hazard, years), drawn, atol=0.003)
    assert stranded_distribution(4, 2.0, 0.0).tolist() == [1.0, 0.0, 0.0, 0.0, 0.0]


def test_layers_against_a_loop_that_issues_the_oldest() -> None:
    """Receipts and issues in time, unit by unit from the oldest layer, against the newest receipts that make the balance."""
    rng = np.random.default_rng(5)
    for _ in range(60):
        ages = np.sort(rng.integers(0, 400, 12))[::-1].astype(float)
        came = rng.integers(1, 20, 12).astype(float)
        left, out = came.copy(), float(rng.integers(0, int(came.sum()) + 1))
        for k in range(12):  # oldest first
            taken = min(left[k], out)
            left[k] -= taken
            out -= taken
        _, age, units, older = fifo_layers(np.zeros(12, np.intp), ages, came, np.array([left.sum()]))
        by_age = {a: left[ages == a].sum() for a in set(ages) if left[ages == a].sum() > 0}
        found = {a: units[age == a].sum() for a in set(age)}
        assert found == pytest.approx(by_age) and older[0] == 0.0


def test_buckets_sum_to_the_balance_whatever_the_records() -> None:
    """Receipts below stock, returns to the supplier, receipts after the day, no records, stock below zero and unknown."""
    item = np.array([0, 0, 1, 2, 2, 5, 5])
    days = np.array([10.0, 200.0, 30.0, -3.0, 400.0, 50.0, 20.0])
    units = np.array([5.0, 5.0, 80.0, 70.0, 3.0, -4.0, 6.0])
    balance = np.array([25.0, 40.0, 9.0, np.nan, -7.0, 4.0, 12.0])
    sold = (np.array([6, 6]), np.array([100.0, 300.0]), np.array([4.0, 5.0]))
    found = ageing(balance, np.full(7, 2.0), (item, days, units), sold)
    held = np.where(np.nan_to_num(balance) > 0.0, balance, 0.0)
    np.testing.assert_allclose(found.quantity.sum(axis=1), held)
    assert (found.quantity >= 0.0).all() and found.later == 1 and found.short == 2
    assert found.quantity[0].tolist() == [5.0, 0.0, 5.0, 0.0, 15.0]  # 15 are older than what came in
    assert found.quantity[2].tolist() == [0.0, 0.0, 0.0, 3.0, 6.0]
    assert found.quantity[6].tolist() == [0.0, 4.0, 5.0, 0.0, 3.0]  # by its sales
    with pytest.raises(ValueError, match="must rise"):
        ageing(balance, balance, (item, days, units), sold, (90.0, 90.0))


def test_reserve_rises_with_age_cover_and_what_is_lost_and_scales_with_money() -> None:
    rng = np.random.default_rng(2)
    value = rng.uniform(1.0, 900.0, 40)
    rates = Rates(*(rng.uniform(0.0, 1.0, 40) for _ in range(3)))
    down, nothing = rng.uniform(0.0, 400.0, 40), np.full(40, np.nan)
    base = reserve(value, rates, down, nothing)
    for name in ("age", "cover", "ended"):
        more = rates._replace(**{name: np.minimum(getattr(rates, name) + 0.1, 1.0)})
        assert (reserve(value, more, down, nothing).reserve >= base.reserve - 1e-12).all()
    scaled = reserve(7.5 * value, rates, 7.5 * down, nothing)
    np.testing.assert_allclose(scaled.reserve, 7.5 * base.reserve)
    np.testing.assert_array_equal(scaled.rule, base.rule)
    assert (base.reserve <= value).all() and (base.reserve >= 0.0).all()
    largest = np.maximum(value * np.max(rates, axis=0), np.minimum(down, value))
    np.testing.assert_allclose(base.reserve, largest)
    assert reserve(
        np.array([50.0]), Rates(*np.ones((3, 1))), np.zeros(1), np.array([80.0])
    ).reserve.tolist() == [50.0]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"age_ladder": ((181.0, 0.5), (366.0, 0.25))}, "the ladder by age falls: 0.25 from 366 days on after 0.5 from 181"),
        ({"cover_ladder": ((12.0, 0.25), (12.0, 0.5))}, "the steps of the ladder by cover do not rise: 12 after 12 months"),
        ({"cover_ladder": ((12.0, 1.25),)}, "a step of the ladder by cover is not a share: 1.25"),
        ({"bucket_days": (180.0, 90.0)}, "the ends of the buckets of age do not rise"),
        ({"standard": "gaap"}, "'gaap' is no standard"),
        ({"selling_share": 1.2}, "the cost to sell is above the price"),
        ({"one_off": -1.0}, "the cost of switching is below zero"),
        ({"overrides": {"A": Override(-5.0, "M. Weber", "")}}, "the reserve set for A is below zero"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_are_refused_in_words(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError) as refused:
        StockPolicy(**settings)
    assert any(words in problem.sentence() for problem in refused.value.problems)
