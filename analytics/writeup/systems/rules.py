"""Settings as a file that a system of planning imports: reorder rules, routes and policies, and what of them changes.

Texts. A product's code must match the system's, so it is written as it is, and no other text of the input stands in a file of a system. A code that a
spreadsheet could run as a call (it begins like a formula and holds a bracket, a bar or an exclamation mark) is no product's code and is left out, and so
is one longer than the system allows: both are said. Tables for people are written by `writeup.files`, which makes every text safe.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data import safe_cell
from analytics.naming.labels import Strategy
from analytics.naming.systems import NUMBERS, OPTIONAL, System, word_of
from analytics.writeup.files import LOCALES

__all__ = [
    "CHANGE_COLUMNS",
    "NOT_KNOWN",
    "Rules",
    "below_which",
    "cannot_stand",
    "changed_rows",
    "dry_run_lines",
    "rules_bytes",
    "rules_table",
    "setting_changes",
]  # fmt: skip

Array = NDArray[np.float64]

#: What a dry run says of a setting that nobody stated.
NOT_KNOWN = "not known"
#: One line per setting that changes: in the columns and words of the system.
CHANGE_COLUMNS = ("sku", "name", "setting", "today", "new", "gain_per_year")
_CALL = re.compile(r"^[\s\u00a0]*[=+\-@\uff1d\uff0b\uff0d\uff20].*[(|!\uff08\uff5c\uff01]", re.DOTALL)


@dataclass(frozen=True, eq=False)
class Rules:
    """How products are replenished, arrays (products,): what a system is told.

    `strategy` is MTS, ATO or MTO ("": not known), `source` make, buy or "" (not known). `point` is the level at which, or below, is ordered; `lot` in what
    lots, or `level` up to what (NaN: not so, or not known); of what is assembled its share of the component kits. `whole` says whether units are whole,
    `multiple` what an order is a multiple of and `minimum` the least of it (NaN: not known).
    """

    sku: NDArray[np.object_]
    name: NDArray[np.object_]
    strategy: NDArray[np.object_]
    source: NDArray[np.object_]
    point: Array
    level: Array
    lot: Array
    whole: NDArray[np.bool_]
    multiple: Array
    minimum: Array

    def take(self, rows: NDArray[np.intp]) -> Rules:
        """The products at these positions."""
        return Rules(**{name: column[rows] for name, column in vars(self).items()})


def below_which(point: Array, whole: NDArray[np.bool_]) -> Array:
    """The reorder point of a system that orders below it, of one at which is ordered. Units (products,).

    below_which = point + 1 of whole units; of others the same to three decimals, and never a whole number, which would be read back as one.
    The inverse of `data.columns.system_settings.at_or_below`. Source: definition.

    >>> below_which(np.array([40.0, 2.5, 3.0]), np.array([True, False, False])).tolist()
    [41.0, 2.5, 3.001]
    """
    rounded = np.round(point, 3)
    apart = rounded + np.where(rounded == np.round(rounded), 0.001, 0.0)
    return np.where(whole, point + 1.0, apart)


def _number(value: float) -> str:
    """A quantity to three decimals, the fewest digits that say it.

    >>> _number(40.0), _number(0.3334), _number(float("nan"))
    ('40', '0.333', '')
    """
    return (
        ""
        if value != value
        else f"{value:.3f}".rstrip("0").rstrip(".").replace("-0", "0" if value > -0.0005 else "-0")
    )


def _numbers(rules: Rules, system: System) -> dict[str, Array]:
    """The columns of numbers by key, (products,); NaN is left blank."""
    stocked, assembled = rules.strategy == Strategy.MTS, rules.strategy == Strategy.ATO
    off = stocked & (rules.lot == 0.0)
    level = np.where(np.isfinite(rules.level), rules.level, rules.point + rules.lot)
    point = below_which(rules.point, rules.whole) if system.below else rules.point
    filled = np.isfinite(rules.level) & ~np.isfinite(
        rules.lot
    )  # a system without levels is told the usual lot of one
    lot = np.where(filled, 0.0 if "level" in system.columns else rules.level - rules.point, rules.lot)
    idle = (rules.strategy == Strategy.MTO) | off | (assembled & (not system.carries))
    kits = {"point": rules.point, "level": rules.point + rules.lot, "lot": rules.lot}
    own = {"point": np.maximum(point, 0.0), "level": level, "lot": lot}
    known = rules.strategy != ""
    out = {
        key: np.where(known, np.where(idle, 0.0, np.where(assembled, kits[key], own[key])), np.nan)
        for key in own
    }
    return out | {
        "kit_point": np.where(assembled, rules.point, np.nan),
        "kit_lot": np.where(assembled, rules.lot, np.nan),
        "multiple": rules.multiple,
        "minimum": rules.minimum,
    }


def rules_table(rules: Rules, system: System) -> pd.DataFrame:
    """One row per product in the columns and words of a system; every cell a text, "" where it is not known.

    >>> from analytics.naming.systems import SYSTEMS
    >>> one, text = np.ones(1), lambda word: np.array([word], object)
    >>> rules = Rules(text("A"), text("Lamp"), text("MTS"), text("buy"), 40 * one, np.nan * one, 25 * one, np.array([True]), np.nan * one, np.nan * one)
    >>> rules_table(rules, SYSTEMS["sap"]).loc[0].to_dict()
    {'MATNR': 'A', 'WERKS': '', 'STRGR': '10', 'DISMM': 'VB', 'MINBE': '41', 'DISLS': 'FX', 'BSTFE': '25', 'MABST': '65'}
    """
    numbers = _numbers(rules, system)
    ordering = np.where(
        rules.lot == 0.0,
        "off",
        np.where(np.isfinite(rules.level) | ~np.isfinite(rules.lot), "up to", "fixed"),
    )
    cases: Sequence[Any] = list(zip(rules.strategy, ordering, rules.source, strict=True))
    levels_known = np.isfinite(rules.point) | np.isfinite(rules.level) | np.isfinite(rules.lot)
    columns: dict[str, Any] = {}
    for key, name in system.columns.items():
        if not name or (key in OPTIONAL and not np.isfinite(numbers[key]).any()):
            continue
        if key == "sku":
            columns[name] = rules.sku
        elif key == "name":  # for people alone
            columns[name] = [safe_cell(text) for text in rules.name]
        elif key == "place":
            columns[name] = [system.place] * len(rules.sku)
        elif key in NUMBERS:
            columns[name] = [_number(value) for value in numbers[key].tolist()]
        else:
            words = system.words.get(key, {})
            by_order = any(case.endswith(("fixed", "up to")) for case in words)
            columns[name] = [
                ""
                if not case[0] or (by_order and case[0] == Strategy.MTS and not known)
                else word_of(words, *case)
                for case, known in zip(cases, levels_known, strict=True)
            ]
    return pd.DataFrame(columns, dtype=object)


def changed_rows(before: pd.DataFrame, after: pd.DataFrame) -> NDArray[np.bool_]:
    """Products (rows of both tables) of which a cell differs. Shape (products,)."""
    return np.asarray((before.reindex(columns=after.columns, fill_value="") != after).any(axis=1), bool)


def setting_changes(rules: Rules, before: pd.DataFrame, after: pd.DataFrame, gain: Array) -> pd.DataFrame:
    """What a dry run shows: one line per setting that changes, columns CHANGE_COLUMNS; the gain (products,) stands on a product's first line.

    The gains of the lines are those of the products, to the cent: nothing is shared out.
    """
    before = before.reindex(columns=after.columns, fill_value="")
    row, column = np.nonzero((before != after).to_numpy())
    first = np.diff(row, prepend=-1) != 0
    old = before.to_numpy(object)[row, column]
    return pd.DataFrame(
        {
            "sku": rules.sku[row],
            "name": rules.name[row],
            "setting": np.asarray(after.columns, object)[column],
            "today": np.where(old == "", NOT_KNOWN, old),
            "new": after.to_numpy(object)[row, column],
            "gain_per_year": np.where(first, gain[row], np.nan),
        },
        columns=list(CHANGE_COLUMNS),
    )


def _shown(text: object, most: int) -> str:
    """A text on one line of a terminal: what cannot be printed is a question mark, what is long is cut."""
    line = "".join(c if c.isprintable() else "?" for c in str(text)[: most + 1])
    return line if len(line) <= most else f"{line[: most - 3]}..."


def dry_run_lines(changes: pd.DataFrame) -> list[str]:
    """The lines of `setting_changes` for a terminal: product, setting, today -> new."""
    products = changes["sku"].nunique()
    head = f"{len(changes):,} settings of {products:,} {'product' if products == 1 else 'products'} change"
    return [
        head,
        *(
            f"{_shown(row.sku, 40)}  {_shown(row.setting, 40)}: {_shown(row.today, 40) or 'blank'} -> {_shown(row.new, 40) or 'blank'}"
            for row in changes.itertuples()
        ),
    ]


def cannot_stand(skus: NDArray[np.object_], longest: int) -> NDArray[np.bool_]:
    """Codes that no file for a system may hold: those a spreadsheet could run as a call, and those longer than the system allows. Shape (products,).

    >>> cannot_stand(np.array(["-100", "=HYPERLINK(1)", "A" * 41], object), 40).tolist()
    [False, True, True]
    """
    return np.array([len(sku) > longest or bool(_CALL.match(sku)) for sku in skus.astype(str)], bool)


def rules_bytes(table: pd.DataFrame, locale: str = "en") -> bytes:
    r"""A table of rules as CSV (UTF-8, line feed): the cells as they are, for a system must find its own codes again.

    >>> rules_bytes(pd.DataFrame({"No.": ["A,1"], "Reorder Point": ["2.5"]}, dtype=object))
    b'No.,Reorder Point\n"A,1",2.5\n'
    """
    parts, mark = LOCALES[locale]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=parts, lineterminator="\n")
    writer.writerow(table.columns)
    number = re.compile(r"-?\d+\.\d+")
    for row in table.itertuples(index=False):
        writer.writerow(
            [
                cell.replace(".", mark) if mark != "." and k and number.fullmatch(cell) else cell
                for k, cell in enumerate(row)
            ]
        )
    return text.getvalue().encode("utf-8")
