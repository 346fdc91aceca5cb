"""What a header says of the size of the numbers below it: prices per 100, amounts in thousands, times in weeks, rates per month.

One concept: the words of a header that say a size, which roles have such a size, and what their numbers are multiplied by.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.data.values.categorical import Coded
from analytics.data.values.numbers import parse_numbers
from analytics.errors import Problem

__all__ = [
    "Scale",
    "amounts_in",
    "may_be_price_unit",
    "sized_as",
    "sizes_said",
    "span_of_time",
    "stated_scales",
    "times_beside",
    "times_stated",
]


class Scale(NamedTuple):
    """A size that a header says beside its name.

    header: the name without it; kind: amount (thousands, millions), per_units (a price for so many units), time (how long
    one is, in days) or per_time (a rate, in periods a year); times: what a number is multiplied by; said: the words.
    """

    header: str
    kind: str
    times: float
    said: str


#: role -> the kinds of size its numbers may have
_KINDS: Mapping[str, tuple[str, ...]] = (
    dict.fromkeys(
        "quantity returned revenue discount on_hand on_order stock_value booked_reserve one_off_cost setup_cost moq"
        " reorder_point order_up_to_level order_quantity safety_stock".split(),
        ("amount",),
    )
    | dict.fromkeys(("price", "unit_cost", "cost_to_complete"), ("per_units", "amount"))
    | dict.fromkeys(
        "component_lead_days production_days assembly_days queue_days review_days promised_wait_days historical_wait_days"
        " quote_days campaign_days late_days shelf_life_days hours_per_unit setup_hours".split(),
        ("time",),
    )
    | dict.fromkeys(
        ("capital_rate", "storage_rate", "insurance_rate", "hazard_per_year", "price_erosion_per_year"),
        ("per_time",),
    )
)
_HOURS = frozenset({"hours_per_unit", "setup_hours"})
_DAYS_A_YEAR = 365.25

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
#: length of a unit of time in days -> its words, alone in brackets or at the end of a header
_TIMES = {
    7
    / 5: r"(?:working|work|business)\s?days?|arbeitstagen?|werktagen?|jours\s+ouvr\w+|d[ií]as\s+(?:h[áa]biles|laborables)|giorni\s+lavorativi"
    r"|werkdagen|arbejdsdage|arbetsdagar|dni\s+robocz\w+",
    1 / 1440: r"min|mins|minutes?|minuten?|minutos?|minuti|minuter",
    1 / 24: r"h|hrs?|hours?|std|stunden?|heures?|horas?|ore|uren|uur|timer|timmar|godzin\w*",
    1.0: r"d|days?|tagen?|tg|jours?|d[ií]as?|giorn[io]|dagen|dage|dagar|dni|p[äa]iv\w+",
    7.0: r"wks?|weeks?|wochen?|wo|semaines?|semanas?|settiman[ae]|weken|week|uker?|uger|veckor|vecka|tygodni\w*|viikko\w*",
    _DAYS_A_YEAR
    / 12: r"mths?|mon|months?|monate?n?|mois|mes|meses|mes[ei]|maanden|m[åa]neder|m[åa]nader|miesi\w+|m[ěe]s[íi]c\w*|kuukaut\w*",
    _DAYS_A_YEAR: r"yrs?|years?|jahren?|ans|ann[ée]es|a[ñn]os?|anni|jaar|[åa]r|lata",
}
#: one letter or two say a time only in brackets
_SHORT = re.compile(r"\|?\b(?:h|d|wo|tg|mon|min|ore|mes|ans)\b(?=\||$)")
_IN_DAYS = tuple(
    (
        re.compile(
            rf"[(\[]\s*(?:in\s+)?(?:{word})\.?\s*[)\]]|(?:\bin\s+|\ben\s+|[\s,/-])(?:{_SHORT.sub('', word).strip('|')})$",
            re.IGNORECASE,
        ),
        days,
    )
    for days, word in _TIMES.items()
)
#: periods a year -> their names, and the words for "every such period"
_PERIODS = {
    12.0: (r"month|monat|mois|mes|mese", r"p\.\s?m\.?|monthly|monatlich|mensuel\w*|mensual|mensile"),
    4.0: (r"quarter|quartal|trimestre", r"quarterly|vierteljährlich|trimestriel\w*|trimestral\w*"),
    _DAYS_A_YEAR / 7: (
        r"week|woche|semaine|semana|settimana",
        r"weekly|wöchentlich|hebdomadaire|semanal|settimanale",
    ),
}
_RATES = tuple(
    (
        re.compile(
            rf"[(\[]?\b(?:(?:per|pro|je|par|por|al)\s+(?:{name})|{every})(?!\w)[)\]]?|/\s?(?:{name})\b",
            re.IGNORECASE,
        ),
        times,
    )
    for times, (name, every) in _PERIODS.items()
)
_AMOUNTS = ((re.compile(_THOUSANDS, re.IGNORECASE), 1e3), (re.compile(_MILLIONS, re.IGNORECASE), 1e6))
_EMPTY = re.compile(r"[(\[{]\s*(?:in\s*)?[)\]}]|[\s,;:/–-]+$")
_NUMBER_AND_UNIT = re.compile(r"^(?P<number>[\d.,]+)\s*(?P<unit>[^\W\d][^\d()]*?)\.?$")
#: short units beside a number: "6w", "2 mo"; a single m may be minutes or months
_BESIDE = {"w": 7.0, "mo": _DAYS_A_YEAR / 12, "mos": _DAYS_A_YEAR / 12, "y": _DAYS_A_YEAR}
#: "2-3 weeks", "10 bis 14 Tage"
_SPAN_AND_UNIT = re.compile(
    r"^(?P<low>\d+(?:[.,]\d)?)\s*(?:-|–|—|to|bis|à|a|al|tot|do|til|till)\s*(?P<high>\d+(?:[.,]\d)?)\s*(?P<unit>[^\W\d][^\d()]*?)\.?$",
    re.IGNORECASE,
)
_TENS = re.compile(r"^1(?:[.,' ]?0)*(?:[.,]0+)?$")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@lru_cache(maxsize=65536)
def stated_scales(header: str) -> tuple[Scale, ...]:
    """The sizes that the header of a column says, at most one of a kind; none where it says nothing.

    *Formula*: amounts in thousands or millions times 1,000 or 1,000,000; prices for N units times 1 / N; times in days
    (a week 7, a month 365.25 / 12, an hour 1 / 24, a working day 7 / 5); rates times the periods of a year.
    Source: definition; five working days a week.

    >>> stated_scales("Preis je 100 Stk")
    (Scale(header='Preis', kind='per_units', times=0.01, said='je 100 Stk'),)
    >>> [(one.header, one.times) for one in stated_scales("Lead time (weeks)")], stated_scales("Unit price (EUR)")
    ([('Lead time', 7.0)], ())
    """
    found = []
    if match := _PER.search(header):
        many = match["many"].lower()
        units = _WORDS.get(many) or float(re.sub(r"\D", "", many))
        found.append(_without(header, match, "per_units", 1.0 / units))
    spelled = _CAMEL.sub(" ", header).replace("_", " ")
    for kind, text, forms in (
        ("amount", header, _AMOUNTS),
        ("time", spelled, _IN_DAYS),
        ("per_time", spelled, _RATES),
    ):
        hit = next(((match, times) for form, times in forms if (match := form.search(text))), None)
        if hit is not None:
            found.append(_without(text, hit[0], kind, hit[1]))
    return tuple(one for one in found if one.header)


def _without(header: str, match: re.Match[str], kind: str, times: float) -> Scale:
    """The header without the words found in it; "" where nothing else is left."""
    rest = header[: match.start()] + " " + header[match.end() :]
    while (shorter := _EMPTY.sub(" ", rest).strip()) != rest:
        rest = shorter
    return Scale(re.sub(r"\s+in$", "", " ".join(rest.split())), kind, times, match[0].strip(" ,/-"))


def may_be_price_unit(header: str, texts: Iterable[str]) -> bool:
    """Whether a column of this name and content can say for how many units prices are: some number; of "per" and "PE" 1, 10, 100 and so on alone.

    >>> may_be_price_unit("Preiseinheit", ["100 ST"]), may_be_price_unit("Preiseinheit", ["ST"]), may_be_price_unit("Per", ["1", "2", "12"])
    (True, False, False)
    """
    said = [text.strip() for text in texts if text.strip()]
    if _CAMEL.sub(" ", header).strip(" .").lower() in ("per", "pe"):  # a period, a part of a name
        return bool(said) and all(_TENS.match(text) for text in said)
    return any(any(c.isdigit() for c in text) for text in said)


@lru_cache
def sized_as(kind: str) -> frozenset[str]:
    """The roles whose numbers may have a kind of size.

    >>> sorted(sized_as("per_units"))
    ['cost_to_complete', 'price', 'unit_cost']
    """
    return frozenset(role for role, kinds in _KINDS.items() if kind in kinds)


def times_beside(role: str, texts: Iterable[str]) -> tuple[list[str], list[float]]:
    """Cells such as "3 weeks" of a role that is a time: what stands without the unit, and what it is multiplied by, NaN where a cell says none.

    A span such as "2-3 weeks" is its middle.

    >>> times_beside("component_lead_days", ["3 weeks", "14", "2 Tage"]), times_beside("price", ["3 weeks"])
    ((['3', '14', '2'], [7.0, nan, 1.0]), (['3 weeks'], [nan]))
    >>> times_beside("component_lead_days", ["2-3 weeks"])
    (['1'], [17.5])
    """
    numbers = list(texts)
    times = [float("nan")] * len(numbers)
    if "time" not in _KINDS.get(role, ()):
        return numbers, times
    for place, text in enumerate(numbers):
        if match := _NUMBER_AND_UNIT.match(text.strip()):
            unit = _days_of(match["unit"])
            if unit is not None:
                numbers[place], times[place] = match["number"], unit * (24.0 if role in _HOURS else 1.0)
        elif (middle := span_of_time(text)) is not None:
            numbers[place], times[place] = "1", middle * (24.0 if role in _HOURS else 1.0)
    return numbers, times


def _days_of(unit: str) -> float | None:
    """How many days a unit of time beside a number is; None where it is none."""
    plain = unit.strip().lower()
    if plain in _BESIDE:
        return _BESIDE[plain]
    return next((days for form, days in _IN_DAYS if form.search(f"({unit})")), None)


def span_of_time(text: str) -> float | None:
    """The middle, in days, of a span of time such as "2-3 weeks"; None where the text is none or runs backwards.

    >>> span_of_time("10 bis 14 Tage"), span_of_time("3-2 weeks"), span_of_time("2-3")
    (12.0, None, None)
    """
    match = _SPAN_AND_UNIT.match(text.strip())
    unit = match and _days_of(match["unit"])
    if not match or unit is None:
        return None
    low, high = (float(match[end].replace(",", ".")) for end in ("low", "high"))
    return unit * (low + high) / 2.0 if low <= high else None


def times_stated(role: str, header: str) -> float:
    """What the numbers of a role are multiplied by for the size that their header says; 1 where it says none that the role has.

    >>> times_stated("price", "Preis je 100"), times_stated("quantity", "Menge je 100"), times_stated("revenue", "Umsatz (TEUR)")
    (0.01, 1.0, 1000.0)
    >>> times_stated("component_lead_days", "Lieferzeit in Wochen"), round(times_stated("setup_hours", "Setup (min)") * 60, 9)
    (7.0, 1.0)
    """
    kinds = _KINDS.get(role, ())
    one = next((one for one in stated_scales(header) if one.kind in kinds), None)
    if one is None:
        return 1.0
    return 24.0 * one.times if role in _HOURS else one.times


def amounts_in(cells: Coded, header: str, mark: str) -> NDArray[np.float64]:
    """The amounts of a column, (rows,), in the size that its header says; NaN where there is none. `mark` is the decimal mark.

    >>> from analytics.data.values.categorical import coded_texts
    >>> amounts_in(coded_texts(["1,5", "", "2"]), "Umsatz (TEUR)", ",").tolist()
    [1500.0, nan, 2000.0]
    """
    return np.asarray(cells.spread(parse_numbers(cells.values, mark)[0]) * times_stated("revenue", header))


def sizes_said(named: Mapping[str, str]) -> list[Problem]:
    """What is said of columns (header by role) whose numbers are given in thousands, for so many units, in weeks or a month.

    >>> sizes_said({"sku": "SKU", "price": "Preis je 100"})[0].message
    "'Preis je 100' says 'je 100': its numbers are multiplied by 0.01"
    """
    found = []
    for role, header in named.items():
        if (times := times_stated(role, header)) == 1.0:
            continue
        said = next(one for one in stated_scales(header) if one.kind in _KINDS[role])
        words = f"{header!r} says {said.said!r}: its numbers are multiplied by {times:,.6g}"
        remedy = "nothing to do; rename the column if that is wrong"
        if said.kind == "time" and said.times < 1.0 and role not in _HOURS:
            remedy = "nothing to do where these are hours of the clock, 24 a day; write days where they are hours of work"
        found.append(Problem("stated_scale", words, remedy, column=header))
    return found
