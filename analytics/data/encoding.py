"""Which characters a file's bytes mean: decided by evidence, a wrong guess detected."""

from __future__ import annotations

import codecs
import re

from analytics.data.roles import role_of_name
from analytics.errors import DataError, Problem

__all__ = ["decode", "encoding_of"]

_CELLS = re.compile(r"[;,\t|\r\n]+")
#: letters of European names, for telling single-byte encodings apart
_LIKELY = set("äöüßÄÖÜéèêëàâçîïôûùÉÈÀáíóúñÁÍÓÚÑåæøÅÆØõãÃÕìòćčšžłąęśźżőűřů€£§°²³µ´’‘“”–…®™×½¼")


def _known_names(text: str) -> int:
    """Names of columns among the first cells that have a letter beyond ASCII and a known meaning."""
    cells = {cell.strip(" \"'") for cell in _CELLS.split(text)}
    return sum(bool(role_of_name(cell)[0]) for cell in cells if not cell.isascii() and len(cell) < 60)


def encoding_of(data: bytes) -> str:
    """The encoding of a file: by its byte order mark, by validity, else the likelier single-byte one.

    >>> encoding_of("größe".encode()), encoding_of("größe".encode("cp1252")), encoding_of("größe;1".encode("utf-16"))
    ('utf-8', 'cp1252', 'utf-16')
    """
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = data[:20000]
    if len(head) >= 4 and b"\x00" in head:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if odd > 0.3 * len(head) / 2 and even < odd / 4:
            return "utf-16-le"
        if even > 0.3 * len(head) / 2 and odd < even / 4:
            return "utf-16-be"
    if data.isascii():
        return "utf-8"
    try:
        data.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        pass
    sample = bytes(b for b in data[:2_000_000] if b > 127)
    scores = {}
    for name in ("cp1252", "iso8859-15", "cp850", "mac-roman", "cp1250", "iso8859-2"):
        try:
            text = sample.decode(name)
        except UnicodeDecodeError:
            text = sample.decode(name, "replace")
        scores[name] = sum(c in _LIKELY for c in text) - 3 * sum(c == "\ufffd" or "\x80" <= c < "\xa0" for c in text)
        scores[name] += (3 + len(text) // 20) * _known_names(data[:4000].decode(name, "replace"))
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > 1.25 * max(scores["cp1252"], 0) + 1 else "cp1252"


def decode(data: bytes, encoding: str = "") -> tuple[str, str, int]:
    """Text, encoding and how many characters could not be read (replaced)."""
    name = encoding or encoding_of(data)
    try:
        text = data.decode(name)
        damaged = 0
    except (UnicodeDecodeError, ValueError):
        try:
            text = data.decode(name, "replace")
        except ValueError as fault:
            raise DataError(Problem("encoding", f"the text cannot be read as {name}", "save the file as UTF-8", found=str(fault)[:60])) from None
        damaged = text.count("\ufffd")
    except LookupError:
        raise DataError(Problem("encoding", f"encoding {name!r} is not known", "use utf-8, cp1252 or utf-16", found=name)) from None
    return text.removeprefix("\ufeff"), "utf-8" if name == "utf-8-sig" else name, damaged
