"""The one process in which uploaded files are read; started with the server, so that the first upload does not wait for it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analytics.data.apart import ReadingProcess

__all__ = ["reader"]


@cache
def reader() -> ReadingProcess:
    """The reading process of this server; it starts when it is first needed, or by `start`."""
    from analytics.data.apart import ReadingProcess

    return ReadingProcess()
