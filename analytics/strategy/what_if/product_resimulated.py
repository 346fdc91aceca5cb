"""One product (with its family, where that assembles together) played again at other values of levers that are no prices, on the same random numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.forecast import Forecast
from analytics.items import Items, stacked_items
from analytics.naming.labels import Strategy
from analytics.simulation.ledger import Ledger
from analytics.simulation.world import World
from analytics.strategy.money.price import MONEY_FIELDS, price
from analytics.strategy.plans.batches import batch_plan
from analytics.strategy.plans.component_pools import rows_of, stacked_forecasts
from analytics.strategy.plans.ledgers import Setup, grid_ledgers, in_threads, with_measured_waits
from analytics.strategy.plans.recipes import (
    assembly_plan,
    minimum_binds,
    order_plan,
    simulation_world,
    stock_plan,
)
from analytics.strategy.what_if.product_what_if import LEVERS, Case, copies_money, moved, priced_at

__all__ = ["many_profits", "profits"]

Array = NDArray[np.float64]
Index = NDArray[np.intp]
#: A lever at a value.
Change = tuple[str, float]


@dataclass(frozen=True, eq=False)
class _Copies:
    """The members under several changes, one copy below the other; `total` the forecasts of the family's total, one a copy."""

    items: Items
    forecast: Forecast
    total: Forecast | None
    world: World
    count: int


def _copies(case: Case, changes: Sequence[Mapping[str, float]]) -> _Copies:
    """One copy of the members for every set of changes.

    One copy of the members for every set of changes (lever -> value), with the random numbers of the members; demand drawn before is used again
    where it has not moved.
    """
    parts = []
    for change in changes:
        here = case
        for name, value in change.items():
            items, forecast, total = moved(here, name, value)
            here = replace(here, items=items, forecast=forecast, family_forecast=total)
        parts.append((here.items, here.forecast, here.family_forecast))
    items, forecast = stacked_items([p[0] for p in parts]), stacked_forecasts([p[1] for p in parts])
    totals = [p[2] for p in parts if p[2] is not None]
    was, copies = case.setup.world, len(changes)
    by_day, order_size = (
        None if column is None else np.concatenate([column] * copies)
        for column in (was.by_day, was.order_size)
    )
    world = simulation_world(
        forecast,
        items,
        replace(case.plan, keys=np.tile(case.plan.keys, copies)),
        by_day,
        was.day_share,
        order_size,
    )
    if was.drawn_row is not None:
        row = np.tile(was.drawn_row, copies)
        row[case.at + len(case.items) * np.flatnonzero(["demand" in change for change in changes])] = -1
        world = replace(world, drawn=was.drawn, drawn_row=row)
    return _Copies(items, forecast, stacked_forecasts(totals) if totals else None, world, copies)


def _played(case: Case, copies: _Copies, asked: Mapping[str, Index]) -> dict[str, Ledger]:
    """Ledgers of the strategies `asked` for on these of the copies each: of the product alone, to be assembled of its whole family."""
    size, setup = len(case.items), case.setup
    members = np.arange(size)

    def alone(names: tuple[str, ...], of: Index) -> dict[str, Ledger]:
        at = case.at + size * of
        own, single = copies.items.take(at), copies.world.take(at)
        bound, stock, order = bool(minimum_binds(own).any()), setup.stock, order_plan(own, (1.0,))
        if Strategy.MTS in names or bound:
            stock = stock_plan(rows_of(copies.forecast, at), own, single, case.grid, setup.seed)
        stock = with_measured_waits(single, stock) if Strategy.MTS in names else stock
        years = np.repeat(setup.assembly_years[[case.at]], len(of))
        return grid_ledgers(
            Setup(
                own.skus,
                single,
                np.repeat(setup.alive[[case.at]], len(of)),
                stock,
                order,
                None,
                (),
                setup.seed,
                years,
                ended=setup.ended_at(np.full(len(of), case.at)),
                batches=batch_plan(own, single, stock, order) if bound else None,
            ),
            strategies=names,
        )

    def together(of: Index) -> dict[str, Ledger]:
        assert copies.total is not None
        rows = (size * of[:, None] + members).ravel()
        items, world = (
            (copies.items, copies.world)
            if len(of) == copies.count
            else (copies.items.take(rows), copies.world.take(rows))
        )
        families = tuple(size * k + members for k in range(len(of)))
        kits = with_measured_waits(
            world, assembly_plan(families, rows_of(copies.total, of), world, items, case.grid, setup.seed)
        )
        years = (
            np.minimum(np.nan_to_num(items["assembly_days"]), np.nan_to_num(items["production_days"])) / 365.0
        )
        return grid_ledgers(
            Setup(
                items.skus,
                world,
                np.tile(setup.alive, len(of)),
                kits,
                order_plan(items, (1.0,)),
                kits,
                families,
                setup.seed,
                years,
                ended=setup.ended_at(np.tile(np.arange(len(setup.alive)), len(of))),
            ),
            strategies=(Strategy.ATO,),
        )

    tasks: dict[tuple[str, ...], Index] = {(name,): of for name, of in asked.items()}
    if (
        Strategy.MTS in asked
        and Strategy.MTO in asked
        and np.array_equal(asked[Strategy.MTS], asked[Strategy.MTO])
    ):  # drawn once for both
        tasks = {(Strategy.MTS, Strategy.MTO): asked[Strategy.MTS]} | {
            names: of for names, of in tasks.items() if names == (Strategy.ATO,)
        }
    parts = in_threads(
        lambda task: together(task[1]) if task[0] == (Strategy.ATO,) else alone(*task),
        sorted(tasks.items(), key=lambda task: task[0]),
    )
    return {name: ledger for part in parts for name, ledger in part.items()}


def _quoted_ledger(case: Case, values: Sequence[float]) -> Ledger:
    """The product made to order at many quotes in one pass: one setting a quote."""
    at = np.array([case.at])
    own = case.items.take(at)
    plan = replace(order_plan(own, (1.0,)), quote_days=np.array([list(values)], np.float64))
    single = case.setup.world.take(at)
    one = Setup(
        own.skus,
        single,
        case.setup.alive[at],
        case.setup.stock,
        plan,
        None,
        (),
        case.setup.seed,
        case.setup.assembly_years[at],
        ended=case.setup.ended_at(at),
    )
    return grid_ledgers(one, strategies=(Strategy.MTO,))[Strategy.MTO]


def _quoted_many(case: Case, values: Sequence[float]) -> Array:
    """Expected profit at many quotes; only making to order hears of them: shape (values, strategies)."""
    out = np.tile(case.base, (len(values), 1))
    out[:, case.strategies.index(Strategy.MTO)] = (
        price(_quoted_ledger(case, values), case.items.take(np.array([case.at]))).profit[0].mean(axis=1)
    )
    return out


def profits(case: Case, lever: str, values: Sequence[float], among: Sequence[str] = ()) -> Array:
    """Expected profit of every strategy with a lever at each of `values`: shape (values, strategies), money over twelve months.

    `lever` is a name of LEVERS or any numeric field of the items. Where only the strategies `among` matter, the others are not played (NaN).
    """
    return many_profits(case, {lever: (values, among)})[lever]


def many_profits(case: Case, asked: Mapping[str, tuple[Sequence[float], Sequence[str]]]) -> dict[str, Array]:
    """`profits` of several levers, each at its values and among its strategies: what must be played is played at once, and nothing twice.

    One array per lever, (values, strategies), money a year.
    """
    levers = {one.name: one for one in LEVERS}
    # in batches a quote says how many customers fill one: every quote is played
    bound = bool(minimum_binds(case.items)[case.at])
    to_play: dict[str, list[Change]] = {}
    to_price: list[Change] = []
    for lever, (values, among) in asked.items():
        known = levers.get(lever)
        wanted = [name for name in case.strategies if not among or name in among]
        missing = {
            name: [float(v) for v in dict.fromkeys(values) if (lever, name, float(v)) not in case.seen]
            for name in wanted
        }
        played = bool(known.moves) if known is not None else lever not in MONEY_FIELDS
        if played and (lever != "quote_days" or bound):
            for name, new in missing.items():
                to_play.setdefault(name, []).extend((lever, v) for v in new)
        elif new := list(dict.fromkeys(v for values_of in missing.values() for v in values_of)):
            if lever == "quote_days":
                _keep(case, [(lever, v) for v in new], _quoted_many(case, new))
            else:
                to_price += [(lever, v) for v in new]
    if to_price:
        _keep(case, to_price, priced_at(case, [{lever: value} for lever, value in to_price]))
    _see(case, {name: new for name, new in to_play.items() if new})
    return {
        lever: np.array(
            [
                [
                    case.seen.get((lever, name, float(v)), np.nan) if not among or name in among else np.nan
                    for name in case.strategies
                ]
                for v in values
            ]
        )
        for lever, (values, among) in asked.items()
    }


def _keep(case: Case, changes: Sequence[Change], money: Array) -> None:
    case.seen.update(
        {
            (lever, name, value): float(money[i, k])
            for i, (lever, value) in enumerate(changes)
            for k, name in enumerate(case.strategies)
        }
    )


def _see(case: Case, asked: Mapping[str, Sequence[Change]]) -> None:
    """Play every strategy at the changes asked of it, all at once, and keep its expected profit."""
    changes = {
        change: k for k, change in enumerate(dict.fromkeys(change for of in asked.values() for change in of))
    }
    if not changes:
        return
    copies = _copies(case, [{lever: value} for lever, value in changes])
    for name, ledger in _played(
        case, copies, {name: np.array([changes[change] for change in of]) for name, of in asked.items()}
    ).items():
        counts = ledger.counts.reshape(len(asked[name]), -1, *ledger.counts.shape[1:])
        ways = ledger.settings["way"] if name == Strategy.MTO else None
        money = copies_money(case, name, counts, ways=ways)
        case.seen.update(
            {
                (lever, name, value): float(found)
                for (lever, value), found in zip(asked[name], money, strict=True)
            }
        )
