"""Decision map: what is done at each pair of two levers, by the very rule that makes the verdict; everything else, and what is set today, as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from analytics.strategy.decision_rule import STAYS
from analytics.strategy.flips.family_run import moved_standing
from analytics.strategy.flips.lever_flips import LEVERS_SEARCHED, lever_value_now
from analytics.strategy.flips.priced_trials import is_price, priced_pairs
from analytics.strategy.flips.trials import decide_trials
from analytics.strategy.standing import Standing

__all__ = ["DecisionMap", "axis_values", "decision_map", "share_done", "turns_from"]

Array = NDArray[np.float64]
#: No axis ends below this, however small the value is now.
_LEAST_END: Mapping[str, float] = {
    "quote_days": 14.0, "patience_per_day": 0.03, "demand": 1.0, "cost_premium": 0.2, "holding_rate": 0.3, "hazard_per_year": 0.5, "margin": 0.3,
    "component_lead_days": 28.0,
}  # fmt: skip
#: Values along an axis: prices cost nothing, every other value is a run of the product with its family (both axes: fewer).
_PRICED, _PLAYED, _BOTH_PLAYED = 21, 9, 6


@dataclass(frozen=True, eq=False)
class DecisionMap:
    """Where the answer flips along two levers.

    `shown` (values up, values across) is what is done: the position of a strategy, or STAYS where it stays as it is run
    today; `lead` (same shape) how much more that earns than the best of all else that is offered, money a year
    (negative: something earns more, but is not worth a change or is ruled out by the family).
    """

    across: str
    up: str
    across_values: Array
    up_values: Array
    strategies: tuple[str, ...]
    shown: NDArray[np.intp]
    lead: Array

    @property
    def strength(self) -> Array:
        """How strongly a cell is coloured, from 0 to 1, in the shape of `lead`: its lead by the 90th percentile."""
        return np.clip(self.lead / max(float(np.quantile(self.lead, 0.9)), 1e-9), 0.0, 1.0)


def share_done(found: DecisionMap, done: int) -> float:
    """Share of the cells of a map at which the same is done (position of a strategy, or STAYS)."""
    return float((found.shown == done).mean())


def turns_from(
    found: DecisionMap, across: float, up: float
) -> tuple[int, tuple[tuple[str, float, int], ...]]:
    """What is done at the cell nearest to where things stand, and along its row and its column the nearest cells at which something else is.

    `across` and `up` are the values in force. Returns the position of what is done there (or STAYS), and (lever, value, what is done instead)
    to both sides of each lever, the lever across first; nothing where a row or a column ends first.
    """
    column, row = (
        int(np.argmin(np.abs(values - now)))
        for values, now in ((found.across_values, across), (found.up_values, up))
    )
    here, turns = int(found.shown[row, column]), []
    for lever, values, line, at in (
        (found.across, found.across_values, found.shown[row], column),
        (found.up, found.up_values, found.shown[:, column], row),
    ):
        for step in (-1, 1):
            others = np.flatnonzero(line != here)
            beyond = others[(others - at) * step > 0]
            if len(beyond):
                k = int(beyond[np.argmin(np.abs(beyond - at))])
                turns.append((lever, float(values[k]), int(line[k])))
    return here, tuple(turns)


def axis_values(standing: Standing, i: int, lever: str, other: str, turns: float = float("nan")) -> Array:
    """Values of a lever for a map beside another, of the product at position `i`.

    From next to nothing to well beyond where it stands, and beyond where it `turns`, if that is near.
    """
    now = lever_value_now(standing, lever, i)
    end = max(1.8 * now, _LEAST_END[lever])
    if np.isfinite(turns) and turns < 4.0 * max(now, 0.5 * _LEAST_END[lever]):
        end = max(end, 1.25 * turns)
    begin = 0.2 * now if lever == "demand" else min(0.02, now) if lever == "margin" else 0.0
    if is_price(lever):
        end = min(end, LEVERS_SEARCHED[lever][1])
    count = _PRICED if is_price(lever) else _PLAYED if is_price(other) else _BOTH_PLAYED
    return np.linspace(begin, end, count)


def decision_map(
    standing: Standing,
    i: int,
    across: str,
    up: str,
    across_values: Sequence[float] | Array,
    up_values: Sequence[float] | Array,
    progress: Callable[[float, str], None] | None = None,
) -> DecisionMap:
    """What is done with the product at position `i` at each pair of two levers (names of LEVERS_SEARCHED), decided by the one rule.

    Today's way, what a lead must exceed and what the family rules out count as in the verdict. One run of the product
    with its family per value that is no price, all prices from its ledgers.
    Raises ValueError unless they are two different levers.
    """
    if across == up or across not in LEVERS_SEARCHED or up not in LEVERS_SEARCHED:
        raise ValueError(
            f"decision_map: two different levers of {', '.join(LEVERS_SEARCHED)}, got {across!r} and {up!r}"
        )
    values = {across: np.asarray(across_values, np.float64), up: np.asarray(up_values, np.float64)}
    played = [name for name in (across, up) if not is_price(name)]
    prices = [name for name in (across, up) if is_price(name)]
    shape = (len(values[up]), len(values[across]))
    shown, lead = np.full(shape, STAYS, np.intp), np.zeros(shape)
    steps = list(product(*(range(len(values[name])) for name in played)))
    for step, at in enumerate(steps):
        if progress is not None and played:
            progress(step / len(steps), "playing other values")
        levers = {name: float(values[name][k]) for name, k in zip(played, at, strict=True)}
        here, mine = moved_standing(standing, levers, i) if played else (standing, i)
        place: dict[str, slice | int] = {across: slice(None), up: slice(None)}
        place |= dict(zip(played, at, strict=True))
        cells = shown[place[up], place[across]].shape
        told, ahead = _at_prices(here, mine, {name: values[name] for name in prices}, prices == [across, up])
        names = here.comparison.strategies
        told = np.array(
            [standing.comparison.strategies.index(names[k]) if k >= 0 else STAYS for k in told], np.intp
        )
        shown[place[up], place[across]] = told.reshape(cells)
        lead[place[up], place[across]] = ahead.reshape(cells)
    return DecisionMap(across, up, values[across], values[up], standing.comparison.strategies, shown, lead)


def _at_prices(
    standing: Standing, i: int, prices: Mapping[str, Array], both: bool
) -> tuple[NDArray[np.intp], Array]:
    """What is done at every price (`both`: at every pair, the second of them down), and its lead: one number a cell."""
    if not prices:
        decided, profit = standing.decided, standing.comparison.profit[[i]]
        return decided.decision.shown[[i]], _lead(
            profit, decided.base[[i]], decided.decision.shown[[i]], decided.baseline[[i]]
        )
    names = list(prices)
    if both:
        across, up = prices[names[0]], prices[names[1]]
        cells = {names[0]: np.tile(across, len(up)), names[1]: np.repeat(up, len(across))}
    else:
        cells = dict(prices)
    trials = priced_pairs(standing, np.array([i]), {name: column[None, :] for name, column in cells.items()})
    shown = decide_trials(standing, trials)
    return shown, _lead(trials.profit, trials.base, shown, standing.decided.baseline[trials.index])


def _lead(profit: Array, base: Array, shown: NDArray[np.intp], baseline: NDArray[np.intp]) -> Array:
    """How much more what is done earns than the best of all else: the other strategies, and today's way. Shape (cells,)."""
    rows = np.arange(len(profit))
    stays = shown == STAYS
    earned = np.where(np.isfinite(profit), profit, -np.inf)
    mine = np.where(stays, base, earned[rows, np.maximum(shown, 0)])
    others = earned.copy()
    others[rows, np.where(stays, baseline, shown)] = -np.inf
    best = np.maximum(others.max(axis=1), np.where(stays, -np.inf, base))
    return np.where(np.isfinite(best), mine - best, 0.0)
