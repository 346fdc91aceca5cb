"""One product (with its family, where that assembles together) under changed values: the same random numbers, played again.

Prices re-price the ledger that is there; everything else simulates this one product again. A changed physical value
is taken as known for sure, as if the user had confirmed it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.demand.quote import with_quote
from analytics.forecast.forecast import Forecast
from analytics.forecast.paths import PathPlan
from analytics.items import CONFIRMED, DERIVED, Items, stacked_items
from analytics.simulation.ledger import Ledger
from analytics.simulation.world import World
from analytics.strategy.compare import setting_scores
from analytics.strategy.families import rows_of, stacked_forecasts
from analytics.strategy.ledgers import Setup, grid_ledgers, in_threads, with_measured_waits
from analytics.strategy.price import MONEY_FIELDS, money_values, price, profit_rates
from analytics.strategy.recipes import Grid, assembly_plan, order_plan, simulation_world, stock_plan

__all__ = ["LEVERS", "Case", "Lever", "lever_value", "many_profits", "moved_case", "own_prices", "own_rates", "priced_at", "profits", "quoted_ledger"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Case:
    """One product at position `at` among the `members` of its component family (alone: one member).

    `family_forecast` is the forecast of the family's total, None where the product is not assembled. `ledgers` are
    the members' rows of the study's own ledgers, `strategies` those offered to the product, `best` the one with the
    highest expected profit. `seen` keeps what has been played already, `kept` the money per unit at today's prices.
    """

    items: Items
    forecast: Forecast
    family_forecast: Forecast | None
    plan: PathPlan
    setup: Setup
    ledgers: dict[str, Ledger]
    strategies: tuple[str, ...]
    at: int
    grid: Grid
    seen: dict[tuple[str, float], Array] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def base(self) -> Array:
        """Expected profit of every strategy as things are: shape (strategies,)."""
        if ("", 0.0) not in self.seen:
            self.seen["", 0.0] = _priced(self, self.items, self.ledgers)[0]
        return self.seen["", 0.0]


@dataclass(frozen=True)
class Lever:
    """What is moved: its name, label and unit; the range searched; which strategies' counts it moves (none: a price).

    `step` is the least change that counts (0: none), `per_pass` how many values are tried at once (played levers: two). The range of `demand` is in
    multiples of what it is now.
    """

    name: str
    label: str
    unit: str
    least: float
    most: float
    moves: tuple[str, ...]
    step: float = 0.0
    per_pass: int = 2


_ALL = ("MTS", "ATO", "MTO")
_HOLDING = ("capital_rate", "storage_rate", "insurance_rate")
#: The levers whose flip points are looked for. Prices and quotes are cheap: many values in one pass.
LEVERS: tuple[Lever, ...] = (
    Lever("quote_days", "days quoted to order", "days", 0.0, 120.0, ("MTO",), per_pass=7),
    Lever("patience_per_day", "share of buyers lost per day of wait", "1/day", 0.0, 0.2, _ALL),
    Lever("demand", "units demanded a year", "units/year", 0.2, 5.0, _ALL),
    Lever("cost_premium", "extra cost of making single units", "share of unit cost", 0.0, 1.0, (), per_pass=31),
    Lever("holding_rate", "capital, storage and insurance together", "1/year", 0.0, 1.0, (), per_pass=31),
    Lever("hazard_per_year", "chance rate that the product ends unannounced", "1/year", 0.0, 3.0, _ALL),
    Lever("margin", "margin, the price moved at this cost", "share of price", 0.005, 0.9, (), per_pass=31),
    Lever("lead_days", "time to replenish stock", "days", 0.0, 182.0, _ALL, step=7.0),
)


def _lead(case: Case) -> float:
    return float(case.items["component_lead_days"][case.at] + np.nan_to_num(case.items["production_days"][case.at]))


def lever_value(case: Case, name: str) -> float:
    """Where a lever stands now."""
    at, items = case.at, case.items
    if name == "demand":
        counts = case.ledgers[case.strategies[0]].count("demanded")[case.at]
        return float(counts.mean())
    if name == "holding_rate":
        return float(sum(items[f][at] for f in _HOLDING))
    if name == "margin":
        return float(1.0 - items["unit_cost"][at] / items["price"][at])
    if name == "lead_days":
        return _lead(case)
    return float(items[name][at])


def _with(items: Items, name: str, at: int, value: float) -> Items:
    """The items with one product's value known for sure."""
    column = np.array(items[name], np.float64)
    low, high = (np.array(bound) for bound in items.range(name))
    origin = np.array(items.origin(name))
    column[at], low[at], high[at], origin[at] = value, value, value, CONFIRMED
    return items.with_field(name, column, origin, low, high)


def _moved(case: Case, name: str, value: float) -> tuple[Items, Forecast, Forecast | None]:
    """Items and forecasts with a physical lever moved."""
    items, forecast, total = case.items, case.forecast, case.family_forecast
    if name == "demand":
        factor = value / max(lever_value(case, "demand"), 1e-12)
        if total is not None:
            added = (factor - 1.0) * forecast.mean[case.at].sum() / max(float(total.mean.sum()), 1e-12)
            total = total.scaled(np.array([max(1.0 + added, 0.0)]))
        return items, forecast.scaled(np.where(np.arange(len(items)) == case.at, factor, 1.0)), total
    if name == "lead_days":
        # components are shared: the whole family waits for them; a quote that follows from lead times follows
        change = value - _lead(case)
        component = np.asarray(items["component_lead_days"], np.float64)
        production = np.nan_to_num(items["production_days"])
        lead = np.maximum(component + change, 0.0)
        left = np.minimum(component + change - lead, 0.0)
        items = items.with_field("component_lead_days", lead, CONFIRMED).with_field("production_days", np.maximum(production + left, 0.0), CONFIRMED)
        derived = items.origin("quote_days") == DERIVED
        if derived.any():
            quote = np.where(derived, np.nan, np.asarray(items["quote_days"], np.float64))
            items, _ = with_quote(items.with_field("quote_days", quote, items.origin("quote_days")))
        return items, forecast, total
    return _with(items, name, case.at, value), forecast, total


def _world_of(case: Case, items: Items, forecast: Forecast, demand_moved: Sequence[bool]) -> World:
    """The same nature under changed items or forecasts, one copy of the members below the other; demand drawn before is used again where it has not moved."""
    was, copies = case.setup.world, len(demand_moved)
    by_day, order_size = (None if column is None else np.concatenate([column] * copies) for column in (was.by_day, was.order_size))
    world = simulation_world(forecast, items, replace(case.plan, keys=np.tile(case.plan.keys, copies)), by_day, was.day_share, order_size)
    if was.drawn_row is not None:
        row = np.tile(was.drawn_row, copies)
        row[case.at + len(case.items) * np.flatnonzero(demand_moved)] = -1
        world = replace(world, drawn=was.drawn, drawn_row=row)
    return world


def moved_case(case: Case, values: Mapping[str, float]) -> Case:
    """The case with levers that are no prices at these values (lever -> value), played again."""
    moved = case
    for name, value in values.items():
        items, forecast, total = _moved(moved, name, value)
        moved = replace(moved, items=items, forecast=forecast, family_forecast=total, seen={}, kept={})
    demand_moved = ["demand" in values]
    world = _world_of(case, moved.items, moved.forecast, demand_moved)
    ledgers = _played(case, moved.items, moved.forecast, moved.family_forecast, demand_moved, "ATO" in case.strategies)
    return replace(moved, setup=replace(case.setup, world=world), ledgers=ledgers)


def _played(case: Case, items: Items, forecast: Forecast, total: Forecast | None, demand_moved: Sequence[bool], assembled: bool) -> dict[str, Ledger]:
    """The members' ledgers under changed items or forecasts: the product alone, its family for the assembly.

    Several values of levers are played at once as copies of the members, one below the other, with the random numbers of the members; `demand_moved`
    says of each copy whether its demand is another.
    """
    size, seed, copies = len(case.items), case.setup.seed, len(demand_moved)
    at = case.at + size * np.arange(copies)
    world = _world_of(case, items, forecast, demand_moved)
    alive, years = np.tile(case.setup.alive, copies), np.tile(case.setup.assembly_years, copies)

    def alone() -> dict[str, Ledger]:
        own, own_forecast, single = items.take(at), rows_of(forecast, at), world.take(at)
        stock = with_measured_waits(single, stock_plan(own_forecast, own, single, case.grid, seed))
        return grid_ledgers(Setup(own.skus, single, alive[at], stock, order_plan(own, (1.0,)), None, (), seed, years[at]), strategies=("MTS", "MTO"))

    def together() -> dict[str, Ledger]:
        assert total is not None
        families = tuple(size * k + np.arange(size) for k in range(copies))
        kits = with_measured_waits(world, assembly_plan(families, total, world, items, case.grid, seed))
        years = np.minimum(np.nan_to_num(items["assembly_days"]), np.nan_to_num(items["production_days"])) / 365.0
        return grid_ledgers(Setup(items.skus, world, alive, kits, order_plan(items, (1.0,)), kits, families, seed, years), strategies=("ATO",))

    parts = in_threads(lambda play: play(), [alone, together] if total is not None and assembled else [alone])
    return {name: ledger for part in parts for name, ledger in part.items()}


def own_prices(case: Case, changes: Sequence[Mapping[str, float]]) -> dict[str, Array]:
    """The product's own prices under each set of changes (lever -> value, the same levers in each): field -> (1, sets)."""
    items, at = case.items, case.at
    moved: dict[str, Array] = {}
    for name in changes[0]:
        value = np.array([[change[name] for change in changes]])
        if name == "holding_rate":
            now = lever_value(case, name)
            moved |= {rate: items[rate][at] * value / now if now > 0.0 else value / 3.0 for rate in _HOLDING}
        elif name == "margin":
            moved["price"] = items["unit_cost"][at] / np.maximum(1.0 - value, 1e-9)
        else:
            moved[name] = value
    return moved


def own_rates(case: Case, strategy: str, prices: Mapping[str, Array]) -> Array:
    """Money per unit of each count of the product alone under sets of its prices (field -> (1, sets)): shape (sets, counts)."""
    own = case.items.take(np.array([case.at]))
    rates = np.atleast_2d(profit_rates(money_values(own, strategy, prices), strategy)[0])
    return np.broadcast_to(rates, (max([column.shape[1] for column in prices.values()], default=1), rates.shape[1]))


def _priced(case: Case, items: Items, ledgers: dict[str, Ledger], prices: Mapping[str, Array] | None = None) -> Array:
    """Expected profit of every strategy offered, cross-scored as in the study (`compare.choose`), under sets of the product's own
    prices (None: as they are): shape (sets, strategies)."""
    sets = 1 if prices is None else next(iter(prices.values())).shape[1]
    out = np.full((sets, len(case.strategies)), np.nan)
    rows = np.arange(sets)
    for k, name in enumerate(case.strategies):
        if name not in ledgers:
            continue
        counts, rates = ledgers[name].counts, _rates(case, items, name)
        own = counts[case.at if len(counts) == len(items) else 0]
        money = np.tensordot(rates[case.at][None] if prices is None else own_rates(case, name, prices), own, axes=(1, 2))
        score = money if name != "MTO" else money[:, :1]
        if name == "ATO":  # the family shares one setting
            others = np.arange(len(items)) != case.at
            known = np.isfinite(rates).all()
            scores = np.einsum("nsgc,nc->nsg", counts, rates, optimize=True) if known else setting_scores(ledgers[name], items)[0]
            score = money + scores[others].sum(axis=0)
        first, second = np.moveaxis(score.argmax(axis=1), 1, 0)
        out[:, k] = 0.5 * (money[rows, first, 1] + money[rows, second, 0])
    return out


def _rates(case: Case, items: Items, strategy: str) -> Array:
    """Money per unit of each count of the members (members, counts): found once for all levers that are no prices."""
    prices = [items.values.get(name) for name in MONEY_FIELDS]
    of, known = case.kept.get(f"rates {strategy}", ([], None))
    if known is None or any(one is not other for one, other in zip(of, prices, strict=True)):
        known = profit_rates(money_values(items, strategy), strategy)
        case.kept[f"rates {strategy}"] = (prices, known)
    return np.asarray(known)


def priced_at(case: Case, changes: Sequence[Mapping[str, float]]) -> Array:
    """Expected profit at many sets of prices (each: lever -> value), in one pass: shape (sets, strategies)."""
    if not changes[0]:
        return np.tile(case.base, (len(changes), 1))
    return _priced(case, case.items, case.ledgers, own_prices(case, changes))


def quoted_ledger(case: Case, values: Sequence[float]) -> Ledger:
    """The product made to order at many quotes in one pass: one setting a quote."""
    at = np.array([case.at])
    own = case.items.take(at)
    plan = replace(order_plan(own, (1.0,)), quote_days=np.array([list(values)], np.float64))
    single = case.setup.world.take(at)
    one = Setup(own.skus, single, case.setup.alive[at], case.setup.stock, plan, None, (), case.setup.seed, case.setup.assembly_years[at])
    return grid_ledgers(one, strategies=("MTO",))["MTO"]


def _quoted_many(case: Case, values: Sequence[float]) -> Array:
    """Expected profit at many quotes; only making to order hears of them: shape (values, strategies)."""
    out = np.tile(case.base, (len(values), 1))
    out[:, case.strategies.index("MTO")] = price(quoted_ledger(case, values), case.items.take(np.array([case.at]))).profit[0].mean(axis=1)
    return out


def profits(case: Case, lever: str, values: Sequence[float], among: Sequence[str] = ()) -> Array:
    """Expected profit of every strategy with a lever at each of `values`: shape (values, strategies), money over twelve months.

    `lever` is a name of LEVERS or any numeric field of the items. Where only the strategies `among` matter and none of them assembles, the
    family is not played (NaN).
    """
    return many_profits(case, {lever: (values, among)})[lever]


def many_profits(case: Case, asked: Mapping[str, tuple[Sequence[float], Sequence[str]]]) -> dict[str, Array]:
    """`profits` of several levers, each at its values and among its strategies: what must be played is played at once, and nothing twice."""
    levers = {one.name: one for one in LEVERS}
    keys: dict[str, str] = {}
    to_play: dict[bool, list[tuple[str, float]]] = {False: [], True: []}
    for lever, (values, among) in asked.items():
        known = levers.get(lever)
        priced = not known.moves if known is not None else lever in MONEY_FIELDS
        assembled = "ATO" in case.strategies and (not among or "ATO" in among)
        keys[lever] = lever if assembled or priced or lever == "quote_days" else f"{lever} without assembly"
        missing = [float(v) for v in dict.fromkeys(values) if (keys[lever], float(v)) not in case.seen]
        if missing and (priced or lever == "quote_days"):
            found = _quoted_many(case, missing) if lever == "quote_days" else priced_at(case, [{lever: v} for v in missing])
            case.seen.update({(keys[lever], v): row for v, row in zip(missing, found, strict=True)})
        else:
            to_play[assembled] += [(lever, v) for v in missing]
    for assembled, changes in to_play.items():
        if changes:
            case.seen.update({(keys[lever], v): row for (lever, v), row in zip(changes, _simulated(case, changes, assembled), strict=True)})
    return {lever: np.stack([case.seen[keys[lever], float(v)] for v in values]) for lever, (values, _) in asked.items()}


def _simulated(case: Case, changes: Sequence[tuple[str, float]], assembled: bool) -> Array:
    """Expected profit at each of the changes (lever, value), played at once: shape (changes, strategies)."""
    parts = [_moved(case, lever, value) for lever, value in changes]
    items, forecast = stacked_items([p[0] for p in parts]), stacked_forecasts([p[1] for p in parts])
    totals = [p[2] for p in parts if p[2] is not None]
    played = _played(case, items, forecast, stacked_forecasts(totals) if totals else None, [lever == "demand" for lever, _ in changes], assembled)
    out = []
    for k, (own, _, _) in enumerate(parts):
        rows = {name: np.arange(len(ledger.skus)).reshape(len(parts), -1)[k] for name, ledger in played.items()}
        out.append(_priced(case, own, {name: Ledger(name, ledger.skus[rows[name]], {}, ledger.counts[rows[name]]) for name, ledger in played.items()})[0])
    return np.stack(out)
