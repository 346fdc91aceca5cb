"""What several test folders share: a real Chromium where there is one, and a server that is ended by its id."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.team.postgres import REQUIRED as POSTGRES_REQUIRED
from tests.team.postgres import Postgres
from tests.team.postgres import programs as postgres_programs

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
#: what tests keep is kept in a folder of their own, and nothing that a person kept is taken over
_KEPT = Path(tempfile.mkdtemp(prefix="kept-"))
os.environ["STOCK_OR_ORDER_DATABASE"], os.environ["STOCK_OR_ORDER_SCENARIOS"] = (
    str(_KEPT / "kept.sqlite3"),
    str(_KEPT / "earlier"),
)
atexit.register(shutil.rmtree, _KEPT, ignore_errors=True)
REQUIRED = os.environ.get("STOCK_OR_ORDER_REQUIRE_BROWSER") == "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything under tests/browser needs Chromium: skipped, and said so, where there is none; required, it fails."""
    for item in items:
        if "browser" in item.path.relative_to(ROOT).parts[:-1] and item.path.is_relative_to(ROOT / "tests"):
            item.add_marker(pytest.mark.browser)
        if item.get_closest_marker("browser") and CHROMIUM is None and not REQUIRED:
            item.add_marker(
                pytest.mark.skip(
                    reason="no Chromium found; set STOCK_OR_ORDER_REQUIRE_BROWSER=1 to require it"
                )
            )


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") and CHROMIUM is None and REQUIRED:
        pytest.fail(
            "a browser is required (STOCK_OR_ORDER_REQUIRE_BROWSER=1) and no Chromium was found",
            pytrace=False,
        )


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's own Chromium, silent towards the outside."""
    quiet = [
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    return {
        **browser_type_launch_args,
        "executable_path": CHROMIUM,
        "args": ["--headless", "--no-sandbox", "--disable-gpu", *quiet],
    }


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_healthy(address: str, process: subprocess.Popen[Any], seconds: float = 300.0) -> None:
    """Returns once the server answers; fails if it ends or stays silent."""
    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        if process.poll() is not None:
            raise AssertionError(f"the server ended with code {process.returncode} before it answered")
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=30) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"no answer from {address} within {seconds:g} s")


def end(process: subprocess.Popen[Any]) -> None:
    """Ends a process that a test started, with the children of its own session, and waits for it."""
    for way in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, way)
        else:
            process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(15)
            return


Serve = Callable[..., str]


@pytest.fixture(scope="session")
def serve() -> Iterator[Serve]:
    """Starts the app: `serve("demo")` or `serve("app", "sales.csv")` gives its address; ended with the session."""
    running: list[subprocess.Popen[Any]] = []

    def start(*arguments: str, environment: dict[str, str] | None = None) -> str:
        port = free_port()
        command = [sys.executable, "-m", "analytics.cli", *arguments, "--port", str(port), "--no-browser"]
        variables = {**os.environ, **(environment or {})}
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        running.append(process)
        address = f"http://127.0.0.1:{port}"
        wait_until_healthy(address, process)
        return address

    yield start
    for process in running:
        end(process)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A database server of the tests' own, started once; skipped, and said so, where there is none; required, it fails."""
    if postgres_programs() is None or os.name != "posix":
        missing = "no PostgreSQL found (initdb); set STOCK_OR_ORDER_REQUIRE_POSTGRES=1 to require it"
        if POSTGRES_REQUIRED:
            pytest.fail("PostgreSQL is required (STOCK_OR_ORDER_REQUIRE_POSTGRES=1) and was not found")
        pytest.skip(missing)
    server = Postgres()
    yield server
    server.end()


@pytest.fixture
def on_both(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The database of kept work on both kinds, a new one each time: `file` or `server`, as the test is told by its parameter."""
    kind = str(request.param)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("STOCK_OR_ORDER_SCENARIOS", str(tmp_path / "scenarios"))
    monkeypatch.setenv("STOCK_OR_ORDER_DATABASE", str(tmp_path / "kept" / "kept.sqlite3"))
    if kind == "server":
        server = request.getfixturevalue("postgres")
        server.emptied()
        monkeypatch.setenv("STOCK_OR_ORDER_DATABASE", server.address())
    from dashboard.kept import database, forgetting
    from dashboard.state import memory

    database._OPEN.clear()
    forgetting._GONE.clear()
    memory._LEFT.clear()
    return kind


@pytest.fixture(scope="session")
def app_address(serve: Serve) -> str:
    """Address of the app on its sample data."""
    return serve("demo")
