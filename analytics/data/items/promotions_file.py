"""read_promotions: a calendar of promotions, past and ahead -> which product was or will be promoted from which day to which."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.data.files.source import open_source
from analytics.data.files.table import read_table
from analytics.data.lines.few_columns import days_of, few_columns, usable_rows
from analytics.data.lines.rejections import RowFilter
from analytics.data.values.categorical import product_codes
from analytics.data.values.header_names import SALES_NAMES

__all__ = ["Promotions", "read_promotions"]

_NAMES = {
    "sku": SALES_NAMES["sku"],
    "from": "from|start|begin|first day|start date|promotion start|valid from|von|beginn|ab|date|day|period|week|datum|du|debut|desde|inicio|dal|inizio",
    "to": "to|until|end|last day|end date|promotion end|valid to|valid until|bis|ende|au|fin|hasta|al|fine",
}
_WANTED = {"sku": "a product code", "from": "the first day of the promotion"}


@dataclass(frozen=True, eq=False)
class Promotions:
    """Promotions, one a row: `sku` texts, `first` and `last` day (datetime64[D]); `notes` how they were read."""

    sku: NDArray[Any]
    first: NDArray[np.datetime64]
    last: NDArray[np.datetime64]
    notes: tuple[str, ...] = ()


def read_promotions(source: str | Path | bytes, *, name: str = "", date_order: str = "") -> Promotions:
    r"""A file of promotions with the columns sku, from and to, days included; without `to` each row is one day.

    `date_order` (DMY or MDY) holds where the file's dates do not show theirs. Rows that cannot be used are left out and counted in `notes`.
    Raises DataError where a column is missing, dates stay in doubt or no row can be used.

    >>> got = read_promotions(b"sku,from,to\nA,2024-01-08,2024-01-21\n")
    >>> got.sku.tolist(), got.first.astype(str).tolist(), got.last.astype(str).tolist()
    (['A'], ['2024-01-08'], ['2024-01-21'])
    """
    table = read_table(open_source(source, name)[0])
    at = few_columns(table, _NAMES, _WANTED, "the promotions have", "name the columns sku, from and to")
    rows = RowFilter(table)
    sku = product_codes(table.columns[at["sku"]]).texts()
    rows.reject(
        sku == "", "sku_blank", table.names[at["sku"]], "nothing", "a product code", "fill in the code"
    )
    dated = {role: i for role, i in at.items() if role != "sku"}
    day = days_of(table, dated, date_order, "the promotions")
    for role, values in day.items():
        rows.reject(
            np.isnat(values),
            f"{role}_unreadable",
            table.names[at[role]],
            table.columns[at[role]],
            "a date",
            "write it as 2024-05-01",
        )
    last = day.get("to", day["from"])
    rows.reject(
        last < day["from"],
        "ends_before_it_begins",
        table.names[at.get("to", at["from"])],
        table.columns[at.get("to", at["from"])],
        "a day not before the first",
        "exchange the two days",
    )
    good, notes = usable_rows(rows, table, "the promotions", "sku, from and to")
    return Promotions(sku[good], day["from"][good], last[good], notes)
