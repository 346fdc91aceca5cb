"""Ends of products: the rate at which a family loses products, and calendars of ends that share dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import gamma

from analytics.demand.alive import family_hazard
from analytics.demand.panel import DemandPanel

__all__ = ["EndCalendar", "calendar_of_ends", "hazard_by_family"]

_COMPANY_PRIOR = 1.0
_FAMILY_PRIOR = 2.0
_ENOUGH_ENDS = 3
_WINDOW_DAYS = 15
_STRONG = 0.6
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


@dataclass(frozen=True, eq=False)
class EndCalendar:
    """Ends that share dates: `announced` (products whose past end fell on such a date), `next_end` per product, sentences."""

    announced: NDArray[np.bool_]
    next_end: NDArray[np.datetime64]
    notes: tuple[str, ...]


def hazard_by_family(
    panel: DemandPanel, family: NDArray[Any], considered: NDArray[np.bool_], alive: NDArray[np.float64], dead: NDArray[np.bool_], default: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Rate per year at which products of each product's family end unannounced: value, 5 %, 95 %, and whether it rests on evidence.

    Ends are counted as the sum of the probabilities of being dead; time at risk runs from the first to the last sale, and on through
    the silence as far as the product is alive. The company's rate starts from the assumed one (one end in 1 / default product-years) and is the
    prior (two ends) of each family. Evidence: an end seen, or so much time at risk that three ends would be expected by default.

    Returns: four arrays of shape (products,), rates per year. Source: `family_hazard`.
    """
    periods = panel.units.shape[1]
    active = np.where(panel.first >= 0, panel.last - panel.first + 1, 0)
    silence = np.where(panel.first >= 0, periods - 1 - panel.last, 0)
    at_risk = np.where(considered, (active + alive * silence) / panel.periods_per_year, 0.0)
    ends = np.where(considered, 1.0 - alive, 0.0)
    seen = considered & dead
    company = float(family_hazard(_COMPANY_PRIOR, _COMPANY_PRIOR / default, ends.sum(), at_risk.sum()))
    names, code = np.unique(family.astype(str), return_inverse=True)
    count = np.bincount(code, weights=ends, minlength=len(names))
    time = np.bincount(code, weights=at_risk, minlength=len(names))
    single = len(names) == 1
    prior_a = _COMPANY_PRIOR if single else _FAMILY_PRIOR
    prior_b = _COMPANY_PRIOR / default if single else _FAMILY_PRIOR / company
    shape, rate = prior_a + count, prior_b + time
    value = np.asarray(family_hazard(prior_a, prior_b, count, time))
    low, high = gamma.ppf(0.05, shape) / rate, gamma.ppf(0.95, shape) / rate
    evidence = bool(seen.any()) or at_risk.sum() * default >= 3.0
    return value[code], low[code], high[code], np.full(len(panel.skus), evidence)


def calendar_of_ends(panel: DemandPanel, family: NDArray[Any], end_date: NDArray[np.datetime64], dead: NDArray[np.bool_]) -> EndCalendar:
    """Ends of a family that share dates year after year: a calendar for its living products, not a hazard.

    A date counts where at least three products of the family (or of the company, where families are unknown) end within fifteen days of
    it. The calendar is taken for granted where this happened in at least two years around the same day, covers at least 60 % of the
    family's ends and took at least 60 % of the products then alive; otherwise it is only mentioned.
    Ends are end dates of the items, else the end of the period of the last sale of products taken as dead.
    """
    products = len(panel.skus)
    nat = np.datetime64("NaT", "D")
    next_end = np.full(products, nat, "datetime64[D]")
    announced = np.zeros(products, np.bool_)
    notes: list[str] = []
    sold = panel.first >= 0
    after = np.append(panel.starts[1:], panel.next_start)
    begun = np.where(sold, panel.starts[np.maximum(panel.first, 0)], nat)
    ended_on = np.where(~np.isnat(end_date) & (end_date < panel.next_start), end_date, np.where(dead, after[np.maximum(panel.last, 0)] - np.timedelta64(1, "D"), nat))
    ended_on = np.where(sold, ended_on, nat)
    for name in np.unique(family.astype(str)):
        mine = np.flatnonzero((family == name) & sold)
        ends = ended_on[mine]
        past = mine[~np.isnat(ends)]
        if len(past) < _ENOUGH_ENDS:
            continue
        dates = ended_on[past]
        years, months = dates.astype("datetime64[Y]"), dates.astype("datetime64[D]")
        day_of_year = (months - years.astype("datetime64[D]")).astype(np.int64)
        best = _commonest_day(day_of_year)
        distance = np.abs((day_of_year - best + 182) % 365 - 182)
        near = distance <= _WINDOW_DAYS
        year_number = years.astype(np.int64) + np.where(day_of_year - best > 182, 1, 0) - np.where(day_of_year - best < -182, 1, 0)
        strong_years, shares = [], []
        for year in np.unique(year_number[near]):
            group = past[near & (year_number == year)]
            if len(group) < _ENOUGH_ENDS:
                continue
            anchor = np.sort(ended_on[group])[len(group) // 2]
            window = np.timedelta64(_WINDOW_DAYS, "D")
            living = mine[(begun[mine] < anchor - 2 * window) & (np.isnat(ended_on[mine]) | (ended_on[mine] >= anchor - window))]
            strong_years.append(int(year))
            shares.append(len(group) / max(len(living), 1))
        if not strong_years:
            continue
        counted = near & np.isin(year_number, strong_years)
        covered = counted.sum() / len(past)
        label = f"family {name}" if name else "this company"
        when = (np.datetime64("2023-01-01", "D") + np.timedelta64(best, "D")).astype(object)
        day_text = f"{when.day} {_MONTHS[when.month - 1]}"
        if len(strong_years) >= 2 and covered >= _STRONG and min(shares) >= _STRONG:
            living = mine[np.isnat(ended_on[mine]) & np.isnat(end_date[mine])]
            for i in living:
                next_end[i] = _next_anniversary(max(panel.next_start, begun[i] + np.timedelta64(90, "D")), best)
            announced[past[counted]] = True
            notes.append(f"Products of {label} end around {day_text} every year ({int(counted.sum())} of {len(past)} ends): taken as the known end of its {len(living)} living products.")
        else:
            notes.append(f"{int(counted.sum())} of {len(past)} ends of {label} fall around {day_text}; this may be a yearly change of models. Enter end dates to use it.")
    return EndCalendar(announced, next_end, tuple(notes))


def _commonest_day(day_of_year: NDArray[np.int64]) -> int:
    """The day of the year (0 to 364) with most ends within the window around it; the median of those."""
    counts = np.bincount(np.minimum(day_of_year, 364), minlength=365)
    wrapped = np.concatenate([counts[-_WINDOW_DAYS:], counts, counts[:_WINDOW_DAYS]])
    centre = int(np.convolve(wrapped, np.ones(2 * _WINDOW_DAYS + 1), "valid").argmax())
    offset = (day_of_year - centre + 182) % 365 - 182
    return int((centre + np.median(offset[np.abs(offset) <= _WINDOW_DAYS])) % 365)


def _next_anniversary(after: np.datetime64, day_of_year: int) -> np.datetime64:
    year = after.astype("datetime64[Y]")
    date = year.astype("datetime64[D]") + np.timedelta64(day_of_year, "D")
    return date if date >= after else (year + 1).astype("datetime64[D]") + np.timedelta64(day_of_year, "D")
