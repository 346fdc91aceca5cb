"""Kinds of documents written as short codes (F2 and G2, RE and GS, SI and SC): told by the company they keep, since one code means different things in different systems."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

__all__ = ["document_codes"]

_CODE = re.compile(r"^[A-Za-z][A-Za-z0-9]{0,3}$")
#: system -> kind -> its codes: order and billing types of SAP, and the abbreviations of smaller systems by language
_SYSTEMS: tuple[Mapping[str, str], ...] = (
    {
        "sale": "f1 f2 bv cs or ta so zor zta",
        "return": "g2 re cr s1 kr",
        "quote": "qt ag in af f5 f8",
    },
    {"sale": "re rg ra", "return": "gs gu rk", "quote": "an ab"},
    {"sale": "inv si sinv invc", "return": "crn cn cm cr sc scr crm", "quote": "quo qt est"},
    {"sale": "fa fac fc", "return": "av avo nc", "quote": "dev de pf"},
    {"sale": "ft fv fat fac", "return": "nc na ncr ab abo rc", "quote": "pf pro of"},
)


def document_codes(texts: Iterable[str]) -> dict[str, str]:
    """Kind (sale, return, quote) of each code of a column, in lower case; nothing where its values are no codes of one system with both a sale and a return.

    Every value has to be a short code and at least half of them have to be of the system; those that are not stay unknown,
    and so do codes of a company's own (Z and a standard code), which tell the system and not what they are used for.
    Source: standard sales document and billing types of SAP; abbreviations of documents in use.

    >>> document_codes(["F2", "G2"]), document_codes(["RE", "GS"])
    ({'f2': 'sale', 'g2': 'return'}, {'gs': 'return', 're': 'sale'})
    >>> document_codes(["RE", "OR", "ZX1"]), document_codes(["RE"]), document_codes(["red", "blue"])
    ({'or': 'sale', 're': 'return'}, {}, {})
    >>> document_codes(["F2", "ZG2"])
    {'f2': 'sale'}
    """
    codes = {text.strip().lower() for text in texts if text.strip()}
    if len(codes) < 2 or not all(_CODE.match(code) for code in codes):
        return {}
    best: dict[str, str] = {}
    for system in _SYSTEMS:
        known = {code: kind for kind, listed in system.items() for code in listed.split()}
        kinds = {code: known[code] for code in sorted(codes) if code in known}
        like = {**{code: known[code[1:]] for code in codes if code[0] == "z" and code[1:] in known}, **kinds}
        if (
            {"sale", "return"} <= set(like.values())
            and 2 * len(like) >= len(codes)
            and len(kinds) > len(best)
        ):
            best = kinds
    return best
