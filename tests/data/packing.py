"""A history sent from one process to another and back, as the program sends it: within a reading."""

from __future__ import annotations

from analytics.data.files import Reading
from analytics.data.packed import pack_reading, unpack_reading
from analytics.data.sales import SalesHistory

__all__ = ["sent"]


def sent(history: SalesHistory) -> SalesHistory:
    """The history as it comes out at the other end."""
    return unpack_reading(pack_reading(Reading(history))).history
