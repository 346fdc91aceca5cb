"""The samples' studies, kept in the user's cache folder under a digest of everything they depend on.

They are computed once, at set-up, so that the first page is there at once. The digest covers the bytes of the
samples, all code that computes and the versions of the libraries that compute: whatever changes, the old file is
no longer found. The files are sealed (`analytics.machine.sealed`): one that is damaged, cut or of somebody else is not read but
deleted and made again, once told; where nothing can be written, nothing is kept.
"""

from __future__ import annotations

import os
import pickle
import sys
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from analytics.machine.kernel_cache import cache_home
from analytics.machine.sealed import Broken, sealed, unsealed
from analytics.writeup.folder import write_file
from dashboard.kept.notes import say
from sample_data import sample_paths

__all__ = ["code_digest", "keep", "kept", "sample_digest", "store_folder"]

_LIBRARIES = ("numpy", "pandas", "numba", "scipy", "statsmodels")


def store_folder() -> Path:
    """The folder for computed samples in the user's own cache."""
    chosen = os.environ.get("STOCK_OR_ORDER_STORE")
    if chosen:
        return Path(chosen)
    return cache_home() / "samples"


@cache
def code_digest() -> str:
    """Digest of the code that computes and of the libraries it computes with."""
    digest = blake2b(digest_size=12)
    spec = find_spec("analytics")
    assert spec is not None and spec.submodule_search_locations
    core = Path(next(iter(spec.submodule_search_locations)))
    copied = [
        Path(__file__).resolve().parent / f"{name}.py"
        for name in ("capacity_facts", "demand_facts", "facts", "intake", "study_facts")
    ]
    for path in [*sorted(core.rglob("*.py")), *copied]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for name in _LIBRARIES:
        digest.update(f"{name} {version(name)};".encode())
    digest.update(sys.version.encode())
    return digest.hexdigest()


@cache
def sample_digest(name: str) -> str:
    """Digest of a sample's files (the truth aside: the program never reads it)."""
    digest = blake2b(digest_size=12)
    for kind, path in sorted(sample_paths(name).items()):
        if kind != "truth":
            digest.update(kind.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _path(name: str, kind: str) -> Path:
    return store_folder() / f"{name}-{kind}-{sample_digest(name)}-{code_digest()}.sealed"


def kept(name: str, kind: str) -> Any | None:
    """What was kept of a sample ("facts", "study", "demand" or "replay"), None where there is nothing for this code."""
    path = _path(name, kind)
    try:
        return pickle.loads(unsealed(path.read_bytes()))
    except OSError:
        return None
    except Broken:
        say(
            f"the kept results of the sample {name} in {path.parent} were damaged ({kind}): they are deleted and made again"
        )
        with suppress(OSError):
            path.unlink()
        return None


def keep(name: str, kind: str, value: Any) -> bool:
    """Keep it, replacing what older code left; False where the folder cannot be written."""
    path = _path(name, kind)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, sealed(pickle.dumps(value, protocol=5)))
        for old in path.parent.glob(f"{name}-{kind}-*"):
            if old != path:
                old.unlink(missing_ok=True)
    except OSError as problem:
        say(
            f"results of the samples cannot be kept in {path.parent} ({problem.strerror or problem}): they are computed when they are opened"
        )
        return False
    return True
