"""Calendar months of a history: periods that run across them, the last two years, and the season."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

__all__ = ["by_month", "last_months", "month_index", "month_place"]

Array = NDArray[np.float64]


def by_month(
    starts: NDArray[np.datetime64], days: int, values: Array
) -> tuple[NDArray[np.datetime64], Array]:
    """Sums by calendar month of values per period (products, periods).

    A period across two months is split by its days.

    >>> months, got = by_month(np.array(["2024-01-29"], "datetime64[D]"), 7, np.array([[70.0]]))
    >>> months.astype(str).tolist(), got.tolist()
    (['2024-01', '2024-02'], [[30.0, 40.0]])
    """
    if days > 7:
        return starts.astype("datetime64[M]"), np.asarray(values, np.float64)
    first, last = starts[0].astype("datetime64[M]"), (starts[-1] + (days - 1)).astype("datetime64[M]")
    months = np.arange(first, last + 1)
    share = np.zeros((len(starts), len(months)))
    for d in range(days):
        place = ((starts + d).astype("datetime64[M]") - first).astype(np.int64)
        np.add.at(share, (np.arange(len(starts)), place), 1.0 / days)
    return months, np.asarray(values, np.float64) @ share


def last_months(starts: NDArray[np.datetime64], units: NDArray[np.floating], most: int = 24) -> Array:
    """Units by calendar month, of at most the last `most` months: (products, months).

    A period counts in the month in which it begins. A last month in which further periods are still to begin is left out, and a first one in which some began
    before: they would read as a fall or a rise of demand. `starts` (periods,) are first days, `units` (products, periods).

    >>> starts = np.arange("2024-01-01", "2024-03-15", 7, dtype="datetime64[D]")
    >>> last_months(starts, np.ones((1, len(starts)))).tolist()  # weeks that begin on 11 days: five in January, four in February, March not over
    [[5.0, 4.0]]
    """
    if len(starts) > 1:
        length = starts[-1] - starts[-2]
        month = starts.astype("datetime64[M]")
        over = (starts[-1] + length).astype("datetime64[M]") > month[-1]
        begun = (starts[0] - (starts[1] - starts[0])).astype("datetime64[M]") < month[0]
        whole = (over | (month < month[-1])) & (begun | (month > month[0]))
        if whole.any():
            starts, units = starts[whole], units[:, whole]
    month = starts.astype("datetime64[M]").astype(np.int64)
    if not len(month):
        return np.zeros((len(units), 1))
    first = max(int(month.min()), int(month.max()) - most + 1)
    out = np.zeros((len(units), int(month.max()) - first + 1))
    for t, m in enumerate(month):
        if m >= first:
            out[:, m - first] += units[:, t]
    return out


def month_place(month: np.datetime64) -> int:
    """The place of a month in its year: 0 for January.

    >>> month_place(np.datetime64("2024-03", "M"))
    2
    """
    return int(month.astype("datetime64[M]").astype(int) % 12)


def month_index(sold: Mapping[np.datetime64, float]) -> Array:
    """What each month of the year sells beside an average month: 12 shares, January first.

    month_index = mean units of that month over its years / mean over the twelve.
    `sold` are units by calendar month. Source: ratio to the mean (simple seasonal index).

    >>> months = np.arange(np.datetime64("2023-01"), np.datetime64("2025-01"))
    >>> month_index({m: 3.0 if month_place(m) == 11 else 1.0 for m in months}).round(3).tolist()[10:]
    [0.857, 2.571]
    """
    units, seen = np.zeros(12), np.zeros(12)
    for month, amount in sold.items():
        units[month_place(month)] += amount
        seen[month_place(month)] += 1
    usual = units / np.maximum(seen, 1)
    return np.asarray(usual / max(float(usual.mean()), 1e-12))
