"""Channels whose data end before the others': late data, not a collapse of demand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.data.history import SalesHistory
from analytics.demand.periods import booked_in_batches, complete_bounds

__all__ = ["ChannelEnd", "batch_channels", "channel_ends"]

_MATERIAL = 0.05
_LATE_DAYS = 183
_BATCH_SHARE = 0.2


@dataclass(frozen=True)
class ChannelEnd:
    """Where the data of one channel end: last day of booking, last complete period, and how to read the silence since.

    `late`: the silence is longer than the channel's own gaps but short enough to be missing data.
    `closed`: so long that the channel has probably ended.
    """

    name: str
    last_date: np.datetime64
    last_period: int
    share: float
    late: bool
    closed: bool


def _weights(history: SalesHistory) -> np.ndarray:
    """Revenue where all of it is known, else units; returns aside."""
    known = np.isfinite(history.revenue)
    money = np.where(known, history.revenue, 0.0)
    use_money = bool(known.all() and (money > 0).any())
    return np.where(history.quantity > 0.0, money if use_money else history.quantity, 0.0)


def channel_ends(history: SalesHistory, frequency: str, anchor: int = 0) -> list[ChannelEnd]:
    """Every material channel with the end of its data, so that a late upload is not read as demand that vanished.

    A channel is material with at least 5 % of revenue (else units) in the year before its end. It is late where its silence at
    the end exceeds one and a half times the longest gap of its last year, and lasts at most half a year (less for channels under a quarter
    of sales, but 45 days at least) and a third of the file.
    """
    if len(history.channels) < 2 or not len(history):
        return []
    day = history.date.astype("datetime64[D]")
    end = day.max()
    span = int((end - day.min()).astype(np.int64)) + 1
    weight = _weights(history)
    out: list[ChannelEnd] = []
    for code, name in enumerate(history.channels):
        mine = history.channel == code
        days = np.unique(day[mine & (history.quantity > 0.0)])
        if len(days) < 3:
            continue
        last = days[-1]
        year = (day > last - np.timedelta64(365, "D")) & (day <= last)
        share = float(weight[mine & year].sum() / max(weight[year].sum(), 1e-300))
        if share < _MATERIAL:
            continue
        recent = days[days > last - np.timedelta64(365, "D")]
        gaps = np.diff(recent).astype(np.int64) if len(recent) > 1 else np.diff(days[-2:]).astype(np.int64)
        silence = int((end - last).astype(np.int64))
        ended = silence > 1.5 * int(gaps.max()) and silence > 7
        # the smaller the channel, the less of the others' recent past may be given up for it
        short = silence <= min(max(_LATE_DAYS * min(share / 0.25, 1.0), 45.0), span / 3.0)
        _, final = complete_bounds(days, frequency, anchor)
        out.append(
            ChannelEnd(str(name), last, final, share, bool(ended and short), bool(ended and not short))
        )
    return out


def batch_channels(history: SalesHistory) -> str:
    """Which orders are booked on one or two days of the month (empty: none): "of channel NAME" or "in this file"."""
    if history.frequency != "L" and history.frequency != "D":
        return ""
    day = history.date.astype("datetime64[D]")
    sold = history.quantity > 0.0
    if len(history.channels) >= 2:
        weight = _weights(history)
        total = weight.sum()
        names = [
            str(name)
            for code, name in enumerate(history.channels)
            if weight[history.channel == code].sum() >= _BATCH_SHARE * total > 0.0
            and booked_in_batches(day[sold & (history.channel == code)])
        ]
        if names:
            return f"of channel {' and '.join(names)}"
    return "in this file" if booked_in_batches(day[sold]) else ""
