"""Expected money is that of the values in force: a value confirmed as it was assumed changes nothing but its range."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.assumptions import FIELDS, Assumptions, of_ten_at_two_weeks
from analytics.assumptions_file import assumptions_toml, read_assumptions
from analytics.demand.complete import confirmed_as_they_stand
from analytics.errors import DataError
from analytics.items import CONFIRMED, DERIVED, GIVEN
from analytics.scenario.reassume import effort, reassume, reprice
from analytics.strategy.plans.draws import assumption_uniforms
from analytics.study import Study
from tests.strategy.small import small_study


@pytest.fixture(scope="module")
def study() -> Study:
    return small_study()


def total_range(study: Study, field: str) -> float:
    """How wide the range of a field is, over all products."""
    low, high = study.items.range(field)
    return float((high - low).sum())


@pytest.mark.parametrize(
    "field",
    [
        "patience_per_day",
        "hazard_per_year",
        "component_lead_days",
        "production_days",
        "capital_rate",
        "salvage_share",
    ],
)
def test_confirming_what_was_assumed_leaves_every_expected_figure_to_the_last_digit(
    study: Study, field: str
) -> None:
    stated = study.assumptions.confirmed_as_assumed(field)
    assert effort(study, stated) == 0
    after = reassume(study, stated)
    np.testing.assert_array_equal(after.comparison.profit, study.comparison.profit)
    for name, chosen in study.comparison.chosen.items():
        np.testing.assert_array_equal(after.comparison.chosen[name].counts, chosen.counts)
    np.testing.assert_array_equal(after.comparison.in_force, study.comparison.in_force)
    np.testing.assert_array_equal(after.items[field], study.items[field])
    assert np.array_equal(after.comparison.by_draw, study.comparison.by_draw, equal_nan=True) == (
        total_range(study, field) == 0.0
    )
    low, high = after.items.range(field)
    live = ~study.recommendation.ended
    np.testing.assert_array_equal(low[live], high[live])
    np.testing.assert_array_equal(after.recommendation.recommended, study.recommendation.recommended)
    np.testing.assert_array_equal(after.recommendation.gain, study.recommendation.gain)
    assert after.portfolio.gain == study.portfolio.gain
    for plan, money in study.portfolio.money.items():
        assert after.portfolio.money[plan] == money
        assert {k: v for k, v in after.portfolio.service[plan].items() if v == v} == {
            k: v for k, v in study.portfolio.service[plan].items() if v == v
        }
    before, now = (
        one.gain_high - one.gain_low for one in (study.portfolio, after.portfolio)
    )  # fifty draws tell a range to about a tenth
    assert now <= before * 1.1 and (field != "patience_per_day" or now < 0.9 * before)


def test_the_value_said_exactly_is_the_value_confirmed_as_assumed(study: Study) -> None:
    said = reassume(study, study.assumptions.with_general(patience_per_day=of_ten_at_two_weeks(7.5)))
    stands = reassume(study, study.assumptions.confirmed_as_assumed("patience_per_day"))
    np.testing.assert_array_equal(said.comparison.profit, study.comparison.profit)
    general = (
        study.items["patience_per_day"] == FIELDS["patience_per_day"].default
    )  # others have a value of their own, with a range that stays
    assert general.any()
    alone = [
        said.comparison.strategies.index(name) for name in ("MTS", "MTO")
    ]  # assembled, a product shares its sisters' years
    np.testing.assert_array_equal(
        said.comparison.by_path[general][:, alone], stands.comparison.by_path[general][:, alone]
    )


def test_values_of_each_product_stay_their_own(study: Study) -> None:
    own = np.linspace(0.05, 0.4, len(study.items))
    low, high = own / 2.0, own * 2.0
    origin = np.full(len(own), DERIVED)
    origin[0] = GIVEN
    items = study.items.with_field("hazard_per_year", own, origin, low, high)
    after = confirmed_as_they_stand(items, replace(Assumptions(), as_assumed=("hazard_per_year",)))
    np.testing.assert_array_equal(after["hazard_per_year"], own)
    assert (after.origin("hazard_per_year")[1:] == CONFIRMED).all() and after.origin("hazard_per_year")[
        0
    ] == GIVEN
    np.testing.assert_array_equal(after.range("hazard_per_year")[0][1:], own[1:])
    np.testing.assert_array_equal(after.range("hazard_per_year")[1][1:], own[1:])
    assert after.range("hazard_per_year")[0][0] == low[0]


def test_what_is_shown_at_once_is_what_is_computed(study: Study) -> None:
    stated = study.assumptions.confirmed_as_assumed("patience_per_day")
    quick = reprice(study, stated)
    assert quick is not None
    np.testing.assert_array_equal(quick.comparison.profit, study.comparison.profit)


def test_no_two_assumptions_are_drawn_together() -> None:
    drawn = np.stack([assumption_uniforms(name, 50, 1) for name in FIELDS])
    together = np.corrcoef(drawn)
    np.fill_diagonal(together, 0.0)
    assert np.abs(together).max() < 0.15
    for row in drawn:
        np.testing.assert_allclose(np.sort(row), (np.arange(50) + 0.5) / 50)


def test_what_stands_comes_back_from_a_file() -> None:
    one = (
        Assumptions()
        .with_general(capital_rate=0.09)
        .confirmed_as_assumed("patience_per_day")
        .confirmed_as_assumed("hazard_per_year")
    )
    back = read_assumptions(assumptions_toml(one))
    assert back.as_assumed == ("patience_per_day", "hazard_per_year")
    assert back.of("patience_per_day") == one.of("patience_per_day") and back.of("capital_rate").value == 0.09
    assert one.with_general(patience_per_day=0.03).as_assumed == ("hazard_per_year",)
    for text in ('confirmed_as_assumed = ["patience"]', "confirmed_as_assumed = 3"):
        with pytest.raises(DataError, match="confirmed_as_assumed"):
            read_assumptions(text)
