"""How many cells a sheet would take in memory, found before it is opened: the reader of workbooks lays out every cell between the first and the last."""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib

import numpy as np
from numpy.typing import NDArray

from analytics.errors import DataError, Problem

__all__ = ["DAMAGED_ARCHIVE", "bounded"]

#: what zipfile raises on archives that are damaged, cut off or encrypted, however they are packed
DAMAGED_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    LookupError,
)

_COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
_MOST_BYTES = 1_500_000_000
_FREE_BYTES = 50_000_000
_LIMIT_RATIO = 80
#: a sheet may span so many cells, or four times as many as are filled
_FREE_CELLS = 8_000_000
_SHEET = re.compile(r"(?i)^xl/(?:worksheets|macrosheets)/[^/]+\.xml$")
_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])")
_ROW = re.compile(rb"<(?:\w+:)?row(?=[\s/>])")
_FILLED = re.compile(rb"<(?:\w+:)?(?:v|is)(?=[\s/>])")
_FAR_COLUMN = re.compile(rb"""[\s]r\s*=\s*["']([A-Za-z]{2,8})""")
_FAR_ROW = re.compile(rb"""[\s]r\s*=\s*["'][A-Za-z]*(\d{5,})["']""")
_EMPTY_CELL = re.compile(rb"<((?:\w+:)?c)(?:\s[^>]*)?(?:/>|(?<!/)>\s*</\1>)")
_EMPTY_ROW = re.compile(rb"<((?:\w+:)?row)(?:\s[^>]*)?(?:/>|(?<!/)>\s*</\1>)")
_REFERENCE = re.compile(rb"""[\s]r\s*=\s*["'][A-Za-z]""")
_REPEATED = re.compile(rb"""number-(rows|columns)-repeated\s*=\s*["'](\d+)["']""")
_MOST_AT_ONCE = 60_000_000
_CLAIMED = re.compile(rb"""[cC]ount\s*=\s*["']\d{8,}""")
#: so many rows may be repeats of one with something in it
_FREE_REPEATS = 200_000


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number


def _spanned(sheet: bytes) -> tuple[int, int]:
    """Cells between the first and the last of a sheet's XML at most, and how many are filled."""
    count = sum(1 for _ in _ROW.finditer(sheet))
    rows = max([count, 9999, *map(int, set(_FAR_ROW.findall(sheet)))])
    columns = max([26, *map(_column, set(_FAR_COLUMN.findall(sheet)))])
    cells = sum(1 for _ in _CELL.finditer(sheet))
    if cells > sum(
        1 for _ in _REFERENCE.finditer(sheet)
    ):  # cells without an address stand one after the other
        columns = max([columns, *(sum(1 for _ in _CELL.finditer(part)) for part in _ROW.split(sheet))])
    return rows * columns, sum(1 for _ in _FILLED.finditer(sheet))


def _plain_span(sheet: bytes) -> int | None:
    """Cells between the first and the last of a plain sheet, every row and cell of which has its address written r="B12"; None: not so plain.

    What `_spanned` finds, by arrays over the bytes, six times as fast; they take memory, so not for the largest sheets.
    """
    if len(sheet) > _MOST_AT_ONCE or b":c" in sheet or b":row" in sheet:
        return None
    byte = np.frombuffer(sheet, np.uint8)
    at = (
        np.flatnonzero(
            (byte[1:-12] == ord("r"))
            & (byte[2:-11] == ord("="))
            & (byte[3:-10] == ord('"'))
            & (byte[:-13] <= 32)
        )
        + 4
    )
    column, row, letters, place = (
        np.zeros(len(at), np.int64),
        np.zeros(len(at), np.int64),
        np.zeros(len(at), np.int64),
        at.copy(),
    )
    for _ in range(3):
        letter = (byte[place] | 32) - ord("a") + np.uint8(1)
        more = (letter >= 1) & (letter <= 26) & (place == at + letters)
        column, letters = np.where(more, 26 * column + letter, column), letters + more
        place += more
    for _ in range(8):
        digit = byte[place] - np.uint8(ord("0"))
        row = np.where(digit <= 9, 10 * row + digit, row)
        place += digit <= 9
    ends = byte[place] == ord('"')
    cells, rows = int((ends & (letters > 0)).sum()), int((ends & (letters == 0)).sum())
    if cells != sheet.count(b"<c") - sheet.count(b"<col") or rows < sheet.count(b"<row"):
        return None
    return max(int(row.max(initial=0)), 9999) * max(int(column.max(initial=0)), 26)


def _refused(name: str, cells: int) -> DataError:
    words = f"{name} has a sheet that spans {cells:,} cells, nearly all of them empty"
    return DataError(
        Problem(
            "too_large",
            words,
            "delete the empty rows and columns, or save as CSV",
            found=f"{cells:,} cells",
            expected=f"at most {_FREE_CELLS:,}",
        )
    )


def _circular(following: NDArray[np.int64]) -> bool:
    """Whether some chain never ends, where every sector names the one that follows (none: any number beyond).

    >>> _circular(np.array([1, 2, 9, 0])), _circular(np.array([1, 2, 1, 9]))
    (False, True)
    """
    count = len(following)
    place = np.append(np.where((following >= 0) & (following < count), following, count), count)
    for _ in range(
        count.bit_length()
    ):  # 1, 2, 4, ... steps at once: more steps than sectors end on none, or turn
        place = place[place]
    return bool((place < count).any())


def _in_circles(data: bytes) -> bool:
    """Whether the allocation table of a compound file (an old workbook) holds a chain without end, which its reader would follow until memory ends.

    Source: [MS-CFB] Compound File Binary File Format, 2.2 to 2.5.
    """
    size = 1 << min(int.from_bytes(data[30:32], "little"), 16)
    sectors = len(data) // size

    def entries(sector: int) -> NDArray[np.int64]:
        part = data[(sector + 1) * size : (sector + 2) * size]
        return np.frombuffer(part[: len(part) // 4 * 4], "<u4").astype(np.int64)

    tables = np.frombuffer(data[76:512], "<u4").astype(np.int64).tolist() if len(data) >= 512 else []
    further = int.from_bytes(data[68:72], "little")
    for _ in range(sectors + 1):
        if further >= sectors:
            break
        *listed, further = entries(further).tolist() or [sectors]
        tables += listed
    else:
        return True
    found = [entries(table) for table in tables if table < sectors]
    return bool(found) and _circular(np.concatenate(found))


def bounded(data: bytes, name: str) -> None:
    """Refuse a workbook that unpacks to far more than it is, defines entities, spans far more cells than it fills, or is read in circles."""
    if data[:8] == _COMPOUND and _in_circles(data):
        raise DataError(
            Problem(
                "damaged_file",
                f"{name} cannot be read as a workbook",
                "save it again, or as CSV",
                found="a part that goes on with itself",
            )
        )
    if data[:4] != b"PK\x03\x04":
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            size = sum(m.file_size for m in members)
            if size > _MOST_BYTES or (size > _FREE_BYTES and size > _LIMIT_RATIO * len(data)):
                raise DataError(
                    Problem(
                        "too_large",
                        f"{name} unpacks to {size / 1e6:,.0f} MB",
                        "save the sheet as CSV",
                        found=f"{size / 1e6:,.0f} MB",
                    )
                )
            for member in members:
                sheet, content = bool(_SHEET.match(member.filename)), member.filename == "content.xml"
                if not (sheet or content or member.filename.endswith((".xml", ".rels"))):
                    continue
                with archive.open(member) as stream:
                    text = stream.read() if sheet or content else stream.read(100_000)
                if _CLAIMED.search(text[:100_000]):  # room is made for as many as are claimed
                    raise DataError(
                        Problem(
                            "damaged_file",
                            f"{name} claims to hold more cells than it can",
                            "save it again, or as CSV",
                            found=member.filename[:60],
                        )
                    )
                if b"<!ENTITY" in text:
                    words = f"{name} defines XML entities, which spreadsheets never need"
                    raise DataError(
                        Problem("entities", words, "save the sheet again, or as CSV", found="<!ENTITY")
                    )
                plain = _plain_span(text) if sheet else None
                if sheet and (plain is None or plain > _FREE_CELLS):
                    spanned, filled = _spanned(text)
                    if spanned > max(
                        _FREE_CELLS, 4 * filled
                    ):  # perhaps only cells with a format and nothing in them
                        spanned, filled = _spanned(_EMPTY_ROW.sub(b"", _EMPTY_CELL.sub(b"", text)))
                    if spanned > max(_FREE_CELLS, 4 * filled):
                        raise _refused(name, spanned)
                elif content:
                    _bounded_repeats(name, text)
    except DAMAGED_ARCHIVE as fault:
        raise DataError(
            Problem(
                "damaged_file",
                f"{name} cannot be opened as a workbook",
                "save it again, or as CSV",
                found=str(fault)[:80],
            )
        ) from None


def _bounded_repeats(name: str, content: bytes) -> None:
    """An OpenDocument sheet says how often a cell or row is repeated; repeats of filled ones are laid out."""
    most = {b"rows": 1, b"columns": 1}
    for part in re.split(rb"<table:table-row(?=[\s/>])", content)[1:]:
        text = b"<text:p" in part or b"office:value" in part
        if text:
            for kind, number in _REPEATED.findall(part.rpartition(b"<table:table-cell")[0] + part[:200]):
                most[kind] = max(most[kind], int(number))
    if most[b"rows"] > _FREE_REPEATS or most[b"rows"] * most[b"columns"] > _FREE_CELLS:
        raise _refused(name, most[b"rows"] * most[b"columns"])
