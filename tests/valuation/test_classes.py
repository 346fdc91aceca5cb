"""The ledger by class and the policy as a file: what is typed per account ties to the cent, and what cannot be is said."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.cli import main
from analytics.errors import DataError
from analytics.study_stock.policy_file import policy_toml, read_policy
from analytics.valuation.balance import classes_of
from analytics.valuation.policy import Override, StockPolicy
from analytics.writeup.ledger import ledger_table
from analytics.writeup.register_stated import read_register
from analytics.writeup.words.books import class_words
from dashboard.kept.documents.stock_form import policy_document, policy_of_document
from tests.strategy.small import csv_text, sales_table
from tests.valuation.test_thirty_by_hand import SKUS, ledger

CENT = {"abs": 0.005}


def test_the_account_of_the_files_goes_before_that_of_the_family() -> None:
    found = classes_of(
        np.array(["A", "A", "B", ""], object), np.array(["", "1400", "", ""], object), {"A": "1300"}
    )
    assert found.tolist() == ["1300", "1400", "B", ""]


def test_the_classes_of_the_thirty_tie_with_candidates_of_their_own() -> None:
    """Tools are P01 to P15, the rest has no family: what the two hold is what the file holds; each has its own candidates."""
    found = ledger()
    own = {
        str(sku): float(np.nan_to_num(v))
        for sku, v in zip(found.stock.skus, found.stock.book_value, strict=True)
    }
    tools = sum(own[sku] for sku in SKUS[:15])
    ended = sum(own[sku] for sku in ("P08", "P09", "P10"))
    typed = replace(found.policy, ledger_of={"tools": tools - ended, "": 5.0, "gone": 7.0})
    stated = replace(found, policy=typed)
    ties = {one.name: one for one in stated.ties_of_classes}
    assert ties["tools"].file == pytest.approx(tools) and ties["tools"].difference == pytest.approx(-ended)
    assert sum(one.file for one in ties.values()) == pytest.approx(found.stock.total, **CENT)
    first = ties["tools"].candidates[0]
    assert (first.name, first.products, first.money) == ("ended", 3, pytest.approx(-ended))
    assert first.remains == pytest.approx(0.0, **CENT)
    assert not {"ended"} & {one.name for one in ties[""].candidates}
    assert "it is stock of ended products, if it is written off there" in class_words(ties["tools"])
    assert (ties["gone"].file, ties["gone"].difference, ties["gone"].candidates) == (0.0, 7.0, ())
    # in accounts: all candidates of the whole are those of its classes together
    account = np.array(["1400" if str(sku) < "P11" else "" for sku in found.stock.skus], object)
    sold = replace(found.sold, account=account)
    accounts = replace(
        found, sold=sold, policy=replace(typed, ledger_of={"1400": 0.0, "tools": 0.0, "": 0.0})
    )
    assert accounts.has_accounts and {one.name for one in accounts.ties_of_classes} == {"1400", "tools", ""}
    whole = {one.name: one for one in found.tie.candidates}  # type: ignore[union-attr]
    for name, one in whole.items():
        parts = [c for tie in accounts.ties_of_classes for c in tie.candidates if c.name == name]
        assert sum(part.products for part in parts) == one.products, name
        if np.isfinite(one.money):
            assert sum(part.money for part in parts) == pytest.approx(one.money, **CENT), name


def test_the_table_closes() -> None:
    found = ledger()
    table = ledger_table(
        replace(found, policy=replace(found.policy, ledger=float("nan"), ledger_of={"tools": 9_000.0}))
    )
    amount = table.set_index(["account", "line"])["amount"]
    file = float(amount["tools", "stock of the file at cost"])
    assert amount["tools", "open"] == pytest.approx(9_000.0 - file) == amount["total", "open"]
    assert table.iloc[-1].tolist()[:2] == ["not in the total", "stock of classes without a balance"]
    assert file + table["amount"].iloc[-1] == pytest.approx(found.stock.total, **CENT)
    whole = ledger_table(found).set_index(["account", "line"])["amount"]
    assert whole["total", "open"] == pytest.approx(14_000.0 - found.stock.total)


SETTINGS = StockPolicy(
    as_of=np.datetime64("2024-12-30", "D"), ledger=1.5, standard="hgb", bucket_days=(30.5, 61.0), age_ladder=((91.0, 1 / 3),),
    cover_ladder=((6.0, 0.1), (18.0, 0.75)), excess_months=9.0, dead_months=7.0, new_months=3.0, selling_share=0.035, one_off=12.0,
    one_off_of={"A/1": 2.0}, ledger_of={"1400": 3.25, "": 0.5}, account_of={'Räder "1"': "1400"},
    overrides={"B,2": Override(33.3, "K. Braun", "offer, in hand", "2024-12-30")},
)  # fmt: skip


def test_a_policy_survives_its_file_and_what_is_kept_of_it() -> None:
    assert read_policy(policy_toml(SETTINGS)) == SETTINGS
    assert policy_of_document(policy_document(SETTINGS)) == SETTINGS
    named = read_policy("selling_share = 0.1", by="K. Braun", base=SETTINGS)
    assert named.selling_share == 0.1 and named.signed["selling_share"].by == "K. Braun"
    assert named.cover_ladder == SETTINGS.cover_ladder


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("age_ladder = [[181, 0.5], [366, 0.25]]", "the ladder by age falls"),
        ("age_ladder = [181, 0.5]", "age_ladder cannot be used"),
        ("cover_ladder = [[12, 1.5]]", "is not a share"),
        ("selling_share = 1.2", "the cost to sell is above the price"),
        ('selling_share = "a tenth"', "selling_share cannot be used"),
        ("bucket_days = [180, 90]", "do not rise"),
        ('as_of = "30.12.2024"', "as_of cannot be used"),
        ('standard = "gaap"', "is no standard"),
        ("seling_share = 0.1", "seling_share is no setting of stock"),
        ("[ledger_of]\n1400 = true", "ledger_of cannot be used"),
        ("[overrides.A]\namount = 5", "A names nobody who set it"),
        ("[overrides.A]\namount = -5\nby = \"x\"", "below zero"),
        ("[overrides.A]\nby = \"x\"", "no amount"),
        ("age_ladder = [[", "the settings of stock are not valid TOML"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said(text: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read_policy(text)


def test_the_command_line_takes_ladders_balances_and_a_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every product costs 10 and holds 1,000: a ladder of 10 % from 0 months of cover reserves 1,000 of each, at most the cost to sell."""
    sales = sales_table()
    (tmp_path / "sales.csv").write_bytes(csv_text(sales))
    skus = sorted(sales["sku"].unique())
    items = pd.DataFrame(
        {"sku": skus, "unit_cost": 10.0, "on_hand": 1_000.0, "account": ["1400"] + ["1500"] * (len(skus) - 1)}
    )
    (tmp_path / "items.csv").write_bytes(csv_text(items))
    (tmp_path / "stock.toml").write_text("age_ladder = []\ncover_ladder = [[0.0, 0.1]]\n")
    arguments = ["analyze", str(tmp_path / "sales.csv"), "--items", str(tmp_path / "items.csv")]
    more = ["--policy", str(tmp_path / "stock.toml"), "--ledger-of", "1400=9000", "--by", "K. Braun"]
    assert main([*arguments, *more, "--out", str(tmp_path / "out")]) == 0
    document = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    (tie,) = document["valuation"]["classes"]
    assert (tie["account"], tie["file"], tie["difference"]) == ("1400", 10_000.0, -1_000.0)
    reserve = pd.read_csv(tmp_path / "out" / "reserve.csv", dtype={"sku": str}).set_index("sku")
    judged = reserve.loc[skus]
    assert set(np.round(judged["cover_rate"], 6)) <= {0.0, 0.1} and (judged["age_rate"] == 0.0).all()
    largest = judged[["cover_rate", "ended_rate"]].max(axis=1)
    assert judged["policy_reserve"].tolist() == pytest.approx((judged["book_value"] * largest).tolist())
    assert judged["cover_rate"].max() == 0.1
    found = read_register((tmp_path / "out" / "register.csv").read_bytes()).policy
    assert found.ledger_of == {"1400": 9_000.0} and found.cover_ladder == ((0.0, 0.1),)
    assert found.signed["cover_ladder"].by == found.signed["ledger_of"].by == "K. Braun"
    for bad, words in (
        (["--ledger-of", "1400=much"], "--ledger-of 1400=much is not an amount"),
        (["--ledger-of", "1400"], "is not of the form NAME=VALUE"),
        (["--policy", str(tmp_path / "none.toml")], "none.toml"),
    ):
        assert main([*arguments, *bad, "--out", str(tmp_path / "bad")]) == 2
        assert words in capsys.readouterr().err
    capsys.readouterr()
    assert main(["policy"]) == 0
    assert policy_document(read_policy(capsys.readouterr().out)) == {}
