"""Assumptions as a TOML file: read with every problem named, and written so that they can be changed and read again."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from typing import Any

from analytics.assumptions import (
    FIELDS,
    Assumption,
    AssumptionField,
    Assumptions,
    Signed,
    problems_of,
    signed_problems,
)
from analytics.errors import DataError, Problem
from analytics.limits import limits_from_table, limits_toml
from analytics.naming.what_ifs import what_ifs_of_table, what_ifs_toml

__all__ = ["assumptions_toml", "read_assumptions", "toml_tables"]

#: Bytes of the largest table of assumptions that is read, and what a name of many parts looks like once texts are taken out (the parser's time grows with its square).
_LARGEST = 5_000_000
_TEXT = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*')
_DEEP_KEY = re.compile(r'(?:(?:[\w-]+|"")[ \t]*\.[ \t]*){9}')
_LONG_NUMBER = re.compile(r"[0-9a-fA-F_]{300}")


def _statements(where: str, table: Any, problems: list[Problem]) -> dict[str, Assumption]:
    out: dict[str, Assumption] = {}
    if not isinstance(table, dict):
        problems.append(
            Problem(
                "not_a_table",
                f"{where.rstrip('.')} is not a table",
                "write it as a TOML table",
                found=str(table),
                expected="a table",
            )
        )
        return out
    for name, raw in table.items():
        entry = raw if isinstance(raw, dict) else {"value": raw}
        if name in FIELDS and (choices := FIELDS[name].choices):
            entry = {
                key: float(choices.index(value))
                if key not in Signed._fields and isinstance(value, str) and value in choices
                else value
                for key, value in entry.items()
            }
        faults = problems_of(where, name, entry)
        problems.extend(faults)
        if not faults:
            row = FIELDS[name]
            value = float(entry.get("value", row.default))
            low, high = float(entry.get("low", value)), float(entry.get("high", value))
            untouched = (value, low, high) == (row.default, row.low, row.high)
            who = Signed(str(entry.get("by", "")), str(entry.get("data_date", "")))
            origin = "assumed" if untouched and not who.by else "confirmed"
            out[name] = Assumption(value, low, high, origin, *who)
    return out


def toml_tables(
    given: str | bytes,
    what: str = "the assumptions",
    compare: str = "compare with the output of 'stock-or-order assumptions'",
) -> dict[str, Any]:
    r"""The tables of a TOML file of any size or shape somebody may send; `what` it states and the remedy `compare` are for the words.

    Raises DataError, in time that follows its size.

    >>> toml_tables('[general]\ncapital_rate = 0.09')
    {'general': {'capital_rate': 0.09}}
    """
    if len(given) > _LARGEST:
        words = f"{what} take {len(given) / 1e6:,.1f} MB"
        raise DataError(
            Problem(
                "toml_size",
                words,
                "state what differs from the default only",
                found=f"{len(given):,} bytes",
                expected=f"at most {_LARGEST:,}",
            )
        )
    try:
        text = given.decode("utf-8") if isinstance(given, bytes) else given
        text = text.removeprefix("\ufeff")
        bare = _TEXT.sub('""', text)
        if _LONG_NUMBER.search(bare):
            raise DataError(Problem("toml", f"{what} hold a number of hundreds of digits", compare))
        if _DEEP_KEY.search(bare):
            raise DataError(
                Problem(
                    "toml_depth",
                    f"{what} hold a name of ten parts and more",
                    compare,
                    expected='at most [product."SKU"] and a name',
                )
            )
        return tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise DataError(
            Problem(
                "toml",
                f"{what} are not text in UTF-8 (byte {error.start})",
                "save the file as UTF-8",
            )
        ) from None
    except RecursionError:
        raise DataError(
            Problem("toml_depth", f"{what} hold lists or tables within each other without end", compare)
        ) from None
    except ValueError as error:
        raise DataError(Problem("toml", f"{what} are not valid TOML: {str(error)[:300]}", compare)) from None


def read_assumptions(given: str | bytes) -> Assumptions:
    r"""Assumptions from TOML, as text or as the bytes of a file: tables [general], [family."NAME"], [product."SKU"], [limits], [what_if].

    A bare number means confirmed; a table {value, low, high} states a range; `by` and `data_date` say who
    confirmed it and on data of which date. An entry that repeats the table's default and range without a name
    stays "assumed". Raises DataError with every problem found.

    >>> read_assumptions('[general]\ncapital_rate = 0.09').of("capital_rate").origin
    'confirmed'
    """
    document = toml_tables(given)
    problems: list[Problem] = []
    for key in document:
        if key not in (
            "confirmed_as_assumed",
            "confirmed_by",
            "general",
            "family",
            "product",
            "limits",
            "what_if",
        ):
            problems.append(
                Problem(
                    "unknown_key",
                    f"[{key}] is not understood",
                    "use [general], [family.NAME], [product.SKU], [limits] or [what_if]",
                    found=key,
                    expected="general, family, product, limits or what_if",
                )
            )
    as_they_are = document.get("confirmed_as_assumed", [])
    if not isinstance(as_they_are, list) or any(name not in FIELDS for name in as_they_are):
        found = (
            ", ".join(str(n) for n in as_they_are if n not in FIELDS)
            if isinstance(as_they_are, list)
            else str(as_they_are)
        )
        remedy = 'list names of the table, such as ["capital_rate"]'
        problems.append(
            Problem(
                "unknown_assumption",
                f"confirmed_as_assumed: {found} is not an assumption",
                remedy,
                column="confirmed_as_assumed",
                found=found,
                expected="names of the table",
            )
        )
        as_they_are = []
    signed = _signatures(document.get("confirmed_by", {}), problems)
    general = _statements("general.", document.get("general", {}), problems)
    nested: dict[str, dict[str, dict[str, Assumption]]] = {}
    for level in ("family", "product"):
        table = document.get(level, {})
        if not isinstance(table, dict):
            problems.append(
                Problem(
                    "not_a_table",
                    f"[{level}] is not a table",
                    f"write [{level}.NAME]",
                    found=str(table),
                    expected="a table",
                )
            )
            table = {}
        nested[level] = {
            str(name): _statements(f"{level}.{name}.", entry, problems) for name, entry in table.items()
        }
    limits = limits_from_table(document.get("limits", {}), problems)
    moved = what_ifs_of_table(document.get("what_if", {}), problems)
    if problems:
        raise DataError(problems)
    return Assumptions(
        general,
        nested["family"],
        nested["product"],
        limits,
        tuple(name for name in FIELDS if name in as_they_are),
        {name: one for name, one in signed.items() if name in as_they_are},
        moved,
    )


def _signatures(table: Any, problems: list[Problem]) -> dict[str, Signed]:
    """Who confirmed fields just as they stand, from the table [confirmed_by]; every fault is added to `problems`."""
    if not isinstance(table, dict) or not all(isinstance(entry, dict) for entry in table.values()):
        remedy = 'write NAME = { by = "who", data_date = "YYYY-MM-DD" }'
        problems.append(
            Problem("not_a_table", "[confirmed_by] is not a table of names", remedy, found=str(table))
        )
        return {}
    for name, entry in table.items():
        problems += signed_problems(f"confirmed_by.{name}", entry)
        if name not in FIELDS:
            problems += problems_of("confirmed_by.", name, {})
    return {
        name: Signed(str(entry.get("by", "")), str(entry.get("data_date", "")))
        for name, entry in table.items()
    }


def _quoted(name: str) -> str:
    escaped = "".join(f"\\u{ord(c):04x}" if ord(c) < 32 or c in '"\\' or ord(c) == 127 else c for c in name)
    return f'"{escaped}"'


def _stated(row: AssumptionField, a: Assumption) -> str:
    value, low, high = (f'"{row.said(v)}"' if row.choices else repr(v) for v in (a.value, a.low, a.high))
    return f"{{ value = {value}, low = {low}, high = {high}{_who(a)} }}"


def _who(one: Assumption | Signed) -> str:
    """Who confirmed a value and the date of the data, as further keys of its entry; "" where neither is said."""
    return "".join(f", {key} = {_quoted(said)}" for key in Signed._fields if (said := getattr(one, key)))


def assumptions_toml(assumptions: Assumptions) -> str:
    """The table of assumptions as TOML that `read_assumptions` reads back unchanged."""
    lines = ["# value, low and high of every assumption; a bare number means: confirmed", ""]
    if assumptions.as_assumed:
        names = ", ".join(f'"{name}"' for name in assumptions.as_assumed)
        lines += [
            "# confirmed just as they stand: every product keeps its value, the ranges go",
            f"confirmed_as_assumed = [{names}]",
            "",
        ]
        if said := {
            n: one for n, one in assumptions.signed.items() if n in assumptions.as_assumed and any(one)
        }:
            lines += ["# as typed, not verified", "[confirmed_by]"]
            lines += [f"{name} = {{ {_who(one)[2:]} }}" for name, one in said.items()]
            lines.append("")
    lines.append("[general]")
    stated = replace(assumptions, as_assumed=())
    for name, row in FIELDS.items():
        current = stated.of(name)
        mark = "# " if current.value != current.value else ""
        lines += [f"# {row.label} ({row.unit}); {row.source}", f"{mark}{name} = {_stated(row, current)}"]
    for level, statements in (("family", assumptions.family), ("product", assumptions.product)):
        for key, values in statements.items():
            lines += ["", f"[{level}.{_quoted(key)}]"]
            lines += [f"{name} = {_stated(FIELDS[name], a)}" for name, a in values.items()]
    moved = what_ifs_toml(assumptions.what_if)
    return "\n".join([*lines, *limits_toml(assumptions.limits), *(["", *moved] if moved else [])]) + "\n"
