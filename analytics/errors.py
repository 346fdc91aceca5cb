"""Errors a user can act on: every problem of an input at once, as a table.

A problem says where it is, what was expected, what was found and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DataError", "Problem", "options_in_force", "problem_table"]

Options = TypeVar("Options", bound=Mapping[str, object])


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input, in words a user can act on.

    `row` is the line number in the original file (None: the whole file or column), `column` the
    column as named in the file, `count` how many rows share the problem, `code` a stable short name.
    """

    code: str
    message: str
    remedy: str
    row: int | None = None
    column: str = ""
    found: str = ""
    expected: str = ""
    count: int = 1

    def sentence(self) -> str:
        """The problem in one line.

        >>> Problem("number", "not a number", "choose decimal comma", 42, "Qty", "1.204,5", "a number").sentence()
        "row 42, column Qty: not a number; expected a number; found '1.204,5'; choose decimal comma"
        """
        where = ", ".join(
            part
            for part in (
                f"row {self.row}" if self.row is not None else "",
                f"column {self.column}" if self.column else "",
            )
            if part
        )
        parts = [f"{where}: {self.message}" if where else self.message]
        if self.expected:
            parts.append(f"expected {self.expected}")
        if self.found:
            parts.append(f"found {self.found!r}")
        if self.remedy:
            parts.append(self.remedy)
        return "; ".join(parts)


def options_in_force(function: str, given: Options, defaults: Options) -> Options:
    """The options of a call, each as it is given or else at its default.

    Raises TypeError for one that has no default: as Python does for an unknown keyword, with what it may have meant.

    >>> options_in_force("run", {"seed": 2}, {"seed": 1, "draws": 50})
    {'seed': 2, 'draws': 50}
    >>> options_in_force("run", {"sed": 2}, {"seed": 1, "draws": 50})
    Traceback (most recent call last):
    TypeError: run() got an unexpected keyword argument 'sed', did you mean 'seed'? It takes draws, seed
    """
    for name in given:
        if name not in defaults:
            from difflib import get_close_matches  # not above: hardly ever needed

            near = get_close_matches(name, defaults, 1)
            meant = f", did you mean {near[0]!r}?" if near else "."
            takes = ", ".join(sorted(defaults))
            raise TypeError(
                f"{function}() got an unexpected keyword argument {name!r}{meant} It takes {takes}"
            )
    return cast(Options, {**defaults, **given})


PROBLEM_COLUMNS = ("row", "column", "found", "expected", "remedy", "code", "message", "count")


def problem_table(problems: Iterable[Problem]) -> pd.DataFrame:
    """The problems as a table with one row each (columns: PROBLEM_COLUMNS)."""
    import pandas as pd  # not above: the command line knows this file before it loads anything

    rows = [[getattr(problem, column) for column in PROBLEM_COLUMNS] for problem in problems]
    return pd.DataFrame(rows, columns=list(PROBLEM_COLUMNS))


class DataError(Exception):
    """The user's data cannot be used; carries every problem found, not only the first.

    `meanings` are those of a sales file whose rows were not understood (`analytics.data.meaning.listed_meanings.Meaning`), so that a page can ask.
    `rows_read` is how many rows had been read when the file was refused (0: it was refused before a table was found in it).
    """

    def __init__(
        self, problems: Problem | Iterable[Problem], meanings: Iterable[Any] = (), rows_read: int = 0
    ) -> None:
        """Raise ValueError where there is no problem to tell; `meanings` are what the file could mean."""
        self.meanings: tuple[Any, ...] = tuple(meanings)
        self.rows_read = rows_read
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        if not self.problems:
            raise ValueError("DataError needs at least one Problem")
        super().__init__("\n".join(problem.sentence() for problem in self.problems))

    def table(self) -> pd.DataFrame:
        """All problems: row, column, found, expected, remedy, code, message, count."""
        return problem_table(self.problems)
