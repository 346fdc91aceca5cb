"""Service of a stocking policy: cycle service (P1), fill rate (P2) and the levels that reach a target."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, stats

from analytics.policy.arguments import Floats, finite, fraction, non_negative, positive
from tests.closed_forms.distributions.loss import normal_loss, normal_second_order_loss
from tests.closed_forms.distributions.loss_discrete import poisson_loss

__all__ = [
    "cycle_service_level",
    "lot_expected_backorders",
    "lot_fill_rate",
    "lot_fill_rate_one_term",
    "order_up_to_level_for_fill_rate",
    "periodic_fill_rate",
    "periodic_fill_rate_one_term",
    "periodic_fill_rate_poisson",
    "reorder_point_for_cycle_service",
    "reorder_point_for_fill_rate",
    "undershoot_mean",
]


def cycle_service_level(level: ArrayLike, mean: ArrayLike, standard_deviation: ArrayLike) -> Floats:
    """Share of replenishment cycles without a shortage (P1): not the share of demand served.

    Formula: Phi((s - m) / sigma), m and sigma demand over the protection interval (units).
    Assumes normal demand. Source: Silver, Pyke and Thomas 2017, chapter 6.

    >>> float(cycle_service_level(100, 100, 20))
    0.5
    """
    sd = non_negative("standard_deviation", standard_deviation)
    level, mean = finite("level", level), finite("mean", mean)
    safe = np.where(sd > 0, sd, 1.0)
    return np.where(sd > 0, stats.norm.cdf((level - mean) / safe), (level >= mean).astype(float))[()]


def lot_fill_rate(
    reorder_point: ArrayLike, order_quantity: ArrayLike, mean: ArrayLike, standard_deviation: ArrayLike
) -> Floats:
    """Share of demand served at once (P2) when a lot is ordered at a reorder point.

    Formula: 1 - (loss(s) - loss(s + Q)) / Q, loss of demand over the lead time with this mean and standard deviation.
    Units throughout. Assumes continuous review, normal demand, backorders.
    Source: Hadley and Whitin 1963; Axsäter 2015, section 5.3.

    >>> round(float(lot_fill_rate(10, 1e6, 10, 5)), 9)  # short 5 phi(0) once per million
    0.999998005
    """
    q = positive("order_quantity", order_quantity)
    s = finite("reorder_point", reorder_point)
    return 1.0 - (normal_loss(s, mean, standard_deviation) - normal_loss(s + q, mean, standard_deviation)) / q


def lot_fill_rate_one_term(
    reorder_point: ArrayLike, order_quantity: ArrayLike, mean: ArrayLike, standard_deviation: ArrayLike
) -> Floats:
    """The usual approximation of the fill rate, which forgets shortages still open when the lot arrives.

    Formula: 1 - loss(s) / Q. Source: Silver, Pyke and Thomas 2017, chapter 6.

    >>> round(float(lot_fill_rate_one_term(10, 10, 10, 5)), 6)  # 1 - 1.994711 / 10
    0.800529
    """
    return 1.0 - normal_loss(reorder_point, mean, standard_deviation) / positive(
        "order_quantity", order_quantity
    )


def lot_expected_backorders(
    reorder_point: ArrayLike, order_quantity: ArrayLike, mean: ArrayLike, standard_deviation: ArrayLike
) -> Floats:
    """Units on backorder on average when a lot is ordered at a reorder point.

    Formula: (loss2(s) - loss2(s + Q)) / Q, loss2 the second-order loss. Units.
    Assumes continuous review, normal lead-time demand, backorders. Source: Hadley and Whitin 1963, chapter 4.

    >>> round(float(lot_expected_backorders(10, 1000, 10, 2)), 6)  # sigma^2 / 4 / Q
    0.001
    """
    q, s = positive("order_quantity", order_quantity), finite("reorder_point", reorder_point)
    return (
        normal_second_order_loss(s, mean, standard_deviation)
        - normal_second_order_loss(s + q, mean, standard_deviation)
    ) / q


def reorder_point_for_cycle_service(
    target: ArrayLike, mean: ArrayLike, standard_deviation: ArrayLike
) -> Floats:
    """The reorder point that avoids a shortage in a target share of cycles (P1).

    Formula: m + sigma Phi^-1(target). Units. Assumes normal demand. Source: Silver, Pyke and Thomas 2017, chapter 6.

    >>> float(reorder_point_for_cycle_service(0.5, 100, 20))
    100.0
    """
    z = stats.norm.ppf(fraction("target", target, inside=True))
    return finite("mean", mean) + z * non_negative("standard_deviation", standard_deviation)


def reorder_point_for_fill_rate(
    target: float, order_quantity: float, mean: float, standard_deviation: float
) -> float:
    """The reorder point that serves a target share of demand at once (P2).

    Formula: the root of lot_fill_rate in the reorder point; with certain demand m - Q (1 - target). Units.
    Assumes continuous review, normal demand, backorders. A target that a lot far below the mean already reaches gives a
    low, even negative, reorder point. Source: Hadley and Whitin 1963; found by bracketing (Brent).

    >>> s = reorder_point_for_fill_rate(0.95, 150, 200, 50)
    >>> round(float(lot_fill_rate(s, 150, 200, 50)), 9)
    0.95
    """
    goal = float(fraction("target", target, inside=True))
    q, m, sd = (
        float(positive("order_quantity", order_quantity)),
        float(finite("mean", mean)),
        float(non_negative("standard_deviation", standard_deviation)),
    )
    if sd == 0:
        return m - q * (1.0 - goal)
    low, high = m - q - 10.0 * sd, m + 10.0 * sd
    while float(lot_fill_rate(high, q, m, sd)) < goal:  # targets beyond what ten deviations give
        high += 10.0 * sd
    return float(
        optimize.brentq(lambda s: float(lot_fill_rate(s, q, m, sd)) - goal, low, high, xtol=1e-12, rtol=1e-14)
    )


def periodic_fill_rate(
    level: ArrayLike,
    mean: ArrayLike,
    standard_deviation: ArrayLike,
    lead_time: ArrayLike,
    review_period: ArrayLike,
) -> Floats:
    """Share of demand served at once (P2) when stock is raised to a level at every review.

    Formula: 1 - (loss of demand over L + R - loss of demand over L) / (mu R), both losses at the level.
    Demand in units per period, times in periods. Assumes normal independent demand, backorders, constant lead time.
    Source: Johnson, Lee, Davis and Hall 1995; Silver and Bischak 2011.

    >>> float(periodic_fill_rate(120, 100, 0, 0, 1))
    1.0
    """
    s, m = finite("level", level), positive("mean", mean)
    sd, lead, review = (
        non_negative("standard_deviation", standard_deviation),
        non_negative("lead_time", lead_time),
        positive("review_period", review_period),
    )
    late = normal_loss(s, m * (lead + review), sd * np.sqrt(lead + review))
    early = normal_loss(s, m * lead, sd * np.sqrt(lead))
    return 1.0 - (late - early) / (m * review)


def periodic_fill_rate_one_term(
    level: ArrayLike,
    mean: ArrayLike,
    standard_deviation: ArrayLike,
    lead_time: ArrayLike,
    review_period: ArrayLike,
) -> Floats:
    """The traditional fill rate, which counts shortages already open at the cycle's start twice: too low at low service.

    Formula: 1 - loss of demand over L + R / (mu R). Source: the textbook form that Johnson et al. 1995 correct.

    >>> round(float(periodic_fill_rate_one_term(100, 100, 10, 0, 1)), 6)  # 1 - 3.989423 / 100
    0.960106
    """
    m, lead, review = (
        positive("mean", mean),
        non_negative("lead_time", lead_time),
        positive("review_period", review_period),
    )
    sd = non_negative("standard_deviation", standard_deviation)
    return 1.0 - normal_loss(level, m * (lead + review), sd * np.sqrt(lead + review)) / (m * review)


def order_up_to_level_for_fill_rate(
    target: float, mean: float, standard_deviation: float, lead_time: float, review_period: float
) -> float:
    """The order-up-to level that serves a target share of demand at once (P2) at periodic review.

    Formula: the root of periodic_fill_rate in the level; with certain demand mu (L + R target). Units.
    Assumes as periodic_fill_rate. Source: Silver and Bischak 2011; found by bracketing (Brent).

    >>> level = order_up_to_level_for_fill_rate(0.97, 100, 40, 4, 1)
    >>> round(float(periodic_fill_rate(level, 100, 40, 4, 1)), 9)
    0.97
    """
    goal = float(fraction("target", target, inside=True))
    m, sd = float(positive("mean", mean)), float(non_negative("standard_deviation", standard_deviation))
    lead, review = (
        float(non_negative("lead_time", lead_time)),
        float(positive("review_period", review_period)),
    )
    if sd == 0:
        return m * (lead + review * goal)
    spread = sd * (lead + review) ** 0.5
    low, high = m * lead - 10.0 * spread, m * (lead + review) + 10.0 * spread
    while float(periodic_fill_rate(high, m, sd, lead, review)) < goal:
        high += 10.0 * spread
    return float(
        optimize.brentq(
            lambda s: float(periodic_fill_rate(s, m, sd, lead, review)) - goal,
            low,
            high,
            xtol=1e-12,
            rtol=1e-14,
        )
    )


def periodic_fill_rate_poisson(
    level: ArrayLike, mean: ArrayLike, lead_time: ArrayLike, review_period: ArrayLike
) -> tuple[Floats, Floats]:
    """Cycle service and fill rate (P1, P2) of an order-up-to level against Poisson demand.

    Formula: P1 = F_{L+R}(S); P2 = 1 - (loss over L + R - loss over L) / (mu R). Mean in units per period, times in periods.
    Assumes backorders and a constant lead time. Source: Johnson, Lee, Davis and Hall 1995, with Poisson losses.

    >>> p1, p2 = periodic_fill_rate_poisson(1, 2, 0, 1)  # P1 = 3 exp(-2), short 2 - 1 + exp(-2)
    >>> round(float(p1), 6), round(float(p2), 6)
    (0.406006, 0.432332)
    """
    m, lead, review = (
        positive("mean", mean),
        non_negative("lead_time", lead_time),
        positive("review_period", review_period),
    )
    short = poisson_loss(level, m * (lead + review)) - poisson_loss(level, m * lead)
    return np.asarray(stats.poisson.cdf(finite("level", level), m * (lead + review))), 1.0 - short / (
        m * review
    )


def undershoot_mean(mean: ArrayLike, standard_deviation: ArrayLike) -> Floats:
    """How far below the reorder point stock is, on average, when a periodic or lumpy trigger notices.

    Formula: (sigma^2 + mu^2) / (2 mu), mean and standard deviation of demand per review. Units; add it to lead-time demand.
    Assumes lots large against one review's demand. Source: mean residual of a renewal process; Silver, Pyke and Thomas 2017.

    >>> float(undershoot_mean(10, 0))
    5.0
    """
    m, s = positive("mean", mean), non_negative("standard_deviation", standard_deviation)
    return (s * s + m * m) / (2.0 * m)
