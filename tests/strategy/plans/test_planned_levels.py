"""What a planner types in: reorder point, order-up-to level and lot against a calculation by hand and the textbook's normal formula."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analytics.policy.levels import (
    demand_over_interval,
    order_quantity,
    order_up_to_level,
    reorder_point,
    target_level,
)
from analytics.strategy.planned_settings import planned_settings
from tests.strategy.small import small_study

ONE = np.ones(1)
YES, NO = np.ones(1, bool), np.zeros(1, bool)


def test_demand_over_an_interval_counts_the_part_of_a_week() -> None:
    weeks = np.array([[7.0, 11.0, 13.0, 17.0, 19.0]] * 3)
    assert demand_over_interval(weeks, np.array([1.0, 3.25, 4.5])).tolist() == [7.0, 31.0 + 4.25, 48.0 + 9.5]


@pytest.mark.parametrize(
    ("mean", "sigma", "lead", "review"), [(23.0, 6.1, 4.0, 1.0), (180.0, 41.0, 2.0, 4.0)]
)
def test_the_level_at_a_service_is_the_textbooks(
    mean: float, sigma: float, lead: float, review: float
) -> None:
    """S = mean demand over L + R, plus 1.645 standard deviations of it (Silver, Pyke and Thomas 2017, 6.9): 95 % service per cycle.

    With normal demand the relative quantile is 1 + z sigma / (mean sqrt(L + R)); the levels follow by hand.
    """
    z, span = 1.6448536269514722, lead + review
    book = mean * span + z * sigma * math.sqrt(span)
    demand = demand_over_interval(np.full((1, 52), mean), np.array([span]))
    relative = np.array([1.0 + z * sigma / (mean * math.sqrt(span))])
    whole = target_level(demand, relative, ONE, YES, ONE)
    assert whole[0] == round(book) and abs(whole[0] - book) <= 0.5
    assert target_level(demand, relative, ONE, NO, ONE)[0] == pytest.approx(book, rel=1e-12)
    assert reorder_point(whole, YES, ONE)[0] == round(book) - 1
    lot = order_quantity(np.array([3.0 * mean]), np.zeros(1), ONE, YES, ONE)
    assert order_up_to_level(reorder_point(whole, YES, ONE), lot)[0] == round(book) - 1 + 3.0 * mean


def test_dozens_minimum_and_a_share_of_a_common_lot() -> None:
    """In dozens: 100 to the nearest dozen is 96, one dozen under it 84. A minimum of 30 lifts a lot of 24; 0.3 of a common 40 is 12, never less than one."""
    dozen = np.array([12.0])
    level = target_level(np.array([80.0]), np.array([1.25]), ONE, YES, dozen)
    assert level.tolist() == [96.0] and reorder_point(level, YES, dozen).tolist() == [84.0]
    assert order_quantity(np.array([24.0]), np.array([30.0]), ONE, YES, ONE).tolist() == [30.0]
    forty, none = np.array([40.0]), np.zeros(1)
    assert order_quantity(forty, none, np.array([0.3]), YES, ONE).tolist() == [12.0]
    assert order_quantity(forty, none, np.array([0.001]), YES, ONE).tolist() == [1.0]
    assert order_quantity(forty, none, np.array([0.33]), NO, ONE)[0] == pytest.approx(13.2)
    assert reorder_point(np.zeros(1), YES, ONE).tolist() == [-1.0]


def test_what_is_written_is_what_the_formulas_give_for_every_stocked_product() -> None:
    """By plain loops over the plan of a study: no array of the program's own way."""
    study = small_study()
    setup, comparison = study.setup, study.comparison
    for name, plan in (("MTS", setup.stock), ("ATO", setup.assembly)):
        assert plan is not None
        k = comparison.strategies.index(name)
        got = planned_settings(setup, comparison, study.items, np.full(len(study.items), k, np.intp))
        seen = 0
        for i in np.flatnonzero(comparison.chosen[name].offered):
            s = int(comparison.chosen[name].setting[i])
            family = [f for f, members in enumerate(setup.families) if i in members]
            u, share = int(i), 1.0
            if name == "ATO":
                u = family[0]
                sold = [float(c[0] - c[1]) for c in comparison.chosen[name].counts[setup.families[u]]]
                mine = comparison.chosen[name].counts[i]
                share = float(mine[0] - mine[1]) / sum(sold)
            left, demand = float(plan.lead_weeks[u] + plan.review_weeks[u]), 0.0
            for week in plan.expected[u]:
                demand += min(left, 1.0) * float(week)
                left = max(left - 1.0, 0.0)
            level = demand * float(plan.relative_quantile[u, s]) * share
            lot = max(float(plan.lot[u, s]), float(plan.moq[u])) * share
            point = level
            if plan.whole[u]:
                step = 1.0 if plan.step is None else float(plan.step[u])
                point = max(step * float(np.round(level / step)) - step, 0.0)
                lot = lot if share == 1.0 else max(step * float(np.round(lot / step)), step)
            assert got["reorder_point"][i] == pytest.approx(point)
            assert got["order_quantity"][i] == pytest.approx(lot)
            assert got["order_up_to_level"][i] == pytest.approx(point + lot)
            seen += 1
        assert seen >= 2
