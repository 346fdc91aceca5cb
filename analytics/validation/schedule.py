"""When a replay decides and what really happened: its dates, the demand of every week, the price of every window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.data.history import SalesHistory
from analytics.demand.channels import batch_channels
from analytics.demand.order_sizes import order_sizes
from analytics.demand.panel import DemandPanel
from analytics.demand.returns import carry_back, line_net_quantity, returned_lines
from analytics.errors import DataError, Problem
from analytics.forecast.spread.paths import WEEKS
from analytics.randomness import sku_keys, uniform

__all__ = [
    "FEWEST_WEEKS_KNOWN", "Schedule", "actual_demand", "actual_large", "actual_prices", "days_known", "demand_by_day", "schedule",
]  # fmt: skip

Array = NDArray[np.float64]

#: Weeks that must be known before the first date, so that a season can have been seen.
FEWEST_WEEKS_KNOWN = 52
#: At least this many weeks lie between two dates ...
_FEWEST_WEEKS = 4
#: ... and after the last window, where closing stock is valued by what really sold; this many if the history allows.
_TAIL_WEEKS = (4, 26)
_MONTHS = WEEKS / 12.0


@dataclass(frozen=True, eq=False)
class Schedule:
    """The dates of a replay: `origins` are first days of windows of `window_weeks` each, `end` the day after the last.

    `tail_weeks` after it show what closing stock really sold. Weeks are calendar weeks, or twelfths of 52 weeks
    a month where demand is counted in months (`frequency` M): the simulation's own calendar.
    """

    frequency: str
    origins: NDArray[np.datetime64]
    end: np.datetime64
    window_weeks: int
    tail_weeks: int

    @property
    def weeks(self) -> int:
        """Weeks played: all windows together."""
        return len(self.origins) * self.window_weeks

    @property
    def years(self) -> float:
        """Years played."""
        return self.weeks / WEEKS

    @property
    def week_starts(self) -> NDArray[np.datetime64]:
        """First day of every week played, shape (weeks,): evenly between the dates."""
        ends = np.append(self.origins[1:], self.end).astype("datetime64[D]")
        begins = self.origins.astype("datetime64[D]")
        days = np.floor(
            np.arange(self.window_weeks) / self.window_weeks * (ends - begins).astype(np.int64)[:, None]
        ).astype(np.int64)
        return (begins[:, None] + days).ravel()

    def week_of(self, days: NDArray[np.datetime64]) -> NDArray[np.int64]:
        """Week of the replay in which each day lies; negative before the first date.

        >>> two = np.array(["2024-02-01", "2024-05-01"], "datetime64[D]")
        >>> months = Schedule("M", two, np.datetime64("2024-08-01"), 13, 4)
        >>> months.week_of(np.array(["2024-01-31", "2024-02-29", "2024-05-01"], "datetime64[D]")).tolist()
        [-1, 4, 13]
        """
        if self.frequency != "M":
            return np.asarray((days.astype("datetime64[D]") - self.origins[0]).astype(np.int64) // 7)
        month = days.astype("datetime64[M]")
        length = ((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64)
        part = (days.astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64) / length
        since = (month - self.origins[0].astype("datetime64[M]")).astype(np.int64)
        return np.floor((since + part) * _MONTHS + 1e-9).astype(np.int64)


def _too_short(weeks: float, origins: int, least: float, most: int) -> DataError:
    asked = f"{origins} date{'s' if origins != 1 else ''}"
    remedy = (
        f"ask for {most} date{'s' if most != 1 else ''} at most"
        if most >= 1
        else "wait until the history is longer, or join an older file to this one"
    )
    return DataError(
        Problem(
            "too_short_to_replay" if most < 1 else "too_many_origins",
            f"{weeks:.0f} week{'s of sales are' if round(weeks) != 1 else ' of sales is'} too short to replay decisions at {asked}",
            remedy,
            found=f"{weeks:.0f} complete week{'s' if round(weeks) != 1 else ''}",
            expected=f"at least {least:.0f}: a year known before the first date, the windows, and some weeks after the last to see what stock still sold",
        )
    )


def schedule(panel: DemandPanel, origins: int) -> Schedule:
    """The dates at which to decide: as many as asked, evenly over the last year that leaves a year before and up to half a year after.

    `panel` is that of the whole history: only its calendar is used. Windows are whole weeks, at least four; where demand is
    counted in months they are quarters or multiples of them. Raises DataError where the history is too short.
    """
    if origins < 1:
        raise DataError(
            Problem(
                "origins",
                "the number of dates to replay is out of range",
                "give 1 or more",
                found=str(origins),
                expected="1 or more",
            )
        )
    month = panel.frequency == "M"
    unit = _MONTHS if month else 1.0
    first, last = (
        d.astype("datetime64[M]" if month else "datetime64[D]") for d in (panel.starts[0], panel.next_start)
    )
    total = int((last - first).astype(np.int64)) // (1 if month else 7)
    known, step = round(FEWEST_WEEKS_KNOWN / unit), 3 if month else 1
    least, tail_least, tail_most = (
        max(step, round(_FEWEST_WEEKS / unit)),
        max(1, round(_TAIL_WEEKS[0] / unit)),
        round(_TAIL_WEEKS[1] / unit),
    )
    room = total - known
    goal = min(tail_most, max(tail_least, room // 3))
    window = max(least, min(round(WEEKS / unit), room - goal) // origins // step * step)
    if window * origins > room - tail_least:
        raise _too_short(
            total * unit, origins, (known + least * origins + tail_least) * unit, (room - tail_least) // least
        )
    tail = min(tail_most, room - window * origins)
    start = total - tail - window * origins
    at = start + window * np.arange(origins + 1)
    edges = (first + at).astype("datetime64[D]") if month else first + 7 * at
    return Schedule("M" if month else "W", edges[:-1], edges[-1], round(window * unit), int(tail * unit))


def _sums(cell: NDArray[np.int64], values: Array, shape: tuple[int, int]) -> Array:
    return (
        np.bincount(cell, weights=values, minlength=shape[0] * shape[1])
        .astype(np.float64, copy=False)
        .reshape(shape)
    )


def _spread(history: SalesHistory, plan: Schedule, match: NDArray[np.int64], seed: int) -> Array:
    """Units by week from totals by month: every month spread evenly, whole units where sales are whole; the parts sum exactly."""
    since = (history.date.astype("datetime64[M]") - plan.origins[0].astype("datetime64[M]")).astype(np.int64)
    column = np.where(match >= 0, since[match], since)
    months = -(-(plan.weeks + plan.tail_weeks) * 12 // WEEKS)
    inside = (column >= 0) & (column < months)
    shape = (len(history.skus), months)
    cell = history.sku[inside].astype(np.int64) * months + column[inside]
    units, _ = carry_back(_sums(cell, history.quantity[inside], shape))
    edges = np.arange(plan.weeks + plan.tail_weeks + 1) / _MONTHS
    cumulative = np.concatenate([np.zeros((shape[0], 1)), np.cumsum(units, axis=1)], axis=1)
    lower = np.minimum(np.floor(edges + 1e-9).astype(np.int64), months - 1)
    running = cumulative[:, lower] + (edges - lower) * units[:, lower]
    whole = np.all(units == np.rint(units), axis=1)
    start = np.array([uniform(np.uint64(key), np.uint64(0)) for key in sku_keys(history.skus, seed)])
    running[whole] = np.floor(running[whole] + start[whole, None])
    return np.asarray(np.diff(running, axis=1))


def actual_demand(history: SalesHistory, plan: Schedule, seed: int) -> Array:
    """Units really wanted in every week of the windows and of the tail: shape (products of the history, weeks).

    Net of returns, each taken from the week of the order it takes back. Totals by month, and orders booked in batches
    once a month, are spread evenly over the month.
    """
    match = returned_lines(history)
    weeks = plan.weeks + plan.tail_weeks
    if history.frequency == "M" or (plan.frequency == "M" and batch_channels(history)):
        return _spread(history, plan, match, seed)
    week = plan.week_of(history.date)
    column = np.where(match >= 0, week[match], week)
    inside = (column >= 0) & (column < weeks)
    cell = history.sku[inside].astype(np.int64) * weeks + column[inside]
    units, _ = carry_back(_sums(cell, history.quantity[inside], (len(history.skus), weeks)))
    return np.maximum(units, 0.0)


def days_known(history: SalesHistory, plan: Schedule) -> bool:
    """Whether the days of orders are on record: lines or totals by day, counted in weeks."""
    return plan.frequency == "W" and history.frequency in ("L", "D")


def demand_by_day(history: SalesHistory, plan: Schedule, rows: NDArray[np.intp]) -> Array:
    """Units really wanted on every day of the windows and of the tail of the products at `rows`: (products, days).

    Net of returns, each taken from the day of the order it takes back; seven days from a date on are a week of the replay.
    """
    days = 7 * (plan.weeks + plan.tail_weeks)
    match = returned_lines(history)
    day = (history.date.astype("datetime64[D]") - plan.origins[0].astype("datetime64[D]")).astype(np.int64)
    column = np.where(match >= 0, day[match], day)
    place = np.full(len(history.skus), -1, np.int64)
    place[rows] = np.arange(len(rows))
    product = place[history.sku]
    inside = (column >= 0) & (column < days) & (product >= 0)
    units, _ = carry_back(
        _sums(product[inside] * days + column[inside], history.quantity[inside], (len(rows), days))
    )
    return np.maximum(units, 0.0)


def actual_large(
    history: SalesHistory,
    plan: Schedule,
    limit: Array,
    actual: Array,
    channel: NDArray[Any] | None = None,
    steps_per_week: int = 1,
) -> tuple[Array, Array]:
    """Units of `actual` (products, weeks) that came in orders of more than `limit` (products,) units, or through the `channel` of their product.

    And such orders a week: both (products, weeks); days in place of weeks where a week has seven steps. `channel` (products,) is "" where none is parted.

    An order is all lines of a product under one order number, net of what came back; it counts in the week of its first
    line. Orders booked in batches once a month are spread over the month as their units are. Never more than came.
    """
    weeks = (plan.weeks + plan.tail_weeks) * steps_per_week
    shape = (len(history.skus), weeks)
    sizes = order_sizes(history, history.skus)
    product = np.repeat(np.arange(len(sizes.skus)), sizes.count)
    large = sizes.size > limit[product]
    if channel is not None and sizes.channel is not None:
        code = np.array([sizes.channels.index(name) if name in sizes.channels else -2 for name in channel])
        large |= sizes.channel == code[product]
    days = sizes.day[large].astype("datetime64[D]")
    if plan.frequency == "M" and batch_channels(history):
        month = (days.astype("datetime64[M]") - plan.origins[0].astype("datetime64[M]")).astype(np.int64)
        first = np.ceil(month * _MONTHS - 1e-9).astype(np.int64)
        parts = [np.ceil((month + 1) * _MONTHS - 1e-9).astype(np.int64) - first, first]
        spread = np.repeat(np.arange(len(month)), parts[0])
        column = first[spread] + np.arange(len(spread)) - np.repeat(np.cumsum(parts[0]) - parts[0], parts[0])
        share = 1.0 / parts[0][spread]
    else:
        column = plan.week_of(days) if steps_per_week == 1 else (days - plan.origins[0]).astype(np.int64)
        spread = np.arange(int(large.sum()))
        share = np.ones(len(spread))
    inside = (column >= 0) & (column < weeks)
    cell = product[large][spread][inside].astype(np.int64) * weeks + column[inside]
    units = _sums(cell, (sizes.size[large][spread] * share)[inside], shape)
    orders = _sums(cell, share[inside], shape)
    kept = np.minimum(units, actual)
    return kept, orders * np.where(units > 0.0, kept / np.where(units > 0.0, units, 1.0), 0.0)


def actual_prices(history: SalesHistory, plan: Schedule) -> Array:
    """Net price realised in every window, money per unit: shape (products of the history, windows); NaN where nothing was sold."""
    net = line_net_quantity(history.quantity, returned_lines(history))
    window = plan.week_of(history.date) // plan.window_weeks
    windows = len(plan.origins)
    used = (
        (net > 0.0)
        & np.isfinite(history.revenue)
        & (history.revenue > 0.0)
        & (window >= 0)
        & (window < windows)
    )
    cell = history.sku[used].astype(np.int64) * windows + window[used]
    size = len(history.skus) * windows
    units = np.bincount(cell, weights=net[used], minlength=size)
    money = np.bincount(
        cell, weights=history.revenue[used] * net[used] / history.quantity[used], minlength=size
    )
    return np.where(units > 0.0, money / np.maximum(units, 1e-300), np.nan).reshape(
        len(history.skus), windows
    )
