"""Where kept work lies: the user's own data folder, which no tool for cleaning caches empties."""

from __future__ import annotations

import os
from pathlib import Path

from analytics.machine.kernel_cache import cache_home
from analytics.machine.sealed import data_home

__all__ = ["beside", "database_path", "earlier_folder", "made", "studies_folder"]


def database_path() -> Path:
    """The file of the database; STOCK_OR_ORDER_DATABASE names another one."""
    chosen = os.environ.get("STOCK_OR_ORDER_DATABASE")
    return Path(chosen) if chosen else data_home() / "kept.sqlite3"


def earlier_folder() -> Path:
    """Where versions up to 0.8 kept scenarios, as small files in the cache folder; STOCK_OR_ORDER_SCENARIOS named another place."""
    chosen = os.environ.get("STOCK_OR_ORDER_SCENARIOS")
    return Path(chosen) if chosen else cache_home() / "scenarios"


def studies_folder() -> Path:
    """Where studies are kept that somebody asked to keep, as files beside the database."""
    return database_path().with_name("studies")


def beside(path: Path, what: str) -> Path:
    """A name beside the database that is not taken: kept.WHAT-1.sqlite3, -2, ..."""
    for k in range(1, 100_000):
        name = path.with_name(f"{path.stem}.{what}-{k}{path.suffix}")
        if not name.exists():
            return name
    raise OSError(f"{path.parent} holds too many files of {what}")


def made(folder: Path) -> Path:
    """A folder that only its owner may enter, made where it is missing."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
