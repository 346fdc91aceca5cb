"""A study under other prices or assumptions: what changes is computed again, nothing else.

One concept: what must be done again. Expected money at once and the whole study ask the same question of the same
differences, and must never answer it differently.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analytics.assumptions import FIELDS, Assumptions
from analytics.demand.periods import demand_by_weekday
from analytics.items import ITEM_FIELDS, Items
from analytics.naming.labels import STRATEGIES, Strategy
from analytics.scenario.limited import within_limits, without_limits
from analytics.scenario.moved import WAY, as_moved, notes_under
from analytics.scenario.ranges import only_ranges_moved, reranged
from analytics.scenario.restated import restated_items, restater
from analytics.simulation.ledger import Ledger
from analytics.strategy.compare import Comparison, compare
from analytics.strategy.decision import Simulated, decide, joined_ledgers
from analytics.strategy.doubt.gain_doubt import GAIN_ERROR
from analytics.strategy.money.price import MONEY_FIELDS
from analytics.strategy.plans.component_pools import assembled_families
from analytics.strategy.plans.ledgers import Progress, Setup, grid_ledgers
from analytics.strategy.plans.recipes import DRAWN_PHYSICS
from analytics.strategy.plans.setup import build_setup, demand_held, demand_let_go, requoted
from analytics.strategy.plans.steps import DayPattern, with_steps_notes
from analytics.strategy.plans.todays_way import TODAYS_SERVICE
from analytics.strategy.pool_membership import shared_components
from analytics.strategy.portfolio.sums import Portfolio, portfolio_totals
from analytics.strategy.present.held_today import with_held_today
from analytics.strategy.present.present_played import with_today
from analytics.strategy.present.present_policy import today_repriced
from analytics.strategy.recommend import Recommendation
from analytics.strategy.what_if.expected_money import (
    expected_comparison,
    expected_portfolio,
    expected_recommendation,
)
from analytics.strategy.what_if.service_held import held_recommendation

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["as_held", "effort", "reassume", "reprice"]

#: The mark of a range of something simulated that is another while the value stays: what was played at the values in force holds.
_RANGES = "ranges"
_PRICES = frozenset(name for name in MONEY_FIELDS if name not in FIELDS or not FIELDS[name].physics) | {
    GAIN_ERROR
}
_PRICES_AND_RANGES = _PRICES | {_RANGES}
#: What only customers hear of who order, and the strategies that hear nothing of it.
_QUOTES = frozenset({"quote_days", "queue_days"})
_UNQUOTED = (Strategy.MTS, Strategy.ATO)
#: What says how it is run today, and touches no strategy.
_TODAY = frozenset({TODAYS_SERVICE, WAY})
#: Products up to which what is made to order is played again while a page waits: two thirds of a second for a thousand.
_MOST_AT_ONCE = 1_500


def _changed(study: Study, items: Items) -> frozenset[str]:
    """The numbers in which these items differ from the study's; `ranges` where only the range of what is simulated differs, and `sharing` where other products share components."""
    names = set()
    for name in (name for name, field in ITEM_FIELDS.items() if field.kind == "number"):
        if not _equal(items[name], study.items[name]):
            names.add(name)
        elif not all(_equal(a, b) for a, b in zip(items.range(name), study.items.range(name), strict=True)):
            names.add(_RANGES if name in DRAWN_PHYSICS or name in frozenset(MONEY_FIELDS) - _PRICES else name)
    shared = np.array_equal(
        np.nan_to_num(items["component_share"], nan=-1.0) > 0,
        np.nan_to_num(study.items["component_share"], nan=-1.0) > 0,
    )
    return frozenset(names if shared else {*names, "sharing"})


def effort(study: Study, assumptions: Assumptions) -> int:
    """What must be done again under these assumptions: 0 nothing is simulated, 1 only what is made to order, 2 everything."""
    if any(
        one.what in ("demand", "lead_time") for one in {*study.assumptions.what_if} ^ {*assumptions.what_if}
    ):
        return 2
    changed = _changed(study, restated_items(study, assumptions))
    return (
        0 if changed <= _PRICES_AND_RANGES else 1 if changed <= _QUOTES or changed <= _PRICES | _TODAY else 2
    )


def _requoted(
    study: Study, items: Items, progress: Progress | None = None
) -> tuple[Setup, dict[str, Ledger]]:
    """Set-up and ledgers where only quotes differ: what is made to order is simulated again, the rest stays."""
    held = replace(study.setup, world=demand_held(study.setup.world))
    setup = requoted(held, items, study.orders if study.setup.hybrid is not None else None)
    found = {name: study.ledgers[name] for name in _UNQUOTED if name in study.ledgers} | grid_ledgers(
        setup, progress, (Strategy.MTO, Strategy.HYBRID)
    )
    return setup, {name: found[name] for name in STRATEGIES if name in found}


def _quotes_held(study: Study, items: Items) -> Items:
    """The items with the quotes of the study, whatever they would be now."""
    return items.with_field(
        "quote_days",
        study.items["quote_days"],
        study.items.origin("quote_days"),
        *study.items.range("quote_days"),
    )


def _may_hold(study: Study, assumptions: Assumptions) -> None:
    if assumptions.limits.any or study.limited is not None:
        raise ValueError("settings and strategies cannot be held where limits bind products together")


def _built_again(study: Study, items: Items) -> Setup:
    """The set-up where anything that is simulated differs."""
    setup = build_setup(
        study.outlook,
        items,
        assembled_families(items, study.life.ended),
        study.setup.world.paths // study.setup.world.inner,
        study.orders if study.setup.hybrid is not None else None,
        DayPattern(demand_by_weekday(study.history), study.orders),
    )
    return with_held_today(setup, items, study.forecast, study.todays_way)


def _todays_again(study: Study, comparison: Comparison, setup: Setup, items: Items) -> Comparison:
    """The comparison with today's way simulated again, as far as expected money goes."""
    world = setup.world
    shape, none = comparison.profit.shape, np.zeros(1, np.float32)
    unplayed = replace(  # no year of a strategy was: today's are held against nothing, and are left out again
        comparison,
        lost=None,
        by_path=np.broadcast_to(none, (*shape, world.paths)),
        by_draw=np.broadcast_to(none, (*shape, world.paths // world.inner)),
    )
    ended = study.outlook.life.ended | (world.end_week < 0)
    found = with_today(unplayed, setup, items, study.forecast, study.todays_way, ended)
    return replace(comparison, today=today_repriced(found.today, items))


def reprice(
    study: Study,
    assumptions: Assumptions,
    hold: bool = False,
    patient: bool = False,
    progress: Progress | None = None,
) -> Study | None:
    """Expected money under other prices or quotes, at once; None where more differs or there is too much to play, and where limits bind products together.

    The ledgers are used as they are, or simulated again for what is made to order; `patient`: where more differs all of them, and today's way,
    which takes seconds. Ranges, probabilities and verdicts are left open (NaN, `recomputing`) until `reassume`; expected money is the same to the
    last digit, but for the shared line and who joins it, which stay until then. With `hold` settings, quotes and strategies stay as the study has
    them, and only money moves; ValueError where limits bind.
    """
    if hold:
        _may_hold(study, assumptions)
    if assumptions.limits.any:
        return None
    patient = patient and not hold
    study, moved_too = as_moved(study, assumptions, progress)
    if moved_too and not patient:
        return None
    study = without_limits(study)
    items = (
        _quotes_held(study, restated_items(study, assumptions))
        if hold
        else restated_items(study, assumptions)
    )
    changed = _changed(study, items) - (_QUOTES if hold else frozenset())
    setup, ledgers = study.setup, dict(study.ledgers)
    moved: tuple[str, ...] = ()
    only_quotes = changed <= _QUOTES | _PRICES_AND_RANGES and not moved_too
    if moved_too or not changed <= _PRICES_AND_RANGES:
        if not patient and not (only_quotes and len(items) <= _MOST_AT_ONCE):
            return None
        if only_quotes:
            setup, ledgers = _requoted(study, items, progress)
        else:
            setup = _built_again(study, items)
            ledgers = grid_ledgers(setup, progress)
        if tuple(ledgers) != study.comparison.strategies:
            return None
        moved = tuple(name for name in ledgers if not only_quotes or name not in _UNQUOTED)
    comparison = expected_comparison(study.comparison, setup, ledgers, items, moved, hold)
    if moved and not only_quotes:
        comparison = _todays_again(study, comparison, setup, items)
    if hold:
        recommendation = held_recommendation(
            study.recommendation, comparison, items, study.currency, pending=True
        )
    else:
        recommendation = expected_recommendation(
            study.recommendation, comparison, items, study.currency, study.outlook.too_short
        )
    portfolio = expected_portfolio(comparison, recommendation, items)
    return replace(
        study,
        items=items,
        assumptions=assumptions,
        setup=demand_let_go(setup),
        ledgers=ledgers,
        comparison=comparison,
        recommendation=recommendation,
        portfolio=portfolio,
        notes=notes_under(study, items),
    )


def reassume(
    study: Study,
    assumptions: Assumptions,
    progress: Progress | None = None,
    hold: bool = False,
    how_sure: bool = True,
) -> Study:
    """The same study under other assumptions: priced again where only prices differ, else simulated again as far as it differs.

    The forecast is never refitted: it depends on the sales alone. With `hold` the settings (service level, lot, quote) and the strategies of every plan
    stay as the study has them, so that a price moves money and nothing else; ValueError where limits bind products together. Where the answer offers other
    strategies than before, all is chosen anew. `how_sure`: see `run_study`.
    """
    if hold:
        _may_hold(study, assumptions)
    study, moved = as_moved(study, assumptions, progress)
    items = (
        _quotes_held(study, restated_items(study, assumptions))
        if hold
        else restated_items(study, assumptions)
    )
    study = without_limits(study)
    changed = _changed(study, items) - (_QUOTES if hold else frozenset()) | moved
    if not changed:
        return within_limits(
            replace(study, items=items, assumptions=assumptions, notes=notes_under(study, items))
        )
    before: Comparison | None = None
    start = 0.0
    simulating = None if progress is None else (lambda share, text: progress(0.5 * share, text))
    if changed <= _PRICES | _TODAY:
        setup, ledgers = replace(study.setup, world=demand_held(study.setup.world)), study.ledgers
        if WAY in moved:
            known, setup = setup.ended, with_held_today(setup, items, study.forecast, study.todays_way)
            if known is not None and setup.ended is not None and not _equal(known.held, setup.ended.held):
                ledgers, start = grid_ledgers(setup, simulating), 0.5  # what is held need not be bought
    elif changed <= _QUOTES:
        (setup, ledgers), start = _requoted(study, items, simulating), 0.5
        before = (
            study.comparison if study.comparison.by_path.shape[2] == study.setup.world.paths else None
        )  # expected money only: no years to take over
    else:
        setup = _built_again(study, items)
        ledgers = study.ledgers  # played at the values in force
        if not changed <= _PRICES_AND_RANGES:
            ledgers, start = grid_ledgers(setup, simulating), 0.5
    inner = None if progress is None else (lambda share, text: progress(start + (1.0 - start) * share, text))
    if hold and tuple(ledgers) == study.comparison.strategies:
        comparison, recommendation, portfolio = as_held(study, items, setup, ledgers, inner)
    elif how_sure and not moved and only_ranges_moved(study, items):
        earlier, now = (
            restater(lambda stated: restated_items(study, stated), stated)
            for stated in (study.assumptions, assumptions)
        )
        comparison, recommendation, portfolio = reranged(study, items, setup, ledgers, earlier, now, inner)
    else:
        restate = restater(lambda stated: restated_items(study, stated), assumptions) if how_sure else None
        comparison, recommendation, portfolio = decide(
            Simulated(study.outlook, items, setup, ledgers, study.todays_way, restate),
            study.currency,
            inner,
            before,
            _UNQUOTED,
        )
    notes = with_steps_notes(notes_under(study, items), setup.world, items, setup.families)
    return within_limits(
        replace(
            study,
            items=items,
            assumptions=assumptions,
            setup=demand_let_go(setup),
            ledgers=ledgers,
            comparison=comparison,
            recommendation=recommendation,
            portfolio=portfolio,
            notes=notes,
        )
    )


def as_held(
    study: Study, items: Items, setup: Setup, ledgers: Mapping[str, Ledger], progress: Progress | None
) -> tuple[Comparison, Recommendation, Portfolio]:  # fmt: skip
    """Every plan at the settings and strategies of the study, played and priced at these items; the pools of parts keep their settings too."""
    comparison = with_today(
        compare(setup, items, ledgers, progress, held=study.comparison), setup, items, study.forecast, study.todays_way, study.recommendation.ended
    )  # fmt: skip
    comparison = replace(comparison, doubt=study.comparison.doubt)
    recommendation = held_recommendation(study.recommendation, comparison, items, study.currency)
    assembled = np.array(recommendation.strategies, object)[recommendation.recommended] == Strategy.ATO
    joined = joined_ledgers(setup, study.outlook, items)
    shared = float(shared_components(setup, comparison, assembled, items, joined, study.items).sum())
    recommendation = replace(recommendation, shared=shared - recommendation.uncounted)
    return comparison, recommendation, portfolio_totals(comparison, recommendation, items)


def _equal(one: NDArray[Any], other: NDArray[Any]) -> bool:
    return bool(np.array_equal(one, other, equal_nan=True))
