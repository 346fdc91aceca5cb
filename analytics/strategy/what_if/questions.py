"""The questions that matter: what knowing an assumption would be worth to the portfolio's decision.

Expected value of partial perfect information (EVPPI) from the parameter draws: for each assumed value, how much
more the portfolio would earn on average if the value were known before deciding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from analytics.assumptions import FIELDS
from analytics.items import CONFIRMED, GIVEN, Items
from analytics.strategy.compare import Comparison
from analytics.strategy.what_if.gain_sensitivity import between, that_matter

__all__ = [
    "PairQuestion",
    "Question",
    "best_pair",
    "open_values",
    "partial_information_value",
    "question_of",
    "questions",
]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Question:
    """One unknown that a person may answer, and what the answer is worth.

    One unknown: its field, how a person is asked, what an answer is worth over twelve months (alone) and what it adds to those asked
    before it, what is assumed now (median over products, with range) and how many products rest on an assumed or estimated value.
    """

    field: str
    text: str
    worth: float
    adds: float
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
    priced again, physics played again), and is then not in `by_draw`.
    """
    offered = np.isfinite(by_draw)
    value = np.where(offered, by_draw, 0.0)
    draws = value.shape[2]
    reference = value.sum(axis=1, keepdims=True) / np.maximum(offered.sum(axis=1, keepdims=True), 1)
    difference = np.where(offered, value - reference, 0.0)
    centred = [u - 0.5 for u in uniforms]
    terms = [term for u in centred for term in (u, u**2 - 1.0 / 12.0)] + [
        a * b for k, a in enumerate(centred) for b in centred[k + 1 :]
    ]
    mean = difference.mean(axis=2, keepdims=True)
    shrunk: Array | float = 0.0
    if terms:
        basis = np.stack([np.ones(draws), *terms], axis=1)
        inverse = np.linalg.pinv(basis)
        fitted = difference @ inverse.T @ basis.T
        total = ((difference - mean) ** 2).sum(axis=2, keepdims=True)
        left = ((difference - fitted) ** 2).sum(axis=2, keepdims=True)
        explained = np.maximum(total - left, 0.0)
        by_chance = len(terms) * left / (draws - 1.0 - len(terms))
        share = np.sqrt(np.clip(1.0 - by_chance / np.where(explained > 0.0, explained, np.inf), 0.0, 1.0)) * (
            explained > 1e-18 * (1.0 + mean**2)
        )
        shrunk = share * (fitted - fitted.mean(axis=2, keepdims=True))
    added = np.where(offered, exact, 0.0)
    curve = np.where(offered, mean + shrunk + added, -np.inf)
    known = curve.max(axis=1).mean(axis=1)
    unknown = np.where(offered, mean + added.mean(axis=2, keepdims=True), -np.inf).max(axis=1)[:, 0]
    any_offered = offered.any(axis=(1, 2))
    gain = np.where(any_offered, known, 0.0) - np.where(any_offered, unknown, 0.0)
    return np.maximum(gain, 0.0)


def open_values(
    comparison: Comparison, items: Items, live: NDArray[np.bool_], ends: Mapping[str, tuple[Array, Array]]
) -> dict[str, NDArray[np.bool_]]:
    """The living products on which each drawn value is in doubt; where both ends are known only where it matters (`ends`: see `price_ends`).

    One mask (products,) per field.
    """
    matters = that_matter(comparison, ends)
    found = {}
    for field in comparison.uniforms:
        low, high = items.range(field)
        assumed = (
            ~np.isin(items.origin(field), (GIVEN, CONFIRMED)) & live & (high > low) & matters.get(field, True)
        )
        if field in FIELDS and assumed.any():
            found[field] = assumed
    return found


def _can_turn(free: Array, ends: Mapping[str, tuple[Array, Array]]) -> NDArray[np.bool_]:
    """Products (products,) whose best strategy could be another one somewhere within all ranges: the others' knowledge is worth nothing for certain.

    Over its range a value moves a lead by no more than its two ends and the middle lie apart.
    """
    mean = free.mean(axis=2)
    offered = np.isfinite(mean)
    rows = np.arange(len(mean))
    best = np.argmax(np.where(offered, mean, -np.inf), axis=1)
    reach = np.zeros(mean.shape)
    for below, above in ends.values():
        one, other = (np.nan_to_num(end - end[rows, best][:, None]) for end in (below, above))
        reach += np.maximum(np.maximum(one, other), 0.0) - np.minimum(np.minimum(one, other), 0.0)
    behind = np.where(offered, mean[rows, best][:, None] - mean, np.inf)
    behind[rows, best] = np.inf
    return np.asarray((behind <= reach).any(axis=1))


def _worth(
    comparison: Comparison, doubt: Mapping[str, NDArray[np.bool_]], ends: Mapping[str, tuple[Array, Array]]
) -> Callable[[Sequence[str]], float]:
    """What it is worth to know some values.

    Worth of knowing some values where they are in doubt: from both ends of their ranges where these are known (`ends`), their effects added; by
    regression on the draws, freed of the effects of the others, where not.
    """
    uniforms = comparison.uniforms

    def around_mean(field: str) -> Array:
        curve = between(ends[field], uniforms[field])
        return np.asarray(curve - curve.mean(axis=-1, keepdims=True))

    every = np.any([*doubt.values()], axis=0) if doubt else np.zeros(len(comparison.profit), bool)
    if all(field in ends for field in doubt):
        every[every] = _can_turn(
            comparison.by_draw[every], {f: (below[every], above[every]) for f, (below, above) in ends.items()}
        )
    ends = {f: (below[every], above[every]) for f, (below, above) in ends.items()}
    curves = {field: around_mean(field) for field in ends}
    free = comparison.by_draw[every] - sum(curves.values(), np.zeros(1))

    def worth(fields: Sequence[str]) -> float:
        products = np.any([doubt[f] for f in fields], axis=0)[every]
        exact = sum(
            (
                np.where(doubt[f][every][products][:, None, None], curves[f][products], 0.0)
                for f in fields
                if f in ends
            ),
            np.zeros(1),
        )
        return float(
            partial_information_value(
                free[products], *(uniforms[f] for f in fields if f not in ends), exact=exact
            ).sum()
        )

    return worth


def best_pair(
    comparison: Comparison,
    doubt: Mapping[str, NDArray[np.bool_]],
    ends: Mapping[str, tuple[Array, Array]],
    least: float = 0.0,
    most_fields: int = 8,
) -> PairQuestion | None:
    """The two unknowns worth most when both are known, of the few that are worth most alone; None where no pair is worth more than `least`.

    Two unknowns may be worth more together than apart: neither answer alone changes the choice, both do.
    Masks of `doubt` are (products,), ends (products, strategies) in money a year.
    """
    worth_of = _worth(comparison, doubt, ends)
    alone = sorted(doubt, key=lambda field: -worth_of([field]))[:most_fields]
    best: PairQuestion | None = None
    for k, one in enumerate(alone):
        for other in alone[k + 1 :]:
            worth = worth_of([one, other])
            if worth > max(least, best.worth if best else 0.0):
                best = PairQuestion((one, other), worth)
    return best


def questions(
    comparison: Comparison, items: Items, doubt: Mapping[str, NDArray[np.bool_]], ends: Mapping[str, tuple[Array, Array]], least: float = 0.0, most: int = 8,
    live: NDArray[np.bool_] | None = None,
) -> tuple[Question, ...]:  # fmt: skip
    """The assumed and estimated values worth asking about, in the order in which to ask: next is always the one whose answer adds most to those before it.

    At most so many; those that add `least` or less are left out. What an answer adds may be more than it is worth alone: how long models
    last may not change a choice until it is known how long customers wait. Two that add only together share what they add.
    """
    worth_of = _worth(comparison, doubt, ends)
    alone = {field: worth_of([field]) for field in doubt}
    asked: dict[str, float] = {}
    known = 0.0
    while len(asked) < min(most, len(doubt)):
        left = [field for field in doubt if field not in asked]
        together: dict[tuple[str, ...], float] = {(field,): worth_of([*asked, field]) for field in left}
        if max(together.values()) - known <= least:
            together = {
                pair: worth_of([*asked, *pair])
                for pair in combinations(sorted(left, key=lambda field: -alone[field])[:most], 2)
            }
        next_ones: tuple[str, ...] = max(together, key=together.__getitem__, default=())
        if not next_ones or together[next_ones] - known <= least:
            break
        asked |= dict.fromkeys(next_ones, (together[next_ones] - known) / len(next_ones))
        known = together[next_ones]
    return tuple(
        question_of(items, field, doubt[field], live, alone[field], adds) for field, adds in asked.items()
    )


def question_of(
    items: Items,
    field: str,
    assumed: NDArray[np.bool_],
    live: NDArray[np.bool_] | None,
    worth: float = 0.0,
    adds: float = 0.0,
) -> Question:
    """One question as it is asked of the products of which a field is `assumed`.

    Masks are (products,), worth in money a year.
    """
    row = FIELDS[field]
    middle, low, high = items.typical(field, assumed if live is None else live)
    return Question(
        field, row.question or f"{row.label}?", worth, adds, middle, low, high, int(assumed.sum())
    )
