"""Lost sales with a lead time at periodic review: the exact cost of a base stock, the best one, and the best policy."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from analytics.policy.arguments import Floats, fraction, non_negative, positive
from tests.closed_forms.distributions.arguments import whole
from tests.closed_forms.stock.base_stock import lost_sales_on_hand, lost_share
from tests.closed_forms.stock.s_s import demand_over
from tests.closed_forms.stock.states import bounded_vectors

__all__ = [
    "backorder_base_stock",
    "best_lost_sales_base_stock",
    "lost_sales_cost",
    "lost_sales_optimal_cost",
    "slow_mover_profit",
]

_LARGEST = 400_000  # states of the exact chain


def backorder_base_stock(masses: Floats, lead_time: int, holding_cost: float, penalty_per_unit: float) -> int:
    """The base stock that would be best if everybody waited: an upper bound when sales are lost.

    Formula: smallest S with F(S) >= p / (p + h), F demand over lead time + 1 periods. `masses` are probabilities of
    0, 1, 2, ... units a period. Units. Source: Snyder and Shen 2019, section 4.3; as a bound, Zipkin 2008.

    >>> from tests.closed_forms.stock.s_s import poisson_masses
    >>> backorder_base_stock(poisson_masses(5), 1, 1, 4)
    13
    """
    total = demand_over(masses, whole("lead_time", lead_time) + 1)
    p, h = (
        float(positive("penalty_per_unit", penalty_per_unit)),
        float(positive("holding_cost", holding_cost)),
    )
    return int(np.searchsorted(np.cumsum(total), p / (p + h) - 1e-13))


def lost_sales_cost(
    base_stock: int, masses: Floats, lead_time: int, holding_cost: float, penalty_per_unit: float
) -> float:
    """Cost a period of a base stock when unmet demand is lost, exactly.

    Method: stationary distribution of the Markov chain over stock on hand and orders under way; each period an order
    arrives, demand is met or lost, leftovers cost h and lost units p, then stock on hand plus on order is raised to S;
    the order arrives lead_time periods later before demand. Money/period.
    Assumes independent demand in whole units, a constant whole lead time. Source: Karlin and Scarf 1958; test bed of Zipkin 2008.

    >>> round(lost_sales_cost(1, np.array([0.5, 0.5]), 0, 1, 4), 6)  # holds 1 every second period
    0.5
    """
    s, lead = whole("base_stock", base_stock), whole("lead_time", lead_time)
    p = np.atleast_1d(fraction("masses", masses))
    h, penalty = (
        float(non_negative("holding_cost", holding_cost)),
        float(non_negative("penalty_per_unit", penalty_per_unit)),
    )
    mean = float(p @ np.arange(len(p)))
    on_hand = _on_hand_distribution(s, p, lead)
    left = float(on_hand @ _leftover(p, s))
    lost = mean - float(on_hand @ np.arange(s + 1)) + left
    return h * left + penalty * lost


def _leftover(masses: Floats, top: int) -> Floats:
    """E[(x - D)+] at x = 0 .. top."""
    below = np.concatenate(([0.0], np.cumsum(np.cumsum(np.pad(masses, (0, max(0, top + 1 - len(masses))))))))
    return below[: top + 1]


def _on_hand_distribution(s: int, masses: Floats, lead: int) -> Floats:
    """Long-run probabilities of 0 .. s units on hand just before demand, under base stock s."""
    if lead == 0:
        return np.eye(s + 1)[s]
    states = bounded_vectors(s, lead)
    states = states[np.lexsort(states.T)]  # in rising order of their code in base s + 1
    if len(states) > _LARGEST:
        raise ValueError(
            f"base_stock and lead_time give {len(states)} states, more than the {_LARGEST} that are solved exactly; simulate instead"
        )
    weights = (s + 1) ** np.arange(lead)
    codes = states @ weights  # sorted
    short = np.pad(masses, (0, max(0, s + 1 - len(masses))))[: s + 1]
    tail = 1.0 - np.concatenate(([0.0], np.cumsum(short)[:-1]))  # P(D >= x)
    repeats = states[:, -1] + 1  # on hand x is the last column, so that codes rise with it
    origin = np.repeat(np.arange(len(states)), repeats)
    left = np.arange(len(origin)) - np.repeat(np.cumsum(repeats) - repeats, repeats)  # leftovers 0 .. x
    x = states[origin, -1]
    chance = np.where(left == 0, tail[x], short[x - left])
    following = np.empty((len(origin), lead), dtype=np.int64)
    if lead > 1:
        following[:, -1] = left + states[origin, -2]
        following[:, 1:-1] = states[origin, :-2]
        following[:, 0] = s - states[origin].sum(axis=1)
    else:
        following[:, 0] = left + s - x
    target = np.searchsorted(codes, following @ weights)
    chain = sparse.csr_matrix((chance, (target, origin)), shape=(len(states), len(states)))
    share = np.full(len(states), 1.0 / len(states))
    for step in range(200_000):
        moved = chain @ share
        change = np.abs(moved - share).sum()
        share = moved if step % 2 else 0.5 * (moved + share)  # damped, so that a periodic chain settles too
        if change < 1e-13:
            break
    share /= share.sum()
    held: Floats = np.bincount(states[:, -1], weights=share, minlength=s + 1).astype(np.float64)
    return held


def best_lost_sales_base_stock(
    masses: Floats, lead_time: int, holding_cost: float, penalty_per_unit: float
) -> tuple[int, float]:
    """The best base stock when unmet demand is lost, with its exact cost a period.

    Method: down from the base stock that is best when everybody waits, until two further steps no longer help.
    Parameters as lost_sales_cost; returns (units, money/period). Source: test bed of Zipkin 2008.

    >>> from tests.closed_forms.stock.s_s import poisson_masses
    >>> s, cost = best_lost_sales_base_stock(poisson_masses(5), 1, 1, 4)
    >>> s, round(cost, 4)
    (12, 4.1628)
    """
    level = backorder_base_stock(masses, lead_time, holding_cost, penalty_per_unit)
    best, cost = level, lost_sales_cost(level, masses, lead_time, holding_cost, penalty_per_unit)
    worse = 0
    while level > 0 and worse < 2:
        level -= 1
        value = lost_sales_cost(level, masses, lead_time, holding_cost, penalty_per_unit)
        if value < cost:
            best, cost, worse = level, value, 0
        else:
            worse += 1
    return best, cost


def lost_sales_optimal_cost(
    masses: Floats, lead_time: int, holding_cost: float, penalty_per_unit: float, accuracy: float = 1e-9
) -> float:
    """Cost a period of the best policy of any form when unmet demand is lost: what a base stock leaves on the table.

    Method: relative value iteration over stock on hand and orders under way. Money/period; lead times up to 3.
    Assumes as lost_sales_cost. Source: Zipkin 2008 (the model); Puterman 1994, section 8.5 (the method).
    Raises ValueError for a lead time above 3.

    >>> from tests.closed_forms.stock.s_s import poisson_masses
    >>> round(lost_sales_optimal_cost(poisson_masses(5), 1, 1, 4), 4)
    4.0407
    """
    lead = whole("lead_time", lead_time)
    p = np.atleast_1d(fraction("masses", masses))
    top = backorder_base_stock(p, lead, holding_cost, penalty_per_unit)
    mean = float(p @ np.arange(len(p)))
    left = _leftover(p, top)
    immediate = holding_cost * left + penalty_per_unit * (mean - np.arange(top + 1) + left)
    if lead == 0:
        return float(immediate.min())
    if lead > 3:
        raise ValueError(f"lead_time must be at most 3 for the exact optimum, got {lead}")
    short = np.pad(p, (0, max(0, top + 1 - len(p))))[: top + 1]
    move = np.zeros((top + 1, top + 1))  # from x on hand to y left over
    for x in range(top + 1):
        move[x, 1 : x + 1] = short[x - np.arange(1, x + 1)]
        move[x, 0] = 1.0 - move[x, 1 : x + 1].sum()
    y = np.arange(top + 1)
    arrive = np.minimum(y[:, None] + y[None, :], top)  # leftover y plus arriving q, kept within the grid
    value = np.zeros((top + 1,) * lead)
    axis = (1,) * (lead - 1)
    for _ in range(100_000):
        ahead = value[arrive]  # (y, q1, q2 ..., z)
        following = np.tensordot(move, ahead, axes=(1, 0)).min(axis=-1) + immediate.reshape(-1, *axis)
        change = following - value
        if change.max() - change.min() < accuracy:
            break
        value = following - following.flat[0]
    return float((change.max() + change.min()) / 2.0)


def slow_mover_profit(
    level: int, demand_rate: float, lead_time: float, margin: float, holding_cost: float, lost_at_death: float
) -> float:
    """Long-run profit a year of a base stock of single units when unmet demand is lost and the product ends by chance.

    Formula: rate (1 - B) margin - holding_cost x on hand - lost_at_death x level, B Erlang's loss at rate x lead_time, on hand =
    level - rate (1 - B) x lead_time; `lost_at_death` is the chance of ending a year times what a unit loses then, on hand or under way.
    Money/year. Assumes Poisson demand. Source: Erlang 1917; Karush 1957.

    >>> round(slow_mover_profit(1, 0.2, 5 / 52, 200.0, 17.0, 0.0), 6)
    22.566038
    """
    sold = demand_rate * (1.0 - float(lost_share(level, demand_rate, lead_time)))
    held = float(lost_sales_on_hand(level, demand_rate, lead_time))
    return sold * margin - holding_cost * held - lost_at_death * level
