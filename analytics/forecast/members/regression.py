# mypy: disable-error-code="no-untyped-def"
"""Penalised quantile regression: coefficients that minimise pinball loss, drawn towards given ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.machine.kernel_cache import kernel

__all__ = ["pinball", "quantile_coefficients"]


def pinball(actual: NDArray[np.float64], quantile: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    """The cost of stocking `quantile` when `actual` is wanted, if a unit short costs `level` and a unit over 1 - level.

    pinball = max(level x (actual - quantile), (level - 1) x (actual - quantile)). Units; same shape as the arguments.
    Source: Koenker and Bassett (1978).

    >>> pinball(np.array([10.0, 6.0]), np.array([8.0, 8.0]), 0.9).round(6).tolist()
    [1.8, 0.2]
    """
    gap = actual - quantile
    return np.maximum(level * gap, (level - 1.0) * gap)


@kernel
def _normal_equations(x, y, beta, level, smooth, left, right):
    """X'WX and X'(Wy + level - 1/2) with weights 1/(2(|residual| + smooth)).

    Four rows at a time, added one after the other: every sum is held in a register for four rows, and is the same to the last bit.
    """
    n, k = x.shape
    left[:] = 0.0
    right[:] = 0.0
    fours = n - n % 4
    for i in range(0, fours, 4):
        x0, x1, x2, x3 = x[i], x[i + 1], x[i + 2], x[i + 3]
        f0, f1, f2, f3 = 0.0, 0.0, 0.0, 0.0
        for a in range(k):
            f0 += x0[a] * beta[a]
            f1 += x1[a] * beta[a]
            f2 += x2[a] * beta[a]
            f3 += x3[a] * beta[a]
        w0, w1 = 0.5 / (abs(y[i] - f0) + smooth), 0.5 / (abs(y[i + 1] - f1) + smooth)
        w2, w3 = 0.5 / (abs(y[i + 2] - f2) + smooth), 0.5 / (abs(y[i + 3] - f3) + smooth)
        p0, p1 = w0 * y[i] + level - 0.5, w1 * y[i + 1] + level - 0.5
        p2, p3 = w2 * y[i + 2] + level - 0.5, w3 * y[i + 3] + level - 0.5
        for a in range(k):
            right[a] = (((right[a] + x0[a] * p0) + x1[a] * p1) + x2[a] * p2) + x3[a] * p3
            own, v0, v1, v2, v3 = left[a], w0 * x0[a], w1 * x1[a], w2 * x2[a], w3 * x3[a]
            for b in range(a + 1):
                own[b] = (((own[b] + v0 * x0[b]) + v1 * x1[b]) + v2 * x2[b]) + v3 * x3[b]
    for i in range(fours, n):
        fitted = 0.0
        for a in range(k):
            fitted += x[i, a] * beta[a]
        w = 0.5 / (abs(y[i] - fitted) + smooth)
        pull = w * y[i] + level - 0.5
        for a in range(k):
            right[a] += x[i, a] * pull
            value = w * x[i, a]
            for b in range(a + 1):
                left[a, b] += value * x[i, b]
    for a in range(k):
        for b in range(a):
            left[b, a] = left[a, b]


def quantile_coefficients(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    level: float,
    towards: NDArray[np.float64],
    strength: float,
    rounds: int = 24,
    least: NDArray[np.float64] | float = 0.0,
) -> NDArray[np.float64]:
    """Coefficients b that minimise the pinball loss of y - x b at `level`, plus a pull towards `towards` that counts like `strength` rows.

    *Formula*: sum of pinball(y - x b) + strength/2 sum over j of m_j (b_j - towards_j)^2 / s with m_j the mean square of column j (not under `least`,
    (columns,): a column that never varied says nothing of what it moves) and s the median absolute residual, by majorise-minimise (Hunter and Lange
    2000): reweighted least squares with weights 1/(2(|residual| + small)).
    x (rows, columns), y (rows,); returns (columns,). Deterministic.
    Source: Hunter and Lange 2000; the pull is a ridge penalty.

    >>> b = quantile_coefficients(np.ones((99, 1)), np.arange(1.0, 100.0), 0.9, np.zeros(1), 1e-9, 200)
    >>> bool(abs(b[0] - 90) < 1.0)
    True
    """
    n, k = x.shape
    beta = towards.astype(np.float64).copy()
    if n == 0:
        return beta
    moment = np.maximum((x * x).mean(axis=0), least) + 1e-12
    residual = np.abs(y - x @ beta)
    scale = max(float(np.median(residual)), float(residual.mean()) * 0.1, 1e-9)
    left = np.empty((k, k))
    diagonal = left.reshape(-1)[:: k + 1]
    right = np.empty(k)
    pull = strength * moment / scale
    smooth = 0.3 * scale
    for _ in range(rounds):
        _normal_equations(x, y, beta, level, smooth, left, right)
        diagonal += pull
        fresh = np.linalg.solve(left, right + pull * towards)
        moved = float(np.abs(fresh - beta).max())
        beta = fresh
        smooth = max(0.7 * smooth, 0.005 * scale)
        if moved < 1e-5 and smooth <= 0.006 * scale:
            break
    return beta
