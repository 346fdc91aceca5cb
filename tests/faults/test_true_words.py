"""What went wrong is said as what it was: a reader that was killed, that was too slow, hostile assumptions, a link without its data."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from analytics.assumptions_file import read_assumptions
from analytics.cli import main
from analytics.data.sandbox.process import Bounds, ReadingProcess
from analytics.data.uploads import Given
from analytics.errors import DataError


@pytest.mark.skipif(os.name != "posix", reason="ends a process as POSIX does")
@pytest.mark.parametrize("signal", [9, 15])
def test_a_killed_reader_is_not_called_slow(signal: int) -> None:
    process = ReadingProcess()
    try:
        process.read([Given(b"date,sku,quantity\n2012-01-27,A,3\n", "s.csv")])
        number = process.number
        assert number is not None
        os.kill(number, 19)  # it stands still while the request is put into its hands
        answered = process._answered

        def killed(*asked: Any) -> bytes | None:
            os.kill(number, signal)
            os.kill(number, 18)
            return answered(*asked)

        process._answered = killed  # type: ignore[method-assign]
        with pytest.raises(DataError) as caught:
            process.read([Given(b"date,sku,quantity\n2012-01-27,A,3\n", "june.csv")])
    finally:
        process.close()
    (problem,) = caught.value.problems
    assert (
        problem.code == "reader_killed"
        and f"signal {signal}" in problem.message
        and "seconds" not in problem.message
    )


@pytest.mark.skipif(os.name != "posix", reason="stops a process as POSIX does")
def test_a_reader_that_stands_still_is_ended_by_the_clock_and_said_so() -> None:
    process = ReadingProcess()
    try:
        process.read([Given(b"date,sku,quantity\n2012-01-27,A,3\n", "s.csv")])
        process.bounds = Bounds(seconds=0.4, megabytes=750.0, waiting=1.0)
        number = process.number
        assert number is not None
        os.kill(number, 19)
        with pytest.raises(DataError) as caught:
            process.read([Given(b"date,sku,quantity\n2012-01-27,A,3\n", "s.csv")])
    finally:
        process.close()
    (problem,) = caught.value.problems
    assert (
        problem.code == "too_slow"
        and "on the clock" in problem.message
        and "computing" not in problem.message
    )


HOSTILE = {
    "lists in lists": "[general]\nx = " + "[" * 100_000 + "]" * 100_000,
    "tables in tables": "[general]\nx = " + "{a = " * 20_000 + "1" + "}" * 20_000,
    "a name of many parts": "a" + ".a" * 200_000 + " = 1",
    "a name of many parts in a table": "[general]\nx = {a" + ".a" * 200_000 + " = 1}",
    "quoted parts": "'a'" + ".'a'" * 200_000 + " = 1",
    "a heading of many parts": "[" + "a." * 200_000 + "b]",
    "a number of many digits": "[general]\ncapital_rate = " + "9" * 5_000,
    "a number that is no float": "[general]\ncapital_rate = 1" + "0" * 4_000,
    "a number in base 16": "[general]\ncapital_rate = 0x" + "f" * 50_000,
    "too large": "# " + "x" * 6_000_000,
    "no text": "\0",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_assumptions_are_refused_in_words(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(DataError) as caught:
        read_assumptions(HOSTILE[kind])
    assert all(problem.remedy and len(problem.sentence()) < 1_000 for problem in caught.value.problems)
    if kind not in ("lists in lists", "no text"):
        return
    (tmp_path / "a.toml").write_text(HOSTILE[kind])
    (tmp_path / "s.csv").write_text("date,sku,quantity\n2012-01-27,A,3\n")
    assert (
        main(
            [
                "analyze",
                str(tmp_path / "s.csv"),
                "--assumptions",
                str(tmp_path / "a.toml"),
                "--out",
                str(tmp_path / "out"),
            ]
        )
        == 2
    )
    told = capsys.readouterr().err
    assert told.startswith("stock-or-order: ") and "Traceback" not in told and not (tmp_path / "out").exists()


def test_a_byte_order_mark_is_read_and_other_encodings_are_told() -> None:
    given = '[product."Räder.a.b.c.d.e.f.g.h.i.j.k"]\ncapital_rate = 0.09\n'
    for content in (given.encode(), b"\xef\xbb\xbf" + given.encode(), "\ufeff" + given):
        assert read_assumptions(content).of("capital_rate", "Räder.a.b.c.d.e.f.g.h.i.j.k").value == 0.09
    with pytest.raises(DataError, match=r"not text in UTF-8 \(byte 11\)"):
        read_assumptions(given.encode("cp1252"))
