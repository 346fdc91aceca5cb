"""Start the app on this machine only: `python -m dashboard.serve [SCRIPT] [--port N] [--no-browser] [--public-url ADDRESS]`.

With `--config FILE` it serves a team instead: people sign in, and `--host` and `--database` say where it listens and keeps.

The server ends with whoever started it: `stock-or-order app` holds one end of a pipe, and when that end closes, for whatever
reason, nobody is left to stop the server.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
import threading
import time
import tomllib
import urllib.request
import webbrowser
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from starlette.middleware import Middleware

from analytics.errors import DataError
from analytics.machine.c_library import hold_little
from dashboard.guard import Guard, allowed_at, public_origin
from dashboard.sessions import finish_what_was_asked, keep_answers

__all__ = ["STARTER", "end_with_starter", "free_port", "keep_uploads_in_memory", "main", "settings"]

_PACKAGE = Path(__file__).resolve().parent
HOST = "127.0.0.1"
#: Set by a starter that holds the other end of this process's standard input.
STARTER = "STOCK_OR_ORDER_STARTER"


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, value in table.items():
        out.update(
            _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": value}
        )
    return out


def settings(port: int, host: str = HOST) -> dict[str, Any]:
    """Server and theme options by dotted name, from the TOML in this package.

    >>> settings(8501)["browser.gatherUsageStats"], settings(8501)["server.address"]
    (False, '127.0.0.1')
    """
    return {
        **_flat(tomllib.loads((_PACKAGE / "config.toml").read_text(encoding="utf-8"))),
        "server.port": port,
        "server.address": host,
        "browser.serverAddress": HOST,
        "browser.serverPort": port,
    }


def free_port(wanted: int, tries: int = 50) -> int:
    """The wanted port, or the next one on which nobody listens."""
    for port in range(wanted, wanted + tries):
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise SystemExit(
        f"stock-or-order: no free port from {wanted} to {wanted + tries - 1}; name another one with --port"
    )


def _announce(address: str, browser: bool) -> None:
    """Print the address once the server answers, and open the browser where wanted."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    break
        except OSError:
            time.sleep(0.1)
    print(f"stock-or-order is open at {address} (this machine only). Ctrl+C ends it.", flush=True)
    if browser:
        webbrowser.open(address)


def _prepare() -> None:
    """Load what every page needs before the address is told, so that the first page does not wait for it."""
    import altair
    import pandas

    import dashboard.results.compute
    from dashboard.results import store
    from dashboard.results.reading import reader
    from sample_data import samples

    if os.environ.get("STOCK_OR_ORDER_SALES"):  # read by the first page
        reader().start()
    assert altair and pandas and dashboard.results.compute
    store.kept(next(iter(samples())), "facts")


def keep_uploads_in_memory() -> None:
    """Let no part of an uploaded file reach the disk while it arrives: the web server's library puts what is larger than 1 MB into a temporary file."""
    from starlette.formparsers import MultiPartParser

    MultiPartParser.spool_max_size = 1 << 31  # more than the largest file that is taken


def end_with_starter() -> None:
    """End this process when its standard input closes: its starter is gone, by a signal, a closed window or a crash."""

    def wait() -> None:
        while True:
            try:
                if not os.read(0, 1024):
                    break
            except OSError:
                break
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(10.0)  # somebody may still be served; nobody is waited for longer
        os._exit(0)

    threading.Thread(target=wait, name="starter", daemon=True).start()


def main(argv: Sequence[str] | None = None) -> int:
    """Serve the app until it is told to stop; returns the exit code."""
    parser = argparse.ArgumentParser(prog="stock-or-order app")
    parser.add_argument("script", nargs="?", default=str(_PACKAGE / "app.py"))
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--public-url", action="append", default=[], metavar="ADDRESS")
    parser.add_argument("--host", default=HOST)
    parser.add_argument("--database", default="")
    parser.add_argument("--config", default="")
    arguments = parser.parse_args(argv)
    try:
        public = [public_origin(address) for address in arguments.public_url]
    except ValueError as error:
        print(f"stock-or-order: {error}", file=sys.stderr)
        return 2
    if arguments.config:
        return _serve_team(arguments, public)
    port = free_port(arguments.port)
    if port != arguments.port:
        print(f"Port {arguments.port} is taken; using {port}.", flush=True)
    _begin()
    threading.Thread(
        target=_announce, args=(f"http://{HOST}:{port}", not arguments.no_browser), daemon=True
    ).start()
    _run(arguments.script, [Middleware(Guard, allowed=allowed_at(port, public))], settings(port))
    return 0


def _begin() -> None:
    """What every server does before it is started."""
    hold_little()
    keep_uploads_in_memory()
    keep_answers()
    finish_what_was_asked()
    if os.environ.pop(STARTER, ""):
        end_with_starter()
    # Streamlit looks for files beside the script named first on the command line
    sys.argv = [str(_PACKAGE / "serve.py")]
    _prepare()
    # the server re-raises the signal after it has closed; from then on it only means: done
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


def _run(
    script: str,
    middleware: Sequence[Middleware],
    config: Mapping[str, Any],
    secrets: Mapping[str, Any] | None = None,
) -> None:
    from streamlit.starlette import App

    try:
        App(Path(script).resolve(), middleware=middleware, secrets=secrets).run(config=config)
    except KeyboardInterrupt:
        pass


def _serve_team(arguments: argparse.Namespace, public: Sequence[str]) -> int:
    """Serve a team until told to stop; returns the exit code."""
    from dashboard.team import served

    port = arguments.port
    served.as_lines()
    try:
        configuration = served.begin(Path(arguments.config), arguments.database)
    except DataError as error:
        print(f"stock-or-order: {error}", file=sys.stderr)
        return 2
    shown = public or [f"http://localhost:{port}"]
    _begin()
    print(f"stock-or-order serves a team at {', '.join(shown)}. Ctrl+C ends it.", flush=True)
    _run(
        arguments.script,
        served.middleware(allowed_at(port, public), shown),
        {**settings(port, arguments.host), **served.options(configuration)},
        served.secrets_of(configuration, shown[0]),
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
