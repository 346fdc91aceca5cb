"""Starts the child process in which untrusted files are read. It imports nothing of its own: the child can begin to load before anything else does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

__all__ = ["reading_child"]


def reading_child(ahead: bool = False) -> subprocess.Popen[bytes]:
    """A child that loads what reading needs and then waits for files (`analytics.data.sandbox.child`); `ahead` loads what large files need as well."""
    # pools that reserve address space ahead would make the bound on memory meaningless
    small = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "2", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "analytics.data.sandbox.child", *(["ahead"] if ahead else [])]
    pipe, root = subprocess.PIPE, Path(__file__).resolve().parents[2]
    return subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, cwd=root, env={**os.environ, **small}
    )
