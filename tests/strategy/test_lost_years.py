"""Years of what is lost, added up while they are played: the same as played again, and what is left is said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.data import read_items, read_sales
from analytics.naming.labels import Strategy
from analytics.strategy.compared.lost_years import MEASURES_OF_A_YEAR, LostYears
from analytics.strategy.compared.setting import Chosen
from analytics.study import Study, run_study
from analytics.study_stock.exposure import stock_played_down, study_exposure
from analytics.study_stock.valuation import study_valuation
from analytics.valuation.policy import DEFAULT_POLICY


@pytest.fixture(scope="module")
def study() -> Study:
    """Eight products of two component families, one without a price; some made to order today, some assembled."""
    rng = np.random.default_rng(3)
    weeks = np.arange(np.datetime64("2023-01-02"), np.datetime64("2025-01-06"), np.timedelta64(7, "D"))
    lines = ["date,sku,quantity,price"]
    for k in range(8):
        units = rng.poisson(rng.gamma(3.0, 0.7 + k, len(weeks)) / 3.0)
        price = "" if k == 7 else str(20 + 3 * k)
        lines += [f"{w},P{k},{n},{price}" for w, n in zip(weeks, units, strict=True) if n]
    today = ("MTS", "ATO", "MTO", "MTS", "MTS", "ATO", "MTO", "MTS")
    rows = [
        "sku,family,unit_cost,make,component_lead_days,production_days,assembly_days,component_share,current_mode"
    ]
    rows += [f"P{k},F{k // 4},{11 + k},1,{14 + 7 * (k % 3)},4,2,0.6,{way}" for k, way in enumerate(today)]
    items, report = read_items("\n".join(rows).encode())
    return run_study(
        read_sales("\n".join(lines).encode()), items, items_report=report, draws=8, how_sure=False
    )


def test_added_up_as_played_again(study: Study) -> None:
    """Strategies to the last digits; plans, kept by product in single precision, within 1e-7 of each year and in the mean as played."""
    valued = study_valuation(study, DEFAULT_POLICY)
    down = stock_played_down(study, valued)
    assert study.comparison.lost is not None and study.comparison.today is not None
    assert set(study.comparison.today.strategy) == {Strategy.MTS, Strategy.ATO, Strategy.MTO}
    kept = study_exposure(study, valued, down)
    again = study_exposure(replace(study, comparison=replace(study.comparison, lost=None)), valued, down)
    assert list(kept.years) == list(again.years)
    for scope, years in again.years.items():
        plan = scope in ("baseline", "mix")
        np.testing.assert_allclose(kept.years[scope], years, rtol=1e-7 if plan else 1e-12, err_msg=scope)
        np.testing.assert_allclose(kept.years[scope].mean(axis=1), years.mean(axis=1), rtol=1e-12)
    assert kept.years["mix"][MEASURES_OF_A_YEAR.index("margin_not_earned")].mean() > 0.0


def test_another_choice_is_played(study: Study) -> None:
    """A mix that was decided otherwise afterwards, all made to stock, has the years of making to stock: nothing kept stands for it."""
    valued = study_valuation(study, DEFAULT_POLICY)
    n = len(study.items)
    stocked = np.full(n, study.comparison.strategies.index(Strategy.MTS))
    other = replace(study.recommendation, recommended=stocked, as_today=np.zeros(n, bool))
    found = study_exposure(replace(study, recommendation=other), valued, stock_played_down(study, valued))
    np.testing.assert_allclose(found.years["mix"], found.years[Strategy.MTS], rtol=1e-12)


def test_sums_by_hand() -> None:
    """Three products, the second not assembled, the third without money: 2 + 20 to stock; assembled 3 + 20; today 5 and 50 x 2."""
    profit = {Strategy.MTS: [1.0, 4.0, np.nan], Strategy.ATO: [2.0, np.nan, np.nan]}
    no = np.zeros((3, 2), np.intp)
    chosen = {
        name: Chosen(name, np.isfinite(column) | (np.arange(3) == 2), no[:, 0], no, np.zeros((3, 1)), np.array(column))
        for name, column in profit.items()
    }  # fmt: skip
    lost = LostYears.begun(chosen, 1)

    def years(*of: float) -> np.ndarray:
        return np.array(of)[:, None, None] * np.ones((1, len(MEASURES_OF_A_YEAR), 1))

    every = np.arange(3)
    lost.add(Strategy.MTS, every, years(2.0, 20.0, 900.0))
    lost.add(Strategy.ATO, np.array([0, 2]), years(3.0, 900.0))
    lost.put_today(every, years(5.0, 100.0, 900.0))
    assert lost.strategies[Strategy.MTS][0, 0] == 22.0 and lost.strategies[Strategy.ATO][0, 0] == 23.0
    own, stock, assembled = np.array([False, True, True]), np.array([0, 0, 0]), np.array([1, 0, 0])
    found = lost.settled({"mix": (assembled, own), "baseline": (stock, own)})
    assert found.plans["mix"].years[0, 0] == 103.0 and not found.plans["mix"].left.any()
    # the first is kept as assembled, which earns most: made to stock it is still to be played
    assert found.plans["baseline"].years[0, 0] == 100.0
    assert found.plans["baseline"].left.tolist() == [True, False, False]
    assert found.today is None and found.at_best is None
