"""Patience, curve by curve: the share of buyers who still order when quoted a wait. The program has one rule for all curves, `share_staying`.

Every curve starts at 1 for no wait and never rises.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analytics.assumptions import PATIENCE_CURVES
from analytics.policy.arguments import Floats, fraction, non_negative, positive
from analytics.policy.patience import ANSWER_DAYS, MEDIAN

__all__ = [
    "PATIENCE",
    "curve_through_answer",
    "exponential_patience",
    "logistic_from_answers",
    "logistic_patience",
    "longest_wait",
    "patience",
    "patience_per_day_of_answer",
    "relative_patience",
    "weibull_patience",
    "window_patience",
]


def exponential_patience(wait: ArrayLike, rate: ArrayLike) -> Floats:
    """Share of buyers who stay when a fixed share leaves with every further day.

    Formula: exp(-rate wait), rate per day, wait in days (or any one unit). Share. Source: So and Song 1998 (log-linear demand).

    >>> round(float(exponential_patience(10, 0.02)), 6)
    0.818731
    """
    return np.exp(-non_negative("rate", rate) * non_negative("wait", wait))


def weibull_patience(wait: ArrayLike, scale: ArrayLike, shape: ArrayLike) -> Floats:
    """Share of buyers who stay when patience wears out slowly first, fast later (shape above 1), or the reverse.

    Formula: exp(-(wait / scale)^shape). Share; scale in days. Source: Weibull survival function.

    >>> round(float(weibull_patience(20, 20, 3)), 6)  # exp(-1)
    0.367879
    """
    return np.exp(-((non_negative("wait", wait) / positive("scale", scale)) ** positive("shape", shape)))


def logistic_patience(wait: ArrayLike, midpoint: ArrayLike, spread: ArrayLike) -> Floats:
    """Share of buyers who stay when most have about the same limit.

    Formula: (1 + exp(-m / s)) / (1 + exp((wait - m) / s)), so that no wait gives 1. Share; midpoint and spread in days.
    Source: logit demand, normalised.

    >>> round(float(logistic_patience(14, 14, 4)), 6)  # (1 + exp(-3.5)) / 2
    0.515099
    """
    m, s, t = non_negative("midpoint", midpoint), positive("spread", spread), non_negative("wait", wait)
    return np.exp(np.logaddexp(0.0, -m / s) - np.logaddexp(0.0, (t - m) / s))


def window_patience(wait: ArrayLike, window: ArrayLike) -> Floats:
    """Everybody stays up to a limit, nobody beyond.

    Formula: 1 if wait <= window else 0. Source: definition (service within a time window).

    >>> window_patience([5, 6], 5).tolist()
    [1.0, 0.0]
    """
    return np.where(non_negative("wait", wait) <= non_negative("window", window), 1.0, 0.0)[()]


PATIENCE: dict[str, Any] = {
    "exponential": exponential_patience,
    "weibull": weibull_patience,
    "logistic": logistic_patience,
    "window": window_patience,
}


def patience(kind: str, wait: ArrayLike, *parameters: ArrayLike) -> Floats:
    """Share of buyers who stay, by the name of the curve: exponential, weibull, logistic or window.

    >>> float(patience("window", 3, 5))
    1.0
    """
    if kind not in PATIENCE:
        raise ValueError(f"patience kind must be one of {', '.join(PATIENCE)}, got {kind!r}")
    return PATIENCE[kind](wait, *parameters)


def relative_patience(
    kind: str, wait: ArrayLike, historical_wait: ArrayLike, *parameters: ArrayLike
) -> Floats:
    """Share of the buyers seen in the past who stay at a new wait: history that already waited is not thinned twice.

    Formula: min(1, r(wait) / r(historical wait)); where nobody would have waited that long, 1 up to the historical wait.
    Share. Source: conditional survival.

    >>> round(float(relative_patience("exponential", 15, 5, 0.02)), 6)  # exp(-0.2)
    0.818731
    """
    now, past = patience(kind, wait, *parameters), patience(kind, historical_wait, *parameters)
    shorter = np.asarray(wait, float) <= np.asarray(historical_wait, float)
    return np.where(
        shorter, 1.0, np.where(past > 0, np.minimum(now / np.where(past > 0, past, 1.0), 1.0), 0.0)
    )[()]


def curve_through_answer(curve: str, patience_per_day: float, shape: float) -> tuple[str, tuple[float, ...]]:
    """The curve of a given shape that keeps as many buyers at two weeks as the exponential one does: its name and parameters, in days.

    Formula, with q = exp(-14 rate): Weibull exp(-14 rate (wait / 14)^shape); logistic with spread 14 / shape and midpoint
    -spread ln((1 - q) / (q exp(shape) - 1)), which becomes exponential where shape <= 14 rate; window ln 2 / rate, the median patience.
    So one answer sets the level of every curve, and shape only how buyers leave before and after. Source: identity.

    >>> kind, parameters = curve_through_answer("logistic", 0.02, 3.5)
    >>> round(float(patience(kind, 14.0, *parameters)), 9) == round(float(np.exp(-14 * 0.02)), 9)
    True
    """
    rate, steep = float(non_negative("patience_per_day", patience_per_day)), float(positive("shape", shape))
    answer = rate * ANSWER_DAYS
    if curve not in PATIENCE_CURVES:
        raise ValueError(f"patience curve must be one of {', '.join(PATIENCE_CURVES)}, got {curve!r}")
    if curve == "window":
        return curve, (MEDIAN / rate if rate > 0 else np.inf,)
    if curve == "weibull" and rate > 0:
        return curve, (ANSWER_DAYS / answer ** (1.0 / steep), steep)
    if curve == "logistic" and steep > answer > 0:
        spread = ANSWER_DAYS / steep
        return curve, (
            float(-spread * (np.log(-np.expm1(-answer)) - np.log(np.expm1(steep - answer)))),
            spread,
        )
    return "exponential", (rate,)


def logistic_from_answers(first: tuple[float, float], second: tuple[float, float]) -> tuple[float, float]:
    """Midpoint and spread of the logistic patience through two answers (wait, share that stays).

    Formula: solve (1 + exp(-m / s)) / (1 + exp((t - m) / s)) = r at both answers; with x = exp(-m / s) each answer gives
    x = (1 - r) / (r exp(t / s) - 1), and s is where both agree. Answers that fall less than in proportion have no such curve with a midpoint
    above zero and are refused. Returns (midpoint, spread) in the unit of the waits. Source: identity; found by bracketing (Brent).

    >>> m, s = logistic_from_answers((7, 0.9), (21, 0.3))
    >>> round(float(logistic_patience(7, m, s)), 9), round(float(logistic_patience(21, m, s)), 9)
    (0.9, 0.3)
    """
    from scipy import optimize  # the simulation needs this file, and no solver

    (t1, r1), (t2, r2) = sorted(((float(t), float(r)) for t, r in (first, second)))
    positive("wait", [t1, t2])
    fraction("share that stays", [r1, r2], inside=True)
    if t1 == t2 or r2 >= r1:
        raise ValueError(f"the longer wait must keep fewer buyers, got {r1:g} at {t1:g} and {r2:g} at {t2:g}")

    def foot(t: float, r: float, s: float) -> float:  # ln x = -m / s
        return float(np.log1p(-r) - t / s - np.log(r - np.exp(-t / s)))

    limit = min(-t1 / np.log(r1), -t2 / np.log(r2))  # spreads above this cannot pass through the answers

    def gap(s: float) -> float:
        return foot(t1, r1, s) - foot(t2, r2, s)

    low, high = limit * 1e-3, limit * (1.0 - 1e-9)
    if gap(low) * gap(high) > 0:
        raise ValueError(
            f"no logistic curve passes through {r1:g} at {t1:g} and {r2:g} at {t2:g}; use the Weibull curve"
        )
    spread = float(optimize.brentq(gap, low, high, xtol=1e-14, rtol=1e-14))
    middle = -spread * foot(t1, r1, spread)
    if middle < 0:
        raise ValueError(
            f"no logistic curve with a midpoint above zero passes through {r1:g} at {t1:g} and {r2:g} at {t2:g}; use the Weibull curve"
        )
    return middle, spread


def patience_per_day_of_answer(wait: ArrayLike, share: ArrayLike) -> Floats:
    """Rate of the exponential patience through one answer: "so many of ten stay when told two weeks".

    Formula: -ln(share) / wait. Per day, for a wait in days. Source: identity.

    >>> round(float(patience_per_day_of_answer(14, 0.8)), 6)
    0.015939
    """
    kept = np.asarray(fraction("share", share))
    if np.any(kept <= 0):
        raise ValueError("share must be above 0: a curve with nobody left has no rate")
    return -np.log(kept) / positive("wait", wait) + 0.0


def longest_wait(kind: str, share: ArrayLike, *parameters: Any) -> Floats:
    """The longest wait that keeps a share of buyers: the inverse of the patience curve.

    Formula: exponential -ln(r) / rate; Weibull scale (-ln r)^(1 / shape); logistic m + s ln((1 + exp(-m / s)) / r - 1);
    window: the window. Time; infinite where nobody leaves. Source: identity.

    >>> round(float(longest_wait("exponential", 0.5, 0.02)), 6)  # ln 2 / 0.02
    34.657359
    """
    r = fraction("share", share)
    if np.any(r <= 0):
        raise ValueError("share must be above 0")
    if kind == "exponential":
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = non_negative("rate", parameters[0])
            return np.where(rate > 0, -np.log(r) / np.where(rate > 0, rate, 1.0), np.inf)[()] + 0.0
    if kind == "weibull":
        scale, shape = parameters
        return positive("scale", scale) * (-np.log(r)) ** (1.0 / positive("shape", shape))
    if kind == "logistic":
        m, s = non_negative("midpoint", parameters[0]), positive("spread", parameters[1])
        return np.maximum(m + s * np.log((1.0 + np.exp(-m / s)) / r - 1.0), 0.0)
    if kind == "window":
        return non_negative("window", parameters[0]) + 0.0 * r
    raise ValueError(f"patience kind must be one of {', '.join(PATIENCE)}, got {kind!r}")
