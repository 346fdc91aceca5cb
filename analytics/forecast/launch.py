"""New products: the first year of past launches in the family, or of the product the user names as similar, scaled by what has been sold so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.demand.panel import DemandPanel

__all__ = [
    "Launch",
    "first_years",
    "is_launch",
    "launch_curve",
    "launch_forecasts",
    "launch_words",
    "scaled_launch",
    "similar_positions",
]

#: Launches on record from which a curve is drawn; a family's curve counts as the portfolio's when it rests on as many.
_FEWEST = 5
#: How much the usual first year may count, in shares of a year sold so far: the past decides; that of a product the user names.
_WORTHS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_NAMED_WORTH = 0.2


@dataclass(frozen=True, eq=False)
class Launch:
    """What past launches say of one new product.

    What past launches say of one new product: `total` units over its interval, how much that counts beside the combination (`share`, 0 to 1),
    and `shape` (horizon,), the demand of each period ahead relative to the interval's mean; `launches` how many were looked at, `like` the one named.
    """

    total: float
    share: float
    shape: NDArray[np.float64]
    launches: int
    like: str = ""


def is_launch(panel: DemandPanel) -> NDArray[np.bool_]:
    """Whether the record shows a product's launch (products,): nothing sold for a quarter of a year, and three usual gaps, before its first sale."""
    sales = (panel.units > 0).sum(axis=1)
    gap = np.where(sales > 0, (panel.last - panel.first + 1) / np.maximum(sales, 1), 0.0)
    quarter = max(1, round(panel.periods_per_year / 4.0))
    return (panel.first >= quarter) & (panel.first >= 3.0 * gap)


def first_years(panel: DemandPanel, season: NDArray[np.float64], at: NDArray[np.intp]) -> NDArray[np.float64]:
    """Units sold since launch by age 0 ... one year, each period over its seasonal ratio, (len(at), year + 1); for products whose first year is on record."""
    year = round(panel.periods_per_year)
    columns = panel.first[at][:, None] + np.arange(year)[None, :]
    sold = panel.units[at[:, None], columns] / season[at[:, None], columns]
    return np.concatenate([np.zeros((len(at), 1)), np.cumsum(sold, axis=1)], axis=1)


def launch_curve(cumulative: NDArray[np.float64]) -> NDArray[np.float64]:
    """Median share of the first year's demand sold by each age, from 0 to 1: (ages,). `cumulative` (launches, ages) units.

    >>> launch_curve(np.array([[0.0, 6.0, 10.0], [0.0, 1.0, 5.0], [0.0, 4.0, 8.0]])).tolist()
    [0.0, 0.5, 1.0]
    """
    share = cumulative / np.maximum(cumulative[:, -1:], 1e-12)
    return np.maximum.accumulate(np.asarray(np.median(share, axis=0), np.float64))


def scaled_launch(
    sold: NDArray[np.float64], curve: NDArray[np.float64], age: int, periods: int, usual: float, worth: float
) -> NDArray[np.float64]:
    """Units expected over the next periods from what was sold by an age.

    *Formula*: (sold + worth x usual) / (curve[age] + worth) x (curve[age + periods] - curve[age]): the first year's demand estimated from the part that
    has passed, shrunk to the `usual` one, times the part to come. Source: posterior mean of a rate under a gamma prior.

    >>> scaled_launch(np.array([30.0]), np.array([0.0, 0.5, 0.8, 1.0]), 1, 2, 100.0, 0.0).round(6).tolist()
    [30.0]
    """
    return np.asarray(
        (sold + worth * usual) / max(curve[age] + worth, 1e-9) * (curve[age + periods] - curve[age])
    )


def _tuned(cumulative: NDArray[np.float64], age: int, periods: int) -> tuple[float, float]:
    """The usual first year, and how far a launch is drawn towards the curve.

    The worth of the usual first year that would have erred least on past launches, and how far what came then lay from the mean so far towards the
    curve's forecast (least squares, drawn to 0 by five launches' worth); each half of the launches forecast by the other's curve, errors over the first year's root.
    """
    even = np.arange(len(cumulative)) % 2 == 0
    loss, cross, square = np.zeros(len(_WORTHS)), np.zeros(len(_WORTHS)), np.zeros(len(_WORTHS))
    recent = age - max(1, (age + 2) // 3)
    for learn, judge in ((even, ~even), (~even, even)):
        curve, usual = launch_curve(cumulative[learn]), float(cumulative[learn, -1].mean())
        sold, came = cumulative[judge, age], cumulative[judge, age + periods] - cumulative[judge, age]
        plain = 0.5 * periods * (sold / age + (sold - cumulative[judge, recent]) / (age - recent))
        weight = 1.0 / np.maximum(cumulative[judge, -1], 1e-12)
        for w, worth in enumerate(_WORTHS):
            said = scaled_launch(sold, curve, age, periods, usual, worth)
            loss[w] += float(((came - said) ** 2 * weight).sum())
            cross[w] += float(((said - plain) * (came - plain) * weight).sum())
            square[w] += float(((said - plain) ** 2 * weight).sum())
    w = int(np.argmin(loss))
    share = cross[w] / max(square[w] * (1.0 + _FEWEST / len(cumulative)), 1e-300)
    return _WORTHS[w], float(np.clip(share, 0.0, 1.0))


def launch_forecasts(
    panel: DemandPanel, season: NDArray[np.float64], family: NDArray[np.int32], interval: NDArray[np.int64], protection: NDArray[np.float64], horizon: int,
    similar: NDArray[np.intp] | None = None,
) -> dict[int, Launch]:  # fmt: skip
    """What past launches say of every product launched less than a year ago, by position; nothing where fewer than five launches are on record.

    The curve is the family's, drawn to that of all launches (worth five launches); where `similar` (products,) names another product (its position, else
    -1) whose first year is on record, that product's. How far the usual volume and the curve are believed is what would have erred least on the past launches
    at the same age (`_tuned`), over the interval to protect (`protection`, periods; `interval` is the part of it that a short history was tested on).
    `season` (products, periods + interval or more) are seasonal ratios by column of the panel and on: curves are of what is left
    without them. Assumes that launches go on as they did.
    """
    n, periods = panel.units.shape
    year = round(panel.periods_per_year)
    launched = is_launch(panel)
    known = np.flatnonzero(launched & (panel.first + year <= periods))
    age = periods - panel.first
    young = np.flatnonzero(launched & (age >= 1) & (age < year))
    named = np.full(n, -1, np.intp) if similar is None else np.asarray(similar, np.intp)
    if not len(young) or (len(known) < _FEWEST and not (named[young] >= 0).any()):
        return {}
    everything = first_years(panel, season, known)
    # by size, so that halves and sums are the same in any order of the products
    order = np.lexsort(everything.T)
    known, everything = known[order], everything[order]
    place = {int(i): k for k, i in enumerate(known)}
    tuned: dict[tuple[int, int], tuple[float, float]] = {}
    out: dict[int, Launch] = {}
    for i in young:
        a, h = int(age[i]), int(np.clip(np.rint(max(protection[i], interval[i])), 1, year - age[i]))
        like = int(named[i]) if int(named[i]) in place and int(named[i]) != i else -1
        if like < 0 and len(known) < _FEWEST:
            continue
        if like >= 0:
            curve, usual, count = (
                launch_curve(everything[[place[like]]]),
                float(everything[place[like], -1]),
                1,
            )
            worth, share = _NAMED_WORTH, 1.0
        else:
            curve, usual = _family_curve(everything, (family[known] == family[i]) & (family[i] >= 0))
            if (a, h) not in tuned:
                tuned[a, h] = _tuned(everything, a, h)
            (worth, share), count = tuned[a, h], len(known)
        columns = slice(int(panel.first[i]), periods)
        sold = np.array([(panel.units[i, columns] / season[i, columns]).sum()])
        rate = _rate_ahead(curve, a, int(interval[i]) + horizon)
        scale = float(scaled_launch(sold, curve, a, h, usual, worth)[0]) / max(float(rate[:h].sum()), 1e-12)
        width = int(interval[i])
        total = scale * float((rate[:width] * season[i, periods : periods + width]).sum())
        # over an interval each, since a single launch's periods are noise
        level = np.convolve(rate, np.ones(width) / width, "valid")[:horizon]
        shape = np.clip(level / level[0], 0.2, 5.0) if level[0] > 0.0 else np.ones(horizon)
        out[int(i)] = Launch(total, share, shape, count, str(panel.skus[like]) if like >= 0 else "")
    return out


def _family_curve(
    everything: NDArray[np.float64], mine: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], float]:
    """The family's curve and usual first year, as far as it has launches of its own; the rest is that of all."""
    curve, usual = launch_curve(everything), float(everything[:, -1].mean())
    if not mine.any():
        return curve, usual
    own = mine.sum() / (mine.sum() + _FEWEST)
    return own * launch_curve(everything[mine]) + (1.0 - own) * curve, own * float(
        everything[mine, -1].mean()
    ) + (1.0 - own) * usual


def _rate_ahead(curve: NDArray[np.float64], age: int, periods: int) -> NDArray[np.float64]:
    """Share of the first year in each of the next periods; after the first year as in its last quarter."""
    rate = np.diff(curve)
    later = float(rate[-max(1, len(rate) // 4) :].mean())
    return np.append(rate[age:], np.full(max(0, periods - len(rate) + age), later))[:periods]


def similar_positions(skus: NDArray[Any], named: NDArray[Any]) -> NDArray[np.intp]:
    """Position of the product that each one is said to be similar to, -1 where none or not in the sales: (products,).

    >>> similar_positions(np.array(["A", "B"]), np.array(["", "A"])).tolist()
    [-1, 0]
    """
    place = {str(sku): i for i, sku in enumerate(skus)}
    return np.array([place.get(" ".join(str(name).split()), -1) for name in named], np.intp)


def launch_words(one: Launch) -> str:
    """What the forecast of a new product leans on, in a sentence.

    >>> launch_words(Launch(9.0, 0.4, np.ones(1), 12))
    'New: 40% of its forecast follows the first year of 12 earlier launches, scaled by its sales so far.'
    """
    whom = f"{one.like}, named as similar" if one.like else f"{one.launches} earlier launches"
    return (
        f"New: {one.share:.0%} of its forecast follows the first year of {whom}, scaled by its sales so far."
    )
