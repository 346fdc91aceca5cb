"""Strategies side by side on the same demand: expected money at each one's best setting, and how sure it is.

One concept: the record `Comparison`. What fills it, what replaces some of its products, and the figures that
are read off it (drawn worlds, regret, distance to the best) share its axes and its random draws.

Settings are chosen on one half of the paths and scored on the other, both ways, averaged: otherwise the
strategy with more levers would win by luck.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.naming.labels import STRATEGIES, Strategy
from analytics.simulation.ledger import Ledger
from analytics.strategy.compared.lost_years import LostYears, as_priced, lost_years
from analytics.strategy.compared.played_years import SERVICE_DAYS, Part, Years, part_of, quantiles_of_years
from analytics.strategy.compared.reference_worlds import references_of
from analytics.strategy.compared.setting import Chosen, choose
from analytics.strategy.compared.steadied import (
    open_products,
    settings_of_all_seeds,
    steadied,
    with_waits_of_all_seeds,
)
from analytics.strategy.money.measures import (
    WaitingUnits,
    joined_waits,
)
from analytics.strategy.money.price import MONEY_FIELDS
from analytics.strategy.plans.batches import BatchPlan
from analytics.strategy.plans.draws import assumption_uniforms
from analytics.strategy.plans.ledgers import (
    Progress,
    Setup,
    at_values_in_force,
    chunk_counts,
    chunks_of,
    demand_of,
    in_turn,
    played_with,
    years_at_once,
)
from analytics.strategy.plans.perhaps_ended import PerhapsEnded
from analytics.strategy.plans.recipes import DRAWN_PHYSICS
from analytics.strategy.plans.todays_way import TODAYS_SERVICE

if TYPE_CHECKING:
    from analytics.strategy.doubt.gain_doubt import GainDoubt
    from analytics.strategy.present.present_policy import Today

__all__ = [
    "AT_ONCE",
    "Comparison",
    "compare",
    "compare_once",
    "expected_parameter_draws",
    "probability_best",
    "profit_against_best",
    "with_chosen",
]

Array = NDArray[np.float64]
#: Products whose simulated years are held in double at a time.
AT_ONCE = 1000
#: Positions of products, and their expected money in the reference worlds over more years (products, strategies, worlds).
Again = tuple[NDArray[np.intp], Array]
#: What is added up of some products: their strategy, who waits, their positions and the years of their losses (None: not asked for).
Played = tuple[str, WaitingUnits, NDArray[np.intp], Array | None]


@dataclass(frozen=True, eq=False)
class Comparison:
    """Strategies (axis 1 of every array, in the order of `strategies`) side by side, per product (axis 0).

    `profit` is expected money over the horizon at the best setting. `by_path` (products, strategies, paths) is
    the money of each simulated year, with every assumed price drawn; `by_draw` the same averaged over the inner
    paths. `low` and `high` hold, per measure, the 5th and 95th percentile of a realised year. `probability_best`
    is the probability that expected profit is highest, over what is not known for sure: `by_world` (products, strategies,
    worlds) is expected money in the reference worlds (None: too few years; `by_draw` with inner noise removed stands for it), of those whose best is open over more years `again`;
    `probability_best_year` that of a realised year. `regret` is what choosing a strategy costs on average
    against knowing the parameters. `uniforms` are the parameter draws behind `by_draw`. `in_force` (products, strategies, draws) is expected money by
    draw of demand with everything assumed at its value in force: what tells a lead from chance. `waiting`
    are, per strategy, the units that wait and how long. `perfect_by_path`
    (products, paths) is what each simulated year would have earned with nothing lost (None: not kept). `doubt` is what is known of the errors of gains,
    `perhaps_ended` what may have ended unnoticed (None: nothing), `batches` what is to order in batches only (None: nothing).
    `lost` are the years of what is written off and short (None: not added up, to be played again where they are asked for).
    """

    strategies: tuple[str, ...]
    chosen: Mapping[str, Chosen]
    profit: Array
    by_path: NDArray[np.float32]
    by_draw: Array
    low: Mapping[str, Array]
    high: Mapping[str, Array]
    wait_days: Mapping[str, Array]
    served_within: Array
    probability_best: Array
    probability_best_year: Array
    regret: Array
    uniforms: Mapping[str, Array]
    in_force: Array
    waiting: Mapping[str, WaitingUnits]
    perfect_by_path: NDArray[np.float32] | None = None
    today: Today | None = None
    doubt: GainDoubt | None = None
    by_world: NDArray[np.float32] | None = None
    again: Again | None = None
    perhaps_ended: PerhapsEnded | None = None
    not_split: NDArray[Any] | None = None
    batches: BatchPlan | None = None
    not_by_channel: NDArray[Any] | None = None
    lost: LostYears | None = None


def expected_parameter_draws(by_path: Array | NDArray[np.float32], inner: int) -> Array:
    """Expected money per parameter draw with inner noise removed: shape (products, strategies, draws).

    Averages over inner paths still carry noise; the deviations of the *differences* from the mean strategy are
    shrunk by the share of their variance that lies between draws (one-way variance components).
    """
    n, k, paths = by_path.shape
    if n > AT_ONCE:  # all at once would hold every year in double, several times
        blocks = chunks_of(n, AT_ONCE)
        return np.concatenate([expected_parameter_draws(by_path[rows], inner) for rows in blocks])
    draws = by_path.reshape(n, k, paths // inner, inner).astype(np.float64)
    mean_draw = draws.mean(axis=3)
    if inner < 2:
        return mean_draw
    known = np.isfinite(draws)
    reference = np.where(known, draws, 0.0).sum(axis=1, keepdims=True) / np.maximum(
        known.sum(axis=1, keepdims=True), 1
    )
    difference = draws - reference
    within = difference.var(axis=3, ddof=1).mean(axis=2) / inner
    total = difference.mean(axis=3).var(axis=2, ddof=1)
    share = np.sqrt(np.clip(1.0 - within / np.maximum(total, 1e-300), 0.0, 1.0))
    centre = difference.mean(axis=(2, 3))[:, :, None]
    return reference.mean(axis=3) + centre + (difference.mean(axis=3) - centre) * share[:, :, None]


def probability_best(money: Array) -> tuple[Array, Array]:
    """Share of the last axis in which each strategy is best (ties shared), and its mean regret.

    probability_best = draws in which the strategy earns most / draws.
    `money` has shape (products, strategies, draws); strategies that are not offered are NaN and never best.
    """
    offered = np.isfinite(money)
    value = np.where(offered, money, -np.inf)
    top = value.max(axis=1, keepdims=True)
    best = (value == top) & np.isfinite(top)
    share = best / np.maximum(best.sum(axis=1, keepdims=True), 1)
    regret = np.where(offered, top - np.where(offered, money, 0.0), np.nan)
    return share.mean(axis=2), regret.mean(axis=2)


def profit_against_best(comparison: Comparison) -> tuple[Array, Array, Array]:
    """How much less each strategy earns than the one with the highest expected profit, on the same demand: value, 5th and 95th percentile of a realised year.

    profit_against_best = profit of the strategy - profit of the best, year by year. The value is the difference of the expected
    profits. Paired: what all strategies share in a year cancels, so the range is far narrower than that of either.
    Shapes (products, strategies), money a year, NaN where not offered.
    Source: common random numbers, Law (2015), Simulation Modeling and Analysis, 11.2.
    """
    rows = np.arange(len(comparison.profit))
    best = np.argmax(np.where(np.isfinite(comparison.profit), comparison.profit, -np.inf), axis=1)
    low, high = np.full(comparison.profit.shape, np.nan), np.full(comparison.profit.shape, np.nan)
    for block in chunks_of(len(rows), AT_ONCE):
        years = comparison.by_path[block].astype(np.float64)
        low[block], high[block] = quantiles_of_years(
            years - years[np.arange(len(block)), best[block]][:, None, :]
        )
    return comparison.profit - comparison.profit[rows, best][:, None], low, high


def _told_days(setup: Setup, strategy: str) -> Array:
    """The wait every customer of a product is told: 0 from stock, the assembly time, or the quote."""
    if strategy == Strategy.MTO:
        told = setup.order.quote_days[:, 0].copy()
        if setup.batches is not None:  # the wait for a batch is counted step by step, the quote in it
            told[setup.batches.index] = 0.0
        return told
    if strategy == Strategy.ATO and setup.assembly is not None:
        return setup.assembly.door_wait_days
    return np.zeros(len(setup.skus))


def _part(
    setup: Setup,
    steady: Setup,
    items: Items,
    chosen: Chosen,
    units: NDArray[np.intp],
    uniforms: Mapping[str, Array],
    with_losses: bool = False,
) -> Part:
    """Some products played in the drawn years, and at the values in force (`steady`): waits, losses and what tells a lead from chance hang on no range."""
    name = chosen.strategy
    first = np.array([setup.families[u][0] for u in units], np.intp) if name == Strategy.ATO else units
    counts, _, index = chunk_counts(setup, name, units, chosen.by_half[first], waits=False)
    here = replace(
        steady, world=replace(steady.world, drawn=setup.world.drawn, drawn_row=setup.world.drawn_row)
    )
    certain, steps_waited, _ = chunk_counts(here, name, units, chosen.by_half[first])
    step_days, told = 7.0 / setup.world.steps_per_week[index], _told_days(setup, name)[index]
    years = Years(index, counts, certain, steps_waited, chosen.counts[index], told, step_days)
    references = references_of(setup.world, index, uniforms)
    own = items.take(index)
    part = part_of(own, name, years, uniforms, setup.world.inner, references)
    if not with_losses:
        return part
    lost = lost_years(certain, own, name)
    return replace(part, lost=as_priced(lost, years.expected, own) if name == Strategy.ATO else lost)


def compare(
    setup: Setup, items: Items, ledgers: Mapping[str, Ledger], progress: Progress | None = None, before: Comparison | None = None, same: Sequence[str] = (),
    held: Comparison | None = None, losses: bool = False,
) -> Comparison:  # fmt: skip
    """Choose each strategy's setting on the grid, then play the chosen ones path by path on the same demand.

    The years of the strategies that are the `same` as in a comparison `before`, in ledgers and prices, are taken from there.
    The settings of the comparison `held` are kept, whatever the prices (None: chosen anew). With `losses` the years of what is
    written off and short are kept, where all are played here.
    """
    found = compare_once(setup, items, ledgers, progress, before, same, held, losses)
    if found.by_world is None:
        return found
    best = found.probability_best.copy()
    rows = open_products(best, np.nanmax(np.abs(np.nan_to_num(found.profit)), axis=1))
    if not len(rows):
        return found
    common = with_waits_of_all_seeds(setup, rows)
    best_known = (
        found.chosen if held is not None else settings_of_all_seeds(common, items, found.chosen, rows)
    )
    again = rows, steadied(common, items, best_known, rows, best)
    best[rows] = probability_best(again[1])[0]
    return replace(found, probability_best=best, again=again)


def compare_once(
    setup: Setup, items: Items, ledgers: Mapping[str, Ledger], progress: Progress | None = None, before: Comparison | None = None, same: Sequence[str] = (),
    held: Comparison | None = None, losses: bool = False,
) -> Comparison:  # fmt: skip
    """As `compare`, but which strategy is best is not looked at again, in further years, where that is open: what a decision rests on is all there."""
    n = len(setup.skus)
    paths, inner = setup.world.paths, setup.world.inner
    position = {sku: i for i, sku in enumerate(setup.skus)}
    strategies = tuple(ledgers)
    chosen = {
        name: choose(
            ledger,
            items,
            np.array([position[s] for s in ledger.skus], np.intp),
            setup.families if name == Strategy.ATO else (),
            None if held is None else held.chosen.get(name),
        )
        for name, ledger in ledgers.items()
    }
    uniforms = {
        name: assumption_uniforms(name, paths // inner, setup.seed)
        for name in (*MONEY_FIELDS, *DRAWN_PHYSICS, TODAYS_SERVICE)
    }
    steady = at_values_in_force(setup)
    by_path = np.full((n, len(strategies), paths), np.nan, np.float32)
    in_force = np.full((n, len(strategies), paths // inner), np.nan)
    by_world = np.full(by_path.shape, np.nan, np.float32)
    perfect = np.full((n, paths), np.nan, np.float32)
    low: dict[str, Array] = {}
    high: dict[str, Array] = {}
    waits: dict[str, Array] = {}
    waiting: dict[str, list[WaitingUnits]] = {name: [] for name in strategies}
    served = np.zeros((n, len(strategies), len(SERVICE_DAYS)))
    lost = LostYears.begun(chosen, paths) if losses and before is None else None
    taken = [name for name in strategies if before is not None and name in same and name in before.strategies]
    if before is not None and taken:
        there, here = ([of.index(name) for name in taken] for of in (before.strategies, strategies))
        by_path[:, here], in_force[:, here], served[:, here] = (
            before.by_path[:, there],
            before.in_force[:, there],
            before.served_within[:, there],
        )
        if before.by_world is not None:
            by_world[:, here] = before.by_world[:, there]
        perfect = (
            perfect if before.perfect_by_path is None or Strategy.MTS not in taken else before.perfect_by_path
        )
        waiting |= {name: [before.waiting[name]] for name in taken}
        for table, known in ((low, before.low), (high, before.high), (waits, before.wait_days)):
            for measure, column in known.items():
                table.setdefault(measure, np.full((n, len(strategies)), np.nan))[:, here] = column[:, there]

    def played(names: Sequence[str], units: NDArray[np.intp]) -> list[Played]:
        """Play some products and write down what is kept, each to its own rows: years of all together would take more than the result."""
        held = demand_of(setup, played_with(setup, units) if Strategy.ATO in names else units)
        offered = {
            name: units if name == Strategy.ATO else units[chosen[name].offered[units]] for name in names
        }
        out = []
        for name, some in offered.items():
            if not len(some):
                continue
            part = _part(held, steady, items, chosen[name], some, uniforms, lost is not None)
            years = by_path, in_force, by_world
            _write_down(part, strategies.index(name), years, served, (low, high, waits))
            if name == Strategy.MTS:
                perfect[part.index] = part.perfect
            out.append((name, part.waiting, part.index, part.lost))
        return out

    left = [name for name in strategies if name not in taken]
    alone = [name for name in left if name in (Strategy.MTS, Strategy.MTO)]
    turns = [
        (alone, years_at_once(n, 16, paths)),
        *(([name], _tasks(setup, name, chosen[name])) for name in left if name not in alone),
    ]
    for turn, (names, tasks) in enumerate(turns):
        share = None if progress is None else _section(progress, turn, len(turns))
        for parts in in_turn(
            lambda units, names=names: played(names, units),  # type: ignore[misc]
            tasks,
            share,
            f"{' and '.join(STRATEGIES[name] for name in names)}: a year at a time",
        ):
            for name, who, index, losses_of in parts:
                waiting[name].append(who)
                if lost is not None:
                    lost.add(name, index, losses_of)
    blocks = chunks_of(n, AT_ONCE)
    by_draw = expected_parameter_draws(by_path, inner)
    best_year = np.concatenate([probability_best(by_path[rows].astype(np.float64))[0] for rows in blocks])
    worlds = by_world if references_of(setup.world, np.zeros(0, np.intp), uniforms) is not None else None
    regret = probability_best(by_draw)[1]
    drawn = by_draw if worlds is None else worlds
    best = np.concatenate([probability_best(drawn[rows].astype(np.float64))[0] for rows in blocks])
    profit = np.stack([chosen[name].profit for name in strategies], axis=1)
    return Comparison(
        strategies,
        chosen,
        profit,
        by_path,
        by_draw,
        low,
        high,
        waits,
        served,
        best,
        best_year,
        regret,
        uniforms,
        in_force,
        {name: joined_waits(parts) for name, parts in waiting.items()},
        perfect,
        by_world=worlds,
        perhaps_ended=setup.ended,
        not_split=setup.not_split,
        batches=setup.batches,
        not_by_channel=setup.not_by_channel,
        lost=lost,
    )


def _write_down(
    part: Part,
    k: int,
    years: tuple[NDArray[np.float32], Array, NDArray[np.float32] | None],
    served: Array,
    tables: tuple[dict[str, Array], dict[str, Array], dict[str, Array]],
) -> None:
    """Write what is kept of some products under strategy k to the arrays of all: `tables` are the lower and upper bounds and the waits."""
    by_path, in_force, by_world = years
    if by_world is not None and part.by_world is not None:
        by_world[part.index, k] = part.by_world
    by_path[part.index, k], in_force[part.index, k], served[part.index, k] = (
        part.by_path,
        part.in_force,
        part.served,
    )
    for table, values in zip(tables, (part.low, part.high, part.waits), strict=True):
        for measure, column in values.items():
            table.setdefault(measure, np.full(by_path.shape[:2], np.nan))[part.index, k] = column


def _tasks(setup: Setup, strategy: str, chosen: Chosen) -> list[NDArray[np.intp]]:
    """What is played together path by path: families that assemble, products whose orders are told apart."""
    if strategy == Strategy.ATO:
        return chunks_of(len(setup.families), 4)
    products = np.flatnonzero(chosen.offered)
    return [products[units] for units in chunks_of(len(products), 4)]


def with_chosen(
    setup: Setup,
    items: Items,
    comparison: Comparison,
    chosen: Mapping[str, Chosen],
    changed: Mapping[str, NDArray[np.intp]],
) -> Comparison:
    """The comparison with other settings for some products, played path by path again for them alone.

    `changed` names, by strategy, the units whose setting differs: products, or families (assembled). Everything else stays bit-identical.
    """
    by_path, served, in_force, steady = (
        comparison.by_path.copy(),
        comparison.served_within.copy(),
        comparison.in_force.copy(),
        at_values_in_force(setup),
    )
    by_world = None if comparison.by_world is None else comparison.by_world.copy()
    low, high, waits = (
        {m: column.copy() for m, column in table.items()}
        for table in (comparison.low, comparison.high, comparison.wait_days)
    )
    touched = np.zeros(len(items), bool)
    waiting = dict(comparison.waiting)
    for name, units in changed.items():
        k = comparison.strategies.index(name)
        for block in chunks_of(len(units), 32):
            part = _part(setup, steady, items, chosen[name], units[block], comparison.uniforms)
            touched[part.index] = True
            stays = ~np.isin(np.arange(len(items)), part.index)
            waiting[name] = joined_waits([waiting[name].of(stays), part.waiting])
            _write_down(part, k, (by_path, in_force, by_world), served, (low, high, waits))
    rows = np.flatnonzero(touched)
    by_draw, best, year, regret = (
        a.copy()
        for a in (
            comparison.by_draw,
            comparison.probability_best,
            comparison.probability_best_year,
            comparison.regret,
        )
    )
    if len(rows):
        money = by_path[rows].astype(np.float64)
        by_draw[rows] = expected_parameter_draws(money, setup.world.inner)
        year[rows] = probability_best(money)[0]
        best[rows], regret[rows] = probability_best(by_draw[rows])
        if by_world is not None:
            best[rows] = probability_best(by_world[rows].astype(np.float64))[0]
    profit = np.stack([chosen[name].profit for name in comparison.strategies], axis=1)
    return replace(comparison, chosen=chosen, profit=profit, by_path=by_path, by_draw=by_draw, low=low, high=high, wait_days=waits, served_within=served,
                   probability_best=best, probability_best_year=year, regret=regret, in_force=in_force, waiting=waiting,
                   by_world=by_world, again=_without(comparison.again, rows), lost=None)  # fmt: skip


def _without(again: Again | None, rows: NDArray[np.intp]) -> Again | None:
    """The further years without those of products that are played otherwise now."""
    if again is None:
        return None
    stays = ~np.isin(again[0], rows)
    return again[0][stays], again[1][stays]


def _section(progress: Progress, k: int, parts: int) -> Progress:
    return lambda share, text: progress((k + share) / parts, text)
