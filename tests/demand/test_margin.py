"""Price and margin against hand calculation, SQL and published figures of the file; every amount of a file is somewhere."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.assumptions import Assumptions
from analytics.data import read_items, read_sales
from analytics.demand.as_of import history_until
from analytics.demand.complete import complete_items, finished_items
from analytics.demand.from_sales.below_cost import below_cost, sold_below_cost
from analytics.demand.from_sales.sold import Window, fitted_window, net_price
from analytics.demand.life.life_cycle import life_cycle
from analytics.demand.margin import MarginControl, margin_control, margin_document, prices_by_channel
from analytics.demand.panel import demand_panel
from analytics.demand.returns import returned_lines
from analytics.items import CONFIRMED, DERIVED, GIVEN, UNKNOWN, Items, empty_items
from analytics.strategy.money.formulas import benchmark
from analytics.strategy.money.price import money_values
from tests.data.packing import sent
from tests.demand.conftest import days, history_of

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
AW_SALES, AW_ITEMS = DATA / "adventureworks_sales.csv.gz", DATA / "adventureworks_items.csv"
YEAR = Window(np.datetime64("2024-01-01"), np.datetime64("2024-12-31"))


def priced(sales, cost: dict[str, float], window: Window = YEAR) -> tuple[Items, MarginControl]:
    """Items with the price of the window and these costs, and their control line."""
    found = net_price(sales, returned_lines(sales), window)
    column = np.array([cost.get(str(s), np.nan) for s in sales.skus])
    items = (
        empty_items(sales.skus)
        .with_field("unit_cost", column, np.where(np.isnan(column), UNKNOWN, GIVEN))
        .with_field("price", found.price, DERIVED)
    )
    items = items.with_field("unpaid_share", found.unpaid, DERIVED)
    return items, margin_control(sales, items, window)


@pytest.mark.parametrize(
    ("lines", "cost", "price", "margin", "by_channel"),
    [
        (
            [("reseller", 900, 60), ("internet", 600, 100)],
            65.0,
            76.0,
            16_500.0,
            {"internet": 100.0, "reseller": 60.0},
        ),
        ([("A", 100, 50), ("A", -10, 50), ("B", 30, 80)], 52.0, 57.5, 660.0, {"A": 50.0, "B": 80.0}),
        ([("A", 7, 13.5), ("B", 3, 11.0)], 12.9, 12.75, -1.5, {"A": 13.5, "B": 11.0}),
    ],
)
def test_price_is_revenue_over_units_and_by_channel(
    lines, cost: float, price: float, margin: float, by_channel: dict[str, float]
) -> None:
    channel, units, paid = zip(*lines, strict=True)
    sales = history_of(
        ["X"] * len(lines),
        days("2024-03-04", len(lines), 30),
        units,
        revenue=np.multiply(units, paid),
        channel=channel,
    )
    items, control = priced(sales, {"X": cost})
    assert (
        items["price"].tolist() == pytest.approx([price])
        and control.at_items == pytest.approx(margin)
        and control.at_program == pytest.approx(margin)
    )
    assert np.isnan(control.at_lines)  # the file has no costs of lines
    assert below_cost(items).tolist() == control.below_cost.tolist() == [margin < 0.0]
    assert dict(zip(control.channels["channel"], control.channels["price"], strict=True)) == pytest.approx(
        by_channel
    )
    mixed = (control.channels["price"] * control.channels["units"]).sum() / control.channels["units"].sum()
    assert mixed == pytest.approx(price)
    assert set(prices_by_channel(control)["channel"]) == set(by_channel)  # all further apart than 5 %


def test_returns_are_netted_and_gifts_and_corrections_stand_apart() -> None:
    rows = [
        "A,2024-02-05,10,500,x",
        "A,2024-02-19,-4,-200,x",
        "A,2024-03-04,3,0,y",
        "A,2024-03-11,0,-25,y",
        "A,2024-04-01,2,120,z",
    ]
    sales = read_sales(("sku,date,quantity,revenue,customer\n" + "\n".join(rows) + "\n").encode())
    items, control = priced(sales, {"A": 20.0})
    assert items["price"].tolist() == [(500 - 200 + 120) / (10 - 4 + 2)]
    assert control.at_items == 420 - 8 * 20 and control.free_cost == 60
    parts = control.parts.set_index("part")
    assert (
        parts.at["free", "units"] == 3
        and parts.at["corrections", "revenue"] == -25
        and parts.at["margin", "revenue"] == 420
    )
    assert parts["revenue"].sum() == sales.report.revenue_used == 395
    assert (
        parts["units"].sum() == sales.report.units_used == 10 - 4 + 3 + 2
    )  # units of the file = units sold + units apart
    # of 11 units delivered 3 brought nothing: what a unit of demand brings, times all of them, is the revenue of the units sold
    assert items["unpaid_share"].tolist() == [3 / 11] and items.price_of_demand.tolist() == pytest.approx(
        [420 / 11]
    )
    words = " ".join(margin_document(control, np.zeros(1, bool), below_cost(items), items)["notes"])
    assert (
        "3 units were given away, 60.00 at cost" in words
        and "Money without units, -25.00 on 1 lines" in words
    )


def test_the_decision_pays_for_gifts_and_earns_nothing_with_them() -> None:
    rows = [f"A,2024-{m:02d}-05,{q},{p}" for m in range(1, 13) for q, p in ((10, 200), (2, 0))]
    sales = read_sales(("sku,date,quantity,revenue\n" + "\n".join(rows) + "\n").encode())
    own, panel = read_items(b"sku,unit_cost\nA,8\n")[0], demand_panel(sales, "M")
    items = complete_items(own, sales, panel, Assumptions())
    control = margin_control(sales, items, fitted_window(panel))
    assert (
        panel.units.sum() == panel.units.shape[1] * 12.0
    )  # what is given away is asked for, made and held like the rest
    perfect = benchmark({"demanded": panel.units.sum(axis=1)}.__getitem__, money_values(items, "MTS"))
    months = panel.units.shape[1]
    assert control.at_items == months * 10 * (20.0 - 8.0) and control.free_cost == months * 2 * 8.0
    assert perfect == pytest.approx([control.at_items - control.free_cost])


def test_a_return_counts_on_the_day_of_the_sale_it_takes_back() -> None:
    sales = history_of(
        ["A"] * 4,
        ["2023-12-20", "2024-01-08", "2024-02-05", "2024-05-06"],
        [50, -50, 4, 2],
        revenue=[400, -400, 48, 26],
        customer=list("xxyz"),
    )
    items, control = priced(sales, {"A": 9.0})
    assert items["price"].tolist() == pytest.approx([74 / 6]) and control.at_items == pytest.approx(74 - 54)
    assert control.parts.set_index("part").at["before", "revenue"] == 0.0 and control.moved == -400


def test_the_price_of_what_sold_nothing_in_the_window_is_of_its_own_last_year() -> None:
    old = [*days("2020-01-06", 3, 30), *days("2022-01-03", 4, 60)]
    sales = history_of(
        ["OLD"] * 7 + ["NEW"] * 2,
        [*old, "2024-02-05", "2024-06-03"],
        [9, 9, 9, 1, 2, 3, 4, 5, 5],
        revenue=[9] * 3 + [10, 24, 36, 44, 50, 60],
    )
    items, control = priced(sales, {"OLD": 12.0, "NEW": 10.0})
    assert dict(zip(items.skus, items["price"], strict=True)) == pytest.approx({"OLD": 114 / 10, "NEW": 11.0})
    assert control.products["sku"].tolist() == ["NEW"] and control.at_items == 10.0
    assert below_cost(items).tolist() == [False, True]  # NEW, OLD: by its own year
    full = complete_items(None, sales, demand_panel(sales, "M"), Assumptions())
    assert any("1 product (OLD) sold nothing from" in note for note in full.notes)


def test_a_median_far_from_the_price_is_said_and_nothing_is_left_out() -> None:
    sales = history_of(
        ["A"] * 5 + ["B"] * 5,
        list(days("2024-01-08", 5, 60)) * 2,
        [1] * 10,
        revenue=[10, 10, 10, 10, 40, 20, 20, 21, 20, 20],
    )
    full = complete_items(None, sales, demand_panel(sales, "M"), Assumptions())
    said = next(note for note in full.notes if "median price" in note)
    assert full["price"].tolist() == [16.0, 20.2] and "1 product (A)" in said and "16 against 10" in said


@pytest.mark.parametrize(
    ("end", "frequency", "first"),
    [
        ("2024-03-31", "M", "2023-04-01"),
        ("2024-02-29", "D", "2023-03-01"),
        ("2023-02-28", "D", "2022-03-01"),
        ("2024-02-28", "D", "2023-02-28"),
    ],
)
def test_the_window_is_the_last_twelve_fitted_months(end: str, frequency: str, first: str) -> None:
    day = np.arange(np.datetime64("2021-01-01"), np.datetime64(end) + 1)
    panel = demand_panel(history_of(["A"] * len(day), day, np.ones(len(day))), frequency)
    window = fitted_window(panel)
    assert (str(window.first), str(window.last)) == (first, end) and window.text == f"{first} to {end}"
    short = demand_panel(history_of(["A"] * 90, day[-90:], np.ones(90)), frequency)
    assert (
        fitted_window(short).first == short.starts[0] and fitted_window(short).last == window.last
    )  # all that is fitted


# -- costs


def file_of(cost: str, items: str | None) -> tuple[Items, MarginControl]:
    rows = [
        f"2024-{m:02d}-{d:02d},{sku},2,{p},{cost if sku == 'B' else 7}"
        for m in range(1, 13)
        for d in (3, 17)
        for sku, p in (("A", 30), ("B", 50))
    ]
    sales = read_sales(("date,sku,quantity,revenue,unit_cost\n" + "\n".join(rows) + "\n").encode())
    own = None if items is None else read_items(items.encode())[0]
    full = complete_items(own, sales, demand_panel(sales, "M"), Assumptions())
    return full, margin_control(sales, full, YEAR)


def test_a_cost_of_nothing_is_said_and_asked_and_never_replaced() -> None:
    for text in ("sku,unit_cost\nA,6\nB,0\n", "sku,unit_cost\nA,6\nB,\n"):
        full, control = file_of("", text)
        assert full["unit_cost"][0] == 6 and np.isnan(full["unit_cost"][1])
        assert any(
            "No unit cost known (blank or 0) for 1 product (B) (revenue 1.2 k)" in note for note in full.notes
        )
        assert control.without_cost.to_dict("records") == [{"sku": "B", "units": 48.0, "revenue": 1200.0}]
        assert control.parts.set_index("part").at["without_cost", "revenue"] == 1200 and control.products[
            "sku"
        ].tolist() == ["A"]
    problems = {p.code: p for p in read_items(b"sku,unit_cost\nA,6\nB,0\nC,0\n")[1].problems}
    assert problems["cost_zero"].count == 2 and "unknown, not as free" in problems["cost_zero"].message


def test_the_cost_of_the_lines_is_taken_where_the_items_have_none_and_that_is_said() -> None:
    full, control = file_of("9", "sku,unit_cost\nA,6\nB,0\n")
    assert full["unit_cost"].tolist() == [6, 9] and full.origin("unit_cost").tolist() == [GIVEN, DERIVED]
    assert any(
        "The items file has no unit cost, or 0, for 1 product (B) (revenue 1.2 k): the latest cost of their sales lines"
        in note
        for note in full.notes
    )
    assert control.at_lines == 48 * 2 * 20 - 48 * (7 + 9) and control.at_items == control.at_lines + 48
    document = margin_document(control, np.zeros(2, bool), below_cost(full), full, "EUR")
    assert document["lines_less_items"] == -48.0 and document["program_less_items"] == 0.0
    assert (
        len(document["warnings"]) == 1 and "A -48.00" in document["warnings"][0]
    )  # 48 of 1,200 is above 2 %
    assert file_of("9", None)[0].origin("unit_cost").tolist() == [GIVEN, GIVEN]  # nobody asked an items file


def test_a_stated_margin_fills_only_what_has_no_cost() -> None:
    sales = history_of(
        ["A", "B"] * 12, np.repeat(days("2024-01-08", 12, 28), 2), [2] * 24, revenue=[20, 50] * 12
    )
    items = empty_items(["A", "B"]).with_field("unit_cost", [6.0, np.nan], [GIVEN, UNKNOWN])
    full = complete_items(
        items, sales, demand_panel(sales, "M"), Assumptions().with_general(gross_margin=0.4)
    )
    assert full["unit_cost"].tolist() == [6, 15] and full.origin("unit_cost").tolist() == [GIVEN, DERIVED]
    assert any(
        "(B) (revenue" in note and "the cost known of the other 1 is not touched" in note
        for note in full.notes
    )


def test_the_fixed_share_counts_in_what_is_below_cost() -> None:
    items = (
        empty_items(["A", "B"]).with_field("price", 10.0, GIVEN).with_field("unit_cost", [12.0, 25.0], GIVEN)
    )
    assert below_cost(items).tolist() == [True, True]
    assert below_cost(items.with_field("fixed_cost_share", 0.3, CONFIRMED)).tolist() == [False, True]
    assert sold_below_cost(np.array([0.3]), np.array([3.0]), np.array([0.1])).tolist() == [
        False
    ]  # 3 x 0.1 is above 0.3 by rounding alone


def test_costs_of_lines_travel_with_the_history() -> None:
    rows = [f"2024-01-{d:02d},{'AB'[d % 2]},{d},{10 * d},{3 + d % 2}" for d in range(1, 21)]
    text = ("date,sku,quantity,revenue,unit_cost\n" + "\n".join(rows) + "\n").encode()
    history = read_sales(text)
    assert history.unit_cost is not None and np.array_equal(sent(history).unit_cost, history.unit_cost)
    assert read_sales(b"date,sku,quantity\n2024-01-03,A,1\n").unit_cost is None
    assert sent(read_sales(b"date,sku,quantity\n2024-01-03,A,1\n")).unit_cost is None
    early = history_until(history, np.datetime64("2024-01-08"))
    assert early.unit_cost is not None and early.unit_cost.tolist() == [3.0 + d % 2 for d in range(1, 8)]
    both = read_sales([text, b"date,sku,quantity,revenue\n2024-02-01,C,1,5\n2024-02-02,C,1,5\n"])
    assert (
        both.unit_cost is not None
        and np.isnan(both.unit_cost).sum() == 2
        and np.nansum(both.unit_cost) == history.unit_cost.sum()
    )


def test_a_cost_that_grows_with_the_quantity_is_that_of_the_line() -> None:
    rows = [
        f"2024-01-{d:02d},A,{q},{q * 10},{q * 6.5}"
        for d, q in enumerate((1, 2, 3, 5, 8, 2, 9, 4, 1, 7, 3, 6), 1)
    ]
    history = read_sales(("date,sku,quantity,revenue,cost\n" + "\n".join(rows) + "\n").encode())
    assert history.unit_cost is not None and history.unit_cost.tolist() == pytest.approx([6.5] * 12)
    assert any(p.code == "cost_of_line" for p in history.report.problems)


# -- every amount is somewhere


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_parts_add_up_to_the_file_and_channels_are_only_names(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 40))
    seed = data.draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    quantity = np.where(rng.random(n) < 0.1, 0.0, rng.integers(-6, 12, n) * rng.choice([1.0, 0.25], n))
    revenue = np.round(quantity * rng.uniform(1.0, 900.0, n), 2)
    revenue[rng.random(n) < 0.15] = 0.0
    revenue = np.where(
        rng.random(n) < 0.1, np.nan, np.where(quantity == 0.0, np.round(rng.normal(0, 50, n), 2), revenue)
    )
    sku = [f"S{k}" for k in rng.integers(0, 5, n)]
    channel = [("web", "shop", "")[k] for k in rng.integers(0, 3, n)]
    columns = {"revenue": revenue, "customer": [f"C{k}" for k in rng.integers(0, 4, n)]}
    day = np.datetime64("2023-06-01") + rng.integers(0, 900, n)
    sales = history_of(sku, day, quantity, channel=channel, **columns)
    cost = {f"S{k}": float(rng.uniform(1.0, 900.0)) for k in range(4)}  # of the last nothing is known
    items, control = priced(sales, cost)
    known = revenue[np.isfinite(revenue)]
    assert control.parts["revenue"].sum() == pytest.approx(known.sum(), abs=0.005)
    assert control.parts["units"].sum() == pytest.approx(quantity.sum(), abs=1e-6)
    assert control.at_program == pytest.approx(control.at_items, rel=1e-9, abs=0.005, nan_ok=True)
    by_channel = control.channels.groupby("sku")["revenue"].sum()
    renamed = history_of(
        sku, day, quantity, channel=[{"web": "zeta", "shop": "alpha", "": ""}[c] for c in channel], **columns
    )
    items_too, again = priced(renamed, cost)
    assert np.array_equal(items_too["price"], items["price"], equal_nan=True) and again.parts.equals(
        control.parts
    )
    assert again.products.equals(control.products) and again.channels.groupby("sku")[
        "revenue"
    ].sum().to_dict() == pytest.approx(by_channel.to_dict())
    shown = margin_document(control, np.zeros(len(items), bool), below_cost(items), items)
    assert shown["below_cost"]["living"] == int(below_cost(items).sum())


@settings(max_examples=25, deadline=None)
@given(st.floats(0.01, 500.0), st.integers(0, 10_000))
def test_prices_times_a_factor_scale_the_margin(k: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 60
    quantity, paid, sku = (
        rng.integers(1, 20, n).astype(float),
        rng.uniform(5.0, 90.0, n),
        [f"S{j}" for j in rng.integers(0, 6, n)],
    )
    day = np.datetime64("2024-01-01") + rng.integers(0, 366, n)
    cost = {f"S{j}": float(rng.uniform(5.0, 90.0)) for j in range(6)}
    one_items, one = priced(history_of(sku, day, quantity, revenue=quantity * paid), cost)
    items, scaled = priced(
        history_of(sku, day, quantity, revenue=quantity * paid * k), {s: c * k for s, c in cost.items()}
    )
    assert scaled.at_items == pytest.approx(k * one.at_items, rel=1e-9, abs=1e-6 * k) and items[
        "price"
    ] == pytest.approx(k * one_items["price"])
    assert below_cost(items).tolist() == below_cost(one_items).tolist()


def test_revenue_without_units_units_without_revenue_and_a_channel_with_one_sale() -> None:
    rows = [f"2024-{m:02d}-05,A,4,{p},shop" for m, p in zip(range(1, 13), (40, 44) * 6, strict=True)]
    rows += ["2024-05-06,A,0,75.5,shop", "2024-06-06,A,9,,shop", "2024-07-08,A,3,60,fair"]
    sales = read_sales(("date,sku,quantity,revenue,channel\n" + "\n".join(rows) + "\n").encode())
    full = complete_items(
        empty_items(["A"]).with_field("unit_cost", 6.0, GIVEN), sales, demand_panel(sales, "M"), Assumptions()
    )
    control = margin_control(sales, full, YEAR)
    parts = control.parts.set_index("part")
    assert full["price"].tolist() == pytest.approx([(504 + 60) / 51]) and control.at_items == pytest.approx(
        564 - 306
    )
    assert (
        parts.at["corrections", "revenue"] == 75.5
        and parts.at["unknown", "units"] == 9
        and parts.at["unknown", "revenue"] == 0
    )
    assert (
        parts["revenue"].sum() == pytest.approx(sales.report.revenue_used)
        and parts["units"].sum() == sales.report.units_used == 60
    )
    notes = " ".join(margin_document(control, np.zeros(1, bool), below_cost(full), full)["notes"])
    for words in (
        "9 units on 1 lines have no revenue",
        "Money without units, 75.50 on 1 lines",
        "Channel fair has one sale, 3 units for 60.00",
        "fair 20.00, shop 10.50",
    ):
        assert words in notes


# -- the file that the controller loads


@pytest.mark.skipif(not AW_SALES.exists(), reason="shared data not beside the project")
@pytest.mark.parametrize(
    ("first", "last", "at_lines", "at_items", "below"),
    [
        ("2012-12-01", "2013-11-30", 5_578_661.41, 5_546_654.13, 39),
        ("2013-01-01", "2013-12-31", 6_273_540.96, 6_273_540.96, 34),
        ("2011-03-07", "2012-02-20", None, None, None),
    ],
)
def test_the_controllers_margin_against_sql(
    first: str, last: str, at_lines: float | None, at_items: float | None, below: int | None
) -> None:
    sales, items, life = adventureworks()
    with duckdb.connect() as sql:
        table = f"read_csv('{AW_SALES}') s join read_csv('{AW_ITEMS}') i using (sku) where order_date between '{first}' and '{last}'"
        amounts = sql.execute(
            f"select sum(sales_amount - quantity * unit_standard_cost), sum(sales_amount - quantity * standard_cost), sum(sales_amount), sum(quantity) from {table}"
        ).fetchone()
        losing = {
            r[0]
            for r in sql.execute(
                f"select sku from {table} group by sku having sum(sales_amount) < sum(quantity * standard_cost)"
            ).fetchall()
        }
    control = margin_control(sales, items, Window(np.datetime64(first), np.datetime64(last)))
    assert amounts is not None
    assert [
        round(v, 2)
        for v in (control.at_lines, control.at_items, control.total("revenue"), control.total("units"))
    ] == [round(float(v), 2) for v in amounts]
    assert set(control.products["sku"][control.below_cost]) == losing
    assert (
        control.parts["revenue"].sum() == pytest.approx(109_809_274.20, abs=0.005)
        and control.parts["units"].sum() == 274_776
    )
    if at_lines is not None:
        assert (round(control.at_lines, 2), round(control.at_items, 2), int(control.below_cost.sum())) == (
            at_lines,
            at_items,
            below,
        )
    if (
        first == "2012-12-01"
    ):  # the window that is fitted: the program's own prices and costs give the same, and its own count
        assert (
            str(fitted_window(demand_panel(sales)).first),
            str(fitted_window(demand_panel(sales)).last),
        ) == (first, last)
        ended = life.ended
        document = margin_document(control, ended, below_cost(items), items, "USD")
        assert (
            document["program_less_items"] == 0.0
            and document["at_program"] == at_items
            and document["lines_less_items"] == 32_007.28
        )
        assert (
            document["below_cost"]
            == {"living": 39, "ended": int((below_cost(items) & ended).sum()), "of_variable_cost": False}
            and not document["warnings"]
        )
        assert (
            len(document["prices_by_channel"]) == 2 * 86
            and document["prices_by_channel"][0]["sku"] == "BK-M68B-38"
        )
        assert {c["channel"]: round(c["price"] * c["units"], 2) for c in document["channels"]} == {
            "internet": 15_101_692.22,
            "reseller": 36_240_484.70,
        }


_READ: list = []


def adventureworks():
    """Sales, completed items and life cycle of the file, read once."""
    if not _READ:
        sales, given_items = read_sales(AW_SALES), read_items(AW_ITEMS)[0]
        panel = demand_panel(sales)
        full = complete_items(given_items, sales, panel, Assumptions())
        life = life_cycle(panel, full)
        _READ.extend((sales, finished_items(full, sales, life, None), life))
    return tuple(_READ)


@pytest.mark.skipif(not AW_SALES.exists(), reason="shared data not beside the project")
def test_no_ended_product_of_the_file_sold_after_its_end_so_leftovers_stay_assumed() -> None:
    items = adventureworks()[1]
    assert set(items["salvage_share"]) == {0.20} and not any("Leftovers" in note for note in items.notes)
