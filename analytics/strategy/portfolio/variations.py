"""How often what is done stays best when what is not known is drawn, and what is not drawn: said in one sentence."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from analytics.assumptions import FIELDS
from analytics.items import Items
from analytics.naming.scales import field_words
from analytics.strategy.compare import Comparison
from analytics.strategy.compared.reference_worlds import PHYSICS
from analytics.strategy.money.price import MONEY_FIELDS
from analytics.strategy.present.counted_as import worlds_of

__all__ = ["not_varied", "variation_words", "variations"]


def variations(
    comparison: Comparison, recommended: NDArray[np.intp], as_today: NDArray[np.bool_]
) -> tuple[int, tuple[str, ...]]:
    """How many variations the share of `probability_best` is one of, and the assumptions whose values are drawn in them.

    In reference worlds prices and what counts are fitted to (`PHYSICS`) move, and the level of demand; by parameter draw all that is drawn.
    """
    every, _ = worlds_of(comparison, recommended, as_today)
    count = int(every.shape[2])
    in_worlds = comparison.by_world is not None and count == comparison.by_world.shape[2]
    moved = (*MONEY_FIELDS, *PHYSICS) if in_worlds else tuple(comparison.uniforms)
    return count, tuple(name for name in moved if name in comparison.uniforms)


def not_varied(items: Items, drawn: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Of every product the assumptions in doubt that no variation moves, in the order of the one table."""
    out: list[list[str]] = [[] for _ in range(len(items))]
    for name, row in FIELDS.items():
        if name in drawn or name not in items.values or not (row.physics or name in MONEY_FIELDS):
            continue
        low, high = items.range(name)
        for i in np.flatnonzero(high > low):
            out[int(i)].append(name)
    return [tuple(names) for names in out]


def variation_words(probability: float, count: int, left_out: tuple[str, ...]) -> str:
    """The sentence of one product; "" where no probability is known.

    Ties are shared, so that best in all means best alone in all.

    >>> variation_words(1.0, 400, ("queue_days",))
    'Best in all 400 variations of the values we drew; not varied: queue and buffer in the quote.'
    >>> variation_words(0.9975, 400, ())
    'Best in 399 of 400 variations of the values we drew; not varied: what your files give.'
    """
    if not math.isfinite(probability):
        return ""
    times = min(round(probability * count), count - (probability < 1.0))
    best = f"Best in all {count:,}" if probability >= 1.0 else f"Best in {times:,} of {count:,}"
    fixed = ", ".join(field_words(name) for name in left_out) or "what your files give"
    return f"{best} variations of the values we drew; not varied: {fixed}."
