"""Things that are kept but look wrong: spikes, look-alike codes, gaps, channels that end early."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.values.categorical import matching
from analytics.errors import Problem

__all__ = ["SoldLines", "suspicious"]

_SCIENTIFIC = re.compile(r"^\d(?:[.,]\d+)?[eE]\+?\d{1,3}$")
_ZERO_FIRST, _NUMBER = re.compile(r"^0\d*$"), re.compile(r"^[1-9]\d*$")
_DATE_LIKE = re.compile(
    r"(?i)^\d{1,2}[-. ](?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)$|^(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[-. ]\d{2}$"
)


def _text(day: np.datetime64) -> str:
    return str(day.astype(object).strftime("%d %b %Y")).lstrip("0")


class SoldLines(NamedTuple):
    """Lines that count, sorted by date: arrays (lines,).

    day: their dates. sku, channel: positions of their product and channel among the names of them.
    quantity: units, negative for returns. row: rows of the file.
    """

    day: NDArray[np.datetime64]
    sku: NDArray[np.int32]
    quantity: NDArray[np.float64]
    row: NDArray[np.int64]
    channel: NDArray[np.int32]


def suspicious(
    named: Mapping[str, str], lines: SoldLines, skus: NDArray[Any], channels: NDArray[Any], grain: str
) -> list[Problem]:
    """Every suspicious thing that stays in the totals but repeated rows, one Problem per kind; lines come sorted by date."""
    day, sku, quantity, row, channel = lines
    found = [
        *_codes(sku, skus, row, named),
        *_channel_ends(day, channel, channels),
        *_days(day, quantity, row, grain),
    ]
    if not np.any(quantity):
        found.append(
            Problem(
                "all_zero",
                "every quantity is zero: there is no demand to plan",
                "check the quantity column",
                column=named.get("quantity", ""),
                count=len(quantity),
            )
        )
    elif not (quantity > 0).any():
        found.append(
            Problem(
                "returns_only",
                "every line is a return",
                "check the sign of the quantities",
                column=named.get("quantity", ""),
                count=len(quantity),
            )
        )
    if len(skus) == 1:
        found.append(
            Problem(
                "one_sku",
                "the file holds one product; nothing can be pooled or compared",
                "nothing to do",
                found=str(skus[0]),
            )
        )
    if len(row) == 1:
        found.append(
            Problem(
                "one_row",
                "the file holds one line: no forecast can be made from it",
                "upload a longer history",
                int(row[0]),
            )
        )
    return found


def _codes(
    sku: NDArray[np.int32], skus: NDArray[Any], row: NDArray[np.int64], named: Mapping[str, str]
) -> list[Problem]:
    """Product codes that may be damaged: alike but for letters and spaces, in scientific notation, as dates, with leading zeros lost."""

    def first_row(codes: list[int]) -> int:
        return int(row[np.isin(sku, codes)].min())

    found = []
    plain = np.array(["".join(text.lower().split()) for text in skus], dtype=object)
    groups: dict[str, list[int]] = {}
    for code in np.flatnonzero(pd.Series(plain).duplicated(keep=False)).tolist():
        groups.setdefault(plain[code], []).append(code)
    alike = list(groups.values())
    if alike:
        example = ", ".join(str(skus[c]) for c in alike[0])
        found.append(
            Problem(
                "sku_case",
                f"{len(alike)} product codes differ only in case or spaces; they are kept apart",
                "write them alike if they are one product",
                first_row([c for codes in alike for c in codes]),
                named["sku"],
                example,
                "one way of writing",
                len(alike),
            )
        )
    for code_name, pattern, words in (
        ("sku_scientific", _SCIENTIFIC, "look like 1.2E+11: a spreadsheet has destroyed them"),
        ("sku_as_date", _DATE_LIKE, "look like dates: a spreadsheet may have changed them"),
    ):
        hits = np.flatnonzero(matching(skus, pattern)).tolist()
        if hits:
            found.append(
                Problem(
                    code_name,
                    f"{len(hits)} product codes {words}",
                    "export again with the column formatted as text",
                    first_row(hits),
                    named["sku"],
                    str(skus[hits[0]]),
                    "the code itself",
                    len(hits),
                )
            )
    zeros = skus[matching(skus, _ZERO_FIRST)]
    if len(zeros):
        stripped = {text.lstrip("0") for text in zeros} & set(skus[matching(skus, _NUMBER)])
        if stripped:
            hits = [code for code, text in enumerate(skus) if text in stripped]
            found.append(
                Problem(
                    "sku_zeros",
                    f"{len(stripped)} product codes exist with and without leading zeros; they are kept apart",
                    "write them alike if they are one product",
                    first_row(hits),
                    named["sku"],
                    sorted(stripped)[0],
                    "one way of writing",
                    len(stripped),
                )
            )
    return found


def _channel_ends(
    day: NDArray[np.datetime64], channel: NDArray[np.int32], channels: NDArray[Any]
) -> list[Problem]:
    """Channels whose data end long before the others'."""
    if not 2 <= len(channels) <= 200:
        return []
    last, span = day.max(), int((day.max() - day.min()).astype(int))
    found = []
    for code, name in enumerate(channels):
        here = channel == code
        days = np.unique(day[here])
        if len(days) < 5 or here.mean() < 0.02:
            continue
        usual = float(np.percentile(np.diff(days).astype(int), 95))
        behind = int((last - days[-1]).astype(int))
        if max(1.5 * usual, 14) < behind < 0.6 * span:
            found.append(
                Problem(
                    "channel_ends_early",
                    f"{name} data end on {_text(days[-1])}, {behind} days before the others",
                    "upload what is missing; until then: in the totals, outside the fit",
                    None,
                    str(name),
                    str(days[-1]),
                    str(last),
                )
            )
    return found


def _days(
    day: NDArray[np.datetime64], quantity: NDArray[np.float64], row: NDArray[np.int64], grain: str
) -> list[Problem]:
    """Days with far more than usual or years away from the others, gaps in the record, and a last month that is not complete."""
    found = []
    start = np.flatnonzero(np.append(True, day[1:] != day[:-1]))  # lines come sorted by date
    days, end = day[start], np.append(start[1:], len(day))
    if len(days) >= 10:
        total = np.add.reduceat(np.abs(quantity) if quantity.min() < 0 else quantity, start)
        usual = float(np.median(total[total > 0])) if (total > 0).any() else 0.0
        high = np.flatnonzero(total > 100 * usual) if usual > 0 else np.empty(0, int)
        if 1 <= len(high) <= 3:
            found.append(
                Problem(
                    "spike_day",
                    f"{_text(days[high[0]])} has {total[high[0]] / usual:,.0f} times the units of a usual day",
                    "check that day",
                    int(row[start[high[0]] : end[high[0]]].min()),
                    found=f"{total[high[0]]:,.0f} units",
                    expected=f"about {usual:,.0f}",
                    count=len(high),
                )
            )
        gap = np.diff(days).astype(int)
        usual_gap = float(np.percentile(gap, 90))
        far = np.flatnonzero(gap > 730)
        outside = [i for i in far if min(i + 1, len(days) - i - 1) <= max(3, 0.01 * len(days))]
        if outside:
            lonely = days[outside[0] + 1 :] if outside[0] + 1 > len(days) / 2 else days[: outside[0] + 1]
            found.append(
                Problem(
                    "date_outlier",
                    f"{_text(lonely[0])} lies years away from the other dates",
                    "correct the date",
                    int(row[np.isin(day, lonely)].min()),
                    found=str(lonely[0]),
                    expected=f"{days[len(days) // 100]} to {days[-1 - len(days) // 100]}",
                    count=int(np.isin(day, lonely).sum()),
                )
            )
        limit = {"M": 62, "W": 13}.get(grain, max(6.0 * usual_gap, 12))
        long = [i for i in np.flatnonzero(gap > limit) if i not in outside]
        if long:
            widest = max(long, key=lambda i: gap[i])
            found.append(
                Problem(
                    "gap",
                    f"no product was sold between {_text(days[widest])} and {_text(days[widest + 1])}",
                    "upload what is missing, or nothing if the firm was closed",
                    int(row[start[widest + 1] : end[widest + 1]].min()),
                    found=f"{int(gap[widest])} days",
                    expected=f"usually {usual_gap:g}",
                    count=len(long),
                )
            )
    last = days[-1]
    if (
        grain in ("L", "D")
        and len(days) >= 10
        and (last.astype("datetime64[M]") == (last + 2).astype("datetime64[M]"))
    ):
        found.append(
            Problem(
                "partial_last_period",
                f"the last month is not complete: data end on {_text(last)}",
                "nothing to do: counted in months, it is left out of the fit",
                found=str(last),
            )
        )
    return found
