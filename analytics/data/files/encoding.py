"""Which characters a file's bytes mean: decided by evidence, a wrong guess detected."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable

from analytics.data.files.in_place import triples_of, well_placed
from analytics.data.values.header_names import role_of_name
from analytics.errors import DataError, Problem

__all__ = ["decode", "encoding_of", "whole_lines"]

_CELLS = re.compile(r"[;,\t|\r\n]+")


def _known_names(text: str) -> int:
    """Names of columns among the first cells that have a letter beyond ASCII and a known meaning."""
    cells = {cell.strip(" \"'") for cell in _CELLS.split(text)}
    return sum(bool(role_of_name(cell)[0]) for cell in cells if not cell.isascii() and len(cell) < 60)


def whole_lines(data: bytes) -> bytes:
    r"""The beginning of a text up to the end of its last line, whether lines end with LF, CRLF or CR alone; nothing where no line ends.

    >>> whole_lines(b"a\r\nb\r\nc"), whole_lines(b"a\rb\rc"), whole_lines(b"a")
    (b'a\r\nb\r\n', b'a\rb\r', b'')
    """
    return data[: (data.rfind(b"\n") + 1) or (data.rfind(b"\r") + 1)]


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
    mostly = data[:2_000_000].decode("utf-8", "replace")
    damaged = mostly.count("\ufffd")
    if (
        sum(c > "\x7f" for c in mostly) > 4 * damaged
    ):  # a few bytes of another encoding: they are counted and shown
        return "utf-8"
    del mostly
    likely, share = _western(data[:2_000_000])
    runs = _HIGH.findall(data[:500_000])
    if share < 0.95 and sum(len(run) for run in runs if len(run) > 2) > 0.5 * sum(map(len, runs)):
        return _other_script(data[:500_000])
    return "cp932" if _japanese(data[:200_000]) else likely


def _western(data: bytes) -> tuple[str, float]:
    """The single-byte encoding of Latin letters in which most stands in place, the usual one where none is clearly better; and that share."""
    triples = triples_of(data)
    shares: dict[str, float] = {}
    scores: dict[str, float] = {}
    for name in ("cp1252", "iso8859-15", "cp850", "mac-roman", "cp1250", "iso8859-2", "cp1254", "cp1257"):
        shares[name], none = well_placed(triples, name)
        scores[name] = shares[name] - 3.0 * none / triples.total()
        scores[name] += 0.1 * _known_names(data[:4000].decode(name, "replace"))
    best = max(scores, key=lambda name: round(scores[name], 2))
    best = best if scores[best] > scores["cp1252"] + 0.1 else "cp1252"
    return best, shares[best]


def _cyrillic(text: str) -> float:
    """Share of the foreign letters that stand in words written as people do (not iPHONE) and are frequent ones."""
    foreign = [c for c in text if c > "\x7f"]
    words = re.findall(r"[\u0400-\u045f]+", text)
    usual = sum(len(w) for w in words if w.islower() or w.istitle() or w.isupper())
    frequent = sum(c in "оеаинтсрвлкмдпу" for c in text.lower())
    return usual / max(len(foreign), 1) * min(1.0, frequent / (0.7 * max(len(foreign), 1)))


def _pairs(lead: range, kana: str = "") -> Callable[[str, str], float]:
    """Share of the foreign characters that belong to the usual ones of a double-byte encoding, by their first byte."""

    def share(text: str, name: str) -> float:
        foreign = [c for c in text if c > "\x7f"]
        usual = sum(
            (bool(kana) and kana[0] <= c <= kana[1]) or c in _WIDE_MARKS or c.encode(name)[0] in lead
            for c in foreign
        )
        return usual / max(len(foreign), 1)

    return share


_HIGH = re.compile(rb"[\x80-\xff]+")
_WIDE_MARKS = "　、。（）「」・ー，：；／％￥＃－０１２３４５６７８９"
_KANA = "\u3041\u30fe"
#: encodings of other scripts, with how usual a text in them looks (0 to 1)
_SCRIPTS: dict[str, Callable[[str, str], float]] = {
    **dict.fromkeys(("cp1251", "koi8-r", "cp866", "iso8859-5"), lambda text, name: _cyrillic(text)),
    "cp1253": lambda text, name: (
        sum("\u0386" <= c <= "\u03ce" for c in text) / max(sum(c > "\x7f" for c in text), 1) * 0.97
    ),
    "cp932": _pairs(range(0x88, 0x98), _KANA),
    "euc-jp": _pairs(range(0xB0, 0xD0), _KANA),
    "gb18030": _pairs(range(0xB0, 0xD8)),
    "big5": _pairs(range(0xA4, 0xC7)),
    "cp949": _pairs(range(0xB0, 0xC9)),
}


def _japanese(data: bytes) -> bool:
    """Whether bytes are Japanese in Shift JIS, whose second bytes may be plain letters: it decodes, has syllables, and names columns or is hardly anything else."""
    try:
        text = whole_lines(data).decode("cp932")
    except UnicodeDecodeError:
        return False
    foreign = [c for c in text if c > "\x7f"]
    kana = sum(_KANA[0] <= c <= _KANA[1] for c in foreign)
    usual = _SCRIPTS["cp932"](text, "cp932")
    return bool(usual > 0.9 and (kana > 0.3 * len(foreign) or _known_names(text[:4000]) > 1))


def _other_script(data: bytes) -> str:
    """The encoding of a text in another script than the Latin one; asked for where two suit it alike."""
    data = whole_lines(data) or data
    scores: dict[str, float] = {}
    for name, usual in _SCRIPTS.items():
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if not any("\x80" <= c < "\xa0" for c in text):
            scores[name] = usual(text[:20_000], name) + 0.5 * min(_known_names(text[:4000]), 4)
    ranked = sorted(scores, key=lambda name: -scores[name])
    if (
        ranked
        and scores[ranked[0]] > 0.6
        and (len(ranked) == 1 or scores[ranked[0]] > 1.15 * scores[ranked[1]])
    ):
        return ranked[0]
    listed = ", ".join(ranked[:3]) or "none that is known"
    words = "the letters of the file are written in an encoding that it does not tell"
    raise DataError(
        Problem(
            "encoding",
            words,
            "save the file as UTF-8, or choose its encoding (option encoding)",
            found=f"could be {listed}",
            expected="UTF-8",
        )
    )


def decode(data: bytes, encoding: str = "") -> tuple[str, str, int]:
    """Text, encoding and how many characters could not be read (replaced).

    Raises DataError for an encoding that is not known or that the text is not in.
    """
    name = encoding or encoding_of(data)
    try:
        text = data.decode(name)
        damaged = 0
    except (UnicodeDecodeError, ValueError):
        try:
            text = data.decode(name, "replace")
        except ValueError as fault:
            raise DataError(
                Problem(
                    "encoding",
                    f"the text cannot be read as {name}",
                    "save the file as UTF-8",
                    found=str(fault)[:60],
                )
            ) from None
        damaged = text.count("\ufffd")
    except LookupError:
        raise DataError(
            Problem("encoding", f"encoding {name!r} is not known", "use utf-8, cp1252 or utf-16", found=name)
        ) from None
    return text.removeprefix("\ufeff"), "utf-8" if name == "utf-8-sig" else name, damaged
