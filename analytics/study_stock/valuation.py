"""A study's stock as the books see it.

Receipts and sales of the files put beside the stock on hand, under a policy of valuation.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.kept_apart import LOT, ON_HAND, RECEIPT
from analytics.forecast.known_orders import orders_in_demand
from analytics.forecast.spread.totals import total_quantiles
from analytics.items import Items
from analytics.naming.labels import total_text
from analytics.study_stock.coming import coming_notes, on_order_by_day
from analytics.valuation.ageing import ageing
from analytics.valuation.books.nrv import Components, FirmOrders, covered_by_orders
from analytics.valuation.on_hand import ENDED, StockFacts
from analytics.valuation.policy import DEFAULT_POLICY, StockPolicy
from analytics.valuation.study_stock import stock_of_mix
from analytics.valuation.valued import SoldBefore, Switching, ValuedStock

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["excess_quantile", "study_valuation"]

Array = NDArray[np.float64]

#: Days over whose sales the price is taken that stock is expected to fetch.
PRICE_DAYS = 90
_MONTH = 365.0 / 12.0


def _stock_of_files(study: Study) -> StockFacts:
    """Stock on hand of the customer's files in money.

    Its parts, what is slow or lost, and how it becomes what the mix holds.
    """
    last_sale = study.history.report.last_date.astype("datetime64[D]")
    return stock_of_mix(
        study.items,
        study.given_items,
        study.forecast,
        study.life,
        study.comparison,
        study.recommendation,
        last_sale,
        study.items_report,
    )


def _day_of_stock(study: Study, policy: StockPolicy) -> np.datetime64:
    """The day that the stock is of: the one stated, else the latest in the file, else the last sale."""
    if not np.isnat(policy.as_of):
        return policy.as_of.astype("datetime64[D]")
    days = np.asarray(study.items["stock_date"], "datetime64[D]")
    known = days[~np.isnat(days)]
    return known.max() if len(known) else study.history.report.last_date.astype("datetime64[D]")


def _column(study: Study, stock: StockFacts, name: str, default: Any) -> NDArray[Any]:
    """A field of every product of the stock.

    Of those sold as completed, of the others as their file gives it.
    """
    sold = np.asarray(study.items[name])
    given: Items | None = study.given_items
    rest = stock.skus[len(sold) :]
    if not len(rest) or given is None:
        return sold
    at = pd.Index(given.skus.astype(str)).get_indexer(rest.astype(str))
    own = np.asarray(given[name])[at] if name in given.values else np.full(len(rest), default, sold.dtype)
    return np.concatenate([sold, own])


def _past(study: Study, stock: StockFacts, as_of: np.datetime64, place: NDArray[np.intp]) -> SoldBefore:
    """What the sales say of every product up to the day of the stock."""
    history, n = study.history, len(stock.skus)
    counted = (history.quantity > 0.0) & (history.date.astype("datetime64[D]") <= as_of)
    item, days = place[history.sku[counted]], history.date[counted].astype("datetime64[D]")
    never = np.datetime64("NaT", "D")
    last, first = np.full(n, np.datetime64("0001-01-01", "D")), np.full(n, np.datetime64("9999-12-31", "D"))
    np.maximum.at(last, item, days)
    np.minimum.at(first, item, days)
    sold = np.bincount(item, minlength=n) > 0

    def months(day: NDArray[np.datetime64]) -> Array:
        return np.where(sold, (as_of - day).astype(np.float64) / _MONTH, np.inf)

    edge = min(as_of, history.report.last_date.astype("datetime64[D]")) - np.timedelta64(PRICE_DAYS, "D")
    lines = (
        np.isfinite(history.revenue)
        & (history.date.astype("datetime64[D]") > edge)
        & (history.date.astype("datetime64[D]") <= as_of)
    )
    who = place[history.sku[lines]]
    units, money = (np.bincount(who, column[lines], n) for column in (history.quantity, history.revenue))
    recent = np.where((units > 0.0) & (money > 0.0), money / np.where(units > 0.0, units, 1.0), np.nan)
    price = np.where(
        np.isfinite(recent), recent, np.asarray(_column(study, stock, "price", np.nan), np.float64)
    )
    later = np.isfinite(history.revenue) & (history.date.astype("datetime64[D]") > as_of)
    units, money = (
        np.bincount(place[history.sku[later]], column[later], n)
        for column in (history.quantity, history.revenue)
    )
    after = np.where((units > 0.0) & (money > 0.0), money / np.where(units > 0.0, units, 1.0), np.nan)
    salvage = np.asarray(_column(study, stock, "salvage_share", np.nan), np.float64)
    family = _column(study, stock, "family", "")
    return SoldBefore(
        np.where(sold, last, never),
        months(last),
        months(first),
        price,
        family,
        salvage,
        np.asarray(_column(study, stock, "booked_reserve", np.nan), np.float64),
        _column(study, stock, "account", ""),
        after,
    )


def study_valuation(study: Study, policy: StockPolicy = DEFAULT_POLICY) -> ValuedStock:
    """The stock of the customer's files under a policy.

    Aged by receipts (else by sales), classed, and reserved. Arrays (products,): those sold first, then those never sold.

    Its totals tie to the files to the cent. Raises ValueError where they do not.
    """
    stock, history = _stock_of_files(study), study.history
    as_of = _day_of_stock(study, policy)
    index = pd.Index(stock.skus.astype(str))
    place = index.get_indexer(history.skus.astype(str))
    came, known, receipts = _came_in(study, RECEIPT, index, as_of)
    sales = (place[history.sku], _days_ago(as_of, history.date), history.quantity)
    lots = _came_in(study, LOT, index, as_of)[2]
    age = ageing(stock.on_hand, stock.unit_cost, receipts, sales, policy.bucket_days, lots)
    past = _past(study, stock, as_of, place)
    orders = _firm_orders(study, stock, index)
    contracted = np.where(stock.group == ENDED, orders.units, 0.0)
    stock = replace(
        stock,
        excess_months=policy.excess_months,
        too_new=past.months_known < policy.new_months,
        contracted=contracted,
        ahead=_ahead(study, stock),
        transition=stock.transition.with_contracts(contracted, stock.unit_cost),
        notes=(*stock.notes, *coming_notes(study, as_of), *_ended_notes(stock, orders)),
    )
    found = ValuedStock(
        stock,
        policy,
        as_of,
        age,
        past,
        excess_quantile(study, stock, policy),
        orders=orders,
        completion=np.asarray(_column(study, stock, "cost_to_complete", np.nan), np.float64),
        switching=_switching(study),
        coming=on_order_by_day(study, stock, as_of),
    )
    if study.parts is None:
        return found
    each = came["money"].to_numpy(np.float64)[known] / np.maximum(receipts[2], 1e-12)
    bought = np.full(len(stock.skus), np.nan)
    latest = np.argsort(-receipts[1], kind="stable")  # the last one written is the newest
    bought[receipts[0][latest]] = each[latest]
    parts = study.parts
    at = index.get_indexer(np.asarray(parts.parts).astype(str))
    used = at[parts.part] >= 0
    return replace(found, components=Components(parts.product[used], at[parts.part[used]], bought))


def _days_ago(as_of: np.datetime64, dates: NDArray[np.datetime64]) -> Array:
    """How many days each date lies before the day of the stock."""
    return np.asarray((as_of - dates.astype("datetime64[D]")).astype(np.float64))


def _came_in(
    study: Study, kind: str, index: pd.Index[Any], as_of: np.datetime64
) -> tuple[pd.DataFrame, NDArray[np.bool_], tuple[NDArray[np.intp], Array, Array]]:
    """Lines of a kind beside the sales, which of them are of a product of the stock, and of those position, age in days and units."""
    came = study.history.apart[study.history.apart["kind"] == kind]
    codes = came["sku"].astype("category")
    where = index.get_indexer(codes.cat.categories.astype(str))[codes.cat.codes.to_numpy()]
    known = where >= 0
    ages, units = _days_ago(as_of, came["date"].to_numpy()[known]), came["units"].to_numpy(np.float64)[known]
    return came, known, (where[known], ages, units)


def _switching(study: Study) -> Switching:
    """Products that are run otherwise from now on, and what that costs once by their files."""
    r = study.recommendation
    changes = (r.recommended != r.baseline) & ~r.as_today & ~r.ended
    cost = np.asarray(study.items["one_off_cost"], np.float64)
    skus = [str(sku) for sku in study.items.skus]
    stated = {skus[i]: float(cost[i]) for i in np.flatnonzero(changes & np.isfinite(cost))}
    return Switching(frozenset(skus[i] for i in np.flatnonzero(changes)), stated)


def _ahead(study: Study, stock: StockFacts) -> Array:
    """Units of known orders that the demand of the months ahead holds already; 0 of what was never sold. Shape (products,)."""
    ahead = orders_in_demand(study.forecast, study.life.alive)
    return np.concatenate([ahead, np.zeros(len(stock.skus) - len(ahead))])


def _firm_orders(study: Study, stock: StockFacts, index: pd.Index) -> FirmOrders:
    """The units on hand that firm orders of customers take, and the contract price of one."""
    lines = study.history.apart[study.history.apart["kind"] == ON_HAND]
    item = index.get_indexer(pd.Index(lines["sku"].astype(str)))
    due = lines["date"].to_numpy().astype("datetime64[D]").astype(np.float64)
    units, money = (lines[name].to_numpy(np.float64) for name in ("units", "money"))
    here = item >= 0
    return covered_by_orders(item[here], due[here], units[here], money[here], stock.on_hand)


def _ended_notes(stock: StockFacts, orders: FirmOrders) -> tuple[str, ...]:
    """What firm orders take of products that have ended, and what is reserved there without a price."""
    ended, out = stock.group == ENDED, []
    units = np.where(ended, orders.units, 0.0)
    if units.any():
        money = float(np.nansum(units * np.nan_to_num(orders.price)))
        out.append(
            f"{total_text(float(units.sum()))} units of ended products are held for firm orders that bring {money:,.2f}:"
            " not lost so far as that covers their cost."
        )
    bare = np.where(ended, np.maximum(stock.units_of("reserved") - units, 0.0), 0.0)
    if bare.any():
        out.append(
            f"{total_text(float(bare.sum()))} units of ended products are reserved without an order that names its price:"
            " written off like the rest until one does."
        )
    return tuple(out)


def excess_quantile(study: Study, stock: StockFacts, policy: StockPolicy) -> Array:
    """The 95 % quantile of the demand of so many months, units; NaN for what was never sold."""
    forecast = study.forecast
    periods = {"M": 1.0, "W": 52.0 / 12.0, "D": 365.0 / 12.0}[forecast.frequency] * policy.excess_months
    found = total_quantiles(forecast, np.array([0.95]), np.array([max(periods, 1.0)]))[:, 0]
    return np.concatenate([found, np.full(len(stock.skus) - len(found), np.nan)])
