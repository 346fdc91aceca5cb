"""Stock on hand as tables: its parts, slow stock with how long it lasts, lost stock, and the way to what the plan holds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from analytics.naming.labels import money_text, number_text
from analytics.valuation.on_hand import ENDED, UNKNOWN_SKU, StockFacts
from analytics.writeup.words.stock import (
    FIRM_ENDED,
    PART_WORDS,
    amount_text,
    cover_text,
    parts_sentence,
    slow_title,
    stock_title,
    units_text,
)
from dashboard.parts.frame import small
from dashboard.parts.tables import show_table, told_table
from dashboard.results.facts import Facts
from dashboard.text.words import plain, shortened

__all__ = [
    "parts_table",
    "slow_and_lost",
    "slow_table",
    "stock_balance",
    "stock_found",
    "stock_notes",
    "stock_on_its_way",
    "way_table",
]


def parts_table(stock: StockFacts) -> pd.DataFrame:
    """The balance: a line per part, closed by what is in the sum."""
    parts = [part for part in stock.parts if part.products]
    words = {**PART_WORDS, **({"ended": FIRM_ENDED} if stock.units_of("contracted").any() else {})}
    lines = [[words[p.name], f"{p.products:,}", units_text(p.units), amount_text(p.money)] for p in parts]
    counted = [part for part in stock.parts if part.counted]
    total = [
        "in stock today",
        f"{sum(p.products for p in counted):,}",
        units_text(sum(p.units for p in counted)),
        amount_text(stock.total),
    ]
    return pd.DataFrame([*lines, total], columns=["Stock of", "Products", "Units", "At unit cost"])


def slow_table(stock: StockFacts, most: int) -> pd.DataFrame:
    """The slowest stock of living products, the most money first."""
    here = stock.slowest[:most]
    months = stock.runs_out[here]
    return pd.DataFrame(
        {
            "Product": [shortened(n, 34) for n in stock.names[here]],
            "On hand": [number_text(v) for v in stock.on_hand[here]],
            "At cost": [_money(v) for v in stock.book_value[here]],
            "Lasts": [cover_text(v) for v in stock.cover_months[here]],
            "Runs out": ["not within ten years" if np.isnat(m) else str(m) for m in months],
            "Beyond a year": [_money(v) for v in stock.excess_value[here]],
        }
    )


def _money(value: float) -> str:
    return number_text(value) if np.isfinite(value) else "no cost"


def way_table(stock: StockFacts) -> pd.DataFrame:
    """Where every amount of today's stock goes: it sums to today's stock."""
    way = stock.transition
    lines = {
        f"becomes cash within {way.months} months"
        if way.months != 1
        else "becomes cash within 1 month": way.cash_released,
        "stays, because the plan holds it": way.kept_by_plan,
        "does not sell within 24 months": way.not_sold_within_24_months,
        "does not sell before a known end": way.not_sold_before_known_end,
        "lies on ended products": float(way.of_ended.sum()),
        "is taken by firm orders, of ended products": float(np.sum(way.by_contract)),
        "was never sold": float(way.of_unsold[stock.group != UNKNOWN_SKU].sum()),
        "is of an unknown SKU": float(way.of_unsold[stock.group == UNKNOWN_SKU].sum()),
    }
    rows = [[text, amount_text(amount)] for text, amount in lines.items() if amount > 0.005]
    return pd.DataFrame(
        [*rows, ["in stock today", amount_text(stock.total)]], columns=["Of today's stock", "At unit cost"]
    )


def _table(frame: pd.DataFrame, what: str) -> None:
    said = "; ".join(": ".join(str(v) for v in row) for row in frame.head(6).to_numpy())
    show_table(
        frame,
        hide_index=True,
        width="stretch",
        height="content" if len(frame) <= 12 else 423,
        alt=f"{what}: {said}",
    )


def stock_found(facts: Facts, most: int = 5) -> None:
    """The finding with its parts to the last digit, and the slowest products; nothing where no stock is known."""
    stock = facts.stock
    if not stock.known:
        return
    st.subheader(plain(stock_title(stock, facts.currency)), anchor=False)
    small(parts_sentence(stock, facts.currency))
    _notes(stock)
    if len(stock.slowest):
        _table(slow_table(stock, most), "Slow stock")


def stock_balance(facts: Facts) -> None:
    """The finding, and the balance that every unit of the file stands in."""
    stock = facts.stock
    st.subheader(plain(stock_title(stock, facts.currency)), anchor=False)
    if not stock.known:
        st.markdown(
            "An items file with a column of stock on hand (`sku, unit_cost, on_hand`), or a list of stock, opens it."
        )
        return
    told_table(parts_table(stock), "Stock on hand", height="content")
    stock_notes(stock)


def stock_notes(stock: StockFacts) -> None:
    """What was said when stock was read, and the products sold of which none is on record."""
    _notes(stock)
    _without_record(stock)


def _without_record(stock: StockFacts) -> None:
    """The products that are sold and of which no stock is on record, by name: they are in no sum."""
    here = np.flatnonzero(stock.unknown & (stock.group <= ENDED))
    if not len(here):
        return
    sold = "1 product sold" if len(here) == 1 else f"{len(here):,} products sold"
    with st.expander(f"{sold} without a stock record, in no sum"):
        names = [shortened(name, 60) for name in stock.names[here]]
        frame = pd.DataFrame({"SKU": stock.skus[here].astype(str), "Sold without a stock record": names})
        show_table(frame, hide_index=True, width="stretch", alt="Sold without a stock record")


def _notes(stock: StockFacts) -> None:
    for note in stock.notes:
        st.caption(plain(note))
    if stock.derived_cost.any():
        money = float(np.nansum(np.where(stock.derived_cost, stock.book_value, 0.0)))
        if money > 0.0:
            st.caption(
                plain(
                    f"{amount_text(money)} of it rests on costs that are not in the items file: those of the sales lines, or what the gross margin you stated leaves."
                )
            )


def slow_and_lost(facts: Facts) -> None:
    """Slow and lost stock by product."""
    stock = facts.stock
    if not stock.known:
        return
    if len(stock.slowest):
        st.subheader(plain(slow_title(stock)), anchor=False)
        small(
            "Slow, not lost: products still sold. Lasts and runs out at expected demand, nothing being bought meanwhile."
        )
        _table(slow_table(stock, 50), "Slow stock")
    if len(stock.lost):
        on = "1 ended product" if len(stock.lost) == 1 else f"{len(stock.lost):,} ended products"
        st.subheader(
            plain(
                f"{money_text(stock.lost_value, facts.currency, 3)} of stock lies on {on}: lost whatever you choose"
            ),
            anchor=False,
        )
        _table(_lost_table(stock, stock.lost[:50]), "Stock of ended products")


def stock_on_its_way(facts: Facts) -> None:
    """What becomes of all stock, month by month."""
    stock = facts.stock
    if not stock.known or not np.isfinite(stock.book_value).any():
        return
    way = stock.transition
    told = (
        f"{money_text(way.cash_released, facts.currency, 3)} of today's stock becomes cash"
        if way.cash_released > 0.005
        else "Nothing of today's stock becomes cash"
    )
    st.subheader(
        plain(
            told
            + (f", {number_text(way.must_be_bought)} must be bought" if way.must_be_bought > 0.005 else "")
        ),
        anchor=False,
    )
    small(
        "Nothing is bought while stock is above what the plan holds on average; expected demand draws it down. What would take longer than 24 months, or lie beyond a known end, "
        "is never counted as cash. Once, and in no yearly gain."
    )
    left, right = st.columns(2, gap="large")
    with left:
        _table(way_table(stock), "What becomes of today's stock")
    if way.months:
        months = [str(way.first_month + k) for k in range(way.months)]
        by_month = way.by_month[: way.months]
        frame = pd.DataFrame(
            {
                "Month": months,
                "Becomes cash": [amount_text(v) for v in by_month],
                "Until then": [amount_text(v) for v in np.cumsum(by_month)],
            }
        )
        with right:
            _table(frame, "Cash by month")


def _lost_table(stock: StockFacts, here: NDArray[np.intp]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Product": [shortened(n, 34) for n in stock.names[here]],
            "On hand": [number_text(v) for v in stock.lost_units[here]],
            "At cost": [_money(v) for v in stock.lost_at_cost[here]],
        }
    )
