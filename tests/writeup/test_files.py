"""The form of numbers in files: read back, every figure is the same; no cell comes alive; totals keep every digit."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.cli import main
from analytics.data import read_items, read_sales, safe_cell
from analytics.writeup.files import csv_bytes
from analytics.writeup.tables import RECOMMENDATION_COLUMNS, SHARED_COLUMNS, STRATEGY_COLUMNS
from analytics.writeup.terminal import told
from tests.strategy.small import STATED, csv_text, decide_once, items_table, of_few, sales_table

ROOT = Path(__file__).resolve().parents[2]
FORMS = {"en": {"sep": ","}, "de": {"sep": ";", "decimal": ","}}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both forms of everything that the command line writes, from one file in Swiss francs."""
    place = tmp_path_factory.mktemp("forms")
    sales = (
        csv_text(of_few(sales_table()))
        + b"X1,K001,2024-03-04,A1,several,9.00\nX2,K002,2024-03-05,=A1;B,1.5,9.25\n"
    )
    (place / "sales.csv").write_bytes(sales)
    (place / "items.csv").write_bytes(csv_text(of_few(items_table())))
    (place / "stated.toml").write_text(STATED)
    with pytest.MonkeyPatch.context() as patch:
        decide_once(patch)
        write_both(place)
    return place


def write_both(place: Path) -> None:
    """What the four commands write of the files of a folder, in folders beside them."""
    for form in FORMS:
        given = [str(place / "sales.csv"), "--items", str(place / "items.csv")]
        common = ["--assumptions", str(place / "stated.toml"), "--currency", "CHF", "--locale", form]
        assert main(["analyze", *given, *common, "--out", str(place / form)]) == 0
        assert main(["check", *given, "--locale", form, "--out", str(place / f"{form} check")]) == 0
        assert (
            main(
                [
                    "forecast",
                    *given,
                    "--horizon",
                    "4",
                    "--locale",
                    form,
                    "--out",
                    str(place / f"{form} forecast" / "forecast.csv"),
                ]
            )
            == 0
        )
        assert (
            main(["replay", *given, *common, "--origins", "1", "--out", str(place / f"{form} replay")]) == 0
        )


def read(path: Path, form: str) -> pd.DataFrame:
    return pd.read_csv(path, dtype={"sku": str}, keep_default_na=False, na_values=[""], **FORMS[form])  # type: ignore[call-overload, no-any-return]


@pytest.mark.parametrize("command", ["", " check", " forecast", " replay"])
def test_both_forms_hold_the_same_numbers(written: Path, command: str) -> None:
    names = sorted(path.name for path in (written / f"en{command}").glob("*.csv"))
    assert names == sorted(path.name for path in (written / f"de{command}").glob("*.csv")) and names
    commas = 0
    for name in names:
        english, german = (
            read(written / f"en{command}" / name, "en"),
            read(written / f"de{command}" / name, "de"),
        )
        if name == "assumptions.csv":  # numbers and words in one column
            german["value"] = german["value"].str.replace(r"^(-?\d+),(\d+(e-?\d+)?)$", r"\1.\2", regex=True)
        if (
            name == "register.csv"
        ):  # how the files are written is an option of the run, which the register says
            german = german[german["field"] != "locale"].reset_index(drop=True)
        pd.testing.assert_frame_equal(english, german, check_exact=True)
        commas += len(re.findall(rb";-?\d+,\d", (written / f"de{command}" / name).read_bytes()))
    assert commas > 20


def test_our_own_reader_understands_both_forms(written: Path) -> None:
    english, german = (read_sales(written / f"{form} check" / "sales.csv") for form in FORMS)
    assert (
        english.report.units_used == german.report.units_used
        and english.report.revenue_used == german.report.revenue_used
    )
    assert len(german) == len(english) == len(of_few(sales_table())) + 1
    costs = [read_items(written / form / "recommendation.csv")[0] for form in FORMS]
    for field in ("unit_cost", "price", "on_hand"):
        np.testing.assert_array_equal(costs[0][field], costs[1][field])
    assert np.isfinite(costs[1]["unit_cost"]).sum() == len(of_few(items_table()))


def test_no_cell_comes_alive_in_either_form(written: Path) -> None:
    for form in FORMS:
        for path in (written / form).glob("*.csv"):
            for cell in read(path, form).map(str).to_numpy().ravel():
                assert not cell.startswith(("=", "+", "@", "\t")), (path.name, cell)
        assert "'=A1;B" in set(read(written / form / "recommendation.csv", form)["sku"])


def test_all_digits_are_kept_and_texts_stay_as_they_are() -> None:
    table = pd.DataFrame(
        {
            "sku": ["0.5", "A;1"],
            "units": [0.1 + 0.2, np.nan],
            "whole": [1_431_255, 3],
            "mixed": np.array([1e-9, "2.5 kg"], object),
        }
    )
    text = csv_bytes(table, "de").decode()
    assert text.splitlines() == [
        "sku;units;whole;mixed",
        "0.5;0,30000000000000004;1431255;1e-09",
        '"A;1";;3;2.5 kg',
    ]
    back = pd.read_csv(io.StringIO(text), sep=";", decimal=",")
    assert back["units"].iloc[0] == 0.1 + 0.2


def test_the_currency_is_named_in_words_and_files(written: Path) -> None:
    document = json.loads((written / "de" / "summary.json").read_text(encoding="utf-8"))
    assert (
        document["currency"] == "CHF"
        and read(written / "de" / "recommendation.csv", "de")["reason"].str.contains("CHF").any()
    )
    past = json.loads((written / "de replay" / "summary.json").read_text(encoding="utf-8"))
    assert past["currency"] == "CHF" and "CHF" in past["sentence"]


def test_every_column_that_is_written_is_explained(written: Path) -> None:
    words = (ROOT / "analytics" / "README.md").read_text(encoding="utf-8")
    explained = {
        name for row in re.findall(r"^\| (`.*?) \|", words, re.M) for name in re.findall(r"`(\w+)`", row)
    }
    assert {*RECOMMENDATION_COLUMNS, *SHARED_COLUMNS, *STRATEGY_COLUMNS} <= explained
    for path in (
        *(written / "en").glob("*.csv"),
        *(written / "en check").glob("*.csv"),
        *(written / "en forecast").glob("*.csv"),
        *(written / "en replay").glob("*.csv"),
    ):
        assert set(read(path, "en").columns) <= explained, path.name


def test_a_terminal_is_told_gain_range_and_where_the_files_are(written: Path) -> None:
    document = json.loads((written / "en" / "summary.json").read_text(encoding="utf-8"))
    lines = told(document, "answer", ["recommendation.csv", "summary.json"])
    assert lines[0].startswith(document["answer"]["title"]) and document["answer"]["badge"] in lines[0]
    if document["answer"]["keep_what_you_do"]:  # no gain is promised
        assert document["baseline"] in lines[0] and not lines[1].startswith("Gain: ")
    else:
        gain = lines.pop(1)
        assert gain.startswith("Gain: ") and "CHF" in gain and document["baseline"] in gain
    assert sum(document["recommended"].values()) == sum(
        int(n) for n in re.findall(r"(\d+) (?:make|assemble|stock)", lines[1])
    )
    assert lines[-1] == "Files in answer: recommendation.csv, summary.json"
    assert any(line.startswith("Note: ") and "quantity" in line for line in lines)
    nothing = {**document, "priced_products": 0, "answer": {**document["answer"], "keep_what_you_do": False}}
    assert "no money" in told(nothing, "answer", [])[1]


def test_control_totals_of_millions_are_printed_in_full(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    days = pd.date_range("2024-01-01", periods=50, freq="7D").strftime("%Y-%m-%d")
    table = pd.DataFrame({"date": days, "sku": "A", "quantity": 1_000_003, "unit_price": 3.1})
    table.to_csv(tmp_path / "whole.csv", index=False)
    table.assign(quantity=1_000_003.25).to_csv(tmp_path / "parts.csv", index=False)
    assert main(["check", str(tmp_path / "whole.csv"), str(tmp_path / "parts.csv")]) == 0
    words = capsys.readouterr().out
    assert (
        "\n50,000,150 units, revenue 155,000,465.00\n" in words
        and "\n50,000,162.5 units, revenue 155,000,503.75\n" in words
    )


def by_pandas(table: pd.DataFrame) -> bytes:
    """The same table by the writer of pandas, each cell made safe by itself."""
    out = table.copy()
    for k in range(out.shape[1]):
        if not pd.api.types.is_numeric_dtype(out.dtypes.iloc[k]) and out.dtypes.iloc[k].kind != "M":
            out.isetitem(k, np.array([*(safe_cell(cell) for cell in out.iloc[:, k]), None], object)[:-1])
    out.columns = pd.Index([safe_cell(name) for name in out.columns])
    return out.to_csv(index=False, lineterminator="\n").encode()


def test_as_pandas_writes_it() -> None:
    """Numbers of every size, days, texts that must be quoted or made safe, whole numbers some unknown, nothing: byte for byte."""
    rng, n = np.random.default_rng(8), 9_000
    texts = np.array(
        ["bolt", "a,b", 'x "y"', "two\nlines", "=1+1", "-5", " +x", "p|q", "", "Ähre;=2", None], object
    )
    numbers = rng.normal(size=n) * 10.0 ** rng.integers(-320, 300, n)
    numbers[:6] = [0.0, -0.0, np.inf, -np.inf, np.nan, 1e16]
    days = np.datetime64("2024-01-01", "D") + rng.integers(0, 900, n)
    table = pd.DataFrame(
        {
            "text": texts[rng.integers(0, len(texts), n)],
            "=head,er": np.array([f"S{k}" for k in range(n)], object),
            "number": numbers,
            "short": numbers.astype(np.float32),
            "day": np.where(rng.random(n) < 0.1, np.datetime64("NaT"), days),
            "hour": pd.Timestamp("2024-01-01 10:30") + pd.to_timedelta(rng.integers(0, 99, n), "h"),
            "whole": rng.integers(-9, 9, n),
            "some": pd.array(np.where(rng.random(n) < 0.2, None, rng.integers(0, 9, n)), "Int64"),
            "so": rng.random(n) < 0.5,
            "mixed": np.array([1.5, 2, "x", None, np.float64(0.1)] * (n // 5), object),
        }
    )
    assert csv_bytes(table) == by_pandas(table)
    for part in (table[:1], table[:0], table[["text"]], table[["number"]], pd.DataFrame()):
        assert csv_bytes(part) == by_pandas(part)
