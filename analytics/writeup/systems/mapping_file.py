"""How a firm's own system calls a setting, as a TOML file that a person can edit: columns, words and places of every system."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from analytics.assumptions_file import toml_tables
from analytics.errors import DataError, Problem
from analytics.naming.labels import Strategy
from analytics.naming.systems import SYSTEMS, System

__all__ = ["mapping_toml", "read_mapping"]

_COMPARE = "compare with the output of 'stock-or-order settings'"
_CASES = frozenset(
    [
        f"{one}{more}"
        for one in (Strategy.MTS, Strategy.ATO, Strategy.MTO)
        for more in ("", " make", " buy", " fixed", " up to", " off")
    ]
    + ["make", "buy"]
)


def mapping_toml(systems: Mapping[str, System] = SYSTEMS) -> str:
    """The columns and words of every system as the text of a TOML file that `read_mapping` reads back.

    >>> read_mapping(mapping_toml()) == dict(SYSTEMS)
    True
    """
    lines = [
        "# What your system calls a setting, for stock-or-order export --to NAME --mapping-file FILE. What is left out is as here.",
        '# A column that is "" is not written. Words go by case: MTS (to stock), ATO (assembled), MTO (to order), alone or with make or buy, fixed (in',
        "# lots), up to (a level) or off (nothing is ordered any more); make and buy alone hold for what no other case names.",
    ]
    for name, system in systems.items():
        lines += [
            "",
            f"[{name}]  # {system.title}",
            f"place = {json.dumps(system.place)}  # location, plant or warehouse",
        ]
        lines += ["", f"[{name}.columns]"]
        lines += [f"{key} = {json.dumps(column)}" for key, column in system.columns.items()]
        for key, words in system.words.items():
            lines += ["", f"[{name}.words.{key}]"]
            lines += [f"{json.dumps(case)} = {json.dumps(word)}" for case, word in words.items()]
    return "\n".join(lines) + "\n"


def read_mapping(given: str | bytes) -> dict[str, System]:
    r"""Every system as such a file has it, what it leaves out as it is in SYSTEMS.

    Raises DataError with every system, key, case or text that is none.

    >>> read_mapping('[sap]\nplace = "1000"\n[sap.words.strategy]\nMTS = "40"')["sap"].words["strategy"]["MTS"]
    '40'
    """
    tables = toml_tables(given, "the mapping of settings", _COMPARE)
    problems: list[Problem] = []
    out = dict(SYSTEMS)
    for name, table in tables.items():
        if name not in SYSTEMS or not isinstance(table, dict):
            problems.append(_wrong(name, table, f"a table of one of {', '.join(SYSTEMS)}"))
            continue
        system = SYSTEMS[name]
        further = {key: value for key, value in table.items() if key not in ("place", "columns", "words")}
        problems += [
            _wrong(f"{name}.{key}", value, "place, columns or words") for key, value in further.items()
        ]
        place = table.get("place", system.place)
        if not isinstance(place, str):
            problems.append(_wrong(f"{name}.place", place, "a text"))
            place = system.place
        columns = _texts(f"{name}.columns", table.get("columns", {}), system.columns, problems)
        words = table.get("words", {})
        if not isinstance(words, dict):
            problems.append(_wrong(f"{name}.words", words, "a table"))
            words = {}
        problems += [
            _wrong(f"{name}.words.{key}", value, f"one of {', '.join(system.words)}")
            for key, value in words.items()
            if key not in system.words
        ]
        said = {
            key: _texts(f"{name}.words.{key}", words.get(key, {}), own, problems, _CASES)
            for key, own in system.words.items()
        }
        written = [column for column in columns.values() if column]
        twice = sorted({column for column in written if written.count(column) > 1})
        problems += [_wrong(f"{name}.columns", column, "every column once") for column in twice]
        if not columns["sku"]:
            problems.append(_wrong(f"{name}.columns.sku", "", "the column of the product's code"))
        out[name] = system._replace(place=place, columns=columns, words=said)
    if problems:
        raise DataError(problems)
    return out


def _texts(
    where: str,
    given: Any,
    usual: Mapping[str, str],
    problems: list[Problem],
    known: frozenset[str] | None = None,
) -> dict[str, str]:
    """The texts of a table in place of the usual ones; `known` are the names it may have (None: those of the usual)."""
    if not isinstance(given, dict):
        problems.append(_wrong(where, given, "a table"))
        return dict(usual)
    names = known or frozenset(usual)
    for key, value in given.items():
        if key not in names:
            problems.append(_wrong(f"{where}.{key}", value, f"one of {', '.join(sorted(names))}"))
        elif not isinstance(value, str):
            problems.append(_wrong(f"{where}.{key}", value, "a text"))
    good = {key: value for key, value in given.items() if key in names and isinstance(value, str)}
    return {**usual, **good}


def _wrong(where: str, found: Any, expected: str) -> Problem:
    words = f"the mapping of settings: {where[:200]} is not what is expected there"
    return Problem(
        "mapping_file", words, _COMPARE, column=where[:200], found=str(found)[:200], expected=expected
    )
