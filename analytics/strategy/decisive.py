"""The assumption a decision depends on: within whose range the runner-up overtakes the best strategy, and where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.strategy.compare import Comparison
from analytics.strategy.draws import LOGARITHMIC, along
from analytics.strategy.formulas import Money, profit
from analytics.strategy.measures import counts_by_name
from analytics.strategy.price import MONEY_FIELDS, money_values, reacted_anew

__all__ = ["decisive_assumption"]

Array = NDArray[np.float64]

_STEPS = 101


def _money(comparison: Comparison, items: Items) -> dict[str, dict[str, Array]]:
    """What the formulas of every strategy need, all products."""
    return {name: money_values(items, name) for name in comparison.strategies}


def _profit_at(comparison: Comparison, choice: NDArray[np.intp], before: Mapping[str, Money], after: Mapping[str, Money]) -> Array:
    """Expected profit of the strategy at `choice` at other prices (`after`, by strategy): settings as they are, customers react anew."""
    out = np.full(len(choice), np.nan)
    for k, name in enumerate(comparison.strategies):
        here = np.flatnonzero(choice == k)
        if len(here):
            was, money = ({n: column[here] for n, column in values[name].items()} for values in (before, after))
            out[here] = profit(counts_by_name(reacted_anew(comparison.chosen[name].counts[here], name, was, money)), money)
    return out


def _between(name: str, ends: tuple[Array, Array], gap: Array, bounds: tuple[Array, Array, Array], u: Array) -> Array:
    """A difference of profits along an assumption's range, given at both ends and (`gap`) at its value: shape (products, u).

    Straight in the assumption; in its reciprocal, set-ups a unit, for the size of an order, which is a magnitude.
    """
    if name not in LOGARITHMIC:
        return along(name, ends[0], gap, ends[1], u)
    low, value, high = (1.0 / column[:, None] for column in bounds)
    way = 1.0 / along(name, *bounds, u) - value
    below, above = (np.where(end == value, 0.0, way / np.where(end == value, 1.0, end - value)) for end in (low, high))
    return np.where(u < 0.5, below * (ends[0] - gap)[:, None], above * (ends[1] - gap)[:, None]) + gap[:, None]


def _crossing(curve: Array, values: Array) -> Array:
    """Where a curve over `values` (products, steps) first crosses zero, seen from the middle; NaN if nowhere."""
    steps = curve.shape[1]
    middle = steps // 2
    turn = np.signbit(curve[:, 1:]) != np.signbit(curve[:, :-1])
    distance = np.where(turn, np.abs(np.arange(steps - 1) + 0.5 - middle), np.inf)
    at = np.argmin(distance, axis=1)
    rows = np.arange(len(curve))
    left, right = curve[rows, at], curve[rows, at + 1]
    share = left / np.where(left == right, 1.0, left - right)
    crossing = values[rows, at] + share * (values[rows, at + 1] - values[rows, at])
    return np.where(turn.any(axis=1), crossing, np.nan)


def decisive_assumption(comparison: Comparison, items: Items, best: NDArray[np.intp], second: NDArray[np.intp]) -> tuple[NDArray[Any], Array]:
    """The assumption that could turn the decision, and its value at the turn ('' and NaN where none could within its range).

    Price fields are repriced at both ends of their range, everything else at its value. Rates of ending and
    patience change what happens in the simulation: their effect is a quadratic regression of the difference per
    parameter draw, after the effect of the drawn prices is taken out, and counts only beyond twice its standard
    error. Of all assumptions whose curve crosses zero the one with the largest effect decides. `best` and
    `second` are positions into the strategies (-1: no second).
    """
    n = len(items)
    rows = np.arange(n)
    other = np.maximum(second, 0)
    gap = comparison.profit[rows, best] - comparison.profit[rows, other]
    comparable = (second >= 0) & np.isfinite(gap)
    gap = np.where(comparable, gap, 1.0)
    draws = len(next(iter(comparison.uniforms.values())))
    u = np.linspace(0.0, 1.0, _STEPS)
    name, value, effect = np.full(n, "", object), np.full(n, np.nan), np.zeros(n)

    def offer(field: str, curve: Array, strength: Array) -> None:
        low, high = items.range(field)
        crossing = _crossing(curve, along(field, low, np.asarray(items[field], np.float64), high, u))
        flips = comparable & np.isfinite(crossing) & (strength > effect)
        name[flips], value[flips], effect[flips] = field, crossing[flips], strength[flips]

    by_path = comparison.by_path[rows, best].astype(np.float64) - comparison.by_path[rows, other]
    difference = np.where(comparable[:, None], by_path.reshape(n, draws, -1).mean(axis=2), 0.0)
    now = _money(comparison, items)
    for field in (f for f in comparison.uniforms if f in MONEY_FIELDS):
        low, high = items.range(field)
        wide = comparable & (high > low)
        if not wide.any():
            continue
        there = [_money(comparison, items.with_field(field, end, items.origin(field))) for end in (low, high)]
        ends = [np.where(wide, _profit_at(comparison, best, now, end) - _profit_at(comparison, other, now, end), gap) for end in there]
        bounds = (low, np.asarray(items[field], np.float64), high)
        offer(field, _between(field, (ends[0], ends[1]), gap, bounds, u), np.abs(ends[1] - ends[0]))
        difference = difference - (_between(field, (ends[0], ends[1]), gap, bounds, comparison.uniforms[field]) - gap[:, None])
    physics = [f for f in comparison.uniforms if f not in MONEY_FIELDS]
    drawn, terms = [], []
    for field in physics:
        low, high = items.range(field)
        middle = np.asarray(items[field], np.float64)
        column = along(field, low, middle, high, comparison.uniforms[field])
        wide = comparable & (high > low)
        centre, spread = column.mean(axis=1), np.where(wide, column.std(axis=1), 1.0)
        drawn.append((centre, spread, wide))
        z = np.where(wide[:, None], (column - centre[:, None]) / spread[:, None], 0.0)
        terms += [z, z**2 - (z**2).mean(axis=1, keepdims=True)]
    design = np.stack(terms, axis=2)
    product = np.einsum("ndk,ndl->nkl", design, design) + 1e-9 * np.eye(design.shape[2])
    inverse = np.linalg.inv(product)
    centred = difference - difference.mean(axis=1, keepdims=True)
    slope = np.einsum("nkl,nl->nk", inverse, np.einsum("ndk,nd->nk", design, centred))
    noise = (centred - np.einsum("ndk,nk->nd", design, slope)).var(axis=1) * draws / max(draws - 1 - design.shape[2], 1)
    for j, field in enumerate(physics):
        centre, spread, wide = drawn[j]
        low, high = items.range(field)
        z = (along(field, low, np.asarray(items[field], np.float64), high, u) - centre[:, None]) / spread[:, None]
        shape = np.stack([z, z**2 - (design[:, :, 2 * j] ** 2).mean(axis=1)[:, None]], axis=2)
        own = slice(2 * j, 2 * j + 2)
        curve = gap[:, None] + np.einsum("nsk,nk->ns", shape, slope[:, own])
        change = shape[:, -1] - shape[:, 0]
        error = np.sqrt(noise * np.einsum("nk,nkl,nl->n", change, inverse[:, own, own], change))
        strength = np.abs(curve[:, -1] - curve[:, 0])
        offer(field, np.where((wide & (strength > 2.0 * error))[:, None], curve, 1.0), strength)
    return name, value
