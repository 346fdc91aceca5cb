"""Ends of products: the rate at which a family loses products, and calendars of ends that share dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, pdtrc

from analytics.data.values.period_names import ENGLISH_MONTHS
from analytics.demand.life.alive import family_hazard
from analytics.demand.panel import DemandPanel

__all__ = ["EndCalendar", "calendar_of_ends", "hazard_by_family", "shared_dates"]

_COMPANY_PRIOR = 1.0
_FAMILY_PRIOR = 2.0
_ENOUGH_ENDS = 3
_WINDOW_DAYS = 15
_SALES_WINDOW_DAYS = 45
_STRONG = 0.6


@dataclass(frozen=True, eq=False)
class EndCalendar:
    """Ends that share dates: `announced` (products whose past end fell on such a date), `next_end` per product, sentences."""

    announced: NDArray[np.bool_]
    next_end: NDArray[np.datetime64]
    notes: tuple[str, ...]


def hazard_by_family(
    panel: DemandPanel,
    family: NDArray[Any],
    considered: NDArray[np.bool_],
    alive: NDArray[np.float64],
    dead: NDArray[np.bool_],
    default: float,
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
    value = np.asarray(family_hazard(prior_a, prior_b, count, time), np.float64)
    low, high = (np.asarray(gammaincinv(shape, level), np.float64) / rate for level in (0.05, 0.95))
    evidence = bool(seen.any()) or at_risk.sum() * default >= 3.0
    return value[code], low[code], high[code], np.full(len(panel.skus), evidence)


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
