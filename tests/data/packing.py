"""A history sent from one process to another and back, as the program sends it: within a reading."""

from __future__ import annotations

from analytics.data.sales import SalesHistory
from analytics.data.sandbox.wire_format import pack_reading, unpack_reading
from analytics.data.uploads import Reading

__all__ = ["sent"]


def sent(history: SalesHistory) -> SalesHistory:
    """The history as it comes out at the other end."""
    return unpack_reading(pack_reading(Reading(history))).history
