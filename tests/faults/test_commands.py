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
    analysis(place, 1).wait(300)
    return place


def analysis(place: Path, seed: int, most_bytes: int = 0) -> subprocess.Popen[str]:
    """`analyze` in a process of its own, whose files may not grow beyond so many bytes."""
    command = [sys.executable, "-m", "analytics.cli", "analyze", "sales.csv", "--items", "items.csv", "--assumptions", "stated.toml", "--seed", str(seed), "--out", "answer"]

    def bounded() -> None:
        import resource

        if most_bytes:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, cwd=place, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, preexec_fn=bounded, start_new_session=True)


def seed_of(answer: Path) -> int:
    """The seed of the one whole result that a folder holds."""
    document = json.loads((answer / "summary.json").read_text())
    assert {name: sha256((answer / name).read_bytes()).hexdigest() for name in document["files"]} == document["files"]
    assert {path.name for path in answer.iterdir()} == {*document["files"], "summary.json"}
    return int(document["seed"])


@pytest.mark.parametrize("point", range(12) if ALL else (4, 8))
def test_killed_at_any_point_the_folder_holds_one_whole_result(place: Path, point: int) -> None:
    answer = place / "answer"
    before = seed_of(answer)
    process = analysis(place, before + 1)
    if point < 4:
        time.sleep(0.7 * point)
    else:
        until = time.monotonic() + 120.0
        while not any(f".writing-{process.pid}-" in path.name for path in place.iterdir()) and process.poll() is None and time.monotonic() < until:
            time.sleep(0.0005)
        time.sleep(0.04 * (point - 4))
    os.killpg(process.pid, 9)
    process.communicate()
    assert seed_of(answer) in (before, before + 1)
    traces = {path.name for path in unfinished(answer)}
    assert len(traces) <= 1 and {path.name for path in place.iterdir()} - traces == {"sales.csv", "items.csv", "stated.toml", "answer"}


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


@pytest.mark.skipif(not ALL, reason="compiles; part of make study")
def test_a_cache_that_cannot_be_written_stops_no_analysis(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place.parent / "no cache").write_text("a file")
    monkeypatch.setenv("XDG_CACHE_HOME", str(place.parent / "no cache"))
    before = seed_of(place / "answer")
    process = analysis(place, before + 1)
    assert process.communicate()[1] == "" and process.returncode == 0
    assert seed_of(place / "answer") == before + 1 and any("not kept" in note for note in json.loads((place / "answer" / "summary.json").read_text())["notes"])


UPLOAD = """
import sys
from streamlit.testing.v1 import AppTest
from tests.dashboard.conftest import APP, sales_csv
from dashboard import memory
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
def test_killed_while_a_file_is_uploaded_nothing_of_it_stays_but_what_was_told_done(point: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboard import memory
    from tests.faults.test_database import as_a_new_process

    for name, folder in (("STOCK_OR_ORDER_DATABASE", "kept/kept.sqlite3"), ("STOCK_OR_ORDER_SCENARIOS", "earlier"), ("TMPDIR", "temporary")):
        monkeypatch.setenv(name, str(tmp_path / folder))
    (tmp_path / "temporary").mkdir()
    process = subprocess.Popen([sys.executable, "-c", UPLOAD], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True)
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
    left = [path for path in tmp_path.rglob("*") if path.is_file() and path.parent.name != "kept" and b"Zq7killed" in path.read_bytes()]
    assert left == []
