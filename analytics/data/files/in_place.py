"""How much of a text in a single-byte encoding stands where people write it: letters in words, quotation marks around them, signs at numbers.

A byte read in a wrong encoding is mostly a real character in a wrong place: an apostrophe read as a letter stands as a capital in a small word, a dash as a
letter by itself, a letter as a mark within a word.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

__all__ = ["triples_of", "well_placed"]

#: letters beyond ASCII of languages: those of one text are hardly of two
_ALPHABETS = tuple(
    "äöüß éèêëàâçîïôûù éèêëàâçîïôûùœ áéíóúñü ãõáâàéêíóôúç àèéìòù åäöæøé åäöšž áčďéěíňóřšťúůýž áäčďéíĺľňóôŕšťúýž ąćęłńóśźż áéíóöőúüű čšžćđ ăâîşţ çğıöşüİ"
    " āčēģīķļņšūž ąčęėįšųūž".split()
)
#: letters that are words by themselves, or signs
_WORDS = frozenset("àéèêòóúÀÉÈÒÓÚåÅöÖØøíý")
_HIGH = re.compile(rb"[\x80-\xff]")
#: So many bytes beyond ASCII are looked at.
_MOST = 200_000


def triples_of(data: bytes) -> Counter[bytes]:
    r"""Every byte beyond ASCII with what stands before and after it (a line end beyond the text), and how often.

    >>> triples_of("\u00fcber".encode("cp1252"))
    Counter({b'\n\xfcb': 1})
    """
    data = b"\n" + data + b"\n"
    found: Counter[bytes] = Counter()
    for k, match in enumerate(_HIGH.finditer(data)):
        if k == _MOST:
            break
        found[data[match.start() - 1 : match.start() + 2]] += 1
    return found


def well_placed(triples: Counter[bytes], encoding: str) -> tuple[float, int]:
    r"""The share of characters beyond ASCII that stand in place, their letters those of one language; and how many are no text at all.

    >>> triples = triples_of("Men\u2019s; 5\u201d; \u201enew\u201c".encode("cp1252"))
    >>> well_placed(triples, "cp1252"), well_placed(triples, "cp850")
    ((1.0, 0), (0.25, 0))
    """
    letters: Counter[str] = Counter()
    marks = none = 0
    for triple, count in triples.items():
        # what a neighbour means is not known where the encoding has no character for it
        before, character, after = (bytes([b]).decode(encoding, "replace") for b in triple)
        if character == "\ufffd" or "\x80" <= character < "\xa0":
            none += count
        elif character.isalpha() and character not in "ªºµ":
            if _letter_in_place(before, character, after):
                letters[character] += count
        elif _mark_in_place(before, character, after):
            marks += count
    spoken = max(
        sum(count for c, count in letters.items() if c in of or c.lower() in of)
        for of in _alphabets(encoding)
    )
    return (spoken + marks) / max(triples.total(), 1), none


@cache
def _alphabets(encoding: str) -> tuple[str, ...]:
    """Those alphabets that the encoding can write: nobody wrote a language in one that lacks its letters."""

    def written(letters: str) -> bool:
        try:
            return bool(letters.encode(encoding))
        except UnicodeEncodeError:
            return False

    return tuple(letters for letters in _ALPHABETS if written(letters))


def _letter_in_place(before: str, letter: str, after: str) -> bool:
    """Whether a letter stands in a word whose capitals stand where they may, or is a word by itself.

    >>> [_letter_in_place(*text) for text in ("M\u00f6b", "M\u00d6B", "n\u00c6s", "5\u00f6 ", " \u00fb ", " \u00e0 ")]
    [True, True, False, False, False, True]
    """
    if not before.isalpha() and not after.isalpha():
        return letter in _WORDS and not before.isdigit()
    if before.isdigit() or (before.isalpha() and before.islower() and letter.isupper()):
        return False
    return not (letter.islower() and letter != "ß" and after.isalpha() and after.isupper())


def _mark_in_place(before: str, mark: str, after: str) -> bool:
    """Whether a mark or a sign stands where it is written: quotation marks at the ends of words, a dash between spaces or numbers, a degree after a number.

    >>> [_mark_in_place(*text) for text in ("n\u2019s", " \u2013 ", " \u201en", "u\u201c;", "d\u201es", "0\u00b0C", "a\u00b3b", "5\u2033b")]
    [True, True, True, True, False, True, False, False]
    """
    word, follows = before.isalpha(), after.isalpha()
    if mark in "’´":
        return word or (before.isdigit() and not follows)
    if mark in "„‚‹«¿¡‘" and not word:
        return not after.isspace() or mark in "«‹"
    if mark in "“”«»‹›‘":
        return not (word and follows) and not (before.isspace() and after.isspace())
    if mark in "–—":
        return before.isspace() == after.isspace() or not (word or follows)
    if mark in "°²³ºª":
        return (before.isalnum() or before in " )") and (not follows or (mark == "°" and after in "CFcfK"))
    if mark in "µ":
        return not word
    if mark in "€£¥¢½¼¾×±§•·…¬":
        return not follows or (not word and mark in "±§•·…")
    if mark in "™®©":
        return not follows
    return mark == "\xa0"
