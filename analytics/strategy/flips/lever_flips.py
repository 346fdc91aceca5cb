"""What would turn one product, far beyond the usual ranges: levers moved one at a time, decided by the very rule of the portfolio.

"Stays as today" is one of the answers, and what is set today does not move with a lever. What the search finds is run in full on both sides of the number that
is said (`family_run`): where it is not true there, the number is moved, said with fewer digits, or not said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.assumptions import FIELDS
from analytics.naming.labels import Strategy
from analytics.strategy.flips.family_run import HOLDING, shown_in_full
from analytics.strategy.flips.flip_points import Shown, true_on_both_sides, turning
from analytics.strategy.flips.priced_trials import is_price
from analytics.strategy.plans.ledgers import Progress
from analytics.strategy.plans.recipes import NO_QUOTE_DAYS
from analytics.strategy.standing import Standing

__all__ = ["LEVERS_SEARCHED", "LeverFlip", "lever_flips", "lever_value_now"]

Array = NDArray[np.float64]
Index = NDArray[np.intp]
Bounds = tuple[Array, Array, Array]
#: How far each lever is moved; demand in multiples of what is expected now.
LEVERS_SEARCHED = {
    "quote_days": (0.0, 120.0), "patience_per_day": (0.0, 0.2), "demand": (0.2, 5.0), "cost_premium": (0.0, 1.0), "holding_rate": (0.0, 1.0), "hazard_per_year": (0.0, 3.0),
    "margin": (0.005, 0.9), "component_lead_days": (0.0, 182.0),
}  # fmt: skip


@dataclass(frozen=True)
class LeverFlip:
    """Where a lever turns what is done with a product.

    Where a lever turns what is done with a product: searched from `least` to `most`, it stands at `now`, holds until `holds` and turns at `turns` (NaN: nowhere),
    `to` a strategy ("": it stays as it is run today).
    """

    lever: str
    now: float
    least: float
    most: float
    holds: float
    turns: float
    to: str


def lever_value_now(standing: Standing, lever: str, i: int) -> float:
    """Where a lever of the product at position `i` stands."""
    items = standing.items
    if lever == "holding_rate":
        return float(sum(items[name][i] for name in HOLDING))
    if lever == "margin":
        return float(1.0 - items["unit_cost"][i] / items["price"][i])
    if lever == "demand":
        return float(standing.comparison.chosen[Strategy.MTS].count("demanded")[i])
    return float(items[lever][i])


def lever_flips(
    standing: Standing,
    i: int,
    levers: Sequence[str] = tuple(LEVERS_SEARCHED),
    progress: Progress | None = None,
) -> tuple[LeverFlip, ...]:
    """The flip of every lever for the product at position `i`, those that turn first, the nearest relative to the value first."""
    bounds = _all_bounds(standing, levers, i)
    known = _turned(standing, i, bounds)
    found = []
    for k, (lever, (least, now, most)) in enumerate(bounds.items()):
        if progress is not None:
            progress(k / len(bounds), f"moving one lever at a time, {k + 1} of {len(bounds)}")
        holds, turns, to = known[lever]
        if np.isfinite(turns[0]):
            holds, turns, to = true_on_both_sides(
                _in_full(standing, lever, i),
                lever,
                standing.decided.decision.shown[[i]],
                bounds[lever],
                holds,
                turns,
                to,
            )
        name = standing.comparison.strategies[int(to[0])] if to[0] >= 0 else ""
        ends = float(now[0]), float(least[0]), float(most[0])
        found.append(LeverFlip(lever, *ends, float(holds[0]), float(turns[0]), name))
    turned = sorted(
        (f for f in found if np.isfinite(f.turns)), key=lambda f: abs(f.turns - f.now) / max(abs(f.now), 0.02)
    )
    return (*turned, *(f for f in found if not np.isfinite(f.turns)))


def _all_bounds(standing: Standing, levers: Sequence[str], i: int) -> dict[str, Bounds]:
    """How far each lever of the product at position `i` is moved: least, value now and most, by lever; without those that do not stand anywhere."""
    out = {}
    for lever in levers:
        now = lever_value_now(standing, lever, i)
        least, most = LEVERS_SEARCHED[lever]
        if lever == "quote_days":
            if not now < NO_QUOTE_DAYS or not standing.comparison.chosen[Strategy.MTO].offered[i]:
                continue
            most = max(most, 4.0 * now)
        if lever == "demand":
            least, most = least * now, most * now
        if not np.isfinite(now) or (lever == "demand" and now <= 0.0):
            continue
        out[lever] = np.array([min(least, now)]), np.array([now]), np.array([max(most, now)])
    return out


def _turned(
    standing: Standing, i: int, bounds: Mapping[str, Bounds]
) -> dict[str, tuple[Array, Array, Index]]:
    """Where each lever turns the product at position `i`, as `turning` has it: within its usual range, else within its bounds; all at once, prices apart."""
    found: dict[str, tuple[Array, Array, Index]] = {}
    usual = {lever: within for lever in bounds for within in _usual(standing, lever, i, bounds[lever])}
    for looked in (usual, bounds):
        for priced in (False, True):
            left = [
                lever
                for lever in looked
                if is_price(lever) == priced and not (lever in found and np.isfinite(found[lever][1][0]))
            ]
            if left:
                low, value, high = (
                    np.concatenate(ends) for ends in zip(*(looked[lever] for lever in left), strict=True)
                )
                each = turning(standing, np.array(left, object), np.full(len(left), i), (low, value, high))
                found |= {lever: (each[0][[k]], each[1][[k]], each[2][[k]]) for k, lever in enumerate(left)}
    return found


def _usual(standing: Standing, lever: str, i: int, bounds: Bounds) -> tuple[Bounds, ...]:
    """The usual range within the bounds of a lever, where it has one: looked at first, since a wide search steps over a turn that is near and turns back."""
    if lever not in FIELDS:
        return ()
    least, now, most = bounds
    low, high = (np.clip(bound[[i]], least, most) for bound in standing.items.range(lever))
    return ((np.minimum(low, now), now, np.maximum(high, now)),) if (low < high).all() else ()


def _in_full(standing: Standing, lever: str, i: int) -> Shown:
    """The decision shown of one product at values of a lever, by runs in full, each value once."""
    known: dict[float, int] = {}

    def shown(rows: NDArray[np.intp], values: NDArray[np.float64]) -> NDArray[np.intp]:
        for value in np.unique(values):
            if float(value) not in known:
                known[float(value)] = shown_in_full(standing, lever, i, float(value))
        return np.array([[known[float(value)] for value in row] for row in values], np.intp).reshape(
            len(rows), -1
        )

    return shown
