"""How sure a comparison is: paired intervals, probabilities, regret, tails, and what common random numbers gain."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analytics.policy.arguments import Floats, finite, fraction, non_negative, positive
from tests.closed_forms.distributions.arguments import whole
from tests.closed_forms.distributions.loss import standard_normal_loss

__all__ = [
    "ControlledMean",
    "Interval",
    "PairedDifference",
    "batch_means_interval",
    "bonferroni_level",
    "common_random_number_gain",
    "conditional_value_at_risk",
    "control_variate_mean",
    "expected_regret_normal",
    "paired_difference",
    "posterior_rate",
    "predictive_demand",
    "probability_cheaper_normal",
    "value_at_risk",
    "wilson_interval",
]


class Interval(NamedTuple):
    """An estimate with its standard error and the ends of its interval."""

    estimate: float
    standard_error: float
    low: float
    high: float


class PairedDifference(NamedTuple):
    """Mean of a - b over common paths with its interval; what unpaired runs would have given, and the gain of pairing."""

    mean: float
    standard_error: float
    low: float
    high: float
    unpaired_standard_error: float
    variance_ratio: float


def paired_difference(first: ArrayLike, second: ArrayLike, level: float = 0.95) -> PairedDifference:
    """Mean difference of two strategies that met the same demand, with an interval, and what pairing gained.

    Formula: mean of d = a - b, plus or minus t(n - 1) s_d / sqrt(n); unpaired error sqrt((s_a^2 + s_b^2) / n);
    variance ratio = (unpaired / paired error)^2 (infinite where the difference never varies). Arrays (paths,), at least 2, of any unit.
    Assumes independent paths. Source: Law and Kelton 2000, sections 10.2 and 11.2.
    Raises ValueError unless both have the same paths, two at least.

    >>> result = paired_difference([3, 5, 4], [1, 4, 1])
    >>> result.mean, round(result.standard_error, 6)  # differences 2, 1, 3
    (2.0, 0.57735)
    """
    a, b = np.atleast_1d(finite("first", first)), np.atleast_1d(finite("second", second))
    if a.shape != b.shape or a.ndim != 1 or len(a) < 2:
        raise ValueError(
            f"first and second must be paired and of at least 2 paths, got {a.shape} and {b.shape}"
        )
    n = len(a)
    difference = a - b
    mean, error = float(difference.mean()), float(difference.std(ddof=1) / np.sqrt(n))
    half = float(special.stdtrit(n - 1, 0.5 + float(fraction("level", level, inside=True)) / 2.0)) * error
    apart = float(np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / n))
    ratio = (apart / error) ** 2 if error > 0 else (np.inf if apart > 0 else 1.0)
    return PairedDifference(mean, error, mean - half, mean + half, apart, float(ratio))


def wilson_interval(successes: float, trials: float, level: float = 0.95) -> Interval:
    """A share that was counted, such as how often one strategy was cheaper, with an interval that stays inside 0 to 1.

    Formula: (p + z^2 / 2n +- z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n). Shares. Assumes independent trials.
    Source: Wilson 1927.
    Raises ValueError where more was counted than tried.

    >>> result = wilson_interval(0, 10)
    >>> result.low, round(result.high, 4)  # z^2 / (n + z^2)
    (0.0, 0.2775)
    """
    n, x = float(positive("trials", trials)), float(non_negative("successes", successes))
    if x > n:
        raise ValueError(f"successes must be at most trials, got {x:g} of {n:g}")
    z = float(special.ndtri(0.5 + float(fraction("level", level, inside=True)) / 2.0))
    p = x / n
    middle, half = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
    return Interval(
        p,
        float(np.sqrt(p * (1 - p) / n)),
        max(0.0, float(low)) if x > 0 else 0.0,
        min(1.0, float(high)) if x < n else 1.0,
    )


def value_at_risk(losses: ArrayLike, level: float = 0.95) -> float:
    """The loss that is not exceeded in a share `level` of the paths.

    Formula: the smallest loss with a share of at least `level` at or below it. Source: Rockafellar and Uryasev 2000.

    >>> value_at_risk([3, 8, 1, 0, 12, 5, 7, 2, 20, 4], 0.8)
    8.0
    """
    x = np.sort(np.atleast_1d(finite("losses", losses)))
    return float(x[max(int(np.ceil(len(x) * float(fraction("level", level, inside=True)) - 1e-9)) - 1, 0)])


def conditional_value_at_risk(losses: ArrayLike, level: float = 0.95) -> float:
    """Mean of the worst share 1 - level of the paths: how bad a bad year is.

    Formula: q + sum of (loss - q)+ / ((1 - level) n), q the value at risk; a path on the border counts in part.
    Source: Rockafellar and Uryasev 2000.

    >>> conditional_value_at_risk([3, 8, 1, 0, 12, 5, 7, 2, 20, 4], 0.8)  # mean of 12 and 20
    16.0
    """
    x = np.sort(np.atleast_1d(finite("losses", losses)))
    worst = round(len(x) * (1.0 - float(fraction("level", level, inside=True))), 9)
    full = int(worst)
    tail = x[len(x) - full :].sum() if full else 0.0
    part = worst - full
    if part > 1e-9:
        tail += part * x[len(x) - full - 1]
    return float(tail / worst)


def probability_cheaper_normal(mean_difference: ArrayLike, standard_deviation: ArrayLike) -> Floats:
    """How probable it is that the second strategy is cheaper, when the difference first - second is normal over parameter draws.

    Formula: Phi(mean / sd); without spread 0, 1, or 1/2 at a tie. Share. Source: definition.

    >>> float(probability_cheaper_normal(0, 5))
    0.5
    """
    m, s = finite("mean_difference", mean_difference), non_negative("standard_deviation", standard_deviation)
    return np.where(s > 0, special.ndtr(m / np.where(s > 0, s, 1.0)), (np.sign(m) + 1.0) / 2.0)[()]


def expected_regret_normal(mean_difference: ArrayLike, standard_deviation: ArrayLike) -> Floats:
    """Money lost on average by choosing the second strategy although the first may be cheaper after all.

    Formula: E[(-D)+] = sd G(mean / sd), D = cost of the first - cost of the second, normal; G the standard normal loss. Unit of D.
    Source: definition of expected opportunity loss (Raiffa and Schlaifer 1961).

    >>> round(float(expected_regret_normal(0, 5)), 6)  # 5 phi(0)
    1.994711
    """
    m, s = finite("mean_difference", mean_difference), non_negative("standard_deviation", standard_deviation)
    safe = np.where(s > 0, s, 1.0)
    return np.where(s > 0, safe * standard_normal_loss(m / safe), np.maximum(-m, 0.0))[()]


def common_random_number_gain(
    first: ArrayLike, second: ArrayLike, probabilities: ArrayLike | None = None
) -> float:
    """How many times more paths independent runs would need for the same precision of a difference.

    Formula: (Var a + Var b) / Var(a - b), exact where `first` and `second` hold the cost of each outcome and `probabilities` its chance
    (default: equal). Infinite where the difference never varies. Source: Law and Kelton 2000, section 11.2.

    >>> common_random_number_gain([0, 2], [0, 4])  # variances 1 and 4, of the difference 1
    5.0
    """
    a, b = np.atleast_1d(finite("first", first)), np.atleast_1d(finite("second", second))
    p = (
        np.full(len(a), 1.0 / len(a))
        if probabilities is None
        else np.atleast_1d(fraction("probabilities", probabilities))
    )

    def variance(x: Floats) -> float:
        return float(p @ (x - p @ x) ** 2)

    apart, together = variance(a) + variance(b), variance(a - b)
    return apart / together if together > 0 else (np.inf if apart > 0 else 1.0)


class ControlledMean(NamedTuple):
    """A mean corrected by a control variate: estimate, standard error, coefficient and variance ratio (uncorrected / corrected)."""

    estimate: float
    standard_error: float
    coefficient: float
    variance_ratio: float


def control_variate_mean(values: ArrayLike, control: ArrayLike, control_mean: float) -> ControlledMean:
    """A simulated mean corrected by a quantity whose true mean is known, such as realised demand.

    Formula: mean(y) - beta (mean(x) - E[x]), beta = Cov(x, y) / Var(x); error sqrt(s_y^2 (1 - r^2) (n - 1) / (n - 2) / n).
    Variance ratio 1 / (1 - r^2). Arrays (paths,), at least 3. Source: Law and Kelton 2000, section 11.4.
    Raises ValueError unless both have the same paths, three at least.

    >>> result = control_variate_mean([1, 2, 3], [2, 4, 6], 5)  # y = x / 2 exactly
    >>> result.estimate, result.coefficient
    (2.5, 0.5)
    """
    y, x = np.atleast_1d(finite("values", values)), np.atleast_1d(finite("control", control))
    if y.shape != x.shape or len(y) < 3:
        raise ValueError(
            f"values and control must be paired and of at least 3 paths, got {y.shape} and {x.shape}"
        )
    n = len(y)
    spread = float(x.var(ddof=1))
    covariance = float(np.cov(x, y, ddof=1)[0, 1])
    beta = covariance / spread if spread > 0 else 0.0
    total = float(y.var(ddof=1))
    left = max(total - beta * covariance, 0.0)
    ratio = total / left if left > 0 else (np.inf if total > 0 else 1.0)
    return ControlledMean(
        float(y.mean() - beta * (x.mean() - float(control_mean))),
        float(np.sqrt(left * (n - 1) / (n - 2) / n)),
        beta,
        float(ratio),
    )


def batch_means_interval(values: ArrayLike, batches: int = 20, level: float = 0.99) -> Interval:
    """Long-run average of one long simulated run, with an interval that allows for its periods being alike.

    Formula: the run is cut into equal batches; their means are treated as independent: mean +- t(batches - 1) s / sqrt(batches).
    A remainder at the start of the run is dropped. Source: Law and Kelton 2000, section 9.5.
    Raises ValueError for more batches than values.

    >>> batch_means_interval([1, 1, 3, 3, 5, 5], 3).estimate
    3.0
    """
    x = np.atleast_1d(finite("values", values))
    k = whole("batches", batches, 2)
    size = len(x) // k
    if size < 1:
        raise ValueError(f"batches must be at most the {len(x)} values, got {k}")
    means = x[len(x) - size * k :].reshape(k, size).mean(axis=1)
    error = float(means.std(ddof=1) / np.sqrt(k))
    half = float(special.stdtrit(k - 1, 0.5 + float(fraction("level", level, inside=True)) / 2.0)) * error
    mean = float(means.mean())
    return Interval(mean, error, mean - half, mean + half)


def bonferroni_level(level: float, comparisons: int) -> float:
    """The level each of several intervals needs so that all hold together.

    Formula: 1 - (1 - level) / comparisons. Share. Source: Bonferroni's inequality; Law and Kelton 2000, section 9.7.

    >>> round(bonferroni_level(0.95, 5), 6)
    0.99
    """
    return 1.0 - (1.0 - float(fraction("level", level, inside=True))) / whole("comparisons", comparisons, 1)


def posterior_rate(
    prior_shape: ArrayLike, prior_rate: ArrayLike, total_demand: ArrayLike, periods: ArrayLike
) -> tuple[Floats, Floats]:
    """Shape and rate of the gamma belief about a demand rate after some periods of sales.

    Formula: shape = prior shape + units, rate = prior rate + periods; its mean is shape / rate. Assumes Poisson demand.
    Source: conjugate Bayes (Gelman et al. 2013, section 2.6).

    >>> shape, rate = posterior_rate(1, 0.5, 9, 4)
    >>> float(shape), float(rate)
    (10.0, 4.5)
    """
    return positive("prior_shape", prior_shape) + non_negative("total_demand", total_demand), positive(
        "prior_rate", prior_rate
    ) + non_negative("periods", periods)


def predictive_demand(shape: ArrayLike, rate: ArrayLike, periods: ArrayLike) -> tuple[Floats, Floats]:
    """Successes and probability of the demand of the next periods, uncertainty of the rate included: negative binomial.

    Formula: r = shape, p = rate / (rate + P); mean P shape / rate, variance mean (1 + P / rate). Source: gamma mixture of Poisson laws.

    >>> r, p = predictive_demand(10, 4.5, 4)
    >>> float(r), round(float(p), 6)  # 4.5 / 8.5
    (10.0, 0.529412)
    """
    b = positive("rate", rate)
    return positive("shape", shape), b / (b + non_negative("periods", periods))
