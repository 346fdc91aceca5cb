"""Cash and cost of a study's plans.

Working capital, carrying cost, the bridge from today to the mix, the way of today's stock, and what to look
at first.

One concept: each figure of a plan is read off the same counts and prices as the gain, so that every table
here ties to the totals of the study to the cent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analytics.demand.from_sales.sold import fitted_window
from analytics.forecast.spread.totals import total_quantiles
from analytics.naming.labels import COMPONENTS, Strategy
from analytics.simulation.ledger import COUNT_INDEX
from analytics.strategy.gains import cost_of_sales
from analytics.strategy.money.price import money_values
from analytics.strategy.portfolio.plan_measures import AS_TODAY, PlanMeasures, plan_measures
from analytics.valuation.attention import RUNS_OUT, RunsOut, Watched, attention_list
from analytics.valuation.bridge import Bridge, bridge
from analytics.valuation.carrying import CarryingCost, CarryingOfPlan, carrying_cost
from analytics.valuation.on_hand import ENDED, LIVING
from analytics.valuation.run_down import Way, run_down, stop_ordering_months
from analytics.valuation.transition import MONTHS
from analytics.valuation.valued import ValuedStock
from analytics.valuation.working_capital import CapitalOfPlan, absorption_profit

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = [
    "Plans",
    "counted_under",
    "plans_beside",
    "rates_of_plan",
    "sold_of_file",
    "study_attention",
    "study_bridge",
    "study_carrying",
    "study_stop_ordering",
    "study_way",
    "study_working_capital",
]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Plans:
    """Today's way, today's strategies planned better, and the mix, product by product.

    `priced` (products,) marks those whose money is known.
    """

    today: PlanMeasures
    planned: PlanMeasures
    mix: PlanMeasures
    priced: NDArray[np.bool_]


def plans_beside(study: Study) -> Plans:
    """The three plans that the gain is split by: their money by product, arrays (products,).

    What stays as it is today is planned as it is today.
    """
    free = study.comparison if study.limited is None else study.limited.free
    r, nobody = study.recommendation, np.zeros(len(study.items), bool)
    today = plan_measures("baseline", free, study.items, r.baseline, ~nobody)
    planned = plan_measures("planned", free, study.items, r.baseline, r.as_today)
    mix = plan_measures("mix", study.comparison, study.items, r.recommended, r.as_today)
    return Plans(
        today,
        planned,
        mix,
        np.isfinite(study.comparison.profit[:, study.comparison.strategies.index(Strategy.MTS)]),
    )


def _components(plan: PlanMeasures, priced: NDArray[np.bool_]) -> dict[str, float]:
    return {name: float(np.sum(plan.money[name][priced])) for name in COMPONENTS}


def study_bridge(study: Study, one_off: dict[str, float], plans: Plans | None = None) -> Bridge:
    """The bridge from today to the mix by component.

    Its end is the profit of the mix and its gain that of the portfolio, to the cent.

    `one_off` are amounts of money that happen once, beside the sum. Raises ValueError where it does not
    close.
    """
    beside = plans_beside(study) if plans is None else plans
    priced = beside.priced
    steps = [_components(plan, priced) for plan in (beside.today, beside.planned, beside.mix)]
    perfect = [
        float(np.sum(plan.money["benchmark"][priced])) for plan in (beside.today, beside.planned, beside.mix)
    ]
    if max(perfect) - min(perfect) > 0.005:  # demand that a plan counts otherwise is a step of its own
        for costs, year in zip(steps, perfect, strict=True):
            costs["benchmark"] = perfect[0] - year
    found = bridge(perfect[0], steps[0], steps[2], study.recommendation.shared, one_off, steps[1])
    if abs(found.gain - study.portfolio.gain) > max(0.005, 1e-12 * abs(perfect[0])):
        raise ValueError(f"study_bridge: the steps bring {found.gain}, the gain is {study.portfolio.gain}")
    return found


def counted_under(study: Study, plan: PlanMeasures) -> NDArray[np.object_]:
    """The strategy that every product is counted under in a plan, that of today for what is run as today. Shape (products,)."""
    run = plan.run_as.copy()
    if (today := study.comparison.today) is not None:
        own = np.full(len(run), Strategy.MTS, object)
        own[today.index] = today.strategy
        run = np.where(run == AS_TODAY, own, run)
    return run


def rates_of_plan(study: Study, plan: PlanMeasures) -> dict[str, Array]:
    """What the formulas need of every product under the strategy that it is run by, arrays (products,)."""
    run = counted_under(study, plan)
    out: dict[str, Array] = {}
    for name in sorted(set(run)):
        money = money_values(study.items, name)
        out = {
            field: np.where(run == name, column, out.get(field, column)) for field, column in money.items()
        }
    return out


def study_working_capital(
    study: Study, valued: ValuedStock, plans: Plans | None = None
) -> tuple[CapitalOfPlan, ...]:
    """Working capital of the stock in the file, of today's way and of the mix.

    The nets of the plans are `cash_tied_up` of their totals.

    The file's line is of products still sold with stock and cost known: stock at the date (no history of it
    is known), cost of sales and margin of the last twelve whole months of the fit. Raises ValueError where a net is not
    the cash of its plan to the cent.
    """
    beside = plans_beside(study) if plans is None else plans
    lines = [_of_file(study, valued)]
    for plan, name in ((beside.today, "baseline"), (beside.mix, "mix")):
        m, c = rates_of_plan(study, plan), {name: plan.counts[:, k] for name, k in COUNT_INDEX.items()}
        stocked = m["stock_value"] * c["on_hand"]
        assembled = counted_under(study, plan) == Strategy.ATO
        process = 0.5 * (m["stock_value"] * c["in_process"] + m["assembly_value"] * c["in_assembly"])
        paid = m["deposit"] * m["price_of_demand"] * c["promised"]
        known, sold = (
            beside.priced,
            cost_of_sales(plan.values["units_sold"], np.asarray(study.items["unit_cost"], np.float64)),
        )
        margin = plan.money["revenue"] - sold
        columns = (
            np.where(assembled, stocked, 0.0),
            process,
            np.where(assembled, 0.0, stocked),
            paid,
            sold,
            margin,
        )
        parts, process_, finished, deposits, cost, earned = (
            float(np.sum(column[known])) for column in columns
        )
        words = "today's way" if name == "baseline" else "the mix"
        line = CapitalOfPlan(words, parts, process_, finished, deposits, cost, earned)
        if abs(line.net - study.portfolio.money[name]["cash_tied_up"]) > 0.005:
            raise ValueError(
                f"study_working_capital: {line.net} is not the cash of {name}, {study.portfolio.money[name]['cash_tied_up']}"
            )
        lines.append(line)
    return tuple(lines)


def _whole_months(end: np.datetime64) -> tuple[np.datetime64, np.datetime64]:
    """First and last day of the last twelve whole calendar months of a record that ends on this day; a month that lacks its last three days counts as whole.

    >>> [str(day) for day in _whole_months(np.datetime64("2013-11-29"))], str(_whole_months(np.datetime64("2013-11-20"))[1])
    (['2012-12-01', '2013-11-30'], '2013-10-31')
    """
    month = (end + np.timedelta64(4, "D")).astype("datetime64[M]")
    return (month - 12).astype("datetime64[D]"), month.astype("datetime64[D]") - 1


def sold_of_file(study: Study, valued: ValuedStock) -> tuple[NDArray[np.bool_], Array, Array, Array]:
    """What products still sold with stock and cost known sold in the last twelve whole months of the fit, arrays (products,).

    Which products these are, the units of lines that do not say what they cost (they count at today's cost), the cost that
    the other lines say, and what all of them brought.
    """
    stock, history, n = valued.stock, study.history, len(study.items)
    takes = (stock.group == LIVING)[:n] & valued.counted[:n]
    first, last = _whole_months(fitted_window(study.panel).last)
    day = history.date.astype("datetime64[D]")
    within = (day >= first) & (day <= last) & np.isfinite(history.revenue)
    at = {sku: i for i, sku in enumerate(study.items.skus)}
    place = np.array([at.get(sku, -1) for sku in history.skus], np.intp)[history.sku[within]]
    counted = place >= 0
    place, units = place[counted], history.quantity[within][counted]
    said = (
        np.full(len(units), np.nan) if history.unit_cost is None else history.unit_cost[within][counted]
    )  # what a line says it cost goes before the cost of today
    own = np.isfinite(said)
    columns = (np.where(own, 0.0, units), np.where(own, units * said, 0.0), history.revenue[within][counted])
    bare, cost, money = (np.where(takes, np.bincount(place, column, n), 0.0) for column in columns)
    return takes, bare, cost, money


def _of_file(study: Study, valued: ValuedStock) -> CapitalOfPlan:
    """Products still sold whose stock and cost are known.

    Their stock at the date; their sales of the last twelve whole months, at the cost of the lines where they say it.
    """
    takes, units, cost, money = sold_of_file(study, valued)
    stock, n = valued.stock, len(takes)
    sold = np.where(takes, units * np.where(takes, stock.unit_cost[:n], 0.0) + cost, 0.0)
    finished = float(np.nansum(stock.book_value[:n][takes]))
    return CapitalOfPlan(
        "stock in the file",
        0.0,
        0.0,
        finished,
        0.0,
        float(sold.sum()),
        float((money - sold).sum()),
    )


def study_carrying(
    study: Study, valued: ValuedStock, plans: Plans | None = None
) -> tuple[CarryingOfPlan, ...]:
    """Carrying cost of the stock in the file, of today's way and of the mix.

    Those of the plans are `capital` and `storage` of their totals, split by rate.

    Shrinkage is part of the insurance rate, and 0 here. Raises ValueError where they are not the totals to
    the cent.
    """
    beside = plans_beside(study) if plans is None else plans
    rate = {
        name: np.asarray(study.items[name], np.float64)
        for name in ("capital_rate", "storage_rate", "insurance_rate")
    }
    held = np.nan_to_num(valued.stock.book_value[: len(study.items)])
    own = carrying_cost(held, rate["capital_rate"], rate["storage_rate"], rate["insurance_rate"])
    lines = [
        CarryingOfPlan(
            "stock in the file, products sold",
            float(held.sum()),
            CarryingCost(*(np.asarray(np.nansum(part)) for part in own)),
        )
    ]
    both = rate["storage_rate"] + rate["insurance_rate"]
    for plan, name, words in ((beside.today, "baseline", "today's way"), (beside.mix, "mix", "the mix")):
        known = beside.priced
        stock = np.where(both > 0.0, plan.money["storage"] / np.where(both > 0.0, both, 1.0), 0.0)
        process = (
            np.where(
                rate["capital_rate"] > 0.0,
                plan.money["capital"] / np.where(rate["capital_rate"] > 0.0, rate["capital_rate"], 1.0),
                0.0,
            )
            - stock
        )
        each = carrying_cost(
            stock, rate["capital_rate"], rate["storage_rate"], rate["insurance_rate"], 0.0, process
        )
        total = CarryingCost(*(np.asarray(np.sum(part[known])) for part in each))
        asked = study.portfolio.money[name]
        if abs(float(total.economic) - asked["capital"] - asked["storage"]) > 0.005:
            raise ValueError(f"study_carrying: {total.economic} is not what {name} carries")
        lines.append(CarryingOfPlan(words, float(np.sum(stock[known])), total))
    return tuple(lines)


def study_way(study: Study, valued: ValuedStock) -> Way:
    """Today's stock on its way to what the mix holds, month by month.

    What it releases is `cash_released` of the stock of the file, to the cent.

    Raises ValueError where the months do not add up.
    """
    stock, n = valued.stock, len(study.items)
    takes = (stock.group == LIVING) & valued.counted
    rate = np.concatenate([np.asarray(study.items["capital_rate"], np.float64), np.zeros(len(takes) - n)])
    held, cost = np.where(takes, stock.on_hand, 0.0), np.where(takes, stock.unit_cost, 0.0)
    shut = np.where(takes, stock.units_of("blocked"), 0.0)  # it lies there and is not sold
    goal = np.where(takes, np.minimum(np.nan_to_num(stock.plan_holds), held - shut) + shut, 0.0)
    down = run_down(
        held, goal, np.where(takes[:, None], stock.monthly[:, :MONTHS], 0.0), cost, np.nan_to_num(rate)
    )
    if abs(float(down.cash_released.sum()) - stock.transition.cash_released) > 0.005:
        raise ValueError("study_way: the months release another amount than the stock of the file")
    share = np.concatenate(
        [np.nan_to_num(np.asarray(study.items["fixed_cost_share"], np.float64)), np.zeros(len(takes) - n)]
    )
    released = -absorption_profit(0.0, -down.from_stock[:, :12].sum(axis=1), share * cost)
    down_now = np.where(valued.counted, valued.roll.charged - valued.roll.reversed, 0.0)
    return Way(
        down,
        takes,
        cost,
        held,
        down_now,
        float(released.sum()),
        valued.policy.one_off_stated,
        np.nan_to_num(rate),
    )


def study_stop_ordering(study: Study, valued: ValuedStock) -> tuple[Array, Array]:
    """From when to when ordering begins again, months from the first month ahead, at the upper and the lower end of demand; (products,), NaN where nothing is known.

    The ends are the 95th and the 5th percentile of the forecast's year as shares of its mean. Source:
    `stop_ordering_months`.
    """
    stock, n = valued.stock, len(study.items)
    low, high = _ends_of_demand(study)
    rest = np.ones(len(stock.skus) - n)
    above = np.where(stock.group == LIVING, stock.available - np.nan_to_num(stock.plan_holds), np.nan)
    return stop_ordering_months(
        np.maximum(above, 0.0), stock.monthly[:, :MONTHS], np.r_[low, rest], np.r_[high, rest]
    )


def _ends_of_demand(study: Study) -> tuple[Array, Array]:
    """The 5th and 95th percentile of the year's demand as shares of its mean, each (products,)."""
    periods = {"M": 12.0, "W": 52.0, "D": 365.0}[study.forecast.frequency]
    found = total_quantiles(study.forecast, np.array([0.05, 0.5, 0.95]), np.array([periods]))
    middle = np.where(found[:, 1] > 0.0, found[:, 1], np.nan)
    low, high = np.nan_to_num(found[:, 0] / middle, nan=1.0), np.nan_to_num(found[:, 2] / middle, nan=1.0)
    return np.minimum(low, 1.0), np.maximum(high, 1.0)


def study_attention(study: Study, valued: ValuedStock, short: RunsOut | None = None) -> Watched:
    """What to look at first, products with money and remedy, most money first.

    `short` are products that run out before they are replaced (None: not looked at); listed where that
    happens in more than 1 year of 20, with the contribution that is lost. Positions are those of the stock,
    arrays (products,).
    """
    stock, n = valued.stock, len(study.items)
    rest = len(stock.skus) - n
    names = np.array(study.comparison.strategies, object)[study.recommendation.recommended]
    to_order = np.r_[
        np.isin(names, (Strategy.MTO, Strategy.ATO)) & ~study.recommendation.ended, np.zeros(rest, bool)
    ]
    held = np.nan_to_num(stock.book_value)
    has = held > 0.0
    end = np.r_[
        np.asarray(study.items["end_date"], "datetime64[D]"), np.full(rest, np.datetime64("NaT", "D"))
    ]
    soon = ~np.isnat(end) & (end <= valued.as_of + np.timedelta64(365, "D")) & (stock.group == LIVING)
    beyond = np.nan_to_num(stock.excess_value)
    below = stock.below_zero < 0.0
    lost, firm = (
        np.nan_to_num(one * stock.unit_cost) for one in (stock.lost_units, stock.units_of("contracted"))
    )
    return attention_list(
        {
            "overstocked": (beyond > 0.0, beyond),
            "ended with stock": ((lost > 0.0) & has, lost),
            "ended, ordered firmly": (firm > 0.0, firm),
            "about to end": (soon & (np.nan_to_num(stock.not_cash) > 0.0), np.nan_to_num(stock.not_cash)),
            "below what it fetches": (
                np.nan_to_num(valued.nrv_write_down) > 0.0,
                np.nan_to_num(valued.nrv_write_down),
            ),
            "to order with stock left": (to_order & has, held),
            "no stock record": (stock.unknown & (stock.group <= ENDED), np.full(len(held), np.nan)),
            "no cost": (
                np.isnan(stock.unit_cost) & (np.nan_to_num(stock.on_hand) > 0.0),
                np.full(len(held), np.nan),
            ),
            "booked below zero": (below, np.where(below, np.abs(stock.below_zero * stock.unit_cost), np.nan)),
            **({} if short is None else {RUNS_OUT: _running_out(short, to_order, rest)}),
        }
    )


def _running_out(short: RunsOut, to_order: NDArray[np.bool_], more: int) -> tuple[NDArray[np.bool_], Array]:
    """Products that run out before they are replaced in more than 1 year of 20, and the contribution lost; none of the `more` never sold.

    What is to be made to order is left out: its customers are told a wait, and nothing is replaced.
    """
    often = np.r_[np.nan_to_num(short.chance) > 0.05, np.zeros(more, bool)]
    return often & ~to_order, np.r_[short.money, np.full(more, np.nan)]
