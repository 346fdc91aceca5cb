"""`stock-or-order app` and `demo`: open the app, on your own file if given; `serve`: for a team that signs in."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from analytics.cli.given import (
    file_at,
)
from analytics.errors import DataError, Problem

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> int:
    """Start the app as a child process; its own settings come from the TOML beside it.

    Raises DataError where the app is not installed.
    """
    spec = find_spec("dashboard")
    if spec is None or not spec.submodule_search_locations:
        raise DataError(Problem("no_app", "the app is not installed", "install the package stock-or-order"))
    script = Path(next(iter(spec.submodule_search_locations))) / "app.py"
    environment = dict(os.environ)
    for name, value in (
        (f"STOCK_OR_ORDER_{kind.upper()}", getattr(arguments, kind, None))
        for kind in ("sales", "items", "bom", "stock", "receipts", "promotions")
    ):
        environment.pop(name, None)
        if value:
            environment[name] = str(file_at(value).resolve())
    command = [sys.executable, "-m", "dashboard.serve", str(script), "--port", str(arguments.port)]
    if getattr(arguments, "no_browser", False):
        command.append("--no-browser")
    for name in ("config", "host", "database"):
        if value := getattr(arguments, name, ""):
            command += [f"--{name}", value]
    for address in arguments.public_url:
        command += ["--public-url", address]
    # the server ends when the other end of its standard input closes: with this process, however that ends
    child = subprocess.Popen(
        command, env={**environment, "STOCK_OR_ORDER_STARTER": "1"}, stdin=subprocess.PIPE
    )
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: child.terminate())
    while True:
        try:
            return max(child.wait(), 0)
        except KeyboardInterrupt:  # the child gets it too and ends by itself
            continue
