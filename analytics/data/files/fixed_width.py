"""Text in columns of fixed width, as old systems print it: columns are where every line has a space."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analytics.data.layout.place_in_sheet import typed

__all__ = ["fixed_width_rows"]

_SAMPLE = 600


def _filled(lines: Sequence[str]) -> list[str]:
    """Lines with more in them than a rule."""
    return [line.rstrip() for line in lines if line.strip() and not set(line) <= set("-=_+ ")]


def fixed_width_rows(lines: Sequence[str]) -> list[list[str]] | None:
    """The cells of every line cut at the columns; None where the lines do not stand in columns of fixed width.

    A line with a letter where the others have a gap (a title, a footnote, a value too long for its column) stays one cell.

    >>> fixed_width_rows(["DATE        ITEM           QTY", "2012-01-03  Bolt M8 zinc    12", "2012-01-10  Nut            (7)", "2012-01-17  Big washer      3"])[2]
    ['2012-01-10', 'Nut', '(7)']
    """
    filled = _filled(lines[:: max(1, len(lines) // (8 * _SAMPLE))])
    sample = filled[:: max(1, len(filled) // _SAMPLE)][:_SAMPLE]
    if len(sample) < 4 or any("\t" in line or '"' in line for line in sample):
        return None
    length = int(np.percentile([len(line) for line in sample], 75))
    usual = [line for line in sample if 0.6 * length <= len(line) <= 1.4 * length]
    width = max(map(len, usual), default=0)
    if width > 2000 or len(usual) < 0.7 * len(sample):
        return None
    letters = np.array([[c != " " for c in line.ljust(width)] for line in usual], bool)
    gap = letters.mean(axis=0) <= (0.03 if len(usual) > 40 else 0.0)
    edges = [i for i in range(1, width) if gap[i - 1] and not gap[i]] + [width]
    begins = edges[:-1] if gap[0] else [0, *edges[:-1]]
    if not 3 <= len(begins) <= 60:
        return None
    cuts = list(zip(begins, [*begins[1:], None], strict=True))
    closed = np.flatnonzero(gap)

    def cells(line: str) -> list[str]:
        if any(i < len(line) and line[i] != " " for i in closed):
            words = line.split()  # a header may have names wider than its columns
            return words if len(words) == len(cuts) and not any(map(typed, words)) else [line.strip()]
        return [line[low:high].strip() for low, high in cuts]

    rows = [cells(line) for line in lines]
    body = [row for row in rows if len(row) > 1][1:]
    numeric = [
        i for i in range(len(cuts)) if sum(typed(row[i]) for row in body[:200]) > 0.9 * min(len(body), 200)
    ]
    return rows if len(numeric) >= 2 and len(body) > 0.7 * len(_filled(lines)) else None
