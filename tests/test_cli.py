"""The command line: names, files, columns and exit codes that others rely on; silence unless something is asked for."""

from __future__ import annotations

import ctypes
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.assumptions import FIELDS
from analytics.assumptions_file import read_assumptions
from analytics.cli import main
from analytics.cli.terminal import solver_silent
from analytics.naming.labels import COMPONENTS, MEASURES
from analytics.version import __version__
from tests.strategy.small import STATED, csv_text, items_table, of_few, sales_table
from tests.writeup.adding_up import files_add_up
from tests.writeup.stock_ties import STOCK_FILES, stock_ties

ROOT = Path(__file__).resolve().parents[1]
FILES = {
    "recommendation.csv",
    "shared.csv",
    "strategies.csv",
    "assumptions.csv",
    *STOCK_FILES,
    "cleaning.csv",
    "rejected_rows.csv",
    "meanings.csv",
    "orders_on_hand.csv",
    "receipts.csv",
    "kept_study.bin",
    "summary.json",
}
RECOMMENDATION = (
    "sku, make_or_buy, price, unit_cost, cost_of_sales, on_hand, orders_on_hand, orders_due, today, counted_as, profit_today, "
    "today_reorder_point, today_order_up_to_level, today_order_quantity, today_quote_days, recommended, "
    "availability, order_way, change, from_to, verdict, gain_per_year, gain_by_planning, "
    "gain_by_strategy, lead_over_runner_up, runner_up, probability_best, "
    "profit_mts, profit_ato, profit_mto, profit_hybrid, share_waiting, share_quoted_a_wait, "
    "share_shelf_empty, wait_days_median, wait_days_p90, reorder_point, order_up_to_level, order_quantity, "
    "quote_days, grid_end, reason, why_not, notes"
).split(", ")
QUANTILES = ["q05", "q10", "q25", "q50", "q75", "q90", "q95"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("command line")
    (place / "sales.csv").write_bytes(csv_text(sales_table()))
    (place / "items.csv").write_bytes(csv_text(items_table()))
    (place / "few_sales.csv").write_bytes(csv_text(of_few(sales_table())))
    (place / "few_items.csv").write_bytes(csv_text(of_few(items_table())))
    (place / "stated.toml").write_text(STATED)
    return place


def of_few_products(folder: Path, sales: Path, stated: Path, out: Path, *more: str) -> list[str]:
    """The command that decides few products of the company, for what is decided more than once."""
    given = ["--items", str(folder / "few_items.csv"), "--assumptions", str(stated)]
    return ["analyze", str(sales), *given, *more, "--out", str(out)]


@pytest.fixture(scope="module")
def analyzed_few(folder: Path) -> Path:
    few = of_few_products(folder, folder / "few_sales.csv", folder / "stated.toml", folder / "few")
    assert main(few) == 0
    return folder / "few"


@pytest.fixture(scope="module")
def analyzed(folder: Path) -> Path:
    assert (
        main(
            [
                "analyze",
                str(folder / "sales.csv"),
                "--items",
                str(folder / "items.csv"),
                "--assumptions",
                str(folder / "stated.toml"),
                "--out",
                str(folder / "out"),
            ]
        )
        == 0
    )
    return folder / "out"


def table(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype={"sku": str}, keep_default_na=False, na_values=[""])


def command(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "analytics.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=cwd or ROOT,
        env=environment,
        check=False,
    )


def test_analyze_writes_its_files(analyzed: Path) -> None:
    assert {path.name for path in analyzed.iterdir()} == FILES
    document = json.loads((analyzed / "summary.json").read_text(encoding="utf-8"))
    stock_ties({name: table(analyzed / name) for name in STOCK_FILES}, document)


def test_recommendation_has_exactly_one_row_per_product(analyzed: Path, folder: Path) -> None:
    products = table(analyzed / "recommendation.csv")
    assert list(products.columns) == RECOMMENDATION
    assert sorted(products["sku"]) == sorted(pd.read_csv(folder / "sales.csv", dtype=str)["sku"].unique())
    ended = products["reason"].str.startswith("Ended")
    assert set(products.loc[~ended, "recommended"]) <= {"MTS", "ATO", "MTO", "HYBRID"}
    assert products.loc[ended, "recommended"].isna().all()  # nothing is recommended for what has ended
    assert set(products["make_or_buy"]) == {"make", "buy"}
    verdicts = set(products["verdict"])
    assert all(
        v in ("clear", "too_close", "not_decidable") or v.removeprefix("depends_on_") in FIELDS
        for v in verdicts
    )
    assert (
        products["probability_best"].dropna().between(0, 1).all()
        and products["share_waiting"].dropna().between(0, 1).all()
    )
    assert products["reason"].str.len().min() > 10
    lines = pd.read_csv(folder / "sales.csv", dtype={"sku": str}).groupby("sku").size()
    split = products.loc[products["profit_hybrid"].notna(), "sku"]
    assert 0 < len(split) < len(products) and (lines[split] >= 25).all()
    for strategy in ("MTS", "ATO", "MTO", "HYBRID"):
        chosen = products[products["recommended"] == strategy]
        assert chosen[f"profit_{strategy.lower()}"].notna().all()
    bought = products[products["make_or_buy"] == "buy"]
    assert bought["profit_ato"].isna().all()
    stocked = products[(products["recommended"] == "MTS") & products["reorder_point"].notna()]
    np.testing.assert_allclose(
        stocked["order_up_to_level"] - stocked["reorder_point"], stocked["order_quantity"], rtol=1e-9
    )
    ordered = products[(products["recommended"] == "MTO") & ~products["reason"].str.startswith("Ended")]
    assert ordered["quote_days"].notna().all() and ordered["reorder_point"].isna().all()


def test_gains_add_up_to_the_cent(analyzed: Path) -> None:
    got = table(analyzed / "recommendation.csv")
    summary = json.loads((analyzed / "summary.json").read_text())
    files_add_up(analyzed)
    shared = table(analyzed / "shared.csv")
    assert list(shared.columns) == ["line", "amount_per_year", "what_it_is"]
    assert round(got["gain_per_year"].sum() + shared["amount_per_year"].sum(), 2) == round(
        summary["gain_per_year"], 2
    )
    mix, baseline = summary["totals"]["mix"], summary["totals"]["baseline"]
    assert round(mix["profit"] - baseline["profit"], 2) == round(summary["gain_per_year"], 2)
    assert summary["gain_low"] <= summary["gain_per_year"] <= summary["gain_high"]
    column = {s: f"profit_{s.lower()}" for s in ("MTS", "ATO", "MTO", "HYBRID")}
    plans = (
        table(analyzed / "strategies.csv")
        .query("strategy == 'mix' and measure == 'profit'")
        .set_index("sku")["value"]
    )
    for _, row in got.iterrows():
        if row["verdict"] in ("too_close", "not_decidable"):
            assert row["gain_per_year"] == 0.0
        if isinstance(row["runner_up"], str) and row["lead_over_runner_up"] == row["lead_over_runner_up"]:
            assert row["lead_over_runner_up"] == pytest.approx(
                plans[row["sku"]] - row[column[row["runner_up"]]], abs=1e-6
            )
    for plan, totals in summary["totals"].items():
        extra = totals.get("shared", 0.0) if plan == "mix" else 0.0
        assert totals["profit"] - extra + sum(totals[c] for c in COMPONENTS) == pytest.approx(
            totals["benchmark"], rel=1e-9
        )


def test_the_mix_of_the_summary_is_the_column_of_recommendations(analyzed: Path) -> None:
    got = table(analyzed / "recommendation.csv")
    summary = json.loads((analyzed / "summary.json").read_text())
    living = got[~got["reason"].str.startswith("Ended")]
    assert {k: v for k, v in summary["recommended"].items() if v} == living[
        "recommended"
    ].value_counts().to_dict()
    assert summary["products"] == len(got) and summary["ended_products"] == len(got) - len(living)
    assert summary["verdicts"] == got["verdict"].value_counts().to_dict()
    assert (
        summary["version"] == __version__
        and summary["seed"] == 1
        and len(summary["input_digest"]) >= 32
        and summary["baseline"]
    )
    control = summary["control_totals"]
    sales = sales_table()
    assert (
        control["rows_read"] == control["rows_used"] == len(sales)
        and control["units_used"] == sales["quantity"].sum()
    )
    assert control["revenue_used"] == pytest.approx((sales["quantity"] * sales["unit_price"]).sum())


def test_strategies_hold_every_measure_and_reconcile(analyzed: Path) -> None:
    got = table(analyzed / "strategies.csv")
    assert list(got.columns) == ["sku", "strategy", "measure", "value", "low", "high", "run_as"]
    assert set(got["measure"]) == set(MEASURES) | set(COMPONENTS)
    assert not got.duplicated(["sku", "strategy", "measure"]).any()
    wide = got.pivot(index=["sku", "strategy"], columns="measure", values="value")
    gap = wide["benchmark"] - wide["profit"] - wide[list(COMPONENTS)].sum(axis=1)
    assert (gap.abs() <= 1e-9 * wide["revenue"].abs().clip(lower=1.0)).all()
    assert (wide["units_sold"] + wide["units_lost"] - wide["units_demanded"]).abs().max() < 1e-6
    recommendation = table(analyzed / "recommendation.csv").set_index("sku")
    offered = got[got["run_as"] == got["strategy"]].pivot(
        index=["sku", "strategy"], columns="measure", values="value"
    )
    for strategy in ("MTS", "ATO", "MTO"):
        profits = offered["profit"].xs(strategy, level="strategy")
        np.testing.assert_allclose(
            profits, recommendation.loc[profits.index, f"profit_{strategy.lower()}"], rtol=1e-9, atol=1e-6
        )
    assert (got["low"] <= got["high"])[got["low"].notna() & got["high"].notna()].all()


def test_measures_are_listed_in_the_glossary() -> None:
    glossary = (ROOT / "analytics" / "README.md").read_text(encoding="utf-8")
    missing = [name for name in [*MEASURES, *COMPONENTS] if f"`{name}`" not in glossary]
    assert not missing


def test_assumptions_list_origin_and_range(analyzed: Path) -> None:
    got = table(analyzed / "assumptions.csv")
    assert {"sku", "value", "unit", "origin", "low", "high"} <= set(got.columns)
    assert set(got["origin"]) <= {"given", "derived", "assumed", "confirmed"}
    one = got[(got["sku"] == "B3") & (got["field"] == "patience_per_day")].iloc[0]
    assert (
        one["origin"] == "confirmed" and float(one["value"]) == 0.0005 and one["low"] == one["high"] == 0.0005
    )
    cost = got[(got["sku"] == "A1") & (got["field"] == "unit_cost")].iloc[0]
    assert cost["origin"] == "given" and float(cost["value"]) == 70.0
    general = got[(got["field"] == "capital_rate") & got["sku"].isna()]
    assert (
        len(general) == 1 and general.iloc[0]["origin"] == "assumed" and general.iloc[0]["unit"] == "1/year"
    )
    ranged = got[got["low"].notna() & pd.to_numeric(got["value"], errors="coerce").notna()]
    value = pd.to_numeric(ranged["value"])
    assert ((ranged["low"] <= value) & (value <= ranged["high"])).all()


def test_rejected_rows_say_what_and_where(folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.csv"
    lines = csv_text(sales_table()).decode().splitlines()
    lines[5] = lines[5].rsplit(",", 2)[0] + ",several,9.00"
    broken.write_text("\n".join(lines))
    assert main(["analyze", str(broken), "--out", str(tmp_path / "out")]) == 0
    got = table(tmp_path / "out" / "rejected_rows.csv")
    assert list(got.columns) == ["row", "column", "found", "expected", "remedy", "text"]
    assert (
        len(got) == 1
        and got["row"].iloc[0] == 6
        and got["column"].iloc[0] == "quantity"
        and "several" in got["found"].iloc[0]
        and "several" in got["text"].iloc[0]
    )


def test_the_same_twice_to_the_byte_and_another_seed_differs(
    analyzed_few: Path, folder: Path, tmp_path: Path
) -> None:
    files = folder, folder / "few_sales.csv", folder / "stated.toml"
    again = command(*of_few_products(*files, tmp_path / "again"))
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")  # not a terminal: silence
    for name in FILES:
        assert (tmp_path / "again" / name).read_bytes() == (analyzed_few / name).read_bytes(), name
    assert main(of_few_products(*files, tmp_path / "other", "--seed", "2")) == 0
    other, one = (place / "strategies.csv" for place in (tmp_path / "other", analyzed_few))
    assert other.read_bytes() != one.read_bytes()
    assert json.loads((tmp_path / "other" / "summary.json").read_text())["seed"] == 2


def test_row_order_of_the_file_does_not_matter(analyzed_few: Path, folder: Path, tmp_path: Path) -> None:
    mixed = of_few(sales_table()).sample(frac=1.0, random_state=4)
    (tmp_path / "mixed.csv").write_bytes(csv_text(mixed))
    few = of_few_products(folder, tmp_path / "mixed.csv", folder / "stated.toml", tmp_path / "out")
    assert main(few) == 0
    one, other = (table(place / "recommendation.csv") for place in (analyzed_few, tmp_path / "out"))
    pd.testing.assert_frame_equal(one, other)


def test_assumptions_command_prints_toml_that_reads_back(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["assumptions"]) == 0
    text = capsys.readouterr().out
    back = read_assumptions(text)
    for name, row in FIELDS.items():
        assert f"{name} =" in text
        assert back.of(name).value == row.default or row.default != row.default


def test_an_answer_moves_the_result(analyzed_few: Path, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "answer.toml").write_text(
        STATED + "\n[general]\ncapital_rate = 0.5\n[family.tables]\nsalvage_share = 0.0\n"
    )
    few = of_few_products(folder, folder / "few_sales.csv", tmp_path / "answer.toml", tmp_path / "out")
    assert main(few) == 0
    before, after = (
        table(place / "recommendation.csv").set_index("sku")["profit_mts"]
        for place in (analyzed_few, tmp_path / "out")
    )
    assert (after["A1"] < before["A1"]) and (after["B2"] < before["B2"])
    stated = table(tmp_path / "out" / "assumptions.csv")
    assert (stated[stated["field"] == "capital_rate"]["origin"] == "confirmed").all()


def test_check_reads_and_reports(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(folder / "sales.csv"), "--items", str(folder / "items.csv")]) == 0
    words = capsys.readouterr().out
    assert f"{len(sales_table()):,}" in words and "sku" in words
    assert main(["check", str(folder / "sales.csv"), "--json", "--out", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.strip().splitlines()
    assert len(lines) == 1
    report = json.loads(lines[0])
    assert report["rows_read"] == report["rows_used"] + report["rows_rejected"] == len(sales_table())
    understood = pd.read_csv(tmp_path / "sales.csv", dtype={"sku": str})
    assert list(understood.columns)[:4] == ["sku", "date", "quantity", "revenue"]
    assert understood["quantity"].sum() == sales_table()["quantity"].sum() and len(understood) == len(
        sales_table()
    )
    assert main(["check", str(tmp_path / "nothing.csv")]) == 2
    assert "nothing.csv" in capsys.readouterr().err


@pytest.mark.parametrize(("frequency", "weekday"), [("W", True), ("M", False), ("D", False)])
def test_forecast_rows_and_first_period(folder: Path, tmp_path: Path, frequency: str, weekday: bool) -> None:
    out = tmp_path / "deep" / "forecast.csv"
    assert (
        main(
            [
                "forecast",
                str(folder / "sales.csv"),
                "--horizon",
                "5",
                "--frequency",
                frequency,
                "--out",
                str(out),
            ]
        )
        == 0
    )
    got = table(out)
    assert list(got.columns) == ["sku", "period", "mean", *QUANTILES, "method"]
    skus = sorted(sales_table()["sku"].unique())
    assert sorted(got["sku"].unique()) == skus and len(got) == 5 * len(skus)  # B4 has ended and has its rows
    periods = sorted(got["period"].unique())
    assert periods[0] == {"W": "2024-12-30", "M": "2024-12-01", "D": "2024-12-30"}[frequency]
    if weekday:
        assert all(pd.Timestamp(p).weekday() == 0 for p in periods)
    step = pd.Series(pd.to_datetime(periods)).diff().dropna().dt.days
    assert set(step) <= {"W": {7}, "M": {28, 30, 31}, "D": {1}}[frequency]
    quantiles = got[QUANTILES].to_numpy()
    assert (
        (quantiles >= 0).all()
        and (np.diff(quantiles, axis=1) >= 0).all()
        and (got["mean"] >= 0).all()
        and got["method"].notna().all()
    )


def test_forecast_total_has_one_row_per_product(folder: Path, tmp_path: Path) -> None:
    for name, extra in (("total.csv", ["--total"]), ("rows.csv", [])):
        assert (
            main(
                [
                    "forecast",
                    str(folder / "sales.csv"),
                    "--horizon",
                    "6",
                    "--frequency",
                    "W",
                    *extra,
                    "--out",
                    str(tmp_path / name),
                ]
            )
            == 0
        )
    total, rows = table(tmp_path / "total.csv"), table(tmp_path / "rows.csv")
    assert list(total.columns) == ["sku", "periods", "mean", *QUANTILES, "method"]
    assert sorted(total["sku"]) == sorted(sales_table()["sku"].unique()) and (total["periods"] == 6).all()
    by_sku = rows.groupby("sku")["mean"].sum()
    np.testing.assert_allclose(total.set_index("sku")["mean"], by_sku.loc[total["sku"]], rtol=1e-9)
    quantiles = total[QUANTILES].to_numpy()
    assert (quantiles >= 0).all() and (np.diff(quantiles, axis=1) >= 0).all()
    living = total[total["sku"] != "B4"]
    assert ((living["q05"] <= living["mean"]) & (living["mean"] <= living["q95"])).mean() > 0.9
    assert total.set_index("sku").loc["B4", "mean"] < 0.05 * 3.0 * 6


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    commands = ["analyze", "check", "forecast", "assumptions", "demo", "app"]
    for arguments, words in (
        (["--help"], commands),
        (["analyze", "--help"], ["--items", "--assumptions", "--seed", "--out"]),
        (["--version"], [__version__]),
    ):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 0
        text = capsys.readouterr().out
        assert all(word in text for word in words)


MISUSES = (
    "",
    "nonsense",
    "analyze",
    "forecast x.csv",
    "forecast x.csv --horizon many --out y",
    "analyze x.csv --out y --frequency Q",
    "analyze x.csv --out y --seed 1.5",
)


@pytest.mark.parametrize("line", MISUSES)
def test_misuse_ends_with_two(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(line.split())
    assert ended.value.code == 2 and "usage" in capsys.readouterr().err


def test_a_closed_pipe_is_no_fault(folder: Path) -> None:
    """`stock-or-order assumptions | head -1` ends quietly."""
    process = subprocess.Popen(
        [sys.executable, "-m", "analytics.cli", "assumptions"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    text = process.stderr.read().decode()
    process.wait(60)
    process.stderr.close()
    assert "Traceback" not in text


def test_csv_text_reads_as_written(analyzed: Path) -> None:
    """UTF-8 without a byte-order mark, line feeds, every number a number, no index column."""
    for name in FILES - {"summary.json", "kept_study.bin"}:
        content = (analyzed / name).read_bytes()
        assert not content.startswith(b"\xef\xbb\xbf") and b"\r" not in content and content.endswith(b"\n")
        again = pd.read_csv(io.BytesIO(content))
        assert "Unnamed: 0" not in again.columns
    document = json.loads((analyzed / "summary.json").read_text(encoding="utf-8"))
    assert {
        "baseline",
        "totals",
        "gain_per_year",
        "gain_low",
        "gain_high",
        "control_totals",
        "seed",
        "version",
        "input_digest",
    } <= set(document)


def test_layers_of_cleaning_are_named_and_a_forecast_is_compared(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sales = str(folder / "few_sales.csv")
    assert (
        main(["forecast", sales, "--horizon", "4", "--clean", "outlier", "--out", str(tmp_path / "f.csv")])
        == 2
    )
    assert "there is no such layer of cleaning" in capsys.readouterr().err
    dates = pd.to_datetime(pd.read_csv(sales)["date"])
    sku = str(pd.read_csv(sales, dtype=str)["sku"].iloc[0])
    begin = dates.max() - pd.Timedelta(days=140)
    begin -= pd.Timedelta(days=begin.weekday())
    weeks = [(begin + pd.Timedelta(weeks=k)).date() for k in range(14)]
    (tmp_path / "mine.csv").write_text(
        "sku,period,mean,origin\n" + "\n".join(f"{sku},{day},2,{weeks[0]}" for day in weeks)
    )
    options = [
        "--items",
        str(folder / "few_items.csv"),
        "--frequency",
        "W",
        "--clean",
        "none",
        "--forecast",
        str(tmp_path / "mine.csv"),
    ]
    arguments = ["analyze", sales, *options, "--out", str(tmp_path / "out")]
    assert main(arguments) == 0
    added = table(tmp_path / "out" / "forecast_value_added.csv")
    assert (
        added["sku"].tolist() == ["all", sku]
        and (added["sums"] == 1).all()
        and added["actual_units"].nunique() == 1
    )
    assert table(tmp_path / "out" / "cleaning.csv").empty
    (tmp_path / "mine.csv").write_text("sku,period,mean\nnobody,2024-01-01,2\n")
    assert main([*arguments[:-1], str(tmp_path / "other")]) == 2
    assert "no product of the forecast is in the sales file" in capsys.readouterr().err and not list(
        (tmp_path / "other").glob("*.csv")
    )


@pytest.mark.skipif(os.name != "posix", reason="the C library is asked by its POSIX name")
def test_what_compiled_code_prints_of_itself_is_not_said(capfd: pytest.CaptureFixture[str]) -> None:
    with solver_silent():
        ctypes.CDLL(None).printf(b"stray line held back by C\n")
        os.write(1, b"stray line at once\n")
    print("said by us", flush=True)
    assert capfd.readouterr().out == "said by us\n"
