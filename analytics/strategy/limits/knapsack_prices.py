"""The choice under shared limits for very many products: prices of the limits by duality, then rounding with a proven bound."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from analytics.policy.arguments import Floats

__all__ = ["choose_at_prices", "limit_prices"]

_MOST_CUTS = 400
#: Share of the bound that may be left open.
_ACCURACY = 1e-7


def limit_prices(profit: Floats, usage: Floats, limits: Floats) -> tuple[float, Floats]:
    """What one more unit of each limit is worth, and a bound that no choice can exceed.

    Formula: least value over prices >= 0 of the sum over products of max over strategies (profit - price x usage) + price x limit: the dual of
    the relaxation, found by cutting planes. `profit` (products, strategies), -inf where not offered; `usage` (limits, products, strategies);
    `limits` (limits,). Returns (bound in money, prices (limits,)). Source: Lagrangian duality (Kelley 1960 for the cuts; Everett 1963).

    >>> bound, prices = limit_prices(np.array([[0.0, 6.0], [0.0, 5.0]]), np.array([[[0.0, 2.0], [0.0, 2.0]]]), np.array([3.0]))
    >>> round(bound, 6), prices.round(6).tolist()  # 6 + half of 5; one more unit brings 5 / 2
    (8.5, [2.5])
    """
    count = len(limits)
    finite = np.where(np.isfinite(profit), profit, np.nan)
    scale = np.maximum(limits, 1e-12)
    most = float(np.nansum(np.nanmax(finite, axis=1) - np.nanmin(finite, axis=1))) + 1.0
    price = np.zeros(count)  # of a whole limit, so that all limits are alike in size
    best, best_price = np.inf, price
    cuts: list[Floats] = []
    heights: list[float] = []
    for _ in range(_MOST_CUTS):
        reduced = profit - np.tensordot(price / scale, usage, axes=(0, 0))
        pick = reduced.argmax(axis=1)
        rows = np.arange(len(pick))
        value = float(reduced[rows, pick].sum() + price.sum())
        slope = 1.0 - usage[:, rows, pick].sum(axis=1) / scale
        if value < best:
            best, best_price = value, price
        cuts.append(np.append(slope, -1.0))
        heights.append(float(slope @ price) - value)
        lowest = optimize.linprog(
            np.append(np.zeros(count), 1.0),
            A_ub=np.array(cuts),
            b_ub=np.array(heights),
            bounds=[(0.0, most)] * count + [(None, None)],
            method="highs",
        )
        if (
            lowest.x is None
            or lowest.fun is None
            or best - float(lowest.fun) <= _ACCURACY * max(1.0, abs(best))
        ):
            break
        price = np.asarray(lowest.x[:count])
    return best, best_price / scale


def _repaired(
    pick: NDArray[np.int64], value: Floats, reduced: Floats, usage: Floats, limits: Floats
) -> NDArray[np.int64] | None:
    """Switch the products that lose least per unit saved until every limit holds; None where that does not end."""
    rows = np.arange(len(pick))
    for _ in range(50):
        used = usage[:, rows, pick].sum(axis=1)
        over = used - limits
        worst = int(np.argmax(over / np.maximum(limits, 1e-12)))
        if over[worst] <= 1e-9 * max(1.0, limits[worst]):
            return pick
        saved = usage[worst, rows, pick][:, None] - usage[worst]
        more = usage - usage[:, rows, pick][:, :, None]
        fits = np.all((more <= 1e-12) | (more <= -over[:, None, None]), axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            loss = np.where(
                (saved > 1e-12) & fits & np.isfinite(value),
                (reduced[rows, pick][:, None] - reduced) / saved,
                np.inf,
            )
        best = loss.argmin(axis=1)
        ratio = loss[rows, best]
        pick = pick.copy()
        moved = False
        for i in np.argsort(ratio, kind="stable"):
            if used[worst] <= limits[worst] or not np.isfinite(ratio[i]):
                break
            step = more[:, i, best[i]]
            if np.all((step <= 1e-12) | (used + step <= limits)):
                used, pick[i], moved = used + step, best[i], True
        if not moved:
            return None
    return None


def choose_at_prices(
    profit: Floats, usage: Floats, limits: Floats
) -> tuple[NDArray[np.int64], float, Floats]:
    """One strategy for each of very many products: the best at the prices of the limits, repaired to fit, then improved into what is left.

    Parameters as limit_prices. Returns (strategies (products,), bound in money, prices (limits,)); the true optimum lies between the money of
    the choice and the bound, which differ by about as many products as there are limits. Source: Everett 1963; Sinha and Zoltners 1979.
    Raises ValueError where the limits cannot be met together.

    >>> profit, usage = np.array([[0.0, 6.0], [0.0, 5.0], [0.0, 1.0]]), np.array([[[0.0, 2.0], [0.0, 2.0], [0.0, 1.0]]])
    >>> choose_at_prices(profit, usage, np.array([3.0]))[0].tolist()
    [1, 0, 1]
    """
    bound, prices = limit_prices(profit, usage, limits)
    reduced = profit - np.tensordot(prices, usage, axes=(0, 0))
    rows = np.arange(len(profit))
    frugal = np.where(
        np.isfinite(profit), (usage / np.maximum(limits, 1e-12)[:, None, None]).max(axis=0), np.inf
    ).argmin(axis=1)
    starts = [
        fitted
        for first in (reduced.argmax(axis=1), frugal)
        if (fitted := _repaired(first, profit, reduced, usage, limits)) is not None
    ]
    if not starts:
        raise ValueError("the limits cannot be met together")
    # limits that only a few products fit are filled better from below
    picks = [_filled(start, profit, usage, limits, dense) for start in starts for dense in (False, True)]
    return max(picks, key=lambda pick: float(profit[rows, pick].sum())), bound, prices


def _filled(
    start: NDArray[np.int64], profit: Floats, usage: Floats, limits: Floats, dense: bool
) -> NDArray[np.int64]:
    """A choice within the limits, moved to what earns more as long as it fits: largest gains first, or (`dense`) largest gains for what they take up."""
    rows = np.arange(len(profit))
    pick = start.copy()
    used = usage[:, rows, pick].sum(axis=1)
    for _ in range(20):
        gain = profit - profit[rows, pick][:, None]
        more = usage - usage[:, rows, pick][:, :, None]
        fits = np.all(more <= (limits - used)[:, None, None] + 1e-12, axis=0)
        gain = np.where(fits, gain, -np.inf)
        worth = gain
        if dense:
            taken = (np.maximum(more, 0.0) / np.maximum(limits, 1e-12)[:, None, None]).max(axis=0)
            worth = np.where(gain > 1e-12, gain / np.maximum(taken, 1e-9), -np.inf)
        best = worth.argmax(axis=1)
        moved = False
        for i in np.argsort(-worth[rows, best], kind="stable"):
            if gain[i, best[i]] <= 1e-12:
                break
            step = usage[:, i, best[i]] - usage[:, i, pick[i]]
            if np.all(used + step <= limits + 1e-12):
                used, pick[i], moved = used + step, best[i], True
        if not moved:
            break
    return pick
