"""What silence tells: how often a product sells while it lives, and how far its silent periods come in bunches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.demand.life.alive import alive_filter
from analytics.demand.life.ends import RATES_SPREAD
from analytics.demand.panel import DemandPanel, panel_until

__all__ = ["last_sign", "learnt_clustering", "sale_evidence", "silent_cells", "silent_probability"]

_FEWEST_PRIOR_PERIODS, _MOST_PRIOR_PERIODS = 2.0, 4.0
_SEASON_SALES = 3.0
#: How much more silence comes in bunches than the gaps between sales say, with the spread of its logarithm before anything was looked at; the rates
#: a year at which products may end, likewise; and the past dates looked at, as shares of the periods known.
_MORE, _MORE_SPREAD = np.array([0.7, 1.0, 1.4, 2.0, 3.0, 5.0]), 0.5
_ENDS = np.array([0.02, 0.06, 0.2, 0.6])
_PAST = (0.5, 0.625, 0.75)
_FEWEST_PERIODS = 12
_MOST_PRODUCTS = 300


def _month_of_year(panel: DemandPanel) -> NDArray[np.int64]:
    """Month of the year (0 to 11) in which each period has its middle."""
    ends = np.append(panel.starts[1:], panel.next_start)
    middle = panel.starts + (ends - panel.starts) // 2
    return middle.astype("datetime64[M]").astype(np.int64) % 12


def last_sign(panel: DemandPanel) -> NDArray[np.int64]:
    """Position of the last sale, else of the period before a product was first on offer; the last period where it never was."""
    periods = panel.units.shape[1]
    offered = panel.observed.any(axis=1)
    return np.where(
        panel.first >= 0, panel.last, np.where(offered, panel.observed.argmax(axis=1) - 1, periods - 1)
    ).astype(np.int64)


def silent_cells(panel: DemandPanel) -> NDArray[np.bool_]:
    """Periods after the last sale that speak for an end: all but those in which the company was closed."""
    grid = np.arange(panel.units.shape[1])
    open_period = panel.observed.any(axis=0)
    return (grid > last_sign(panel)[:, None]) & open_period


def sale_evidence(
    panel: DemandPanel,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Beta parameters of the chance of a sale (sales, exposed), periods of silence, and weight of every period as evidence.

    The weight is that of the season; a last period counts only with the share of it that the data know (`DemandPanel.last_share`), in the weight and in the
    silence alike: one day is not a week without a sale. Gaps between sales are complete observations of the chance: (sales - 1) over the periods from the first to the last sale.
    """
    grid = np.arange(panel.units.shape[1])
    inside = (grid > panel.first[:, None]) & (grid <= panel.last[:, None]) & panel.observed
    sale = (panel.units > 0.0) & inside
    sales, exposed = sale.sum(axis=1).astype(np.float64), inside.sum(axis=1).astype(np.float64)
    pooled = float(np.clip((sales.sum() + 1.0) / (exposed.sum() + 2.0), 0.01, 0.99))
    silence = (len(grid) - 1 - last_sign(panel)).astype(np.float64)
    silence[silence > 0.0] -= 1.0 - panel.last_share
    strength = _prior_periods(sales, exposed, pooled)
    prior_sales, prior_silent = max(strength * pooled, 0.5), max(strength * (1.0 - pooled), 0.5)
    month = _month_of_year(panel)
    chance = (sales + prior_sales) / (exposed + prior_sales + prior_silent)
    weight = np.ones(panel.units.shape)
    for m in np.unique(month):
        here = month == m
        seen = sale[:, here].sum(axis=1)
        expected = chance * inside[:, here].sum(axis=1)
        company = (seen.sum() + 20.0 * pooled) / (expected.sum() + 20.0 * pooled)
        own = company * (seen + _SEASON_SALES) / (company * expected + _SEASON_SALES)
        weight[:, here] = own[:, None]
    weight[:, -1] *= panel.last_share
    # rates drift: what was seen fades by 1/e within a year before the last sale
    fading = np.exp(-np.maximum(panel.last[:, None] - grid, 0) / panel.periods_per_year)
    sales, exposed = (sale * fading).sum(axis=1), (inside * fading).sum(axis=1)
    return sales + prior_sales, exposed + prior_sales + prior_silent, silence, weight


def _prior_periods(sales: NDArray[np.float64], exposed: NDArray[np.float64], pooled: float) -> float:
    """How many periods of evidence the company's chance of a sale is worth for a single product: many where products are alike.

    Method of moments for a beta law: m (1 - m) / variance between products - 1, kept between 2 and 4; fewer than ten products do not say how alike they
    are and are taken as alike, since a chance that nobody knows forgives every silence.
    """
    known = exposed >= 4.0
    if known.sum() < 10:
        return _MOST_PRIOR_PERIODS
    chance = sales[known] / exposed[known]
    sampling = float(np.mean(pooled * (1.0 - pooled) / exposed[known]))
    between = max(float(np.mean((chance - pooled) ** 2)) - sampling, 1e-6)
    return float(np.clip(pooled * (1.0 - pooled) / between - 1.0, _FEWEST_PRIOR_PERIODS, _MOST_PRIOR_PERIODS))


def silent_probability(
    panel: DemandPanel,
    alive: NDArray[np.float64],
    delta: NDArray[np.float64],
    periods: int,
    clustering: float | NDArray[np.float64] = 1.0,
) -> NDArray[np.float64]:
    """Probability that a product sells nothing in the next so many periods: dead, ending before its next sale, or alive and silent.

    The chance of a sale follows the same beta law as in `alive_filter`, learns from each further silent period, and counts with the same power
    1 / clustering. Parameters: alive (products,) probability of living now; delta (products,) probability of dying in a period. Shape (products,).
    """
    sales, exposed, _, weight = sale_evidence(panel)
    return _silent_ahead(
        sales, exposed, (weight * silent_cells(panel)).sum(axis=1), alive, delta, periods, clustering
    )


def _silent_ahead(
    sales: NDArray[np.float64],
    exposed: NDArray[np.float64],
    silent: NDArray[np.float64],
    alive: NDArray[np.float64],
    delta: NDArray[np.float64],
    periods: int,
    clustering: float | NDArray[np.float64],
) -> NDArray[np.float64]:
    """`silent_probability` from the evidence: sales, exposed and the silence so far, in average periods."""
    b = np.maximum(exposed - sales, 1e-12) + silent / clustering
    ahead = alive.astype(np.float64, copy=True)
    dead = 1.0 - ahead
    for _ in range(periods):
        dead = dead + ahead * delta
        ahead = ahead * (1.0 - delta) * (b / (sales + b)) ** (1.0 / clustering)
        b = b + 1.0 / clustering
    return np.clip(dead + ahead, 0.0, 1.0)


def learnt_clustering(
    panel: DemandPanel, considered: NDArray[np.bool_], ends_per_year: float, by_gaps: float
) -> float:
    """How far silent periods come in bunches, learnt from who sold again after past dates, beside what the gaps between sales say.

    Gaps are only seen where a product came back within the record, and a rate that has fallen shows in no gap; so silence would tell too much.
    At half, five and six eighths of the record, the products then silent are given the probability of selling again before the record ends (alive by
    `alive_filter`, then `silent_probability`) under 0.7 to 5 times `by_gaps` and four rates of ending. The power 1 / clustering is the mean of what it may be:
    each pair counts as it is likely, so that a handful of products that seem independent is not taken for proof. Each date is a third of a
    witness, since they share products; before anything was seen both are log-normal: around `by_gaps` (0.5) and around `ends_per_year` (1.5). At most 300
    products a date, evenly over the list.

    Parameters: considered (products,), True where an end would have come unannounced; ends_per_year, the assumed rate.
    Source: Bayes' rule on a grid; measured on monthly and weekly sets of spare parts and gifts.
    """
    periods = panel.units.shape[1]
    if periods < _FEWEST_PERIODS:
        return by_gaps
    more, ends = (grid.ravel() for grid in np.meshgrid(_MORE, _ENDS, indexing="ij"))
    score = (
        -0.5 * (np.log(more) / _MORE_SPREAD) ** 2 - 0.5 * (np.log(ends / ends_per_year) / RATES_SPREAD) ** 2
    )
    dies = -np.expm1(-ends / panel.periods_per_year)
    for share in _PAST:
        cut = int(periods * share)
        silent = np.flatnonzero(
            considered & panel.units[:, :cut].any(axis=1) & ~(panel.units[:, cut - 1] > 0.0)
        )
        if len(silent) > _MOST_PRODUCTS:
            silent = silent[(np.arange(_MOST_PRODUCTS) * (len(silent) / _MOST_PRODUCTS)).astype(np.intp)]
        if len(silent):
            score += _log_likelihood(panel, silent, cut, dies, by_gaps * more) / len(_PAST)
    likely = np.exp(score - score.max())
    return float(by_gaps * likely.sum() / (likely / more).sum())


def _log_likelihood(
    panel: DemandPanel,
    rows: NDArray[np.intp],
    cut: int,
    delta: NDArray[np.float64],
    clustering: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Log likelihood of who of these products sold again after the first `cut` periods, under each pair of a chance of ending in a period and a clustering."""
    names = {
        name: getattr(panel, name)[rows] for name in ("skus", "units", "revenue", "observed", "first", "last")
    }
    step = None if panel.step is None else panel.step[rows]
    then = panel_until(replace(panel, **names, step=step), cut)
    sales, exposed, _, weight = sale_evidence(then)
    counted = silent_cells(then)
    many = len(clustering)
    each, dies = np.repeat(clustering, len(rows)), np.repeat(delta, len(rows))
    sales, exposed = np.tile(sales, many), np.tile(exposed, many)
    alive = alive_filter(sales, exposed, np.tile(weight, (many, 1)), np.tile(counted, (many, 1)), dies, each)
    quiet = np.tile((weight * counted).sum(axis=1), many)
    silent = _silent_ahead(sales, exposed, quiet, alive, dies, panel.units.shape[1] - cut, each)
    silent = np.clip(silent, 1e-9, 1.0 - 1e-9)
    again = np.tile((panel.units[rows, cut:] > 0.0).any(axis=1), many)
    return np.where(again, np.log1p(-silent), np.log(silent)).reshape(many, -1).sum(axis=1)
