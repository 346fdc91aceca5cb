"""What is left at the end of the window: one rule for the study, today's way, families, the split and the replay.

A unit that the plan would order again tomorrow is worth what ordering costs (the *own position*). A unit beyond that
waits its turn: it saves a purchase when it sells, carries its cost until then, and fetches salvage if the product ends
first. With Poisson sales at rate r a year, a chance of ending at rate d, and the m-th unit in turn:

    sold later      P_m = (r / (r + d))^m           stranded later  1 - P_m
    unit-years      T_m = (1 - P_m) / d             (d -> 0: m / r)
    value           W_m = c P_m + v c (1 - P_m) - h c T_m,  at least v c

The units of one place are in `terminal_unit`; here are their sums, as the kernels book them.
Counts and prices stay apart: `later` books units sold later and unit-years later for several cut-offs (a unit whose
expected time is beyond the cut-off counts as stranded at once), prices choose among them afterwards (`best_cut_off`).
"""

# mypy: disable-error-code="no-untyped-def"
from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.machine.kernel_cache import borrower, kernel
from analytics.simulation.ledger import CUT_OFFS

__all__ = [
    "NEVER_YEARS",
    "best_cut_off",
    "credible_level",
    "later",
    "later_counts",
    "own_position",
    "units_within",
    "worth_of_cut_offs",
]  # fmt: skip

Array = NDArray[np.float64]

#: No known end, in years.
NEVER_YEARS = 1e9
#: Chances of ending over the whole wait below which the limit without any is used, and that of a sale that is none.
_NO_HAZARD = 1e-6
_NO_CHANCE = 1e-12
#: Orders expected before a known end beyond which their number is as good as certain.
_MANY = 600.0
#: Against the noise of a division that is a whole number.
_NOISE = 1e-9


@borrower
def later(units, rate, hazard, until, order, longest):
    """Units sold later and unit-years later of so many `units` that wait their turn, both counted up to a cut-off.

    `rate` orders a year of `order` units each (0: any amount, `rate` in units), `hazard` a year, `until` years to a known
    end (1e9: none). Units whose order is expected later than `longest` years from now are left out: stranded at once.
    """
    if units <= 0.0 or rate <= 0.0:
        return 0.0, 0.0
    units = min(units, units_within(rate, order, longest))
    if order <= 0.0:
        return _flow(units, rate, hazard, until)
    full = np.floor(units / order + _NOISE)
    rest = max(units - full * order, 0.0)
    if until < NEVER_YEARS:
        return _before_an_end(full, rest, rate, hazard, until, order)
    if hazard * (full + 1.0) <= _NO_HAZARD * rate:
        years = (order * full * (full + 1.0) / 2.0 + rest * (full + 1.0)) / rate
        return units - hazard * years, years
    reached = -full * np.log1p(hazard / rate)
    sold = order * rate / hazard * -np.expm1(reached) + rest * np.exp(reached) * rate / (rate + hazard)
    return sold, (units - sold) / hazard


@borrower
def units_within(rate, order, longest):
    """Units whose order is expected within `longest` years."""
    if order > 0.0:
        return np.floor(longest * rate + _NOISE) * order
    return longest * rate


@borrower
def _flow(units, rate, hazard, until):
    """The same for goods that are used up steadily: the integral over the places in turn."""
    flowing = min(units, rate * until)
    held = units - flowing
    if hazard * flowing <= _NO_HAZARD * rate:
        years = flowing * flowing / (2.0 * rate)
        sold = flowing - hazard * years
    else:
        sold = rate / hazard * -np.expm1(-hazard * flowing / rate)
        years = (flowing - sold) / hazard
    if held > 0.0:
        years += held * (until if hazard * until <= _NO_HAZARD else -np.expm1(-hazard * until) / hazard)
    return sold, years


@borrower
def _before_an_end(full, rest, rate, hazard, until, order):
    """The same up to a known end: order i sells with P_i = (r / (r + d))^i x chance of at least i in Poisson((r + d) x until), T_i = (P_1 + ... + P_i) / r."""
    mean = (rate + hazard) * until
    certain = mean > _MANY
    chance = 0.0 if certain else np.exp(-mean)
    below = chance  # chance of fewer than i
    survives = 1.0
    chances = 0.0  # P_1 + ... + P_i
    sold = 0.0
    years = 0.0
    i = 0.0
    while i < full + (1.0 if rest > 0.0 else 0.0):
        i += 1.0
        survives *= rate / (rate + hazard)
        reached = 1.0 if certain else max(1.0 - below, 0.0)
        if certain and i > mean:
            reached = 0.0
        chance *= mean / i
        below += chance
        here = survives * reached
        chances += here
        if here < _NO_CHANCE:  # and so are all that follow
            years += ((full - i + 1.0) * order + rest if i <= full else rest) * chances / rate
            break
        quantity = order if i <= full else rest
        sold += quantity * here
        years += quantity * chances / rate
    return sold, years


@borrower
def own_position(target, lot, per_lot, gap, moq, whole):
    """Where a plan orders, and how much: the order-up-to level less the `gap` from which is ordered, and an order from there.

    Its positions lie evenly between them, up to their sum: the level and the lot or minimum less one unit where any shortfall is ordered. An
    order is the least number of lots that reaches the level, at least `moq`; where goods are whole a shortfall is one unit at least.
    A gap beyond the level itself rules nothing.
    """
    short = np.ceil(gap) if whole else gap
    if short > target:  # nothing is left to order from: any shortfall is
        short = 1.0 if whole else 0.0
    quantity = max(max(np.ceil(short * per_lot - _NOISE), 1.0) * lot, moq)
    return target - short, quantity


@borrower
def credible_level(sold, expected, variance, lump):
    """Level of the year's evidence: 1 + w (sold / expected - 1), w = variance / (variance + lump / expected).

    `variance` is that of the level by the forecast, relative to its square, `lump` the units that come together.
    """
    if expected <= 0.0 or variance <= 0.0:
        return 1.0
    weight = variance / (variance + lump / expected)
    return 1.0 + weight * (sold / expected - 1.0)


@kernel
def _later_of_each(units, rate, hazard, until, order, out):
    for i in range(units.shape[0]):
        for c in range(len(CUT_OFFS)):
            sold, years = later(units[i], rate[i], hazard[i], until[i], order[i], float(CUT_OFFS[c]))
            out[i, 0, c] = sold
            out[i, 1, c] = years


def later_counts(
    units: ArrayLike, units_per_year: ArrayLike, hazard_per_year: ArrayLike, until_years: ArrayLike = NEVER_YEARS, order_size: ArrayLike = 1.0
) -> tuple[Array, Array]:  # fmt: skip
    """Units sold later and unit-years later of so many `units` beyond the own position, for every cut-off.

    Sums of `terminal_unit.sold_later` and `years_later` over the places in turn, up to those expected at each of `CUT_OFFS`
    (years). `units`, `units_per_year` (units a year), `hazard_per_year`, `until_years` to a known end (1e9: none) and
    `order_size` (units; 0: any amount) of one shape; returns two arrays of that shape with an axis of cut-offs.
    Source: geometric series of Poisson sales against an exponential life.

    >>> sold, years = later_counts(3.0, 1.0, 0.0)  # one a year: after 1, 2 and 3 years
    >>> sold.tolist(), years.tolist()
    ([1.0, 2.0, 3.0, 3.0, 3.0], [1.0, 3.0, 6.0, 6.0, 6.0])
    """
    columns = np.broadcast_arrays(
        *(
            np.asarray(v, np.float64)
            for v in (units, units_per_year, hazard_per_year, until_years, order_size)
        )
    )
    flat = [np.ascontiguousarray(np.nan_to_num(v, posinf=NEVER_YEARS)).ravel() for v in columns]
    flat[1] = np.where(flat[4] > 0.0, flat[1] / np.where(flat[4] > 0.0, flat[4], 1.0), flat[1])
    out = np.zeros((len(flat[0]), 2, len(CUT_OFFS)))
    _later_of_each(*flat, out)
    shape = (*columns[0].shape, len(CUT_OFFS))
    return out[:, 0].reshape(shape), out[:, 1].reshape(shape)


def worth_of_cut_offs(
    hazard_per_year: ArrayLike, holding_rate: ArrayLike, salvage_share: ArrayLike, longest_years: ArrayLike
) -> Array:
    """What leftovers add to their salvage at the cut-offs 0 and `CUT_OFFS`, per unit of value sold a year: the sum that `best_cut_off` takes the largest of.

    NaN counts as 0; minus infinite beyond `longest_years`. Returns the common shape plus (cut-offs,). Source: `best_cut_off`.

    >>> worth_of_cut_offs(0.0, 0.17, 0.2, 2.0).round(3).tolist()
    [0.0, 0.715, 1.26, -inf, -inf, -inf]
    """
    hazard, holding, salvage, longest = (
        np.nan_to_num(np.asarray(v, np.float64))[..., None]
        for v in (hazard_per_year, holding_rate, salvage_share, longest_years)
    )
    years = np.array([0.0, *CUT_OFFS])
    some = np.maximum(hazard, _NO_HAZARD)
    living = np.where(hazard > _NO_HAZARD, -np.expm1(-some * years) / some, years)
    carried = np.where(hazard > _NO_HAZARD, (years - living) / some, years**2 / 2.0)
    return np.where(years <= longest + _NOISE, (1.0 - salvage) * living - holding * carried, -np.inf)


def best_cut_off(
    hazard_per_year: ArrayLike, holding_rate: ArrayLike, salvage_share: ArrayLike, longest_years: ArrayLike
) -> Array:
    """The cut-off, of 0 and `CUT_OFFS` up to `longest_years`, at which leftovers that sell one after the other are worth most.

    A unit that is expected to sell after t years adds (1 - salvage_share) x exp(-hazard t) - holding_rate x (1 - exp(-hazard t)) / hazard
    to its salvage; the sum up to a cut-off y is (1 - v) H + (H - y) h / d, H = (1 - exp(-d y)) / d (without a hazard: (1 - v) y - h y^2 / 2).
    So counts stay apart from prices and prices stay rates: whichever cut-off is taken, its value is one that
    holding or selling off at once can reach. NaN counts as 0. Returns years, of the common shape. Source: `terminal_unit.unit_value`, integrated.

    >>> best_cut_off([0.0, 0.1, 0.0], [0.17, 0.17, 0.6], 0.2, 4.0).tolist()
    [4.0, 4.0, 1.0]
    """
    worth = worth_of_cut_offs(hazard_per_year, holding_rate, salvage_share, longest_years)
    return np.asarray(np.array([0.0, *CUT_OFFS])[np.argmax(worth, axis=-1)])
