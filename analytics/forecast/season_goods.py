"""Goods that sell in one part of the year only: the months before their first sale are part of their history."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analytics.demand.panel import DemandPanel
from analytics.forecast.members.seasonal import season_length

__all__ = ["with_quiet_months"]

#: Nine tenths of the units fall into at most a third of the year, in two years at least.
_UNITS = 0.9
_PART = 1.0 / 3.0
_YEARS = 2


def with_quiet_months(panel: DemandPanel) -> DemandPanel:
    """The panel with goods of one season on record from its first period on: nothing was sold of them then, and that was their season.

    A product is one of a season if 90 % of its units fall into at most a third of the year, in two years at least, and its first sale is no more than
    a year after the panel begins; periods in which nothing at all was sold stay unknown. Weeks and months only. Source: a rule of this program.

    >>> from types import SimpleNamespace
    >>> with_quiet_months(SimpleNamespace(frequency="D")).frequency
    'D'
    """
    if panel.frequency == "D":
        return panel
    season, periods = season_length(panel.frequency), panel.units.shape[1]
    late = np.flatnonzero((panel.first > 0) & (panel.first <= season) & (periods > season))
    phase = np.arange(periods) % season
    width = max(1, int(_PART * season))
    chosen = []
    for i in late:
        by_phase = np.bincount(phase, weights=panel.units[i], minlength=season)
        # the part of the year, round its end, that holds most
        edge = np.cumsum(np.concatenate([[0.0], by_phase, by_phase[: width - 1]]))
        held = edge[width:] - edge[:-width]
        begin = int(np.argmax(held))
        inside = (phase - begin) % season < width
        years = np.unique(((np.arange(periods) - begin) // season)[inside & (panel.units[i] > 0.0)])
        if held[begin] >= _UNITS * by_phase.sum() and len(years) >= _YEARS:
            chosen.append(i)
    if not chosen:
        return panel
    traded = panel.units.sum(axis=0) > 0.0
    observed, first = panel.observed.copy(), panel.first.copy()
    for i in chosen:
        observed[i, : first[i]] = traded[: first[i]]
        first[i] = 0
    return replace(panel, observed=observed, first=first)
