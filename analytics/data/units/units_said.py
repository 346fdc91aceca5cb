"""What is said and asked of units: converted, counted beside each other, or asked about with the products at stake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from analytics.data.columns.item_facts import ItemFacts
from analytics.data.meaning.meanings import Judged
from analytics.data.meaning.treatments import plain_value
from analytics.data.units.unit_pairs import UnitColumn, UnitNames, UnitPairs, UnitRows
from analytics.data.values.categorical import Coded
from analytics.data.values.unit_words import unit_of
from analytics.errors import Problem
from analytics.naming.labels import total_text

__all__ = ["Measured", "differing_units", "measured_column"]

#: so many products of a unit are listed for a factor of their own
_MOST_PRODUCTS = 500


@dataclass(frozen=True, eq=False)
class Measured:
    """What was found of the units: the column as one of meaning, by how much each row's quantity is multiplied (None: by nothing), and what is to say."""

    judged: Judged
    factor: NDArray[np.float64] | None
    problems: tuple[Problem, ...] = ()
    #: product -> the unit that its quantities are in, where the file names it and nobody told it
    unit: Mapping[str, str] = field(default_factory=dict)


def differing_units(
    pairs: UnitPairs,
    names: UnitNames,
    factor: NDArray[np.float64],
    sku: Coded,
    items: ItemFacts | None,
    column: UnitColumn,
) -> list[Problem]:
    """Products counted in a unit each, but not all in the same; and units of the list of items that are not those of the sales."""
    found = []
    same = (pairs.rows > 0) & (factor == 1.0)
    units = sorted(set(pairs.unit[same].tolist()), key=lambda u: -names.rows[u])
    shown = [u for u in units if names.name[u]]
    if len(shown) > 1:
        listed = ", ".join(
            f"{len(set(pairs.product[same & (pairs.unit == u)].tolist())):,} in {names.name[u]}"
            for u in shown[:5]
        ) + (", ..." if len(shown) > 5 else "")
        words = (
            f"products are counted in different units of measure ({listed}): a total over products adds them"
        )
        found.append(
            Problem(
                "units_differ",
                words,
                "nothing to do: each product is planned in its own unit",
                None,
                column.name,
                listed,
                "",
                len(shown),
            )
        )
    if items is not None and items.base:
        apart = []
        for at in np.flatnonzero(same):
            base = items.base.get(str(sku.values[pairs.product[at]]), "")
            known = unit_of(base)
            if (
                base
                and names.name[pairs.unit[at]]
                and names.name[pairs.unit[at]] != (known.name if known else plain_value(base))
            ):
                apart.append((str(sku.values[pairs.product[at]]), names.name[pairs.unit[at]], base))
        if apart:
            code, unit, base = apart[0]
            words = (
                f"{len(apart):,} products are sold in another unit than the list of items names ({code}: {unit} and {base}): nothing states how many one is,"
                " so costs and stock may be of another unit"
            )
            remedy = f'say how many one is, with --treat "{column.name}:{unit}=12", or with a column of units per pack in the list of items'
            found.append(Problem("item_units", words, remedy, None, column.name, unit, base, len(apart)))
    return found


def measured_column(units: UnitRows, rows: NDArray[np.float64], problems: list[Problem], by: str) -> Measured:
    """The column as one of meaning: the rows of a text that stay as they are, are converted, or are asked about stand on lines of their own.

    `rows` (rows,) are the factors by which the quantity of every row is multiplied, NaN where nothing states one; `by` says
    by what they are known. What is said of them is added to `problems`.
    """
    column, sku, quantity, live = units.column, units.sku, units.quantity, units.live
    n = len(column.cells.values)
    outcome = np.where(np.isnan(rows), 2, np.where(rows == 1.0, 0, 1))
    cells = Coded((outcome * n + column.cells.codes).astype(np.int32), np.tile(column.cells.values, 3))
    asked = outcome == 2
    low, high = np.full(n, np.inf), np.full(n, -np.inf)
    changed = np.flatnonzero(outcome == 1)
    np.minimum.at(low, column.cells.codes[changed], rows[changed])
    np.maximum.at(high, column.cells.codes[changed], rows[changed])
    treatment, basis, words = [], [], []
    for text in column.cells.values:
        treatment.append("count")
        basis.append("known word" if unit_of(str(text)) is not None else "only value")
        words.append(
            f"{text}: the unit its products are counted in"
            if str(text).strip()
            else "no unit: counted as the other rows of the product"
        )
    for text, least, most in zip(column.cells.values, low, high, strict=True):
        one = f"{least:.10g}" if least == most else ""
        treatment.append(one or "count")
        basis.append("known word" if unit_of(str(text)) is not None else "told")
        words.append(
            f"{text}: multiplied by {one}, {by}"
            if one
            else f"{text}: multiplied {by}, by {least:.6g} to {most:.6g}"
        )
    treatment += ["ask"] * n
    basis += ["unknown"] * n
    first: dict[int, int] = {}
    for row in np.flatnonzero(asked)[::-1].tolist():
        first[int(column.cells.codes[row])] = row
    words += [
        f"{text}: {str(sku.values[sku.codes[first[i]]])[:40]} is counted in it and in another unit, and nothing states how many of that one is"
        if i in first
        else ""
        for i, text in enumerate(column.cells.values)
    ]
    question = _question(units, asked & live) if (asked & live).any() else ""
    example = (
        next(
            (
                str(t).strip()
                for t in column.cells.values[np.unique(column.cells.codes[asked])]
                if str(t).strip()
            ),
            "",
        )
        if asked.any()
        else ""
    )
    code = str(sku.values[sku.codes[int(np.argmax(asked))]]) if asked.any() else ""
    remedy = (
        f'say how many one is with --treat "{column.name}:{example}=12", for one product with --treat "{column.name}:{example} of {code}=12", or leave these rows out'
        f' ("{column.name}:{example}=leave out"); on the page Data; or give a list of items with a column of units per pack'
    )
    judged = Judged(
        cells,
        column.name,
        "unit",
        tuple(treatment),
        tuple(basis),
        tuple(words),
        question=question,
        remedy=remedy,
        products=_products(units, cells),
    )
    hit = changed[live[changed]]
    if len(hit):
        before, after = float(np.abs(quantity[hit]).sum()), float(np.abs(quantity[hit] * rows[hit]).sum())
        texts = sorted({str(column.cells.values[c]) for c in np.unique(column.cells.codes[hit])})
        listed = ", ".join(texts[:5]) + (", ..." if len(texts) > 5 else "")
        said = f"quantities in {listed} are converted into the unit of their product, {by}: {total_text(before)} became {total_text(after)} units"
        problems.append(
            Problem("units_converted", said, "nothing to do", None, column.name, listed, "", len(hit))
        )
    return Measured(judged, None if not len(changed) else np.where(asked, 1.0, rows), tuple(problems))


def _products(units: UnitRows, cells: Coded) -> dict[int, tuple[tuple[str, int, float], ...]]:
    """By value of the column as judged, of units that are converted or asked about: the products counted in it, most units first."""
    column, names, pairs, sku = units.column, units.names, units.pairs, units.sku
    n = len(column.cells.values)
    found: dict[int, tuple[tuple[str, int, float], ...]] = {}
    by_unit: dict[int, tuple[tuple[str, int, float], ...]] = {}
    for value in np.flatnonzero(cells.counts()[n:]) + n:
        unit = int(names.of_value[value % n])
        if unit not in by_unit:
            here = np.flatnonzero((pairs.unit == unit) & (pairs.rows > 0))
            here = here[np.argsort(-pairs.units[here], kind="stable")][:_MOST_PRODUCTS]
            by_unit[unit] = tuple(
                (str(sku.values[pairs.product[i]]), int(pairs.rows[i]), float(pairs.units[i])) for i in here
            )
        found[int(value)] = by_unit[unit]
    return found


def _question(units: UnitRows, asked: NDArray[np.bool_]) -> str:
    """Which products are counted in which units, with rows and units: those with most units at stake first."""
    column, names, pairs = units.column, units.names, units.pairs
    quantity, sku = units.quantity, units.sku
    at_stake = np.bincount(
        pairs.product[pairs.of_row[asked]],
        weights=np.abs(np.nan_to_num(quantity[asked])),
        minlength=len(sku.values),
    )
    products = [int(p) for p in np.argsort(-at_stake, kind="stable")[:4] if at_stake[p] > 0] or [
        int(pairs.product[pairs.of_row[int(np.argmax(asked))]])
    ]
    count = len(set(pairs.product[pairs.of_row[asked]].tolist()))
    spelled: dict[int, str] = {}
    for code in np.argsort(-column.cells.counts(), kind="stable"):
        spelled.setdefault(int(names.of_value[code]), str(column.cells.values[code]).strip())
    said = []
    for product in products:
        here = np.flatnonzero((pairs.product == product) & (pairs.rows > 0))
        each = [
            f"in {spelled[int(pairs.unit[i])]!r} ({pairs.rows[i]:,.0f} rows, {total_text(float(pairs.units[i]))} units)"
            for i in here[:6]
        ]
        said.append(f"{str(sku.values[product])[:40]} is counted " + " and ".join(each))
    more = f"; and {count - len(products):,} more products" if count > len(products) else ""
    return f"{'; '.join(said)}{more}: nothing states how many of one the other is, and they are not added"
