"""What a person may tell of the rows of a value, checked; and texts as they are compared."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from analytics.data.values.letters import without_accents
from analytics.errors import DataError, Problem

__all__ = ["PROMOTED", "TREATMENTS", "plain_value", "treatments_of"]

#: what can be done with the rows of a value; in a column of units of measure it is a factor instead ("12")
TREATMENTS = ("count", "return", "leave out", "on hand", "receipt")
#: what a value of a column of promotions says of its rows
PROMOTED = ("promoted", "usual")


@lru_cache(maxsize=65536)
def plain_value(text: str) -> str:
    """A text as it is compared: without case, accents, and outer or doubled blanks.

    >>> plain_value("  Annulé   par le client ") == plain_value("ANNULE PAR LE CLIENT")
    True
    """
    if not text.isascii():
        text = without_accents(text)
    return " ".join(text.casefold().split())


def _is_factor(text: str) -> bool:
    try:
        return 0.0 < float(text) < float("inf")
    except ValueError:
        return False


def treatments_of(treatments: Mapping[str, Mapping[str, str]] | None) -> dict[str, dict[str, str]]:
    """What was told about values, checked: column -> value -> treatment. Raises DataError where a treatment does not exist.

    >>> treatments_of({"Status": {"Sent": "leave out"}})
    {'Status': {'Sent': 'leave out'}}
    """
    wrong = [
        (c, v, t)
        for c, values in (treatments or {}).items()
        for v, t in values.items()
        if t not in (*TREATMENTS, *PROMOTED) and not _is_factor(t)
    ]
    if wrong:
        listed = ", ".join((*TREATMENTS, *PROMOTED)) + ", or a factor such as 12 for a unit of measure"
        raise DataError(
            [
                Problem(
                    "treatment",
                    f"{t!r} is not a treatment of rows",
                    f"use one of: {listed}",
                    column=c,
                    found=t,
                    expected=listed,
                )
                for c, _, t in wrong
            ]
        )
    return {c: dict(values) for c, values in (treatments or {}).items()}
