"""RawTable: a file as coded text columns, every row with its line number in the original file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.data.values.categorical import Coded
from analytics.errors import DataError, Problem

__all__ = ["RawTable", "Rejection", "empty_error"]


@dataclass(frozen=True)
class Rejection:
    """One row that cannot be used, and why."""

    row: int
    column: str
    found: str
    expected: str
    remedy: str
    text: str
    code: str


@dataclass(frozen=True, eq=False)
class RawTable:
    """Text columns (`columns` over `names`), `row` int64[rows] the line numbers of the file, `dialect` what was found out.

    `rejected` are rows whose cells do not fit the columns; `text_of` gives the original text of lines.
    """

    name: str
    names: tuple[str, ...]
    columns: Sequence[Coded]
    row: NDArray[np.int64]
    dialect: dict[str, Any]
    rejected: list[Rejection] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    text_of: Callable[[NDArray[np.int64]], list[str]] = field(default=lambda rows: [""] * len(rows))

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.row)


def empty_error(name: str) -> DataError:
    """The refusal of a file without rows."""
    return DataError(
        Problem(
            "empty_file",
            f"{name} holds no rows",
            "export the file again and check that it holds sales lines",
            found="nothing",
            expected="a header and at least one row",
        )
    )
