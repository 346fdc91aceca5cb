"""Numbers as people write them: one decimal mark per file, decided by evidence and never guessed in silence.

One concept: a number, its sign, its marks and the currency or unit around it are parts of one cell; the
patterns that strip them are the ones that tell which decimal mark a column has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = [
    "BLANKS",
    "CURRENCIES",
    "DecimalEvidence",
    "currency_of",
    "decimal_evidence",
    "is_number",
    "parse_numbers",
    "side_of",
    "typed_number",
]

#: Texts that mean "nothing here".
BLANKS = frozenset(
    {
        "",
        "-",
        "--",
        "---",
        "\u2013",
        "\u2014",
        "n/a",
        "na",
        "n.a.",
        "#n/a",
        "#nv",
        "null",
        "none",
        "nan",
        "nil",
        "(null)",
        "(blank)",
        "\\n",
        "k.a.",
        "n.v.",
    }
)

CURRENCIES = (
    "EUR",
    "USD",
    "GBP",
    "CHF",
    "JPY",
    "CNY",
    "INR",
    "SEK",
    "NOK",
    "DKK",
    "PLN",
    "CZK",
    "HUF",
    "RON",
    "BGN",
    "TRY",
    "RUB",
    "CAD",
    "AUD",
    "NZD",
    "BRL",
    "MXN",
    "ZAR",
    "KRW",
    "SGD",
    "HKD",
    "ILS",
    "THB",
    *(
        "AED SAR QAR KWD BHD OMR JOD EGP TND DZD LBP IQD LYD IDR MYR PHP VND TWD PKR BDT LKR NPR KZT UAH AMD AZN RSD ISK MKD BYN MDL ARS CLP UYU PYG CRC DOP GTQ JMD TTD"
        " NGN KES GHS TZS UGX ZMW XOF XAF MUR MMK KHR MNT UZS"
    ).split(),
)
#: codes that are words or units of measure in small letters
_CAPITALS = ("COP", "GEL", "MAD", "PEN")
_SYMBOLS = {
    "\u20ac": "EUR",
    "$": "USD",
    "\u00a3": "GBP",
    "\u00a5": "JPY",
    "\u20b9": "INR",
    "\u20bd": "RUB",
    "\u20ba": "TRY",
    "\u20a9": "KRW",
    "\u20aa": "ILS",
    "z\u0142": "PLN",
    "k\u010d": "CZK",
    "fr.": "CHF",
    "us$": "USD",
    "r$": "BRL",
    "rs.": "INR",
    "kr": "SEK",
    "\uffe5": "JPY",
    "\u5186": "JPY",
    "\u5143": "CNY",
    "\uc6d0": "KRW",
    "\u20b4": "UAH",
    "\u0e3f": "THB",
    "\u20ab": "VND",
    "ft": "HUF",
    "lei": "RON",
    "\u0440\u0443\u0431": "RUB",
}
_MONEY = re.compile(
    r"(?i)(us\$|r\$|z\u0142|k\u010d|fr\.|rs\.?|kr\.?|[\u20ac$\u00a3\u00a5\uffe5\u20b9\u20bd\u20ba\u20a9\u20aa]|(?<=\d)\s*(?:\u5186|\u5143|\uc6d0|\u20b4|\u0e3f|\u20ab|ft|lei|\u0440\u0443\u0431\.?)$|\b(?:"
    + "|".join(CURRENCIES)
    + r")\b|(?<=\d)(?:"
    + "|".join(CURRENCIES)
    + r")\b|(?-i:\b(?:"
    + "|".join(_CAPITALS)
    + r")\b))"
)
_UNITS = re.compile(
    r"(?i)(?<=[\d.,])\s*/?\s*(?:pcs?\.?|pieces?|units?|ea\.?|each|st\.?|stk\.?|st\u00fcck|pz\.?|p\u00e7s?|uds?\.?|szt\.?|ks|kgs?|boxes|box"
    r"|nos|no\.|sets?|prs|pkts?|doz|ltrs?)$"
)
_SPACES = str.maketrans(
    {
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\u2007": " ",
        "\u2212": "-",
        "\u2012": "-",
        "\u2013": "-",
        "\ufe63": "-",
        "\uff0d": "-",
        "\u2019": "'",
        "\u00b4": "'",
        "`": "'",
        "\u02bc": "'",
        "\u066b": ".",
        "\u066c": ",",
        "\u200b": None,
        "\ufeff": None,
    }
)
_DIGIT = re.compile(r"\d")
_WORDS = re.compile(r"[^\W\d_]|[\u20ac$\u00a3\u00a5\u20b9\u20bd\u20ba\u20a9\u20aa]")
_SIDE = re.compile(r"(?i)^(.*\d[.,]?\)?)\s*(cr|dr)\.?$")
_FURTHER = re.compile(r"[^\d.,+\-' ]")
#: a number without anything around it, by decimal mark; sign and thousands marks as `_one` reads them
_PLAIN = {
    ".": r"^[+-]?((\d+|\d{1,3}(,\d{3})+|\d{1,2}(,\d{2})+,\d{3})(\.\d*)?|\.\d+)$",
    ",": r"^[+-]?((\d+|\d{1,3}(\.\d{3})+)(,\d*)?|,\d+)$",
}
_MONEY_AROUND = (
    r"^(?:[€$£¥₹]|(?:" + "|".join(CURRENCIES) + r")\b) ?|(?: ?[€$£¥₹]| (?:" + "|".join(CURRENCIES) + r"))$"
)
_GROUP_SPACE = re.compile(r"^\d{1,3}(?:[ ']\d{3})+(?=$|[.,])")
_DOT = re.compile(r"^(?:\d+|\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})+,\d{3})?(?:\.\d*)?$")
_COMMA = re.compile(r"^(?:\d+|\d{1,3}(?:\.\d{3})+)?(?:,\d*)?$")
_EXPONENT = re.compile(r"^(\d+(?:[.,]\d+)?)[eE]([+-]?\d{1,3})$")
#: one mark with exactly three digits behind it: thousands or decimals, the text alone cannot say
_AMBIGUOUS = re.compile(r"^[1-9]\d{0,2}[.,]\d{3}$")


def _bare(text: str) -> tuple[str, int, bool]:
    """Digits and marks only, the sign, and whether a percent sign stood there."""
    text = text.translate(_SPACES).strip()
    sign, percent = 1, False
    if _FURTHER.search(text):
        if text.startswith("(") and text.endswith(")"):
            text, sign = text[1:-1].strip(), -1
        if text.endswith("%"):
            text, percent = text[:-1].strip(), True
        if _WORDS.search(text):
            text = _UNITS.sub("", _MONEY.sub("", text)).strip()
        if text.startswith("(") and text.endswith(")"):
            text, sign = text[1:-1].strip(), -1
        side = _SIDE.match(text)  # what the marks mean is decided over a column: see `credits_and_debits`
        if side:
            text, sign = side[1], -sign if side[2].lower() == "cr" else sign
    if text.startswith("'"):
        text = text[1:]
    if text.startswith("="):
        text = text[1:].strip('"')
    if text.endswith((".-", ",-", ".--", ",--")):
        text = text.rstrip("-")[:-1]
    elif text.endswith("-"):
        text, sign = text[:-1].strip(), -sign
    elif text.startswith("-"):
        text, sign = text[1:].strip(), -sign
    elif text.startswith("+"):
        text = text[1:].strip()
    if text.startswith("(") and text.endswith(")"):
        text, sign = text[1:-1].strip(), -sign
    if " " in text or "'" in text:
        match = _GROUP_SPACE.match(text)
        if match:
            text = text[: match.end()].replace(" ", "").replace("'", "") + text[match.end() :]
    return text, sign, percent


def is_blank(text: str) -> bool:
    """Whether a text means nothing ("-", "n/a", ...)."""
    return text.strip().lower() in BLANKS


@lru_cache(maxsize=65536)
def is_number(text: str) -> bool:
    """Whether a text reads as a number under either decimal mark.

    >>> [is_number(t) for t in ("1.234,50", "1'234.50", "(500)", "12 EUR", "A-12", "2012-01-02")]
    [True, True, True, True, False, False]
    """
    if len(text) > 60 or not _DIGIT.search(text):
        return False
    bare, _, _ = _bare(text)
    if not _DIGIT.search(bare):
        return False
    return bool(_DOT.match(bare) or _COMMA.match(bare) or _EXPONENT.match(bare))


@dataclass(frozen=True)
class DecimalEvidence:
    """How many distinct texts speak for a decimal point, for a decimal comma, and how many could be either.

    `grouped_dot` counts ambiguous texts with a point, `grouped_comma` those with a comma; `large_plain` counts whole
    numbers of four and more digits written without grouping.
    """

    dot: int = 0
    comma: int = 0
    ambiguous_dot: int = 0
    ambiguous_comma: int = 0
    large_plain: int = 0
    example_dot: str = ""
    example_comma: str = ""

    def __add__(self, other: DecimalEvidence) -> DecimalEvidence:
        """The evidence of two columns taken together."""
        return DecimalEvidence(
            self.dot + other.dot,
            self.comma + other.comma,
            self.ambiguous_dot + other.ambiguous_dot,
            self.ambiguous_comma + other.ambiguous_comma,
            self.large_plain + other.large_plain,
            self.example_dot or other.example_dot,
            self.example_comma or other.example_comma,
        )


def _speaks(bare: str) -> str:
    """'.' or ',' where a text proves the decimal mark, '?.' or '?,' where it could be grouping, '' otherwise."""
    dots, commas = bare.count("."), bare.count(",")
    if not dots and not commas:
        return ""
    if dots and commas:
        last = "." if bare.rfind(".") > bare.rfind(",") else ","
        return last if (_DOT if last == "." else _COMMA).match(bare) else ""
    mark, count = (".", dots) if dots else (",", commas)
    other = "," if mark == "." else "."
    if count > 1:
        return other if (_COMMA if mark == "." else _DOT).match(bare) else ""
    if not (_DOT if mark == "." else _COMMA).match(bare):
        return ""
    return "?" + mark if _AMBIGUOUS.match(bare) else mark


def decimal_evidence(values: Iterable[str], limit: int = 20000) -> DecimalEvidence:
    """What distinct texts say about the decimal mark.

    >>> decimal_evidence(["1.234,50", "12", "1.234"])
    DecimalEvidence(dot=0, comma=1, ambiguous_dot=1, ambiguous_comma=0, large_plain=0, example_dot='', example_comma='1.234,50')
    """
    count = {".": 0, ",": 0, "?.": 0, "?,": 0}
    example = {".": "", ",": ""}
    large = 0
    for number, value in enumerate(values):
        if number >= limit:
            break
        bare, _, _ = _bare(value)
        said = _speaks(bare)
        if said:
            count[said] += 1
            if said in example and not example[said]:
                example[said] = value
        elif len(bare) > 3 and bare.isdigit():
            large += 1
    return DecimalEvidence(
        count["."], count[","], count["?."], count["?,"], large, example["."], example[","]
    )


def _one(text: str, decimal: str, percents: bool) -> float:
    bare, sign, percent = _bare(text)
    if percent and not percents:
        return np.nan
    exponent = _EXPONENT.match(bare)
    if exponent:
        number = float(f"{exponent[1].replace(',', '.')}e{exponent[2]}")
    else:
        if not any(c.isdigit() for c in bare) or not (_DOT if decimal == "." else _COMMA).match(bare):
            return np.nan
        number = float(bare.replace("," if decimal == "." else ".", "").replace(decimal, "."))
    return sign * (number / 100.0 if percent else number)


def side_of(text: str) -> tuple[str, str]:
    """A number and its mark CR (credit) or DR (debit), "" where it has none.

    >>> side_of("1,204.50 Cr"), side_of("500DR."), side_of("500")
    (('1,204.50', 'CR'), ('500', 'DR'), ('500', ''))
    """
    match = _SIDE.match(text.strip())
    return (match[1].strip(), match[2].upper()) if match else (text, "")


def typed_number(text: str) -> float:
    """A number as a person types it, whatever the marks; NaN where it is none. One mark before exactly three digits parts thousands.

    >>> [typed_number(text) for text in ("49.926.384,50", "49,926,384.50", "1 234", "49,926", "12,5", "many")]
    [49926384.5, 49926384.5, 1234.0, 49926.0, 12.5, nan]
    """
    said = _speaks(_bare(text)[0])
    return float(_one(text, {"?.": ",", "?,": ".", "": "."}.get(said, said), percents=False))


def _plain_numbers(
    texts: Any, place: NDArray[np.intp], decimal: str, out: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Write the numbers of plain texts, grouped in thousands or not, to their places in `out`; returns the places of the others."""
    plain = pc.match_substring_regex(texts, _PLAIN[decimal]).to_numpy(zero_copy_only=False)
    if plain.any():
        found = pc.replace_substring(
            texts.filter(pa.array(plain)), pattern="," if decimal == "." else ".", replacement=""
        )
        if decimal == ",":
            found = pc.replace_substring(found, pattern=",", replacement=".")
        out[place[plain]] = found.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return place[~plain]


def parse_numbers(
    values: NDArray[Any], decimal: str, percents: bool = False
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Numbers of distinct texts under one decimal mark, and which texts are blank; NaN and not blank means unreadable.

    A percent sign is read (as hundredths) only where `percents` allows it.

    >>> number, blank = parse_numbers(np.array(["1.234,50", "(500)", "12-", "n/a", "12.5"], object), ",")
    >>> number.tolist(), blank.tolist()
    ([1234.5, -500.0, -12.0, nan, nan], [False, False, False, True, False])
    """
    n = len(values)
    out = np.full(n, np.nan)
    blank = np.zeros(n, bool)
    if not n:
        return out, blank
    texts = pc.utf8_trim_whitespace(pa.array(values, pa.string()))
    rest = _plain_numbers(texts, np.arange(n), decimal, out)
    if len(rest) > 1000:
        stripped = pc.replace_substring_regex(
            texts.take(pa.array(rest)), pattern=_MONEY_AROUND, replacement=""
        )
        rest = _plain_numbers(stripped, rest, decimal, out)
    for position in rest:
        text = values[position]
        if is_blank(text):
            blank[position] = True
        else:
            out[position] = _one(text, decimal, percents)
    out[np.abs(out) > 1e15] = np.nan
    return out, blank


def currency_of(text: str) -> str:
    """The currency a text names ("" if none).

    >>> currency_of("1.234,50 €"), currency_of("USD 5"), currency_of("5"), currency_of("1,234円")
    ('EUR', 'USD', '', 'JPY')
    """
    match = _MONEY.search(text)
    if not match:
        return ""
    found = match[0].strip().lower()
    return _SYMBOLS.get(found, _SYMBOLS.get(found.rstrip("."), found.upper()))
