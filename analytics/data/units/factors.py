"""A column of factors beside the column of units: which way it converts, and what its cells that cannot be used mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.data.units.unit_pairs import UnitPairs
from analytics.data.values.categorical import Coded
from analytics.data.values.unit_words import Unit
from analytics.errors import Problem
from analytics.naming.labels import total_text

__all__ = ["Factors", "factors_of_rows"]


@dataclass(frozen=True, eq=False)
class Factors:
    """`factor` by row (NaN: it cannot be told), whether quantities are divided, and the rows with cells that could not be used, that were filled, or that differ."""

    factor: NDArray[np.float64]
    divides: bool
    unusable: NDArray[np.intp]
    filled: NDArray[np.intp]
    differing: tuple[tuple[int, int, float, float], ...]
    quantity: NDArray[np.float64]

    def problems(self, name: str, unit_name: str, sku: Coded, units: Coded) -> list[Problem]:
        """What there is to say of the column."""
        found = []
        if self.divides:
            words = f"{name!r} says how many of a unit make one of the product's own: quantities are divided by it"
            found.append(Problem("factor_divides", words, "nothing to do", column=name))
        if len(self.unusable):
            units_here = float(np.abs(np.nan_to_num(self.quantity[self.unusable])).sum())
            words = f"factors that are zero, negative, blank or no number: {total_text(units_here)} units in {units.texts()[self.unusable[0]]!r} cannot be converted by them"
            code = str(sku.values[sku.codes[self.unusable[0]]])
            found.append(
                Problem(
                    "unit_factor",
                    words,
                    "correct the factor",
                    None,
                    name,
                    code,
                    "a number above zero",
                    len(self.unusable),
                )
            )
        if len(self.filled):
            units_here = float(np.abs(np.nan_to_num(self.quantity[self.filled])).sum())
            words = f"blank factors were taken from other rows of the same product and unit ({total_text(units_here)} units)"
            found.append(
                Problem("unit_factor_blank", words, "fill in the factor", column=name, count=len(self.filled))
            )
        if self.differing:
            product, rows, low, high = self.differing[0]
            words = f"one unit of one product has several factors ({sku.values[product]}: from {low:g} to {high:g}): each row is converted by its own"
            remedy = "correct the factor if a pack has one size only"
            found.append(
                Problem(
                    "unit_factors_differ",
                    words,
                    remedy,
                    None,
                    name,
                    f"{low:g} and {high:g}",
                    "one factor",
                    rows,
                )
            )
        return found


def _votes(
    pairs: UnitPairs,
    units: Sequence[Unit | None],
    factor: NDArray[np.float64],
    price: NDArray[np.float64] | None,
) -> tuple[int, int]:
    """How many pairs of units of one product speak for multiplying and how many for dividing: by stated sizes, by packs of pieces, by the money of one."""
    times = over = 0
    order = np.lexsort((pairs.unit, pairs.product))
    products = pairs.product[order]
    for first, second in zip(
        order[:-1][products[1:] == products[:-1]], order[1:][products[1:] == products[:-1]], strict=True
    ):
        ratio = factor[second] / factor[first]
        if not np.isfinite(ratio) or ratio == 1.0:
            continue
        a, b = units[pairs.unit[first]], units[pairs.unit[second]]
        expected = float("nan")
        if a is not None and b is not None and a.kind == b.kind != "pack":
            expected = b.size / a.size
        elif a is not None and b is not None and {a.kind, b.kind} == {"pieces", "pack"}:
            expected = 2.0 if b.kind == "pack" else 0.5
        elif price is not None:
            expected = price[second] / price[first]
            expected = expected if expected > 1.3 or expected < 1 / 1.3 else float("nan")
        if np.isfinite(expected) and expected != 1.0:
            times, over = times + ((ratio > 1) == (expected > 1)), over + ((ratio > 1) != (expected > 1))
    return times, over


def factors_of_rows(
    pairs: UnitPairs,
    names: Sequence[str],
    units: Sequence[Unit | None],
    value: NDArray[np.float64],
    blank: NDArray[np.bool_],
    quantity: NDArray[np.float64],
    money: NDArray[np.float64] | None,
    live: NDArray[np.bool_],
) -> Factors:
    """The factor of every row by a column of numbers.

    A row counts by its own factor. Whether it multiplies or divides is decided by units whose sizes are stated, by packs, which hold more than a piece, and
    by what one costs; without evidence it multiplies. A factor of 1 on every unit of a product with several says nothing and is not used; one that is the
    same for all units of a product, pieces too, is that of its packs: a piece is one.
    """
    count = len(pairs.unit)
    good = (value > 0.0) & np.isfinite(value)
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    at = pairs.of_row[good]
    np.minimum.at(low, at, value[good])
    np.maximum.at(high, at, value[good])
    one = np.where(low == high, low, np.nan)
    unit = np.array([names[u] for u in pairs.unit], object)
    pieces = np.array(
        [(k := units[u]) is not None and k.kind == "pieces" and k.size == 1.0 for u in pairs.unit], bool
    )
    sizes = np.array([(k := units[u]) is not None and k.kind != "pack" for u in pairs.unit], bool)
    present = pairs.rows > 0
    product = pairs.product
    width = int(product.max(initial=0)) + 1
    several = (np.bincount(product, weights=present & (unit != ""), minlength=width) > 1)[product]
    least, most = np.full(width, np.inf), np.full(width, -np.inf)
    np.minimum.at(least, product[present], low[present])
    np.maximum.at(most, product[present], high[present])
    flat = several & (least == most)[product]
    price = None
    if money is not None:
        here = live & (quantity != 0) & np.isfinite(money)
        paid = np.bincount(pairs.of_row[here], weights=np.abs(money[here]), minlength=count)
        sold = np.bincount(pairs.of_row[here], weights=np.abs(quantity[here]), minlength=count)
        price = np.divide(paid, sold, out=np.full(count, np.nan), where=(sold > 0) & (paid > 0))
    times, over = _votes(pairs, units, one, price)
    factor = np.where(good, value, np.nan)
    divides = over > times
    if divides:
        factor = 1.0 / factor
    saying_nothing = flat & ~pieces & (one == 1.0)
    factor[saying_nothing[pairs.of_row]] = np.nan
    of_packs = pieces & np.isfinite(one) & (one != 1.0) & (flat | (~several & ~np.bool_(divides)))
    factor[of_packs[pairs.of_row]] = 1.0
    no_piece = (
        flat
        & (one != 1.0)
        & (np.bincount(product, weights=present & pieces, minlength=width) == 0)[product]
        & ~sizes
    )
    factor[no_piece[pairs.of_row]] = np.nan
    bad = ~good
    own = np.isin(
        unit, list({str(u) for u, f in zip(unit[present], one[present], strict=True) if f == 1.0})
    )  # units that are a product's own somewhere
    fill = np.where(
        np.isfinite(one), 1.0 / one if divides else one, np.where(own & (~np.isfinite(low)), 1.0, np.nan)
    )
    fill = np.where(
        ~several & ~np.isfinite(low), 1.0, fill
    )  # the only unit of its product, and no factor anywhere: as it is
    use = bad & blank & np.isfinite(fill)[pairs.of_row]
    factor[use] = fill[pairs.of_row[use]]
    lone = bad & ~use & (~several & ~np.isfinite(low))[pairs.of_row]
    factor[lone] = 1.0
    differing = np.flatnonzero(present & (high > low) & np.isfinite(high))
    ranked = sorted(differing.tolist(), key=lambda p: -pairs.rows[p])
    return Factors(
        factor,
        divides,
        np.flatnonzero(bad & ~use & live),
        np.flatnonzero(use & live & (fill != 1.0)[pairs.of_row]),
        tuple(
            (int(product[p]), int(sum(pairs.rows[ranked])), float(low[p]), float(high[p])) for p in ranked[:1]
        ),
        quantity,
    )
