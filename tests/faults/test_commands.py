"""`analyze` and an upload, killed by signal 9 or on a full disk: one whole result, nothing mixed or cut, nothing of a file left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest

from analytics.data import read_items, read_sales
from analytics.writeup.folder import unfinished
from tests.faults.damage import ALL
from tests.strategy.small import STATED, csv_text, items_table, sales_table

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills processes as POSIX does")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("killed")
    (place / "sales.csv").write_bytes(csv_text(sales_table()))
    (place / "items.csv").write_bytes(csv_text(items_table()))
    (place / "stated.toml").write_text(STATED)
    analysis(place, 1).wait()
    return place


def analysis(place: Path, seed: int, most_bytes: int = 0) -> subprocess.Popen[str]:
    """`analyze` in a process of its own, whose files may not grow beyond so many bytes."""
    command = [
        sys.executable,
        "-m",
        "analytics.cli",
        "analyze",
        "sales.csv",
        "--items",
        "items.csv",
        "--assumptions",
        "stated.toml",
        "--seed",
        str(seed),
        "--out",
        "answer",
    ]

    def bounded() -> None:
        import resource

        if most_bytes:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if most_bytes:  # what measures coverage writes a file of its own
        environment = {k: v for k, v in environment.items() if not k.startswith("COVERAGE")}
    return subprocess.Popen(
        command,
        cwd=place,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=bounded,
        start_new_session=True,
    )


def seed_of(answer: Path) -> int:
    """The seed of the one whole result that a folder holds."""
    document = json.loads((answer / "summary.json").read_text())
    assert {name: sha256((answer / name).read_bytes()).hexdigest() for name in document["files"]} == document[
        "files"
    ]
    assert {path.name for path in answer.iterdir()} == {*document["files"], "summary.json"}
    return int(document["seed"])


@pytest.mark.parametrize("point", range(12) if ALL else (6,))
def test_killed_at_any_point_the_folder_holds_one_whole_result(place: Path, point: int) -> None:
    answer = place / "answer"
    before = seed_of(answer)
    process = analysis(place, before + 1)
    if point < 4:
        time.sleep(0.7 * point)
    else:
        until = time.monotonic() + 120.0
        while (
            not any(f".writing-{process.pid}-" in path.name for path in place.iterdir())
            and process.poll() is None
            and time.monotonic() < until
        ):
            time.sleep(0.0005)
        time.sleep(0.04 * (point - 4))
    os.killpg(process.pid, 9)
    process.communicate()
    assert seed_of(answer) in (before, before + 1)
    traces = {path.name for path in unfinished(answer)}
    assert len(traces) <= 1 and {path.name for path in place.iterdir()} - traces == {
        "sales.csv",
        "items.csv",
        "stated.toml",
        "answer",
    }


@pytest.mark.parametrize("most_bytes", (1_000, 4_000, 20_000, 60_000, 200_000) if ALL else (4_000,))
def test_on_a_full_disk_the_earlier_result_stays_whole_and_it_is_said(place: Path, most_bytes: int) -> None:
    answer = place / "answer"
    before = seed_of(answer)
    process = analysis(place, before + 1, most_bytes)
    told = process.communicate()[1]
    if process.returncode:
        assert process.returncode == 2 and "cannot be read or written" in told and "Traceback" not in told
    assert seed_of(answer) == (before if process.returncode else before + 1) and not unfinished(answer)
    assert {path.name for path in place.iterdir()} == {"sales.csv", "items.csv", "stated.toml", "answer"}


def test_a_note_about_the_cache_belongs_to_the_log_and_not_to_the_result(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from analytics.machine import kernel_cache, sealed
    from analytics.study import run_forecast, run_study

    history, items = read_sales(csv_text(sales_table())), read_items(csv_text(items_table()))[0]
    monkeypatch.setattr(sealed, "_TOLD", set())
    before = run_study(history, items, draws=2, how_sure=False)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(kernel_cache, "NOTE", "Compiled code is not kept: no room")
    after = run_study(history, items, draws=2, how_sure=False)
    run_forecast(history, items, horizon=2)
    assert (
        after.notes == before.notes
        and capsys.readouterr().err == "stock-or-order: Compiled code is not kept: no room\n"
    )


CANNOT = ("a file in its place", "a folder without the right to write")
#: runs Python without the right of an administrator to write everywhere; of anybody else it takes nothing away
_AS_ANYBODY = "import ctypes, os, sys; [ctypes.CDLL(None).prctl(24, right, 0, 0, 0) for right in (1, 2)]; os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"


def without_cache(folder: Path, how: str, *program: str) -> subprocess.CompletedProcess[str]:
    """Python runs a program for a person whose cache folder cannot be written."""
    cache = folder / "no cache"
    if how == CANNOT[0]:
        cache.write_text("a file")
    else:
        cache.mkdir(mode=0o555)
    environment = {
        name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"
    }  # as this process set it for itself
    environment |= {"XDG_CACHE_HOME": str(cache), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", _AS_ANYBODY, *program],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(not ALL, reason="compiles; part of make study")
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="gives up a right as Linux does")
@pytest.mark.parametrize("how", CANNOT)
def test_a_cache_that_cannot_be_written_changes_no_result_and_is_said_once(
    place: Path, tmp_path: Path, how: str
) -> None:
    seed = seed_of(place / "answer")
    assert analysis(place, seed).wait() == 0  # the same seed again
    given = [
        str(place / name) if "." in name else name
        for name in ("sales.csv", "--items", "items.csv", "--assumptions", "stated.toml")
    ]
    done = without_cache(
        tmp_path, how, "-m", "analytics.cli", "analyze", *given, "--seed", str(seed), "--out", "answer"
    )
    assert (
        done.returncode == 0
        and done.stderr.count("\n") == done.stderr.count("Compiled code is not kept") == 1
    ), done.stderr
    assert {path.name: path.read_bytes() for path in (tmp_path / "answer").iterdir()} == {
        path.name: path.read_bytes() for path in (place / "answer").iterdir()
    }


@pytest.mark.skipif(not ALL, reason="compiles and computes a sample; part of make study")
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="gives up a right as Linux does")
@pytest.mark.parametrize("how", CANNOT)
def test_the_app_runs_without_a_cache_and_says_so_once(tmp_path: Path, how: str) -> None:
    program = """
from streamlit.testing.v1 import AppTest
from tests.dashboard.conftest import APP, settled
at = AppTest.from_file(str(APP), default_timeout=600)
at.query_params["data"] = "servers"
settled(at.run(), 600.0)
at.switch_page("views/products.py").run()
assert not at.exception and at.dataframe, at.exception
at.switch_page("views/answer.py").run()
print(at.title[0].value)
"""
    done = without_cache(tmp_path, how, "-c", program)
    assert done.returncode == 0 and "over the next 12 months" in done.stdout, done.stderr
    assert (
        done.stderr.count("Compiled code is not kept") == 1
        and done.stderr.count("results of the samples cannot be kept") == 1
        and "Traceback" not in done.stderr
    )


UPLOAD = """
import sys
from streamlit.testing.v1 import AppTest
from tests.dashboard.conftest import APP, sales_csv
from dashboard.state import memory
at = AppTest.from_file(str(APP), default_timeout=180)
at.query_params["data"] = "servers"
at.run().switch_page("views/data.py").run()
print("open", flush=True)
content = sales_csv(skus=("Zq7killed-1", "Zq7killed-2", "C-3"))
at.file_uploader(key="sales-files").set_value([("Zq7killed.csv", content, "text/csv")]).run()
print("read", flush=True)
at.button(key="use-file").click().run()
data = at.session_state["choices"]["own"].source.digest
for k in range(100):
    if memory.keep_scenario(data, f"s {k}", at.session_state["choices"]["own"].state):
        print(data, k, flush=True)
"""


@pytest.mark.skipif(not ALL, reason="a minute; part of make study")
@pytest.mark.parametrize("point", range(12))
def test_killed_while_a_file_is_uploaded_nothing_of_it_stays_but_what_was_told_done(
    point: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dashboard.state import memory
    from tests.faults.test_database import as_a_new_process

    for name, folder in (
        ("STOCK_OR_ORDER_DATABASE", "kept/kept.sqlite3"),
        ("STOCK_OR_ORDER_SCENARIOS", "earlier"),
        ("TMPDIR", "temporary"),
    ):
        monkeypatch.setenv(name, str(tmp_path / folder))
    (tmp_path / "temporary").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", UPLOAD],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    for _ in range(1 + point // 4):
        process.stdout.readline()
    time.sleep(0.15 * (point % 4))
    os.killpg(process.pid, 9)
    told = [line.split() for line in process.communicate()[0].splitlines() if line[:1] not in "or"]
    as_a_new_process()
    for data, k in told:
        assert f"s {k}" in memory.scenarios(data)
    assert memory.why_not() == "" and not [one for one in memory.said() if "damaged" in one]
    left = [
        path
        for path in tmp_path.rglob("*")
        if path.is_file() and path.parent.name != "kept" and b"Zq7killed" in path.read_bytes()
    ]
    assert left == []
