"""Several columns of dates: which is the order's own, by its name and by being the earliest of each row; the others are what was promised and shipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.data.values.categorical import Coded
from analytics.data.values.dates import date_column
from analytics.data.values.header_names import normal_name
from analytics.errors import Problem
from analytics.naming.labels import percent_text

__all__ = ["OrderDates", "order_dates", "order_dates_problem", "said_of"]

#: beginnings of words in names of columns -> what happens on the day
_STEMS: Mapping[str, str] = {
    "promised": "promis|request|requir|due|want|need|wunsch|gewunscht|zugesagt|zusage|soll|prometid|prevu|previst|plan|confirm|bestatigt|expect|estimat|voulu|souhait"
    "|attes|toegezegd|lovad|obiecan",
    "shipped": "deliver|dispatch|ship|sent|geliefert|liefer|versand|versend|warenausgang|livr|exped|envoy|entreg|enviad|despach|consegn|spedi|gelever|lever|verzond|dostarcz|wyslan"
    "|dostaw|toimit|afsend|skickad|dodan|odeslan|picked|issued",
    "recorded": "record|enter|entry|creat|modif|updat|post|erfass|angelegt|geandert|gebucht|saisi|enregistr|registr|grabad|inser|captur|chang|export|load|aangemaakt|gewijzigd"
    "|import|skapad|utworz|zapisan|log",
    "ordered": "order|placed|booked|bestell|beauftrag|auftrag|command|pedid|encarg|ordin|bestel|bestallt|bestilt|zamow|tilat|tilaus|objednan|purchas|sold|sale|verkauf|vend|vent",
    "other": "expir|birth|valid|verfall|ablauf|haltbar|caduc|scaden|paid|payment|bezahlt|paye|pagad|pagat|betaald|cancel|storn|annul|return|retour",
}
#: the share of rows in which a column must be the earliest to be taken for the order's own without its name
_NEARLY = 0.95
_MOST_ROWS = 20_000


@dataclass(frozen=True)
class OrderDates:
    """The column of the order's date, the share of rows in which it is the earliest, whether its name says so, and columns of the promised and shipped date (-1: none)."""

    date: int
    earliest: float
    named: bool
    promised: int = -1
    shipped: int = -1


def said_of(name: str) -> str:
    """What the name of a column of dates says happens on the day: ordered, promised, shipped, recorded, other or "".

    >>> [said_of(n) for n in ("Bestellt am", "requested on", "livré le", "Erfasst am", "Date 1")]
    ['ordered', 'promised', 'shipped', 'recorded', '']
    """
    words = normal_name(name).split()
    for kind, stems in _STEMS.items():
        if any(word.startswith(tuple(stems.split("|"))) for word in words):
            return kind
    return ""


def order_dates(names: Sequence[str], columns: Sequence[Coded], places: Sequence[int]) -> OrderDates | None:
    """Which of several columns of dates is that of the order; None where neither name nor days say so."""
    said = {i: said_of(names[i]) for i in places}
    days = {i: _days(columns[i]) for i in places}
    rivals = [i for i in places if said[i] != "other"]
    ordered = [i for i in rivals if said[i] == "ordered"]
    if len(ordered) == 1:
        first = ordered[0]
    else:
        among = ordered or rivals
        shares = {i: _earliest(days, i, [k for k in among if k != i]) for i in among}
        leading = [i for i in among if shares[i] >= _NEARLY]
        if len(leading) != 1:
            return None
        first = leading[0]
    others = {
        kind: next((i for i in rivals if said[i] == kind and i != first), -1)
        for kind in ("promised", "shipped")
    }
    return OrderDates(
        first,
        _earliest(days, first, [i for i in rivals if i != first]),
        len(ordered) == 1,
        others["promised"],
        others["shipped"],
    )


def _days(column: Coded) -> NDArray[np.datetime64]:
    found = date_column(column.values)
    month_first = int(found.only_month_first.sum()) > int(found.only_day_first.sum())
    return found.dates("MDY" if month_first else "DMY")[column.codes[:_MOST_ROWS]]


def _earliest(days: Mapping[int, NDArray[np.datetime64]], one: int, others: Sequence[int]) -> float:
    """The share of rows with the other dates in which this one lies before none of them."""
    if not others:
        return 1.0
    known = ~np.isnat(days[one])
    late = np.zeros(len(known), bool)
    for other in others:
        late |= ~np.isnat(days[other]) & (days[other] < days[one])
    return float(1.0 - late[known].mean()) if known.any() else 0.0


def order_dates_problem(found: OrderDates, names: Sequence[str], places: Sequence[int]) -> Problem:
    """What was taken as the date of the order and why, and what as promised and shipped."""
    why = " and ".join(
        [
            *(["its name says so"] if found.named else []),
            f"it is the earliest in {percent_text(found.earliest)} of the rows",
        ]
    )
    words = f"{names[found.date]} was taken as the date of the order among {', '.join(names[i] for i in places)}: {why}"
    further = [
        f"{names[i]} as the {what} date"
        for what, i in (("promised", found.promised), ("shipped", found.shipped))
        if i >= 0
    ]
    words += f"; {' and '.join(further)}" if further else ""
    return Problem(
        "date_chosen",
        words,
        "name another column if that is wrong (option mapping: date=NAME)",
        column=names[found.date],
        count=len(places),
    )
