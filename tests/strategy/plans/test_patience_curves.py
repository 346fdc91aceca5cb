"""Curves of patience in the simulation: one rule for all strategies, one answer for all curves, exponential unless stated."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.assumptions import FIELDS, PATIENCE_CURVES
from analytics.assumptions_file import assumptions_toml, read_assumptions
from analytics.data import read_items, read_sales
from analytics.errors import DataError
from analytics.machine.kernel_cache import kernel
from analytics.policy.patience import curve_in_force, share_beyond, share_staying
from analytics.scenario.reassume import reassume
from analytics.simulation import world
from analytics.strategy.plans.capacity_quote import with_capacity_quote
from analytics.strategy.what_if.product_resimulated import profits
from analytics.strategy.what_if.scenarios import profit_to_order_by_patience
from analytics.study import run_study
from analytics.study_product import product_case
from analytics.writeup.tables import assumptions_table
from tests.closed_forms.queues.patience_curves import curve_through_answer, relative_patience
from tests.strategy.plans.test_capacity_quote import level, shop, sizes_of
from tests.strategy.small import csv_text, items_table, sales_table, small_study

compiled = kernel(world.share_staying.py_func)


@settings(deadline=None)
@given(
    curve=st.integers(0, 3),
    rate=st.floats(0.0005, 0.3),
    shape=st.floats(0.3, 12.0),
    wait=st.floats(0.1, 150.0),
    historical=st.floats(0.0, 40.0),
)
def test_the_compiled_rule_and_the_published_curves_agree(
    curve: int, rate: float, shape: float, wait: float, historical: float
) -> None:
    kind, parameters = curve_through_answer(PATIENCE_CURVES[curve], rate, shape)
    if kind == "logistic" and parameters[0] < 0.0:  # the published form wants a midpoint above zero
        x = np.exp(-parameters[0] / parameters[1])
        expected = (
            1.0
            if wait <= historical
            else (1.0 + x * np.exp(historical / parameters[1])) / (1.0 + x * np.exp(wait / parameters[1]))
        )
    else:
        expected = float(relative_patience(kind, wait, historical, *parameters))
    if kind == "window" and abs(wait - parameters[0]) < 1e-6:
        return
    past = (
        0.0 if kind == "window" and historical > parameters[0] else 1.0
    )  # nobody can have waited that long: nobody waits longer
    for found in (
        compiled(curve, rate, shape, wait, historical),
        float(share_staying(curve, rate, shape, wait, historical)),
    ):
        assert found == pytest.approx(
            expected if wait <= historical else expected * past, rel=1e-7, abs=1e-12
        )


def test_compiled_loops_take_the_rule_from_the_lines_that_columns_run() -> None:
    assert world._share_beyond.py_func is share_beyond and world._curve_in_force.py_func is curve_in_force


def test_columns_of_all_curves_hold_what_each_curve_gives_alone() -> None:
    """Products of every curve mixed, two waits each: the position of a product says nothing, nor do its neighbours."""
    draws = np.random.default_rng(3)
    curve, past = draws.integers(0, 4, 400), draws.uniform(0.0, 20.0, 400)
    rate, shape = draws.uniform(0.001, 0.2, 400), draws.uniform(0.2, 9.0, 400)
    wait = draws.uniform(0.0, 90.0, (2, 400))
    mixed = share_staying(curve, rate, shape, wait, past)
    for k in range(0, 400, 7):
        for row in range(2):
            alone = share_staying(curve[k], rate[k], shape[k], wait[row, k], past[k])
            assert mixed[row, k] == pytest.approx(alone, rel=1e-13, abs=0.0)
    assert (mixed[wait <= past] == 1.0).all() and (wait <= past).sum() > 50


@pytest.mark.parametrize("curve", [0, 1, 2])
def test_every_curve_keeps_the_same_share_at_two_weeks_and_another_one_elsewhere(curve: int) -> None:
    rate = np.array([0.004, 0.02, 0.09])
    at = {wait: share_staying(curve, rate, 3.3, wait, 0.0) for wait in (5.0, 14.0, 30.0)}
    assert at[14.0] == pytest.approx(np.exp(-14.0 * rate), rel=1e-12)
    if curve:
        assert (at[5.0] > np.exp(-5.0 * rate)).all() and (at[30.0] < np.exp(-30.0 * rate)).all()
    assert share_staying(curve, 0.0, 3.3, 200.0, 0.0) == 1.0


def test_the_file_says_the_curve_by_name_and_takes_no_other() -> None:
    stated = read_assumptions(
        '[general]\npatience_curve = "logistic"\npatience_shape = 4\n[product.A1]\npatience_curve = "window"\n[family.lamps]\npatience_curve = 1\n'
    )
    assert [stated.of("patience_curve", *where).value for where in ((), ("A1",), ("Z", "lamps"))] == [
        2.0,
        3.0,
        1.0,
    ]
    again = read_assumptions(assumptions_toml(stated))
    assert all(
        again.of(name, *where) == stated.of(name, *where)
        for name in FIELDS
        if FIELDS[name].default == FIELDS[name].default
        for where in ((), ("A1",), ("Z", "lamps"))
    )
    assert '"logistic"' in assumptions_toml(stated) and PATIENCE_CURVES == FIELDS["patience_curve"].choices
    assert read_assumptions(assumptions_toml(read_assumptions(""))).of("patience_curve").origin == "assumed"
    for wrong in ('"linear"', "1.5", "4", "true"):
        with pytest.raises(DataError, match="patience_curve"):
            read_assumptions(f"[general]\npatience_curve = {wrong}\n")


def test_the_exponential_curve_is_the_default_and_nothing_changes_when_it_is_said() -> None:
    study = small_study(how_sure=False)
    said = reassume(
        study,
        read_assumptions('[general]\npatience_curve = "exponential"\npatience_shape = 7\n'),
        how_sure=False,
    )
    assert "exponential" in set(
        assumptions_table(said.items).set_index("field").loc[["patience_curve"], "value"]
    )
    plain = reassume(study, read_assumptions("[general]\npatience_shape = 2\n"), how_sure=False)
    assert all(said.ledgers[name].digest() == plain.ledgers[name].digest() for name in plain.ledgers)


def test_a_window_holds_for_every_strategy_and_sets_the_flip_point() -> None:
    """Buyers who all wait 34 days at most: a quote of 38 days sells nothing, two weeks cost nothing, and the flip point lies at the limit."""
    history = read_sales(csv_text(sales_table()), name="sales.csv")
    items, _ = read_items(csv_text(items_table()), name="items.csv")
    stated = '[general]\npatience_curve = "window"\npatience_per_day = 0.02\nhazard_per_year = 0.02\n'
    study = run_study(history, items, read_assumptions(stated), draws=4, how_sure=False)
    alive = study.setup.alive > 0.5
    lost = {
        name: ledger.count("lost")[:, 0].mean(axis=1)
        / np.maximum(ledger.count("demanded")[:, 0].mean(axis=1), 1e-12)
        for name, ledger in study.ledgers.items()
    }
    make = np.nan_to_num(study.items["make"]) > 0
    assert study.items["quote_days"][alive & make].min() > 35.0 and lost["MTO"][alive & make].min() == 1.0
    assert study.setup.assembly is not None and study.setup.assembly.door_wait_days.max() < 34.0
    stays = study.ledgers["ATO"].count("lost")[:, -1].mean(axis=1) / study.ledgers["ATO"].count("demanded")[
        :, -1
    ].mean(axis=1)
    assert stays.max() < 0.1  # only who still waits when the product ends is lost: nobody at the door
    case = product_case(study, "A3")
    limit = float(np.log(2.0) / 0.02)
    inside, beyond = profits(case, "quote_days", [limit - 0.1, limit + 0.1])[:, case.strategies.index("MTO")]
    assert inside > 100.0 and abs(beyond) < 1e-9
    assert np.abs(profit_to_order_by_patience(study.setup, study.items)[alive & make]).max() < 1e-9


def test_scenarios_follow_the_curve() -> None:
    study = small_study(how_sure=False)
    weibull = reassume(
        study,
        read_assumptions(
            '[general]\npatience_curve = "weibull"\npatience_shape = 2\npatience_per_day = 0.02\n'
        ),
        how_sure=False,
    )
    profit = profit_to_order_by_patience(weibull.setup, weibull.items)
    assert profit[:, 0] == pytest.approx(profit[:, 2], nan_ok=True)
    at = weibull.comparison.strategies.index("MTO")
    assert profit[:, 1] == pytest.approx(weibull.comparison.profit[:, at], rel=1e-9, nan_ok=True)


def test_a_window_fills_the_shop_until_the_quote_reaches_the_limit() -> None:
    """With one common limit, demand enters until the quote is exactly what buyers bear: a promise, not an impossibility."""
    limit = 24.0
    columns = {"capacity_hours_per_week": 40.0, "hours_per_unit": 1.0, "setup_hours": 0.2, "units_per_order": 1.0, "historical_wait_days": 0.0, "component_lead_days": 10.0,
               "production_days": 3.0, "quote_reliability": 0.9}  # fmt: skip
    items = shop(
        **columns, patience_per_day=float(np.log(2.0) / limit), patience_curve=3.0, patience_shape=2.0
    )
    found, _ = with_capacity_quote(items, level(60.0), sizes_of(items))
    assert found["quote_days"] == pytest.approx(limit, abs=0.01)
