"""Boosted trees beside the regression: against a plain twin, believed by origins left out, the same whatever else the file holds."""

from __future__ import annotations

import os

import numpy as np
import pytest
from numpy.typing import NDArray

from analytics.forecast import fit_forecast
from analytics.forecast.members.combination import combination_weights, combined_forecast
from analytics.forecast.members.origins import rolling_forecasts
from analytics.forecast.spread import boosted_trees, second_voice
from analytics.forecast.spread.boosted_trees import Growth, boosted_quantiles
from analytics.forecast.spread.interval_quantiles import demand_class
from analytics.forecast.spread.learnt_quantiles import fitted_quantiles, past_of
from analytics.machine.kernel_cache import kernel
from tests.forecast.panels import life_of, panel_of

Array = NDArray[np.float64]


def quantile_twin(values: Array, weights: Array, level: float) -> float:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) >= level * weights.sum() - 1e-12
    return float(values[order][np.argmax(reached)])


def test_the_weighted_quantile_is_that_of_sorted_values() -> None:
    rng = np.random.default_rng(3)
    of = kernel(boosted_trees._weighted_quantile.py_func)
    for n in (1, 2, 3, 5, 40, 301):
        values = np.round(rng.normal(size=n), 1 if n % 2 else 9)  # with ties, and without
        weights = rng.integers(1, 9, n).astype(float)
        for level in (0.05, 0.37, 0.5, 0.93):
            assert of(values.copy(), weights.copy(), n, level) == quantile_twin(values, weights, level)


def twin(x: Array, y: Array, w: Array, levels: Array, ahead: Array, guides: list[int], g: Growth) -> Array:
    """Boosting as its description says it, from the values themselves: every cut between two known values, unknown below all."""

    def low(column: Array) -> Array:
        return np.where(np.isfinite(column), column, -1e9)

    said = np.array([np.full(len(y), quantile_twin(y, w, level)) for level in levels])
    out = np.array([np.full(len(ahead), s[0]) for s in said])
    for tree in range(g.trees):
        guide = guides[tree % len(guides)]
        gradient = w * ((said[guide] >= y) - levels[guide])
        leaves = [(np.ones(len(y), bool), np.ones(len(ahead), bool))]

        def worth(part: NDArray[np.bool_], of: Array = gradient) -> float:
            return of[part].sum() ** 2 / (w[part].sum() + g.ridge)

        def best(part: NDArray[np.bool_]) -> tuple[float, int, float]:
            found = (0.0, -1, 0.0)
            for f in range(x.shape[1]):
                column = low(x[:, f])
                for cut in np.unique(column)[:-1]:
                    left, right = part & (column <= cut), part & (column > cut)
                    if min(left.sum(), right.sum()) >= g.fewest:
                        gain = worth(left) + worth(right) - worth(part)
                        if gain > found[0] + 1e-9:
                            found = (gain, f, cut)
            return found

        while len(leaves) < g.leaves:
            splits = [best(part) for part, _ in leaves]
            k = int(np.argmax([s[0] for s in splits]))
            _, f, cut = splits[k]
            if f < 0:
                break
            (part, there), goes, far = leaves[k], low(x[:, f]) <= cut, low(ahead[:, f]) <= cut
            leaves[k] = (part & goes, there & far)
            leaves.append((part & ~goes, there & ~far))
        for part, there in leaves:
            for j, level in enumerate(levels):
                move = g.shrink * quantile_twin(y[part] - said[j, part], w[part], level)
                said[j, part] += move
                out[j, there] += move
    return out.T


def test_trees_against_a_plain_twin() -> None:
    rng = np.random.default_rng(8)
    x = rng.integers(0, 7, (90, 3)).astype(float)
    x[rng.random(90) < 0.2, 1] = np.nan
    y = x[:, 0] * np.where(np.isfinite(x[:, 1]), 1.0, 3.0) + rng.gamma(2.0, 1.0, 90)
    w = rng.integers(1, 5, 90).astype(float)
    ahead = x[:40].copy()
    levels = np.array([0.25, 0.5, 0.9])
    growth = Growth(trees=5, leaves=5, fewest=9, shrink=0.2, ridge=2.0, looked=1.0)
    said = boosted_quantiles(x, y, w, levels, ahead, np.array([1, 2, 0]), growth)
    np.testing.assert_allclose(said, twin(x, y, w, levels, ahead, [1, 2, 0], growth), rtol=1e-9)


def demand() -> Array:
    """Six years of months of 90 products, each month's rate drawn anew."""
    rng = np.random.default_rng(12)
    rate = rng.gamma(2.0, 8.0, 90)[:, None] + 4.0
    return rng.poisson(rate * rng.gamma(2.0, 0.5, (90, 72))).astype(float)


@pytest.fixture(scope="module")
def learnt():
    panel = panel_of(demand())
    n = len(panel.skus)
    rolling = rolling_forecasts(panel, np.full(n, 3), np.full(n, -1, np.int32))
    label = demand_class(panel)
    weights = combination_weights(rolling, label)
    past = past_of(rolling, weights, combined_forecast(rolling, weights))
    return panel, past, *fitted_quantiles(past, label)


def test_the_share_never_makes_origins_left_out_worse(learnt) -> None:
    panel, past, fitted, left_out = learnt
    both, after, share = second_voice.with_second_voice(past, panel.skus, fitted, left_out)
    assert share in second_voice.SHARES and np.isfinite(both).all()
    if share:
        before = {
            (i, k): [q[r] for q in left_out.said]
            for r, (i, k) in enumerate(zip(left_out.who, left_out.when, strict=True))
        }
        plain = np.array([before[i, k] for i, k in zip(after.who, after.when, strict=True)]).T
        regression = second_voice.replace(after, said=tuple(plain))
        for scale in ((second_voice._STOCKED, False), (second_voice.JUDGED, True)):
            gain, error = second_voice._gain(past, regression, after, *scale)
            assert gain > error > 0.0
        assert np.abs(both - fitted).max() > 0.0
    else:
        assert both is fitted
    alone = second_voice.with_second_voice(past, panel.skus, fitted, None)
    assert alone[0] is fitted and alone[2] == 0.0


@pytest.mark.parametrize(
    ("better", "believed"),
    [("every date", True), ("one date", False), ("units alone", False), ("none", False)],
)
def test_trees_are_believed_where_they_gain_on_most_dates_in_units_and_by_product(
    learnt, better: str, believed: bool
) -> None:
    """By hand: quantiles of trees that lie half as far from what came, at all dates or at one, or for the largest products alone."""
    _, past, _, left_out = learnt
    came = past.came[left_out.who, left_out.when]
    large = past.unit[left_out.who, left_out.when] > np.quantile(past.unit[:, 0], 0.8)
    near = {
        "every date": np.ones(len(came), bool),
        "one date": left_out.when == left_out.when.min(),
        "units alone": large,
        "none": np.zeros(len(came), bool),
    }[better]
    worse = ~near if better in ("one date", "units alone") else np.zeros(len(came), bool)
    trees = tuple(
        np.where(near, 0.5 * (q + came), np.where(worse, q + 1.2 * (q - came), q)) for q in left_out.said
    )
    both = [second_voice._mixed(left_out, np.stack(trees), share) for share in second_voice.SHARES]
    assert bool(second_voice._believed(past, both)) == believed


def test_products_are_chosen_by_their_names_alone() -> None:
    names = np.array([f"Article {i}" for i in range(3000)], object)
    rows = np.ones((3000, 4), bool)
    chosen = set(names[second_voice._learnt_from(rows, names)[:, 0]])
    assert len(chosen) == 2000
    back = names[::-1]
    assert set(back[second_voice._learnt_from(rows, back)[:, 0]]) == chosen
    fewer = names[:2500]
    assert chosen & set(fewer) <= set(fewer[second_voice._learnt_from(rows[:2500], fewer)[:, 0]])


def test_threads_change_no_byte_and_the_method_says_the_share(monkeypatch: pytest.MonkeyPatch) -> None:
    panel = panel_of(demand())
    n = len(panel.skus)
    said = []
    for threads in (1, 2):
        monkeypatch.setattr(os, "cpu_count", lambda count=threads: count)
        monkeypatch.setattr(second_voice, "SHARES", (0.5,))
        said.append(fit_forecast(panel, life_of(panel), np.full(n, -1, np.int32), np.full(n, 3.0), 12, 1))
    assert said[0].total_quantile.tobytes() == said[1].total_quantile.tobytes()
    assert said[0].method[0].endswith("trees over all products count for 50% of its quantiles")


@pytest.mark.parametrize("products", [1, 5])
def test_few_products_hear_no_trees_and_stay_finite(products: int) -> None:
    panel = panel_of(demand()[:products, :24])
    said = fit_forecast(panel, life_of(panel), np.full(products, -1, np.int32), np.full(products, 3.0), 12, 1)
    assert np.isfinite(said.total_quantile).all() and (said.total_quantile >= 0.0).all()
    assert not any("trees" in str(m) for m in said.method)
