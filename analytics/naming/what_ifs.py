"""What-ifs: demand, lead time, unit cost or price moved by a percentage on top of what is given, for all products, a family or a product.

Other fields of the table are moved where the items file gives them.

One concept: what a what-if is, how it is written and read, and by what it multiplies a value.

A what-if is no statement of a fact: nothing is confirmed by it, and no given value stands in its way. It equals a run on
edited files: the column of prices, of unit costs or of lead times times 1 + change; of demand the forecast of the coming year times
1 + change, in orders of the same size; of the cost of parts the unit costs of all bought parts of the bill of materials times 1 + change, and the unit
cost that the items file gives of what is made of them raised by as much. Stock, levels, lots and minimum quantities stay as the files have them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analytics.errors import DataError, Problem

__all__ = [
    "FOUR",
    "GIVEN_FIELDS",
    "HIGHEST",
    "LOWEST",
    "MOVED",
    "PART_COST",
    "WhatIf",
    "factors",
    "moved_by",
    "moved_words",
    "named_what_if",
    "read_what_if",
    "sorted_what_ifs",
    "what_if_document",
    "what_ifs_of_table",
    "what_ifs_toml",
    "without_effect",
]

#: What is moved whether the files give it, or it is derived or assumed.
FOUR: Final[Mapping[str, str]] = {
    "demand": "Demand",
    "lead_time": "Lead time",
    "unit_cost": "Unit cost",
    "price": "Price",
}
#: Fields of the table of assumptions that are moved where the items file gives them; else another value is stated.
GIVEN_FIELDS: Final[Mapping[str, str]] = {
    "patience_per_day": "Share of buyers lost per day of wait",
    "queue_days": "Queue and buffer in a quote",
    "capital_rate": "Cost of capital",
    "cost_premium": "Premium for single units",
    "salvage_share": "What leftovers fetch",
    "storage_rate": "Storage and handling",
}
#: The bought parts of a bill of materials: the cost of all of them, and with it the unit cost of what is made of them.
PART_COST: Final = "part_cost"
#: What can be moved, and what a page and a file call it.
MOVED: Final[Mapping[str, str]] = {**FOUR, PART_COST: "Cost of bought parts", **GIVEN_FIELDS}
#: By which what-if a field of the items is moved, where that has another name.
_MOVES: Final[Mapping[str, str]] = {"component_lead_days": "lead_time"}
#: The furthest a what-if goes: to a tenth, and to ten times what is given.
LOWEST, HIGHEST = -0.9, 9.0


@dataclass(frozen=True)
class WhatIf:
    """One value moved: `what` of MOVED, times 1 + `change`, for one `family` or one `product` (SKU); for all products where both are "".

    >>> WhatIf("price", -0.05, family="Road Bikes").words
    'Price of Road Bikes -5 % on top of what the file says'
    """

    what: str
    change: float
    family: str = ""
    product: str = ""

    @property
    def name(self) -> str:
        """What is moved and for whom, as the command line takes it.

        >>> WhatIf("demand", 0.1).name, WhatIf("demand", 0.1, product="A.1").name
        ('demand', 'product.A.1.demand')
        """
        if self.product:
            return f"product.{self.product}.{self.what}"
        return f"family.{self.family}.{self.what}" if self.family else self.what

    @property
    def short_words(self) -> str:
        """What is moved, for whom and by how much.

        >>> WhatIf("lead_time", 0.125).short_words
        'Lead time +12.5 %'
        """
        whose = self.product or self.family
        return f"{MOVED[self.what]}{f' of {whose}' if whose else ''} {_percent(self.change)}"

    @property
    def words(self) -> str:
        """The what-if in words: on top of what the file says.

        >>> WhatIf("demand", 0.1).words
        'Demand +10 % on top of what the file says'
        """
        return f"{self.short_words} on top of what the file says"


def _percent(change: float) -> str:
    """A change as it is said: signed, with all digits it has."""
    return f"{100.0 * change:+.10g} %"


def named_what_if(name: str, change: float) -> WhatIf:
    """The what-if of a name as `WhatIf.name` gives it. Raises DataError for a name that moves nothing, or a change out of bounds.

    >>> named_what_if("family.Road Bikes.price", 0.1)
    WhatIf(what='price', change=0.1, family='Road Bikes', product='')
    """
    scope, _, rest = name.partition(".")
    whose, _, what = rest.rpartition(".")
    if not rest:
        scope, what = "", name
    if what not in MOVED or scope not in ("", "family", "product") or (scope and not whose):
        raise DataError(
            Problem(
                "what_if",
                f"{name} cannot be moved",
                "write demand, lead_time, unit_cost or price; for some products family.NAME.demand or product.SKU.demand",
                found=name,
                expected=", ".join(MOVED),
            )
        )
    if what == PART_COST and scope:
        raise DataError(
            Problem(
                "what_if",
                f"{name} cannot be moved: parts go into products of several families",
                "move the cost of all bought parts: part_cost",
                found=name,
                expected=PART_COST,
            )
        )
    if not (isinstance(change, (int, float)) and LOWEST <= change <= HIGHEST):
        raise DataError(
            Problem(
                "what_if",
                f"{name} moves by {_percent(change) if isinstance(change, (int, float)) else change}",
                f"move it by {_percent(LOWEST)} to {_percent(HIGHEST)}",
                found=f"{change}",
                expected=f"{_percent(LOWEST)} to {_percent(HIGHEST)}",
            )
        )
    return WhatIf(
        what,
        round(float(change), 12),
        whose if scope == "family" else "",
        whose if scope == "product" else "",
    )


def read_what_if(text: str) -> WhatIf:
    """A what-if as it is typed: NAME=CHANGE, the change in percent with a sign or not.

    Raises DataError for what is none, with what was expected.

    >>> read_what_if("demand=+10%"), read_what_if("product.A-1.unit_cost = -2.5 %").change
    (WhatIf(what='demand', change=0.1, family='', product=''), -0.025)
    """
    name, sign, change = text.rpartition("=")
    typed = change.strip()
    try:
        value = float(typed.removesuffix("%").strip()) / 100.0
    except ValueError:
        value = math.nan
    if not sign or not typed.endswith("%") or not math.isfinite(value):
        raise DataError(
            Problem(
                "what_if",
                f"{text} is no what-if",
                "write what moves and by how many percent, such as demand=+10%",
                found=text,
                expected="NAME=CHANGE%",
            )
        )
    return named_what_if(name.strip(), value)


def sorted_what_ifs(what_ifs: Iterable[WhatIf]) -> tuple[WhatIf, ...]:
    """What-ifs in their one order, the last of each name, none that moves nothing.

    A family or product that is told apart keeps its own 0 % where something wider moves it.

    >>> sorted_what_ifs([WhatIf("price", 0.1), WhatIf("demand", 0.2), WhatIf("price", 0.0)])
    (WhatIf(what='demand', change=0.2, family='', product=''),)
    """
    last = {one.name: one for one in what_ifs}
    moved = {one.what for one in last.values() if one.change != 0.0}
    kept = (one for one in last.values() if one.change != 0.0 or (one.name != one.what and one.what in moved))
    return tuple(sorted(kept, key=lambda one: ([*MOVED].index(one.what), one.product, one.family)))


def factors(
    what_ifs: Sequence[WhatIf],
    what: str,
    skus: Sequence[Any] | NDArray[Any],
    families: Sequence[Any] | NDArray[Any],
) -> NDArray[np.float64]:
    """By what each product's value of `what` is multiplied: 1 + the change of the nearest what-if, product before family before all; 1 without, (products,).

    >>> said = (WhatIf("price", 0.1), WhatIf("price", -0.2, product="B"))
    >>> factors(said, "price", ["A", "B"], ["", ""]).tolist()
    [1.1, 0.8]
    """
    here = [one for one in what_ifs if one.what == what]
    out = np.ones(len(skus))
    for one in here:
        if not one.family and not one.product:
            out[:] = 1.0 + one.change
    for key, names in (("family", families), ("product", skus)):
        changes = {getattr(one, key): 1.0 + one.change for one in here if getattr(one, key)}
        if changes:
            text = [str(name) for name in names]
            out = np.array([changes.get(name, out[i]) for i, name in enumerate(text)], np.float64)
    return out


def moved_by(what_ifs: Sequence[WhatIf], field: str, sku: str, family: str) -> float:
    """By what share of itself a field of a product is moved by a what-if, 0 where none moves it.

    >>> moved_by((WhatIf("lead_time", 0.07),), "component_lead_days", "A", "")
    0.07
    """
    factor = factors(what_ifs, _MOVES.get(field, field), [sku], [family])
    return round(float(factor[0]) - 1.0, 12)


def moved_words(change: float) -> str:
    """How far a value is moved, in words.

    >>> moved_words(0.07)
    'moved by +7 %'
    """
    return f"moved by {_percent(change)}"


def what_if_document(one: WhatIf) -> dict[str, Any]:
    """A what-if as summary.json has it: what is moved, for whom, the change as a share of what the files say, and the words.

    >>> what_if_document(WhatIf("demand", 0.1))["change"]
    0.1
    """
    return {**asdict(one), "words": one.words}


def without_effect(
    what_ifs: Sequence[WhatIf], skus: Sequence[Any] | NDArray[Any], families: Sequence[Any] | NDArray[Any]
) -> tuple[WhatIf, ...]:
    """What-ifs for a family or a product that is not there: they move nothing.

    >>> without_effect((WhatIf("price", 0.1, family="Bikes"),), ["A"], ["Tyres"])
    (WhatIf(what='price', change=0.1, family='Bikes', product=''),)
    """
    known = {"product": {str(sku) for sku in skus}, "family": {str(name) for name in families}}
    return tuple(
        one
        for one in what_ifs
        if (one.product and one.product not in known["product"])
        or (one.family and one.family not in known["family"])
    )


def what_ifs_toml(what_ifs: Sequence[WhatIf]) -> list[str]:
    """What-ifs as lines of a table [what_if] in TOML, shares of what is given; none where there are none.

    >>> what_ifs_toml((WhatIf("demand", 0.1),))[2:]
    ['"demand" = 0.1']
    """
    if not what_ifs:
        return []
    rows = [f"{_key(one.name)} = {one.change!r}" for one in what_ifs]
    return ["# moved on top of what the files say, as a share of it", "[what_if]", *rows]


def _key(name: str) -> str:
    escaped = "".join(f"\\u{ord(c):04x}" if ord(c) < 32 or c in '"\\' or ord(c) == 127 else c for c in name)
    return f'"{escaped}"'


def what_ifs_of_table(table: Any, problems: list[Problem]) -> tuple[WhatIf, ...]:
    """What-ifs of a table [what_if]: names as the command line takes them, shares or texts such as "+10%"; every fault is added to `problems`.

    >>> what_ifs_of_table({"demand": 0.1, "price": "-5 %"}, [])
    (WhatIf(what='demand', change=0.1, family='', product=''), WhatIf(what='price', change=-0.05, family='', product=''))
    """
    if not isinstance(table, dict):
        words = "[what_if] is not a table"
        problems.append(
            Problem("not_a_table", words, "write demand = 0.1", found=str(table), expected="a table")
        )
        return ()
    found = []
    for name, value in table.items():
        try:
            told = isinstance(value, str)
            found.append(read_what_if(f"{name}={value}") if told else named_what_if(str(name), value))
        except DataError as error:
            problems += error.problems
    return sorted_what_ifs(found)
