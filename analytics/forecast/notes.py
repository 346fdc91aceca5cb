"""What a planner should know about how each forecast came about: short histories, gaps, outliers, launches, and which methods speak."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.demand.panel import DemandPanel
from analytics.forecast.launch import Launch, launch_words
from analytics.forecast.members.origins import METHODS, Rolling
from analytics.forecast.members.seasonal import season_length
from analytics.forecast.rare import RareRates, rare_words
from analytics.forecast.spread.interval_quantiles import CLASSES

__all__ = ["forecast_notes", "periods_of_history", "with_trees"]


def periods_of_history(panel: DemandPanel) -> NDArray[np.int64]:
    """Periods on record of every product since its first sale (products,); 0 where nothing was sold."""
    since = np.arange(panel.units.shape[1])[None, :] >= np.maximum(panel.first, 0)[:, None]
    return np.where(panel.first >= 0, (panel.observed & since).sum(axis=1), 0)


def forecast_notes(
    panel: DemandPanel,
    rolling: Rolling,
    protection: NDArray[np.float64],
    label: NDArray[np.int8],
    weights: NDArray[np.float64],
    forms: dict[int, str],
    launches: dict[int, Launch],
    rare: RareRates,
) -> tuple[tuple[tuple[str, ...], ...], NDArray[Any]]:
    """Notes and name of the method, one per product.

    `weights` (products, methods) of the combination now, `forms` of ETS, `launches` of new products, `rare` the rates of rare ones.
    """
    length, interval = periods_of_history(panel), rolling.interval
    known = np.isfinite(rolling.actual).sum(axis=1)
    unit = {"D": "days", "W": "weeks", "M": "months"}[panel.frequency]
    order = np.argsort(-weights, axis=1, kind="stable")
    highest = rolling.highest[:, 0]
    second = (
        np.partition(np.where(panel.observed, panel.units, 0.0), -2, axis=1)[:, -2]
        if panel.units.shape[1] > 1
        else np.zeros(len(label))
    )
    column = np.arange(panel.units.shape[1])[None, :]
    inside = (column >= panel.first[:, None]) & (column <= panel.last[:, None])
    gaps = (inside & ~panel.observed).sum(axis=1)
    seen = inside & panel.observed
    alike = np.where(seen, panel.units, np.inf).min(axis=1, initial=np.inf) == np.where(
        seen, panel.units, -np.inf
    ).max(axis=1, initial=-np.inf)
    alike &= seen.sum(axis=1) > 2
    notes: list[tuple[str, ...]] = []
    method = np.empty(len(panel.skus), dtype=object)
    names = (*METHODS, "ETS")
    for i in range(len(panel.skus)):
        if panel.first[i] < 0:
            method[i] = "no sales"
            notes.append(("No sale on record: nothing to forecast.",))
            continue
        said: list[str] = []
        if known[i] == 0:
            said.append(
                f"Only {int(length[i])} {unit if length[i] != 1 else unit[:-1]} of history: too short to test a forecast; spread borrowed from similar products."
            )
        elif known[i] < 6:
            said.append(
                f"Forecast tested at {known[i]} past date{'s' if known[i] != 1 else ''} only; its spread leans on similar products."
            )
        if protection[i] > interval[i] + 0.75:
            said.append(
                f"History too short for a protection interval of {protection[i]:.1f} {unit}: errors measured over {int(interval[i])} and scaled up."
            )
        if length[i] < season_length(panel.frequency):
            said.append("History shorter than a season: no season of its own.")
        if gaps[i]:
            said.append(
                f"{int(gaps[i])} {unit} between its first and last sale are not on record: left out, not counted as zero."
            )
        if alike[i]:
            said.append("Every period brought the same: its spread is that of similar products.")
        if second[i] > 0 and highest[i] > 30.0 * second[i]:
            said.append(
                f"One period of {highest[i]:,.0f} units stands far above all others; it counts for less in the forecast."
            )
        if i in forms:
            said.append(
                f"{forms[i]} by statsmodels, chosen by AICc, counts for {weights[i, -1]:.0%} of the combination."
            )
        if i in launches and launches[i].share > 0.0:
            said.append(launch_words(launches[i]))
        if rare.rows[i]:
            said.append(rare_words(rare, i))
        best = ", ".join(f"{names[k]} {weights[i, k]:.0%}" for k in order[i, :3])
        method[i] = f"combination ({CLASSES[label[i]]}): {best} and others"
        if rare.rows[i]:
            method[i] = f"counted sales; spread of a {method[i]}"
        notes.append(tuple(said))
    return tuple(notes), method


def with_trees(method: NDArray[Any], share: float) -> NDArray[Any]:
    """The names of the methods with what boosted trees over all products count for in the quantiles; unchanged where that is nothing.

    >>> with_trees(np.array(["combination (smooth): Theta 90 % and others", "no sales"], object), 0.25).tolist()
    ['combination (smooth): Theta 90 % and others; trees over all products count for 25% of its quantiles', 'no sales']
    """
    if not share:
        return method
    out = method.copy()
    for i in np.flatnonzero(method != "no sales"):
        out[i] = f"{method[i]}; trees over all products count for {share:.0%} of its quantiles"
    return out
