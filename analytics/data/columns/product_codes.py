"""Which column holds the code of a product where its name does not say so: the one whose every code stands with one name of the product."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analytics.data.columns.column_look import look
from analytics.data.values.categorical import Coded
from analytics.data.values.header_names import normal_name
from analytics.errors import Problem

__all__ = ["calls_products", "codes_of_names", "named_products"]

#: names of columns of names that may be those of people or of anything
_ANY_NAME = frozenset("name nom nombre nome nimi title memo concepto kurztext".split())


def calls_products(name: str, column: Coded) -> bool:
    """Whether a column of names speaks of products, and of more than one."""
    return normal_name(name) not in _ANY_NAME and len(column.values) > 1


def codes_of_names(free: Sequence[int], columns: Sequence[Coded], called: Coded) -> list[int]:
    """Positions, of those that are `free`, of columns of codes beside that of names (`called`): each code has one name, and they differ about as often."""
    return [i for i in free if _holds_codes(columns[i]) and _one_name(columns[i], called)]


def _holds_codes(column: Coded) -> bool:
    seen = look(column)
    broken = seen.numbers - seen.whole > 0.1  # amounts
    return (seen.codes > 0.8 or seen.whole > 0.99) and not broken and seen.dates < 0.9


def _one_name(codes: Coded, called: Coded) -> bool:
    """Whether nearly every code stands with one name only, names are not many more than codes, and codes come again."""
    many, rows = len(codes.values), len(codes)
    pairs = np.unique(codes.codes.astype(np.int64) * len(called.values) + called.codes)
    again = many <= max(1.5 * len(called.values), 0.5 * rows)
    return again and many >= max(2.0, 0.5 * len(called.values)) and len(pairs) <= 1.05 * many


def named_products(name: str) -> Problem:
    """What is said where products have no code and are told apart by the column of their names."""
    words = f"no column holds a code of the product: products are told apart by {name}"
    remedy = "name the column of the code if there is one (option mapping: sku=NAME)"
    return Problem("named_products", words, remedy, column=name)
