"""Kernels behind the grid against plain twins: windows, seasonal ratios, seasonal members, quantile regression."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from analytics.forecast.members import harmonics, method_kernels
from analytics.forecast.members.grid_records import Common, History, Members, OwnSeason, Ratios
from analytics.forecast.members.method_grid import capped
from analytics.forecast.members.own_waves import wave_columns
from analytics.forecast.members.regression import _normal_equations, quantile_coefficients
from analytics.forecast.members.seasonal import group_profiles, own_season, profile_into
from analytics.machine.kernel_cache import kernel
from tests.closed_forms.forecasts.smoothed_series import damped_trend, theta

Array = NDArray[np.float64]
seasonal_rows, window_rows = (
    kernel(method_kernels.seasonal_rows.py_func),
    kernel(method_kernels.window_rows.py_func),
)
WINDOWS = np.array([3, 6, 18, 24, 36, 36])
COLUMNS = {season: wave_columns(season) for season in (12, 52)}
ALPHAS = np.array([0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.45, 0.7])


def history(seed: int, periods: int, season: int) -> Array:
    rng = np.random.default_rng(seed)
    wave = 1.0 + 0.6 * np.sin((np.arange(periods) + 3) * 2.0 * np.pi / season)
    return rng.poisson(9.0 * wave * rng.gamma(6.0, 1.0 / 6.0, periods)).astype(float)


def sums(y: Array) -> Array:
    return np.concatenate([[0.0], np.cumsum(y)])


def past(y: Array, seen: NDArray[np.bool_]) -> History:
    """A history without values to cap."""
    return History(y, y, seen, sums(y), sums(y), sums(seen), sums(y > 0.0))


def common(season: int, shared: Array) -> Common:
    """Seasonal ratios of one group, known from the beginning."""
    return Common(season, shared[None], np.ones((1, 1, 1)), np.array([0]), ALPHAS, WINDOWS, COLUMNS[season])


def test_the_median_of_sizes_is_numpys() -> None:
    median = kernel(harmonics._median_size.py_func)
    rng = np.random.default_rng(4)
    for n in (1, 2, 3, 4, 7, 52, 113, 1040):
        values = np.round(rng.normal(size=n), 1 if n % 2 else 6)  # with ties, and without
        assert median(values, np.empty(n)) == np.median(np.abs(values))


@pytest.mark.parametrize("h", [1, 5, 12, 31])
def test_windows_and_seasonal_naive(h: int) -> None:
    y = history(1, 47, 12)
    seen = np.random.default_rng(2).random(47) < 0.85
    y = y * seen
    rows, owner = np.full((12, 48), -1.0), np.zeros(12, np.int16)
    assert window_rows(past(y, seen), h, common(12, np.ones((1, 12))), Members(rows, owner)) == 9
    assert owner[:9].tolist() == [0, 1, 2, 2, 2, 2, 2, 2, 3]
    for t in range(1, 48):
        naive = sum(y[t - 12 + j % 12] for j in range(h)) if t >= 12 else np.nan
        assert rows[0, t] == pytest.approx(naive, nan_ok=True)
        for row, length in enumerate([12, *WINDOWS, 99], start=1):
            part = slice(max(0, t - length), t)
            if seen[part].any():
                assert rows[row, t] == pytest.approx(h * y[part].sum() / seen[part].sum())


def profile_twin(y: Array, end: int, offset: int, season: int, shared: Array) -> tuple[Array, float]:
    """Ratios to a centred mean times the shared ones, believed as far as one season repeats the last (Spearman and Brown for several)."""
    if end < 2 * season:
        return shared.copy(), 0.0
    centred = np.convolve(y[:end], np.ones(season) / season, "valid")
    around = np.pad(centred, (season // 2, end - len(centred) - season // 2), mode="edge")
    phase = (np.arange(end) + offset) % season
    around = around * shared[phase]
    off = y[:end] - around
    repeat = (off[season:] @ off[:-season]) / np.sqrt(
        (off[season:] @ off[season:]) * (off[:-season] @ off[:-season])
    ) - 0.5 / np.sqrt(end - season)
    if not repeat > 0.0:
        return shared.copy(), 0.0
    believed = end / season * repeat / (1.0 + (end / season - 1.0) * repeat)
    own = np.array([y[:end][phase == j].sum() / around[phase == j].sum() for j in range(season)])
    smooth = (
        sum(w * np.roll(own, k) for k, w in zip(range(-2, 3), (1, 2, 3, 2, 1), strict=True)) / 9.0
        if season > 24
        else own
    )
    out = np.clip(shared * (1.0 + believed * (smooth / own.mean() - 1.0)), 0.02, 15.0)
    return out / out.mean(), believed


@pytest.mark.parametrize(
    ("season", "periods", "offset"), [(12, 63, 5), (12, 30, 0), (7, 100, 3), (52, 170, 17), (12, 20, 1)]
)
def test_seasonal_ratios(season: int, periods: int, offset: int) -> None:
    y = history(season + periods, periods, season)
    shared = np.random.default_rng(3).gamma(20.0, 0.05, season)
    shared /= shared.mean()
    got = np.empty(season)
    believed = profile_into(y, periods, offset, season, shared, np.zeros(periods), got)
    wanted, share = profile_twin(y, periods, offset, season, shared)
    np.testing.assert_allclose(got, wanted, rtol=1e-10)
    assert believed == pytest.approx(share) and (share > 0.0) == (periods > 2.5 * season)


def test_ratios_of_a_family_by_month_and_by_day() -> None:
    """By month one profile from the first sale on; by day first weeks of the year, then days of the week of what is left."""
    ends = np.array([10, 40, 70])
    y = history(7, 70, 12)
    y[:4] = 0.0
    out, year = np.empty((3, 12)), np.empty((3, 1))
    group_profiles(y, ends, np.ones((3, 12)), np.ones((3, 1)), out, year)
    for b, end in enumerate(ends):
        np.testing.assert_allclose(out[b], profile_twin(y[4:], end - 4, 4, 12, np.ones(12))[0], rtol=1e-10)
    ends = np.array([300, 900, 1000])
    y = history(8, 1000, 7) * (1.0 + 0.5 * np.sin(np.arange(1000) * 2.0 * np.pi / 364.0))
    y[:9] = 0.0
    out, year = np.empty((3, 7)), np.empty((3, 52))
    group_profiles(y, ends, np.ones((3, 7)), np.ones((3, 52)), out, year)
    weekly = y[14 : 14 + 7 * 140].reshape(-1, 7).sum(axis=1)
    for b, end in enumerate(ends):
        of_year = profile_twin(weekly, (end - 14) // 7, 2, 52, np.ones(52))[0]
        np.testing.assert_allclose(year[b], of_year, rtol=1e-10)
        left = y[14:end] / of_year[(np.arange(14, end) // 7) % 52]
        np.testing.assert_allclose(out[b], profile_twin(left, end - 14, 0, 7, np.ones(7))[0], rtol=1e-10)


def test_seasonal_members() -> None:
    """Mean of 12, 6 and 24 periods, smoothing and Theta of what seasonal ratios leave, times the ratios ahead; ratios known at the last refresh."""
    y, h, offset = history(9, 58, 12), 4, 5
    seen = np.ones(58, np.bool_)
    shared = np.random.default_rng(13).gamma(20.0, 0.05, (1, 12))
    own = np.array([[0.2, -0.1, 0.05, 0.1]])
    rows, owner, shape = np.empty((10, 59)), np.zeros(10, np.int16), np.ones(12)
    together = common(12, shared)
    after, believed = seasonal_rows(
        past(y, seen),
        h,
        OwnSeason(offset, 0, own),
        together,
        Ratios(shape, np.ones(1)),
        Members(rows, owner),
        0,
    )
    base = shared[0] * (1.0 + COLUMNS[12] @ own[0])
    base /= base.mean()
    out = np.empty(12)
    own_season(shared[0], COLUMNS[12], own[0], out)
    np.testing.assert_allclose(out, base, rtol=1e-12)
    assert after == 9 and owner[:9].tolist() == [13] * 3 + [14] * 3 + [15] * 3 and believed > 0.0
    # refreshed every three periods, and at the very end
    for t, known in [(27, 27), (28, 27), (29, 27), (45, 45), (58, 58)]:
        ratios = profile_twin(y, known, offset, 12, base)[0]
        left = y[:t] / ratios[(np.arange(t) + offset) % 12]
        ahead = ratios[(t + np.arange(h) + offset) % 12].sum()
        for k, length in enumerate((12, 6, 24)):
            assert rows[k, t] == pytest.approx(ahead * left[-length:].mean()), (t, length)
        for k, alpha in enumerate(ALPHAS[[1, 3, 5]]):
            level = left[0]
            for j, v in enumerate(left[1:], start=2):
                level += max(alpha, 1.0 / j) * (v - level)
            assert rows[3 + k, t] == pytest.approx(ahead * level)
            assert rows[6 + k, t] == pytest.approx(ahead / h * max(0.0, theta(left, alpha, h)))


def test_a_spike_is_capped_once_the_past_is_known() -> None:
    """No single period a thousand times the usual one carries the level away; ordinary demand stays as it was sold."""
    y = history(10, 60, 12)
    spiked = y.copy()
    spiked[40] = 1000.0 * y.mean()
    plain, out = np.empty(60), np.empty(60)
    capped(y, np.ones(60, np.bool_), plain)
    capped(spiked, np.ones(60, np.bool_), out)
    np.testing.assert_array_equal(plain[:40], out[:40])
    assert out[40] < 0.1 * spiked[40] and np.mean(plain == y) > 0.95 and (plain <= y).all()


def test_damped_trend_agrees_with_statsmodels() -> None:
    """Ours starts with larger steps; with a constant of 0.6 it never does."""
    holt = pytest.importorskip("statsmodels.tsa.holtwinters")
    y = history(11, 40, 12) + np.arange(40)
    model = holt.ExponentialSmoothing(
        y[1:],
        trend="add",
        damped_trend=True,
        initialization_method="known",
        initial_level=y[0],
        initial_trend=0.0,
    ).fit(smoothing_level=0.6, smoothing_trend=0.25, damping_trend=0.9, optimized=False)
    assert damped_trend(y, 0.6, 0.25, 0.9, 5) == pytest.approx(float(model.forecast(5).sum()), rel=1e-9)


@pytest.mark.parametrize("level", [0.5, 0.87, 0.95])
def test_quantile_regression_agrees_with_statsmodels(level: float) -> None:
    quantreg = pytest.importorskip("statsmodels.regression.quantile_regression")
    rng = np.random.default_rng(12)
    x = np.column_stack([np.ones(900), rng.gamma(3.0, 2.0, 900)])
    y = 3.0 + 1.7 * x[:, 1] + rng.normal(0.0, 1.0 + 0.4 * x[:, 1])
    wanted = quantreg.QuantReg(y, x).fit(q=level, max_iter=5000, p_tol=1e-8).params
    got = quantile_coefficients(x, y, level, np.zeros(2), 1e-9, 400)
    miss = [float(np.maximum(level * (y - x @ b), (level - 1.0) * (y - x @ b)).mean()) for b in (got, wanted)]
    # the corner of the loss is rounded off a little
    assert miss[1] <= miss[0] * (1.0 + 1e-9) and miss[0] <= 1.004 * miss[1]
    np.testing.assert_allclose(x @ got, x @ wanted, rtol=0.05)
    # a pull worth far more rows than there are leaves what it is pulled to
    np.testing.assert_allclose(
        quantile_coefficients(x, y, level, np.array([1.0, 2.0]), 1e9), [1.0, 2.0], atol=1e-3
    )


@pytest.mark.parametrize("rows", [1, 3, 4, 6, 803])
def test_normal_equations_are_their_sums_whatever_the_number_of_rows(rows: int) -> None:
    """X'WX and X'(Wy + level - 1/2), row by row in plain Python: the same to the last bit, whether or not four rows are left."""
    rng = np.random.default_rng(rows)
    x = rng.gamma(1.0, 1.0, (rows, 5)) * (rng.random((rows, 5)) < 0.7)
    y, beta, level, smooth = rng.gamma(2.0, 1.0, rows), rng.normal(0.0, 1.0, 5), 0.87, 0.21
    left, right = np.full((5, 5), np.nan), np.full(5, np.nan)
    _normal_equations(x, y, beta, level, smooth, left, right)
    wanted, towards = [[0.0] * 5 for _ in range(5)], [0.0] * 5
    for i in range(rows):
        fitted = 0.0
        for a in range(5):
            fitted += float(x[i, a]) * float(beta[a])
        weight = 0.5 / (abs(float(y[i]) - fitted) + smooth)
        for a in range(5):
            towards[a] += float(x[i, a]) * (weight * float(y[i]) + level - 0.5)
            for b in range(5):
                # the smaller column first, as both triangles are one sum
                wanted[a][b] += weight * float(x[i, max(a, b)]) * float(x[i, min(a, b)])
    assert left.tolist() == wanted and right.tolist() == towards
