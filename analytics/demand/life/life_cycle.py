"""LifeCycle: how far each product is in its life, and how likely it is to end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.assumptions import FIELDS
from analytics.demand.from_sales.derived import examples
from analytics.demand.life.alive import alive_at_rates, alive_filter, gap_clustering
from analytics.demand.life.ends import RATES, calendar_of_ends, rates_by_family
from analytics.demand.life.silence import learnt_clustering, sale_evidence, silent_cells
from analytics.demand.panel import DemandPanel
from analytics.items import ASSUMED, CONFIRMED, DERIVED, GIVEN, Items, empty_items

__all__ = ["STAGES", "LifeCycle", "aligned_items", "life_cycle"]

STAGES = ("new", "growing", "mature", "dying", "ended")
NEW, GROWING, MATURE, DYING, ENDED = range(5)

_DEAD = 0.05
_DOUBTFUL = 0.25


@dataclass(frozen=True, eq=False)
class LifeCycle:
    """Where every product stands in its life.

    Per SKU: `stage` (index into STAGES), `alive` (probability), `hazard_per_year` (rate of sudden end),
    its origin (an index into items.ORIGINS) and range, and `known_end` (datetime64[D], NaT where unknown). `clustering` is how far silent periods
    come in bunches: the likelihood of each counts with the power 1 / clustering (see `learnt_clustering`).
    """

    skus: NDArray[Any]
    stage: NDArray[np.int8]
    alive: NDArray[np.float64]
    hazard_per_year: NDArray[np.float64]
    hazard_low: NDArray[np.float64]
    hazard_high: NDArray[np.float64]
    hazard_origin: NDArray[np.uint8]
    known_end: NDArray[np.datetime64]
    notes: tuple[str, ...] = ()
    clustering: float = 1.0

    @property
    def ended(self) -> NDArray[np.bool_]:
        """Whether each product counts as ended, shape (products,): most likely no longer sold."""
        return self.alive < _DEAD


def aligned_items(items: Items | None, skus: NDArray[Any]) -> Items:
    """The items in the order of these SKUs; products the items do not know get a row of unknowns."""
    if items is None or not len(items):
        return empty_items(skus)
    if len(items) == len(skus) and all(str(a) == str(b) for a, b in zip(items.skus, skus, strict=True)):
        return items
    place = {str(sku): i for i, sku in enumerate(items.skus)}
    index = np.array([place.get(str(sku), -1) for sku in skus], np.intp)
    known = index >= 0
    out = empty_items(skus)
    for name in items.values:
        column = np.array(out[name])
        column[known] = items[name][index[known]]
        origin = np.zeros(len(skus), np.uint8)
        origin[known] = items.origin(name)[index[known]]
        low = high = None
        if name in items.low:
            low, high = np.array(column, np.float64), np.array(column, np.float64)
            low[known], high[known] = items.low[name][index[known]], items.high[name][index[known]]
        out = out.with_field(name, column, origin, low, high)
    return Items(out.skus, out.values, out.origins, out.low, out.high, items.notes)


def life_cycle(panel: DemandPanel, items: Items | None) -> LifeCycle:
    """Stage, probability of being alive and rate of ending of every product, from its silence and from its family's ends.

    The filter of `alive_filter` turns the silence since the last sale into a probability, with the chance of a sale at that time of
    the year (a seasonal gap is no death). What each rate of ending makes of the lives seen gives the rate per family (`rates_by_family`: its mean,
    5 % and 95 % as range) and the probability of being alive, over all rates that may be; without evidence the assumed rate stays. How much silence
    tells is learnt on past dates of the same file, from who sold again (`learnt_clustering`), so that of those given some life as many live on as
    said. An end date in the items is a calendar, not a hazard; ends that fell on one date count in the rate of products whose own next date
    nobody knows.
    Assumes one row per product; `items` are matched by SKU text. Source: Bayes' rule; families as in van Jaarsveld and Dekker 2011.
    """
    own = aligned_items(items, panel.skus)
    products = len(panel.skus)
    sold = panel.first >= 0
    notes: list[str] = []
    end_date = own["end_date"]
    sale_after_end = sold & ~np.isnat(end_date) & (panel.starts[np.maximum(panel.last, 0)] > end_date)
    if sale_after_end.any():
        notes.append(
            f"{examples(panel.skus, sale_after_end)} sold after the end date in the items: the date is not used."
        )
        end_date = np.where(sale_after_end, np.datetime64("NaT", "D"), end_date)
    ended_by_date = ~np.isnat(end_date) & (end_date < panel.next_start)
    family = np.array([str(f) for f in own["family"]], dtype=object)
    assumed = FIELDS["hazard_per_year"]
    stated_origin = own.origin("hazard_per_year")
    stated = np.isin(stated_origin, (GIVEN, CONFIRMED))

    sales, exposed, silence, weight = sale_evidence(panel)
    counted = silent_cells(panel)
    clustering = learnt_clustering(
        panel, sold & ~ended_by_date, assumed.default, gap_clustering(panel.units > 0.0)
    )
    alive_at, likely = alive_at_rates(
        sales, exposed, weight, counted, -np.expm1(-RATES / panel.periods_per_year), clustering
    )
    # a life: sold from the first sale, within a period, to the last, then the silence; an end with a date is one, whatever the rate
    years_sold = np.where(sold, panel.last - panel.first + 0.5, 0.0) / panel.periods_per_year
    alive_at[ended_by_date] = 0.0
    likely = np.where(ended_by_date[:, None], np.log(RATES), likely) - RATES * years_sold[:, None]
    calendar = calendar_of_ends(panel, family, end_date, np.zeros(products, np.bool_))
    long_silence = silence > _longest_gap(panel)
    for _ in range(4):
        # silence has to be weighed against every end that nobody wrote down, whether it came on a common day or not
        unwritten = sold & ~(calendar.announced & ended_by_date)
        alive = rates_by_family(family, unwritten, alive_at, likely, assumed.default).alive
        dead = (alive < _DEAD) & long_silence | ended_by_date
        before, calendar = (
            calendar.announced,
            calendar_of_ends(panel, family, end_date, dead | sold & (alive < _DOUBTFUL)),
        )
        if (calendar.announced == before).all():
            break
    unannounced = sold & ~calendar.announced
    rates = rates_by_family(family, unannounced, alive_at, likely, assumed.default)
    hazard, low, high = rates.value, rates.low, rates.high
    at_risk = (np.where(sold, panel.last - panel.first + 1, 0) + alive * silence) / panel.periods_per_year

    def tell(lives: NDArray[np.bool_]) -> bool:
        """Whether these lives are evidence of the rate: an end seen, or so much time that three would be expected of the assumed rate."""
        return bool((lives & dead).any() or at_risk[lives].sum() * assumed.default >= 3.0)

    derived = np.full(products, tell(unannounced))
    # a change of models whose next date nobody knows is no calendar: it will come, on a day that is not known
    undated = np.isnat(end_date) & np.isnat(calendar.next_end)
    if calendar.announced.any():
        every = rates_by_family(family, sold, alive_at, likely, assumed.default)
        hazard, low, high = (
            np.where(undated, every.value, hazard),
            np.where(undated, every.low, low),
            np.where(undated, every.high, high),
        )
        derived = np.where(undated, tell(sold), derived)
    prior_value, (prior_low, prior_high) = own["hazard_per_year"], own.range("hazard_per_year")
    unknown = np.isnan(np.asarray(prior_value, np.float64))
    keep = stated | ~derived
    hazard = np.where(keep, np.where(unknown, assumed.default, prior_value), hazard)
    low = np.where(keep, np.where(unknown, assumed.low, prior_low), low)
    high = np.where(keep, np.where(unknown, assumed.high, prior_high), high)
    origin = np.where(stated, stated_origin, np.where(derived, DERIVED, ASSUMED)).astype(np.uint8)
    if stated.any():
        alive_stated = alive_filter(
            sales, exposed, weight, counted, -np.expm1(-hazard / panel.periods_per_year), clustering
        )
        alive = np.where(stated & ~ended_by_date, alive_stated, alive)

    ended = ended_by_date | ((alive < _DEAD) & long_silence)
    stage = _stages(panel, alive, ended)
    known_end = np.where(np.isnat(end_date), calendar.next_end, end_date)
    known_end = np.where(ended & np.isnat(end_date), np.datetime64("NaT", "D"), known_end)
    notes += list(calendar.notes)
    if ended.any():
        dated, count = int(ended_by_date.sum()), int(ended.sum())
        how = (
            "by their end date"
            if dated == count
            else f"{dated:,} by their end date, the others by their silence"
            if dated
            else "by their silence"
        )
        notes.append(f"{count:,} of {products:,} products have ended ({how}).")
    if derived.any() and not stated.all():
        shown = hazard[derived & ~stated]
        ends = float((1.0 - alive)[unannounced].sum())
        years = float(at_risk[unannounced].sum())
        span = (
            f"{100.0 * shown.min():.1f} %"
            if shown.max() - shown.min() < 0.0005
            else f"{100.0 * shown.min():.1f} to {100.0 * shown.max():.1f} %"
        )
        also = (
            " Announced changes of models count in it where the next date is not known."
            if calendar.announced.any() and (undated & ~ended).any()
            else ""
        )
        notes.append(
            f"Chance that a product ends unannounced: {span} a year, from {ends:,.0f} such ends in {years:,.0f} product-years of this file.{also}"
        )
    never = int((~sold).sum())
    if never:
        notes.append(f"{never:,} products have no sale within the complete periods.")
    return LifeCycle(
        panel.skus,
        stage,
        alive,
        hazard,
        low,
        high,
        origin,
        known_end.astype("datetime64[D]"),
        tuple(notes),
        clustering,
    )


def _longest_gap(panel: DemandPanel) -> NDArray[np.int64]:
    """Longest run of periods without a sale between two sales, per product."""
    longest = np.zeros(len(panel.skus), np.int64)
    run = np.zeros(len(panel.skus), np.int64)
    for t in range(panel.units.shape[1]):
        sale = panel.units[:, t] > 0.0
        longest = np.where(sale, np.maximum(longest, run), longest)
        run = np.where(sale | (t < panel.first), 0, run + 1)
    return longest


def _stages(panel: DemandPanel, alive: NDArray[np.float64], ended: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Stage by comparing the last half year with the same season before (or the half year before it).

    Growing: at least a quarter more; dying: less than half, or more likely dead than alive; both beyond two standard errors.
    New: on sale for less than half a year.
    """
    periods = panel.units.shape[1]
    half = max(round(panel.periods_per_year / 2.0), 1)
    year = round(panel.periods_per_year)
    stage = np.full(len(panel.skus), MATURE, np.int8)
    age = np.where(panel.first >= 0, periods - panel.first, 0)
    # noise of a period from steps between neighbours, which a trend or a season hardly enters
    steps = np.diff(panel.units, axis=1) * panel.observed[:, :-1]
    noise = (steps**2).sum(axis=1) / np.maximum(2.0 * panel.observed[:, :-1].sum(axis=1), 1.0)
    recent = panel.units[:, max(periods - half, 0) :].sum(axis=1)
    long_life = age >= year + half
    season_ago = panel.units[:, max(periods - half - year, 0) : max(periods - year, 0)].sum(axis=1)
    just_before = panel.units[:, max(periods - 2 * half, 0) : max(periods - half, 0)].sum(axis=1)
    before = np.where(long_life, season_ago, just_before)
    error = np.sqrt(2.0 * half * noise)
    enough = age >= 2 * half
    stage[enough & (recent > 1.25 * before) & (recent - before > 2.0 * error)] = GROWING
    stage[enough & (recent < 0.5 * before) & (before - recent > 2.0 * error)] = DYING
    stage[alive < 0.5] = DYING
    stage[(alive >= 0.5) & ((age < half) & (panel.first > 0) | ~panel.observed.any(axis=1))] = NEW
    stage[ended] = ENDED
    return stage
