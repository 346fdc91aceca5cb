"""The files of a study as bytes: what `analyze` writes and what the app offers for download."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from analytics.data import safe_frame

__all__ = ["csv_bytes", "json_bytes", "study_files", "table_files"]

#: Rows of a table written at once.
_PIECE = 2000


def csv_bytes(table: pd.DataFrame) -> bytes:
    """A table as CSV (UTF-8, line feed, all digits); cells that a spreadsheet would run as a formula are neutralised."""
    # in pieces: what pandas writes at once no other thread can interrupt
    return safe_frame(table).to_csv(index=False, lineterminator="\n", chunksize=_PIECE).encode("utf-8")


def json_bytes(document: Mapping[str, Any]) -> bytes:
    """A document as JSON with sorted keys left in their order, two spaces, line feed at the end."""
    return (json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8")


def table_files(tables: Mapping[str, Callable[[], pd.DataFrame]]) -> dict[str, Callable[[], bytes]]:
    """File name -> bytes when asked: one CSV per table."""

    def later(make: Callable[[], pd.DataFrame]) -> Callable[[], bytes]:
        return lambda: csv_bytes(make())

    return {f"{name}.csv": later(make) for name, make in tables.items()}


def study_files(tables: Mapping[str, Callable[[], pd.DataFrame]], document: Mapping[str, Any]) -> dict[str, Callable[[], bytes]]:
    """File name -> bytes when asked: one CSV per table and `summary.json`."""
    return {**table_files(tables), "summary.json": lambda: json_bytes(document)}
