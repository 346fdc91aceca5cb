"""Files that this program keeps for itself, with a keyed digest that is checked before anything of them is used.

The key is a small file in the user's own data folder, readable by its owner alone: what was damaged, cut or put there by
somebody else has another digest and is not read. A lost or damaged key costs no more than making the kept files again.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from hmac import compare_digest
from pathlib import Path

from platformdirs import user_data_path

__all__ = ["Broken", "data_home", "key", "sealed", "told", "unsealed"]

_MARK = b"stock-or-order 1\n"
_DIGEST = 32
_TOLD: set[str] = set()


class Broken(Exception):
    """The content of a kept file is not what was written."""


def data_home() -> Path:
    r"""The user's data folder: `$XDG_DATA_HOME/stock-or-order` (`~/.local/share`), `~/Library/Application Support/stock-or-order`, `%LOCALAPPDATA%\stock-or-order`."""
    return user_data_path("stock-or-order", appauthor=False)


def _made(path: Path) -> None:
    """A new key, whole or not at all; where another process was faster, its key stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = path.with_name(f".{path.name}.new-{os.getpid()}")
    try:
        number = os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(number, "wb") as file:
            file.write(os.urandom(_DIGEST))  # a secret, of which no result depends
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(new, path)
        except FileExistsError:
            pass
        except (OSError, AttributeError):  # a file system without such links
            if not path.exists():
                os.rename(new, path)
    finally:
        new.unlink(missing_ok=True)


@cache
def key() -> bytes:
    """The key of this user, made where there is none. Raises OSError where it cannot be read or made."""
    path = data_home() / "seal.key"
    for _ in range(2):
        if not path.is_file():
            _made(path)
        found = path.read_bytes()
        if len(found) == _DIGEST:
            return found
        with suppress(OSError):
            path.unlink()
    raise OSError(5, "the key of kept files cannot be made", str(path))


def _digest(payload: bytes | memoryview) -> bytes:
    return blake2b(payload, digest_size=_DIGEST, key=key()).digest()


def sealed(payload: bytes) -> bytes:
    """What is written: a mark, the keyed digest (BLAKE2b), the payload. Raises OSError where there is no key."""
    return _MARK + _digest(payload) + payload


def unsealed(content: bytes) -> memoryview:
    """The payload as it was sealed. Raises Broken where it is not, OSError where there is no key."""
    start = len(_MARK) + _DIGEST
    payload = memoryview(content)[start:]
    if content[: len(_MARK)] != _MARK or not compare_digest(content[len(_MARK) : start], _digest(payload)):
        raise Broken
    return payload


def told(text: str) -> None:
    """Say something about kept files on the error stream, once in a process."""
    if text not in _TOLD:
        _TOLD.add(text)
        with suppress(OSError, ValueError, AttributeError):  # a log that cannot be written stops nothing
            print(f"stock-or-order: {text}", file=sys.stderr, flush=True)
