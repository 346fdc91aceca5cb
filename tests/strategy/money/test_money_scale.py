"""Money has no scale and channels are only names: the same sales in another currency, or under other channel names, decide the same."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from analytics.assumptions import FIELDS, Assumptions
from analytics.assumptions_file import read_assumptions
from analytics.data import read_items, read_sales
from analytics.scenario.reassume import reassume
from analytics.simulation.ledger import COUNT_INDEX
from analytics.strategy.plans.draws import drawn_values
from analytics.study import Study, run_study
from analytics.study_results import study_margin
from tests.strategy.small import STATED, csv_text, items_table, of_few, sales_table

_MONEY = ["price", "unit_cost", "setup_cost", "order_setup_cost"]


@cache
def study_at(factor: float = 1.0, channels: tuple[str, str] = ("web", "shop")) -> Study:
    """Few products of the small company with all money times a factor, their orders in two channels under these names; few draws."""
    sales, items = of_few(sales_table()).copy(), of_few(items_table()).copy()
    sales["channel"] = np.where(np.arange(len(sales)) % 3 == 0, channels[0], channels[1])
    sales["unit_price"] = sales["unit_price"] * factor * np.where(sales["channel"] == channels[0], 1.1, 1.0)
    items[_MONEY] = items[_MONEY] * factor
    own, report = read_items(csv_text(items))
    return run_study(
        read_sales(csv_text(sales)), own, read_assumptions(STATED), items_report=report, draws=10
    )


@pytest.mark.parametrize("factor", [7.3, 0.013])
def test_prices_times_a_factor_scale_money_and_move_no_recommendation(factor: float) -> None:
    one, scaled = study_at(), study_at(factor)
    assert scaled.recommendation.recommended.tolist() == one.recommendation.recommended.tolist()
    assert scaled.recommendation.verdict.tolist() == one.recommendation.verdict.tolist()
    assert scaled.comparison.profit == pytest.approx(factor * one.comparison.profit, rel=1e-6, nan_ok=True)
    assert scaled.portfolio.gain == pytest.approx(factor * one.portfolio.gain, rel=1e-6)
    before, after = study_margin(one), study_margin(scaled)
    assert (
        after["at_items"] == pytest.approx(factor * before["at_items"], abs=0.005 * (1 + factor))
        and after["below_cost"] == before["below_cost"]
    )
    assert after["program_less_items"] == before["program_less_items"] == 0.0


@pytest.mark.parametrize("factor", [360.0, 0.04])
def test_grams_and_kilograms_give_the_same_answer(factor: float) -> None:
    """The same goods counted in another unit: so many times as many units, each at so small a part of price and cost."""
    sales, items = sales_table(), items_table()
    sales["quantity"] = sales["quantity"] * 1.5  # away from whole pieces
    whole = run_in(sales, items)
    sales["quantity"], sales["unit_price"], items["unit_cost"] = (
        sales["quantity"] * factor,
        sales["unit_price"] / factor,
        items["unit_cost"] / factor,
    )
    other = run_in(sales, items)
    assert other.recommendation.recommended.tolist() == whole.recommendation.recommended.tolist()
    assert other.recommendation.verdict.tolist() == whole.recommendation.verdict.tolist()
    scale = np.nanmax(np.abs(whole.comparison.profit), axis=1, keepdims=True)
    assert np.nanmax(np.abs(other.comparison.profit - whole.comparison.profit) / scale) < 0.02
    assert other.portfolio.gain == pytest.approx(whole.portfolio.gain, rel=0.02)
    units = [
        np.nansum(study.comparison.chosen["MTS"].counts[:, COUNT_INDEX["demanded"]])
        for study in (whole, other)
    ]
    assert units[1] == pytest.approx(factor * units[0], rel=1e-6)


def run_in(sales: pd.DataFrame, items: pd.DataFrame) -> Study:
    """The study of these tables under the company's own statements, with few draws; how far it holds is not asked."""
    own, report = read_items(csv_text(items))
    return run_study(
        read_sales(csv_text(sales)),
        own,
        read_assumptions(STATED),
        items_report=report,
        draws=10,
        how_sure=False,
    )


def test_renaming_a_channel_changes_nothing() -> None:
    one, renamed = study_at(), study_at(channels=("zweigstelle", "ägyptisches Lager"))
    for name in ("recommended", "verdict", "gain", "lead", "reason"):
        assert np.array_equal(
            getattr(renamed.recommendation, name),
            getattr(one.recommendation, name),
            equal_nan=name in ("gain", "lead"),
        ), name
    assert (
        np.array_equal(renamed.items["price"], one.items["price"])
        and renamed.portfolio.gain == one.portfolio.gain
    )
    shown, again = study_margin(one), study_margin(renamed)
    assert {k: shown[k] for k in ("at_items", "revenue", "parts", "below_cost")} == {
        k: again[k] for k in ("at_items", "revenue", "parts", "below_cost")
    }
    assert sorted(c["revenue"] for c in shown["channels"]) == pytest.approx(
        sorted(c["revenue"] for c in again["channels"])
    )


def test_confirming_nothing_fixed_and_no_premium_is_what_was_assumed_before_they_had_a_range(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = ("fixed_cost_share", "cost_premium")
    study = study_at()
    for name in asked:
        assumed = study.items.origin(name) == 3
        low, high = study.items.range(name)
        assert (
            FIELDS[name].default == 0.0
            and assumed.any()
            and (high[assumed] == FIELDS[name].high).all()
            and (low[assumed] == 0.0).all()
        )
        drawn = drawn_values(study.items, name, np.array([0.0, 0.25, 0.5, 0.75, 1.0]))
        assert drawn[assumed][0].tolist() == [0.0, 0.0, 0.0, FIELDS[name].high / 2, FIELDS[name].high]
    stated = replace(
        read_assumptions(STATED),
        general=Assumptions().with_general(fixed_cost_share=0.0, cost_premium=0.0).general,
    )
    confirmed = reassume(study, stated)
    for name in asked:
        monkeypatch.setitem(FIELDS, name, replace(FIELDS[name], high=0.0))  # type: ignore[arg-type]
    narrow = reassume(study, read_assumptions(STATED))
    assert np.array_equal(confirmed.comparison.profit, narrow.comparison.profit, equal_nan=True)
    assert np.array_equal(confirmed.comparison.by_draw, narrow.comparison.by_draw, equal_nan=True)
    for name in ("recommended", "verdict", "gain"):
        assert np.array_equal(
            getattr(confirmed.recommendation, name), getattr(narrow.recommendation, name)
        ), name
    # expected money never hung on the range
    assert np.array_equal(confirmed.comparison.profit, study.comparison.profit, equal_nan=True)
