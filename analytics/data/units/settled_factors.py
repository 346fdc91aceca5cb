"""By how much a product's quantities in each of its units are multiplied: as told, as the list of items or the stated sizes say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.data.columns.item_facts import ItemFacts
from analytics.data.meaning.treatments import plain_value
from analytics.data.units.unit_pairs import UnitColumn, UnitNames, UnitPairs
from analytics.data.values.categorical import Coded
from analytics.data.values.unit_words import Unit, unit_of

__all__ = ["settle_factors", "told_factors"]

_NOTHING = float("nan")


def _anchor(here: Sequence[int], names: UnitNames) -> int:
    """The unit that a product is counted in: of the kinds with a stated size the one with most rows in the file, pieces before others; else the most frequent."""
    stated = [u for u in here if (one := names.unit[u]) is not None and one.kind != "pack"]
    pieces = [u for u in stated if (one := names.unit[u]) is not None and one.kind == "pieces"]
    return max(
        pieces or stated or [u for u in here if names.name[u]] or here, key=lambda u: (names.rows[u], -u)
    )


def _settled(
    here: tuple[int, ...], base: Unit | None, packs: Mapping[str, float], names: UnitNames
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


def told_factors(
    column: UnitColumn,
    sku: Coded,
    names: UnitNames,
    pairs: UnitPairs,
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


def settle_factors(
    factor: NDArray[np.float64],
    given: NDArray[np.bool_],
    by_row: NDArray[np.float64] | None,
    pairs: UnitPairs,
    names: UnitNames,
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
