"""The questions that matter: what knowing an assumption would be worth to the portfolio's decision.

Expected value of partial perfect information (EVPPI) from the parameter draws: for each assumed value, how much
more the portfolio would earn on average if the value were known before deciding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.assumptions import FIELDS
from analytics.items import CONFIRMED, GIVEN, Items
from analytics.strategy.compare import Comparison
from analytics.strategy.sensitivity import between, that_matter

__all__ = ["PairQuestion", "Question", "best_pair", "open_values", "partial_information_value", "questions"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Question:
    """One unknown: its field, how a person is asked, what an answer is worth over twelve months, what is assumed
    now (median over products, with range) and how many products rest on an assumed or estimated value."""

    field: str
    text: str
    worth: float
    assumed: float
    low: float
    high: float
    products: int


@dataclass(frozen=True)
class PairQuestion:
    """The two unknowns that are worth most when both are known: their fields, and the worth of knowing both."""

    fields: tuple[str, str]
    worth: float


def partial_information_value(by_draw: Array, *uniforms: Array, exact: Array | float = 0.0) -> Array:
    """Worth of knowing one drawn value (or several together) before choosing, per product (money over the horizon).

    EVPPI = E[max_k g_k(u)] - max_k E[g_k(u)], with g_k(u) the profit of strategy k given the drawn values,
    estimated by regression on u, u^2 and products of two (Strong, Oakley and Brennan 2014). Only the part of the curve
    that the draws support counts: the variance of each fitted curve is reduced by what its coefficients explain by
    chance (1 - 1/F), so that noise is not taken for information. `by_draw` has shape (products, strategies, draws),
    NaN where a strategy is not offered; `exact`, of that shape, is what is known without regression to belong to each draw (a price
    priced again), and is then not in `by_draw`.
    """
    offered = np.isfinite(by_draw)
    value = np.where(offered, by_draw, 0.0)
    draws = value.shape[2]
    reference = value.sum(axis=1, keepdims=True) / np.maximum(offered.sum(axis=1, keepdims=True), 1)
    difference = np.where(offered, value - reference, 0.0)
    centred = [u - 0.5 for u in uniforms]
    terms = [term for u in centred for term in (u, u**2 - 1.0 / 12.0)] + [a * b for k, a in enumerate(centred) for b in centred[k + 1 :]]
    basis = np.stack([np.ones(draws), *terms], axis=1)
    inverse = np.linalg.pinv(basis)
    fitted = difference @ inverse.T @ basis.T
    mean = difference.mean(axis=2, keepdims=True)
    total = ((difference - mean) ** 2).sum(axis=2, keepdims=True)
    left = ((difference - fitted) ** 2).sum(axis=2, keepdims=True)
    explained = np.maximum(total - left, 0.0)
    by_chance = len(terms) * left / (draws - 1.0 - len(terms))
    share = np.sqrt(np.clip(1.0 - by_chance / np.where(explained > 0.0, explained, np.inf), 0.0, 1.0)) * (explained > 1e-18 * (1.0 + mean**2))
    added = np.where(offered, exact, 0.0)
    curve = np.where(offered, mean + share * (fitted - fitted.mean(axis=2, keepdims=True)) + added, -np.inf)
    known = curve.max(axis=1).mean(axis=1)
    unknown = np.where(offered, mean + added.mean(axis=2, keepdims=True), -np.inf).max(axis=1)[:, 0]
    any_offered = offered.any(axis=(1, 2))
    gain = np.where(any_offered, known, 0.0) - np.where(any_offered, unknown, 0.0)
    return np.maximum(gain, 0.0)


def open_values(comparison: Comparison, items: Items, live: NDArray[np.bool_], ends: Mapping[str, tuple[Array, Array]]) -> dict[str, NDArray[np.bool_]]:
    """The living products on which each drawn value is in doubt; a price only where it matters (`ends`: see `price_ends`)."""
    matters = that_matter(comparison, ends)
    found = {}
    for field in comparison.uniforms:
        low, high = items.range(field)
        assumed = ~np.isin(items.origin(field), (GIVEN, CONFIRMED)) & live & (high > low) & matters.get(field, True)
        if field in FIELDS and assumed.any():
            found[field] = assumed
    return found


def _worth(comparison: Comparison, ends: Mapping[str, tuple[Array, Array]]) -> Callable[[NDArray[np.bool_], Sequence[str]], float]:
    """Worth of knowing some values on some products: prices exactly, all others by regression on draws freed of the prices' effects."""
    uniforms = comparison.uniforms
    free = comparison.by_draw - sum((between(ends[field], uniforms[field]) for field in ends), np.zeros(1))

    def worth(products: NDArray[np.bool_], fields: Sequence[str]) -> float:
        exact = sum((between((below[products], above[products]), uniforms[f]) for f, (below, above) in ends.items() if f in fields), np.zeros(1))
        return float(partial_information_value(free[products], *(uniforms[f] for f in fields if f not in ends), exact=exact).sum())

    return worth


def best_pair(
    comparison: Comparison, doubt: Mapping[str, NDArray[np.bool_]], ends: Mapping[str, tuple[Array, Array]], least: float = 0.0, most_fields: int = 5
) -> PairQuestion | None:
    """The two unknowns worth most when both are known, of the few that are worth most alone; None where no pair is worth more than `least`.

    Two unknowns may be worth more together than apart: neither answer alone changes the choice, both do.
    """
    worth_of = _worth(comparison, ends)
    alone = sorted(doubt, key=lambda field: -worth_of(doubt[field], [field]))[:most_fields]
    best: PairQuestion | None = None
    for k, one in enumerate(alone):
        for other in alone[k + 1 :]:
            worth = worth_of(doubt[one] | doubt[other], [one, other])
            if worth > max(least, best.worth if best else 0.0):
                best = PairQuestion((one, other), worth)
    return best


def questions(comparison: Comparison, items: Items, doubt: Mapping[str, NDArray[np.bool_]], ends: Mapping[str, tuple[Array, Array]], least: float = 0.0) -> tuple[Question, ...]:
    """The assumed and estimated values worth asking about, most valuable first; those worth `least` or less are left out."""
    found = []
    worth_of = _worth(comparison, ends)
    for field, assumed in doubt.items():
        row = FIELDS[field]
        low, high = items.range(field)
        worth = worth_of(assumed, [field])
        if worth > least:
            middle = np.asarray(items[field], np.float64)[assumed]
            found.append(
                Question(
                    field, row.question or f"{row.label}?", worth, float(np.median(middle)), float(np.median(low[assumed])), float(np.median(high[assumed])), int(assumed.sum())
                )
            )
    return tuple(sorted(found, key=lambda q: -q.worth))
