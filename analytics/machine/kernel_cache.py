"""Where compiled kernels are kept: the user's cache folder, under a digest of every source a kernel can depend on.

numba notices an edit in the file of a kernel, but not in another file whose function or constant was compiled
into it. The digest covers all files that compile and everything they import from this package, so any
edit to them starts an empty folder. A folder that cannot be written switches caching off, and `NOTE` says so.
Setting NUMBA_CACHE_DIR overrides the place. numba asks for it when a function is declared: whatever compiles
takes its decorator from here. Every file carries a digest (`analytics.machine.sealed`) that is checked before it is loaded: a damaged
one is deleted and its kernel compiled again, once told. A disk that fills up costs the cache, not the analysis.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Callable
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import Any

from analytics.machine import numba_internals
from analytics.machine.sealed import key

__all__ = ["FOLDER", "NOTE", "borrower", "cache_home", "kernel", "part", "source_digest"]

_PACKAGE = Path(__file__).resolve().parents[1]
#: A file that compiles: it uses numba, or a decorator below; one that only reads this module's note does not.
_COMPILES = re.compile(rb"import numba|from numba|import (?:borrower|kernel|part)\b")
_IMPORT = re.compile(rb"^\s*(?:from\s+(analytics[\w.]*)\s+import|import\s+(analytics[\w.]*))", re.MULTILINE)


def source_digest(package: Path = _PACKAGE) -> str:
    """Digest of all sources compiled code can depend on: files that compile, and their imports.

    >>> len(source_digest())
    16
    """
    texts = {path: path.read_bytes() for path in sorted(package.rglob("*.py"))}
    names = {
        ".".join(("analytics", *path.relative_to(package).with_suffix("").parts)): path for path in texts
    }
    wanted = [name for name, path in names.items() if _COMPILES.search(texts[path])]
    seen: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name in seen or name not in names:
            continue
        seen.add(name)
        wanted += [(a or b).decode() for a, b in _IMPORT.findall(texts[names[name]])]
    digest = blake2b(digest_size=8)
    for name in sorted(seen):
        digest.update(name.encode() + b"\0" + texts[names[name]] + b"\0")
    return digest.hexdigest()


def cache_home() -> Path:
    """The folder for what this program computes once and keeps, in the user's own cache."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "stock-or-order"


def _prepared() -> tuple[Path | None, str]:
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    try:
        folder = (
            Path(chosen)
            if chosen
            else cache_home() / "kernels" / f"numba-{version('numba')}-{source_digest()}"
        )
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        key()
    except (OSError, RuntimeError) as problem:
        return (
            None,
            f"Compiled code is not kept, so every start compiles again (about half a minute): {problem}",
        )
    return folder, ""


FOLDER, NOTE = _prepared()
_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
if FOLDER is not None:
    os.environ["NUMBA_CACHE_DIR"] = str(FOLDER)  # read when numba is imported
    if "numba" in sys.modules:
        sys.modules["numba"].config.CACHE_DIR = str(FOLDER)


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function with numba: without the global lock, division as in NumPy, kept in the cache folder.

    Never fastmath and never parallel: results must not depend on the number of threads or on the compiler's mood.
    """
    import numba

    made = numba.njit(**_OPTIONS, **numba_internals.as_kernel())(function)
    if FOLDER is not None:
        numba_internals.keep(made, function, FOLDER)
    return made


def part(function: Callable[..., Any]) -> Any:
    """Compile a function that only kernels call: it becomes code of theirs and none of its own.

    numba would optimise each such function, write its machine code and keep it, although whatever calls it takes
    its intermediate code in, optimises that again and writes it again: a quarter of all compilation, for code that
    never runs. From Python it cannot be called (`kernel(f.py_func)` can).
    """
    import numba

    return numba.njit(**_OPTIONS, **numba_internals.as_part())(function)


def borrower(function: Callable[..., Any]) -> Any:
    """Compile a part that makes no array and hands none out, so that nobody has to count who holds those it is given.

    In a loop over paths that counting took a third of all time. Whoever calls it holds the arrays; one that is made in it
    does not compile.
    """
    import numba

    return numba.njit(**_OPTIONS, **numba_internals.as_borrower())(function)
