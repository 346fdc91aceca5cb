"""How far each assumption in doubt moves the gain: prices priced again, chances of ending, patience and lead times played again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.assumptions import FIELDS
from analytics.items import Items
from analytics.simulation.ledger import COUNT_INDEX, Ledger
from analytics.strategy.compare import Comparison
from analytics.strategy.money.formulas import profit
from analytics.strategy.money.price import MONEY_FIELDS, money_values, reacted
from analytics.strategy.portfolio.confidence import turned_share
from analytics.strategy.present.present_policy import todays_profit_at
from analytics.strategy.recommend import Recommendation
from analytics.strategy.what_if.simulated_range_ends import PlayedEnds

__all__ = [
    "GainMove",
    "between",
    "gain_changes",
    "gain_moves",
    "of_the_gain",
    "price_ends",
    "that_matter",
    "what_stays",
]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class GainMove:
    """The gain with one assumption at the low and at the high end of its range, every other one in the middle of its own.

    `value`, `low` and `high` are medians over the products in doubt, `swing` is the distance between the two gains.
    `turns_at` is the gain where, on the way to an end, products with more than a tenth of the gain have turned: there the
    answer is no longer firm (see `confidence.turned_share`; NaN: nowhere).
    """

    field: str
    value: float
    low: float
    high: float
    at_low: float
    at_high: float
    swing: float
    turns_at: float = float("nan")


def _profit_at(comparison: Comparison, ledgers: Mapping[str, Ledger], items: Items) -> Array:
    """Expected profit (products, strategies) at the prices of `items`; settings as they are."""
    place = {str(s): i for i, s in enumerate(items.skus)}
    out = np.full((len(items), len(comparison.strategies)), np.nan)
    for k, name in enumerate(comparison.strategies):
        ledger = ledgers[name]
        index = np.array([place[str(s)] for s in ledger.skus], np.intp)
        first, second = comparison.chosen[name].by_half[index].T
        money = money_values(items.take(index), name)
        counts = reacted(ledger.crossed(first, second), name, money)
        out[index, k] = profit(lambda count, counts=counts: counts[:, COUNT_INDEX[count]], money)  # type: ignore[misc]
    return np.where(np.isfinite(comparison.profit), out, np.nan)


def price_ends(
    comparison: Comparison, ledgers: Mapping[str, Ledger], items: Items, live: NDArray[np.bool_]
) -> dict[str, tuple[Array, Array]]:
    """By how much every price in doubt, at the low and at the high end of its range, changes expected profit (products, strategies); settings as they are."""
    middle = _profit_at(comparison, ledgers, items)

    def at(field: str, value: Array) -> Array:
        return _profit_at(comparison, ledgers, items.with_field(field, value, items.origin(field))) - middle

    return {
        field: (at(field, items.range(field)[0]), at(field, items.range(field)[1]))
        for field in _doubt(comparison, items, live)
        if field in MONEY_FIELDS
    }


def between(ends: tuple[Array, Array], u: Array) -> Array:
    """The change of profit at draws u of a price, straight from either end to the middle: shape of the ends plus (draws,)."""
    below, above = (np.asarray(end)[..., None] for end in ends)
    return np.where(u < 0.5, below * (1.0 - 2.0 * u), above * (2.0 * u - 1.0))


def _doubt(comparison: Comparison, items: Items, live: NDArray[np.bool_]) -> dict[str, NDArray[np.bool_]]:
    """The living products that have a range, by field of the one table."""
    ranges = {field: items.range(field) for field in comparison.uniforms if field in FIELDS}
    found = {field: live & (high > low) for field, (low, high) in ranges.items()}
    return {field: products for field, products in found.items() if products.any()}


def that_matter(
    comparison: Comparison, ends: Mapping[str, tuple[Array, Array]]
) -> dict[str, NDArray[np.bool_]]:
    """Per price in doubt, the products (products,) for which its range changes what one strategy earns against another.

    The volume lost by a price premium does not matter where there is no premium, nor what a cancelled order has cost where none is cancelled.
    """
    out = {}
    scale = np.nan_to_num(np.abs(comparison.profit)).max(axis=1) + 1e-9
    for field, (below, above) in ends.items():
        change = above - below
        known = np.isfinite(change)
        least, most = (
            np.where(known, change, np.inf).min(axis=1),
            np.where(known, change, -np.inf).max(axis=1),
        )
        out[field] = known.any(axis=1) & (most - least > 1e-12 * scale)
    return out


def of_the_gain(
    comparison: Comparison, recommendation: Recommendation
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The products run in a way of today's own, and those whose change makes the gain: two masks (products,)."""
    run_today = np.zeros(len(recommendation.recommended), bool)
    if comparison.today is not None:
        run_today[comparison.today.index] = True
    changed = (recommendation.recommended != recommendation.baseline) | run_today
    return run_today, ~recommendation.ended & ~recommendation.as_today & changed


def gain_changes(
    comparison: Comparison,
    recommendation: Recommendation,
    items: Items,
    ends: Mapping[str, tuple[Array, Array]],
    played: PlayedEnds,
) -> dict[str, tuple[Array, Array]]:
    """By how much every value in doubt changes the gain of each product, at the low and at the high end of its range: money, each (products,).

    Choices and settings as they are; 0 for what stays as it is today. `ends` are the changes of expected profit at both
    ends, prices (`price_ends`) and what is `played` again alike.
    """
    rows = np.arange(len(items))
    run_today, here = of_the_gain(comparison, recommendation)

    def over_baseline(money: Array, today: Array) -> Array:
        base = money[rows, recommendation.baseline]
        base[run_today] = today
        return np.where(here, np.nan_to_num(money[rows, recommendation.recommended] - base), 0.0)

    out = {}
    for field, (below, above) in ends.items():
        today = (
            played.today[field] if field in played.today else todays_profit_at(comparison.today, items, field)
        )
        out[field] = over_baseline(below, today[0]), over_baseline(above, today[1])
    return out


def what_stays(shared: float) -> str:
    """What does not move with the assumptions at their ends, in words; `shared` is the money of the shared line.

    >>> what_stays(0.0), what_stays(-5400.0)
    ('choices as they are', 'choices and the money of shared components as they are')
    """
    return "choices and the money of shared components as they are" if shared else "choices as they are"


def gain_moves(
    comparison: Comparison,
    recommendation: Recommendation,
    items: Items,
    gain: float,
    ends: Mapping[str, tuple[Array, Array]],
    played: PlayedEnds,
) -> tuple[GainMove, ...]:
    """How far each assumed value moves the portfolio's `gain` over its baseline, choices, settings and the shared line as they are; largest swing first.

    `gain` is money over twelve months; `ends` and `played` as for `gain_changes`, whose sums over products these are.
    What moves nothing is left out.
    """
    doubt = _doubt(comparison, items, ~recommendation.ended)
    moves = []
    for field, changes in gain_changes(comparison, recommendation, items, ends, played).items():
        below, above = (float(np.sum(change)) for change in changes)
        if abs(above - below) <= 1e-9 * max(abs(gain), 1.0):
            continue
        value, least, most = items.typical(field, doubt[field])
        share = turned_share(recommendation, items, field)
        turns_at = gain + abs(share) * (below if share < 0.0 else above)
        moves.append(
            GainMove(field, value, least, most, gain + below, gain + above, abs(above - below), turns_at)
        )
    return tuple(sorted(moves, key=lambda move: -move.swing))
