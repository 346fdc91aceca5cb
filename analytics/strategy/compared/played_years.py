"""What is kept of products played path by path under one strategy: money, waits and service of every simulated year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.strategy.compared.reference_worlds import References, money_in_references
from analytics.strategy.money.in_force import money_in_force
from analytics.strategy.money.measures import (
    WAIT_FORMULAS,
    WaitingUnits,
    physical_measures,
    priced_measures,
    service_curve,
    waiting_units,
    waits_of,
)
from analytics.strategy.money.price import (
    MONEY_FIELDS,
    count_by_count,
    money_values,
    profit_rates,
    reacted,
)
from analytics.strategy.plans.draws import drawn_values

__all__ = ["SERVICE_DAYS", "Part", "Years", "part_of", "quantiles_of_years"]

Array = NDArray[np.float64]

#: Days of the service curve.
SERVICE_DAYS = np.array([0.0, 1.0, 3.0, 5.0, 7.0, 10.0, 14.0, 17.0, 21.0, 28.0, 35.0, 42.0, 56.0, 70.0, 90.0])


@dataclass(frozen=True, eq=False)
class Part:
    """Some products under one strategy, path by path: what is kept of it.

    `by_world` is expected money in reference worlds (None: too few years), `lost` what is lost by year (None: not asked for).
    """

    index: NDArray[np.intp]
    by_path: NDArray[np.float32]
    in_force: Array
    low: dict[str, Array]
    high: dict[str, Array]
    waits: dict[str, Array]
    waiting: WaitingUnits
    served: Array
    perfect: Array
    by_world: NDArray[np.float32] | None = None
    lost: Array | None = None


@dataclass(frozen=True, eq=False)
class Years:
    """Some products under one strategy as they were played, path by path.

    index: (products,), their positions in the portfolio.
    counts, certain: (products, paths, counts), of the drawn years, and with every value in force.
    steps_waited: (products, steps), units by steps waited, with every value in force.
    expected: (products, counts), counts of the year.
    told: (products,), days that every customer is told to wait.
    step_days: (products,), days in a step.
    """

    index: NDArray[np.intp]
    counts: Array
    certain: Array
    steps_waited: Array
    expected: Array
    told: Array
    step_days: Array


def quantiles_of_years(values: Array) -> tuple[Array, Array]:
    """5th and 95th percentile along the last axis: the order statistics at 5 % and 95 % of the ranks.

    >>> [float(q) for q in quantiles_of_years(np.arange(21.0))]
    [1.0, 19.0]
    """
    count = values.shape[-1]
    lower, upper = round(0.05 * (count - 1)), round(0.95 * (count - 1))
    ordered = np.sort(values, axis=-1)  # faster than parting at two ranks
    return ordered[..., lower].copy(), ordered[..., upper].copy()  # a view would keep all that was ordered


def part_of(
    own: Items, name: str, years: Years, uniforms: Mapping[str, Array], inner: int, references: References | None
) -> Part:  # fmt: skip
    """What is kept of products (`own`) played path by path under the strategy of that name.

    `uniforms` are arrays (draws,) by field; `references` say what drives the counts (None: too few years to tell).
    """
    counts, certain = years.counts, years.certain
    in_force = money_in_force(
        certain.reshape(len(certain), -1, inner, certain.shape[2]).mean(axis=2), name, own
    )
    draw_of = np.arange(counts.shape[1]) // inner
    drawn = money_values(
        own, name, {field: drawn_values(own, field, uniforms[field]) for field in MONEY_FIELDS}
    )
    money = {field: column[:, draw_of] for field, column in drawn.items()}
    after = reacted(count_by_count(counts), name, money)
    amounts = priced_measures(after, money)
    bounds = {m: quantiles_of_years(values) for m, values in {**physical_measures(after), **amounts}.items()}
    physical = physical_measures(years.expected)
    waiting = waits_of(physical["units_sold"], years.steps_waited, years.told, years.step_days)
    waits = {m: formula(waiting) for m, formula in WAIT_FORMULAS.items()}
    served = service_curve(
        physical["units_demanded"],
        physical["units_sold"],
        years.steps_waited,
        years.told,
        SERVICE_DAYS,
        years.step_days,
    )
    rates = profit_rates(drawn, name)
    profit = np.einsum("npc,npc->np", counts, rates[:, draw_of])
    by_world = (
        None if references is None else money_in_references(counts, rates, references).astype(np.float32)
    )
    low, high = ({m: b[k] for m, b in bounds.items()} for k in (0, 1))
    who = waiting_units(waiting, years.index)
    return Part(
        years.index,
        profit.astype(np.float32),
        in_force,
        low,
        high,
        waits,
        who,
        served,
        amounts["benchmark"],
        by_world,
    )
