"""Orders that customers have placed already: demand of the near future is no less than what is due."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.kept_apart import ON_HAND
from analytics.forecast.forecast import Forecast
from analytics.forecast.spread.totals import future_starts, mean_in_total
from analytics.naming.labels import number_text

__all__ = ["known_words", "orders_due", "orders_in_demand", "with_known_orders"]


def orders_due(
    apart: pd.DataFrame, skus: NDArray[np.object_], starts: NDArray[np.datetime64], after: np.datetime64
) -> NDArray[np.float64]:
    """Units on order by product and period ahead, (products, periods), from the lines kept beside the sales.

    Lines due before the first period are none of it: what is overdue stands in the sales or is lost. `starts` (periods,) are the first days of the
    periods, `after` the day after the last of them.

    >>> lines = pd.DataFrame({"sku": ["A", "A", "B"], "date": pd.to_datetime(["2024-02-09", "2024-03-01", "2024-01-31"]),
    ...                       "units": [3.0, 4.0, 9.0], "kind": "on hand", "in_demand": False})
    >>> months = np.array(["2024-02-01", "2024-03-01"], "datetime64[D]")
    >>> orders_due(lines, np.array(["A", "B"]), months, np.datetime64("2024-04-01")).tolist()
    [[3.0, 4.0], [0.0, 0.0]]
    """
    out = np.zeros((len(skus), len(starts)))
    lines = apart[(apart["kind"] == ON_HAND) & ~apart["in_demand"].astype(bool)]
    if not len(lines) or not len(starts):
        return out
    day = lines["date"].to_numpy().astype("datetime64[D]")
    place = {str(sku): i for i, sku in enumerate(skus)}
    row = np.array([place.get(str(sku), -1) for sku in lines["sku"]], np.int64)
    column = np.searchsorted(starts.astype("datetime64[D]"), day, side="right") - 1
    inside = (row >= 0) & (column >= 0) & (day < after)
    np.add.at(out, (row[inside], column[inside]), lines["units"].to_numpy(np.float64)[inside])
    return out


def with_known_orders(forecast: Forecast, apart: pd.DataFrame) -> Forecast:
    """The forecast with what customers have on order as a floor of what its tables say of every period and of sums.

    `apart` are the lines beside the sales. The law that simulated years are drawn from stays as it is: it is that of orders to come.
    The notes of a product that has such orders say how many, from when, and what they add.
    """
    horizon = forecast.mean.shape[1]
    starts = future_starts(forecast.first_period, forecast.frequency, horizon + 1)
    known = orders_due(apart, forecast.skus, starts[:-1], starts[-1])
    if not known.any():
        return forecast
    floor = replace(forecast, known=known)
    added = mean_in_total(floor, horizon) - mean_in_total(forecast, horizon)
    notes = list(forecast.notes)
    for i in np.flatnonzero(known.any(axis=1)):
        first = starts[int(np.argmax(known[i] > 0.0))]
        notes[i] = (*notes[i], known_words(float(known[i].sum()), first, float(added[i]), forecast.frequency))
    return replace(floor, notes=tuple(notes))


def orders_in_demand(forecast: Forecast, alive: NDArray[np.float64]) -> NDArray[np.float64]:
    """Units of known orders that the demand expected of their periods holds already, (products,).

    *Formula*: sum over the periods of min(expected demand x `alive`, units due in it); `alive` (products,) is the chance that a
    product still lives. What is due beyond the demand expected of its period is not in it. Source: an order is placed once.
    """
    if forecast.known is None:
        return np.zeros(len(forecast.skus))
    width = min(forecast.known.shape[1], forecast.mean.shape[1])
    expected = forecast.mean[:, :width] * alive[:, None]
    return np.asarray(np.minimum(expected, forecast.known[:, :width]).sum(axis=1))


def known_words(units: float, first: np.datetime64, added: float, frequency: str) -> str:
    """What orders known ahead do to a forecast: `units` on order, due from the period that begins on `first` on; they add `added` units to what is expected.

    >>> known_words(98.0, np.datetime64("2024-07-01"), 75.0, "W")
    'Customers have 98 units on order, due from the week of 2024-07-01 on: no week is forecast below what is due in it, which adds 75 units.'
    >>> known_words(3.0, np.datetime64("2024-07-01"), 0.0, "M")
    'Customers have 3 units on order, due from the month of 2024-07-01 on: no month is forecast below what is due in it, which adds nothing.'
    """
    period = {"D": "day", "W": "week", "M": "month"}[frequency]
    more = f"{number_text(added)} units" if added >= 0.05 else "nothing"
    return (
        f"Customers have {number_text(units)} units on order, due from the {period} of {first} on: "
        f"no {period} is forecast below what is due in it, which adds {more}."
    )
