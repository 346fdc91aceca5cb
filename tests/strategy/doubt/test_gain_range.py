"""The range of the gain against closed forms: its width, the error that a replay measures, and the order of products."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.strategy.doubt import gain_doubt
from analytics.strategy.doubt.gain_doubt import (
    GAIN_ERROR,
    GainDoubt,
    MeasuredError,
    doubt_of,
    gain_error_said,
    in_order,
    measured_error,
    spread_of_sum,
    with_measured_error,
)
from analytics.strategy.doubt.gain_range import (
    correlation_of_errors,
    gain_range,
    relative_error_of_gains,
    shrunk_gain,
    spread_of_assumed,
    spread_over_draws,
)
from analytics.strategy.present.counted_as import years_of
from analytics.strategy.recommend import recommend
from analytics.study_results import study_summary, study_tables
from tests.strategy.flips.judged import no_flips
from tests.strategy.small import small_study

#: Gains, spreads and what a page would say, worked out by hand with a pocket calculator: (gains, spreads, delta, rho, low, high).
BY_HAND = [
    # sum s^2 = 525; sum g^2 = 12,900; (sum g)^2 = 28,900: 1.645 x root of (525 + 0.16 x 12,900)
    ([100.0, 50.0, 20.0], [10.0, 20.0, 5.0], 0.40, 0.0, 86.298753, 253.701247),
    ([500.0, -20.0, 0.0, 80.0], [30.0, 5.0, 0.0, 40.0], 0.25, 0.0, 335.802733, 784.197267),
    # 0.2025 x (0.91 x 105,000 + 0.09 x 160,000) + 3,470 = 25,734.875: root 160.42093, by 1.645 263.89243
    ([310.0, 80.0, -30.0, 40.0, 0.0], [45.0, 30.0, 21.0, 2.0, 10.0], 0.45, 0.09, 136.107569, 663.892431),
]


@pytest.mark.parametrize(("gains", "spreads", "error", "shared", "low", "high"), BY_HAND)
def test_the_range_is_that_of_the_formula(gains, spreads, error, shared, low, high) -> None:  # type: ignore[no-untyped-def]
    total, got_low, got_high = gain_range(gains, spreads, error, shared)
    variance = 0.0
    for i, one in enumerate(gains):  # every pair of products, one by one
        variance += spreads[i] ** 2
        for j, other in enumerate(gains):
            variance += (1.0 if i == j else shared) * error * one * error * other
    assert total == pytest.approx(sum(gains))
    assert got_high - total == pytest.approx(1.645 * variance**0.5) and total - got_low == pytest.approx(
        got_high - total
    )
    assert (got_low, got_high) == (pytest.approx(low, rel=1e-6), pytest.approx(high, rel=1e-6))


def test_errors_of_own_and_what_belongs_to_no_product() -> None:
    """Products with relative errors of their own, and a shared line that moves the middle and no end away from it."""
    gains, spreads, errors, rho = (
        np.array([210.0, -35.0, 64.0]),
        np.array([12.0, 9.0, 30.0]),
        [0.3, 0.9, 0.52],
        0.23,
    )
    wrong = np.array(errors) * gains
    together = np.full((3, 3), rho) + (1.0 - rho) * np.eye(3)
    half = 1.645 * np.sqrt(wrong @ together @ wrong + (spreads**2).sum())
    assert gain_range(gains, spreads, errors, rho, -17.0) == pytest.approx(
        (222.0, 222.0 - half, 222.0 + half)
    )


def test_a_thousand_products_that_share_a_part_are_nine_times_as_wide() -> None:
    gains = np.full(1000, 7.0)
    alone, shared = (gain_range(gains, np.zeros(1000), 0.45, rho) for rho in (0.0, 0.09))
    widened = (shared[2] - shared[0]) / (alone[2] - alone[0])
    assert widened == pytest.approx(np.sqrt(0.91 + 0.09 * 1000.0)) and 9.0 < widened < 10.0


def test_nine_of_ten_sums_lie_in_the_range() -> None:
    """Gains that are truly wrong by delta, in part together, and noise of the draws: 90 % of sums are held, as often below as above."""
    rng = np.random.default_rng(11)
    gains, spreads, error, rho = rng.uniform(-20.0, 120.0, 12), rng.uniform(0.0, 40.0, 12), 0.45, 0.2
    _, low, high = gain_range(gains, spreads, error, rho)
    both = np.sqrt(rho) * rng.normal(size=(20000, 1)) + np.sqrt(1.0 - rho) * rng.normal(size=(20000, 12))
    true = (gains * (1.0 + error * both) + spreads * rng.normal(size=(20000, 12))).sum(axis=1)
    assert (true < low).mean() == pytest.approx(0.05, abs=0.006)
    assert (true > high).mean() == pytest.approx(0.05, abs=0.006)


@pytest.mark.parametrize(
    ("said", "seen", "spread", "expected"),
    [
        ([100.0, 200.0, 50.0], [80.0, 260.0, 20.0], [5.0, 5.0, 5.0], 0.303158),
        ([1000.0, 100.0], [300.0, 120.0], [100.0, 30.0], 0.689023),
        ([90.0, -40.0, 10.0], [95.0, -42.0, 10.0], [20.0, 3.0, 1.0], 0.0),  # no more than chance
        ([0.0, 0.0], [5.0, -3.0], [1.0, 1.0], 0.0),  # nothing was predicted
        # 37^2 + 21^2 + 9^2 - (121 + 16 + 49) = 1,705 over 7,921 + 1,156 + 0
        ([89.0, -34.0, 0.0], [52.0, -13.0, 9.0], [11.0, 4.0, 7.0], (1705.0 / 9077.0) ** 0.5),
    ],
)
def test_the_relative_error_is_that_of_the_formula(said, seen, spread, expected) -> None:  # type: ignore[no-untyped-def]
    assert relative_error_of_gains(said, seen, spread) == pytest.approx(expected, abs=1e-6)


def test_error_and_its_shared_part_are_found_again() -> None:
    """Realised gains drawn from a known error, correlation and noise: the estimates come back over many dates."""
    rng = np.random.default_rng(3)
    dates, products, error, rho, noise = 4000, 15, 0.37, 0.13, 22.0
    said = rng.uniform(-30.0, 150.0, (dates, products))
    both = np.sqrt(rho) * rng.normal(size=(dates, 1)) + np.sqrt(1.0 - rho) * rng.normal(
        size=(dates, products)
    )
    seen = said * (1.0 + error * both) + noise * rng.normal(size=said.shape)
    found = relative_error_of_gains(said, seen, np.full(said.shape, noise))
    assert found == pytest.approx(error, rel=0.03)
    assert correlation_of_errors(said, seen, found) == pytest.approx(rho, abs=0.02)
    assert correlation_of_errors(said, said + 5.0, 0.0) == 0.0  # no error, nothing in common


def test_a_class_has_its_own_error_from_twenty_products_and_dates_on() -> None:
    rng = np.random.default_rng(8)
    classes = np.full((3, 13), "smooth", object)
    classes[:, 7:] = "lumpy"  # 21 of one, 18 of the other
    said = rng.uniform(20.0, 90.0, (3, 13))
    seen = np.where(classes == "lumpy", -0.4 * said, 1.1 * said)
    spread = np.full(said.shape, 2.0)
    said[0, 0], seen[0, 0] = np.nan, np.nan  # not judged
    found = measured_error(said, seen, spread, classes, 3)
    judged = np.isfinite(said)
    own = judged & (classes == "smooth")
    assert list(found.by_class) == ["smooth"] and found.dates == 3
    assert found.by_class["smooth"] == pytest.approx(
        relative_error_of_gains(said[own], seen[own], spread[own])
    )
    assert found.relative_error == pytest.approx(
        relative_error_of_gains(said[judged], seen[judged], spread[judged])
    )
    assert found.losing == ("lumpy",) and found.origin == "measured by replay of 3 dates"


def test_products_come_in_the_order_of_what_is_sure() -> None:
    """The shrunk value by hand, one product at a time; shown gains stay, and within one class without spread the order is that of the gains."""
    gains, spread = np.array([120.0, 90.0, -40.0, 60.0, 55.0]), np.array([200.0, 5.0, 10.0, 0.0, 70.0])
    classes, error = (
        np.array(["lumpy", "lumpy", "smooth", "smooth", "smooth"]),
        np.array([0.7, 0.7, 0.3, 0.3, 0.3]),
    )
    worth = shrunk_gain(gains, spread, error, classes)
    for i in range(5):
        mean = np.mean([g * g for g, c in zip(gains, classes, strict=True) if c == classes[i]])
        assert worth[i] == pytest.approx(gains[i] * mean / (mean + error[i] ** 2 * mean + spread[i] ** 2))
    assert np.argmax(worth) == 1 and np.argmax(gains) == 0
    alike = shrunk_gain(gains, np.zeros(5), 0.45, np.full(5, ""))
    np.testing.assert_allclose(alike, gains / (1.0 + 0.45**2))
    assert shrunk_gain([0.0, 0.0], [3.0, 0.0], 0.45, ["", ""]).tolist() == [0.0, 0.0]


def test_the_spread_is_that_of_the_draws_without_the_luck_of_years() -> None:
    """Known variances: demand 9, assumed values 16, years within a draw 100 over 5 years each."""
    rng = np.random.default_rng(2)
    draws, inner = 4000, 5
    demand, assumed = rng.normal(0.0, 3.0, (2, draws)), rng.normal(0.0, 4.0, (2, draws))
    luck = rng.normal(0.0, 10.0, (2, draws, inner))
    in_force = demand + luck.mean(axis=2)
    years = (demand + assumed)[:, :, None] + luck
    got = spread_over_draws(years.reshape(2, -1), in_force)
    assert got == pytest.approx([5.0, 5.0], rel=0.05)
    alone = spread_of_assumed(years.reshape(2, -1), in_force)  # demand and luck are in both
    assert alone == pytest.approx(assumed.std(axis=1, ddof=1)) and alone == pytest.approx(
        [4.0, 4.0], rel=0.05
    )
    flat = np.repeat(in_force, inner, axis=1)  # nothing assumed, no luck: the spread of demand itself
    assert spread_over_draws(flat, in_force) == pytest.approx(in_force.std(axis=1, ddof=1))
    assert spread_over_draws(np.full((1, 1), np.nan), np.full((1, 1), np.nan)).tolist() == [0.0]


def test_a_study_says_its_error_and_where_it_is_from() -> None:
    study = small_study()
    said = study_summary(study)["gain_error"]
    assert (said["value"], said["low"], said["high"]) == pytest.approx((0.45, 0.3, 0.7))
    assert said["origin"] == "stated" and said["correlation"] == 0.0 and said["losing"] == []
    row = study_tables(study)["assumptions"]().set_index("field").loc[GAIN_ERROR]
    assert (row["value"], row["origin"], row["low"], row["high"]) == (0.45, "assumed", 0.3, 0.7)
    assert study.portfolio.gain_error.sentence == (
        "The range takes each product’s gain to be wrong by 45 % (stated)."
    )
    r, comparison = study.recommendation, study.comparison
    half = study.portfolio.gain_high - study.portfolio.gain
    assert study.portfolio.gain - study.portfolio.gain_low == pytest.approx(half)
    # by plain loops: what drawing the assumed values adds to the sum of all, draw by draw
    mix, today = (
        years_of(comparison, r.recommended, r.as_today),
        years_of(comparison, r.baseline, np.ones(len(r.gain), bool)),
    )
    years, in_force = mix[0].sum(axis=0) - today[0].sum(axis=0), mix[1].sum(axis=0) - today[1].sum(axis=0)
    inner = len(years) // len(in_force)
    added = [years[d * inner : (d + 1) * inner].mean() - in_force[d] for d in range(len(in_force))]
    beside = sum((a - np.mean(added)) ** 2 for a in added) / (len(added) - 1)
    assert beside > 0.0 and half == pytest.approx(
        1.645 * np.sqrt(beside + 0.45**2 * (r.gain**2).sum()), rel=1e-6
    )


def test_stated_the_error_of_demand_counts_once_and_measured_it_is_beyond_the_draws(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same study with the same relative error: as measured by a replay, what is drawn of demand stands beside it."""
    study = small_study()
    r, comparison = study.recommendation, study.comparison
    measured = replace(comparison, doubt=GainDoubt(doubt_of(comparison).classes, MeasuredError(4, 0.45, 0.0)))
    known = np.isfinite(comparison.profit[:, 0])
    monkeypatch.setattr(gain_doubt, "spread_of_assumed", lambda years, in_force: np.array([3.0]))
    monkeypatch.setattr(gain_doubt, "spread_over_draws", lambda years, in_force: np.array([5.0]))
    spread = [spread_of_sum(c, r.recommended, r.as_today, r.baseline, known) for c in (comparison, measured)]
    assert spread == [3.0, 5.0]


def test_what_a_replay_measured_moves_range_order_and_verdict_and_no_gain() -> None:
    study = small_study()
    before, flips = study.comparison, no_flips(study.recommendation.decided)
    r = recommend(before, study.items, study.recommendation.decided, flips, study.currency)
    classes = doubt_of(before).classes
    lost = str(classes[np.flatnonzero((r.verdict == "clear") & ~r.as_today)[0]])
    found = MeasuredError(4, 0.2, 0.1, {lost: 0.9}, (lost,))
    doubt = GainDoubt(classes, found)
    items = with_measured_error(study.items, doubt)
    np.testing.assert_array_equal(items[GAIN_ERROR], np.where(classes == lost, 0.9, 0.2))
    after = recommend(replace(before, doubt=doubt), items, r.decided, flips, study.currency)
    np.testing.assert_array_equal(after.gain, r.gain)
    turned = (r.verdict == "clear") & (classes == lost) & ~r.as_today
    assert (after.verdict[turned] == "lost_in_replay").all() and (
        after.verdict[~turned] == r.verdict[~turned]
    ).all()
    assert all("measured by replay of 4 dates" in note for note in after.notes[turned])
    again = in_order(after, replace(before, doubt=doubt), items)
    np.testing.assert_array_equal(again.worth, after.worth)
    assert not np.array_equal(after.worth, r.worth)
    said = gain_error_said(after.gain, items, doubt)
    assert (
        said.origin == "measured by replay of 4 dates"
        and "10 % of it shared by all products" in said.sentence
    )
    assert said.losing == (lost,) and said.by_class == {lost: 0.9}
