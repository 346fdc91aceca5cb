"""statsmodels' ETS as one more method: agrees with statsmodels, sees nothing of the future, joins only where asked."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from analytics.forecast import fit_forecast
from analytics.forecast.members.ets import EtsTask, ets_aicc, ets_all, ets_sums
from analytics.forecast.members.further_voice import judged_error, with_voice
from analytics.forecast.members.origins import rolling_forecasts
from tests.forecast.panels import life_of, panel_of

rng = np.random.default_rng(11)
MONTHS = np.arange(58)
SEASONAL = 70.0 * (1.0 + 0.45 * np.sin(MONTHS * np.pi / 6.0)) * rng.gamma(60.0, 1 / 60.0, 58)


def task(y: np.ndarray, positions: list[int], interval: int = 3, season: int = 12) -> EtsTask:
    return EtsTask(y, np.ones(len(y), np.bool_), np.array(positions), interval, season)


def test_a_seasonal_history_gets_a_season() -> None:
    sums, name = ets_sums(task(SEASONAL, [58, 55, 52, 49]))
    assert name.endswith(("A)", "M)"))
    truth = 70.0 * (1.0 + 0.45 * np.sin(np.arange(58, 61) * np.pi / 6.0)).sum()
    assert sums[0] == pytest.approx(truth, rel=0.1)


def test_the_sum_is_statsmodels_own_with_the_form_of_least_aicc() -> None:
    y = rng.poisson(3.0, 40).astype(float)  # zeros: only the additive forms stand
    sums, name = ets_sums(task(y, [40, 37], 2, 52))
    scores = {}
    for trend in (None, "add"):
        fitted = ETSModel(
            y, error="add", trend=trend, damped_trend=trend is not None, initialization_method="heuristic"
        ).fit(disp=False, maxiter=100)
        k = len(fitted.params) + (2 if trend else 1) + 1
        scores[trend] = (
            2 * k - 2 * fitted.llf + 2 * k * (k + 1) / (len(y) - k - 1),
            float(np.sum(fitted.forecast(2))),
        )
    best = min(scores, key=lambda trend: scores[trend][0])
    assert name == f"ETS(A,{'Ad' if best else 'N'},N)"
    assert sums[0] == pytest.approx(scores[best][1], rel=1e-9)


def test_nothing_after_an_origin_enters() -> None:
    changed = SEASONAL.copy()
    changed[50:] = rng.uniform(0.0, 300.0, 8)
    positions = [58, 55, 50, 47, 41, 30]
    one, two = ets_sums(task(SEASONAL, positions))[0], ets_sums(task(changed, positions))[0]
    assert np.array_equal(one[2:], two[2:])
    assert not np.isclose(one[0], two[0])


@pytest.mark.parametrize(
    "y",
    [np.zeros(30), np.ones(30), np.array([4.0]), np.append(np.zeros(29), 5e9), np.tile([0.0, 0.0, 7.0], 9)],
    ids=["zeros", "constant", "one", "spike", "rare"],
)
def test_odd_histories_say_something_finite_or_nothing(y: np.ndarray) -> None:
    sums, name = ets_sums(task(y, [len(y), max(0, len(y) - 5)], 5, 12))
    assert np.all(np.isnan(sums) | ((sums >= 0.0) & (sums <= 15.0 * y.max())))
    assert (name == "") == bool(np.isnan(sums[0]))


def test_the_same_numbers_in_processes_as_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = [task(rng.gamma(9.0, 3.0, 24 + k), [24 + k, 20 + k], 2, 1) for k in range(9)]
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    for (sums, name), one in zip(ets_all(tasks), tasks, strict=True):
        alone, form = ets_sums(one)
        assert np.array_equal(sums, alone, equal_nan=True) and name == form


def test_aicc_by_hand() -> None:
    assert ets_aicc(-10.0, 2, 8) == pytest.approx(4.0 + 20.0 + 12.0 / 5.0)
    assert ets_aicc(-10.0, 7, 8) == float("inf")


def rolling_of(products: int = 12):
    panel = panel_of(rng.poisson(rng.gamma(3.0, 6.0, (products, 1)), (products, 60)))
    return panel, rolling_forecasts(panel, np.full(products, 3, np.int64), np.full(products, -1, np.int32))


def test_a_voice_is_weighed_by_what_it_got_right() -> None:
    from analytics.forecast.members.combination import combination_weights
    from analytics.forecast.spread.interval_quantiles import demand_class

    panel, rolling = rolling_of()
    at = np.array([2, 7])
    perfect = np.where(np.isfinite(rolling.actual[at]), rolling.actual[at], 50.0)
    wrong = perfect * 5.0 + 400.0
    label = demand_class(panel)
    right, off = (
        combination_weights(with_voice(rolling, at, said), label)[:, 0, -1] for said in (perfect, wrong)
    )
    assert np.all(right[at] > 0.5) and np.all(off[at] < 0.01)
    assert np.all(np.delete(right, at) == 0.0)


def test_the_error_known_at_an_origin_leaves_later_sums_out() -> None:
    _, rolling = rolling_of()
    at = np.arange(12)
    said = rng.gamma(20.0, 3.0, rolling.actual.shape)
    known = judged_error(rolling, at, said)
    for k in range(1, said.shape[1]):
        later = said.copy()
        later[:, : k + 1] = 0.0  # origin k and nearer ones have not passed their interval at origin k
        assert np.array_equal(judged_error(rolling, at, later)[:, k], known[:, k], equal_nan=True)
    assert np.isfinite(known[:, 0]).all()


def test_it_joins_where_asked_and_says_so() -> None:
    units = np.vstack([SEASONAL, rng.poisson(np.outer(rng.uniform(4.0, 40.0, 7), np.ones(58)))])
    panel = panel_of(units)
    plain, joined = (
        fit_forecast(panel, life_of(panel), np.full(8, -1, np.int32), np.full(8, 3.0), 12, 1, at)
        for at in (None, np.array([0]))
    )
    assert any("chosen by AICc" in note for note in joined.notes[0])
    assert not any("AICc" in note for notes in (*plain.notes, *joined.notes[1:]) for note in notes)
    assert joined.total_mean[0] != plain.total_mean[0]
    assert np.all(np.isfinite(joined.total_quantile)) and np.all(
        np.diff(joined.total_quantile, axis=1) >= 0.0
    )
