"""What was stated, as rows of the register, and back: assumptions, limits, how stock is valued, and how the files were read.

One concept: each kind of statement is written and read side by side, so that `analyze --register` gives the same
files. A row that was put there by the program alone, such as a value derived from sales, is not read back.

The first column names a row exactly: parts joined by "/", in which "/", "%" and what parts cells is written as
%XX, so that no spreadsheet and no safe cell changes it. Names and notes are read as they stand in their cells.
"""

from __future__ import annotations

import codecs
import csv
import io
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any, NamedTuple
from urllib.parse import unquote

import numpy as np

from analytics.assumptions import FIELDS, Assumption, Assumptions, Signed, problems_of
from analytics.errors import DataError, Problem
from analytics.items import ITEM_FIELDS
from analytics.limits import Limits, limits_from_table
from analytics.naming.signed import UNVERIFIED, signed_words
from analytics.naming.what_ifs import WhatIf, named_what_if, sorted_what_ifs
from analytics.valuation.policy import DEFAULT_POLICY, Override, StockPolicy

__all__ = [
    "OPTIONS",
    "POLICY_UNITS",
    "REGISTER_COLUMNS",
    "Registered",
    "named",
    "option_rows",
    "policy_rows",
    "read_register",
    "stated_rows",
]

REGISTER_COLUMNS = (
    "id", "field", "scope", "value", "unit", "default", "low", "high", "origin", "by", "data_date", "source",
    "effect", "effect_on", "products_turned",
)  # fmt: skip
#: How files were read and the study was run, by the name of the option of `analyze`.
OPTIONS = (
    "frequency", "clean", "ets", "replay", "locale", "date_order", "encoding", "decimal", "start", "periods",
    "fiscal_start", "dates", "join", "sheet", "mapping", "choices", "treat", "rule",
)  # fmt: skip
#: The origin of what nobody says is so, and is tried.
WHAT_IF = "what if"
#: Settings of the valuation of stock, with their units.
POLICY_UNITS = {
    "as_of": "day",
    "standard": "accounting standard",
    "bucket_days": "days",
    "age_ladder": "days, share",
    "cover_ladder": "months, share",
    "excess_months": "months",
    "dead_months": "months",
    "new_months": "months",
    "selling_share": "share of the price",
    "ledger": "money",
    "one_off": "money",
}
#: Amounts of money by product or family.
BY_NAME = ("one_off_of", "ledger_of")
#: What may not stand as it is in the first column.
_PARTS = re.compile(r"[/%;,|\t\r\n]")
#: A row as a mapping of columns; what is left out is empty.
Row = dict[str, Any]


class Registered(NamedTuple):
    """What a register says: `options` by name, one text or (mapping, choices, treat) several; `digests` of the files it was made from.

    `version` is that of the program that made it; `values` what was in force, by the first column of its row.
    """

    assumptions: Assumptions
    policy: StockPolicy
    options: Mapping[str, tuple[str, ...]]
    digests: Mapping[str, str]
    version: str
    values: Mapping[str, str]


def named(*parts: str) -> str:
    """The first column of a row: its parts joined by "/", in which nothing parts cells.

    >>> named("stock", "override", "A/1;2")
    'stock/override/A%2F1%3B2'
    """
    return "/".join(_PARTS.sub(lambda found: f"%{ord(found[0]):02X}", part) for part in parts)


def _number(value: float) -> str:
    return f"{value:.0f}" if value == int(value) and abs(value) < 1e15 else repr(value)


def _said(value: Any) -> str:
    """A setting as text: steps parted by semicolons, "" where it is not stated; every digit is kept.

    >>> _said(((12.0, 0.25), (24.0, 0.5))), _said((90.0, 180.0)), _said(float("nan"))
    ('12: 0.25; 24: 0.5', '90; 180', '')
    """
    if isinstance(value, tuple):
        return "; ".join(
            ": ".join(_number(part) for part in one) if isinstance(one, tuple) else _number(one)
            for one in value
        )
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(value)
    return "" if isinstance(value, np.datetime64) and np.isnat(value) else str(value)


def _read_setting(name: str, text: str) -> Any:
    """The value of a setting of stock as `_said` wrote it. Raises ValueError where it is none."""
    if name == "as_of":
        return np.datetime64(text or "NaT", "D")
    if name.endswith("ladder"):
        return tuple((float(a), float(b)) for a, b in (step.split(":") for step in text.split(";") if step))
    if name == "bucket_days":
        return tuple(float(part) for part in text.split(";"))
    return text if name == "standard" else float(text or "nan")


def _statement(kind: str, key: str, field: str, one: Assumption) -> Row:
    row = FIELDS[field]
    return {
        "id": named("stated", kind, *([key] if key else []), field),
        "field": field,
        "scope": {"family": f"family {key}", "product": key}.get(kind, "all products"),
        "value": row.said(one.value),
        "unit": row.unit,
        "default": row.said(row.default),
        "low": one.low,
        "high": one.high,
        "origin": one.origin,
        "by": signed_words(one.by),
        "data_date": one.data_date,
        "source": "as stated",
    }


def stated_rows(stated: Assumptions) -> list[Row]:
    """What was stated: in general, for a family, for a product, what is confirmed just as it stands, and limits."""
    rows = [_statement("general", "", name, one) for name, one in stated.general.items()]
    for kind, nested in (("family", stated.family), ("product", stated.product)):
        for key, table in nested.items():
            rows += [_statement(kind, key, name, one) for name, one in table.items()]
    for name in stated.as_assumed:
        who = stated.signed.get(name, Signed())
        words = {
            "scope": "all products",
            "value": "as it stands",
            "origin": "confirmed",
            "source": "as stated",
        }
        signed = {"by": signed_words(who.by), "data_date": who.data_date}
        rows.append({"id": named("stated", "as_assumed", name), "field": name, **words, **signed})
    return rows + [_what_if_row(one) for one in stated.what_if] + _limit_rows(stated.limits)


def _what_if_row(one: WhatIf) -> Row:
    """A value moved on top of what the files say."""
    scope = f"family {one.family}" if one.family else one.product or "all products"
    return {
        "id": named("stated", "what_if", one.name),
        "field": one.what,
        "scope": scope,
        "value": repr(one.change),
        "unit": "share of what the files say",
        "origin": WHAT_IF,
        "source": one.words,
    }


def _limit_rows(limits: Limits) -> list[Row]:
    """What the whole portfolio shares, a row each; the marks of products one by one."""
    rows: list[Row] = []

    def row(field: str, value: object, *key: str) -> None:
        scope = key[0] if key else "all products"
        words = {"scope": scope, "value": str(value), "origin": "confirmed", "source": "as stated"}
        rows.append({"id": named("limits", field, *key), "field": field, **words})

    for one in fields(Limits):
        value, usual = getattr(limits, one.name), getattr(Limits(), one.name)
        if isinstance(value, tuple):
            for sku in value:
                row(one.name, "true", sku)
        elif isinstance(value, Mapping):
            for key, hours in value.items():
                row(one.name, repr(hours), key)
        elif value != usual:
            row(one.name, str(value).lower() if isinstance(value, bool) else repr(value))
    return rows


def policy_rows(policy: StockPolicy, as_of: np.datetime64) -> list[Row]:
    """How stock is valued, and reserves set by hand; `as_of` is the day of the stock."""
    rows: list[Row] = []
    for name, unit in POLICY_UNITS.items():
        value, usual = _said(getattr(policy, name)), _said(getattr(DEFAULT_POLICY, name))
        who = policy.signed.get(name, Signed())
        origin = "assumed" if value == usual and not who.by else "confirmed"
        rows.append(
            {
                "id": named("stock", name),
                "field": name,
                "scope": "stock in the books",
                "value": value,
                "unit": unit,
                "default": usual,
                "origin": origin if value else "not stated",
                "by": signed_words(who.by),
                "data_date": who.data_date or str(as_of),
                "source": "valuation of stock",
            }
        )
    for field in BY_NAME:
        who = policy.signed.get(field, Signed())
        words = {"field": field, "unit": "money", "origin": "confirmed", "source": "valuation of stock"}
        signed = {"by": signed_words(who.by), "data_date": who.data_date or str(as_of)}
        rows += [
            {"id": named("stock", field, name), "scope": name, "value": repr(amount), **words, **signed}
            for name, amount in getattr(policy, field).items()
        ]
    who = policy.signed.get("account_of", Signed())
    signed = {"by": signed_words(who.by), "data_date": who.data_date or str(as_of)}
    rows += [
        {
            "id": named("stock", "account_of", name),
            "field": "account_of",
            "scope": name,
            "value": _kept(one),
            "unit": "account",
            "origin": "confirmed",
            "source": "valuation of stock",
            **signed,
        }
        for name, one in policy.account_of.items()
    ]
    for sku, one in policy.overrides.items():
        rows.append(
            {
                "id": named("stock", "override", sku),
                "field": "override",
                "scope": sku,
                "value": repr(one.amount),
                "unit": "money",
                "origin": "confirmed",
                "by": signed_words(one.by),
                "data_date": one.data_date or str(as_of),
                "source": one.note,
            }
        )
    return rows


def option_rows(options: Mapping[str, Sequence[str]]) -> list[Row]:
    """How the files were read and the study was run, a row for each text of an option."""
    words = {"scope": "these files", "origin": "given"}
    return [
        {"id": named("run", name, str(k)), "field": name, "value": _kept(text), **words}
        for name in OPTIONS
        for k, text in enumerate(options.get(name, ()), 1)
    ]


def _kept(text: str) -> str:
    """A text that is read back exactly, whatever a safe cell does to what looks like a formula."""
    return re.sub(r"[%;,|\t\r\n]|^[=+@-]|^[\s']", lambda found: f"%{ord(found[0]):02X}", text)


def read_register(content: bytes) -> Registered:
    r"""What a register says, from the bytes of register.csv. Raises DataError with every row that cannot be used.

    >>> read_register((",".join(REGISTER_COLUMNS) + "\nseed,seed,,7,,,,,,,,,,,\n").encode()).options["seed"]
    ('7',)
    """
    try:
        return _read(content)
    except UnicodeDecodeError:
        at = content.decode("utf-8", "surrogateescape")
        bad = next(k for k, c in enumerate(at) if "\udc80" <= c <= "\udcff")
        words = f"the register is not text in UTF-8 (byte {len(at[:bad].encode())})"
        raise DataError(_fault(words, "")) from None


def _read(content: bytes) -> Registered:
    """`read_register` of bytes that may be no text."""
    parts = ";" if content.removeprefix(codecs.BOM_UTF8).startswith(b"id;") else ","
    lines = io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", newline="\n")
    rows = csv.reader(lines, delimiter=parts)
    names = next(rows, [])
    missing = [name for name in REGISTER_COLUMNS[:12] if name not in names]
    if missing:
        words = f"this is no register: it has no column {missing[0]}"
        raise DataError(_fault(words, ", ".join(names)[:200]))
    found, key, value = _Reading(parts == ";"), names.index("id"), names.index("value")
    for number, row in enumerate((row for row in rows if row), 2):
        one = row[key] if len(row) > key else ""
        if one.partition("/")[0] in ITEM_FIELDS and len(row) > value:  # nearly all are values in force
            found.values[one] = row[value]
        else:
            found.take(number, dict(zip(names, row, strict=False)))
    return found.done()


def _fault(words: str, found: str, row: int | None = None) -> Problem:
    return Problem(
        "register", words, "give register.csv as analyze wrote it", row, found=found, expected="a register"
    )


class _Reading:
    """The rows of a register as they are read, one after the other."""

    def __init__(self, comma: bool) -> None:
        """Nothing is read yet; `comma`: numbers of columns have a decimal comma."""
        self.comma, self.problems = comma, list[Problem]()
        self.levels: dict[str, dict[str, dict[str, Assumption]]] = {"family": {}, "product": {}}
        self.general: dict[str, Assumption] = {}
        self.as_assumed: list[str] = []
        self.signed: dict[str, Signed] = {}
        self.what_if: list[WhatIf] = []
        self.limits: dict[str, Any] = {}
        self.policy: dict[str, Any] = {"overrides": {}, "signed": {}}
        self.options: dict[str, list[str]] = {}
        self.digests: dict[str, str] = {}
        self.values: dict[str, str] = {}
        self.version = ""

    def take(self, number: int, row: Mapping[str, str | None]) -> None:
        """One row, `number` in its file; what the program put there itself is passed over."""
        cells = {name: row.get(name) or "" for name in REGISTER_COLUMNS}
        first, *parts = (unquote(part) for part in cells["id"].split("/"))
        kinds: Mapping[str, Callable[[list[str], Mapping[str, str]], None]] = {
            "stated": self._stated,
            "limits": self._limit,
            "stock": self._stock,
            "run": self._option,
        }
        try:
            if first in kinds:
                kinds[first](parts, cells)
            elif first in ("seed", "currency"):
                self.options[first] = [cells["value"]]
            elif first.endswith("_digest"):
                self.digests[first.removesuffix("_digest")] = cells["value"]
            elif first == "version":
                self.version = cells["value"]
            else:
                self.values[cells["id"]] = cells["value"]
        except DataError as fault:
            self.problems += fault.problems
        except (ValueError, KeyError, IndexError) as fault:
            words = f"row {number} of the register cannot be used: {cells['id']} = {cells['value']!r}"
            self.problems.append(_fault(f"{words} ({fault})", cells["value"], number))

    def _float(self, text: str) -> float:
        return float((text.replace(",", ".") if self.comma else text) or "nan")

    def _who(self, cells: Mapping[str, str]) -> Signed:
        return Signed(cells["by"].removesuffix(UNVERIFIED), cells["data_date"])

    def _stated(self, parts: list[str], cells: Mapping[str, str]) -> None:
        name, who = parts[-1], self._who(cells)
        if parts[0] == "what_if":
            self.what_if.append(named_what_if(name, self._float(cells["value"])))
            return
        row = FIELDS[name]
        if parts[0] == "as_assumed":
            self.as_assumed.append(name)
            if any(who):
                self.signed[name] = who
            return
        said = cells["value"]
        value = float(row.choices.index(said)) if said in row.choices else float(said)
        one = Assumption(value, self._float(cells["low"]), self._float(cells["high"]), cells["origin"], *who)
        numbers = {key: getattr(one, key) for key in ("value", "low", "high")}
        if not math.isnan(value):  # what is unknown until stated may be stated as unknown
            self.problems += problems_of("", name, {k: v for k, v in numbers.items() if not math.isnan(v)})
        if parts[0] == "general":
            self.general[name] = one
        else:
            self.levels[parts[0]].setdefault(parts[1], {})[name] = one

    def _limit(self, parts: list[str], cells: Mapping[str, str]) -> None:
        name, *key = parts
        value: Any = cells["value"]
        value = value == "true" if value in ("true", "false") else float(value)
        if not key:
            self.limits[name] = value
        elif name == "hours":
            self.limits.setdefault(name, {})[key[0]] = value
        else:
            self.limits.setdefault(name, []).append(key[0])

    def _stock(self, parts: list[str], cells: Mapping[str, str]) -> None:
        who = self._who(cells)
        if parts[0] == "override":
            amount = float(cells["value"])
            self.policy["overrides"][parts[1]] = Override(amount, who.by, cells["source"], who.data_date)
            return
        if parts[0] in (*BY_NAME, "account_of"):
            text = cells["value"]
            value = unquote(text.removeprefix("'")) if parts[0] == "account_of" else float(text)
            self.policy.setdefault(parts[0], {})[parts[1]] = value
            if who.by:
                self.policy["signed"][parts[0]] = who
            return
        if parts[0] not in POLICY_UNITS:
            raise ValueError("no such setting of stock")
        self.policy[parts[0]] = _read_setting(parts[0], cells["value"])
        if who.by:
            self.policy["signed"][parts[0]] = who

    def _option(self, parts: list[str], cells: Mapping[str, str]) -> None:
        if parts[0] not in OPTIONS:
            raise ValueError("no such option")
        text = unquote(cells["value"].removeprefix("'"))  # of a safe cell: no text begins with one itself
        self.options.setdefault(parts[0], []).append(text)

    def done(self) -> Registered:
        """All of it. Raises DataError with every row that could not be used."""
        limits = limits_from_table(self.limits, self.problems)
        policy = DEFAULT_POLICY
        try:
            policy = StockPolicy(**self.policy)
        except DataError as error:
            self.problems += error.problems
        if self.problems:
            raise DataError(self.problems)
        stated = Assumptions(
            self.general,
            self.levels["family"],
            self.levels["product"],
            limits,
            tuple(name for name in FIELDS if name in self.as_assumed),
            self.signed,
            sorted_what_ifs(self.what_if),
        )
        options = {name: tuple(texts) for name, texts in self.options.items()}
        return Registered(stated, policy, options, self.digests, self.version, self.values)
