"""How sure the choice for a product is, in words: the same on the screen and in what is taken away."""

from __future__ import annotations

from analytics.naming.labels import Verdict
from analytics.naming.scales import field_words

__all__ = ["verdict_text"]


def verdict_text(verdict: str, short: bool = False) -> str:
    """The badge of a product; `short` for tables.

    >>> verdict_text("clear"), verdict_text("depends_on_patience_per_day"), verdict_text("depends_on_patience_per_day", short=True)
    ('Holds', "Depends on customers' patience", 'If: patience')
    """
    if field := Verdict.field(verdict):
        words = field_words(field)
        return (
            f"If: {words.removeprefix('customers’ ').split(chr(39) + ' ')[-1].removeprefix('the ').removeprefix('what ')}"
            if short
            else f"Depends on {words}"
        )
    known: dict[str, str] = {Verdict.CLEAR: "Holds", Verdict.HELD: "Held"}
    return known.get(verdict, verdict.replace("_", " ").capitalize())
