"""Backtest as known then: the history cleaned with what was known at each past date, the forecast judged on what really came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.demand.panel import DemandPanel, panel_until
from analytics.forecast.judged.backtest import BACKTEST_LEVELS, Backtest, backtest, twelve_period_mean
from analytics.forecast.spread.interval_quantiles import demand_class

__all__ = ["backtest_as_known", "past_dates"]

Clean = Callable[[DemandPanel], DemandPanel]


def past_dates(periods: int, interval: int, origins: int = 6) -> list[int]:
    """Numbers of periods known at each past date, latest first: one interval apart where the later half of the history has room.

    >>> past_dates(36, 3), past_dates(8, 3), past_dates(2, 1)
    ([33, 30, 27, 24, 21, 18], [5, 4, 3, 2], [])
    """
    step = max(1, min(interval, (periods // 2 - interval) // max(1, origins - 1)))
    return [periods - interval - step * k for k in range(origins) if periods - interval - step * k >= 2]


def backtest_as_known(
    panel: DemandPanel, family_codes: NDArray[np.int32], protection_periods: NDArray[np.float64], known: Sequence[int], clean: Clean | None = None,
    seed: int = 1, progress: Callable[[float, str], None] | None = None,
) -> Backtest:  # fmt: skip
    """What the forecast would have said when the first `known[k]` periods were known, beside what came, in units of the uncleaned history.

    `clean` turns the panel known then into the one the forecast is fitted on (None: unchanged); `actual`, `simple` and the scales are of the
    history as it was. The interval is the rounded protection interval, at most a third of the shortest history used.
    """
    n, periods = panel.units.shape
    dates = sorted({int(k) for k in known if 2 <= k < periods}, reverse=True)
    room = min([periods - dates[0], max(1, dates[-1] // 3)]) if dates else 1
    interval = np.clip(np.rint(np.asarray(protection_periods, np.float64)), 1, room).astype(np.int64)
    longest = int(interval.max(initial=1))
    parts: list[Backtest] = []
    for k, end in enumerate(dates):
        if progress is not None:
            progress(k / len(dates), f"forecasting as of {panel.starts[end]}")
        came = panel_until(panel, end + longest)
        past = panel_until(panel, end)
        raw = backtest_panel(came, past, past if clean is None else clean(past))
        one = backtest(raw, family_codes, interval.astype(np.float64), 1, seed)
        mean, spread, scale, square = twelve_period_mean(past, interval)
        simple = np.where(np.isfinite(one.actual), mean[:, None], np.nan)
        parts.append(
            replace(
                one,
                simple=simple,
                simple_spread=spread[:, None],
                scale=scale[:, None],
                square_scale=square[:, None],
            )
        )

    def joined(name: str, tail: tuple[int, ...] = ()) -> NDArray[np.float64]:
        return np.concatenate([getattr(p, name) for p in parts], axis=1) if parts else np.zeros((n, 0, *tail))

    return Backtest(
        panel.skus, panel.starts[dates] if dates else panel.starts[:0], interval, joined("actual"), joined("forecast"), joined("simple"),
        joined("simple_spread"), joined("quantiles", (len(BACKTEST_LEVELS),)), joined("scale"), joined("square_scale"), demand_class(panel),
    )  # fmt: skip


def backtest_panel(came: DemandPanel, past: DemandPanel, cleaned: DemandPanel) -> DemandPanel:
    """The cleaned past followed by what came."""
    known = past.units.shape[1]
    units = np.concatenate([cleaned.units, came.units[:, known:]], axis=1)
    observed = np.concatenate([cleaned.observed, came.observed[:, known:]], axis=1)
    first = np.where(cleaned.first >= 0, cleaned.first, came.first).astype(np.int32)
    return replace(came, units=units, observed=observed, first=first)
