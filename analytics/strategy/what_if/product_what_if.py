"""One product (with its family, where that assembles together) under changed values: its levers, and its money under other prices.

Prices re-price the ledger that is there; what simulates again is in `product_played`. A changed physical value is taken
as known for sure, as if the user had confirmed it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.demand.from_sales.quote import with_quote
from analytics.forecast.forecast import Forecast
from analytics.forecast.spread.paths import PathPlan
from analytics.items import CONFIRMED, DERIVED, Items
from analytics.naming.labels import Strategy
from analytics.simulation.ledger import Ledger
from analytics.strategy.compared.setting import on_the_shelf, setting_scores
from analytics.strategy.money.price import money_values, profit_rates
from analytics.strategy.plans.batches import NOT_CHOSEN
from analytics.strategy.plans.ledgers import Setup
from analytics.strategy.plans.recipes import Grid

__all__ = [
    "LEVERS",
    "Case",
    "Lever",
    "copies_money",
    "lever_value",
    "moved",
    "priced_at",
]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Case:
    """One product at position `at` among the `members` of its component family (alone: one member).

    `family_forecast` is the forecast of the family's total, None where the product is not assembled. `ledgers` are
    the members' rows of the study's own ledgers, `strategies` those offered to the product, `best` the one with the
    highest expected profit. `seen` keeps the profits found already (lever, strategy, value), `kept` the money per unit at the prices of its items.
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
    seen: dict[tuple[str, str, float], float] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def base(self) -> Array:
        """Expected profit of every strategy as things are: shape (strategies,)."""
        for name in self.strategies:
            if ("", name, 0.0) not in self.seen:
                self.seen["", name, 0.0] = float(copies_money(self, name, self.ledgers[name].counts[None])[0])
        return np.array([self.seen["", name, 0.0] for name in self.strategies])


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


_ALL = (Strategy.MTS, Strategy.ATO, Strategy.MTO)
_HOLDING = ("capital_rate", "storage_rate", "insurance_rate")
#: The levers whose flip points are looked for. Prices and quotes are cheap: many values in one pass.
LEVERS: tuple[Lever, ...] = (
    Lever("quote_days", "days quoted to order", "days", 0.0, 120.0, (Strategy.MTO,), per_pass=7),
    Lever("patience_per_day", "share of buyers lost per day of wait", "1/day", 0.0, 0.2, _ALL),
    Lever("demand", "units demanded a year", "units/year", 0.2, 5.0, _ALL),
    Lever(
        "cost_premium", "extra cost of making single units", "share of unit cost", 0.0, 1.0, (), per_pass=31
    ),
    Lever("holding_rate", "capital, storage and insurance together", "1/year", 0.0, 1.0, (), per_pass=31),
    Lever("hazard_per_year", "chance rate that the product ends unannounced", "1/year", 0.0, 3.0, _ALL),
    Lever("margin", "margin, the price moved at this cost", "share of price", 0.005, 0.9, (), per_pass=31),
    Lever("lead_days", "time to replenish stock", "days", 0.0, 182.0, _ALL, step=7.0),
)


def _lead(case: Case) -> float:
    return float(
        case.items["component_lead_days"][case.at] + np.nan_to_num(case.items["production_days"][case.at])
    )


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


def moved(case: Case, name: str, value: float) -> tuple[Items, Forecast, Forecast | None]:
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
        items = items.with_field("component_lead_days", lead, CONFIRMED).with_field(
            "production_days", np.maximum(production + left, 0.0), CONFIRMED
        )
        derived = items.origin("quote_days") == DERIVED
        if derived.any():
            quote = np.where(derived, np.nan, np.asarray(items["quote_days"], np.float64))
            items, _ = with_quote(items.with_field("quote_days", quote, items.origin("quote_days")))
        return items, forecast, total
    return _with(items, name, case.at, value), forecast, total


def _own_prices(case: Case, changes: Sequence[Mapping[str, float]]) -> dict[str, Array]:
    """The product's own prices under each set of changes (lever -> value): field -> (1, sets), of all fields that some set changes."""
    items, at = case.items, case.at
    prices: dict[str, Array] = {}

    def put(field: str, k: int, value: float) -> None:
        prices.setdefault(field, np.full((1, len(changes)), items[field][at]))[0, k] = value

    for k, change in enumerate(changes):
        for name, value in change.items():
            if name == "holding_rate":
                now = lever_value(case, name)
                for rate in _HOLDING:
                    put(rate, k, items[rate][at] * value / now if now > 0.0 else value / 3.0)
            elif name == "margin":
                put("price", k, items["unit_cost"][at] / max(1.0 - value, 1e-9))
            else:
                put(name, k, value)
    return prices


def _kept(case: Case, name: str, found: Callable[[], Any]) -> Any:
    """What follows from the items of the case alone, found once."""
    items, known = case.kept.get(name, (None, None))
    if items is not case.items:
        known = found()
        case.kept[name] = (case.items, known)
    return known


def _own_rates(case: Case, strategy: str, prices: Mapping[str, Array]) -> Array:
    """Money per unit of each count of the product alone under sets of its prices (field -> (1, sets)): shape (sets, counts)."""
    own = _kept(case, "own", lambda: case.items.take(np.array([case.at])))
    rates = np.atleast_2d(profit_rates(money_values(own, strategy, prices), strategy)[0])
    return np.broadcast_to(
        rates, (max([column.shape[1] for column in prices.values()], default=1), rates.shape[1])
    )


def copies_money(
    case: Case,
    strategy: str,
    counts: Array,
    prices: Mapping[str, Array] | None = None,
    ways: Array | None = None,
) -> Array:
    """Expected profit of a strategy on copies of a product's counts.

    Expected profit of a strategy, cross-scored as in the study (`compare.choose`), on copies of its counts under sets of the product's own prices
    (None: one set, as they are).

    `counts` (copies, rows, settings, halves, counts) holds the members, or the product alone; `ways` (copies, settings) says what the
    settings of making to order are (None: as in the study; see `plans.batches.order_ways`). Shape (copies x sets,).
    """
    size = len(case.items)
    rates = _kept(
        case, f"rates {strategy}", lambda: profit_rates(money_values(case.items, strategy), strategy)
    )
    own = rates[case.at][None] if prices is None else _own_rates(case, strategy, prices)
    alone = counts[:, case.at if counts.shape[1] == size else 0]
    money = np.moveaxis(alone @ own.T, -1, 1)
    score = np.where(on_the_shelf(alone, strategy)[:, None, :, None], money, -np.inf)
    if strategy == Strategy.MTO:
        known = case.ledgers[strategy]
        place = case.at if len(known.skus) == size else 0
        ways = known.settings["way"][[place]] if ways is None else ways
        score = np.where((ways != NOT_CHOSEN)[:, None, :, None], score, -np.inf)
    if strategy == Strategy.ATO:  # the family shares one setting
        others = np.arange(size) != case.at
        if np.isfinite(rates).all():
            theirs = np.tensordot(counts[:, others], rates[others], axes=([1, 4], [0, 1]))
        else:
            theirs = np.stack(
                [
                    setting_scores(Ledger(strategy, case.items.skus, {}, copy), case.items)[0][others].sum(
                        axis=0
                    )
                    for copy in counts
                ]
            )
        score = money + theirs[:, None]
    money, score = (part.reshape(-1, *part.shape[2:]) for part in (money, score))
    rows = np.arange(len(money))
    first, second = np.moveaxis(score.argmax(axis=1), 1, 0)
    return np.asarray(0.5 * (money[rows, first, 1] + money[rows, second, 0]))


def priced_at(case: Case, changes: Sequence[Mapping[str, float]]) -> Array:
    """Expected profit at many sets of prices (each: lever -> value), in one pass: shape (sets, strategies)."""
    if not changes[0]:
        return np.tile(case.base, (len(changes), 1))
    prices = _own_prices(case, changes)
    return np.stack(
        [copies_money(case, name, case.ledgers[name].counts[None], prices) for name in case.strategies],
        axis=1,
    )
