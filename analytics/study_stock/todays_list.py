"""Today's list: what a planner orders, expedites, stops, sells off and switches today, each with units, day and money.

One concept: one table, a function a kind of row. Nothing is known of a product without a stock record: it is in no row but those of a switch. Orders of
customers that are due later are held by the expected demand, so that they raise a reorder point and never lower it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.kept_apart import ON_HAND
from analytics.naming.labels import Strategy, Verdict, units_text
from analytics.policy.levels import point_text
from analytics.policy.order_now import beyond_position, inventory_position, order_now, short_for_orders
from analytics.strategy.planned_settings import planned_settings
from analytics.study_stock.coming import on_order_by_day
from analytics.valuation.attention import RunsOut
from analytics.valuation.run_down import stop_ordering_months
from analytics.valuation.valued import ValuedStock
from analytics.writeup.tables import as_set_today
from analytics.writeup.today_columns import today_columns

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["ACTIONS", "TODAYS_COLUMNS", "todays_list"]

Array = NDArray[np.float64]

#: What is done, in the order of the list, and what its money is.
ACTIONS = {
    "expedite": "contribution at risk",
    "order": "to pay or to make",
    "stop": "not to be spent",
    "sell off": "book value that will not sell",
    "switch": "gain a year",
}
TODAYS_COLUMNS = (
    "sku", "name", "action", "units", "by", "money", "money_is", "on_hand", "on_order", "open_orders", "position", "why",
)  # fmt: skip
_TOTAL = "total"
#: Days of a month, for the day on which so many months are over.
_MONTH_DAYS = 365.25 / 12.0
#: A product is expedited where it is short in more than this share of years, as `attention.csv` lists it.
_OFTEN = 0.05
_LEAST = 1e-6


@dataclass(frozen=True, eq=False)
class _Now:
    """What is known of every product sold today, arrays (products,): units, money a unit, and what to set."""

    free: Array
    on_hand: Array
    on_order: Array
    overdue: Array
    open_orders: Array
    position: Array
    unit_cost: Array
    chosen: NDArray[Any]
    live: NDArray[np.bool_]
    point: Array
    lot: Array
    level: Array
    assumed: NDArray[np.bool_]


class _Rows:
    """Rows of the list as they are found."""

    def __init__(self) -> None:
        self.parts: list[dict[str, Any]] = []

    def add(self, action: str, at: NDArray[np.intp], units: Array, by: NDArray[Any], money: Array, why: Callable[[int], str]) -> None:  # fmt: skip
        """An action on the products at these positions; `units`, `by` and `money` hold all products."""
        for i in at:
            day = np.datetime64(by[i], "D")
            self.parts.append(
                {"at": int(i), "action": action, "units": float(units[i]), "by": "" if np.isnat(day) else str(day), "money": float(money[i]), "why": why(int(i))}
            )  # fmt: skip


def _by_sku(lines: pd.DataFrame, skus: NDArray[Any]) -> Array:
    place = pd.Index(skus.astype(str)).get_indexer(lines["sku"].astype(str))
    return np.bincount(place[place >= 0], lines["units"].to_numpy(np.float64)[place >= 0], len(skus)).astype(
        np.float64
    )


def _now(study: Study, valued: ValuedStock) -> _Now:
    """The position of every product sold, and what to set for it, as it is set today where it stays so."""
    r, comparison = study.recommendation, study.comparison
    stock, n = valued.stock, len(study.items)
    lines = study.history.apart[study.history.apart["kind"] == ON_HAND]
    late = lines["date"].to_numpy().astype("datetime64[D]") < valued.as_of
    overdue = _by_sku(lines[late & ~lines["in_demand"].to_numpy(bool)], study.items.skus)
    free = (stock.on_hand - stock.units_of("blocked") - stock.promised)[:n]
    # what is late is often what is reserved: taken off once
    overdue_left = np.maximum(overdue - stock.promised[:n], 0.0)
    on_order = stock.units_of("on_order")[:n]
    planned = as_set_today(
        planned_settings(study.setup, comparison, study.items, r.recommended), comparison, r.as_today
    )
    level, lot = np.full(n, np.nan), planned["order_quantity"].copy()
    assumed = np.zeros(n, bool)
    if (today := comparison.today) is not None:
        stays = r.as_today[today.index]
        at = today.index[stays]
        level[at] = today.order_up_to_level[stays]
        lot[at] = np.where(np.isfinite(level[at]), np.nan, lot[at])
        assumed[at] = np.isfinite(today.service[stays])
    return _Now(
        free, stock.on_hand[:n], on_order, overdue, _by_sku(lines, study.items.skus), inventory_position(free, on_order, overdue_left), stock.unit_cost[:n],
        np.array(comparison.strategies, object)[r.recommended], ~r.ended & (r.verdict != Verdict.NOT_DECIDABLE), planned["reorder_point"], lot, level, assumed,
    )  # fmt: skip


def todays_list(study: Study, valued: ValuedStock, short: RunsOut) -> pd.DataFrame:
    """What to do today: columns TODAYS_COLUMNS, one row per product and action, most money first within each; closed by the total of every action.

    `valued` is the study's stock, `short` what of it runs out before it is replaced.

    `units` and `by` are: of what is ordered `policy.order_now.order_now` (to order: `short_for_orders`), on the day of the data; expedited, the expected
    units short that are on order and come too late, by the first day short (`valuation.attention.runs_out`); stopped, `beyond_position`, until the day on
    which expected demand has taken what is above the reorder point; sold off, what is expected never to become cash, by the known end; switched, the day of
    the data. `open_orders` are units that customers have ordered and not had, `position` is `policy.order_now.inventory_position`. `money` is
    what `money_is` says, units x unit cost but for a contribution at risk and a gain; unknown where a cost is. Totals of actions do not add up
    to one another: a product may have several.
    """
    now, rows = _now(study, valued), _Rows()
    as_of, n = valued.as_of, len(study.items)
    day = np.full(n, as_of)
    stocked = now.live & np.isin(now.chosen, (Strategy.MTS, Strategy.HYBRID))
    _expedite(study, valued, short, now, rows)
    _order(study, now, stocked, day, rows)
    _stop(valued, now, stocked, day, rows)
    _sell_off(study, valued, now, day, rows)
    _switch(study, now, day, rows)
    return _table(study, now, rows)


def _expedite(study: Study, valued: ValuedStock, short: RunsOut, now: _Now, rows: _Rows) -> None:
    coming = on_order_by_day(study, valued.stock, valued.as_of)
    first = (short.day - valued.as_of).astype(np.float64)
    sold = coming.product < len(first)
    product, weeks, units = coming.product[sold], coming.weeks[sold], coming.units[sold]
    late = np.bincount(product, units * (7.0 * weeks > first[product]), len(first))
    wanted = np.minimum(short.units, late)
    to_stock = now.live & ~np.isin(now.chosen, (Strategy.MTO, Strategy.ATO))
    at = np.flatnonzero(to_stock & (np.nan_to_num(short.chance) > _OFTEN) & (np.nan_to_num(wanted) > _LEAST))
    rows.add(
        "expedite", at, wanted, short.day, short.money,
        lambda i: f"short in {100.0 * short.chance[i]:.0f} of 100 years before what is on order comes",
    )  # fmt: skip


def _order(study: Study, now: _Now, stocked: NDArray[np.bool_], day: NDArray[Any], rows: _Rows) -> None:
    units = order_now(now.position, now.point, now.lot, now.level)
    at = np.flatnonzero(stocked & (np.nan_to_num(units) > _LEAST))
    rows.add(
        "order", at, units, day, units * now.unit_cost,
        lambda i: f"{units_text(float(now.position[i]))} on hand and on order are not above the reorder point {point_text(float(now.point[i]))}"
        + (" (today's, assumed)" if now.assumed[i] else ""),
    )  # fmt: skip
    items = study.items
    asked = short_for_orders(
        now.open_orders,
        now.free,
        now.on_order,
        np.asarray(items["moq"], np.float64),
        np.asarray(items["order_multiple"], np.float64),
    )
    at = np.flatnonzero(now.live & (now.chosen == Strategy.MTO) & (asked > _LEAST))
    rows.add(
        "order", at, asked, day, asked * now.unit_cost,
        lambda i: f"customers have ordered {units_text(float(now.open_orders[i]))}; stock and open orders do not cover them",
    )  # fmt: skip


def _stop(valued: ValuedStock, now: _Now, stocked: NDArray[np.bool_], day: NDArray[Any], rows: _Rows) -> None:
    stock, n = valued.stock, len(now.live)
    none_held = now.live & ~stocked
    most = np.where(
        none_held, 0.0, np.where(np.isfinite(now.level), now.level, now.point + np.nan_to_num(now.lot))
    )
    beyond = beyond_position(now.position, most)
    above = np.maximum(now.position - np.where(none_held, 0.0, now.point), 0.0)
    months = stop_ordering_months(above, stock.monthly[:n], np.ones(n), np.ones(n))[0]
    until = np.full(n, np.datetime64("NaT", "D"))
    dated = np.isfinite(months)
    until[dated] = day[dated] + np.floor(months[dated] * _MONTH_DAYS).astype("timedelta64[D]")
    at = np.flatnonzero(now.live & (np.nan_to_num(beyond) > _LEAST) & (now.chosen != Strategy.ATO))
    committed = np.minimum(now.on_order, np.nan_to_num(beyond))

    def why(i: int) -> str:
        held = (
            "to order from now on: sell what is there first"
            if none_held[i]
            else f"above {units_text(float(most[i]))}, the most the plan orders to"
        )
        part = (
            f"; {units_text(float(committed[i]))} of it on order: cancel or postpone what can be"
            if committed[i] > _LEAST
            else ""
        )
        return held + part + ("" if dated[i] else "; lasts beyond 24 months")

    rows.add("stop", at, beyond, until, beyond * now.unit_cost, why)


def _sell_off(study: Study, valued: ValuedStock, now: _Now, day: NDArray[Any], rows: _Rows) -> None:
    n = len(now.live)
    way = valued.stock.transition
    blocked = np.broadcast_to(np.asarray(way.of_blocked, np.float64), way.not_cash.shape)
    money = (way.not_cash - blocked)[:n]
    with np.errstate(divide="ignore", invalid="ignore"):
        units = np.where(now.unit_cost > 0.0, money / now.unit_cost, np.nan)
    end = np.asarray(study.items["end_date"], "datetime64[D]")
    by = np.where(np.isnat(end) | (end < day), day, end)
    ended, dated = study.recommendation.ended, way.beyond_end[:n] > 0.005
    rows.add(
        "sell off", np.flatnonzero(money > 0.005), units, by, money,
        lambda i: "ended; no firm order takes it" if ended[i] else "not expected to sell before the end" if dated[i] else "not expected to sell within 24 months",
    )  # fmt: skip


def _switch(study: Study, now: _Now, day: NDArray[Any], rows: _Rows) -> None:
    r = study.recommendation
    planned = as_set_today(
        planned_settings(study.setup, study.comparison, study.items, r.recommended),
        study.comparison,
        r.as_today,
    )
    today = today_columns(study.comparison, r, study.items, planned)
    at = np.flatnonzero(now.live & np.isin(today["change"], ("switch", "stop")))
    rows.add(
        "switch",
        at,
        np.full(len(now.live), np.nan),
        day,
        np.asarray(r.gain, np.float64),
        lambda i: str(today["from_to"][i]),
    )


def _table(study: Study, now: _Now, rows: _Rows) -> pd.DataFrame:
    """The rows in order, closed by a total of every action that has any."""
    items, rank = study.items, {name: k for k, name in enumerate(ACTIONS)}
    skus = np.array([str(sku) for sku in items.skus], object)

    def first(row: dict[str, Any]) -> tuple[Any, ...]:
        unknown = np.isnan(row["money"])
        return rank[row["action"]], unknown, 0.0 if unknown else -row["money"], skus[row["at"]]

    found = sorted(rows.parts, key=first)
    at = np.array([row["at"] for row in found], np.intp)
    columns: dict[str, Any] = {
        "sku": skus[at],
        "name": np.array([str(name) for name in items["name"]], object)[at],
        **{name: [row[name] for row in found] for name in ("action", "units", "by", "money", "why")},
        "money_is": [ACTIONS[row["action"]] for row in found],
        **{name: getattr(now, name)[at] for name in ("on_hand", "on_order", "open_orders", "position")},
    }
    totals = []
    for action, words in ACTIONS.items():
        money = np.array([row["money"] for row in found if row["action"] == action])
        if len(money):
            bare = int(np.isnan(money).sum())
            said = f"{len(money):,} {'product' if len(money) == 1 else 'products'}" + (
                f", {bare:,} without an amount" if bare else ""
            )
            amount = float(np.nansum(money)) if bare < len(money) else np.nan
            totals.append(
                {
                    "sku": _TOTAL,
                    "name": said,
                    "action": action,
                    "by": "",
                    "money": amount,
                    "money_is": words,
                    "why": "",
                }
            )
    numbers = ("units", "money", "on_hand", "on_order", "open_orders", "position")
    table = pd.DataFrame(columns, columns=list(TODAYS_COLUMNS))
    table = (
        pd.concat([table, pd.DataFrame(totals, columns=list(TODAYS_COLUMNS))], ignore_index=True)
        if totals
        else table
    )
    return table.astype(dict.fromkeys(numbers, np.float64))
