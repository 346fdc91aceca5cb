# mypy: disable-error-code="no-untyped-def"
"""Replay: one known series of demand through the simulation's own week, one setting, every period kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.machine.kernel_cache import kernel
from analytics.simulation.stock_records import Outlook, Rule
from analytics.simulation.stock_week import (
    BLOCK,
    GAP,
    LOST,
    LOT,
    NET,
    ORDERED,
    PER_LOT,
    POSITION,
    QUANTILE,
    STAYS,
    WAITED,
    WIDTH,
    review_and_order,
    serve,
)

__all__ = ["Replay", "replay"]


@dataclass(frozen=True, eq=False)
class Replay:
    """What happened in each period of a replayed past.

    What happened in each period, arrays (periods,) in units: `net_inventory` (on hand less owed) at its end, `average_on_hand` in it,
    `ordered`, `met` from stock at once, `waiting` and `lost` of what was short; `next_order` is that of the review after the last period.
    """

    net_inventory: NDArray[np.float64]
    average_on_hand: NDArray[np.float64]
    ordered: NDArray[np.float64]
    met: NDArray[np.float64]
    waiting: NDArray[np.float64]
    lost: NDArray[np.float64]
    next_order: float

    @property
    def on_hand(self) -> NDArray[np.float64]:
        """Stock at each period's end."""
        return np.maximum(self.net_inventory, 0.0)

    @property
    def backorders(self) -> NDArray[np.float64]:
        """Units owed at each period's end."""
        return np.maximum(-self.net_inventory, 0.0)

    @property
    def fill_rate(self) -> float:
        """Share of all demand met from stock at once."""
        demand = float(np.sum(self.met + self.waiting + self.lost))
        return float(np.sum(self.met)) / demand if demand > 0.0 else 1.0


class _Play(NamedTuple):
    """One setting as the kernel takes it, numbers: order-up-to `level`, `gap` below it from which is ordered, `lot`, `exact` where
    orders are not in lots, `moq`, `lead` and `review` in periods, `opening` stock, share `stays` of what is short that waits."""

    level: float
    gap: float
    lot: float
    exact: bool
    moq: float
    lead: int
    review: int
    opening: float
    stays: float


@kernel
def _replay(demand, fate, play):
    """Play `demand` (periods,): net inventory, average on hand, ordered, waiting and lost (5, periods), and the next order."""
    level, lot, lead = play.level, play.lot, play.lead
    x = np.zeros(BLOCK)
    x[NET * WIDTH] = play.opening
    x[POSITION * WIDTH] = play.opening
    x[QUANTILE * WIDTH] = level
    x[LOT * WIDTH] = lot
    x[PER_LOT * WIDTH] = 1.0 / lot
    x[GAP * WIDTH] = play.gap
    x[STAYS * WIDTH] = play.stays
    slots = lead + 1
    ring = np.zeros(slots * WIDTH)
    periods = demand.shape[0]
    out = np.zeros((5, periods))
    room = np.full(1, level if play.exact else 1e300)
    outlook = Outlook(np.ones(1), room, room, np.zeros(1, np.bool_))
    rule = Rule(play.review, play.moq, 0.0, False, 0)
    last = 0.0
    for t in range(periods + 1):
        placed = x[ORDERED * WIDTH]
        slot = (t + lead) % slots * WIDTH
        if t % play.review == 0:
            review_and_order(x, 1, 1, ring, slot, outlook, 0, rule)
        else:
            ring[slot] = 0.0
        last = x[ORDERED * WIDTH] - placed
        if t == periods:
            break
        lost = x[LOST * WIDTH]
        waiting = x[WAITED * WIDTH]
        before = max(0.0, x[NET * WIDTH] + ring[t % slots * WIDTH])
        serve(x, 1, 1, ring, t % slots * WIDTH, demand, fate, t)
        out[0, t] = x[NET * WIDTH]
        out[1, t] = 0.5 * (before + max(0.0, x[NET * WIDTH]))
        out[2, t] = last
        out[3, t] = x[WAITED * WIDTH] - waiting
        out[4, t] = x[LOST * WIDTH] - lost
    return out, last


def replay(
    demand: ArrayLike, order_up_to_level: float, *, initial_on_hand: float, lead_periods: int = 0, review_periods: int = 1, reorder_point: float | None = None,
    lot: float | None = None, minimum_order: float = 0.0, share_waiting: float = 1.0, fate: ArrayLike | None = None, order_after_demand: bool = False,
) -> Replay:  # fmt: skip
    """What a stocking rule would have done with demand that is known: every period's stock, orders and shortage.

    Order of events: receive; review and order (an order with lead time L arrives at the start of period t + L,
    at once if L = 0); serve backlog; serve demand. With `order_after_demand` the review closes the period and
    its order arrives `lead_periods` (at least 1) later before demand: the same as a lead time one shorter, so
    that `ordered` then holds what each period's closing review orders.

    `reorder_point` s makes the rule (R, s, S): order when the inventory position is at s or below. `lot` orders
    whole multiples (r, nQ); without it orders are exact. What is short in period t waits if `fate[t]` (uniform in (0, 1),
    default one half) is below `share_waiting`: 1 backorders everything, 0 loses everything.
    Raises ValueError for times that do not allow this order of events, and for a lot that is not
    positive.

    >>> played = replay([12, 7, 15], 26, initial_on_hand=26, lead_periods=2, order_after_demand=True)
    >>> played.net_inventory.tolist(), played.ordered.tolist()
    ([14.0, 7.0, 4.0], [12.0, 7.0, 15.0])

    By hand: 26 - 12 = 14; 14 - 7 = 7; the 12 ordered at the end of the first period arrive: 7 + 12 - 15 = 4.
    """
    series = np.ascontiguousarray(demand, np.float64)
    lead = int(lead_periods) - (1 if order_after_demand else 0)
    if lead < 0 or review_periods < 1:
        raise ValueError(
            f"replay: lead_periods at least {1 if order_after_demand else 0} and review_periods at least 1 needed, got {lead_periods} and {review_periods}"
        )
    if lot is not None and lot <= 0.0:
        raise ValueError(f"replay: lot must be positive, got {lot}")
    decides = np.full(len(series), 0.5) if fate is None else np.ascontiguousarray(fate, np.float64)
    gap = 1e-9 if reorder_point is None else max(1e-9, float(order_up_to_level) - float(reorder_point) - 1e-9)
    play = _Play(
        level=float(order_up_to_level),
        gap=gap,
        lot=1.0 if lot is None else float(lot),
        exact=lot is None,
        moq=float(minimum_order),
        lead=lead,
        review=int(review_periods),
        opening=float(initial_on_hand),
        stays=float(share_waiting),
    )
    out, last = _replay(series, decides, play)
    ordered = np.append(out[2, 1:], last) if order_after_demand else out[2]
    return Replay(out[0], out[1], ordered, series - out[3] - out[4], out[3], out[4], float(last))
