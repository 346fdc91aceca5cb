"""What one product's history is made of: trend, season and remainder; and whether season and level hold up to tests."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEVEL_STATES", "Decomposition", "decomposed", "seasonality_probability", "strength"]

#: What the tests of stationarity say of the level: it stays, it wanders, it follows a line, or the history is too short to tell.
LEVEL_STATES = ("steady", "wandering", "drifting", "unclear")
#: A season of more phases than this is tested in groups of neighbouring ones.
_MOST_PHASES = 13
_SURE = 0.05


@dataclass(frozen=True, eq=False)
class Decomposition:
    """Units a period (periods,): `trend` + `season` + `remainder` = the history.

    `season_strength` and `trend_strength` are 0 (none) to 1 (all of what moves); `season_p` is the
    probability of phases this unlike if there were no season; `level` one of LEVEL_STATES.
    """

    trend: NDArray[np.float64]
    season: NDArray[np.float64]
    remainder: NDArray[np.float64]
    season_strength: float
    trend_strength: float
    season_p: float
    level: str

    @property
    def seasonal(self) -> bool:
        """Whether the season is more than chance."""
        return self.season_p < _SURE


def strength(part: NDArray[np.float64], remainder: NDArray[np.float64]) -> float:
    """How much of what moves a part explains: 0 nothing, 1 all.

    *Formula*: max(0, 1 - Var(remainder) / Var(part + remainder)). Source: Wang, Smith and Hyndman (2006).

    >>> strength(np.array([2.0, -2.0, 2.0, -2.0]), np.array([1.0, 1.0, -1.0, -1.0]))  # 1 - 1 / 5
    0.8
    """
    whole = float(np.var(part + remainder))
    return max(0.0, 1.0 - float(np.var(remainder)) / whole) if whole > 0.0 else 0.0


def seasonality_probability(beside_trend: NDArray[np.float64], season: int) -> float:
    """Probability that the phases of a season differ this much by chance: rank test of Kruskal and Wallis (1952) on the history less its trend.

    Seasons of more than 13 phases are tested in 13 groups of neighbouring ones. Assumes that deviations from the trend are independent.

    >>> seasonality_probability(np.tile([3.0, 1.0, -4.0], 8) + np.linspace(0.0, 0.1, 24), 3) < 0.001
    True
    """
    from scipy.stats import kruskal

    phase = np.arange(len(beside_trend)) % season
    if season > _MOST_PHASES:
        phase = phase * _MOST_PHASES // season
    groups = [beside_trend[phase == k] for k in np.unique(phase)]
    if len(groups) < 2 or np.ptp(beside_trend) <= 1e-12 * max(1.0, float(np.abs(beside_trend).max())):
        return 1.0
    found = float(kruskal(*groups).pvalue)
    return found if np.isfinite(found) else 1.0


def _level_state(y: NDArray[np.float64]) -> str:
    """Two tests with opposite null hypotheses: ADF (the level wanders), KPSS (it stays), and KPSS round a line."""
    from statsmodels.tsa.stattools import adfuller, kpss

    if len(y) < 16 or float(np.ptp(y)) <= 1e-9 * max(1.0, float(np.abs(y).max())):
        return "steady" if len(y) >= 16 else "unclear"
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            returns = float(adfuller(y, maxlag=min(12, len(y) // 4), autolag="AIC")[1]) < _SURE
            stays = float(kpss(y, regression="c", nlags="auto")[1]) >= _SURE
            on_line = float(kpss(y, regression="ct", nlags="auto")[1]) >= _SURE
        except (ValueError, np.linalg.LinAlgError, OverflowError):
            return "unclear"
    if stays:
        return "steady" if returns else "unclear"
    return "drifting" if on_line else "wandering"


def decomposed(units: NDArray[np.float64], season: int) -> Decomposition | None:
    """Trend, season and remainder of one product's history by STL, robust to single outliers; None below two seasons or where nothing was sold.

    `units` (periods,) of demand, `season` periods in a season. Additive: the season is in units, the same
    every time where fewer than three are known. Tests: Kruskal and Wallis for the season; Dickey and
    Fuller, and Kwiatkowski, Phillips, Schmidt and Shin for the level of the history less its season. Source: Cleveland, Cleveland, McRae and Terpenning (1990);
    `statsmodels.tsa.seasonal.STL`.
    """
    y = np.nan_to_num(np.asarray(units, np.float64))
    if season < 2 or len(y) < 2 * season or not y.any():
        return None
    from statsmodels.tsa.seasonal import STL

    # with fewer than three seasons a pattern that may change would follow both and leave nothing over: it is held the same
    held = {"seasonal": 10 * len(y) + 1, "seasonal_deg": 0} if len(y) < 3 * season else {}
    with np.errstate(all="ignore"):
        found = STL(y, period=season, robust=True, **held).fit()
    trend, pattern = np.asarray(found.trend, np.float64), np.asarray(found.seasonal, np.float64)
    if not (np.isfinite(trend).all() and np.isfinite(pattern).all()):
        return None
    remainder = y - trend - pattern
    return Decomposition(
        trend,
        pattern,
        remainder,
        strength(pattern, remainder),
        strength(trend, remainder),
        seasonality_probability(y - trend, season),
        _level_state(y - pattern),
    )
