"""`analyze --before`: the folder holds what is needed, the tables add up, and what was done is held against what came."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.cli import main
from analytics.study_change.attribution import PARTS
from analytics.study_change.kept import KEPT, kept_bytes, read_kept
from tests.strategy.small import STATED, csv_text, items_table, of_few, sales_table

CUT = np.datetime64("2024-12-02", "D")


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Few products of the small company in two months: in between A1 was switched as the first study said, as its items file tells."""
    place = tmp_path_factory.mktemp("months")
    sales, items = of_few(sales_table()), of_few(items_table()).copy()
    items["on_hand"] = np.arange(len(items)) + 4.0
    items.loc[items["sku"] == "A1", "current_mode"] = "MTO"  # it is to be stocked
    (place / "sales1.csv").write_bytes(csv_text(sales[sales["date"] < CUT]))
    (place / "items1.csv").write_bytes(csv_text(items))
    (place / "stated.toml").write_text(STATED)
    base = ["--assumptions", str(place / "stated.toml"), "--currency", "EUR"]
    first = ["analyze", str(place / "sales1.csv"), "--items", str(place / "items1.csv"), *base]
    assert main([*first, "--out", str(place / "one")]) == 0
    said = pd.read_csv(place / "one" / "recommendation.csv").set_index("sku")
    told = items.set_index("sku")["current_mode"]
    way = said["recommended"]
    sku = next(s for s in way.index if told[s] in ("MTS", "MTO") and way[s] in ("MTS", "MTO", "ATO") and way[s] != told[s])  # fmt: skip
    items.loc[items["sku"] == sku, "current_mode"] = way[sku]
    (place / "sales2.csv").write_bytes(csv_text(sales))
    (place / "items2.csv").write_bytes(csv_text(items))
    second = ["analyze", str(place / "sales2.csv"), "--items", str(place / "items2.csv"), *base]
    assert main([*second, "--before", str(place / "one"), "--out", str(place / "two")]) == 0
    (place / "switched").write_text(sku)
    return place


def test_the_change_is_written_and_adds_up(months: Path) -> None:
    """The ends are the totals of the two folders, the parts lie in between, and the summary says the same."""
    one, two = (json.loads((months / name / "summary.json").read_text()) for name in ("one", "two"))
    table = pd.read_csv(months / "two" / "change.csv").set_index("part")
    assert table.index.tolist() == ["before", *PARTS, "now"] and "change" not in one
    for name, ends in (("gain_per_year", [d["gain_per_year"] for d in (one, two)]),
                       ("cash_tied_up", [d["totals"]["mix"]["cash_tied_up"] for d in (one, two)]),
                       ("book_value", [d["stock"]["total"] for d in (one, two)])):  # fmt: skip
        np.testing.assert_allclose(table[name].iloc[[0, -1]], ends, rtol=0, atol=0.005)
        assert table[name].iloc[:-1].sum() == pytest.approx(ends[1], abs=0.005)
    assert (
        table.loc[["method_and_version", "assumptions", "answers", "stock"], "gain_per_year"] == 0.0
    ).all()
    found = two["change"]
    assert found["days"] == 30 and found["runs"] == 2 and found["products_in_both"] == 6
    assert [row["part"] for row in found["parts"]] == table.index.tolist()
    assert found["parts"][2]["gain_per_year"] == table["gain_per_year"].iloc[2] != 0.0
    rows = pd.read_csv(months / "two" / "change_by_product.csv")
    np.testing.assert_allclose(rows[["before", *PARTS]].sum(axis=1), rows["now"], rtol=0, atol=0.005)


def test_what_was_done_is_held_against_what_came(months: Path) -> None:
    """One product was switched as said: its units in between are those of the file, counted apart; the rest is not known."""
    sku = (months / "switched").read_text()
    table = pd.read_csv(months / "two" / "realised.csv").set_index("sku")
    assert table.index.tolist() == [sku, "total"]
    sales, items = pd.read_csv(months / "sales2.csv"), pd.read_csv(months / "items2.csv").set_index("sku")
    own = sales[(sales["sku"] == sku) & (sales["date"] > pd.read_csv(months / "sales1.csv")["date"].max())]
    row, cost = table.loc[sku], items.loc[sku, "unit_cost"]
    assert row["units_sold"] == own["quantity"].sum() > 0
    earned = (own["quantity"] * (own["unit_price"] - cost)).sum()
    assert row["margin"] == pytest.approx(earned, abs=0.005)
    assert row["stock_at_cost"] == pytest.approx(items.loc[sku, "on_hand"] * cost, abs=0.005)
    said = pd.read_csv(months / "one" / "recommendation.csv").set_index("sku").loc[sku]
    days = json.loads((months / "two" / "summary.json").read_text())["change"]["days"]
    assert row["promised_gain"] == pytest.approx(said["gain_per_year"] * days / 365.0, abs=0.005)
    assert row["promised_margin"] == pytest.approx(row["promised_units"] * (said["price"] - cost), abs=0.005)


def test_the_folder_holds_the_study_whole(months: Path) -> None:
    """The kept file is small, the same bytes when read and written, and holds no rows that were not used."""
    data = (months / "one" / KEPT).read_bytes()
    assert len(data) < 40_000 and kept_bytes(read_kept(data)) == data


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ("gone", "holds no kept study"),
        ("damaged", "is damaged"),
        ("currency", "nothing is converted"),
        ("held", "what is held cannot be compared"),
        ("company", "of the earlier study"),
    ],
)
def test_what_cannot_be_compared_leaves_the_folder_as_it_was(
    months: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], spoil: str, words: str
) -> None:
    """Told in words before anything is computed; the result that stood in the folder still stands there."""
    before, sales = tmp_path / "before", months / "sales2.csv"
    before.mkdir()
    data = (months / "one" / KEPT).read_bytes()
    if spoil != "gone":
        (before / KEPT).write_bytes(data[:-50] if spoil == "damaged" else data)
    if spoil == "company":
        other = pd.read_csv(sales)
        other["sku"] = "Z" + other["sku"]
        sales = tmp_path / "other.csv"
        sales.write_bytes(csv_text(other))
    out = tmp_path / "out"
    out.mkdir()
    (out / "note.txt").write_text("mine")
    given = ["analyze", str(sales), "--items", str(months / "items2.csv"), "--before", str(before)]
    given += ["--currency", "CHF" if spoil == "currency" else "EUR", "--out", str(out)]
    given += ["--hold", str(months / "items1.csv")] if spoil == "held" else []
    assert main(given) == 2
    assert words in capsys.readouterr().err
    assert [path.name for path in out.iterdir()] == ["note.txt"]


def test_a_result_is_written_to_a_file_without_its_sales(months: Path, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    """The workbook of a folder is the one of its files, to the byte; sales and a folder together, or neither, are refused."""
    files = ["export", str(months / "sales1.csv"), "--items", str(months / "items1.csv"), "--currency", "EUR"]
    files += ["--assumptions", str(months / "stated.toml")]
    one, other = months / "a" / "answer.xlsx", months / "b" / "answer.xlsx"
    assert main([*files, "--to", "xlsx", "--out", str(one)]) == 0
    again = ["export", "--result", str(months / "one"), "--to", "xlsx", "--out", str(other)]
    assert main(again) == 0
    assert one.read_bytes() == other.read_bytes()
    capsys.readouterr()
    assert main(["export", "--to", "xlsx", "--out", str(other)]) == 2
    assert main([*files, "--result", str(months / "one"), "--to", "xlsx", "--out", str(other)]) == 2
    assert capsys.readouterr().err.count("name one of the two") == 2
    assert main([*again, "--seed", "3"]) == 2
    assert "--seed would change it" in capsys.readouterr().err
