"""Closing stock of a replay: what is left after the last window, valued as in a study, by what the whole file tells.

What the plan of the file's end would order again is worth its cost, and so is what the weeks after the last window
really sold, less what it cost to hold until then. The rest waits its turn (see `simulation.terminal`), or is lost with
the chance that its product has ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.spread.paths import WEEKS
from analytics.items import Items
from analytics.naming.labels import Strategy
from analytics.simulation.ledger import COUNT_INDEX, CUT_OFFS
from analytics.simulation.stock import StockPlan
from analytics.simulation.terminal import NEVER_YEARS, later_counts
from analytics.strategy.compare import Comparison
from analytics.strategy.plans.batches import START
from analytics.strategy.plans.ledgers import Setup
from analytics.strategy.recommend import Recommendation
from analytics.validation.policies import ATO, MTS, Decision

__all__ = ["VALUATIONS", "Leftovers", "facts_at_end", "value_closing"]

Array = NDArray[np.float64]

#: How closing stock can be valued: by the rule, and what shows how much hangs on it.
VALUATIONS: Mapping[str, str] = {
    "rule": "what would be ordered again at cost, the rest as it waits its turn",
    "all_at_cost": "all of it at cost",
    "own_position_only": "what would be ordered again at cost, the rest at what leftovers fetch",
    "nothing_ordered_again": "none would be ordered again: all of it as it waits its turn",
}
_C = COUNT_INDEX
_SOLD = slice(_C[f"sold_later_{CUT_OFFS[0]}"], _C[f"sold_later_{CUT_OFFS[-1]}"] + 1)
_YEARS = slice(_C[f"years_later_{CUT_OFFS[0]}"], _C[f"years_later_{CUT_OFFS[-1]}"] + 1)


class Leftovers(NamedTuple):
    """What decides the worth of stock left at the end of the file: arrays (products,), for finished stock or for kit stocks.

    own: units that the plan of the file's end would order again. rate: units sold a year. hazard: chance of ending a
    year. alive: chance of being alive. until: years to a known end (1e9: none). order: mean order (0: any amount).
    """

    own: Array
    rate: Array
    hazard: Array
    alive: Array
    until: Array
    order: Array


def _at_rest(count: int) -> Leftovers:
    zero = np.zeros(count)
    return Leftovers(
        zero.copy(), zero.copy(), zero.copy(), np.ones(count), np.full(count, NEVER_YEARS), np.ones(count)
    )


def _own(plan: StockPlan, setting: NDArray[np.intp], step: Array) -> Array:
    """The order-up-to level and the lot or minimum less one unit of a plan at its start, at one setting per unit."""
    rows = np.arange(len(setting))
    span = plan.lead_weeks + plan.review_weeks
    within = np.clip(span[:, None] - np.arange(plan.expected.shape[1])[None, :], 0.0, 1.0)
    level = (plan.expected * within).sum(axis=1) * plan.relative_quantile[rows, setting]
    level = np.where(plan.whole, np.floor(level / step + 0.5) * step, level)
    lot = np.maximum(plan.lot[rows, setting], plan.moq)
    return np.asarray(level + lot - np.where(plan.whole, step, 0.0))


def facts_at_end(
    at: NDArray[np.intp],
    pool: NDArray[np.intp],
    items: Items,
    setup: Setup,
    comparison: Comparison,
    recommendation: Recommendation,
) -> tuple[Leftovers, Leftovers]:
    """What a study of all that the file holds says of stock left then: finished goods, and kit stocks at the positions of `pool`.

    `at` (products of the study,) are positions among those of the file, `pool` (products,) names the kit stock of each (-1:
    none). What is recommended to be made to stock has an own position in finished goods, what is to be assembled one
    in kits; what is to be made to order has none, unless a batch is
    started for it.
    """
    finished, kits = _at_rest(len(pool)), _at_rest(len(pool))
    world, stock = setup.world, setup.stock
    assert world.mean_order is not None
    order = world.mean_order
    step = np.ones(len(at)) if world.step is None else world.step
    way = np.array(comparison.strategies, object)[recommendation.recommended]
    until = np.where(world.end_week < NEVER_YEARS, np.maximum(world.end_week + 1.0, 0.0) / WEEKS, NEVER_YEARS)
    hazard = np.nan_to_num(np.asarray(items["hazard_per_year"], np.float64))
    own = _own(stock, np.maximum(comparison.chosen[Strategy.MTS].setting, 0).astype(np.intp), step)
    arrives = stock.lead_weeks < until * WEEKS
    rate = stock.expected[:, :WEEKS].sum(axis=1)
    stocked = (way == Strategy.MTS) & ~recommendation.ended & arrives & (rate > 0.0) & (own < rate * until)
    batches = setup.batches
    if batches is not None:  # a batch that the first order starts is ordered again, too
        starts = np.zeros(len(at), bool)
        starts[batches.index] = comparison.chosen[Strategy.MTO].setting[batches.index] == START
        lot = np.zeros(len(at))
        lot[batches.index] = batches.start.lot[:, 0]
        starts &= (way == Strategy.MTO) & ~recommendation.ended & (rate > 0.0)
        own = np.where(starts, lot - np.where(stock.whole, step, 0.0), own)
        stocked |= starts & arrives & (own < rate * until)
    for column, found in zip(
        finished, (np.where(stocked, own, 0.0), rate, hazard, setup.alive, until, order), strict=True
    ):
        column[at] = found
    plan = setup.assembly
    if plan is None:
        return finished, kits
    first = np.array([members[0] for members in setup.families], np.intp)
    setting = np.maximum(comparison.chosen[Strategy.ATO].setting[first], 0).astype(np.intp)
    own = _own(plan, setting, np.ones(len(first)) if plan.step is None else plan.step)
    for f, members in enumerate(setup.families):
        here = pool[at[members]]
        if not (here >= 0).any():
            continue
        place = here[here >= 0][0]
        part = float((rate * (way == Strategy.ATO))[members].sum() / max(rate[members].sum(), 1e-12))
        found = (
            own[f] * part, plan.expected[f, :WEEKS].sum(), hazard[members].mean(), setup.alive[members].max(), until[members].max(),
            order[members].mean(),
        )  # fmt: skip
        for column, value in zip(kits, found, strict=True):
            column[place] = value
    return finished, kits


class _Split(NamedTuple):
    """Closing units: `closing` at cost, `excess` beyond, and of those by cut-off `sold` later and unit-`years` until then."""

    closing: Array
    excess: Array
    sold: Array
    years: Array


def _split(units: Array, really: Array, years: float, facts: Leftovers, how: str) -> _Split:
    """Closing `units` (policies, products), of which the weeks of `years` afterwards can have sold `really` many."""
    held = np.maximum(units, 0.0)
    none = np.zeros((*units.shape, len(CUT_OFFS)))
    if how == "all_at_cost":
        return _Split(units, np.zeros_like(units), none, none)
    own = np.minimum(held, 0.0 if how == "nothing_ordered_again" else facts.own)
    beyond = held - own
    if how == "own_position_only":
        return _Split(units - beyond, beyond, none, none)
    now = np.minimum(really, beyond)
    rest = beyond - now
    sold, waited = later_counts(rest, facts.rate, facts.hazard, np.maximum(facts.until, 0.0), facts.order)
    alive = facts.alive[None, :, None]
    own_alive = facts.alive * own
    return _Split(
        np.minimum(units, 0.0) + own_alive,
        held - own_alive,
        now[..., None] + alive * sold,
        (now * years / 2.0 + rest * years)[..., None] + alive * waited,
    )


def _book(out: Array, split: _Split) -> None:
    """Write split closing units to counts (policies, products, counts)."""
    out[..., _C["closing"]], out[..., _C["closing_excess"]] = split.closing, split.excess
    out[..., _SOLD], out[..., _YEARS] = split.sold, split.years


def value_closing(
    counts: Array,
    decided: Decision,
    tail: Array,
    years: float,
    facts: tuple[Leftovers, Leftovers],
    how: str = "rule",
) -> Array:
    """The last window's counts (policies, products, strategies, counts) with closing stock split by what it is worth.

    The first min(sold, units beyond the own position) really sold in the `tail` (products,), units of the `years`
    afterwards: they are worth their cost and carry half of that time, the others all of it; these wait their turn from
    then on. With the chance that a product has ended what is left of it fetches salvage. Kits serve what finished stock
    does not, and are shared by their members as their closing is. `how` is one of `VALUATIONS`. Source: `simulation.terminal`.
    """
    out = counts.copy()
    finished, kits = facts
    units = counts[:, :, MTS, _C["closing"]]
    _book(out[:, :, MTS], _split(units, np.broadcast_to(tail, units.shape), years, finished, how))
    here = np.flatnonzero(decided.pool >= 0)
    if not len(here):
        return out
    pool, products = decided.pool[here], len(tail)
    closing = counts[:, here, ATO, _C["closing"]]
    wanted = np.maximum(tail[here] - np.maximum(units[:, here], 0.0), 0.0) * decided.stay_door[here]

    def of_pool(column: Array) -> Array:
        return np.stack([np.bincount(pool, row, products) for row in column])

    held = np.maximum(closing, 0.0)
    total = of_pool(held)
    parts = _split(total, of_pool(wanted), years, kits, how)
    share = np.where(total[:, pool] > 0.0, held / np.where(total[:, pool] > 0.0, total[:, pool], 1.0), 0.0)
    members = out[:, here, ATO]
    _book(
        members,
        _Split(
            np.minimum(closing, 0.0) + share * parts.closing[:, pool],
            share * parts.excess[:, pool],
            share[..., None] * parts.sold[:, pool],
            share[..., None] * parts.years[:, pool],
        ),
    )
    out[:, here, ATO] = members
    return out
