"""What the file leaves open of today: lots by hand and by the cases, quotes as first read; and that no answer moves any of it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from analytics.assumptions import Assumptions
from analytics.assumptions_file import read_assumptions
from analytics.cli.arguments import argument_parser
from analytics.cli.given import read_apart
from analytics.data import read_items, read_sales
from analytics.data.kept_apart import receipts_of, with_receipts
from analytics.demand.as_of import history_until
from analytics.demand.complete import complete_items
from analytics.demand.from_sales.receipts import median_receipts
from analytics.demand.panel import demand_panel
from analytics.items import GIVEN
from analytics.scenario.reassume import effort, reassume
from analytics.strategy.plans.todays_way import TODAYS_SERVICE, kit_lot, lot_left_open, todays_way
from analytics.strategy.present.present_settings import FEWEST_LEVELS
from analytics.study import Study, run_study
from tests.strategy.small import STATED, csv_text, items_table, sales_table, small_study

CASES = Path(__file__).parents[4] / "shared" / "cases" / "economics_cases.json"
NAN = float("nan")


def one(*values: float) -> tuple[np.ndarray, ...]:
    return tuple(np.array([value]) for value in values)


@pytest.mark.parametrize(
    ("year", "setup", "cost", "rate", "order", "median", "expected", "rule"),
    [
        (200.0, 20.0, 10.0, 0.17, 2.0, 2.0, 69.0, "setup_cost"),  # sqrt(2 x 20 x 200 / 1.7) = 68.6
        (1000.0, 50.0, 10.0, 0.2, 5.0, 5.0, 224.0, "setup_cost"),  # sqrt(50,000) = 223.6
        (200.0, 20.0, 10.0, 0.17, 90.0, 80.0, 90.0, "setup_cost"),  # at least the order
        (5.0, 400.0, 1.0, 0.17, 1.0, 1.0, 5.0, "setup_cost"),  # 153 would last 31 years: a year of it
        (200.0, 0.0, 10.0, 0.17, 3.0, 7.0, 7.0, "order_size"),  # no set-up cost: the median order
        (200.0, 20.0, 0.0, 0.17, 3.0, 7.0, 7.0, "order_size"),  # no unit cost either
        (520.0, 0.0, 10.0, 0.17, NAN, NAN, 40.0, "weeks"),  # four weeks of ten
        (2.0, 0.0, 10.0, 0.17, NAN, NAN, 1.0, "weeks"),  # no less than a unit
    ],
)
def test_lots_by_hand(
    year: float,
    setup: float,
    cost: float,
    rate: float,
    order: float,
    median: float,
    expected: float,
    rule: str,
) -> None:
    lot, found = lot_left_open(*one(year, setup, cost, rate, order, median), np.array([True]))
    assert float(lot[0]) == expected and found[0] == rule


def test_lots_of_the_cases() -> None:
    if not CASES.exists():
        pytest.skip("shared cases not beside the project")
    document = json.loads(CASES.read_text(encoding="utf-8"))
    listed = document["cases"] if isinstance(document, dict) else document
    found = [case for case in listed if str(case["id"]).startswith("TD")]
    assert len(found) == 2
    for case in found:
        given = case["inputs"]
        lot, _ = lot_left_open(
            *one(
                given["units_per_year"],
                given["setup_cost"],
                given["unit_cost"],
                given["carrying_rate_at_given_values"],
                given["units_per_order"],
                given["units_per_order"],
            ),
            np.array([True]),
        )
        assert (
            float(lot[0]) == case["expected"]["lot"] == case["expected"]["lot_at_capital_rate_plus_2_points"]
        )


def test_goods_by_weight_scale_with_their_unit() -> None:
    """The same goods in kilograms and in grams: a thousand times as many units at a thousandth of the cost, the same lot."""
    kilograms, _ = lot_left_open(*one(500.0, 20.0, 10.0, 0.17, 0.4, 0.4), np.array([False]))
    grams, _ = lot_left_open(*one(500_000.0, 20.0, 0.01, 0.17, 400.0, 400.0), np.array([False]))
    assert float(grams[0]) == pytest.approx(1000.0 * float(kilograms[0]), rel=1e-12)


def test_what_the_file_says_is_used_as_it_is() -> None:
    study = small_study()
    items = study.items.with_field(
        "order_quantity", np.where(study.items.skus == "A1", 17.0, NAN), GIVEN
    ).with_field("historical_wait_days", np.full(len(study.items), 9.0), GIVEN)
    way = todays_way(items, study.forecast, study.orders)
    at = list(items.skus).index("A1")
    assert (
        way.lot[at] == 17.0
        and way.lot_rule[at] == "file"
        and (way.lot_rule != "file").sum() == len(items) - 1
    )
    assert (way.quote_days == 9.0).all() and way.promised.all()
    assert kit_lot(way, np.array([at])) == 17.0


def test_no_answer_moves_what_was_fixed() -> None:
    """A rate, a set-up cost, patience, queue: today's lots and quotes stay those of the file as first read, in a study answered later or begun so."""
    study = small_study()
    stated = read_assumptions(
        STATED + "\n[general]\ncapital_rate = 0.3\nsetup_cost = 80.0\nqueue_days = 20.0\n"
    )
    answered = reassume(study, stated, how_sure=False)
    assert answered.todays_way is study.todays_way
    items, report = read_items(csv_text(items_table()), name="items.csv")
    begun = run_study(
        read_sales(csv_text(sales_table()), name="sales.csv"),
        items,
        stated,
        seed=1,
        items_report=report,
        how_sure=False,
    )
    for name in ("lot", "lot_rule", "quote_days", "promised"):
        np.testing.assert_array_equal(getattr(begun.todays_way, name), getattr(study.todays_way, name))
    before, after = study.comparison.today, answered.comparison.today
    assert before is not None and after is not None
    for name in ("order_quantity", "reorder_point", "quote_days", "strategy"):
        np.testing.assert_array_equal(getattr(before, name), getattr(after, name))
    assert answered.recommendation.compared_with == study.recommendation.compared_with


def test_the_service_that_stands_for_levels_is_an_assumption_like_others() -> None:
    """More of it means higher levels, fewer lost units and more stock; its range is in the draws and moves the gain; confirming it simulates no strategy."""
    study: Study = small_study()
    today = study.comparison.today
    assert today is not None
    open_ = np.isfinite(today.service)
    assert (
        (today.service[open_] == 0.95).all()
        and (study.items.range(TODAYS_SERVICE)[0] == 0.90).all()
        and (study.items.range(TODAYS_SERVICE)[1] == 0.98).all()
    )
    held = today.raw[:, :, 3][open_]
    lost = today.raw[:, :, 1][open_]
    assert (
        (held[:, 1] <= held[:, 0] + 1e-9).all()
        and (held[:, 0] <= held[:, 2] + 1e-9).all()
        and (held[:, 1] < held[:, 2]).sum() > 5
    )
    short = (
        lost + today.raw[:, :, 2][open_]
    )  # who of these leaves hangs on how long a shortage lasts, which each setting has for itself
    assert (short[:, 2] <= short[:, 1] + 1e-9).all() and lost[:, 2].sum() < 0.5 * lost[:, 1].sum()
    higher = study.assumptions.with_general(**{TODAYS_SERVICE: 0.98})
    assert effort(study, higher) == 1
    confirmed = reassume(study, higher, how_sure=False)
    assert confirmed.ledgers is study.ledgers and confirmed.comparison.today is not None
    np.testing.assert_allclose(confirmed.comparison.today.raw[:, 0], today.raw[:, 2], rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(confirmed.comparison.today.raw[:, 1], confirmed.comparison.today.raw[:, 0])
    assert (
        confirmed.recommendation.compared_with.confirmed
        and "98 % service, confirmed" in confirmed.recommendation.baseline_name
    )


def test_levels_that_cannot_deliver_follow_the_others_of_the_file() -> None:
    """Six products with ample levels, one with three units where five a week are sold: run at the service of the six."""
    table = items_table()
    table["current_mode"] = "MTS"
    table["reorder_point"] = [
        {"A1": 60.0, "A2": 25.0, "B1": 20.0, "C1": 400.0, "C2": 150.0, "C3": 15.0, "D3": 1.0}.get(sku, NAN)
        for sku in table["sku"]
    ]
    table["order_up_to_level"] = np.where(table["sku"] == "D3", 3.0, NAN)
    items, _ = read_items(csv_text(table), name="items.csv")
    study = run_study(
        read_sales(csv_text(sales_table()), name="sales.csv"),
        items,
        Assumptions(),
        seed=1,
        draws=4,
        how_sure=False,
    )
    today = study.comparison.today
    assert today is not None and list(study.items.skus[today.outdated]) == ["D3"]
    at = list(study.items.skus).index("D3")
    assert FEWEST_LEVELS == 5 and 0.9 < today.service[at] <= 0.99
    np.testing.assert_array_equal(today.raw[at, 1], today.raw[at, 0])
    assert today.reorder_point[at] > 1.0 and study.recommendation.compared_with.outdated == 1


def receipts(text: str) -> bytes:
    return ("sku,date,quantity\n" + text).encode()


def test_a_lot_left_open_is_the_median_of_receipts_where_they_are_known() -> None:
    history = read_sales(csv_text(sales_table()))
    came = read_sales(
        receipts(
            "A1,2024-01-08,40\nA1,2024-01-08,20\nA1,2024-03-04,90\nA1,2024-05-06,30\nA1,2024-06-03,-500\nB1,2024-02-05,7\nB1,2024-04-01,8\n"
        )
    )
    table = receipts_of(came)
    # by hand: A1 came in 40 + 20 = 60, 90 and 30 (what went back is no receipt): median 60; B1 in 7 and 8: 7.5
    assert median_receipts(table, ["A1", "B1", "C1"]).tolist()[:2] == [60.0, 7.5] and np.isnan(
        median_receipts(table, ["C1"])[0]
    )
    given = with_receipts(history, table)
    panel = demand_panel(given)
    own = read_items(b"sku,unit_cost,setup_cost,order_quantity\nA1,10,50,\nB1,10,50,25\n")[0]
    items = complete_items(own, given, panel, Assumptions())
    at = {str(sku): i for i, sku in enumerate(items.skus)}
    assert items["receipt_lot"][at["A1"]] == 60.0 and any(
        "median of past receipts" in note and "A1" in note for note in items.notes
    )
    study = small_study()
    position = {str(sku): i for i, sku in enumerate(study.items.skus)}
    lots = np.full(len(study.items), NAN)
    lots[position["A1"]], lots[position["B1"]] = 60.0, 7.5
    stated = study.items.with_field("receipt_lot", lots, np.where(np.isfinite(lots), 2, 0)).with_field(
        "order_quantity", np.where(study.items.skus == "B1", 25.0, NAN), GIVEN
    )
    way, before = (
        todays_way(stated, study.forecast, study.orders),
        todays_way(study.items, study.forecast, study.orders),
    )
    assert (way.lot[position["A1"]], way.lot_rule[position["A1"]]) == (
        60.0,
        "receipts",
    )  # before a set-up cost or an order size
    assert (way.lot[position["B1"]], way.lot_rule[position["B1"]]) == (
        25.0,
        "file",
    )  # what the file states wins
    others = np.array([sku not in ("A1", "B1") for sku in study.items.skus])
    assert np.array_equal(way.lot[others], before.lot[others]) and set(way.lot_rule[others]) <= {
        "setup_cost",
        "order_size",
        "weeks",
    }


def test_receipts_that_came_later_are_not_known_at_a_past_date() -> None:
    history = with_receipts(
        read_sales(csv_text(sales_table())),
        receipts_of(read_sales(receipts("A1,2023-02-06,10\nA1,2099-01-01,90\n"))),
    )
    past = history_until(history, np.datetime64("2024-01-01"))
    assert median_receipts(past.apart, ["A1"]).tolist() == [10.0] and median_receipts(
        history.apart, ["A1"]
    ).tolist() == [50.0]


def test_receipts_of_a_file_reach_the_reading_of_a_command(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_bytes(csv_text(sales_table()))
    (tmp_path / "in.csv").write_bytes(receipts("A1,2024-01-08,40\nA1,2024-03-04,90\nA1,2024-05-06,30\n"))
    arguments = argument_parser().parse_args(
        [
            "analyze",
            str(tmp_path / "sales.csv"),
            "--receipts",
            str(tmp_path / "in.csv"),
            "--out",
            str(tmp_path / "out"),
        ]
    )
    reading = read_apart(arguments)
    plain = read_sales(csv_text(sales_table()))
    assert median_receipts(reading.history.apart, ["A1"]).tolist() == [40.0]
    assert reading.history.report.units_used == plain.report.units_used and np.array_equal(
        reading.history.quantity, plain.quantity
    )  # no receipt is a sale
