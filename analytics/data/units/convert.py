"""Units of measure of sales: quantities of one product in several units are converted by what the files state, else asked about; never added unconverted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.columns.item_facts import ItemFacts
from analytics.data.meaning.meanings import Judged, Meanings, plain_value, rank_of
from analytics.data.units.factors import factors_of_rows
from analytics.data.values.categorical import Coded
from analytics.data.values.numbers import parse_numbers
from analytics.data.values.unit_words import Unit, unit_of, units_beside
from analytics.errors import Problem
from analytics.naming.labels import total_text

__all__ = ["Measured", "UnitColumn", "cells_with_units", "converted", "in_one_unit", "units_of_rows"]

_NOTHING = float("nan")
#: so many products of a unit are listed for a factor of their own
_MOST_PRODUCTS = 500


@dataclass(frozen=True, eq=False)
class UnitColumn:
    """The column of units of a file, and that of factors where it has one (`factor` as text cells with decimal mark `mark`)."""

    cells: Coded
    name: str
    factor: Coded | None = None
    factor_name: str = ""
    mark: str = "."


@dataclass(frozen=True, eq=False)
class Measured:
    """What was found of the units: the column as one of meaning, by how much each row's quantity is multiplied (None: by nothing), and what is to say."""

    judged: Judged
    factor: NDArray[np.float64] | None
    problems: tuple[Problem, ...] = ()
    #: product -> the unit that its quantities are in, where the file names it and nobody told it
    unit: Mapping[str, str] = field(default_factory=dict)


def cells_with_units(cells: Coded) -> tuple[Coded, Coded] | None:
    """Quantities such as "12 pcs" parted into numbers and units; None where no cell names a unit.

    >>> from analytics.data.values.categorical import coded_texts
    >>> numbers, units = cells_with_units(coded_texts(["12 pcs", "3 kg", "4"]))
    >>> numbers.texts().tolist(), units.texts().tolist()
    (['12', '3', '4'], ['pcs', 'kg', ''])
    """
    parted = [
        units_beside(text) if text and not text.strip()[-1:].isdigit() else ("", "") for text in cells.values
    ]
    if not any(unit for _, unit in parted):
        return None
    numbers = np.array(
        [number or text for (number, _), text in zip(parted, cells.values, strict=True)], dtype=object
    )
    units = np.array([unit for _, unit in parted], dtype=object)
    return cells.regrouped(numbers), cells.regrouped(units)


def units_of_rows(
    column: Mapping[str, Coded],
    named: Mapping[str, str],
    sku: Coded,
    quantity: NDArray[np.float64],
    money: NDArray[np.float64] | None,
    good: NDArray[np.bool_],
    meanings: Meanings,
    mark: str,
    items: ItemFacts | None,
) -> Measured | None:
    """The units of a file's rows as a column of meaning, taken into `meanings`; None where it has no column of units."""
    if "unit" not in column:
        return None
    one = UnitColumn(
        column["unit"], named["unit"], column.get("unit_factor"), named.get("unit_factor", ""), mark
    )
    live = good & (meanings.combined(len(good)) <= rank_of("return"))
    keys = [
        value
        for name, values in meanings.treatments.items()
        if plain_value(name) == plain_value(one.name)
        for value in values
    ]
    found = converted(
        one, sku, quantity, money, live, lambda value: meanings.told(one.name, value), keys, items
    )
    meanings.add(found.judged)
    return found


def in_one_unit(numbers: dict[str, NDArray[np.float64]], measured: Measured | None) -> None:
    """Quantities multiplied into the unit of their product, and what one costs divided: money stays what it was. In place."""
    if measured is None or measured.factor is None:
        return
    numbers["quantity"] = numbers["quantity"] * measured.factor
    for role in ("price", "unit_cost"):
        if role in numbers:
            numbers[role] = numbers[role] / measured.factor


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Products and their units: one entry a pair, with rows and units among the rows that count; `of_row` gives the pair of every row."""

    of_row: NDArray[np.int64]
    product: NDArray[np.int64]
    unit: NDArray[np.int64]
    rows: NDArray[np.float64]
    units: NDArray[np.float64]


def _pairs(
    sku: Coded,
    unit_of_value: NDArray[np.int64],
    cells: Coded,
    count: int,
    quantity: NDArray[np.float64],
    live: NDArray[np.bool_],
) -> _Pairs:
    key = sku.codes.astype(np.int64) * count + cells.spread(unit_of_value)
    of_row, keys = pd.factorize(key)
    rows = np.bincount(of_row, weights=live, minlength=len(keys)).astype(float)
    units = np.bincount(
        of_row, weights=np.where(live, np.abs(np.nan_to_num(quantity)), 0.0), minlength=len(keys)
    ).astype(float)
    return _Pairs(of_row, keys // count, keys % count, rows, units)


@dataclass(frozen=True, eq=False)
class _Names:
    """The different units of a column: `of_value` their position for each distinct text, `name` and `unit` (None: not known), rows by unit."""

    of_value: NDArray[np.int64]
    name: list[str]
    unit: list[Unit | None]
    rows: NDArray[np.float64]


def _names(cells: Coded) -> _Names:
    found = [unit_of(str(text)) for text in cells.values]
    spelled = [
        one.name if one is not None else plain_value(str(text))
        for one, text in zip(found, cells.values, strict=True)
    ]
    place: dict[str, int] = {}
    of_value = np.array([place.setdefault(name, len(place)) for name in spelled], np.int64)
    unit: list[Unit | None] = [None] * len(place)
    for at, one in zip(of_value, found, strict=True):
        unit[at] = unit[at] or one
    return _Names(
        of_value,
        list(place),
        unit,
        np.bincount(of_value, weights=cells.counts(), minlength=len(place)).astype(float),
    )


def _anchor(here: Sequence[int], names: _Names) -> int:
    """The unit that a product is counted in: of the kinds with a stated size the one with most rows in the file, pieces before others; else the most frequent."""
    stated = [u for u in here if (one := names.unit[u]) is not None and one.kind != "pack"]
    pieces = [u for u in stated if (one := names.unit[u]) is not None and one.kind == "pieces"]
    return max(
        pieces or stated or [u for u in here if names.name[u]] or here, key=lambda u: (names.rows[u], -u)
    )


def _settled(
    here: tuple[int, ...], base: Unit | None, packs: Mapping[str, float], names: _Names
) -> dict[int, float]:
    """By how much the quantities in each of a product's units are multiplied to be in one: NaN where nothing states it.

    `base` is the unit that the list of items gives the product, `packs` what it says of packs.
    """
    if len(here) == 1 and (base is None or names.name[here[0]] in ("", base.name)):
        return {here[0]: 1.0}
    at = _anchor(here, names)
    anchor, found = base or names.unit[at], {}
    packed = [u for u in here if (one := names.unit[u]) is not None and one.kind == "pack"]
    for u in here:
        one = names.unit[u]
        held = packs.get(names.name[u], packs.get("", _NOTHING) if packed == [u] else _NOTHING)
        if (anchor is not None and names.name[u] == anchor.name) or (base is None and u == at):
            found[u] = 1.0
        elif one is None or anchor is None:
            found[u] = held
        elif one.kind == anchor.kind != "pack":
            found[u] = one.size / anchor.size
        elif one.kind == "pack":
            found[u] = held / anchor.size if anchor.kind == "pieces" else held
        else:
            found[u] = (
                one.size / packs.get(anchor.name, packs.get("", _NOTHING))
                if anchor.kind == "pack" and one.kind == "pieces"
                else _NOTHING
            )
    if len(here) == 1 and np.isnan(
        found[here[0]]
    ):  # nothing is added to anything: it stays as it is, and that it differs from the list is said
        found[here[0]] = 1.0
    blank = next((u for u in here if not names.name[u]), None)
    others = [u for u in here if u != blank]
    if (
        blank is not None
        and len(others) == 1
        and (names.name[others[0]] == "piece" or names.rows[blank] < names.rows[others[0]])
    ):
        found[blank] = found[others[0]]
    return found


def _told(
    column: UnitColumn,
    sku: Coded,
    names: _Names,
    pairs: _Pairs,
    told: Callable[[str], str],
    keys: Sequence[str],
) -> NDArray[np.float64]:
    """Factors that a person told for a unit ("box") or for a unit of one product ("box of SKU1"), by pair; NaN where nothing was told, and for rows to leave out."""
    out = np.full(len(pairs.unit), _NOTHING)
    by_unit = {u: told(str(text)) for u, text in zip(names.of_value, column.cells.values, strict=True)}

    def factor(said: str) -> float:
        try:
            return float(said)
        except ValueError:
            return 1.0 if said in ("count", "return", "leave out") else _NOTHING

    for u, said in by_unit.items():
        if said:
            out[pairs.unit == u] = factor(said)
    products = (
        {plain_value(str(code)): p for p, code in enumerate(sku.values)}
        if any(" of " in key for key in keys)
        else {}
    )
    texts = {plain_value(str(text)): u for u, text in zip(names.of_value, column.cells.values, strict=True)}
    for key in keys:
        plain = plain_value(key)
        for at in (i for i in range(len(plain)) if plain.startswith(" of ", i)):
            unit, product = texts.get(plain[:at]), products.get(plain[at + 4 :])
            if unit is not None and product is not None:
                out[(pairs.unit == unit) & (pairs.product == product)] = factor(told(key))
    return out


def converted(
    column: UnitColumn,
    sku: Coded,
    quantity: NDArray[np.float64],
    money: NDArray[np.float64] | None,
    live: NDArray[np.bool_],
    told: Callable[[str], str],
    keys: Sequence[str] = (),
    items: ItemFacts | None = None,
) -> Measured:
    """The units of every row, and the factor that brings a product's quantities into one unit.

    Evidence, in this order: what a person told (`told` gives it for a text of the column, `keys` are all that was told of it), the column of factors, the
    unit and packs of the list of items, the stated sizes of units. Units of one product that nothing converts are asked about. `live` are the rows that
    count as sales so far; `money` their revenue or None.
    """
    names = _names(column.cells)
    pairs = _pairs(sku, names.of_value, column.cells, len(names.name), quantity, live)
    factor = _told(column, sku, names, pairs, told, keys)
    given = ~np.isnan(factor)
    problems: list[Problem] = []
    by_row: NDArray[np.float64] | None = None
    if column.factor is not None:
        cells, blank = parse_numbers(column.factor.values, column.mark)
        read = factors_of_rows(
            pairs,
            names.name,
            names.unit,
            column.factor.spread(cells),
            column.factor.spread(blank),
            quantity,
            money,
            live & ~given[pairs.of_row],
        )
        by_row = read.factor
        problems += read.problems(column.factor_name, column.name, sku, column.cells)
    _settle(factor, given, by_row, pairs, names, sku, items)
    rows = factor[pairs.of_row]
    if by_row is not None:
        told_rows = given[pairs.of_row]
        rows = np.where(told_rows, rows, by_row)
    problems += _differences(pairs, names, factor, sku, items, column)
    told_alone = (
        given.any()
        and by_row is None
        and not (~given & (pairs.rows > 0) & (factor != 1.0) & ~np.isnan(factor)).any()
    )
    by = (
        "as told"
        if told_alone
        else f"by {column.factor_name!r}"
        if by_row is not None
        else "by the size that is stated"
    )
    found = _measured(column, names, pairs, rows, sku, quantity, live, problems, by)
    return replace(found, unit=_units(pairs, names, factor, given, by_row, sku))


def _units(
    pairs: _Pairs,
    names: _Names,
    factor: NDArray[np.float64],
    given: NDArray[np.bool_],
    by_row: NDArray[np.float64] | None,
    sku: Coded,
) -> dict[str, str]:
    """The unit of each product: that of the rows that are not converted, unless a person said anything of the product's units."""
    if by_row is not None:
        factor = np.full(len(factor), np.nan)
        np.fmin.at(factor, pairs.of_row, np.where(by_row == 1.0, 1.0, np.nan))
    told = set(pairs.product[given].tolist())
    here = np.flatnonzero((factor == 1.0) & (pairs.rows > 0))
    ordered = here[np.argsort(pairs.rows[here], kind="stable")]
    return {
        str(sku.values[p]): names.name[u]
        for p, u in zip(pairs.product[ordered].tolist(), pairs.unit[ordered].tolist(), strict=True)
        if p not in told
    }


def _settle(
    factor: NDArray[np.float64],
    given: NDArray[np.bool_],
    by_row: NDArray[np.float64] | None,
    pairs: _Pairs,
    names: _Names,
    sku: Coded,
    items: ItemFacts | None,
) -> None:
    """Fill the factors that nobody told, in place: products by their set of units, what is equal worked out once."""
    if by_row is not None:
        return
    open_pairs = np.flatnonzero(~given & (pairs.rows > 0))
    order = open_pairs[np.lexsort((pairs.unit[open_pairs], pairs.product[open_pairs]))]
    starts = np.flatnonzero(np.diff(pairs.product[order], prepend=-1))
    known: dict[Any, dict[int, float]] = {}
    anchored = set(pairs.product[given].tolist())
    for begin, end in zip(starts, [*starts[1:], len(order)][: len(starts)], strict=True):
        group = order[begin:end]
        here = tuple(pairs.unit[group].tolist())
        product = int(pairs.product[group[0]])
        if len(here) == 1 and (items is None or (not items.base and not items.packs) or product in anchored):
            factor[group] = 1.0
            continue
        code = str(sku.values[product])
        base = unit_of(items.base[code]) if items is not None and code in items.base else None
        packs = items.packs.get(code, {}) if items is not None else {}
        key = (here, base, tuple(sorted(packs.items())))
        if key not in known:
            known[key] = _settled(here, base, packs, names)
        factor[group] = [known[key][u] for u in here]
    factor[np.isnan(factor) & (pairs.rows == 0)] = 1.0


def _differences(
    pairs: _Pairs,
    names: _Names,
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


def _measured(
    column: UnitColumn,
    names: _Names,
    pairs: _Pairs,
    rows: NDArray[np.float64],
    sku: Coded,
    quantity: NDArray[np.float64],
    live: NDArray[np.bool_],
    problems: list[Problem],
    by: str,
) -> Measured:
    """The column as one of meaning: the rows of a text that stay as they are, are converted, or are asked about stand on lines of their own."""
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
    question = _question(column, names, pairs, asked & live, quantity, sku) if (asked & live).any() else ""
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
        products=_products(column, names, pairs, cells, sku),
    )
    hit = changed[live[changed]]
    if len(hit):
        before, after = float(np.abs(quantity[hit]).sum()), float(np.abs(quantity[hit] * rows[hit]).sum())
        units = sorted({str(column.cells.values[c]) for c in np.unique(column.cells.codes[hit])})
        listed = ", ".join(units[:5]) + (", ..." if len(units) > 5 else "")
        said = f"quantities in {listed} are converted into the unit of their product, {by}: {total_text(before)} became {total_text(after)} units"
        problems.append(
            Problem("units_converted", said, "nothing to do", None, column.name, listed, "", len(hit))
        )
    return Measured(judged, None if not len(changed) else np.where(asked, 1.0, rows), tuple(problems))


def _products(
    column: UnitColumn, names: _Names, pairs: _Pairs, cells: Coded, sku: Coded
) -> dict[int, tuple[tuple[str, int, float], ...]]:
    """By value of the column as judged, of units that are converted or asked about: the products counted in it, most units first."""
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


def _question(
    column: UnitColumn,
    names: _Names,
    pairs: _Pairs,
    asked: NDArray[np.bool_],
    quantity: NDArray[np.float64],
    sku: Coded,
) -> str:
    """Which products are counted in which units, with rows and units: those with most units at stake first."""
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
