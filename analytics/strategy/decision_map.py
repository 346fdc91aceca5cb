"""Decision map: which strategy earns most at each pair of two levers, everything else as it is, on frozen random numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from analytics.strategy.product_case import LEVERS, Case, lever_value, own_prices, own_rates, priced_at
from analytics.strategy.product_played import moved_case, quoted_ledger

__all__ = ["DecisionMap", "axis_values", "decision_map", "is_played"]

Array = NDArray[np.float64]
_LEVER = {lever.name: lever for lever in LEVERS}
#: No axis ends below this, however small the value is now.
_LEAST_END: Mapping[str, float] = {
    "quote_days": 14.0, "patience_per_day": 0.03, "demand": 1.0, "cost_premium": 0.2, "holding_rate": 0.3, "hazard_per_year": 0.5, "margin": 0.3, "lead_days": 28.0,
}  # fmt: skip
#: Values along an axis: prices and quotes cost nothing, every other value is a simulation (both axes: fewer).
_CHEAP, _PLAYED, _BOTH_PLAYED = 21, 9, 7


def is_played(lever: str) -> bool:
    """Whether a lever's values must be simulated; prices and quotes only need pricing."""
    return bool(_LEVER[lever].moves) and lever != "quote_days"


@dataclass(frozen=True, eq=False)
class DecisionMap:
    """Where the answer flips along two levers: `best` (values up, values across) is the position of the best strategy, `lead` its lead over the second."""

    across: str
    up: str
    across_values: Array
    up_values: Array
    strategies: tuple[str, ...]
    best: NDArray[np.intp]
    lead: Array


def axis_values(case: Case, lever: str, other: str, turns: float = float("nan")) -> Array:
    """Values of a lever for a map beside another: from next to nothing to well beyond where it stands, and beyond where it `turns`, if that is near."""
    now, most = lever_value(case, lever), _LEVER[lever].most
    end = max(1.8 * now, _LEAST_END[lever])
    if np.isfinite(turns) and turns < 4.0 * max(now, 0.5 * _LEAST_END[lever]):
        end = max(end, 1.25 * turns)
    begin = 0.2 * now if lever == "demand" else min(0.02, now) if lever == "margin" else 0.0
    if lever in ("margin", "cost_premium", "holding_rate"):
        end = min(end, most)
    count = _CHEAP if not is_played(lever) else _BOTH_PLAYED if is_played(other) else _PLAYED
    values = np.linspace(begin, end, count)
    if lever == "lead_days":  # whole weeks
        values = np.unique(7.0 * np.round(values / 7.0))
    return values


def _quoted(case: Case, quotes: Array, sets: Sequence[Mapping[str, float]]) -> Array:
    """Money of making to order at every quote under each set of prices: (sets, quotes)."""
    counts = quoted_ledger(case, list(quotes)).counts[0].mean(axis=1)
    return np.broadcast_to(
        own_rates(case, "MTO", own_prices(case, sets)) @ counts.T, (len(sets), len(quotes))
    )


def decision_map(
    case: Case,
    across: str,
    up: str,
    across_values: Sequence[float],
    up_values: Sequence[float],
    progress: Callable[[float, str], None] | None = None,
) -> DecisionMap:
    """Which strategy earns most at each pair of two levers (names of LEVERS). Simulates once per value that is no price and no quote, prices the rest.

    Raises ValueError unless they are two different levers.
    """
    if across == up or across not in _LEVER or up not in _LEVER:
        raise ValueError(
            f"decision_map: two different levers of {', '.join(_LEVER)}, got {across!r} and {up!r}"
        )
    values = {across: np.asarray(across_values, np.float64), up: np.asarray(up_values, np.float64)}
    played = [name for name in (across, up) if is_played(name)]
    prices = [name for name in (across, up) if not is_played(name) and name != "quote_days"]
    money = np.full((len(values[up]), len(values[across]), len(case.strategies)), np.nan)
    changes = list(product(*(range(len(values[name])) for name in prices)))
    steps = list(product(*(range(len(values[name])) for name in played)))
    for step, moved in enumerate(steps):
        if progress is not None and played:
            progress(step / len(steps), "playing other values")
        here = (
            moved_case(case, {name: float(values[name][k]) for name, k in zip(played, moved, strict=True)})
            if played
            else case
        )
        sets = [
            {name: float(values[name][k]) for name, k in zip(prices, change, strict=True)}
            for change in changes
        ]
        table = priced_at(here, sets)
        to_order = (
            _quoted(here, values["quote_days"], sets)
            if "quote_days" in values and "MTO" in case.strategies
            else None
        )
        for k, change in enumerate(changes):
            place: dict[str, slice | int] = {across: slice(None), up: slice(None)}
            place |= dict(zip(played, moved, strict=True)) | dict(zip(prices, change, strict=True))
            cell = money[place[up], place[across]]
            cell[...] = table[k]
            if to_order is not None:
                cell[..., case.strategies.index("MTO")] = to_order[k]
    order = np.argsort(np.where(np.isfinite(money), money, -np.inf), axis=2)
    best, second = order[:, :, -1], order[:, :, -2]
    rows, columns = np.indices(best.shape)
    lead = money[rows, columns, best] - money[rows, columns, second]
    return DecisionMap(across, up, values[across], values[up], case.strategies, best, np.nan_to_num(lead))
