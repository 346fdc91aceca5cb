"""A page printed to PDF by the Chromium of this machine, offline and within bounded time; its dates are fixed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from analytics.errors import DataError, Problem

__all__ = ["browser_here", "find_browser", "printed"]

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "msedge", "microsoft-edge")  # fmt: skip
_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    r"C:\Program Files\Microsoft\Edge\Application\msedge.exe",
)
#: Names a browser of one's own, or "none" for none.
_CHOSEN = "STOCK_OR_ORDER_BROWSER"
_SECONDS = 120.0
#: Nothing is asked of any host, nothing is kept, and nothing runs beside the printing.
_ALONE = (
    "--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-extensions", "--disable-background-networking", "--disable-sync",
    "--disable-component-update", "--host-resolver-rules=MAP * ~NOTFOUND", "--no-pdf-header-footer", "--virtual-time-budget=5000",
)  # fmt: skip
_DATE = re.compile(rb"(/(?:CreationDate|ModDate) ?\(D:)(\d{14})([^)]*)\)")
_INSTEAD = "write the page (--to html, or its button), open it in a browser and print it there: it has a style for paper"  # fmt: skip


def find_browser() -> str | None:
    """The path of a Chromium, Chrome or Edge on this machine; None where there is none."""
    if chosen := os.environ.get(_CHOSEN):
        return None if chosen == "none" else shutil.which(chosen)
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    return found or next((place for place in _PLACES if Path(place).is_file()), None)


def browser_here() -> str:
    """The path of a browser that prints. Raises DataError where there is none."""
    found = find_browser()
    if found is None:
        raise _refused("no Chromium, Chrome or Edge is on this machine to print with", "no browser")
    return found


def printed(page: bytes, browser: str | None = None, seconds: float = _SECONDS) -> bytes:
    """A page of HTML as PDF, by `browser` (None: the one found). Raises DataError where there is none, or it does not print in so many seconds."""
    program = browser or browser_here()
    with tempfile.TemporaryDirectory(prefix="stock-or-order-", ignore_cleanup_errors=True) as folder:
        source, target = Path(folder) / "page.html", Path(folder) / "page.pdf"
        source.write_bytes(page)
        command = [program, *_ALONE, f"--user-data-dir={Path(folder) / 'profile'}", f"--print-to-pdf={target}"]  # fmt: skip
        if sys.platform.startswith("linux") and os.geteuid() == 0:
            command.append("--no-sandbox")  # Chromium refuses to start otherwise; the page runs nothing
        try:
            done = subprocess.run([*command, source.as_uri()], capture_output=True, timeout=seconds, check=False)  # fmt: skip
        except subprocess.TimeoutExpired:
            raise _refused(f"printing took longer than {seconds:g} seconds", Path(program).name) from None
        except OSError as error:
            raise _refused("the browser cannot be started", error.strerror or str(error)) from None
        if not target.is_file() or not target.stat().st_size:
            raise _refused("the browser printed nothing", f"exit code {done.returncode}")
        return _dated(target.read_bytes())


def _dated(pdf: bytes) -> bytes:
    """The same file with fixed dates of the same length, so that every offset in it holds.

    >>> _dated(b"/CreationDate (D:20260504030201Z)")
    b'/CreationDate (D:20000101000000Z)'
    """
    return _DATE.sub(rb"\g<1>20000101000000\g<3>)", pdf)


def _refused(said: str, found: str) -> DataError:
    return DataError(Problem("no_browser", said, _INSTEAD, found=found, expected="a browser that prints"))
