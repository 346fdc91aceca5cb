"""The form of numbers and dates in what people read: as English or as German writes them, in every sentence alike.

Sentences are written once, with a decimal point, commas between thousands and dates as YYYY-MM-DD; before they are shown they are put in the form that is wanted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["FORMS", "in_form", "like_numbers"]

#: Form -> a number and a date in it.
FORMS = {"en": "1,234.5 and 2026-01-31", "de": "1.234,5 and 31.01.2026"}

# marks may be escaped by a backslash, as Markdown wants them
_BEFORE = r"(?<![\w.,/\\:])(?<!\w-)(?<!\w\\-)"
_AFTER = r"(?!\w)(?!\\?[.,]\d)(?!\\?-\d)"
_NUMBER = re.compile(rf"{_BEFORE}(?:\d{{1,3}}(?:,\d{{3}})+(?:\\?\.\d+)?|\d+\\?\.\d+){_AFTER}")
_DATE = re.compile(rf"{_BEFORE}(\d{{4}})\\?-(\d\d)\\?-(\d\d)(?!\w)(?!\\?-)(?!\\?\.\w)")
#: Code and addresses inside Markdown stay as they are.
_APART = re.compile(r"((?<!\\)`[^`]*`|\]\([^)]*\))")


def _german(found: re.Match[str]) -> str:
    whole, _, decimals = found.group().replace("\\", "").partition(".")
    return whole.replace(",", ".") + (f",{decimals}" if decimals else "")


def like_numbers(names: Iterable[str]) -> tuple[str, ...]:
    """Of names out of a file those that hold what looks like a number or a date: they stay as the file has them, the longest first.

    >>> like_numbers(["Tube 1.5 mm", "Road 300", "2026-01-31 lot"])
    ('2026-01-31 lot', 'Tube 1.5 mm')
    """
    found = {name for name in map(str, names) if _NUMBER.search(name) or _DATE.search(name)}
    return tuple(sorted(found, key=lambda name: (-len(name), name)))


def in_form(text: str, form: str, names: tuple[str, ...] = (), dates: bool = True) -> str:
    """A sentence with its numbers, and its `dates`, in a form of `FORMS`; `names` (of `like_numbers`), code and addresses in it stay.

    Raises KeyError for a form that is none.

    >>> in_form("Gain 1,234.5 k at 7.42 % until 2026-01-31", "de")
    'Gain 1.234,5 k at 7,42 % until 31.01.2026'
    >>> in_form("Version 0.20.0, SKU A-1,200.5, Tube 1.5 mm: 3 of 4, 2.5 each", "de", ("Tube 1.5 mm",))
    'Version 0.20.0, SKU A-1,200.5, Tube 1.5 mm: 3 of 4, 2,5 each'
    >>> in_form("1,234.5", "en")
    '1,234.5'
    """
    if FORMS[form] == FORMS["en"] or not any(letter.isdigit() for letter in text):
        return text
    parts = _APART.split(text)
    if names:
        held = re.compile(f"({'|'.join(re.escape(name) for name in names)})")
        # what was split at code and at names alternates again: spoken, apart, spoken, ...
        parts = [piece for k, part in enumerate(parts) for piece in (held.split(part) if k % 2 == 0 else [part])]  # fmt: skip
    return "".join(part if k % 2 else _spoken(part, dates) for k, part in enumerate(parts))


def _spoken(text: str, dates: bool) -> str:
    text = _NUMBER.sub(_german, text)
    return _DATE.sub(r"\3.\2.\1", text) if dates else text
