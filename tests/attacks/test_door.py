"""A running server: foreign names on every route and the WebSocket get nothing, look nothing up and hold nobody up; it ends with its starter."""

from __future__ import annotations

import base64
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT, end, free_port, wait_until_healthy

#: Loaded by the server's Python before anything else: every name looked up and every address called is written down.
_RECORDER = """
import os, socket
_file = os.environ["LOOKED_UP"]
def _note(what):
    with open(_file, "a") as out:
        out.write(repr(what) + "\\n")
_find, _call = socket.getaddrinfo, socket.socket.connect
def getaddrinfo(host, *rest, **more):
    _note(("look up", host))
    return _find(host, *rest, **more)
def connect(self, address):
    _note(("connect", address))
    return _call(self, address)
socket.getaddrinfo, socket.socket.connect = getaddrinfo, connect
"""
ROUTES = ("/", "/data", "/_stcore/health", "/_stcore/host-config", "/_stcore/metrics", "/_stcore/stream", "/_stcore/upload_file/x/y", "/_stcore/agent/openapi.json",
          "/media/x", "/component/x", "/static/js/none.js", "/favicon.png", "/oauth2callback", "//evil.example/", "/nothing")  # fmt: skip


@dataclass(frozen=True)
class Server:
    port: int
    looked_up: Path

    def ask(
        self, path: str, headers: dict[str, str | None], method: str = "GET", websocket: bool = False
    ) -> tuple[int, str]:
        """Status and head of the answer to a request written by hand; None leaves a header out."""
        told: dict[str, str | None] = {
            "Host": f"127.0.0.1:{self.port}",
            "Connection": "close",
            "Content-Length": "0" if method != "GET" else None,
        }
        if websocket:
            key = base64.b64encode(os.urandom(16)).decode()
            told |= {
                "Connection": "Upgrade",
                "Upgrade": "websocket",
                "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": key,
                "Origin": f"http://127.0.0.1:{self.port}",
            }
        lines = [f"{name}: {value}" for name, value in (told | headers).items() if value is not None]
        with socket.create_connection(("127.0.0.1", self.port), 120) as line:
            line.sendall(
                (f"{method} {path} HTTP/1.1\r\n" + "\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
            )
            head = b""
            while b"\r\n\r\n" not in head and (more := line.recv(65536)):
                head += more
        text = head.decode("latin-1").partition("\r\n\r\n")[0]
        return (int(text.split()[1]) if text.startswith("HTTP/") else 0), text


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("recorder")
    (folder / "sitecustomize.py").write_text(_RECORDER, encoding="utf-8")
    looked_up = folder / "looked_up.txt"
    looked_up.write_text("", encoding="utf-8")
    port = free_port()
    variables = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", "LOOKED_UP": str(looked_up)}
    command = [
        sys.executable,
        "-m",
        "dashboard.serve",
        "--port",
        str(port),
        "--no-browser",
        "--public-url",
        "https://stock.example.com",
    ]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert process.stdout is not None
    while (
        (line := process.stdout.readline()) and b"is open at" not in line
    ):  # the last thing it does while it starts is to ask itself whether it is there
        pass
    assert line
    looked_up.write_text("", encoding="utf-8")  # what it asked itself while it started
    yield Server(port, looked_up)
    end(process)


def test_nobody_foreign_gets_in_on_any_route(server: Server) -> None:
    own = f"127.0.0.1:{server.port}"
    names = (
        None,
        "",
        "evil.example",
        f"evil.example:{server.port}",
        "127.0.0.1",
        f"127.0.0.1:{server.port + 1}",
        f"{own}@evil.example",
    )
    pages = (
        "http://evil.example",
        "null",
        f"https://{own}",
        f"http://{own}.evil.example",
        "http://localhost",
    )
    hosts: list[dict[str, str | None]] = [{"Host": host} for host in names]
    origins: list[dict[str, str | None]] = [{"Origin": origin} for origin in pages]
    let_in = [
        (path, headers, method, websocket)
        for path in ROUTES
        for headers in (*hosts, *origins)
        for method, websocket in (("GET", False), ("PUT", False), ("GET", True))
        if server.ask(path, headers, method, websocket)[0] not in (400, 403)
    ]
    assert let_in == []
    assert server.ask("/_stcore/stream", {"Origin": None}, websocket=True)[0] == 403
    assert server.looked_up.read_text(encoding="utf-8") == ""


def test_ones_own_page_gets_in_and_every_answer_is_guarded(server: Server) -> None:
    status, head = server.ask("/_stcore/stream", {}, websocket=True)
    assert status == 101, head
    assert (
        server.ask(
            "/_stcore/stream",
            {"Host": "stock.example.com", "Origin": "https://stock.example.com"},
            websocket=True,
        )[0]
        == 101
    )
    assert (
        server.ask("/_stcore/stream", {"Origin": "https://stock.example.com"}, websocket=True)[0] == 101
    )  # a proxy that writes its own Host
    for path in ("/", "/_stcore/health", "/nothing", "/static/js/none.js"):
        for headers in ({}, {"Host": "evil.example"}):
            told = server.ask(path, headers)[1].lower()
            for name in (
                "x-frame-options: deny",
                "x-content-type-options: nosniff",
                "referrer-policy: same-origin",
                "content-security-policy: default-src 'self'",
            ):
                assert name in told, (path, headers, name)
    assert server.looked_up.read_text(encoding="utf-8") == ""


def test_foreign_handshakes_hold_nobody_up(server: Server) -> None:
    """All are refused by the time the next request is answered: none waits for a name."""
    lines = []
    for _ in range(20):
        line = socket.create_connection(("127.0.0.1", server.port), 120)
        line.sendall(f"GET /_stcore/stream HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nOrigin: http://evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode())  # fmt: skip
        lines.append(line)
    assert server.ask("/_stcore/health", {})[0] == 200
    for line in lines:
        with line:
            line.settimeout(120.0)
            assert line.recv(200).startswith(b"HTTP/1.1 403")
    assert server.looked_up.read_text(encoding="utf-8") == ""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("how", ["SIGKILL", "SIGHUP"])
def test_the_server_ends_with_its_starter(how: str) -> None:
    port = free_port()
    command = [sys.executable, "-m", "analytics.cli", "app", "--port", str(port), "--no-browser"]
    starter = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}", starter)
        starter.send_signal(getattr(signal, how))
        starter.wait(120)
        for _ in range(1200):
            with socket.socket() as probe:
                probe.settimeout(1.0)
                if probe.connect_ex(("127.0.0.1", port)) != 0:
                    break
            time.sleep(0.1)
        else:
            raise AssertionError("the server still answers two minutes after its starter was gone")
    finally:
        end(starter)
