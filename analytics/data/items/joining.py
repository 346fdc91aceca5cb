"""Joining: how many codes of the items file are found among the products sold, and which simple change of writing would join the others.

Codes of two files differ in leading zeros, in case, in blanks (no-break spaces among them), in dashes, or in a name written beside them
("[A-1] Bolt", "A-1 (Bolt)", "A-1 - Bolt"). A change that joins more of them is proposed with an example
and made only where it is told; codes that a change would make fall together are different products in one of the files: they are kept apart and named.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.data.items.bom_file import BillOfMaterials
from analytics.errors import DataError, Problem
from analytics.items import Items

__all__ = [
    "CHANGES",
    "JOIN_OPTION",
    "Joining",
    "changes_told",
    "joined_bom",
    "joined_items",
    "joining_of",
    "joining_problems",
    "same_codes",
]

_BLANKS = re.compile("[\\s\u00a0\u1680\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]+")
_DASHES = re.compile("[-_\u2010-\u2015\u2212\u00ad\ufe58\ufe63\uff0d]+")
_NAMED = re.compile(r"^\[([^\]]+)\]\s*\S.*$|^(\S+)(?:\s*\(.*\)|\s+[-\u2013\u2014|:]\s+\S.*|:\s+\S.*)$")
_ZEROS = re.compile(r"^0+(?=[0-9A-Za-z])")
#: a change of writing -> what it does to a code; in the order in which they are made
_MAKE: Mapping[str, Callable[[str], str]] = {
    "names": lambda code: _NAMED.sub(r"\1\2", code.strip()),
    "blanks": lambda code: _BLANKS.sub("", code),
    "dashes": lambda code: _DASHES.sub("", code),
    "case": lambda code: code.casefold(),
    "zeros": lambda code: _ZEROS.sub("", code),
}
CHANGES = ("zeros", "case", "blanks", "dashes", "names")
#: the option in the words of a remedy
JOIN_OPTION = f"option join: {', '.join(CHANGES)}"
_WORDS = {
    "zeros": "leading zeros",
    "case": "capitals",
    "blanks": "blanks",
    "dashes": "dashes",
    "names": "names beside the codes",
}


@dataclass(frozen=True)
class Joining:
    """How two lists of codes join: `items` codes in the items file, `products` sold, `joined` found in both as they are written.

    `change` are the changes of writing that would join most of the others ("" none), `would_join` how many more, `example` a code of the items file and the code
    sold that it would join, `apart` codes that the change would make fall together (kept apart).
    """

    items: int
    products: int
    joined: int
    change: tuple[str, ...] = ()
    would_join: int = 0
    example: tuple[str, str] = ("", "")
    apart: tuple[str, ...] = ()

    @property
    def unjoined(self) -> int:
        """Items whose code finds no sales as it is written.

        >>> Joining(10, 8, 7).unjoined
        3
        """
        return self.items - self.joined

    @property
    def option(self) -> str:
        """The change as the option join takes it."""
        return ",".join(self.change)

    @property
    def words(self) -> str:
        """The differences of writing in words: leading zeros and capitals."""
        return " and ".join(_WORDS[one] for one in self.change)


def changes_told(told: str | Sequence[str] | None) -> tuple[str, ...]:
    """The changes of an option such as "zeros,case". Raises DataError for one that is none.

    >>> changes_told("zeros, case")
    ('zeros', 'case')
    """
    named = [one.strip().lower() for one in (told.split(",") if isinstance(told, str) else told or ())]
    wrong = next((one for one in named if one and one not in CHANGES), "")
    if wrong:
        raise DataError(
            Problem(
                "join",
                f"{wrong!r} is no change of codes",
                f"name some of {', '.join(CHANGES)}, parted by commas",
                found=wrong,
                expected=", ".join(CHANGES),
            )
        )
    return tuple(one for one in CHANGES if one in named)


def _key(code: str, changes: Sequence[str]) -> str:
    for name, make in _MAKE.items():
        if name in changes:
            code = make(code)
    return code


def _matches(
    codes: Sequence[str], sold: Sequence[str], changes: Sequence[str]
) -> tuple[dict[str, str], list[str]]:
    """Codes that find exactly one product sold by a change of writing and share it with no other, and those that would fall together with another."""
    known = set(sold)
    by_key: dict[str, list[str]] = {}
    for code in sold:
        by_key.setdefault(_key(code, changes), []).append(code)
    keys = {code: _key(code, changes) for code in codes}
    counted = Counter(keys.values())
    found: dict[str, str] = {}
    apart: list[str] = []
    for code, key in keys.items():
        if code in known or key not in by_key:
            continue
        if len(by_key[key]) > 1 or counted[key] > 1:
            apart.append(code)
        else:
            found[code] = by_key[key][0]
    return found, apart


def same_codes(
    codes: Sequence[str] | NDArray[Any], sold: Sequence[str] | NDArray[Any], changes: Sequence[str]
) -> dict[str, str]:
    """Codes that are one product sold but for the changes of writing -> that product; `codes` and `sold` are texts of shape (n,) and (products,).

    >>> same_codes(["1", "X"], ["00001"], ("zeros",)), same_codes(["1"], ["00001"], ())
    ({'1': '00001'}, {})
    """
    return _matches([str(c) for c in codes], [str(s) for s in sold], changes)[0] if changes else {}


def joining_of(codes: Sequence[str] | NDArray[Any], sold: Sequence[str] | NDArray[Any]) -> Joining:
    """How the codes of an items file join those of the products sold, and the fewest changes of writing that would join most of the others.

    >>> found = joining_of(["1", "2", "X"], ["00001", "00002", "00003"])
    >>> found.joined, found.change, found.would_join, found.example
    (0, ('zeros',), 2, ('1', '00001'))
    """
    listed, products = [str(code) for code in codes], [str(code) for code in sold]
    joined = len(set(listed) & set(products))
    plain = Joining(len(listed), len(products), joined)
    if joined == len(listed) or joined == len(products) or len(listed) + len(products) > 2_000_000:
        return plain
    best, most = plain, 0
    for size in range(1, len(CHANGES) + 1):
        for changes in combinations(CHANGES, size):
            found, apart = _matches(listed, products, changes)
            if len(found) > most:
                most = len(found)
                best = replace(
                    plain,
                    change=changes,
                    would_join=most,
                    example=next(iter(found.items())),
                    apart=tuple(apart),
                )
            elif not most and apart and not best.apart:
                best = replace(plain, apart=tuple(apart))
    return best


def _renamed(
    codes: NDArray[Any], sold: NDArray[Any], changes: Sequence[str]
) -> tuple[NDArray[Any], dict[str, str], list[str]]:
    found, apart = _matches([str(code) for code in codes], [str(code) for code in sold], changes)
    renamed = np.empty(len(codes), dtype=object)
    renamed[:] = [found.get(str(code), code) for code in codes]
    return renamed, found, apart


def joined_items(items: Items, sold: NDArray[Any], changes: Sequence[str]) -> tuple[Items, list[Problem]]:
    """The items with codes written as in the sales where the changes join them; how many, and which are kept apart.

    >>> from analytics.items import empty_items
    >>> items, said = joined_items(empty_items(["1", "9"]), np.array(["001", "002"], object), ("zeros",))
    >>> items.skus.tolist(), said[0].count
    (['001', '9'], 1)
    """
    renamed, found, apart = _renamed(items.skus, sold, changes)
    problems: list[Problem] = []
    if found:
        code, product = next(iter(found.items()))
        words = f"{len(found)} codes of the items file were joined to products sold by leaving {' and '.join(_WORDS[one] for one in changes)} out of account, as told"
        problems.append(
            Problem(
                "codes_joined",
                words,
                "leave the option join out if that is wrong",
                found=f"{code} -> {product}",
                count=len(found),
            )
        )
    if apart:
        problems.append(_kept_apart(apart))
    if not found:
        return items, problems
    order = np.argsort(renamed.astype(str), kind="stable")
    return replace(items, skus=renamed).take(order), problems


def joined_bom(bom: BillOfMaterials, sold: NDArray[Any], changes: Sequence[str]) -> BillOfMaterials:
    """The bill of materials with the codes of products sold written as in the sales, where the changes join them."""
    renamed, found, _ = _renamed(bom.codes, sold, changes)
    if not found:
        return bom
    order = np.argsort(renamed.astype(str), kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return replace(
        bom,
        codes=renamed[order],
        parent=place[bom.parent],
        component=place[bom.component],
        incomplete=np.sort(place[bom.incomplete]),
    )


def _kept_apart(apart: Sequence[str]) -> Problem:
    words = f"{len(apart)} codes of the items file would fall together with others by that change; they are kept apart"
    return Problem(
        "codes_kept_apart",
        words,
        "write them as in the sales",
        found=", ".join(list(apart)[:4]),
        count=len(apart),
    )


def joining_problems(found: Joining) -> list[Problem]:
    """What there is to say of codes of an items file that find no sales: the change that would join them, with an example; or how few are found."""
    lost = found.items - found.joined
    if not lost or not found.products:
        return []
    if found.would_join:
        code, product = found.example
        words = f"{lost:,} of {found.items:,} items find no sales; {found.would_join:,} of them would if {found.words} did not count: {code} -> {product}"
        problems = [
            Problem(
                "codes_differ",
                words,
                f"join them (option join: {found.option})",
                found=f"{code} -> {product}",
                expected="codes written as in the sales",
                count=lost,
            )
        ]
        return [*problems, _kept_apart(found.apart)] if found.apart else problems
    if found.apart:
        return [_kept_apart(found.apart)]
    if not found.joined:
        words = f"none of {found.items:,} items is among the {found.products:,} products sold"
        return [
            Problem(
                "codes_differ",
                words,
                "give the items file of these products, or name its column of codes",
                expected="codes written as in the sales",
                count=lost,
            )
        ]
    return []
