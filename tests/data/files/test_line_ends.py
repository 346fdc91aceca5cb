"""Lines that end with CR alone, or with several ends in one file, at any size: the same rows as with LF."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from analytics.data import read_sales
from analytics.data.files.table import FAST_BYTES, MOST_COLUMNS

ENDS = {"CR": ("\r",), "LF": ("\n",), "CRLF": ("\r\n",), "mixed": ("\r", "\n", "\r\n")}


def _text(
    rows: int, ends: tuple[str, ...], delimiter: str = ";", quoted: bool = False, word: str = "Größe"
) -> str:
    draw = random.Random(11)
    lines = [delimiter.join(("Datum", "Artikel", "Menge", "Preis", "Bezeichnung"))]
    for k in range(rows):
        name = f'"{word}\r{k % 9}"' if quoted and k % 40 == 3 else word
        lines.append(
            delimiter.join(
                (
                    str(dt.date(2021, 3, 1) + dt.timedelta(days=k // 30)),
                    f"L-{k % 17:02d}",
                    str(1 + k % 7),
                    f"{2 + k % 3}.50",
                    name,
                )
            )
        )
    return "".join(line + draw.choice(ends) for line in lines)


def _units(rows: int) -> int:
    return sum(1 + k % 7 for k in range(rows))


@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("quoted", [False, True])
def test_every_end_of_lines_gives_the_same_rows(ends: str, delimiter: str, quoted: bool) -> None:
    rows = 9_000  # 45,000 cells: more than the most columns a table may have
    assert 5 * rows > MOST_COLUMNS
    report = read_sales(_text(rows, ENDS[ends], delimiter, quoted).encode()).report
    assert (report.rows_read, report.rows_used, report.units_used) == (rows, rows, _units(rows))
    assert report.revenue_used == pytest.approx(sum((1 + k % 7) * (2.5 + k % 3) for k in range(rows)))
    assert ends == "mixed" or report.dialect["newline"] == ends


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig", "cp932"])
def test_lines_end_with_cr_in_every_encoding(encoding: str) -> None:
    word = "東京コード" if encoding == "cp932" else "Größe"
    history = read_sales(_text(700, ("\r",), word=word).encode(encoding))
    assert (history.report.rows_used, history.report.units_used) == (700, _units(700))
    assert set(history.attributes["name"]) == {word}


def test_a_large_file_with_cr_alone_is_read_by_columns() -> None:
    rows = 100_000
    data = _text(rows, ("\r",)).encode()
    assert len(data) > FAST_BYTES
    report = read_sales(data).report
    assert (report.rows_used, report.units_used, report.dialect["newline"]) == (rows, _units(rows), "CR")
    assert report.rejected.empty


def test_a_row_that_cannot_be_used_has_its_line_number() -> None:
    lines = _text(120, ("\r",)).split("\r")
    cells = lines[77].split(";")
    lines[77] = ";".join([*cells[:2], "many", *cells[3:]])
    rejected = read_sales("\r".join(lines).encode()).report.rejected
    assert rejected["row"].tolist() == [78] and rejected["found"].tolist() == ["many"]
