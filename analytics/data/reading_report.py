"""The report of a reading as plain JSON: what `check --json` prints, for a history or for a refusal."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np

from analytics.data.history import IntakeReport, SalesHistory
from analytics.data.kept_apart import apart_written
from analytics.data.meaning.listed_meanings import Meaning
from analytics.data.uploads import Reading
from analytics.errors import DataError, Problem

__all__ = ["check_report", "checked"]


def _number(value: float) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code,
        "count": problem.count,
        "first_row": problem.row,
        "message": problem.message,
        "remedy": problem.remedy,
        "column": problem.column,
        "found": problem.found,
        "expected": problem.expected,
    }


def _plain(value: Any) -> Any:
    """Numbers that are not known as null, at any depth."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return _number(value) if isinstance(value, float) else value


def _meaning(meaning: Meaning) -> dict[str, Any]:
    return {
        name: _number(value) if isinstance(value, float) else value for name, value in asdict(meaning).items()
    }


def check_report(result: SalesHistory | IntakeReport | DataError) -> dict[str, Any]:
    r"""The fields of `check --json`: of a history or its report, or of the error with which a file was refused.

    A refusal has the rows that were read, none of them used, and its problems; unknown numbers are null.

    >>> from analytics.data.sales import read_sales
    >>> report = check_report(read_sales(b"date,sku,quantity\n2012-01-27,A,3\n2012-01-28,A,x\n"))
    >>> report["rows_read"], report["rows_used"], report["rows_rejected"], report["problems"][0]["code"], report["problems"][0]["first_row"]
    (2, 1, 1, 'number_unreadable', 3)
    """
    if isinstance(result, DataError):
        return {
            "ok": False,
            "rows_read": result.rows_read,
            "rows_used": 0,
            "rows_rejected": result.rows_read,
            "units_used": 0.0,
            "units_rejected": None,
            "revenue_used": None,
            "first_date": None,
            "last_date": None,
            "skus": 0,
            "frequency": "",
            "dialect": {},
            "date_order": "",
            "mapping": {},
            "confidence": {},
            "channels": [],
            "problems": [_problem(p) for p in result.problems],
            "assumed": [],
            "meanings": [_meaning(m) for m in result.meanings],
        }
    report = result.report if isinstance(result, SalesHistory) else result
    dialect = dict(report.dialect)
    return {
        "ok": True,
        "source": report.source,
        "digest": report.digest,
        "rows_read": report.rows_read,
        "rows_used": report.rows_used,
        "rows_rejected": report.rows_rejected,
        "units_used": _number(report.units_used),
        "units_rejected": _number(report.units_rejected),
        "revenue_used": _number(report.revenue_used),
        "gross_units": _number(report.gross_units),
        "returned_units": _number(report.returned_units),
        "first_date": None if np.isnat(report.first_date) else str(report.first_date),
        "last_date": None if np.isnat(report.last_date) else str(report.last_date),
        "skus": len(result.skus) if isinstance(result, SalesHistory) else None,
        "frequency": report.frequency,
        "dialect": {
            **{k: dialect.get(k, "") for k in ("delimiter", "quote", "encoding", "decimal", "header_rows")},
            **dialect,
        },
        "date_order": report.date_order,
        "mapping": dict(report.mapping),
        "confidence": {role: round(share, 2) for role, share in report.confidence.items()},
        "channels": [
            {key: _number(value) if isinstance(value, float) else value for key, value in channel.items()}
            for channel in report.channels
        ],
        "problems": [_problem(p) for p in report.problems],
        "assumed": list(report.assumed),
        "meanings": [_meaning(m) for m in report.meanings],
        "units_on_hand": _number(report.units_on_hand),
        "units_received": _number(report.units_received),
        "on_hand_in_demand": _number(report.on_hand_in_demand),
        **(_plain(apart_written(result.apart)) if isinstance(result, SalesHistory) else {}),
    }


def _joining(given: Reading) -> dict[str, Any]:
    """How many products of the items file are among those sold, and what would join more of them; nothing without an items file."""
    found = given.joining
    if found is None:
        return {}
    proposal = (
        {
            "join": found.option,
            "joins": found.would_join,
            "example": list(found.example),
            "kept_apart": list(found.apart[:100]),
        }
        if found.would_join
        else None
    )
    return {"joined_products": found.joined, "listed_products": found.items, "join_proposal": proposal}


def checked(reading: Callable[[], Reading]) -> tuple[Reading | None, dict[str, Any]]:
    """What a reading gives, or None, and the report of its sales; a file that no rule foresaw is refused like any other, so that the next one is read."""
    try:
        given = reading()
        return given, {**check_report(given.history), **_joining(given)}
    except DataError as error:
        return None, check_report(error)
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        MemoryError,
        RecursionError,
        TypeError,
        ValueError,
    ) as fault:
        problem = Problem(
            "not_understood",
            "the file could not be understood; nothing was loaded",
            "save it as plain CSV, and report it",
            found=type(fault).__name__,
        )
        return None, check_report(DataError(problem))
