"""The one process in which uploaded files are read; started when files can be chosen, so that reading does not wait for it, and ended after a while without."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analytics.data.sandbox.process import ReadingProcess

__all__ = ["header_of", "reader"]

#: Seconds without a file after which the memory of the process is worth more than its readiness.
_IDLE = 180.0


@cache
def reader() -> ReadingProcess:
    """The reading process of this server; it starts when it is first needed, or by `start`."""
    from analytics.data.sandbox.process import ReadingProcess

    return ReadingProcess(idle=_IDLE)


def header_of(sales: tuple[tuple[str, bytes], ...]) -> tuple[str, ...]:
    """The names of the columns of the sales."""
    from analytics.data.uploads import Given

    return reader().header_of([Given(content, name) for name, content in sales])
