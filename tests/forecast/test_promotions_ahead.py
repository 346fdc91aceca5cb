"""Promotions ahead: what they brought in the past, by family, is found and put where they are planned."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from analytics.cli import main
from analytics.data import read_sales
from analytics.data.files.source import open_source
from analytics.data.files.table import read_table
from analytics.data.history import SalesHistory
from analytics.data.items.promotions_file import is_promotions, read_promotions
from analytics.data.sandbox.wire_format import pack_reading, unpack_reading
from analytics.data.uploads import Given, Reading, read_files
from analytics.demand import demand_panel
from analytics.demand.as_of import history_until
from analytics.demand.cleaning.layers import Cleaning
from analytics.demand.promoted import promoted_past, promotion_effect
from analytics.errors import DataError
from analytics.study import run_forecast, run_study

PRODUCTS, WEEKS, AHEAD = 24, 104, 4
EFFECT = np.where(np.arange(PRODUCTS) < 12, 2.2, 1.4)
FIRST = pd.Timestamp("2022-01-03")
#: the third week ahead
PLANNED = FIRST + pd.Timedelta(weeks=WEEKS + 2)


def promoted_weeks() -> NDArray[np.bool_]:
    """Every product once in each quarter of a year, weeks of their own."""
    rng = np.random.default_rng(3)
    out = np.zeros((PRODUCTS, WEEKS), bool)
    for row in out:
        row[13 * np.arange(8) + rng.integers(1, 12, 8)] = True
    return out


def sales() -> bytes:
    rng = np.random.default_rng(4)
    rate = np.linspace(40.0, 160.0, PRODUCTS)[:, None]
    units = rng.poisson(rate * np.where(promoted_weeks(), EFFECT[:, None], 1.0))
    days = [(FIRST + pd.Timedelta(weeks=t)).strftime("%Y-%m-%d") for t in range(WEEKS)]
    lines = [
        f"{days[t]},P{i:02d},{'big' if i < 12 else 'small'},{units[i, t]}"
        for i in range(PRODUCTS)
        for t in range(WEEKS)
    ]
    return "\n".join(["date,sku,family,quantity", *lines]).encode()


def calendar(past: bool = True, ahead: bool = True) -> bytes:
    rows = ["sku,from,to"]
    for i, t in zip(*np.nonzero(promoted_weeks() & past), strict=True):
        day = FIRST + pd.Timedelta(weeks=int(t))
        rows.append(f"P{i:02d},{day:%Y-%m-%d},{day + pd.Timedelta(days=6):%Y-%m-%d}")
    if ahead:  # every second product, for half of the week
        rows += [
            f"P{i:02d},{PLANNED:%Y-%m-%d},{PLANNED + pd.Timedelta(days=6):%Y-%m-%d}"
            for i in range(0, PRODUCTS, 2)
        ]
    return "\n".join(rows).encode()


def history(promotions: bytes | None) -> SalesHistory:
    plan = None if promotions is None else Given(promotions, "plan.csv")
    return read_files([Given(sales(), "sales.csv")], promotions=plan).history


def forecast(promotions: bytes | None, total: bool = False) -> pd.DataFrame:
    return run_forecast(history(promotions), horizon=AHEAD, frequency="W", total=total)


def test_planned_promotions_bring_what_past_ones_did() -> None:
    table = forecast(calendar()).assign(rate=np.repeat(np.linspace(40.0, 160.0, PRODUCTS), AHEAD))
    mean = table["mean"].to_numpy().reshape(PRODUCTS, AHEAD) / np.linspace(40.0, 160.0, PRODUCTS)[:, None]
    for family in (slice(0, 12), slice(12, None)):
        effect = EFFECT[family][0]
        assert mean[family][::2, 2].mean() == pytest.approx(effect, rel=0.06)
        # no other week and no other product is raised
        assert mean[family][1::2].mean() == pytest.approx(1.0, rel=0.05)
        assert np.delete(mean[family][::2], 2, axis=1).mean() == pytest.approx(1.0, rel=0.05)
    assert "promoted in 1 of the weeks ahead" in table["method"][0]
    assert "promoted" not in table["method"][AHEAD]
    # without the calendar the promotions of the past stand in every week
    plain = (
        forecast(None)["mean"].to_numpy().reshape(PRODUCTS, AHEAD)
        / np.linspace(40.0, 160.0, PRODUCTS)[:, None]
    )
    assert plain[:12].mean() > 1.05
    total = forecast(calendar(), total=True)["mean"].to_numpy()
    assert total == pytest.approx(table["mean"].to_numpy().reshape(PRODUCTS, AHEAD).sum(axis=1), rel=1e-6)


@pytest.mark.parametrize(
    ("past", "ahead", "words"), [(True, False, "none is ahead"), (False, True, "what one brings is unknown")]
)
def test_only_past_or_never_tried_changes_nothing_and_is_said(past: bool, ahead: bool, words: str) -> None:
    table, plain = forecast(calendar(past, ahead)), forecast(None)
    assert len(table.attrs["notes"]) == 1 and words in table.attrs["notes"][0]
    levels = [c for c in table.columns if c not in ("sku", "period", "method")]
    np.testing.assert_array_equal(table[levels].to_numpy(), plain[levels].to_numpy())


def test_a_trend_is_no_promotion_and_a_part_of_a_week_counts_as_such() -> None:
    weeks = np.linspace(50.0, 150.0, 60)[None, :]
    share = np.zeros((1, 60))
    share[0, 8::10] = 0.5
    none = np.array([-1], np.int32)
    assert promotion_effect(weeks, weeks > 0, share, none, "W")[0] == pytest.approx(1.0, abs=0.01)
    raised = weeks * (1.0 + 0.8 * share)
    assert promotion_effect(raised, weeks > 0, share, none, "W")[0] == pytest.approx(1.8, abs=0.01)


def test_the_file_is_read_or_refused_with_a_remedy() -> None:
    got, report = read_promotions(
        b"Artikel;von;bis\nA;08.01.2024;21.01.2024\nB;x;21.01.2024\nC;21.01.2024;08.01.2024\n"
    )
    assert got.sku.tolist() == ["A"] and got.last.astype(str).tolist() == ["2024-01-21"]
    assert (report.rows_read, report.rows_used, report.rows_rejected) == (3, 1, 2)
    assert report.rejected["row"].tolist() == [3, 4] and len(report.problems) == 2
    with pytest.raises(DataError, match="no column from"):
        read_promotions(b"sku,what\nA,1\n")
    doubtful = b"sku,from,to\nA,03/04/2024,05/04/2024\n"
    with pytest.raises(DataError, match="the promotions: the dates can be read day first or month first"):
        read_promotions(doubtful)
    assert read_promotions(doubtful, date_order="MDY")[0].last.astype(str).tolist() == ["2024-05-04"]


def test_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "sales.csv").write_bytes(sales())
    (tmp_path / "plan.csv").write_bytes(calendar(past=True, ahead=False))
    words = ["forecast", str(tmp_path / "sales.csv"), "--horizon", "4", "--out", str(tmp_path / "out.csv")]
    assert main([*words, "--promotions", str(tmp_path / "plan.csv")]) == 0
    assert "none is ahead" in capsys.readouterr().out
    assert len(pd.read_csv(tmp_path / "out.csv")) == PRODUCTS * 4


def written(tmp_path: Path, *more: str) -> tuple[Path, list[str]]:
    (tmp_path / "sales.csv").write_bytes(sales())
    (tmp_path / "plan.csv").write_bytes(calendar() + b"\nX-9,2024-01-08,2024-01-21\nP00,x,2024-01-21")
    out = tmp_path / "out"
    return out, ["analyze", str(tmp_path / "sales.csv"), "--frequency", "W", "--out", str(out), *more]


def test_they_count_in_a_study_and_are_written(tmp_path: Path) -> None:
    """Known law: the weeks ahead sell the effect times as much where promoted; the file of promotions has a report of its own."""
    out, words = written(tmp_path)
    assert main([*words, "--promotions", str(tmp_path / "plan.csv")]) == 0
    table = pd.read_csv(out / "promotions.csv").set_index("sku")
    assert len(table) == PRODUCTS and (table["promoted_days"] == 56).all()
    assert table["promoted_days_ahead"].tolist() == [7, 0] * (PRODUCTS // 2)
    assert table["promotion_effect"].to_numpy() == pytest.approx(EFFECT, rel=0.12)
    rate, ahead = np.linspace(40.0, 160.0, PRODUCTS), np.arange(PRODUCTS) % 2 == 0
    added = table["units_by_promotions"].to_numpy()
    assert added[~ahead].tolist() == [0.0] * (PRODUCTS // 2)
    assert added[ahead].sum() == pytest.approx((rate * (EFFECT - 1.0))[ahead].sum(), rel=0.12)
    summary = json.loads((out / "summary.json").read_text())
    assert any("Promotions ahead of 12 of 24 products count" in note for note in summary["notes"])
    said = " ".join(summary["input_problems"])
    assert "promotions of 1 of 25 products are of none that is sold" in said
    rejected = pd.read_csv(out / "rejected_rows_promotions.csv")
    assert len(rejected) == 1 and "P00" in rejected["text"][0]
    register = pd.read_csv(out / "register.csv")
    assert any("promotions" in str(one) for one in register["field"])
    cleaning = pd.read_csv(out / "cleaning.csv")
    assert (cleaning["layer"] == "promotions").any()
    # units out and units left are all, and without the calendar nothing of it is written
    plain, words = written(tmp_path / "plain") if (tmp_path / "plain").mkdir() is None else (out, words)
    assert main(words) == 0
    assert not (plain / "promotions.csv").exists()
    assert "promotions" not in set(pd.read_csv(plain / "cleaning.csv")["layer"])


def test_the_demand_that_is_simulated_has_them() -> None:
    study = run_study(history(calendar()), frequency="W", draws=4, how_sure=False)
    plain = run_study(history(None), frequency="W", draws=4, how_sure=False)
    column = 2
    rate = np.linspace(40.0, 160.0, PRODUCTS)
    mean = study.forecast.mean[:, column] / rate
    assert mean[:12:2].mean() == pytest.approx(2.2, rel=0.06) and mean[12::2].mean() == pytest.approx(
        1.4, rel=0.06
    )
    assert mean[1::2].mean() == pytest.approx(1.0, rel=0.05)
    assert (plain.forecast.mean[:12, column] / rate[:12]).mean() > 1.05
    assert study.cleaned.removed_units > 0.0 == plain.cleaned.removed_units
    # told to leave past ones in: then those ahead are not counted on top, and that is said
    kept = run_study(
        history(calendar()), frequency="W", draws=4, how_sure=False, cleaning=Cleaning.of(["before_launch", "outliers"])
    )  # fmt: skip
    assert kept.promotions is not None and not kept.promotions.ahead.any()
    assert any("left in what is usual, as told" in note for note in kept.notes)


def test_at_a_past_date_the_calendar_stands_and_later_sales_do_not() -> None:
    day = np.datetime64(FIRST + pd.Timedelta(weeks=80), "D")
    known = history_until(history(calendar()), day)
    assert known.promotions is not None and (known.promotions.last >= day).any() and known.date.max() < day
    table = run_forecast(known, horizon=13, frequency="W")
    rate, promoted = np.linspace(40.0, 160.0, PRODUCTS), promoted_weeks()[:, 80:93]
    mean = table["mean"].to_numpy().reshape(PRODUCTS, 13) / rate[:, None]
    assert mean[:12][promoted[:12]].mean() == pytest.approx(2.2, rel=0.1)
    assert mean[~promoted].mean() == pytest.approx(1.0, rel=0.06)


def by_column(ahead: str, past: tuple[str, str] = ("yes", "no")) -> bytes:
    """The same sales with a column of promotions, and the planned weeks as rows without a quantity."""
    promoted, lines = promoted_weeks(), sales().decode().splitlines()
    out = [f"{lines[0]},promo"]
    for k, line in enumerate(lines[1:]):
        out.append(f"{line},{past[0] if promoted[k // WEEKS, k % WEEKS] else past[1]}")
    for week in range(AHEAD):
        day = FIRST + pd.Timedelta(weeks=WEEKS + week)
        for i in range(PRODUCTS):
            flag = ahead if week == 2 and i % 2 == 0 else past[1]
            out.append(f"{day:%Y-%m-%d},P{i:02d},{'big' if i < 12 else 'small'},,{flag}")
    return "\n".join(out).encode()


def test_a_column_of_the_sales_plans_them_as_well() -> None:
    got = read_sales(by_column("yes"))
    assert got.report.rows_rejected == AHEAD * PRODUCTS and got.report.last_date < np.datetime64(PLANNED, "D")
    assert got.promotions is not None and len(got.promotions) == PRODUCTS // 2
    assert (got.promotions.first == np.datetime64(PLANNED, "D")).all()
    assert (got.promotions.last - got.promotions.first == np.timedelta64(6, "D")).all()
    assert any(p.code == "planned_row" and "promotions ahead" in p.message for p in got.report.problems)
    table, calendar_table = run_forecast(got, horizon=AHEAD, frequency="W"), forecast(calendar())
    np.testing.assert_allclose(table["mean"], calendar_table["mean"], rtol=1e-9)
    again = unpack_reading(pack_reading(Reading(got))).history.promotions
    assert again is not None and again.sku.tolist() == got.promotions.sku.tolist()
    np.testing.assert_array_equal(again.last, got.promotions.last)


def test_names_of_promotions_mark_them_and_words_that_say_nothing_are_asked() -> None:
    named = read_sales(by_column("Summer deal", ("Spring deal", "")))
    assert named.promotion.sum() == promoted_weeks().sum() and named.promotions is not None
    assert any("are promoted, blank ones are not" in text for text in named.report.assumed)
    spelled = read_sales(by_column("Summer deal", ("Spring deal", "no")))
    np.testing.assert_array_equal(spelled.promotion, named.promotion)
    mixed = read_sales(by_column("yes", ("yes", "no")) + b"\n2022-01-03,P00,big,1,perhaps")
    assert np.isnan(mixed.promotion).sum() == 1  # beside yes and no another word is none
    doubtful = by_column("A", ("A", "B"))
    with pytest.raises(DataError) as refused:
        read_sales(doubtful)
    assert "which of these values mean that a row was sold in a promotion" in str(refused.value)
    assert {one.value for one in refused.value.meanings if one.treatment == "ask"} == {"A", "B"}
    told = read_sales(doubtful, treatments={"promo": {"A": "promoted", "B": "usual"}})
    np.testing.assert_array_equal(told.promotion, read_sales(by_column("yes")).promotion)
    assert told.promotions is not None and len(told.promotions) == PRODUCTS // 2


def test_a_price_of_promotions_counts_below_the_usual_one() -> None:
    rows = ["date,sku,quantity,unit price,promo price"]
    days = pd.date_range("2024-01-01", periods=60)
    low = np.arange(60) % 10 == 3
    rows += [f"{d:%Y-%m-%d},A,{20 if p else 8},10,{8 if p else 10}" for d, p in zip(days, low, strict=True)]
    got = read_sales("\n".join(rows).encode())
    assert got.promotion.tolist() == low.astype(float).tolist()
    bare = "\n".join(line.replace(",10,", ",") for line in rows).replace("unit price,", "")
    unknown = read_sales(bare.encode())
    assert np.isnan(unknown.promotion).all()
    assert any(p.code == "promotion_unknown" for p in unknown.report.problems)


@pytest.mark.parametrize(
    ("name", "content", "is_one"),
    [
        ("plan.csv", b"sku,from,to\nP01,2024-01-08,2024-01-21\n", True),
        ("aktionen.csv", b"Artikel;Datum\nP01;18.01.2024\n", True),
        ("plan.csv", b"sku,date,promo\nP01,2024-01-08,1\nP01,2024-01-09,0\n", True),
        ("prices.csv", b"sku,valid from,valid to,price\nP01,2024-01-08,2024-01-21,9.90\n", False),
        ("promo sales.csv", b"date,sku,quantity\n2024-01-08,P01,3\n", False),
    ],
)
def test_a_calendar_is_told_by_its_columns(name: str, content: bytes, is_one: bool) -> None:
    table = read_table(open_source(content, name)[0])
    assert is_promotions(name, table) == is_one
    if is_one:
        read = read_files([Given(sales(), "sales.csv"), Given(content, name)])
        assert read.promotions_report is not None and read.history.promotions is not None
        assert len(read.history.promotions) == 1  # of a day listed as not promoted there is none
        beside = read_files([Given(sales(), "sales.csv"), Given(content, name, beside=True)])
        assert beside.promotions_report is not None


def test_days_are_held_against_days_and_slow_movers_against_days_with_a_sale() -> None:
    """Every fifth day promoted, three times as much: no week is without one. A slow mover's flags say nothing of its empty days."""
    days = pd.date_range("2023-01-02", periods=364)
    promoted = np.arange(364) % 5 == 0
    rng = np.random.default_rng(5)
    fast = np.where(promoted, 30, 10)
    slow = rng.random(364) < 0.1
    rows = ["date,sku,quantity,promo"]
    rows += [f"{d:%Y-%m-%d},F,{q},{int(p)}" for d, q, p in zip(days, fast, promoted, strict=True)]
    rows += [f"{d:%Y-%m-%d},S,2,{int(p)}" for d, p, s in zip(days, promoted, slow, strict=True) if s]
    got = read_sales("\n".join(rows).encode())
    panel = demand_panel(got, "W")
    past = promoted_past(panel, got, np.full(2, -1, np.int32))
    assert past.effect[0] == pytest.approx(3.0, rel=0.02)
    assert past.effect[1] < 3.0  # alone it would be 1; it leans on the other
    own = promoted_past(
        demand_panel(one := read_sales("\n".join([rows[0], *(r for r in rows if ",S," in r)]).encode()), "W"),
        one, np.array([-1], np.int32),
    )  # fmt: skip
    assert own.effect[0] == pytest.approx(1.0, abs=1e-9)
