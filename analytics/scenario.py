"""A study under other prices, assumptions, limits or choices: what changes is computed again, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analytics.assumptions import FIELDS, Assumption, Assumptions
from analytics.demand import complete_items
from analytics.demand.complete import confirmed_as_they_stand, finished_items
from analytics.demand.periods import demand_by_weekday
from analytics.items import ITEM_FIELDS, Items
from analytics.limits import Limits
from analytics.naming.labels import STRATEGIES, Strategy, Verdict
from analytics.scenario_ranges import only_ranges_moved, reranged
from analytics.simulation.ledger import Ledger
from analytics.strategy.compare import Comparison, compare
from analytics.strategy.decision import closed, decide, joined_ledgers
from analytics.strategy.limits.capacity_load import (
    Load,
    best_month,
    judged_months,
    load_by_month,
    made_by_month,
    months_of,
    order_size_variability,
    planned_by_month,
    work_per_unit,
)  # fmt: skip
from analytics.strategy.limits.report import limited_words
from analytics.strategy.money.price import MONEY_FIELDS
from analytics.strategy.own_decision import decide_each
from analytics.strategy.plans.capacity_quote import quoted_items
from analytics.strategy.plans.component_pools import assembled_families
from analytics.strategy.plans.ledgers import Progress, Setup, grid_ledgers
from analytics.strategy.plans.recipes import DRAWN_PHYSICS
from analytics.strategy.plans.setup import build_setup, demand_held, demand_let_go, requoted
from analytics.strategy.plans.steps import DayPattern, with_steps_notes
from analytics.strategy.plans.todays_way import TODAYS_SERVICE
from analytics.strategy.pool_membership import shared_components
from analytics.strategy.portfolio.own_choice import with_own_choices
from analytics.strategy.portfolio.sums import Portfolio, portfolio_totals
from analytics.strategy.present.present_played import with_today
from analytics.strategy.recommend import Recommendation, recommend
from analytics.strategy.standing import Standing
from analytics.strategy.what_if.expected_money import (
    expected_comparison,
    expected_portfolio,
    expected_recommendation,
)
from analytics.strategy.what_if.service_held import held_recommendation

if TYPE_CHECKING:
    from analytics.data.history import SalesHistory
    from analytics.demand import DemandPanel, LifeCycle
    from analytics.demand.bom import ProductParts
    from analytics.demand.order_sizes import OrderSizes
    from analytics.forecast import Forecast
    from analytics.study import Study

__all__ = [
    "carried_every_month",
    "effort",
    "items_under",
    "reassume",
    "reprice",
    "restater",
    "study_load",
    "study_standing",
    "with_choices",
    "with_currency",
    "within_limits",
    "without_limits",
]

#: The mark of a range of something simulated that is another while the value stays: what was played at the values in force holds.
_RANGES = "ranges"
_PRICES = frozenset(name for name in MONEY_FIELDS if name not in FIELDS or not FIELDS[name].physics)
_PRICES_AND_RANGES = _PRICES | {_RANGES}
#: What only customers hear of who order, and the strategies that hear nothing of it.
_QUOTES = frozenset({"quote_days", "queue_days"})
_UNQUOTED = (Strategy.MTS, Strategy.ATO)
#: What says how it is run today, and touches no strategy.
_TODAY = frozenset({TODAYS_SERVICE})
#: Products up to which what is made to order is played again while a page waits.
_MOST_AT_ONCE = 300


def with_choices(study: Study, chosen: Mapping[str, tuple[str, str]], pooled: bool = True) -> Study:
    """The study with a person's own choices counted: `chosen` is SKU -> (strategy, why).

    Pooled components are simulated again with those who still share them; without `pooled` the shared line stays.
    Limits that all products share are not applied again: an own choice stands, and a note says so.
    """
    recommendation = with_own_choices(
        study.recommendation, study.comparison, study.items, chosen, study.currency
    )
    if not pooled:
        return replace(
            study,
            recommendation=recommendation,
            portfolio=expected_portfolio(study.comparison, recommendation, study.items),
        )
    free = None if study.limited is None else study.limited.free
    joined = joined_ledgers(study.setup, study.outlook, study.items)
    recommendation, portfolio = closed(
        study.setup, study.comparison, recommendation, study.items, joined, free
    )
    notes = (
        study.notes
        if free is None
        else (
            *study.notes,
            "Own choices are counted after the limits; whether the limits still hold with them is not checked again.",
        )
    )
    return replace(study, recommendation=recommendation, portfolio=portfolio, notes=notes)


def within_limits(study: Study, limits: Limits | None = None) -> Study:
    """The study's choice under the limits that all products share (None: those stated with its assumptions); the same study where there are none."""
    stated = study.assumptions.limits if limits is None else limits
    return _limited(study, stated, order_size_variability(study.orders)) if stated.any else study


def _limited(
    study: Study, limits: Limits, variability: NDArray[np.float64], whole_shop: bool = False
) -> Study:
    """The study with the choice, totals and notes that these limits leave."""
    # loads the solver, only where limits are stated
    from analytics.strategy.limits.limited_portfolio import under_limits
    from analytics.strategy.limits.problem import Asked

    _, shares = months_of(study.forecast)
    joined = joined_ledgers(study.setup, study.outlook, study.items)
    setup, comparison, recommendation, limited = under_limits(
        study.setup,
        study.comparison,
        study.ledgers,
        study.recommendation,
        study.items,
        Asked(limits, shares, variability, whole_shop),
        joined,
        study.currency,
    )
    portfolio = (
        study.portfolio
        if recommendation is study.recommendation
        else portfolio_totals(comparison, recommendation, study.items, limited.free)
    )
    return replace(
        study,
        setup=setup,
        comparison=comparison,
        recommendation=recommendation,
        portfolio=portfolio,
        notes=(*study.notes, *limited.notes),
        limited=limited,
    )


def without_limits(study: Study) -> Study:
    """The study as it would be if nothing were limited."""
    if study.limited is None:
        return study
    limited = study.limited
    portfolio = portfolio_totals(limited.free, limited.free_recommendation, study.items)
    notes = tuple(note for note in study.notes if note not in limited.notes)
    return replace(
        study,
        setup=limited.free_setup,
        comparison=limited.free,
        recommendation=limited.free_recommendation,
        portfolio=portfolio,
        notes=notes,
        limited=None,
    )


def with_currency(study: Study, currency: str) -> Study:
    """The same study with its words in another currency; nothing is converted."""
    free = study.comparison if study.limited is None else study.limited.free
    if (study.recommendation.verdict == Verdict.HELD).any():
        return replace(
            study,
            currency=currency,
            recommendation=held_recommendation(study.recommendation, free, study.items, currency),
        )
    of = study.recommendation if study.limited is None else study.limited.free_recommendation
    words = recommend(free, study.items, of.decided, of.flips, currency)
    if study.limited is None:
        return replace(
            study, currency=currency, recommendation=replace(words, shared=study.recommendation.shared)
        )
    limited = replace(
        study.limited, free_recommendation=replace(words, shared=study.limited.free_recommendation.shared)
    )
    recommendation = limited_words(
        limited.free_recommendation,
        limited,
        study.comparison,
        study.recommendation.recommended,
        study.items,
        currency,
    )
    return replace(study, currency=currency, limited=limited, recommendation=recommendation)


def study_load(study: Study) -> Load:
    """Work by month of the mix against what the shop can do: the capacity stated for orders, else the best month shipped so far."""
    limits = study.assumptions.limits
    months, shares = months_of(study.forecast)
    counts = np.stack([study.comparison.chosen[name].counts for name in study.comparison.strategies], axis=1)
    work = work_per_unit(study.items, limits)
    load = load_by_month(
        study.items,
        shares,
        months,
        study.recommendation.recommended,
        study.comparison.strategies,
        counts,
        limits,
        best_month(study.history, work),
    )
    demanded = study.comparison.chosen[study.comparison.strategies[0]].count("demanded")
    planned = planned_by_month(study.items, shares, demanded, limits)
    made = made_by_month(study.history, work, months)
    return replace(load, judged=judged_months(planned, made, *_comings_and_goings(study, work > 0.0)))


def _comings_and_goings(study: Study, made_here: NDArray[np.bool_]) -> tuple[int, int]:
    """Products made here that end within the year ahead (a known end, or more likely than not), and those launched within the two years before it."""

    def day(dates: Any) -> NDArray[np.int64]:
        return np.asarray(dates).astype("datetime64[D]").astype(np.int64)

    ahead, starts = int(day(study.forecast.first_period)), day(study.panel.starts)
    alive = ~study.recommendation.ended & made_here
    known = ~np.isnat(study.life.known_end) & (day(study.life.known_end) < ahead + 365)
    likely = (
        1.0
        - study.life.alive * np.exp(-np.nan_to_num(np.asarray(study.items["hazard_per_year"], np.float64)))
        > 0.5
    )
    first = starts[np.maximum(study.panel.first, 0)]
    new = made_here & (study.panel.first > 0) & (first >= ahead - 730)
    return int((alive & (known | likely)).sum()), int(new.sum())


def carried_every_month(study: Study, load: Load) -> Study:
    """The choice if the load must fit in every month: which products to keep in stock, and what that costs.

    Against a stated capacity, what is made to order must fit; against the assumed one of the whole shop, stock, levelled over the year, as well.
    """
    limits = replace(
        study.assumptions.limits, order_capacity_per_month=load.capacity, every_month=True, bad_years=False
    )
    free = without_limits(study)
    if load.origin == "stated":
        return within_limits(free, limits)
    return _limited(free, limits, np.ones(len(free.items)), whole_shop=True)


def items_under(
    assumptions: Assumptions, given: Items | None, history: SalesHistory, panel: DemandPanel, life: LifeCycle, parts: ProductParts | None, forecast: Forecast, orders: OrderSizes
) -> Items:  # fmt: skip
    """What is `given` of the products, completed under these assumptions; life cycle and forecast rest on the files alone and stay as they are."""
    items = quoted_items(
        finished_items(complete_items(given, history, panel, assumptions), history, life, parts),
        forecast,
        orders,
    )
    return confirmed_as_they_stand(items, assumptions)


def _restated(study: Study, assumptions: Assumptions) -> Items:
    return items_under(
        assumptions,
        study.given_items,
        study.history,
        study.panel,
        study.life,
        study.parts,
        study.forecast,
        study.orders,
    )


def study_standing(study: Study) -> Standing:
    """What the study's decision stands on, to ask it again at other values."""
    r = study.recommendation
    alone = decide_each(
        study.comparison, study.items, r.ended, None, study.outlook.too_short, r.decided.noise
    )
    joined, restate = (
        joined_ledgers(study.setup, study.outlook, study.items),
        restater(lambda stated: _restated(study, stated), study.assumptions),
    )
    return Standing(
        study.outlook,
        study.items,
        study.setup,
        study.ledgers,
        study.comparison,
        alone,
        r.decided,
        joined,
        study.todays_way,
        restate,
    )


def restater(
    under: Callable[[Assumptions], Items], assumptions: Assumptions
) -> Callable[[str, NDArray[np.float64]], Items]:
    """How the items look with one field confirmed product by product.

    The items with a field confirmed product by product (NaN: as it is), completed anew, so that all follows that would if a user said so; `under` gives
    the items under any assumptions, `assumptions` are those in force. What one work centre makes shares its capacity: there all move at once.
    """
    skus = under(assumptions).skus

    def restated(field: str, values: NDArray[np.float64]) -> Items:
        product = {sku: dict(stated) for sku, stated in assumptions.product.items()}
        for i in np.flatnonzero(np.isfinite(values)):
            value = float(values[i])
            product.setdefault(str(skus[i]), {})[field] = Assumption(value, value, value, "confirmed")
        return under(replace(assumptions, product=product))

    return restated


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
    changed = _changed(study, _restated(study, assumptions))
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


def reprice(study: Study, assumptions: Assumptions, hold: bool = False) -> Study | None:
    """Expected money under other prices or quotes, at once; None where more differs or there is too much to play, and where limits bind products together.

    The ledgers are used as they are, or simulated again for what is made to order. Ranges, probabilities and verdicts are left open (NaN, `recomputing`)
    until `reassume`; expected money is the same to the last digit, but for the shared line, which stays until then. With `hold` settings, quotes and
    strategies stay as the study has them, and only money moves; ValueError where limits bind.
    """
    if hold:
        _may_hold(study, assumptions)
    if assumptions.limits.any:
        return None
    study = without_limits(study)
    items = _quotes_held(study, _restated(study, assumptions)) if hold else _restated(study, assumptions)
    changed = _changed(study, items) - (_QUOTES if hold else frozenset())
    setup, ledgers = study.setup, dict(study.ledgers)
    moved: tuple[str, ...] = ()
    if not changed <= _PRICES_AND_RANGES:
        if not changed <= _QUOTES or len(items) > _MOST_AT_ONCE:
            return None
        setup, ledgers = _requoted(study, items)
        if tuple(ledgers) != study.comparison.strategies:
            return None
        moved = tuple(name for name in ledgers if name not in _UNQUOTED)
    comparison = expected_comparison(study.comparison, setup, ledgers, items, moved, hold)
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
    items = _quotes_held(study, _restated(study, assumptions)) if hold else _restated(study, assumptions)
    study = without_limits(study)
    changed = _changed(study, items) - (_QUOTES if hold else frozenset())
    if not changed:
        return within_limits(replace(study, items=items, assumptions=assumptions))
    before: Comparison | None = None
    start = 0.0
    simulating = None if progress is None else (lambda share, text: progress(0.5 * share, text))
    if changed <= _PRICES | _TODAY:
        setup, ledgers = replace(study.setup, world=demand_held(study.setup.world)), study.ledgers
    elif changed <= _QUOTES:
        (setup, ledgers), start = _requoted(study, items, simulating), 0.5
        before = (
            study.comparison if study.comparison.by_path.shape[2] == study.setup.world.paths else None
        )  # expected money only: no years to take over
    else:
        draws = study.setup.world.paths // study.setup.world.inner
        orders = study.orders if study.setup.hybrid is not None else None
        setup = build_setup(
            study.outlook,
            items,
            assembled_families(items, study.life.ended),
            draws,
            orders,
            DayPattern(demand_by_weekday(study.history), study.orders),
        )
        ledgers = study.ledgers  # played at the values in force
        if not changed <= _PRICES_AND_RANGES:
            ledgers, start = grid_ledgers(setup, simulating), 0.5
    inner = None if progress is None else (lambda share, text: progress(start + (1.0 - start) * share, text))
    if hold and tuple(ledgers) == study.comparison.strategies:
        comparison, recommendation, portfolio = _as_held(study, items, setup, ledgers, inner)
    elif how_sure and only_ranges_moved(study, items):
        earlier, now = (
            restater(lambda stated: _restated(study, stated), stated)
            for stated in (study.assumptions, assumptions)
        )
        comparison, recommendation, portfolio = reranged(study, items, setup, ledgers, earlier, now, inner)
    else:
        restate = restater(lambda stated: _restated(study, stated), assumptions) if how_sure else None
        comparison, recommendation, portfolio = decide(
            study.outlook,
            items,
            setup,
            ledgers,
            study.todays_way,
            restate,
            study.currency,
            inner,
            before,
            _UNQUOTED,
        )
    setup, notes = demand_let_go(setup), with_steps_notes(study.notes, setup.world, items, setup.families)
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


def _as_held(
    study: Study, items: Items, setup: Setup, ledgers: Mapping[str, Ledger], progress: Progress | None
) -> tuple[Comparison, Recommendation, Portfolio]:  # fmt: skip
    """Every plan at the settings and strategies of the study, played and priced at these items; the pools of parts keep their settings too."""
    comparison = with_today(
        compare(setup, items, ledgers, progress, held=study.comparison), setup, items, study.forecast, study.todays_way, study.recommendation.ended
    )  # fmt: skip
    recommendation = held_recommendation(study.recommendation, comparison, items, study.currency)
    assembled = np.array(recommendation.strategies, object)[recommendation.recommended] == Strategy.ATO
    joined = joined_ledgers(setup, study.outlook, items)
    shared = float(shared_components(setup, comparison, assembled, items, joined, study.items).sum())
    recommendation = replace(recommendation, shared=shared - recommendation.uncounted)
    return comparison, recommendation, portfolio_totals(comparison, recommendation, items)


def _equal(one: NDArray[Any], other: NDArray[Any]) -> bool:
    return bool(np.array_equal(one, other, equal_nan=True))
