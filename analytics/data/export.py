"""Exports that no spreadsheet will run: texts that look like formulas are marked as text."""

from __future__ import annotations

import re

import pandas as pd

from analytics.data.history import SalesHistory
from analytics.data.values.numbers import is_number

__all__ = ["safe_cell", "sales_frame"]

_DANGER = ("=", "+", "-", "@", "|", "%", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
#: Where a spreadsheet that parts lines elsewhere would begin a cell with something it runs.
_INNER = re.compile("(?<=[;,|\t\r\n])(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])")


def safe_cell(text: object) -> object:
    """The text with an apostrophe in front where a spreadsheet would run it as a formula, whichever of the usual separators it parts a line at; plain numbers stay.

    Source: OWASP, CSV injection; the list of first characters is wider (fields that other programs take for commands).

    >>> safe_cell("=1+1"), safe_cell("-5"), safe_cell("-A1"), safe_cell("bolt"), safe_cell(3), safe_cell("x;=1+1")
    ("'=1+1", '-5', "'-A1", 'bolt', 3, "x;'=1+1")
    """
    if not isinstance(text, str):
        return text
    if text.lstrip(" \u00a0").startswith(_DANGER) or text.startswith(_DANGER):
        plain = text.strip()
        if plain[:1] in "+-" and is_number(plain) and all(c in "0123456789.,-+" for c in plain):
            return text
        text = "'" + text
    return _INNER.sub("'", text)


def sales_frame(history: SalesHistory) -> pd.DataFrame:
    """The lines as understood, one row each: sku, date, quantity, revenue."""
    return pd.DataFrame(
        {
            "sku": history.skus[history.sku] if len(history) else [],
            "date": history.date,
            "quantity": history.quantity,
            "revenue": history.revenue,
        }
    )
