"""From ledgers and prices to the decision: priced, compared, recommended and added up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.naming.labels import Strategy
from analytics.simulation.ledger import Ledger
from analytics.strategy.compare import Comparison, compare
from analytics.strategy.decision_rule import Decided
from analytics.strategy.doubt.gain_doubt import gain_doubt
from analytics.strategy.flips.flip_points import find_flips
from analytics.strategy.own_decision import decide_each
from analytics.strategy.plans.component_pools import Outlook
from analytics.strategy.plans.ledgers import Progress, Setup, grid_ledgers
from analytics.strategy.plans.setup import with_assembly
from analytics.strategy.plans.todays_way import TodaysWay
from analytics.strategy.pool_membership import Joined, ruled_out_by_families, shared_components
from analytics.strategy.portfolio.sums import Portfolio, portfolio_totals
from analytics.strategy.present.counted_as import stays_at
from analytics.strategy.present.present_played import with_today
from analytics.strategy.recommend import Recommendation, recommend
from analytics.strategy.standing import Restate, Standing

__all__ = ["Simulated", "closed", "decide", "joined_ledgers"]


class Simulated(NamedTuple):
    """What the stations before the decision found of a portfolio: all that a decision follows from, but for prices' currency.

    outlook: life and forecast of every product. items: what is known of them, completed. setup: what was simulated. ledgers:
    counts of every strategy over its grid of settings, by strategy. way: how each product is run today. restate: the items
    at other values, see `Standing`; None: it is not asked how far the decision holds.
    """

    outlook: Outlook
    items: Items
    setup: Setup
    ledgers: Mapping[str, Ledger]
    way: TodaysWay
    restate: Restate | None


def decide(
    simulated: Simulated,
    currency: str = "",
    progress: Progress | None = None,
    before: Comparison | None = None,
    same: Sequence[str] = (),
) -> tuple[Comparison, Recommendation, Portfolio]:
    """Price, compare, recommend and add up: everything that follows from the ledgers and today's prices.

    `currency` is that of the sentences; `before` and `same` are what is taken over from an earlier comparison, see `compare`.
    """
    outlook, items, setup, ledgers, way, restate = simulated
    ended = outlook.life.ended | (setup.world.end_week < 0)
    comparison = with_today(
        compare(setup, items, ledgers, progress, before, same, losses=True),
        setup, items, outlook.forecast, way, ended,
    )  # fmt: skip
    comparison = replace(comparison, doubt=gain_doubt(outlook.panel, outlook.measured))
    joined = joined_ledgers(setup, outlook, items)
    alone = decide_each(comparison, items, ended, too_short=outlook.too_short)
    ruled_out = ruled_out_by_families(setup, comparison, alone, items, joined)
    decided = (
        alone
        if ruled_out is None
        else decide_each(comparison, items, ended, ruled_out, outlook.too_short, alone.noise)
    )
    comparison = _with_losses(comparison, decided)
    flips = (
        None
        if restate is None
        else find_flips(
            Standing(outlook, items, setup, ledgers, comparison, alone, decided, joined, way, restate),
            progress=progress,
        )
    )
    recommendation = recommend(comparison, items, decided, flips, currency)
    return comparison, *closed(setup, comparison, recommendation, items, joined)


def _with_losses(comparison: Comparison, decided: Decided) -> Comparison:
    """The comparison with the years of what is lost today and in the mix; nothing is kept of them product by product any more."""
    if comparison.lost is None:
        return comparison
    n, own = len(decided.recommended), {}
    for plan, rows in (("baseline", np.ones(n, bool)), ("mix", decided.as_today)):
        own[plan] = np.zeros(n, bool)
        own[plan][stays_at(comparison, rows)[0]] = True
    plans = {"baseline": (decided.baseline, own["baseline"]), "mix": (decided.recommended, own["mix"])}
    return replace(comparison, lost=comparison.lost.settled(plans))


def joined_ledgers(setup: Setup, outlook: Outlook, items: Items) -> Joined:
    """Ledgers of component stocks that only the members asked for join; the same members are simulated once."""
    known: dict[tuple[bytes, ...], Mapping[str, Ledger]] = {}

    def joined(members: tuple[NDArray[np.intp], ...]) -> Mapping[str, Ledger]:
        key = tuple(m.tobytes() for m in members)
        if key not in known:
            known[key] = grid_ledgers(
                with_assembly(setup, outlook, items, members), strategies=(Strategy.ATO,)
            )
        return known[key]

    return joined


def closed(
    setup: Setup,
    comparison: Comparison,
    recommendation: Recommendation,
    items: Items,
    joined: Joined,
    free: Comparison | None = None,
) -> tuple[Recommendation, Portfolio]:
    """The recommendation with its shared line, and the totals (`free`: without the limits that bind; what these leave uncounted stays so)."""
    assembled = np.array(recommendation.strategies, object)[recommendation.recommended] == Strategy.ATO
    pooling = float(shared_components(setup, comparison, assembled, items, joined).sum())
    recommendation = replace(recommendation, shared=pooling - recommendation.uncounted)
    return recommendation, portfolio_totals(comparison, recommendation, items, free)
