"""A running server with two windows on one file: forgotten in one, it is gone from the other, from the process and from the disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from analytics.machine.sealed import data_home
from dashboard.results.store import store_folder
from tests.browser.drawn import PATIENCE, go, idle, window
from tests.conftest import ROOT, end, free_port, wait_until_healthy
from tests.dashboard.conftest import items_csv, sales_csv
from tests.searching import files_with

#: Loaded by the server's Python before anything else: on a signal it searches its own objects for what the file names, and writes what it found.
_SEARCHER = """
import os, signal

def _search(number, frame):
    from tests.searching import kept_objects
    asked = os.environ["SEARCHED"]
    with open(asked) as file:
        parts = file.read().split()
    found = kept_objects("".join(parts), {id(parts)})
    with open(asked + ".new", "w") as out:
        out.write("\\n".join(found))
    os.rename(asked + ".new", asked + ".found")

signal.signal(signal.SIGUSR1, _search)
"""
PARTS = ("Zq7", "for", "gotten")  # put together by who searches, so that the search does not find itself
MARKER = "".join(PARTS)


@dataclass(frozen=True)
class Searched:
    address: str
    number: int
    place: Path

    def objects(self) -> list[str]:
        """What objects of the server hold the marker."""
        asked, found = self.place / "asked", self.place / "asked.found"
        found.unlink(missing_ok=True)
        asked.write_text("\n".join(PARTS), encoding="utf-8")
        os.kill(self.number, signal.SIGUSR1)
        until = time.monotonic() + 300.0
        while not found.exists() and time.monotonic() < until:
            time.sleep(0.05)
        assert found.exists(), "the server did not search its objects within five minutes"
        return found.read_text(encoding="utf-8").splitlines()

    def files(self) -> list[str]:
        """What files hold it."""
        return files_with(
            MARKER, [*(self.place / name for name in ("kept", "temporary")), store_folder(), data_home()]
        )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Searched]:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(_SEARCHER, encoding="utf-8")
    (tmp_path / "temporary").mkdir()
    variables = {
        **os.environ, "PYTHONPATH": f"{tmp_path / 'site'}{os.pathsep}{ROOT}", "SEARCHED": str(tmp_path / "asked"), "TMPDIR": str(tmp_path / "temporary"),
        "STOCK_OR_ORDER_DATABASE": str(tmp_path / "kept" / "kept.sqlite3"), "STOCK_OR_ORDER_SCENARIOS": str(tmp_path / "earlier"),
    }  # fmt: skip
    port = free_port()
    command = [sys.executable, "-m", "dashboard.serve", "--port", str(port), "--no-browser"]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}", process)
        yield Searched(f"http://127.0.0.1:{port}", process.pid, tmp_path)
    finally:
        end(process)


def _window(browser: Browser, address: str) -> Page:
    page = window(browser, viewport={"width": 1440, "height": 1200})
    page.goto(address)
    page.wait_for_selector("h1")
    idle(page)
    return page


@pytest.mark.browser
@pytest.mark.skipif(os.name != "posix", reason="asks a process by a signal")
def test_forgotten_in_one_window_it_is_gone_everywhere(browser: Browser, server: Searched) -> None:
    names = (f"{MARKER}-1", f"{MARKER}-2", "C-3")
    one = _window(browser, f"{server.address}/data?data=servers")
    files = [
        {"name": f"{MARKER}.csv", "mimeType": "text/csv", "buffer": sales_csv(skus=names)},
        {"name": "items.csv", "mimeType": "text/csv", "buffer": items_csv(names)},
    ]
    one.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(files)  # type: ignore[arg-type]
    idle(one)
    one.get_by_role("button", name="Use this file").click()
    idle(one)
    expect(one.get_by_text("Your file", exact=True)).to_be_visible(timeout=1000.0 * PATIENCE)
    other = _window(browser, one.url)
    go(other, "Products")
    expect(other.get_by_text("Your file", exact=True)).to_be_visible(timeout=1000.0 * PATIENCE)
    assert server.objects()
    go(one, "Data")
    one.get_by_role("button", name="Forget this file").click()
    idle(one)
    expect(other.get_by_role("heading", name="Drop the file that this link was made with")).to_be_visible(
        timeout=1000.0 * PATIENCE
    )
    expect(
        other.get_by_text(
            "Its data were forgotten, as asked for: neither sales nor answers are kept of them."
        )
    ).to_be_visible(timeout=1000.0 * PATIENCE)
    idle(other)
    assert other.get_by_test_id("stException").count() == 0 and other.get_by_test_id("stMetric").count() == 0
    until = time.monotonic() + 600.0
    while (
        left := server.objects()
    ) and time.monotonic() < until:  # a computation that was given up ends at its next step
        time.sleep(1.0)
    assert left == [], "\n".join(left)
    assert server.files() == []
    for page in (one, other):
        page.context.close()
