"""An indented bill of materials: the parent of a row is the last row above it that stands one level higher."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.data.layout.raw_table import RawTable
from analytics.data.values.categorical import Coded
from analytics.data.values.header_names import BOM_NAMES, normal_name
from analytics.errors import Problem

__all__ = ["PARENT_ABOVE", "Levels", "parents_by_level"]

#: the name of the column that is put beside those of the file
PARENT_ABOVE = "parent (row above, one level higher)"
_LEVELS = frozenset(
    "level|bom level|lvl|explosion level|structure level|indent|indent level|indentation|stufe|auflosungsstufe|ebene|strukturstufe|niveau|nivel|livello|niva|poziom|uroven"
    "|stlvl|ustuf|stufe strukturstufe".split("|")
)
#: names of the product whose list it is, beside a column of components
_ON_TOP = frozenset(
    "material|material number|product|top level|top item|header material|item|sku|erzeugnis|kopfmaterial".split(
        "|"
    )
)
_LEVEL = re.compile(r"^[\s.\-–>*|+]*(\d{1,2})(?:[.,]0)?$")


class Levels(NamedTuple):
    """A bill of materials with a parent in every row; rows (rows,) that are products on top, and rows of a list that stands above already."""

    table: RawTable
    top: NDArray[np.bool_]
    again: NDArray[np.bool_]


def parents_by_level(table: RawTable) -> Levels:
    r"""The table with the parent of every row by its level, which rows are products on top, and which list the components of a part again.

    As it is, and none, where no column of levels says more than its columns of parents.

    Levels are whole numbers, with dots or blanks before them as lists indent. A row on the highest level is the product
    the rows below belong to, unless a column names the product: then that is the parent on the highest level. A row
    that follows none one level higher has no parent, and is left to be rejected. Quantities are taken for one of the level above.
    An indented list shows the components of a part under every product that has it: those after the first time are `again`.

    >>> from analytics.data.files.source import open_source
    >>> from analytics.data.files.table import read_table
    >>> text = b"Level,Item,Qty\n0,bike,1\n.1,wheel,2\n..2,spoke,32\n.1,saddle,1\n"
    >>> found = parents_by_level(read_table(open_source(text)[0]))
    >>> found.table.columns[-1].texts().tolist(), found.top.tolist()
    (['', 'bike', 'wheel', 'bike'], [True, False, False, False])
    """
    none = np.zeros(len(table), bool)
    at = next((i for i, name in enumerate(table.names) if normal_name(name) in _LEVELS), -1)
    if at < 0 or not len(table):
        return Levels(table, none, none)
    said = [_LEVEL.match(text.strip()) for text in table.columns[at].values]
    if sum(match is None for match in said) > 0.02 * len(said) + 1:
        return Levels(table, none, none)
    level = table.columns[at].spread(np.array([int(match[1]) if match else -1 for match in said], np.int64))
    item = _named(table, "component")
    named = _named(table, "parent", BOM_NAMES["component"])
    if named < 0:
        named = next(
            (i for i, name in enumerate(table.names) if i != item and normal_name(name) in _ON_TOP), -1
        )
    if item < 0 or (named >= 0 and level.max() <= max(int(level[level >= 0].min()), 1)):
        return Levels(table, none, none)
    codes = [text.strip() for text in table.columns[item].texts()]
    products = [text.strip() for text in table.columns[named].texts()] if named >= 0 else None
    highest = int(level[level >= 0].min())
    if products is not None and _own_parents(products, codes, level > highest):
        return Levels(table, none, none)
    parents, above = [], dict[int, tuple[str, int]]()  # of each level the last part, and the row it stands in
    top, again, product, first = none.copy(), none.copy(), "", dict[str, int]()
    for row, (code, here) in enumerate(zip(codes, level.tolist(), strict=True)):
        if products is not None and products[row] != product:
            product, above = products[row], {highest - 1: (products[row], row)}
        if here == highest and products is None:
            top[row], above = True, {}
        parent, at_row = above.get(here - 1, ("", row))
        parents.append(parent)
        again[row] = first.setdefault(parent, at_row) != at_row and bool(parent)
        above = {k: v for k, v in above.items() if k < here} | {here: (code, row)}
    values, inverse = np.unique(np.array(parents, object).astype(str), return_inverse=True)
    column = Coded(inverse.astype(np.int32), values.astype(object))
    words = f"parents are those of {table.names[at]}: the last row above that stands one level higher; quantities are for one of it"
    note = Problem(
        "bom_levels", words, "give parent and component in each row if that is wrong", column=table.names[at]
    )
    names, columns = (*table.names, PARENT_ABOVE), [*table.columns, column]
    return Levels(replace(table, names=names, columns=columns, problems=[*table.problems, note]), top, again)


def _own_parents(parents: Sequence[str], codes: Sequence[str], deep: NDArray[np.bool_]) -> bool:
    """Whether a column of parents names that of each row itself, not the product on top: those of deep rows are components too."""
    known = set(codes)
    return bool(np.mean([parents[row] in known for row in np.flatnonzero(deep).tolist()]) > 0.5)


def _named(table: RawTable, role: str, not_of: str = "") -> int:
    """The column of a role by its best name, names `not_of` another left out; -1 where there is none."""
    names = [name for name in BOM_NAMES[role].split("|") if name not in not_of.split("|")]
    found = [
        (names.index(plain), i) for i, name in enumerate(table.names) if (plain := normal_name(name)) in names
    ]
    return min(found)[1] if found else -1
