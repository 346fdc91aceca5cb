"""The one process in which uploaded files are read; started with the server, so that the first upload does not wait for it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analytics.data.apart import ReadingProcess

__all__ = ["header_of", "reader"]


@cache
def reader() -> ReadingProcess:
    """The reading process of this server; it starts when it is first needed, or by `start`."""
    from analytics.data.apart import ReadingProcess

    return ReadingProcess()


def header_of(sales: tuple[tuple[str, bytes], ...]) -> tuple[str, ...]:
    """The names of the columns of the sales."""
    from analytics.data.files import Given

    return reader().header_of([Given(content, name) for name, content in sales])
