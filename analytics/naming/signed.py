"""Who stated something: a name as a person typed it, which nobody verified, and the day of the data or the stock it was said of."""

from __future__ import annotations

__all__ = ["UNVERIFIED", "signed_words"]

#: What stands behind every name.
UNVERIFIED = " (as typed, not verified)"


def signed_words(by: str, data_date: str = "", of: str = "data") -> str:
    """Who stated something, and of data (or stock) of which day; "" where no name was typed.

    >>> signed_words("M. Weber", "2013-11-29"), signed_words("M. Weber", "", "stock"), signed_words("", "2013-11-29")
    ('M. Weber, data of 2013-11-29 (as typed, not verified)', 'M. Weber (as typed, not verified)', '')
    """
    day = f", {of} of {data_date}" if data_date else ""
    return f"{by}{day}{UNVERIFIED}" if by else ""
