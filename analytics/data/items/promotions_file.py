"""read_promotions: a calendar of promotions, past and ahead -> which product was or will be promoted from which day to which."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.data.files.source import open_source
from analytics.data.files.table import read_table
from analytics.data.layout.raw_table import RawTable
from analytics.data.lines.rejections import RowFilter
from analytics.data.values.categorical import product_codes
from analytics.data.values.dates import date_column
from analytics.data.values.header_names import SALES_NAMES, normal_name
from analytics.errors import DataError, Problem

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


def _columns(table: RawTable) -> dict[str, int]:
    found: dict[str, int] = {}
    for role, names in _NAMES.items():
        known = names.split("|")
        ranked = sorted(
            (known.index(normal_name(text)), i)
            for i, text in enumerate(table.names)
            if normal_name(text) in known and i not in found.values()
        )
        if ranked:
            found[role] = ranked[0][1]
    missing = [role for role in _WANTED if role not in found]
    if missing:
        there = ", ".join(table.names[:12])
        remedy = "name the columns sku, from and to"
        raise DataError(
            [
                Problem(
                    "missing_column",
                    f"the promotions have no column {role}",
                    remedy,
                    found=there,
                    expected=_WANTED[role],
                )
                for role in missing
            ]
        )
    return found


def read_promotions(source: str | Path | bytes, *, name: str = "", date_order: str = "") -> Promotions:
    r"""A file of promotions with the columns sku, from and to, days included; without `to` each row is one day.

    `date_order` (DMY or MDY) holds where the file's dates do not show theirs. Rows that cannot be used are left out and counted in `notes`.
    Raises DataError where a column is missing or no row can be used.

    >>> got = read_promotions(b"sku,from,to\nA,2024-01-08,2024-01-21\n")
    >>> got.sku.tolist(), got.first.astype(str).tolist(), got.last.astype(str).tolist()
    (['A'], ['2024-01-08'], ['2024-01-21'])
    """
    table = read_table(open_source(source, name)[0])
    at = _columns(table)
    rows = RowFilter(table)
    sku = product_codes(table.columns[at["sku"]]).texts()
    rows.reject(
        sku == "", "sku_blank", table.names[at["sku"]], "nothing", "a product code", "fill in the code"
    )
    read = {role: date_column(table.columns[at[role]].values) for role in ("from", "to") if role in at}
    only_day = sum(int(one.only_day_first.sum()) for one in read.values())
    only_month = sum(
        int((np.isnat(one.day_first) & ~np.isnat(one.month_first)).sum()) for one in read.values()
    )
    order = "DMY" if only_day > only_month else "MDY" if only_month > only_day else date_order or "DMY"
    day = {role: table.columns[at[role]].spread(one.dates(order)) for role, one in read.items()}
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
    _, problems = rows.finish()
    good = np.flatnonzero(rows.good)
    count = len(table) + len(table.rejected)
    if not len(good):
        words = "no row of the promotions can be used"
        raise DataError(
            [Problem("no_usable_row", words, "see the reasons", expected="sku, from and to"), *problems]
        )
    notes: tuple[str, ...] = ()
    if count > len(good) and problems:
        notes = (
            f"{count - len(good):,} of {count:,} rows of the promotions cannot be used: {problems[0].message}.",
        )
    return Promotions(sku[good], day["from"][good], last[good], notes)
