"""Damages to a file: a bit flipped, the end cut off, a stretch zeroed, at every so many bytes."""

from __future__ import annotations

import os
from collections.abc import Iterator

#: Everything with STOCK_OR_ORDER_FAULTS=all (`make study`), else a sample: faults and attacks together take about a minute of two processors.
ALL = os.environ.get("STOCK_OR_ORDER_FAULTS") == "all"
STEP = 64
KINDS = ("flip", "cut", "zero")


def offsets(size: int, sample: int) -> list[int]:
    """Every 64th offset; in a short run about so many of them, spread by a step that is no power of two."""
    every = range(0, max(size, 1), STEP)
    if ALL or len(every) <= sample:
        return list(every)
    stride = len(every) // sample
    return list(every)[:: stride + (1 - stride % 2)]


def damaged(content: bytes, offset: int, kind: str) -> bytes:
    """The content, damaged."""
    if kind == "cut":
        return content[:offset]
    if kind == "zero":
        return content[:offset] + bytes(min(STEP, len(content) - offset)) + content[offset + STEP :]
    return content[:offset] + bytes([content[offset] ^ (1 << (offset // STEP % 8))]) + content[offset + 1 :]


def damages(content: bytes, sample: int) -> Iterator[tuple[str, int, bytes]]:
    """Kind, offset and damaged content, where that differs: every kind at every offset."""
    for offset in offsets(len(content), sample):
        for kind in KINDS:
            other = damaged(content, offset, kind)
            if other != content:
                yield kind, offset, other
