"""The form of numbers and dates in what people read: as English or as German writes them, in every sentence alike.

Sentences are written once, with a decimal point, commas between thousands and dates as YYYY-MM-DD; before they are shown they are put in the form that is wanted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

__all__ = ["FORMS", "Names", "in_form", "like_numbers"]

#: Form -> a number and a date in it.
FORMS = {"en": "1,234.5 and 2026-01-31", "de": "1.234,5 and 31.01.2026"}

# marks may be escaped by a backslash, as Markdown wants them
_BEFORE = r"(?<![\w.,/\\:])(?<!\w-)(?<!\w\\-)"
_AFTER = r"(?!\w)(?!\\?[.,]\d)(?!\\?-\d)"
_NUMBER = re.compile(rf"{_BEFORE}(?:\d{{1,3}}(?:,\d{{3}})+(?:\\?\.\d+)?|\d+\\?\.\d+){_AFTER}")
_DATE = re.compile(rf"{_BEFORE}(\d{{4}})\\?-(\d\d)\\?-(\d\d)(?!\w)(?!\\?-)(?!\\?\.\w)")
#: Code and addresses inside Markdown stay as they are.
_APART = re.compile(r"((?<!\\)`[^`]*`|\]\([^)]*\))")


#: Names of a file that look like numbers, by what looks so in them: as they are written, and where in them it stands.
Names = Mapping[str, tuple[tuple[str, int], ...]]


def like_numbers(names: Iterable[str], *written: Callable[[str], str]) -> Names:
    """Of names out of a file those that hold what looks like a number or a date: they stay as the file has them, however they are `written` (escaped).

    >>> sorted(like_numbers(["Tube 1.5 mm", "Road 300", "2026-01-31 lot"]))
    ['1.5', '2026-01-31']
    """
    found: dict[str, set[tuple[str, int]]] = {}
    for name in map(str, names):
        if _NUMBER.search(name) or _DATE.search(name):
            for text in {name, *(write(name) for write in written)}:
                for pattern in (_NUMBER, _DATE):
                    for one in pattern.finditer(text):
                        found.setdefault(_bare(one.group()), set()).add((text, one.start()))
    return {like: tuple(sorted(ones)) for like, ones in found.items()}


def _bare(text: str) -> str:
    return text.replace("\\", "")


def _of_a_name(found: re.Match[str], names: Names) -> bool:
    """Whether what looks like a number is part of a name that stands there."""
    return any(
        found.start() >= at and found.string.startswith(name, found.start() - at)
        for name, at in names.get(_bare(found.group()), ())
    )


def in_form(text: str, form: str, names: Names | None = None, dates: bool = True) -> str:
    """A sentence with its numbers, and its `dates`, in a form of `FORMS`; `names` (of `like_numbers`), code and addresses in it stay.

    Raises KeyError for a form that is none.

    >>> in_form("Gain 1,234.5 k at 7.42 % until 2026-01-31", "de")
    'Gain 1.234,5 k at 7,42 % until 31.01.2026'
    >>> in_form("Version 0.20.0, SKU A-1,200.5, Tube 1.5 mm: 3 of 4, 1.5 each", "de", like_numbers(["Tube 1.5 mm"]))
    'Version 0.20.0, SKU A-1,200.5, Tube 1.5 mm: 3 of 4, 1,5 each'
    >>> in_form("1,234.5", "en")
    '1,234.5'
    """
    if FORMS[form] == FORMS["en"] or not any(letter.isdigit() for letter in text):
        return text
    kept = names or {}

    def number(found: re.Match[str]) -> str:
        if _of_a_name(found, kept):
            return found.group()
        whole, _, decimals = _bare(found.group()).partition(".")
        return whole.replace(",", ".") + (f",{decimals}" if decimals else "")

    def day(found: re.Match[str]) -> str:
        return found.group() if _of_a_name(found, kept) else found.expand(r"\3.\2.\1")

    parts = _APART.split(text)
    for k in range(0, len(parts), 2):  # what stays stands between
        parts[k] = _NUMBER.sub(number, _DATE.sub(day, parts[k]) if dates else parts[k])
    return "".join(parts)
