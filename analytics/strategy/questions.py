"""The questions that matter: what knowing an assumption would be worth to the portfolio's decision.

Expected value of partial perfect information (EVPPI) from the parameter draws: for each assumed value, how much
more the portfolio would earn on average if the value were known before deciding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.assumptions import FIELDS
from analytics.items import CONFIRMED, GIVEN, Items
from analytics.strategy.compare import Comparison

__all__ = ["Question", "partial_information_value", "questions"]

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


def partial_information_value(by_draw: Array, uniform: Array) -> Array:
    """Worth of knowing one drawn value before choosing, per product (money over the horizon).

    EVPPI = E[max_k g_k(u)] - max_k E[g_k(u)], with g_k(u) the profit of strategy k given the drawn value,
    estimated by regression on u and u^2 (Strong, Oakley and Brennan 2014). Only the part of the curve that the
    draws support counts: the variance of each fitted curve is reduced by what two coefficients explain by chance
    (1 - 1/F), so that noise is not taken for information. `by_draw` has shape (products, strategies, draws),
    NaN where a strategy is not offered.
    """
    offered = np.isfinite(by_draw)
    value = np.where(offered, by_draw, 0.0)
    draws = value.shape[2]
    reference = value.sum(axis=1, keepdims=True) / np.maximum(offered.sum(axis=1, keepdims=True), 1)
    difference = np.where(offered, value - reference, 0.0)
    basis = np.stack([np.ones(draws), uniform - 0.5, (uniform - 0.5) ** 2 - 1.0 / 12.0], axis=1)
    inverse = np.linalg.pinv(basis)
    fitted = difference @ inverse.T @ basis.T
    mean = difference.mean(axis=2, keepdims=True)
    total = ((difference - mean) ** 2).sum(axis=2, keepdims=True)
    left = ((difference - fitted) ** 2).sum(axis=2, keepdims=True)
    explained = np.maximum(total - left, 0.0)
    by_chance = 2.0 * left / (draws - 3.0)
    share = np.sqrt(np.clip(1.0 - by_chance / np.where(explained > 0.0, explained, np.inf), 0.0, 1.0)) * (explained > 1e-18 * (1.0 + mean**2))
    curve = np.where(offered, mean + share * (fitted - fitted.mean(axis=2, keepdims=True)), -np.inf)
    known = curve.max(axis=1).mean(axis=1)
    unknown = np.where(offered, mean, -np.inf).max(axis=1)[:, 0]
    any_offered = offered.any(axis=(1, 2))
    gain = np.where(any_offered, known, 0.0) - np.where(any_offered, unknown, 0.0)
    return np.maximum(gain, 0.0)


def questions(comparison: Comparison, items: Items, ended: NDArray[np.bool_], least: float = 0.0) -> tuple[Question, ...]:
    """The assumed and estimated values worth asking about, most valuable first; those worth `least` or less are left out."""
    found = []
    for field, uniform in comparison.uniforms.items():
        row = FIELDS.get(field)
        low, high = items.range(field)
        assumed = ~np.isin(items.origin(field), (GIVEN, CONFIRMED)) & ~ended & (high > low)
        if row is None or not assumed.any():
            continue
        worth = float(partial_information_value(comparison.by_draw[assumed], uniform).sum())
        if worth > least:
            middle = np.asarray(items[field], np.float64)[assumed]
            found.append(
                Question(
                    field, row.question or f"{row.label}?", worth, float(np.median(middle)), float(np.median(low[assumed])), float(np.median(high[assumed])), int(assumed.sum())
                )
            )
    return tuple(sorted(found, key=lambda q: -q.worth))
