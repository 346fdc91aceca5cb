"""Coverage-guided fuzz of the intake: bytes that reach new lines of analytics/data are kept and changed further.

    python -m benchmarks.intake_fuzz [--seconds 300] [--seed 1] [--keep FOLDER]

Every input must end in a history whose rows add up, or in a DataError with a remedy; within 10 seconds and 1 GB.
Lines reached are seen by sys.monitoring where Python has it (3.12), else by sys.settrace.
"""

from __future__ import annotations

import argparse
import gzip
import io
import random
import resource
import struct
import sys
import time
import traceback
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from analytics.data import read_items, read_sales
from analytics.errors import DataError

__all__ = ["Corpus", "fuzz", "mutated", "outcome", "seeds"]

_FOLDER = str(Path(read_sales.__code__.co_filename).parent)
_TOKENS: tuple[bytes, ...] = (
    *(
        b'"',
        b"'",
        b"\n",
        b"\r",
        b"\r\n",
        b"\t",
        b"\x00",
        b"\xff",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xe2\x82\xac",
        b"\xc2\xa0",
        b"\\",
        b" " * 300,
        b"9" * 40,
        b"sep=;\n",
    ),
    *b"; , | Total 2012-W05 Jan-12 31.02.2012 12/13/14 41000 1.234,50 1,234.50 (500) 1e308 - n/a NaN 1,23,456 % 2012 W1 d_1 Jan =1+1 0001".split(),
    *b"year month week sku quantity date price revenue order status voided returned Actual Forecast".split(),
)


_ROWS: list[list[str | int]] = [
    ["date", "sku", "quantity"],
    *([f"2012-01-{13 + k}", f"A{k % 3}", k] for k in range(9)),
]


def old_workbook(rows: list[list[str | int]]) -> bytes:
    """A small .xls, written by hand: BIFF8 records in one stream of a compound file."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    cells = b""
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            place = struct.pack("<HHH", r, c, 0)
            text = str(value).encode("latin-1")
            cells += (
                record(0x0203, place + struct.pack("<d", value))
                if isinstance(value, int)
                else record(0x0204, place + struct.pack("<HB", len(text), 0) + text)
            )
    begin, end = struct.pack("<HHHHII", 0x0600, 5, 0x0DBB, 1996, 0, 6), record(0x000A, b"")
    first = record(0x0809, begin) + record(0x0042, struct.pack("<H", 1200))
    name = record(0x0085, struct.pack("<IHBB", len(first) + 12 + 1 + len(end), 0, 1, 0) + b"S")
    stream = first + name + end + record(0x0809, begin[:2] + struct.pack("<H", 16) + begin[4:]) + cells + end
    stream += b"\0" * (max(4096, -(-len(stream) // 512) * 512) - len(stream))
    sectors = len(stream) // 512
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + sectors), 0xFFFFFFFE]
    table += [0xFFFFFFFF] * (128 - len(table))

    def entry(title: str, kind: int, child: int, start: int, size: int) -> bytes:
        text = title.encode("utf-16-le") + b"\0\0"
        return (
            text.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
            + b"\0" * 36
            + struct.pack("<IQ", start, size)
        )

    folder = (
        entry("Root Entry", 5, 1, 0xFFFFFFFE, 0)
        + entry("Workbook", 2, 0xFFFFFFFF, 2, len(stream))
        + b"\0" * 256
    )
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 16
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + b"\0" * 6
    )
    head += (
        struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
        + struct.pack("<I", 0)
        + b"\xff" * (108 * 4)
    )
    return head + struct.pack("<128I", *table) + folder + stream


def open_document(rows: list[list[str | int]]) -> bytes:
    """A small .ods, written by hand."""

    def cell(value: str | int) -> str:
        kind = f'"float" office:value="{value}"' if isinstance(value, int) else '"string"'
        return f"<table:table-cell office:value-type={kind}><text:p>{value}</text:p></table:table-cell>"

    table = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    spaces = "".join(
        f' xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text")
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        sheet = f'<table:table table:name="S">{table}</table:table>'
        body = f"<office:body><office:spreadsheet>{sheet}</office:spreadsheet></office:body>"
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content{spaces}>{body}</office:document-content>',
        )
    return stream.getvalue()


def seeds() -> dict[str, bytes]:
    """Files of every kind that the reader knows, to begin with."""
    import pandas as pd

    long = "date;sku;quantity;revenue;order;status\n" + "".join(
        f"{13 + k % 15}.01.2012;A-{k % 4};{k % 7};{k * 1.5:.2f};{k // 2};paid\n".replace(
            ".50;", ",50;"
        ).replace(".00;", ",00;")
        for k in range(24)
    )
    wide = (
        "Plan\n\npart,name,2012-01,2012-02,2012-03,Total\n"
        + "".join(f"00{k},bolt,{k},{k + 1},,{2 * k + 1}\n" for k in range(6))
        + "Total,,1,2,3,6\n"
    )
    parts = "sku,year,month,qty\n" + "".join(f"A{k % 3},2012,{k % 12 + 1},{k}\n" for k in range(24))
    quoted = '"Date","SKU","Name","Qty"\r\n' + "".join(
        f'"1/{k + 13}/2012","A{k % 3}","Table 48"" ""x""\nlow","{k}"\r\n' for k in range(8)
    )
    frame = pd.DataFrame(
        {"date": pd.date_range("2012-01-01", periods=9), "sku": list("ABCABCABC"), "quantity": range(9)}
    )
    found = {
        "long": long.encode("cp1252"),
        "wide": wide.encode(),
        "parts": parts.encode(),
        "quoted": quoted.encode(),
        "utf16": long.encode("utf-16"),
        "gzip": gzip.compress(long.encode(), mtime=0),
    }
    found |= {
        "xls": old_workbook(_ROWS),
        "ods": open_document(_ROWS),
        "page": b"<table>" + b"<tr><td>2012-01-13<td>A<td>3</tr>" * 9 + b"</table>",
    }
    for kind in ("xlsx", "parquet"):
        stream = io.BytesIO()
        frame.to_excel(stream, index=False) if kind == "xlsx" else frame.to_parquet(stream)
        found[kind] = stream.getvalue()
    return found


def _rezipped(data: bytes, change: Callable[[bytes], bytes], draw: random.Random) -> bytes:
    """An archive with one member changed inside, so that its checksums still hold."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        if not names or sum(m.file_size for m in old.infolist()) > 2_000_000:
            return data
        chosen = draw.choice(names)
        for name in names:
            new.writestr(name, change(old.read(name)) if name == chosen else old.read(name))
    return out.getvalue()


def mutated(data: bytes, draw: random.Random, other: bytes = b"") -> bytes:
    """The bytes with one to five changes: a byte, a token, a piece removed, repeated, moved or taken from another input."""
    if data[:2] == b"PK" and draw.random() < 0.8:
        try:
            return _rezipped(data, lambda inner: mutated(inner, draw), draw)
        except (
            zipfile.BadZipFile,
            OSError,
            ValueError,
            RuntimeError,
            NotImplementedError,
            EOFError,
            KeyError,
        ):
            pass
    body = bytearray(data)
    for _ in range(draw.randint(1, 5)):
        at = draw.randrange(len(body) + 1)
        size = draw.choice((1, 2, 5, 20, 80))
        kind = draw.randrange(7)
        if kind == 0 and at < len(body):
            body[at] = draw.randrange(256)
        elif kind == 1:
            del body[at : at + size]
        elif kind == 2:
            body[at:at] = draw.choice(_TOKENS)
        elif kind == 3 and len(body) < 20_000:
            body[at:at] = body[at : at + size] * draw.choice((1, 3, 30))
        elif kind == 4:
            piece = bytes(body[at : at + size])
            del body[at : at + size]
            to = draw.randrange(len(body) + 1)
            body[to:to] = piece
        elif kind == 5:
            body[at : at + size] = draw.choice(_TOKENS)
        elif other:
            start = draw.randrange(len(other))
            body[at:at] = other[start : start + size]
    return bytes(body[:200_000])


def outcome(data: bytes) -> str:
    """What is wrong with the reading of some bytes; "" if they end in a history that adds up or in an error that says what to do."""
    for reader in (read_sales, read_items):
        start = time.process_time()
        try:
            found: Any = reader(data)
        except DataError as error:
            if not all(p.message and p.remedy for p in error.problems):
                return f"{reader.__name__}: an error without remedy: {error}"
        except BaseException as fault:
            if isinstance(fault, KeyboardInterrupt | SystemExit):
                raise
            return f"{reader.__name__}: {traceback.format_exc()}"
        else:
            report = found[1] if isinstance(found, tuple) else found.report
            if report.rows_used + report.rows_rejected != report.rows_read:
                return f"{reader.__name__}: rows do not add up"
        if time.process_time() - start > 10:
            return f"{reader.__name__}: {time.process_time() - start:.1f} seconds"
    return ""


class Corpus:
    """Lines of the reader reached so far."""

    def __init__(self) -> None:
        self.reached: set[tuple[str, int]] = set()

    def new_lines(self, run: Callable[[], str]) -> tuple[str, int]:
        """Run, and how many lines of the reader it was the first to reach."""
        before = len(self.reached)
        with_monitoring = hasattr(sys, "monitoring")
        result = self._monitored(run) if with_monitoring else self._traced(run)
        return result, len(self.reached) - before

    def _monitored(self, run: Callable[[], str]) -> str:
        monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
        tool = monitoring.COVERAGE_ID
        monitoring.use_tool_id(tool, "intake_fuzz")

        def line(code: Any, number: int) -> Any:
            if code.co_filename.startswith(_FOLDER):
                self.reached.add((code.co_filename, number))
            return monitoring.DISABLE

        monitoring.register_callback(tool, monitoring.events.LINE, line)
        monitoring.set_events(tool, monitoring.events.LINE)
        monitoring.restart_events()
        try:
            return run()
        finally:
            monitoring.set_events(tool, 0)
            monitoring.free_tool_id(tool)

    def _traced(self, run: Callable[[], str]) -> str:
        def local(frame: Any, event: str, argument: Any) -> Any:
            if event == "line":
                self.reached.add((frame.f_code.co_filename, frame.f_lineno))
            return local

        def trace(frame: Any, event: str, argument: Any) -> Any:
            return local if frame.f_code.co_filename.startswith(_FOLDER) else None

        before = sys.gettrace()  # of a run under coverage, which goes on afterwards
        sys.settrace(trace)
        try:
            return run()
        finally:
            sys.settrace(before)


def fuzz(seed: int, until: Callable[[int], bool]) -> Iterator[tuple[bytes, str, int]]:
    """Inputs that fail, with what is wrong and the number of the input; ends when `until(number)` says so."""
    draw = random.Random(seed)
    corpus, pool = Corpus(), list(seeds().values())
    for data in pool:
        corpus.new_lines(lambda data=data: outcome(data))  # type: ignore[misc]
    number = 0
    while not until(number):
        number += 1
        parent = draw.choice(pool[-40:] if draw.random() < 0.5 else pool)
        data = mutated(parent, draw, draw.choice(pool))
        wrong, new = corpus.new_lines(lambda data=data: outcome(data))  # type: ignore[misc]
        if new:
            pool.append(data)
        if wrong:
            yield data, wrong, number
    print(f"{number} inputs, {len(pool)} kept for new lines, {len(corpus.reached)} lines reached")


def main() -> None:
    """Fuzz for some seconds and report every failure once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=None, help="folder for inputs that fail")
    chosen = parser.parse_args()
    end = time.monotonic() + chosen.seconds
    seen: set[str] = set()
    for data, wrong, number in fuzz(chosen.seed, lambda _: time.monotonic() > end):
        key = "\n".join(wrong.strip().splitlines()[-3:])[:300]
        if key in seen:
            continue
        seen.add(key)
        print(f"input {number}: {wrong.strip()[-1500:]}\n")
        if chosen.keep is not None:
            chosen.keep.mkdir(parents=True, exist_ok=True)
            (chosen.keep / f"{chosen.seed}_{number}.bin").write_bytes(data)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(seen)} kinds of failure; peak memory {peak:,.0f} MB")
    raise SystemExit(1 if seen or peak > 1000 else 0)


if __name__ == "__main__":
    main()
