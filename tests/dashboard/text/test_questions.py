"""Two answers about waiting make one curve."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from analytics.assumptions import of_ten_at_two_weeks
from analytics.policy.patience import shape_from_answers, staying_at_four_weeks
from dashboard.results.facts import Facts
from dashboard.text.questions import after_four_weeks, questions
from tests.sample_data.kept import kept_sample


@pytest.mark.parametrize(("two", "four"), [(8, 5), (9, 3), (7, 6), (6, 2), (5, 4)])
def test_the_curve_goes_through_both_answers(two: int, four: int) -> None:
    shape = shape_from_answers(two, four)
    assert staying_at_four_weeks(of_ten_at_two_weeks(two), 1.0, shape) == pytest.approx(four, abs=1e-9)
    scale = 14.0 / math.log(10.0 / two) ** (1.0 / shape)
    assert 10.0 * math.exp(-((14.0 / scale) ** shape)) == pytest.approx(two) and 10.0 * math.exp(
        -((28.0 / scale) ** shape)
    ) == pytest.approx(four)


def test_one_answer_alone_loses_buyers_at_a_steady_rate() -> None:
    assert staying_at_four_weeks(of_ten_at_two_weeks(8), 0.0, 2.0) == pytest.approx(6.4)


def test_nobody_who_refuses_two_weeks_accepts_four() -> None:
    assert (
        list(after_four_weeks(of_ten_at_two_weeks(8)).values()) == [8, 7, 6, 5, 4, 3]
        and list(after_four_weeks(of_ten_at_two_weeks(8)))[-1] == "3 or fewer"
    )
    assert after_four_weeks(0.0) == {}
    assert list(after_four_weeks(of_ten_at_two_weeks(3)).values()) == [3, 2, 1]
    assert staying_at_four_weeks(of_ten_at_two_weeks(8), 1.0, shape_from_answers(8, 8)) > 7.8


def test_what_moves_the_gain_most_is_asked_first_although_the_decision_gains_nothing_by_it(
    facts_of_sample: Callable[[str], Facts],
) -> None:
    """No file says the servers' levels: what they are assumed to be makes most of the gain. It turns as many products as the search for flip points finds,
    few of 138, and knowing it is worth nothing to the decision: it is asked before all that moves the gain less."""
    facts = facts_of_sample("servers")
    first = {q.field: q for q in questions(facts)}["todays_service"]
    flips = kept_sample("servers").recommendation.flips
    assert (
        flips is not None
        and first.products == int(np.isfinite(flips.turns[flips.at("todays_service")]).sum())
        and first.worth == 0.0
    )
    assert first.gain_low < 0.8 * facts.portfolio.gain and first.gain_high > 1.2 * facts.portfolio.gain
    moves = [
        max(abs(end - facts.portfolio.gain) for end in (q.gain_low, q.gain_high))
        if q.gain_low == q.gain_low
        else 0.0
        for q in questions(facts)
    ]
    decided = [max(move, q.worth) for move, q in zip(moves, questions(facts), strict=True)]
    assert decided == sorted(decided, reverse=True)
