"""The lead time to quote to order where capacity is known: work, set-ups, congestion at the peak, and customers who leave."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.demand.from_sales.derived import examples
from analytics.demand.order_sizes import OrderSizes, arrival_variability
from analytics.forecast.forecast import Forecast
from analytics.forecast.spread.paths import WEEKS
from analytics.items import CONFIRMED, DERIVED, GIVEN, Items
from analytics.naming.labels import Strategy, percent_text
from analytics.policy.patience import share_staying
from analytics.policy.queueing import queue_quote, queue_wait
from analytics.strategy.plans.recipes import expected_weeks

__all__ = ["RELIABILITY", "CapacityQuote", "capacity_quote", "quoted_items", "with_capacity_quote"]

Array = NDArray[np.float64]

#: Share of orders that start in time at the quoted lead time, where none is stated.
RELIABILITY = 0.9
_PEAK_WEEKS = 4
_LOT_WEEKS = 4.0
_ALMOST_FULL = 0.95
_DAYS = 7.0
_NO_CAPACITY = 1e-6  # hours a week


@dataclass(frozen=True, eq=False)
class CapacityQuote:
    """What can be promised where work centres are loaded.

    Per product (NaN where capacity is not known): the lead time to quote (days; infinite: cannot be promised), the load of its work centre
    in the peak month (share), the mean wait for capacity (days), the share of buyers who stay at the quote, and mean days late per order.
    """

    quote_days: Array
    utilisation: Array
    wait_days: Array
    share_staying: Array
    late_days: Array


@dataclass(frozen=True, eq=False)
class _Load:
    """Jobs of a product as the work centre sees them: jobs a week, weeks of work each, mean square of it."""

    rate: Array
    work: Array
    square: Array


def _jobs(
    units: Array, per_job: Array, size_variance: Array, hours: Array, setup: Array, capacity: Array
) -> _Load:
    """`units` a week in jobs of `per_job` units whose size has the variance `size_variance`, each with one set-up."""
    work = (setup + per_job * hours) / capacity
    return _Load(units / per_job, work, work**2 + size_variance * (hours / capacity) ** 2)


def _to_order(
    units: Array,
    per_order: Array,
    variability: Array,
    campaign_weeks: Array,
    hours: Array,
    setup: Array,
    capacity: Array,
) -> _Load:
    """Single orders, or campaigns that gather the orders of `campaign_weeks`: one set-up each, sizes adding up as orders come at random."""
    orders = np.maximum(units / per_order * campaign_weeks, 1.0)
    return _jobs(
        units,
        per_order * orders,
        orders * per_order**2 * (variability + (orders > 1.0)),
        hours,
        setup,
        capacity,
    )


def capacity_quote(items: Items, weekly_units: Array, orders: OrderSizes) -> CapacityQuote:
    """What to quote each product to order, given the capacity of its work centre.

    quote = components + max(production, own work) + wait for capacity at the stated reliability + campaign interval x reliability.
    The load is that of the work centre's busiest four weeks (`weekly_units` (products, weeks) is expected demand): every other product is made as
    today, to order with a set-up per order, or to stock in lots of four weeks or its minimum. The wait follows Kingman's formula from the
    variability of times between orders and of work per job; its tail is exponential. Buyers who leave relieve the load: the share
    that stays and the quote agree (bisection; the share falls as the quote rises). A load that stays at or above capacity is
    infinite: no lead time can be promised. Assumes one queue per work centre, first come first served.
    Source: Kingman 1961; So and Song 1998; Karmarkar 1987 for set-ups.
    """
    n = len(items)
    nothing = np.full(n, np.nan)
    result = CapacityQuote(nothing.copy(), nothing.copy(), nothing.copy(), nothing.copy(), nothing.copy())
    capacity = np.asarray(items["capacity_hours_per_week"], float)
    hours = np.asarray(items["hours_per_unit"], float)
    here = np.isfinite(capacity) & np.isfinite(hours) & (np.nan_to_num(items["make"], nan=1.0) > 0.0)
    centres = np.array([str(c) for c in items["work_center"]], object)
    for centre in sorted(set(centres[here])):
        members = np.flatnonzero(here & (centres == centre))
        _quote_centre(items, weekly_units, orders, members, result)
    return result


def _quote_centre(
    items: Items, weekly_units: Array, orders: OrderSizes, members: NDArray[np.intp], result: CapacityQuote
) -> None:
    """Write the utilisation, quote and share staying of the products that share one work centre to `result`."""
    own = items.take(members)
    hours, setup, campaign, reliability = (
        np.asarray(own[name], float)
        for name in ("hours_per_unit", "setup_hours", "campaign_days", "quote_reliability")
    )
    setup, campaign, reliability = (
        np.nan_to_num(setup),
        np.nan_to_num(campaign) / _DAYS,
        np.where(np.isfinite(reliability), reliability, RELIABILITY),
    )
    capacity = np.full(len(members), float(np.min(own["capacity_hours_per_week"])))
    result.utilisation[members], result.quote_days[members] = np.inf, np.inf
    result.share_staying[members] = 0.0
    if capacity[0] <= _NO_CAPACITY:
        return
    demand = weekly_units[members]
    load = np.convolve(
        (hours[:, None] * demand).sum(axis=0), np.ones(_PEAK_WEEKS) / _PEAK_WEEKS, mode="valid"
    )
    peak = int(np.argmax(load))
    units = demand[:, peak : peak + _PEAK_WEEKS].mean(axis=1)
    per_order = np.maximum(np.nan_to_num(np.asarray(own["units_per_order"], float), nan=1.0), 1e-9)
    variability = np.nan_to_num(orders.variability[members])
    lot = np.maximum.reduce(
        [per_order, np.nan_to_num(np.asarray(own["moq"], float)), _LOT_WEEKS * demand.mean(axis=1)]
    )
    single = _to_order(units, per_order, variability, campaign, hours, setup, capacity)
    stocked = _jobs(units, lot, np.zeros(len(members)), hours, setup, capacity)
    today = own["current_mode"] == Strategy.MTO
    rate, work, square = (
        np.where(today, getattr(single, name), getattr(stocked, name)) for name in ("rate", "work", "square")
    )
    others = [np.maximum(float(column.sum()) - column, 0.0) for column in (rate, rate * work, rate * square)]
    arrivals = arrival_variability(orders, members)
    fixed = np.nan_to_num(np.asarray(own["component_lead_days"], float)) + np.maximum(
        np.nan_to_num(np.asarray(own["production_days"], float)), single.work * _DAYS
    )
    fixed = fixed + campaign * _DAYS * reliability
    historical, impatience = (
        np.nan_to_num(np.asarray(own["historical_wait_days"], float)),
        np.asarray(own["patience_per_day"], float),
    )
    curve, shape = np.nan_to_num(own["patience_curve"]), np.nan_to_num(own["patience_shape"], nan=1.0)

    def at(staying: Array) -> tuple[Array, Array, Array]:
        """Utilisation, mean wait (weeks) and quote (days) when this share of each product's own buyers stays."""
        total, used, second = (
            o + staying * m
            for o, m in zip(
                others, (single.rate, single.rate * single.work, single.rate * single.square), strict=True
            )
        )
        some = used > 1e-12
        mean = np.where(some, used / np.where(some, total, 1.0), 0.0)
        spread = np.where(some, np.maximum(second * total / np.where(some, used, 1.0) ** 2 - 1.0, 0.0), 0.0)
        wait = np.asarray(queue_wait(total, mean, arrivals, spread), float)
        return (
            used,
            wait,
            fixed
            + _DAYS
            * np.asarray(queue_quote(used, np.where(np.isfinite(wait), wait, 0.0), 0.0, reliability), float),
        )

    def stays(quote: Array) -> Array:
        return np.where(
            np.isfinite(quote),
            share_staying(curve, impatience, shape, np.where(np.isfinite(quote), quote, 0.0), historical),
            0.0,
        )

    low, high = np.zeros(len(members)), np.ones(len(members))
    for _ in range(60):
        middle = 0.5 * (low + high)
        more = stays(at(middle)[2]) >= middle
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    full = stays(at(np.ones(len(members)))[2]) >= 1.0
    share = np.where(full, 1.0, low)
    used, wait, quote = at(share)
    # where the share jumps to nothing at full load, no wait balances the shop: nobody leaves early enough (at a limit that all share, it jumps to balance)
    infeasible = (others[1] >= 1.0) | (~full & (stays(quote) - share > 1e-6) & ~np.isfinite(at(high)[2]))
    result.utilisation[members] = np.where(infeasible, np.maximum(at(np.ones(len(members)))[0], 1.0), used)
    result.wait_days[members] = np.where(infeasible, np.inf, wait * _DAYS)
    result.quote_days[members] = np.where(infeasible, np.inf, quote)
    result.share_staying[members] = np.where(infeasible, 0.0, share)
    # exponential tail of the wait: those late are late by its mean, Wq / rho; all late where the wait stays below the quantile
    late = (
        np.minimum(1.0 - reliability, used)
        * np.where(infeasible, 0.0, wait)
        / np.maximum(used, 1e-300)
        * _DAYS
    )
    result.late_days[members] = np.where(infeasible, np.nan, late)


def with_capacity_quote(items: Items, weekly_units: Array, orders: OrderSizes) -> tuple[Items, list[str]]:
    """The items with `quote_days` from capacity wherever capacity is known and no quote is given, and what to say about it.

    `weekly_units` (products,) in units a week; quotes in days.
    """
    found = capacity_quote(items, weekly_units, orders)
    from_capacity = ~np.isnan(found.quote_days) & (items.origin("quote_days") != GIVEN)
    if not from_capacity.any():
        return items, []
    low, high = items.range("quote_days")
    quote = np.where(from_capacity, found.quote_days, items["quote_days"])
    origin = np.where(from_capacity, DERIVED, items.origin("quote_days"))
    items = items.with_field(
        "quote_days", quote, origin, np.where(from_capacity, quote, low), np.where(from_capacity, quote, high)
    )
    late_low, late_high = items.range("late_days")
    known = (
        from_capacity & np.isfinite(found.late_days) & ~np.isin(items.origin("late_days"), (GIVEN, CONFIRMED))
    )
    late = np.where(known, found.late_days, items["late_days"])
    items = items.with_field(
        "late_days",
        late,
        np.where(known, DERIVED, items.origin("late_days")),
        np.where(known, late, late_low),
        np.where(known, late, late_high),
    )
    never = from_capacity & np.isinf(found.quote_days)
    kept = from_capacity & ~never
    notes = []
    if kept.any():
        notes.append(
            f"Quote to order from capacity for {examples(items.skus, kept)}: {np.median(found.quote_days[kept]):.0f} days at the median, "
            f"with the work centre {percent_text(float(np.median(found.utilisation[kept])))} busy in its peak month."
        )
    if never.any():
        notes.append(
            f"Making {examples(items.skus, never)} to order is more than the work centre can carry in its peak month: no lead time can be promised, "
            "so it is not offered; add capacity, cut set-ups or gather orders (campaign_days)."
        )
    tight = kept & (found.utilisation > _ALMOST_FULL)
    if tight.any():
        notes.append(
            f"The work centre of {examples(items.skus, tight)} is more than {percent_text(_ALMOST_FULL)} busy: quotes there react to every further order."
        )
    return items, notes


def quoted_items(items: Items, forecast: Forecast, orders: OrderSizes) -> Items:
    """The items with quotes to order that follow from capacity, where any is known."""
    if not np.isfinite(np.asarray(items["capacity_hours_per_week"], np.float64)).any():
        return items
    items, notes = with_capacity_quote(
        items, expected_weeks(forecast, WEEKS) * forecast.alive[:, None], orders
    )
    return replace(items, notes=(*items.notes, *notes))
