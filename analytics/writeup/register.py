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

__all__ = ["NOTHING_SAID", "Effects", "MadeFrom", "Stated", "differing", "not_read_back", "register_table"]


class Effects(NamedTuple):
    """What values move, and what that is money of: of every value in force `money` (NaN: not measured) and `words`, each (rows,); of the others `by_id` of their rows."""

    money: NDArray[np.float64]
    words: NDArray[np.object_]
    by_id: Mapping[str, tuple[float, str]]


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
    codes, skus = pd.factorize(assumed["sku"].astype(str))
    tail = np.array([f"/{named(sku)}" if sku else "" for sku in skus], object)[codes].tolist()
    fields = {field: named(field) for field in assumed["field"].astype(str).unique()}
    return [fields[field] + end for field, end in zip(assumed["field"].tolist(), tail, strict=True)]


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
    it is no number or not measured, and then `effect_on` says why. `products_turned` are products whose answer depends on the field (`verdict`, (products,));
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
    moved = [effects.by_id.get(str(row["id"]), (np.nan, _why_not(str(row["id"])))) for row in rows]
    below = pd.DataFrame(rows, columns=list(REGISTER_COLUMNS)).astype(object)
    below["effect"] = np.array([money for money, _ in moved], np.float64)
    below["effect_on"] = np.array([words for _, words in moved], object)
    below["products_turned"] = below["products_turned"].astype("Int64")
    for name in ("low", "high"):
        below[name] = below[name].astype(np.float64)
    texts = [name for name in REGISTER_COLUMNS if below[name].dtype == object]
    below[texts] = below[texts].where(below[texts].notna(), "")
    return pd.concat([_in_force(assumed, stated, turned, effects), below], ignore_index=True)


def _why_not(name: str) -> str:
    """Why a row of what was stated or made the files, by its first column, has no effect in money."""
    kind = name.partition("/")[0]
    if kind == "run":
        return "not a number: how the files were read and the study was run"
    if name.startswith("stated/what_if/"):
        return "not a number: a what-if, in force in all that these files say"
    if kind == "limits":
        return "not a number: limits hold together; summary.json says what they cost"
    if kind == "seed":
        return "not a number: which numbers are drawn"
    return "not a number: what the files were made from"


def _in_force(
    assumed: pd.DataFrame, stated: Stated, turned: Mapping[str, int], effects: Effects
) -> pd.DataFrame:
    """The values in force, a row for all products or one for each, as assumptions.csv has them; who confirmed them."""
    field, sku, origin = (_objects(assumed[name]) for name in ("field", "sku", "origin"))
    codes, names = pd.factorize(field)
    default = {
        name: "" if np.isnan(row.default) else repr(row.default) for name, row in FIELDS.items()
    }  # of what nobody knows until it is stated there is none
    by, day = np.full(len(assumed), "", object), np.full(len(assumed), "", object)
    assumable = np.array([name in FIELDS for name in names], bool)[codes]
    own, known = stated.assumptions.product, dict[tuple[str, str, str], tuple[str, str]]()
    for i in np.flatnonzero((origin == "confirmed") & assumable):
        said = field[i], sku[i] if sku[i] in own else "", stated.family.get(sku[i], "")
        if said not in known:  # a product without a statement of its own is as its family
            found = stated.assumptions.of(*said)
            known[said] = signed_words(found.by), found.data_date
        by[i], day[i] = known[said]
    texts = {
        "id": np.array([*_ids(assumed), None], object)[:-1],
        "field": field,
        "scope": np.where(sku == "", "all products", sku),
        "value": np.array(["" if v != v else str(v) for v in assumed["value"].tolist()], object),
        "unit": _objects(assumed["unit"]),
        "default": np.array([default.get(name, "") for name in names], object)[codes],
        "origin": origin,
        "by": by,
        "data_date": day,
        "source": _objects(assumed["source"]),
        "effect_on": effects.words,
    }
    counts = np.array([turned.get(name, 0) for name in names], np.int64)[codes]
    numbers = {"low": assumed["low"], "high": assumed["high"], "effect": effects.money}
    return pd.DataFrame(
        {
            **{name: pd.Series(column, dtype=object) for name, column in texts.items()},
            **{name: np.asarray(column, np.float64) for name, column in numbers.items()},
            "products_turned": pd.arrays.IntegerArray(counts, ~assumable),
        },
        columns=list(REGISTER_COLUMNS),
    )


def _objects(column: pd.Series[Any]) -> NDArray[np.object_]:
    """A column of texts as they are, "" where there is none: as objects, which many rows share."""
    codes, distinct = pd.factorize(column)
    return np.asarray(np.array([*distinct, ""], object)[codes])
