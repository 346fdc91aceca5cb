"""One product's stock in the books: its age, excess and reserve, what may be left when it ends, its write-down by quarter, and what switching it costs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from analytics.naming.labels import money_text, number_text, percent_text
from analytics.naming.signed import signed_words
from analytics.study_stock.product import ProductStock
from analytics.valuation.ageing import AGE_ORIGINS
from analytics.valuation.books.standards import STANDARDS
from analytics.valuation.on_hand import LIVING
from analytics.valuation.run_down import pay_back_by_gain
from analytics.valuation.valued import ValuedStock
from analytics.writeup.words.stock import amount_text, cover_text, units_text
from dashboard.books.settings import product_cost_setting
from dashboard.parts.frame import small
from dashboard.parts.tables import show_table
from dashboard.results import compute, product_results
from dashboard.results.facts import Facts
from dashboard.state import inputs
from dashboard.state.choice import Choice
from dashboard.state.who import stock_is_of
from dashboard.text.words import plain

__all__ = ["books_of_product", "switching_cost_part"]


def books_of_product(choice: Choice, facts: Facts, i: int) -> None:
    """The stock of the product under the policy that is set; one line where its stock or its cost is unknown."""
    if not facts.stock.known or facts.pending:
        return
    valued = compute.stock_valued(choice, facts)
    stock_is_of(choice.source.digest, str(valued.as_of))
    stock = valued.stock
    held, value = float(stock.on_hand[i]), float(stock.book_value[i])
    if not np.isfinite(held):
        small("No stock on hand is on record for this product: it is in no sum.")
        return
    sells = held > 0.0 and stock.group[i] == LIVING
    lasts = f", lasts {cover_text(float(stock.cover_months[i]))}" if sells else ""
    worth = f", {money_text(value, facts.currency, 3)} at cost" if np.isfinite(value) else ", without a cost"
    st.subheader(plain(f"Stock: {units_text(held)} units{worth if held else ''}{lasts}"), anchor=False)
    if held <= 0.0 or not np.isfinite(value):
        return
    rows = _book_rows(valued, i)
    show_table(
        pd.DataFrame({"Stock in the books": list(rows), f"As of {valued.as_of}": list(rows.values())}),
        hide_index=True,
        width="stretch",
        height="content",
        alt="Stock in the books: " + "; ".join(f"{name} {said}" for name, said in rows.items()),
    )
    found = product_results.stock_of(choice, valued, i)
    small(_left_words(found, facts.currency))
    _write_down_table(found)


def _book_rows(valued: ValuedStock, i: int) -> dict[str, str]:
    """What the books say of the product, in words."""
    stock, reserve = valued.stock, float(valued.reserve[i])
    age = float(valued.age.average_age_days[i])
    rows = {
        "Average age": f"{age:,.0f} days, {AGE_ORIGINS[int(valued.age.origin[i])]}",
        "Status": str(valued.status_words[i]),
        f"Excess over {valued.policy.excess_months:g} months of demand": f"{units_text(round(float(stock.excess_units[i]), 1))} units, {amount_text(float(stock.excess_value[i]))}",
        "Reserve": f"{amount_text(reserve)} ({valued.rule_words[i]})" if reserve > 0.0 else "none",
        "Net value": amount_text(float(valued.net_value[i])),
        "A unit costs": amount_text(float(stock.unit_cost[i])),
    }
    if np.isfinite(valued.nrv[i]):
        rows["A unit fetches, less the cost to sell"] = amount_text(float(valued.nrv[i]))
    if (one := valued.policy.overrides.get(str(stock.skus[i]))) is not None:
        rows["Reserve set by"] = (
            f"{signed_words(one.by, one.data_date, 'stock')}{f': {one.note}' if one.note else ''}"
        )
    return rows


def _left_words(found: ProductStock, currency: str) -> str:
    """What may be left when the product ends within a year."""
    one = found.exposure
    if one is None:
        return ""
    if one.expected < 0.005:
        return "Should the model end within a year, nothing to speak of would be left of today's stock."
    beside = (
        f" Excess ({number_text(found.excess_value)}) may be the same units: never added."
        if found.excess_value >= 0.5
        else ""
    )
    return (
        f"Should the model end within a year, today's stock loses {money_text(one.expected, currency)} on average over all years, "
        f"1 year in 20 more than {number_text(one.p95, 2)} and then {number_text(one.cvar95, 2)} on average; in {percent_text(one.probability_of_loss)} "
        f"of years something is left. Single units asked for at random, at cost less salvage.{beside}"
    )


def _write_down_table(found: ProductStock) -> None:
    """The write-down to what it fetches, quarter by quarter, under each standard; nothing where it sells above cost."""
    if not found.written_down:
        return
    quarters = [f"after {k} months" if k else "now" for k in found.months]
    frame = pd.DataFrame(
        {
            "Write-down left, as stock is sold": quarters,
            **{
                STANDARDS[name].partition(" (")[0]: [amount_text(float(step.closing)) for step in steps]
                for name, steps in found.roll.items()
            },
        }
    )
    show_table(frame, hide_index=True, width="stretch", height="content", alt="Write-down by quarter")
    small(
        "At today's price, as expected demand takes the stock: what is sold uses its part of the write-down."
    )


def switching_cost_part(choice: Choice, facts: Facts, i: int) -> None:
    """What switching this product costs once, typed, and when its gain has paid it back; only where its way changes."""
    product = facts.products.iloc[i]
    if product["as_today"] or product["baseline"] == product["recommended"] or not facts.has_money:
        return
    sku = product_results.real_sku(choice, i)
    product_cost_setting(sku)
    given = float(facts.items["one_off_cost"][i])  # of the items file, where nobody typed another
    cost = inputs.choice().policy.one_off_of.get(sku, given if np.isfinite(given) else None)
    gain = float(product["gain_per_year"])
    if cost is None:
        small("Its gain stands before one-off costs: what switching this product costs is not stated.")
        return
    months = pay_back_by_gain(cost, gain)
    small(
        f"Paid back by its gain within {months:,.0f} month{'' if months <= 1.0 else 's'}."
        if np.isfinite(months)
        else "Its gain never pays that back."
    )
