"""Text on slides and pages: safe in XML and in the sheets behind charts, cut where it cannot fit, in a size that does."""

from __future__ import annotations

import math
import re

from analytics.writeup.words.waits import shortened

__all__ = ["cell_text", "fitted", "safe_text", "without_controls"]

#: What XML 1.0 and HTML cannot hold, surrogates among it, and controls that reverse or hide what follows.
_NOT_XML = re.compile(r"[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069\ufeff]")  # fmt: skip
#: A cell that begins so could be run by a sheet.
_RUN = ("=", "+", "-", "@")


def without_controls(text: str) -> str:
    r"""A text without what XML and HTML cannot hold.

    >>> without_controls("a\x00b\u202e")
    'ab'
    """
    return _NOT_XML.sub("", text)


def safe_text(value: object, most: int = 2_000) -> str:
    r"""A text in one line that XML can hold, at most `most` characters; its end is kept where it is cut.

    >>> safe_text("a\x00b\n c"), safe_text("x" * 50, 12)
    ('ab c', 'xxx … xxxxxx')
    """
    text = " ".join(without_controls(str(value)).split())
    return text if len(text) <= most else shortened(text, most - len(" … "))


def cell_text(value: object, most: int = 80) -> str:
    r"""A text for the sheet behind a chart: what a sheet could take for a formula begins with a word joiner, which is not seen.

    >>> cell_text("=1+1") == "\u2060=1+1", cell_text("Road")
    (True, 'Road')
    """
    text = safe_text(value, most)
    return f"\u2060{text}" if text.startswith(_RUN) else text


def fitted(paragraphs: list[str], wide: float, high: float, sizes: tuple[float, ...]) -> float:
    """The largest of `sizes` (points, falling) at which the paragraphs fit a box of so many inches; the smallest where none does.

    A letter is taken as half as wide as it is high, a line as 1.2 times as high.

    >>> fitted(["x" * 100], 5.0, 0.9, (20.0, 14.0, 10.0))
    14.0
    """
    for size in sizes:
        letters = max(int(wide * 72.0 / (0.5 * size)), 1)
        lines = sum(max(math.ceil(len(text) / letters), 1) for text in paragraphs)
        if (lines * 1.2 + 0.4 * max(len(paragraphs) - 1, 0)) * size / 72.0 <= high:
            return size
    return sizes[-1]
