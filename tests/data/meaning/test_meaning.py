"""What rows mean: told, listed, carried between processes, and never silent about what is not in the file."""

from __future__ import annotations

import json

import pytest

from analytics.cli.given import _treatments
from analytics.data import check_report, read_sales
from analytics.data.meaning.listed_meanings import MEANINGS_COLUMNS, Meaning, joined_meanings, meanings_table
from analytics.data.sandbox.child import _answer
from analytics.errors import DataError
from tests.data.packing import sent

SALES = "Order,Date,SKU,Quantity,Price,Status\n" + "".join(
    f"{i},2023-{1 + i % 12:02d}-05,P{i % 3},2,5,{'Cancelled' if i % 5 == 0 else 'Shipped'}\n"
    for i in range(60)
)


def test_every_value_is_listed_with_rows_units_money_and_treatment() -> None:
    history = read_sales(SALES.encode())
    listed = {m.value: m for m in history.report.meanings}
    assert (
        listed["Cancelled"].rows,
        listed["Cancelled"].units,
        listed["Cancelled"].money,
        listed["Cancelled"].treatment,
    ) == (12, 24.0, 120.0, "leave out")
    assert (listed["Shipped"].rows, listed["Shipped"].units, listed["Shipped"].treatment) == (
        48,
        96.0,
        "count",
    )
    assert history.report.units_used == 96.0
    assert json.loads(json.dumps(check_report(history)))["meanings"][0].keys() == {
        "column",
        "role",
        "value",
        "rows",
        "units",
        "money",
        "treatment",
        "basis",
        "words",
        "products",
    }


def test_what_is_told_goes_before_what_is_known_whatever_its_case() -> None:
    history = read_sales(
        SALES.encode(), treatments={"STATUS": {" cancelled": "count", "shipped": "leave out"}}
    )
    assert history.report.units_used == 24.0
    assert {m.basis for m in history.report.meanings} == {"told"}


@pytest.mark.parametrize("told", [{"Status": {"Nowhere": "count"}}, {"Colour": {"red": "count"}}])
def test_what_is_told_of_nothing_in_the_file_is_a_problem(told: dict[str, dict[str, str]]) -> None:
    assert [p.code for p in read_sales(SALES.encode(), treatments=told).report.problems].count(
        "treatment_unused"
    ) == 1


def test_a_treatment_that_does_not_exist_is_refused() -> None:
    with pytest.raises(DataError, match="not a treatment"):
        read_sales(SALES.encode(), treatments={"Status": {"Cancelled": "drop"}})


def test_treat_arguments() -> None:
    assert _treatments(["Status:Quote: open=leave out", "Unit:box=12", "Status:a=b=count"]) == {
        "Status": {"Quote: open": "leave out", "a=b": "count"},
        "Unit": {"box": "12"},
    }
    assert _treatments(None) is None
    with pytest.raises(DataError, match="not of the form"):
        _treatments(["Status=count"])


def test_meanings_are_carried_between_processes() -> None:
    history = read_sales(SALES.encode())
    assert sent(history).report.meanings == history.report.meanings


def test_a_refusal_carries_its_meanings_out_of_the_child() -> None:
    answer = _answer(
        {
            "names": ["s.csv"],
            "sales": [0],
            "beside": [],
            "items": None,
            "bom": None,
            "options": {"treatments": {"Status": {"Cancelled": "drop"}}},
        },
        [SALES.encode()],
    )
    assert answer[:1] == b"E"
    assert json.loads(answer[1:])["meanings"] == []


def test_equal_values_of_several_files_are_added_up() -> None:
    one = Meaning("S", "state", "x", 1, 2.0, 3.0, "count", "known word", "")
    assert joined_meanings([[one], [one]]) == (
        Meaning("S", "state", "x", 2, 4.0, 6.0, "count", "known word", ""),
    )


def test_the_table_of_meanings_is_what_the_report_lists() -> None:
    states = ["Shipped", "Shipped", "Draft", ""]
    lines = [f"2023-{1 + k // 27:02d}-{1 + k % 27:02d},A,{1 + k % 5},2.5,{states[k % 4]}" for k in range(160)]
    told = {"Status": {"Draft": "count"}}
    history = read_sales("\n".join(["date,sku,quantity,price,Status", *lines]).encode(), treatments=told)
    table = meanings_table(history.report.meanings).set_index("value")
    assert set(table.index) == {"Shipped", "Draft", ""}
    assert table["rows"].sum() == 160 and table["units"].sum() == sum(1 + k % 5 for k in range(160))
    assert table["money"].sum() == pytest.approx(2.5 * table["units"].sum(), abs=0.005)
    assert table["decided_by"].to_dict() == {
        "Shipped": "word",
        "Draft": "you",
        "": "says nothing of the row",
    }
    assert tuple(meanings_table([]).columns) == MEANINGS_COLUMNS


def test_several_factors_of_a_unit_are_said_as_such() -> None:
    lines = [
        f"2023-{1 + k // 20:02d}-{1 + k % 20:02d},A-{k % 2},2,{'Box' if k % 3 == 0 else 'Nos'}"
        for k in range(120)
    ]
    told = {"UOM": {"Box": "12", "Box of A-1": "24"}}
    report = read_sales("\n".join(["date,sku,quantity,UOM", *lines]).encode(), treatments=told).report
    box = next(m for m in report.meanings if m.value == "Box")
    assert "as told, by 12 to 24" in box.words and report.units_used == 2 * (80 + 20 * 12 + 20 * 24)
