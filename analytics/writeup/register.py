"""The register: every value that the answer rests on, general or of one product, with its range, its origin, what it moves and what it turns.

What was stated, how stock is valued and what made the files stand there as rows too: from them `analyze --register`
gives the same files again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.assumptions import FIELDS, Assumptions
from analytics.naming.labels import Verdict
from analytics.naming.signed import signed_words
from analytics.valuation.policy import StockPolicy
from analytics.writeup.register_stated import (
    REGISTER_COLUMNS,
    Registered,
    named,
    option_rows,
    policy_rows,
    stated_rows,
)
from analytics.writeup.summary import MadeBy

__all__ = ["NOTHING_SAID", "MadeFrom", "Stated", "differing", "not_read_back", "register_table"]

#: By the id of a row: what its value moves, money (NaN: not measured), and what that money is.
Effects = Mapping[str, tuple[float, str]]


class MadeFrom(NamedTuple):
    """What files were made from: `options` of `analyze` by name, a text or several each; `digests` of the files beside the sales, by kind."""

    options: Mapping[str, Sequence[str]]
    digests: Mapping[str, str]


#: Nothing is said of how files were read.
NOTHING_SAID = MadeFrom({}, {})


class Stated(NamedTuple):
    """What was stated: assumptions, how stock is valued, and the day of the stock; `family` of every SKU finds the nearest statement."""

    assumptions: Assumptions
    policy: StockPolicy
    as_of: np.datetime64
    family: Mapping[str, str]


def differing(found: Registered, digests: Mapping[str, str], version: str) -> list[str]:
    """Sentences on what a register was made from and is not the same now: files by their `digests`, and the `version` of the program."""
    words = {"input": "the sales"}
    out = []
    for kind in dict.fromkeys([*found.digests, *digests]):
        if found.digests.get(kind, "") != digests.get(kind, ""):
            whose = words.get(kind, f"the file of {kind}")
            state = (
                "is missing" if kind not in digests else "is new" if kind not in found.digests else "differs"
            )
            state = state.replace("is ", "are ") if kind == "input" else state
            state = "differ" if (kind, state) == ("input", "differs") else state
            out.append(f"the register was made from other files: {whose} {state}, so results differ")
    if found.version not in ("", version):
        out.append(f"the register was made by version {found.version}, this is {version}: results may differ")
    return out


def not_read_back(found: Registered, assumed: pd.DataFrame) -> list[str]:
    """A sentence on values in force that a register has otherwise than this run (`assumed`, the table assumptions.csv).

    They follow from files and statements and are not read back: who edits one is told so.

    >>> table = pd.DataFrame({"field": ["capital_rate"], "sku": [""], "value": ["0.1"]})
    >>> found = Registered(Assumptions(), StockPolicy(), {}, {}, "", {"capital_rate": "0.2"})
    >>> not_read_back(found, table)[0].partition(" of the register ")[0]
    '1 value in force'
    """
    names = _ids(assumed)
    other = [
        (name, found.values[name], value)
        for name, value in zip(names, assumed["value"].astype(str).tolist(), strict=True)
        if found.values.get(name, value).removeprefix("'") != value.removeprefix("'")
    ]
    if not other:
        return []
    name, was, now = other[0]
    count = f"{len(other):,} value{'' if len(other) == 1 else 's'} in force"
    return [
        f"{count} of the register differ{'s' if len(other) == 1 else ''} from this run (first {name}: {was} there, {now} here): "
        "such rows are results and are not read back; state a value with --assumptions, or in a row stated/general/..."
    ]


def _ids(assumed: pd.DataFrame) -> list[str]:
    """The first column of the rows of values in force: field, and product where it is of one."""
    field, sku = assumed["field"].astype(str).tolist(), assumed["sku"].astype(str).tolist()
    return [named(f, *([s] if s else [])) for f, s in zip(field, sku, strict=True)]


def register_table(
    assumed: pd.DataFrame,
    stated: Stated,
    verdict: NDArray[Any],
    effects: Effects,
    made: MadeBy,
    made_from: MadeFrom,
) -> pd.DataFrame:
    """One row per value: columns REGISTER_COLUMNS; the rows of assumptions.csv (`assumed`), what was stated, how stock is valued, reserves set by hand, and what made the files.

    `effect` is what the value moves, money, and `effect_on` what of: for a value in doubt the gain of a year at the
    high end of its range less that at the low end, of its product or, in a row of all products, of all; empty where
    it is not measured. `products_turned` are products whose answer depends on the field (`verdict`, (products,));
    empty where that is not looked for. `default` is empty where nothing is assumed. `by` is the name typed, not
    verified; `data_date` the date of the data that it was confirmed on, of a setting of stock the day of the stock.
    """
    turned = Counter(Verdict.field(str(one)) for one in verdict)
    rows = [*stated_rows(stated.assumptions), *policy_rows(stated.policy, stated.as_of)]
    rows += option_rows(made_from.options)
    digests = {f"{kind}_digest": digest for kind, digest in made_from.digests.items() if digest}
    own = {"version": made.version, "seed": str(made.seed), "currency": made.currency, **digests}
    rows += [
        {"id": field, "field": field, "scope": "these files", "value": value, "origin": "given"}
        for field, value in own.items()
    ]
    below = pd.DataFrame(rows, columns=list(REGISTER_COLUMNS))
    table = pd.concat([_in_force(assumed, stated, turned), below], ignore_index=True)
    moved = [effects.get(one, (np.nan, "")) for one in table["id"].tolist()]
    table["effect"] = np.array([money for money, _ in moved], np.float64)
    table["effect_on"] = np.array([words for _, words in moved], object)
    table["products_turned"] = table["products_turned"].astype("Int64")
    for name in ("low", "high"):
        table[name] = table[name].astype(np.float64)
    texts = [name for name in REGISTER_COLUMNS if table[name].dtype == object]
    table[texts] = table[texts].astype(object).where(table[texts].notna(), "")
    return table


def _in_force(assumed: pd.DataFrame, stated: Stated, turned: Mapping[str, int]) -> pd.DataFrame:
    """The values in force, a row for all products or one for each, as assumptions.csv has them; who confirmed them."""
    field, sku = assumed["field"].astype(str), assumed["sku"].astype(str)
    default = {
        name: "" if np.isnan(row.default) else repr(row.default) for name, row in FIELDS.items()
    }  # of what nobody knows until it is stated there is none
    who = [("", "")] * len(assumed)
    confirmed = np.flatnonzero((assumed["origin"] == "confirmed").to_numpy() & field.isin(FIELDS).to_numpy())
    for i in confirmed:
        family = stated.family.get(sku.iloc[i], "")
        one = stated.assumptions.of(field.iloc[i], sku.iloc[i], family)
        who[i] = (signed_words(one.by), one.data_date)
    return pd.DataFrame(
        {
            "id": _ids(assumed),
            "field": field,
            "scope": sku.where(sku != "", "all products"),
            "value": assumed["value"].astype(str),
            "unit": assumed["unit"],
            "default": field.map(default).fillna(""),
            "low": assumed["low"],
            "high": assumed["high"],
            "origin": assumed["origin"],
            "by": [by for by, _ in who],
            "data_date": [day for _, day in who],
            "source": assumed["source"],
            "effect": np.nan,
            "effect_on": "",
            "products_turned": [turned.get(f, 0) if f in FIELDS else None for f in field.tolist()],
        },
        columns=list(REGISTER_COLUMNS),
    )
