"""Bad input: each kind gets a clear word, the rest goes on, and nothing ever ends in a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.cli import main
from analytics.labels import COMPONENTS
from tests.strategy.small import csv_text


def lines(products: dict[str, float], weeks: int = 60, price: float | None = 20.0, seed: int = 3, start: str = "2023-01-02") -> pd.DataFrame:
    """Weekly orders of some products at a rate each."""
    rng = np.random.default_rng(seed)
    day = pd.date_range(start, periods=weeks, freq="7D")
    parts = [pd.DataFrame({"date": day, "sku": sku, "quantity": rng.poisson(rate, weeks)}) for sku, rate in products.items()]
    table = pd.concat(parts, ignore_index=True)
    table = table[table["quantity"] > 0]
    return table if price is None else table.assign(unit_price=price)


class Outcome:
    """What one call of the command line did: exit code, words, and the tables if any."""

    def __init__(self, code: int, out: Path, words: str) -> None:
        self.code, self.out, self.words = code, out, words

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.out / name, dtype={"sku": str}, keep_default_na=False, na_values=[""])

    def products(self) -> pd.DataFrame:
        got = self.table("recommendation.csv")
        return got[got["sku"] != "shared"].set_index("sku")

    def summary(self) -> dict:
        return json.loads((self.out / "summary.json").read_text())

    def notes(self) -> str:
        summary = self.summary()
        return " ".join([*summary["notes"], *summary["input_problems"]])


@pytest.fixture
def analyze(tmp_path: Path, capfd: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Writes the tables, runs `analyze`, and looks for tracebacks and chatter."""

    def run(sales: pd.DataFrame | bytes, items: pd.DataFrame | bytes | None = None, assumptions: str | None = None, extra: tuple[str, ...] = ()) -> Outcome:
        def written(name: str, content: pd.DataFrame | bytes) -> str:
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else csv_text(content))
            return str(tmp_path / name)

        arguments = ["analyze", written("sales.csv", sales), "--out", str(tmp_path / "out"), *extra]
        if items is not None:
            arguments += ["--items", written("items.csv", items)]
        if assumptions is not None:
            arguments += ["--assumptions", written("a.toml", assumptions.encode())]
        capfd.readouterr()
        code = main(arguments)
        said = capfd.readouterr()
        assert said.out == "" and "Traceback" not in said.err and "Warning" not in said.err
        assert (code == 0 and said.err == "") or (code == 2 and said.err.startswith("stock-or-order: ") and len(said.err) > 30)
        return Outcome(code, tmp_path / "out", said.err)

    return run


GOOD = {"A": 5.0, "B": 1.0, "C": 12.0}


@pytest.mark.parametrize("column", ["date", "sku", "quantity"])
def test_a_missing_column_is_named(analyze, column: str) -> None:  # type: ignore[no-untyped-def]
    got = analyze(lines(GOOD).drop(columns=column))
    assert got.code == 2
    assert {"date": "no column holds the date of sale", "sku": "no column holds the product code", "quantity": "no column holds the quantity sold"}[column] in got.words


@pytest.mark.parametrize("content", [b"", b"\n\n", b"date,sku,quantity\n", b"\x00\x01\x02\x03" * 50, b"PK\x03\x04 not a workbook", b"just some words\nand more words\n"])
def test_nothing_to_read(analyze, content: bytes) -> None:  # type: ignore[no-untyped-def]
    assert analyze(content).code == 2


def test_one_row_goes_through_and_what_it_lacks_is_said(analyze) -> None:  # type: ignore[no-untyped-def]
    got = analyze(b"date,sku,quantity,unit_price\n2024-05-06,A,3,10\n", b"sku,unit_cost\nA,6\n")
    assert got.code == 0, got.words
    assert list(got.products().index) == ["A"] and "no forecast can be made from it" in got.notes()


def test_one_product(analyze) -> None:  # type: ignore[no-untyped-def]
    got = analyze(lines({"A": 4.0}), pd.DataFrame({"sku": ["A"], "unit_cost": [12.0]}))
    assert got.code == 0 and np.isfinite(got.products().loc["A", "profit_mts"])


def test_all_quantities_zero(analyze) -> None:  # type: ignore[no-untyped-def]
    got = analyze(lines(GOOD).assign(quantity=0))
    assert got.code == 0, got.words
    assert got.summary()["gain_per_year"] == 0.0 and got.summary()["totals"]["mix"]["profit"] == 0.0 and "zero" in got.notes()


def test_returns_only(analyze) -> None:  # type: ignore[no-untyped-def]
    table = lines(GOOD)
    got = analyze(table.assign(quantity=-table["quantity"]))
    assert got.code == 0, got.words
    assert got.summary()["service"]["mix"]["units_demanded"] == pytest.approx(0.0, abs=1e-6) and "every line is a return" in got.notes()


def test_unreadable_dates(analyze) -> None:  # type: ignore[no-untyped-def]
    table = lines(GOOD).astype({"date": str})
    assert analyze(table.assign(date="soon")).code == 2
    table.iloc[4, 0] = "31.02.2023"
    table.iloc[9, 0] = "n/a"
    got = analyze(table)
    rejected = got.table("rejected_rows.csv")
    assert got.code == 0 and list(rejected["row"]) == [6, 11] and set(rejected["column"]) == {"date"} and rejected["remedy"].notna().all()
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
    few = pd.DataFrame({"date": pd.to_datetime(["2023-12-04", "2024-02-05"]), "sku": "RARE", "quantity": [1, 2], "unit_price": 50.0})
    got = analyze(pd.concat([lines(GOOD), few], ignore_index=True), pd.DataFrame({"sku": ["RARE", "A"], "unit_cost": [30.0, 12.0]}))
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
    assert got.code == 0 and products.loc["B", "verdict"] == "not_decidable" and np.isnan(products.loc["B", "profit_mts"])
    assert "price" in products.loc["B", "reason"].lower() and np.isfinite(products.loc["A", "profit_mts"])
    money = got.table("strategies.csv").query("sku == 'B' and measure in ('profit', 'setup', 'capital', 'goodwill', 'cancellation')")
    assert len(money) and money["value"].isna().all()
    assert got.summary()["priced_products"] == 2


def test_cost_above_price_is_said_and_kept_out(analyze) -> None:  # type: ignore[no-untyped-def]
    got = analyze(lines(GOOD), pd.DataFrame({"sku": list(GOOD), "unit_cost": [25.0, 12.0, 8.0]}))
    products = got.products()
    assert got.code == 0 and products.loc["A", "verdict"] == "not_decidable" and products.loc["A", "gain_per_year"] == 0.0
    assert "below cost" in products.loc["A", "reason"].lower() and products.loc["B", "verdict"] != "not_decidable"


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
    assert products[["profit_mts", "profit_mto", "lead_over_runner_up", "probability_best"]].isna().all(axis=None)
    table = got.table("strategies.csv")
    assert table[table["measure"].isin([*COMPONENTS, "profit", "revenue", "benchmark", "cash_tied_up"])]["value"].isna().all()
    physical = table[table["measure"] == "units_sold"]["value"]
    assert (physical > 0).all() and products["order_up_to_level"].notna().all()


def test_one_gross_margin_opens_the_money(analyze) -> None:  # type: ignore[no-untyped-def]
    got = analyze(lines(GOOD), assumptions="[general]\ngross_margin = 0.4\n")
    products = got.products()
    assert got.code == 0 and products["profit_mts"].notna().all() and got.summary()["priced_products"] == 3
    assumed = got.table("assumptions.csv")
    assert set(assumed[assumed["field"] == "unit_cost"]["origin"]) <= {"assumed", "derived", "confirmed"}


@pytest.mark.parametrize(
    ("toml", "word"),
    [
        ("[general]\ncapital_rat = 0.1\n", "capital_rat"),
        ("[general]\ncapital_rate = { value = 0.1, lowest = 0.0 }\n", "lowest"),
        ("[general]\ncapital_rate = 'much'\n", "capital_rate"),
        ("[general]\ncapital_rate = 99\n", "capital_rate"),
        ("[general]\nhazard_per_year = -0.1\n", "hazard_per_year"),
        ("[general]\ncapital_rate = { value = 0.1, low = 0.2, high = 0.3 }\n", "capital_rate"),
        ("[nonsense]\ncapital_rate = 0.1\n", "nonsense"),
        ("capital_rate = 0.1\n", "capital_rate"),
        ("[general\n", "TOML"),
        ("[product.A]\ncapital_rate = nan\n", "capital_rate"),
    ],
)
def test_assumptions_that_make_no_sense(analyze, toml: str, word: str) -> None:  # type: ignore[no-untyped-def]
    got = analyze(lines(GOOD), assumptions=toml)
    assert got.code == 2 and word.lower() in got.words.lower() and not got.out.exists()


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


ITEMS_FAULTS = {
    "negative cost": ("unit_cost", -5.0),
    "share above one": ("component_share", 7.0),
    "words for a number": ("unit_cost", "cheap"),
    "endless lead time": ("component_lead_days", 1e9),
    "lead time longer than the history": ("component_lead_days", 3000.0),
    "minimum above lifetime demand": ("moq", 1e7),
    "no lead time at all": ("component_lead_days", 0.0),
    "share zero": ("component_share", 0.0),
    "share one": ("component_share", 1.0),
    "salvage above cost": ("salvage_share", 3.0),
    "unknown mode": ("current_mode", "sometimes"),
    "negative holding rate": ("storage_rate", -0.1),
    "price below cost": ("unit_cost", 35.0),
    "hazard one": ("hazard_per_year", 1.0),
    "reliability of one": ("quote_reliability", 1.0),
    "end before its sales": ("end_date", "1999-01-01"),
}


def test_a_faulty_item_each_and_the_others_go_on(analyze) -> None:  # type: ignore[no-untyped-def]
    rates = {f"F{i:02d} {fault}": 2.0 + i for i, fault in enumerate(ITEMS_FAULTS)} | GOOD
    items = pd.DataFrame({"sku": list(rates), "unit_cost": 12.0, "make": "yes", "component_lead_days": 28.0, "component_share": 0.5}).astype(object)
    for column in {field for field, _ in ITEMS_FAULTS.values()} - set(items.columns):
        items[column] = None
    for sku, (field, value) in zip(rates, ITEMS_FAULTS.values(), strict=False):
        items.loc[items["sku"] == sku, field] = value
    got = analyze(lines(rates), items)
    products = got.products()
    assert got.code == 0 and set(products.index) == set(rates)
    assert products.loc[list(GOOD), "profit_mts"].notna().all() and (products.loc[list(GOOD), "verdict"] != "not_decidable").all()
    for sku in rates:
        assert np.isfinite(products.loc[sku, "profit_mts"]) or products.loc[sku, "verdict"] == "not_decidable", sku
    assert np.isnan(products.loc["F00 negative cost", "profit_mts"]) and np.isnan(products.loc["F07 share zero", "profit_ato"])
    assert all(found in got.notes() for found in ("-5.0", "7.0", "-0.1", "1000000000.0", "cheap", "sometimes", "read as percent")), got.notes()


LIMITS = (
    "hazard_per_year = 0", "hazard_per_year = 50", "patience_per_day = 0", "patience_per_day = 10", "salvage_share = 1", "storage_rate = 0",
    "fixed_cost_share = 1", "component_share = 1", "component_share = 0", "excess_cover_weeks = 1", "review_days = 365", "production_days = 0",
    "production_days = 3650", "price_premium = -1", "cost_premium = -1", "deposit_share = 1", "capital_rate = 5", "assembly_days = 0",
    "component_lead_days = 0", "queue_days = 3650",
)  # fmt: skip


def test_limits_of_every_assumption_run_through(analyze) -> None:  # type: ignore[no-untyped-def]
    rates = {f"L{i:02d}": 1.0 + i for i in range(len(LIMITS))}
    toml = "\n".join(f"[product.{sku}]\n{limit}" for sku, limit in zip(rates, LIMITS, strict=True))
    got = analyze(lines(rates, weeks=30), pd.DataFrame({"sku": list(rates), "unit_cost": 12.0, "make": "yes"}), assumptions=toml)
    assert got.code == 0 and got.products()["profit_mts"].notna().all() and got.products()["profit_mto"].notna().all()
    wide = got.table("strategies.csv").pivot(index=["sku", "strategy"], columns="measure", values="value")
    gap = (wide["benchmark"] - wide["profit"] - wide[list(COMPONENTS)].sum(axis=1)).abs()
    assert (gap <= 1e-9 * (wide["revenue"].abs() + wide["benchmark"].abs()).clip(lower=1.0)).all()
    profit = got.products()
    rows = dict(zip(LIMITS, rates, strict=True))
    assert profit.loc[rows["patience_per_day = 10"], "profit_mto"] == pytest.approx(0.0, abs=1.0)  # nobody waits a day
    lost = got.table("strategies.csv").query("measure == 'share_lost' and strategy == 'MTO'").set_index("sku")["value"]
    assert lost[rows["patience_per_day = 0"]] == pytest.approx(0.0, abs=1e-9)


def test_items_of_other_products_and_duplicates(analyze) -> None:  # type: ignore[no-untyped-def]
    items = pd.DataFrame({"sku": ["A", "A", "ZZ"], "unit_cost": [12.0, 13.0, 1.0]})
    got = analyze(lines(GOOD), items)
    assert got.code == 0 and set(got.products().index) == set(GOOD) and "ZZ" in got.notes()


def test_formulas_and_odd_names_are_harmless(analyze) -> None:  # type: ignore[no-untyped-def]
    table = lines({'=cmd|"/C calc"!A0': 3.0, "Größe 5, rot": 2.0, "007": 4.0, "shared": 2.0})
    got = analyze(table)
    assert got.code == 0, got.words
    raw = (got.out / "recommendation.csv").read_text(encoding="utf-8")
    assert not any(line.startswith(("=", '"=')) for line in raw.splitlines()) and "Größe 5, rot" in raw and "\n007," in raw


def test_a_bill_of_materials_with_a_cycle_or_an_unknown_part(analyze, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    links = [
        ("A", "FRAME", 1), ("B", "FRAME", 1), ("FRAME", "TUBE", 3), *[("FRAME", f"X{i}", 1) for i in range(4)], ("A", "=PAINT()", 1),
        ("C", "LOOP", 1), ("LOOP", "C", 2), ("B", "", 1), ("B", "BELL", -2),
    ]  # fmt: skip
    path = tmp_path / "bom.csv"
    path.write_bytes(csv_text(pd.DataFrame(links, columns=["parent", "component", "quantity"])))
    items = pd.DataFrame({"sku": ["A", "B", "C", "TUBE"], "unit_cost": [12.0, 12.0, 8.0, 2.0], "make": ["yes", "yes", "yes", "no"]})
    got = analyze(lines(GOOD), items, extra=("--bom", str(path)))
    products, notes = got.products(), got.notes()
    assert got.code == 0 and products["profit_mts"].notna().all() and products["profit_ato"].notna().tolist() == [True, True, False]
    assert "bill of materials of C contains itself" in notes and "C > LOOP > C" in notes and "not in the items file" in notes
    assert "their parts are incomplete" in notes and len(got.table("rejected_rows.csv")) == 2
    parts = got.table("components.csv").set_index("component")
    assert set(parts["use"]) == {"kit", "unique"} and parts.loc["TUBE", "use"] == "kit" and "'=PAINT()" in parts.index
    assert parts.loc["TUBE", "units_per_year"] == pytest.approx(3 * 52 * (GOOD["A"] + GOOD["B"]), rel=0.35)


def test_a_bill_of_materials_that_is_none(analyze, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "bom.csv"
    path.write_bytes(csv_text(lines(GOOD)))
    got = analyze(lines(GOOD), extra=("--bom", str(path)))
    assert got.code == 2 and "bill of materials" in got.words and not got.out.exists()
    assert analyze(lines(GOOD), extra=("--bom", str(tmp_path / "none.csv"))).code == 2


def test_no_capacity_means_no_promise(analyze) -> None:  # type: ignore[no-untyped-def]
    items = pd.DataFrame({"sku": list(GOOD), "unit_cost": 12.0, "make": "yes", "work_center": ["closed", "open", "open"], "capacity_hours_per_week": [0.0, 40.0, 40.0]})
    items["hours_per_unit"], items["current_mode"] = [1.0, 1.0, np.nan], ["MTO", "MTO", ""]
    got = analyze(lines(GOOD), items, assumptions="[general]\npatience_per_day = 0\n")
    products, notes = got.products(), got.notes()
    assert got.code == 0 and np.isnan(products.loc["A", "profit_mto"]) and products.loc[["B", "C"], "profit_mto"].notna().all()
    assert products["profit_mts"].notna().all() and "no lead time can be promised" in notes and "Quote to order from capacity for 1 product (B)" in notes
    order = got.table("strategies.csv").query("sku == 'A' and strategy == 'MTO'")
    assert not len(order) and got.summary()["recommended"]["MTO"] <= 2
