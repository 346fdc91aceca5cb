"""The quick reader of large files gives the cells, lines and reasons that the careful one gives, or leaves the file to it."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from analytics.data.files import columnar
from analytics.data.files.source import open_source
from analytics.data.files.table import read_table
from analytics.data.layout.raw_table import RawTable
from analytics.data.lines import duplicates


def both(
    text: str | bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> tuple[RawTable | None, RawTable]:
    """The table of the quick reader in many small stretches and blocks, and that of the careful one."""
    data = text if isinstance(text, bytes) else text.encode()
    path = tmp_path / "lines.csv"
    path.write_bytes(data)
    monkeypatch.setattr(columnar, "_SHARE", max(len(data) // 3, 1))
    monkeypatch.setattr(columnar, "_BLOCK", 512)
    monkeypatch.setattr("analytics.data.files.source.LARGE_BYTES", 0)
    quick = columnar.columnar_table(open_source(path)[0], None, None)
    return quick, read_table(open_source(data)[0])


def texts(table: RawTable) -> list[list[str]]:
    return [column.texts().tolist() for column in table.columns]


def lines_of(count: int, end: str = "\n", odd: bool = False) -> str:
    draw = random.Random(count)
    out = ["date,sku,quantity,name,order"]
    for k in range(count):
        name = draw.choice(
            [
                "Bolt",
                '"Nut, small"',
                '"17"" wheel"',
                "",
                "Schraube M8 größer als üblich",
                '"Bolt"',
                "é" * draw.randint(1, 30),
            ]
        )
        out.append(
            f"2012-01-{13 + k % 15},A-{draw.randint(0, 40):03d},{draw.randint(1, 9)},{name},{10_000_000 + k}"
        )
        if odd and k % 50 == 20:
            out.append(draw.choice(["", "2012-01-13,A-1", "a,b,c,d,e,f,g", out[0]]))
    return end.join(out)


@pytest.mark.parametrize(
    ("end", "odd", "last"),
    [("\n", False, "\n"), ("\r\n", True, ""), ("\n", True, "\n"), ("\r\n", False, "\r\n")],
)
def test_cells_lines_and_reasons_are_those_of_the_careful_reader(
    end: str, odd: bool, last: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    quick, careful = both(lines_of(900, end, odd) + last, monkeypatch, tmp_path)
    assert quick is not None
    assert quick.names == careful.names and texts(quick) == texts(careful)
    assert quick.row.tolist() == careful.row.tolist()
    found = sorted((r.row, r.code, r.text) for r in quick.rejected)
    assert found == sorted((r.row, r.code, r.text) for r in careful.rejected) and bool(found) == odd
    for column in quick.columns:
        assert np.array_equal(column.counts(), np.bincount(column.codes, minlength=len(column.values)))
        assert len(set(column.values)) == len(column.values)
    some = quick.row[[0, 7, 450, -1]]
    assert quick.text_of(some) == careful.text_of(some)


@pytest.mark.parametrize(
    "cells",
    ['"two\nlines",1', '"Bolt" x,1', '"never closed,1', "two\rlines,1"],
    ids=["break", "behind", "open", "return"],
)
def test_what_is_not_plainly_a_row_a_line_is_left_to_the_careful_reader(
    cells: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(columnar, "_HEAD", 2000)  # the doubt arises far behind the lines that were looked at
    quick, _ = both(f"{lines_of(300)}\n2012-01-13,A-1,3,{cells}\n{lines_of(20)}", monkeypatch, tmp_path)
    assert quick is None


def test_bytes_that_are_no_text_are_left_to_the_careful_reader(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    quick, careful = both(
        lines_of(300).encode() + "\n2012-01-13,A-1,3,größer,1\n".encode("cp1252"), monkeypatch, tmp_path
    )
    assert quick is None and len(careful) == 301


def test_more_distinct_texts_than_room_and_cells_longer_than_a_word(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rows = [f"2012-01-{13 + k % 15},{'x' * (k % 23)}{k % 7919},{k % 5 + 1}" for k in range(20_000)]
    quick, careful = both("date,sku,quantity\n" + "\n".join(rows), monkeypatch, tmp_path)
    assert quick is not None and texts(quick) == texts(careful)
    assert len(quick.columns[1].values) == len({row.split(",")[1] for row in rows})


def test_columns_with_codes_of_two_and_of_four_bytes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(
        columnar, "_FEW", 300
    )  # one column stays below in all stretches, one passes it in some, one only when they are joined
    rows = [
        f"2012-01-{13 + k % 15},{'B' if k > 2000 else ''}{k % 250},{k % 900 if k > 2000 else k % 7 + 1},{k // 3000}"
        for k in range(6000)
    ]
    quick, careful = both("date,sku,quantity,part\n" + "\n".join(rows), monkeypatch, tmp_path)
    assert quick is not None and texts(quick) == texts(careful)
    assert [column.codes.dtype.itemsize for column in quick.columns] == [2, 4, 4, 2]


@pytest.mark.parametrize("ordered", [True, False])
def test_repeated_rows_are_found_in_stretches_as_in_the_whole(
    ordered: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = np.random.default_rng(3)
    day = draw.integers(0, 40, 3000)
    lines = [
        f"2012-01-01,{d},{a},{q}"
        for d, a, q in zip(
            np.sort(day) if ordered else day,
            draw.integers(0, 9, 3000),
            draw.integers(1, 9, 3000),
            strict=True,
        )
    ]
    table = read_table(open_source(("day,part,sku,quantity\n" + "\n".join(lines)).encode())[0])
    good = draw.random(3000) > 0.2
    monkeypatch.setattr(duplicates, "_STRETCH", 200)
    assert (len(duplicates._stretches(table)) > 5) == ordered
    seen: set[str] = set()
    repeats = [k for k in np.flatnonzero(good).tolist() if lines[k] in seen or seen.add(lines[k])]  # type: ignore[func-returns-value]
    (found,) = duplicates.duplicates(table, good)
    assert found.count == len(repeats) and found.row == repeats[0] + 2
