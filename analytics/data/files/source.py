"""From a path, bytes or text stream to plain bytes: gzip and zip opened, with bounds on size."""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
import zlib
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from analytics.data.files.sheet_size import DAMAGED_ARCHIVE, bounded
from analytics.errors import DataError, Problem

__all__ = ["LIMIT_BYTES", "LIMIT_RATIO", "Piece", "is_text", "kind_of", "may_be_workbook", "open_source"]

#: Most bytes a file may have once unpacked, and how many times larger than packed.
LIMIT_BYTES = 4_000_000_000
LIMIT_RATIO = 100
_FREE_BYTES = 64_000_000
#: Plain files above this size stay on disk; so much of their beginning is looked at.
LARGE_BYTES, HEAD_BYTES = 32_000_000, 1_000_000


@dataclass(frozen=True, eq=False)
class Piece:
    """One table's bytes: `kind` is text, excel, parquet or arrow; `hashed` is the digest of the bytes as given, or will be.

    A large plain file stays on disk (`path`), and `held` is only its beginning.
    """

    name: str
    kind: str
    held: bytes
    hashed: str | Future[str]
    path: Path | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes as given; that of a large file is worked out while it is read."""
        return self.hashed if isinstance(self.hashed, str) else self.hashed.result()

    @property
    def data(self) -> bytes:
        """All bytes; a large file on disk is read when asked for."""
        return self.held if self.path is None else self.path.read_bytes()

    @property
    def size(self) -> int:
        """Bytes in all."""
        return len(self.held) if self.path is None else self.path.stat().st_size


def _refuse(code: str, message: str, remedy: str, found: str = "", expected: str = "") -> DataError:
    return DataError(Problem(code, message, remedy, found=found, expected=expected))


def _gunzip(data: bytes, name: str) -> bytes:
    out = io.BytesIO()
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            while block := stream.read(1 << 22):
                out.write(block)
                _bound(out.tell(), len(data), name)
    except (OSError, EOFError, zlib.error) as fault:
        raise _refuse(
            "damaged_archive",
            f"{name} looks like gzip but cannot be unpacked",
            "export or copy the file again",
            str(fault)[:80],
        ) from None
    return out.getvalue()


def _bound(size: int, packed: int, name: str) -> None:
    if size > LIMIT_BYTES or (size > _FREE_BYTES and size > LIMIT_RATIO * max(packed, 1)):
        raise _refuse(
            "too_large",
            f"{name} unpacks to more than {size / 1e6:,.0f} MB",
            "split the file, or send it unpacked",
            f"{packed / 1e6:,.1f} MB packed",
            f"at most {LIMIT_BYTES / 1e9:.0f} GB and {LIMIT_RATIO} times the packed size",
        )


def kind_of(data: bytes) -> str:
    """What a file is by its first bytes (a workbook in an archive: by all of them): text, excel, parquet, arrow, gzip, zip or pdf.

    >>> kind_of(b"date,sku"), kind_of(b"PAR1")
    ('text', 'parquet')
    """
    if data[:4] == b"PAR1":
        return "parquet"
    if data[:6] in (b"ARROW1",):
        return "arrow"
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return "excel"
    if data[:4] == b"PK\x03\x04":
        try:
            names = zipfile.ZipFile(io.BytesIO(data)).namelist()
        except DAMAGED_ARCHIVE:
            return "zip"
        return "excel" if any(n.startswith("xl/") or n == "content.xml" for n in names) else "zip"
    if data[:2] == b"\x1f\x8b":
        return "gzip"
    if data[:5] == b"%PDF-":
        return "pdf"
    return "text"


def is_text(path: Path) -> bool:
    """Whether a file begins like plain text: not like a workbook, an archive, Parquet or Arrow; a file that cannot be opened does not.

    >>> is_text(Path("no such file"))
    False
    """
    try:
        with path.open("rb") as stream:
            return kind_of(stream.read(8)) == "text"
    except OSError:
        return False


def may_be_workbook(source: str | Path | bytes) -> bool:
    r"""Whether a source begins like a workbook, or an archive that may hold one; a file that cannot be opened does not.

    >>> may_be_workbook(b"date,sku"), may_be_workbook(b"PK\x03\x04")
    (False, True)
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        head = bytes(source[:8])
    else:
        try:
            with Path(source).open("rb") as stream:
                head = stream.read(8)
        except (OSError, ValueError):
            return False
    return head[:2] in (b"PK", b"\x1f\x8b") or head == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _unzip(data: bytes, name: str) -> list[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [
                m
                for m in archive.infolist()
                if not m.is_dir()
                and not m.filename.startswith("__MACOSX")
                and not Path(m.filename).name.startswith(".")
            ]
            if not members:
                raise _refuse("empty_archive", f"{name} holds no file", "put one table in the archive")
            if len(members) > 100:
                raise _refuse(
                    "many_files",
                    f"{name} holds {len(members)} files",
                    "put only the sales files in the archive",
                    str(len(members)),
                    "at most 100",
                )
            out: list[tuple[str, bytes]] = []
            for member in members:
                with archive.open(member) as stream:
                    kept = io.BytesIO()
                    while block := stream.read(1 << 22):
                        kept.write(block)
                        _bound(kept.tell(), max(member.compress_size, 1), member.filename)
                        _bound(kept.tell() + sum(len(content) for _, content in out), len(data), name)
                    out.append((member.filename, kept.getvalue()))
            return out
    except DAMAGED_ARCHIVE as fault:
        raise _refuse(
            "damaged_archive",
            f"{name} looks like a zip archive but cannot be unpacked",
            "export or copy the file again, without a password",
            str(fault)[:80],
        ) from None


def open_source(source: str | Path | bytes, name: str = "") -> list[Piece]:
    """The tables inside a source: a path, or bytes as uploaded; archives are opened.

    Raises DataError where a path does not exist or cannot be opened.

    >>> [(p.name, p.kind, p.data) for p in open_source(b"sku,qty", "a.csv")]
    [('a.csv', 'text', b'sku,qty')]
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        data, label = bytes(source), name or "the upload"
    else:
        path = Path(source)
        label = name or path.name
        try:
            if path.stat().st_size > LARGE_BYTES:
                with path.open("rb") as stream:
                    head = stream.read(HEAD_BYTES)
                    if kind_of(head) == "text":
                        beside = ThreadPoolExecutor(1)
                        hashed = beside.submit(_digest, path)
                        beside.shutdown(wait=False)
                        return [Piece(label, "text", head, hashed, path)]
            data = path.read_bytes()
        except FileNotFoundError:
            raise _refuse(
                "no_file", f"{path} does not exist", "check the name and the folder", str(path), "a file"
            ) from None
        except (OSError, ValueError) as fault:
            raise _refuse(
                "no_file",
                f"{path} cannot be opened",
                "check that it is a file you may read",
                type(fault).__name__,
                "a file",
            ) from None
    digest = hashlib.sha256(data).hexdigest()
    return [Piece(n, k, d, digest) for n, k, d in _unpack(data, label, 0)]


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _unpack(data: bytes, label: str, depth: int) -> list[tuple[str, str, bytes]]:
    kind = kind_of(data)
    if kind == "pdf":
        raise _refuse(
            "pdf",
            f"{label} is a PDF",
            "export the table as CSV or Excel instead",
            "PDF",
            "CSV, Excel or Parquet",
        )
    if kind == "excel":
        bounded(data, label)
    if kind in ("gzip", "zip"):
        if depth >= 2:
            raise _refuse(
                "nested_archive",
                f"{label} is an archive in an archive in an archive",
                "send the table itself",
            )
        if kind == "gzip":
            return _unpack(_gunzip(data, label), label[:-3] if label.endswith(".gz") else label, depth + 1)
        return [piece for n, d in _unzip(data, label) for piece in _unpack(d, n, depth + 1)]
    return [(label, kind, data)]
