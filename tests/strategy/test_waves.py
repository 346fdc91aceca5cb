"""Waves of change and the rule for sales: against enumeration, and what must hold for any portfolio."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.strategy.rollout_waves import products_for_share, waves
from analytics.strategy.what_if.decision_tree_rule import Branch, best_tree, rule_for_sales, sides
from analytics.study_results import study_rule, study_summary, study_tables
from tests.strategy.small import small_study


@settings(max_examples=60, deadline=None)
@given(gain=st.lists(st.floats(-100.0, 1000.0), max_size=30), share=st.floats(0.05, 0.99))
def test_no_fewer_products_bring_the_share(gain: list[float], share: float) -> None:
    count = products_for_share(gain, share)
    best = np.sort(np.maximum(gain, 0.0))[::-1] if gain else np.zeros(0)
    total = best.sum()
    assert best[:count].sum() >= share * total * (1.0 - 1e-9)
    assert count == 0 or best[: count - 1].sum() < share * total
    wave = waves(gain)
    value = np.asarray(gain)
    assert ((wave > 0) == (value > 0)).all()
    for early, late in ((1, 2), (2, 3), (1, 3)):
        if (wave == early).any() and (wave == late).any():
            assert value[wave == early].min() >= value[wave == late].max()
    assert (wave == 1).sum() == products_for_share(gain, 0.8)


@settings(max_examples=60, deadline=None)
@given(pairs=st.lists(st.tuples(st.floats(-100.0, 1000.0), st.floats(-100.0, 1000.0)), max_size=30))
def test_waves_come_in_the_order_of_what_a_gain_is_worth(pairs: list[tuple[float, float]]) -> None:
    """Product by product in the order of worth until the share of the whole gain is reached: counted one by one."""
    gain, worth = (np.array([pair[k] for pair in pairs]) for k in (0, 1))
    wave = waves(gain, worth)
    places = sorted((i for i in range(len(gain)) if gain[i] > 0.0), key=lambda i: (-worth[i], i))
    total, reached = float(np.maximum(gain, 0.0).sum()), 0.0
    assert ((wave > 0) == (gain > 0.0)).all()
    for i in places:
        expected = 1 + sum(reached >= share * total * (1.0 - 1e-12) for share in (0.8, 0.95))
        close = any(abs(reached - share * total) < 1e-9 * total for share in (0.8, 0.95))
        assert wave[i] == expected or close
        reached += gain[i]
    assert (wave == 1).sum() == products_for_share(gain, 0.8, worth)


def enumerated(features: dict[str, np.ndarray], money: np.ndarray, limits: list[tuple[str, float]]) -> float:
    """The most any tree of two questions on a path earns, by trying them all with their leaves one by one."""
    k = money.shape[1]
    best = money.sum(axis=0).max()
    for first, (yes, no) in product(limits, product(limits, limits)):
        top = features[first[0]] > first[1]
        total = 0.0
        for side, second in ((top, yes), (~top, no)):
            under = features[second[0]] > second[1]
            total += max(money[side & under][:, j].sum() for j in range(k)) + max(
                money[side & ~under][:, j].sum() for j in range(k)
            )
        best = max(best, total)
    return float(best)


@pytest.mark.parametrize("seed", range(5))
def test_the_tree_is_the_best_of_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 13
    features = {
        "price": rng.choice([2.0, 3.0, 5.0, 8.0], n),
        "units_per_month": rng.choice([1.0, 10.0, 40.0], n),
    }
    money = rng.normal(0.0, 10.0, (n, 3))
    limits = [("price", v) for v in (2.0, 3.0, 5.0)] + [("units_per_month", v) for v in (1.0, 10.0)]
    tree, earned = best_tree(features, money, 2)
    assert earned == pytest.approx(enumerated(features, money, limits))
    assert earned == pytest.approx(money[np.arange(n), sides(tree, features, n)].sum())
    assert best_tree(features, money, 0)[1] <= best_tree(features, money, 1)[1] <= earned


def test_a_rule_that_is_there_is_found_and_weighed_by_money() -> None:
    """Dear and slow products gain 100 to order, the others lose 10; one cheap product in disguise gains 5."""
    rng = np.random.default_rng(5)
    n = 200
    price, month = rng.uniform(100.0, 3000.0, n), rng.uniform(1.0, 20.0, n)
    dear = (price > 1500.0) & (month <= 6.0)
    profit = np.stack([np.full(n, 500.0), np.where(dear, 600.0, 490.0)], axis=1)
    profit[np.flatnonzero(~dear)[0], 1] = 505.0
    recommended = np.argmax(profit, axis=1)
    features = {"price": price, "units_per_month": month}
    rule = rule_for_sales(
        features, profit, recommended, np.zeros(n, np.intp), np.ones(n, bool), ("MTS", "MTO"), "USD"
    )
    assert rule is not None and isinstance(rule.tree, Branch)
    assert {
        rule.tree.feature,
        rule.tree.above.feature if isinstance(rule.tree.above, Branch) else rule.tree.below.feature,
    } == {"price", "units_per_month"}  # type: ignore[union-attr]
    assert rule.share_in_sample > 0.85 and rule.share_kept > 0.75
    gain = profit[np.arange(n), recommended].sum() - profit[:, 0].sum()
    assert rule.lost == pytest.approx((1.0 - rule.share_in_sample) * gain)
    assert rule.wrong == (rule.strategy != recommended).sum()
    assert "make to order" in rule.sentences[0] and rule.sentences[-1] == "All others: make to stock."


def test_noise_is_not_made_a_rule() -> None:
    """Which strategy is best has nothing to do with the features: on products held out the questions do not help."""
    rng = np.random.default_rng(9)
    n = 60
    profit = np.stack([np.full(n, 100.0), 96.0 + 8.0 * rng.random(n)], axis=1)
    rule = rule_for_sales(
        {"price": rng.random(n), "margin": rng.random(n)},
        profit,
        np.argmax(profit, axis=1),
        np.zeros(n, np.intp),
        np.ones(n, bool),
        ("MTS", "MTO"),
    )
    assert rule is not None and rule.share_kept < rule.share_in_sample < 0.75


def test_what_is_not_offered_means_stock() -> None:
    profit = np.array([[10.0, 20.0]] * 9 + [[10.0, np.nan]])
    recommended = np.array([1] * 9 + [0])
    rule = rule_for_sales(
        {"price": np.arange(10.0)},
        profit,
        recommended,
        np.zeros(10, np.intp),
        np.ones(10, bool),
        ("MTS", "ATO"),
    )
    assert (
        rule is not None
        and rule.wrong == 0
        and rule.lost == 0.0
        and rule.share_in_sample == pytest.approx(1.0)
    )
    assert (
        rule_for_sales(
            {"price": np.arange(7.0)},
            profit[:7],
            recommended[:7],
            np.zeros(7, np.intp),
            np.ones(7, bool),
            ("MTS", "ATO"),
        )
        is None
    )


def test_the_summary_tells_waves_and_rule() -> None:
    study = small_study()
    document = study_summary(study)
    assert sum(w["gain_per_year"] for w in document["waves"]) == pytest.approx(
        float(np.maximum(study.recommendation.gain, 0.0).sum())
    )
    assert document["products_for_80_percent"] == document["waves"][0]["products"]
    notes = study_tables(study)["recommendation"]()["notes"].iloc[: len(study.items)]
    assert all(
        (f"Wave {w}" in note) == bool(w) for w, note in zip(study.recommendation.wave, notes, strict=True)
    )
    rule = study_rule(study)
    assert (document["rule"] is None) == (rule is None)
