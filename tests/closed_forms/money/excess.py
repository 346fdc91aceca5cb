"""Excess stock: what is on hand or irrevocably ordered beyond the demand of a stated number of months."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analytics.policy.arguments import Floats, non_negative
from tests.closed_forms.distributions.arguments import whole

__all__ = ["excess_units", "excess_value", "forecast_total"]


def forecast_total(forecast: ArrayLike, horizon: int) -> Floats:
    """Demand expected over the next `horizon` periods.

    Formula: sum of the first `horizon` forecasts. `forecast` (..., periods) units; returns (...) units.
    A horizon beyond the forecast is refused: nothing stands in for missing periods. Source: definition.

    >>> float(forecast_total([60, 55, 50], 2))
    115.0
    """
    f = np.asarray(non_negative("forecast", forecast))
    n = whole("horizon", horizon)
    if n > f.shape[-1]:
        raise ValueError(f"horizon must be at most the {f.shape[-1]} periods of the forecast, got {n}")
    return f[..., :n].sum(axis=-1)


def excess_units(on_hand: ArrayLike, committed: ArrayLike, forecast: ArrayLike, horizon: int) -> Floats:
    """Units beyond the demand of the horizon: a cover rule, not an expected loss.

    Formula: max(0, on hand + orders that cannot be cancelled - forecast over the horizon). Units.
    Do not add it to the exposure to sudden death: the two overlap. Source: practice under lower of cost and net realisable value.

    >>> float(excess_units(1000, 200, [60, 55, 50, 45, 40, 40], 6))
    910.0
    """
    held = non_negative("on_hand", on_hand) + non_negative("committed", committed)
    return np.maximum(held - forecast_total(forecast, horizon), 0.0)


def excess_value(
    on_hand: ArrayLike, committed: ArrayLike, forecast: ArrayLike, horizon: int, unit_cost: ArrayLike
) -> Floats:
    """Book cost of the excess units.

    Formula: excess units x unit cost. Money. Source: as excess_units.

    >>> float(excess_value(1000, 200, [60, 55, 50, 45, 40, 40], 6, 12.5))
    11375.0
    """
    return excess_units(on_hand, committed, forecast, horizon) * non_negative("unit_cost", unit_cost)
