"""Promotions ahead: what they brought in the past, by family, is found and put where they are planned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from analytics.cli import main
from analytics.data import read_sales
from analytics.data.items.promotions_file import read_promotions
from analytics.errors import DataError
from analytics.forecast.promoted import promotion_effects
from analytics.study import run_forecast

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


def forecast(promotions: bytes | None, total: bool = False) -> pd.DataFrame:
    return run_forecast(
        read_sales(sales()), horizon=AHEAD, frequency="W", total=total,
        promotions=None if promotions is None else read_promotions(promotions),
    )  # fmt: skip


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
    assert promotion_effects(weeks, weeks > 0, share, none, "W")[0] == pytest.approx(1.0, abs=0.01)
    raised = weeks * (1.0 + 0.8 * share)
    assert promotion_effects(raised, weeks > 0, share, none, "W")[0] == pytest.approx(1.8, abs=0.01)


def test_the_file_is_read_or_refused_with_a_remedy() -> None:
    got = read_promotions(
        b"Artikel;von;bis\nA;08.01.2024;21.01.2024\nB;x;21.01.2024\nC;21.01.2024;08.01.2024\n"
    )
    assert got.sku.tolist() == ["A"] and got.last.astype(str).tolist() == ["2024-01-21"]
    assert got.notes[0].startswith("2 of 3 rows of the promotions cannot be used")
    with pytest.raises(DataError, match="no column from"):
        read_promotions(b"sku,what\nA,1\n")
    doubtful = b"sku,from,to\nA,03/04/2024,05/04/2024\n"
    with pytest.raises(DataError, match="the promotions: the dates can be read day first or month first"):
        read_promotions(doubtful)
    assert read_promotions(doubtful, date_order="MDY").last.astype(str).tolist() == ["2024-05-04"]


def test_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "sales.csv").write_bytes(sales())
    (tmp_path / "plan.csv").write_bytes(calendar(past=True, ahead=False))
    words = ["forecast", str(tmp_path / "sales.csv"), "--horizon", "4", "--out", str(tmp_path / "out.csv")]
    assert main([*words, "--promotions", str(tmp_path / "plan.csv")]) == 0
    assert "none is ahead" in capsys.readouterr().out
    assert len(pd.read_csv(tmp_path / "out.csv")) == PRODUCTS * 4
