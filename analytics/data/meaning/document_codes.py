"""Kinds of documents written as short codes (F2 and G2, RE and GS, SI and SC): told by the company they keep, since one code means different things in different systems."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from analytics.data.meaning.judged_words import ASK, BY_CODE, PLAIN
from analytics.data.meaning.meanings import Judged
from analytics.data.values.categorical import Coded
from analytics.data.values.header_names import normal_name

__all__ = ["codes_of_documents", "document_codes", "document_numbers_judged"]

_CODE = re.compile(r"^[A-Za-z][A-Za-z0-9]{0,3}$")
#: letters before the digits of a document number, apart by a dash or not
_NUMBER = re.compile(r"^([A-Za-z]{2,4})[-_/ ]?\d")
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


#: a header that names a place or a class holds codes of its own kind (TA and RE are provinces too)
_OF_PLACES = frozenset(
    "province|provincia|prov|state|country|region|land|bundesland|pays|pais|paese|estado|departement|departamento|county|city|zone|zona|gebiet|area|abc|class|klasse|grade".split(
        "|"
    )
)
#: so many values are looked at
_MOST_VALUES = 22
#: under a name that says nothing, codes of returns are those of few rows
_FEW = 0.34


def codes_of_documents(cells: Coded, name: str) -> dict[str, str]:
    """Kinds of documents by code where a column of any name holds them: not under the name of a place, and few of its rows are returns."""
    if set(normal_name(name).split()) & _OF_PLACES:
        return {}
    codes = document_codes([str(value) for value in cells.values[:_MOST_VALUES]])
    back = [codes.get(str(value).strip().lower()) == "return" for value in cells.values]
    return codes if cells.counts()[np.array(back, bool)].sum() <= _FEW * len(cells) else {}


def document_numbers_judged(name: str, cells: Coded, quantity: NDArray[np.float64]) -> Judged | None:
    """Lines by the letters before the number of their document (INV1001, CN1002), where these are codes of one system; None where they are none.

    Only where no quantity is below zero: else the sign says what came back already. `cells` (rows,) hold the numbers of documents, `quantity` (rows,) units.
    """
    if (quantity < 0).any():
        return None
    found = [_NUMBER.match(str(value).strip()) for value in cells.values]
    letters = np.array([match[1].upper() if match else "" for match in found], object)
    codes = document_codes({str(text) for text in letters})
    if not codes or "return" not in codes.values():
        return None
    grouped = cells.regrouped(letters)
    verdicts = [
        PLAIN if not text else BY_CODE[codes[text.lower()]] if text.lower() in codes else ASK
        for text in map(str, grouped.values)
    ]
    return Judged(
        grouped,
        name,
        "movement",
        tuple(v.treatment for v in verdicts),
        tuple(
            "unknown" if v is ASK else "says nothing of the row" if v is PLAIN else "known word"
            for v in verdicts
        ),
        tuple(v.words for v in verdicts),
        tuple(v.reason for v in verdicts),
    )
