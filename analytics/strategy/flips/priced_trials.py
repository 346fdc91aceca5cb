"""Trials of other prices: the whole grid of every strategy priced again, product by product; today's units as they are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from analytics.assumptions import FIELDS
from analytics.demand.from_sales.below_cost import sold_below_cost
from analytics.items import CONFIRMED, GIVEN, Items
from analytics.naming.labels import Strategy
from analytics.simulation.ledger import COUNT_INDEX
from analytics.strategy.compared.setting import may_be_chosen, on_the_shelf
from analytics.strategy.flips.priced_noise import priced_noise
from analytics.strategy.flips.trial_copies import Field, field_of_each
from analytics.strategy.flips.trials import Trials
from analytics.strategy.money.price import MONEY_FIELDS, rates_under
from analytics.strategy.present.listing import earns_nothing, lost_on_shelf, unsold_for_years
from analytics.strategy.present.present_policy import todays_profit_under
from analytics.strategy.standing import Standing

__all__ = ["is_price", "priced_pairs", "priced_trials"]

Array = NDArray[np.float64]
Index = NDArray[np.intp]


#: Levers that are prices together: capital, storage and insurance in proportion; the margin at this cost.
_LEVER_PRICES = ("holding_rate", "margin")
_HOLDING = ("capital_rate", "storage_rate", "insurance_rate")


def is_price(field: str) -> bool:
    """Whether a field, or a lever, is a price: then nothing is played."""
    return field in _LEVER_PRICES or (field in MONEY_FIELDS and not FIELDS[field].physics)


def _changes(own: Items, field: str, values: Array) -> dict[str, Array]:
    """The field at its trial values (products, values), and what follows from it: a set-up is what a single order costs to set up, unless that is said."""
    if field == "holding_rate":
        now = {name: np.asarray(own[name], np.float64)[:, None] for name in _HOLDING}
        total = sum(now.values(), np.zeros(1))
        return {
            name: np.where(
                total > 0.0, rate * values / np.where(total > 0.0, total, 1.0), values / len(_HOLDING)
            )
            for name, rate in now.items()
        }
    if field == "margin":
        return {"price": np.asarray(own["unit_cost"], np.float64)[:, None] / np.maximum(1.0 - values, 1e-9)}
    changes = {field: values}
    if field == "setup_cost":
        stays = np.isin(own.origin("order_setup_cost"), (CONFIRMED, GIVEN))[:, None]
        changes["order_setup_cost"] = np.where(
            stays, np.asarray(own["order_setup_cost"], np.float64)[:, None], values
        )
    return changes


def priced_trials(standing: Standing, field: Field, index: Index, values: Array) -> Trials:
    """Each product at `index` with a price (of all, or of each) at each of its `values` (products, values): trials product by product."""
    fields, moved = field_of_each(field, len(index)), dict[str, Array]()
    for price in dict.fromkeys(fields.tolist()):
        mine = (fields == price)[:, None]
        for name, column in _changes(standing.items.take(index), price, values).items():
            as_it_is = moved.get(name, np.asarray(standing.items[name], np.float64)[index][:, None])
            moved[name] = np.where(mine, column, as_it_is)
    return _priced(standing, index, moved)


def priced_pairs(standing: Standing, index: Index, prices: Mapping[str, Array]) -> Trials:
    """Each product at `index` with several prices moved at once, each to its own values (products, values), one trial a column."""
    own = standing.items.take(index)
    changes: dict[str, Array] = {}
    for field, column in prices.items():
        changes |= _changes(own, field, column)
    return _priced(standing, index, changes)


def _priced(standing: Standing, index: Index, changes: Mapping[str, Array]) -> Trials:
    """As `priced_pairs`, with what follows from the prices (products, values) among the `changes`."""
    own = standing.items.take(index)
    n, count = np.broadcast_shapes(*(column.shape for column in changes.values()))
    strategies = standing.comparison.strategies
    profit = np.full((n, count, len(strategies)), np.nan)
    most = max((len(members) for members in standing.setup.families), default=0)
    assembled = np.full((n, count, most), np.nan)
    own_rates = np.zeros((n, count, len(COUNT_INDEX)))
    halves: dict[str, Index] = {name: np.zeros((n, count, 2), np.intp) for name in strategies}
    for k, name in enumerate(strategies):
        rows = standing.row_of[name][index]
        here = np.flatnonzero((rows >= 0) & standing.comparison.chosen[name].offered[index])
        if not len(here):
            continue
        rates = rates_under(own.take(here), name, {f: column[here] for f, column in changes.items()})
        counts = standing.ledgers[name].counts[rows[here]]
        money = (counts.reshape(len(counts), -1, counts.shape[3]) @ rates.transpose(0, 2, 1)).reshape(
            *counts.shape[:3], count
        )
        may = may_be_chosen(standing.ledgers[name], standing.items.take(index[here]), rows[here])
        score = np.where(may[:, :, None, None], money, -np.inf)
        if name == Strategy.ATO:  # a family shares one setting
            score = money + standing.siblings_money(index[here])[..., None]
        score = np.where(on_the_shelf(counts, name)[:, :, None, None], score, -np.inf)
        first, second = (score[:, :, half].argmax(axis=1) for half in (0, 1))
        halves[name][here] = np.stack([first, second], axis=2)
        at, trial = np.arange(len(here))[:, None], np.arange(count)[None, :]
        profit[here, :, k] = 0.5 * (money[at, first, 1, trial] + money[at, second, 0, trial])
        if name == Strategy.ATO:
            own_rates[here] = rates
            for j, i in enumerate(index[here]):
                members = standing.setup.families[standing.family_of[i]]
                theirs = standing.assembled_money[members]
                assembled[here[j], :, : len(members)] = (
                    0.5 * (theirs[:, first[j], 1] + theirs[:, second[j], 0]).T
                )
                assembled[here[j], :, np.flatnonzero(members == i)[0]] = profit[here[j], :, k]
    base, margin, decidable = _weighed(standing, index, own, changes, profit)
    flat = n * count

    def noise(rows: Index, wanted: NDArray[np.bool_]) -> Array:
        prices = {
            name: np.broadcast_to(column, (n, count)).reshape(-1)[rows] for name, column in changes.items()
        }
        return priced_noise(
            standing,
            np.repeat(index, count)[rows],
            prices,
            {name: pairs.reshape(-1, 2)[rows] for name, pairs in halves.items()},
            np.isfinite(profit.reshape(flat, -1)[rows]) & wanted,
        )

    return Trials(
        np.repeat(index, count),
        profit.reshape(flat, -1),
        base.ravel(),
        margin.ravel(),
        np.repeat(standing.decided.noise[index], count, axis=0),
        decidable.ravel(),
        assembled.reshape(flat, -1),
        np.full((flat, most), np.nan),
        own_rates.reshape(flat, -1),
        np.zeros(flat, bool),
        np.ones((flat, profit.shape[2]), bool),
        np.zeros(flat, bool),
        lambda _, members: standing.pooled(members),
        noise,
    )


def _weighed(
    standing: Standing, index: Index, own: Items, changes: Mapping[str, Array], profit: Array
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Money of today's way, that of a perfect year, and whether there is anything to decide: each (products, values)."""
    decided = standing.decided
    n, count = profit.shape[:2]
    base = np.take_along_axis(profit, decided.baseline[index][:, None, None].repeat(count, axis=1), axis=2)[
        :, :, 0
    ]
    run = np.flatnonzero(standing.run_today[index])
    if standing.comparison.today is not None and len(run):
        place = np.searchsorted(standing.comparison.today.index, index[run])
        base[run] = todays_profit_under(
            standing.comparison.today, place, own.take(run), {f: column[run] for f, column in changes.items()}
        )
    price, cost, fixed = (
        changes.get(name, np.asarray(own[name], np.float64)[:, None])
        for name in ("price", "unit_cost", "fixed_cost_share")
    )
    price, caused = (
        np.broadcast_to(price, (n, count)),
        np.broadcast_to(cost * (1.0 - np.nan_to_num(fixed)), (n, count)),
    )
    demanded = standing.comparison.chosen[Strategy.MTS].counts[index, COUNT_INDEX["demanded"]]
    loses = sold_below_cost(price, np.ones((n, count)), caused)
    able = decided.decidable | (
        decided.money_known & decided.living & decided.loses
    )  # below cost at the values in force, perhaps not at others
    lost = lost_on_shelf(standing.comparison, standing.items)[index]
    years = np.broadcast_to(
        changes.get("years_unsold", np.asarray(own["years_unsold"], np.float64)[:, None]), (n, count)
    )
    known = standing.comparison.perhaps_ended
    perhaps = None if known is None else known.take(index)
    worth = ~earns_nothing(profit, lost[:, None]) & ~unsold_for_years(perhaps, years)
    return base, demanded[:, None] * (price - caused), able[index][:, None] & ~loses & worth
