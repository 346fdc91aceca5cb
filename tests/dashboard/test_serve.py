"""The server: its options come from the package, it takes a free port, prints its address and ends when told to."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import closing

import pytest

from dashboard import heap
from dashboard.serve import free_port, settings
from tests.conftest import ROOT, wait_until_healthy


def test_nothing_leaves_the_machine() -> None:
    options = settings(9000)
    assert options["server.address"] == "127.0.0.1" and options["server.port"] == 9000
    assert options["browser.gatherUsageStats"] is False and options["client.showErrorDetails"] == "none" and options["server.fileWatcherType"] == "none"
    assert options["theme.light.textColor"] != options["theme.dark.textColor"]


def test_memory_is_handed_back_where_the_system_can_and_nowhere_else_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Library:
        present = True

        def __init__(self, name: object) -> None:
            if not self.present:
                raise OSError(name)

        def mallopt(self, kind: int, value: int) -> int:
            asked.append(f"{kind} {value}")
            return 1

        def malloc_trim(self, pad: int) -> int:
            asked.append("trim")
            return 1

    monkeypatch.setattr(heap.ctypes, "CDLL", Library)
    for present in (True, False):
        Library.present = present
        heap.keep_little()
        heap.hand_back()
    assert asked == ["-8 2", "-3 1048576", "trim"]


def test_a_taken_port_is_passed_over() -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) > port


def test_it_serves_from_anywhere_and_ends_cleanly(tmp_path: object) -> None:
    port = free_port(8700)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "dashboard.serve", "--port", str(port), "--no-browser"]
    process = subprocess.Popen(command, cwd=str(tmp_path), env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}", process)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=30)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(10)
    assert process.returncode == 0
    assert "Traceback" not in output
