"""How long the guard takes to refuse, and whether foreign handshakes hold anybody up.

`python -m benchmarks.door` starts the app, waits until it is idle, and prints, in milliseconds, as the median and the slowest of so many:
a foreign Host and a foreign Origin, each refused in turn; `/_stcore/health` alone; and the same, asked while 20 and 200 foreign handshakes
of a WebSocket are under way at once. Beside it the same is asked of a server that does nothing but answer, which is what this machine can do.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress

from dashboard.serve import free_port

__all__ = ["main"]

_HANDSHAKE = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"


def _connected(port: int) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), 30)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line


def _request(path: str, headers: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\n{headers}\r\n".encode()


def _own(port: int) -> str:
    return f"Host: 127.0.0.1:{port}\r\n"


def _foreign_origin(port: int) -> str:
    return f"{_own(port)}Origin: http://evil.example\r\n{_HANDSHAKE}"


def _status(line: socket.socket) -> int:
    return int(line.recv(4096).split()[1])


def _in_turn(port: int, path: str, headers: str, status: int, count: int) -> list[float]:
    """From the first byte asked to the first of the answer; the connection is made before."""
    out = []
    for _ in range(count):
        with closing(_connected(port)) as line:
            begin = time.perf_counter()
            line.sendall(_request(path, headers))
            found = _status(line)
            out.append(1000.0 * (time.perf_counter() - begin))
            assert found == status, (found, status)
    return out


def _beside(port: int, handshakes: int, count: int) -> list[float]:
    """Health, asked right after so many handshakes were sent and before any was answered."""
    out = []
    for _ in range(count):
        foreign = [_connected(port) for _ in range(handshakes)]
        with closing(_connected(port)) as line:
            for one in foreign:
                one.sendall(_request("/_stcore/stream", _foreign_origin(port)))
            begin = time.perf_counter()
            line.sendall(_request("/_stcore/health", _own(port)))
            assert _status(line) == 200
            out.append(1000.0 * (time.perf_counter() - begin))
        for one in foreign:
            assert _status(one) == 403
            one.close()
    return out


def _bare(count: int) -> list[float]:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            for _ in range(count):
                line = server.accept()[0]
                with line:
                    line.recv(4096)
                    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        return _in_turn(server.getsockname()[1], "/", "", 200, count)


def _ready(port: int) -> None:
    for _ in range(1200):
        with suppress(OSError, IndexError), closing(_connected(port)) as line:
            line.sendall(_request("/_stcore/health", _own(port)))
            if _status(line) == 200:
                time.sleep(5.0)  # what it loads beside its start
                return
        time.sleep(0.1)
    raise SystemExit("the app does not answer")


def _measured(port: int, count: int) -> dict[str, list[float]]:
    _ready(port)
    return {
        "a server that only answers": _bare(count),
        "foreign Host refused": _in_turn(port, "/", "Host: evil.example\r\n", 403, count),
        "foreign Origin of a WebSocket refused": _in_turn(
            port, "/_stcore/stream", _foreign_origin(port), 403, count
        ),
        "health alone": _in_turn(port, "/_stcore/health", _own(port), 200, count),
        "health beside 20 foreign handshakes": _beside(port, 20, count),
        "health beside 200 foreign handshakes": _beside(port, 200, max(count // 5, 1)),
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.door")
    parser.add_argument("--count", type=int, default=200)
    count = parser.parse_args().count
    port = free_port(8801)
    command = [sys.executable, "-m", "dashboard.serve", "--port", str(port), "--no-browser"]
    server = subprocess.Popen(
        command, env=dict(os.environ), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        found = _measured(port, count)
    finally:
        server.terminate()
        server.wait(30)
    print(f"{'milliseconds':40s}{'median':>10s}{'95 %':>10s}{'slowest':>10s}{'of':>6s}")
    for what, took in found.items():
        print(
            f"{what:40s}{statistics.median(took):10.2f}{sorted(took)[int(0.95 * len(took))]:10.2f}{max(took):10.2f}{len(took):6d}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
