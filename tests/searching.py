"""Searches the objects of a process and the files of folders for something that should be gone."""

from __future__ import annotations

import gc
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


def holds(value: Any, marker: str) -> bool:
    """Whether a value that is no container of Python's own holds the marker."""
    if isinstance(value, str):
        return marker in value
    if isinstance(value, (bytes, bytearray)):
        return marker.encode() in bytes(value)
    if isinstance(value, np.ndarray) and value.dtype.kind in "OUS":
        return marker in str(value.tolist())
    if isinstance(value, (pd.Series, pd.Index, pd.DataFrame)):
        return marker in str(value.to_numpy().tolist())
    return False


def kept_objects(marker: str, but: set[int]) -> list[str]:
    """Kinds of the objects of this process that hold the marker."""
    freeze, gc.freeze = (
        gc.freeze,
        lambda: None,
    )  # what works beside the app sets aside what is in use as it ends
    try:
        gc.unfreeze()  # what the app set aside before is looked at, too
        gc.collect()
        objects = gc.get_objects()
    finally:
        gc.freeze = freeze
    found = []
    for owner in objects:
        try:
            if (
                id(owner) in but
                or isinstance(owner, type)
                or str(type(owner).__module__).startswith(("_pytest", "pytest", "pluggy"))
            ):
                continue
            for value in (owner, *gc.get_referents(owner)):
                with suppress(Exception):  # an object half made, or gone meanwhile
                    if id(value) not in but and not isinstance(value, dict) and holds(value, marker):
                        found.append(f"{type(owner).__module__}.{type(owner).__name__}: {str(value)[:60]!r}")
        except ReferenceError:  # what it stands for is gone
            continue
    return found


def files_with(marker: str, folders: list[Path]) -> list[str]:
    found = []
    for folder in folders:
        for path in folder.rglob("*") if folder.is_dir() else ():
            with suppress(FileNotFoundError):  # another process replaced it meanwhile
                if (
                    path.is_file()
                    and path.suffix not in (".nbc", ".nbi")
                    and marker.encode() in path.read_bytes()
                ):
                    found.append(str(path))
    return found
