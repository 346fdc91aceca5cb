"""Service held, and today fixed: a rate moves the capital line of every plan by its own ratio, and no unit, wait or other line, on every sample."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from analytics.assumptions import Assumptions
from analytics.assumptions_file import read_assumptions
from analytics.data import read_items, read_sales
from analytics.limits import Limits
from analytics.naming.labels import COMPONENTS, Verdict
from analytics.scenario.currency import with_currency
from analytics.scenario.reassume import reassume, reprice
from analytics.strategy.portfolio.plan_measures import plans_of
from analytics.study import Study, run_study
from sample_data import sample_paths
from tests.faults.damage import ALL

#: `make study` holds the largest sample too
SAMPLES = ("servers", "household", *(("bicycles",) if ALL else ()))
RATIO = 11.0 / 9.0


def at_rate(stated: Assumptions, rate: float) -> Assumptions:
    return stated.with_general(capital_rate=rate)


@cache
def sample(name: str) -> Study:
    """A sample at a capital rate of 9 %, with few simulated years."""
    paths = sample_paths(name)
    items, _ = read_items(paths["items"])
    stated = (
        read_assumptions(paths["assumptions"].read_text(encoding="utf-8"))
        if "assumptions" in paths
        else Assumptions()
    )
    return run_study(
        read_sales(paths["sales"]), items, at_rate(stated, 0.09), seed=1, draws=2, how_sure=False
    )


@pytest.mark.parametrize("name", SAMPLES)
def test_todays_units_move_with_no_rate(name: str) -> None:
    """Chosen anew or not: what today holds, sells, writes off and lets wait is the same to the last bit; its capital line is 11/9 of what it was."""
    study = sample(name)
    quick = reprice(study, at_rate(study.assumptions, 0.11))
    assert quick is not None
    for other in (
        (quick, reassume(study, at_rate(study.assumptions, 0.11), how_sure=False))
        if name == "servers"
        else (quick,)
    ):
        one, two = study.comparison.today, other.comparison.today
        assert one is not None and two is not None
        for column in (
            "index",
            "raw",
            "counts",
            "reorder_point",
            "order_up_to_level",
            "order_quantity",
            "quote_days",
            "served_within",
        ):
            np.testing.assert_array_equal(getattr(one, column), getattr(two, column), column)
        for measure, days in one.wait_days.items():
            np.testing.assert_array_equal(days, two.wait_days[measure])
        before, after = study.portfolio.money["baseline"], other.portfolio.money["baseline"]
        for measure in ("benchmark", "revenue", "cash_tied_up", *COMPONENTS):
            if (
                measure == "perhaps_ended"
            ):  # capital for half a year, and what a year bears of a loss, are rates
                assert after[measure] >= before[measure]
                continue
            assert after[measure] == (
                pytest.approx(before[measure] * RATIO, rel=1e-12) if measure == "capital" else before[measure]
            ), measure
        rated = [money["capital"] + money["perhaps_ended"] for money in (before, after)]
        assert before["capital"] > 0.0 and before["profit"] - after["profit"] == pytest.approx(
            rated[1] - rated[0], rel=1e-9
        )


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("at_once", [True, False])
def test_held_service_moves_capital_lines_and_nothing_else(name: str, at_once: bool) -> None:
    """Every plan, every product: units, waits and all other lines as they were; capital x 11/9; totals by the difference."""
    study = sample(name)
    rate = at_rate(study.assumptions, 0.11)
    held = reprice(study, rate, hold=True) if at_once else reassume(study, rate, hold=True)
    assert held is not None
    assert np.array_equal(held.recommendation.recommended, study.recommendation.recommended)
    assert np.array_equal(held.recommendation.as_today, study.recommendation.as_today)
    for strategy, chosen in study.comparison.chosen.items():
        same = held.comparison.chosen[strategy]
        for column in ("setting", "by_half", "counts", "offered"):
            np.testing.assert_array_equal(
                getattr(same, column), getattr(chosen, column), f"{strategy} {column}"
            )
    for one, two in zip(
        plans_of(study.comparison, study.recommendation, study.items),
        plans_of(held.comparison, held.recommendation, held.items),
        strict=True,
    ):
        assert one.name == two.name
        for measure, before in one.values.items():
            after = two.values[measure]
            if measure == "capital":
                np.testing.assert_allclose(after, before * RATIO, rtol=1e-12, err_msg=f"{one.name} {measure}")
            elif measure in ("perhaps_ended", "lost_if_ended"):  # capital for half a year is in them
                assert (np.nan_to_num(after - before) >= 0.0).all(), f"{one.name} {measure}"
            elif measure == "profit":
                np.testing.assert_allclose(
                    after,
                    before
                    - one.values["capital"] * (RATIO - 1.0)
                    - (two.values["perhaps_ended"] - one.values["perhaps_ended"]),
                    rtol=1e-9,
                    atol=1e-6,
                    err_msg=one.name,
                )
            else:
                np.testing.assert_array_equal(after, before, f"{one.name} {measure}")
        for measure, days in one.waits.items():
            np.testing.assert_array_equal(days, two.waits[measure], f"{one.name} {measure}")
    decided = study.recommendation.verdict != "not_decidable"
    assert set(held.recommendation.verdict[decided]) == ({"recomputing"} if at_once else {Verdict.HELD})
    money = held.portfolio.money
    assert held.portfolio.gain == pytest.approx(
        money["mix"]["profit"] - money["baseline"]["profit"], abs=0.01
    )
    if not at_once:
        again = with_currency(held, "EUR")
        assert (
            list(again.recommendation.verdict) == list(held.recommendation.verdict)
            and again.portfolio.gain == held.portfolio.gain
        )


def test_a_longer_queue_moves_no_held_quote() -> None:
    study = sample("servers")
    held = reassume(study, study.assumptions.with_general(queue_days=20.0), hold=True)
    np.testing.assert_array_equal(held.setup.order.quote_days, study.setup.order.quote_days)
    assert held.portfolio.gain == study.portfolio.gain


def test_nothing_is_held_where_limits_bind() -> None:
    study = sample("servers")
    for change in (reprice, reassume):
        with pytest.raises(ValueError, match="limits"):
            change(study, replace(study.assumptions, limits=Limits(stocked_products=5)), hold=True)
