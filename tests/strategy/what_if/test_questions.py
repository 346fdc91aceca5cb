"""Worth of knowing an assumption: against closed forms, and zero where there is nothing to know."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtri

from analytics.items import CONFIRMED, Items
from analytics.strategy.plans.draws import assumption_uniforms
from analytics.strategy.what_if.gain_sensitivity import between
from analytics.strategy.what_if.questions import best_pair, open_values, partial_information_value, questions
from analytics.study_doubt import study_questions, study_unknowns
from tests.closed_forms.money.uncertainty import expected_regret_normal
from tests.strategy.small import small_study

U = assumption_uniforms("patience_per_day", 50, 3)


def closed_form(mean: float, slope: float) -> float:
    """E[max(0, m + s (u - 1/2))] - max(0, m) for u uniform on (0, 1) and a second strategy that earns 0."""
    low, high = mean - abs(slope) / 2.0, mean + abs(slope) / 2.0
    if low >= 0.0 or high <= 0.0:
        return 0.0
    return high * high / (2.0 * abs(slope)) - max(mean, 0.0)


def two_strategies(mean: float, slope: float, noise: float, products: int) -> np.ndarray:
    rng = np.random.default_rng(11)
    other = mean + slope * (U - 0.5) + noise * rng.normal(size=(products, len(U)))
    return np.stack([np.zeros((products, len(U))), other], axis=1)


@pytest.mark.parametrize(("mean", "slope"), [(0.2, 2.0), (-0.35, 1.7), (0.05, -3.0), (1.0, 1.5)])
def test_closed_form_without_noise(mean: float, slope: float) -> None:
    found = partial_information_value(two_strategies(mean, slope, 0.0, 2), U)
    assert found == pytest.approx(closed_form(mean, slope), abs=2e-3 * abs(slope))


def test_noise_is_not_taken_for_information() -> None:
    worth = partial_information_value(two_strategies(0.2, 0.0, 1.0, 3000), U).mean()
    signal = partial_information_value(two_strategies(0.2, 2.0, 1.0, 3000), U).mean()
    assert worth < 0.02
    assert signal == pytest.approx(closed_form(0.2, 2.0), rel=0.12)


def test_a_strategy_not_offered_is_never_the_better_choice() -> None:
    by_draw = two_strategies(0.2, 2.0, 0.0, 3)
    by_draw[1, 1] = np.nan
    found = partial_information_value(by_draw, U)
    assert found[1] == 0.0
    assert found[0] == pytest.approx(found[2]) and found[0] > 0.1


def test_a_constant_added_to_all_strategies_changes_nothing() -> None:
    by_draw = two_strategies(0.2, 2.0, 0.3, 5)
    shared = 7.0 * np.sin(9.0 * U)[None, None, :]
    assert partial_information_value(by_draw + shared, U) == pytest.approx(
        partial_information_value(by_draw, U), abs=1e-9
    )


@pytest.mark.parametrize(("mean", "deviation"), [(0.3, 1.0), (-0.8, 1.3), (0.0, 2.0)])
def test_a_normal_difference_has_a_closed_form(mean: float, deviation: float) -> None:
    """Second strategy ahead by N(m, s): knowing it is worth E[D+] - max(m, 0) = s L(|m| / s), L the standard normal loss."""
    ahead = mean + deviation * ndtri(U)
    by_draw = np.stack([np.zeros((1, len(U))), ahead[None]], axis=1)
    exact = float(expected_regret_normal(abs(mean), deviation))
    assert partial_information_value(by_draw, U)[0] == pytest.approx(exact, rel=0.1, abs=0.01)


def test_two_unknowns_together_by_simulation() -> None:
    """Ahead by u + v - 1.1: a million draws tell what knowing both is worth; it is never less than knowing one."""
    v = assumption_uniforms("hazard_per_year", 50, 3)
    ahead = 4.0 * (U + v - 1.1)
    by_draw = np.stack([np.zeros((1, 50)), ahead[None]], axis=1)
    rng = np.random.default_rng(2)
    many = 4.0 * (rng.random(1_000_000) + rng.random(1_000_000) - 1.1)
    both = partial_information_value(by_draw, U, v)[0]
    assert both == pytest.approx(np.maximum(many, 0.0).mean() - max(many.mean(), 0.0), rel=0.15)
    assert both >= max(partial_information_value(by_draw, U)[0], partial_information_value(by_draw, v)[0])


def test_an_answer_takes_the_question_away() -> None:
    """Every value confirmed, ranges of width zero: nothing is asked, no pair is worth anything."""
    study = small_study()
    live = ~study.recommendation.ended

    def asked(items: Items) -> set[str]:
        return {
            q.field
            for q in questions(study.comparison, items, open_values(study.comparison, items, live, {}), {})
        }

    fields = asked(study.items)
    assert (
        fields
        and best_pair(study.comparison, open_values(study.comparison, study.items, live, {}), {}) is not None
    )
    first = sorted(fields)[0]
    items = study.items.with_field(first, study.items[first], CONFIRMED)
    assert first not in asked(items)
    for field in study.comparison.uniforms:
        items = items.with_field(field, items[field], CONFIRMED)
    assert asked(items) == set()
    assert best_pair(study.comparison, open_values(study.comparison, items, live, {}), {}) is None


def test_what_changes_nothing_is_not_asked() -> None:
    """No price premium, no cancellations: nobody is asked how buyers react to the one or what the other has cost."""
    study = small_study()
    assert (
        not (np.asarray(study.items["price_premium"]) != 0.0).any()
        and not (np.nan_to_num(study.items["cancellation_share"]) != 0.0).any()
    )
    fields = {q.field for q in study_questions(study)}
    assert fields and not fields & {"price_elasticity", "sunk_share"}


def test_a_price_is_worth_what_pricing_again_says() -> None:
    """A price moves the second strategy from 6 below to 10 above the first; the draws hold nothing but noise.

    At draw u the second is ahead by 2 + 16 u - 8 (below) in the lower and upper half alike: known, the better one is taken.
    """
    draws = 200
    u = (np.arange(draws) + 0.5) / draws
    noise = 50.0 * np.cos(np.arange(2 * draws) * 1.7).reshape(1, 2, draws)
    exact = np.stack([np.zeros((1, draws)), 16.0 * u[None] - 8.0], axis=1)
    by_draw = (
        np.stack([np.zeros((1, draws)), np.full((1, draws), 2.0)], axis=1)
        + noise
        - noise.mean(axis=2, keepdims=True)
    )
    assert partial_information_value(by_draw, exact=exact)[0] == pytest.approx(
        closed_form(2.0, 16.0), rel=1e-3
    )
    assert closed_form(2.0, 16.0) == pytest.approx(10.0**2 / 32.0 - 2.0)


def test_an_answer_may_add_more_than_it_is_worth_alone() -> None:
    """Behind by 3; two values add up to 2 each: neither alone turns the choice, both do. Asked in order, the worth of all is the sum of what each adds."""
    study = small_study()
    comparison = study.comparison
    by_draw = np.full_like(comparison.by_draw, np.nan)
    by_draw[:, 0], by_draw[:, 1] = 0.0, -3.0
    made_up = replace(
        comparison,
        by_draw=by_draw,
        profit=np.where(np.isfinite(by_draw.mean(axis=2)), by_draw.mean(axis=2), np.nan),
    )
    one = np.zeros(by_draw.shape[:2])
    two = one.copy()
    two[0, 1] = 2.0
    ends = {"patience_per_day": (-two, two), "hazard_per_year": (-two, two), "salvage_share": (one, one)}
    doubt = {field: np.arange(len(one)) == 0 for field in ends}
    found = questions(made_up, study.items, doubt, ends)
    assert {q.field for q in found} == {"patience_per_day", "hazard_per_year"}
    u, v = (comparison.uniforms[f] for f in ("patience_per_day", "hazard_per_year"))
    both = float(np.maximum(-3.0 + 2.0 * (2.0 * u - 1.0) + 2.0 * (2.0 * v - 1.0), 0.0).mean())
    pair = best_pair(made_up, doubt, ends)
    assert (
        pair is not None
        and set(pair.fields) == {"patience_per_day", "hazard_per_year"}
        and pair.worth == pytest.approx(both, rel=1e-9)
    )
    assert both > 0.0 and all(q.worth == 0.0 and q.adds == pytest.approx(both / 2.0) for q in found)


def test_products_that_cannot_turn_are_worth_nothing_and_the_others_count_in_full() -> None:
    """Left out are only products whose choice no combination of ends turns: the sum over all products stays the same."""
    study = small_study()
    known = study_unknowns(study)
    rows = [np.arange(len(study.items)) == i for i in range(len(study.items))]
    whole = {
        q.field: q.worth for q in questions(study.comparison, study.items, known.doubt, known.ends, -1.0)
    }
    for field, worth in whole.items():
        below, above = known.ends[field]
        curve = between((below, above), study.comparison.uniforms[field])
        others = sum((between(known.ends[f], study.comparison.uniforms[f]) for f in known.ends), np.zeros(1))
        others = others - others.mean(axis=-1, keepdims=True)
        free = study.comparison.by_draw - others
        exact = curve - curve.mean(axis=-1, keepdims=True)
        each = [
            partial_information_value(free[row], exact=exact[row]).sum()
            for row in rows
            if known.doubt[field][row].any()
        ]
        assert worth == pytest.approx(sum(each), rel=1e-9, abs=1e-6)
    assert max(whole.values()) > 0.0


@pytest.mark.parametrize(("mean", "deviation"), [(0.3, 1.0), (-0.8, 1.3)])
def test_curves_played_again_have_the_closed_form_too(mean: float, deviation: float) -> None:
    """The normal case by the exact route: the draws hold noise alone, the curve is known to belong to them."""
    u = (np.arange(400) + 0.5) / 400
    noise = 5.0 * np.sin(np.arange(400) * 2.1)
    by_draw = np.stack([np.zeros((1, 400)), np.full((1, 400), mean) + noise - noise.mean()], axis=1)
    curve = np.stack([np.zeros((1, 400)), deviation * ndtri(u)[None]], axis=1)
    assert partial_information_value(by_draw, exact=curve)[0] == pytest.approx(
        float(expected_regret_normal(abs(mean), deviation)), rel=0.02
    )
