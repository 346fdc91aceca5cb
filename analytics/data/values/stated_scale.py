"""How many units, or how many of the currency, one number of a column stands for, where its header says it: "Price per 100", "Umsatz (TEUR)", "Qty (in thousands)"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from analytics.errors import Problem

__all__ = ["SIZED", "Scale", "sizes_said", "stated_scale", "times_stated"]


class Scale(NamedTuple):
    """What a header says beside its name.

    header: the name without it; times: what a number of the column is multiplied by; per_units: whether that is a price
    per so many units, rather than an amount in thousands or millions; said: the words of the header that say it.
    """

    header: str
    times: float
    per_units: bool = False
    said: str = ""


#: what a header may give in thousands or millions, and what it may give for so many units
SIZED = frozenset(
    "quantity returned revenue price unit_cost discount on_hand on_order stock_value booked_reserve one_off_cost cost_to_complete setup_cost moq"
    " reorder_point order_up_to_level order_quantity safety_stock".split()
)
_FOR_SO_MANY = frozenset({"price", "unit_cost", "cost_to_complete"})

_MANY = r"(?:1(?:[.,' ]?0{3}){1,2}|10{1,6})"
_WORDS = dict.fromkeys(
    ("hundred", "hundert", "cent", "cien", "cento", "cem", "honderd"), 100.0
) | dict.fromkeys(("thousand", "tausend", "mille", "mil", "duizend", "tusen"), 1e3)
#: what is counted by the hundred: pieces, weight, length and so on, or nothing said
_OF = (
    r"(?:\s*(?:st|stk|stck|stück|stueck|pcs?|pieces?|units?|ea|einheiten|pièces?|unités?|uds?|unidades|pezzi"
    r"|kg|g|lbs?|l|ltr|m|m2|m²|m3|ft|sqm|stuks|szt)\b\.?)?"
)
_PER = re.compile(
    rf"(?:\b(?:per|je|pro|par|por|voor|za|na)\s+|/\s*)(?P<many>{_MANY}|{'|'.join(_WORDS)})\b{_OF}",
    re.IGNORECASE,
)
_COIN = r"(?:eur|usd|gbp|chf|sek|nok|dkk|pln|czk|huf|jpy|cny|inr|brl|cad|aud|euros?|dollars?|€|\$|£)"
_IN = r"\b(?:in|en|em)\s+"
_OF_COIN = rf"(?:\s+(?:of\s+|d'|de\s+)?{_COIN}(?!\w))?"
_THOUSAND = r"(?:1[.,' ]?000|thousands?|tausend|milliers|miles|migliaia|milhares|duizend|duizenden|tusen)"
_MILLION = r"(?:millions?|millionen|millones|milioni|milhões|miljoen)"
_THOUSANDS = "|".join(
    (
        rf"\bT{_COIN}(?!\w)",
        rf"\bk\s?{_COIN}(?!\w)",
        rf"\bTsd\.?\s?{_COIN}?(?!\w)",
        rf"{_IN}{_THOUSAND}\b{_OF_COIN}",
        rf"\bthousands?\b{_OF_COIN}",
        rf"(?<=[(\[]){_THOUSAND}(?=[)\]])",
        rf"{_COIN}\s?(?:k|'?000s?|thousands?)(?!\w)",
        rf"(?<!\w)'?000s?\s+{_COIN}(?!\w)",
        r"'000s?\b",
        r"\b000s\b",
    )
)
_MILLIONS = "|".join(
    (
        rf"\bMio\.?\s?{_COIN}?(?!\w)",
        rf"{_IN}{_MILLION}\b{_OF_COIN}",
        rf"\bm\s?{_COIN}(?!\w)",
        rf"{_COIN}\s?(?:m|mn|mio|millions?)(?!\w)",
    )
)
_AMOUNTS = ((re.compile(_THOUSANDS, re.IGNORECASE), 1e3), (re.compile(_MILLIONS, re.IGNORECASE), 1e6))
_EMPTY = re.compile(r"[(\[{]\s*(?:in\s*)?[)\]}]|[\s,;:/–-]+$")


@lru_cache(maxsize=65536)
def stated_scale(header: str) -> Scale:
    """What the header of a column of numbers says of their size; the header as it is, times 1, where it says nothing.

    *Formula*: amounts in thousands or millions are multiplied by 1,000 or 1,000,000, prices per N units divided by N.
    Source: definition.

    >>> stated_scale("Preis je 100 Stk")
    Scale(header='Preis', times=0.01, per_units=True, said='je 100 Stk')
    >>> stated_scale("Revenue (k€)")[:2], stated_scale("Umsatz in TEUR")[:2], stated_scale("Unit price (EUR)")[1]
    (('Revenue', 1000.0), ('Umsatz', 1000.0), 1.0)
    """
    if match := _PER.search(header):
        many = match["many"].lower()
        units = _WORDS.get(many) or float(re.sub(r"\D", "", many))
        return _without(header, match, 1.0 / units, per_units=True)
    for form, times in _AMOUNTS:
        if match := form.search(header):
            return _without(header, match, times, per_units=False)
    return Scale(header, 1.0)


def _without(header: str, match: re.Match[str], times: float, per_units: bool) -> Scale:
    """The header without the words found in it; the header as it is where nothing else is left."""
    rest = header[: match.start()] + " " + header[match.end() :]
    while (shorter := _EMPTY.sub(" ", rest).strip()) != rest:
        rest = shorter
    rest = re.sub(r"\s+in$", "", " ".join(rest.split()))
    return Scale(rest, times, per_units, match[0].strip()) if rest else Scale(header, 1.0)


def times_stated(role: str, header: str) -> float:
    """What the numbers of a role are multiplied by for the size that their header says; 1 where it says none that the role has.

    >>> times_stated("price", "Preis je 100"), times_stated("quantity", "Menge je 100"), times_stated("revenue", "Umsatz (TEUR)")
    (0.01, 1.0, 1000.0)
    """
    scale = stated_scale(header)
    return scale.times if role in (_FOR_SO_MANY if scale.per_units else SIZED) else 1.0


def sizes_said(named: Mapping[str, str]) -> list[Problem]:
    """What is said of columns (header by role) whose numbers are given in thousands, in millions or for so many units.

    >>> sizes_said({"sku": "SKU", "price": "Preis je 100"})[0].message
    "'Preis je 100' says 'je 100': its numbers are multiplied by 0.01"
    """
    remedy = "nothing to do; rename the column if that is wrong"
    return [
        Problem(
            "stated_scale",
            f"{header!r} says {stated_scale(header).said!r}: its numbers are multiplied by {times:,g}",
            remedy,
            column=header,
        )
        for role, header in named.items()
        if (times := times_stated(role, header)) != 1.0
    ]
