"""The two doors to what is not published: compiled in the plain way, everything gives the same numbers; without a C library nothing happens."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from analytics.machine import c_library, numba_internals

ROOT = Path(__file__).resolve().parents[1]
#: Parts within parts within a kernel, and a kernel alone: demand drawn by keys, Poisson counts, smoothing, a season.
PROGRAM = """
import json

import numpy as np

import pytest

from analytics.machine import c_library, numba_internals
from analytics.forecast.members.counts import WIDTH, WORK, poisson_counts
from analytics.forecast.members.smoothing import damped_trend_sums
from analytics.machine.kernel_cache import kernel
from analytics.randomness import sku_keys, uniform


@kernel
def drawn(key, count):
    work = np.zeros(WORK)
    for t in range(count):
        work[t] = 0.3 + 1.7 * t
        work[WIDTH + t] = uniform(key, np.uint64(t))
    poisson_counts(work, count)
    return work[:count].copy()


counts = drawn(sku_keys(["A"], 7)[0], 40)
sums = np.zeros(41)
damped_trend_sums(counts, counts >= 0.0, 0.31, 0.12, 0.93, 3, sums)
print(json.dumps([numba_internals.known(), counts.tolist(), [value.hex() for value in sums.tolist()]]))
"""


#: A numba that does not have what is used here.
UNKNOWN = "import numba.core.caching\ndel numba.core.caching.IndexDataCacheFile\n"


def played(folder: Path, before: str = "", **environment: str) -> tuple[list[object], str, int]:
    """What the program prints, what it says beside, and how many files it kept."""
    folder.mkdir()
    (folder / "program.py").write_text(before + PROGRAM, encoding="utf-8")
    own = {**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(folder / "kept"), **environment}
    done = subprocess.run(
        [sys.executable, str(folder / "program.py")], env=own, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr, len(list((folder / "kept").rglob("*.nbc")))


def test_the_plain_way_gives_the_same_numbers(tmp_path: Path) -> None:
    usual, said, kept = played(tmp_path / "usual")
    plain, switched_off, none = played(tmp_path / "plain", **{numba_internals.PLAIN: "1"})
    unknown, told, nothing = played(tmp_path / "unknown", UNKNOWN)
    assert [usual[0], plain[0], unknown[0]] == [True, False, False]
    assert usual[1:] == plain[1:] == unknown[1:] and sum(usual[1]) > 0  # type: ignore[arg-type]
    assert kept >= 2 and none == nothing == 0
    assert "not known" in told and "not known" not in said + switched_off


def test_numba_is_asked_for_what_it_does_not_publish_in_one_file_alone() -> None:
    private = re.compile(
        r"numba\.(core|_|np|cpython|typed|experimental)|import llvmlite|pipeline_class|no_c\w+_wrapper"
    )
    found = {
        path.relative_to(ROOT).as_posix()
        for folder in ("analytics", "dashboard", "sample_data")
        for path in (ROOT / folder).rglob("*.py")
        if private.search(path.read_text(encoding="utf-8"))
    }
    assert {Path(path).name for path in found} == {"numba_internals.py"}
    assert private.search("from numba.core.caching import FunctionCache")


def test_the_c_library_is_asked_in_one_file_alone() -> None:
    found = {
        path.name
        for folder in ("analytics", "dashboard", "sample_data")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"\bctypes\b", path.read_text(encoding="utf-8"))
    }
    assert found == {"c_library.py"}


def test_without_a_c_library_nothing_happens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def absent(*_: object, **__: object) -> None:
        raise OSError("no such library")

    monkeypatch.setattr(c_library.ctypes, "CDLL", absent)
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_text(name)
    assert not c_library.exchange(tmp_path / "one", tmp_path / "other")
    assert (tmp_path / "one" / "one").exists()
    c_library.flush_output()
    c_library.few_pools()
    c_library.hold_little()
    c_library.trim()
    c_library.page_out([(4096, 8192)])
