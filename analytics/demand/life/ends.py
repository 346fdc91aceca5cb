"""Ends of products: the rate at which a family loses products, and calendars of ends that share dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import pdtrc

from analytics.data.values.period_names import ENGLISH_MONTHS
from analytics.demand.panel import DemandPanel

__all__ = [
    "RATES",
    "RATES_SPREAD",
    "EndCalendar",
    "EndRates",
    "calendar_of_ends",
    "rates_by_family",
    "shared_dates",
]

#: Rates of ending a year that a company may have (models that stay for two hundred years to such that stay for three weeks), at which lives are looked at,
#: and the spread of their logarithm over companies.
RATES, RATES_SPREAD = np.geomspace(0.005, 20.0, 33), 1.5
_FAMILY_SHAPE = 2.0
#: The rates between, and how each is shared out over the two of `RATES` beside it.
_FINE = np.geomspace(RATES[0], RATES[-1], 129)
_NEAREST = np.maximum(1.0 - np.abs(np.arange(129)[:, None] / 4.0 - np.arange(33)), 0.0)
_ENOUGH_ENDS = 3
_WINDOW_DAYS = 15
_SALES_WINDOW_DAYS = 45
_STRONG = 0.6


def _through_four() -> NDArray[np.float64]:
    """What makes of values at `RATES` those at `_FINE`: cubics through the four nearest (Lagrange), shape (fine, rates)."""
    out = np.zeros((len(_FINE), len(RATES)))
    for place in range(len(_FINE)):
        four = min(max(place // 4 - 1, 0), len(RATES) - 4) + np.arange(4)
        for knot in four:
            others = four[four != knot]
            out[place, knot] = np.prod((place / 4.0 - others) / (knot - others))
    return out


_CUBIC = _through_four()


@dataclass(frozen=True, eq=False)
class EndCalendar:
    """Ends that share dates: `announced` (products whose past end fell on such a date), `next_end` per product, sentences."""

    announced: NDArray[np.bool_]
    next_end: NDArray[np.datetime64]
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class EndRates:
    """Rates per year at which products end unannounced, and what they leave of each product.

    Per product: `value` (the mean of what the rate may be), `low` and `high` (its 5th and 95th percentile) and `alive`, the probability of being alive now.
    """

    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    alive: NDArray[np.float64]


def rates_by_family(
    family: NDArray[Any],
    considered: NDArray[np.bool_],
    alive: NDArray[np.float64],
    likely: NDArray[np.float64],
    default: float,
) -> EndRates:
    """Rate per year at which products of each product's family end unannounced, and whether each lives, with the rate as unsure as the file leaves it.

    The company's rate is log-normal before the file is seen: median the assumed one, the logarithm with a standard deviation of 1.5, since some companies
    lose one product in fifty a year and others every second. Rates of families scatter around it as a gamma law of shape 2 does; where all products
    are of one family the company's rate is theirs. What every rate makes of the lives seen (sold so long, silent since) turns both into what they
    may be now, and the probability of being alive is the mean over it, never that at one rate: with a handful of products nobody knows the rate.

    Parameters: considered (products,), whose lives tell of unannounced ends; alive and likely (products, `RATES`), the probability of being alive and the
    logarithm of the probability of the life seen, at each of `RATES`; default, the assumed rate. Source: Bayes' rule on a grid; families as in
    van Jaarsveld and Dekker 2011.
    """
    names, code = np.unique(family.astype(str), return_inverse=True)
    by_family = np.zeros((len(names), len(RATES)))
    np.add.at(by_family, code[considered], likely[considered])
    fine = np.log(_FINE)
    by_family = by_family @ _CUBIC.T
    company = -0.5 * (np.log(_FINE / default) / RATES_SPREAD) ** 2
    if len(names) == 1:
        weight = _shares(company + by_family)
    else:
        # rows: the company's rate; columns: a family's
        scatter = _shares(_FAMILY_SHAPE * (fine[None, :] - fine[:, None] - _FINE[None, :] / _FINE[:, None]))
        seen = np.exp(by_family - by_family.max(axis=1, keepdims=True))
        made = seen @ scatter.T
        of_company = _shares(company + np.log(made).sum(axis=0))
        weight = seen * ((of_company / made) @ scatter)
    below = weight.cumsum(axis=1) - 0.5 * weight
    low, high = (np.exp(np.array([np.interp(level, row, fine) for row in below])) for level in (0.05, 0.95))
    at_rates = (weight @ _NEAREST)[code]
    lives, ended = (at_rates * alive).sum(axis=1), (at_rates * (1.0 - alive)).sum(axis=1)
    return EndRates(
        (weight @ _FINE)[code],
        low[code],
        high[code],
        # exact at both ends: no silence is 1, and years of it are never 0
        np.where(lives > 0.5, 1.0 - ended, lives),
    )


def _shares(log_weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights that add up to 1 along the last axis, from their logarithms."""
    weight = np.exp(log_weight - log_weight.max(axis=-1, keepdims=True))
    return np.asarray(weight / weight.sum(axis=-1, keepdims=True), np.float64)


def shared_dates(dates: NDArray[np.datetime64], at_least: int = 3) -> NDArray[np.bool_]:
    """Which ends fall together with others: at least three within three days, and more than chance would bring together.

    Chance: ends spread evenly over their span, Poisson tail below one in a thousand. Shape as `dates`.

    >>> import numpy as np
    >>> shared_dates(np.array(["2022-12-27"] * 4 + ["2021-03-05", "2021-09-30"], "datetime64[D]")).tolist()
    [True, True, True, True, False, False]
    """
    if len(dates) < at_least:
        return np.zeros(len(dates), np.bool_)
    number = dates.astype("datetime64[D]").astype(np.int64)
    ordered = np.sort(number)
    together = np.searchsorted(ordered, number + 3, side="right") - np.searchsorted(
        ordered, number - 3, side="left"
    )
    span = max(int(ordered[-1] - ordered[0]) + 1, 365)
    return (together >= at_least) & (pdtrc(together - 1, len(dates) * 7.0 / span) < 0.001)


def calendar_of_ends(
    panel: DemandPanel, family: NDArray[Any], end_date: NDArray[np.datetime64], dead: NDArray[np.bool_]
) -> EndCalendar:
    """Ends that share dates: announced changes of models, and the next one where they come every year.

    Given end dates that fall together (`shared_dates`, over the company or a family) are announced: they do not count in the rate of sudden
    ends. A family's next end is taken as known only where its ends (given, else the last sales of products taken as dead) fall around one
    day of the year (fifteen days; 45 where read off last sales) in at least two years, with three products and 60 % of those then alive
    each time, 60 % of all the family's ends in total, and no year since then without.
    """
    products = len(panel.skus)
    nat = np.datetime64("NaT", "D")
    next_end = np.full(products, nat, "datetime64[D]")
    announced = np.zeros(products, np.bool_)
    yearly: list[tuple[str, int, int, int, int]] = []
    notes: list[str] = []
    sold = panel.first >= 0
    after = np.append(panel.starts[1:], panel.next_start)
    begun = np.where(sold, panel.starts[np.maximum(panel.first, 0)], nat)
    given = sold & ~np.isnat(end_date) & (end_date < panel.next_start)
    ended_on = np.where(
        given, end_date, np.where(dead & sold, after[np.maximum(panel.last, 0)] - np.timedelta64(1, "D"), nat)
    )
    rows = np.flatnonzero(given)
    announced[rows] = shared_dates(end_date[rows])
    names, code = np.unique(family.astype(str), return_inverse=True)
    by_family = np.argsort(code, kind="stable")
    edges = np.searchsorted(code[by_family], np.arange(len(names) + 1))
    for k, name in enumerate(names):
        mine = by_family[edges[k] : edges[k + 1]]
        mine = mine[sold[mine]]
        past = mine[~np.isnat(ended_on[mine])]
        if len(past) < _ENOUGH_ENDS:
            continue
        written = past[given[past]]
        announced[written] |= shared_dates(end_date[written])
        day, members = _yearly_day(
            ended_on, begun, mine, past, panel.next_start, seen_late=len(written) < 0.5 * len(past)
        )
        if day < 0:
            continue
        announced[members] = True
        living = mine[np.isnat(ended_on[mine]) & np.isnat(end_date[mine])]
        for i in living:
            next_end[i] = _next_anniversary(max(panel.next_start, begun[i] + np.timedelta64(90, "D")), day)
        yearly.append((str(name) or "this company", day, len(members), len(past), len(living)))
    if any(living for *_, living in yearly):
        named = ", ".join(
            f"{name} ({_day_text(day)}: {ends} of {past} ends)" for name, day, ends, past, _ in yearly[:3]
        )
        notes.append(
            f"Models change on the same day every year in {named}{', ...' if len(yearly) > 3 else ''}: "
            f"the next such day is taken as the known end of {sum(living for *_, living in yearly):,} living products without an end date."
        )
    if announced.any() and not notes:
        dates, count = np.unique(ended_on[announced].astype("datetime64[M]"), return_counts=True)
        when = ", ".join(f"{c} in {d}" for d, c in zip(dates, count, strict=True))
        notes.append(
            f"{int(announced.sum()):,} products ended together ({when if len(dates) <= 4 else f'on {len(dates)} dates'}): read as announced changes of models, "
            "not as sudden ends. Enter the next end dates where you know them."
        )
    return EndCalendar(announced, next_end, tuple(notes))


def _yearly_day(
    ended_on: NDArray[np.datetime64],
    begun: NDArray[np.datetime64],
    mine: NDArray[np.intp],
    past: NDArray[np.intp],
    data_end: np.datetime64,
    seen_late: bool,
) -> tuple[int, NDArray[np.intp]]:
    """Day of the year (0 to 364) on which a family's products end every year, and the products that did; -1 where there is none.

    `seen_late`: ends are read off last sales, which for slow sellers come weeks before the end; the window is wider and the day late in it.
    """
    window_days, late = (_SALES_WINDOW_DAYS, 0.9) if seen_late else (_WINDOW_DAYS, 0.5)
    none = -1, past[:0]
    dates = ended_on[past]
    year_start = dates.astype("datetime64[Y]").astype("datetime64[D]")
    day_of_year = (dates - year_start).astype(np.int64)
    best = _commonest_day(day_of_year, window_days, late)
    offset = (day_of_year - best + 182) % 365 - 182
    near = (
        (offset >= -2 * window_days) & (offset <= window_days) if seen_late else np.abs(offset) <= window_days
    )
    # the year of the anniversary, also for ends just across the turn of the year
    anniversary = (dates - offset.astype("timedelta64[D]")).astype("datetime64[Y]").astype(np.int64)
    window = np.timedelta64(window_days, "D")
    years: list[int] = []
    for year in np.unique(anniversary[near]):
        group = past[near & (anniversary == year)]
        middle = np.sort(ended_on[group])[len(group) // 2]
        living = mine[
            (begun[mine] < middle - 2 * window)
            & (np.isnat(ended_on[mine]) | (ended_on[mine] >= middle - window))
        ]
        if len(group) >= _ENOUGH_ENDS and len(group) >= _STRONG * max(len(living), 1):
            years.append(int(year))
    kept = near & np.isin(anniversary, years)
    if len(years) < 2 or kept.sum() < _STRONG * len(past):
        return none
    last = (np.datetime64(years[-1], "Y").astype("datetime64[D]")) + np.timedelta64(best, "D")
    if data_end > last + np.timedelta64(365 + 2 * window_days, "D") or years != list(
        range(years[0], years[-1] + 1)
    ):
        return none
    return best, past[kept]


def _day_text(day_of_year: int) -> str:
    date = (np.datetime64("2023-01-01", "D") + np.timedelta64(day_of_year, "D")).astype(object)
    return f"{date.day} {ENGLISH_MONTHS[date.month - 1]}"


def _commonest_day(day_of_year: NDArray[np.int64], window_days: int, quantile: float) -> int:
    """The day of the year (0 to 364) with most ends within the window around it; this quantile of those."""
    counts = np.bincount(np.minimum(day_of_year, 364), minlength=365)
    wrapped = np.concatenate([counts[-window_days:], counts, counts[:window_days]])
    centre = int(np.convolve(wrapped, np.ones(2 * window_days + 1), "valid").argmax())
    offset = (day_of_year - centre + 182) % 365 - 182
    return int((centre + round(float(np.quantile(offset[np.abs(offset) <= window_days], quantile)))) % 365)


def _next_anniversary(after: np.datetime64, day_of_year: int) -> np.datetime64:
    year = after.astype("datetime64[Y]")
    date = year.astype("datetime64[D]") + np.timedelta64(day_of_year, "D")
    return date if date >= after else (year + 1).astype("datetime64[D]") + np.timedelta64(day_of_year, "D")
