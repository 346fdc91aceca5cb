"""DemandPanel: units per SKU and period, which of them were observed, and each SKU's life.

One concept: products by periods, counted once. Which periods are complete, how coarse they must be to fit in
memory and the steps of sale decide that one table; the sentences say what it leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.data.history import SalesHistory
from analytics.demand.channels import batch_channels, channel_ends
from analytics.demand.observed import observed_periods
from analytics.demand.order_size_range import smallest_steps, steps_or_fraction
from analytics.demand.periods import (
    booked_share,
    chosen_frequency,
    complete_bounds,
    period_index,
    period_starts,
    week_anchor,
)
from analytics.demand.returns import carry_back, returned_lines
from analytics.errors import DataError, Problem
from analytics.items import Items
from analytics.naming.labels import percent_text

__all__ = ["PERIODS_PER_YEAR", "PERIOD_WEEKS", "DemandPanel", "demand_panel", "panel_until"]

PERIODS_PER_YEAR: Mapping[str, float] = {"D": 365.0, "W": 52.0, "M": 12.0}
#: Length of a period in weeks: the simulation runs in weeks whatever the frequency of the panel.
PERIOD_WEEKS: Mapping[str, float] = {"D": 1.0 / 7.0, "W": 1.0, "M": 52.0 / 12.0}


@dataclass(frozen=True, eq=False)
class DemandPanel:
    """Demand by SKU (rows, sorted text) and period (columns, oldest first; complete periods only).

    `starts` is the first day of every period, `next_start` the first day after the last one. `units` is
    non-negative (returns netted) and 0 where not observed; `observed` is False before launch, after a
    record stops, and where a stock-out hid demand. `first` and `last` are the positions of the first and
    last period with a sale (-1 and -1 where there is none). `revenue` has the shape of `units` (NaN unknown).
    `frequency` is D, W or M. `notes` are sentences for the screen; `counts` are reconciliation numbers
    (gross, matched and unmatched returns, units left out after the last complete period, ...). `step` (products,) is the smallest quantity in
    which a product is sold (None: one unit of each). `last_share` is the share of the last period that the data know, by its days of booking: 1 where
    nothing is missing, less where its last days may only have no sale yet (see `booked_share`).
    """

    skus: NDArray[Any]
    starts: NDArray[np.datetime64]
    next_start: np.datetime64
    units: NDArray[np.float64]
    revenue: NDArray[np.float64]
    observed: NDArray[np.bool_]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    frequency: str
    counts: Mapping[str, float]
    notes: tuple[str, ...] = ()
    step: NDArray[np.float64] | None = None
    last_share: float = 1.0

    def __post_init__(self) -> None:
        """Raise ValueError where shapes do not match; arrays are read-only from here on."""
        if self.units.shape != (len(self.skus), len(self.starts)) or self.observed.shape != self.units.shape:
            raise ValueError(
                f"DemandPanel: units {self.units.shape} do not match {len(self.skus)} SKUs x {len(self.starts)} periods"
            )
        for array in (self.units, self.revenue, self.observed, self.first, self.last):
            array.setflags(write=False)

    @property
    def steps(self) -> NDArray[np.float64]:
        """The smallest quantity in which each product is sold, shape (products,)."""
        return np.ones(len(self.skus)) if self.step is None else self.step

    @property
    def periods_per_year(self) -> float:
        """Periods in a year: 365, 52 or 12."""
        return PERIODS_PER_YEAR[self.frequency]


_MOST_CELLS = 120_000_000
_WORDS = {"D": ("day", "days"), "W": ("week", "weeks"), "M": ("month", "months")}


#: a history shorter than this says next to nothing about a year
_SHORT_DAYS = 56


def _many(count: float, frequency: str) -> str:
    return f"{count:,.0f} {_WORDS[frequency][0 if count == 1 else 1]}"


def demand_panel(
    history: SalesHistory,
    frequency: str | None = None,
    items: Items | None = None,
    *,
    cut_partial: bool = True,
    cut_late_channels: bool = True,
) -> DemandPanel:
    """Demand by product and complete period, net of returns: what every forecast and simulation starts from.

    A return that matches an earlier line reduces that line's period; other returns reduce their own period, a negative
    remainder is carried to earlier periods, what no period can bear is counted in `unmatched_units_left_over`.
    Periods at the edges that are not complete, and periods after a material channel's data end, are left out with a note;
    their totals stay in `counts`, and always

        net_units = units in the panel + units_before_first_period + units_after_last_period - unmatched_units_left_over.

    Parameters: `frequency` D, W or M (None: chosen from the data, never finer than the file); `items` may hold launch
    dates, from which a product counts as offered. `cut_partial` and `cut_late_channels` say whether incomplete periods at the
    edges, and periods after a channel's data end, are left out. Assumes that a product is offered from its first sale (or launch) on.
    Raises DataError where the history has no usable row.
    """
    if not len(history):
        raise DataError(
            Problem(
                "no_rows",
                "there is no usable row in the sales file",
                "check the columns for date, product and quantity",
            )
        )
    frequency, notes = chosen_frequency(history, frequency, batch_channels(history))
    day = history.date.astype("datetime64[D]")
    frequency, notes = _within_memory(len(history.skus), day, frequency, notes)
    anchor = week_anchor(day, history.frequency) if frequency == "W" else 0
    if history.frequency == "W" and frequency == "M":
        notes.append("The file holds totals by week: each week is counted in the month in which it begins.")
    index = period_index(day, frequency, anchor)
    origin, width = int(index.min()), int(index.max() - index.min()) + 1
    match = returned_lines(history)
    column = index - origin
    units, revenue = _totals(history, np.where(match >= 0, column[match], column), width)
    money_known = bool(np.isfinite(history.revenue).any())
    before_carry = np.minimum(units, 0.0).sum()
    units, left_over = carry_back(units, revenue if money_known else None)
    first_kept, last_kept, last_complete, edge_notes = _kept(
        history, day, frequency, anchor, cut_partial, cut_late_channels
    )
    notes += edge_notes
    days = int((day.max() - day.min()).astype(np.int64)) + 1
    if days < _SHORT_DAYS:
        notes.append(
            f"The history covers {_many(days, 'D')} only: a year ahead is forecast from that, so every figure is a first guess. Add earlier sales."
        )
    a, b, complete = first_kept - origin, last_kept - origin + 1, last_complete - origin + 1
    returns = history.quantity < 0.0
    counts = {
        "lines": float(len(history)),
        "gross_units": float(history.quantity[~returns].sum()),
        "returned_units": float(np.abs(history.quantity[returns].sum())),
        "matched_returned_units": float(np.abs(history.quantity[match >= 0].sum())),
        "unmatched_returned_units": float(np.abs(history.quantity[returns & (match < 0)].sum())),
        "return_lines": float(returns.sum()),
        "matched_return_lines": float((match >= 0).sum()),
        "carried_back_units": float(max(0.0, -before_carry - left_over.sum())),
        "unmatched_units_left_over": float(left_over.sum()),
        "net_units": float(history.quantity.sum()),
        "units_in_panel": float(units[:, a:b].sum()),
        "units_before_first_period": float(units[:, :a].sum()),
        "units_after_last_period": float(units[:, b:].sum()),
        "units_after_late_channel": float(units[:, b:complete].sum()),
        "periods_before_first_period": float(a),
        "periods_after_last_period": float(width - b),
        "periods_after_late_channel": float(complete - b),
    }
    if money_known:
        counts |= {
            "net_revenue": float(np.nansum(history.revenue)),
            "revenue_in_panel": float(np.nansum(revenue[:, a:b])),
            "revenue_before_first_period": float(np.nansum(revenue[:, :a])),
            "revenue_after_last_period": float(np.nansum(revenue[:, b:])),
        }
    units, revenue = (
        np.ascontiguousarray(units[:, a:b]),
        np.ascontiguousarray(revenue[:, a:b]) if money_known else revenue[:, a:b],
    )
    starts = period_starts(np.arange(first_kept, last_kept + 2), frequency, anchor)
    positive = units > 0.0
    sold = np.asarray(positive.any(axis=1))
    first = np.where(sold, positive.argmax(axis=1), -1).astype(np.int32)
    last = np.where(sold, units.shape[1] - 1 - positive[:, ::-1].argmax(axis=1), -1).astype(np.int32)
    observed, seen_notes = observed_periods(history, column - a, units, first, sold, starts, frequency, items)
    notes += seen_notes + _return_notes(counts)
    return DemandPanel(
        history.skus,
        starts[:-1],
        starts[-1],
        units,
        revenue,
        observed,
        first,
        last,
        frequency,
        counts,
        tuple(notes),
        _steps(history, units),
        _last_share(history, day, starts[-1], frequency, anchor),
    )


def _last_share(
    history: SalesHistory, day: NDArray[np.datetime64], end: np.datetime64, frequency: str, anchor: int
) -> float:
    """Share known of the last period of a panel, which lasts until `end`: a file of totals is taken at its word, what others follow is known in whole."""
    if history.frequency in ("W", "M") or day.max() >= end:
        return 1.0
    return booked_share(np.unique(day), frequency, anchor)


def _steps(history: SalesHistory, units: NDArray[np.float64]) -> NDArray[np.float64]:
    """The smallest quantity in which each product of a history is sold; where goods are measured, a fraction of what is sold at once.

    A file of totals with the same total in every period (`units`: products, periods) does not show what is sold at
    once: whole numbers are taken as pieces, others as measured.
    """
    product, products = history.sku.astype(np.int64), len(history.skus)
    lines = np.bincount(product, minlength=products)
    usual = np.bincount(product, weights=np.abs(history.quantity), minlength=products) / np.maximum(lines, 1)
    step = smallest_steps(history.quantity, product, products)
    if history.frequency != "L" and not (history.order >= 0).any():
        alike = (step > 1.0) & (units == step[:, None]).all(axis=1)
        step[alike] = np.where(step[alike] == np.rint(step[alike]), 1.0, 0.0)
    return steps_or_fraction(step, usual)


def panel_until(panel: DemandPanel, periods: int) -> DemandPanel:
    """The panel as it stood after its first `periods` periods (at least 1): what a planner knew then.

    Products not yet sold keep their row, unobserved.
    Raises ValueError unless `periods` lies between 1 and the periods of the panel.
    """
    if not 1 <= periods <= len(panel.starts):
        raise ValueError(f"periods must be between 1 and {len(panel.starts)}, not {periods}")
    units, observed = panel.units[:, :periods], panel.observed[:, :periods]
    positive = units > 0.0
    sold = positive.any(axis=1)
    first = np.where(sold, positive.argmax(axis=1), -1).astype(np.int32)
    last = np.where(sold, periods - 1 - positive[:, ::-1].argmax(axis=1), -1).astype(np.int32)
    next_start = panel.starts[periods] if periods < len(panel.starts) else panel.next_start
    return DemandPanel(
        panel.skus,
        panel.starts[:periods],
        next_start,
        units,
        panel.revenue[:, :periods],
        observed,
        first,
        last,
        panel.frequency,
        {},
        (),
        panel.step,
        panel.last_share if periods == len(panel.starts) else 1.0,
    )


def _within_memory(
    products: int, day: NDArray[np.datetime64], frequency: str, notes: list[str]
) -> tuple[str, list[str]]:
    """The asked frequency, or the next coarser one where a table of products by periods would not fit in memory."""
    while True:
        ends = period_index(np.array([day.min(), day.max()]), frequency)
        cells = products * float(ends[1] - ends[0] + 1)
        if cells <= _MOST_CELLS:
            return frequency, notes
        if frequency == "M":
            found = f"{day.min()} to {day.max()}"
            raise DataError(
                Problem(
                    "too_long",
                    "the dates span too many months for this many products",
                    "check for dates far outside the usual years",
                    found=found,
                )
            )
        coarser = "W" if frequency == "D" else "M"
        notes = [
            *notes,
            f"Counted in {_WORDS[coarser][1]}: {products:,} products by {_WORDS[frequency][0]} would not fit in memory.",
        ]
        frequency = coarser


def _totals(
    history: SalesHistory, column: NDArray[np.int64], width: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Net units and net revenue per product and period; revenue is NaN where a line's is unknown."""
    shape = (len(history.skus), width)
    cell = history.sku.astype(np.int64) * width + column
    units = (
        np.bincount(cell, weights=history.quantity, minlength=shape[0] * width)
        .astype(np.float64, copy=False)
        .reshape(shape)
    )
    known = np.isfinite(history.revenue)
    if not known.any():
        return units, np.broadcast_to(np.float64(np.nan), shape)
    weights = history.revenue if known.all() else np.where(known, history.revenue, 0.0)
    revenue: NDArray[np.float64] = np.bincount(cell, weights=weights, minlength=shape[0] * width).astype(
        np.float64, copy=False
    )
    if not known.all():
        revenue[cell[~known & (history.quantity != 0.0)]] = np.nan
    return units, revenue.reshape(shape)


def _kept(
    history: SalesHistory,
    day: NDArray[np.datetime64],
    frequency: str,
    anchor: int,
    cut_partial: bool,
    cut_late_channels: bool,
) -> tuple[int, int, int, list[str]]:
    """First and last period of the panel and the last complete one (running numbers), and the sentences that say what was left out."""
    days = np.unique(day)
    notes: list[str] = []
    whole = history.frequency in ("W", "M")
    seen_first, seen_last = (int(i) for i in period_index(days[[0, -1]], frequency, anchor))
    first, last = (
        (seen_first, seen_last) if whole or not cut_partial else complete_bounds(days, frequency, anchor)
    )
    if whole:
        notes += _thin_last_period(history, day, frequency, anchor)
    word = _WORDS[frequency][0]
    if first > seen_first:
        notes.append(
            f"The first {word} is not complete (data begin on {days[0]}): kept in the totals, outside the fit."
        )
    if last < seen_last:
        notes.append(
            f"The last {word} is not complete (data end on {days[-1]}): kept in the totals, outside the fit."
        )
    if seen_first == seen_last and not whole and frequency != "D":
        notes.append(f"All data fall in one {word}; it is used although it may not be complete.")
    complete = last
    for channel in channel_ends(history, frequency, anchor):
        if channel.late and not cut_late_channels:
            notes.append(
                f"Data of channel {channel.name} end on {channel.last_date}, before the others'; as you chose, later periods are fitted all the same."
            )
        elif channel.late and first <= channel.last_period < last:
            last_start = period_starts(np.array([channel.last_period + 1]), frequency, anchor)[0]
            notes.append(
                f"Data of channel {channel.name} end on {channel.last_date}, {_many(last - channel.last_period, frequency)} before the others'; "
                f"demand is fitted up to there (before {last_start}), later sales stay in the totals, outside the fit."
            )
            last = channel.last_period
        elif channel.closed:
            notes.append(
                f"Channel {channel.name} ({percent_text(channel.share)} of its last year's sales) has sold nothing since {channel.last_date}: "
                "taken as closed, not as missing data; its past sales remain in the history."
            )
    return first, last, complete, notes


def _thin_last_period(
    history: SalesHistory, day: NDArray[np.datetime64], frequency: str, anchor: int
) -> list[str]:
    """A warning where the last period of a file of totals holds less than half of any of the six before it."""
    index = period_index(day, frequency, anchor)
    totals = np.bincount(index - index.min(), weights=history.quantity)
    if len(totals) < 7 or totals[-7:].max() <= 0.0 or totals[-1] >= 0.5 * totals[-7:-1].min():
        return []
    share = max(totals[-1], 0.0) / max(float(np.median(totals[-7:-1])), 1e-300)
    word = _WORDS[frequency][0]
    return [
        f"The last {word} holds {percent_text(share)} of a usual {word}: if it is not complete, leave it out of the file; it is used as it stands."
    ]


def _return_notes(counts: Mapping[str, float]) -> list[str]:
    notes: list[str] = []
    if counts["returned_units"] > 0.0:
        notes.append(
            f"Returns of {counts['returned_units']:,.0f} units: {counts['matched_returned_units']:,.0f} taken from the orders they cancel, "
            f"{counts['unmatched_returned_units']:,.0f} from the period of the return or before."
        )
    if counts["unmatched_units_left_over"] > 0.0:
        notes.append(
            f"Returns of {counts['unmatched_units_left_over']:,.0f} units exceed everything sold before them in this file; demand is zero there."
        )
    return notes
