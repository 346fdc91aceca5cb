"""Stock that lies here and belongs to somebody else: rows of a list whose status says consignment are in no sum, and are said."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.data.items.item_rows import ItemRows
from analytics.data.items.items_values import origin_of
from analytics.data.layout.raw_table import RawTable
from analytics.data.values.header_names import normal_name
from analytics.errors import Problem
from analytics.items import Items
from analytics.naming.labels import total_text

__all__ = ["consigned_rows", "with_consigned"]

#: Words of a status, in several languages, that say that the stock is not the firm's own.
_NOT_OWN = re.compile(
    r"\b(consign\w*|konsi\w*|kommission\w*|consigna\w*|conto deposito|depot vente|vendor owned|supplier owned"
    r"|vmi|lieferanteneig\w*|fremdbestand|customer owned|kundeneig\w*|third party|fornitore|komis\w*)\b"
)
#: A status has few words; a column of more is a text.
_MOST_WORDS = 30


def consigned_rows(table: RawTable, columns: Sequence[str]) -> NDArray[np.bool_] | None:
    """Rows (rows,) whose status says that the stock is somebody else's, by the columns named; None where no column says so.

    A mark of yes or no counts where the name of its column speaks of consignment.
    """
    out = np.zeros(len(table), bool)
    for name, cells in zip(table.names, table.columns, strict=True):
        if name not in columns or len(cells.values) > _MOST_WORDS:
            continue
        said = [normal_name(str(text)) for text in cells.values]
        if _NOT_OWN.search(normal_name(name)):
            marks = [text in ("yes", "y", "true", "1", "x", "ja", "j", "oui", "si", "sim") for text in said]
        else:
            marks = [bool(_NOT_OWN.search(text)) for text in said]
        out |= cells.spread(np.array(marks, bool))
    return out if out.any() else None


def with_consigned(
    items: Items,
    every: NDArray[np.float64],
    found: ItemRows,
    problems: list[Problem],
    table: RawTable,
    name: str,
) -> Items:
    """The items with what lies here on consignment, units (products,), beside their own stock; it is said.

    `every` (rows,) are the units of such rows, NaN elsewhere.
    """
    held = every[found.rows]
    rows = np.isfinite(held)
    if not rows.any():
        return items
    units = np.bincount(found.product, np.where(rows, held, 0.0), len(items))
    units = np.where(np.bincount(found.product, rows, len(items)) > 0, units, np.nan)
    words = f"stock on consignment, {total_text(float(np.nansum(units)))} units in all: not the firm's own, in no sum"
    first = int(table.row[found.rows[rows]].min())
    problems.append(Problem("stock_consigned", words, "nothing to do", first, name, "", "", int(rows.sum())))
    return items.with_field("stock_consigned", units, origin_of(units, "number"))
