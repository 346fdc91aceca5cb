"""What a sheet is before it is written: tables of products with a formula a column, and grids of single cells, that refer to each other by name.

A formula names cells in braces: `{key}` is the cell of the same row, `{Sheet.key}` that of the same product on another
sheet, `{Sheet.key@range}` a whole column (`@first12` its first 12 rows), `{Sheet.key@total}` (or another line above the products) one cell of it, and
`{Sheet.name}` a named cell of a grid. `Book` turns them into addresses once every sheet is known, whichever comes first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["FORMULA", "INPUT", "RECORD", "SIMULATED", "TEXT", "Book", "Cell", "Column", "Grid", "Line", "Table", "letter"]  # fmt: skip

#: What a cell is: words, a value to edit, a value of the files, a value of the simulation or forecast, arithmetic.
TEXT, INPUT, RECORD, SIMULATED, FORMULA = "text", "input", "record", "simulated", "formula"

_REFERENCE = re.compile(r"\{(?:(\w+)\.)?(\w+)(?:@(\w+))?\}")
#: Stands around the row of the first product of a sheet, where a formula refers to the row of a product on it.
_ROW = "\0"


def letter(column: int) -> str:
    """The letters of a column counted from 0.

    >>> letter(0), letter(25), letter(26), letter(701)
    ('A', 'Z', 'AA', 'ZZ')
    """
    out = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        out = chr(65 + rest) + out
    return out


@dataclass(frozen=True, eq=False)
class Column:
    """A column of a table: `values` (rows,), and the `formula` that gives them where it is arithmetic.

    NaN is an empty cell. `form` names how numbers look. Where `linked` (rows,) is given only those rows have the formula, and the others their value.
    `total`: the line above the products adds it up. `band` stands above neighbours that belong together.
    """

    key: str
    title: str
    kind: str
    form: str
    values: NDArray[Any]
    formula: str = ""
    linked: NDArray[np.bool_] | None = None
    width: float = 12.0
    total: bool = False
    band: str = ""


@dataclass(frozen=True)
class Line:
    """A line above the products of a table: by column key a formula, its value and the form of the number."""

    key: str
    label: str
    cells: Mapping[str, tuple[str, float, str]]


@dataclass(frozen=True, eq=False)
class Table:
    """A sheet of one row a product: `columns`, `lines` above them, and the positions of its rows on the sheet of products.

    `product` (rows,) says at which row of the other tables the same product stands (None: the same row everywhere).
    """

    name: str
    title: str
    lead: str
    columns: Sequence[Column]
    lines: Sequence[Line] = ()
    product: NDArray[np.intp] | None = None
    frozen: int = 2

    @property
    def head(self) -> int:
        """The row of the headings, counted from 0: title, lead, lines and bands stand above."""
        return 3 + max(len(self.lines), 1)

    @property
    def first(self) -> int:
        """The row of the first product as sheets count rows, from 1."""
        return self.head + 2

    @property
    def rows(self) -> int:
        """How many products there are."""
        return len(self.columns[0].values)

    @property
    def at(self) -> Mapping[str, int]:
        """Column by key, counted from 0."""
        return {column.key: k for k, column in enumerate(self.columns)}

    def line(self, name: str) -> int:
        """The row of a line above the products, as sheets count rows. Raises KeyError where there is none."""
        names = [line.key for line in self.lines] or ["total"]
        if name not in names:
            raise KeyError(f"{self.name} has no line {name!r}")
        return 3 + names.index(name)


@dataclass(frozen=True)
class Cell:
    """One cell of a grid: words or a number, the formula that gives it, its kind and how it looks."""

    value: Any
    formula: str = ""
    kind: str = TEXT
    form: str = "text"
    look: str = ""


@dataclass(eq=False)
class Grid:
    """A sheet of single cells by row and column, counted from 0; `names` are cells that formulas refer to, `widths` of its columns."""

    name: str
    title: str
    lead: str
    widths: Sequence[float]
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    row: int = 3
    frozen: int = 0

    def add(self, *cells: Cell | str | None, names: Sequence[str] = (), at: int = 0) -> int:
        """Write a row from column `at` on and go to the next; `names` name its cells, "" none.

        Returns the row, counted from 0. Raises ValueError for a name that another cell has.
        """
        for k, cell in enumerate(cells):
            if cell is not None:
                self.cells[self.row, at + k] = Cell(cell) if isinstance(cell, str) else cell
        for k, name in enumerate(names):
            if name:
                if name in self.names:
                    raise ValueError(f"{self.name} has two cells named {name!r}")
                self.names[name] = f"${letter(at + k)}${self.row + 1}"
        self.row += 1
        return self.row - 1

    def heading(self, *titles: str) -> None:
        """A row of headings."""
        self.add(*(Cell(title, look="heading") for title in titles))

    def section(self, title: str) -> None:
        """An empty row, then the title of what follows."""
        self.row += 1
        self.add(Cell(title, look="section"))


@dataclass(eq=False)
class Book:
    """All sheets in order, by name, and the addresses of their cells."""

    sheets: dict[str, Table | Grid] = field(default_factory=dict)

    def add(self, *sheets: Table | Grid) -> None:
        """Put sheets behind the others. Raises ValueError for a name that is there already."""
        for sheet in sheets:
            if sheet.name in self.sheets:
                raise ValueError(f"two sheets named {sheet.name!r}")
            self.sheets[sheet.name] = sheet

    def _place(self, home: str, sheet: str, key: str, of: str) -> str:
        there = self.sheets[sheet or home]
        start = "" if there.name == home else f"{there.name}!"
        if isinstance(there, Grid):
            if of == "range":
                return f"{start}{there.names[f'{key}_range']}"
            return f"{start}{there.names[key]}"
        column = letter(there.at[key])
        if of == "range":
            last = there.first + max(there.rows, 1) - 1
            return f"{start}${column}${there.first}:${column}${last}"
        if of.startswith("first"):
            return f"{start}${column}${there.first}:${column}${there.first + int(of[5:]) - 1}"
        if of:
            return f"{start}${column}${there.line(of)}"
        return f"{start}${column}{_ROW}{'' if there.name == home else there.first}{_ROW}"

    def formula(self, home: str, text: str) -> str:
        """The formula of a single cell with addresses in the place of names. Raises KeyError where a name is of no cell."""
        found = _REFERENCE.sub(lambda m: self._place(home, m[1] or "", m[2], m[3] or ""), text)
        if _ROW in found:
            raise KeyError(f"a single cell of {home} refers to a row of products: {text}")
        return f"={found}"

    def formulas(self, table: Table, column: Column) -> list[str]:
        """The formulas of a column of a table, one a row; "" where it has none."""
        found = "=" + _REFERENCE.sub(
            lambda m: self._place(table.name, m[1] or "", m[2], m[3] or ""), column.formula
        )
        words = found.split(_ROW)  # literal, row of the first product, literal, ...
        starts = [int(one) if one else table.first for one in words[1::2]]
        if table.product is None and set(starts) <= {table.first}:
            return [str(row).join(words[::2]) for row in range(table.first, table.first + table.rows)]
        product = np.arange(table.rows) if table.product is None else table.product
        parts, own = words[::2], [not one for one in words[1::2]]
        return [
            parts[0]
            + "".join(
                f"{start + (i if mine else p)}{text}"
                for start, mine, text in zip(starts, own, parts[1:], strict=True)
            )
            for i, p in enumerate(product.tolist())
        ]
