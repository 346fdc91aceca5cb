"""Patience: the share of buyers who still order when quoted a wait.

Every curve starts at 1 for no wait and never rises. Sales history cannot show it: the numbers are stated or asked.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analytics.policy.arguments import Floats, fraction, positive

__all__ = [
    "ANSWER_DAYS",
    "MEDIAN",
    "curve_in_force",
    "shape_from_answers",
    "share_beyond",
    "share_staying",
    "staying_at_four_weeks",
    "weibull_from_answers",
]


#: The wait people are asked about: "of 10 customers, how many still order if told two weeks?"
ANSWER_DAYS = 14.0
#: Buyers with one common limit wait as long as the median buyer of the exponential curve: ln 2 over the rate.
MEDIAN = float(np.log(2.0))


def curve_in_force(curve: Any, rate: Any, shape: Any) -> Any:
    """The curve that buyers follow: the one stated, or the exponential where no logistic curve meets the answer.

    Numbers or columns; `rate` per day. Position in `assumptions.PATIENCE_CURVES`. Source: the logistic curve falls
    below 1 at no wait unless shape > 14 rate > 0.

    >>> curve_in_force(2, 0.02, 0.1), curve_in_force(2, 0.02, 3.0), curve_in_force(1, 0.02, 0.1)
    (0, 2, 1)
    """
    answer = rate * ANSWER_DAYS
    return curve - 2 * ((curve == 2) * (1 - (shape > answer) * (answer > 0.0)))


def share_beyond(curve: Any, rate: Any, shape: Any, wait: Any, past: Any) -> Any:
    """The one waiting rule, r(wait) / r(past), for buyers of one curve who are asked to wait longer than in the past.

    `curve` is one `curve_in_force`; the rest are numbers or columns, so that compiled loops over customers and
    columns of products take the rule from the same lines. Formulas: see `share_staying`. Share. Source: the same.

    >>> round(float(share_beyond(0, 0.02, 2.0, 30.0, 5.0)), 6)  # exp(-0.5)
    0.606531
    """
    answer = rate * ANSWER_DAYS
    if curve == 1:
        return np.exp(-answer * ((wait / ANSWER_DAYS) ** shape - (past / ANSWER_DAYS) ** shape))
    if curve == 2:
        foot = np.log(-np.expm1(-answer)) - np.log(np.expm1(shape - answer))
        return np.exp(
            np.logaddexp(0.0, foot + shape * past / ANSWER_DAYS)
            - np.logaddexp(0.0, foot + shape * wait / ANSWER_DAYS)
        )
    if curve == 3:
        return 1.0 * (rate * wait <= MEDIAN)
    return np.exp(-rate * (wait - past))


def share_staying(
    curve: ArrayLike,
    patience_per_day: ArrayLike,
    shape: ArrayLike,
    wait: ArrayLike,
    historical_wait: ArrayLike,
) -> Floats:
    """Share of the buyers seen in the past who stay at a wait, under the curve stated for each product.

    Formula: min(1, r(wait) / r(historical wait)), with q = exp(-14 rate): exponential r = exp(-rate w);
    Weibull exp(-14 rate (w / 14)^shape); logistic with spread 14 / shape and midpoint
    -spread ln((1 - q) / (q exp(shape) - 1)), exponential where shape <= 14 rate; window 1 up to ln 2 / rate, the
    median patience. So one answer sets the level of every curve, and shape only how buyers leave before and after.
    `curve` are positions in `assumptions.PATIENCE_CURVES`. Waits in days.
    Arguments of any shapes that broadcast. Share. Source: conditional survival.

    >>> share_staying(np.array([0, 3]), 0.02, 2.0, 30.0, 5.0).round(6).tolist()  # exp(-0.5), and 30 days within ln 2 / 0.02
    [0.606531, 1.0]
    """
    kind, rate, steep, now, past = np.broadcast_arrays(
        *(np.asarray(column, float) for column in (curve, patience_per_day, shape, wait, historical_wait))
    )
    followed, longer = curve_in_force(kind, rate, steep), now > past
    out = np.ones(now.shape)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # of rows that follow another curve
        for each in np.unique(followed[longer]):
            out = np.where(longer & (followed == each), share_beyond(each, rate, steep, now, past), out)
    return out[()]


def weibull_from_answers(first: tuple[float, float], second: tuple[float, float]) -> tuple[float, float]:
    """Scale and shape of the Weibull patience through two answers (wait, share that stays).

    Formula: shape = ln(ln r2 / ln r1) / ln(t2 / t1), scale = t1 / (-ln r1)^(1 / shape).
    The longer wait must keep fewer buyers. Returns (scale in the unit of the waits, shape). Source: identity.
    Raises ValueError unless the longer wait keeps fewer.

    >>> scale, shape = weibull_from_answers((10, float(np.exp(-1))), (20, float(np.exp(-4))))
    >>> round(scale, 6), round(shape, 6)
    (10.0, 2.0)
    """
    (t1, r1), (t2, r2) = sorted(((float(t), float(r)) for t, r in (first, second)))
    positive("wait", [t1, t2])
    fraction("share that stays", [r1, r2], inside=True)
    if t1 == t2 or r2 >= r1:
        raise ValueError(f"the longer wait must keep fewer buyers, got {r1:g} at {t1:g} and {r2:g} at {t2:g}")
    shape = float(np.log(np.log(r2) / np.log(r1)) / np.log(t2 / t1))
    return float(t1 / (-np.log(r1)) ** (1.0 / shape)), shape


def shape_from_answers(at_two: float, at_four: float) -> float:
    """Exponent of the Weibull curve of patience through two answers.

    So many of ten still order when told two weeks, and so many when told four. At least 0.1, where nobody leaves between the two. Free of units. Source: `weibull_from_answers`.

    >>> round(shape_from_answers(8, 6.4), 9), round(shape_from_answers(8, 5), 3), shape_from_answers(8, 8)
    (1.0, 1.635, 0.1)
    """
    if at_four >= at_two:
        return 0.1
    two, four = (ANSWER_DAYS, at_two / 10.0), (2.0 * ANSWER_DAYS, at_four / 10.0)
    return max(weibull_from_answers(two, four)[1], 0.1)


def staying_at_four_weeks(patience_per_day: float, curve: float, shape: float) -> float:
    """Of ten customers, how many still order when told four weeks, under the curve stated.

    `curve` is a position in `assumptions.PATIENCE_CURVES`. Formula: 10 x share_staying at 28 days. Source: `share_staying`.

    >>> round(staying_at_four_weeks(0.01594, 0, 1.0), 2)
    6.4
    """
    return 10.0 * float(share_staying(curve, patience_per_day, shape, 2.0 * ANSWER_DAYS, 0.0))
