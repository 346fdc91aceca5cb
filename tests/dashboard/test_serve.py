"""The server: its options come from the package, it takes a free port, prints its address and ends when told to."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
import weakref
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartParser

from analytics.machine import c_library
from dashboard import memory_release
from dashboard.serve import free_port, keep_uploads_in_memory, settings
from tests.conftest import ROOT, wait_until_healthy


def test_nothing_leaves_the_machine() -> None:
    options = settings(9000)
    assert options["server.address"] == "127.0.0.1" and options["server.port"] == 9000
    assert (
        options["browser.gatherUsageStats"] is False
        and options["client.showErrorDetails"] == "none"
        and options["server.fileWatcherType"] == "none"
    )
    assert options["theme.light.textColor"] != options["theme.dark.textColor"]


def test_memory_is_handed_back_where_the_system_can_and_nowhere_else_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
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

        def madvise(self, start: ctypes.c_void_p, length: ctypes.c_size_t, advice: int) -> int:
            asked.append(f"{start.value:x} {length.value:x} {advice}")
            return 0

    maps = tmp_path / "maps"
    library = "0 08:01 7 /a b/libllvmlite.so"
    rows = (
        f"1000-3000 r--p {library}",
        f"3000-7000 r-xp {library}",
        f"7000-8000 rw-p {library}",
        "9000-a000 r-xp 0 08:01 8 /libc.so",
        "b000-c000 rw-p 0 00:00 0",
    )
    maps.write_text("\n".join(rows) + "\n")
    monkeypatch.setattr(memory_release, "_MAPS", maps)
    monkeypatch.setattr(c_library.ctypes, "CDLL", Library)
    for present in (True, False):
        Library.present = present
        c_library.hold_little()
        memory_release.hand_back()
    maps.unlink()
    Library.present = True
    memory_release.hand_back()
    assert asked == ["-8 2", "-3 1048576", "trim", "1000 2000 21", "3000 4000 21", "trim"]


def test_what_stays_in_use_is_searched_for_garbage_by_the_next_computation_alone() -> None:
    class Ring:
        own: Ring

    ring = Ring()
    ring.own, gone = ring, weakref.ref(ring)
    try:
        memory_release.hand_back()
        assert gc.get_freeze_count() > 1000
        del ring
        gc.collect()
        assert gone() is not None  # in no answer's time
        memory_release.hand_back()
        assert gone() is None
    finally:
        gc.unfreeze()


def test_kernels_run_on_when_the_compiler_was_let_go() -> None:
    script = "from analytics.warm_up import warm_up_simulation as run; from dashboard.memory_release import hand_back; run(); hand_back(); run(); hand_back(); print('ran')"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "ran\n"), done.stderr


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
    process = subprocess.Popen(
        command,
        cwd=str(tmp_path),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
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


def test_an_upload_stays_in_memory_while_it_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    """A temporary file of the web server's library would be a copy of the sales on the disk."""
    monkeypatch.setattr(
        tempfile, "TemporaryFile", lambda *a, **k: pytest.fail("a part of the upload went to the disk")
    )
    monkeypatch.setattr(MultiPartParser, "spool_max_size", MultiPartParser.spool_max_size)
    keep_uploads_in_memory()
    content = b"2024-01-01,A,1\n" * 200_000

    async def body() -> AsyncGenerator[bytes, None]:
        yield b'--edge\r\nContent-Disposition: form-data; name="file"; filename="sales.csv"\r\n\r\n'
        for start in range(0, len(content), 65_536):
            yield content[start : start + 65_536]
        yield b"\r\n--edge--\r\n"

    async def arrived() -> bytes:
        form = await MultiPartParser(
            Headers({"content-type": "multipart/form-data; boundary=edge"}), body()
        ).parse()
        (file,) = form.values()
        assert isinstance(file, UploadFile)
        return await file.read()

    with ThreadPoolExecutor(1) as apart:  # a browser's loop may run in this thread
        assert apart.submit(asyncio.run, arrived()).result() == content
