"""The register says everything that was stated, and given back it makes the same files, byte for byte."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.assumptions import Assumption, Assumptions, Signed
from analytics.cli import main
from analytics.errors import DataError
from analytics.limits import Limits
from analytics.valuation.policy import Override, StockPolicy
from analytics.writeup.files import csv_bytes
from analytics.writeup.register_stated import (
    REGISTER_COLUMNS,
    named,
    option_rows,
    policy_rows,
    read_register,
    stated_rows,
)

DAY = np.datetime64("2025-03-31")
#: names that a spreadsheet would run, that part cells, and that look like numbers
NAMES = ("=A1;-2", "A/1", "-7", "50 %, rot", "Räder\t2", "007")


def stated() -> Assumptions:
    """Something of every kind, under awkward names."""
    own = Assumption(0.3, 0.2, 0.4, "confirmed", "=Weber; K.", "2025-03-31")
    table = {name: {"salvage_share": own} for name in NAMES}
    general = {
        "capital_rate": Assumption(0.09, 0.08, 0.1, "confirmed"),
        "unit_value": Assumption(float("nan"), 1.0, 2.0, "assumed"),
        "patience_curve": Assumption(2.0, 2.0, 2.0, "confirmed"),
        "setup_cost": Assumption(1.0 / 3.0, 0.1 + 0.2, 1e6, "assumed"),
    }
    limits = Limits(
        2500.5, highest_utilisation=0.8, every_month=True, must_stock=NAMES[:2], hours={NAMES[3]: 1 / 7}
    )
    signed = {"storage_rate": Signed("Ö. B.", "2025-03-30")}
    return Assumptions(general, table, table, limits, ("storage_rate",), signed)


def policy() -> StockPolicy:
    set_ = {name: Override(100.0 / 3.0, "K. Weber", "=offer; in hand", "2025-03-30") for name in NAMES}
    return StockPolicy(
        as_of=DAY,
        ledger=20_100_000.01,
        standard="hgb",
        bucket_days=(30.5, 180.0),
        cover_ladder=((12.0, 1 / 3), (24.0, 1.0)),
        selling_share=0.03,
        overrides=set_,
        signed={"standard": Signed("M. Weber", "2025-03-31")},
    )


def written(rows: list[dict[str, object]], locale: str = "en") -> bytes:
    table = pd.DataFrame(rows, columns=list(REGISTER_COLUMNS))
    return csv_bytes(table.astype({"low": float, "high": float}), locale)


@pytest.mark.parametrize("locale", ["en", "de"])
def test_what_was_stated_is_read_back_as_it_was(locale: str) -> None:
    options = {"mapping": ("sku==A;B", "date=x"), "decimal": (",",), "clean": ("none",), "start": ("-1",)}
    rows = [*stated_rows(stated()), *policy_rows(policy(), DAY), *option_rows(options)]
    back = read_register(written(rows, locale))
    one = back.assumptions
    assert json.dumps(repr(one.general)) == json.dumps(
        repr(stated().general)
    )  # unknown is unknown, not equal
    names = {name: row["salvage_share"] for name, row in stated().family.items()}
    for level in (one.family, one.product):
        assert list(level) == list(NAMES)
        for name in NAMES:
            found = level[name]["salvage_share"]
            assert replace(found, by="") == replace(names[name], by="")
            assert found.by == "'=Weber;'= K." or found.by == "'=Weber; K."  # made safe for spreadsheets
    assert one.limits == stated().limits
    assert (one.as_assumed, one.signed) == (("storage_rate",), stated().signed)
    assert repr(replace(back.policy, overrides={})) == repr(replace(policy(), overrides={}))
    assert [o.amount for o in back.policy.overrides.values()] == [100.0 / 3.0] * len(NAMES)
    assert list(back.policy.overrides) == list(NAMES)
    assert back.options == options
    again = [*stated_rows(one), *policy_rows(back.policy, DAY), *option_rows(back.options)]
    assert written(again, locale) == written(rows, locale)


def test_defaults_are_nothing_stated() -> None:
    rows = [*stated_rows(Assumptions()), *policy_rows(StockPolicy(), DAY)]
    back = read_register(written(rows))
    assert back.assumptions == Assumptions() and repr(back.policy) == repr(StockPolicy())


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"id": "stated/general/capital_rat", "value": "1"}, "row 2 of the register cannot be used"),
        ({"id": "stated/general/capital_rate", "value": "lots"}, "stated/general/capital_rate = 'lots'"),
        ({"id": "stated/general/capital_rate", "value": "9", "low": 9.0, "high": 9.0}, "out of range"),
        ({"id": "stock/cover_ladder", "value": "12: 0.5; 24: 0.25"}, "the ladder by cover falls"),
        ({"id": "stock/colour", "value": "red"}, "no such setting of stock"),
        ({"id": "limits/working_kapital", "value": "5"}, "limits.working_kapital is not understood"),
        ({"id": "run/speed/1", "value": "5"}, "no such option"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_used_is_said(row: dict[str, object], words: str) -> None:
    with pytest.raises(DataError, match=words):
        read_register(written([row]))


def test_a_file_that_is_no_register_is_said() -> None:
    with pytest.raises(DataError, match="this is no register: it has no column id"):
        read_register(b"sku,quantity\nA,3\n")
    head = ",".join(REGISTER_COLUMNS).encode()
    with pytest.raises(DataError, match=rf"not text in UTF-8 \(byte {len(head) + 12}\)"):
        read_register(head + b"\nseed,seed,,\xfc,,,,,,,,,,,\n")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two products sold weekly for a year, one with stock of years, and a register made by hand."""
    place = tmp_path_factory.mktemp("register")
    start = datetime.date(2024, 1, 1)
    lines = [
        f"{start + datetime.timedelta(weeks=w)};{sku};{3 + (w * k) % 4};19,9"
        for w in range(52)
        for k, sku in ((3, "=A1;-2".replace(";", "_")), (5, "B"))
    ]
    (place / "sales.csv").write_text("\n".join(["Tag;sku;quantity;price", *lines]), encoding="utf-8")
    (place / "items.csv").write_text(
        "sku,unit_cost,on_hand,family\n=A1_-2,12,900,F\nB,11.5,40,F\n", encoding="utf-8"
    )
    (place / "stock.csv").write_text(
        "as_of,sku,quantity,lot,receipt_date\n2024-12-23,=A1_-2,700,L1,2024-11-04\n2024-12-23,=A1_-2,200,L2,2023-01-09\n"
        "2024-12-23,B,40,L3,2024-12-02\n2024-12-23,,5,L4,2024-12-02\n",
        encoding="utf-8",
    )
    (place / "in.csv").write_text(
        "date,sku,quantity\n2024-11-04,=A1_-2,700\n2024-11-05,B,zehn\n", encoding="utf-8"
    )
    own = Assumption(0.3, 0.2, 0.4, "confirmed", "K. Weber", "2025-03-31")
    said = Assumptions(
        {"capital_rate": replace(own, value=0.3)}, {"F": {"salvage_share": own}}, {"B": {"storage_rate": own}}
    ).confirmed_as_assumed("hazard_per_year")
    set_ = {"=A1_-2": Override(333.33, "M. Weber", "offer in hand")}
    rows = [
        *stated_rows(said.signed_by("K. Weber", "2025-03-31", "hazard_per_year")),
        *policy_rows(
            StockPolicy(standard="usgaap", selling_share=0.05, overrides=set_, ledger=12_000.0), DAY
        ),
        *option_rows({"locale": ("de",), "mapping": ("date=Tag",), "clean": ("none",)}),
        {"id": "seed", "value": "9"},
        {"id": "currency", "value": "EUR"},
    ]
    (place / "by hand.csv").write_bytes(written(rows))
    return place


def analyze(files: Path, register: Path, out: str) -> Path:
    words = ["analyze", str(files / "sales.csv"), "--items", str(files / "items.csv")]
    words += ["--stock", str(files / "stock.csv"), "--receipts", str(files / "in.csv")]
    assert main([*words, "--register", str(register), "--out", str(files / out)]) == 0
    return files / out


def test_a_register_given_back_makes_the_same_files(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = analyze(files, files / "by hand.csv", "first")
    assert "the register was made from other files" in capsys.readouterr().err  # it names no digest
    second = analyze(files, first / "register.csv", "second")
    assert capsys.readouterr().err == ""
    names = sorted(path.name for path in first.iterdir())
    assert names == sorted(path.name for path in second.iterdir()) and "register.csv" in names
    differing = [name for name in names if (first / name).read_bytes() != (second / name).read_bytes()]
    assert differing == []
    document = json.loads((first / "summary.json").read_text(encoding="utf-8"))
    assert (document["seed"], document["currency"], document["valuation"]["standard"]) == (9, "EUR", "usgaap")
    reserve = pd.read_csv(first / "reserve.csv", sep=";", decimal=",", dtype={"sku": str}).set_index("sku")
    assert reserve.loc["'=A1_-2", "reserve"] == 333.33
    ageing = pd.read_csv(first / "ageing.csv", sep=";", decimal=",", dtype={"sku": str}).set_index("sku")
    assert ageing.loc["'=A1_-2", ["q_0_90", "q_over_365"]].tolist() == [700.0, 200.0]
    # each file beside the sales has rows of its own that are not used, a digest, and what is said of it
    for kind, row in (("stock", 5), ("receipts", 3)):
        rejected = pd.read_csv(first / f"rejected_rows_{kind}.csv", sep=";")
        assert rejected["row"].tolist() == [row]
    assert any("'zehn'" in one for one in document["input_problems"])
    register = pd.read_csv(first / "register.csv", sep=";", decimal=",", dtype=str, keep_default_na=False)
    assert register["id"].is_unique
    assert {"input_digest", "items_digest", "stock_digest", "receipts_digest"} <= set(register["id"])
    by = register.set_index("id")
    assert by.loc["stated/family/F/salvage_share", "by"] == "K. Weber (as typed, not verified)"
    assert by.loc["hazard_per_year", ["origin", "by", "data_date"]].tolist() == [
        "confirmed", "K. Weber (as typed, not verified)", "2025-03-31",
    ]  # fmt: skip
    # a row without a number says why, and one with a number says of what it is
    assert (by["effect_on"] != "").all()
    bare = by[by["effect"] == ""]["effect_on"]
    assert len(bare) and bare.str.match("not a number: |not measured: ").all()
    assert by.loc["stated/family/F/salvage_share", "effect_on"] == "gain a year, from low to high"
    assert by.loc["gain_error", "effect_on"] == "not a number: it widens the range of the gain and moves none"
    assert not by["effect_on"][by["effect"] != ""].str.startswith("not").any()
    rest = by["effect"].str.replace(",", ".").replace("", "nan").astype(float)
    total = document["valuation"]["ledger"]["difference"]
    assert rest["stock/ledger"] == pytest.approx(total, abs=0.005)
    assert by.loc["stock/ledger", "effect_on"] == "difference to the ledger"
    assert rest["capital_rate"] == pytest.approx(_moved(by, "capital_rate"), abs=0.01)
    assert named("stock", "override", "=A1_-2") in by.index
    # a value in force is a result: who edits one is told that it is not read
    text = (first / "register.csv").read_text(encoding="utf-8")
    assert text.count("unit_cost/B;unit_cost;B;11.5;") == 1
    edited = text.replace("unit_cost/B;unit_cost;B;11.5;", "unit_cost/B;unit_cost;B;12.5;")
    (files / "edited.csv").write_text(edited, encoding="utf-8")
    analyze(files, files / "edited.csv", "third")
    said = "1 value in force of the register differs from this run (first unit_cost/B: 12.5 there, 11.5 here)"
    assert said in capsys.readouterr().err


def _moved(by: pd.DataFrame, field: str) -> float:
    """What a value moves, from the row itself: nothing where its range is a point."""
    low, high = (float(str(by.loc[field, end]).replace(",", ".")) for end in ("low", "high"))
    effect = float(str(by.loc[field, "effect"]).replace(",", "."))
    return effect if high > low else 0.0


def test_another_file_is_said_and_a_wrong_register_refused(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["analyze", str(files / "sales.csv"), "--out", str(files / "never")]
    assert main([*words, "--register", str(files / "items.csv")]) == 2
    assert "this is no register" in capsys.readouterr().err and not (files / "never").exists()
