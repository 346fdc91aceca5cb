"""The closed forms beside the simulated choice: an independent answer to "stock or order?", and why the two may differ.

Both weigh holding a first unit against letting customers wait, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.naming.labels import Strategy, Verdict, money_text, number_text
from analytics.policy.batches import BatchMoney, batch_started_by_an_order
from analytics.simulation.ledger import COUNT_INDEX
from analytics.strategy.compare import Comparison
from analytics.strategy.money.measures import priced_measures
from analytics.strategy.money.price import money_values
from analytics.strategy.plans.batches import START
from analytics.strategy.plans.recipes import NO_QUOTE_DAYS
from analytics.strategy.recommend import Recommendation
from analytics.strategy.screens import break_even_demand_rate, break_even_demand_rate_per_unit

__all__ = ["ScreenAnswers", "cross_check", "screen_answers"]

Array = NDArray[np.float64]

#: Components that no closed form sees, in words.
_UNSEEN: Mapping[str, str] = {
    "setup": "set-ups",
    "premium": "what making single units costs more",
    "markdown": "stock that loses value or must be cleared",
    "cancellation": "cancelled orders",
}
#: A component explains a disagreement if it is at least this share of what the other strategy bears more.
_EXPLAINS = 0.3


@dataclass(frozen=True, eq=False)
class ScreenAnswers:
    """What published rules for one product at a time say, beside expected demand.

    Per product (products,), units a year: `demand` as expected, `per_unit` the demand above which the first unit in stock pays if every unit
    that waits costs its penalty once (Arreola-Risa and DeCroix 1998), `by_time` the same with the penalty spread over the replenishment time:
    ln(1 + h'/b) / (L - w). NaN where money or a quote is not known.
    """

    demand: Array
    per_unit: Array
    by_time: Array

    @property
    def stock(self) -> NDArray[np.int64]:
        """1 where both say stock, -1 where both say order, 0 where they differ or one is not known."""
        above, also = self.demand > self.per_unit, self.demand > self.by_time
        known = np.isfinite(self.demand) & ~np.isnan(self.per_unit) & ~np.isnan(self.by_time)
        return np.where(known & above & also, 1, np.where(known & ~above & ~also, -1, 0))


def screen_answers(comparison: Comparison, items: Items) -> ScreenAnswers:
    """What the closed forms say of every product, from its own prices, patience and lead times.

    Formula: h' = cost x (capital + storage + insurance rate) + hazard x cost x (1 - salvage); a unit made to order costs a penalty of
    (1 - r) x (margin + goodwill), r the share of buyers who accept the quote, relative to the wait they accept today; b is that penalty over
    L - w years, L the replenishment time and w the wait accepted today. Source: Arreola-Risa and DeCroix 1998; the indifference of a base stock and a wait, re-derived.
    """
    v = {
        name: np.asarray(items[name], np.float64)
        for name in ("patience_per_day", "quote_days", "hazard_per_year", "component_lead_days")
    }
    money = money_values(items, Strategy.MTS)
    demand = comparison.chosen[Strategy.MTS].counts[:, COUNT_INDEX["demanded"]]
    accepted_today = np.nan_to_num(np.asarray(items["historical_wait_days"], np.float64))
    holding = money["stock_value"] * (
        money["capital_rate"]
        + money["storage_and_insurance"]
        + np.nan_to_num(v["hazard_per_year"]) * (1.0 - money["salvage_share"])
    )
    refuse = 1.0 - np.exp(-v["patience_per_day"] * np.maximum(v["quote_days"] - accepted_today, 0.0))
    penalty = refuse * (money["price_of_demand"] - money["cost"] + money["goodwill_per_unit"])
    exposed = (
        np.maximum(
            v["component_lead_days"]
            + np.nan_to_num(np.asarray(items["production_days"], np.float64))
            - accepted_today,
            0.0,
        )
        / 365.0
    )
    usable = (
        np.isfinite(holding)
        & np.isfinite(penalty)
        & np.isfinite(exposed)
        & (holding >= 0.0)
        & (v["quote_days"] < NO_QUOTE_DAYS)
    )
    per_unit, by_time = np.full(len(items), np.nan), np.full(len(items), np.nan)
    costs = usable & (penalty > 0.0)
    per_unit[usable], by_time[usable] = np.inf, np.inf
    per_unit[costs] = break_even_demand_rate_per_unit(holding[costs], penalty[costs])
    exposes = costs & (exposed > 0.0)
    by_time[exposes] = break_even_demand_rate(
        holding[exposes], penalty[exposes] / exposed[exposes], exposed[exposes]
    )
    return ScreenAnswers(np.where(usable, demand, np.nan), per_unit, by_time)


def _limits(per_unit: float, by_time: float) -> str:
    """Above which demand a first unit in stock pays."""
    if not np.isfinite(per_unit) and not np.isfinite(by_time):
        return "Holding it never pays"
    timed = f"above {number_text(by_time, 2)}" if np.isfinite(by_time) else "never"
    return f"Holding it pays above {number_text(per_unit, 2)} units a year, or {timed} with the lead time counted"


def _why(
    i: int,
    said: int,
    mine: int,
    components: Mapping[str, Array],
    comparison: Comparison,
    items: Items,
    answers: ScreenAnswers,
    currency: str,
) -> str:
    """Why the simulated choice differs from what the closed forms say, in one sentence."""
    if said > 0 and comparison.strategies[mine] == Strategy.ATO:
        return "They do not know parts in stock: shared by several products, they answer sooner than making to order and hold less than finished goods."
    stocked = comparison.strategies.index(Strategy.MTS)
    profit = np.where(np.isfinite(comparison.profit[i]), comparison.profit[i], -np.inf)
    if said < 0:
        profit[stocked] = -np.inf
    other = stocked if said > 0 else int(np.argmax(profit))
    if not np.isfinite(profit[other]):
        return "Nothing to order is offered."
    more = {name: float(column[i, other] - column[i, mine]) for name, column in components.items()}
    total = sum(max(value, 0.0) for value in more.values())
    name = max(_UNSEEN, key=lambda c: more[c])
    if total > 0.0 and more[name] >= _EXPLAINS * total:
        return f"They do not see {_UNSEEN[name]}: {money_text(more[name], currency)} a year more that way."
    per_order = float(np.nan_to_num(items["units_per_order"][i], nan=1.0))
    if per_order >= 1.5:
        return f"They take units to be sold one by one; here an order is for {number_text(per_order, 2)}."
    if 0.5 <= answers.demand[i] / max(answers.per_unit[i], 1e-12) <= 2.0:
        return "Demand lies near their break-even, where little decides."
    return "They know neither seasons nor doubt about demand and lead times, which the simulation plays."


def _batch_text(comparison: Comparison, items: Items, i: int, currency: str) -> str:
    """What renewal theory says of a batch that the first order starts, beside what the simulation has; "" where none is started."""
    plan, chosen = comparison.batches, comparison.chosen.get(Strategy.MTO)
    if plan is None or chosen is None or i not in plan.index or chosen.setting[i] != START:
        return ""
    row, m = (
        int(plan.of(np.array([i]))[1][0]),
        {name: float(column[i]) for name, column in money_values(items, Strategy.MTO).items()},
    )
    size, stays = float(plan.fill.order_size[row]), float(plan.stays[row])
    a_year = float(chosen.count("demanded")[i]) / size
    if not a_year > 0.0 or not stays > 0.0 or not np.isfinite(m["price_of_demand"]):
        return ""
    holding = m["capital_rate"] + m["storage_and_insurance"]
    hazard = float(np.nan_to_num(items["hazard_per_year"][i]))
    money = BatchMoney(
        m["price_of_demand"] * size, m["cost"] * size, holding, m["setup_per_lot"], hazard, m["salvage_share"]
    )
    found = batch_started_by_an_order(float(plan.start.lot[row, 0]) / size, a_year, stays, money)
    simulated = float(chosen.count("on_hand")[i])
    return (
        f" To order, a batch started by the first order earns {money_text(found.profit_per_year, currency)} a year by closed form, with "
        f"{number_text(found.average_on_hand * size, 2)} on hand; the simulation has {money_text(float(chosen.profit[i]), currency)} and {number_text(simulated, 2)}."
    )


def cross_check(
    comparison: Comparison, recommendation: Recommendation, items: Items, currency: str = ""
) -> NDArray[Any]:
    """One text per product: what the closed forms say, whether they agree with the choice, and if not, why ("" where they have nothing to say)."""
    answers = screen_answers(comparison, items)
    said = answers.stock
    names = ("capital", "storage", "lost_margin", "goodwill", "waiting", "obsolescence", "run_off", *_UNSEEN)
    money = [
        priced_measures(comparison.chosen[name].counts, money_values(items, name))
        for name in comparison.strategies
    ]
    components = {c: np.stack([table[c] for table in money], axis=1) for c in names}
    out = np.full(len(items), "", object)
    for i in np.flatnonzero(
        np.isfinite(answers.demand)
        & ~recommendation.ended
        & (recommendation.verdict != Verdict.NOT_DECIDABLE)
    ):
        mine = int(recommendation.recommended[i])
        name = comparison.strategies[mine]
        limits = _limits(float(answers.per_unit[i]), float(answers.by_time[i]))
        text = f"Closed forms weigh one finished unit in stock against customers who wait, and nothing else. {limits}; {number_text(float(answers.demand[i]), 2)} are expected."
        if said[i] == 0:
            text += " They differ from each other: demand is at their break-even."
        elif name == Strategy.HYBRID or (name == Strategy.MTS) == (said[i] > 0):
            text += " They agree with the choice."
        else:
            words = "stock" if said[i] > 0 else "order"
            text += f" They would {words}. {_why(int(i), int(said[i]), mine, components, comparison, items, answers, currency)}"
        out[i] = text + _batch_text(comparison, items, int(i), currency)
    return out
