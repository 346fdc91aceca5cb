"""Units that a workbook shows by the format of its numbers: a cell holds 12 and shows "12 pcs"."""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from html import unescape

from analytics.data.values.unit_words import unit_of

__all__ = ["with_units_shown"]

#: no part of a workbook that is larger is looked at: what its cells show is then not known
_MOST_BYTES = 400_000_000
_FORMAT = re.compile(r'<numFmt\b(?=[^>]*\bnumFmtId="(\d+)")(?=[^>]*\bformatCode="([^"]*)")')
_STYLE = re.compile(r"<xf\b[^>]*?\bnumFmtId=\"(\d+)\"")
_CELL = re.compile(rb'<c\b(?=[^>]*\br="([A-Z]{1,3})(\d{1,7})")(?=[^>]*\bs="(\d+)")')
_SHEET = re.compile(r'<sheet\b(?=[^>]*\bname="([^"]*)")(?=[^>]*\br:id="([^"]*)")')
_RELATION = re.compile(r'<Relationship\b(?=[^>]*\bId="([^"]*)")(?=[^>]*\bTarget="([^"]*)")')


def _unit_shown(code: str) -> str:
    r"""The unit of measure that a format writes behind the number, "" where it writes none.

    >>> _unit_shown('0" pcs"'), _unit_shown('0.00\\ "kg"'), _unit_shown('#,##0.00 "EUR"'), _unit_shown("dd/mm/yyyy")
    ('pcs', 'kg', '', '')
    """
    first = code.split(";")[0].replace("\\ ", " ").replace("_)", "")
    match = re.search(r'[0#?]\s*"([^"]+)"\s*$', first) or re.search(r"[0#?]\s*((?:\\[A-Za-z])+)\s*$", first)
    text = match[1].replace("\\", "").strip() if match else ""
    return text if text and unit_of(text) is not None else ""


def _styles(document: str) -> dict[int, str]:
    """Position of a style of cells -> the unit that it shows."""
    formats = {
        number: unit for number, code in _FORMAT.findall(document) if (unit := _unit_shown(unescape(code)))
    }
    _, _, behind = document.partition("<cellXfs")
    return (
        {
            place: formats[number]
            for place, number in enumerate(_STYLE.findall(behind.partition("</cellXfs>")[0]))
            if number in formats
        }
        if formats
        else {}
    )


def _column(letters: str) -> int:
    at = 0
    for letter in letters:
        at = at * 26 + ord(letter) - 64
    return at - 1


def _sheet_path(archive: zipfile.ZipFile, sheet: str) -> str:
    listed = {
        unescape(name): relation
        for name, relation in _SHEET.findall(archive.read("xl/workbook.xml").decode("utf-8", "replace"))
    }
    targets = dict(_RELATION.findall(archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")))
    target = targets.get(listed.get(sheet, ""), "")
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def with_units_shown(data: bytes, sheet: str, rows: list[list[str]]) -> list[list[str]]:
    """The rows of a sheet, with the unit that a cell shows behind its number, in columns whose cells show more than one unit.

    Where all cells of a column show the same there is nothing to tell apart, and the rows stay as they are; so they do where the workbook is of another kind.
    """
    if not data.startswith(b"PK"):
        return rows
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sizes = {one.filename: one.file_size for one in archive.infolist()}
            if sizes.get("xl/styles.xml", _MOST_BYTES) >= _MOST_BYTES:
                return rows
            styles = _styles(archive.read("xl/styles.xml").decode("utf-8", "replace"))
            path = _sheet_path(archive, sheet) if styles else ""
            if not styles or sizes.get(path, _MOST_BYTES) >= _MOST_BYTES:
                return rows
            cells = _CELL.findall(archive.read(path))
    except (KeyError, ValueError, OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return rows
    shown: dict[int, dict[int, str]] = defaultdict(dict)
    for letters, number, style in cells:
        shown[_column(letters.decode())][int(number) - 1] = styles.get(int(style), "")
    out = [list(row) for row in rows]
    for column, units in shown.items():
        named = {
            r: unit
            for r, unit in units.items()
            if unit and r < len(out) and column < len(out[r]) and out[r][column]
        }
        filled = sum(1 for row in out if column < len(row) and row[column].strip())
        if len(set(named.values())) > 1 or (named and len(named) < filled - 1):
            for r, unit in named.items():
                out[r][column] = f"{out[r][column]} {unit}"
    return out
