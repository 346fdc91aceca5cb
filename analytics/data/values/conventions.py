"""Decimal mark and date order: decided over whole columns, with the evidence in words; asked where nothing decides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.data.values.categorical import Coded
from analytics.data.values.dates import DateColumn
from analytics.data.values.numbers import DecimalEvidence, currency_of, decimal_evidence
from analytics.errors import DataError, Problem

__all__ = ["date_order_of", "decimal_marks", "doubtful_thousands", "likely_mark"]


def _clear(evidence: DecimalEvidence) -> str:
    """The mark that a column proves, "" if it proves none, "?" if it contradicts itself."""
    low, high = sorted((evidence.dot, evidence.comma))
    if not high:
        return ""
    if low > 0.1 * high and low > 0:
        return "?" if low > 0.34 * high else ("." if evidence.dot > evidence.comma else ",")
    return "." if evidence.dot > evidence.comma else ","


def likely_mark(columns: Iterable[Coded], dialect: Mapping[str, object]) -> tuple[str, str]:
    """The decimal mark of a short file whose every value is looked at by its owner, and the evidence in words: nothing is asked.

    Texts such as 137.000 and 5.000 alone, all of them whole, have three decimals that are not used: thousands would not all be round.

    >>> from analytics.data.values.categorical import coded_texts
    >>> likely_mark([coded_texts(["2,5", "3"])], {"delimiter": ";"})
    (',', "1 numbers such as '2,5' have a decimal comma")
    >>> likely_mark([coded_texts(["137.000", "5.000", "66.000"])], {"delimiter": ";"})
    ('.', "every number ends as '137.000' does: its decimals are zero")
    """
    columns = list(columns)
    evidence = sum((decimal_evidence(column.values) for column in columns), DecimalEvidence())
    if evidence.comma > evidence.dot:
        return ",", f"{evidence.comma} numbers such as {evidence.example_comma!r} have a decimal comma"
    if evidence.dot:
        return ".", f"{evidence.dot} numbers such as {evidence.example_dot!r} have a decimal point"
    if mark := _of_whole_decimals(columns, evidence):
        shown = next(text for column in columns for text in column.values if mark in text)
        return mark, f"every number ends as {str(shown).strip()!r} does: its decimals are zero"
    return (
        (",", "cells are separated by semicolons")
        if dialect.get("delimiter") == ";"
        else (".", "no number has decimals")
    )


def _of_whole_decimals(columns: Sequence[Coded], evidence: DecimalEvidence) -> str:
    """The mark of numbers that all end in three zeros behind it, of which a column has at least three; "" where there are others."""
    doubtful = [evidence.ambiguous_dot, evidence.ambiguous_comma]
    if not any(doubtful) or all(doubtful) or evidence.large_plain:
        return ""
    mark = "." if evidence.ambiguous_dot else ","
    texts = [str(text).strip() for column in columns for text in column.values if str(text).strip()]
    marked = [text for text in texts if mark in text]
    bare = [text for text in texts if mark not in text and text.lstrip("+-").isdigit() and text.strip("0")]
    return (
        mark if len(marked) >= 3 and not bare and all(text.endswith(f"{mark}000") for text in marked) else ""
    )


def doubtful_thousands(values: Iterable[str], mark: str) -> NDArray[np.bool_]:
    """Which texts of one column could be thousands or three decimals, where the column itself does not write its thousands like that.

    With the decimal mark `mark` a text such as 739,041 parts thousands. That is in doubt where a number above 999 stands in the same column without such a mark
    (1085.0), or where the column has texts such as 1.085 too and nothing that proves either mark. Shape of the texts.

    >>> doubtful_thousands(["1085.0", "739,041", "12.5"], ".").tolist()
    [False, True, False]
    >>> doubtful_thousands(["1,085.0", "739,041", "12.5"], ".").tolist(), doubtful_thousands(["1.085", "739,041"], ".").tolist()
    ([False, False, False], [True, True])
    """
    texts = list(values)
    other = "," if mark == "." else "."
    grouped, decimals = (
        np.array([bool(re.match(rf"^\D*[1-9]\d{{0,2}}{re.escape(m)}\d{{3}}\D*$", t)) for t in texts], bool)
        for m in (other, mark)
    )
    if not grouped.any() or any(
        re.match(rf"^\D*\d{{1,3}}(?:{re.escape(other)}\d{{2,3}})+{re.escape(mark)}\d", t) for t in texts
    ):
        return np.zeros(len(texts), bool)  # none, or the column proves that it parts thousands like that
    if decimals.any() and not (evidence := decimal_evidence(texts)).dot and not evidence.comma:
        return grouped | decimals
    plain = any(re.match(rf"^\D*[1-9]\d{{3,}}(?:{re.escape(mark)}\d*)?\D*$", t) for t in texts)
    return grouped if plain else np.zeros(len(texts), bool)


#: currencies whose money has no decimals, and those whose money has three (ISO 4217)
_WHOLE = frozenset({"JPY", "KRW", "VND"})
_THREE = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})


def _grouped_money(columns: Mapping[str, Coded], names: Mapping[str, str]) -> bool:
    """Whether every column with numbers such as 1.234 is money that has no three decimals, by its cells or its name.

    Money of currencies without decimals has none anywhere; in others amounts of lines have two at most, while prices of a unit may have three.
    """

    def grouped(role: str) -> bool:
        said = {currency_of(text) for text in columns[role].values[:50]} - {""}
        said |= _WHOLE & set(names.get(role, "").upper().replace("(", " ").replace(")", " ").split())
        return bool(said & _WHOLE) or (role == "revenue" and bool(said) and not said & _THREE)

    doubtful = [
        role
        for role, cells in columns.items()
        if (found := decimal_evidence(cells.values)).ambiguous_dot or found.ambiguous_comma
    ]
    return bool(doubtful) and all(grouped(role) for role in doubtful)


def decimal_marks(
    columns: Mapping[str, Coded],
    names: Mapping[str, str],
    told: str | None,
    dialect: Mapping[str, object],
    extra: Sequence[Coded] = (),
) -> tuple[dict[str, str], str, str]:
    """The decimal mark of every column of numbers, of the file, and the evidence in words.

    A column that proves its own mark keeps it; the others take the mark of the file. Where only texts such as 1.234
    exist (thousands or three decimals?) they count as thousands if the column also has whole numbers below 1,000 and none
    above without grouping; otherwise the user is asked.
    """
    if told is not None:
        if told not in (".", ","):
            raise DataError(
                Problem(
                    "decimal", f"{told!r} is not a decimal mark", "use . or ,", found=told, expected=". or ,"
                )
            )
        return dict.fromkeys(columns, told), told, "told"
    if dialect.get("decimal"):
        mark = str(dialect["decimal"])
        return dict.fromkeys(columns, mark), mark, "numbers are typed in the file"
    seen = {role: decimal_evidence(column.values) for role, column in columns.items()}
    whole = DecimalEvidence()
    for evidence in seen.values():
        whole += evidence
    for column in extra:
        whole += decimal_evidence(column.values, 3000)
    for role, evidence in seen.items():
        if _clear(evidence) == "?":
            found = f"{evidence.example_dot!r} and {evidence.example_comma!r}"
            raise DataError(
                Problem(
                    "decimal",
                    "the column has numbers with a decimal point and others with a decimal comma",
                    "choose decimal '.' or ','; the others will be rejected by row",
                    column=names.get(role, role),
                    found=found,
                    expected="one decimal mark",
                )
            )
    if whole.dot or whole.comma:
        mark = "." if whole.dot >= whole.comma else ","
        count, example = (whole.dot, whole.example_dot) if mark == "." else (whole.comma, whole.example_comma)
        why = f"{count} numbers such as {example!r} have a decimal {'point' if mark == '.' else 'comma'}"
        return {role: _clear(evidence) or mark for role, evidence in seen.items()}, mark, why
    doubtful = whole.ambiguous_dot + whole.ambiguous_comma
    if not doubtful:
        mark = "," if dialect.get("delimiter") == ";" else "."
        return dict.fromkeys(columns, mark), mark, "no number has decimals"
    role = next((r for r, e in seen.items() if e.ambiguous_dot + e.ambiguous_comma), next(iter(seen), ""))
    if not (whole.ambiguous_dot and whole.ambiguous_comma) and _grouped_money(columns, names):
        mark = "," if whole.ambiguous_dot else "."
        return dict.fromkeys(columns, mark), mark, "money that has no three decimals is grouped in thousands"
    values = columns[role].values if role in columns else extra[0].values
    small = sum(1 for v in values if re.match(r"^[^\d.,]*\d{1,3}[^\d.,]*$", v))
    if (whole.ambiguous_dot and whole.ambiguous_comma) or whole.large_plain or small < max(3, 0.2 * doubtful):
        example = next((v for v in values if "." in v or "," in v), "")
        raise DataError(
            Problem(
                "decimal",
                f"numbers such as {example!r} can be thousands or three decimals: nothing in the file decides",
                "choose decimal '.' or ','",
                column=names.get(role, role),
                found=example,
                expected="the decimal mark",
            )
        )
    mark = "," if whole.ambiguous_dot else "."
    return (
        dict.fromkeys(columns, mark),
        mark,
        f"{doubtful} numbers are grouped in thousands, and no whole number above 999 is written without",
    )


def date_order_of(
    columns: Mapping[str, DateColumn],
    texts: Mapping[str, Sequence[str]],
    names: Mapping[str, str],
    told: str | None,
) -> tuple[str, str]:
    """DMY, MDY or YMD with the evidence in words; asks where no date decides."""
    if told is not None:
        wanted = told.strip().upper()
        if wanted not in ("DMY", "MDY", "YMD"):
            raise DataError(
                Problem(
                    "date_order",
                    f"{told!r} is not a date order",
                    "use DMY (day first) or MDY (month first)",
                    found=told,
                    expected="DMY or MDY",
                )
            )
        return wanted, "told"
    day = sum(int(c.only_day_first.sum()) for c in columns.values())
    month = sum(int(c.only_month_first.sum()) for c in columns.values())
    undecided = sum(int(c.undecided.sum()) for c in columns.values())
    if not day and not month and not undecided:
        return "YMD", "no date leaves a doubt"
    role = next((r for r, c in columns.items() if c.undecided.any()), next(iter(columns)))
    example = next((str(texts[role][int(i)]) for i in np.flatnonzero(columns[role].undecided)), "")
    if undecided and not day and not month:
        raise DataError(
            Problem(
                "date_order",
                "the dates can be read day first or month first: no day is above 12",
                "choose date_order DMY (day first) or MDY (month first)",
                column=names.get(role, ""),
                found=example,
                expected="the date order",
            )
        )
    if undecided and min(day, month) > 0.02 * max(day, month):
        words = f"{day} dates can only be day first and {month} only month first"
        raise DataError(
            Problem(
                "date_order",
                words,
                "choose date_order DMY or MDY; the others will be rejected by row",
                column=names.get(role, ""),
                found=example,
                expected="one date order",
            )
        )
    count, place = (day, "first") if day >= month else (month, "second")
    return "DMY" if day >= month else "MDY", f"{count} distinct dates have a number above 12 in {place} place"
