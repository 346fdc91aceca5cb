"""What a study can be written to as one file: a writer by name, each from the same study to bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analytics.study_stock.parts import StockParts
from analytics.valuation.policy import StockPolicy
from analytics.writeup.register import MadeFrom

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["WRITERS", "Taken", "written"]


@dataclass(frozen=True, eq=False)
class Taken:
    """What is taken away: a study (under made-up names where names are hidden), its stock under `policy`, and what it was `made_from`."""

    study: Study
    policy: StockPolicy
    made_from: MadeFrom
    stock: StockParts

    def table(self, name: str) -> pd.DataFrame:
        """A table of the study by the name of its file, such as register."""
        from analytics.study_results import study_tables

        return study_tables(self.study, self.policy, self.made_from, stock=self.stock)[name]()


def _workbook(taken: Taken) -> bytes:
    from analytics.study_export.workbook import study_workbook

    return study_workbook(taken.study, taken.stock, taken.table("register"))


#: By the name that `export --to` takes (`analytics.cli.arguments.EXPORTS` says each in words).
WRITERS: Mapping[str, Callable[[Taken], bytes]] = {"xlsx": _workbook}


def written(kind: str, taken: Taken) -> bytes:
    """One file as bytes, `kind` a name of WRITERS. Raises DataError where it would hold more than such a file can."""
    return WRITERS[kind](taken)
