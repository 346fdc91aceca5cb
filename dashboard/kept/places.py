"""Where kept work lies: the user's own data folder, which no tool for cleaning caches empties."""

from __future__ import annotations

import os
from hashlib import blake2b
from pathlib import Path

from analytics.machine.kernel_cache import cache_home
from analytics.machine.sealed import data_home
from analytics.writeup.folder import write_file
from dashboard.kept.acting import acting

__all__ = [
    "all_studies",
    "beside",
    "database_path",
    "earlier_folder",
    "is_whole_study",
    "kept_study_files",
    "made",
    "put_study",
    "server_address",
    "studies_folder",
    "studies_root",
    "study_name",
]


def server_address() -> str:
    """The address of the database server that STOCK_OR_ORDER_DATABASE names, with all that stands in it; "" where it names a file, or nothing."""
    chosen = os.environ.get("STOCK_OR_ORDER_DATABASE", "")
    return chosen if "://" in chosen else ""


def database_path() -> Path:
    """The file of the database, and where what is kept beside it lies; STOCK_OR_ORDER_DATABASE names another one."""
    chosen = os.environ.get("STOCK_OR_ORDER_DATABASE")
    return Path(chosen) if chosen and not server_address() else data_home() / "kept.sqlite3"


def earlier_folder() -> Path:
    """Where versions up to 0.8 kept scenarios, as small files in the cache folder; STOCK_OR_ORDER_SCENARIOS named another place."""
    chosen = os.environ.get("STOCK_OR_ORDER_SCENARIOS")
    return Path(chosen) if chosen else cache_home() / "scenarios"


def studies_root() -> Path:
    """Where studies are kept that somebody asked to keep, as files beside the database: those of one desk, and a folder for each company."""
    return database_path().with_name("studies")


def studies_folder() -> Path:
    """Where those of the company that the session acts for lie; its name stands on no disk. Raises Refused."""
    company = acting().company
    return (
        studies_root() / blake2b(company.encode(), digest_size=8).hexdigest() if company else studies_root()
    )


def study_name(data: str, study: bytes) -> str:
    """The file of a kept study: the data set (its digest) that it was made from, so that it goes with it, and the digest of its bytes.

    >>> study_name("0123456789abcdef01", b"")
    '0123456789abcdef-e4a6a0577479b2b4.bin'
    """
    return f"{data[:16]}-{blake2b(study, digest_size=8).hexdigest()}.bin"


def is_whole_study(name: str, study: bytes) -> bool:
    """Whether a file is a kept study as it was written: its name says so, behind that of its company's folder, where it has one.

    >>> is_whole_study("0123456789abcdef-e4a6a0577479b2b4.bin", b""), is_whole_study("../0123-e4a6a0577479b2b4.bin", b"")
    (True, False)
    """
    folder, _, file = name.rpartition("/")
    data = file.partition("-")[0]
    sixteen = [one for one in (folder, data) if one]
    hexadecimal = all(len(one) == 16 and set(one) <= set("0123456789abcdef") for one in sixteen)
    return bool(data) and hexadecimal and file == study_name(data, study)


def all_studies() -> dict[str, Path]:
    """The studies of all companies, by the name under which a backup holds them."""
    root = studies_root()
    found = sorted([*root.glob("*.bin"), *root.glob("*/*.bin")]) if root.is_dir() else []
    return {path.relative_to(root).as_posix(): path for path in found}


def kept_study_files(data: str | None = None) -> list[Path]:
    """The files of the studies kept here, of one data set (its digest) or (None) of all, in the order of their names."""
    folder, of = studies_folder(), "*" if data is None else data[:16]
    return sorted(folder.glob(f"{of}-*.bin")) if folder.is_dir() else []


def put_study(path: Path, study: bytes) -> None:
    """Write a kept study, for its owner alone. Raises OSError."""
    made(path.parent)
    write_file(path, study)
    path.chmod(0o600)


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
