"""`stock-or-order backup`, `restore`, `doctor` and `log`: the work that the app keeps on this machine."""

from __future__ import annotations

import argparse
import subprocess
import sys
from importlib.util import find_spec

from analytics.errors import DataError, Problem

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> int:
    """The commands for kept work belong to the app: they run in a process of their own.

    Raises DataError where the app is not installed.
    """
    if find_spec("dashboard") is None:
        raise DataError(Problem("no_app", "the app is not installed", "install the package stock-or-order"))
    given = [
        *([arguments.file] if "file" in arguments else []),
        *(["--other-company"] if getattr(arguments, "other_company", False) else []),
        *(["--company", arguments.company] if getattr(arguments, "company", None) else []),
    ]
    return subprocess.run(
        [sys.executable, "-m", "dashboard.kept.commands", arguments.command, *given], check=False
    ).returncode
