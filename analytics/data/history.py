"""SalesHistory: clean order lines in integer-coded columns, with the report of how they were read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.meaning.listed_meanings import Meaning
from analytics.errors import Problem

__all__ = [
    "APART_COLUMNS",
    "LINE_COLUMNS",
    "IntakeReport",
    "Promotions",
    "SalesHistory",
    "joined_promotions",
    "no_lines_apart",
]

#: columns of the lines that are kept beside the sales, with their types
_APART = {
    "sku": "object",
    "date": "datetime64[ns]",
    "units": "float64",
    "money": "float64",
    "kind": "object",
    "in_demand": "bool",
    "file": "object",
    "row": "int64",
}
APART_COLUMNS = tuple(_APART)
#: Columns of `SalesHistory` with one entry a line, whatever the file held.
LINE_COLUMNS = (
    "sku",
    "date",
    "quantity",
    "revenue",
    "order",
    "customer",
    "channel",
    "promised",
    "shipped",
    "promotion",
    "row",
)


def no_lines_apart() -> pd.DataFrame:
    """The table of orders on hand and receipts where there are none."""
    return pd.DataFrame({name: np.array([], kind) for name, kind in _APART.items()})


@dataclass(frozen=True, eq=False)
class IntakeReport:
    """How a file was read: rows_read = rows_used + rows_rejected, always.

    Units and revenue are net of returns; `gross_units` and `returned_units` (positive) are listed beside.
    `mapping` names, for each role (sku, date, quantity, ...), the column of the file; `confidence` (0 to 1) says how sure that is. `problems` are grouped
    (one Problem per kind, with `count` and first `row`). `further_totals` are sums by year that a controller may have in
    mind instead (before discounts, of other columns, of rejected rows by reason). `rejected` is a table with columns
    row, column, found, expected, remedy, text (the row as it was). `meanings` list every value of the columns that say what
    a row is. Units of orders on hand and of receipts are kept apart from both (`units_on_hand`, `units_received`, see SalesHistory.apart);
    `on_hand_in_demand` are units of orders on hand that are among those used, since their line is dated by the day of the order.
    """

    source: str
    digest: str
    rows_read: int
    rows_used: int
    rows_rejected: int
    units_used: float
    units_rejected: float
    revenue_used: float
    gross_units: float
    returned_units: float
    first_date: np.datetime64
    last_date: np.datetime64
    frequency: str
    date_order: str
    dialect: Mapping[str, Any]
    mapping: Mapping[str, str]
    channels: tuple[Mapping[str, Any], ...] = ()
    problems: tuple[Problem, ...] = ()
    assumed: tuple[str, ...] = ()
    rejected: pd.DataFrame = field(default_factory=pd.DataFrame)
    further_totals: tuple[Mapping[str, Any], ...] = ()
    confidence: Mapping[str, float] = field(default_factory=dict)
    meanings: tuple[Meaning, ...] = ()
    units_on_hand: float = 0.0
    units_received: float = 0.0
    on_hand_in_demand: float = 0.0

    def __post_init__(self) -> None:
        """Raise ValueError unless rows used and rejected add up to those read."""
        if self.rows_used + self.rows_rejected != self.rows_read:
            raise ValueError(
                f"rows do not add up: {self.rows_used} used + {self.rows_rejected} rejected != {self.rows_read} read"
            )


@dataclass(frozen=True, eq=False)
class Promotions:
    """Promotions, one an entry: `sku` texts, `first` and `last` day (datetime64[D]), both included."""

    sku: NDArray[Any]
    first: NDArray[np.datetime64]
    last: NDArray[np.datetime64]

    def __len__(self) -> int:
        """How many promotions there are."""
        return len(self.sku)


def joined_promotions(parts: Sequence[Promotions]) -> Promotions | None:
    """The promotions of several calendars as one; None where there are none."""
    if not parts:
        return None
    return Promotions(
        np.concatenate([part.sku for part in parts]),
        np.concatenate([part.first for part in parts]),
        np.concatenate([part.last for part in parts]),
    )


@dataclass(frozen=True, eq=False)
class SalesHistory:
    """Order lines, one entry per line in every column, sorted by date, then by row of the file.

    `skus` is the sorted vocabulary of SKU texts; `sku` holds positions in it. Coded columns hold -1 where
    unknown (`order`, `customer`, `channel`); `revenue` is NaN where unknown; `promised` and `shipped` are NaT.
    `quantity` is negative for returns. `row` is the line number in the original file. `promotion` is 0 or 1
    (NaN unknown). `attributes` are per-SKU columns found in the sales file (over `skus`): for instance
    family (text), unit_cost (latest, number), name. `frequency` is the grain of the file: L for order lines,
    else D, W or M for totals per period. `unit_cost` is the cost of a unit on every line (NaN unknown), None where the file has no such column.
    `apart` are lines beside the sales, orders on hand and receipts: sku, date (of orders the day they are due), units, money (NaN unknown), kind
    ("on hand", "receipt"), in_demand (the line is among the sales too), file and row. `promotions` are those of a calendar beside the sales, past and ahead,
    and those that rows of the sales without a quantity plan (None: none are known beside the flags of lines).
    """

    skus: NDArray[Any]
    sku: NDArray[np.int32]
    date: NDArray[np.datetime64]
    quantity: NDArray[np.float64]
    revenue: NDArray[np.float64]
    order: NDArray[np.int32]
    customer: NDArray[np.int32]
    channel: NDArray[np.int32]
    promised: NDArray[np.datetime64]
    shipped: NDArray[np.datetime64]
    promotion: NDArray[np.float64]
    row: NDArray[np.int64]
    customers: NDArray[Any]
    channels: NDArray[Any]
    attributes: Mapping[str, NDArray[Any]]
    frequency: str
    report: IntakeReport
    unit_cost: NDArray[np.float64] | None = None
    apart: pd.DataFrame = field(default_factory=no_lines_apart)
    promotions: Promotions | None = None

    def __len__(self) -> int:
        """How many order lines there are."""
        return len(self.sku)
