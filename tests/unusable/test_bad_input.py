"""Bad sales files: each kind gets a clear word, the rest goes on, and nothing ever ends in a traceback."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.cli import main
from analytics.naming.labels import COMPONENTS
from tests.strategy.small import csv_text
from tests.unusable.bad_input import GOOD, analyze, lines

__all__ = ["analyze"]  # the fixture


@pytest.mark.parametrize("column", ["date", "sku", "quantity"])
def test_a_missing_column_is_named(analyze, column: str) -> None:  # type: ignore[no-untyped-def]
    got = analyze(lines(GOOD).drop(columns=column))
    assert got.code == 2
    assert {
        "date": "no column holds the date of sale",
        "sku": "no column holds the product code",
        "quantity": "no column holds the quantity sold",
    }[column] in got.words


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"date,sku,quantity\n",
        b"\x00\x01\x02\x03" * 50,
        b"PK\x03\x04 not a workbook",
        b"just some words\nand more words\n",
    ],
)
def test_nothing_to_read(analyze, content: bytes) -> None:  # type: ignore[no-untyped-def]
    assert analyze(content).code == 2


def test_one_row_goes_through_and_what_it_lacks_is_said(analyze) -> None:  # type: ignore[no-untyped-def]
    got = analyze(b"date,sku,quantity,unit_price\n2024-05-06,A,3,10\n", b"sku,unit_cost\nA,6\n")
    assert got.code == 0, got.words
    assert (
        list(got.products().index) == ["A"]
        and "no forecast can be made from it" in got.notes()
        and "The history covers 1 day only" in got.notes()
    )
    row = got.products().loc["A"]
    assert (row["verdict"], row["gain_per_year"], row["recommended"]) == (
        "not_decidable",
        0.0,
        "MTS",
    ) and "one period of sales is no history" in row["reason"]


def test_one_product(analyze) -> None:  # type: ignore[no-untyped-def]
    got = analyze(lines({"A": 4.0}), pd.DataFrame({"sku": ["A"], "unit_cost": [12.0]}))
    assert got.code == 0 and np.isfinite(got.products().loc["A", "profit_mts"])


def test_all_quantities_zero(analyze) -> None:  # type: ignore[no-untyped-def]
    got = analyze(lines(GOOD).assign(quantity=0))
    assert got.code == 0, got.words
    assert (
        got.summary()["gain_per_year"] == 0.0
        and got.summary()["totals"]["mix"]["profit"] == 0.0
        and "zero" in got.notes()
    )


def test_returns_only(analyze) -> None:  # type: ignore[no-untyped-def]
    table = lines(GOOD)
    got = analyze(table.assign(quantity=-table["quantity"]))
    assert got.code == 0, got.words
    assert (
        got.summary()["service"]["mix"]["units_demanded"] == pytest.approx(0.0, abs=1e-6)
        and "every line is a return" in got.notes()
    )


def test_unreadable_dates(analyze) -> None:  # type: ignore[no-untyped-def]
    table = lines(GOOD).astype({"date": str})
    assert analyze(table.assign(date="soon")).code == 2
    table.iloc[4, 0] = "31.02.2023"
    table.iloc[9, 0] = "n/a"
    got = analyze(table)
    rejected = got.table("rejected_rows.csv")
    assert (
        got.code == 0
        and list(rejected["row"]) == [6, 11]
        and set(rejected["column"]) == {"date"}
        and rejected["remedy"].notna().all()
    )
    control = got.summary()["control_totals"]
    assert control["rows_rejected"] == 2 and control["rows_used"] == len(table) - 2


def test_duplicate_rows_are_kept_counted_and_said(analyze) -> None:  # type: ignore[no-untyped-def]
    table = lines(GOOD)
    table.insert(0, "order", [f"O{i}" for i in range(len(table))])
    doubled = pd.concat([table, table.iloc[:7]], ignore_index=True)
    got = analyze(doubled)
    assert got.code == 0 and got.summary()["control_totals"]["units_used"] == doubled["quantity"].sum()
    assert "7 lines repeat an earlier line" in got.notes() and "counted" in got.notes()


def test_a_product_with_two_observations(analyze) -> None:  # type: ignore[no-untyped-def]
    few = pd.DataFrame(
        {
            "date": pd.to_datetime(["2023-12-04", "2024-02-05"]),
            "sku": "RARE",
            "quantity": [1, 2],
            "unit_price": 50.0,
        }
    )
    got = analyze(
        pd.concat([lines(GOOD), few], ignore_index=True),
        pd.DataFrame({"sku": ["RARE", "A"], "unit_cost": [30.0, 12.0]}),
    )
    assert got.code == 0 and np.isfinite(got.products().loc["RARE", "profit_mts"])


def test_ten_thousand_days(analyze) -> None:  # type: ignore[no-untyped-def]
    day = pd.date_range("1996-01-01", periods=10_000)
    rng = np.random.default_rng(1)
    table = pd.DataFrame({"date": day, "sku": "A", "quantity": rng.poisson(3.0, 10_000) + 1})
    got = analyze(table, extra=("--frequency", "D"))
    assert got.code == 0 and len(got.products()) == 1


def test_price_zero_is_no_price(analyze) -> None:  # type: ignore[no-untyped-def]
    table = lines(GOOD)
    table.loc[table["sku"] == "B", "unit_price"] = 0.0
    got = analyze(table, pd.DataFrame({"sku": list(GOOD), "unit_cost": [12.0, 12.0, 8.0]}))
    products = got.products()
    assert (
        got.code == 0
        and products.loc["B", "verdict"] == "not_decidable"
        and np.isnan(products.loc["B", "profit_mts"])
    )
    assert "price" in products.loc["B", "reason"].lower() and np.isfinite(products.loc["A", "profit_mts"])
    money = got.table("strategies.csv").query(
        "sku == 'B' and measure in ('profit', 'setup', 'capital', 'goodwill', 'cancellation')"
    )
    assert len(money) and money["value"].isna().all()
    assert got.summary()["priced_products"] == 2


def test_cost_above_price_is_said_and_kept_out(analyze) -> None:  # type: ignore[no-untyped-def]
    got = analyze(lines(GOOD), pd.DataFrame({"sku": list(GOOD), "unit_cost": [25.0, 12.0, 8.0]}))
    products = got.products()
    assert (
        got.code == 0
        and products.loc["A", "verdict"] == "not_decidable"
        and products.loc["A", "gain_per_year"] == 0.0
    )
    assert (
        "below cost" in products.loc["A", "reason"].lower()
        and products.loc["B", "verdict"] != "not_decidable"
    )


def test_one_channel_that_ends_before_the_other(analyze) -> None:  # type: ignore[no-untyped-def]
    web = lines(GOOD, weeks=80).assign(channel="web")
    shop = lines(GOOD, weeks=71, seed=5).assign(channel="shop")
    got = analyze(pd.concat([web, shop], ignore_index=True))
    assert got.code == 0 and "shop" in got.notes() and "2024-05-06" in got.notes()
    assert not got.products()["reason"].str.startswith("Ended").any()


def test_without_price_and_cost_there_is_no_money_anywhere(analyze) -> None:  # type: ignore[no-untyped-def]
    got = analyze(lines(GOOD, price=None))
    products, summary = got.products(), got.summary()
    assert got.code == 0 and set(products["verdict"]) == {"not_decidable"} and summary["priced_products"] == 0
    assert (
        products[["profit_mts", "profit_mto", "lead_over_runner_up", "probability_best"]]
        .isna()
        .all(axis=None)
    )
    table = got.table("strategies.csv")
    assert (
        table[table["measure"].isin([*COMPONENTS, "profit", "revenue", "benchmark", "cash_tied_up"])]["value"]
        .isna()
        .all()
    )
    physical = table[table["measure"] == "units_sold"]["value"]
    assert (physical > 0).all() and products["order_up_to_level"].notna().all()


def test_one_gross_margin_opens_the_money(analyze) -> None:  # type: ignore[no-untyped-def]
    got = analyze(lines(GOOD), assumptions="[general]\ngross_margin = 0.4\n")
    products = got.products()
    assert got.code == 0 and products["profit_mts"].notna().all() and got.summary()["priced_products"] == 3
    assumed = got.table("assumptions.csv")
    assert set(assumed[assumed["field"] == "unit_cost"]["origin"]) <= {"assumed", "derived", "confirmed"}


def test_paths_that_cannot_be(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    good = tmp_path / "sales.csv"
    good.write_bytes(csv_text(lines(GOOD)))
    (tmp_path / "file").write_text("")
    (tmp_path / "blocked" / "summary.json").mkdir(parents=True)
    cases = [
        ["analyze", str(tmp_path), "--out", str(tmp_path / "o")],
        ["analyze", str(tmp_path / "none.csv"), "--out", str(tmp_path / "o")],
        ["analyze", str(good), "--items", str(tmp_path), "--out", str(tmp_path / "o")],
        ["analyze", str(good), "--assumptions", str(tmp_path / "none.toml"), "--out", str(tmp_path / "o")],
        ["analyze", str(good), "--assumptions", str(tmp_path), "--out", str(tmp_path / "o")],
        ["analyze", str(good), "--out", str(tmp_path / "file")],
        ["analyze", str(good), "--out", str(tmp_path / "file" / "below")],
        ["analyze", str(good), "--out", str(tmp_path / "blocked")],
        ["analyze", str(good), "--out", str(tmp_path / "o"), "--seed", "-1"],
        ["analyze", str(good), "--out", str(tmp_path / "o"), "--seed", str(2**63)],
        ["forecast", str(good), "--horizon", "3", "--out", str(tmp_path)],
        ["forecast", str(good), "--horizon", "0", "--out", str(tmp_path / "f.csv")],
        ["forecast", str(good), "--horizon", "100000", "--out", str(tmp_path / "f.csv")],
        ["check", str(tmp_path)],
        ["check", str(good), "--out", str(tmp_path / "file")],
        ["analyze", str(tmp_path / ("x" * 3000)), "--out", str(tmp_path / "o")],
    ]
    for arguments in cases:
        code = main(arguments)
        said = capfd.readouterr().err
        assert code == 2 and "stock-or-order: " in said and "Traceback" not in said, (arguments, code, said)


def test_formulas_and_odd_names_are_harmless(analyze) -> None:  # type: ignore[no-untyped-def]
    table = lines({'=cmd|"/C calc"!A0': 3.0, "Größe 5, rot": 2.0, "007": 4.0, "shared": 2.0})
    got = analyze(table)
    assert got.code == 0, got.words
    raw = (got.out / "recommendation.csv").read_text(encoding="utf-8")
    assert (
        not any(line.startswith(("=", '"=')) for line in raw.splitlines())
        and "Größe 5, rot" in raw
        and "\n007," in raw
    )
