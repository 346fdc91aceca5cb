"""Periods: which calendar a sales history is counted in, and which of its periods are complete."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.data.history import SalesHistory
from analytics.naming.labels import percent_text

__all__ = [
    "activity_by_weekday",
    "booked_in_batches",
    "booked_share",
    "chosen_frequency",
    "complete_bounds",
    "demand_by_weekday",
    "period_index",
    "period_starts",
    "week_anchor",
]

_GRAIN = {"L": 0, "D": 1, "W": 2, "M": 3}
#: A silence this unlikely means that days are missing rather than that nothing was sold.
_UNLIKELY = 0.2
#: Days are missing, too, where at least one day of booking was still to come, and with it more of the period than is known.
_DAY_TO_COME, _MOSTLY_KNOWN = 1.0, 0.5
_BATCH_DAYS = 2.0
_BATCH_LINES = 10.0
#: Below this many order lines the weekdays of sales are chance.
_FEWEST_LINES = 70


def week_anchor(days: NDArray[np.datetime64], grain: str) -> int:
    """First weekday of a week (0 Monday ... 6 Sunday): Monday, unless a weekly file dates all its weeks alike.

    >>> import numpy as np
    >>> week_anchor(np.array(["2024-01-07", "2024-01-14"], "datetime64[D]"), "W")
    6
    """
    if grain != "W" or not len(days):
        return 0
    weekday = (days.astype("datetime64[D]").astype(np.int64) + 3) % 7
    counts = np.bincount(weekday, minlength=7)
    return int(counts.argmax()) if counts.max() >= 0.9 * len(weekday) else 0


def period_index(days: NDArray[np.datetime64], frequency: str, anchor: int = 0) -> NDArray[np.int64]:
    """Running number of the period (day, week or month) that each date falls in.

    >>> import numpy as np
    >>> period_index(np.array(["2024-01-31", "2024-02-01"], "datetime64[D]"), "M").tolist()
    [648, 649]
    """
    if frequency == "M":
        return days.astype("datetime64[M]").astype(np.int64)
    number = days.astype("datetime64[D]").astype(np.int64)
    return number if frequency == "D" else (number + 3 - anchor) // 7


def period_starts(index: NDArray[np.int64], frequency: str, anchor: int = 0) -> NDArray[np.datetime64]:
    """First day of each period, the inverse of `period_index`.

    >>> import numpy as np
    >>> str(period_starts(np.array([649]), "M")[0])
    '2024-02-01'
    """
    number = np.asarray(index, np.int64)
    if frequency == "M":
        return number.astype("datetime64[M]").astype("datetime64[D]")
    return (number if frequency == "D" else number * 7 - 3 + anchor).astype("datetime64[D]")


def activity_by_weekday(days: NDArray[np.datetime64]) -> NDArray[np.float64]:
    """Share of Mondays, Tuesdays ... Sundays on which anything was booked. Shape (7,).

    `days` are the distinct days with bookings, sorted. The share is taken over the last year of the data.

    >>> import numpy as np
    >>> activity_by_weekday(np.arange("2024-01-01", "2024-01-06", dtype="datetime64[D]")).tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0]
    """
    number = days.astype("datetime64[D]").astype(np.int64)
    recent = number[number > number[-1] - 364]
    begin = recent[0]
    span = np.arange(begin, recent[-1] + 1)
    offered = np.bincount((span + 3) % 7, minlength=7)
    booked = np.bincount((recent + 3) % 7, minlength=7)
    return np.where(offered > 0, booked / np.maximum(offered, 1), 0.0)


def demand_by_weekday(history: SalesHistory) -> NDArray[np.float64]:
    """Share of order lines that fall on Mondays, Tuesdays ... Sundays, over the last year of the data. Shape (7,), sums to 1.

    Lines and not units, so that one large order does not make a weekday. Even where the file does not know the day: totals by
    week or month, orders booked in batches, or fewer than _FEWEST_LINES lines.
    """
    day = history.date.astype("datetime64[D]").astype(np.int64)[history.quantity > 0.0]
    if history.frequency not in ("L", "D") or len(day) < _FEWEST_LINES or booked_in_batches(history.date):
        return np.full(7, 1.0 / 7.0)
    counts = np.bincount((day[day > day.max() - 364] + 3) % 7, minlength=7)
    return np.asarray(counts / counts.sum())


def _silence_is_plausible(activity: NDArray[np.float64], begin: int, end: int) -> bool:
    """Whether no booking from day `begin` up to but not including `end` can be chance."""
    days = np.arange(begin, min(end, begin + 400))
    return bool(np.prod(1.0 - np.minimum(activity[(days + 3) % 7], 0.999)) > _UNLIKELY)


def _other_periods(
    days: NDArray[np.datetime64], frequency: str, anchor: int, at_start: bool
) -> tuple[float, float]:
    """What a usual period holds in the part of its days that the data know of the period at the edge, and in the part they do not: days of booking.

    `days` are the distinct days with bookings, sorted. Usual periods are those within a year of the last day, or where `at_start` of the first. Both are
    NaN where there is no other period.
    """
    index = period_index(days, frequency, anchor)
    place = days.astype("datetime64[D]") - period_starts(index, frequency, anchor)
    edge, year = (0 if at_start else -1), np.timedelta64(364, "D")
    other = (index != index[edge]) & (np.abs(days - days[edge]) < year)
    if not other.any():
        return float("nan"), float("nan")
    known = place >= place[0] if at_start else place <= place[-1]
    periods = int(index[other].max() - index[other].min()) + 1
    return float((other & known).sum()) / periods, float((other & ~known).sum()) / periods


def booked_share(days: NDArray[np.datetime64], frequency: str, anchor: int = 0) -> float:
    """Share of the last period that the data know, by its days of booking: 1 where nothing was still to come.

    booked_share = days of booking of the year before that lie no later in their week or month than the last day of all / all days of booking of that
    year: a week that ends on the Friday of a company closed at week-ends is known in whole, and so is a month whose orders all come on its fifth.

    Parameters: `days` are the distinct days with bookings, sorted, shape (days,). Source: rule of this program.

    >>> import numpy as np
    >>> days = np.arange("2024-01-01", "2024-03-14", dtype="datetime64[D]")
    >>> weekdays = days[(days.astype(int) + 3) % 7 < 5]  # Monday to Friday, up to a Wednesday
    >>> booked_share(weekdays, "W")
    0.6
    """
    known, to_come = _other_periods(days, frequency, anchor, at_start=False)
    return known / (known + to_come) if known + to_come > 0.0 else 1.0


def _mostly_missing(days: NDArray[np.datetime64], frequency: str, anchor: int, at_start: bool) -> bool:
    """Whether a day of booking and more than half of those of a usual period lie in the part of the period at the edge that the data do not know."""
    known, to_come = _other_periods(days, frequency, anchor, at_start)
    return bool(to_come >= _DAY_TO_COME and known < _MOSTLY_KNOWN * (known + to_come))


def complete_bounds(days: NDArray[np.datetime64], frequency: str, anchor: int = 0) -> tuple[int, int]:
    """First and last complete period covered by days of booking, as running numbers of `period_index`.

    The first and the last period count as complete where the days missing in them are days on which the company would
    plausibly have booked nothing anyway (week-ends, rare sales); not where, by the days of the week or month booked on in other periods, a day of
    booking and more than half of all those of the period are missing. Always returns at least one period.

    Parameters: `days` are the distinct days with bookings, sorted, shape (days,).

    >>> import numpy as np
    >>> daily = np.arange("2024-01-01", "2024-03-20", dtype="datetime64[D]")
    >>> first, last = complete_bounds(daily, "M")
    >>> period_starts(np.array([first, last]), "M").astype(str).tolist()
    ['2024-01-01', '2024-02-01']
    """
    first, last = (int(i) for i in period_index(days[[0, -1]], frequency, anchor))
    if frequency == "D" or first == last:
        return first, last
    activity = activity_by_weekday(days)
    starts = period_starts(np.array([first, last + 1]), frequency, anchor).astype(np.int64)
    number = days[[0, -1]].astype("datetime64[D]").astype(np.int64)
    if not _silence_is_plausible(activity, int(number[1]) + 1, int(starts[1])) or _mostly_missing(
        days, frequency, anchor, at_start=False
    ):
        last -= 1
    if first < last:
        opening = activity_by_weekday(
            days[: np.searchsorted(days, days[0] + np.timedelta64(364, "D"), side="right")]
        )
        if not _silence_is_plausible(opening, int(starts[0]), int(number[0])) or _mostly_missing(
            days, frequency, anchor, at_start=True
        ):
            first += 1
    return first, last


def booked_in_batches(days: NDArray[np.datetime64]) -> bool:
    """Whether orders are booked on one or two days of the month although there are many: weeks would mislead.

    Formula: the median month has at most 2 days with bookings and at least 10 lines on them.
    Parameters: `days` is the date of every order line of one channel. Source: rule of this program.

    >>> import numpy as np
    >>> booked_in_batches(np.repeat(np.array(["2024-01-31", "2024-02-29", "2024-03-28"], "datetime64[D]"), 40))
    True
    """
    if len(days) < 3 * _BATCH_LINES:
        return False
    distinct, lines = np.unique(days.astype("datetime64[D]"), return_counts=True)
    months, where = np.unique(distinct.astype("datetime64[M]"), return_inverse=True)
    dates_per_month = np.bincount(where)
    lines_per_month = np.bincount(where, weights=lines)
    return bool(
        len(months) >= 3
        and np.median(dates_per_month) <= _BATCH_DAYS
        and np.median(lines_per_month) >= _BATCH_LINES
    )


def _share_of_periods(history: SalesHistory, index: NDArray[np.int64], at_least: int) -> float:
    """Median over SKUs of the share of periods with a sale, from the first to the last sale."""
    sold = history.quantity > 0.0
    if not sold.any():
        return 0.0
    origin = int(index.min())
    width = int(index.max()) - origin + 1
    cell = history.sku[sold].astype(np.int64) * width + (index[sold] - origin)
    if len(history.skus) * width <= 200_000_000:
        seen = np.zeros(len(history.skus) * width, np.bool_)
        seen[cell] = True
        cells = np.flatnonzero(seen)
    else:
        cells = np.unique(cell)
    sku, period = cells // width, cells % width
    count = np.bincount(sku, minlength=len(history.skus))
    first = np.full(len(count), width)
    final = np.full(len(count), -1)
    np.minimum.at(first, sku, period)
    np.maximum.at(final, sku, period)
    life = np.maximum(final - first + 1, min(at_least, width))
    return float(np.median((count / life)[count > 0]))


def chosen_frequency(history: SalesHistory, asked: str | None, batches: str = "") -> tuple[str, list[str]]:
    """The calendar to count in (D, W or M) and why: never finer than the file.

    Weekly where the median product sells in most weeks of its life, else monthly; daily only for files under eight
    weeks. `batches` names channels that book on one or two days of the month: then months.
    Raises ValueError for a frequency that is not D, W or M.
    """
    notes: list[str] = []
    grain = history.frequency if history.frequency in _GRAIN else "L"
    if asked is not None:
        if asked not in ("D", "W", "M"):
            raise ValueError(f"frequency is D, W or M, not {asked!r}")
        if _GRAIN[asked] < _GRAIN[grain]:
            notes.append(
                f"The file holds totals by {'week' if grain == 'W' else 'month'}; it cannot be counted in anything finer, so it is counted that way."
            )
            return grain, notes
        if batches and asked != "M":
            word = "day" if asked == "D" else "week"
            notes.append(
                f"Orders {batches} are booked on one or two days of the month: demand by {word} looks lumpier than it is; months are the better choice."
            )
        return asked, notes
    if grain in ("W", "M"):
        return grain, notes
    if batches:
        notes.append(
            f"Counted in months: orders {batches} are booked on one or two days of the month, so weeks would show peaks that are not demand."
        )
        return "M", notes
    span = (
        int((history.date.max() - history.date.min()).astype("timedelta64[D]").astype(np.int64)) + 1
        if len(history)
        else 0
    )
    if span <= 56:
        daily = _share_of_periods(history, period_index(history.date, "D"), 14) > 0.5
        notes.append(
            f"Counted in {'days' if daily else 'weeks'}: the file covers {span} day{'s' if span != 1 else ''} only."
        )
        return ("D" if daily else "W"), notes
    share = _share_of_periods(history, period_index(history.date, "W"), 13)
    if share > 0.5:
        notes.append(
            f"Counted in weeks: the median product sells in {percent_text(share)} of the weeks of its life."
        )
        return "W", notes
    if span < 365:
        notes.append(
            f"Counted in weeks: the median product sells in {percent_text(share)} of the weeks of its life, but {span} days are too few for months."
        )
        return "W", notes
    notes.append(
        f"Counted in months: the median product sells in {percent_text(share)} of the weeks of its life only."
    )
    return "M", notes
