"""Untrusted files read in a child process with limits on time and memory: `python -m analytics.data.worker`.

The child gets a request (JSON) and answers with plain arrays and JSON; nothing that it writes is executed by the parent.
"""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.data.history import IntakeReport, SalesHistory
from analytics.errors import DataError, Problem

__all__ = ["main", "pack_history", "read_sales_apart", "unpack_history"]

_ARRAYS = ("sku", "date", "quantity", "revenue", "order", "customer", "channel", "promised", "shipped", "promotion", "row")
_WORDS = ("skus", "customers", "channels")
_HEADER = struct.Struct("<Q")


def pack_history(history: SalesHistory) -> bytes:
    """A history as bytes: a JSON head with words and report, then plain arrays (no pickles)."""
    report = history.report
    plain = {k: v for k, v in vars(report).items() if k not in ("rejected", "problems", "first_date", "last_date", "dialect", "mapping", "channels")}
    head: dict[str, Any] = {
        "words": {name: [str(w) for w in getattr(history, name)] for name in _WORDS},
        "texts": {name: [str(v) for v in values] for name, values in history.attributes.items() if values.dtype.kind != "f"},
        "frequency": history.frequency,
        "report": {
            **plain,
            "first_date": str(report.first_date),
            "last_date": str(report.last_date),
            "dialect": dict(report.dialect),
            "mapping": dict(report.mapping),
            "channels": [dict(c) for c in report.channels],
        },
        "problems": [asdict(p) for p in report.problems],
        "rejected": {"columns": list(report.rejected.columns), "rows": report.rejected.astype(object).where(report.rejected.notna(), "").values.tolist()},
    }
    arrays = {name: np.asarray(getattr(history, name)) for name in _ARRAYS}
    arrays = {name: values.view(np.int64) if values.dtype.kind == "M" else values for name, values in arrays.items()}
    numbers = {f"attribute {name}": values for name, values in history.attributes.items() if values.dtype.kind == "f"}
    stream = io.BytesIO()
    stored: dict[str, Any] = {**arrays, **numbers}
    np.savez(stream, **stored)
    text = json.dumps(head, default=str).encode()
    return _HEADER.pack(len(text)) + text + stream.getvalue()


def unpack_history(data: bytes) -> SalesHistory:
    """The history that pack_history wrote.

    >>> from analytics.data.sales import read_sales
    >>> history = unpack_history(pack_history(read_sales(b"date,sku,quantity\\n2012-01-27,A,3\\n")))
    >>> history.skus.tolist(), history.quantity.tolist(), history.report.rows_read
    (['A'], [3.0], 1)
    """
    (size,) = _HEADER.unpack_from(data)
    head = json.loads(data[_HEADER.size : _HEADER.size + size])
    with np.load(io.BytesIO(data[_HEADER.size + size :]), allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    for name in ("date", "promised", "shipped"):
        arrays[name] = arrays[name].view("datetime64[D]")
    attributes: dict[str, Any] = {name: np.array(values, dtype=object) for name, values in head["texts"].items()}
    attributes |= {name.removeprefix("attribute "): arrays.pop(name) for name in list(arrays) if name.startswith("attribute ")}
    for values in arrays.values():
        values.setflags(write=False)
    plain = head["report"]
    rejected = pd.DataFrame(head["rejected"]["rows"], columns=head["rejected"]["columns"])
    report = IntakeReport(
        **{
            **plain,
            "first_date": np.datetime64(plain["first_date"], "D"),
            "last_date": np.datetime64(plain["last_date"], "D"),
            "channels": tuple(plain["channels"]),
            "assumed": tuple(plain["assumed"]),
            "further_totals": tuple(plain["further_totals"]),
            "problems": tuple(Problem(**p) for p in head["problems"]),
            "rejected": rejected,
        }
    )
    words = {name: np.array(head["words"][name], dtype=object) for name in _WORDS}
    return SalesHistory(**words, **arrays, attributes=attributes, frequency=head["frequency"], report=report)


def read_sales_apart(source: str | Path | bytes | Sequence[str | Path | bytes], *, name: str = "", seconds: float = 60.0, megabytes: int = 4000, **options: Any) -> SalesHistory:
    """read_sales in a child process: a hostile file costs at most this time and memory, and a crash is an error message.

    Parameters: as read_sales; `seconds` of wall time, `megabytes` of address space beyond what the libraries need
    (enforced where the system can). Raises DataError.
    """
    sources = list(source) if isinstance(source, (list, tuple)) else [source]
    choices = options.get("choices")
    if choices is not None and not isinstance(choices, Mapping):
        options["choices"] = vars(choices)
    with tempfile.TemporaryDirectory(prefix="intake-") as folder:
        paths = []
        for number, item in enumerate(sources):
            if isinstance(item, (str, Path)):
                paths.append(str(Path(item).resolve()))
            else:
                path = Path(folder) / f"{number}.data"
                path.write_bytes(bytes(item))  # type: ignore[arg-type]
                paths.append(str(path))
        label = name or ("the upload" if not isinstance(sources[0], (str, Path)) else "")
        request = {"paths": paths, "name": label if len(paths) == 1 else "", "options": options, "megabytes": megabytes, "seconds": seconds}
        answer = Path(folder) / "answer"
        command = [sys.executable, "-m", "analytics.data.worker", str(answer)]
        root = str(Path(__file__).resolve().parents[2])
        try:
            done = subprocess.run(command, input=json.dumps(request, default=str).encode(), capture_output=True, timeout=seconds + 10, cwd=root, check=False)
        except subprocess.TimeoutExpired:
            raise DataError(
                Problem("too_slow", f"the file could not be read in {seconds:g} seconds", "split it, or save it as plain CSV", expected=f"at most {seconds:g} seconds")
            ) from None
        if done.returncode == 0 and answer.exists():
            data = answer.read_bytes()
            if data[:1] == b"E":
                raise DataError([Problem(**p) for p in json.loads(data[1:])])
            return unpack_history(data[1:])
    text = done.stderr.decode("utf-8", "replace")
    words = (
        "needed more memory than allowed"
        if "MemoryError" in text or "bad_alloc" in text or done.returncode in (-9, 137)
        else "stopped the reader"
        if done.returncode not in (-24, -14)
        else "took too long"
    )
    raise DataError(Problem("reader_stopped", f"the file {words}; nothing was loaded", "save it as plain CSV, or split it", found=f"code {done.returncode}"))


def _limit(megabytes: int, seconds: float) -> None:
    try:
        import resource
    except ImportError:
        return
    size = (megabytes + 3000) * 1_000_000
    for kind, amount in ((resource.RLIMIT_AS, size), (resource.RLIMIT_CPU, int(seconds * 2) + 5), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(kind)
        top = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        resource.setrlimit(kind, (top, hard))


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the request on standard input, write the answer to the file named first: H and a history, or E and problems."""
    answer = Path((sys.argv[1:] if arguments is None else arguments)[0])
    request = json.loads(sys.stdin.buffer.read())
    from analytics.data.sales import read_sales

    _limit(int(request["megabytes"]), float(request["seconds"]))
    try:
        paths = request["paths"]
        history = read_sales(paths[0] if len(paths) == 1 else paths, name=request["name"], **request["options"])
        answer.write_bytes(b"H" + pack_history(history))
    except DataError as error:
        answer.write_bytes(b"E" + json.dumps([asdict(p) for p in error.problems]).encode())
    except (MemoryError, RecursionError) as fault:
        problem = Problem("too_large", "the file needs more memory than allowed; nothing was loaded", "split it, or save it as plain CSV", found=type(fault).__name__)
        answer.write_bytes(b"E" + json.dumps([asdict(problem)]).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
