"""Stock in the books as people take it away.

Ageing, reserve, what each item fetches, roll-forward and the journal for review; and the block of
`summary.json`.

One concept: the books of one valued stock. Each table stands beside the totals of the document that it ties to,
and what a controller must know of both.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from analytics.naming.labels import total_text
from analytics.naming.signed import signed_words
from analytics.valuation.books.reserve import RULES
from analytics.valuation.books.standards import REVERSES, STANDARDS, journal_lines, roll_difference
from analytics.valuation.run_down import Way, less_once, pay_back_months
from analytics.valuation.valued import ValuedStock
from analytics.writeup.ledger import classes_summary, unknown_classes
from analytics.writeup.stock import NOT_IN_TOTAL, TOTAL, closed

__all__ = [
    "ageing_table",
    "journal_table",
    "journal_total",
    "nrv_table",
    "reserve_table",
    "roll_forward_table",
    "valuation_notes",
    "valuation_summary",
]


def ageing_table(valued: ValuedStock) -> pd.DataFrame:
    """Stock by age, one row per product: sku, quantity, book_value, then units and money of every bucket.

    Closed by the total and what is not in it.

    Buckets as assumed: q_0_90, q_91_180, q_181_365, q_over_365 and q_older_than_records are units, v_0_90,
    v_91_180, v_181_365, v_over_365 and v_older_than_records money at unit cost.
    """
    age, stock = valued.age, valued.stock
    units = np.where(np.isfinite(stock.on_hand)[:, None], age.quantity, np.nan)
    columns: dict[str, Any] = {"sku": stock.skus, "quantity": stock.on_hand, "book_value": stock.book_value}
    columns |= {f"q_{name}": units[:, k] for k, name in enumerate(age.names)}
    columns |= {f"v_{name}": (units * stock.unit_cost[:, None])[:, k] for k, name in enumerate(age.names)}
    return closed(pd.DataFrame(columns), valued, [name for name in columns if name != "sku"])


def reserve_table(valued: ValuedStock) -> pd.DataFrame:
    """The reserve, one row per product.

    What every rule asks for, which one applies, and what is to be booked.

    `override` is what a person set instead. Closed by the total and by what is not in it.
    """
    stock, set_ = valued.stock, valued.policy.overrides
    who = [set_[sku] if sku in set_ else None for sku in stock.skus]
    columns: dict[str, Any] = {
        "sku": stock.skus,
        "book_value": stock.book_value,
        "age_rate": valued.age_rate,
        "cover_rate": valued.cover_rate,
        "ended_rate": valued.rates.ended,
        "rule_applied": np.array(RULES, object)[valued.reserved.rule],
        "policy_reserve": valued.policy_reserve,
        "nrv_write_down": valued.nrv_write_down,
        "override": valued.override,
        "override_by": np.array(
            [
                "" if one is None else signed_words(one.by, one.data_date or str(valued.as_of), "stock")
                for one in who
            ],
            object,
        ),
        "override_note": np.array(["" if one is None else one.note for one in who], object),
        "reserve": valued.reserve,
        "net_value": valued.net_value,
        "booked_so_far": valued.sold.booked,
        "change": valued.change,
        "standard": np.full(len(stock.skus), STANDARDS[valued.policy.standard], object),
    }
    sums = (
        "book_value",
        "policy_reserve",
        "nrv_write_down",
        "reserve",
        "net_value",
        "booked_so_far",
        "change",
    )
    return closed(pd.DataFrame(columns), valued, sums)


def nrv_table(valued: ValuedStock) -> pd.DataFrame:
    """Lower of cost and what an item fetches, one row per product.

    What it fetches is price less cost_to_complete less cost_to_sell. Units held for firm orders (contract_units) are
    measured at their contract_price less the same costs. price_after is what a unit fetched after the day of the stock, an
    auditor's evidence, which moves nothing. Closed by the total and by what is not in it.
    """
    stock = valued.stock
    price = np.where(np.isfinite(valued.nrv), valued.sold.price, np.nan)
    firm = valued.contract_units > 0.0
    contract = np.full(len(firm), np.nan) if valued.orders is None else valued.orders.price
    columns: dict[str, Any] = {
        "sku": stock.skus,
        "quantity": stock.on_hand,
        "unit_cost": stock.unit_cost,
        "price": price,
        "cost_to_complete": np.where(np.isfinite(price) | firm, valued.to_complete, np.nan),
        "cost_to_sell": valued.policy.selling_share * price,
        "nrv": valued.nrv,
        "contract_units": np.where(firm, valued.contract_units, np.nan),
        "contract_price": np.where(firm, contract, np.nan),
        "contract_nrv": valued.contract_nrv,
        "nrv_write_down": valued.nrv_write_down,
        "price_after": valued.price_after,
    }
    return closed(pd.DataFrame(columns), valued, ("quantity", "nrv_write_down"))


def roll_forward_table(valued: ValuedStock) -> pd.DataFrame:
    """The reserve from what is booked so far to now, one row per product that has any, the total, and what is booked of others.

    Columns are opening, charged, reversed (not under US GAAP), used_on_sale, used_on_disposal and closing.
    Every row closes: opening + charged - reversed - used = closing.
    """
    roll = valued.roll
    used = roll.reversed + roll.used_on_sale + roll.used_on_disposal
    open_ = roll_difference(roll.opening, roll.charged, used, roll.closing)
    assert float(np.abs(open_).max(initial=0.0)) < 0.005, "a roll-forward does not close"
    any_ = (roll.opening > 0.0) | (roll.closing > 0.0)
    columns: dict[str, Any] = {"sku": valued.stock.skus[any_]}
    for name in ("opening", "charged", "reversed", "used_on_sale", "used_on_disposal", "closing"):
        if name != "reversed" or valued.policy.standard in REVERSES:
            columns[name] = np.asarray(getattr(roll, name))[any_]
    table = pd.DataFrame(columns)
    total = {"sku": TOTAL, **{name: float(table[name].sum()) for name in table.columns[1:]}}
    rest = {"sku": NOT_IN_TOTAL, "opening": valued.booked_left_out}
    below = pd.DataFrame([total, rest], columns=table.columns).astype(table.dtypes)
    return pd.concat([table, below], ignore_index=True)


def journal_table(valued: ValuedStock) -> pd.DataFrame:
    """The proposal for the books, for review, not posted.

    Account, text, debit and credit, a line each, the total, in which both are the same, and what is booked of others.
    """
    lines = journal_lines(valued.roll)
    table = pd.DataFrame(lines, columns=["account", "text", "debit", "credit"])
    debit, credit = float(table["debit"].sum()), float(table["credit"].sum())
    assert abs(debit - credit) < 0.005, "debits and credits differ"
    left = valued.booked_left_out
    rest = (
        f"booked reserve of {left:,.2f} of products whose stock or cost is not known" if left else "nothing"
    )
    closing = [(TOTAL, "", debit, credit), (NOT_IN_TOTAL, rest, math.nan, math.nan)]
    return pd.DataFrame([*lines, *closing], columns=["account", "text", "debit", "credit"])


def journal_total(valued: ValuedStock) -> float:
    """What the proposal for the books debits in all, and credits: money."""
    return float(sum(debit for _, _, debit, _ in journal_lines(valued.roll)))


def _before_or_after(valued: ValuedStock) -> str:
    """Whether the first year's cash and pay-back are before or after the cost of switching, in words."""
    lacks = valued.one_off_lacking
    return f"before one-off costs {lacks}, which are not stated" if lacks else "after one-off costs"


def valuation_summary(valued: ValuedStock, way: Way | None = None) -> dict[str, Any]:
    """What `summary.json` says of the valuation.

    The totals of the tables, the tie to the ledger, and what is assumed. Unknown stock: every amount is null. Pay-back and
    the first year count the cash that the `way` of today's stock releases and the capital it saves (None: the cash alone).
    """
    columns = {} if way is None else way.by_month(way.counted)
    flow = (
        valued.stock.transition.by_month
        if way is None
        else columns["cash_released"] + columns["capital_saved"]
    )
    known, tie, roll = valued.stock.known, valued.tie, valued.roll
    nothing = math.nan

    def money(value: float) -> float:
        return float(value) if known else nothing

    return {
        "as_of": str(valued.as_of),
        "standard": valued.policy.standard,
        "reserve_total": money(valued.reserve_total),
        "ended_reserve": money(valued.ended_reserve),
        "net_value": money(float(np.nansum(valued.net_value))),
        "by_age": {
            name: money(float(np.nansum(valued.age.value[:, k]))) for k, name in enumerate(valued.age.names)
        },
        "receipts_below_stock": valued.age.short,
        "receipts_after_day": valued.age.later,
        "policy_reserve": money(float(np.nansum(valued.policy_reserve))),
        "nrv_write_down": money(float(np.nansum(valued.nrv_write_down))),
        "booked_so_far": money(float(np.nansum(np.where(valued.counted, valued.sold.booked, 0.0)))),
        "change": money(float(np.nansum(valued.change))),
        "journal_total": money(journal_total(valued)),
        "roll_forward": {name: money(float(np.sum(getattr(roll, name)))) for name in roll._fields},
        "not_reversed": money(valued.no_reversal),
        "one_off": valued.policy.one_off_stated,
        "one_off_lacks": valued.one_off_lacking,
        "pay_back_months": money(pay_back_months(flow, valued.policy.one_off_stated)),
        "first_year_cash": money(less_once(float(flow[:12].sum()), valued.policy.one_off_stated)),
        "first_year_cash_is": _before_or_after(valued),
        "ledger": None
        if tie is None
        else {
            "balance": tie.ledger,
            "difference": tie.difference,
            "candidates": [vars(one) for one in tie.candidates],
        },
        "classes": classes_summary(valued),
        "notes": valuation_notes(valued),
    }


def _products(count: int) -> str:
    return "1 product" if count == 1 else f"{count:,} products"


def valuation_notes(valued: ValuedStock) -> list[str]:
    """What a controller must know of the figures, a sentence each: what is assumed, what does not agree, and what is left out."""
    out = ["Ladders, months of cover and buckets are assumed until they are stated."]
    if not valued.booked_known:
        out.append(
            "No reserve booked so far is stated: the roll-forward starts from nothing, and what it charges is the whole reserve."
        )
    out += _day_notes(valued)
    if later := valued.age.later:
        lines = "1 line of receipts is" if later == 1 else f"{later:,} lines of receipts are"
        out.append(f"{lines} dated after {valued.as_of}: not counted.")
    if valued.age.lots_later:
        units = total_text(valued.age.lots_later)
        out.append(
            f"{units} units of lots are dated after {valued.as_of}, the day of the stock: they count as older than the records."
        )
    if valued.age.short:
        out.append(
            f"Of {_products(valued.age.short)} receipts are below stock: the rest is older than the records."
        )
    out += [*_override_notes(valued), *_value_notes(valued)]
    out += unknown_classes(valued)
    imputed = int((valued.age.origin == 2).sum())
    if imputed:
        out.append(
            f"Of {_products(imputed)} no receipt is known: age is imputed from sales, each taken as replaced on its day."
        )
    return out


def _day_notes(valued: ValuedStock) -> list[str]:
    """What the day of the stock does not agree with: the file's own, or the last sale."""
    out, told, day = [], valued.policy.as_of, valued.stock.latest_day
    if not np.isnat(told) and not np.isnat(day) and told.astype("datetime64[D]") != day:
        out.append(f"The file says that its stock is of {day}; it is taken as of {valued.as_of}, as told.")
    if other := int(valued.stock.other_day.sum()):
        out.append(
            f"Stock of {_products(other)} is of an earlier day than {day}: aged as of {valued.as_of} all the same."
        )
    last = valued.sold.last_sale[~np.isnat(valued.sold.last_sale)]
    if not np.isnat(told) and len(last) and valued.as_of > last.max() + np.timedelta64(31, "D"):
        out.append(
            f"The day of the stock, {valued.as_of}, lies after the last sale known, {last.max()}: sales in between are not known."
        )
    return out


def _override_notes(valued: ValuedStock) -> list[str]:
    """Reserves set by hand that do not hold as they were typed."""
    out = []
    place = {str(sku): i for i, sku in enumerate(valued.stock.skus)}
    for sku, one in valued.policy.overrides.items():
        said = f"The reserve of {one.amount:,.2f} set by hand for {sku}"
        at = place.get(sku)
        if at is None:
            out.append(f"{said} is not used: no such product is in these files.")
        elif not valued.counted[at]:
            out.append(f"{said} is not used: its stock or its cost is not known.")
        elif one.amount > valued.stock.book_value[at] + 0.005:
            most = valued.stock.book_value[at]
            out.append(f"{said} is above its book value: {most:,.2f} is reserved.")
        elif valued.reserve[at] > one.amount + 0.005:
            booked = valued.reserve[at]
            out.append(f"{said} is below what is booked: under US GAAP {booked:,.2f} stays until it is sold.")
    return out


def _value_notes(valued: ValuedStock) -> list[str]:
    """What net realisable value and the reserve booked so far rest on, and what is left out of them."""
    out = []
    if firm := int((valued.contract_units > 0.0).sum()):
        units = total_text(float(valued.contract_units.sum()))
        out.append(
            f"{units} units of {_products(firm)} are held for firm orders and measured at their contract price."
        )
    price = np.where(valued.contract_units > 0.0, valued.contract_nrv, valued.nrv)
    if dear := int(((price == 0.0) & (np.nan_to_num(valued.stock.on_hand) > 0.0) & valued.counted).sum()):
        out.append(
            f"{_products(dear)} cost as much to complete and sell as they bring, or more: written down to nothing."
        )
    if less := int(valued.sold_for_less.sum()):
        out.append(
            f"{_products(less)} fetched less after {valued.as_of} than a unit is valued at: price_after in nrv.csv."
        )
    if left := valued.booked_left_out:
        out.append(
            f"A booked reserve of {left:,.2f} is of products whose stock or cost is not known: not in the roll-forward."
        )
    return out
