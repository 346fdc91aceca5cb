"""Items completed: precedence of given, derived and assumed values, and clear words for values that make no sense."""

from __future__ import annotations

import time

import numpy as np
import pytest

from analytics.assumptions import FIELDS, Assumptions
from analytics.assumptions_file import read_assumptions
from analytics.data import read_sales
from analytics.demand.complete import complete_items, with_life
from analytics.demand.from_sales.patience import grouped_median, mean_late_days, weighted_grouped_median
from analytics.demand.from_sales.prices_and_costs import below_cost_note, with_scale_premium
from analytics.demand.from_sales.sold import Window, net_price
from analytics.demand.life.life_cycle import life_cycle
from analytics.demand.order_size_range import units_per_order
from analytics.demand.panel import demand_panel
from analytics.demand.returns import returned_lines
from analytics.demand.salvage import with_salvage_from_sales
from analytics.items import ASSUMED, CONFIRMED, DERIVED, GIVEN, ITEM_FIELDS, UNKNOWN, Items, empty_items
from tests.demand.conftest import days, history_of


def history(**extra):
    """Two products over two years: A sells 2 a week at 10, B sells 5 every second week at 40."""
    a, b = days("2022-01-03", 104, 7), days("2022-01-03", 52, 14)
    sku = ["A"] * 104 + ["B"] * 52
    quantity = np.r_[np.full(104, 2.0), np.full(52, 5.0)]
    columns = {
        "revenue": quantity * np.r_[np.full(104, 10.0), np.full(52, 40.0)],
        "order": [str(i) for i in range(156)],
    } | extra
    return history_of(sku, np.concatenate([a, b]), quantity, **columns)


def completed(sales, items: Items | None = None, assumptions: Assumptions | None = None) -> Items:
    return complete_items(items, sales, demand_panel(sales, items=items), assumptions or Assumptions())


def given(**fields) -> Items:
    items = empty_items(["A", "B"])
    for name, values in fields.items():
        column = np.asarray(values, object if ITEM_FIELDS[name].kind == "text" else None)
        unknown = column == "" if ITEM_FIELDS[name].kind == "text" else np.isnan(column)
        items = items.with_field(name, column, np.where(unknown, UNKNOWN, GIVEN))
    return items


def test_every_assumption_is_filled_and_marked():
    items = completed(history())
    for name, row in FIELDS.items():
        if name == "units_per_order":  # counted where the file shows orders
            assert items[name].tolist() == [2, 5] and set(items.origin(name)) == {DERIVED}
            continue
        if np.isnan(row.default):
            assert np.isnan(items[name]).all() and set(items.origin(name)) == {UNKNOWN}
            continue
        assert items[name].tolist() == [row.default] * 2 and set(items.origin(name)) == {ASSUMED}
        low, high = items.range(name)
        # what nobody stated: up to 5 % of an order (2 at 10, 5 at 40), and 1 % of the price a day
        usual = {
            "setup_cost": [1.0, 10.0],
            "order_setup_cost": [1.0, 10.0],
            "waiting_cost_per_unit_day": [0.1, 0.4],
        }.get(name, [row.high] * 2)
        assert low.tolist() == [row.low] * 2 and high.tolist() == pytest.approx(usual)
    assert items["make"].tolist() == [1, 1] and set(items.origin("make")) == {ASSUMED}
    assert items["quote_days"].tolist() == [28 + 7 + 3] * 2 and set(items.origin("quote_days")) == {DERIVED}
    assert (
        items.range("quote_days")[0].tolist() == [14 + 3 + 0] * 2
        and items.range("quote_days")[1].tolist() == [56 + 14 + 7] * 2
    )


def test_what_is_stated_nearest_wins_and_given_values_beat_all_but_the_product_itself():
    text = """
    [general]
    production_days = 9
    capital_rate = { value = 0.11, low = 0.1, high = 0.13 }
    [family."F"]
    production_days = 12
    [product."B"]
    production_days = 20
    storage_rate = 0.04
    """
    items = completed(
        history(),
        given(family=["F", "F"], production_days=[5.0, 6.0], storage_rate=[0.07, np.nan]),
        read_assumptions(text),
    )
    assert items["production_days"].tolist() == [5, 20] and items.origin("production_days").tolist() == [
        GIVEN,
        CONFIRMED,
    ]
    assert items["storage_rate"].tolist() == [0.07, 0.04] and items.range("storage_rate")[0].tolist() == [
        0.07,
        0.04,
    ]
    assert (
        items["capital_rate"].tolist() == [0.11] * 2 and items.range("capital_rate")[1].tolist() == [0.13] * 2
    )
    assert completed(history(), given(family=["F", ""]), read_assumptions(text))[
        "production_days"
    ].tolist() == [12, 20]


def test_filling_agrees_with_asking_for_every_product():
    text = '[general]\nqueue_days = 4\n[family."F1"]\nqueue_days = 6\nassembly_days = 2\n[product."S0003"]\nassembly_days = 9\n'
    assumptions = read_assumptions(text)
    skus = [f"S{i:04d}" for i in range(9)]
    families = [f"F{i % 3}" for i in range(9)]
    sales = history_of(skus * 3, np.repeat(days("2023-01-02", 3, 40), 9), np.ones(27))
    items = completed(
        sales, empty_items(skus).with_field("family", np.array(families, object), GIVEN), assumptions
    )
    for name in ("queue_days", "assembly_days", "review_days"):
        assert items[name].tolist() == [
            assumptions.of(name, sku, family).value for sku, family in zip(skus, families, strict=True)
        ]


def test_what_customers_paid_beats_the_list_price():
    sales = history_of(
        ["A"] * 4 + ["B"] * 2, ["2023-01-02", "2023-02-02", "2023-03-02", "2023-04-03", "2023-01-05", "2023-04-01"],
        [1, 10, 2, 3, 1, 1], revenue=[100, 600, 140, 0, 20, 22],
    )  # fmt: skip
    items = completed(sales, given(price=[99.0, 25.0]))
    assert items["price"].tolist() == [840 / 13, 21] and items.origin("price").tolist() == [
        DERIVED,
        DERIVED,
    ]  # what was given away is in neither
    assert completed(sales)["price"].tolist() == [840 / 13, 21]
    assert any("instead of the list price" in note for note in items.notes)


def test_price_is_of_the_last_year_of_each_product_and_without_cancelled_orders():
    sales = history_of(
        ["A"] * 5 + ["B"] * 3, [*days("2020-01-01", 2, 30), *days("2023-01-01", 3, 30), *days("2020-01-01", 3, 30)],
        [50, 50, 1, 500, -500, 3, 3, 3], revenue=[500, 500, 30, 500, -500, 60, 60, 60], customer=["x"] * 8,
    )  # fmt: skip
    found = net_price(
        sales, returned_lines(sales), Window(np.datetime64("2022-06-01"), np.datetime64("2023-05-31"))
    )
    assert found.price.tolist() == [30, 20] and found.own_year.tolist() == [False, True]
    assert found.sold.units.tolist() == [1, 0] and found.sold.lines.tolist() == [1, 0]


def test_medians_equal_the_naive_loop():
    rng = np.random.default_rng(8)
    group, value, weight = (
        rng.integers(0, 7, 300),
        rng.integers(0, 40, 300) / 4.0,
        rng.integers(1, 5, 300).astype(float),
    )
    plain, heavy = grouped_median(group, value, 8), weighted_grouped_median(group, value, weight, 8)
    for g in range(7):
        mine = group == g
        assert plain[g] == np.median(value[mine])
        repeated = np.sort(np.repeat(value[mine], weight[mine].astype(int)))
        assert heavy[g] == repeated[(len(repeated) + 1) // 2 - 1]
    assert np.isnan(plain[7]) and np.isnan(heavy[7])


def test_order_size_counts_orders_not_lines_and_not_cancelled_ones():
    sales = history_of(
        ["A", "A", "A", "A", "B"], ["2023-01-01", "2023-01-01", "2023-01-02", "2023-01-03", "2023-01-03"], [2, 3, 7, -7, 4],
        order=["1", "1", "2", "3", None], customer=["x"] * 5,
    )  # fmt: skip
    assert units_per_order(sales, returned_lines(sales)).tolist() == [5, 4]
    totals = history_of(["A"], ["2023-01-01"], [9], frequency="M")
    assert np.isnan(units_per_order(totals, returned_lines(totals))[0])
    items = completed(totals)
    low, high = items.range("units_per_order")
    assert (
        items.origin("units_per_order").tolist() == [ASSUMED]
        and low[0] == pytest.approx(0.9)
        and high[0] == 9.0
    )
    assert items["units_per_order"][0] == pytest.approx(np.sqrt(0.9 * 9.0))


def test_historical_wait_prefers_promised_then_shipped_then_zero():
    ordered = np.concatenate([days("2022-01-03", 104, 7), days("2022-01-03", 52, 14)])
    promised = completed(history(promised=ordered + 12, shipped=ordered + 7))
    assert promised["historical_wait_days"].tolist() == [12, 12] and promised[
        "promised_wait_days"
    ].tolist() == [12, 12]
    shipped = completed(history(shipped=ordered + 7))
    assert (
        shipped["historical_wait_days"].tolist() == [7, 7] and np.isnan(shipped["promised_wait_days"]).all()
    )
    nothing = completed(history())
    assert nothing["historical_wait_days"].tolist() == [0, 0] and set(
        nothing.origin("historical_wait_days")
    ) == {ASSUMED}


def test_a_short_promise_cuts_an_assumed_component_lead_time_but_not_a_given_one():
    ordered = np.concatenate([days("2022-01-03", 104, 7), days("2022-01-03", 52, 14)])
    sales = history(promised=ordered + 15)
    items = completed(sales, given(component_lead_days=[np.nan, 30.0], production_days=[4.0, 4.0]))
    assert items["quote_days"].tolist() == [15, 30 + 4 + 3]
    assert items["component_lead_days"].tolist() == [8, 30] and items.origin(
        "component_lead_days"
    ).tolist() == [DERIVED, GIVEN]
    assert sum("Promised waits" in note for note in items.notes) == 2
    longer = completed(history(promised=ordered + 60))
    assert longer["quote_days"].tolist() == [60, 60] and longer["component_lead_days"].tolist() == [28, 28]


@pytest.mark.parametrize("promise", [2, 5, 9, 15, 40])
def test_a_quote_is_never_shorter_than_components_and_production(promise):
    ordered = np.concatenate([days("2022-01-03", 104, 7), days("2022-01-03", 52, 14)])
    for fields in (
        {},
        {"production_days": [6.0, 1.0]},
        {"make": [0.0, 1.0]},
        {"component_lead_days": [10.0, np.nan]},
    ):
        items = completed(history(promised=ordered + promise), given(**fields))
        assert (items["quote_days"] >= items["component_lead_days"] + items["production_days"] - 1e-9).all()
        for name in ("quote_days", "component_lead_days", "production_days"):
            low, high = items.range(name)
            assert (low <= items[name]).all() and (items[name] <= high).all()


def test_a_promise_from_stock_says_nothing_about_lead_times():
    ordered = np.concatenate([days("2022-01-03", 104, 7), days("2022-01-03", 52, 14)])
    items = completed(history(promised=ordered + 5), given(current_mode=["MTS", ""]))
    assert items["quote_days"][0] == 38 and items["quote_days"][1] == 5


def test_bought_in_products_have_no_production_and_no_component_share():
    items = completed(
        history(), given(make=[0.0, 1.0], component_share=[0.5, 0.5], production_days=[3.0, 3.0])
    )
    assert (
        items["production_days"].tolist() == [0, 3]
        and np.isnan(items["component_share"][0])
        and items["component_share"][1] == 0.5
    )
    assert items["quote_days"].tolist() == [28 + 3, 28 + 3 + 3]


def test_order_setup_follows_the_set_up_cost_where_it_is_given():
    items = completed(history(), given(setup_cost=[80.0, np.nan]))
    assert items["order_setup_cost"].tolist() == [80, 0] and items.origin("order_setup_cost").tolist() == [
        DERIVED,
        ASSUMED,
    ]


def test_present_mode_is_read_or_derived_from_stock():
    items = completed(history(), given(current_mode=["make to order", ""], on_hand=[np.nan, 4.0]))
    assert items["current_mode"].tolist() == ["MTO", "MTS"] and items.origin("current_mode").tolist() == [
        GIVEN,
        DERIVED,
    ]
    strange = completed(history(), given(current_mode=["kanban", ""]))
    assert strange["current_mode"].tolist() == ["", ""] and any(
        "not understood" in note for note in strange.notes
    )


def test_values_that_make_no_sense_are_named_and_the_rest_goes_on():
    items = completed(
        history(revenue=None),
        given(price=[0.0, 5.0], unit_cost=[-3.0, 8.0], component_share=[1.7, 0.3], make=[2.0, 0.0]),
    )
    assert (
        np.isnan(items["price"][0])
        and np.isnan(items["unit_cost"][0])
        and np.isnan(items["component_share"][0])
    )
    assert items["make"].tolist() == [1, 0] and items["unit_cost"][1] == 8
    text = " ".join(items.notes)
    for word in ("is zero for 1 product (A)", "outside its possible range for 1 product (A)"):
        assert word in text
    said = " ".join(below_cost_note(items, np.zeros(2, bool)))
    assert "above the net price of 1 product (B)" in said
    assert below_cost_note(items, np.array([False, True])) == ["1 product (B) that ended sold below cost."]


def test_products_never_sold_are_dropped_and_unknown_ones_get_a_row():
    sales = history()
    items = complete_items(
        empty_items(["B", "C"]).with_field("unit_cost", np.array([3.0, 4.0]), GIVEN),
        sales,
        demand_panel(sales),
        Assumptions(),
    )
    assert (
        [str(s) for s in items.skus] == ["A", "B"]
        and np.isnan(items["unit_cost"][0])
        and items["unit_cost"][1] == 3
    )
    assert any("never sold" in note and "C" in note for note in items.notes) and any(
        "not in the items file" in note for note in items.notes
    )


def test_unit_cost_and_family_come_from_the_sales_file_where_the_items_are_silent():
    sales = history(attributes={"family": np.array(["F", "G"], object), "unit_cost": np.array([6.0, np.nan])})
    items = completed(sales, given(family=["", "Own"]))
    assert (
        items["family"].tolist() == ["F", "Own"]
        and items["unit_cost"][0] == 6
        and items.origin("unit_cost").tolist() == [GIVEN, UNKNOWN]
    )


def test_one_gross_margin_opens_the_money_where_no_cost_is_known():
    items = completed(history(), given(unit_cost=[7.0, np.nan]), Assumptions().with_general(gross_margin=0.4))
    assert items["unit_cost"].tolist() == [7, 24] and items.origin("unit_cost").tolist() == [GIVEN, DERIVED]
    assert np.isnan(completed(history())["unit_cost"]).all()


def test_with_life_fills_the_hazard_unless_confirmed():
    sales = history()
    panel = demand_panel(sales)
    items = complete_items(None, sales, panel, Assumptions())
    life = life_cycle(panel, items)
    filled = with_life(items, life)
    assert (
        filled["hazard_per_year"].tolist() == life.hazard_per_year.tolist()
        and filled.range("hazard_per_year")[0].tolist() == life.hazard_low.tolist()
    )
    sure = complete_items(None, sales, panel, Assumptions().with_general(hazard_per_year=0.3))
    assert with_life(sure, life_cycle(panel, sure))["hazard_per_year"].tolist() == [0.3, 0.3]


def cleared(after: float = 4.0, ends: str = "2021-08-25"):
    """Seven products: six end on a day and go on at `after` and a little more, from 20 before; one goes on at its price. Sales, items with cost and end."""
    skus = [f"S{i}" for i in range(7)]
    day = days("2020-01-06", 100, 7)
    late = day > np.datetime64("2021-08-25")
    price = np.concatenate(
        [np.where(late, after + i / 10, 20.0) if i < 6 else np.full(100, 20.0) for i in range(7)]
    )
    sales = history_of(np.repeat(skus, 100).tolist(), np.tile(day, 7), np.ones(700), revenue=price)
    end = np.array([ends] * 6 + ["NaT"], "datetime64[D]")
    return sales, empty_items(skus).with_field("unit_cost", 10.0, GIVEN).with_field(
        "end_date", end, np.where(np.isnat(end), UNKNOWN, GIVEN)
    )


def test_salvage_comes_only_from_units_sold_after_an_end():
    sales, given_items = cleared()

    def salvage(items: Items, assumptions: Assumptions | None = None) -> Items:
        full = completed(sales, items, assumptions)
        return with_salvage_from_sales(full, sales, life_cycle(demand_panel(sales), full), full["end_date"])

    found = salvage(given_items)
    assert found["salvage_share"] == pytest.approx([0.425] * 7) and set(found.origin("salvage_share")) == {
        DERIVED
    }  # (4.2 + 4.3) / 2 over 10
    assert found.range("salvage_share")[0][0] == pytest.approx(0.4125) and found.range("salvage_share")[1][
        0
    ] == pytest.approx(0.4375)
    assert any("sold after their end" in note for note in found.notes)
    # the same low prices before the end are prices, and where no end is known nothing is told
    later = given_items.with_field("end_date", np.datetime64("2022-03-01"), GIVEN)
    unknown = given_items.with_field("end_date", np.datetime64("NaT", "D"), UNKNOWN)
    for items in (later, unknown):
        assert set(salvage(items)["salvage_share"]) == {0.20} and set(
            salvage(items).origin("salvage_share")
        ) == {ASSUMED}
    # what was found locks nothing: a person's word counts, in general, for the family, for a product
    assert set(salvage(given_items, Assumptions().with_general(salvage_share=0.15))["salvage_share"]) == {
        0.15
    }
    one = salvage(given_items, read_assumptions("[product.S2]\nsalvage_share = 0.05"))["salvage_share"]
    assert one[2] == 0.05 and one[1] == pytest.approx(0.425)


def test_what_is_derived_gives_way_to_what_is_confirmed():
    rows = [f"2024-01-{d:02d},A,1,2024-01-{d + 5:02d},2024-01-{d + 8:02d}" for d in range(1, 21)]
    sales = read_sales(("date,sku,quantity,promised_date,ship_date\n" + "\n".join(rows) + "\n").encode())
    panel = demand_panel(sales)
    derived = complete_items(None, sales, panel, Assumptions())
    assert derived["late_days"].tolist() == [3.0] and derived.origin("late_days").tolist() == [DERIVED]
    assert derived["component_lead_days"][0] < 28 and derived.origin("component_lead_days").tolist() == [
        DERIVED
    ]
    stated = Assumptions().with_general(late_days=1.5, component_lead_days=28.0, hazard_per_year=0.4)
    said = complete_items(None, sales, panel, stated)
    said = with_life(said, life_cycle(panel, said))
    for name, value in (("late_days", 1.5), ("component_lead_days", 28.0), ("hazard_per_year", 0.4)):
        assert said[name].tolist() == [value] and said.origin(name).tolist() == [CONFIRMED]
    given_one = complete_items(empty_items(["A"]).with_field("late_days", 2.0, GIVEN), sales, panel, stated)
    assert given_one["late_days"].tolist() == [2.0]  # the items file is nearer than a general word


@pytest.mark.slow
def test_thirty_thousand_products_take_less_than_a_few_seconds():
    skus = [f"S{i:05d}" for i in range(30_000)]
    sales = history_of(
        skus * 2, np.repeat(days("2023-01-02", 2, 40), 30_000), np.ones(60_000), revenue=np.ones(60_000)
    )
    panel = demand_panel(sales, "M")
    begin = time.perf_counter()
    complete_items(None, sales, panel, Assumptions())
    assert time.perf_counter() - begin < 6.0


def test_a_scale_curve_prices_single_orders() -> None:
    items = (
        empty_items(["A", "B", "C"])
        .with_field("units_per_order", [2.0, 2.0, 50.0], GIVEN)
        .with_field("moq", [40.0, np.nan, np.nan], GIVEN)
    )
    items = items.with_field("scale_elasticity", 0.3, CONFIRMED, 0.1, 0.4).with_field(
        "cost_premium", [0.0, 0.25, 0.0], [ASSUMED, GIVEN, ASSUMED]
    )
    got, notes = with_scale_premium(items, np.array([7.0, 7.0, 7.0]))
    assert got["cost_premium"] == pytest.approx([20**0.3 - 1, 0.25, 0.0])  # the third sells whole lots
    assert got.range("cost_premium")[0][0] == pytest.approx(20**0.1 - 1) and got.range("cost_premium")[1][
        0
    ] == pytest.approx(20**0.4 - 1)
    assert got.origin("cost_premium").tolist() == [DERIVED, GIVEN, DERIVED] and "scale curve" in notes[0]
    assert with_scale_premium(items.with_field("scale_elasticity", 0.0, ASSUMED), np.ones(3))[1] == []


def test_lateness_from_promised_and_shipped_dates() -> None:
    rows = [
        f"2024-01-{d:02d},A,1,2024-01-{d + 5:02d},2024-01-{d + 5 + (3 if d % 4 == 0 else -2):02d}"
        for d in range(1, 21)
    ]
    rows += [
        f"2024-01-{d:02d},B,1,2024-01-{d:02d},2024-01-{d + 4:02d}" for d in range(1, 21)
    ]  # promised today: from stock
    history = read_sales(("date,sku,quantity,promised_date,ship_date\n" + "\n".join(rows) + "\n").encode())
    late = mean_late_days(history)
    assert late[0] == pytest.approx(5 * 3 / 20) and np.isnan(late[1])
