"""What holding stock costs a year, rate by rate: what is booked, and the cost of capital that is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["CarryingCost", "CarryingOfPlan", "carrying_cost"]

Array = NDArray[np.float64]


class CarryingCost(NamedTuple):
    """Money a year, shape of the stock given: `capital` is charged but not booked, the others are booked.

    `shrinkage` is 0 where it is part of the insurance rate.
    """

    capital: Array
    storage_handling: Array
    insurance: Array
    shrinkage: Array

    @property
    def booked(self) -> Array:
        """What appears in the accounts: storage and handling, insurance, shrinkage. Money a year."""
        return self.storage_handling + self.insurance + self.shrinkage

    @property
    def economic(self) -> Array:
        """What holding stock costs the firm: booked and capital. Money a year."""
        return self.booked + self.capital


def carrying_cost(
    average_stock: ArrayLike, capital_rate: ArrayLike, storage_rate: ArrayLike, insurance_rate: ArrayLike, shrinkage_rate: ArrayLike = 0.0,
    average_in_process: ArrayLike = 0.0,
) -> CarryingCost:  # fmt: skip
    """Average stock at cost x each rate a year; work in process bears capital alone.

    Money a year, shape of what is given.

    Formula: capital = capital_rate x (stock + work in process); the others their rate x stock. Raises
    ValueError for a rate below 0. Source: definition (case CARRY-01).

    >>> found = carrying_cost(1000.0, 0.09, 0.05, 0.012, 0.008)
    >>> float(found.capital), round(float(found.economic), 2)
    (90.0, 160.0)
    """
    rates = [np.asarray(r, np.float64) for r in (capital_rate, storage_rate, insurance_rate, shrinkage_rate)]
    if any(np.any(rate < 0.0) for rate in rates):
        raise ValueError("carrying_cost: no rate can be below zero")
    stock, process = np.asarray(average_stock, np.float64), np.asarray(average_in_process, np.float64)
    return CarryingCost(rates[0] * (stock + process), *(rate * stock for rate in rates[1:]))


@dataclass(frozen=True)
class CarryingOfPlan:
    """What holding the stock of one scope costs a year, money.

    `scope` in words, the average stock at cost that it is on, and the cost by rate.
    """

    scope: str
    average_stock: float
    cost: CarryingCost

    @property
    def booked(self) -> float:
        """The booked view: storage and handling, insurance and shrinkage.

        booked = storage_handling + insurance + shrinkage. Money a year.
        """
        return float(self.cost.booked)

    @property
    def economic(self) -> float:
        """The economic view: what is booked, and the cost of capital.

        economic = booked + capital. Money a year.
        """
        return float(self.cost.economic)
