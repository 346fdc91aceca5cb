"""Letters without their accents: one way for all names, words and dates that are compared."""

from __future__ import annotations

import unicodedata

__all__ = ["without_accents"]


def without_accents(text: str) -> str:
    """A text in which letters stand without accents and signs in their plain form; Korean syllables stand in their parts.

    >>> without_accents("Année ½ ｋｇ")
    'Annee 1⁄2 kg'
    """
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
