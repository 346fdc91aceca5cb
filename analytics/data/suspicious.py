"""Things that are kept but look wrong: duplicates, spikes, look-alike codes, gaps, mixed currencies, channels that end early."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.table import RawTable
from analytics.errors import Problem

__all__ = ["suspicious"]


def suspicious(
    table: RawTable,
    good: NDArray[np.bool_],
    day: NDArray[np.datetime64],
    sku: NDArray[np.int32],
    skus: NDArray[np.object_],
    quantity: NDArray[np.float64],
    row: NDArray[np.int64],
    channel: NDArray[np.int32],
    channels: NDArray[np.object_],
    frequency: str,
    currencies: list[str],
) -> list[Problem]:
    """Every suspicious thing that stays in the totals, one Problem per kind."""
    found: list[Problem] = []
    found += _duplicates(table, good)
    found += _look_alikes(sku, skus, row)
    found += _channel_ends(day, channel, channels)
    if len(currencies) > 1:
        found.append(Problem("mixed_currencies", f"amounts are in {', '.join(currencies)}", "convert them to one currency before the upload", found=", ".join(currencies), expected="one currency", count=len(currencies)))
    if not np.any(quantity):
        found.append(Problem("all_zero", "every quantity is zero", "check the quantity column"))
    elif not (quantity > 0).any():
        found.append(Problem("returns_only", "every line is a return", "check the sign of the quantities"))
    if len(skus) == 1:
        found.append(Problem("one_sku", "the file holds one product", "nothing to do; comparisons between products are empty"))
    if len(row) == 1:
        found.append(Problem("one_row", "the file holds one line: no forecast can be made from it", "upload a longer history"))
    return found


def _duplicates(table: RawTable, good: NDArray[np.bool_]) -> list[Problem]:
    key = np.zeros(len(table), np.uint64)
    for column in table.columns:
        key = key * np.uint64(0x9E3779B97F4A7C15) + column.codes.astype(np.uint64) + np.uint64(1)
        key ^= key >> np.uint64(29)
    rows = np.flatnonzero(good)
    repeated = pd.Series(key[rows]).duplicated().to_numpy()
    if not repeated.any():
        return []
    first = int(table.row[rows[np.flatnonzero(repeated)[0]]])
    return [Problem("duplicate_rows", f"{int(repeated.sum())} lines repeat an earlier line in every column; they are counted", "remove them from the file if they were exported twice", first, count=int(repeated.sum()))]


def _look_alikes(sku: NDArray[np.int32], skus: NDArray[np.object_], row: NDArray[np.int64]) -> list[Problem]:
    seen: dict[str, list[int]] = {}
    for code, text in enumerate(skus):
        seen.setdefault(text.lower().replace(" ", ""), []).append(code)
    pairs = [codes for codes in seen.values() if len(codes) > 1]
    if not pairs:
        return []
    example = ", ".join(skus[c] for c in pairs[0])
    first = int(row[np.flatnonzero(np.isin(sku, [c for codes in pairs for c in codes]))[0]])
    return [Problem("sku_case", f"{len(pairs)} product codes differ only in case or spaces, for instance {example}; they are kept apart", "write them alike if they are one product", first, found=example, count=len(pairs))]


def _channel_ends(day: NDArray[np.datetime64], channel: NDArray[np.int32], channels: NDArray[np.object_]) -> list[Problem]:
    if len(channels) < 2 or len(channels) > 200:
        return []
    last = day.max()
    span = (last - day.min()).astype(int)
    found = []
    for code, name in enumerate(channels):
        days = np.unique(day[channel == code])
        if len(days) < 5:
            continue
        gap = np.diff(days).astype(int)
        usual = float(np.percentile(gap, 95))
        behind = int((last - days[-1]).astype(int))
        if behind > max(1.5 * usual, 14) and behind < 0.5 * span:
            share = float((channel == code).mean())
            if share > 0.02:
                found.append(Problem("channel_ends_early", f"{name} data end on {days[-1].astype(object).strftime('%d %b %Y').lstrip('0')}, {behind} days before the others", "upload the missing months, or leave the time after it out of the fit", found=str(days[-1]), expected=str(last), column=str(name)))
    return found
