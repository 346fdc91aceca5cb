"""The folder of compiled code changes with every source a kernel can depend on, and with no other; parts of kernels are code of theirs alone."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import analytics
from analytics.machine import numba_internals
from analytics.machine.borrowed import borrowed
from analytics.machine.kernel_cache import borrower, kernel, part, source_digest

SOURCES = {
    "kernels.py": "from analytics.machine.kernel_cache import kernel\nfrom analytics.constants import RATE\n",
    "parts.py": "from analytics.machine.kernel_cache import part\n",
    "borrowers.py": "from analytics.machine.kernel_cache import borrower\n",
    "constants.py": "RATE = 2.0\n",
    "study.py": "from analytics import kernel_cache\nfrom analytics.kernels import *\nfrom analytics.words import WORDS\n",
    "words.py": "WORDS = 'numba compiles'\n",
}


def digest_after(folder: Path, edited: str = "") -> str:
    for name, text in SOURCES.items():
        (folder / name).write_text(text + ("# edited\n" if name == edited else ""), encoding="utf-8")
    return source_digest(folder)


def test_only_what_is_compiled_counts(tmp_path: Path) -> None:
    before = digest_after(tmp_path)
    assert {name: digest_after(tmp_path, name) != before for name in SOURCES} == {
        "kernels.py": True, "parts.py": True, "borrowers.py": True, "constants.py": True, "study.py": False, "words.py": False,
    }  # fmt: skip


@part
def _tripled(value):  # type: ignore[no-untyped-def]
    return 3.0 * value


@part
def _tripled_and_one(value):  # type: ignore[no-untyped-def]
    return _tripled(value) + 1.0


@kernel
def _sum_of_tripled(values):  # type: ignore[no-untyped-def]
    total = 0.0
    for value in values:
        total += _tripled_and_one(value)
    return total


def test_a_part_is_code_of_its_kernel_alone() -> None:
    assert _sum_of_tripled(np.array([0.5, 2.0, -1.25])) == 3.0 * 1.25 + 3.0
    for function, result in ((_tripled, 6.0), (_tripled_and_one, 7.0)):
        with pytest.raises((TypeError, KeyError)):  # and no other end of the process
            function(2.0)
        assert kernel(function.py_func)(2.0) == result


class _Series(NamedTuple):
    values: Any
    rows: Any
    factor: float


@borrower
def _row_times(series, row):  # type: ignore[no-untyped-def]
    total = 0.0
    for value in series.rows[row]:
        total += value * series.factor
    return total


@kernel
def _all_rows(series, out):  # type: ignore[no-untyped-def]
    series, out = borrowed(series), borrowed(out)
    for row in range(series.rows.shape[0]):
        out[row] = _row_times(series, row) + series.values[row]


def test_borrowed_arrays_are_read_and_written_and_stay_their_holders() -> None:
    rows, values, out = np.arange(12.0).reshape(4, 3) - 2.5, np.array([0.5, -1.0, 3.0, 8.0]), np.empty(4)
    held = [sys.getrefcount(array) for array in (rows, values, out)]
    for _ in range(50):
        _all_rows(_Series(values, rows, 1.5), out)
    assert out.tolist() == (1.5 * rows.sum(axis=1) + values).tolist()
    assert [sys.getrefcount(array) for array in (rows, values, out)] == held


@borrower
def _makes_an_array(count):  # type: ignore[no-untyped-def]
    return np.zeros(count).shape[0]


@kernel
def _calls_it(count):  # type: ignore[no-untyped-def]
    return _makes_an_array(count)


@pytest.mark.skipif(not numba_internals.known(), reason="compiled in the plain way every part counts")
def test_a_borrower_that_makes_an_array_does_not_compile() -> None:
    with pytest.raises(Exception, match="array passed into the function"):
        _calls_it(3)


def test_only_kernels_call_parts() -> None:
    decorated: dict[str, set[str]] = {"kernel": set(), "part": set(), "borrower": set()}
    called_elsewhere: set[str] = set()
    for path in sorted(Path(str(analytics.__file__)).parent.rglob("*.py")):
        own = path.stem

        def name_of(name: str, own: str = own) -> str:
            return f"{own}.{name}" if name.startswith("_") else name

        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            kinds = (
                [d.id for d in node.decorator_list if isinstance(d, ast.Name) and d.id in decorated]
                if isinstance(node, ast.FunctionDef)
                else []
            )
            if isinstance(node, ast.FunctionDef) and kinds:
                decorated[kinds[0]].add(name_of(node.name))
            else:
                called_elsewhere |= {
                    name_of(call.func.id)
                    for call in ast.walk(node)
                    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
                }
    parts = decorated["part"] | decorated["borrower"]
    assert "stock_week.play_steps" not in parts and {"play_steps", "stock._nature"} <= parts
    assert "play_steps" in decorated["borrower"] and "product_demand" in decorated["part"]
    # the published curves carry the same name; what is left at the end is asked by price and replay too, a unit at a time
    assert parts & called_elsewhere <= {"share_staying", "later"}
