"""The files of a study as bytes: what `analyze` writes and what the app offers for download."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data import safe_frame

__all__ = ["LOCALES", "csv_bytes", "json_bytes", "study_files", "summary_bytes", "table_files"]

#: What parts columns, and the decimal mark, by locale: spreadsheets of countries with a decimal comma expect the second.
LOCALES: Mapping[str, tuple[str, str]] = {"en": (",", "."), "de": (";", ",")}
#: Rows of a table written at once.
_PIECE = 2000


def _with_mark(column: pd.Series[Any], mark: str) -> NDArray[Any]:
    """Numbers with a decimal mark of their own, all digits kept; texts, whole numbers and days stay as they are."""
    if not (pd.api.types.is_float_dtype(column) or pd.api.types.is_object_dtype(column)):
        # whole numbers some of which are unknown stay whole
        whole = pd.api.types.is_integer_dtype(column) and bool(column.isna().any())
        return column.astype(object).where(column.notna(), None).to_numpy() if whole else column.to_numpy()
    out = np.empty(len(column), object)
    for i, value in enumerate(column.tolist()):
        out[i] = (
            (repr(value).replace(".", mark) if value == value else None)
            if isinstance(value, float)
            else value
        )
    return out


def csv_bytes(table: pd.DataFrame, locale: str = "en") -> bytes:
    """A table as CSV (UTF-8, line feed, all digits); cells that a spreadsheet would run as a formula are neutralised.

    >>> csv_bytes(pd.DataFrame({"sku": ["A;1", "=B"], "units": [1.5, 2.0]}), "de").decode().split()
    ['sku;units', '"A;1";1,5', "'=B;2,0"]
    """
    parts, mark = LOCALES[locale]
    safe = safe_frame(table)
    if mark != ".":
        for position in range(safe.shape[1]):
            safe.isetitem(position, _with_mark(safe.iloc[:, position], mark))
    # in pieces: what pandas writes at once no other thread can interrupt
    return safe.to_csv(index=False, sep=parts, lineterminator="\n", chunksize=_PIECE).encode("utf-8")


def json_bytes(document: Mapping[str, Any]) -> bytes:
    """A document as JSON with sorted keys left in their order, two spaces, line feed at the end."""
    return (json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8")


def summary_bytes(document: Mapping[str, Any], digests: Mapping[str, str]) -> bytes:
    """`summary.json`: the document, and the SHA-256 of the files beside it under "files"."""
    return json_bytes({**document, "files": dict(digests)})


def table_files(
    tables: Mapping[str, Callable[[], pd.DataFrame]], locale: str = "en"
) -> dict[str, Callable[[], bytes]]:
    """File name -> bytes when asked: one CSV per table."""

    def later(make: Callable[[], pd.DataFrame]) -> Callable[[], bytes]:
        return lambda: csv_bytes(make(), locale)

    return {f"{name}.csv": later(make) for name, make in tables.items()}


def study_files(
    tables: Mapping[str, Callable[[], pd.DataFrame]],
    document: Callable[[], Mapping[str, Any]],
    locale: str = "en",
) -> dict[str, Callable[[], bytes]]:
    """File name -> bytes when asked: one CSV per table, and `summary.json` with the digests of the others, byte for byte as `write_folder` writes them."""
    files = table_files(tables, locale)
    return {
        **files,
        "summary.json": lambda: summary_bytes(
            document(), {name: sha256(make()).hexdigest() for name, make in files.items()}
        ),
    }
